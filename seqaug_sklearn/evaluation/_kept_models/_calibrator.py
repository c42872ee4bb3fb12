"""Probabilities that mean what they say, learned from predictions of held-out rows."""

import numpy as np
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.isotonic import IsotonicRegression
from sklearn.utils.validation import check_array, check_is_fitted

from seqaug_sklearn.evaluation._statistics import check_columns
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils._sklearn import Integral, Interval, StrOptions, fit_context

__all__ = ["ProbabilityCalibrator", "label_columns", "scaled_labels", "scaled_probabilities"]

_SMALLEST = 1e-12
_LARGEST_SCALE = 5.0
"""Of the logarithm of the scale: a temperature between e**-5 and e**5."""


class ProbabilityCalibrator(TransformerMixin, BaseEstimator):
    """Turns the scores of a classifier into calibrated probabilities.

    Of all rows that get a probability of .8, 80 % should be of that class. Networks are too sure of themselves, and
    penalised models of many features not sure enough; some give no probabilities at all. The calibrator learns the
    difference from scores of *held-out* rows: fitted on scores of training rows, it makes things worse.

    Parameters
    ----------
    method : {"auto", "temperature", "isotonic", "none"}, default="auto"
        - "temperature": divides the log-odds by one number [1]_, which leaves the order of the classes as it is. Of
          decision values, which know nothing of the shares of the classes, also a shift per class [2]_;
        - "isotonic": a rising step function per class [3]_; needs many rows;
        - "auto": "isotonic" from `isotonic_rows` rows on, else "temperature";
        - "none": probabilities stay as they are.
    isotonic_rows : int, default=2000
        Rows from which on "auto" is "isotonic".

    Attributes
    ----------
    method_ : {"temperature", "isotonic", "none"}
        What was chosen.
    scores_are_probabilities_ : bool
        Whether the scores of `fit` were probabilities: no row negative, each with the sum 1.
    temperature_ : float
        What log-odds are divided by; above 1 the classifier was too sure. 1 without the method.
    shifts_ : float64 ndarray of shape (n_classes,)
        What is added to the log-odds of each class.
    steps_ : list of (ndarray, ndarray)
        Of "isotonic" per class the scores and the probabilities at the corners of the step function.
    n_features_in_ : int
        Number of classes.

    See Also
    --------
    sklearn.calibration.CalibratedClassifierCV : Fits the classifier itself on parts of the data, without groups.

    References
    ----------
    .. [1] C. Guo et al. (2017), On calibration of modern neural networks, ICML, section 4.2, arXiv 1706.04599.
    .. [2] J. Platt (1999), Probabilistic outputs for support vector machines.
    .. [3] B. Zadrozny and C. Elkan (2002), Transforming classifier scores into accurate multiclass probability
       estimates, KDD, :doi:`10.1145/775047.775151`.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.evaluation import ProbabilityCalibrator
    >>> sure = np.array([[0.99, 0.01], [0.01, 0.99]] * 50)
    >>> right_in_80_of_100 = [0, 1] * 40 + [1, 0] * 10
    >>> ProbabilityCalibrator().fit(sure, right_in_80_of_100).transform(sure)[0].round(2)
    array([0.8, 0.2])
    """

    _parameter_constraints = {
        "method": [StrOptions({"auto", "temperature", "isotonic", "none"})],
        "isotonic_rows": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, method="auto", *, isotonic_rows=2000):
        self.method = method
        self.isotonic_rows = isotonic_rows

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Learn from scores of held-out rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_classes)
            Probabilities or decision values.
        y : array-like of int of shape (n_samples,)
            Column of the right class of each row.

        Returns
        -------
        self : object

        Raises
        ------
        DataFormatError
            If `y` names a column that is not there.
        """
        scores = check_array(X, dtype=np.float64, ensure_min_features=2)
        codes = check_columns(y, scores)
        self.n_features_in_ = scores.shape[1]
        self.scores_are_probabilities_ = _are_probabilities(scores)
        self.method_ = self._choose(len(scores))
        self.temperature_, self.shifts_, self.steps_ = 1.0, np.zeros(scores.shape[1]), []
        if self.method_ == "temperature" or not self.scores_are_probabilities_:
            # step functions start from probabilities too
            self.temperature_, self.shifts_ = _fit_scale(scores, codes)
        if self.method_ == "isotonic":
            self.steps_ = _fit_steps(self._scaled(scores), codes)
        return self

    def transform(self, X):
        """Calibrated probabilities of these scores.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_classes)
            Scores as in `fit`.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_samples, n_classes)
            Each row has the sum 1.
        """
        check_is_fitted(self)
        scores = check_array(X, dtype=np.float64)
        if scores.shape[1] != self.n_features_in_:
            raise DataFormatError(f"X has {scores.shape[1]} columns, but fit saw {self.n_features_in_} classes")
        if self.method_ == "none" and self.scores_are_probabilities_:
            return scores
        probabilities = self._scaled(scores)
        return _through_steps(probabilities, self.steps_) if self.steps_ else probabilities

    def get_feature_names_out(self, input_features=None):
        """Names of the columns: ``class0``, ``class1``, ..., or `input_features`."""
        names = [f"class{i}" for i in range(self.n_features_in_)] if input_features is None else input_features
        return np.asarray(names, dtype=object)

    def _choose(self, n_rows):
        if self.method != "auto":
            return self.method
        return "isotonic" if n_rows >= self.isotonic_rows else "temperature"

    def _scaled(self, scores):
        probability = self.scores_are_probabilities_
        return scaled_probabilities(scores, self.temperature_, self.shifts_, probability=probability)


def scaled_probabilities(scores, temperature, shifts, *, probability: bool | None = None) -> np.ndarray:
    """Probabilities from scores: log-odds divided by the temperature and shifted.

    Parameters
    ----------
    scores : float ndarray of shape (n_samples, n_classes)
        Probabilities or decision values.
    temperature : float
        What log-odds are divided by.
    shifts : float or float ndarray of shape (n_classes,)
        What is then added.
    probability : bool, default=None
        Which of both the scores are; None: read off them.
    """
    probability = _are_probabilities(scores) if probability is None else probability
    return _softmax(_logits(scores, probability) / temperature + np.asarray(shifts))


def label_columns(scores, probability: bool) -> np.ndarray:
    """Scores that labels are there, beside those that they are not: (n_samples, n_labels, 2)."""
    return np.stack([1 - scores if probability else -scores, scores], axis=-1)


def scaled_labels(scores, probability: bool, temperature, shifts) -> np.ndarray:
    """Probabilities of several labels from scores that each is there, (n_samples, n_labels)."""
    pairs = label_columns(scores, probability).reshape(-1, 2)
    return scaled_probabilities(pairs, temperature, shifts, probability=probability)[:, 1].reshape(scores.shape)


def _are_probabilities(scores):
    return bool((scores >= 0).all() and np.allclose(scores.sum(axis=1), 1, atol=1e-4))


def _logits(scores, probability):
    return np.log(np.maximum(scores, _SMALLEST)) if probability else scores


def _softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _fit_scale(scores, codes):
    """Temperature and shift of each class with the smallest log loss; the first class's shift is 0.

    Probabilities know how common the classes are, and are not shifted.
    """
    probability, n_classes = _are_probabilities(scores), scores.shape[1]
    logits = _logits(scores, probability)
    counts = np.bincount(codes, minlength=n_classes)
    # Platt's targets: without them, rows that are all right would have an infinite scale
    right = (counts + 1) / (counts + 2)
    targets = np.repeat(((1 - right) / (n_classes - 1))[codes][:, None], n_classes, axis=1)
    targets[np.arange(len(codes)), codes] = right[codes]

    def loss(values):
        scaled = logits * np.exp(values[0])
        scaled[:, 1 : len(values)] += values[1:]
        probabilities = _softmax(scaled)
        excess = probabilities - targets
        slope = [(excess * logits).sum() * np.exp(values[0]), *excess.sum(axis=0)[1 : len(values)]]
        return -(targets * np.log(np.maximum(probabilities, 1e-300))).sum(), np.array(slope)

    n_values = 1 if probability else n_classes
    bounds = [(-_LARGEST_SCALE, _LARGEST_SCALE)] + [(None, None)] * (n_values - 1)
    found = minimize(loss, np.zeros(n_values), jac=True, method="L-BFGS-B", bounds=bounds).x
    shifts = np.zeros(n_classes)
    shifts[1:n_values] = found[1:]
    return float(np.exp(-found[0])), shifts


def _fit_steps(probabilities, codes):
    """Corners of a rising step function per class, of two classes for the second."""
    n_rows, n_classes = probabilities.shape
    smallest = 1 / (n_rows + 2)
    steps = []
    for column in range(1 if n_classes == 2 else 0, n_classes):
        model = IsotonicRegression(y_min=smallest, y_max=1 - smallest, out_of_bounds="clip")
        model.fit(probabilities[:, column], (codes == column).astype(float))
        steps.append((model.X_thresholds_.astype(float), model.y_thresholds_.astype(float)))
    return steps


def _through_steps(probabilities, steps):
    if len(steps) == 1:
        second = np.interp(probabilities[:, 1], *steps[0])
        return np.column_stack([1 - second, second])
    columns = np.column_stack([np.interp(probabilities[:, i], *step) for i, step in enumerate(steps)])
    return columns / columns.sum(axis=1, keepdims=True)
