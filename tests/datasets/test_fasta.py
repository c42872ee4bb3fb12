"""read_fasta: what it returns, and one clear sentence for each broken file."""

import gzip
import io

import pandas as pd
import pytest
from Bio import SeqIO

from seqaug_sklearn.datasets import read_fasta, read_fasta_blocks, read_fasta_headers, write_fasta
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

TWO = ">geneA promoter of A\nACGT\nacgn\n>geneB\nTTT\n"


def _write(folder, text, name="genes.fa"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        TWO.encode(),
        TWO.replace("\n", "\r\n").encode(),
        TWO.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + TWO.encode(),
        b"\n\n" + TWO.rstrip().encode(),
        TWO.replace("ACGT\n", "AC GT\n\n").encode(),
        (";by hand\n# and so on\n\n" + TWO.replace("acgn", ";inside >\nacgn\n;")).encode(),
        TWO.encode("utf-16"),
        gzip.compress(TWO.encode(), mtime=0),
    ],
    ids=["unix", "windows", "old mac", "byte order mark", "no last newline", "spaces", "comments", "utf-16", "gzip"],
)
def test_every_dialect_reads_alike(tmp_path, content):
    sequences = read_fasta(_write(tmp_path, content))
    assert sequences.to_dict() == {"geneA": "ACGTacgn", "geneB": "TTT"}
    assert list(sequences.index) == ["geneA", "geneB"]
    assert (sequences.name, sequences.index.name) == ("sequence", "identifier")


def test_gzip_is_known_by_content_not_by_name(tmp_path):
    assert read_fasta(_write(tmp_path, gzip.compress(TWO.encode()), "no_suffix")).loc["geneB"] == "TTT"
    assert read_fasta(_write(tmp_path, TWO, "plain.fa.gz")).loc["geneB"] == "TTT"


def test_agrees_with_biopython(tmp_path, random_dna):
    texts = random_dna(30, 173)
    body = "".join(f">s{i} x>y {i}\n{t[:60]}\n{t[60:120]}\n{t[120:]}\n" for i, t in enumerate(texts))
    expected = {record.id: str(record.seq) for record in SeqIO.parse(io.StringIO(body), "fasta")}
    assert read_fasta(_write(tmp_path, body)).to_dict() == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"genes\.fa is not a FASTA file"),
        ("\n \n", r"genes\.fa is not a FASTA file"),
        ("ACGT\n", r"genes\.fa is not a FASTA file.*must start with '>'"),
        ("ACGT\n>a\nACGT\n", r"genes\.fa is not a FASTA file"),
        (
            ">a\nAC\n>b\nGG\n>a\nTT\n",
            r"genes\.fa: record names must be unique; more than once: 'a'; names='header' takes",
        ),
        (">a\n>b\nGG\n", r"genes\.fa: every record needs residues, but 'a' have none"),
        (">a\nAC\n>\nGG\n", r"genes\.fa: record 2 has no name"),
        (gzip.compress(TWO.encode() * 50, mtime=0)[:-12], r"genes\.fa: the gzip file is damaged or cut off"),
        (b">a\nAC\x00\x01GT\n", r"genes\.fa is a binary file"),
    ],
)
def test_broken_files(tmp_path, content, message):
    with pytest.raises(DataFormatError, match=message):
        read_fasta(_write(tmp_path, content))


def test_many_repeated_names_are_abbreviated(tmp_path):
    body = "".join(f">n{i}\nA\n>n{i}\nC\n" for i in range(9))
    with pytest.raises(DataFormatError, match=r"'n0', 'n1', 'n2', 'n3', 'n4' and 4 more; names="):
        read_fasta(_write(tmp_path, body))


def test_missing_file_keeps_its_own_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.fa"):
        read_fasta(tmp_path / "absent.fa")


REPEATS = ">Escherichia coli K-12\nAC\n>Escherichia coli O157\nGG\n>b_2\nT\n>b\nTT\n>b\nTTT\n>b x\nA\n"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("number", ["1", "2", "3", "4", "5", "6"]),
        ("unique", ["Escherichia", "Escherichia_2", "b_2", "b", "b_3", "b_4"]),
    ],
)
def test_names_that_repeat_are_numbered(tmp_path, names, expected):
    path = _write(tmp_path, REPEATS)
    read = read_fasta(path, names=names)
    assert read.index.tolist() == expected
    assert read.tolist() == ["AC", "GG", "T", "TT", "TTT", "A"]
    assert read_fasta_headers(path, names=names).loc[expected[1]] == "Escherichia coli O157"
    blocks = pd.concat(list(read_fasta_blocks(path, 2, names=names)))
    pd.testing.assert_series_equal(blocks, read)
    write_fasta(read[::-1], tmp_path / "back.fa", like=path, names=names)
    assert read_fasta_headers(tmp_path / "back.fa", names="number").tolist()[-1] == "Escherichia coli K-12"


def test_whole_headers_are_names(tmp_path):
    path = _write(tmp_path, REPEATS.split(">b\n")[0])
    read = read_fasta(path, names="header")
    assert read.index.tolist() == ["Escherichia coli K-12", "Escherichia coli O157", "b_2"]
    write_fasta(read.iloc[[1]], tmp_path / "back.fa", like=path, names="header")
    assert (tmp_path / "back.fa").read_text() == ">Escherichia coli O157\nGG\n"
    with pytest.raises(DataFormatError, match=r"more than once: 'b'"):
        read_fasta(_write(tmp_path, REPEATS), names="header")
    with pytest.raises(InvalidParameterError, match=r"names must be one of .* got 'word'"):
        read_fasta(path, names="word")
    assert read_fasta(_write(tmp_path, ">\nAC\n> \nGG\n"), names="number").to_dict() == {"1": "AC", "2": "GG"}
