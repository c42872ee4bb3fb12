"""Bins of equal numbers of rows."""

import numpy as np

__all__ = ["equal_count_bins"]


def equal_count_bins(values, n_bins: int) -> np.ndarray:
    """Bin of each value, so that bins hold numbers of values as equal as they can be.

    Equal values are in one bin, whatever their order, so there are fewer bins where many are equal.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        Numbers, at least one.
    n_bins : int
        Most bins; no more than there are values.

    Returns
    -------
    int ndarray of shape (n_samples,)
        0 for the smallest values; numbers have no gaps.

    Examples
    --------
    >>> equal_count_bins([0.3, 0.1, 0.9, 0.9, 0.9, 0.4], 3).tolist()
    [0, 0, 1, 1, 1, 1]
    """
    values = np.asarray(values, float)
    # ranks at which bins begin; the first ones are one longer where numbers do not divide
    starts = np.cumsum([0, *(len(part) for part in np.array_split(values, min(n_bins, len(values))))])[:-1]
    # the rank of the first of equal values speaks for all of them
    ranks = np.searchsorted(np.sort(values), values, side="left")
    bins = np.searchsorted(starts, ranks, side="right") - 1
    return np.unique(bins, return_inverse=True)[1]
