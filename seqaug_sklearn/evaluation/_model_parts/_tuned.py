"""A classifier with one setting chosen on inner folds."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.evaluation._model_parts._inner_choice import (
    best_setting,
    check_settings,
    fitted,
    inner_folds,
    last_step,
)
from seqaug_sklearn.utils import check_class_labels, check_sequences, plain_container
from seqaug_sklearn.utils._sklearn import HasMethods, Integral, Interval, fit_context

__all__ = ["TunedClassifier", "log_loss", "probabilities"]

_LEAST = 1e-6
"""Probability that a class has at least, so that one sure mistake does not decide alone."""


def log_loss(shares: np.ndarray, places: np.ndarray) -> float:
    """Mean negative log of the probability of the true class; of each row its column."""
    return float(-np.log(np.maximum(shares[np.arange(len(places)), places], _LEAST)).mean())


def probabilities(model, X) -> np.ndarray:
    """Probabilities of a fitted classifier that sum to 1 in float64: some are computed in float32."""
    shares = np.asarray(model.predict_proba(X), np.float64)
    return shares / shares.sum(axis=1, keepdims=True)


def _has_decisions(self):
    # fitted ones answer for themselves
    getattr(getattr(self, "estimator_", self.estimator), "decision_function")  # noqa: B009
    return True


class TunedClassifier(TextInputMixin, ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A classifier of sequences whose last step has the setting that is best on inner folds.

    As :class:`~sklearn.model_selection.GridSearchCV`, with three differences: copies of a sequence are never on both
    sides of an inner fold, even without groups; features are computed once for all settings; and the choice depends on
    no order of the rows. The setting with the smallest log loss over all rows is taken, and rows that an augmenter
    within the model adds are trained on only.

    Parameters
    ----------
    estimator : classifier
        Takes text and gives probabilities, for example a pipeline. It is cloned.
    settings : list of dict
        Parameters of the last step (of what is no pipeline: of itself) to choose from.
    n_splits : int, default=3
        Inner folds; fewer where a class has fewer groups. With a single one nothing can be chosen, and the setting in
        the middle of the list is taken.

    Attributes
    ----------
    estimator_ : estimator
        The classifier with the chosen setting, fitted on all rows.
    setting_ : dict
        The choice.
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted.

    Raises
    ------
    DataFormatError
        If y does not hold classes.

    See Also
    --------
    PerTargetRegressor : The same for numbers.
    ModelSearch : Chooses among models of different kinds.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.evaluation import TunedClassifier
    >>> from seqaug_sklearn.features import KmerCounts
    >>> kmers = make_pipeline(KmerCounts(1, canonical=False), LogisticRegression())
    >>> X = ["AAAA", "AAAC", "AACA", "CCCC", "CCCA", "CACC"]
    >>> model = TunedClassifier(kmers, [{"C": 0.001}, {"C": 10.0}]).fit(X, list("aaaccc"))
    >>> model.setting_, model.predict(["ACAA"]).tolist()
    ({'C': 10.0}, ['a'])
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict_proba"])],
        "settings": [list],
        "n_splits": [Interval(Integral, 2, None, closed="left")],
    }

    # groups reach `fit` where routing is on, without being asked for
    __metadata_request__fit = {"groups": True, "identifiers": True}

    def __init__(self, estimator, settings, *, n_splits=3):
        self.estimator = estimator
        self.settings = settings
        self.n_splits = n_splits

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None, identifiers=None):
        """Choose a setting on inner folds, and fit it on all rows.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,)
            Classes.
        groups : array-like of shape (n_samples,), default=None
            What stays on one side of the inner folds; passed to the model too, if it takes groups.
        identifiers : array-like of shape (n_samples,), default=None
            Passed to the model, if it takes them.

        Returns
        -------
        self : object
        """
        self._fit(X, y, groups, identifiers, needs_answers=False)
        return self

    def fit_and_hold_out(self, X, y, groups=None, identifiers=None):
        """Fit, and return what the models of the inner folds with the chosen setting say of the rows that they lack.

        Parameters
        ----------
        X, y, groups, identifiers : array-like of shape (n_samples,)
            As in ``fit``.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_samples, n_classes) or None
            Those of the chosen setting, so a little too good; None where there are no two inner folds.
        """
        return self._fit(X, y, groups, identifiers, needs_answers=True)

    def _fit(self, X, y, groups, identifiers, *, needs_answers):
        check_settings(self.settings or [None], {"C": 1.0})
        X = plain_container(X)
        y = check_class_labels(y, len(check_sequences(X)))
        self.classes_, places = np.unique(y, return_inverse=True)
        about = {"groups": groups, "identifiers": identifiers}
        about = {name: values for name, values in about.items() if values is not None}
        folds = inner_folds(X, groups, self.n_splits, y) if needs_answers or len(self.settings) > 1 else None
        self.setting_, held_out = best_setting(
            self.estimator, self.settings, X, y, folds, probabilities, lambda shares, _: log_loss(shares, places)
        )
        model = clone(self.estimator)
        last_step(model).set_params(**self.setting_)
        self.estimator_ = fitted(model, X, y, about)
        return held_out

    def predict(self, X):
        """Predict the class of each row; ndarray of shape (n_samples,)."""
        check_is_fitted(self)
        return self.estimator_.predict(X)

    def predict_proba(self, X):
        """Probability of each class; float ndarray of shape (n_samples, n_classes)."""
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    @available_if(_has_decisions)
    def decision_function(self, X):
        """Decision values of the model."""
        check_is_fitted(self)
        return self.estimator_.decision_function(X)
