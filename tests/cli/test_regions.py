"""seqaug regions: what the functions give, as files that the other commands read."""

import pandas as pd
import pytest
from Bio import SeqIO

from seqaug_sklearn.datasets import (
    feature_sequences,
    make_plastome,
    protein_sequences,
    read_fasta,
    read_genbank,
    upstream_regions,
)


@pytest.fixture(scope="module")
def genbank(tmp_path_factory):
    path = tmp_path_factory.mktemp("regions") / "genome.txt"
    SeqIO.write(make_plastome(12, gene_length=(150, 400), random_state=2), path, "genbank")
    return path


def test_upstream_regions_are_the_default(run, tmp_path, genbank):
    result = run("regions", genbank, "--out", tmp_path / "regions.fa.gz")
    expected = upstream_regions(read_genbank(genbank))
    found = read_fasta(tmp_path / "regions.fa.gz")
    assert found.to_list() == expected["sequence"].to_list()
    assert f"{len(expected)} upstream regions of {expected.attrs['n_features']} features" in result.output
    assert f"{expected.attrs['n_identical']} identical to another one" in result.output


def test_tables_have_all_columns_and_the_record_to_split_by(run, tmp_path, genbank):
    run("regions", genbank, "--features", "tRNA", "--width", "40", "--out", tmp_path / "t.csv")
    table = pd.read_csv(tmp_path / "t.csv", index_col="name")
    expected = feature_sequences(read_genbank(genbank), "tRNA", width=40)
    assert table["sequence"].to_dict() == expected["sequence"].to_dict()
    assert set(table["record"]) == {read_genbank(genbank).id}
    run("regions", genbank, "--proteins", "--min-length", "30", "--out", tmp_path / "p.tsv")
    proteins = pd.read_csv(tmp_path / "p.tsv", sep="\t", index_col="name")
    assert proteins["sequence"].to_list() == protein_sequences(read_genbank(genbank), 30)["sequence"].to_list()


@pytest.mark.filterwarnings("always::seqaug_sklearn.exceptions.SeqAugWarning")
def test_a_fasta_file_needs_its_genes(run, tmp_path):
    (tmp_path / "g.fa").write_text(">c\nACGTTGCAACGGTT\n>d\nACGTACGTACGTAC\n")
    (tmp_path / "g.bed").write_text("c\t6\t9\ta b\t0\t+\nd\t6\t9\tc\t0\t+\nd\t60\t90\tlost\t0\t+\nd\t7\t8\tq\t0\t.\n")
    result = run("regions", tmp_path / "g.fa", "--out", tmp_path / "r.fa")
    assert result.exit_code == 2
    assert "a FASTA file needs its genes: add --annotation" in result.output
    result = run(
        "regions", tmp_path / "g.fa", "--annotation", tmp_path / "g.bed", "--upstream", 4, "--out", tmp_path / "r.fa"
    )
    assert read_fasta(tmp_path / "r.fa").to_dict() == {"a_b": "GTTG", "c": "GTAC"}
    assert "2 upstream regions of 4 features" in result.output
    assert "1 skipped: its strand is not given" in result.output
    assert "1 skipped: its place 61..90 lies outside the 14 residues of d" in result.output


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        (["--upstream", "5", "--proteins"], "--upstream and --proteins are different sequences: give one of them"),
        (["--width", "5"], "--width is for --features"),
        (["--min-length", "5"], "--min-length is for --proteins"),
        (["--topology", "round"], "--topology must be"),
    ],
)
def test_options_that_do_not_go_together(run, tmp_path, genbank, wish, message):
    result = run("regions", genbank, *wish, "--out", tmp_path / "r.fa")
    assert result.exit_code == 2
    assert message in result.output
    assert not (tmp_path / "r.fa").exists()


def test_kmers_takes_several_records_for_one_genome_where_told(run, tmp_path, genbank):
    other = make_plastome(12, gene_length=(150, 400), random_state=3)
    other.id, other.name = "SIM_2.1", "SIM_2"
    path = tmp_path / "two.dat"
    text = genbank.read_text()
    SeqIO.write(other, path, "genbank")
    path.write_text(text + path.read_text())
    refused = run("kmers", path, "--shuffles", "0", "--out", tmp_path / "report")
    assert refused.exit_code == 2
    assert "two.dat holds 2 records; --one-genome takes them for the chromosomes" in refused.output
    result = run(
        "kmers", path, "--one-genome", "--shuffles", "0", "--k", "8", "--clusters", "2", "--out", tmp_path / "report"
    )
    assert result.exit_code == 0, result.output
    both = upstream_regions(read_genbank(path))
    assert both["record"].nunique() == 2
    assert f"{len(both)} upstream regions" in result.output
