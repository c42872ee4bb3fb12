"""T-tests over folds and trials, and the adjustment for several tests."""

from typing import NamedTuple

import numpy as np

__all__ = ["TTest", "corrected_t_test", "holm", "student_t_test"]


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
    and of repeated folds it counts more than there are: where predictions are available, :func:`group_t_test` has more
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
