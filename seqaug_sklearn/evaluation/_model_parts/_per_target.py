"""One model per target: gaps are left out target by target, and a setting can be chosen on inner folds."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import MeasuredRegressorMixin, TextInputMixin
from seqaug_sklearn.evaluation._model_parts._inner_choice import (
    best_setting,
    check_settings,
    fitted,
    inner_folds,
    last_step,
)
from seqaug_sklearn.utils import check_sequences, plain_container, read_target
from seqaug_sklearn.utils._sklearn import HasMethods, Integral, Interval, fit_context, take_rows

__all__ = ["PerTargetClassifier", "PerTargetRegressor"]


class _PerTarget(TextInputMixin, MetaEstimatorMixin, BaseEstimator):
    """What both share: a fitted copy of the model for each column of y."""

    _parameter_constraints = {"estimator": [HasMethods(["fit", "predict"])]}

    # groups reach `fit` where routing is on, without being asked for
    __metadata_request__fit = {"groups": True, "identifiers": True}
    # what explains a model explains that of one target
    _has_a_model_for_each_target = True

    def _fit(self, X, target, groups, identifiers):
        X, rows = plain_container(X), [np.flatnonzero(column) for column in target.measured.T]
        self.target_names_ = target.names
        self._is_one_column = target.values.ndim == 1
        self.estimators_ = []
        for values, known in zip(target.columns.T, rows, strict=True):
            about = {"groups": groups, "identifiers": identifiers}
            about = {name: take_rows(given, known) for name, given in about.items() if given is not None}
            self.estimators_.append(self._fit_one(take_rows(X, known), values[known], about))
        return self

    def _each(self, X, method):
        """Answers of every model, (n_samples, n_targets)."""
        check_is_fitted(self)
        return np.column_stack([np.asarray(method(model, X), float) for model in self.estimators_])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class PerTargetRegressor(MeasuredRegressorMixin, _PerTarget):
    """A regressor of sequences for each target, fitted on the rows where it was measured.

    So any regressor takes several targets with gaps. Of several settings of its last step the one with the smallest
    squared error on inner folds is taken, target by target. Groups, and copies of a sequence, stay on one side of these
    folds, and rows that an augmenter within the model adds are trained on only.

    Parameters
    ----------
    estimator : regressor
        Takes text, for example a pipeline. It is cloned.
    settings : list of dict, default=None
        Parameters of the last step (of what is no pipeline: of itself) to choose from. None: it stays as it is.
    n_splits : int, default=3
        Inner folds; fewer where there are fewer groups. With a single one nothing can be chosen, and the setting in the
        middle of the list is taken.

    Attributes
    ----------
    estimators_ : list of estimator
        One per target.
    settings_ : list of dict
        The setting of each; empty where there is nothing to choose.
    target_names_ : tuple of str
        Names of the targets.

    See Also
    --------
    PerTargetClassifier : The same for labels that are there or not.
    sklearn.multioutput.MultiOutputRegressor : Without gaps, and without groups.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.evaluation import PerTargetRegressor
    >>> from seqaug_sklearn.features import KmerCounts
    >>> ridge = make_pipeline(KmerCounts(1, canonical=False), Ridge())
    >>> model = PerTargetRegressor(ridge, settings=[{"alpha": 0.01}, {"alpha": 100.0}])
    >>> X = ["AAAA", "AAAC", "AACC", "ACCC", "CCCC", "CCCA"]
    >>> model.fit(X, [[0.0, 4.5], [1.0, float("nan")], [2.0, 2.5], [3.0, 1.5], [4.0, 0.5], [3.0, 1.5]]).settings_
    [{'alpha': 0.01}, {'alpha': 0.01}]
    >>> model.predict(["CACA"]).round(1).tolist()
    [[2.0, 2.5]]
    """

    _parameter_constraints = {
        **_PerTarget._parameter_constraints,
        "settings": [list, None],
        "n_splits": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(self, estimator, *, settings=None, n_splits=3):
        self.estimator = estimator
        self.settings = settings
        self.n_splits = n_splits

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None, identifiers=None):
        """Choose a setting for each target, and fit it on all rows where the target was measured.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Numbers; NaN where not measured.
        groups : array-like of shape (n_samples,), default=None
            What stays on one side of the inner folds; passed to the model too, if it takes groups.
        identifiers : array-like of shape (n_samples,), default=None
            Passed to the model, if it takes them.

        Returns
        -------
        self : object

        Raises
        ------
        DataFormatError
            If a target holds no number.
        """
        check_settings(self.settings, {"alpha": 1.0})
        self.settings_ = []
        target = read_target(y, len(check_sequences(X)), task="number", may_be_constant=True)
        return self._fit(X, target, groups, identifiers)

    def _fit_one(self, X, y, about):
        model = clone(self.estimator)
        if self.settings:
            folds = inner_folds(X, about.get("groups"), self.n_splits) if len(self.settings) > 1 else None
            setting, _ = best_setting(self.estimator, self.settings, X, y, folds, _predictions, _squared_error)
            self.settings_.append(setting)
            last_step(model).set_params(**self.settings_[-1])
        return fitted(model, X, y, about)

    def predict(self, X):
        """Predict every target; ndarray of shape (n_samples,) or (n_samples, n_targets), as y was."""
        values = self._each(X, lambda model, rows: np.ravel(model.predict(rows)))
        return values[:, 0] if self._is_one_column else values


def _predictions(model, X):
    return np.ravel(model.predict(X))


def _squared_error(predicted, y):
    return float(((predicted - y) ** 2).sum())


def _has(method):
    def check(self):
        # fitted ones answer for themselves: a label with one value has no decision values
        getattr(self.estimator, method)
        return True

    return check


class PerTargetClassifier(ClassifierMixin, _PerTarget):
    """A classifier of sequences for each of several labels, fitted on the rows where that label is known.

    Parameters
    ----------
    estimator : classifier
        Takes text, for example a pipeline. It is cloned. Where a label is the same in all known rows, that is answered.

    Attributes
    ----------
    estimators_ : list of estimator
        One per label.
    classes_ : list of ndarray
        0 and 1 for each label.
    target_names_ : tuple of str
        Names of the labels.

    See Also
    --------
    PerTargetRegressor : The same for numbers.
    sklearn.multioutput.MultiOutputClassifier : Without gaps, and without groups.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.evaluation import PerTargetClassifier
    >>> from seqaug_sklearn.features import KmerCounts
    >>> logistic = make_pipeline(KmerCounts(1, canonical=False), LogisticRegression())
    >>> y = [[1, 0], [1, 0], [0, float("nan")], [0, 1]]
    >>> model = PerTargetClassifier(logistic).fit(["AAAA", "AAAT", "CCCC", "CCTT"], y)
    >>> model.predict(["AATA", "CTTT"]).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    >>> model.predict_proba(["AATA", "CTTT"]).shape
    (2, 2)
    """

    def __init__(self, estimator):
        self.estimator = estimator

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None, identifiers=None):
        """Fit a classifier for each label.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples, n_labels)
            1 where a label is there, 0 where it is not, NaN where that is not known.
        groups, identifiers : array-like of shape (n_samples,), default=None
            Passed to the model, if it takes them.

        Returns
        -------
        self : object

        Raises
        ------
        DataFormatError
            If y holds other entries, or a label is known in no row.
        """
        target = read_target(y, len(check_sequences(X)), task="labels", may_be_constant=True)
        self.classes_ = [np.array([0, 1])] * len(target.names)
        return self._fit(X, target, groups, identifiers)

    def _fit_one(self, X, y, about):
        from sklearn.dummy import DummyClassifier

        varies = len(np.unique(y)) > 1
        model = clone(self.estimator) if varies else DummyClassifier(strategy="prior")
        return fitted(model, X, y.astype(int), about)

    def predict(self, X):
        """Predict every label; float ndarray of 0 and 1 of shape (n_samples, n_labels)."""
        return self._each(X, lambda model, rows: model.predict(rows))

    @available_if(_has("predict_proba"))
    def predict_proba(self, X):
        """Probability that each label is there; float ndarray of shape (n_samples, n_labels)."""
        return self._each(X, _probability)

    @available_if(_has("decision_function"))
    def decision_function(self, X):
        """Decision values, larger where a label is there; float ndarray of shape (n_samples, n_labels)."""
        return self._each(X, _decision)


def _probability(model, X):
    shares = model.predict_proba(X)
    return shares[:, list(model.classes_).index(1)] if 1 in model.classes_ else np.zeros(len(shares))


def _decision(model, X):
    return model.decision_function(X) if hasattr(model, "decision_function") else model.predict(X) - 0.5
