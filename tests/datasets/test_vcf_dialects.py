"""VCF files as programs write them: placeholders, rows without calls, haploid organisms, odd names; and other formats.

What is read is written again, and both htslib and :func:`read_genotypes` read the same from that.
"""

import gzip

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.datasets import read_genotypes, write_vcf
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning

cyvcf2 = pytest.importorskip("cyvcf2")

HEADER = """##fileformat=VCFv4.2
##contig=<ID=1>
##contig=<ID=X>
##contig=<ID=23>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">
"""


@pytest.fixture
def vcf(tmp_path):
    """Factory: rows of ``chrom pos id ref alt calls...``, fields separated by tabs or blanks, as a file."""

    def write(*rows, names=("ann", "bob", "cat"), separator=None, what="GT"):
        lines = ["\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *names])]
        for row in rows:
            fields = row.split(separator)
            kind = "DP" if fields[5].isdigit() and int(fields[5]) > 9 else what
            lines.append("\t".join([*fields[:5], ".", ".", ".", kind, *fields[5:]]))
        path = tmp_path / "people.vcf"
        path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("row", "states", "n_unknown"),
    [
        ("1 5 . A C,<NON_REF> 0|1 1|0 0|0", [1, 2, 0], 0),
        ("1 5 . A C,<NON_REF> 0|1 1|2 0|0", [1, -1, 0], 1),
        ("1 5 . A *,C 0|2 2|1 2|2", [1, -1, 3], 1),
        ("1 5 . A C,<*> 0|1 1|1 0|0", [1, 3, 0], 0),
        ("1 5 . A A,C 0|2 1|0 2|1", [1, 0, 2], 0),
        ("1 5 . A C,. 0|1 1|1 0|0", [1, 3, 0], 0),
    ],
)
def test_placeholders_are_no_alternatives(vcf, row, states, n_unknown):
    read = read_genotypes(vcf(row))
    assert read.genotypes.ravel().tolist() == states
    assert read.variants["alt"].tolist() == ["C"]
    assert (read.counts["placeholder_calls"], read.counts["missing_calls"]) == (n_unknown, n_unknown)


@pytest.mark.parametrize("alt", ["<NON_REF>", "<*>", "*", "A", "a", "*,<NON_REF>"])
def test_rows_with_placeholders_only_are_no_variants(vcf, alt):
    path = vcf(f"1 5 . A {alt} 0|1 0|0 0|0", "1 6 . A C 0|1 0|0 0|0")
    read = read_genotypes(path, kind="biallelic")
    assert read.variants["pos"].tolist() == [6]
    assert read.counts["no_alternative"] == 1


def test_alleles_that_the_row_does_not_have_stay_an_error(vcf):
    with pytest.raises(DataFormatError, match="the call names an alternative allele that the row does not have"):
        read_genotypes(vcf("1 5 . A C,<*> 0|1 0|3 0|0"))


def test_rows_without_calls(vcf):
    """One row without GT refuses the file, unless it is to be dropped and counted."""
    path = vcf("1 5 . A C 0|1 1|1 0|0", "1 6 . A C 10 20 30", "1 7 . A C 0|1 1|1 0|0")
    with pytest.raises(DataFormatError, match=r"1:6 has no GT field; .*; drop such rows with without_gt='drop'"):
        read_genotypes(path)
    read = read_genotypes(path, without_gt="drop")
    assert read.variants["pos"].tolist() == [5, 7]
    assert read.counts["without_gt"] == 1


def test_haploid_organisms(vcf):
    """Bacteria: every call has one allele, and no message speaks of the sexes."""
    path = vcf("1 5 . A C 0 1 .", "1 6 . G T 1 1 0")
    with pytest.raises(DataFormatError, match=r"as everyone there \(haploid organisms, .*haploid='double'") as caught:
        read_genotypes(path)
    assert "males" not in str(caught.value)
    with pytest.raises(DataFormatError, match=r"\(haploid 2\); of haploid individuals .* haploid='double'"):
        read_genotypes(path, haploid="drop")
    read = read_genotypes(path, haploid="double")
    assert read.genotypes.tolist() == [[0, 3], [3, 3], [-1, 0]]
    assert read.counts["haploid"] == 0
    alleles = read_genotypes(path, haploid="double", encoding="haplotype").genotypes
    assert alleles[::2].tolist() == alleles[1::2].tolist() == [[0, 1], [1, 1], [-1, 0]]


def test_one_copy_among_two(vcf):
    """Males on X count once in the frequency and as 0 or 2 in allele counts; elsewhere no one speaks of X."""
    path = vcf("X 5 . A C 0|1 1 0|0")
    with pytest.raises(DataFormatError, match=r"as males have on X at X:5; .*samples=.*haploid='double'"):
        read_genotypes(path)
    read = read_genotypes(path, haploid="double", encoding="dosage")
    assert read.genotypes.ravel().tolist() == [1, 2, 0]
    assert read.variants["maf"].tolist() == [2 / 5]
    with pytest.raises(DataFormatError, match="as males have on X at X:5"):
        read_genotypes(vcf("X 5 . A C 0 1 0"))  # males only
    with pytest.raises(DataFormatError, match=r"as everyone there .* at 23:5"):
        read_genotypes(vcf("23 5 . A C 0 1 0"))  # a plasmid, a plant's chromosome
    with pytest.raises(DataFormatError, match="one allele only, where others have two at 1:5"):
        read_genotypes(vcf("1 5 . A C 0|1 1 0|0"))
    with pytest.raises(DataFormatError, match="calls of 3 alleles; individuals with one or two copies"):
        read_genotypes(vcf("1 5 . A C 0|1|1 0|0|0 0|0|1"))


ODD = {
    "names with blanks": {"rows": ["1\t5\t.\tA\tC\t0|1\t1|1"], "names": ["ann smith", " bob, jr"]},
    "telomere": {"rows": ["1\t0\t.\tA\tC\t0|1\t1|1", "1\t5\t.\tA\tC\t0|1\t1|1"]},
    "blank in ref": {"rows": ["1\t5\t.\tG \tC \t0|1\t1|1"], "cleaned": 1},
    "blank in id": {"rows": ["1\t5\trs1 b\tG\tC\t0|1\t1|1"], "cleaned": 1},
    "identifier outside ASCII": {"rows": ["1\t5\trs-é-ß\tG\tC\t0|1\t1|1"]},
    "unsorted": {"rows": ["1\t9\t.\tA\tC\t0|1\t1|1", "X\t2\t.\tA\tC\t0|0\t1|0", "1\t5\t.\tA\tC\t1|0\t0|0"]},
}


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("suffix", [".vcf", ".vcf.gz"])
@pytest.mark.filterwarnings("ignore:people.vcf is not sorted")
def test_what_is_read_is_written_and_read_again(vcf, tmp_path, case, suffix):
    odd = ODD[case]
    names = odd.get("names", ["ann", "bob"])
    read = read_genotypes(vcf(*odd["rows"], names=names, separator="\t"), kind="biallelic")
    assert read.samples.tolist() == names
    assert read.n_variants == len(odd["rows"])
    assert read.counts["cleaned"] == odd.get("cleaned", 0)
    path = write_vcf(tmp_path / f"again{suffix}", read)
    again = read_genotypes(path)
    np.testing.assert_array_equal(again.genotypes, read.genotypes)
    np.testing.assert_array_equal(again.samples, read.samples)
    pd.testing.assert_frame_equal(again.variants, read.variants)
    # htslib by itself, and some of the individuals
    reader = cyvcf2.VCF(str(path))
    assert reader.samples == names
    assert [(row.CHROM, row.POS) for row in reader] == list(
        zip(read.variants["chrom"], read.variants["pos"], strict=True)
    )
    reader.close()
    last = read_genotypes(path, samples=names[1:])
    np.testing.assert_array_equal(last.genotypes, read.genotypes[1:])


def test_rows_are_sorted_with_their_calls(vcf):
    rows = [row.replace("\t", " ") for row in ODD["unsorted"]["rows"]]
    with pytest.warns(SeqAugWarning, match=r"people\.vcf is not sorted .*; 3 variants of 3 moved") as caught:
        read = read_genotypes(vcf(*rows, names=["ann", "bob"]))
    assert caught[0].filename == __file__
    assert list(zip(read.variants["chrom"], read.variants["pos"], strict=True)) == [("1", 5), ("1", 9), ("X", 2)]
    assert read.genotypes.tolist() == [[2, 1, 0], [0, 3, 2]]


def test_what_the_format_does_not_allow_is_refused_at_reading(vcf):
    with pytest.raises(DataFormatError, match=r"the chromosome name 'chr 1' holds a blank, .*--rename-chrs"):
        read_genotypes(vcf("chr 1\t5\t.\tA\tC\t0|1\t1|1", names=["a", "b"], separator="\t"))
    with pytest.raises(DataFormatError, match=r"1:5 has the allele 'G T', which is no word"):
        read_genotypes(vcf("1\t5\t.\tG T\tC\t0|1\t1|1", names=["a", "b"], separator="\t"))
    path = vcf("1 5 . A C 0|1 1|1", names=["a", "bøb"])
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(DataFormatError, match=r"names of the samples are not in UTF-8; convert the file, .*iconv"):
        read_genotypes(path)


def test_letters_of_another_encoding_in_a_packed_header_are_no_matter(vcf, tmp_path):
    """Looking at what a file is gives no warning; the suite makes errors of them."""
    text = vcf("1 5 . A C 0|1 1|1 0|0").read_text().replace("Depth", "Tiefe für später")
    path = tmp_path / "packed.vcf.gz"
    path.write_bytes(gzip.compress(text.encode("latin-1")))
    assert read_genotypes(path).genotypes.ravel().tolist() == [1, 3, 0]


PED = "fam ann 0 0 2 1 A A C G\nfam bob 0 0 1 1 A G C C\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.ped", PED, r"p\.ped is a PLINK \.ped file, no VCF .*plink --file p --recode vcf-iid bgz --out p$"),
        ("p.hap", "0 1 1 0 0 0\n1 1 0 0 0 1\n", r"Oxford \.hap file, .*bcftools convert --haplegendsample2vcf p "),
        ("p.haps", "1 rs1 5 A C 0 1 1 0\n", r"Oxford \.haps file, .*bcftools convert --hapsample2vcf p "),
        ("p.gen", "1 rs1 5 A C 1 0 0 0 0.5 0.5\n", r"Oxford \.gen file, .*bcftools convert --gensample2vcf p "),
        ("p.pgen", b"\x6c\x1b\x10\x00", r"PLINK 2 \.pgen file, .*plink2 --pfile p --export vcf"),
        ("p.bgen", b"\x14\0\0\0\x14\0\0\0\1\0\0\0\1\0\0\0bgen", r"a BGEN file, .*plink2 --bgen p\.bgen ref-first"),
        ("p.bed", b"\x6c\x1b\x00\x00", r"individuals before variants, .*plink --bfile p --make-bed"),
        ("p.bed", "chr1\t0\t100\nchr1\t5\t100\n", r"p\.bed is no VCF or BCF file"),
        ("p.txt", "hello\n", r"p\.txt is no VCF or BCF file"),
        ("p.csv", "sample population sex age a b\n", r"p\.csv is no VCF or BCF file"),
    ],
)
def test_other_formats_are_refused_with_the_command_that_converts_them(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataFormatError, match=message):
        read_genotypes(path)


@pytest.mark.parametrize("named", [True, False])
def test_labels_in_a_series(vcf, named):
    labels = pd.Series({"cat": "GBR", "ann": "YRI", "zoe": "GBR", "bob": "CHB"}, name="population" if named else None)
    read = read_genotypes(vcf("1 5 . A C 0|1 1|1 0|0"), labels=labels)
    assert read.populations.tolist() == ["YRI", "CHB", "GBR"]


@pytest.mark.parametrize("separator", ["\t", " "])
def test_labels_without_a_heading(vcf, tmp_path, separator):
    """A .fam has no heading: its first individual is no name of a column."""
    rows = [
        ["YRI", "ann", "0", "0", "2", "-9"],
        ["CHB", "bob", "0", "0", "1", "-9"],
        ["GBR", "cat", "0", "0", "1", "1"],
    ]
    path, fam = vcf("1 5 . A C 0|1 1|1 0|0"), tmp_path / "people.fam"
    fam.write_text("".join(separator.join(row) + "\n" for row in rows))
    assert read_genotypes(path, labels=fam, label_column="family").populations.tolist() == ["YRI", "CHB", "GBR"]
    assert read_genotypes(path, labels=fam, label_column="sex").populations.tolist() == ["2", "1", "1"]
    with pytest.raises(ValueError, match=r"label_column must say .*'family', 'father', 'mother', 'sex', 'phenotype'"):
        read_genotypes(path, labels=fam)
    fam.write_text("".join(f"{group}{separator}{name}\n" for group, name, *_ in rows))
    assert read_genotypes(path, labels=fam).populations.tolist() == ["YRI", "CHB", "GBR"]
    fam.write_text("Sample,Population\nann,YRI\nbob,CHB\ncat,GBR\n")
    assert read_genotypes(path, labels=fam, label_column="population").populations.tolist() == ["YRI", "CHB", "GBR"]
