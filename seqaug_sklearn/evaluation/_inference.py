"""Intervals and tests of a :class:`Comparison`: groups are resampled, swapped and permuted as wholes."""

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison_data import ComparisonData
from seqaug_sklearn.evaluation._metrics import METRICS, RANK_METRICS, FoldRows, mean_over_folds, within_fold_ranks
from seqaug_sklearn.evaluation._statistics import (
    corrected_t_test,
    draw_group_weights,
    percentile_interval,
    permutation_p,
    sign_flip_p,
    student_t_test,
)

__all__ = ["chance_p", "compare_pair", "group_weights", "summarise"]

# each purpose has a stream of its own, so that asking for one does not change the others
_BOOTSTRAP, _SWAP, _CHANCE = range(3)


def group_weights(comparison: ComparisonData, n_resamples: int) -> np.ndarray | None:
    """Bootstrap weights (n_resamples, all groups); None with fewer than two test groups."""
    if comparison.groups.ndim == 2:
        return _unit_weights(comparison, n_resamples)
    tested = np.unique(comparison.groups[np.concatenate(comparison.test_rows)])
    if len(tested) < 2:
        return None
    # one column for every group of the data, as rows name their group by its number; only tested groups are drawn
    weights = np.zeros((n_resamples, comparison.groups.max() + 1), np.int32)
    weights[:, tested] = draw_group_weights(len(tested), n_resamples, _rng(comparison, _BOOTSTRAP))
    return weights


def _unit_weights(comparison, n_resamples):
    """Of pairs: weights of their units (see :func:`pair_units`), and a last column of ones."""
    n_units = max(fold.groups.max() for folds in comparison.rows.values() for fold in folds) + 1
    if n_units < 2:
        return None
    drawn = draw_group_weights(n_units, n_resamples, _rng(comparison, _BOOTSTRAP))
    # a unit of -1 points to this column: half of a pair that is drawn through its other half alone
    return np.hstack([drawn, np.ones((n_resamples, 1), drawn.dtype)])


def summarise(
    comparison: ComparisonData, name: str, metric: str, weights: np.ndarray | None, level: float
) -> tuple[float, float, float, float]:
    """Mean, standard error over folds, and bootstrap interval (NaN without weights)."""
    scores = _finite(_scores(comparison, name, metric))
    error = float(scores.std(ddof=1) / np.sqrt(len(scores))) if len(scores) > 1 else np.nan
    low, high = percentile_interval(_resampled(comparison, name, metric, weights), level)
    return _mean(scores), error, low, high


def compare_pair(
    comparison: ComparisonData,
    name: str,
    partner: str | None,
    metric: str,
    level: float,
    weights: np.ndarray | None,
    n_permutations: int,
) -> dict:
    """One row of :meth:`Comparison.tests`."""
    means = [_mean(_scores(comparison, model, metric)) if model else np.nan for model in (name, partner)]
    # means are each one's own; differences are those of the repeats that both have
    comparison = comparison.shared(name, partner or name)
    scores = _scores(comparison, name, metric)
    reference = _scores(comparison, partner, metric) if partner else np.full(len(scores), np.nan)
    # folds are the sample of the t-test; the means in the table are over all of them
    differences = _per_distinct_fold(comparison, scores - reference)
    folds = comparison.folds
    test = corrected_t_test(differences, float((folds["n_test"] / folds["n_train"]).mean()))
    low = high = swapped = np.nan
    if partner:
        # the same resamples for both: the interval is that of a paired difference
        own, other = (_resampled(comparison, n, metric, weights) for n in (name, partner))
        low, high = percentile_interval(own - other, level)
        swapped = _swap_p(comparison, name, partner, metric, n_permutations)
    return {
        "reference": partner,
        "mean": means[0],
        "reference_mean": means[1],
        "difference": _mean(scores - reference),
        "low": low,
        "high": high,
        "p_corrected_t": test.pvalue,
        "p_student": student_t_test(scores, reference).pvalue,
        "p_permutation": swapped,
        "detectable": test.detectable,
    }


def chance_p(comparison: ComparisonData, name: str, metric: str, n_permutations: int) -> float:
    """Permute labels between blocks (rows of one group and one label) and score the kept predictions again.

    Of pairs: the larger p-value of blocks by first and by second members.
    """
    if metric not in METRICS:
        return np.nan
    comparison = comparison.shared(name)
    observed = _score_labels(comparison, name, metric, comparison.labels)
    if not np.isfinite(observed):
        return np.nan
    return max(_chance_p(comparison, name, metric, n_permutations, groups, observed) for groups in _sides(comparison))


def _sides(comparison):
    """The groups; of pairs the members of either side, for tests that need one column."""
    groups = comparison.groups
    return [groups] if groups.ndim == 1 else [groups[:, 0], groups[:, 1]]


def _chance_p(comparison, name, metric, n_permutations, groups, observed):
    rng, tested = _rng(comparison, _CHANCE), np.unique(np.concatenate(comparison.test_rows))
    # (group, label) as one number; rows of one group and one label keep one label when permuted, as windows of one
    # parent do
    block = groups[tested] * len(comparison.classes) + comparison.labels[tested]
    order, sizes = tested[np.argsort(block, kind="stable")], np.unique(block, return_counts=True)[1]
    labels, null = comparison.labels.copy(), np.empty(n_permutations)
    for i in range(n_permutations):
        labels[order] = comparison.labels[order[shuffle_blocks(sizes, rng)]]
        null[i] = _score_labels(comparison, name, metric, labels)
    return permutation_p(observed, _finite(null))


def shuffle_blocks(sizes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Indices of consecutive blocks in random order: a permutation that keeps each block together."""
    drawn = rng.permutation(len(sizes))
    # a place within its block, counted from the block's new start, is added to the block's old start
    starts, ends = np.cumsum(sizes) - sizes, np.cumsum(sizes[drawn])
    return np.repeat(starts[drawn] - ends + sizes[drawn], sizes[drawn]) + np.arange(ends[-1])


def _swap_p(comparison, name, partner, metric, n_permutations):
    """Swap the two classifiers' predictions in whole groups."""
    if metric not in METRICS:
        return np.nan
    sides = _sides(comparison)
    return max(_swap_side(comparison, name, partner, metric, n_permutations, groups) for groups in sides)


def _swap_side(comparison, name, partner, metric, n_permutations, groups):
    n_groups = int(groups.max()) + 1
    pairs = zip(comparison.rows[name], comparison.rows[partner], comparison.test_rows, strict=True)
    folds = [_stack(first, second, groups[test], n_groups, metric) for first, second, test in pairs]

    # weights (n_flips, 2 * n_groups): the first half for the rows of the first classifier, the second for those of the
    # other. A flip of 1 in a group takes the rows of the other classifier there, so every metric sees the swapped
    # predictions without a copy of them
    def difference(flips):
        own = mean_over_folds(metric, folds, np.hstack([1 - flips, flips]))
        return own - mean_over_folds(metric, folds, np.hstack([flips, 1 - flips]))

    return sign_flip_p(difference, n_groups, n_permutations, _rng(comparison, _SWAP))


def _stack(first, second, groups, n_groups, metric):
    """Rows of both classifiers; those of the second belong to groups of their own."""
    scores = [first.scores, second.scores]
    if metric in RANK_METRICS:  # probabilities and decision values get one scale
        scores = [within_fold_ranks(s) for s in scores]
    return FoldRows(
        np.concatenate([first.true, second.true]),
        np.concatenate([first.predicted, second.predicted]),
        None if any(s is None for s in scores) else np.concatenate(scores),
        first.probability and second.probability,
        np.concatenate([groups, groups + n_groups]),
        first.n_classes,
    )


def _score_labels(comparison, name, metric, labels):
    """Mean over folds of the kept predictions against other labels."""
    rows, one_group = comparison.rows[name], np.ones((1, 1))
    pairs = zip(rows, comparison.test_rows, strict=True)
    # the usual metric, without the machinery of weights: this runs once for each permutation
    if metric == "accuracy":
        return np.mean([np.mean(fold.predicted == labels[test]) for fold, test in pairs])
    folds = [
        FoldRows(labels[test], f.predicted, f.scores, f.probability, np.zeros(len(test), int), f.n_classes)
        for f, test in pairs
    ]
    return mean_over_folds(metric, folds, one_group)[0]


def _per_distinct_fold(comparison, differences):
    """Repeats that only changed seeds test the same rows again: averaged, as they are no further folds."""
    # folds are the same where their test rows are
    keys = [test.tobytes() for test in comparison.test_rows]
    return pd.Series(differences).groupby(keys, sort=False).mean().to_numpy()


def _resampled(comparison, name, metric, weights):
    if weights is None or metric not in METRICS:
        return np.array([np.nan])
    return mean_over_folds(metric, comparison.rows[name], weights)


def _scores(comparison, name, metric):
    return comparison.folds.loc[comparison.folds["estimator"] == name, metric].to_numpy(float)


def _rng(comparison, purpose):
    return np.random.default_rng([comparison.seed, purpose])


def _finite(values):
    return values[np.isfinite(values)]


def _mean(values):
    values = _finite(values)
    return float(values.mean()) if len(values) else np.nan
