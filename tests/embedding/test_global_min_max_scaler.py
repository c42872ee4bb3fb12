"""One minimum and one maximum for all columns."""

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from seqaug_sklearn.embedding import GlobalMinMaxScaler, PairFeatures

CHECKS = list(estimator_checks_generator(GlobalMinMaxScaler()))


def name_of(check):
    return getattr(check, "func", check).__name__


@pytest.mark.parametrize(("estimator", "check"), CHECKS, ids=[name_of(check) for _, check in CHECKS])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_one_range_of_all_numbers(rng):
    X = rng.normal(size=(30, 5)) * [1, 2, 3, 4, 5]
    scaled = GlobalMinMaxScaler().fit_transform(X)
    np.testing.assert_allclose(scaled, 2 * (X - X.min()) / (X.max() - X.min()) - 1)
    assert (scaled.min(), scaled.max()) == pytest.approx((-1, 1))
    # columns keep the relation of their spreads, which a range for each column would make equal
    assert np.ptp(scaled[:, 4]) > 2 * np.ptp(scaled[:, 0])


@pytest.mark.parametrize("feature_range", [(-1, 1), (0, 1), (2, 5.5)])
def test_round_trip(rng, feature_range):
    X = rng.normal(size=(12, 3))
    scaler = GlobalMinMaxScaler(feature_range).fit(X)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(X)), X)


def test_test_rows_do_not_move_the_range(rng):
    scaler = GlobalMinMaxScaler().fit([[0.0, 1.0]])
    assert scaler.transform([[2.0, -1.0]]).tolist() == [[3.0, -3.0]]


def test_a_constant_matrix_is_the_lower_end():
    assert GlobalMinMaxScaler().fit_transform(np.full((3, 2), 7.0)).tolist() == [[-1, -1]] * 3


def test_a_swapped_pair_is_scaled_alike(rng):
    first, second = rng.normal(size=(2, 20, 4))
    pairs = np.hstack([first, second])
    scaler = GlobalMinMaxScaler().fit(pairs)
    features = PairFeatures(symmetric=True)
    one = features.fit_transform(scaler.transform(pairs))
    other = features.transform(scaler.transform(np.hstack([second, first])))
    np.testing.assert_array_equal(one, other)


def test_names_and_dtype():
    frame = pd.DataFrame({"a": [0.0, 1.0], "b": [2.0, 3.0]}, dtype=np.float32)
    scaler = GlobalMinMaxScaler().fit(frame)
    assert scaler.get_feature_names_out().tolist() == ["a", "b"]
    assert scaler.transform(frame).dtype == np.float32
    assert scaler.set_output(transform="pandas").transform(frame).columns.tolist() == ["a", "b"]


@pytest.mark.parametrize("feature_range", [(1, -1), (0, 0), (0,), (0, 1, 2), ("a", "b"), (0, np.inf)])
def test_a_range_must_rise(feature_range):
    with pytest.raises(ValueError, match="feature_range must be two rising numbers"):
        GlobalMinMaxScaler(feature_range).fit([[1.0]])
