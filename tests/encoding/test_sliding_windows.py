"""sliding_windows against slices."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqaug_sklearn.encoding import sliding_windows
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError


@given(
    st.integers(1, 6).flatmap(
        lambda window: st.tuples(
            st.just(window),
            st.integers(1, 8),
            st.lists(st.text("ACGTn€", min_size=window, max_size=window + 15), min_size=1, max_size=4),
        )
    )
)
def test_text_equals_slices(problem):
    window, step, X = problem
    expected = [[text[s : s + window] for s in range(0, len(text) - window + 1, step)] for text in X]
    got = sliding_windows(X, window, step)
    assert [[w for w in row if w] for row in got.tolist()] == expected
    assert got.shape[1] == max(map(len, expected))


def test_equal_lengths_give_a_read_only_view(random_dna):
    got = sliding_windows(random_dna(3, 50), 20, step=5)
    assert got.strides == (200, 20)
    assert not got.flags.writeable


def test_codes_are_viewed(rng):
    codes = rng.integers(0, 5, (3, 20)).astype(np.uint8)
    got = sliding_windows(codes, 4, step=3)
    assert got.shape == (3, 6, 4)
    assert np.shares_memory(got, codes)
    assert not got.flags.writeable
    np.testing.assert_array_equal(got[1, 2], codes[1, 6:10])


@pytest.mark.parametrize(
    ("X", "options", "error", "message"),
    [
        (["ACGT"], {"window": 0}, ValueError, "window must be a positive integer, got 0"),
        (["ACGT"], {"window": 2, "step": 1.5}, ValueError, "step must be a positive integer, got 1.5"),
        (
            pd.Series(["ACG"], index=["g"]),
            {"window": 4},
            SequenceError,
            "sequence 'g' has 3 residues, fewer than window=4",
        ),
        (np.zeros((2, 3), np.uint8), {"window": 4}, SequenceError, "last axis is shorter than window=4"),
        ("ACGT", {"window": 2}, SequenceTypeError, "is a single sequence"),
    ],
)
def test_bad_input(X, options, error, message):
    with pytest.raises(error, match=message):
        sliding_windows(X, **options)
