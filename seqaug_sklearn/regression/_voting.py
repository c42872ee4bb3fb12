"""Any scikit-learn regressor on bags of windows: trained on windows, asked per sequence."""

from typing import ClassVar

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import MeasuredRegressorMixin, WindowVoting, chosen_windows
from seqaug_sklearn.utils import invalid_data, invalid_parameter, read_target
from seqaug_sklearn.utils._sklearn import HasMethods, fit_context

__all__ = ["WindowVotingRegressor"]


class WindowVotingRegressor(MeasuredRegressorMixin, WindowVoting):
    """Train a regressor on windows and average what it says of the windows of each sequence.

    A window never leaves its sequence, so every scikit-learn splitter around this regressor is valid for windows.
    What happens *inside* ``estimator`` is not: a search or early stopping in there (``GridSearchCV``, ``SGDRegressor``
    with ``early_stopping=True``) splits windows at random, and ``fit`` warns of it. Search outside instead, over
    ``windowvotingregressor__estimator__*``.

    Parameters
    ----------
    estimator : regressor
        Trained on all windows, each with the target and the weight of its sequence. It is cloned.

    Attributes
    ----------
    estimator_ : regressor
        Fitted on windows.
    target_names_ : tuple of str
        Names of the targets: of a Series or the columns of a frame, else ``y``, or ``y0``, ``y1``, ... of several.

    See Also
    --------
    seqaug_sklearn.classification.WindowVotingClassifier : The same for classes.
    seqaug_sklearn.augmentation.WindowAugmenter : Makes bags of windows.

    Notes
    -----
    X holds bags: windows flattened by ``OneHotEncoder(flatten=True)`` of shape (n_samples, n_windows, n_features),
    one-hot windows (n_samples, n_windows, length, n_symbols), which are flattened here, or text (n_samples, n_windows)
    for an ``estimator`` that reads text. Windows of zeros only, and empty text, are missing: they neither train nor
    vote. Flattening copies nothing where X is contiguous and no window is missing.

    The mean suits a target that is the mean of what the parts of a sequence contribute. Where a single site decides,
    most windows carry a number that they do not explain, and predictions shrink towards the mean of all; ranks suffer
    less than R².

    With metadata routing, ask for weights on the inner regressor:
    ``WindowVotingRegressor(Ridge().set_fit_request(sample_weight=True))``.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.regression import WindowVotingRegressor
    >>> bags = [["AATA", "ATAA"], ["TAAT", "AAAG"], ["GGCG", "GCAC"], ["CGCC", ""]]
    >>> kmers = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(1, 1)), Ridge(0.01))
    >>> model = WindowVotingRegressor(kmers).fit(bags, [0.0, 0.12, 0.88, 1.0])
    >>> model.predict([["CGCG", "GGGC"], ["TTAA", ""]]).round(1)
    array([1., 0.])
    """

    _parameter_constraints: ClassVar[dict] = {"estimator": [HasMethods(["fit", "predict"])]}

    def __init__(self, estimator):
        self.estimator = estimator

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None):
        """Train ``estimator`` on all windows.

        Parameters
        ----------
        X : array-like
            Bags, see Notes of the class.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            One number per sequence, or several; NaN where not measured. Sequences without any number are left out. Gaps
            in some of several targets are for ``estimator`` to take.
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
            For a target that does not vary, text or infinity in y, an ``estimator`` that is a classifier or does not
            take gaps or weights.
        """
        if hasattr(self.estimator, "__sklearn_tags__") and is_classifier(self.estimator):
            raise invalid_parameter(
                "estimator",
                f"must be a regressor, got {type(self.estimator).__name__}; WindowVotingClassifier takes classifiers",
            )
        windows, counts = self._windows(X)
        target = read_target(y, len(counts), task="number")
        self.target_names_ = target.names
        self._warn_of_inner_splits(len(windows))
        fit_params = self._fit_params(sample_weight, counts)
        values = np.repeat(target.values, counts, axis=0)
        measured = np.repeat(target.known, counts)
        if not measured.all():
            windows, values = chosen_windows(windows, measured), values[measured]
            fit_params = {name: value[measured] for name, value in fit_params.items()}
        self.estimator_ = self._trained(windows, values, fit_params)
        return self

    def _trained(self, windows, values, fit_params):
        model, gaps = clone(self.estimator), np.isnan(values)
        if not gaps.any():
            return model.fit(windows, values, **fit_params)
        try:
            return model.fit(windows, values, **fit_params)
        except ValueError as error:
            raise invalid_data(
                "y",
                f"has gaps in {np.count_nonzero(gaps.any(axis=0))} of {values.shape[1]} targets, and "
                f"{type(self.estimator).__name__} cannot be trained with them ({error!s:.80}); train one "
                "WindowVotingRegressor for each target, which leaves out the rows without a value, or a neural "
                "regressor, which takes gaps",
            ) from error

    def predict(self, X):
        """Average the predictions for the windows of each sequence.

        Parameters
        ----------
        X : array-like
            Bags, see Notes of the class.

        Returns
        -------
        predictions : float64 ndarray of shape (n_samples,) or (n_samples, n_targets)

        Raises
        ------
        SequenceError
            If X is not bags, or a sequence has no window.
        """
        check_is_fitted(self)
        windows, counts = self._windows(X)
        votes = np.asarray(self.estimator_.predict(windows), np.float64)
        if len(self.target_names_) == 1:
            votes = votes.reshape(len(windows))
        # windows of a sequence are neighbours: reduceat adds them up
        sums = np.add.reduceat(votes, np.cumsum(counts) - counts, axis=0)
        return (sums.T / counts).T
