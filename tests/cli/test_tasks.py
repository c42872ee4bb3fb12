"""Each command on classes, numbers and several labels: read as what they are, said so, and in the right words."""

import numpy as np
import pandas as pd
import pytest

KINDS = ("classes", "number", "labels")
SMALL = ("--quick", "--folds", 2, "--window", 30, "--models", "composition,majority", "--device", "cpu")


@pytest.fixture
def tables(tmp_path, random_dna):
    """``tables[kind]``: a file of 40 sequences, some of them relatives, and the options that name its labels."""
    rng = np.random.default_rng(0)
    texts = random_dna(30, 60)
    texts += [text[5:] + text[:5] for text in texts[:10]]
    frame = pd.DataFrame({"name": [f"s{i}" for i in range(40)], "sequence": texts})
    value = pd.Series(np.round(rng.normal(size=40), 3))
    frame["label"], frame["activity"] = np.where(value > 0, "high", "low"), value.astype(str)
    frame["skin"], frame["bone"] = (value > 0).astype(int), pd.Series(rng.integers(0, 2, 40)).astype(object)
    frame.loc[::5, "bone"] = ""
    frame["family"] = [f"f{i % 30}" for i in range(40)]
    frame.to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "test.csv").write_text(frame.iloc[:15].to_csv(index=False))
    (tmp_path / "train.csv").write_text(frame.iloc[15:].to_csv(index=False))
    columns = {"classes": "label", "number": "activity", "labels": "skin,bone"}
    return {kind: (tmp_path / "data.csv", "--label-column", columns[kind]) for kind in KINDS}


READ = {"number": "is read as numbers: 40 different values", "labels": "is read as 2 labels that are there or not"}


@pytest.mark.parametrize("kind", KINDS)
def test_compare(run, tables, tmp_path, kind):
    result = run("compare", *tables[kind], "--groups", "family", "--out", tmp_path / "report", *SMALL)
    assert result.exit_code == 0, result.output
    assert (READ.get(kind, "is read as") in result.output) == (kind != "classes")
    page = (tmp_path / "report" / "report.html").read_text()
    if kind != "classes":
        # said once, before the fits
        assert result.output.count(READ[kind]) == 1
        assert ("--task number reads them" in result.output) == (kind == "labels")
        assert READ[kind] in page
        assert {"number": "Spearman", "labels": "AUROC"}[kind] in page
        assert "Sequences of each class" not in page


@pytest.mark.parametrize("kind", KINDS)
def test_audit_of_one_file(run, tables, tmp_path, kind):
    result = run("audit", *tables[kind], "--out", tmp_path / "report")
    assert result.exit_code in (0, 1), result.output
    assert (READ.get(kind, "no such words") in result.output) == (kind != "classes")
    words = {"classes": "classes", "number": "values", "labels": "labels"}
    assert words[kind] in result.output


@pytest.mark.parametrize("kind", KINDS)
def test_audit_of_two(run, tables, tmp_path, kind):
    options = tables[kind][1:]
    result = run("audit", tmp_path / "train.csv", tmp_path / "test.csv", *options, "--clean", tmp_path / "clean.csv")
    assert result.exit_code == 1, result.output
    left = len(pd.read_csv(tmp_path / "clean.csv"))
    assert f"{left} of 15 test rows are left" in result.output
    assert ("of 15 test rows are left:" in result.output) == (kind == "classes")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sizes", [("--test", 0.3), ("--folds", 3)])
def test_split(run, tables, tmp_path, kind, sizes):
    result = run("split", *tables[kind], "--out", tmp_path / "split", *sizes)
    assert result.exit_code == 0, result.output
    places = pd.read_csv(tmp_path / "split" / "split.csv")
    columns = {"classes": ["label"], "number": ["label"], "labels": ["skin", "bone"]}[kind]
    assert places.columns.tolist() == ["name", "split" if "--test" in sizes else "fold", *columns, "group"]
    counted = {"classes": "high ", "number": "median activity", "labels": "with bone"}[kind]
    assert counted in result.output
    if kind == "number" and "--test" in sizes:
        # the shares of the fifths are kept
        means = places.groupby("split")["label"].mean()
        assert abs(means["train"] - means["test"]) < places["label"].std()


@pytest.mark.parametrize("kind", KINDS)
def test_groups(run, tables, tmp_path, kind):
    result = run("groups", *tables[kind], "--out", tmp_path / "groups.csv")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / "groups.csv")
    assert table.columns.tolist() == ["name", "group", *({"labels": ["skin", "bone"]}.get(kind, ["label"]))]
    data = pd.read_csv(tmp_path / "data.csv", index_col="name")
    if kind == "number":
        related = table[table.groupby("group")["label"].transform("size") == 2]
        spread = np.sqrt((related.groupby("group")["label"].var()).mean())
        assert f"deviation of activity is {spread:.3g} among relatives, {data['activity'].std():.3g} among all" in (
            result.output
        )
    else:
        column = "label" if kind == "classes" else "skin"
        mixed = sum(data[column].iloc[i] != data[column].iloc[30 + i] for i in range(10))
        assert f"{mixed} of the 10 groups" in result.output or f"{mixed} of 10 groups of relatives" in result.output


@pytest.mark.parametrize("kind", KINDS)
def test_windows(run, tables, tmp_path, kind):
    """Every column of labels goes with each window, as it is written, and other commands read it."""
    result = run("windows", *tables[kind], "--out", tmp_path / "windows.csv", "--window", 50)
    assert result.exit_code == 0, result.output
    assert (READ.get(kind, "is read as") in result.output) == (kind != "classes")
    windows, data = pd.read_csv(tmp_path / "windows.csv"), pd.read_csv(tmp_path / "data.csv", index_col="name")
    columns = {
        "classes": {"label": "label"},
        "number": {"label": "activity"},
        "labels": {"skin": "skin", "bone": "bone"},
    }
    assert windows.columns.tolist() == ["window", *columns[kind], "parent", "start"]
    for name, source in columns[kind].items():
        expected = data.loc[windows["parent"], source]
        assert windows[name].isna().to_numpy().tolist() == expected.isna().tolist()
        assert (windows[name].dropna().to_numpy() == expected.dropna().to_numpy()).all()
    audit = run("audit", tmp_path / "windows.csv", "--label-column", ",".join(columns[kind]))
    assert audit.exit_code in (0, 1), audit.output


@pytest.mark.parametrize(
    ("column", "task", "message"),
    [
        ("label", "number", "holds '(high|low)' in row 's0', which is no number"),
        ("activity", "classes", "holds 40 different numbers"),
        ("skin", "labels", "should hold two labels or more per row"),
        ("skin,activity", "labels", "a label is 1"),
        ("skin,nowhere", "auto", "no column 'nowhere'"),
    ],
)
@pytest.mark.parametrize("command", ["compare", "split", "audit", "groups"])
def test_what_does_not_fit_is_one_clear_line(run, tables, tmp_path, command, column, task, message):
    options = ("--out", tmp_path / "out.csv") if command != "compare" else ("--out", tmp_path / "out", *SMALL)
    result = run(command, tables["classes"][0], "--label-column", column, "--task", task, *options)
    assert result.exit_code == 2, result.output
    assert result.output.splitlines()[-1].startswith("Error: ")
    import re

    assert re.search(message, result.output), result.output


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["files", "column"])
def test_compare_on_a_given_split(run, tables, tmp_path, kind, form):
    files = ("--train", tmp_path / "train.csv", "--test", tmp_path / "test.csv", *tables[kind][1:])
    if form == "column":
        table = pd.read_csv(tmp_path / "data.csv", dtype=str)
        table["side"] = ["test"] * 15 + ["train"] * 25
        table.to_csv(tmp_path / "sides.csv", index=False)
        files = (tmp_path / "sides.csv", "--split-column", "side", *tables[kind][1:])
    models = ("--models", "composition,majority", "--quick")
    result = run("compare", *files, *models, "--out", tmp_path / "report")
    assert result.exit_code == 0, result.output
    assert "25 training and 15 test sequences, as given." in result.output
    # said once, before the fits
    assert result.output.count(READ.get(kind, "is read as")) == (kind != "classes")
    page = (tmp_path / "report" / "report.html").read_text()
    assert {"classes": "Accuracy", "number": "Spearman", "labels": "AUROC"}[kind] in page
    assert ("Sequences of each class" in page) == (kind == "classes")
    assert (READ.get(kind, "is read as") in page) == (kind != "classes")
    assert ("Each label" in page) == (kind == "labels")
    predicted = pd.read_csv(tmp_path / "report" / "tables" / "predictions.csv")
    assert len(predicted) == 2 * 15 * (2 if kind == "labels" else 1)


@pytest.mark.parametrize("command", ["audit", "split", "groups", "windows", "compare"])
def test_what_looks_like_numbers_is_refused_or_said(run, tables, tmp_path, command):
    """Numbers with units were names of classes, and an audit of them found nothing; codes are classes, and said."""
    table = pd.read_csv(tmp_path / "data.csv")
    table["rpkm"] = [f"{abs(value)} RPKM" for value in table["activity"]]
    table["code"] = np.arange(40) % 3
    table.to_csv(tmp_path / "data.csv", index=False)
    out = ("--out", tmp_path / "out") if command in ("split", "compare") else ("--out", tmp_path / "out.csv")
    more = SMALL if command == "compare" else ()
    result = run(command, tmp_path / "data.csv", "--label-column", "rpkm", *out, *more)
    assert result.exit_code == 2, result.output
    line = result.output.splitlines()[-1]
    assert "column 'rpkm' of data.csv holds" in line
    assert "in row 's0', a number with 'RPKM' behind it (40 of 40 rows hold such)" in line
    assert line.endswith("write plain numbers, such as 1234.5; --task classes reads them as names of classes")
    if command != "compare":
        result = run(command, tmp_path / "data.csv", "--label-column", "code", *out)
        assert result.exit_code in (0, 1), result.output
        told = "column 'code' of data.csv is read as classes: whole numbers with 3 different values; --task number"
        assert result.output.count(told) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", ["split", "groups", "windows"])
def test_labels_that_do_not_vary_are_said_once(run, tables, tmp_path, command, kind):
    table = pd.read_csv(tmp_path / "data.csv")
    table["same"] = {"classes": "high", "number": 1.5, "labels": 1}[kind]
    table.to_csv(tmp_path / "data.csv", index=False)
    out = tmp_path / ("out" if command == "split" else "out.csv")
    column = "skin,same" if kind == "labels" else "same"
    task = {"number": ("--task", "number")}.get(kind, ())
    result = run(command, tmp_path / "data.csv", "--label-column", column, *task, "--out", out)
    assert result.exit_code == 0, result.output
    assert result.output.count("holds one value only") == 1
