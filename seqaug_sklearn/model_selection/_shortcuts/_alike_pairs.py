"""Pairs of rows that are alike in a shortcut, and labels dealt among such rows."""

import numpy as np

__all__ = ["AlikePairs", "exchange_alike", "residuals_of"]

_CALIPER = 0.2
"""Standard deviations by which two rows may differ and be alike."""
_MOST_ROWS = 1200
_IN_A_ROW = 10
"""Groups among which labels are dealt."""


class AlikePairs:
    """Pairs of rows that are alike in a shortcut.

    Parameters
    ----------
    values : ndarray of float of shape (n_rows,)
        Shortcut.
    columns : ndarray of float of shape (n_rows, n_columns)
        Whether a row has each class.
    groups : int ndarray of shape (n_rows,)
        Groups.
    only_equal : bool
        Whether only equal values are alike.
    rng : numpy.random.Generator
        Draws rows where there are too many.

    Attributes
    ----------
    rows : int ndarray
        Rows that are used.
    """

    def __init__(self, values, columns, groups, only_equal, rng):
        self.rows = _drawn(groups, rng)
        values, columns = values[self.rows], columns[self.rows]
        within = values - np.stack([_means(values, column) for column in columns.T]).mean(axis=0)
        caliper = 0.0 if only_equal else _CALIPER * within.std()
        difference = values[:, None] - values
        alike = (np.abs(difference) <= caliper + 1e-12).astype(np.float32)
        scaled = (difference / (caliper or 1.0)).astype(np.float32) * alike
        self._parts = [alike, scaled, scaled**2]

    def scores(self, scores, columns, weights):
        """How often a row of a class scores higher than another that is alike, at no difference.

        Parameters
        ----------
        scores : ndarray of float of shape (n_used, n_columns)
            Scores of the model.
        columns : ndarray of float of shape (n_deals, n_used, n_columns)
            The labels, or deals of them.
        weights : ndarray of float of shape (n_draws, n_used)
            Weight of each row; one draw, or one deal.

        Returns
        -------
        scores : ndarray of float of shape (max(n_deals, n_draws),)
            Mean over classes.
        n_pairs : int
            Pairs that are alike, by the first labels.
        """
        found, n_pairs = [], 0
        for number in range(scores.shape[1]):
            told = scores[:, number]
            higher = (0.5 + 0.5 * np.sign(told[:, None] - told)).astype(np.float32)
            has = columns[:, :, number]
            first, second = (weights * has).astype(np.float32), (weights * (1 - has)).astype(np.float32)
            parts = [*self._parts, higher * self._parts[0], higher * self._parts[1]]
            n, d, dd, c, cd = (((first @ part) * second).sum(axis=1, dtype=float) for part in parts)
            n_pairs += int(((has[:1] @ self._parts[0]) * (1 - has[:1])).sum())
            found.append(_at_zero(n, d, dd, c, cd))
        return np.mean(found, axis=0), n_pairs


def _at_zero(n, d, dd, c, cd):
    """Value at no difference of a line of wins in the difference, from sums over pairs; the mean where it is flat."""
    spread = n * dd - d**2
    n = np.where(n > 0, n, np.nan)
    slope = np.where(spread > 1e-6 * n**2, (n * cd - d * c) / np.where(spread > 0, spread, 1), 0)
    return (c - slope * d) / n


def _means(values, column):
    """Mean of the values of each row's side of a class."""
    has = column > 0
    return np.where(has, values[has].mean(), values[~has].mean())


def _drawn(groups, rng):
    """All rows, or whole groups of about as many as can be compared in pairs."""
    if len(groups) <= _MOST_ROWS:
        return np.arange(len(groups))
    place = rng.permutation(groups.max() + 1)[groups]
    sizes = np.cumsum(np.bincount(place))
    last = max(np.searchsorted(sizes, _MOST_ROWS, side="right") - 1, 0)
    return np.flatnonzero(place <= last)


def exchange_alike(columns, values, groups, n, rng):
    """Deal the labels anew among groups that follow each other in the order of the shortcut.

    A group with several labels is a group of each.

    Parameters
    ----------
    columns : ndarray of float of shape (n_rows, n_columns)
        Target.
    values : ndarray of float of shape (n_rows,)
        Shortcut.
    groups : int ndarray of shape (n_rows,)
        Groups.
    n : int
        Deals.
    rng : numpy.random.Generator
        Source of randomness.

    Yields
    ------
    ndarray of shape (n_rows, n_columns)
    """
    units, first, unit = np.unique(np.column_stack([groups, columns]), axis=0, return_index=True, return_inverse=True)
    unit = unit.ravel()
    means = np.bincount(unit, values) / np.bincount(unit)
    for _ in range(n):
        # ties in another order each time, and the first stratum of another size, so that no border stays
        order = np.lexsort((rng.random(len(units)), means))
        stratum = (np.arange(len(units)) + rng.integers(_IN_A_ROW)) // _IN_A_ROW
        dealt = np.empty(len(units), int)
        dealt[order] = order[np.lexsort((rng.random(len(units)), stratum))]
        yield columns[first][dealt][unit]


def residuals_of(values, columns):
    """What a spline of the shortcut, or its mean for each of a few values, leaves of the columns."""
    from sklearn.preprocessing import SplineTransformer

    known, codes = np.unique(values, return_inverse=True)
    if len(known) <= 8:
        basis = np.eye(len(known))[codes]
    else:
        n_knots = int(np.clip(len(values) // 15, 3, 8))
        basis = SplineTransformer(n_knots=n_knots, knots="quantile", degree=3).fit_transform(values[:, None])
    return columns - basis @ np.linalg.lstsq(basis, columns, rcond=None)[0]
