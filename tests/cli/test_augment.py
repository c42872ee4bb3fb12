"""seqaug augment: files that the other commands read, and whose parents they keep together."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.augmentation import replay_edits
from seqaug_sklearn.datasets import make_promoters, read_fasta


@pytest.fixture
def data(tmp_path, monkeypatch):
    made = make_promoters(24, length=80, n_families=8, n_orthologs=1, random_state=0)
    frame = pd.DataFrame({"name": made.sequences.index, "sequence": made.sequences.to_numpy()})
    frame.assign(label=np.asarray(made.y), level=np.linspace(0, 3, 24)).to_csv(tmp_path / "d.csv", index=False)
    made.orthologs.to_csv(tmp_path / "o.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return made.sequences


def test_a_table_with_parents_that_split_keeps_together(run, data):
    result = run("augment", "d.csv", "--edits", "gentle", "--copies", 2, "--orthologs", "o.csv", "--out", "a.csv")
    assert result.exit_code == 0, result.output
    table = pd.read_csv("a.csv")
    assert len(table) == 24 * 2 * 3
    assert table["name"].is_unique
    assert set(table["parent"]) == set(data.index)
    assert "keep them on one side of every split" in result.output
    split = run("split", "a.csv", "--out", "parts")
    assert "a.csv holds augmented rows: those of one parent stay on one side" in split.output
    parts = [pd.read_csv(path) for path in sorted(map(str, Path("parts").glob("*.csv")))]
    parents = [set(part["parent"]) for part in parts if "parent" in part]
    assert len(parents) == 2
    assert not parents[0] & parents[1]


def test_fasta_says_the_parent_in_its_headers(run, data):
    run("augment", "d.csv", "--label-column", "level", "--edits", "--only-new", "--out", "a.fa")
    assert read_fasta("a.fa").index.to_list() == [f"{name}.e1" for name in data.index]
    header = Path("a.fa").read_text().splitlines()[0]
    assert header == f">{data.index[0]}.e1 parent={data.index[0]} made_by=edits seed=0 label=0.0"
    groups = run("split", "a.fa", "--label-pattern", r"label=(\S+)", "--task", "number", "--out", "parts")
    assert "a.fa holds augmented rows" in groups.output


def test_the_record_of_the_edits_makes_the_rows_again(run, data):
    run("augment", "d.csv", "--edits", "--out", "a.csv", "--lineage", "edits.csv", "--seed", 5)
    table, edits = pd.read_csv("a.csv"), pd.read_csv("edits.csv")
    parents = np.concatenate([np.arange(24), data.index.get_indexer(table["parent"][24:])])
    assert list(replay_edits(data.to_list(), edits, parents)) == table["sequence"].to_list()


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ([], "there is nothing to do: give --edits, --orthologs or --window"),
        (["--window", "20", "--copies", "2"], "--copies needs --edits"),
        (["--edits", "gentle", "--max-windows", "2"], "--max-windows needs --window"),
        (["--window", "20", "--lineage", "x.csv"], "--lineage needs --edits"),
        (["--edits", "gentle", "--cut-orthologs", "left"], "--cut-orthologs needs --orthologs"),
        (["--coding", "--window", "20"], "--coding says what --edits may change"),
    ],
)
def test_options_that_need_others(run, data, tmp_path, wish, message):
    result = run("augment", "d.csv", *wish, "--out", "a.csv")
    assert result.exit_code == 2
    assert message in result.output
    assert not (tmp_path / "a.csv").exists()
