"""``seqaug negatives``: files that every other command reads, and the audit's words first."""

import gzip

import pandas as pd
import pytest

from seqaug_sklearn.datasets import make_plastome, read_fasta


def test_shuffles_and_a_table_that_compare_reads(run, files):
    out, table = files / "negatives.fa.gz", files / "both.csv"
    result = run("negatives", files / "data.fa", "--out", out, "--table", table, "--k", 2)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Nothing trivial explains the classes")
    assert "20 of 20 negatives were made." in result.output
    made = read_fasta(out)
    assert made.index[0] == "shuffled_down_0"
    both = pd.read_csv(table)
    assert list(both.columns) == ["name", "sequence", "label", "source"]
    assert both["label"].value_counts().to_dict() == {"positive": 20, "negative": 20}
    with gzip.open(out) as file:
        before = file.read()
    run("negatives", files / "data.fa", "--out", out, "--k", 2)
    with gzip.open(out) as file:
        assert file.read() == before
    audited = run("audit", table, "--groups", "source")
    assert audited.exit_code == 0, audited.output
    assert run("windows", out, "--out", files / "w.csv", "--window", 20).exit_code == 0


@pytest.mark.parametrize("kind", ["genome.gb", "genome.fa"])
def test_a_genome_as_the_background(run, files, kind):
    from Bio import SeqIO

    genome = files / kind
    SeqIO.write(make_plastome(n_genes=12, random_state=0), genome, "genbank" if kind.endswith("gb") else "fasta")
    out = files / "negatives.fa"
    result = run("negatives", files / "data.fa", "--background", genome, "--exclude", files / "table.csv", "--out", out)
    assert result.exit_code == 0, result.output
    made = read_fasta(out)
    assert made.index.str.startswith("background_").all()
    assert set(made.str.len()) == {60}


def test_files_that_cannot_be(run, files):
    result = run("negatives", files / "data.fa", "--out", files / "n.fa", "--table", files / "n.fa")
    assert result.exit_code == 2
    assert "--out and --table are both" in result.output
    result = run("negatives", files / "data.fa", "--out", files / "data.fa")
    assert result.exit_code == 2
    (files / "a.fa").write_text(">a\nAAAAAAAA\n")
    result = run("negatives", files / "a.fa", "--out", files / "n.fa")
    assert result.exit_code == 2
    assert "no negative could be made of 1" in result.output
