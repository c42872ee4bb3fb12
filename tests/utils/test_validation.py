"""Matrices of features, the order of rows, and numbers by their type."""

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import check_same_order, check_vectors, is_number, is_whole


@pytest.mark.parametrize(
    ("value", "whole", "number"),
    [
        (3, True, True),
        (np.int8(3), True, True),
        (True, True, True),
        (3.0, False, True),
        (np.float32(3), False, True),
        ("3", False, False),
        (None, False, False),
        (3j, False, False),
        ([3], False, False),
    ],
)
def test_numbers_are_told_by_their_type(value, whole, number):
    assert (is_whole(value), is_number(value)) == (whole, number)


def test_rows_that_come_in_another_order_are_refused():
    X = pd.Series(["ACGT", "TTTT"], index=["a", "b"])
    check_same_order(X, pd.Series([0, 1], index=["a", "b"]))
    check_same_order(X, [0, 1])
    check_same_order(X.tolist(), pd.Series([0, 1], index=["b", "a"]))
    with pytest.raises(ValueError, match="same index in another order"):
        check_same_order(X, pd.Series([0, 1], index=["b", "a"]))


@pytest.mark.parametrize("damaged", [np.nan, np.inf, -np.inf])
def test_damaged_vectors_are_named(damaged):
    X, model = np.zeros((3, 2)), StandardScaler()
    assert check_vectors(model, X).shape == (3, 2)
    assert model.n_features_in_ == 2
    X[1, 0] = damaged
    with pytest.raises(DataFormatError, match="row 1"):
        check_vectors(model, X)
