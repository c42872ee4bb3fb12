"""FASTA files out: what is written is read again, and records may be taken over as they stand."""

import gzip

import pandas as pd
import pytest

from seqaug_sklearn.datasets import read_fasta, write_fasta
from seqaug_sklearn.exceptions import DataFormatError, OutputError, SequenceTypeError


@pytest.mark.parametrize("width", [None, 1, 7, 60, 1000])
@pytest.mark.parametrize("name", ["out.fa", "out.fa.gz", "out.FASTA.GZ"])
def test_what_is_written_is_read_again(tmp_path, random_dna, width, name):
    sequences = pd.Series(["ACGTNacgt-", *random_dna(5, 61)], index=[f"g{i}" for i in range(6)])
    write_fasta(sequences, tmp_path / name, width=width)
    assert read_fasta(tmp_path / name).to_dict() == sequences.to_dict()
    assert (tmp_path / name).read_bytes().startswith(b"\x1f\x8b") == name.lower().endswith(".gz")
    before = (tmp_path / name).read_bytes()
    write_fasta(sequences, tmp_path / name, width=width)
    assert (tmp_path / name).read_bytes() == before


def test_records_as_they_stand(tmp_path):
    source = tmp_path / "in.fa.gz"
    source.write_bytes(gzip.compress(b">a the first, 7 nt\nACGT\nACG\n>b\nTT\n\n>c last one\nGG-\nA"))
    sequences = read_fasta(source)
    write_fasta(sequences[["c", "a"]], tmp_path / "out.fa", like=source)
    assert (tmp_path / "out.fa").read_text() == ">c last one\nGG-\nA\n>a the first, 7 nt\nACGT\nACG\n"
    with pytest.raises(DataFormatError, match=r"in\.fa\.gz has no record of 'd'"):
        write_fasta(pd.Series({"d": "A"}), tmp_path / "out.fa", like=source)


@pytest.mark.parametrize(
    ("sequences", "error", "match"),
    [
        (pd.Series(["A"], index=["two words"]), DataFormatError, "name is one word, which 'two words' is not"),
        (pd.Series(["A"], index=[""]), DataFormatError, "name is one word, which '' is not"),
        (pd.Series(["A", "C"], index=["a", "a"]), DataFormatError, "must be unique; more than once: 'a'"),
        (["ACGT"], DataFormatError, "must be a pandas Series named by its index, got list"),
        (pd.Series(["A", None], index=["a", "b"]), SequenceTypeError, "'b'"),
    ],
)
def test_bad_input_leaves_the_earlier_file(tmp_path, sequences, error, match):
    path = tmp_path / "out.fa"
    path.write_text("earlier")
    with pytest.raises(error, match=match):
        write_fasta(sequences, path)
    assert path.read_text() == "earlier"


def test_bad_places_and_widths(tmp_path):
    with pytest.raises(ValueError, match="width must be an int of at least 1"):
        write_fasta(pd.Series({"a": "A"}), tmp_path / "out.fa", width=0)
    with pytest.raises(OutputError, match=r"out\.fa cannot be written"):
        write_fasta(pd.Series({"a": "A"}), tmp_path / "nowhere" / "out.fa")
