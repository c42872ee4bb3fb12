"""repeated_identifiers."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.utils import repeated_identifiers


@pytest.mark.parametrize(
    "identifiers",
    [None, [], ["a", "b"], pd.RangeIndex(3), np.array([3, 1, 2]), ["a", None, np.nan], pd.Index([pd.NA, pd.NA])],
)
def test_rows_of_their_own(identifiers):
    assert repeated_identifiers(identifiers) is None


@pytest.mark.parametrize(
    ("identifiers", "parents"),
    [
        (["a", "b", "a"], [0, 1, 0]),
        (pd.Index([2, 1, 2]), [0, 1, 0]),
        (["a", None, "a", None], [0, 1, 0, 2]),
        (pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("a", 1)]), [0, 1, 0]),
        (pd.Index(["x", "x"], dtype="string"), [0, 0]),
    ],
)
def test_rows_of_one_identifier_have_one_number(identifiers, parents):
    assert repeated_identifiers(identifiers).tolist() == parents
