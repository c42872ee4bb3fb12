"""Separators that are counted, separators that are said, and lines that are comments."""

import pytest

from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.utils import parse_table

PLAIN = [["name", "label"], ["s0", "A"], ["s1", "B"]]


def cells(text, **options):
    table = parse_table(text, "t.csv", **options)
    return [list(table.columns), *table.to_numpy().tolist()]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nname;label\ns0;A\ns1;B\n",
        "SEP=,\r\nname,label\r\ns0,A\r\ns1,B\r\n",
        '"sep=|"\nname|label\ns0|A\ns1|B\n',
        "sep=\\t\nname\tlabel\ns0\tA\ns1\tB\n",
        "name|label\ns0|A\ns1|B\n",
        "name  label\ns0 A\ns1\tB\n",
        '"name" "label"\n"s0" "A"\n"s1" "B"\n',
        "name,\t label\ns0, \tA\ns1,\tB\n",
        "# made by hand, yesterday\n\n#\nname,label\n# in between\ns0,A\ns1,B\n#end\n",
        "## comment\n#name,label\ns0,A\ns1,B\n",
        "# name\tlabel\ns0\tA\ns1\tB\n",
        "#name label\ns0 A\ns1 B\n",
        "# comment, with a comma\nname,label\ns0,A\ns1,B\n",
    ],
)
def test_the_same_table(text):
    assert cells(text) == PLAIN


def test_what_separates_is_what_divides_all_lines_alike():
    assert cells("a;b, of c, d;e\n1;2;3\n") == [["a", "b, of c, d", "e"], ["1", "2", "3"]]
    assert cells("a,b;c;d\n1,2\n3,4\n") == [["a", "b;c;d"], ["1", "2"], ["3", "4"]]
    assert cells("id,name\ngi|1|,a\ngi|2|,b\n")[1:] == [["gi|1|", "a"], ["gi|2|", "b"]]


def test_a_comment_that_looks_like_a_row_is_said():
    with pytest.warns(SeqAugWarning, match=r"t\.csv, line 3: the line begins with # and is left out as a comment"):
        assert cells("name,label\ns0,A\n#s9,C\ns1,B\n") == PLAIN
    text = 'name,label\n"#s0",A\ns1,"two\n# lines"\n'
    assert cells(text)[1:] == [["#s0", "A"], ["s1", "two\n# lines"]]
    assert parse_table(text, "t.csv").index.tolist() == [2, 3]


UCI = "+,S10,\t\ttactagcaatacgcttgcgttcggt\n-,S2,\t\ttgctatcctgacagttgtcacgctg\n"


@pytest.mark.parametrize(
    ("text", "has_heading"),
    [
        (UCI, False),
        ("s0,ACGTTGCA\ns1,ACGTTGCC\n", False),
        ("ACGTTGCA,1.5\nACGTTGCC,2\n", False),
        ("MKVLITGAPE,A\nMKVLITGAPK,B\n", False),
        ("PEPTIDE,1\nMKVLITGAPK,0\n", True),
        ("INSERT,score\nMKVLITGA,0\nMKVLITGAPK,1\n", True),
        ("INSERT,what\nMKVLITGAPKAVTG,0\nMKVLITGAPKAVTG,1\n", True),
        ("name,sequence\ns0,ACGT\n", True),
        ("a,b\nc,d\n", True),
        ("a,ACGTACGT\n", True),
    ],
)
def test_a_heading_holds_no_sequence(text, has_heading):
    table = parse_table(text, "t.csv", heading=None)
    assert table.attrs["heading"] is has_heading
    assert len(table) == text.count("\n") - has_heading
    if not has_heading:
        assert list(table.columns)[:2] == ["1", "2"]
