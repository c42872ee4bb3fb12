"""Statistics of a comparison: pure functions of scores, groups and a seed."""

import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from seqaug_sklearn.utils import check_generator

__all__ = [
    "TTest",
    "bootstrap_interval",
    "corrected_t_test",
    "holm",
    "permutation_test",
    "student_t_test",
]


class TTest(NamedTuple):
    """Result of a t-test.

    Attributes
    ----------
    statistic : float
        Student's t; NaN where the scores do not vary.
    pvalue : float
        Two-sided p-value; 1 where all differences are 0, NaN where they are one other number or there are too few.
    df : int
        Degrees of freedom.
    standard_error : float
        Standard error of the mean difference.
    detectable : float
        Smallest true difference that the test would find with the asked power.
    """

    statistic: float
    pvalue: float
    df: int
    standard_error: float
    detectable: float


def corrected_t_test(differences: np.ndarray, test_share: float, *, alpha: float = 0.05, power: float = 0.8) -> TTest:
    """Corrected resampled t-test of Nadeau and Bengio.

    Scores of folds share training rows, so the plain t-test finds differences that are not there. The correction
    adds ``n_test / n_train`` to ``1 / n_folds`` in the variance of the mean. Few folds leave it few degrees of freedom,
    and of repeated folds it counts more than there are: where predictions are to be had, :func:`group_t_test` has more
    power at the same level.

    Parameters
    ----------
    differences : array-like of shape (n_folds,)
        Score of one estimator minus score of the other, fold by fold, all repeats.
    test_share : float
        ``n_test / n_train``.
    alpha : float, default=0.05
        Level of the two-sided test, for ``detectable``.
    power : float, default=0.8
        Power, for ``detectable``.

    Returns
    -------
    TTest

    References
    ----------
    Nadeau and Bengio (2003), Machine Learning 52, 239-281, doi 10.1023/A:1024068626366, equation 16 with the
    correction of Section 3; Bouckaert and Frank (2004), doi 10.1007/978-3-540-24775-3_3, for repeated folds.

    Examples
    --------
    >>> test = corrected_t_test([0.02, 0.05, 0.01, 0.04, 0.03], test_share=0.25)
    >>> round(test.statistic, 3), round(test.pvalue, 3), round(test.detectable, 3)
    (2.828, 0.047, 0.04)
    """
    differences = np.asarray(differences, float)
    differences = differences[np.isfinite(differences)]
    n, df = len(differences), max(len(differences) - 1, 0)
    if n < 2:
        return TTest(np.nan, np.nan, df, np.nan, np.nan)
    # variance of the mean: s**2 * (1 / n + n_test / n_train). The plain test has 1 / n, as if folds were independent
    error = float(differences.std(ddof=1) * np.sqrt(1 / n + test_share))
    return _t_test(float(differences.mean()), error, df, alpha, power)


def student_t_test(scores: np.ndarray, reference: np.ndarray) -> TTest:
    """Student's t-test for two independent samples of equal variance, as the window paper uses it on trials.

    Folds and trials on the same sequences are not independent: read :func:`corrected_t_test` first.

    Parameters
    ----------
    scores, reference : array-like of shape (n_trials,), (n_reference_trials,)
        Scores of the two estimators.

    Returns
    -------
    TTest

    Examples
    --------
    >>> round(student_t_test([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]).pvalue, 3)
    0.288
    """
    samples = [np.asarray(s, float)[np.isfinite(s)] for s in (scores, reference)]
    # pooled variance of two samples, with n + m - 2 degrees of freedom
    sizes = np.array([len(s) for s in samples])
    df = int(sizes.sum()) - 2
    if sizes.min() < 1 or df < 1:
        return TTest(np.nan, np.nan, max(df, 0), np.nan, np.nan)
    pooled = sum(((s - s.mean()) ** 2).sum() for s in samples) / df
    error = float(np.sqrt(pooled * (1 / sizes).sum()))
    return _t_test(float(samples[0].mean() - samples[1].mean()), error, df, 0.05, 0.8)


def _t_test(mean, error, df, alpha, power):
    from scipy import stats

    if error <= 1e-12:  # rounding leaves 1e-17 where all differences are equal
        return TTest(np.nan, 1.0 if abs(mean) <= 1e-12 else np.nan, df, 0.0, np.nan)
    statistic = mean / error
    return TTest(statistic, float(2 * stats.t.sf(abs(statistic), df)), df, error, _detectable(error, df, alpha, power))


def _detectable(error, df, alpha, power):
    """Difference at which the noncentral t distribution reaches the power."""
    from scipy import optimize, special, stats

    # a true difference of d standard errors gives a noncentral t with shift d; the power is the chance that it exceeds
    # the critical value. The other tail adds nothing to speak of
    critical = stats.t.ppf(1 - alpha / 2, df)
    # far enough out that the root is bracketed
    upper = critical + stats.t.ppf(power, df) + 10
    shift = optimize.brentq(lambda d: 1 - special.nctdtr(df, d, critical) - power, 0.0, upper, xtol=1e-8)
    return float(shift * error)


def holm(pvalues: np.ndarray) -> np.ndarray:
    """Holm's step-down adjustment; NaN stays NaN and does not count.

    Parameters
    ----------
    pvalues : array-like of shape (n_tests,)
        Raw p-values.

    Returns
    -------
    ndarray of shape (n_tests,)

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    pvalues = np.asarray(pvalues, float)
    adjusted = np.full(len(pvalues), np.nan)
    kept = np.flatnonzero(np.isfinite(pvalues))
    order = kept[np.argsort(pvalues[kept], kind="stable")]
    # the i-th smallest p-value times the number of hypotheses not yet rejected, never less than the one before (Holm
    # 1979)
    steps = np.arange(len(order), 0, -1) * pvalues[order]
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else steps
    return adjusted


def bootstrap_interval(
    values: np.ndarray,
    groups: np.ndarray | None = None,
    *,
    level: float = 0.95,
    n_resamples: int = 2000,
    random_state=None,
) -> tuple[float, float]:
    """Percentile bootstrap interval of a mean, whole groups drawn with replacement.

    Rows of one group (windows of one parent, members of one family) are no independent evidence, so the group is
    drawn, not the row. The values are taken as given: of predictions of fitted models the interval leaves out the luck
    of training, which :func:`group_t_test` counts.

    Parameters
    ----------
    values : array-like of shape (n_rows,)
        What is averaged, for example whether each prediction is right.
    groups : array-like of shape (n_rows,), default=None
        Group of each row; each row is its own group by default.
    level : float, default=0.95
        Coverage.
    n_resamples : int, default=2000
        Number of resamples.
    random_state : None, int, RandomState or Generator, default=None
        Seed.

    Returns
    -------
    low, high : float
        NaN where there is a single group.

    Examples
    --------
    >>> low, high = bootstrap_interval([1, 1, 0, 1, 0, 1, 1, 1], random_state=0)
    >>> low < 0.75 < high
    True
    """
    values = np.asarray(values, float)
    groups = np.arange(len(values)) if groups is None else np.unique(groups, return_inverse=True)[1]
    # a mean needs the sum and the size of each group only, so resamples are a product of matrices: (n_resamples,
    # n_groups) @ (n_groups,)
    sums, sizes = np.bincount(groups, weights=values), np.bincount(groups)
    weights = draw_group_weights(len(sizes), n_resamples, check_generator(random_state))
    return percentile_interval((weights @ sums) / (weights @ sizes), level) if len(sizes) > 1 else (np.nan, np.nan)


def draw_group_weights(n_groups: int, n_resamples: int, rng: np.random.Generator) -> np.ndarray:
    """How often each group is drawn: int array (n_resamples, n_groups), rows sum to n_groups."""
    # drawing n of n with replacement is a multinomial with equal chances
    return rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=n_resamples)


def percentile_interval(samples: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Central interval of finite samples; NaN where none is finite."""
    samples = samples[np.isfinite(samples)]
    if len(samples) == 0:
        return np.nan, np.nan
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def permutation_test(
    differences: np.ndarray, groups: np.ndarray | None = None, *, n_permutations: int = 10_000, random_state=None
) -> float:
    """Paired sign-flip test of a mean difference, signs flipped for whole groups.

    It takes the values as given. Of predictions of fitted models it so tests whether *these* models differ on other
    test rows, and finds too much where the question is whether their learners do: between equal learners it is false
    in 10 to 20 % of cases instead of 5. For that question use :func:`group_t_test`.

    Parameters
    ----------
    differences : array-like of shape (n_rows,)
        One estimator minus the other, row by row (for example right = 1, wrong = 0).
    groups : array-like of shape (n_rows,), default=None
        Group of each row; each row is its own group by default.
    n_permutations : int, default=10000
        Number of random flips; all ``2 ** n_groups`` flips are enumerated where they are no more than this.
    random_state : None, int, RandomState or Generator, default=None
        Seed.

    Returns
    -------
    pvalue : float
        Two-sided; never 0.

    Examples
    --------
    >>> permutation_test([1, 1, 1, 1, 1])
    0.0625
    """
    differences = np.asarray(differences, float)
    groups = np.arange(len(differences)) if groups is None else np.unique(groups, return_inverse=True)[1]
    sums = np.bincount(groups, weights=differences)
    # a flip of 1 turns the sign: 1 - 2 * 1 = -1
    return sign_flip_p(lambda flips: (1 - 2 * flips) @ sums, len(sums), n_permutations, check_generator(random_state))


def sign_flip_p(
    statistic: Callable[[np.ndarray], np.ndarray], n_groups: int, n_permutations: int, rng: np.random.Generator
) -> float:
    """Two-sided p-value of ``statistic(flips)``, flips being a 0/1 array (n, n_groups); row of zeros = observed."""
    observed = abs(float(statistic(np.zeros((1, n_groups)))[0]))
    if not np.isfinite(observed):
        return np.nan
    # all flips where they are few enough; of thousands of groups 2**n_groups would be a number of thousands of bits
    exact = n_groups < 60 and 2**n_groups <= n_permutations
    null = np.concatenate([np.abs(statistic(f)) for f in _flips(n_groups, n_permutations, exact, rng)])
    return permutation_p(observed, null[np.isfinite(null)], exact=exact)


def permutation_p(observed: float, null: np.ndarray, *, exact: bool = False) -> float:
    """Share of the null distribution at or above the observed value; the observed one counts unless enumerated."""
    # 1e-12: sums in another order may miss the observed value by rounding
    at_least = int((null >= observed - 1e-12).sum())
    # drawn at random, the observed value counts as one of the draws, or p could be 0 (Phipson and Smyth 2010, doi
    # 10.2202/1544-6115.1585); among all flips it already is one
    return at_least / len(null) if exact else (1 + at_least) / (1 + len(null))


def _flips(n_groups, n_permutations, exact, rng) -> Iterator[np.ndarray]:
    if exact:
        yield np.array(list(itertools.product((0, 1), repeat=n_groups)), float)
        return
    # flips in blocks of 32 MB
    step = max(1, 4_000_000 // n_groups)
    for start in range(0, n_permutations, step):
        yield rng.integers(0, 2, size=(min(step, n_permutations - start), n_groups)).astype(float)
