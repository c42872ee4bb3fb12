"""Pairs in and out: tables with a heading, and the DNA-BERT pair system's own files."""

import gzip

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.datasets import read_pairs, write_pairs
from seqaug_sklearn.exceptions import DataFormatError

PAIRS = [["ACGTACGT", "TTTACG"], ["GGGTTTAA", "ACGTAC"]]


def naive_words(text, k):
    return " ".join(text[i : i + k] for i in range(len(text) - k + 1))


@pytest.mark.parametrize("kmer", [None, 1, 3, 6])
def test_round_trip(tmp_path, kmer):
    write_pairs(tmp_path / "pairs.txt", PAIRS, [1, 0], kmer=kmer)
    pairs, y = read_pairs(tmp_path / "pairs.txt")
    assert pairs.to_numpy().tolist() == PAIRS
    assert y.tolist() == [1, 0]
    lines = (tmp_path / "pairs.txt").read_text().splitlines()
    first = PAIRS[0][0] if kmer is None else naive_words(PAIRS[0][0], kmer)
    assert lines[0].split("\t")[0] == first


def test_the_published_form(tmp_path):
    text = "ACGTAC CGTACG\tTTTACG\t1\nGGGTTT GGTTTA GTTTAA\tACGTAC\t0\n"
    (tmp_path / "train.tsv").write_bytes(gzip.compress(text.encode()))
    pairs, y = read_pairs(tmp_path / "train.tsv")
    assert pairs.columns.tolist() == ["first", "second"]
    assert pairs.to_numpy().tolist() == [["ACGTACG", "TTTACG"], ["GGGTTTAA", "ACGTAC"]]
    assert y.dtype.kind == "i"


@pytest.mark.parametrize("heading", ["first,second,label", "SEQ1,Seq2,LABEL", "id,seq1,seq2,label"])
def test_headings(tmp_path, heading):
    extra = ["a,", "b,"] if heading.startswith("id") else ["", ""]
    rows = [f"{e}{a},{b},{label}" for e, (a, b), label in zip(extra, PAIRS, ["yes", "no"], strict=True)]
    (tmp_path / "pairs.csv").write_text("\n".join([heading, *rows]))
    pairs, y = read_pairs(tmp_path / "pairs.csv")
    assert pairs.to_numpy().tolist() == PAIRS
    assert y.tolist() == ["yes", "no"]


def test_named_columns(tmp_path):
    pd.DataFrame({"mirna": ["ACGU"], "site": ["GGAA"], "bound": [1]}).to_csv(tmp_path / "t.csv", index=False)
    pairs, y = read_pairs(tmp_path / "t.csv", columns=("mirna", "site", "bound"))
    assert (pairs.iloc[0].tolist(), y.tolist()) == (["ACGU", "GGAA"], [1])
    with pytest.raises(DataFormatError, match="no column 'first', but mirna, site, bound"):
        read_pairs(tmp_path / "t.csv")


def test_archive(tmp_path):
    first, second = np.array(PAIRS).T
    np.savez(tmp_path / "pairs.npz", seq1=[naive_words(t, 6) for t in first], seq2=second, labels=[0, 1])
    pairs, y = read_pairs(tmp_path / "pairs.npz")
    assert pairs.to_numpy().tolist() == PAIRS
    assert y.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"seq1": ["A"], "seq2": ["C"]}, "holds no 'labels'"),
        ({"seq1": np.zeros((2, 3)), "seq2": np.zeros((2, 3)), "labels": [0, 1]}, "read_embeddings reads embeddings"),
        ({"seq1": ["A"], "seq2": ["C", "G"], "labels": [0]}, "columns of one length"),
    ],
)
def test_archives_of_other_things(tmp_path, arrays, message):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(DataFormatError, match=message):
        read_pairs(tmp_path / "x.npz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ACGTAC CGTTCG\tTTTACG\t1\n", "words with blanks between must overlap"),
        ("ACGTAC CGTACG\tTTTACG\t1\textra\n", "4 columns and no heading"),
        ("first\tsecond\tlabel\nACGT\tAC\t\n", "pair .* has no label"),
        ("first\tsecond\tlabel\nACGT\t\t1\n", "the second sequence of pair .* is empty"),
        ("a,b,c\nACGT,ACGT,1\n", "no column 'first'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, message):
    (tmp_path / "pairs.txt").write_text(text)
    with pytest.raises(DataFormatError, match=message):
        read_pairs(tmp_path / "pairs.txt")


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_pairs(tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("pairs", "y", "kmer", "message"),
    [
        ([["A", "C", "G"]], None, None, "shape"),
        ([["ACG", "ACG"]], [1, 2], None, "shape"),
        ([["AC", "ACG"]], None, 3, "2 residues has no word of 3"),
        ([["ACG", "A\tC"]], None, None, "no blanks"),
        ([["ACG", "A C"]], None, None, "no blanks"),
        ([["ACG", ""]], None, None, "none be empty"),
        ([["ACG", None]], None, None, "no missing values"),
        ([["ACG", "ACG"]], [np.nan], None, "no missing values"),
        ([["ACG", "ACG"]], None, 0, "kmer must be"),
        ([["ACG", "ACG"]], None, 2.5, "kmer must be"),
    ],
)
def test_what_cannot_be_written(tmp_path, pairs, y, kmer, message):
    with pytest.raises(ValueError, match=message):
        write_pairs(tmp_path / "pairs.txt", pairs, y, kmer=kmer)
    assert not (tmp_path / "pairs.txt").exists()


def test_labels_default_to_zero(tmp_path):
    write_pairs(tmp_path / "pairs.txt", PAIRS)
    assert read_pairs(tmp_path / "pairs.txt")[1].tolist() == [0, 0]


@pytest.mark.parametrize("name", ["pairs.npz", "pairs.txt.gz"])
def test_text_is_not_written_under_another_name(tmp_path, name):
    with pytest.raises(ValueError, match="writes plain text"):
        write_pairs(tmp_path / name, PAIRS)


@pytest.mark.parametrize("columns", ["abc", ("a", "b")])
def test_three_columns_are_named(tmp_path, columns):
    write_pairs(tmp_path / "pairs.txt", PAIRS)
    with pytest.raises(ValueError, match="columns must name three"):
        read_pairs(tmp_path / "pairs.txt", columns=columns)


def test_a_workbook_of_pairs(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["Seq1", "Seq2", "Label"], ["ACGT", "TTAC", 1], ["ACGA", "TTAA", 0]):
        book.active.append(row)
    book.save(tmp_path / "pairs.txt")
    pairs, y = read_pairs(tmp_path / "pairs.txt")
    assert pairs.to_numpy().tolist() == [["ACGT", "TTAC"], ["ACGA", "TTAA"]]
    assert y.tolist() == [1, 0]
