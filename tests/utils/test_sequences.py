"""The one validation path for text: every accepted form gives the same values, every other a named error."""

import numpy as np
import pandas as pd
import pytest
from Bio.Seq import MutableSeq, Seq
from Bio.SeqRecord import SeqRecord

from seqaug_sklearn.exceptions import DataFormatError, SequenceError, SequenceTypeError
from seqaug_sklearn.utils import Sequences, check_bags, check_sequences, check_text, is_text, marked_bag, name_row

TEXTS = ["ACGT", "GG", "TTTNA"]
NAMES = ["a", "b", "c"]

FORMS = {
    "list": TEXTS,
    "tuple": tuple(TEXTS),
    "generator": None,
    "str array": np.array(TEXTS),
    "object array": np.array(TEXTS, dtype=object),
    "numpy strings": [np.str_(text) for text in TEXTS],
    "series": pd.Series(TEXTS, index=NAMES),
    "object series": pd.Series(TEXTS, index=NAMES, dtype=object),
    "string series": pd.Series(TEXTS, index=NAMES, dtype="string"),
    "categorical series": pd.Series(TEXTS, index=NAMES, dtype="category"),
    "frame": pd.DataFrame({"sequence": TEXTS}, index=NAMES),
    "Seq": [Seq(text) for text in TEXTS],
    "MutableSeq": [MutableSeq(text) for text in TEXTS],
    "SeqRecord": [SeqRecord(Seq(text), id=name) for name, text in zip(NAMES, TEXTS, strict=True)],
    "bytes": [text.encode() for text in TEXTS],
    "mixed": [TEXTS[0], Seq(TEXTS[1]), SeqRecord(Seq(TEXTS[2]))],
    "series of Seq": pd.Series([Seq(text) for text in TEXTS], index=NAMES),
}
form = pytest.mark.parametrize("key", FORMS)


def _make(key):
    return (text for text in TEXTS) if key == "generator" else FORMS[key]


@form
def test_every_form_gives_the_same_text(key):
    sequences = check_sequences(_make(key))
    assert isinstance(sequences, Sequences)
    assert list(sequences.values) == TEXTS
    assert set(map(type, list(sequences.values))) <= {str, np.str_}
    assert len(sequences) == 3
    assert sequences.lengths().tolist() == [4, 2, 5]


@form
def test_identifiers_come_from_an_index_and_are_never_invented(key):
    identifiers = check_sequences(_make(key)).identifiers
    if "series" in key or key == "frame":
        assert list(identifiers) == NAMES
    else:
        assert identifiers is None


@form
def test_input_is_not_modified(key):
    if key != "generator":
        before = repr(FORMS[key])
        check_sequences(FORMS[key])
        assert repr(FORMS[key]) == before


def test_str_arrays_are_passed_through_without_a_copy():
    values = np.array(["ACGT", "TTTT", "GGGG", "CCCC"])
    assert np.shares_memory(check_sequences(values[::2]).values, values)
    assert check_sequences(values[::2]).lengths().tolist() == [4, 4]


@pytest.mark.parametrize(
    ("missing", "shown"),
    [(None, "None"), (float("nan"), "nan"), (np.float32("nan"), "nan"), (pd.NA, "<NA>"), (pd.NaT, "NaT")],
)
def test_missing_values_are_named(missing, shown):
    with pytest.raises(SequenceTypeError, match=rf"X: sequence number 1 is missing \(.*{shown}.*\); remove it"):
        check_sequences(["ACGT", missing])
    with pytest.raises(SequenceTypeError, match=r"X: sequence 'b' is missing"):
        check_sequences(pd.Series(["ACGT", missing], index=["a", "b"], dtype=object))
    with pytest.raises(SequenceTypeError, match=r"X: sequence 'b' is missing"):
        check_sequences(pd.DataFrame({"s": ["ACGT", missing]}, index=["a", "b"], dtype=object))
    with pytest.raises(SequenceTypeError, match=r"X: sequence number 1 is missing"):
        check_sequences(np.array(["ACGT", missing], dtype=object))


@pytest.mark.parametrize("dtype", ["string", "str", "category"])
def test_missing_values_of_pandas_types(dtype):
    with pytest.raises(SequenceTypeError, match=r"X: sequence 1 is missing"):
        check_sequences(pd.Series(["ACGT", None], dtype=dtype))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (["ACGT", 5], r"X: sequence number 1 is a number \(5\), not text; sequences are str, Bio.Seq or SeqRecord"),
        (["ACGT", 2.5], r"sequence number 1 is a number"),
        (np.array([1, 2]), r"sequence number 0 is a number"),
        (pd.Series([1, 2]), r"sequence 0 is a number"),
        (["ACGT", ["A", "C"]], r"sequence number 1 is of type list"),
        (["ACGT", np.array([1, 2])], r"sequence number 1 is of type ndarray"),
        ([b"ACGT", b"AC\xff"], r"sequence number 1 is no ASCII text \(b'AC\\xff'\); decode its bytes"),
        ([Seq(None, length=4)], r"sequence number 0 has no sequence content"),
        ([SeqRecord(None, id="x")], r"sequence number 0 has no sequence content"),
        ("ACGT", r"X is a single sequence; pass a list of sequences, for example \[X\]"),
        (b"ACGT", r"X is a single sequence"),
        (Seq("ACGT"), r"X is a single sequence"),
        (SeqRecord(Seq("ACGT")), r"X is a single sequence"),
        (None, r"X must be a list of sequences, got NoneType"),
        (5, r"X must be a list of sequences, got int"),
        ({"ACGT"}, r"X is a set, which has no order to fit labels; pass a list"),
        (frozenset({"ACGT"}), r"X is a frozenset, which has no order"),
        ({"ACT1": "ACGT"}, r"X is a dict; pass pandas.Series\(X\), which keeps the names"),
    ],
)
def test_what_is_not_text(X, message):
    with pytest.raises(SequenceTypeError, match=message):
        check_sequences(X)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], r"X holds no sequences; at least one is needed"),
        (np.array([], dtype=str), r"X holds no sequences"),
        (pd.Series([], dtype=object), r"X holds no sequences"),
        (["ACGT", ""], r"sequence number 1 is empty; remove it \(1 of 2 sequences are too short\)"),
        (pd.Series(["", "A", ""], index=list("xyz")), r"sequence 'x' is empty; remove it \(2 of 3"),
        (np.array(["A", ""]), r"sequence number 1 is empty"),
        ([Seq("")], r"sequence number 0 is empty"),
        (np.array([["A", "C"]]), r"X must be 1-D text of shape \(n_samples,\), got an array of shape \(1, 2\)"),
        (np.array("ACGT"), r"X must be 1-D text"),
        (
            pd.DataFrame({"a": ["A"], "b": ["C"]}),
            r"X must be one column of sequences, got a DataFrame with 2 columns; select one, .*X\['sequence'\]",
        ),
    ],
)
def test_text_that_breaks_a_rule(X, message):
    with pytest.raises(SequenceError, match=message):
        check_sequences(X)


@pytest.mark.parametrize("X", [["ACGT", "AC", "A"], np.array(["ACGT", "AC", "A"])], ids=["list", "array"])
def test_min_length(X):
    assert len(check_sequences(X, min_length=1)) == 3
    with pytest.raises(
        SequenceError, match=r"number 1 has 2 residues, fewer than the 3 needed \(2 of 3 sequences are too"
    ):
        check_sequences(X, min_length=3)


def test_name_appears_in_messages():
    with pytest.raises(SequenceTypeError, match=r"^train is a single sequence; .* \[train\]"):
        check_sequences("ACGT", name="train")


BAG = np.array([["AC", "GT"], ["TT", ""]])


@pytest.mark.parametrize(
    "X",
    [
        BAG,
        BAG.tolist(),
        BAG.astype(object),
        pd.DataFrame(BAG),
        [tuple(row) for row in BAG],
        [[Seq(w) for w in r] for r in BAG],
    ],
    ids=["array", "lists", "object array", "frame", "tuples", "Seq"],
)
def test_every_form_of_bag(X):
    bags = check_bags(X)
    assert bags.dtype.kind == "U"
    assert bags.tolist() == BAG.tolist()


def test_strided_bags_are_passed_through():
    buffer = np.array(["ACGTACGT"]).view(np.uint32)
    windows = np.lib.stride_tricks.sliding_window_view(buffer, 3)[None]
    bag = np.ndarray((1, 6), "U3", buffer=buffer, strides=(32, 4))
    assert bag.tolist() == [["".join(map(chr, window)) for window in windows[0]]]
    assert check_bags(bag) is bag


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ([["A", None]], SequenceTypeError, r"X: sequence number 0 is missing"),
        ([["A", pd.NA]], SequenceTypeError, r"X: sequence number 0 is missing"),
        ([["A", "C"], ["G", 5]], SequenceTypeError, r"X: sequence number 1 is a number"),
        (np.zeros((2, 3)), SequenceTypeError, r"X: sequence number 0 is a number"),
        (["ACGT", "ACGA"], SequenceTypeError, r"sequence number 0 is of type str; pass one list of windows per sample"),
        (np.array(["AC", "GT"], dtype=object), SequenceTypeError, r"sequence number 0 is of type str"),
        ("ACGT", SequenceTypeError, r"X must be bags of shape \(n_samples, n_windows\), got str"),
        (5, SequenceTypeError, r"X must be bags of shape \(n_samples, n_windows\), got int"),
        ([["A", "C"], ["G"]], SequenceError, r"rows with different numbers of windows; pad with empty strings"),
        ([["A", "C"], ["", ""]], SequenceError, r"sequence number 1 has no window; every bag needs at least one"),
        (np.array(["AC", "GT"]), SequenceError, r"X must be bags of shape .* got \(2,\)"),
        ([], SequenceError, r"X must be bags of shape"),
        ([[]], SequenceError, r"X must be bags of shape"),
        (np.empty((0, 3), "U2"), SequenceError, r"X must be bags of shape"),
    ],
)
def test_bad_bags(X, error, message):
    with pytest.raises(error, match=message):
        check_bags(X)


@pytest.mark.parametrize(
    ("X", "shape", "named"),
    [
        (TEXTS, (3,), False),
        (pd.Series(TEXTS, index=NAMES), (3,), True),
        (pd.DataFrame({"s": TEXTS}, index=NAMES), (3,), True),  # one column is text
        (np.array(TEXTS)[:, None], (3,), False),
        ([[text] for text in TEXTS], (3,), False),
        (marked_bag(np.array(TEXTS)[:, None]), (3, 1), False),  # of windows
        (pd.DataFrame({"s": TEXTS, "t": TEXTS}, index=NAMES), (3, 2), True),
    ],
    ids=["list", "series", "one column", "array column", "list of lists", "windows", "two columns"],
)
def test_check_text_tells_text_from_bags(X, shape, named):
    values, identifiers = check_text(X)
    assert np.shape(values) == shape
    assert (list(identifiers) == NAMES) if named else identifiers is None


@pytest.mark.parametrize("name", ["label", "class"])
def test_labels_beside_sequences_are_no_second_window(name):
    frame = pd.DataFrame({name: ["A", "T", "A"], "sequence": ["ACGTAC", "GGATT", "TTTTTTT"]})
    with pytest.raises(DataFormatError, match=rf"{name}' \(for example 'A'\) are all shorter .* X\['sequence'\]"):
        check_text(frame)
    # windows of one length, missing ones among them, are a bag whatever the columns are called
    bags = pd.DataFrame({"first": ["ACG", "TTT"], "second": ["GGG", ""], "third": ["", "CCC"]})
    assert check_text(bags)[0].tolist() == bags.to_numpy().tolist()


@pytest.mark.parametrize(
    ("X", "answer"),
    [
        *((value, True) for key, value in FORMS.items() if key != "generator"),
        (BAG, True), (BAG.tolist(), True), (pd.DataFrame(BAG), True), (np.array([b"A"]), True), ("ACGT", True),
        ([None, "ACGT"], True), (pd.Series([None, "A"]), True), ([[pd.NA, "A"]], True),
        ([], False), ([[]], False), ([1, 2], False), (np.zeros((2, 3)), False), (np.array([1, "A"], object)[:1], False),
        (pd.DataFrame({"a": [1.0]}), False), (pd.Series([], dtype=object), False), (None, False), (7, False),
        ({}, False), ([None], False),
    ],
)  # fmt: skip
def test_is_text(X, answer):
    assert is_text(X) is answer


def test_name_row():
    assert name_row(2) == "sequence number 2"
    assert name_row(1, pd.Index(NAMES)) == "sequence 'b'"
