"""Draws from a table of weights: one row for each symbol (or codon) that may be replaced."""

import numpy as np

__all__ = ["chosen", "running_shares"]


def running_shares(weights):
    """Running sums of each row's shares, float64 ndarray like ``weights`` (n, n); a row without weight stays itself."""
    weights = np.array(weights, np.float64)
    empty = np.flatnonzero(weights.sum(axis=1) == 0)
    weights[empty, empty] = 1
    sums = weights.cumsum(axis=1)
    # the last sum divided by itself is exactly 1, and so are the sums before it that equal it
    return sums / sums[:, -1:]


def chosen(shares, rows, uniform):
    """Column drawn for each row number, int64 ndarray: the first whose running share is above a number in [0, 1)."""
    n = len(shares)
    # rows laid end to end ascend, row by row from 0 to 1, from 1 to 2 and so on: one search serves all
    found = (shares + np.arange(n)[:, None]).ravel().searchsorted(rows + uniform, side="right") - n * rows
    # the sum may have been rounded up to the next row: then it is the last column with a share of its own
    return np.minimum(found, (shares < 1).sum(axis=1)[rows])
