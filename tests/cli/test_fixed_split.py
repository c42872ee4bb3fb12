"""``seqaug compare`` on a split that is given: by two files, or by a column."""

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def benchmark(tmp_path, random_dna):
    """a.fa and b.fa (labels in the names), the same as all.csv with a column `split`, and labels.csv of both."""
    texts, y = random_dna(110, 50), np.array(["x", "y"] * 55)
    for row in range(70, 90):
        texts[row] = texts[row - 70][4:] + texts[row][:4]
    names = [f"{label}_{i}" for i, label in enumerate(y)]
    for name, rows in (("a.fa", range(70)), ("b.fa", range(70, 110))):
        (tmp_path / name).write_text("".join(f">{names[i]}\n{texts[i]}\n" for i in rows))
    table = pd.DataFrame({"name": names, "sequence": texts, "label": y, "split": ["train"] * 70 + ["Test"] * 40})
    table.to_csv(tmp_path / "all.csv", index=False)
    table[["name", "label"]].to_csv(tmp_path / "labels.csv", index=False)
    return tmp_path


COMMON = ("--window", 20, "--models", "kmers,memoriser,majority")


def test_both_ways_give_the_same(run, benchmark):
    out = benchmark / "out"
    told = []
    for data in (
        ["--train", benchmark / "a.fa", "--test", benchmark / "b.fa", "--labels", benchmark / "labels.csv"],
        ["--train", benchmark / "a.fa", "--test", benchmark / "b.fa", "--label-pattern", "^[^_]+"],
        [benchmark / "all.csv", "--split-column", "split"],
    ):
        result = run("compare", *data, *COMMON, "--out", out)
        assert result.exit_code == 0, result.output
        assert "70 training and 40 test sequences, as given." in result.output
        told.append(result.stdout.strip().splitlines())
        page = (out / "report.html").read_text()
        assert "20 of 40 test rows (50.0%) share sequence with a training row" in page
    assert told[0] == told[1] == told[2]
    assert told[0][0].startswith("Warning: 20 of 40 test rows (50.0%) share sequence with a training row")
    assert told[0][-1] == f"Report: {out / 'report.html'}"
    assert not (benchmark / "out.folds").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--train", "a.fa"], "--train and --test belong together"),
        (["--train", "a.fa", "--test", "b.fa", "--split-column", "split"], "give one or the other"),
        (["all.csv", "--train", "a.fa", "--test", "b.fa", "--labels", "labels.csv"], "leave the other one out"),
        (["--split-column", "split"], "needs the file whose rows it splits"),
        (["all.csv", "--split-column", "fold"], "has no column 'fold' for the split"),
        (["all.csv", "--split-column", "label"], "must say train or test in every row, but has 'x', 'y'"),
        (["all.csv", "--split-column", "split", "--folds", 3], "--folds cannot be had with a split that is given"),
        (["all.csv", "--split-column", "split", "--relatives", "ignore"], "--relatives cannot be had"),
        (["--train", "a.fa", "--test", "b.fa"], "a.fa has no labels"),
    ],
)
def test_what_does_not_fit_is_refused(run, benchmark, monkeypatch, options, message):
    monkeypatch.chdir(benchmark)
    result = run("compare", *options, *COMMON, "--out", "out")
    assert result.exit_code == 2
    assert message in result.output
    assert not (benchmark / "out").exists()


def test_repeats_are_seeds(run, benchmark):
    out = benchmark / "out"
    command = ["compare", benchmark / "all.csv", "--split-column", "split", *COMMON, "--out", out, "--repeats", 2]
    assert run(*command).exit_code == 0
    assert pd.read_csv(out / "tables" / "predictions.csv")["seed"].unique().tolist() == [0, 1]


def test_a_split_of_datasail_is_read(run, benchmark):
    """Its *_splits.tsv: a name and a part per line, no heading; some are in no part."""
    frame = pd.read_csv(benchmark / "all.csv")
    parts = frame["split"].str.lower().mask(frame.index == 3, "not selected")
    lines = [f"{name}\t{part}" for name, part in zip(frame["name"], parts, strict=True)]
    file = benchmark / "Protein_all_splits.tsv"
    file.write_text("\n".join(lines[:-1]) + "\n")
    command = ["compare", benchmark / "all.csv", "--split-column", file, *COMMON, "--out", benchmark / "out"]
    result = run(*command)
    assert result.exit_code == 0, result.output
    assert "2 of 110 sequences are in neither part of Protein_all_splits.tsv" in result.output
    assert "69 training and 39 test sequences, as given." in result.output
    file.write_text("\n".join(lines).replace("\ttest", "\tval") + "\n")
    assert "Protein_all_splits.tsv must say train or test in every row, but has 'val'" in run(*command).output
