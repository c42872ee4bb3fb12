"""Standardised targets: moments by a loop, gaps, constants, units."""

import math

import numpy as np
import pytest

from seqaug_sklearn.neural import TargetScaler

NAN = math.nan


def test_moments_by_a_loop():
    rng = np.random.default_rng(0)
    values, weights = rng.normal([3, -100], [0.1, 20], (9, 2)), rng.random(9)
    values[rng.random(values.shape) < 0.3] = NAN
    for given in (None, weights):
        scaler = TargetScaler.of_numbers(values, given)
        for column in range(2):
            counted = np.ones(9) if given is None else weights
            pairs = [(v, w) for v, w in zip(values[:, column], counted, strict=True) if not math.isnan(v)]
            total = sum(w for _, w in pairs)
            mean = sum(v * w for v, w in pairs) / total
            assert scaler.centers[column] == pytest.approx(mean)
            assert scaler.scales[column] == pytest.approx(math.sqrt(sum(w * (v - mean) ** 2 for v, w in pairs) / total))
            assert TargetScaler.of_rates(abs(values), given).scales[column] == pytest.approx(abs(mean))
    learned = scaler.transform(values)
    np.testing.assert_array_equal(np.isnan(learned), np.isnan(values))
    np.testing.assert_allclose(scaler.inverse_transform(learned), values, rtol=1e-12)


@pytest.mark.parametrize(
    ("column", "center", "scale"),
    [([5, 5, 5], 5, 1), ([0, 0, 0], 0, 1), ([NAN, NAN, NAN], 0, 1), ([NAN, 2, NAN], 2, 1), ([0.1, 0.1, 0.1], 0.1, 1)],
    ids=["constant", "zero", "unknown", "one value", "rounding"],
)
def test_targets_that_do_not_vary(column, center, scale):
    scaler = TargetScaler.of_numbers(np.array(column, float)[:, None])
    assert scaler.centers[0] == pytest.approx(center)
    assert scaler.scales[0] == scale
    rates = TargetScaler.of_rates(np.array(column, float)[:, None])
    assert rates.centers[0] == 0
    assert rates.scales[0] == pytest.approx(center or 1)


def test_any_unit():
    values = np.random.default_rng(1).normal(2, 1, (20, 1))
    for unit in (1e-300, 1e-9, 1e9, 1e300):  # squares of the extremes are 0 and infinite
        scaler, plain = TargetScaler.of_numbers(values * unit), TargetScaler.of_numbers(values)
        np.testing.assert_allclose(scaler.transform(values * unit), plain.transform(values), rtol=1e-9)


def test_rows_without_weight_do_not_count():
    values = np.array([[1.0], [3.0], [1000.0]])
    assert TargetScaler.of_numbers(values, np.array([1.0, 1.0, 0.0])).centers[0] == 2
