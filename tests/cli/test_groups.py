"""``seqaug groups``: planted families are found, and ``compare`` reads the table or makes such groups itself."""

import errno
import gzip
import os
import warnings

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn import evaluation
from seqaug_sklearn.cli._groups import _mixed

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"


@pytest.fixture(autouse=True)
def _shown():
    """Warnings are shown, as in a terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield


@pytest.fixture
def families(tmp_path, random_dna):
    """``families(sizes)`` writes data.fa, one family per size, and labels.csv; gives names by family."""

    def write(sizes, symbols="ACGT", length=120, order=None):
        parents = random_dna(len(sizes), length, symbols)
        ends = iter(random_dna(sum(sizes), 10, symbols))
        rows = [(f"f{i}_{j}", parents[i][5 * j :] + next(ends)) for i, n in enumerate(sizes) for j in range(n)]
        rows = [rows[i] for i in (range(len(rows)) if order is None else order)]
        (tmp_path / "data.fa").write_text("".join(f">{name} text\n{text}\n" for name, text in rows))
        labels = pd.DataFrame({"name": [name for name, _ in rows]})
        labels["label"] = ["even" if int(name[1:].split("_")[0]) % 2 == 0 else "odd" for name in labels["name"]]
        labels.to_csv(tmp_path / "labels.csv", index=False)
        return dict(rows)

    return write


def partition(table):
    return set(table.groupby("group")["name"].agg(frozenset))


@pytest.mark.parametrize(("alphabet", "symbols"), [("dna", "ACGT"), ("rna", "ACGU"), ("protein", AMINO_ACIDS)])
def test_planted_families_are_the_groups(run, families, tmp_path, alphabet, symbols):
    names = families([4, 1, 3, 1, 2], symbols)
    result = run("groups", tmp_path / "data.fa", "--out", tmp_path / "g.csv", "--alphabet", alphabet)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / "g.csv")
    assert list(table.columns) == ["name", "group"]
    assert partition(table) == {frozenset(n for n in names if n.startswith(f"f{i}_")) for i in range(5)}
    # the largest group is the first
    assert table["group"].tolist() == [1, 1, 1, 1, 4, 2, 2, 2, 5, 3, 3]
    assert "11 sequences in 5 groups: 2 alone in theirs, 4 in the largest (36.4%; 'f0_0'" in result.output
    words = {"protein": "can miss proteins below some "}.get(alphabet, "can miss homologs below some ")
    assert words in result.output
    assert f"Groups: {tmp_path / 'g.csv'}" in result.output


def test_the_order_of_the_file_changes_nothing(run, families, tmp_path, rng):
    order = rng.permutation(9)
    texts = families([3, 3, 2, 1])
    run("groups", tmp_path / "data.fa", "--out", tmp_path / "a.csv")
    (tmp_path / "data.fa").write_text("".join(f">{n}\n{texts[n]}\n" for n in np.array(list(texts))[order]))
    run("groups", tmp_path / "data.fa", "--out", tmp_path / "b.csv")
    first, second = (pd.read_csv(tmp_path / name).sort_values("name", ignore_index=True) for name in ("a.csv", "b.csv"))
    pd.testing.assert_frame_equal(first, second)
    before = (tmp_path / "b.csv").read_bytes()
    run("groups", tmp_path / "data.fa", "--out", tmp_path / "b.csv")
    assert (tmp_path / "b.csv").read_bytes() == before


def test_labels_tell_groups_of_two_labels(run, families, tmp_path):
    families([3, 2, 1])
    arguments = ["groups", tmp_path / "data.fa", "--labels", tmp_path / "labels.csv", "--out", tmp_path / "g.tsv.gz"]
    assert "None of the 2 groups of relatives holds two labels." in run(*arguments).output
    assert (
        _mixed(pd.DataFrame({"group": ["1", "2"], "label": ["a", "b"]}))
        == "No sequence has a relative among the others."
    )
    table = pd.read_csv(tmp_path / "labels.csv")
    table.loc[1, "label"] = "odd"
    table.to_csv(tmp_path / "labels.csv", index=False)
    result = run(*arguments)
    assert "1 of the 2 groups of relatives hold more than one label (3 sequences)" in result.output
    assert (
        gzip.decompress((tmp_path / "g.tsv.gz").read_bytes()).decode().startswith("name\tgroup\tlabel\nf0_0\t1\teven")
    )


def test_several_files_are_one_set(run, families, tmp_path):
    lines = families([2, 2])
    rows = list(lines.items())
    (tmp_path / "a.fa").write_text("".join(f">{n}\n{s}\n" for n, s in rows[::2]))
    pd.DataFrame(rows[1::2], columns=["name", "sequence"]).to_csv(tmp_path / "b.csv", index=False)
    result = run("groups", tmp_path / "a.fa", tmp_path / "b.csv", "--out", tmp_path / "g.csv")
    assert result.exit_code == 0, result.output
    assert partition(pd.read_csv(tmp_path / "g.csv")) == {frozenset(["f0_0", "f0_1"]), frozenset(["f1_0", "f1_1"])}
    result = run("groups", tmp_path / "a.fa", tmp_path / "data.fa", "--out", tmp_path / "g.csv")
    assert result.exit_code == 2
    assert "names must be unique, but 'f0_0', 'f1_0' stand in more than one file (a.fa and data.fa)" in result.output


def test_a_group_of_most_sequences_is_warned_of(run, families, tmp_path):
    families([8, 1])
    result = run("groups", tmp_path / "data.fa", "--out", tmp_path / "g.csv")
    assert "Warning: one group holds most of the sequences" in result.output
    families([1, 1, 1])
    result = run("groups", tmp_path / "data.fa", "--out", tmp_path / "g.csv")
    assert "3 sequences, each a group of its own." in result.output
    assert "Warning" not in result.output


def test_settings_make_smaller_groups(run, families, tmp_path):
    families([4])
    arguments = ["groups", tmp_path / "data.fa", "--out", tmp_path / "g.csv"]
    run(*arguments)
    assert pd.read_csv(tmp_path / "g.csv")["group"].tolist() == [1] * 4
    run(*arguments, "--threshold", 1, "--min-run", 125)
    assert pd.read_csv(tmp_path / "g.csv")["group"].nunique() == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.fa", "--out", "g.csv"], "nothing.fa: No such file"),
        (["data.fa", "--out", "data.fa"], "is the input data.fa; write to another file"),
        (["data.fa", "--out", "g.csv", "--threshold", "0"], "threshold must be a share of k-mers above 0"),
        (["data.fa", "--out", "no/g.csv"], "does not exist; make it first"),
        (["data.fa", "--out", "g.csv", "--labels", "labels.csv", "--label-column", "x"], "has no column 'x'"),
        (["protein.fa", "--out", "g.csv"], "if this is protein, pass --alphabet protein"),
    ],
)
def test_bad_input_is_one_line_and_code_2(run, families, tmp_path, monkeypatch, arguments, message):
    families([2, 2])
    (tmp_path / "protein.fa").write_text(">a\nMKLE\n")
    monkeypatch.chdir(tmp_path)
    result = run("groups", *arguments)
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert line.startswith("Error: ")
    assert message in line
    assert not (tmp_path / "g.csv").exists()


@pytest.fixture
def compared(monkeypatch):
    """Groups that ``seqaug compare`` hands over; nothing is trained."""
    kept = []

    class Result:
        reading = ""

        def __init__(self, X, y, groups=None, **options):
            kept.append(None if groups is None else pd.factorize(groups)[0].tolist())

        def to_html(self, folder, **options):
            return folder / "report.html"

        def headline(self):
            return ["compared"]

    monkeypatch.setattr(evaluation, "compare_augmentations", Result)
    return kept


@pytest.fixture
def compare(run, tmp_path, compared):
    """``compare("similarity")`` gives the groups handed over and what was printed."""

    def invoke(groups, *options):
        out = ["--out", tmp_path / "report", "--groups", groups]
        result = run("compare", tmp_path / "data.fa", "--labels", tmp_path / "labels.csv", *out, *options)
        return compared[-1] if result.exit_code == 0 else None, result.output

    return invoke


def test_compare_makes_groups_of_relatives(compare, families):
    families([2, 3, 1, 2])
    groups, output = compare("similarity")
    assert groups == [0, 0, 1, 1, 1, 2, 3, 3]
    assert "8 sequences in 4 groups: 1 alone in theirs" in output
    assert "Relatives stay on one side of every split." in output


def test_auto_is_what_is_done_without_groups(run, compare, families, tmp_path):
    """Both figures where the split leaks: the second comparison is not replaced by groups for the only one."""
    families([2, 3, 1, 2])
    assert compare("auto")[0] is None
    command = ["compare", tmp_path / "data.fa", "--labels", tmp_path / "labels.csv", "--groups", "auto"]
    result = run(*command, "--relatives", "ignore", "--out", tmp_path / "report")
    assert result.exit_code == 2
    assert "--groups auto is --relatives auto, which --relatives ignore contradicts" in result.output
    families([1] * 12)
    assert compare("similarity")[0] == list(range(12))


def test_compare_reads_the_table_of_groups_and_columns_first(run, compare, families, tmp_path, monkeypatch):
    families([2, 3, 1, 2])
    run("groups", tmp_path / "data.fa", "--out", tmp_path / "g.csv")
    assert compare(tmp_path / "g.csv")[0] == [0, 0, 1, 1, 1, 2, 3, 3]
    # a column of that name has always been meant
    table = pd.read_csv(tmp_path / "labels.csv").assign(similarity=list("abababab"))
    table.to_csv(tmp_path / "labels.csv", index=False)
    assert compare("similarity")[0] == [0, 1] * 4
    groups, output = compare("nonsense")
    assert groups is None
    assert "labels.csv has no column 'nonsense' for the groups; it has 'label', 'similarity', and there is no" in output


def test_one_family_cannot_be_compared(compare, families):
    families([5])
    groups, output = compare("similarity")
    assert groups is None
    assert "all sequences are relatives of each other" in output
    assert "--threshold" in output


def test_windows_belong_to_the_group_of_their_parent(run, tmp_path, random_dna, compared):
    pd.DataFrame(
        {"window": random_dna(6, 30), "label": list("aabbab"), "parent": list("xxyyzz"), "start": [0, 40] * 3}
    ).to_csv(tmp_path / "windows.csv", index=False)
    (tmp_path / "g.tsv").write_text("r1\tx\nr1\ty\nr2\tz\n")
    result = run("compare", tmp_path / "windows.csv", "--groups", tmp_path / "g.tsv", "--out", tmp_path / "report")
    assert result.exit_code == 0, result.output
    assert compared == [[0, 0, 0, 0, 1, 1]]
    for wish in ("similarity", "auto"):
        run("compare", tmp_path / "windows.csv", "--groups", wish, "--out", tmp_path / "report")
        assert compared[-1] == [0, 0, 1, 1, 2, 2]


def test_a_full_disk_leaves_the_earlier_table(run, families, tmp_path, monkeypatch):
    families([2, 2])
    arguments = ["groups", tmp_path / "data.fa", "--out", tmp_path / "g.csv"]
    run(*arguments)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(full))
    result = run(*arguments, "--threshold", 1)
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {tmp_path / 'g.csv'} cannot be written: No space left on device; ")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
