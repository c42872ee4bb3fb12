"""reverse_complement against Biopython, and as an involution."""

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import Seq
from hypothesis import given
from hypothesis import strategies as st

from seqaug_sklearn.encoding import one_hot, reverse_complement
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError

DNA_TEXT = st.lists(st.text("ACGTNRYSWKMBDHVacgtn-.", min_size=1, max_size=20), min_size=1, max_size=5)


@given(DNA_TEXT)
def test_text_equals_biopython_and_turns_back(X):
    turned = reverse_complement(X)
    assert turned == [str(Seq(text).reverse_complement()) for text in X]
    assert reverse_complement(turned) == X


def test_rna():
    assert reverse_complement(["AACGU"], "rna") == ["ACGUU"]


def test_one_hot_turns_as_text_does(random_dna):
    X = random_dna(5, 30, "ACGTN")
    np.testing.assert_array_equal(reverse_complement(one_hot(X)), one_hot(reverse_complement(X), length=30))
    bags = np.array(X[:4]).reshape(2, 2)
    np.testing.assert_array_equal(reverse_complement(one_hot(bags)), one_hot(reverse_complement(bags), length=30))


def test_the_form_of_the_input_is_kept():
    X = pd.Series(["AAC", "GT"], index=["f", "g"], name="sequence")
    expected = pd.Series(["GTT", "AC"], index=["f", "g"], name="sequence")
    pd.testing.assert_series_equal(reverse_complement(X), expected)
    pd.testing.assert_series_equal(reverse_complement(X.to_frame()), expected)
    for array in (np.array(["AAC", "GT"]), np.array(["AAC", "GT"], dtype=object)):
        got = reverse_complement(array)
        assert isinstance(got, np.ndarray)
        assert got.tolist() == ["GTT", "AC"]
    assert reverse_complement(np.array([["AAC", ""], ["G", "T"]])).tolist() == [["GTT", ""], ["C", "A"]]


@pytest.mark.parametrize(
    ("X", "alphabet", "error", "message"),
    [
        (["MKV"], "protein", ValueError, "alphabet 'protein' has no complement"),
        (["ACGU"], "dna", SequenceError, "position 3: symbol 'U' is not in the dna alphabet"),
        ("ACGT", "dna", SequenceTypeError, "is a single sequence"),
        (np.zeros((2, 5, 20)), "dna", SequenceError, r"one-hot of shape \(..., length, 4\)"),
        (np.zeros(4), "dna", SequenceError, r"got shape \(4,\)"),
    ],
)
def test_bad_input(X, alphabet, error, message):
    with pytest.raises(error, match=message):
        reverse_complement(X, alphabet)
