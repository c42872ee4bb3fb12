"""Intervals hold the share of new values that they promise, with groups that err alike too."""

import numpy as np
import pytest
from sklearn.base import clone

from seqaug_sklearn.evaluation import IntervalCalibrator


def held_out(n_groups, size, seed, *, shared=1.0):
    """Predictions, true values and groups; errors are those of the group and of the row."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_groups), size)
    predicted = rng.normal(size=len(groups))
    errors = shared * rng.normal(size=n_groups)[groups] + rng.normal(size=len(groups))
    return predicted, predicted + errors, groups


@pytest.mark.parametrize("coverage", [0.8, 0.9])
@pytest.mark.parametrize("size", [1, 5])
def test_a_new_row_is_covered_as_promised(coverage, size):
    shares = []
    for seed in range(200):
        predicted, true, groups = held_out(40, size, seed)
        calibrator = IntervalCalibrator(coverage).fit(predicted, true, groups)
        new, right, _ = held_out(40, size, 1000 + seed)
        low, high = calibrator.transform(new)[:, 0].T
        shares.append(np.mean((low <= right) & (right <= high)))
    assert coverage - 0.01 < np.mean(shares) < coverage + 0.03


def test_the_width_is_that_of_a_naive_count():
    predicted, true, groups = held_out(12, 3, 0)
    groups[5] = 0  # sizes differ
    errors = np.abs(true - predicted)
    # the smallest width whose mean share over groups reaches .8 of 13 groups
    for width in sorted(errors):
        if sum(np.mean(errors[groups == g] <= width) for g in range(12)) >= 0.8 * 13 - 1e-9:
            break
    found = IntervalCalibrator(0.8).fit(predicted, true, groups)
    assert found.half_widths_.tolist() == [width]
    assert found.enough_groups_.tolist() == [True]
    order = np.random.default_rng(1).permutation(36)
    again = clone(found).fit(predicted[order], true[order], groups[order])
    assert again.half_widths_.tolist() == [width]


def test_of_few_groups_the_largest_error_is_taken_and_said():
    calibrator = IntervalCalibrator(0.9).fit([0.0] * 8, [0.1, -0.7, 0.2, 0.3, 0.1, 0.2, 0.3, 0.4])
    assert calibrator.half_widths_.tolist() == [0.7]
    assert calibrator.enough_groups_.tolist() == [False]
    assert IntervalCalibrator(0.9).fit([0.0] * 9, np.arange(9.0)).enough_groups_.tolist() == [True]


def test_targets_are_calibrated_by_themselves_without_their_gaps():
    predicted, true, groups = held_out(30, 2, 3)
    both = np.column_stack([true, 10 * true])
    both[::3, 1] = np.nan
    calibrator = IntervalCalibrator().fit(np.column_stack([predicted, 10 * predicted]), both, groups)
    alone = IntervalCalibrator().fit(predicted, true, groups)
    known = ~np.isnan(both[:, 1])
    second = IntervalCalibrator().fit(10 * predicted[known], both[known, 1], groups[known])
    assert calibrator.half_widths_.tolist() == [alone.half_widths_[0], second.half_widths_[0]]
    covered = calibrator.covered(np.column_stack([predicted, 10 * predicted]), both)
    assert not covered[~known, 1].any()
    assert calibrator.transform([[1.0, 2.0]]).shape == (1, 2, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, np.nan], [1.0, 2.0]), "X holds no finite prediction for row 1"),
        (([1.0, 2.0], [1.0, np.inf]), "y holds infinity in row 1"),
        (([1.0, 2.0], [np.nan, np.nan]), "y holds no value of a target"),
        (([[1.0], [2.0]], [[1.0, 2.0], [2.0, 3.0]]), r"predictions of shape \(2, 1\) and y values of \(2, 2\)"),
        (([1.0, 2.0], [1.0, 3.0], ["a"]), "groups has 1 entries for 2 rows"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        IntervalCalibrator().fit(*arguments)


def test_another_number_of_targets_is_refused():
    with pytest.raises(ValueError, match="X has 2 columns, but fit saw 1 targets"):
        IntervalCalibrator().fit([0.0, 1.0], [1.0, 1.0]).transform([[1.0, 2.0]])
