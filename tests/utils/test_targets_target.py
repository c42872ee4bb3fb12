"""How a target is read: classes, numbers or labels, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.utils import known_rows, read_target

NAN = float("nan")
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        (RNG.normal(size=20), "number"),
        (RNG.normal(size=20).astype(np.float32), "number"),
        ([f"{v:.2f}" for v in RNG.random(1000)], "number"),
        ([f"{v:.3f}".replace(".", ",") for v in RNG.random(50)], "number"),
        (RNG.negative_binomial(1, 0.005, 500), "number"),
        (RNG.negative_binomial(1, 0.005, 500).astype(str), "number"),
        ([0.5, NAN, 0.7], "number"),
        (pd.array([0.5, None, 0.7], dtype="Float64"), "number"),
        (RNG.normal(size=(20, 1)), "number"),
        (RNG.normal(size=(20, 3)), "number"),
        (["a", "b"], "classes"),
        ([True, False], "classes"),
        ([0, 1, 2] * 9, "classes"),
        (["0", "1"] * 9, "classes"),
        (np.repeat(np.arange(112), 20), "classes"),
        (np.arange(5), "classes"),
        ([[0, 1], [1, None], [0, 0]], "labels"),
        (np.array([[True, False], [False, True]]), "labels"),
        (pd.DataFrame({"a": ["0", "1"], "b": ["1", "0"]}), "labels"),
    ],
    ids=range(19),
)
def test_auto(y, kind):
    """Floats are never classes; text, booleans and numbers that repeat are never measurements."""
    target = read_target(y, len(y))
    assert target.kind == kind
    assert target.reading.startswith("y is read as ")
    assert target.columns.shape == (len(y), len(target.names))


def test_numbers_as_classes_are_a_choice():
    """Whole numbers with few values are classes, which is said, and measurements where that is asked for."""
    assert "task='number'" in read_target([0, 1, 2, 0, 1, 2]).reading
    assert read_target([0, 1, 2, 0, 1, 2], task="number").columns.ravel().tolist() == [0, 1, 2, 0, 1, 2]
    # what may not be taken for classes is no choice
    assert "task=" not in read_target([0.53, 1.27, 0.88]).reading


def test_names_and_gaps():
    """Columns of a frame and the name of a Series name the targets; gaps stay gaps."""
    frame = pd.DataFrame({"liver": [1.5, NAN, 2.5], "root": [3, 4, 5]})
    target = read_target(frame)
    assert target.names == ("liver", "root")
    assert target.measured.tolist() == [[True, True], [False, True], [True, True]]
    assert read_target(pd.Series([0.1, 0.22, 0.31], name="activity")).names == ("activity",)
    assert read_target([[0, 1], [1, 0.5]]).names == ("y0", "y1")


@pytest.mark.parametrize(
    ("y", "task", "message"),
    [
        ([1, 1, 1], "number", "one value only"),
        ([0.5, np.inf], "number", "infinity in row 1"),
        (["0.1", "high"], "number", "'high' in row 1"),
        ([NAN, NAN], "number", "holds no value"),
        ([[1.5, 2], [2.5, 2]], "auto", "one value only for 'y1'"),
        ([[1, 2], [3]], "auto", "equally many"),
        ([[0, 2], [1, 1]], "labels", "holds 2 for 'y1' in row 0"),
        ([0, 1], "labels", "two classes"),
        (np.zeros((2, 2, 2)), "number", r"shape \(2, 2, 2\)"),
        ([[0, 1], [1, 0]], "classes", "2 columns"),
        ([0.53, 1.27, 0.88], "classes", "looks like a measurement"),
        (None, "auto", "missing"),
        (pd.DataFrame([[1.5, 2], [2.5, 1]], columns=["liver", "liver"]), "auto", "several columns named 'liver'"),
    ],
    ids=range(13),
)
def test_what_is_refused(y, task, message):
    """One clear error that names the row or the target."""
    with pytest.raises(DataFormatError, match=message):
        read_target(y, task=task)


def test_shape_and_task():
    """A target for each row, and a task that exists."""
    with pytest.raises(DataFormatError, match="X has 3 rows but y has 2"):
        read_target([0.5, 1.5], 3)
    with pytest.raises(InvalidParameterError, match="task"):
        read_target([0.5, 1.5], task="regression")


def test_what_predictions_are_compared_with_may_be_constant():
    """Numbers and labels without variation, or without a value, are read; their shape and content are checked still."""
    constant = read_target([1.5, 1.5, np.nan], task="number", may_be_constant=True)
    assert constant.measured.ravel().tolist() == [True, True, False]
    assert not read_target([np.nan, np.nan], task="number", may_be_constant=True).measured.any()
    assert read_target([[0, 1], [0, np.nan]], may_be_constant=True).kind == "labels"
    with pytest.raises(DataFormatError, match="infinity"):
        read_target([1.5, np.inf], task="number", may_be_constant=True)


def test_whole_numbers_with_a_point_are_measured():
    """Twenty floats over twenty rows never become twenty classes; codes of classes that became floats stay codes."""
    assert read_target(np.arange(20.0)).kind == "number"
    assert read_target([f"{value}.0" for value in range(20)]).kind == "number"
    assert read_target(np.repeat(np.arange(12.0), 50)).kind == "classes"


@pytest.mark.parametrize("form", [list, np.array, lambda y: [str(v) for v in y], lambda y: pd.Series(y, dtype="Int64")])
def test_whole_numbers_of_one_row_each_are_measured(form):
    """Twenty whole numbers over twenty rows are not twenty classes, nor are a few repeats; few values are classes."""
    assert read_target(form(list(range(20)))).kind == "number"
    assert read_target(form([*range(20), 3, 7])).kind == "number"
    assert read_target(form([*range(20)] * 2)).kind == "classes"
    assert read_target(form([1, 2, 3, 4])).kind == "classes"
    assert read_target(form(list(range(20))), task="classes").kind == "classes"
    assert "task='classes'" in read_target(form(list(range(20)))).reading


DRAWN = np.random.default_rng(0)


@pytest.mark.parametrize("form", [list, lambda y: [str(v) for v in y]], ids=["whole", "text"])
@pytest.mark.parametrize(
    ("y", "kind"),
    [
        ((33 * (DRAWN.integers(0, 4, 150) + DRAWN.normal(0, 0.4, 150))).round().astype(int), "number"),
        (DRAWN.poisson(50, 150), "number"),
        (DRAWN.negative_binomial(1, 0.05, 300), "number"),
        (np.arange(-7, 8).repeat(5), "number"),
        (np.where(DRAWN.random(300) < 0.9, 0, DRAWN.integers(0, 100, 300)), "number"),
        (DRAWN.permutation(np.arange(88).repeat(3)), "classes"),
        (np.arange(1, 89).repeat(2), "classes"),
        (np.delete(np.arange(100), np.arange(3, 100, 5)).repeat(2), "classes"),
        (DRAWN.choice(5000, 40, replace=False).repeat(20), "classes"),
        (np.arange(-2, 3).repeat(9), "classes"),
        (DRAWN.poisson(2, 150), "classes"),
        (np.array([-1, 1]).repeat(20), "classes"),
    ],
    ids=range(12),
)
def test_whole_numbers_are_classes_only_where_few_or_codes(form, y, kind):
    """Measured and rounded numbers, and counts, never become as many classes; numbered genes and few values do."""
    assert read_target(form(y.tolist())).kind == kind


PLAIN = [round(float(v), 2) for v in np.random.default_rng(1).uniform(1000, 9000, 30)]


@pytest.mark.parametrize(
    ("cells", "value", "what"),
    [
        ([f"{v:,.2f}" for v in PLAIN], f"{PLAIN[0]:,.2f}", "thousands separator"),
        ([f"{v:.0f} 500,5".replace(" ", "\u00a0") for v in range(1, 30)], "1\u00a0500,5", "thousands separator"),
        ([f"{v:,.2f}".replace(",", "'") for v in PLAIN], f"{PLAIN[0]:,.2f}".replace(",", "'"), "thousands"),
        ([f"{v} RPKM" for v in PLAIN], f"{PLAIN[0]} RPKM", "'RPKM' behind it"),
        ([f"{v}%" for v in range(40)], "0%", "'%' behind it"),
        ([f"<{v}" for v in PLAIN], f"<{PLAIN[0]}", "a bound"),
        (["987", "12", "1,234", "2,345", "640"], "1,234", "thousands separator"),
        ([*map(str, PLAIN[:20]), "1,234.5"], "1,234.5", "thousands separator"),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("task", ["auto", "number"])
def test_numbers_that_would_be_misread_are_refused(cells, value, what, task):
    """They became names of classes, or numbers a thousand times too small, in silence."""
    row = cells.index(value)
    with pytest.raises(DataFormatError, match=rf"{row}.*{what}") as told:
        read_target(cells, task=task)
    assert repr(value) in str(told.value)
    assert "write plain numbers" in str(told.value)
    names = [f"g{i}" for i in range(len(cells))]
    with pytest.raises(DataFormatError, match=f"in row 'g{row}'"):
        read_target(pd.Series(cells, index=names), task=task)


@pytest.mark.parametrize(
    "cells",
    [
        ["12h", "24h", "48h"] * 10,
        ["1a", "1b", "2a", "3c", "4b", "6a"],
        [f"{v}{'abcdefghij'[v % 10]}" for v in range(30)],
        ["16S", "18S", "23S", "5.8S"] * 5,
        ["1.1.1.1", "2.7.1.3", "3.4.21.4", "4.2.1.1"],
        ["3UTR", "5UTR"] * 10,
        [f"AT1G{v}" for v in range(30)],
        ["B.1.1.7", "7", "9", "x", "y", "z"],
    ],
    ids=range(8),
)
def test_names_with_digits_stay_names(cells):
    assert read_target(cells).kind == "classes"


def test_decimal_commas_are_said():
    cells = [f"{v:.3f}".replace(".", ",") for v in PLAIN]
    target = read_target(cells)
    assert np.allclose(target.values, PLAIN)
    assert "the comma being the decimal point" in target.reading
    assert np.allclose(read_target(["1e-3", "-2.5E2", "+.5", "7."]).values, [0.001, -250, 0.5, 7])


@pytest.mark.parametrize("pair", [("yes", "no"), ("True", "False"), ("TRUE", "FALSE"), ("y", "n"), ("1.0", "0.0")])
@pytest.mark.parametrize("task", ["auto", "labels"])
def test_words_for_labels(pair, task):
    """There or not, however a table writes it; what the words were taken for is said."""
    frame = pd.DataFrame({"skin": [pair[0], pair[1], pair[0]], "bone": [None, pair[0], pair[1]]}, index=["a", "b", "c"])
    target = read_target(frame, task=task)
    assert target.kind == "labels"
    assert np.array_equal(target.values, [[1, NAN], [0, 1], [1, 0]], equal_nan=True)
    assert (f"{pair[0]!r} as 1, {pair[1]!r} as 0" in target.reading) == (pair[0] != "1.0")
    with pytest.raises(DataFormatError, match=r"'maybe' for 'bone' in row 'c'"):
        read_target(frame.assign(bone=["1", "0", "maybe"]), task=task)
    with pytest.raises(DataFormatError, match=r"holds 2 for 'bone' in row 'c', but .*a label is 1"):
        read_target(frame.assign(bone=["1", "0", "2"]), task="labels")


def test_words_are_no_measurements():
    with pytest.raises(DataFormatError, match="'yes' for 'a' in row 0"):
        read_target(pd.DataFrame({"a": ["yes", "no"], "b": ["0.5", "1.5"]}), task="number")


def test_known_rows():
    frame = pd.DataFrame({"a": [0.5, NAN, NAN], "b": [NAN, NAN, 1.5]})
    assert known_rows(frame).tolist() == read_target(frame, may_be_constant=True).known.tolist() == [True, False, True]
    assert read_target(["a", "b"]).known.all()
