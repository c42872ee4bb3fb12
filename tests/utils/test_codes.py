"""Text to codes and back against dictionary loops, for lists, arrays, bags and strided views."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqaug_sklearn.alphabets import DNA, PROTEIN, RNA
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import codes_to_text, one_hot_to_codes, text_to_codes

ALPHABETS = [DNA, RNA, PROTEIN]


def _naive(texts, alphabet, length=None):
    """One symbol at a time."""
    length = max(map(len, texts)) if length is None else length
    rows = []
    for text in texts:
        known = [alphabet.symbols.find(symbol) for symbol in text.upper()]
        row = [alphabet.n_symbols if code < 0 else code for code in known][:length]
        rows.append(row + [alphabet.n_symbols] * (length - len(row)))
    return np.array(rows, np.uint8).reshape(len(texts), length)


@st.composite
def texts_of_an_alphabet(draw):
    alphabet = draw(st.sampled_from(ALPHABETS))
    letters = alphabet.symbols + "".join(alphabet.ambiguity) + alphabet.gaps
    return alphabet, draw(st.lists(st.text(letters + letters.lower(), max_size=30), min_size=1, max_size=8))


@settings(deadline=None)
@given(texts_of_an_alphabet(), st.one_of(st.none(), st.integers(0, 40)))
def test_equals_a_dictionary_loop(case, length):
    alphabet, texts = case
    expected = _naive(texts, alphabet, length)
    for values in (texts, np.array(texts, dtype=np.str_), np.array(texts, dtype=np.str_)[::-1][::-1]):
        codes = text_to_codes(values, alphabet, length=length)
        assert codes.dtype == np.uint8
        assert codes.shape == expected.shape
        assert (codes == expected).all()


@settings(deadline=None)
@given(texts_of_an_alphabet())
def test_round_trip(case):
    alphabet, texts = case
    letters = ["".join(c if c in alphabet.symbols else alphabet.unknown_symbol for c in t.upper()) for t in texts]
    codes = text_to_codes(texts, alphabet)
    # unknown residues on the right end cannot be distinguished from padding
    assert codes_to_text(codes, alphabet).tolist() == [t.rstrip(alphabet.unknown_symbol) for t in letters]
    width = max(map(len, texts))
    assert codes_to_text(codes, alphabet, strip=False).tolist() == [
        t.ljust(width, alphabet.unknown_symbol) for t in letters
    ]


@pytest.mark.parametrize("step", [1, 2, 3])
def test_strided_views_of_text(random_dna, step):
    texts = random_dna(6, 23)
    array = np.array(texts)
    assert (text_to_codes(array[::step], DNA) == _naive(texts[::step], DNA)).all()
    assert (text_to_codes(array[::-step], DNA) == _naive(texts[::-step], DNA)).all()


@pytest.mark.parametrize("step", [1, 2, 5, 7])
def test_bags_of_overlapping_windows_share_one_buffer(random_dna, step):
    """Windows as a strided view over the text, as WindowAugmenter gives them."""
    texts, window = random_dna(4, 40), 7
    array = np.array(texts)
    n_windows = (40 - window) // step + 1
    bag = np.ndarray((4, n_windows), f"U{window}", buffer=array.data, strides=(160, 4 * step))
    expected = [_naive([t[i * step : i * step + window] for i in range(n_windows)], DNA) for t in texts]
    assert (text_to_codes(bag, "dna") == np.array(expected)).all()
    assert (text_to_codes(bag[1::2, ::2], "dna") == np.array(expected)[1::2, ::2]).all()
    assert (text_to_codes(bag[:, :1], "dna") == np.array(expected)[:, :1]).all()


def test_columns_and_transposed_arrays():
    array = np.array([["ACG", "T"], ["", "GN"]])
    expected = np.array([_naive(["ACG", "T"], DNA, 3), _naive(["", "GN"], DNA, 3)])
    assert (text_to_codes(array, DNA) == expected).all()
    assert (text_to_codes(array.T, DNA) == expected.transpose(1, 0, 2)).all()
    assert (text_to_codes(array[:, 1], DNA, length=3) == expected[:, 1]).all()
    assert (text_to_codes(np.asfortranarray(array), DNA) == expected).all()


def test_byte_order_does_not_matter():
    array = np.array(["ACGT", "GG"])
    assert (text_to_codes(array.astype(array.dtype.newbyteorder()), DNA) == text_to_codes(array, DNA)).all()


def test_input_is_not_modified_and_output_is_writeable():
    array = np.array(["ACGT", "gg"])
    codes = text_to_codes(array, DNA)
    codes[:] = 0
    assert array.tolist() == ["ACGT", "gg"]
    equal_lengths = text_to_codes(["ACGT", "GGGG"], DNA)
    equal_lengths[:] = 0
    assert text_to_codes(["ACGT"], DNA).tolist() == [[0, 1, 2, 3]]


@pytest.mark.parametrize(
    ("values", "shape"),
    [([], (0, 0)), (np.array([], dtype=str), (0, 0)), ([""], (1, 0)), (np.array(["", ""]), (2, 0)), (["A"], (1, 1))],
)
def test_smallest(values, shape):
    assert text_to_codes(values, DNA).shape == shape


def test_all_unknown():
    assert text_to_codes(["NNN"], DNA).tolist() == [[4, 4, 4]]
    assert codes_to_text(np.full((2, 3), 4, np.uint8), DNA).tolist() == ["", ""]
    assert codes_to_text(np.full((2, 3), 4, np.uint8), DNA, strip=False).tolist() == ["NNN", "NNN"]
    assert codes_to_text(np.empty((2, 0), np.uint8), DNA).tolist() == ["", ""]


def test_codes_of_bags_decode_to_bags():
    bag = np.array([["ACG", ""], ["T", "GGN"]])
    assert codes_to_text(text_to_codes(bag, DNA), DNA).tolist() == [["ACG", ""], ["T", "GG"]]


@pytest.mark.parametrize("as_array", [False, True], ids=["list", "array"])
@pytest.mark.parametrize(
    ("texts", "alphabet", "message"),
    [
        (["ACGT", "ACEG"], "dna", r"sequence number 1, position 2: symbol 'E' is not in the dna alphabet"),
        (["MKLV"], "dna", r"position 2: symbol 'L' .*; if this is protein, pass alphabet='protein'"),
        (["ACGU"], "dna", r"position 3: symbol 'U' .*; if this is rna, pass alphabet='rna'"),
        (["acgt"], "rna", r"position 3: symbol 't' .*; if this is dna, pass alphabet='dna'"),
        (["AC GT"], "dna", r"position 2: symbol ' ' is not in the dna alphabet .*\)$"),
        (["ACÉ"], "dna", r"position 2: symbol 'É'"),
        (["AC中"], "dna", r"position 2: symbol '中'"),
        (["AC?"], "dna", r"position 2: symbol '\?'"),
    ],
)
def test_foreign_symbols(texts, alphabet, message, as_array):
    values = np.array(texts) if as_array else texts
    with pytest.raises(SequenceError, match=message):
        text_to_codes(values, alphabet)


def test_foreign_symbols_are_named_by_identifier_and_window():
    with pytest.raises(SequenceError, match=r"^sequence 'geneB', position 1: symbol '!'"):
        text_to_codes(["AC", "A!"], "dna", identifiers=["geneA", "geneB"])
    with pytest.raises(SequenceError, match=r"^sequence 'geneB', window 2, position 0: symbol '!'"):
        text_to_codes(np.array([["A", "C", "G"], ["A", "C", "!"]]), "dna", identifiers=["geneA", "geneB"])


@pytest.mark.parametrize("values", [["ACG", "ANG"], np.array(["ACG", "ANG"])], ids=["list", "array"])
def test_unknown_error_names_ambiguity_but_not_padding(values):
    with pytest.raises(SequenceError, match=r"sequence number 1, position 1: symbol 'N' is ambiguous or a gap"):
        text_to_codes(values, "dna", unknown="error")
    assert text_to_codes(["ACG", "A"], "dna", unknown="error").tolist() == [[0, 1, 2], [0, 4, 4]]
    assert text_to_codes(["ACGN"], "dna", length=3, unknown="error").tolist() == [[0, 1, 2]]


def test_unknown_error_in_bags():
    bag = np.array([["AC", ""], ["GT", "A-"]])
    with pytest.raises(SequenceError, match=r"sequence 'b', position 1: symbol '-' is ambiguous or a gap"):
        text_to_codes(bag, "dna", unknown="error", identifiers=["a", "b"])
    assert text_to_codes(bag[:1], "dna", unknown="error").shape == (1, 2, 2)


@settings(deadline=None)
@given(st.data())
def test_one_hot_round_trip(data):
    n_symbols = data.draw(st.integers(1, 21))
    codes = np.array(data.draw(st.lists(st.integers(0, n_symbols), min_size=1, max_size=20)), np.uint8)
    table = np.concatenate([np.eye(n_symbols), np.zeros((1, n_symbols))])
    dtype = data.draw(st.sampled_from([np.float32, np.float64, np.uint8, np.int64, bool]))
    packed = one_hot_to_codes(table[codes].astype(dtype))
    assert packed.dtype == np.uint8
    assert (packed == codes).all()


def test_one_hot_of_bags():
    codes = np.array([[[0, 1, 4], [4, 4, 4]]], np.uint8)
    one_hot = np.concatenate([np.eye(4), np.zeros((1, 4))])[codes]
    assert one_hot.shape == (1, 2, 3, 4)
    assert (one_hot_to_codes(one_hot) == codes).all()


@pytest.mark.parametrize(
    "row",
    [
        [0.5, 0.5, 0, 0],
        [1, 1, 0, 0],
        [2, 0, 0, 0],
        [-1, 0, 0, 0],
        [np.nan, 0, 0, 0],
        [1, 1e-9, 0, 0],
        [np.inf, 0, 0, 0],
    ],
)
def test_what_is_not_exactly_one_hot_gives_none(row):
    good = [1, 0, 0, 0]
    assert one_hot_to_codes(np.array([[good, good]])) is not None
    assert one_hot_to_codes(np.array([[good, row]], dtype=float)) is None
