"""Groups drawn with replacement, and signs flipped for whole groups."""

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from seqaug_sklearn.utils import check_generator

__all__ = ["bootstrap_interval", "draw_group_weights", "percentile_interval", "permutation_test"]


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
    drawn, not the row. The values are taken as given: of predictions of fitted models the interval leaves out the
    chance variation of training, which :func:`group_t_test` counts.

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
    in some 15 % of cases instead of 5. For that question use :func:`group_t_test`.

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
