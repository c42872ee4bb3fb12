"""The average of several classifiers, each calibrated first."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.evaluation._kept_models._calibrator import scaled_probabilities
from seqaug_sklearn.evaluation._kept_models._refit import class_scores, fit_on_all
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_class_labels, check_generator, draw_seed
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["AveragedClassifier"]


class AveragedClassifier(TextInputMixin, MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
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

    # groups reach `fit` where routing is on, without being asked for
    __metadata_request__fit = {"groups": True, "identifiers": True}

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
        y : array-like of shape (n_samples,)
            Labels.
        groups : array-like of shape (n_samples,), default=None
            Passed to members that set rows aside.
        identifiers : array-like of shape (n_samples,), default=None
            Passed to members that look rows up by name.

        Returns
        -------
        self : object
        """
        if not self.estimators:
            raise DataFormatError("estimators is empty; give at least one, for example [('svm', SVC())]")
        for name, values in (("temperatures", self.temperatures), ("shifts", self.shifts)):
            if values is not None and len(values) != len(self.estimators):
                raise DataFormatError(f"{name} has {len(values)} entries for {len(self.estimators)} estimators")
        n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
        y = check_class_labels(y, n_rows)
        seed = draw_seed(check_generator(self.random_state))
        self.estimators_ = [
            fit_on_all(member, X, y, seed=seed, groups=groups, identifiers=identifiers) for _, member in self.estimators
        ]
        self.classes_ = self.estimators_[0].classes_
        return self

    def member_probabilities(self, X):
        """Probabilities of every member: float64 ndarray of shape (n_members, n_samples, n_classes)."""
        check_is_fitted(self)
        n_members = len(self.estimators_)
        temperatures = [1.0] * n_members if self.temperatures is None else self.temperatures
        shifts = [0.0] * n_members if self.shifts is None else self.shifts
        return np.stack(
            [
                scaled_probabilities(class_scores(member, X), temperature, shift)
                for member, temperature, shift in zip(self.estimators_, temperatures, shifts, strict=True)
            ]
        )

    def predict_proba(self, X):
        """Mean probabilities of the members.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_samples, n_classes)
        """
        return self.member_probabilities(X).mean(axis=0)

    def predict(self, X):
        """Predict the class with the largest mean probability; ndarray of shape (n_samples,)."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
