"""Arithmetic on weighted rows, for many weightings at once: ratios, ranks, correlations, areas."""

import numpy as np

__all__ = ["areas", "correlation", "mean_of_defined", "ranks", "ratio", "varies"]


def ratio(numerator, denominator, empty=0.0) -> np.ndarray:
    """Quotient; ``empty`` where the denominator is not above 0."""
    filled = np.full(np.broadcast(numerator, denominator).shape, empty)
    return np.divide(numerator, denominator, out=filled, where=denominator > 0)


def mean_of_defined(values: np.ndarray) -> np.ndarray:
    """Mean over axis 0 of the finite values; NaN where there is none."""
    defined = np.isfinite(values)
    return ratio(np.where(defined, values, 0).sum(axis=0), defined.sum(axis=0), empty=np.nan)


def varies(values: np.ndarray, weights: np.ndarray, within: float = 0.0) -> np.ndarray:
    """Whether the rows that count hold two values: bool (n_weightings,).

    ``within`` is the share of the largest value by which others may differ from it and still be the same.
    """
    counted = weights > 0
    highest = np.where(counted, values, -np.inf).max(axis=1, initial=-np.inf)
    lowest = np.where(counted, values, np.inf).min(axis=1, initial=np.inf)
    return highest - lowest > within * np.abs(values).max(initial=0.0)


def ranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Ranks of weighted rows, those of equal values averaged: (n_weightings, n_rows).

    A row of weight 2 stands for two rows; ranks of integer weights are those of such copies, less one half.
    """
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(values[order]) != 0])
    # of each run of equal values, its weight, and the ranks up to its middle: (n_weightings, n_runs)
    runs = np.add.reduceat(weights[:, order], starts, axis=1)
    middles = runs.cumsum(axis=1) - runs / 2
    found = np.empty(weights.shape)
    found[:, order] = np.repeat(middles, np.diff(np.r_[starts, len(values)]), axis=1)
    return found


def correlation(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Correlation of two variables, (n_rows,) or (n_weightings, n_rows) each; 0 where one of them is constant."""
    total = weights.sum(axis=1)
    first, second = (values - ratio((weights * values).sum(axis=1), total)[:, None] for values in (first, second))
    weighted = weights * first
    covariance = (weighted * second).sum(axis=1)
    # roots first: a product of two small variances may be 0
    lengths = np.sqrt((weighted * first).sum(axis=1)) * np.sqrt((weights * second**2).sum(axis=1))
    return np.clip(ratio(covariance, lengths), -1.0, 1.0)


def areas(score, positive, weights) -> tuple[np.ndarray, np.ndarray]:
    """Area under the ROC curve (ties count half) and average precision: each (n_weightings,)."""
    # best score first; rows of one score are one step of the curve, whatever their order
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
    ordered, sign = weights[:, order], positive[order]
    hits = np.add.reduceat(ordered * sign, starts, axis=1)
    misses = np.add.reduceat(ordered * ~sign, starts, axis=1)
    # (n_weightings, n_steps)
    true_positives, n_positive, n_negative = hits.cumsum(axis=1), hits.sum(axis=1), misses.sum(axis=1)
    # for each negative row, the positive rows above it and half of those beside it: the statistic of Mann and Whitney
    roc = (misses * (true_positives - hits / 2)).sum(axis=1)
    # average precision: the precision at each step, weighted by the recall gained there, as scikit-learn has it
    precision = ratio(true_positives, true_positives + misses.cumsum(axis=1))
    return (
        ratio(roc, n_positive * n_negative, empty=np.nan),
        ratio((hits * precision).sum(axis=1), n_positive, empty=np.nan),
    )
