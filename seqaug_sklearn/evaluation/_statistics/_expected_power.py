"""What a comparison of this size can show, before anything is fitted."""

import numpy as np

from seqaug_sklearn.evaluation._statistics._group_t_test import TRAINING_SHARE, detectable_shift
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import invalid_parameter, is_number, is_whole

__all__ = ["detectable_difference", "expected_power", "tell_expected"]

# how two learners of accuracy .70 and .85 differ, row by row; examples/benchmarks/bench_judge.py prints these
_VARIANCE = 0.27
"""Variance of right minus right over the rows of one repeat."""
_WITHIN_FAMILIES = 0.28
"""Its correlation between rows of one group."""
_STABLE = 0.7
"""Share of the variance that repeats do not average away."""


def detectable_difference(
    n_rows: int,
    n_groups: int | None = None,
    *,
    n_repeats: int = 10,
    n_tests: int = 1,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Smallest true difference in accuracy that a comparison of this size can be expected to show.

    Parameters
    ----------
    n_rows : int
        Sequences.
    n_groups : int, default=None
        Families, or whatever is kept together; each sequence on its own by default.
    n_repeats : int, default=10
        Repeats of the cross-validation.
    n_tests : int, default=1
        Comparisons that are made; the test is adjusted for their number.
    power : float, default=0.8
        How often it is to be shown.
    alpha : float, default=0.05
        Level of the test.

    Returns
    -------
    float
        More than 1 where nothing can be shown.

    Raises
    ------
    DataFormatError
        For numbers that cannot be: fewer than two sequences or groups, more groups than sequences, no repeats or
        tests, a level outside 0 to 1, or a power that is not above the level and below 1.

    See Also
    --------
    expected_power : How often a given difference is shown.

    Notes
    -----
    The test is :func:`group_t_test`. How much two models' answers differ is not known beforehand; the variances are
    those of two linear models of accuracy .70 and .85 (``examples/benchmarks/bench_judge.py``). Models that agree more,
    for example because one is the other with a little more data, differ less and are distinguished more easily.

    Examples
    --------
    >>> round(detectable_difference(80), 2), round(detectable_difference(80, n_groups=20), 2)
    (0.19, 0.27)
    """
    error, df = _expected_error(n_rows, n_groups, n_repeats)
    _check_tests(n_tests, alpha)
    if isinstance(power, bool) or not is_number(power) or not alpha < power < 1:
        raise invalid_parameter("power", f"must be a number above alpha={alpha} and below 1, got {power!r}")
    return detectable_shift(error, df, alpha / n_tests, power)


def expected_power(
    n_rows: int,
    n_groups: int | None = None,
    *,
    difference: float = 0.15,
    n_repeats: int = 10,
    n_tests: int = 1,
    alpha: float = 0.05,
) -> float:
    """How often a comparison of this size can be expected to show a true difference in accuracy.

    Parameters
    ----------
    n_rows, n_groups, n_repeats, n_tests, alpha
        As in :func:`detectable_difference`.
    difference : float, default=0.15
        True difference, from 0 to 1: without its sign, because the test is two-sided.

    Returns
    -------
    float

    Raises
    ------
    DataFormatError
        For numbers that cannot be, as in :func:`detectable_difference`, or a difference outside 0 to 1.

    See Also
    --------
    detectable_difference : The smallest difference that is shown often enough.

    Examples
    --------
    >>> round(expected_power(200), 2), round(expected_power(80, n_groups=20), 2)
    (0.93, 0.34)
    """
    from scipy import special, stats

    error, df = _expected_error(n_rows, n_groups, n_repeats)
    _check_tests(n_tests, alpha)
    if isinstance(difference, bool) or not is_number(difference) or not 0 <= difference <= 1:
        raise invalid_parameter("difference", f"must be a number from 0 to 1 (without its sign), got {difference!r}")
    critical = stats.t.ppf(1 - alpha / n_tests / 2, df)
    return float(1 - special.nctdtr(df, difference / error, critical))


def tell_expected(n_rows: int, n_groups: int, n_classes: int, n_repeats: int = 10) -> str:
    """Say in a sentence what data of this size can be expected to show, if one comparison is made.

    Parameters
    ----------
    n_rows, n_groups, n_repeats : int
        As in :func:`detectable_difference`.
    n_classes : int
        Classes: from chance to every answer right is the largest difference that there can be.
    """
    size = f"{n_rows} sequences" if n_groups == n_rows else f"{n_rows} sequences in {n_groups} groups"
    smallest = detectable_difference(n_rows, n_groups, n_repeats=n_repeats) if n_groups > 2 else np.inf
    if smallest >= 1 - 1 / n_classes:
        return f"A data set of {size} cannot be expected to show any difference in accuracy."
    return (
        f"A data set of {size} can be expected to show a difference in accuracy of {smallest:.2f} or more (with power "
        "0.8, for one comparison)."
    )


def _expected_error(n_rows, n_groups, n_repeats):
    for name, value, least in (("n_rows", n_rows, 2), ("n_repeats", n_repeats, 1)):
        _check_count(name, value, least)
    n_groups = n_rows if n_groups is None else n_groups
    if isinstance(n_groups, bool) or not is_whole(n_groups):
        raise invalid_parameter("n_groups", f"must be a whole number, got {n_groups!r}")
    if not 2 <= n_groups <= n_rows:
        raise invalid_parameter("n_groups", f"must be at least 2 and at most n_rows={n_rows}, got {n_groups}")
    size = n_rows / n_groups
    single = _VARIANCE * (1 + (size - 1) * _WITHIN_FAMILIES) / size
    averaged = single * (_STABLE + (1 - _STABLE) / n_repeats)
    return float(np.sqrt((averaged + TRAINING_SHARE * single) / n_groups)), float(n_groups - 1)


def _check_count(name, value, least):
    if isinstance(value, bool) or not is_whole(value) or value < least:
        raise DataFormatError(f"{name} must be a whole number of at least {least}, got {value!r}")


def _check_tests(n_tests, alpha):
    _check_count("n_tests", n_tests, 1)
    if isinstance(alpha, bool) or not is_number(alpha) or not 0 < alpha < 1:
        raise invalid_parameter("alpha", f"must be a number above 0 and below 1, got {alpha!r}")
