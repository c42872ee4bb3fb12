"""How far a prediction of a number may be off, learned from predictions of held-out rows."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils._sklearn import Interval, Real, fit_context

__all__ = ["IntervalCalibrator"]


class IntervalCalibrator(BaseEstimator):
    """Puts an interval around predictions of numbers, which holds the true value of a stated share of new rows.

    Split conformal prediction [1]_: how far predictions of *held-out* rows were off says how far new ones will be.
    Nothing is assumed of the model or of the errors, only that new rows come as the held-out rows did. Fitted on
    predictions of training rows, the intervals are far too narrow.

    Rows of one family err alike, so a new row is one of a new group here, as in the two-layer form of the method [2]_:
    each group counts once, however many rows it has.

    Parameters
    ----------
    coverage : float, default=0.9
        Share of new rows whose true value lies within the interval: .9 gives a "90 % interval".

    Attributes
    ----------
    half_widths_ : float64 ndarray of shape (n_targets,)
        Half the width of the interval, in the unit of each target.
    n_groups_ : int64 ndarray of shape (n_targets,)
        Groups with a measured row.
    enough_groups_ : bool ndarray of shape (n_targets,)
        Whether there are enough of them for the coverage: 9 for .9, 19 for .95. Of fewer the largest error is taken,
        which holds a share of ``n_groups / (n_groups + 1)`` only.
    n_features_in_ : int
        Number of targets.

    See Also
    --------
    ProbabilityCalibrator : The same question for classes.

    Notes
    -----
    With n groups the half width is the smallest error that at least ``coverage * (n + 1)`` groups do not exceed, where
    a group counts by the share of its rows. It is the same for all rows, also where the model errs more for some than
    for others; the coverage is that of all rows together.

    References
    ----------
    .. [1] J. Lei et al. (2018), Distribution-free predictive inference for regression,
       :doi:`10.1080/01621459.2017.1307116`, section 2.2.
    .. [2] R. Dunn, L. Wasserman and A. Ramdas (2023), Distribution-free prediction sets for two-layer hierarchical
       models, :doi:`10.1080/01621459.2022.2060112`.

    Examples
    --------
    >>> from seqaug_sklearn.evaluation import IntervalCalibrator
    >>> errors = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8, 0.9]
    >>> calibrator = IntervalCalibrator(0.8).fit([1.0] * 9, [1 + error for error in errors])
    >>> calibrator.transform([2.0]).round(2).tolist()
    [[[1.2, 2.8]]]
    """

    _parameter_constraints = {"coverage": [Interval(Real, 0, 1, closed="neither")]}

    def __init__(self, coverage=0.9):
        self.coverage = coverage

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, groups=None):
        """Learn from predictions of held-out rows.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, n_targets)
            Predictions.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            True values; NaN where not measured.
        groups : array-like of shape (n_samples,), default=None
            Group of each row. None: each row is its own.

        Returns
        -------
        self : object

        Raises
        ------
        DataFormatError
            If predictions, values and groups do not fit together, or a target was never measured.
        """
        predicted, true = _columns(X), _columns(y, gaps=True)
        if predicted.shape != true.shape:
            raise DataFormatError(f"X holds predictions of shape {predicted.shape} and y values of {true.shape}")
        if np.isnan(true).all(axis=0).any():
            raise DataFormatError("y holds no value of a target; there is nothing to learn from")
        groups = np.arange(len(true)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
        if len(groups) != len(true):
            raise DataFormatError(f"groups has {len(groups)} entries for {len(true)} rows; each row needs one")
        found = [self._of_target(*columns, groups) for columns in zip(predicted.T, true.T, strict=True)]
        widths, n_groups, enough = zip(*found, strict=True)
        self.half_widths_, self.n_groups_ = np.array(widths), np.array(n_groups, np.int64)
        self.enough_groups_ = np.array(enough, bool)
        self.n_features_in_ = true.shape[1]
        return self

    def transform(self, X):
        """Both ends of the intervals around predictions.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, n_targets)
            Predictions.

        Returns
        -------
        ends : float64 ndarray of shape (n_samples, n_targets, 2)
            Low and high end.
        """
        check_is_fitted(self)
        predicted = _columns(X)
        if predicted.shape[1] != self.n_features_in_:
            raise DataFormatError(f"X has {predicted.shape[1]} columns, but fit saw {self.n_features_in_} targets")
        return np.stack([predicted - self.half_widths_, predicted + self.half_widths_], axis=-1)

    def covered(self, X, y):
        """Say which true values lie within the intervals.

        Parameters
        ----------
        X : array-like of shape (n_samples,) or (n_samples, n_targets)
            Predictions.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            True values; NaN where not measured.

        Returns
        -------
        bool ndarray of shape (n_samples, n_targets)
            False where not measured.
        """
        with np.errstate(invalid="ignore"):
            # the half width is one of the errors, and must hold it to the last digit
            return np.abs(_columns(X) - _columns(y, gaps=True)) <= self.half_widths_ * (1 + 1e-9)

    def _of_target(self, predicted, true, groups):
        known = ~np.isnan(true)
        errors, members = np.abs(predicted - true)[known], groups[known]
        _, members, sizes = np.unique(members, return_inverse=True, return_counts=True)
        order = np.argsort(errors, kind="stable")
        # a group weighs 1 in all
        reached = np.cumsum(1 / sizes[members[order]])
        # rounding: 10 groups of 3 rows weigh 9.999...
        place = int(np.searchsorted(reached, self.coverage * (len(sizes) + 1) - 1e-9))
        return errors[order[min(place, len(errors) - 1)]], len(sizes), place < len(errors)


def _columns(values, *, gaps: bool = False):
    """Numbers with a column per target."""
    columns = np.asarray(values, float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if columns.ndim != 2:
        raise DataFormatError(f"X must have one or two dimensions, got shape {columns.shape}")
    strange = np.flatnonzero((np.isinf(columns) | (np.isnan(columns) & (not gaps))).any(axis=1))
    if len(strange):
        what = "y holds infinity in" if gaps else "X holds no finite prediction for"
        raise DataFormatError(f"{what} row {strange[0]}")
    return columns
