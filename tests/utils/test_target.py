"""How a target is read: classes, numbers or labels, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.utils import read_target

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
    ],
    ids=range(12),
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
