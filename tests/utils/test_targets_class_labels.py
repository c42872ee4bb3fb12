"""check_class_labels: names and codes pass, measurements, gaps and tables do not."""

import decimal
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import DataConversionWarning

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import check_class_labels, check_not_missing, is_measurement

MEASURED = np.random.default_rng(0).lognormal(size=40)
COUNTED = np.random.default_rng(0).choice(5000, 40, replace=False)
MISSING = (None, np.nan, float("nan"), pd.NA, pd.NaT)


@pytest.mark.parametrize(
    "y",
    [
        ["a", "b", "a"],
        np.array(["a", "b", "a"], dtype=object),
        pd.Series(["a", "b"], index=["x", "y"]),
        pd.Series(["a", "b"], dtype="string"),
        pd.Series(["a", "b"], dtype="category"),
        pd.Series([1, 0, 1], dtype="Int64"),
        [0, 1, 1, 0],
        [True, False, True],
        np.array([0.0, 1.0, 1.0]),
        np.array([1, 0, 1], dtype=object),
        # one sequence per class, numbered
        np.arange(113),
        np.arange(113).astype(float),
        np.random.default_rng(0).permutation(113) + 1,
        [str(number) for number in range(113)],
        # windows of such sequences, and of sequences that are named by any numbers
        np.repeat(np.arange(113), 261),
        np.repeat(COUNTED, 20),
        # four fifths of such sequences
        np.delete(np.arange(100), np.arange(0, 100, 5)),
        # few rows
        [1037, 882, 5],
        # names that hold numbers
        [f"g{number}" for number in COUNTED],
        ["1.1.1.1", "2.7.1.3", "B.1.1.7"] * 2,
    ],
)
def test_classes_pass_without_a_word(y):
    labels = check_class_labels(y, len(y))
    assert labels.tolist() == np.asarray(y).tolist()
    if not hasattr(y, "dtype"):
        assert labels.dtype == np.asarray(y).dtype
    assert not is_measurement(y)


@pytest.mark.parametrize(
    "form", [list, np.asarray, pd.Series, lambda y: [str(v) for v in y], lambda y: np.array(y, dtype=object)]
)
@pytest.mark.parametrize("y", [MEASURED, MEASURED[:20].astype(np.float32), COUNTED, -MEASURED])
def test_measurements_are_refused_in_one_sentence(form, y):
    with pytest.raises(
        DataFormatError, match=rf"^y holds {len(y)} different numbers \(.*looks like a measurement"
    ) as told:
        check_class_labels(form(y.tolist()))
    assert "pandas.qcut(y, 2, labels=['low', 'high'])" in str(told.value)
    assert "Unknown label type: continuous" in str(told.value)
    assert is_measurement(form(y.tolist()))


def test_the_way_out_of_the_message_works():
    labels = check_class_labels(pd.qcut(MEASURED, 2, labels=["low", "high"]))
    assert sorted(set(labels.tolist())) == ["high", "low"]


@pytest.mark.parametrize(
    "y",
    [
        np.tile([0.1, 0.5, 0.9], 10),  # rounded, but numbers all the same
        [decimal.Decimal("0.53"), decimal.Decimal("1.27")],
        [f"{value:.2f}".replace(".", ",") for value in MEASURED],  # a table from a German Excel
        [*map(str, MEASURED), "n.d."],
    ],
)
def test_fractions_in_other_forms(y):
    with pytest.raises(DataFormatError, match="looks like a measurement"):
        check_class_labels(y)


@pytest.mark.parametrize(
    "y",
    [
        ["1.1", "2.7", "3.4"] * 5,  # EC classes, or a rounded measurement
        np.random.default_rng(0).permutation(80)[:50],  # numbered classes with gaps, or ages
    ],
)
def test_what_may_be_either_is_told(y):
    what = r"y holds \d+ different numbers .* names of as many classes; .* use a regressor, or task='number'"
    with pytest.warns(SeqAugWarning, match=what) as told:
        check_class_labels(y)
    assert "qcut" not in str(told[0].message)
    assert not is_measurement(y)


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("labels", [["a", "b"] * 30, [0, 1] * 30])
def test_a_missing_label_is_named_by_its_row(missing, labels):
    labels = [*labels[:59], missing]
    for y in (labels, np.array(labels, dtype=object), pd.Series(labels, dtype=object)):
        for check in (check_class_labels, check_not_missing):
            with pytest.raises(DataFormatError, match=r"y is missing for row 59 \(1 of 60 rows\)"):
                check(y)


def test_a_missing_label_is_named_by_its_identifier():
    y = pd.Series(["a", None, None], index=["g1", "g2", "g3"])
    with pytest.raises(DataFormatError, match=r"populations is missing for row 1 \('g2'\) \(2 of 3 rows\)"):
        check_class_labels(y, name="populations")
    with pytest.raises(DataFormatError, match=r"y is missing for row 0 \(1 of 2 rows\)"):
        check_class_labels(np.array([np.nan, 1.0]))


def test_other_shapes():
    with pytest.raises(DataFormatError, match="y is missing: one label per row"):
        check_class_labels(None)
    with pytest.raises(DataFormatError, match=r"y should be a 1d array.*got shape \(3, 2\).*argmax"):
        check_class_labels(np.eye(3)[:, :2])
    with pytest.raises(DataFormatError, match="should be a 1d array of one label per row, got str"):
        check_class_labels("abc")
    with pytest.raises(DataFormatError, match="should be a 1d array of one label per row, got set"):
        check_class_labels({"a", "b"})
    with pytest.raises(DataFormatError, match="should be a 1d array"):
        check_class_labels(sparse.csr_array(np.eye(3)))
    with pytest.raises(DataFormatError, match="X has 3 rows but y has 2 labels"):
        check_class_labels(["a", "b"], 3)


@pytest.mark.parametrize("y", [np.array([["a"], ["b"]]), pd.DataFrame({"label": ["a", "b"]}), [["a"], ["b"]]])
def test_a_column_is_taken_with_a_warning(y):
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed when a 1d array was expected"):
        assert check_class_labels(y).tolist() == ["a", "b"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataConversionWarning)
        with pytest.raises(DataFormatError, match="y is missing for row 1"):
            check_class_labels([["a"], [None]])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", 1], r"y holds int and str.*y\.astype\(str\)"),
        (pd.Series(pd.qcut(MEASURED, 2)), "y holds Interval"),
        (pd.to_datetime(pd.Series(["2020-01-01", "2021-01-01"])), "y holds datetime64"),
        (np.array([b"a", b"b"]), r"y holds \|S1"),
        ([1.0, np.inf], "y holds infinity in row 1"),
        ([1 + 2j, 1.0], "y holds complex and float"),
    ],
)
def test_other_kinds_are_refused(y, message):
    with pytest.raises(DataFormatError, match=message):
        check_class_labels(y)


def test_test_rows_of_many_numbered_classes():
    some = np.arange(0, 3000, 50)
    assert check_class_labels(some, subset=True).tolist() == some.tolist()
    with pytest.raises(DataFormatError, match="y_pred holds 40 different numbers"):
        check_class_labels(MEASURED, name="y_pred", subset=True)
