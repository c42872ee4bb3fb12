"""The one reader of tables: every column right, or refused; never shifted."""

import csv
import gzip
import io

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import parse_table, read_table, table_column


def cells(text, **options):
    table = parse_table(text, "t.csv", **options)
    return [list(table.columns), *table.to_numpy().tolist()]


PLAIN = [["name", "label"], ["s0", "A"], ["s1", "B"]]


@pytest.mark.parametrize(
    "text",
    [
        "name,label\ns0,A\ns1,B\n",
        "name;label\ns0;A\ns1;B",
        "name\tlabel\ns0\tA\ns1\tB\n",
        "name,label\r\ns0,A\r\ns1,B\r\n",
        "name,label\rs0,A\rs1,B\r",
        "\n\nname,label\n\ns0,A\n   \n,\ns1,B\n\n",
        '"name","label"\n"s0","A"\n"s1",B\n',
        " name , label\ns0, A\n s1,B \n",
    ],
    ids=["commas", "semicolons", "tabs", "windows", "old mac", "blank lines", "quotes", "blanks"],
)
def test_separators_line_ends_and_quotes(text):
    assert cells(text) == PLAIN


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ('name;"length, start, end";label', ["name", "length, start, end", "label"]),
        ("name\tlength, start, end\tlabel", ["name", "length, start, end", "label"]),
        ('"a;b;c",name', ["a;b;c", "name"]),
    ],
)
def test_marks_inside_names_do_not_separate(heading, columns):
    assert list(parse_table(heading, "t.csv").columns) == columns


def test_quoted_fields_hold_anything():
    text = 'name,note\n"s,0","he said ""no"""\n"s\t1","two\nlines"\nlast,"5\' end"\n'
    table = parse_table(text, "t.csv")
    assert table.to_numpy().tolist() == [["s,0", 'he said "no"'], ["s\t1", "two\nlines"], ["last", "5' end"]]
    assert table.index.tolist() == [2, 3, 5]
    with pytest.raises(DataFormatError, match=r"t\.csv, line 3: the field of column 'note' holds a line break"):
        table_column(table, "note", "t.csv")


def test_the_index_is_the_line_of_the_file():
    assert parse_table("\nname,label\n\ns0,A\n,\ns1,B\n", "t.csv").index.tolist() == [4, 6]


def test_a_file_with_byte_order_mark_gzip_and_long_sequences(tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbfname,sequence\ns0," + b"ACGT" * 50_000 + b"\n"))
    before = csv.field_size_limit()
    table = read_table(path)
    assert list(table.columns) == ["name", "sequence"]
    assert table.loc[2, "sequence"] == "ACGT" * 50_000
    assert csv.field_size_limit() == before
    with pytest.raises(FileNotFoundError, match="absent"):
        read_table(tmp_path / "absent.csv")


def test_words_stay_text():
    assert cells("name,label\nNA,nan\n001,1.0\n")[1:] == [["NA", "nan"], ["001", "1.0"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,label\ns0,A\ns1,B,\n", r"t\.csv, line 3 \('s1'\): 3 fields, but the heading has 2 \(name, label\); rem"),
        ("name,label\ns0,A,x\ns1,B\n", r"line 2 \('s0'\): 3 fields, but the heading has 2 .* double quotes"),
        ("name,label\ns0,A,x\ns1,B,y\n", r"line 2 \('s0'\): 3 fields, .* and so has every row; name all columns"),
        ("name,label\n\ns0,A\ns1\n", r"line 4 \('s1'\): 1 field, but .* write the separators of empty fields too"),
        ("name,label\ns0\ns1\n", r"line 2 \('s0'\): 1 field, but the heading has 2"),
        ('name,label\n"s0,A\ns1,B\n', r"line 2: a field's double quotes are not closed"),
        ('name,label\ns0,A\n"s1"x,B\n', r"line 3: a field's double quotes are not closed or text follows them"),
        ("", r"t\.csv is empty; a table has a heading and one row per entry"),
        (" \n\r\n ,\n", r"t\.csv is empty"),
    ],
)
def test_other_numbers_of_fields_are_refused(text, message):
    with pytest.raises(DataFormatError, match=message):
        parse_table(text, "t.csv")


@pytest.mark.parametrize("text", ["name,label\ns0,A,\ns1,B,\n", "name,label\ns0,A,,\ns1,B,,\n"])
def test_empty_fields_behind_every_row_are_ignored_and_said(text):
    with pytest.warns(SeqAugWarning, match=r"every row ends in \d empty fields? more than the 2 of the") as caught:
        assert cells(text) == PLAIN
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    "text",
    ["name,label,\ns0,A,\ns1,B,\n", "name,label,,\ns0,A\ns1,B\n", "name,label,,\ns0,A,,\ns1,B,,\n"],
)
def test_columns_without_name_and_content_are_no_columns(text):
    assert cells(text) == PLAIN


def test_columns_without_name_but_with_content_stay():
    assert cells(",name,\n1,s0,x\n2,s1,\n") == [["column 1", "name", "column 3"], ["1", "s0", "x"], ["2", "s1", ""]]


def test_a_column_that_is_there_twice():
    table = parse_table("name,label,label\ns0,A,B\n", "t.csv")
    assert table_column(table, "name", "t.csv").tolist() == ["s0"]
    with pytest.raises(DataFormatError, match=r"t\.csv has 2 columns 'label'; rename the others"):
        table_column(table, "label", "t.csv")


# R's row names: a heading that is one field short


def test_other_row_names_of_r():
    text = "name\tsequence\nr7\ts0\tACGT\nr9\ts1\tGGTA\n"
    assert cells(text, name_column="name")[1:] == [["s0", "ACGT"], ["s1", "GGTA"]]
    numbers = text.replace("\t", ",").replace("r7", "1").replace("r9", "2")
    assert cells(numbers, name_column="name")[1:] == [["s0", "ACGT"], ["s1", "GGTA"]]
    for changed in (text.replace("\t", ","), text.replace("r9", "r7"), numbers.replace("2,", "3,")):
        with pytest.raises(DataFormatError, match="3 fields, but the heading has 2"):
            parse_table(changed, "t.csv", name_column="name")


R_ROWS = ["1\ts0\tACGT\tA", "2\ts1\tGGTA\tB"]


def test_row_names_of_r_are_told_by_the_sequences():
    text = "\n".join(["name\tsequence\tlabel", *R_ROWS])
    assert cells(text, name_column="name")[1:] == [["s0", "ACGT", "A"], ["s1", "GGTA", "B"]]
    quoted = text.replace("s0", '"s0"').replace("1\t", '"1"\t', 1)
    assert cells(quoted, name_column="name")[1:] == [["s0", "ACGT", "A"], ["s1", "GGTA", "B"]]


def test_row_names_of_r_are_told_by_known_names():
    text = "name\tlabel\n1\ts0\tA\n2\ts1\tB\n"
    assert cells(text, name_column="name", names={"s0", "s1", "s2"}) == PLAIN
    for names in ({"1", "2"}, {"1", "s0"}, {"A"}, set()):
        with pytest.raises(
            DataFormatError, match=r"and so has every row; .* \(from R: write\.table with col\.names=NA"
        ):
            parse_table(text, "t.csv", name_column="name", names=names)


@pytest.mark.parametrize(
    "rows",
    [
        ["s0\tACGT\tA\tnote", "s1\tGGTA\tB\tnote"],
        ["1\tACGT\tA\tnote", "2\tGGTA\tB\tnote"],
        ["s0\tACGT\tA\tA", "s1\tGGTA\tB\tA"],
        [*R_ROWS, "s2\tACGT\tA"],
        [*R_ROWS, "\ts2\tACGT\tA"],
        [*R_ROWS, "3\t\tACGT\tA"],
        ["1\ts0\t\tA", "2\ts1\tGGTA\tB"],
        ["s0\tNA\tA\tnote"],
    ],
)
def test_what_is_not_clearly_a_row_name_is_refused(rows):
    with pytest.raises(DataFormatError, match="fields, but the heading has 3"):
        parse_table("\n".join(["name\tsequence\tlabel", *rows]), "t.csv", name_column="name")


def test_row_names_of_r_need_a_column_of_names():
    with pytest.raises(DataFormatError, match="3 fields, but the heading has 2"):
        parse_table("sequence\tlabel\ns0\tACGT\tA\n", "t.csv", name_column="name")


# without a heading


def test_a_table_without_heading():
    assert parse_table("a\tb,c,d\na\te\n", "t.tsv", heading=False).to_numpy().tolist() == [["a", "b,c,d"], ["a", "e"]]
    assert parse_table("a,b,,\na,c,,\n", "t.csv", heading=False).shape == (2, 2)
    assert parse_table("a\nb\n", "t.csv", heading=False).shape == (2, 1)
    for text in ("a,b\nc,d,e\n", "a,b\nc,d,\n", "a,b\nc\n"):
        with pytest.raises(
            DataFormatError, match=r"line 2 \('c'\): \d fields?, but line 1 has 2; all rows need the same"
        ):
            parse_table(text, "t.csv", heading=False)


def test_blanks_separate_on_request():
    text = " sample  pop\nann   YRI \nbob\tCHB\n"
    assert cells(text, whitespace=True) == [["sample", "pop"], ["ann", "YRI"], ["bob", "CHB"]]
    assert cells("a b,c d\n1 2,3\n", whitespace=True) == [["a b", "c d"], ["1 2", "3"]]


# any table: right or refused


NAMES = st.text("ab0_. ,;\"'", min_size=1, max_size=6).map(str.strip).filter(bool)
SEQUENCES = st.text("ACGT", min_size=1, max_size=6)
OTHER = st.text("AB1. ,;'\"-", max_size=4).map(str.strip)


@st.composite
def tables(draw):
    """Rows of name, sequence and label, how they are written, and how many surplus or missing fields each row has."""
    rows = draw(
        st.lists(st.tuples(NAMES, SEQUENCES, OTHER.filter(bool)), min_size=1, max_size=6, unique_by=lambda r: r[0])
    )
    some = st.lists(OTHER, max_size=2).map(tuple)
    same = draw(st.none() | some)
    changes = [draw(some if same is None else st.just(same)) for _ in rows]
    drops = [draw(st.sampled_from([0, 0, 0, 1, 2])) for _ in rows]
    at = draw(st.sampled_from([0, 1, 2, 3]))
    return rows, changes, drops, at, draw(st.sampled_from(",;\t")), draw(st.sampled_from(["\n", "\r\n", "\r"]))


@given(tables())
@settings(max_examples=400, deadline=None)
@pytest.mark.filterwarnings("ignore:.*they are ignored:seqaug_sklearn.exceptions.SeqAugWarning")
def test_a_table_is_read_right_or_refused(table):
    rows, surplus, drops, at, separator, line_end = table
    out = io.StringIO()
    write = csv.writer(out, delimiter=separator, lineterminator=line_end).writerow
    write(["name", "sequence", "label"])
    equal = 0
    for row, more, less in zip(rows, surplus, drops, strict=True):
        fields = list(row)
        del fields[len(fields) - less :]
        fields[at:at] = more
        # nobody can tell a field that is replaced by another, or a tab in every name from the row names of R
        assume(not (more and less) and not (separator == "\t" and at == 1 and more))
        write(fields)
        equal += len(fields) == 3
    try:
        read = parse_table(out.getvalue(), "t", name_column="name")
    except DataFormatError:
        assert equal < len(rows)
        return
    assert read.to_numpy().tolist() == [list(row) for row in rows]
