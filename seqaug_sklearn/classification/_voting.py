"""Any scikit-learn classifier on bags of windows: trained on windows, asked per sequence."""

from typing import ClassVar

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from seqaug_sklearn.base import WindowVoting
from seqaug_sklearn.classification._witnesses import deal_sequences, pool_votes, relabelled, top_votes
from seqaug_sklearn.utils import Parameter, check_class_labels, invalid_data, invalid_parameter
from seqaug_sklearn.utils._sklearn import HasMethods, Integral, Interval, StrOptions, fit_context

__all__ = ["WindowVotingClassifier"]


class WindowVotingClassifier(ClassifierMixin, WindowVoting):
    """Train a classifier on windows and let the windows of each sequence vote.

    A window never leaves its sequence, so every scikit-learn splitter around this classifier is valid for windows.
    What happens *inside* ``estimator`` is not: a search or early stopping in there (``GridSearchCV``, ``SGDClassifier``
    with ``early_stopping=True``) splits windows at random, and ``fit`` warns of it. Search outside instead, over
    ``windowvotingclassifier__estimator__*``.

    Parameters
    ----------
    estimator : classifier
        Trained on all windows, each with the label and the weight of its sequence. It is cloned.
    voting : {"soft", "hard", "max", "top_k"}, default="soft"
        ``"soft"`` averages ``predict_proba`` over a sequence's windows, which suits evidence that is everywhere.
        ``"hard"`` counts the windows' predicted labels and needs ``predict`` only. For evidence that is somewhere,
        ``"max"`` takes, for each class, the most convinced window, and ``"top_k"`` the mean of the `top_k` most
        convinced; of two classes, that is done for the second, and the first gets the rest.
    top_k : int, default=3
        Windows that vote in ``voting="top_k"``.
    n_relabelings : int, default=0
        How often, at most, windows are labelled anew and ``estimator`` is trained again. A third of the sequences at a
        time is labelled by a model that was trained on the others, with the labels so far: one that has seen the
        windows would confirm its labels. A window keeps the label of its sequence where the model agrees, or
        where it is the sequence's best. Of two classes the other windows of the second class get the first, as those of
        sequences that hold nothing; of more classes they are left out. 0 trains once, on inherited labels.

    Attributes
    ----------
    estimator_ : classifier
        Fitted on windows.
    n_iter_ : int
        Times that windows were labelled anew; fewer than `n_relabelings` where no label changed any more.
    classes_ : ndarray of shape (n_classes,)
        Sorted labels.

    See Also
    --------
    seqaug_sklearn.augmentation.WindowAugmenter : Makes bags of windows.
    sklearn.ensemble.VotingClassifier : Several classifiers vote on one row.

    Notes
    -----
    X holds bags: windows flattened by ``OneHotEncoder(flatten=True)`` of shape (n_samples, n_windows, n_features),
    one-hot windows (n_samples, n_windows, length, n_symbols), which are flattened here, or text (n_samples, n_windows)
    for an ``estimator`` that reads text. Windows of zeros only, and empty text, are missing: they neither train nor
    vote. Flattening copies nothing where X is contiguous and no window is missing. The class with the largest share is
    predicted, the first in ``classes_`` among equals.

    Labels made anew are those of the mi-SVM (Andrews, Tsochantaridis & Hofmann 2002, NIPS 15), for any classifier.

    With metadata routing, ask for weights on the inner classifier:
    ``WindowVotingClassifier(LogisticRegression().set_fit_request(sample_weight=True))``.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.classification import WindowVotingClassifier
    >>> bags = [["AATA", "ATAA"], ["TAAT", "AAAT"], ["GGCG", "GCGC"], ["CGCC", ""]]
    >>> kmers = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), LogisticRegression())
    >>> model = WindowVotingClassifier(kmers).fit(bags, ["poor", "poor", "rich", "rich"])
    >>> model.predict([["CGCG", "GGGC"], ["TTAA", ""]])
    array(['rich', 'poor'], dtype='<U4')
    """

    _parameter_constraints: ClassVar[dict] = {
        "estimator": [HasMethods(["fit", "predict"])],
        "voting": [StrOptions({"soft", "hard", "max", "top_k"})],
        "top_k": [Interval(Integral, 1, None, closed="left")],
        "n_relabelings": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(self, estimator, *, voting="soft", top_k=3, n_relabelings=0):
        self.estimator = estimator
        self.voting = voting
        self.top_k = top_k
        self.n_relabelings = n_relabelings

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None):
        """Train ``estimator`` on all windows.

        Parameters
        ----------
        X : array-like
            Bags, see Notes of the class.
        y : array-like of shape (n_samples,)
            One label of any type per sequence.
        sample_weight : array-like of shape (n_samples,), default=None
            One weight per sequence; each of its windows gets it.

        Returns
        -------
        self

        Raises
        ------
        SequenceError
            If X is not bags, or a sequence has no window.
        ValueError
            For fewer than two classes, weights that ``estimator`` does not take, or voting other than "hard" without
            ``predict_proba``.
        """
        if self.voting != "hard" and not hasattr(self.estimator, "predict_proba"):
            raise invalid_parameter(
                Parameter("voting", self.voting),
                f"needs predict_proba, which {type(self.estimator).__name__} does not have as "
                "it is set up; pass voting='hard', or CalibratedClassifierCV(estimator, ensemble=False) of "
                "sklearn.calibration as the estimator, which has probabilities",
            )
        y = check_class_labels(y)
        windows, counts = self._windows(X)
        check_consistent_length(counts, y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise invalid_data("y", f"has one class only ({str(self.classes_[0])!r}); at least two are needed")
        self._warn_of_inner_splits(len(windows))
        fit_params = self._fit_params(sample_weight, counts)
        self.estimator_ = clone(self.estimator).fit(windows, np.repeat(y, counts), **fit_params)
        self._relabel(windows, y, counts, fit_params)
        return self

    def _relabel(self, windows, y, counts, fit_params):
        """Label the windows anew and train again, until no label changes."""
        codes, self.n_iter_ = np.searchsorted(self.classes_, y), 0
        labels = np.repeat(codes, counts)
        for _ in range(self.n_relabelings):
            changed = relabelled(codes, self._strangers_votes(windows, codes, labels, counts, fit_params), counts)
            if np.array_equal(changed, labels):
                break
            labels = changed
            self.estimator_ = self._trained(windows, labels, labels >= 0, fit_params)
            self.n_iter_ += 1

    def _trained(self, windows, labels, chosen, fit_params):
        """``estimator`` trained on the chosen windows, labelled by class codes."""
        chosen = np.flatnonzero(chosen)
        part = {name: value[chosen] for name, value in fit_params.items()}
        return clone(self.estimator).fit(windows[chosen], self.classes_[labels[chosen]], **part)

    def _strangers_votes(self, windows, codes, labels, counts, fit_params):
        """Votes on all windows, by models that were not trained on their sequences, where that can be."""
        parts = deal_sequences(codes)
        if parts is None:
            return self._votes(self.estimator_, windows)
        parts, votes = np.repeat(parts, counts), np.empty((len(labels), len(self.classes_)))
        for part in range(parts.max() + 1):
            model = self._trained(windows, labels, (parts != part) & (labels >= 0), fit_params)
            votes[parts == part] = self._votes(model, windows[parts == part])
        return votes

    def _votes(self, model, windows):
        """What each window says: (n_windows, n_classes)."""
        return self._hard_votes(model, windows) if self.voting == "hard" else model.predict_proba(windows)

    def predict_proba(self, X):
        """Average the windows' probabilities, all (soft) or the largest, or give their shares of votes (hard).

        Parameters
        ----------
        X : array-like
            Bags, see Notes of the class.

        Returns
        -------
        shares : ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``; rows add up to 1. Hard shares are counts, not calibrated.

        Raises
        ------
        SequenceError
            If X is not bags, or a sequence has no window.
        """
        check_is_fitted(self)
        windows, counts = self._windows(X)
        votes = self._votes(self.estimator_, windows)
        if self.voting in ("soft", "hard"):
            return pool_votes(votes, counts)
        return top_votes(votes, counts, 1 if self.voting == "max" else self.top_k)

    def predict(self, X):
        """Predict the class with the largest share, the first in ``classes_`` among equals.

        Parameters
        ----------
        X : array-like
            Bags, see Notes of the class.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        shares = self.predict_proba(X)
        return self.classes_[shares.argmax(axis=1)]

    def _hard_votes(self, model, windows):
        """One vote per window: float (n_windows, n_classes) of 0 and 1."""
        votes = np.asarray(model.predict(windows))[:, None] == self.classes_
        if not votes.any(axis=1).all():
            raise invalid_parameter(
                "estimator",
                f"must be a classifier: {type(self.estimator_).__name__} predicted something else than the labels it "
                "was trained on",
            )
        return votes.astype(np.float64)
