"""augmented_table: what the augmenters give, with the parent of each row."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.augmentation import OrthologAugmenter, WindowAugmenter, augmented_table, make_edits
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SequenceTypeError

ROWS = pd.Series(["ACGTTGCAACGTACGT", "GGATCCAATTGGAACC", "TTGACATATAATGGCC"], index=["a", "b", "c"])
ORTHOLOGS = {"a": [("a1", "ACGTTGCAACGTACGA"), ("a2", "ACGTTGCAACGTACCA")], "c": [("c1", "TTGACATATAATGGCA")]}


def test_rows_are_those_of_the_augmenters():
    edits = make_edits("mutation(rate=0.3)", n_copies=2, random_state=3)
    table = augmented_table(ROWS, edits=edits)
    expected, _ = make_edits("mutation(rate=0.3)", n_copies=2, random_state=3).fit_resample(ROWS, [0, 0, 0])
    assert table["sequence"].to_list() == list(expected)
    assert table.index.is_unique
    assert table["parent"].to_list() == list(expected.index)
    assert table["made_by"].to_list() == ["original"] * 3 + ["edits"] * 6


def test_orthologs_then_edits_then_windows():
    steps = {"orthologs": OrthologAugmenter(ORTHOLOGS), "edits": make_edits("mutation(rate=0.1)", random_state=0)}
    table = augmented_table(ROWS, pd.Series([1.5, np.nan, 2.5]), **steps, windows=WindowAugmenter(10, max_windows=2))
    assert len(table) == 2 * 2 * (3 + 3)
    assert table.index.is_unique
    assert set(table["sequence"].str.len()) == {10}
    assert table.groupby("parent", dropna=False)["label"].nunique(dropna=False).to_list() == [1, 1, 1]
    assert table.loc["a.o2.e1:0", "made_by"] == "ortholog a2, edits, window 0 to 10"
    assert table["parent"].value_counts().to_dict() == {"a": 12, "b": 4, "c": 8}


def test_targets_of_every_kind_are_carried():
    y = pd.DataFrame({"root": [1.0, np.nan, 3.0], "leaf": ["x", "y", "z"]})
    table = augmented_table(ROWS, y, edits=make_edits("mutation(rate=0.1)", random_state=0), originals=False)
    assert table["leaf"].to_list() == ["x", "y", "z"]
    np.testing.assert_array_equal(table["root"], y["root"])
    assert set(table["made_by"]) == {"edits"}


def test_protected_positions_hold_by_name_for_orthologs_too():
    edits = make_edits("mutation(rate=1.0)", protect={"a": [(0, 8)]}, random_state=0)
    table = augmented_table(ROWS, orthologs=OrthologAugmenter(ORTHOLOGS), edits=edits)
    of_a = table[table["parent"] == "a"]["sequence"]
    assert set(of_a.str[:8]) == {"ACGTTGCA"}
    assert table.loc["b.e1", "sequence"][0] != "G"


def test_lists_are_numbered():
    edits = make_edits("mutation(rate=0.1)", random_state=0)
    table = augmented_table(ROWS.to_list(), ["x", "y", "z"], edits=edits)
    assert table.index.to_list() == ["1", "2", "3", "1.e1", "2.e1", "3.e1"]
    assert table["label"].to_list() == ["x", "y", "z"] * 2


def test_bad_input():
    edits = make_edits("mutation(rate=0.1)")
    with pytest.raises(InvalidParameterError, match=r"edits must be given, or orthologs or windows"):
        augmented_table(ROWS)
    with pytest.raises(SequenceTypeError, match=r"a name of its own for each row, but 'a' repeats"):
        augmented_table(ROWS.set_axis(["a", "a", "b"]), edits=edits)
    with pytest.raises(DataFormatError, match=r"y has 2 rows, and there are 3 sequences"):
        augmented_table(ROWS, [0, 1], edits=edits)
    with pytest.raises(InvalidParameterError, match=r"y has a column 'parent'"):
        augmented_table(ROWS, pd.DataFrame({"parent": [1, 2, 3]}), edits=edits)
