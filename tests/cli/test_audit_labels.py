"""``seqaug audit`` of one labelled file, and of a training and a test set that differ in a trivial feature."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.cli._audit_labels import tell_difference


@pytest.fixture
def table(tmp_path):
    """``table(X, label=y)`` writes a table of sequences and labels."""

    def write(X, **columns):
        path = tmp_path / "data.csv"
        pd.DataFrame({"name": [f"r{i}" for i in range(len(X))], "sequence": X, **columns}).to_csv(path, index=False)
        return path

    return write


def draw(n, lengths, seed=0):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("ACGT"), length)) for length in np.broadcast_to(lengths, n)]


def test_labels_that_length_explains_end_with_code_1(run, table, tmp_path):
    path = table(draw(60, [50] * 30 + [60] * 30), label=["a"] * 30 + ["b"] * 30)
    result = run("audit", path, "--out", tmp_path / "report")
    assert result.exit_code == 1, result.output
    assert result.output.startswith(
        "The classes are explained by length (median 60 in b, 50 in a): it alone separates them"
    )
    assert "Report: " in result.output
    page = (tmp_path / "report" / "report.html").read_text()
    assert "Which trivial feature explains the labels?" in page


def test_labels_that_nothing_explains_end_with_code_0(run, table):
    y = np.random.default_rng(1).permutation(np.repeat(["a", "b"], 30))
    result = run("audit", table(draw(60, 50), label=y))
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Nothing trivial explains the classes")


def test_numbers_and_groups_are_read(run, table):
    groups = np.repeat(np.arange(12), 5)
    X = [f"{draw(1, 40, int(group))[0]}{tail}" for group, tail in zip(groups, draw(60, 5), strict=True)]
    y = np.random.default_rng(2).normal(size=12)[groups] + np.linspace(0, 0.001, 60)
    path = table(X, activity=y, family=groups)
    alone, grouped = (run("audit", path, "--label-column", "activity", *more) for more in ([], ["--groups", "family"]))
    assert alone.output.startswith("The values are ")
    assert (alone.exit_code, grouped.exit_code) == (1, 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--clean", "x.fa"], "--clean: there is one file"),
        (["--k", "8", "--keep-tags"], "--k, --keep-tags: there is one file"),
        (["--groups", "auto"], "pass a column or a file of groups"),
        (["--label-column", "none"], "none"),
    ],
)
def test_what_belongs_to_two_files_is_refused(run, table, options, message):
    result = run("audit", table(draw(20, 30), label=["a", "b"] * 10), *options)
    assert result.exit_code == 2
    assert message in result.output


def test_groups_belong_to_one_file(run, table):
    path = table(draw(20, 30), label=["a", "b"] * 10)
    result = run("audit", path, path, "--groups", "label")
    assert result.exit_code == 2
    assert "--groups is about the labels of one file" in result.output


def test_sets_that_differ_are_told(run, tmp_path):
    paths = [tmp_path / "train.fa", tmp_path / "test.fa"]
    for path, sequences in zip(paths, (draw(30, 60, 1), draw(10, 70, 2)), strict=True):
        path.write_text("".join(f">{path.stem}{i}\n{text}\n" for i, text in enumerate(sequences)))
    result = run("audit", *paths)
    assert result.exit_code == 0, result.output
    assert "The two sets differ: length alone gives an AUROC of 1.000" in result.output
    assert tell_difference(pd.Series(draw(30, 60, 1)), pd.Series(draw(10, 60, 2)), "dna") == ""
    assert tell_difference(pd.Series(draw(10, 60)), pd.Series(draw(5, 70)), "dna") == ""
