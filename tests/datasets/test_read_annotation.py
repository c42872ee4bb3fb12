"""A genome as GFF3, GTF or BED beside FASTA is the genome of its GenBank file."""

import gzip

import pytest
from Bio.SeqFeature import AfterPosition, BeforePosition

from seqaug_sklearn.datasets import (
    feature_sequences,
    make_plastome,
    protein_sequences,
    read_annotation,
    upstream_regions,
    write_fasta,
)
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning

gff = pytest.importorskip("gffutils")


@pytest.fixture(scope="module")
def plastome():
    return make_plastome(14, gene_length=(150, 400), random_state=5)


@pytest.fixture
def fasta(plastome, tmp_path):
    path = tmp_path / "genome.fa"
    path.write_text(f">{plastome.id} a circle\n{plastome.seq}\n")
    return path


def _write(folder, text, name="genes.txt"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _gff3(record, *, ends=""):
    """The record as NCBI writes GFF3: a spliced coding sequence has a line per exon with one ID."""
    lines = ["##gff-version 3", f"{record.id}\tX\tregion\t1\t{len(record)}\t.\t+\t.\tID=r;Is_circular=true"]
    for number, feature in enumerate(record.features):
        if feature.type == "source":
            continue
        copied = {
            k: v[0] for k, v in feature.qualifiers.items() if k in ("gene", "locus_tag", "product", "transl_table")
        }
        attributes = ";".join(f"{k}={v}" for k, v in {"ID": f"{feature.type}-{number}", **copied}.items())
        parts = feature.location.parts
        for part in parts if feature.type == "CDS" else [feature.location] if len(parts) == 1 else parts:
            strand = "+" if part.strand == 1 else "-"
            phase = "0" if feature.type == "CDS" and part is parts[0] else "."
            lines.append(
                f"{record.id}\tX\t{feature.type}\t{part.start + 1}\t{part.end}\t.\t{strand}\t{phase}\t{attributes}"
            )
    return "\n".join([*lines, ends])


def _simple_genes(record):
    """Genes in one piece: GFF3 and BED have no order of parts on two strands."""
    return [f for f in record.features if f.type == "gene" and len(f.location.parts) == 1]


@pytest.mark.parametrize("embedded", [False, True], ids=["beside FASTA", "FASTA inside"])
def test_gff3_gives_what_the_record_gives(tmp_path, plastome, fasta, embedded):
    record = make_plastome(14, gene_length=(150, 400), random_state=5)
    record.features = _simple_genes(record)
    below = f"##FASTA\n>{record.id} x\n{record.seq}\n" if embedded else ""
    path = _write(tmp_path, gzip.compress(_gff3(record, ends=below).encode()), "genes.gff3.gz")
    (read,) = read_annotation(path, None if embedded else fasta)
    expected = upstream_regions(record, 60)
    found = upstream_regions(read, 60)
    assert found["sequence"].to_dict() == expected["sequence"].to_dict()
    assert found[["start", "end", "strand"]].equals(expected[["start", "end", "strand"]])


def test_spliced_coding_sequences_are_one_feature(tmp_path, plastome, fasta):
    one_strand = [
        f
        for f in plastome.features
        if f.type == "CDS"
        and len({part.strand for part in f.location.parts}) == 1
        # in the order of the sequence: no gene across the origin
        and [*f.location.parts] == sorted(f.location.parts, key=lambda p: p.start * p.strand)
    ]
    assert any(len(f.location.parts) > 1 for f in one_strand)
    record = make_plastome(14, gene_length=(150, 400), random_state=5)
    record.features = one_strand
    (read,) = read_annotation(_write(tmp_path, _gff3(record)), fasta)
    assert protein_sequences(read, 1)["sequence"].to_list() == protein_sequences(record, 1)["sequence"].to_list()


def test_coding_sequences_without_an_id_join_by_their_parent(tmp_path):
    text = "c\tH\tgene\t1\t12\t.\t-\t.\tID=gene:G1;Name=abc\nc\tH\tmRNA\t1\t12\t.\t-\t.\tID=T1;Parent=gene:G1\n"
    text += "c\tH\tCDS\t9\t12\t.\t-\t0\tParent=T1\nc\tH\tCDS\t1\t5\t.\t-\t2\tParent=T1\n"
    genome = _write(tmp_path, ">c\nTTATTGGGTCAT\n", "g.fa")
    (record,) = read_annotation(_write(tmp_path, "##gff-version 3\n" + text), genome)
    coding = next(f for f in record.features if f.type == "CDS")
    # TTATT...TCAT reversed: ATGA AATAA
    assert str(coding.extract(record.seq)) == "ATGAAATAA"
    assert protein_sequences(record, 1)["sequence"].to_dict() == {"abc": "MK"}
    assert coding.qualifiers["locus_tag"] == ["G1"]


def test_genes_of_a_gtf_are_what_carries_one_gene_id(tmp_path):
    rows = [("exon", 5, 8), ("CDS", 5, 8), ("exon", 12, 20)]
    text = "".join(
        f'c\tS\t{kind}\t{a}\t{b}\t.\t+\t.\tgene_id "G1"; transcript_id "T1"; gene_name "abc";\n' for kind, a, b in rows
    )
    genome = _write(tmp_path, ">c\nACGTACGTACGTACGTACGTACGT\n", "g.fa")
    exons = "\n".join(line for line in text.splitlines() if "\texon\t" in line)
    (record,) = read_annotation(_write(tmp_path, exons), genome)
    assert feature_sequences(record)["sequence"].to_dict() == {"abc": "ACGTACGTACGTACGT"}


def test_partial_genes_of_ncbi(tmp_path):
    text = "##gff-version 3\nc\tR\tgene\t3\t9\t.\t+\t.\tID=gene-a;Name=a;partial=true;start_range=.,3;end_range=9,.\n"
    (record,) = read_annotation(_write(tmp_path, text), _write(tmp_path, ">c\nACGTACGTAC\n", "g.fa"))
    place = record.features[0].location
    assert isinstance(place.start, BeforePosition)
    assert isinstance(place.end, AfterPosition)
    assert upstream_regions(record, 2)["partial"].to_list() == [True]


def test_features_count_on_behind_the_origin_of_a_circle(tmp_path):
    genome = _write(tmp_path, ">c\nACGTTGCAAC\n", "g.fa")
    genes = _write(tmp_path, "##gff-version 3\nc\tX\tgene\t9\t13\t.\t+\t.\tID=a\n")
    (record,) = read_annotation(genes, genome, circular=True)
    assert feature_sequences(record)["sequence"].to_list() == ["ACACG"]
    with pytest.warns(SeqAugWarning, match=r"1 gene\); the first is gene a: its place 9\.\.13 lies outside the 10"):
        (record,) = read_annotation(genes, genome)
    assert record.features == []
    with pytest.raises(InvalidParameterError, match=r"circular must name sequences of the FASTA file \('c'\)"):
        read_annotation(genes, genome, circular=["d"])


def test_bed_gives_what_the_record_gives(tmp_path, plastome, fasta):
    genes = _simple_genes(plastome)
    strands = {1: "+", -1: "-"}
    lines = [
        "\t".join(
            [
                plastome.id,
                *map(str, (f.location.start, f.location.end)),
                *f.qualifiers["gene"],
                "0",
                strands[f.location.strand],
            ]
        )
        for f in genes
    ]
    (read,) = read_annotation(_write(tmp_path, "track name=x\n" + "\n".join(lines) + "\n"), fasta, circular=True)
    record = make_plastome(14, gene_length=(150, 400), random_state=5)
    record.features = genes
    assert upstream_regions(read, 60)["sequence"].to_list() == upstream_regions(record, 60)["sequence"].to_list()


def test_bed_without_strands_has_features_and_no_upstream_and_blocks_are_joined(tmp_path):
    genome = _write(tmp_path, ">c\nACGTTGCAAC\n", "g.fa")
    (record,) = read_annotation(_write(tmp_path, "c\t2\t6\n"), genome)
    assert feature_sequences(record)["sequence"].to_dict() == {"c:2-6": "GTTG"}
    with pytest.raises(DataFormatError, match=r"no gene has 2 residues upstream \(its strand is not given\)"):
        upstream_regions(record, 2)
    # the summit of a narrowPeak, not the middle, is where a window lies
    (record,) = read_annotation(_write(tmp_path, "c\t1\t9\tp\t0\t.\t5\t-1\t-1\t2\n"), genome)
    assert feature_sequences(record, width=3)["sequence"].to_list() == ["GTT"]
    (record,) = read_annotation(_write(tmp_path, "c\t1\t9\tx\t0\t-\t1\t9\t0\t2\t2,3,\t0,5\n"), genome)
    assert feature_sequences(record)["sequence"].to_list() == ["TTG" + "CG"]


def test_what_is_left_out_is_counted(tmp_path):
    genome = _write(tmp_path, ">c\nACGTACGT\n>d\nACGT\n", "g.fa")
    text = "c\t2\t6\ta\t0\t+\nc\t2\t60\tb\t0\t+\nz\t1\t2\tc\t0\t+\nd\t1\t3\te\t0\t.\nd\t3\t1\tf\t0\t+\n"
    with pytest.warns(SeqAugWarning) as caught:
        records = read_annotation(_write(tmp_path, text), genome)
    said = " ".join(str(warning.message) for warning in caught)
    assert "1 features are left out because the FASTA file has no sequence 'z'" in said
    assert "left out (2 gene); the first is gene b: its place 3..60 lies outside the 8 residues of c" in said
    assert [record.id for record in records] == ["c", "d"]
    assert feature_sequences(records)["record"].to_dict() == {"a": "c", "e": "d"}
    regions = upstream_regions(records, 1)
    assert regions.index.to_list() == ["a"]
    assert regions.attrs["skipped"]["e"] == "its strand is not given"
    assert regions.attrs["skipped"]["f"] == "its interval 3 to 1 ends where it starts, or before"


BROKEN = {
    "eight fields": ("##gff-version 3\nc\tX\tgene\t1\t2\t.\t+\n", r"genes\.txt: line 2 has 7 fields between tabs"),
    "words": (
        "##gff-version 3\nc\tX\tgene\tone\t2\t.\t+\t.\tID=a\n",
        r"\(gene of line 2: its place one\.\.2 is none\)",
    ),
    "from zero": ("##gff-version 3\nc\tX\tgene\t0\t2\t.\t+\t.\tID=a\n", r"gene of line 2: its place 0\.\.2 is none"),
    "backwards": ("c\t8\t2\ta\t0\t+\n", r"gene a: its interval 8 to 2 ends where it starts, or before"),
    "no place": ("c\tone\t2\n", r"line 1 has the interval one to 2; BED has whole numbers"),
    "two fields": ("c 8\n", r"line 1 has 2 fields; BED has sequence, start and end"),
    "blocks": ("c\t1\t9\tx\t0\t-\t1\t9\t0\t2\t2\t0,5\n", r"line 1 has 1 block sizes and 2 block starts"),
    "no features": ("##gff-version 3\nc\tX\trepeat\t1\t2\t.\t+\t.\tID=a\n", r"has no genes, coding sequences or RNAs"),
    "other names": ("chr1\t1\t2\ta\t0\t+\n", r"has features on 'chr1', and the FASTA file has 'c'"),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_files(tmp_path, text, message):
    with pytest.raises(DataFormatError, match=message):
        read_annotation(_write(tmp_path, text), _write(tmp_path, ">c\nACGTACGTAC\n", "g.fa"))


def test_files_in_the_other_order(tmp_path):
    genome = _write(tmp_path, ">c\nACGTACGTAC\n", "g.fa")
    with pytest.raises(DataFormatError, match=r"g\.fa is a FASTA file; the file of annotation comes first"):
        read_annotation(genome, _write(tmp_path, "c\t1\t2\ta\t0\t+\n"))


def test_a_coding_sequence_of_a_gtf_has_the_name_of_its_gene(tmp_path):
    genome = _write(tmp_path, ">c\nACGTACGTACGTACGT\n", "g.fa")
    text = 'c\tE\tgene\t3\t9\t.\t+\t.\tgene_id "G1"; gene_name "abc";\nc\tE\tCDS\t3\t8\t.\t+\t0\tgene_id "G1";\n'
    (record,) = read_annotation(_write(tmp_path, text), genome)
    assert feature_sequences(record, "CDS").index.to_list() == ["abc"]


def test_no_sequences(tmp_path):
    with pytest.raises(DataFormatError, match=r"genes\.txt holds no sequences; give the FASTA file of the genome too"):
        read_annotation(_write(tmp_path, "c\t1\t2\ta\t0\t+\n"))


def test_sequences_are_those_of_an_independent_reader(tmp_path):
    pyfaidx = pytest.importorskip("pyfaidx")
    from seqaug_sklearn.datasets import make_promoters

    path = tmp_path / "p.fa"
    write_fasta(make_promoters(4, length=90, n_families=2, random_state=0).sequences, path)
    with pyfaidx.Fasta(str(path)) as genome:
        names = list(genome.keys())
        lines = "".join(f"{name}\t10\t40\t{name}\t0\t-\n" for name in names)
        found = feature_sequences(read_annotation(_write(tmp_path, lines), path))["sequence"]
        assert found.to_dict() == {name: genome[name][10:40].reverse.complement.seq for name in names}
