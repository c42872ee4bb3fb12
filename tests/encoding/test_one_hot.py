"""The functions one_hot and decode against dictionary loops."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.encoding import decode, one_hot
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError


def naive_one_hot(X, symbols, length):
    out = np.zeros((len(X), length, len(symbols)))
    for row, text in enumerate(X):
        for position, symbol in enumerate(text.upper()[:length]):
            if symbol in symbols:
                out[row, position, symbols.index(symbol)] = 1
    return out


@st.composite
def sequences(draw):
    name = draw(st.sampled_from(["dna", "rna", "protein"]))
    alphabet = get_alphabet(name)
    letters = alphabet.symbols + alphabet.symbols.lower() + "".join(alphabet.ambiguity) + alphabet.gaps
    return name, draw(st.lists(st.text(letters, min_size=1, max_size=12), min_size=1, max_size=6))


@given(sequences(), st.sampled_from([np.float32, np.float64, np.float16, np.uint8, np.int64, bool]))
def test_one_hot_equals_a_dictionary_loop(problem, dtype):
    name, X = problem
    length = max(map(len, X))
    expected = naive_one_hot(X, get_alphabet(name).symbols, length)
    for given_X in (X, np.array(X), pd.Series(X)):
        got = one_hot(given_X, name, dtype=dtype)
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(one_hot(X, name, flatten=True), expected.reshape(len(X), -1))
    np.testing.assert_array_equal(
        one_hot(X, name, length=3, truncate=True), naive_one_hot(X, get_alphabet(name).symbols, 3)
    )


@given(sequences())
def test_decode_is_the_way_back(problem):
    name, X = problem
    alphabet = get_alphabet(name)
    known = ["".join(c if c in alphabet.symbols else alphabet.unknown_symbol for c in text.upper()) for text in X]
    assert decode(one_hot(X, name), name).tolist() == [text.rstrip(alphabet.unknown_symbol) for text in known]


def test_more_residues_than_one_piece(random_dna):
    X = random_dna(500, 301)
    np.testing.assert_array_equal(one_hot(X), naive_one_hot(X, "ACGT", 301))


def test_bags_gain_one_axis():
    bags = np.array([["ACG", "CG"], ["T", ""]])
    got = one_hot(bags)
    assert got.shape == (2, 2, 3, 4)
    np.testing.assert_array_equal(got.reshape(4, 3, 4), naive_one_hot(["ACG", "CG", "T", ""], "ACGT", 3))
    assert one_hot(bags, flatten=True).shape == (2, 2, 12)
    assert decode(got).tolist() == bags.tolist()


def test_all_unknown_is_all_zero_and_decodes_to_nothing():
    got = one_hot(["NNN"])
    assert not got.any()
    assert decode(got).tolist() == [""]


@pytest.mark.parametrize(
    ("X", "options", "error", "message"),
    [
        (["ACGT", "ACEG"], {}, SequenceError, "sequence number 1, position 2: symbol 'E' is not in the dna alphabet"),
        (["MKVL"], {}, SequenceError, "if this is protein, pass alphabet='protein'"),
        (pd.Series(["AJ"], index=["g"]), {}, SequenceError, "sequence 'g', position 1: symbol 'J'"),
        (["ACN"], {"unknown": "error"}, SequenceError, "position 2: symbol 'N' is ambiguous or a gap"),
        (["ACN"], {"unknown": "drop"}, ValueError, "unknown must be 'ignore' or 'error', got 'drop'"),
        (["A", "ACG"], {"length": 2}, SequenceError, "sequence number 1 has 3 residues, more than the length of 2"),
        (["A"], {"alphabet": "xna"}, ValueError, "alphabet must be one of"),
        ("ACGT", {}, SequenceTypeError, "is a single sequence"),
        ([None], {}, SequenceTypeError, "is missing"),
        ([3.5], {}, SequenceTypeError, "is a number"),
    ],
)
def test_bad_text_is_named(X, options, error, message):
    with pytest.raises(error, match=message):
        one_hot(X, **options)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((2, 3, 5)), r"must have shape \(..., length, 4\) for the dna alphabet, got \(2, 3, 5\)"),
        (np.zeros(4), r"must have shape"),
        (np.full((2, 3, 4), 0.25), r"not one-hot at \[0, 0\]: \[0.25, 0.25, 0.25, 0.25\]"),
        (np.ones((1, 1, 4)), r"not one-hot at \[0, 0\]"),
        (np.array([[[1, 0, 0, 0], [0, np.nan, 0, 0]]]), r"not one-hot at \[0, 1\]"),
    ],
)
def test_decode_refuses_what_is_not_one_hot(X, message):
    with pytest.raises(SequenceError, match=message):
        decode(X)
