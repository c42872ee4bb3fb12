"""The door for containers: text in any of them reads like a list of text, and no optional package is needed for it."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqaug_sklearn.exceptions import SequenceTypeError
from seqaug_sklearn.utils import (
    WindowBag,
    check_sequences,
    check_text,
    is_text,
    marked_bag,
    plain_container,
    without_arrow,
)

TEXTS = st.lists(st.text("ACGTN", min_size=1, max_size=9), min_size=1, max_size=6)
STRINGS = np.dtypes.StringDType(na_object=None)


class Dataset:
    """Reads as a data set of h5py does."""

    def __init__(self, values):
        self.values = np.array(values)
        self.dtype, self.shape = self.values.dtype, self.values.shape

    def __array__(self, dtype=None, copy=None):
        return self.values


class Column:
    """A column of another library, which has entries and no index."""

    def __init__(self, entries):
        self.entries = list(entries)

    def __len__(self):
        return len(self.entries)

    def to_list(self):
        return self.entries


class Table:
    """A frame of another library."""

    def __init__(self, columns):
        self.own = columns
        self.columns = list(columns)
        self.shape = len(next(iter(columns.values()))), len(columns)

    def __getitem__(self, name):
        return Column(self.own[name])


def encoded(texts):
    return [text.encode() for text in texts]


FORMS = {
    "array": np.array,
    "array column": lambda texts: np.array(texts)[:, None],
    "object column": lambda texts: np.array(texts, object)[:, None],
    "rows of one": lambda texts: [[text] for text in texts],
    "arrays of one": lambda texts: [np.array([text]) for text in texts],
    "bytes": lambda texts: np.array(encoded(texts)),
    "bytes column": lambda texts: np.array(encoded(texts))[:, None],
    "bytes objects": lambda texts: np.array(encoded(texts), object),
    "bytes list": encoded,
    "StringDType": lambda texts: np.array(texts, STRINGS),
    "StringDType column": lambda texts: np.array(texts, STRINGS)[:, None],
    "masked": lambda texts: np.ma.array(np.array(texts)),
    "pandas string": lambda texts: pd.Series(texts, dtype="string"),
    "pandas object": lambda texts: pd.Series(texts, dtype=object).to_frame(),
    "categorical": lambda texts: pd.Series(texts, dtype="category"),
    "pandas bytes": lambda texts: pd.Series(encoded(texts), dtype=object),
    "pandas array": lambda texts: pd.array(texts, dtype="string"),
    "pandas index": pd.Index,
    "h5py": lambda texts: Dataset(encoded(texts)),
    "column": Column,
    "table": lambda texts: Table({"sequence": texts}),
}


@settings(deadline=None, max_examples=30)
@given(TEXTS)
def test_every_form_reads_like_a_list(texts):
    for name, make in FORMS.items():
        X = make(texts)
        assert is_text(X), name
        assert list(check_sequences(X).values) == texts, name
        values, _ = check_text(X)
        assert np.shape(values) == (len(texts),), name
        assert list(values) == texts, name


@settings(deadline=None, max_examples=30)
@given(TEXTS)
def test_forms_of_libraries_that_need_not_be_there(texts):
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    half = len(texts) // 2
    for X in (
        polars.Series(texts),
        polars.Series(texts, dtype=polars.Categorical),
        polars.DataFrame({"sequence": texts}),
        pyarrow.array(texts),
        list(pyarrow.array(texts)),
        pyarrow.array(texts).dictionary_encode(),
        pyarrow.array(encoded(texts)),
        pyarrow.chunked_array([texts[:half], texts[half:]], pyarrow.string()),
        pyarrow.table({"sequence": texts}),
        pyarrow.record_batch({"sequence": texts}),
        pd.Series(texts, dtype=pd.ArrowDtype(pyarrow.large_string())),
        pd.Series(texts, dtype="string[pyarrow]").to_frame(),
    ):
        assert is_text(X)
        assert [str(text) for text in check_text(X)[0]] == texts


@pytest.mark.parametrize(
    "X", [["A"], ("A",), np.array(["A"]), np.zeros((2, 1)), pd.Series(["A"]), [[1.0], [2.0]], None, 7]
)
def test_what_is_known_stays_the_same_object(X):
    assert plain_container(X) is X


def test_a_table_with_numbers_becomes_a_frame():
    frame = plain_container(Table({"guide": ["AC", "GT"], "percent": [1.5, None]}))
    pd.testing.assert_frame_equal(frame, pd.DataFrame({"guide": ["AC", "GT"], "percent": [1.5, None]}))


@pytest.mark.parametrize(
    "X",
    [
        np.array(["AC", None], object)[:, None],
        np.array(["AC", None], STRINGS),
        np.ma.array(np.array(["AC", "GT"]), mask=[False, True]),
        Column(["AC", None]),
        Table({"s": ["AC", None]}),
        pd.array(["AC", None], dtype="string"),
    ],
    ids=["object", "StringDType", "masked", "column", "table", "pandas"],
)
def test_missing_entries_are_named(X):
    with pytest.raises(SequenceTypeError, match="sequence number 1 is missing"):
        check_sequences(X)


def test_bytes_that_are_no_text_are_named():
    with pytest.raises(SequenceTypeError, match=r"X holds bytes in row 1 that are no ASCII text \(b'G\\xe9'\); decode"):
        check_sequences(np.array([b"AC", b"G\xe9", b"GT"]))


@pytest.mark.parametrize("way", ["collect", "compute"])
def test_a_plan_is_no_data(way):
    plan = type("LazyFrame", (), {way: lambda self: None})()
    with pytest.raises(
        SequenceTypeError, match=rf"X is a LazyFrame, which has not been computed yet; pass X.{way}\(\)"
    ):
        check_sequences(plan)


def test_windows_stay_bags():
    one, two = np.array([["ACG"], ["GTT"]]), np.array([["ACG", "CGT"], ["GTT", ""]])
    assert marked_bag(two) is two
    for bag in (marked_bag(one), marked_bag(one)[[1, 0]], pickle.loads(pickle.dumps(marked_bag(one)))):
        assert isinstance(bag, WindowBag)
        assert check_text(bag)[0].shape == (2, 1)
        # whole sequences are asked for
        assert np.shape(check_sequences(bag).values) == (2,)


def test_pickles_need_no_arrow():
    pyarrow = pytest.importorskip("pyarrow")
    held = pd.ArrowDtype(pyarrow.string())
    index = pd.Index(["x", "y"], dtype="string[pyarrow]")
    frame = pd.DataFrame({"a": pd.array(["u", None], dtype=held), "b": [1.5, 2.5]}, index=index)
    frame["c"] = pd.array(["v", "w"], dtype="string[pyarrow]")
    state = {"frame": frame, "parts": [frame["c"], (index, pd.MultiIndex.from_product([index, [1]]))], "n": 3}
    assert b"pyarrow" in pickle.dumps(state)
    made = pickle.dumps(without_arrow(state))
    assert b"pyarrow" not in made
    loaded = pickle.loads(made)
    assert loaded["frame"].fillna("").to_numpy().tolist() == frame.fillna("").to_numpy().tolist()
    assert loaded["frame"].index.equals(pd.Index(["x", "y"], dtype=loaded["frame"].index.dtype))
    assert loaded["parts"][1][1].tolist() == [("x", 1), ("y", 1)]
    assert frame["a"].dtype == held
    assert without_arrow(state["n"]) == 3
