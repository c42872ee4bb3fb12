"""How far probabilities are from the frequencies that they promise."""

import numpy as np
from sklearn.utils.validation import check_array

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_class_labels, equal_count_bins

__all__ = ["calibration_error", "check_columns"]


def calibration_error(probabilities, codes, *, n_bins: int = 10) -> float:
    """Expected calibration error of the most probable class: mean distance of confidence and share of right answers.

    Rows are sorted by the probability of the class that is answered, and cut into bins of equal numbers of rows, which
    few rows need: with bins of equal width most hold next to nothing. Rows of equal probability are in one bin.

    Parameters
    ----------
    probabilities : array-like of shape (n_samples, n_classes)
        Probabilities.
    codes : array-like of int of shape (n_samples,)
        Column of the right class of each row.
    n_bins : int, default=10
        Number of bins, fewer where there are fewer rows.

    Returns
    -------
    float
        Between 0 and 1.

    References
    ----------
    M. P. Naeini et al. (2015), Obtaining well calibrated probabilities using Bayesian binning, AAAI.

    Examples
    --------
    >>> from seqaug_sklearn.evaluation import calibration_error
    >>> calibration_error([[0.9, 0.1], [0.9, 0.1]], [0, 1], n_bins=1)
    0.4
    """
    probabilities = check_array(probabilities, dtype=np.float64, ensure_min_features=2)
    codes = check_columns(codes, probabilities)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == codes
    bins = equal_count_bins(confidence, n_bins)
    # of each bin, the sum of probabilities less the number of right answers
    return float(np.abs(np.bincount(bins, confidence - right)).sum() / len(bins))


def check_columns(y, scores: np.ndarray) -> np.ndarray:
    """Labels as the columns of scores that they name: int ndarray (n_samples,)."""
    codes = check_class_labels(y, len(scores))
    whole = codes.dtype.kind in "iub"
    if not whole or codes.min() < 0 or codes.max() >= scores.shape[1]:
        shown = ", ".join(str(code) for code in np.unique(codes)[:4])
        raise DataFormatError(f"y must hold columns of X, whole numbers from 0 to {scores.shape[1] - 1}; got {shown}")
    return codes.astype(np.intp)
