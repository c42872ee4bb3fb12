"""Test and interval of a score or a difference of scores, where groups are tested *and* train the models."""

from typing import NamedTuple

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import invalid_parameter, is_number

__all__ = [
    "TRAINING_SHARE",
    "GroupTTest",
    "detectable_shift",
    "effective_number",
    "group_t_test",
    "judge",
    "pure_classes",
    "t_interval",
    "t_pvalue",
]

TRAINING_SHARE = 2 / np.pi
"""What the groups add to the variance by being training groups, in units of their variance as test groups."""


class GroupTTest(NamedTuple):
    """Result of :func:`group_t_test`.

    Attributes
    ----------
    estimate : float
        Mean of the values.
    standard_error : float
        Its standard error over new data sets of this size, training included.
    df : float
        Degrees of freedom.
    low, high : float
        Interval of the expected value.
    pvalue : float
        Two-sided, against ``null``.
    """

    estimate: float
    standard_error: float
    df: float
    low: float
    high: float
    pvalue: float


def group_t_test(
    values: np.ndarray,
    groups: np.ndarray | None = None,
    *,
    classes: np.ndarray | None = None,
    null: float = 0.0,
    level: float = 0.95,
) -> GroupTTest:
    """T-test of cross-validated values by groups, for the question "what would new data sets of this size give?".

    Values are what cross-validation said of each row: right or wrong, or right minus right of another model. Repeats
    test the same rows again, so they are averaged row by row and are no further evidence; rows of one group are
    averaged, too. To the variance of the mean over groups, two thirds (2 / pi) of the variance in a single repeat are
    added, because each group is also a training group: see Notes.

    Parameters
    ----------
    values : array-like of shape (n_rows,) or (n_repeats, n_rows)
        What was found for each row, by repeat; NaN where a repeat did not test a row.
    groups : array-like of shape (n_rows,), default=None
        Group of each row; each row is its own group by default.
    classes : array-like of shape (n_rows,), default=None
        Class of each row. Where whole groups have one class, degrees of freedom are counted class by class.
    null : float, default=0.0
        Value to test against.
    level : float, default=0.95
        Level of the interval.

    Returns
    -------
    GroupTTest
        NaN as standard error, interval and p-value where there is a single group. Where no value differs from the
        others, the standard error is 0, the interval is a point, and the p-value is NaN (1 where all are ``null``): how
        much they would vary cannot be computed from them.

    Raises
    ------
    DataFormatError
        If values are no numbers, or none is finite; groups or classes do not fit the rows; null is no finite number; or
        the level is not between 0 and 1.

    Notes
    -----
    Let d(g) be the mean of group g as a test group, and h(g) what it adds to the means of all other groups by being
    trained on. The variance of a cross-validated mean is that of d + h, over the number of groups; a test that takes
    the fitted models as given sees d only. Where there is nothing to learn, the mean is a sum over pairs of groups of
    which either trains the other, so h equals d, and for scores that are linear in what was learned the variance is
    twice that of d. Right and wrong are signs of such scores, and a small correlation of two scores makes one of 2 / pi
    times its size between their signs (Sheppard's arcsine law): the training groups add 2 / pi times the variance of d.
    Repeats with other folds average d, but not what the training groups add, so that part is taken from single repeats.
    Where models have learned all there is to learn h vanishes, and the test is too careful: that costs power, and no
    false claims. ``examples/benchmarks/bench_judge.py`` prints level, power and coverage, with learners that are fitted
    anew to each data set.

    Degrees of freedom are the effective number of groups, ``sum(n) ** 2 / sum(n ** 2)`` of their sizes, minus one; of
    several classes they are combined by the rule of Satterthwaite.

    References
    ----------
    Nadeau and Bengio (2003), doi 10.1023/A:1024068626366, on the part of the training set; Bengio and Grandvalet
    (2004), JMLR 5, 1089-1105: no estimate from one cross-validation is unbiased for all learners; Bates, Hastie and
    Tibshirani (2024), doi 10.1080/01621459.2023.2197686, on intervals that are too narrow; Hoeffding (1948), doi
    10.1214/aoms/1177730196, on sums over pairs; Satterthwaite (1946), doi 10.2307/3002019.

    Examples
    --------
    >>> right = [1, 1, 0, 1, 1, 0, 1, 1, 1, 1]
    >>> test = group_t_test(right, null=0.5)
    >>> round(test.estimate, 2), round(test.low, 2), round(test.high, 2)
    (0.8, 0.41, 1.19)
    """
    values = _check_values(values)
    for name, given in (("groups", groups), ("classes", classes)):
        if given is not None and np.shape(given) != values.shape[1:]:
            raise DataFormatError(
                f"{name} must have one entry per row: shape {values.shape[1:]}, got {np.shape(given)}"
            )
    if not is_number(null) or not np.isfinite(null):
        raise invalid_parameter("null", f"must be a finite number, got {null!r}")
    if not is_number(level) or not 0 < level < 1:
        raise invalid_parameter("level", f"must be a number above 0 and below 1, got {level!r}")
    tested = np.isfinite(values).any(axis=0)
    values = values[:, tested]
    groups = np.arange(len(tested)) if groups is None else np.asarray(groups)
    codes = np.unique(groups[tested], return_inverse=True)[1]
    # what a group adds to the mean of each repeat: (n_repeats, n_groups)
    means = np.nanmean(values, axis=1)
    added = [
        np.bincount(codes, weights=np.nan_to_num(repeat - mean)) / np.isfinite(repeat).sum()
        for repeat, mean in zip(values, means, strict=True)
    ]
    strata = None if classes is None else pure_classes(codes, np.asarray(classes)[tested])
    return judge(float(means.mean()), np.array(added), np.bincount(codes), strata, null=null, level=level)


def _check_values(values):
    """Numbers of shape (n_repeats, n_rows), without repeats that tested nothing."""
    try:
        found = np.atleast_2d(np.asarray(values, float))
    except (TypeError, ValueError):
        raise DataFormatError("values must be numbers, one for each row, or a table of (repeats, rows)") from None
    if found.ndim != 2:
        raise DataFormatError(f"values must have the shape (n_rows,) or (n_repeats, n_rows), got {found.shape}")
    if np.isinf(found).any():
        raise DataFormatError("values must be finite, or NaN where a repeat did not test a row")
    # the mean of a repeat that tested nothing would be NaN, and so would all that follows
    found = found[np.isfinite(found).any(axis=1)]
    if not found.size:
        raise DataFormatError("values must hold at least one number that is not NaN")
    return found


def judge(
    estimate: float,
    influences: np.ndarray,
    sizes: np.ndarray,
    strata: np.ndarray | None = None,
    *,
    null: float = 0.0,
    level: float = 0.95,
    least: float = 0.0,
    training: bool = True,
) -> GroupTTest:
    """Test an estimate by what each group adds to it.

    Parameters
    ----------
    estimate : float
        The score, or the difference.
    influences : ndarray of shape (n_repeats, n_groups)
        What each group adds to it in each repeat; the sum over groups is about 0.
    sizes : ndarray of shape (n_groups,)
        Rows of each group.
    strata : int ndarray of shape (n_groups,), default=None
        What degrees of freedom are counted within, such as the class of each group.
    null, level : float
        As in :func:`group_t_test`.
    least : float, default=0.0
        Smallest influence that a group is thought to have: with ``1 / n_groups`` twenty right answers of twenty are no
        proof of a perfect score.
    training : bool, default=True
        Whether to add what the groups vary as training groups. Without it the standard error is that of models trained
        on these groups, on other groups.

    Returns
    -------
    GroupTTest
    """
    number = effective_number(sizes)
    if not np.isfinite(estimate) or number < 1 + 1e-9:
        return GroupTTest(estimate, np.nan, np.nan, np.nan, np.nan, np.nan)
    averaged = influences.mean(axis=0)
    # a mean of n groups lies nearer to them than the expected value does
    as_tested, single = (
        (squares.sum() * number / (number - 1)) for squares in (averaged**2, (influences**2).mean(axis=0))
    )
    share = TRAINING_SHARE if training else 0.0
    error = float(np.sqrt(max(as_tested, least**2) + share * max(single, least**2)))
    df = _degrees_of_freedom(averaged, sizes, strata)
    return GroupTTest(
        estimate, error, df, *t_interval(estimate, error, df, level), t_pvalue(estimate - null, error, df)
    )


def effective_number(sizes: np.ndarray) -> float:
    """Number of equal groups that would tell as much as groups of these sizes."""
    sizes = np.asarray(sizes, float)
    return float(sizes.sum() ** 2 / (sizes**2).sum()) if len(sizes) else 0.0


def pure_classes(groups: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Class of each group whose rows have one class, and one number for all others."""
    codes = np.unique(classes, return_inverse=True)[1]
    lowest = np.full(groups.max() + 1, codes.max() + 1)
    np.minimum.at(lowest, groups, codes)
    highest = np.full(groups.max() + 1, -1)
    np.maximum.at(highest, groups, codes)
    return np.where(lowest == highest, lowest, codes.max() + 1)


def _degrees_of_freedom(influences, sizes, strata):
    if strata is None:
        return effective_number(sizes) - 1
    numbers = {s: effective_number(sizes[strata == s]) for s in np.unique(strata)}
    # a class of a single group says nothing about how its groups vary: all such classes are taken together
    lone = np.isin(strata, [s for s, number in numbers.items() if number < 2])
    joined = np.where(lone, -1, strata)
    shares, degrees = [], []
    for stratum in np.unique(joined):
        inside = joined == stratum
        shares.append((influences[inside] ** 2).sum())
        degrees.append(max(effective_number(sizes[inside]) - 1, 1.0))
    total = sum(shares)
    if total <= 0:
        return float(sum(degrees))
    return float(total**2 / sum(share**2 / df for share, df in zip(shares, degrees, strict=True)))


def t_interval(estimate: float, error: float, df: float, level: float) -> tuple[float, float]:
    """Symmetric interval; NaN without an error."""
    from scipy import stats

    half = float(stats.t.ppf((1 + level) / 2, df) * error) if np.isfinite(error) else np.nan
    return estimate - half, estimate + half


def t_pvalue(distance: float, error: float, df: float) -> float:
    """Two-sided p-value; 1 where neither distance nor error is more than rounding, NaN without an error."""
    from scipy import stats

    if not np.isfinite(error) or error <= 1e-12:
        return 1.0 if error <= 1e-12 and abs(distance) <= 1e-12 else np.nan
    return float(2 * stats.t.sf(abs(distance) / error, df))


def detectable_shift(error: float, df: float, alpha: float, power: float) -> float:
    """Smallest true distance from the null that a t-test finds with this power; NaN without an error."""
    from scipy import optimize, special, stats

    if not np.isfinite(error) or error <= 1e-12:
        return np.nan
    # a true difference of d standard errors gives a noncentral t with shift d; the power is the chance that it exceeds
    # the critical value. The other tail adds nothing to speak of
    critical = stats.t.ppf(1 - alpha / 2, df)
    # far enough out that the root is bracketed
    upper = critical + stats.t.ppf(power, df) + 10
    while special.nctdtr(df, upper, critical) > 1 - power:
        upper *= 2
    shift = optimize.brentq(lambda d: 1 - special.nctdtr(df, d, critical) - power, 0.0, upper, xtol=1e-8)
    return float(shift * error)
