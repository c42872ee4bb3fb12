"""write_vcf: files that read again to the same genotypes, and nothing half written."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn import __version__
from seqaug_sklearn.datasets import make_genotypes, read_genotypes, write_vcf
from seqaug_sklearn.exceptions import DataFormatError

VARIANTS = pd.DataFrame({"chrom": ["1", "1", "X"], "pos": [5, 9, 2], "ref": ["A", "G", "T"], "alt": ["C", "T", "A"]})
PHASED = np.array([[0, 1, 2], [3, -1, 0]])


def _body(path):
    return [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("##")]


@pytest.mark.parametrize("name", ["people.vcf", "people.vcf.gz", "people.vcf.bgz"])
@pytest.mark.parametrize("encoding", ["phased", "haplotype", "dosage"])
def test_round_trip(tmp_path, name, encoding, rng):
    pytest.importorskip("cyvcf2")
    people = make_genotypes([3, 4, 5], 40, 3, encoding=encoding, random_state=1)
    people.genotypes[rng.random(people.genotypes.shape) < 0.1] = -1
    again = read_genotypes(write_vcf(tmp_path / name, people), labels=people.people(), encoding=encoding)
    np.testing.assert_array_equal(again.genotypes, people.genotypes)
    np.testing.assert_array_equal(again.samples, people.samples)
    np.testing.assert_array_equal(again.populations, people.populations)
    columns = ["chrom", "pos", "id", "ref", "alt"]
    pd.testing.assert_frame_equal(again.variants[columns], people.variants[columns])


def test_cyvcf2_reads_the_same_calls(tmp_path):
    cyvcf2 = pytest.importorskip("cyvcf2")
    path = write_vcf(tmp_path / "people.vcf.gz", PHASED, variants=VARIANTS, samples=["ann", "bob"], encoding="phased")
    reader = cyvcf2.VCF(str(path))
    assert reader.samples == ["ann", "bob"]
    assert reader.seqnames == ["1", "X"]
    calls = [record.genotype.array().tolist() for record in reader]
    reader.close()
    assert calls == [[[0, 0, 1], [1, 1, 1]], [[0, 1, 1], [-1, -1, 1]], [[1, 0, 1], [0, 0, 1]]]


def test_text_of_phased_calls(tmp_path):
    path = write_vcf(tmp_path / "people.vcf", PHASED, variants=VARIANTS, encoding="phased")
    lines = path.read_text().splitlines()
    assert lines[0] == "##fileformat=VCFv4.2"
    assert lines[1] == f"##source=seqaug-sklearn {__version__}"
    assert [line for line in lines if "contig" in line] == ["##contig=<ID=1>", "##contig=<ID=X>"]
    assert _body(path) == [
        ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "sample1", "sample2"],
        ["1", "5", ".", "A", "C", ".", "PASS", ".", "GT", "0|0", "1|1"],
        ["1", "9", ".", "G", "T", ".", "PASS", ".", "GT", "0|1", ".|."],
        ["X", "2", ".", "T", "A", ".", "PASS", ".", "GT", "1|0", "0|0"],
    ]


def test_notes_stand_in_the_header_one_line_each(tmp_path):
    path = write_vcf(
        tmp_path / "people.vcf",
        PHASED,
        variants=VARIANTS,
        encoding="phased",
        notes=["copies of\nreal individuals", "ask"],
    )
    lines = path.read_text().splitlines()
    assert [line for line in lines if line.startswith("##note")] == ["##note=copies of real individuals", "##note=ask"]
    assert lines[0] == "##fileformat=VCFv4.2"
    assert len(read_genotypes(path)) == 2


def test_counts_are_written_without_phase_and_haplotypes_keep_half_a_call(tmp_path):
    counts = write_vcf(tmp_path / "a.vcf", [[0, 1, 2], [-1, 0, 1]], variants=VARIANTS, encoding="dosage")
    assert [row[9:] for row in _body(counts)[1:]] == [["0/0", "./."], ["0/1", "0/0"], ["1/1", "0/1"]]
    halves = write_vcf(tmp_path / "b.vcf", [[0, 1, -1], [-1, 0, 1]], variants=VARIANTS, encoding="haplotype")
    assert [row[9:] for row in _body(halves)[1:]] == [["0|."], ["1|0"], [".|1"]]


def test_people_in_chunks_and_variants_in_blocks(tmp_path, monkeypatch):
    people = make_genotypes(10, 50, 2, random_state=0)
    whole = write_vcf(tmp_path / "whole.vcf", people).read_bytes()
    chunks = (people.genotypes[begin : begin + 7] for begin in range(0, 20, 7))
    options = {"variants": people.variants, "samples": people.samples, "encoding": "phased"}
    assert write_vcf(tmp_path / "chunks.vcf", chunks, **options).read_bytes() == whole
    monkeypatch.setattr("seqaug_sklearn.datasets._individuals._write_vcf._BLOCK_BYTES", 300)
    assert write_vcf(tmp_path / "blocks.vcf", people).read_bytes() == whole


def test_names_given_beside_a_set(tmp_path):
    people = make_genotypes(1, 5, 2, random_state=0)
    path = write_vcf(tmp_path / "people.vcf", people, samples=["ann", "bob"])
    assert _body(path)[0][9:] == ["ann", "bob"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"variants": VARIANTS[:2]}, "variants has 2 rows, but the genotypes have 3 variants"),
        ({"variants": VARIANTS.drop(columns="ref")}, r"variants lacks the column\(s\) ref"),
        ({"variants": VARIANTS.assign(pos=[-1, 9, 2])}, "positions are 1-based"),
        ({"variants": VARIANTS.assign(pos=[5.5, 9, 2])}, "whole numbers"),
        ({"variants": VARIANTS.assign(pos=[9, 5, 2])}, "sorted by position, each chromosome in one piece"),
        ({"variants": VARIANTS.assign(chrom=["1", "X", "1"])}, "each chromosome in one piece"),
        ({"variants": VARIANTS.assign(alt=["C,G", "T", "A"])}, r"one alternative allele each, got 'C,G'"),
        ({"variants": VARIANTS.assign(id=["a\tb", ".", "."])}, r"variants\['id'\] must be words without white space"),
        ({"samples": ["ann"]}, "samples has 1 names, but the genotypes are of 2 individuals"),
        ({"samples": ["ann", "ann"]}, "samples must be unique; twice: 'ann'"),
        ({"samples": ["ann", "bob\tsmith"]}, r"samples must be names without tabs and line breaks, got 'bob\\tsmith'"),
        ({"samples": ["ann", ""]}, "samples must be names"),
        ({"encoding": "dosage"}, "row 1, variant 0 is 3, but encoding='dosage'"),
    ],
)
def test_what_does_not_fit_leaves_no_file(tmp_path, options, message):
    options = {"variants": VARIANTS, "encoding": "phased"} | options
    with pytest.raises(DataFormatError, match=message):
        write_vcf(tmp_path / "people.vcf", PHASED, **options)
    assert not list(tmp_path.iterdir())


def test_chunks_that_do_not_fit(tmp_path):
    with pytest.raises(DataFormatError, match="chunks with different numbers of variants"):
        write_vcf(tmp_path / "a.vcf", iter([PHASED, PHASED[:, :2]]), variants=VARIANTS, encoding="phased")
    with pytest.raises(DataFormatError, match="at least one of each"):
        write_vcf(tmp_path / "a.vcf", iter([]), variants=VARIANTS, encoding="phased")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("people.txt", {"variants": VARIANTS, "encoding": "phased"}, r"must end in .vcf, .vcf.gz or .vcf.bgz"),
        ("people.vcf", {"variants": VARIANTS}, "encoding must say what an array holds"),
        ("people.vcf", {"encoding": "phased"}, "variants must be given with an array"),
    ],
)
def test_wrong_parameters(tmp_path, name, options, message):
    with pytest.raises(ValueError, match=message):
        write_vcf(tmp_path / name, PHASED, **options)


@pytest.mark.parametrize("name", ["people.vcf", "people.vcf.gz"])
def test_an_interruption_keeps_the_old_file(tmp_path, name, monkeypatch):
    people = make_genotypes(2, 30, random_state=0)
    path = write_vcf(tmp_path / name, people)
    before = path.read_bytes()

    def broken(*_):
        yield b"1\t5\n"
        raise KeyboardInterrupt

    monkeypatch.setattr("seqaug_sklearn.datasets._individuals._write_vcf._rows", broken)
    with pytest.raises(KeyboardInterrupt):
        write_vcf(path, people)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.realdata
def test_thousand_genomes_round_trip(real_data, tmp_path):
    pytest.importorskip("cyvcf2")
    source = real_data / "genotypes" / "1kg_chr1_11.70-11.84Mb_phased.vcf.gz"
    people = read_genotypes(source, min_maf=0.01, kind="biallelic")
    again = read_genotypes(write_vcf(tmp_path / "again.vcf.gz", people), kind="biallelic")
    np.testing.assert_array_equal(again.genotypes, people.genotypes)
    pd.testing.assert_frame_equal(again.variants, people.variants)


def test_what_generators_give_is_taken_as_it_is(tmp_path):
    """(X, y) of sample, and chunks of it as iter_sample gives them; individuals beside two labels are no such pair."""
    people = make_genotypes(3, n_variants=4, n_populations=2, random_state=0)
    X, y = people.genotypes, people.populations
    same = {"variants": people.variants, "encoding": "phased"}
    expected = write_vcf(tmp_path / "a.vcf", X, **same).read_text()
    assert write_vcf(tmp_path / "b.vcf", (X, y), **same).read_text() == expected
    chunks = ((X[part], y[part]) for part in (slice(0, 2), slice(2, 6)))
    assert write_vcf(tmp_path / "c.vcf", chunks, **same).read_text() == expected
    two = write_vcf(tmp_path / "d.vcf", (X[0], X[1]), **same).read_text()
    assert two == write_vcf(tmp_path / "e.vcf", X[:2], **same).read_text()


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    people = make_genotypes(3, n_variants=4, n_populations=2, random_state=0)
    with pytest.raises(FileNotFoundError, match="folder does not exist") as caught:
        write_vcf(tmp_path / "none" / "a.vcf", people)
    assert caught.value.filename == str(tmp_path / "none")
