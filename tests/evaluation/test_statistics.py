"""Statistics against scipy, hand-computed values and simulation."""

import itertools

import numpy as np
import pytest
from scipy import stats

from seqaug_sklearn.evaluation import bootstrap_interval, corrected_t_test, holm, permutation_test, student_t_test

DIFFERENCES = np.array([0.02, 0.05, 0.01, 0.04, 0.03, -0.01])


def test_corrected_t_without_test_rows_is_the_paired_t_test():
    test, plain = corrected_t_test(DIFFERENCES, 0.0), stats.ttest_1samp(DIFFERENCES, 0)
    assert (test.statistic, test.pvalue, test.df) == pytest.approx((plain.statistic, plain.pvalue, 5))


def test_corrected_t_by_hand():
    # mean 2, variance 1, three folds, n_test / n_train = 1/2: error sqrt(1/3 + 1/2)
    test = corrected_t_test([1.0, 2.0, 3.0], 0.5)
    assert test.standard_error == pytest.approx(np.sqrt(5 / 6))
    assert test.statistic == pytest.approx(2 / np.sqrt(5 / 6))
    assert test.pvalue == pytest.approx(2 * stats.t.sf(2 / np.sqrt(5 / 6), 2))


def test_student_equals_scipy(rng):
    a, b = rng.normal(size=5), rng.normal(0.5, size=7)
    test, expected = student_t_test(a, b), stats.ttest_ind(a, b)
    assert (test.statistic, test.pvalue, test.df) == pytest.approx((expected.statistic, expected.pvalue, 10))


@pytest.mark.parametrize("df", [1, 4, 29])
def test_detectable_difference_reaches_the_power(df, rng):
    differences = rng.normal(size=df + 1)
    test = corrected_t_test(differences, 0.25, alpha=0.05, power=0.8)
    critical, shift = stats.t.ppf(0.975, df), test.detectable / test.standard_error
    assert stats.nct.sf(critical, df, shift) == pytest.approx(0.8, abs=1e-4)


def test_detectable_difference_by_simulation(rng):
    error = corrected_t_test(DIFFERENCES, 0.0).standard_error
    shift = corrected_t_test(DIFFERENCES, 0.0).detectable
    samples = rng.normal(shift, error * np.sqrt(6), size=(20_000, 6))
    # a power analysis takes the measured spread for the true one
    found = stats.ttest_1samp(samples, 0, axis=1)
    assert np.mean((found.pvalue < 0.05) & (found.statistic > 0)) == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(
    ("differences", "pvalue"), [([0.0, 0.0, 0.0], 1.0), ([0.1, 0.1, 0.1], np.nan), ([0.1], np.nan), ([], np.nan)]
)
def test_differences_that_do_not_vary(differences, pvalue):
    test = corrected_t_test(differences, 0.25)
    assert test.pvalue == pytest.approx(pvalue, nan_ok=True)
    assert np.isnan(test.detectable)


def test_undefined_folds_are_left_out():
    assert corrected_t_test([*DIFFERENCES, np.nan], 0.2) == corrected_t_test(DIFFERENCES, 0.2)


def test_holm_by_hand():
    assert holm([0.04, 0.01, np.nan, 0.03]) == pytest.approx([0.06, 0.03, np.nan, 0.06], nan_ok=True)
    assert holm([0.9, 0.8]).tolist() == [1.0, 1.0]
    assert holm([]).tolist() == []


def test_permutation_test_enumerates_small_data():
    differences = np.array([1.0, 2.0, -0.5, 3.0])
    signs = np.array(list(itertools.product([-1, 1], repeat=4)))
    expected = np.mean(np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9)
    assert permutation_test(differences) == pytest.approx(expected)


def test_permutation_test_flips_groups_as_wholes():
    # ten rows in two groups are two pieces of evidence: the smallest p-value is 2 / 4
    assert permutation_test(np.ones(10), np.repeat([0, 1], 5)) == 0.5
    assert permutation_test(np.ones(10)) == pytest.approx(2 / 1024)


def test_random_permutations_agree_with_scipy(rng):
    differences = rng.normal(0.3, 1, size=30)
    expected = stats.permutation_test(
        (differences,), lambda d, axis: d.mean(axis), permutation_type="samples", n_resamples=5000, random_state=rng
    ).pvalue
    assert permutation_test(differences, n_permutations=5000, random_state=0) == pytest.approx(expected, abs=0.03)


def test_random_permutations_never_give_zero():
    assert permutation_test(np.ones(50), n_permutations=99, random_state=0) == pytest.approx(1 / 100)


def test_bootstrap_interval_of_rows_agrees_with_the_normal_interval(rng):
    values = rng.normal(size=400)
    low, high = bootstrap_interval(values, random_state=0)
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.015)


def test_repeated_rows_do_not_narrow_the_interval_of_groups(rng):
    values = rng.normal(size=40)
    once = bootstrap_interval(values, random_state=0)
    often = bootstrap_interval(np.repeat(values, 25), np.repeat(np.arange(40), 25), random_state=0)
    pretended = bootstrap_interval(np.repeat(values, 25), random_state=0)
    assert often == pytest.approx(once)
    assert pretended[1] - pretended[0] < 0.4 * (once[1] - once[0])


def test_one_group_has_no_interval():
    assert np.isnan(bootstrap_interval([1.0, 0.0], ["a", "a"])).all()


def test_seeds_decide():
    values = np.sqrt(np.arange(20))
    assert bootstrap_interval(values, random_state=1) == bootstrap_interval(values, random_state=1)
    assert bootstrap_interval(values, random_state=1) != bootstrap_interval(values, random_state=2)
