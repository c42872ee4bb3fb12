"""Scores of whole comparisons: means over folds, for many weightings of the groups at once."""

from dataclasses import fields, replace
from typing import Any, Protocol

import numpy as np

from seqaug_sklearn.evaluation._metrics._weighted import ratio

__all__ = ["Rows", "cut_rows", "joined_rows", "leave_one_out", "mean_over_folds", "pair_units", "score_rows"]

# weights of a part: 32 MB as float64
_CHUNK = 4_000_000


class Rows(Protocol):
    """Test rows of one fold, of any task.

    Attributes
    ----------
    true, predicted, scores : ndarray
        What was to be predicted, the answers, and how sure the model was of them, where it says.
    groups : int ndarray of shape (n_rows,) or (n_rows, 2)
        Group index of each row: the column of its weight. Of pairs two such columns, whose weights are multiplied.
    """

    @property
    def true(self) -> np.ndarray: ...

    @property
    def predicted(self) -> np.ndarray: ...

    @property
    def scores(self) -> np.ndarray | None: ...

    @property
    def probability(self) -> bool: ...

    @property
    def groups(self) -> np.ndarray: ...

    def weighted(self, metric: str, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score of each weighting of the rows, (n_weightings, n_rows), and the share of the fold that counts."""

    def plain(self, metrics: tuple[str, ...]) -> dict[str, float]:
        """Scores with every row counted once."""


def pair_units(members: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Columns of weights of pairs for a bootstrap that draws the members of both sides.

    A member of several pairs is a unit. A pair without such a member is one itself, and a member of one pair only is
    none: drawing it too would draw the same pair twice.

    Parameters
    ----------
    members : int ndarray of shape (n_pairs, 2)
        Numbers of the members.
    rows : int ndarray
        The pairs that count, those that are tested.

    Returns
    -------
    int ndarray of shape (n_pairs, 2)
        Units; -1, the last column of the weights, is one whose weight is always 1.
    """
    # members of several tested pairs carry the dependence between pairs
    repeated = np.bincount(members[rows].ravel(), minlength=members.max() + 1) > 1
    units = np.where(repeated, np.cumsum(repeated) - 1, -1)[members]
    lone = np.zeros(len(members), bool)
    lone[rows] = True
    lone &= (units < 0).all(axis=1)
    # a pair that shares no member is independent of all others, and is drawn by itself
    units[lone, 0] = repeated.sum() + np.arange(lone.sum())
    return units


def score_rows(rows: Rows, metrics: tuple[str, ...]) -> dict[str, float]:
    """Plain scores of one fold, every row counted once."""
    return rows.plain(metrics)


def cut_rows(rows: Any, kept: np.ndarray) -> Any:
    """The same with some of the rows, by their numbers or a mask."""
    parts = {field.name: getattr(rows, field.name) for field in fields(rows)}
    return replace(rows, **{name: part[kept] for name, part in parts.items() if isinstance(part, np.ndarray)})


def joined_rows(folds: list[Rows]) -> Rows:
    """All test rows of several folds of one model, as one."""
    first: Any = folds[0]
    together = {}
    for name in (field.name for field in fields(first)):
        parts = [getattr(fold, name) for fold in folds]
        if all(isinstance(part, np.ndarray) for part in parts):
            together[name] = np.concatenate(parts)
    return replace(first, **together)


def mean_over_folds(metric: str, folds: list[Rows], group_weights: np.ndarray) -> np.ndarray:
    """Mean of a metric over folds, for many weightings of the groups.

    A fold counts by the share of its rows' weight, so with one group per fold a bootstrap of groups is a bootstrap
    of folds. Folds where the metric is undefined are left out.

    Parameters
    ----------
    metric : str
        One that the rows have.
    folds : list of Rows
        All folds of one model.
    group_weights : float ndarray of shape (n_weightings, n_groups)
        How often each group counts.

    Returns
    -------
    ndarray of shape (n_weightings,)
        NaN where no fold defines the metric.
    """
    total, share = np.zeros(len(group_weights)), np.zeros(len(group_weights))
    for fold in folds:
        step = max(1, _CHUNK // max(len(fold.true), 1))
        for start in range(0, len(group_weights), step):
            part = slice(start, start + step)
            # (n_weightings, n_rows), of pairs (n_weightings, n_rows, 2)
            weights = group_weights[part][:, fold.groups].astype(float)
            if weights.ndim == 3:
                # a pair counts as often as both of its members are drawn together
                weights = weights.prod(axis=2)
            # a resample may leave a fold without a class or without rows; it then counts by nothing
            scored, counted = _weighted(metric, fold, weights)[0].T
            total[part] += scored
            share[part] += counted
    return ratio(total, share, empty=np.nan)


def leave_one_out(metric: str, folds: list[Rows], n_units: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Mean of a metric over folds, the same without each unit's test rows, and each unit's share of the weight.

    It is :func:`mean_over_folds` with the weight of one unit after another set to 0; a fold is scored again only for
    the units that it tests.

    Parameters
    ----------
    metric : str
        One that the rows have.
    folds : list of Rows
        All folds of one model; ``groups`` holds units, or two columns of them. -1 is no unit.
    n_units : int
        Number of units.

    Returns
    -------
    score : float
        NaN where no fold defines the metric.
    without : ndarray of shape (n_units,)
        The score without each unit.
    shares : ndarray of shape (n_units,)
        Share of the test rows of all folds that are the unit's; 0 for those that no fold tests. Of scores that are
        means over groups, share of these.
    """
    # sums of fold share times fold score, and of fold shares, of all folds; and what each unit changes of them
    total, change, shares = np.zeros(2), np.zeros((n_units, 2)), np.zeros(n_units)
    for fold in folds:
        columns = fold.groups.reshape(len(fold.true), -1)
        units = np.unique(columns[columns >= 0])
        whole, size = _weighted(metric, fold, np.ones((1, len(fold.true))))
        total += whole[0]
        step = max(1, _CHUNK // max(len(fold.true), 1))
        for start in range(0, len(units), step):
            part = units[start : start + step]
            # (n_units, n_rows): whether a row stays
            stays = (columns[None] != part[:, None, None]).all(axis=2).astype(float)
            left, sizes = _weighted(metric, fold, stays)
            change[part] += left - whole
            shares[part] += size - sizes
    without = total + change
    score = ratio(total[:1], total[1:], empty=np.nan)[0]
    return float(score), ratio(without[:, 0], without[:, 1], empty=np.nan), shares / len(folds)


def _weighted(metric, fold, weights):
    """Share of a fold that counts, times the score, and that share: (n_weightings, 2); 0 where undefined."""
    values, sizes = fold.weighted(metric, weights)
    counted = np.where(np.isfinite(values), sizes, 0.0)
    return np.column_stack([counted * np.where(np.isfinite(values), values, 0.0), counted]), sizes
