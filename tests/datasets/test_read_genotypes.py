"""read_genotypes: VCF dialects, filters and labels against hand-made files, and one clear error for each broken one."""

import gzip
import struct
import sys

import numpy as np
import pandas as pd
import pytest
from Bio import bgzf

from seqaug_sklearn.datasets import (
    PG_CGAN_SUPER_POPULATIONS,
    SUPER_POPULATIONS,
    make_genotypes,
    read_genotypes,
    write_vcf,
)
from seqaug_sklearn.exceptions import DataFormatError, InsufficientMemoryError, MissingDependencyError, SeqAugWarning
from seqaug_sklearn.utils import _memory
from seqaug_sklearn.utils._files import _text_files

pytest.importorskip("cyvcf2")

HEADER = """##fileformat=VCFv4.2
##contig=<ID=1>
##contig=<ID=2>
##contig=<ID=X>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
"""
PHASED = ["1 5 rs1 A C 0|0 0|1 1|0", "1 9 . G T 1|1 .|. 0|0", "2 5 . T A 0|1 1|1 0|1"]
STATES = [[0, 3, 1], [1, -1, 3], [2, 0, 1]]


def _text(rows, names=("ann", "bob", "cat")):
    lines = ["\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *names])]
    for row in rows:
        chrom, pos, identifier, ref, alt, *calls = row.split()
        lines.append("\t".join([chrom, pos, identifier, ref, alt, ".", ".", ".", "GT", *calls]))
    return HEADER + "\n".join(lines) + "\n"


@pytest.fixture
def vcf(tmp_path):
    """Factory: write rows (or text) as a file of the kind that its name tells, and return the path."""

    def write(rows=PHASED, name="people.vcf", **options):
        text = rows if isinstance(rows, str) else _text(rows, **options)
        path = tmp_path / name
        if name.endswith(".gz"):
            with bgzf.BgzfWriter(str(path)) as file:
                file.write(text)
        else:
            path.write_text(text)
        return path

    return write


def _as_bcf(path):
    import cyvcf2

    reader, target = cyvcf2.VCF(str(path)), path.with_suffix(".bcf")
    writer = cyvcf2.Writer(str(target), reader, mode="wb")
    for record in reader:
        writer.write_record(record)
    writer.close()
    reader.close()
    return target


def _index(path):
    """Write a .tbi index with a single chunk per chromosome, as the tabix specification has it."""
    offsets = {}
    with bgzf.BgzfReader(str(path)) as file:
        while True:
            begin = file.tell()
            line = file.readline()
            if not line:
                break
            if not line.startswith("#"):
                first, _ = offsets.get(line.split("\t")[0], (begin, None))
                offsets[line.split("\t")[0]] = first, file.tell()
    names = b"".join(name.encode() + b"\0" for name in offsets)
    content = b"TBI\1" + struct.pack("<8i", len(offsets), 2, 1, 2, 0, ord("#"), 0, len(names)) + names
    for first, last in offsets.values():
        content += struct.pack("<iIiQQ", 1, 0, 1, first, last) + struct.pack("<iQ", 1, first)
    with bgzf.BgzfWriter(f"{path}.tbi", "wb") as file:
        file.write(content)
    return path


@pytest.mark.parametrize("name", ["people.vcf", "people.vcf.gz"])
def test_phased_calls(vcf, name):
    people = read_genotypes(vcf(name=name))
    assert people.genotypes.tolist() == STATES
    assert people.genotypes.dtype == np.int8
    assert people.samples.tolist() == ["ann", "bob", "cat"]
    assert people.variants["chrom"].tolist() == ["1", "1", "2"]
    assert people.variants["pos"].tolist() == [5, 9, 5]  # 1-based, as in the file
    assert people.variants["id"].tolist() == ["rs1", ".", "."]
    assert people.variants[["ref", "alt"]].to_numpy().tolist() == [["A", "C"], ["G", "T"], ["T", "A"]]
    np.testing.assert_allclose(people.variants["maf"], [2 / 6, 2 / 4, 2 / 6])
    assert people.populations is None
    assert len(people) == 3


def test_bcf_and_plain_gzip_read_alike(vcf):
    path = vcf()
    packed = path.with_name("plain.vcf.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for other in (_as_bcf(path), packed):
        np.testing.assert_array_equal(read_genotypes(other).genotypes, STATES)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("phased", STATES),
        ("dosage", [[0, 2, 1], [1, -1, 2], [1, 0, 1]]),
        ("haplotype", [[0, 1, 0], [0, 1, 1], [0, -1, 1], [1, -1, 1], [1, 0, 0], [0, 0, 1]]),
    ],
)
def test_encodings(vcf, encoding, expected):
    people = read_genotypes(vcf(), encoding=encoding)
    assert people.genotypes.tolist() == expected
    assert people.encoding == encoding


def test_unphased_calls_count_alleles(vcf):
    path = vcf(["1 5 . A C 0/0 0/1 1/1", "1 6 . A C ./. 1/0 0/.", "1 7 . A C . 0/1 0|1"])
    people = read_genotypes(path, encoding="dosage")
    assert people.genotypes.tolist() == [[0, -1, -1], [1, 1, 1], [2, -1, 1]]
    assert people.counts["missing_calls"] == 3


@pytest.mark.parametrize("encoding", ["phased", "haplotype"])
def test_unphased_heterozygotes_have_no_order(vcf, encoding):
    path = vcf(["1 5 . A C 0/0 1/1 0|1", "1 6 . A C 0|0 0/1 1/0"])
    with pytest.raises(
        DataFormatError,
        match=r"people\.vcf: sample 'bob' has a heterozygous call without phase \(0/1\) at 1:6 \(and 1 more",
    ):
        read_genotypes(path, encoding=encoding)
    with pytest.raises(DataFormatError, match="encoding='dosage'"):
        read_genotypes(path, encoding=encoding)


def test_unphased_homozygotes_need_no_order(vcf):
    assert read_genotypes(vcf(["1 5 . A C 0/0 1/1 0|1"])).genotypes.tolist() == [[0], [3], [1]]


def test_half_a_call(vcf):
    path = vcf(["1 5 . A C 0|. .|1 1/."])
    assert read_genotypes(path).genotypes.tolist() == [[-1], [-1], [-1]]
    haplotypes = read_genotypes(path, encoding="haplotype").genotypes
    assert haplotypes.ravel().tolist() == [0, -1, -1, 1, -1, -1]


def test_other_variants_are_dropped_and_counted(vcf):
    rows = ["1 1 . A C,G 0|1 0|2 0|0", "1 2 . A . 0|0 0|0 0|0", "1 3 . AT A 0|1 0|0 0|0", "1 4 . A <DEL> 0|1 0|0 0|0"]
    path = vcf([*rows, "1 5 . A C 0|0 0|1 0|0"])
    people = read_genotypes(path)
    assert people.variants["pos"].tolist() == [5]
    counts = {"variants_read": 5, "multi_allelic": 1, "no_alternative": 1, "not_snp": 2, "below_min_maf": 0}
    assert counts.items() <= people.counts.items()
    assert read_genotypes(path, kind="biallelic").variants["pos"].tolist() == [3, 4, 5]


@pytest.mark.parametrize(
    ("row", "reason"), [("1 3 . A C,G 0|1 0|2 0|0", "multi_allelic"), ("1 3 . AT A 0|1 0|0 0|0", "not_snp")]
)
def test_other_variants_can_be_an_error(vcf, row, reason):
    with pytest.raises(DataFormatError, match=rf"1:3 .*\({reason}\) is not of kind='snp'; drop such rows"):
        read_genotypes(vcf([row]), other_variants="error")


def test_frequency_filter_counts_the_people_read(vcf):
    path = vcf(["1 5 . A C 0|0 0|0 0|1", "1 6 . A C 1|1 1|1 0|1", "1 7 . A C 0|1 0|0 .|."])
    people = read_genotypes(path, min_maf=0.2)
    assert people.variants["pos"].tolist() == [7]
    np.testing.assert_allclose(people.variants["maf"], [0.25])
    assert people.counts["below_min_maf"] == 2
    without_cat = read_genotypes(path, min_maf=0.01, samples=["ann", "bob"])
    assert without_cat.variants["pos"].tolist() == [7]


def test_a_variant_nobody_is_called_at(vcf):
    path = vcf(["1 5 . A C .|. .|. .|.", "1 6 . A C 0|1 0|0 0|0"])
    assert np.isnan(read_genotypes(path).variants["maf"][0])
    assert read_genotypes(path, min_maf=0).variants["pos"].tolist() == [6]


def test_missing_calls_dropped_or_refused(vcf):
    people = read_genotypes(vcf(), missing="drop")
    assert people.variants["pos"].tolist() == [5, 5]
    assert (people.counts["with_missing"], people.counts["missing_calls"]) == (1, 0)
    with pytest.raises(DataFormatError, match=r"sample 'bob' has a missing call at 1:9; keep them as -1"):
        read_genotypes(vcf(), missing="error")


def test_men_on_x(vcf):
    path = vcf(["X 5 . A C 0|1 0 1|1", "X 6 . A C 0|1 0|0 1|1", "X 7 . A C 1 0 1"])
    with pytest.raises(DataFormatError, match=r"sample 'bob' has a call of one allele only, as males have on X at X:5"):
        read_genotypes(path)
    people = read_genotypes(path, haploid="drop")
    assert people.variants["pos"].tolist() == [6]
    assert people.counts["haploid"] == 2
    assert read_genotypes(path, region="X:1-6", samples=["ann", "cat"]).genotypes.tolist() == [[1, 1], [3, 3]]


def test_more_than_two_chromosomes_are_refused(vcf):
    with pytest.raises(DataFormatError, match=r"1:5 has calls of 3 alleles"):
        read_genotypes(vcf(["1 5 . A C 0|1|1 0|0|0 1|1|1"]))


def test_people_in_the_order_asked_for(vcf):
    people = read_genotypes(vcf(), samples=["cat", "ann"], encoding="haplotype")
    assert people.samples.tolist() == ["cat", "ann"]
    assert people.genotypes.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1]]


@pytest.mark.parametrize(
    ("samples", "error", "message"),
    [
        (["ann", "zoe"], DataFormatError, r"1 of samples= are not in the file: 'zoe'"),
        (["ann", "ann"], ValueError, "no one twice; got twice: 'ann'"),
        ([], ValueError, "at least one individual"),
        ("ann", ValueError, r"samples must be a list of names, got the string 'ann'; use \['ann'\]"),
    ],
)
def test_wrong_samples(vcf, samples, error, message):
    with pytest.raises(error, match=message):
        read_genotypes(vcf(), samples=samples)


NOTHING = {
    "1:1-4": "on 1, the file runs from 5 to 9",
    "chr1": "chromosome names must match to the letter, the file has variants on '1', '2'$",
    "X": "chromosome names must match to the letter, the file has variants on '1', '2'$",
}


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize(
    ("region", "positions"),
    [
        ("1", [5, 9]),
        ("1:5-5", [5]),
        ("1:6-9", [9]),
        ("1:6-", [9]),
        ("2:1-1,000", [5]),
        ("1:1-4", None),
        ("chr1", None),
        ("X", None),
    ],
)
def test_regions_with_and_without_an_index(vcf, region, positions, indexed):
    path = vcf(name="people.vcf.gz")
    if indexed:
        _index(path)
    if positions is None:
        with pytest.raises(DataFormatError, match=rf"no variants in region='{region}'; {NOTHING[region]}"):
            read_genotypes(path, region=region)
    else:
        assert read_genotypes(path, region=region).variants["pos"].tolist() == positions


def test_an_index_is_used(vcf):
    """Rows outside the region are not even parsed: a broken one there goes unseen."""
    path = vcf([*PHASED, "X 7 . A C 0|1 broken 0|0"], name="people.vcf.gz")
    with pytest.raises(DataFormatError, match="damaged or cut off after 2:5"):
        read_genotypes(path, region="1")
    assert read_genotypes(_index(path), region="1").variants["pos"].tolist() == [5, 9]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"region": "1:9-5"}, "region must run from a position of at least 1 to a later one, got '1:9-5'"),
        ({"region": "1:0-5"}, "position of at least 1"),
        ({"region": "1:5"}, "region must say where it ends, as in '1:5-5' or '1:5-'"),
        ({"region": "1 5"}, "region must be like"),
        ({"region": "1:29Mb-33Mb"}, "region='1:29Mb-33Mb' is not understood: positions are plain numbers"),
        ({"min_maf": 0.6}, r"min_maf must be a frequency from 0 to 0\.5, or None, got 0\.6"),
        ({"encoding": "counts"}, "encoding must be one of 'phased', 'haplotype', 'dosage', got 'counts'"),
        ({"kind": "indel"}, "kind must be one of 'snp', 'biallelic'"),
        ({"other_variants": "keep"}, "other_variants must be one of"),
        ({"missing": "fill"}, "missing must be one of"),
        ({"haploid": "keep"}, "haploid must be one of"),
        ({"without_gt": "keep"}, "without_gt must be one of"),
        ({"max_missing_per_variant": 5}, "max_missing_per_variant must be a share from 0 to 1, or None, got 5"),
        ({"max_missing_per_individual": -0.1}, "max_missing_per_individual must be a share"),
        ({"unlabelled": "keep"}, "unlabelled must be one of"),
    ],
)
def test_wrong_parameters(vcf, options, message):
    with pytest.raises(ValueError, match=message):
        read_genotypes(vcf(), **options)


LABELS = pd.DataFrame({"sample": ["zoe", "cat", "bob", "ann"], "population": ["GBR", "NA", "CHB", "YRI"]})


@pytest.mark.parametrize("separator", ["\t", ",", ";", " ", "frame", "index"])
def test_labels_are_joined_by_name(vcf, tmp_path, separator):
    labels = {"frame": LABELS, "index": LABELS.set_index("sample")}.get(separator)
    if labels is None:
        labels = tmp_path / "labels.txt"
        LABELS.to_csv(labels, sep=separator, index=False)
    people = read_genotypes(vcf(), labels=labels, missing_values=[])
    assert people.populations.tolist() == ["YRI", "CHB", "NA"]


@pytest.mark.parametrize("kind", ["file", "frame"])
def test_words_that_may_mean_missing(vcf, tmp_path, kind):
    """NA may be a population (North America), or mean that an individual has none: the user says which."""
    labels = LABELS
    if kind == "file":
        labels = tmp_path / "labels.tsv"
        LABELS.to_csv(labels, sep="\t", index=False)
    with pytest.raises(
        DataFormatError, match=r"the label of 'cat' is 'NA', .*; missing_values=\['NA'\] says that it is"
    ):
        read_genotypes(vcf(), labels=labels)
    with pytest.raises(DataFormatError, match=r"1 of 3 samples have no label: 'cat'"):
        read_genotypes(vcf(), labels=labels, missing_values=["NA"])
    people = read_genotypes(vcf(), labels=labels, missing_values=["NA"], unlabelled="drop")
    assert people.samples.tolist() == ["ann", "bob"]
    assert people.counts["people_unlabelled"] == 1
    # what is wrong with individuals who are not asked for does not matter
    assert read_genotypes(vcf(), labels=labels, samples=["bob"]).populations.tolist() == ["CHB"]


def test_populations_that_differ_in_writing_only(vcf):
    labels = LABELS.assign(population=["GBR", "yri", "CHB", "YRI"])
    with pytest.warns(SeqAugWarning, match="'YRI' and 'yri' differ in writing only") as caught:
        read_genotypes(vcf(), labels=labels)
    assert caught[0].filename == __file__


def test_row_names_of_r(vcf, tmp_path):
    table = tmp_path / "labels.txt"
    table.write_text("sample population\n1 ann YRI\n2 bob CHB\n3 cat GBR\n")
    assert read_genotypes(vcf(), labels=table).populations.tolist() == ["YRI", "CHB", "GBR"]
    table.write_text("sample population\nann YRI x\nbob CHB x\ncat GBR x\n")
    with pytest.raises(DataFormatError, match=r"labels\.txt, line 2 \('ann'\): 3 fields, but the heading has 2"):
        read_genotypes(vcf(), labels=table)


def test_labels_of_a_table_with_more_columns(vcf, tmp_path):
    table = tmp_path / "people.panel"  # the published panel file has two tabs too many in its first line
    table.write_text("name\tpop\tsuper\t\t\nann\tYRI\tAFR\nbob\tCHB\tEAS\ncat\tGBR\tEUR\n")
    people = read_genotypes(vcf(), labels=table, sample_column="name", label_column="super", samples=["cat", "ann"])
    assert people.populations.tolist() == ["EUR", "AFR"]
    with pytest.raises(ValueError, match="label_column must say which column holds the labels: 'pop', 'super'"):
        read_genotypes(vcf(), labels=table, sample_column="name")


def test_people_without_a_label(vcf):
    known = LABELS.assign(population=["GBR", "FIN", "CHB", "YRI"])
    labels = known[known["sample"] != "bob"]
    with pytest.raises(DataFormatError, match=r"1 of 3 samples have no label: 'bob'; .*unlabelled='drop'"):
        read_genotypes(vcf(), labels=labels)
    people = read_genotypes(vcf(), labels=labels, unlabelled="drop")
    assert people.samples.tolist() == ["ann", "cat"]
    assert people.genotypes.tolist() == [STATES[0], STATES[2]]
    assert people.counts["people_unlabelled"] == 1
    empty = known.assign(population=["GBR", "", None, "YRI"])
    assert read_genotypes(vcf(), labels=empty, unlabelled="drop").samples.tolist() == ["ann"]


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (LABELS.assign(sample="x" + LABELS["sample"]), DataFormatError, "no sample of the file has a label: .*'xzoe'"),
        (pd.concat([LABELS, LABELS.assign(population="a")]), DataFormatError, "gives different labels to 'zoe'"),
        (LABELS.rename(columns={"sample": "name"}), ValueError, "sample_column='sample' is no column of the labels"),
        (["YRI", "CHB", "GBR"], ValueError, "labels must be a path, a DataFrame, or a Series named .*, got list"),
    ],
)
def test_wrong_labels(vcf, labels, error, message):
    with pytest.raises(error, match=message):
        read_genotypes(vcf(), labels=labels, unlabelled="drop")


def test_a_label_table_that_is_none(vcf, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("")
    with pytest.raises(DataFormatError, match=r"labels\.csv is empty"):
        read_genotypes(vcf(), labels=table)
    table.write_text("sample,population\nann,YRI,more\n")
    with pytest.raises(DataFormatError, match=r"labels\.csv, line 2 \('ann'\): 3 fields, but the heading has 2"):
        read_genotypes(vcf(), labels=table)


def test_repeated_identical_rows_of_labels_do_no_harm(vcf):
    twice = pd.concat([LABELS, LABELS])
    assert read_genotypes(vcf(), labels=twice, missing_values=[]).populations.tolist() == ["YRI", "CHB", "NA"]


NO_GT = _text(PHASED).replace("\tGT\t0|0\t0|1\t1|0", "\tDP\t3\t4\t5").replace("ID=GT", "ID=DP")
NO_SAMPLES = _text(["1 5 rs1 A C"], []).replace("\tFORMAT", "").replace("\tGT", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello\n", r"people\.vcf is no VCF or BCF file"),
        ("", r"people\.vcf is no VCF or BCF file"),
        (HEADER, r"people\.vcf is no VCF or BCF file, or its header is damaged"),
        (_text([]), r"people\.vcf holds no variants"),
        (_text(PHASED, ["ann", "bob", "ann"]), "sample names must be unique; twice: 'ann'"),
        (NO_GT, r"1:5 has no GT field; genotypes are needed"),
        (NO_SAMPLES, "has no samples"),
        (_text(["1 5 . A C 0|1 0|3 0|0"]), "1:5, sample 'bob': the call names an alternative allele that"),
        (
            _text([PHASED[0], "1 six . A C 0|1 0|0 0|0"]),
            r"people\.vcf is damaged or cut off after 1:5, the last good variant: row 2",
        ),
        (_text([PHASED[0], "1 6 . A C 0|1 0|0"]), r"people\.vcf is damaged or cut off after 1:5"),
        (_text(["1 5 . A C,G 0|1 0|0 1|1"]), r"none of 1 variants is left \(multi_allelic 1\)"),
    ],
)
def test_broken_files(vcf, text, message):
    with pytest.raises(DataFormatError, match=message):
        read_genotypes(vcf(text))


def test_absent_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.vcf"):
        read_genotypes(tmp_path / "absent.vcf")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999])
def test_a_bgzip_file_cut_anywhere_is_refused(tmp_path, share):
    path = write_vcf(tmp_path / "whole.vcf.gz", make_genotypes(200, 300, random_state=0))
    whole = path.read_bytes()
    cut = tmp_path / "cut.vcf.gz"
    cut.write_bytes(whole[: max(50, int(share * (len(whole) - 28)))])
    with pytest.raises(DataFormatError, match=r"cut\.vcf\.gz is cut off"):
        read_genotypes(cut)


def test_a_bgzip_file_cut_between_blocks_is_refused(vcf):
    """Here htslib itself reads on without an error."""
    path = vcf(name="people.vcf.gz")
    path.write_bytes(path.read_bytes()[:-28])
    with pytest.raises(DataFormatError, match="the closing block of the bgzip format is absent"):
        read_genotypes(path)


def test_a_gzip_file_cut_off_or_damaged(vcf, tmp_path):
    text = _text(PHASED * 2000).encode()
    whole = gzip.compress(text)
    path = tmp_path / "plain.vcf.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataFormatError, match=r"plain\.vcf\.gz is (damaged or cut off|no VCF)"):
        read_genotypes(path)
    damaged = bytearray(vcf(PHASED * 2000, name="people.vcf.gz").read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(DataFormatError, match=r"plain\.vcf\.gz is (damaged or cut off|no VCF)"):
        read_genotypes(path)


def test_blocks_do_not_show(vcf, monkeypatch, rng):
    calls = rng.choice(["0|0", "0|1", "1|0", "1|1", ".|."], size=(50, 3))
    path = vcf([f"1 {i} . A C {' '.join(row)}" for i, row in enumerate(calls, start=1)])
    whole = read_genotypes(path, min_maf=0.2)
    monkeypatch.setattr("seqaug_sklearn.datasets._individuals._genotype_calls._BLOCK_BYTES", 9 * 7)
    blocks = read_genotypes(path, min_maf=0.2)
    np.testing.assert_array_equal(blocks.genotypes, whole.genotypes)
    pd.testing.assert_frame_equal(blocks.variants, whole.variants)
    assert blocks.counts == whole.counts
    states = {"0|0": 0, "0|1": 1, "1|0": 2, "1|1": 3, ".|.": -1}
    kept = whole.variants["pos"].to_numpy() - 1
    assert whole.genotypes.T.tolist() == [[states[call] for call in row] for row in calls[kept]]


def test_without_the_extra(vcf, monkeypatch):
    monkeypatch.setitem(sys.modules, "cyvcf2", None)
    with pytest.raises(MissingDependencyError, match=r"reading VCF and BCF files needs .*seqaug-sklearn\[genotypes\]"):
        read_genotypes(vcf())


def test_progress_is_shown_on_request(vcf, capsys):
    read_genotypes(vcf(), verbose=1)
    assert "3 variants" in capsys.readouterr().err
    read_genotypes(vcf())
    assert capsys.readouterr().err == ""


def test_population_groups():
    assert len(SUPER_POPULATIONS) == 26
    assert set(SUPER_POPULATIONS.values()) == {"AFR", "AMR", "EAS", "EUR", "SAS"}
    moved = {code for code in SUPER_POPULATIONS if SUPER_POPULATIONS[code] != PG_CGAN_SUPER_POPULATIONS[code]}
    assert moved == {"ACB", "ASW"}
    assert {PG_CGAN_SUPER_POPULATIONS[code] for code in moved} == {"AMR"}


@pytest.mark.realdata
def test_thousand_genomes(real_data):
    folder = real_data / "genotypes"
    path, table = folder / "1kg_chr1_11.70-11.84Mb_phased.vcf.gz", folder / "1kg_samples.tsv"
    people = read_genotypes(path, min_maf=0.01, kind="biallelic", labels=table, label_column="super_population")
    assert people.genotypes.shape == (2504, 742)
    assert dict(zip(*np.unique(people.populations, return_counts=True), strict=True)) == {
        "AFR": 661, "EAS": 504, "EUR": 503, "SAS": 489, "AMR": 347,
    }  # fmt: skip
    assert (people.counts["variants_read"], people.counts["missing_calls"]) == (4296, 0)
    # one of the 742 is a mobile element, not a SNP
    snps = read_genotypes(path, min_maf=0.01)
    assert (len(snps.variants), snps.counts["not_snp"]) == (741, 2)
    whole = read_genotypes(path, encoding="dosage")
    assert whole.genotypes.shape == (2504, 4294)
    codes = read_genotypes(path, labels=table, label_column="population", region="1:11,700,000-11,710,000").populations
    np.testing.assert_array_equal([SUPER_POPULATIONS[code] for code in codes], people.populations)


@pytest.mark.realdata
def test_thousand_genomes_call_by_call(real_data):
    """Against the text of the file itself."""
    path = real_data / "genotypes" / "1kg_chr1_11.70-11.84Mb_phased.vcf.gz"
    with gzip.open(path, "rt") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("##")]
    names, rows = rows[0][9:], [row for row in rows[1:] if 11_750_000 <= int(row[1]) <= 11_760_000]
    people = read_genotypes(path, region="1:11,750,000-11,760,000")
    assert people.samples.tolist() == names
    assert people.variants["pos"].tolist() == [int(row[1]) for row in rows]
    states = {"0|0": 0, "0|1": 1, "1|0": 2, "1|1": 3}
    expected = [[states[call] for call in row[9:]] for row in rows]
    np.testing.assert_array_equal(people.genotypes.T, expected)


def test_a_line_that_memory_does_not_hold(vcf, monkeypatch):
    """A header of 20 MB in a file of 30 kB: htslib would hold it several times."""
    path = vcf("##fileformat=VCFv4.2\n##x=" + "A" * 20_000_000 + "\n" + _text(PHASED)[21:], "people.vcf.gz")
    monkeypatch.setattr(_text_files, "free_memory", lambda: 50e6)
    with pytest.raises(InsufficientMemoryError, match=r"people\.vcf\.gz: line 2 has more than 10 million characters"):
        read_genotypes(path, encoding="phased")
    monkeypatch.setattr(_text_files, "free_memory", lambda: 200e6)
    assert read_genotypes(path, encoding="phased").genotypes.shape == (3, 3)


def test_genotypes_that_memory_does_not_hold(vcf, monkeypatch):
    path = vcf([f"1 {place} . A C 0|1 0|0 1|1" for place in range(1, 2001)])
    monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
    monkeypatch.setattr(_memory, "free_memory", lambda: 100e3)
    with pytest.raises(
        InsufficientMemoryError,
        match=r"^people\.vcf: the genotypes of 3 individuals at 2000 variants or more: 206\.0 kB of memory "
        r"would be .*; "
        r"read a part of the file, with region=, samples= or min_maf=$",
    ):
        read_genotypes(path, encoding="phased")
