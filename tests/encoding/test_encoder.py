"""OneHotEncoder: shapes, the learned length, inverses, names, memory, errors."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import OneHotEncoder as CharacterEncoder

from seqaug_sklearn.alphabets import PROTEIN, Alphabet
from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.encoding import OneHotEncoder, SequenceOneHotEncoder, one_hot
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError
from seqaug_sklearn.utils import marked_bag

TEXT = ["ACGTA", "GAT", "T"]
BAGS = np.array([["ACGTA", "CGT"], ["GG", ""], ["T", "AAAA"]])


@pytest.mark.parametrize("flatten", [False, True])
@pytest.mark.parametrize("X", [TEXT, BAGS], ids=["text", "bags"])
def test_shapes_and_inverse(X, flatten):
    encoder = OneHotEncoder(flatten=flatten)
    encoded = encoder.fit_transform(X)
    tail = (20,) if flatten else (5, 4)
    assert encoded.shape == (*np.shape(X), *tail)
    assert encoded.dtype == np.float32
    np.testing.assert_array_equal(encoded, one_hot(X, flatten=flatten))
    np.testing.assert_array_equal(encoder.transform(X), encoded)
    assert encoder.inverse_transform(encoded).tolist() == np.array(X).tolist()


@given(st.lists(st.text("ACGTNacgt-", min_size=1, max_size=9).map(lambda t: t + "A"), min_size=1, max_size=5))
def test_inverse_keeps_every_symbol_and_marks_the_unknown(X):
    encoder = OneHotEncoder()
    expected = [text.upper().replace("-", "N") for text in X]
    assert encoder.inverse_transform(encoder.fit_transform(X)).tolist() == expected


def test_flat_columns_are_those_of_scikit_learn(random_dna):
    X = random_dna(30, 8)
    encoder = OneHotEncoder(flatten=True).fit(X)
    other = CharacterEncoder(sparse_output=False, categories=[list("ACGT")] * 8).fit([list(text) for text in X])
    np.testing.assert_array_equal(encoder.transform(X), other.transform([list(text) for text in X]))
    names = encoder.get_feature_names_out()
    assert names.tolist() == other.get_feature_names_out([str(i) for i in range(8)]).tolist()
    assert names[4 * 7 + 2] == "7_G"


def test_the_length_is_learned():
    encoder = OneHotEncoder().fit(["ACGT", "AC"])
    assert encoder.length_ == 4
    assert encoder.transform(["A"]).shape == (1, 4, 4)
    with pytest.raises(SequenceError, match=r"sequence 'g' has 5 residues, more than the length of 4.*truncate=True"):
        encoder.transform(pd.Series(["A", "ACGTA"], index=["f", "g"]))
    with pytest.raises(SequenceError, match="sequence number 0 has 5 residues"):
        encoder.transform(np.array([["A", "ACGTA"]]))


def test_truncate_cuts():
    encoder = OneHotEncoder(truncate=True).fit(["ACG"])
    assert encoder.inverse_transform(encoder.transform(["TTTAA", "G"])).tolist() == ["TTT", "G"]
    assert encoder.inverse_transform(encoder.transform(np.array([["TTTAA", ""]]))).tolist() == [["TTT", ""]]


def test_alphabets():
    assert OneHotEncoder("protein").fit_transform(["MKV*"]).shape == (1, 4, 20)
    assert OneHotEncoder(PROTEIN).fit(["MKV"]).alphabet_ is PROTEIN
    assert OneHotEncoder(Alphabet("binary", "HP")).fit_transform(["HPPH"]).tolist() == [
        [[1, 0], [0, 1], [0, 1], [1, 0]]
    ]
    assert OneHotEncoder("rna").fit_transform(["acgu"]).sum() == 4


def test_alias_is_the_class():
    assert SequenceOneHotEncoder is OneHotEncoder


def test_strided_bags_are_not_written_out(random_dna):
    bag = WindowAugmenter().fit_transform(random_dna(300, 300))
    encoder = OneHotEncoder().fit(bag[:2])
    tracemalloc.start()
    encoded = encoder.transform(bag)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    text = bag.size * 160
    # a tracer, as that of coverage, keeps some notes of its own
    assert kept < encoded.nbytes + 100_000
    assert peak < encoded.nbytes + bag.size * 40 + text / 4  # one byte per residue of a window, and working memory
    np.testing.assert_array_equal(encoded[::50], one_hot(bag[::50].copy()))


@pytest.mark.parametrize("part", [np.s_[1:], np.s_[:, 3:9], np.s_[::2, ::3], np.s_[:, ::-1], np.s_[2:3, 4:5]])
def test_any_part_of_a_strided_bag(random_dna, part):
    bag = WindowAugmenter().fit_transform(random_dna(4, 60))[part]
    np.testing.assert_array_equal(OneHotEncoder().fit_transform(bag), one_hot(bag.copy()))


def test_symbols_are_checked_in_strided_bags(random_dna):
    X = random_dna(2, 50)
    bag = WindowAugmenter().fit_transform([X[0], X[1][:45] + "E" + X[1][46:]])
    with pytest.raises(SequenceError, match="sequence number 1, window 6, position 39: symbol 'E'"):
        OneHotEncoder().fit(bag)


@pytest.mark.parametrize("method", ["fit", "transform", "fit_transform"])
@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (pd.Series(["ACGT", "NN-N"], index=["f", "g"]), SequenceError, "sequence 'g' has no known symbol"),
        (np.array([["ACGT", "NNNN"], ["NNNN", ""]]), SequenceError, r"sequence number 1 has no known.*\(1 of 2"),
        (
            ["ACGT", "MKVL"],
            SequenceError,
            r"sequence number 1, position 3: symbol 'L'.*if this is protein, pass alphabet='protein'",
        ),
        (["ACGE"], SequenceError, "sequence number 0, position 3: symbol 'E'"),
        (["ACG€"], SequenceError, "position 3: symbol '€'"),
        (np.array([["ACG", "A€"]]), SequenceError, "window 1, position 1: symbol '€'"),
        (np.array([["", ""], ["A", "C"]]), SequenceError, "sequence number 0 has no window"),
        (["ACGT", ""], SequenceError, "sequence number 1 is empty"),
        (["ACGT", None], SequenceTypeError, "sequence number 1 is missing"),
        ([1.0], SequenceTypeError, "is a number"),
        ("ACGT", SequenceTypeError, "is a single sequence"),
    ],
)
def test_bad_text_is_named(method, X, error, message):
    encoder = OneHotEncoder().fit(["ACGT"])
    with pytest.raises(error, match=message):
        getattr(encoder, method)(X)


def test_a_window_of_unknown_symbols_is_a_missing_window():
    encoded = OneHotEncoder().fit_transform(np.array([["ACG", "NNN"]]))
    assert encoded[0, 0].any()
    assert not encoded[0, 1].any()


def test_unknown_error_refuses_ambiguity():
    with pytest.raises(SequenceError, match=r"sequence number 1, position 1: symbol 'n'.*unknown='ignore'"):
        OneHotEncoder(unknown="error").fit(["ACG", "AnG"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alphabet": "xna"}, "'alphabet' parameter"),
        ({"unknown": "zero"}, "'unknown' parameter"),
        ({"flatten": "yes"}, "'flatten' parameter"),
        ({"truncate": 3}, "'truncate' parameter"),
        ({"dtype": str}, "dtype must be numeric"),
    ],
)
def test_parameters_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        OneHotEncoder(**options).fit(["ACGT"])


@pytest.mark.parametrize(
    ("flatten", "shape"), [(False, (2, 5, 4)), (False, (4, 4)), (False, (2, 2, 3, 5)), (True, (2, 15)), (True, (16,))]
)
def test_inverse_checks_the_shape(flatten, shape):
    with pytest.raises(SequenceError, match="X must have shape"):
        OneHotEncoder(flatten=flatten).fit(["ACGT"]).inverse_transform(np.zeros(shape))


@pytest.mark.parametrize("method", ["transform", "inverse_transform", "get_feature_names_out"])
def test_needs_fit(method):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(OneHotEncoder(), method)(["ACGT"])


def test_a_bag_of_one_window_flattens_to_two_dimensions():
    column = np.array(["ACGT", "GAT"])[:, None]
    for X in (column, column.tolist(), marked_bag(column)):
        np.testing.assert_array_equal(OneHotEncoder(flatten=True).fit_transform(X), one_hot(column[:, 0], flatten=True))
    # beside longer bags it keeps its axis, so that one answer does not depend on the other rows
    encoder = OneHotEncoder(flatten=True).fit(np.array([["ACGT", "CGTA"], ["TTTT", ""]]))
    assert encoder.transform(marked_bag(column)).shape == (2, 1, 16)
