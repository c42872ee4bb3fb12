"""The average of those classifiers that are best together, chosen on inner folds."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.evaluation._model_parts._tuned import log_loss, probabilities
from seqaug_sklearn.utils import check_class_labels, check_sequences, invalid_parameter
from seqaug_sklearn.utils._sklearn import Integral, Interval, fit_context

__all__ = ["BestAverageClassifier"]


class BestAverageClassifier(TextInputMixin, ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Averages the probabilities of those of several classifiers of sequences that are best together.

    Models of different kinds err on different rows, so an average is often better than each of them, but a poor member
    makes it worse. Each candidate chooses its setting on inner folds, and what its models say of the rows that they
    lack is kept. Members are taken one by one, beginning with the best: each time the one with which the average has
    the smallest log loss on these rows, until none lowers it.

    Parameters
    ----------
    estimators : list of (str, TunedClassifier)
        Names and candidates; one without settings to choose from is ``TunedClassifier(model, [{}])``. They are cloned.
    max_members : int, default=4
        Most members.

    Attributes
    ----------
    estimators_ : list of estimator
        The members, fitted on all rows.
    members_ : list of str
        Their names, in the order in which they were taken.
    inner_losses_ : dict of str to float
        Mean log loss of each candidate alone on the inner folds; empty where a class is one group, so that there are
        none: the first candidates are averaged then.
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted.

    Raises
    ------
    InvalidParameterError
        If there is no candidate, or one is no :class:`TunedClassifier`.
    DataFormatError
        If y does not hold classes.

    See Also
    --------
    AveragedClassifier : Averages given members.
    ModelSearch : Chooses among single models and averages, simple ones first.

    References
    ----------
    R. Caruana et al. (2004), Ensemble selection from libraries of models, ICML, :doi:`10.1145/1015330.1015432`.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.evaluation import BestAverageClassifier, TunedClassifier
    >>> from seqaug_sklearn.features import KmerCounts
    >>> counts = {k: KmerCounts(k, canonical=False) for k in (1, 4)}
    >>> models = {f"{k}-mers": make_pipeline(counts[k], LogisticRegression()) for k in counts}
    >>> candidates = [(name, TunedClassifier(model, [{"C": 1.0}])) for name, model in models.items()]
    >>> X = ["AAAA", "AAAC", "AACA", "CCCC", "CCCA", "CACC"]
    >>> model = BestAverageClassifier(candidates).fit(X, list("aaaccc"))
    >>> model.members_, model.predict(["ACAA"]).tolist()
    (['1-mers'], ['a'])
    """

    _parameter_constraints = {
        "estimators": [list],
        "max_members": [Interval(Integral, 1, None, closed="left")],
    }

    # groups reach `fit` where routing is on, without being asked for
    __metadata_request__fit = {"groups": True, "identifiers": True}

    def __init__(self, estimators, *, max_members=4):
        self.estimators = estimators
        self.max_members = max_members

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None, identifiers=None):
        """Choose the members on inner folds, and fit them on all rows.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,)
            Classes.
        groups : array-like of shape (n_samples,), default=None
            What stays on one side of the inner folds; passed to members too, if they take groups.
        identifiers : array-like of shape (n_samples,), default=None
            Passed to members, if they take them.

        Returns
        -------
        self : object
        """
        if not self.estimators or not all(hasattr(model, "fit_and_hold_out") for _, model in self.estimators):
            raise invalid_parameter(
                "estimators",
                "must be names and TunedClassifiers, for example [('kmers', TunedClassifier(model, [{}]))]",
            )
        y = check_class_labels(y, len(check_sequences(X)))
        self.classes_, places = np.unique(y, return_inverse=True)
        given = {name: clone(model) for name, model in self.estimators}
        shares = {name: model.fit_and_hold_out(X, y, groups, identifiers) for name, model in given.items()}
        if any(values is None for values in shares.values()):
            self.inner_losses_, self.members_ = {}, list(given)[: self.max_members]
        else:
            self.inner_losses_ = {name: log_loss(values, places) for name, values in shares.items()}
            self.members_ = self._best_together(shares, places)
        self.estimators_ = [given[name] for name in self.members_]
        return self

    def _best_together(self, shares, places):
        members = [min(shares, key=lambda name: self.inner_losses_[name])]
        least = self.inner_losses_[members[0]]
        while len(members) < min(self.max_members, len(shares)):
            total = sum(shares[name] for name in members)
            others = [name for name in shares if name not in members]
            losses = {name: log_loss((total + shares[name]) / (len(members) + 1), places) for name in others}
            best = min(losses, key=lambda name: losses[name])
            if losses[best] >= least:
                break
            members.append(best)
            least = losses[best]
        return members

    def member_probabilities(self, X):
        """Probabilities of every member: float64 ndarray of shape (n_members, n_samples, n_classes)."""
        check_is_fitted(self)
        return np.stack([probabilities(member, X) for member in self.estimators_])

    def predict_proba(self, X):
        """Mean probabilities of the members; float64 ndarray of shape (n_samples, n_classes)."""
        return self.member_probabilities(X).mean(axis=0)

    def predict(self, X):
        """Predict the class with the largest mean probability; ndarray of shape (n_samples,)."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
