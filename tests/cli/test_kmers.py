"""``seqaug kmers``: the files it writes, the kinds of input, one-line errors."""

import gzip

import pandas as pd
import pytest
from Bio import SeqIO

from seqaug_sklearn.datasets import make_plastome, protein_sequences, read_fasta, upstream_regions
from seqaug_sklearn.similarity import cluster_sequences


@pytest.fixture(scope="module")
def genome(tmp_path_factory):
    path = tmp_path_factory.mktemp("genome") / "simulated.gb"
    SeqIO.write(make_plastome(12, random_state=0), path, "genbank")
    return path


def test_files_and_answer(run, files):
    out = files / "out"
    result = run("kmers", files / "data.fa", "--out", out, "--shuffles", 19)
    assert result.exit_code == 0, result.output
    assert "No clusters are shown" in result.output
    assert f"Report: {out / 'report.html'}" in result.output
    sequences = read_fasta(files / "data.fa")
    pairs = pd.read_csv(out / "tables" / "pairs.csv")
    assert len(pairs) == 190
    for name in ("shared_k_mers", "distances"):
        assert pd.read_csv(out / "tables" / f"{name}.csv", index_col=0).index.tolist() == sequences.index.tolist()
    clusters = cluster_sequences(sequences, n_shuffles=0)
    assert pd.read_csv(out / "tables" / "sequences.csv")["cluster"].tolist() == clusters.labels.tolist()
    assert "data.fa" in (out / "report.html").read_text()


def test_options_are_passed_on(run, files):
    out = files / "out"
    options = [
        "--k",
        "3-5",
        "--clusters",
        4,
        "--metric",
        "cosine",
        "--both-strands",
        "--shuffles",
        0,
        "--max-clusters",
        6,
    ]
    assert run("kmers", files / "data.fa", "--out", out, *options).exit_code == 0
    expected = cluster_sequences(
        read_fasta(files / "data.fa"), k=(3, 5), n_clusters=4, metric="cosine", canonical=True, n_shuffles=0
    )
    assert pd.read_csv(out / "tables" / "sequences.csv")["cluster"].tolist() == expected.labels.tolist()
    assert pd.read_csv(out / "tables" / "silhouette_by_number_of_clusters.csv")["clusters"].tolist() == [2, 3, 4, 5, 6]
    assert run("kmers", files / "data.fa", "--out", out, "--k", 6, "--metric", "mash", "--shuffles", 0).exit_code == 0


def test_genbank_gives_upstream_regions_or_proteins(run, genome, tmp_path):
    record = SeqIO.read(genome, "genbank")
    result = run("kmers", genome, "--out", tmp_path / "dna", "--shuffles", 0, "--upstream", 100)
    assert result.exit_code == 0, result.output
    names = pd.read_csv(tmp_path / "dna" / "tables" / "sequences.csv", index_col=0)
    assert names.index.tolist() == upstream_regions(record, 100).index.tolist()
    assert (names["length"] == 100).all()
    packed = tmp_path / "packed.gbk.gz"
    packed.write_bytes(gzip.compress(genome.read_bytes()))
    result = run(
        "kmers", packed, "--out", tmp_path / "protein", "--alphabet", "protein", "--shuffles", 0, "--k", "2-3",
        "--clusters", 2,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    names = pd.read_csv(tmp_path / "protein" / "tables" / "sequences.csv", index_col=0)
    assert names.index.tolist() == protein_sequences(record).index.tolist()


@pytest.mark.filterwarnings("default")
def test_unequal_lengths_are_warned_of_in_one_line(run, tmp_path, random_dna):
    texts = random_dna(3, 30) + random_dna(3, 60)
    (tmp_path / "data.fa").write_text("".join(f">s{i}\n{text}\n" for i, text in enumerate(texts)))
    result = run("kmers", tmp_path / "data.fa", "--out", tmp_path / "out", "--shuffles", 0)
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("Warning: sequences have 30 to 60 residues")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--k", "twelve"], "--k must be a length or a range such as 8 or 5-12, got 'twelve'"),
        (["--k", "12-5"], "k must be an int or a range (low, high)"),
        (["--k", "70"], "but the longest sequence has 60; lower --k to at most 60"),
        (["--metric", "mash"], "metric='mash' needs one k"),
        (["--clusters", "20"], "--clusters 20 is too many for 20 sequences"),
        (["--alphabet", "rna"], "symbol 'T' is not in the rna alphabet"),
    ],
)
def test_bad_options_are_one_line(run, files, options, message):
    result = run("kmers", files / "data.fa", "--out", files / "out", "--shuffles", 0, *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.strip().count("\n") == 0
    assert not (files / "out").exists()


def test_bad_files_are_one_line(run, files, genome):
    (files / "two.gb").write_text(genome.read_text() * 2)
    (files / "one.fa").write_text(">a\nACGTACGTACGTACGT\n")
    for name, message, options in (
        ("none.fa", "No such file", []),
        ("one.fa", "at least three sequences", []),
        ("labels.csv", "has no column 'sequence'", []),
        ("two.gb", "holds 2 records; --one-genome takes them for", []),
    ):
        result = run("kmers", files / name, "--out", files / "out", "--shuffles", 0, *options)
        assert (result.exit_code, message in result.stderr) == (2, True), result.output
    result = run("kmers", genome, "--out", files / "out", "--alphabet", "rna")
    assert "holds DNA; leave --alphabet rna out" in result.stderr


def test_out_is_checked_first(run, files):
    (files / "full").mkdir()
    (files / "full" / "mine.txt").write_text("keep")
    result = run("kmers", files / "none.fa", "--out", files / "full")
    assert result.exit_code == 2
    assert "holds no earlier report" in result.stderr
    assert (files / "full" / "mine.txt").read_text() == "keep"


def test_too_little_memory_is_one_line(run, files, monkeypatch):
    monkeypatch.setattr("seqaug_sklearn.utils._memory.available_memory", lambda: 1000.0)
    result = run("kmers", files / "data.fa", "--out", files / "out", "--shuffles", 0)
    assert result.exit_code == 2
    assert "Error: counting the k-mers of 1200 residues needs about" in result.stderr
