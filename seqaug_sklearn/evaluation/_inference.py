"""Intervals and tests of a :class:`Comparison`, from what each group adds to the scores."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison_data import ComparisonData
from seqaug_sklearn.evaluation._metrics import (
    ERROR_METRICS,
    PROBABILITY_METRICS,
    RANK_METRICS,
    leave_one_out,
    mean_over_folds,
    metrics_of,
)
from seqaug_sklearn.evaluation._statistics import (
    GroupTTest,
    corrected_t_test,
    judge,
    pure_classes,
    student_t_test,
    t_interval,
    t_pvalue,
)

__all__ = [
    "FEWEST_GROUPS_OF_R2",
    "Influence",
    "chance_level",
    "compare_pair",
    "draw_together",
    "influence_of",
    "judge_difference",
    "judge_score",
    "luck_of_the_best",
]

MAX_UNITS = 1000
"""Groups beyond this many are taken together, in as many blocks: their number says all that a variance needs."""
_BEST, _CHANCE = range(2)
_RANGES = {
    "mcc": (-1.0, 1.0),
    "neg_log_loss": (-np.inf, 0.0),
    "neg_brier_score": (-1.0, 0.0),
    "spearman": (-1.0, 1.0),
    "spearman_within": (-1.0, 1.0),
    "pearson": (-1.0, 1.0),
    "r2": (-np.inf, 1.0),
    "neg_rmse": (-np.inf, 0.0),
    "neg_mae": (-np.inf, 0.0),
}
FEWEST_GROUPS_OF_R2 = 10
"""Groups from which on R² has an interval: of fewer it is so wide that it says nothing."""
_OF_TIES = {"auroc": 0.5, "spearman": 0.0, "pearson": 0.0}
"""Scores of a model that gives all rows one number."""
_SMOOTH = (*RANK_METRICS, *PROBABILITY_METRICS, *ERROR_METRICS, "spearman", "spearman_within", "pearson", "r2")
"""Scores by which two models may differ by less than a whole group."""


@dataclass(frozen=True)
class Influence:
    """What each group adds to a score.

    Attributes
    ----------
    added : float ndarray of shape (n_repeats, n_groups)
        In each repeat; the sum over groups is about 0. Those of two estimators on the same folds can be subtracted.
    shares : float ndarray of shape (n_groups,)
        Share of the test rows.
    strata : int ndarray of shape (n_groups,)
        Class of each group; of pairs, the side on which a member stands.
    numbers : int ndarray of shape (n_groups,)
        Number of each group, the same in all estimators; those that no fold tests are missing.
    """

    added: np.ndarray
    shares: np.ndarray
    strata: np.ndarray
    numbers: np.ndarray

    def averaged(self, n_numbers: int) -> np.ndarray:
        """What each group adds, averaged over repeats, at the place of its number."""
        full = np.zeros(n_numbers)
        full[self.numbers] = self.added.mean(axis=0)
        return full


def influence_of(comparison: ComparisonData, name: str, metric: str) -> Influence | None:
    """What each group adds to the mean score of an estimator; None where the metric is not ours, or has no value."""
    if metric not in metrics_of(comparison.task):
        return None
    folds = comparison.rows[name]
    units, strata = _units(comparison, folds)
    folds = [replace(fold, groups=units(fold)) for fold in folds]
    repeats = comparison.folds.loc[comparison.folds["estimator"] == name, "repeat"].to_numpy()
    values, shares = [], np.zeros(len(strata))
    for repeat in np.unique(repeats):
        own = [fold for fold, of in zip(folds, repeats, strict=True) if of == repeat]
        score, without, share = leave_one_out(metric, own, len(strata))
        # a group that is left out takes its share with it: (1 - share) makes it the derivative by the group's weight
        values.append((score - without) * (1 - share))
        shares += share
    tested = np.flatnonzero(shares)
    found = np.array(values)[:, tested]
    return Influence(found, shares[tested], strata[tested], tested) if np.isfinite(found).all() else None


def _units(comparison, folds):
    """Units of each fold's rows, as a function, and the stratum of each unit."""
    if comparison.groups.ndim == 2:
        return _units_of_pairs(folds)
    # groups are numbered without gaps
    blocks = np.arange(comparison.groups.max() + 1) % MAX_UNITS
    tested = np.unique(np.concatenate(comparison.test_rows))
    if comparison.task != "classes":
        return lambda fold: blocks[fold.groups], np.zeros(blocks.max() + 1, int)
    strata = pure_classes(blocks[comparison.groups[tested]], comparison.labels[tested])
    return lambda fold: blocks[fold.groups], strata


def _units_of_pairs(folds):
    """Of pairs the members of both sides are units; those that stand on either or both sides are strata."""
    n_units = max(int(fold.groups.max()) for fold in folds) + 1
    sides = np.zeros((n_units, 2), bool)
    for fold in folds:
        for side in (0, 1):
            units = fold.groups[:, side]
            sides[units[units >= 0], side] = True
    blocks = np.arange(max(n_units, 1)) % MAX_UNITS
    strata = np.zeros(blocks.max() + 1, int)
    np.maximum.at(strata, blocks[:n_units], sides @ [1, 2])
    return lambda fold: np.where(fold.groups < 0, -1, blocks[fold.groups]), strata


def judge_score(
    comparison: ComparisonData, name: str, metric: str, influence: Influence | None, level: float, null: float = 0.0
) -> GroupTTest:
    """Interval of a score, and its test against a value."""
    scores = _scores(comparison, name, metric)
    if influence is None:
        test = _judge_folds(comparison, scores, level, null)
    else:
        least = 0.0 if metric in (*PROBABILITY_METRICS, *ERROR_METRICS) else 1.0
        if comparison.task == "number":
            # numbers of a large group are never all wrong by chance: a single row is what may turn
            least *= len(influence.shares) / len(np.unique(np.concatenate(comparison.test_rows)))
        if _is_uninformed(metric, scores, influence):
            least = 0.0
        test = _judge(_mean(scores), influence, null, level, least)
        if metric == "r2" and len(influence.shares) < FEWEST_GROUPS_OF_R2:
            return test._replace(low=np.nan, high=np.nan)
    lowest, highest = _RANGES.get(metric, (0.0, 1.0)) if metric in metrics_of(comparison.task) else (-np.inf, np.inf)
    return test._replace(low=max(test.low, lowest), high=min(test.high, highest))


def _is_uninformed(metric, scores, influence):
    """Whether one score for all rows ranks nothing in any fold: no other rows would change that."""
    return metric in _OF_TIES and (scores == _OF_TIES[metric]).all() and not influence.added.any()


def judge_difference(
    comparison: ComparisonData,
    names: tuple[str, str],
    metric: str,
    influences: tuple,
    level: float,
    *,
    training: bool = True,
) -> GroupTTest:
    """Interval and test of a difference on the folds of this comparison; ``training`` as in ``judge``."""
    own, other = (_scores(comparison, name, metric) for name in names)
    first, second = influences
    if first is None or second is None:
        return _judge_folds(comparison, own - other, level, 0.0)
    paired = replace(first, added=first.added - second.added)
    # two models that rank alike may differ by less than any group could turn; answers are right or wrong
    least = 0.0 if metric in _SMOOTH else 1.0
    return _judge(_mean(own - other), paired, 0.0, level, least, training)


def _judge(estimate, influence, null, level, least, training=True):
    least /= max(len(influence.shares), 1)
    how = {"null": null, "level": level, "least": least, "training": training}
    return judge(estimate, influence.added, influence.shares, influence.strata, **how)


def _judge_folds(comparison, values, level, null):
    """Of a scorer that gives a number for a whole fold: the corrected t-test, with the folds of one repeat as degrees.

    Repeats make the estimate of the spread steadier; they are no further data.
    """
    values = _per_distinct_fold(comparison, values)
    test = corrected_t_test(values - null, _test_share(comparison))
    mean, error, df = _mean(values), test.standard_error, float(_folds_of_one_repeat(comparison) - 1)
    if not np.isfinite(error) or df < 1:
        return GroupTTest(mean, np.nan, np.nan, np.nan, np.nan, np.nan)
    return GroupTTest(mean, error, df, *t_interval(mean, error, df, level), t_pvalue(mean - null, error, df))


def _folds_of_one_repeat(comparison):
    return int(comparison.folds["fold"].nunique())


def _test_share(comparison):
    return float((comparison.folds["n_test"] / comparison.folds["n_train"]).mean())


def compare_pair(
    comparison: ComparisonData, name: str, partner: str | None, metric: str, influences: tuple, level: float
) -> dict:
    """One row of :meth:`Comparison.tests`; ``influences`` are those of both on the folds that both have."""
    means = [_mean(_scores(comparison, model, metric)) if model else np.nan for model in (name, partner)]
    found = {"reference": partner, "mean": means[0], "reference_mean": means[1]}
    if partner is None:
        columns = ("difference", "low", "high", "p_value", "p_corrected_t", "p_student", "standard_error", "df")
        return found | dict.fromkeys(columns, np.nan)
    # means are each one's own; differences are those of the repeats that both have
    comparison = comparison.shared(name, partner)
    scores, reference = (_scores(comparison, model, metric) for model in (name, partner))
    test = judge_difference(comparison, (name, partner), metric, influences, level)
    of_folds = corrected_t_test(_per_distinct_fold(comparison, scores - reference), _test_share(comparison))
    return found | {
        "difference": _mean(scores - reference),
        "low": test.low,
        "high": test.high,
        "p_value": test.pvalue,
        "p_corrected_t": of_folds.pvalue,
        "p_student": student_t_test(scores, reference).pvalue,
        "standard_error": test.standard_error,
        "df": test.df,
    }


def chance_level(comparison: ComparisonData, name: str, metric: str, n_permutations: int) -> float:
    """Mean score of an estimator's predictions where labels have nothing to do with them; NaN for other scorers."""
    if metric not in metrics_of(comparison.task):
        return np.nan
    comparison = comparison.shared(name)
    if not np.isfinite(_mean(_scores(comparison, name, metric))):
        return np.nan
    if comparison.task == "number" or (comparison.task == "labels" and metric in ("auroc", "balanced_accuracy")):
        # a model that scatters around the mean of the training rows has learned nothing, and scores below it
        return comparison.chance_of(metric)
    if metric in _KNOWN and comparison.task == "classes":
        return _KNOWN[metric](len(comparison.classes))
    tested = np.unique(np.concatenate(comparison.test_rows))
    if metric == "accuracy" and comparison.task == "classes":
        n_classes = len(comparison.classes)
        labels = np.bincount(comparison.labels[tested], minlength=n_classes) / len(tested)
        folds = [np.bincount(f.predicted, minlength=n_classes) / len(f.predicted) for f in comparison.rows[name]]
        return float(np.mean(folds, axis=0) @ labels)
    rng, labels, found = np.random.default_rng([comparison.seed, _CHANCE]), comparison.labels.copy(), []
    for _ in range(n_permutations):
        labels[tested] = labels[rng.permutation(tested)]
        found.append(_score_labels(comparison, name, metric, labels))
    return _mean(np.array(found))


_KNOWN = {"balanced_accuracy": lambda n_classes: 1 / n_classes, "auroc": lambda _: 0.5, "mcc": lambda _: 0.0}
"""Metrics of classes for which every chance prediction has the same expected score."""


def luck_of_the_best(tests: dict[str, GroupTTest], influences: dict[str, Influence | None], seed: int) -> dict:
    """P-values against chance of each estimator, allowing for its being picked among all of them.

    Models of one data set err together, so ten of them are not ten chances to be lucky: the distribution of the largest
    of all is simulated with the correlations that their groups show.

    Parameters
    ----------
    tests : dict of str to GroupTTest
        Test of each estimator against chance.
    influences : dict of str to Influence or None
        What each group adds to each estimator's score.
    seed : int
        Seed of the comparison.

    Returns
    -------
    dict of str to float
        NaN where there is no test.
    """
    from scipy import stats

    known = {name: of for name, of in influences.items() if of is not None and np.isfinite(tests[name].pvalue)}
    found = {name: tests[name].pvalue for name in tests}
    if len(known) < 2:
        return found
    n_numbers = max(of.numbers.max() for of in known.values()) + 1
    columns = np.column_stack([of.averaged(n_numbers) for of in known.values()])
    # of which the largest counts
    largest = np.abs(draw_together(columns, np.random.default_rng([seed, _BEST]))).max(axis=1)
    for name in known:
        quantile = stats.norm.isf(tests[name].pvalue / 2)
        luck = (1 + (largest >= quantile).sum()) / (1 + len(largest))
        found[name] = float(max(luck, tests[name].pvalue))
    return found


def draw_together(added: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw 4,000 times from normal distributions of spread 1 that are correlated as what the groups add.

    Parameters
    ----------
    added : ndarray of shape (n_groups, n_estimators)
        What each group adds to each score; a column of zeros stays at zero.
    rng : numpy.random.Generator
        Source of the numbers.

    Returns
    -------
    ndarray of shape (4000, n_estimators)
    """
    lengths = np.linalg.norm(added, axis=0)
    columns = added / np.where(lengths > 0, lengths, 1)
    return rng.standard_normal((4000, len(columns))) @ columns


def _score_labels(comparison, name, metric, labels):
    """Mean over folds of the kept predictions against other labels."""
    folds = [
        replace(fold, true=labels[test], groups=np.zeros(len(test), int))
        for fold, test in zip(comparison.rows[name], comparison.test_rows, strict=True)
    ]
    return mean_over_folds(metric, folds, np.ones((1, 1)))[0]


def _per_distinct_fold(comparison, differences):
    """Repeats that only changed seeds test the same rows again: averaged, as they are no further folds."""
    # folds are the same where their test rows are
    keys = [test.tobytes() for test in comparison.test_rows]
    return pd.Series(differences).groupby(keys, sort=False).mean().to_numpy()


def _scores(comparison, name, metric):
    return comparison.folds.loc[comparison.folds["estimator"] == name, metric].to_numpy(float)


def _mean(values):
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else np.nan
