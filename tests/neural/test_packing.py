"""Accepted forms give the same windows; everything else is refused by name."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError
from seqaug_sklearn.neural._packing import pack_windows

TEXT = ["ACGTN", "TTACG", "GGGTA"]


def naive_one_hot(text, length=5):
    out = np.zeros((len(text), length, 4), np.float32)
    for i, s in enumerate(text):
        for j, c in enumerate(s):
            if c in "ACGT":
                out[i, j, "ACGT".index(c)] = 1
    return out


@pytest.mark.parametrize(
    "form", [TEXT, tuple(TEXT), np.array(TEXT), pd.Series(TEXT), pd.DataFrame({"s": TEXT}), naive_one_hot(TEXT)]
)
def test_every_form_gives_the_same_codes(form):
    packed = pack_windows(form, alphabet="dna")
    np.testing.assert_array_equal(packed.data, [[0, 1, 2, 3, 4], [3, 3, 0, 1, 2], [2, 2, 2, 3, 0]])
    assert packed.data.dtype == np.uint8
    assert not packed.is_bag


@pytest.mark.parametrize("as_one_hot", [True, False])
def test_bags_drop_missing_windows(as_one_hot):
    bags = np.array([["ACG", "CGT"], ["TTT", ""]])
    X = np.stack([naive_one_hot(row, 3) for row in bags]) if as_one_hot else bags
    packed = pack_windows(X, alphabet="dna")
    assert packed.sources.tolist() == [0, 0, 1]
    np.testing.assert_array_equal(packed.data, [[0, 1, 2], [1, 2, 3], [3, 3, 3]])
    assert packed.is_bag


def test_soft_one_hot_stays_float():
    X = naive_one_hot(TEXT) * 0.9
    packed = pack_windows(X, alphabet="dna")
    np.testing.assert_array_equal(packed.data, X)
    assert packed.data.dtype == np.float32


def test_equal_rows_get_equal_keys():
    packed = pack_windows(np.array([["ACG", "CGT"], ["CGT", ""], ["ACG", "CGT"]]), alphabet="dna")
    keys = packed.row_keys()
    assert keys[0] == keys[2] != keys[1]


def test_shorter_rows_are_padded_and_longer_refused():
    packed = pack_windows(["ACG"], alphabet="dna", length=5, n_symbols=4)
    np.testing.assert_array_equal(packed.data, [[0, 1, 2, 4, 4]])
    with pytest.raises(SequenceError, match="windows of 6 residues, but fit saw 5"):
        pack_windows(["ACGTAC"], alphabet="dna", length=5)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.zeros((4, 160)), SequenceTypeError, "plain matrix"),
        (np.zeros((4,)), SequenceTypeError, "plain matrix"),
        (naive_one_hot(TEXT).reshape(1, 3, 20), SequenceError, "a flattened bag looks like this"),
        (naive_one_hot(TEXT) - 0.5, SequenceError, "not one-hot"),
        (np.full((2, 3, 4), np.nan), SequenceError, "NaN"),
        (np.array([[[{}]]], dtype=object), SequenceTypeError, "neither text nor numbers"),
        (np.zeros((3, 5, 4)), SequenceError, "sequence number 0: all of its windows are unknown"),
        (["ACGT", "NNNN"], SequenceError, "sequence number 1: all of its windows are unknown"),
        (np.array([["ACG", "CGT"], ["NNN", ""]]), SequenceError, "sequence number 1: all of its windows"),
        (["ACGT", "MKVL"], SequenceError, "position 1: symbol 'K'|position 3: symbol 'L'"),
        (["ACGT", None], SequenceTypeError, "is missing"),
        ("ACGT", SequenceTypeError, "single sequence"),
    ],
)
def test_bad_input(X, error, message):
    with pytest.raises(error, match=message):
        pack_windows(X, alphabet="dna")


def test_another_alphabet_is_refused():
    with pytest.raises(SequenceError, match="4 one-hot columns, but fit saw 20"):
        pack_windows(TEXT, alphabet="dna", n_symbols=20)
