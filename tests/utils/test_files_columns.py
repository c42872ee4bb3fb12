"""Columns by their names: exact before another case before other names, and never a guess between two."""

import pytest

from seqaug_sklearn.utils import KNOWN_COLUMNS, parse_table, place_of


@pytest.mark.parametrize(
    ("columns", "wanted", "kind", "place"),
    [
        (["name", "sequence"], "sequence", "sequence", 1),
        (["Name", "SEQUENCE"], "sequence", "sequence", 1),
        (["ID", "Seq", "Class"], "name", "name", 0),
        (["ID", "Seq", "Class"], "label", "label", 2),
        (["ID", "Seq", "Class"], "sequence", "sequence", 1),
        (["id", "name"], "name", "name", 1),
        (["Gene ID", "DNA-Sequence"], "sequence", "sequence", 1),
        (["Sequence", "sequence"], "sequence", "sequence", 1),
        (["Sequence", "SEQUENCE"], "sequence", "sequence", None),
        (["label", "label"], "label", "label", None),
        (["Score", "label"], "score", "label", 0),
        (["Score"], "label", "label", None),
        (["class"], "score", "label", None),
        (["label"], "class", "label", None),
    ],
)
def test_places(columns, wanted, kind, place):
    assert place_of(columns, wanted, kind) == place


def test_no_name_stands_for_two_things():
    every = [name for names in KNOWN_COLUMNS.values() for name in names]
    assert len(set(every)) == len(every)
    assert all(names[0] == kind for kind, names in KNOWN_COLUMNS.items())


def test_row_names_of_r_are_known_under_any_heading():
    text = "Name\tSeq\n1\ts0\tACGT\n2\ts1\tGGTA\n"
    assert parse_table(text, "t", name_column="name").to_numpy().tolist() == [["s0", "ACGT"], ["s1", "GGTA"]]
