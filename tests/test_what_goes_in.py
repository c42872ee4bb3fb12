"""The guide's table of formats is what the code does: each row is read, written or refused as it says."""

import bz2
import gzip
import importlib
import lzma
import re
from pathlib import Path

import pandas as pd
import pytest

from seqaug_sklearn.cli._input import read_sequences
from seqaug_sklearn.datasets import (
    make_genotypes,
    read_annotation,
    read_fasta,
    read_genbank,
    read_genotypes,
    read_orthologs,
    read_pairs,
    read_variants,
    write_fasta,
    write_pairs,
    write_vcf,
)
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.inspection import read_motif_file
from seqaug_sklearn.model_selection import read_groups

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "user_guide" / "what_goes_in.rst"
FASTA = ">a x\nACGTACGT\n>b\nGGTTACGT\n"
TABLE = "name,sequence,label\na,ACGTACGT,x\nb,GGTTACGT,y\n"
COUNTS = ("4 0 0 0", "0 4 0 0", "0 0 4 0", "0 0 0 4", "2 2 0 0")


def rows_of_guide():
    """Format -> (read, written, way out)."""
    table = GUIDE.read_text().partition(".. list-table::")[2].partition("\nText\n----")[0]
    rows = [re.split(r"\n     - ", row) for row in table.split("\n   * - ")[2:]]
    return {cells[0]: (cells[2], cells[3], " ".join(cells[4].split())) for cells in rows}


ROWS = rows_of_guide()


def sequences(path):
    return read_sequences(path)


def orthologs(path):
    fasta = path.with_name("aly.fa")
    fasta.write_text(">o1\nACGT\n>o2\nACGA\n")
    return read_orthologs(fasta, path, pair_columns=("Ath", "Aly"))


def annotation(path):
    fasta = path.with_name("genome.fa")
    fasta.write_text(">chr1\nACGTACGT\n")
    return read_annotation(path, fasta)


def workbook(path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for line in TABLE.splitlines():
        book.active.append(line.split(","))
    book.save(path)
    return path.read_bytes()


def plink(path):
    return read_genotypes(path, encoding="dosage")


def plink_bed(path):
    pytest.importorskip("bed_reader")
    path.with_suffix(".bim").write_text("1\trs1\t0\t5\tC\tA\n")
    path.with_suffix(".fam").write_text("f a 0 0 0 -9\n")
    return b"\x6c\x1b\x01\x02"


GENBANK = (
    "LOCUS       X                          8 bp    DNA     linear   UNK 01-JAN-2020\n"
    'FEATURES             Location/Qualifiers\n     gene            1..8\n                     /gene="a"\n'
    "ORIGIN\n        1 acgtacgt\n//\n"
)
SAMPLES = {
    "FASTA": (sequences, FASTA),
    "Table": (sequences, TABLE),
    "Excel (.xlsx)": (sequences, workbook),
    "GenBank": (read_genbank, GENBANK),
    "GFF3, GTF, BED": (annotation, "chr1\t0\t8\ta\t0\t+\n"),
    "VCF": (read_variants, "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\nchr1\t5\t.\tA\tG\n"),
    "PLINK .bed": (plink, plink_bed),
    "PLINK .ped": (read_genotypes, "fam a 0 0 2 1 A A C G\n"),
    "Oxford .hap, .haps, .gen": (
        read_genotypes,
        [b"0 1 1 0 0 1\n", b"1 rs1 5 A C 0 1 1 0\n", b"1 rs1 5 A C 1 0 0 0 0.5 0.5\n"],
    ),
    "PLINK 2 .pgen, BGEN": (read_genotypes, [b"\x6c\x1b\x10\x00", b"\x14\0\0\0" * 4 + b"bgen"]),
    "Pairs": (read_pairs, "ACG CGT\tTTA TAC\t1\nACG CGA\tTTA TAA\t0\n"),
    "OrthoFinder, BioMart": (orthologs, "Orthogroup\tAth\tAly\nOG1\tg1, g2\to1, o2\n"),
    "CD-HIT clusters": (
        lambda path: read_groups(path, ["a", "b"]),
        ">Cluster 0\n0\t9nt, >a... *\n1\t9nt, >b... at +/99%\n",
    ),
    "MEME": (
        read_motif_file,
        "MEME version 4\nMOTIF x\nletter-probability matrix: alength= 4 w= 1\n0.5 0.5 0 0\n",
    ),
    "JASPAR": (read_motif_file, ">MA1 x\nA [4 0]\nC [0 4]\nG [0 0]\nT [0 0]\n"),
    "TRANSFAC": (read_motif_file, "AC  M1\nXX\nP0  A C G T\n01  4 0 0 0 A\nXX\n//\n"),
    "CIS-BP": (read_motif_file, "Pos\tA\tC\tG\tT\n1\t1\t0\t0\t0\n"),
    "Cluster-Buster, HOMER": (read_motif_file, ">x\n" + "\n".join(COUNTS)),
    "gzip, bgzip": (read_fasta, gzip.compress(FASTA.encode(), mtime=0)),
    "FASTQ": (sequences, "@a\nACGT\n+\nIIII\n"),
    "EMBL": (sequences, "ID   X; SV 1; linear; DNA\nSQ   Sequence\n"),
    "bzip2, xz, zstd": (sequences, [bz2.compress(b"x"), lzma.compress(b"x"), b"\x28\xb5\x2f\xfd\x00"]),
    "Zip archive": (sequences, b"PK\x03\x04\x14\x00"),
    "Old Excel (.xls)": (sequences, b"\xd0\xcf\x11\xe0\xa1\xb1"),
    "Parquet": (sequences, b"PAR1\x15\x04"),
    "HDF5": (sequences, b"\x89HDF\r\n\x1a\n"),
    "PDF, RTF": (sequences, [b"%PDF-1.7\n", b"{\\rtf1\\ansi}"]),
    "Web page": (sequences, b"<!DOCTYPE html>\n<html></html>"),
}
"""Format -> a reader, and what a file holds."""

WRITERS = {
    "FASTA": lambda path: write_fasta(pd.Series({"a": "ACGT"}), path),
    "Table": None,  # commands, tested with `seqaug split`
    "VCF": lambda path: write_vcf(path.with_suffix(".vcf"), make_genotypes(4, n_variants=3, n_populations=2)),
    "Pairs": lambda path: write_pairs(path, [["ACGT", "TTAC"]], [1]),
    "MEME": None,  # MotifSet.write_meme, tested with motifs
    "gzip, bgzip": lambda path: write_fasta(pd.Series({"a": "ACGT"}), path.with_suffix(".fa.gz")),
}


def test_the_table_and_the_samples_name_the_same_formats():
    assert list(ROWS) == list(SAMPLES)
    assert {name for name, (_, written, _) in ROWS.items() if written == "yes"} == set(WRITERS)
    assert {cell for read, written, _ in ROWS.values() for cell in (read, written)} == {"yes", "no"}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("called", ["data.fa", "data.csv"])
def test_a_format_is_read_or_refused_as_the_guide_says(tmp_path, name, called):
    reader, content = SAMPLES[name]
    path = tmp_path / called
    for sample in content if isinstance(content, list) else [content]:
        sample = sample(path) if callable(sample) else sample
        path.write_bytes(sample if isinstance(sample, bytes) else sample.encode())
        if ROWS[name][0] == "yes":
            assert reader(path) is not None
            continue
        with pytest.raises(DataFormatError, match=rf"^{re.escape(called)} is ") as caught:
            reader(path)
        # the way out is the one of the guide
        tools = re.findall(r"``(\.?[\w.]+)", ROWS[name][2])
        said = str(caught.value)
        assert not tools or any(tool in said for tool in tools), said
        assert "\n" not in said


@pytest.mark.parametrize("name", [name for name, write in WRITERS.items() if write])
def test_what_is_written_is_there(tmp_path, name):
    WRITERS[name](tmp_path / "out.txt")
    (written,) = tmp_path.iterdir()
    assert written.stat().st_size


def test_names_in_the_table_are_those_of_the_package():
    table = GUIDE.read_text().partition("\nText\n----")[0]
    names = re.findall(r":func:`~(seqaug_sklearn[\w.]+)\.(\w+)`", table)
    assert len(names) > 8
    assert all(hasattr(importlib.import_module(module), name) for module, name in names)
