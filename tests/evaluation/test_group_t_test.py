"""The test over groups: by hand, what must not matter, and its level with models that are fitted anew."""

import numpy as np
import pytest
from scipy import stats

from seqaug_sklearn.evaluation import group_t_test
from seqaug_sklearn.evaluation._statistics import detectable_shift, judge
from seqaug_sklearn.evaluation._statistics._group_t_test import effective_number
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

TRAINING = 1 + 2 / np.pi


def test_one_repeat_without_groups_is_the_paired_t_test_with_more_variance(rng):
    values = rng.normal(0.3, 1, size=30)
    test, plain = group_t_test(values), stats.ttest_1samp(values, 0)
    assert test.standard_error == pytest.approx(stats.sem(values) * np.sqrt(TRAINING))
    assert test.df == 29
    assert test.pvalue == pytest.approx(2 * stats.t.sf(abs(plain.statistic) / np.sqrt(TRAINING), 29))
    half = stats.t.ppf(0.975, 29) * test.standard_error
    assert (test.low, test.high) == pytest.approx((values.mean() - half, values.mean() + half))


def test_repeats_are_averaged_but_not_what_is_added_for_training(rng):
    """Naive: the variance of group means of the average, and 2 / pi of the mean variance of a repeat."""
    groups, values = np.repeat(np.arange(8), 3), rng.normal(size=(4, 24))
    means = np.array([[repeat[groups == g].mean() for g in range(8)] for repeat in values])
    expected = means.mean(axis=0).var(ddof=1) / 8 + 2 / np.pi * means.var(axis=1, ddof=1).mean() / 8
    assert group_t_test(values, groups).standard_error == pytest.approx(np.sqrt(expected))


def test_the_same_repeat_again_tells_nothing_new(rng):
    values = rng.normal(size=20)
    assert group_t_test([values] * 5) == pytest.approx(group_t_test(values))


def test_more_repeats_narrow_the_interval_to_a_limit(rng):
    own, noise = rng.normal(size=50), rng.normal(size=(64, 50))
    errors = [group_t_test(own + noise[:n]).standard_error for n in (1, 4, 64)]
    # the limit: own variance 1 and 2 / pi of own and noise
    assert errors[0] > errors[1] > errors[2] > 0.8 * np.sqrt((1 + 2 / np.pi * 2) / 50)


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_and_names_of_groups_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    groups, values = rng.integers(0, 9, 40), rng.normal(size=(2, 40))
    classes = groups % 2
    order = rng.permutation(40)
    names = np.array([f"family {9 - g}" for g in groups])
    expected = group_t_test(values, groups, classes=classes)
    assert group_t_test(values[:, order], names[order], classes=classes[order]) == pytest.approx(expected)
    assert group_t_test(values[::-1], groups, classes=1 - classes) == pytest.approx(expected)


def test_copies_of_rows_are_no_evidence(rng):
    values = rng.normal(size=12)
    assert group_t_test(np.repeat(values, 5), np.repeat(np.arange(12), 5)) == pytest.approx(group_t_test(values))


def test_unequal_groups_count_as_fewer():
    assert effective_number([3, 3, 3, 3]) == 4
    assert effective_number([10, 1, 1]) == pytest.approx(144 / 102)
    assert effective_number([]) == 0


def test_a_rare_class_decides_the_degrees_of_freedom():
    classes = np.array([0] * 30 + [1] * 3)
    spread = np.where(classes == 1, 5.0, 0.1) * np.resize([1.0, -1.0, 0.5], 33)
    assert group_t_test(spread).df == 32
    assert 2 <= group_t_test(spread, classes=classes).df < 2.1
    # where each group is a class of its own, there are no classes to count within
    assert group_t_test(spread, classes=np.arange(33)).df == 32
    # groups that hold several classes count as they are
    assert group_t_test(np.r_[spread, spread], np.tile(np.arange(33), 2), classes=np.repeat([0, 1], 33)).df == 32


def test_rows_that_a_repeat_leaves_out():
    values = np.array([[1.0, 0, np.nan, 1], [1.0, np.nan, 0, 1]])
    test = group_t_test(values)
    assert test.estimate == pytest.approx(2 / 3)
    assert np.isfinite(test.standard_error)
    assert group_t_test([[1.0, 0, np.nan]]) == pytest.approx(group_t_test([1.0, 0]))


def test_one_group_says_nothing():
    test = group_t_test([1.0, 0.0, 1.0], ["a", "a", "a"])
    assert test.estimate == pytest.approx(2 / 3)
    assert np.isnan([test.standard_error, test.low, test.high, test.pvalue]).all()


def test_values_that_do_not_vary():
    assert group_t_test([0.0] * 5).pvalue == 1
    assert np.isnan(group_t_test([1.0] * 5).pvalue)
    nothing = np.zeros((1, 5))
    assert judge(1.0, nothing, np.ones(5), least=0.2).standard_error == pytest.approx(0.2 * np.sqrt(TRAINING))


@pytest.mark.parametrize("df", [0.7, 1, 4, 29])
def test_what_is_detectable_is_found_with_the_power(df):
    shift = detectable_shift(0.5, df, 0.05, 0.8) / 0.5
    assert stats.nct.sf(stats.t.ppf(0.975, df), df, shift) == pytest.approx(0.8, abs=1e-4)
    assert np.isnan(detectable_shift(0.0, df, 0.05, 0.8))


def ridges(rng, n_groups, size, n_repeats=3):
    """Two ridges on features of their own that tell equally much: right minus right, by repeat and row."""
    labels, groups = np.repeat(np.arange(n_groups) % 2, size), np.repeat(np.arange(n_groups), size)
    right = []
    folds = [np.repeat(rng.permutation(n_groups), size) % 5 for _ in range(n_repeats)]
    for _ in range(2):
        family, own = rng.normal(size=(n_groups, 10)), rng.normal(size=(len(labels), 10))
        noise = own if size == 1 else (own + family[groups]) / np.sqrt(2)
        X, t = np.column_stack([noise + 0.22 * (2 * labels - 1)[:, None], np.ones(len(labels))]), 2.0 * labels - 1
        right.append([_right(X, t, of) for of in folds])
    return np.subtract(*np.array(right)), groups, labels


def _right(X, t, folds):
    found = np.empty(len(t))
    for k in range(5):
        train = folds != k
        weights = np.linalg.solve(X[train].T @ X[train] + 10 * np.eye(X.shape[1]), X[train].T @ t[train])
        found[~train] = X[~train] @ weights * t[~train] > 0
    return found


@pytest.mark.parametrize(("n_groups", "size"), [(80, 1), (20, 4)])
def test_equal_learners_are_told_apart_as_often_as_the_level_says(n_groups, size):
    """At 400 data sets of two learners that are fitted anew, 5 % are 20; 32 are six in a thousand."""
    rng, false, unsafe = np.random.default_rng(5), 0, 0
    for _ in range(400):
        values, groups, labels = ridges(rng, n_groups, size)
        false += group_t_test(values, groups, classes=labels).pvalue < 0.05
        means = values.mean(axis=0).reshape(n_groups, size).mean(axis=1)
        unsafe += stats.ttest_1samp(means, 0).pvalue < 0.05
    assert 4 <= false <= 32
    # the same without the part of the training groups
    assert unsafe > 32


@pytest.mark.parametrize(
    ("values", "settings", "match"),
    [
        ([1, 0, 1], {"groups": [1, 2]}, r"groups must have one entry per row: shape \(3,\), got \(2,\)"),
        ([1, 0, 1], {"classes": [1]}, r"classes must have one entry per row: shape \(3,\), got \(1,\)"),
        (["a", "b"], {}, "values must be numbers, one for each row"),
        ([[1, 0], [1]], {}, "values must be numbers, one for each row"),
        ([], {}, "values must hold at least one number that is not NaN"),
        ([np.nan, np.nan], {}, "values must hold at least one number that is not NaN"),
        ([1, np.inf], {}, "values must be finite"),
        (np.ones((1, 2, 3)), {}, "values must have the shape"),
        ([1, 0], {"level": 1}, "level must be a number above 0 and below 1, got 1"),
        ([1, 0], {"null": np.nan}, "null must be a finite number"),
    ],
)
def test_what_cannot_be_tested(values, settings, match):
    with pytest.raises((DataFormatError, InvalidParameterError), match=match):
        group_t_test(values, **settings)


def test_a_repeat_that_tested_nothing_is_none():
    values = [1.0, 0.0, 1.0, 1.0]
    assert group_t_test([values, [np.nan] * 4]) == group_t_test(values)


def test_two_equal_values_tell_no_p():
    """As the docstring says, and without a warning."""
    test = group_t_test(np.ones(2))
    assert (test.low, test.high, test.standard_error) == (1.0, 1.0, 0.0)
    assert np.isnan(test.pvalue)
