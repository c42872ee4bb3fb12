"""Features of pairs made in front of a network equal the transformers'."""

import numpy as np
import pytest
import torch

from seqaug_sklearn.embedding import GlobalMinMaxScaler, PairFeatures
from seqaug_sklearn.networks import PAIR_FEATURES, PairInputs


@pytest.mark.parametrize("features", [("first",), ("first", "second", "difference", "product"), tuple(PAIR_FEATURES)])
def test_features_equal_the_transformers(rng, features):
    X = rng.normal(size=(20, 8)).astype(np.float32)
    found = PairInputs(features)(torch.from_numpy(X)).numpy()
    np.testing.assert_array_equal(found, PairFeatures(features).fit_transform(X))


def test_scaling_equals_the_transformers(rng):
    X = rng.normal(size=(20, 6)).astype(np.float32)
    found = PairInputs(("second", "product"), X.min(), X.max())(torch.from_numpy(X)).numpy()
    scaled = GlobalMinMaxScaler().fit_transform(X)
    np.testing.assert_allclose(found, PairFeatures(("second", "product")).fit_transform(scaled), atol=1e-6)


def test_without_features_an_odd_number_of_columns_is_scaled_too():
    assert PairInputs(None, 0.0, 2.0)(torch.tensor([[0.0, 1.0, 2.0]])).tolist() == [[-1, 0, 1]]


def test_a_constant_matrix_is_the_lower_end():
    assert PairInputs(None, 3.0, 3.0)(torch.full((2, 2), 3.0)).tolist() == [[-1, -1]] * 2
