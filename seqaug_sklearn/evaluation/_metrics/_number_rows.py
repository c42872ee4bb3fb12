"""Scores of numbers on weighted rows, for many weightings at once."""

from dataclasses import dataclass, replace

import numpy as np

from seqaug_sklearn.evaluation._metrics._weighted import correlation, mean_of_defined, ranks, ratio, varies

__all__ = ["NumberRows", "can_be_ranked"]

FEWEST_RANKED = 3
"""Rows of a group whose order says something."""
_SAME = 1e-12
"""Share of the largest prediction by which all may differ and still be one number, to the last digits of a float."""


@dataclass(frozen=True)
class NumberRows:
    """Test rows of one fold, of numbers.

    Entries that were not measured count for nothing. A score of several targets is the mean over those that have one.

    Attributes
    ----------
    true : float ndarray of shape (n_rows, n_targets)
        Targets; NaN where not measured.
    predicted : float ndarray of shape (n_rows, n_targets)
        Predictions, all finite.
    groups : int ndarray of shape (n_rows,) or (n_rows, 2)
        Group index of each row: the column of its weight. Of pairs two such columns, whose weights are multiplied.
    parents : int ndarray of shape (n_rows,) or None
        The groups that ``spearman_within`` ranks in.
    """

    true: np.ndarray
    predicted: np.ndarray
    groups: np.ndarray
    parents: np.ndarray | None = None

    scores = None
    probability = False

    def weighted(self, metric: str, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score of each weighting of the rows, and the share of the fold that counts; (n_weightings,) each."""
        if metric == "spearman_within":
            return self._within(weights)
        # a target without a measured row has no score
        nothing = np.full(len(weights), np.nan)
        values = [_SCORES[metric](*of) if len(of[0]) else nothing for of in self._measured(weights)]
        return mean_of_defined(np.array(values)), weights.mean(axis=1)

    def plain(self, metrics: tuple[str, ...]) -> dict[str, float]:
        """Scores with every row counted once."""
        weights = np.ones((1, len(self.true)))
        return {metric: float(self.weighted(metric, weights)[0][0]) for metric in metrics}

    def of_target(self, column: int) -> "NumberRows":
        """Return the same rows with one of the targets."""
        one = slice(column, column + 1)
        return replace(self, true=self.true[:, one], predicted=self.predicted[:, one])

    def _measured(self, weights):
        """Of each target the true and predicted numbers of its measured rows, and their weights."""
        for true, predicted in zip(self.true.T, self.predicted.T, strict=True):
            known = ~np.isnan(true)
            yield true[known], predicted[known], weights[:, known]

    def _within(self, weights):
        """Mean over groups of the rank correlation within each; a group counts by the mean weight of its rows."""
        found = [self._within_target(true, predicted, weights) for true, predicted in self._pairs()]
        scores, shares = (mean_of_defined(np.array(part)) for part in zip(*found, strict=True))
        return scores, np.nan_to_num(shares)

    def _pairs(self):
        return zip(self.true.T, self.predicted.T, strict=True)

    def _within_target(self, true, predicted, weights):
        total, counted, n_groups = np.zeros(len(weights)), np.zeros(len(weights)), 0
        for rows in _members(self.parents, true):
            own = weights[:, rows]
            values = _spearman_of_group(true[rows], predicted[rows], own)
            defined = np.isfinite(values) & ((own > 0).sum(axis=1) >= FEWEST_RANKED)
            weight = np.where(defined, own.mean(axis=1), 0.0)
            total += weight * np.where(defined, values, 0.0)
            counted += weight
            n_groups += 1
        # a target without a group that can be ranked says nothing of the share either
        return ratio(total, counted, empty=np.nan), ratio(counted, n_groups, empty=np.nan)


def can_be_ranked(true: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """Groups whose order says something in one target at least: three measured rows or more, and two values.

    Parameters
    ----------
    true : float ndarray of shape (n_rows, n_targets)
        Targets; NaN where not measured.
    parents : int ndarray of shape (n_rows,)
        Groups.

    Returns
    -------
    int ndarray
        Their numbers, sorted.
    """
    return np.unique([parents[rows[0]] for column in true.T for rows in _members(parents, column)]).astype(int)


def _members(parents, true):
    """Measured rows of each group that can be ranked."""
    known = np.flatnonzero(~np.isnan(true))
    order = known[np.argsort(parents[known], kind="stable")]
    cuts = np.flatnonzero(np.diff(parents[order])) + 1
    for rows in np.split(order, cuts):
        if len(rows) >= FEWEST_RANKED and np.ptp(true[rows]) > 0:
            yield rows


def _spearman(true, predicted, weights):
    found = correlation(ranks(true, weights), ranks(predicted, weights), weights)
    # one prediction for all rows ranks none of them: that is chance, and no gap
    return _defined(np.where(varies(predicted, weights), found, 0.0), true, weights)


def _spearman_of_group(true, predicted, weights):
    """The same, computed once for all weightings that give the rows one weight, as those of whole groups do."""
    lowest = weights.min(axis=1)
    alike = lowest == weights.max(axis=1)
    found = np.where(lowest > 0, _spearman(true, predicted, np.ones((1, len(true)))), np.nan)
    if not alike.all():
        found[~alike] = _spearman(true, predicted, weights[~alike])
    return found


def _pearson(true, predicted, weights):
    found = correlation(true, predicted, weights)
    return _defined(np.where(varies(predicted, weights, _SAME), found, 0.0), true, weights)


def _r2(true, predicted, weights):
    middle = ratio((weights * true).sum(axis=1), weights.sum(axis=1))[:, None]
    spread = (weights * (true - middle) ** 2).sum(axis=1)
    return _defined(1 - ratio(weights @ (true - predicted) ** 2, spread), true, weights)


def _neg_rmse(true, predicted, weights):
    return -np.sqrt(ratio(weights @ (true - predicted) ** 2, weights.sum(axis=1), empty=np.nan))


def _neg_mae(true, predicted, weights):
    return -ratio(weights @ np.abs(true - predicted), weights.sum(axis=1), empty=np.nan)


def _defined(values, true, weights):
    """NaN where the rows that count hold one number only: nothing can then be said of it."""
    return np.where(varies(true, weights), values, np.nan)


_SCORES = {"spearman": _spearman, "pearson": _pearson, "r2": _r2, "neg_rmse": _neg_rmse, "neg_mae": _neg_mae}
