"""PLINK's .bed files, written by bed-reader itself and by hand."""

import sys

import numpy as np
import pytest

from seqaug_sklearn.datasets import read_genotypes, write_vcf
from seqaug_sklearn.exceptions import DataFormatError, MissingDependencyError
from seqaug_sklearn.genotypes import check_genotypes

bed_reader = pytest.importorskip("bed_reader")

COPIES = np.array([[0, 1, 2, 0], [2, -127, 0, 0], [1, 1, 0, 0]], np.int8)
EXPECTED = [[0, 1, 2], [2, -1, 0], [1, 1, 0]]


@pytest.fixture
def bed(tmp_path):
    """people.bed with .bim and .fam; the last variant has one allele only, which PLINK writes as 0."""
    properties = {
        "fid": ["YRI", "CHB", "GBR"],
        "iid": ["ann", "bob", "cat"],
        "chromosome": ["1", "1", "23", "23"],
        "sid": ["rs1", "rs2", "rs3", "rs4"],
        "bp_position": [5, 9, 2, 7],
        "allele_1": ["C", "T", "A", "0"],
        "allele_2": ["A", "G", "T", "T"],
    }
    path = tmp_path / "people.bed"
    bed_reader.to_bed(path, COPIES, properties=properties, num_threads=1)
    return path


def test_counts_of_a1_with_a2_for_the_reference(bed):
    read = read_genotypes(bed, encoding="dosage", labels=bed.with_suffix(".fam"), label_column="family")
    assert read.genotypes.tolist() == EXPECTED
    assert read.samples.tolist() == ["ann", "bob", "cat"]
    assert read.populations.tolist() == ["YRI", "CHB", "GBR"]
    assert read.variants[["chrom", "pos", "id", "ref", "alt"]].to_numpy().tolist() == [
        ["1", 5, "rs1", "A", "C"],
        ["1", 9, "rs2", "G", "T"],
        ["23", 2, "rs3", "T", "A"],
    ]
    assert read.counts["no_alternative"] == 1
    np.testing.assert_allclose(read.variants["maf"], [0.5, 0.5, 1 / 3])


def test_the_bytes_of_the_format(tmp_path):
    """Two bits per call, as the format says: 00 two A1, 01 missing, 10 one, 11 none; first individual lowest."""
    path = tmp_path / "hand.bed"
    path.write_bytes(bytes([0x6C, 0x1B, 0x01, 0b11_10_01_00]))
    path.with_suffix(".bim").write_text("1\trs1\t0\t5\tC\tA\n")
    path.with_suffix(".fam").write_text("".join(f"f {name} 0 0 0 -9\n" for name in "abcd"))
    assert read_genotypes(path, encoding="dosage").genotypes.ravel().tolist() == [2, -1, 1, 0]


def test_parts_of_the_file(bed, monkeypatch):
    whole = read_genotypes(bed, encoding="dosage")
    part = read_genotypes(bed, encoding="dosage", samples=["cat", "ann"], region="1:6-")
    assert part.genotypes.tolist() == [[1], [1]]
    assert part.samples.tolist() == ["cat", "ann"]
    with pytest.raises(DataFormatError, match=r"no variants in region='1:10-'; on 1, the file runs from 5 to 9"):
        read_genotypes(bed, encoding="dosage", region="1:10-")
    with pytest.raises(DataFormatError, match=r"in region='X'; .* the file has variants on '1', '23'"):
        read_genotypes(bed, encoding="dosage", region="X")
    monkeypatch.setattr("seqaug_sklearn.datasets._individuals._bed_rows._BLOCK_BYTES", 9)
    np.testing.assert_array_equal(read_genotypes(bed, encoding="dosage").genotypes, whole.genotypes)


def test_it_is_written_as_vcf_and_read_again(bed, tmp_path):
    pytest.importorskip("cyvcf2")
    read = read_genotypes(bed, encoding="dosage")
    again = read_genotypes(write_vcf(tmp_path / "again.vcf.gz", read), encoding="dosage")
    np.testing.assert_array_equal(again.genotypes, read.genotypes)
    assert check_genotypes(again, "dosage") is again.genotypes


def test_there_is_no_phase(bed):
    with pytest.raises(DataFormatError, match=r"without phase \(0/1\) at 1:5.*encoding='dosage', or phase"):
        read_genotypes(bed)


def test_files_that_do_not_fit(bed):
    whole = bed.read_bytes()
    bed.write_bytes(whole[:-1])
    with pytest.raises(DataFormatError, match=r"people\.bed is damaged or cut off, or its \.fam or \.bim belongs to"):
        read_genotypes(bed, encoding="dosage")
    bed.write_bytes(whole)
    fam = bed.with_suffix(".fam")
    rows = fam.read_text()
    fam.write_text(rows.replace("bob", "ann"))
    with pytest.raises(DataFormatError, match=r"sample names must be unique; twice in the \.fam: 'ann'"):
        read_genotypes(bed, encoding="dosage")
    fam.write_text(rows * 2)
    with pytest.raises(DataFormatError, match="belongs to another file"):
        read_genotypes(bed, encoding="dosage")
    fam.unlink()
    with pytest.raises(FileNotFoundError, match=r"people\.fam"):
        read_genotypes(bed, encoding="dosage")


def test_without_the_extra(bed, monkeypatch):
    monkeypatch.setitem(sys.modules, "bed_reader", None)
    message = r"people\.bed is a PLINK file.*plink --bfile people --recode vcf-iid bgz.*seqaug-sklearn\[plink\]"
    with pytest.raises(MissingDependencyError, match=message):
        read_genotypes(bed, encoding="dosage")
