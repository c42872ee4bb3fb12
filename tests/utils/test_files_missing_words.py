"""Empty cells and words such as NA: refused, missing or a value, as the user says; nothing in silence."""

import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import mark_missing, warn_of_left_out, warn_of_twins

ABOUT = {"what": "label", "where": "t.csv"}


def series(*cells):
    return pd.Series(list(cells), index=[f"s{i}" for i in range(len(cells))], dtype=object)


@pytest.mark.parametrize(
    "word",
    ["NA", "na", "NaN", "nan", "N/A", "n/a", "#N/A", "<NA>", "NULL", "null", "None", "missing", "?", "-", "--", "."],
)
def test_words_that_may_mean_missing_are_asked_for(word):
    values = series("A", word, "B", word)
    expected = rf"t\.csv: the label of 's1', 's3' is '{word.replace('?', '.')}', which may mean missing or be a label; "
    with pytest.raises(DataFormatError, match=expected) as caught:
        mark_missing(values, None, **ABOUT)
    assert f"missing_values=['{word}'] says that it is missing, missing_values=[] that it is" in str(caught.value)
    assert mark_missing(values, [word], **ABOUT).tolist() == [False, True, False, True]
    assert mark_missing(values, word, **ABOUT).tolist() == [False, True, False, True]
    assert not mark_missing(values, [], **ABOUT).any()


@pytest.mark.parametrize("word", ["A", "0", "-1", "Naples", "NANA", "no", "none of these", "+"])
def test_other_words_are_values(word):
    assert not mark_missing(series(word), None, **ABOUT).any()


def test_empty_cells_are_always_missing():
    values = series("A", "", "B")
    with pytest.raises(DataFormatError, match=r"t\.csv: the label of 's1' is empty; fill it in, or leave out what has"):
        mark_missing(values, None, **ABOUT)
    for missing_values in ([], [""], "", ("X",)):
        assert mark_missing(values, missing_values, **ABOUT).tolist() == [False, True, False]
    assert mark_missing(values, None, may_be_empty=True, **ABOUT).tolist() == [False, True, False]
    with pytest.raises(DataFormatError, match=r"the label of 's0' is 'NA' \(and that of 's1' is empty\), which may"):
        mark_missing(series("NA", ""), None, **ABOUT)


def test_many_rows_are_not_all_named():
    with pytest.raises(DataFormatError, match=r"'s0', 's1', 's2', 's3', 's4' and 5 more is 'NA' or '\?', which"):
        mark_missing(series(*["NA", "?"] * 5), None, **ABOUT)


def test_words_are_exact_and_those_left_are_said():
    with pytest.warns(
        SeqAugWarning, match=r"'na' or '-' counts as a label; missing_values=\['-', 'NA', 'na'\]"
    ) as caught:
        missing = mark_missing(series("NA", "na", "-", "A"), ["NA"], **ABOUT)
    assert missing.tolist() == [True, False, False, False]
    assert caught[0].filename == __file__
    with pytest.warns(SeqAugWarning, match=r"'NA' counts as a sequence; missing_values=\['NA'\] says"):
        mark_missing(series("NA", "ACGT"), [], what="sequence", where="t.csv")


@pytest.mark.parametrize("missing_values", [1, {"NA": 1}, ["NA", None], [float("nan")], True])
def test_what_is_no_list_of_words(missing_values):
    with pytest.raises(ValueError, match="missing_values must be None or a list of the words that mean missing"):
        mark_missing(series("A"), missing_values, **ABOUT)


def test_rows_that_are_left_out_are_counted():
    values = series("NA", "A", "", "NA")
    missing = mark_missing(values, ["NA"], **ABOUT)
    with pytest.warns(
        SeqAugWarning, match=r"3 of 4 rows have no label \('NA' 2, empty 1\) and are left out: 's0', 's2'"
    ):
        warn_of_left_out(values, missing, **ABOUT)
    warn_of_left_out(values, missing & False, **ABOUT)
    with pytest.raises(DataFormatError, match=r"t\.csv: 4 of 4 rows have no label \(.*\), so none is left"):
        warn_of_left_out(values, missing | True, **ABOUT)


@pytest.mark.parametrize(
    "twins", [("1", "1.0"), ("Yes", "yes"), ("a b", "A  B"), ("0", "-0", "0.00"), ("1e3", "1000"), (".5", "0.50")]
)
def test_values_that_differ_in_writing_only(twins):
    told = " and ".join(f"'{word}'" for word in twins)
    with pytest.warns(SeqAugWarning, match=f"{told} differ in writing only, and each counts as a label of its own"):
        warn_of_twins(["x", *twins, twins[0], "y"], **ABOUT)


@pytest.mark.parametrize("values", [("1", "2", "1"), ("A", "B"), ("inf", "1e999"), ("1_0", "10"), ("+", "-"), ()])
def test_values_that_differ(values):
    warn_of_twins(values, **ABOUT)
