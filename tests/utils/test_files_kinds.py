"""What a file is: its content says it, whatever it is called and however it is packed."""

import bz2
import gzip
import warnings

import pytest

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import is_fasta, kind_of_file

BEGINNINGS = [
    ("fasta", ">a\nACGT\n"),
    ("fasta", "\n  \n; made by hand\n# and so on\n>a\nACGT\n"),
    ("fastq", "@read\nACGT\n+\nIIII\n"),
    ("genbank", "LOCUS       NC_1 300 bp DNA\n"),
    ("embl", "ID   X56734; SV 1; linear; mRNA\n"),
    ("vcf", "##fileformat=VCFv4.2\n#CHROM\tPOS\n"),
    ("vcf", "#CHROM\tPOS\tID\tREF\tALT\n"),
    ("gff", "##gff-version 3\n"),
    ("meme", "MEME version 4\n"),
    ("table", "name,sequence\na,ACGT\n"),
    ("table", ";name;sequence\n0;a;ACGT\n"),
    ("table", "# comment\nname,sequence\n"),
    ("table", "@name,sequence\na,b\n"),
    ("empty", " \n"),
]


@pytest.mark.parametrize("name", ["data.csv", "data.fsa_nt", "data"])
@pytest.mark.parametrize(("kind", "text"), BEGINNINGS)
def test_content_decides(tmp_path, kind, text, name):
    path = tmp_path / name
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        for end in ("\n", "\r\n", "\r"):
            content = text.replace("\n", end).encode(encoding)
            for packed in (content, gzip.compress(content)):
                path.write_bytes(packed)
                assert kind_of_file(path) == kind


def test_a_guess_of_the_encoding_is_said_by_the_reader_only(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(">a gr\u00f6\u00dfe\nACGT\n".encode("latin-1"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert kind_of_file(path) == "fasta"


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("fastq", "seqtk"),
        ("genbank", "seqaug regions"),
        ("embl", "SeqIO"),
        ("vcf", "seqaug genotypes"),
        ("gff", "seqaug regions --annotation"),
    ],
)
def test_what_holds_no_sequences_is_named_with_the_way_out(tmp_path, kind, way):
    path = tmp_path / "data.fa"
    path.write_text(dict(BEGINNINGS)[kind])
    with pytest.raises(DataFormatError, match=rf"^data\.fa is an? .* file, neither FASTA nor a table.*{way}"):
        is_fasta(path)


def test_archives_are_named(tmp_path):
    (tmp_path / "a.fa").write_bytes(bz2.compress(b">a\nACGT\n"))
    with pytest.raises(DataFormatError, match="packed with bzip2, not text; unpack it with bunzip2 first"):
        kind_of_file(tmp_path / "a.fa")
