"""read_variants: VCF files and tables, with the line of what is wrong."""

import gzip

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.datasets import make_genotypes, read_variants, write_vcf
from seqaug_sklearn.exceptions import DataFormatError

VCF = """##fileformat=VCFv4.2
##contig=<ID=chr1>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tann
chr1\t105\trs1\tA\tG,T\t.\tPASS\t.\tGT\t0|1

chr2\t1\t.\tAC\t<DEL>
"""
TABLE = "name;position;ref;alt;note\nchr1;104;A;G,T;x\nchr2;0;AC;A;\n"


@pytest.fixture
def write(tmp_path):
    def make(text, name="variants.txt"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return make


@pytest.mark.parametrize("name", ["a.vcf", "a.vcf.gz", "a.txt"])
def test_the_first_columns_of_a_vcf_file(write, name):
    found = read_variants(write(VCF, name))
    assert found.to_numpy().tolist() == [["chr1", 104, "A", "G,T", "rs1"], ["chr2", 0, "AC", "<DEL>", "."]]
    assert found.columns.tolist() == ["name", "position", "ref", "alt", "id"]
    assert found.attrs["format"] == "vcf"


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_a_table_counts_from_zero(write, name):
    found = read_variants(write(TABLE, name))
    assert found.to_numpy().tolist() == [["chr1", 104, "A", "G,T", "."], ["chr2", 0, "AC", "A", "."]]
    assert found["position"].dtype == np.int64
    assert found.attrs["format"] == "table"
    named = read_variants(write("id,name,position,ref,alt\nrs1,c,3,A,C\n,c,4,A,C\n"))
    assert named["id"].tolist() == ["rs1", "."]


def test_a_file_of_individuals(tmp_path):
    people = make_genotypes(5, 20, random_state=0)
    found = read_variants(write_vcf(tmp_path / "people.vcf.gz", people))
    expected = people.variants.rename(columns={"chrom": "name"})
    assert found["position"].tolist() == (expected["pos"] - 1).tolist()
    pd.testing.assert_frame_equal(found[["name", "ref", "alt", "id"]], expected[["name", "ref", "alt", "id"]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "##fileformat=VCFv4.2\nchr1\t105\t.\tA\n",
            r"line 2: a row has the columns CHROM, .* got 'chr1\\t105\\t.\\tA'",
        ),
        ("##fileformat=VCFv4.2\nchr1 105 . A G\n", "line 2: a row has the columns CHROM"),
        ("##fileformat=VCFv4.2\nchr1\t1e3\t.\tA\tG\n", "line 2: the position must be a whole number, got '1e3'"),
        ("##fileformat=VCFv4.2\n", "variants.txt holds no variants"),
        ("name,position,ref,alt\n", "variants.txt holds no variants"),
        ("name,position,ref,alt\nc,1.5,A,G\n", "line 2: the position must be a whole number, got '1.5'"),
        ("name,pos,ref,alt\nc,1,A,G\n", "has no column 'position'; a table of variants has"),
    ],
)
def test_what_is_wrong_is_named(write, text, message):
    with pytest.raises(DataFormatError, match=message):
        read_variants(write(text))


def test_binary_files_are_told(tmp_path):
    (tmp_path / "a.bcf").write_bytes(gzip.compress(b"BCF\2\2\0\0\0"))
    with pytest.raises(DataFormatError, match=r"a\.bcf is a binary file, not text"):
        read_variants(tmp_path / "a.bcf")


def test_a_table_is_read_whatever_it_is_called_and_written_like(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["Name", "Position", "REF", "Alt"], ["chr1", 104, "A", "G"]):
        book.active.append(row)
    book.save(tmp_path / "v.vcf")
    (tmp_path / "v.txt").write_text("sep=;\nName;Position;REF;Alt\nchr1;104;A;G\n", encoding="utf-16")
    expected = {"name": "chr1", "position": 104, "ref": "A", "alt": "G", "id": "."}
    for name in ("v.vcf", "v.txt"):
        assert read_variants(tmp_path / name).to_dict("records") == [expected]
