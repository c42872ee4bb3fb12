"""What can be expected of a comparison, against the test that is expected to be made."""

import numpy as np
import pytest
from scipy import stats

from seqaug_sklearn.evaluation import detectable_difference, expected_power, group_t_test
from seqaug_sklearn.evaluation._statistics import tell_expected
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError


@pytest.mark.parametrize(("n_rows", "n_groups"), [(80, None), (80, 20), (1000, 250)])
def test_a_detectable_difference_is_detected_as_often_as_asked(n_rows, n_groups):
    for options in ({}, {"n_repeats": 1}, {"n_tests": 6, "alpha": 0.01}):
        difference = detectable_difference(n_rows, n_groups, power=0.7, **options)
        assert expected_power(n_rows, n_groups, difference=difference, **options) == pytest.approx(0.7, abs=1e-6)


def test_more_data_show_more():
    sizes = [20, 40, 80, 300, 1000]
    assert np.all(np.diff([detectable_difference(n) for n in sizes]) < 0)
    assert np.all(np.diff([detectable_difference(400, n) for n in (10, 40, 200, 400)]) < 0)
    assert np.all(np.diff([expected_power(100, difference=d) for d in (0, 0.05, 0.1, 0.3)]) > 0)
    assert detectable_difference(80, n_repeats=1) > detectable_difference(80, n_repeats=10)
    assert detectable_difference(80, n_tests=20) > detectable_difference(80)
    assert detectable_difference(80, 80) == detectable_difference(80)


def test_without_a_difference_one_tail_of_the_level_is_left():
    assert expected_power(80, difference=0.0) == pytest.approx(0.025)


def test_what_is_expected_is_what_the_test_finds(rng):
    """Answers of two models that differ with a variance of .27: one row each, as one repeat gives them."""
    p_values = []
    for _ in range(300):
        # +1, 0, -1 with mean .15 and variance .27
        values = rng.choice([1.0, 0.0, -1.0], p=[0.22125, 0.7075, 0.07125], size=80)
        p_values.append(group_t_test(values).pvalue)
    found = np.mean(np.array(p_values) < 0.05)
    # no training part in these draws: the test is as strict as expected, and its estimate varies less
    critical = stats.t.ppf(0.975, 79) * np.sqrt(1 + 2 / np.pi)
    assert found == pytest.approx(stats.norm.sf(critical - 0.15 / np.sqrt(0.27 / 80)), abs=0.08)
    assert found == pytest.approx(expected_power(80, n_repeats=1), abs=0.12)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((80, 80, 2), "80 sequences can be expected to show a difference in accuracy of 0.19 or more"),
        ((80, 20, 2, 1), "80 sequences in 20 groups can be expected to show a difference in accuracy of 0.30 or more"),
        ((12, 12, 2), "12 sequences cannot be expected to show any difference in accuracy."),
        ((40, 2, 2), "40 sequences in 2 groups cannot be expected to show any difference in accuracy."),
    ],
)
def test_what_can_be_expected_is_a_sentence(size, told):
    assert told in tell_expected(*size)


@pytest.mark.parametrize("n_groups", [0, 1, 81])
def test_numbers_of_groups_that_cannot_be(n_groups):
    with pytest.raises(InvalidParameterError, match="n_groups must be at least 2 and at most n_rows=80"):
        detectable_difference(80, n_groups)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"n_tests": 0}, "n_tests must be a whole number of at least 1, got 0"),
        ({"n_repeats": 0}, "n_repeats must be a whole number of at least 1, got 0"),
        ({"n_rows": 1}, "n_rows must be a whole number of at least 2, got 1"),
        ({"n_rows": 0}, "n_rows must be a whole number of at least 2, got 0"),
        ({"n_rows": 8.5}, "n_rows must be a whole number"),
        ({"n_groups": 4.5}, "n_groups must be a whole number, got 4.5"),
        ({"alpha": 0}, "alpha must be a number above 0 and below 1, got 0"),
        ({"alpha": float("nan")}, "alpha must be a number"),
    ],
)
@pytest.mark.parametrize("function", [detectable_difference, expected_power])
def test_numbers_that_cannot_be(function, settings, match):
    with pytest.raises((DataFormatError, InvalidParameterError), match=match):
        function(**{"n_rows": 80} | settings)


@pytest.mark.parametrize("power", [0, 0.05, 1, 1.5, True, float("nan"), "0.8"])
def test_powers_that_cannot_be(power):
    with pytest.raises(InvalidParameterError, match=r"power must be a number above alpha=0\.05 and below 1"):
        detectable_difference(80, power=power)


@pytest.mark.parametrize("difference", [-0.15, 1.5, True, float("nan"), "0.1"])
def test_differences_that_cannot_be(difference):
    with pytest.raises(InvalidParameterError, match=r"difference must be a number from 0 to 1 \(without its sign\)"):
        expected_power(80, difference=difference)
