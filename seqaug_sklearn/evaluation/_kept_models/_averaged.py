"""The average of several models: of classifiers, each calibrated first, or of regressors."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import MeasuredRegressorMixin, TextInputMixin
from seqaug_sklearn.evaluation._inputs import check_data
from seqaug_sklearn.evaluation._kept_models._calibrator import scaled_labels, scaled_probabilities
from seqaug_sklearn.evaluation._kept_models._refit import class_scores, fit_on_all, label_scores
from seqaug_sklearn.evaluation._kept_models._target_kinds import TargetKindMixin, target_of
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_generator, draw_seed
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["AveragedClassifier", "AveragedRegressor"]


class _Averaged(TextInputMixin, MetaEstimatorMixin, TargetKindMixin):
    """What both share: members, each fitted on all rows."""

    # groups reach `fit` where routing is on, without being asked for
    __metadata_request__fit = {"groups": True, "identifiers": True}

    def _fit_members(self, X, y, kind, names, groups, identifiers):
        if not self.estimators:
            raise DataFormatError("estimators is empty; give at least one, for example [('svm', SVC())]")
        self.target_kind_, self.target_names_ = kind, names
        seed = draw_seed(check_generator(self.random_state))
        self.estimators_ = [
            fit_on_all(member, X, y, seed=seed, groups=groups, identifiers=identifiers) for _, member in self.estimators
        ]


class AveragedClassifier(_Averaged, ClassifierMixin, BaseEstimator):
    """Averages the probabilities of several classifiers of sequences.

    Models of different kinds err on different rows, so their average is often better than each of them. It should
    weigh what they say by how far it can be believed, so log-odds are divided by a temperature per member first, as
    learned on held-out rows (see :class:`ProbabilityCalibrator`).

    Parameters
    ----------
    estimators : list of (str, estimator)
        Names and classifiers. They are cloned.
    temperatures : list of float, default=None
        One per classifier, above 1 for those that are too sure. None: 1 for all.
    shifts : list of array-like of float of shape (n_classes,), default=None
        What is added to the log-odds of each class, per classifier; decision values need it. None: nothing.
    random_state : None, int, RandomState or Generator, default=None
        Seed of all members.

    Attributes
    ----------
    estimators_ : list of estimator
        Fitted on all rows.
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted.

    See Also
    --------
    ModelSearch : Finds members and their temperatures.
    sklearn.ensemble.VotingClassifier : Without temperatures, and without groups for its members.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.evaluation import AveragedClassifier
    >>> from seqaug_sklearn.similarity import NearestSequenceClassifier
    >>> kmers = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), LogisticRegression())
    >>> model = AveragedClassifier([("kmers", kmers), ("nearest", NearestSequenceClassifier(k=3))])
    >>> model.fit(["ACACAC", "ACACAT", "GTGTGT", "GTGTGA"], ["a", "a", "b", "b"]).predict(["CACACA", "TGTGTG"]).tolist()
    ['a', 'b']
    """

    _parameter_constraints = {
        "estimators": [list],
        "temperatures": [list, None],
        "shifts": [list, None],
        "random_state": ["random_state", np.random.Generator],
    }

    def __init__(self, estimators, *, temperatures=None, shifts=None, random_state=None):
        self.estimators = estimators
        self.temperatures = temperatures
        self.shifts = shifts
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None, identifiers=None):
        """Fit every member on all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            What the members take.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Classes, or several labels of 0 and 1, NaN where not known.
        groups : array-like of shape (n_samples,), default=None
            Passed to members that set rows aside.
        identifiers : array-like of shape (n_samples,), default=None
            Passed to members that look rows up by name.

        Returns
        -------
        self : object
        """
        for name, values in (("temperatures", self.temperatures), ("shifts", self.shifts)):
            if values is not None and self.estimators and len(values) != len(self.estimators):
                raise DataFormatError(f"{name} has {len(values)} entries for {len(self.estimators)} estimators")
        target = target_of(X, y, "labels" if np.ndim(y) == 2 and np.shape(y)[1] > 1 else "classes")
        values = y if target.kind == "labels" else target.values
        self._fit_members(X, values, target.kind, target.names, groups, identifiers)
        self.classes_ = self.estimators_[0].classes_
        return self

    def member_probabilities(self, X):
        """Probabilities of every member: float64 ndarray of shape (n_members, n_samples, n_classes or n_labels)."""
        check_is_fitted(self)
        n_members = len(self.estimators_)
        temperatures = [1.0] * n_members if self.temperatures is None else self.temperatures
        shifts = [0.0] * n_members if self.shifts is None else self.shifts
        parts = zip(self.estimators_, temperatures, shifts, strict=True)
        if self.target_kind_ == "labels":
            n = len(self.target_names_)
            return np.stack([scaled_labels(*label_scores(member, X, n), *scale) for member, *scale in parts])
        return np.stack([scaled_probabilities(class_scores(member, X), *scale) for member, *scale in parts])

    def predict_proba(self, X):
        """Mean probabilities of the members.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_samples, n_classes)
            Of several labels (n_samples, n_labels): that each is there.
        """
        return self.member_probabilities(X).mean(axis=0)

    def predict(self, X):
        """Predict the class with the largest mean probability, or 1 for labels with one of a half or more."""
        check_is_fitted(self)
        if self.target_kind_ == "labels":
            return (self.predict_proba(X) >= 0.5).astype(int)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class AveragedRegressor(_Averaged, MeasuredRegressorMixin, BaseEstimator):
    """Averages the predictions of several regressors of sequences.

    Models of different kinds err on different rows, so their average is often better than each of them. Where they
    agree it can be believed more than where they do not: see :meth:`member_predictions`.

    Parameters
    ----------
    estimators : list of (str, estimator)
        Names and regressors. They are cloned.
    random_state : None, int, RandomState or Generator, default=None
        Seed of all members.

    Attributes
    ----------
    estimators_ : list of estimator
        Fitted on all rows.
    target_names_ : tuple of str
        Names of the targets.

    See Also
    --------
    ModelSearch : Finds members.
    sklearn.ensemble.VotingRegressor : Without groups for its members, and for one target.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVR
    >>> from seqaug_sklearn.evaluation import AveragedRegressor
    >>> letters = CountVectorizer(analyzer="char", lowercase=False)
    >>> members = [("ridge", make_pipeline(letters, Ridge())), ("svm", make_pipeline(letters, SVR(kernel="linear")))]
    >>> model = AveragedRegressor(members).fit(["AAAA", "AAAC", "AACC", "ACCC"], [0.0, 1.5, 3.0, 4.5])
    >>> model.predict(["ACAC"]).round(1).tolist()
    [2.9]
    """

    _parameter_constraints = {
        "estimators": [list],
        "random_state": ["random_state", np.random.Generator],
    }

    def __init__(self, estimators, *, random_state=None):
        self.estimators = estimators
        self.random_state = random_state

    def _kind(self):
        return "number"

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None, identifiers=None):
        """Fit every member on all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            What the members take.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Numbers; NaN where not measured, if all members take that.
        groups : array-like of shape (n_samples,), default=None
            Passed to members that set rows aside.
        identifiers : array-like of shape (n_samples,), default=None
            Passed to members that look rows up by name.

        Returns
        -------
        self : object
        """
        # rows of text are checked before their numbers
        data = check_data(X, y, groups, None, task="number")
        names = ("y",) if data.target is None else data.target.names
        self._fit_members(X, data.y, data.task, names, groups, identifiers)
        return self

    def member_predictions(self, X):
        """Predictions of every member: float64 ndarray of shape (n_members, n_samples) or with n_targets behind."""
        check_is_fitted(self)
        shape = (-1, len(self.target_names_)) if len(self.target_names_) > 1 else (-1,)
        return np.stack([np.asarray(member.predict(X), float).reshape(shape) for member in self.estimators_])

    def predict(self, X):
        """Mean predictions of the members; float64 ndarray of shape (n_samples,) or (n_samples, n_targets)."""
        return self.member_predictions(X).mean(axis=0)
