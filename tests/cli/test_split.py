"""``seqaug split``: relatives together, classes with their shares, the same for every order of the file."""

import errno
import gzip
import os
import warnings

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.datasets import read_fasta
from seqaug_sklearn.model_selection import read_groups

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"


@pytest.fixture(autouse=True)
def _shown():
    """Warnings are shown, as in a terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield


@pytest.fixture
def rows(random_dna):
    """``rows(sizes)``: a frame name, sequence, label, family; a label per family, a third of the families "rare"."""

    def make(sizes=(3,) * 12 + (1,) * 12, symbols="ACGT", length=100):
        parents, ends = random_dna(len(sizes), length, symbols), iter(random_dna(sum(sizes), 10, symbols))
        return pd.DataFrame(
            [
                (f"f{i}_{j}", parents[i][5 * j :] + next(ends), "rare" if i % 3 == 0 else "common", f"family{i}")
                for i, n in enumerate(sizes)
                for j in range(n)
            ],
            columns=["name", "sequence", "label", "family"],
        )

    return make


@pytest.fixture
def write(tmp_path):
    """``write(frame)`` writes data.fa, labels.csv and table.csv."""

    def files(frame):
        texts = zip(frame["name"], frame["sequence"], strict=True)
        (tmp_path / "data.fa").write_text("".join(f">{n} from {n}\n{s[:60]}\n{s[60:]}\n" for n, s in texts))
        frame.drop(columns="sequence").to_csv(tmp_path / "labels.csv", index=False)
        frame.to_csv(tmp_path / "table.csv", index=False)
        return frame

    return files


@pytest.fixture
def split(run, tmp_path, monkeypatch):
    """``split("data.fa", ...)`` splits into out."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: run("split", *arguments, "--out", "out")


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sides(folder):
    return [set(read_fasta(folder / f"{side}.fa").index) for side in ("train", "test")]


def check_families_whole(train, test):
    assert not train & test
    assert not {name.split("_")[0] for name in train} & {name.split("_")[0] for name in test}


def test_relatives_stay_together_and_labels_keep_their_shares(split, rows, write, tmp_path):
    frame = write(rows())
    result = split("data.fa", "--labels", "labels.csv")
    assert result.exit_code == 0, result.output
    train, test = sides(tmp_path / "out")
    check_families_whole(train, test)
    assert train | test == set(frame["name"])
    assert len(test) == pytest.approx(0.2 * len(frame), abs=2)
    labels = frame.set_index("name")["label"]
    assert (labels[list(test)] == "rare").sum() == pytest.approx(0.2 * (labels == "rare").sum(), abs=2)
    assert sorted(contents(tmp_path / "out")) == sorted(
        [".seqaug-split", "audit.csv", "split.csv", "test.csv", "test.fa", "train.csv", "train.fa", "verdict.txt"]
    )
    assert "data.fa, split by similarity. 48 sequences in 24 groups" in result.output
    assert "Audit: No leak found" in result.output
    assert result.output.startswith((tmp_path / "out" / "verdict.txt").read_text().rstrip("\n"))


def test_what_is_written(split, rows, write, tmp_path):
    frame = write(rows()).set_index("name")
    split("data.fa", "--labels", "labels.csv")
    places = pd.read_csv(tmp_path / "out" / "split.csv", index_col="name")
    assert list(places.columns) == ["split", "label", "group"]
    assert places.index.tolist() == frame.index.tolist()
    assert places["label"].tolist() == frame["label"].tolist()
    assert places.groupby("group")["split"].nunique().max() == 1
    source = {f">{part}" for part in (tmp_path / "data.fa").read_text().split(">")[1:]}
    for side in ("train", "test"):
        names = places.index[places["split"] == side]
        # records as they stand, descriptions and line breaks too
        text = (tmp_path / "out" / f"{side}.fa").read_text()
        assert {f">{part}" for part in text.split(">")[1:]} <= source
        assert read_fasta(tmp_path / "out" / f"{side}.fa").to_dict() == frame.loc[names, "sequence"].to_dict()
        table = pd.read_csv(tmp_path / "out" / f"{side}.csv", index_col="name")
        pd.testing.assert_frame_equal(table, frame.loc[names, ["sequence", "label"]])
    audit = pd.read_csv(tmp_path / "out" / "audit.csv", index_col="name")
    assert audit.index.tolist() == places.index[places["split"] == "test"].tolist()
    assert not audit["leaked"].any()
    # every command reads what this one writes, and the table of a split is a table of groups
    groups = read_groups(tmp_path / "out" / "split.csv", frame.index)
    assert pd.Series(groups).groupby(frame["family"].to_numpy()).nunique().max() == 1


@pytest.mark.parametrize("folds", [2, 5])
def test_folds_test_each_sequence_once(split, rows, write, tmp_path, folds):
    frame = write(rows())
    result = split("table.csv", "--folds", folds)
    assert result.exit_code == 0, result.output
    tested = []
    for fold in range(1, folds + 1):
        train, test = sides(tmp_path / "out" / f"fold-{fold}")
        check_families_whole(train, test)
        assert train | test == set(frame["name"])
        tested += test
        label = pd.read_csv(tmp_path / "out" / f"fold-{fold}" / "test.csv")["label"]
        assert (label == "rare").sum() == pytest.approx(16 / folds, abs=2)
    assert sorted(tested) == sorted(frame["name"])
    places = pd.read_csv(tmp_path / "out" / "split.csv")
    assert list(places.columns) == ["name", "fold", "label", "group"]
    assert set(places["fold"]) == set(range(1, folds + 1))
    audit = pd.read_csv(tmp_path / "out" / "audit.csv")
    assert audit[["name", "fold"]].sort_values("name").to_numpy().tolist() == (
        places[["name", "fold"]].sort_values("name").to_numpy().tolist()
    )
    assert f"Audit of each of the {folds} folds: No leak found" in result.output


@pytest.mark.parametrize("how", [["--test", 0.3], ["--folds", 3]])
def test_same_seed_same_bytes_and_the_order_of_the_file_plays_no_part(split, rows, write, tmp_path, how):
    frame = write(rows())
    for seed in (0, 7):
        split("table.csv", *how, "--seed", seed)
        first = contents(tmp_path / "out")
        before = pd.read_csv(tmp_path / "out" / "split.csv").sort_values("name", ignore_index=True)
        split("table.csv", *how, "--seed", seed)
        assert contents(tmp_path / "out") == first
        write(frame.sample(frac=1, random_state=3))
        assert split("table.csv", *how, "--seed", seed).exit_code == 0
        after = pd.read_csv(tmp_path / "out" / "split.csv").sort_values("name", ignore_index=True)
        pd.testing.assert_frame_equal(before, after)
        write(frame)
    split("table.csv", *how, "--seed", 1)
    assert contents(tmp_path / "out") != first


@pytest.mark.parametrize(("alphabet", "symbols"), [("rna", "ACGU"), ("protein", AMINO_ACIDS)])
def test_other_alphabets(split, rows, write, tmp_path, alphabet, symbols):
    write(rows(symbols=symbols))
    result = split("data.fa", "--alphabet", alphabet)
    assert result.exit_code == 0, result.output
    check_families_whole(*sides(tmp_path / "out"))
    assert "No labels were given" in result.output
    assert list(pd.read_csv(tmp_path / "out" / "split.csv").columns) == ["name", "split", "group"]


def write_groups(kind, frame, path):
    """Families in the format of a tool."""
    first = frame.groupby("family")["name"].transform("first")
    if kind == "own":
        frame[["name", "family"]].set_axis(["name", "group"], axis=1).to_csv(path, index=False)
    elif kind == "mmseqs2":
        pd.DataFrame({"representative": first, "member": frame["name"]}).to_csv(
            path, sep="\t", header=False, index=False
        )
    elif kind == "datasail":
        # as its Protein_data_clusters.tsv: no heading, the name first
        frame[["name", "family"]].to_csv(path, sep="\t", header=False, index=False)
    else:
        lines = []
        for number, (_, members) in enumerate(frame.groupby("family", sort=False)):
            lines += [f">Cluster {number}"]
            ends = ["*", *["at +/95.00%"] * (len(members) - 1)]
            lines += [f"{i}\t110nt, >{n}... {e}" for i, (n, e) in enumerate(zip(members["name"], ends, strict=True))]
        path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("kind", ["own", "mmseqs2", "datasail", "cd-hit", "column"])
def test_given_groups_of_every_tool(split, rows, write, random_dna, tmp_path, kind):
    """Families whose members have nothing in common: only the groups tell."""
    frame = write(rows().assign(sequence=random_dna(48, 80)))
    groups = tmp_path / "groups.txt"
    if kind != "column":
        write_groups(kind, frame, groups)
    result = split(
        "data.fa", "--labels", "labels.csv", "--by", "groups", "--groups", "family" if kind == "column" else groups
    )
    assert result.exit_code == 0, result.output
    check_families_whole(*sides(tmp_path / "out"))
    assert "split by groups. 48 sequences in 24 groups" in result.output
    split_of = contents(tmp_path / "out")["train.fa"]
    # the same partition, whichever tool wrote it
    write_groups("own", frame, groups)
    split("data.fa", "--labels", "labels.csv", "--by", "groups", "--groups", groups)
    assert contents(tmp_path / "out")["train.fa"] == split_of


def test_similarity_and_groups_together(split, rows, write, tmp_path):
    frame = write(rows([1] * 10 + [2] * 5))
    # relatives that the families part, and families of unrelated rows
    frame["patient"] = [f"p{i // 2}" for i in range(10)] + [f"q{i}" for i in range(10)]
    write(frame)
    result = split("table.csv", "--groups", "patient", "--no-stratify", "--test", 0.4)
    assert result.exit_code == 0, result.output
    train, test = sides(tmp_path / "out")
    check_families_whole(train, test)
    patients = frame.set_index("name")["patient"]
    assert not set(patients[list(train)]) & set(patients[list(test)])
    assert "split by similarity and by the given groups" in result.output


def test_groups_that_part_relatives_are_audited(split, rows, write, tmp_path):
    frame = write(rows())
    frame.assign(family=frame["name"]).to_csv(tmp_path / "table.csv", index=False)
    result = split("table.csv", "--by", "groups", "--groups", "family")
    assert result.exit_code == 1
    assert "Audit: " in result.output
    assert "test rows" in result.output
    assert " leak: " in result.output
    assert pd.read_csv(tmp_path / "out" / "audit.csv")["leaked"].any()
    result = split("table.csv", "--by", "groups", "--groups", "family", "--folds", 3)
    assert result.exit_code == 1
    assert result.output.count("Audit of fold-") == 3


def test_what_the_table_of_groups_does_not_list_is_a_group_of_its_own(split, rows, write, tmp_path):
    frame = write(rows())
    frame[:3][["name", "family"]].to_csv(tmp_path / "g.csv", index=False)
    result = split("table.csv", "--groups", "g.csv")
    assert result.exit_code == 0, result.output
    assert "g.csv does not list 'f1_0', 'f1_1', 'f1_2' and 42 others of 48 identifiers; each of them" in result.output


def test_columns_and_names_of_tables_are_kept(split, rows, write, tmp_path):
    frame = rows()
    frame = frame.assign(name=frame["name"].str.replace("_", " "), score=range(48))[
        ["score", "name", "label", "sequence"]
    ]
    (tmp_path / "table.tsv.gz").write_bytes(gzip.compress(frame.to_csv(index=False, sep="\t").encode()))
    result = split("table.tsv.gz")
    assert result.exit_code == 0, result.output
    assert "Names contain spaces" in result.output
    assert not list((tmp_path / "out").glob("*.fa"))
    both = pd.concat([pd.read_csv(tmp_path / "out" / f"{side}.csv") for side in ("train", "test")])
    pd.testing.assert_frame_equal(both.sort_values("score", ignore_index=True), frame)


def test_windows_of_one_parent_stay_together(run, split, rows, write, tmp_path):
    write(rows([1] * 8, length=60))
    run("windows", "data.fa", "--labels", "labels.csv", "--window", 20, "--out", "w.csv")
    result = split("w.csv", "--test", 0.25)
    assert result.exit_code == 0, result.output
    parents = [set(pd.read_csv(tmp_path / "out" / f"{side}.csv")["parent"]) for side in ("train", "test")]
    assert len(parents[0]) + len(parents[1]) == 8
    assert not parents[0] & parents[1]


def test_a_test_set_that_groups_make_larger_is_told(split, rows, write):
    write(rows([6, 6, 6]))
    result = split("table.csv", "--no-stratify", "--test", 0.1)
    assert "Asked for 10% of the sequences to test on, got 33%: groups are not split." in result.output


@pytest.mark.parametrize(
    ("sizes", "options", "message"),
    [
        (
            [6],
            [],
            "6 rows in 1 group cannot be dealt to 2 parts that share no group: make smaller groups, or ask",
        ),
        (
            [3, 3],
            ["--folds", 3, "--no-stratify"],
            "in 2 groups cannot be dealt to 3 parts that share no group: .*or ask for fewer parts (--folds)",
        ),
        ([3, 3, 3], [], "class 'rare' (3 rows) is in one group only, so it cannot be both trained and tested: "),
        ([3, 3, 3], [], "or split without labels (--no-stratify)"),
        ([2] * 6, ["--by", "groups"], "--by groups needs --groups"),
        ([2] * 6, ["--groups", "similarity"], "--groups similarity is what --by similarity does; leave --groups out"),
        ([2] * 6, ["--groups", "nothing"], "has no column 'nothing' for the groups"),
        ([2] * 6, ["--test", 0.2, "--folds", 2], "--test makes one split and --folds makes several"),
        ([2] * 6, ["--test", 1.5], "--test is a share of the sequences above 0 and below 1, got 1.5"),
        ([2] * 6, ["--label-column", "kind"], "has no column 'kind' for the labels"),
    ],
)
def test_what_cannot_be_split_is_one_line_with_the_way_out(split, rows, write, tmp_path, sizes, options, message):
    write(rows(sizes))
    result = split("table.csv", *options)
    assert result.exit_code == 2
    *said, line = result.output.splitlines()
    # labels that do not vary are worth a line of their own
    assert all("holds one value only" in one for one in said)
    assert line.startswith("Error: ")
    for part in message.split(".*"):
        assert part in line
    assert not (tmp_path / "out").exists()


def test_one_class_of_one_family_is_split_without_labels(split, rows, write, tmp_path):
    write(rows([3, 3, 3]))
    result = split("table.csv", "--no-stratify", "--test", 0.3)
    assert result.exit_code == 0, result.output
    check_families_whole(*sides(tmp_path / "out"))


def test_names_that_repeat_are_refused(split, rows, write, tmp_path):
    frame = rows()
    write(frame.assign(name=frame["name"].replace("f1_0", "f0_0")))
    for source in ("data.fa", "table.csv"):
        result = split(source)
        assert result.exit_code == 2
        assert "names must be unique" in result.output
        assert "'f0_0'" in result.output


def test_only_an_earlier_split_is_replaced(split, rows, write, tmp_path):
    write(rows())
    for folds in (4, 2):
        assert split("table.csv", "--folds", folds).exit_code == 0
    assert not (tmp_path / "out" / "fold-3").exists()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assert split("table.csv").exit_code == 0
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert not (tmp_path / "out" / "fold-1").exists()
    (tmp_path / "out" / ".seqaug-split").unlink()
    result = split("table.csv")
    assert result.exit_code == 2
    assert "holds no earlier split" in result.output


@pytest.mark.parametrize("stop", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()])
def test_a_full_disk_and_an_interruption_leave_the_earlier_split(split, rows, write, tmp_path, monkeypatch, stop):
    write(rows())
    split("table.csv")
    before = contents(tmp_path)

    def fail(_):
        raise stop

    monkeypatch.setattr(os, "fsync", fail)
    result = split("table.csv", "--seed", 5)
    assert result.exit_code == (130 if isinstance(stop, KeyboardInterrupt) else 2)
    assert "Traceback" not in result.output
    monkeypatch.undo()
    assert contents(tmp_path) == before


def test_missing_words_are_asked_for(split, rows, write, tmp_path):
    frame = rows()
    frame.loc[0, "label"] = "NA"
    write(frame)
    result = split("table.csv")
    assert result.exit_code == 2
    assert '--missing-values "NA"' in result.output
    assert split("table.csv", "--missing-values", "NA").exit_code == 0
    assert len(pd.read_csv(tmp_path / "out" / "split.csv")) == 47


def test_labels_from_names(split, rows, write, tmp_path):
    frame = write(rows())
    result = split("data.fa", "--label-pattern", r"\d$")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / "out" / "split.csv")
    assert table["label"].astype(str).tolist() == [name[-1] for name in frame["name"]]
    assert np.all(table["split"].isin(["train", "test"]))


@pytest.mark.parametrize("command", ["groups", "split", "compare"])
def test_copies_of_one_sequence_are_named_as_that(run, tmp_path, random_dna, command):
    text = random_dna(1, 100)[0]
    (tmp_path / "d.fa").write_text("".join(f">e{i}\n{text}\n" for i in range(20)))
    table = pd.DataFrame({"name": [f"e{i}" for i in range(20)], "label": ["A", "B"] * 10})
    table.to_csv(tmp_path / "d.csv", index=False)
    out = tmp_path / ("out.csv" if command == "groups" else "out")
    said = run(command, tmp_path / "d.fa", "--labels", tmp_path / "d.csv", "--out", out).output
    assert "ll 20 sequences" in said
    assert "copies of one another (identical)" in said
    assert "contradict each other" in said or "more than one label" in said
    assert not [word for word in ("--threshold", "lower --folds", "group ('A'") if word in said]


def test_too_few_distinct_sequences_are_named(run, tmp_path, random_dna):
    one, other = random_dna(2, 100)
    (tmp_path / "one.fa").write_text(f">a\n{one}\n")
    said = run("split", tmp_path / "one.fa", "--out", tmp_path / "out").output
    assert "one.fa holds 1 sequence, too few to split into 2 parts" in said
    (tmp_path / "two.fa").write_text(f">a\n{one}\n>b\n{one.lower()}\n>c\n{other}\n")
    said = run("split", tmp_path / "two.fa", "--folds", 3, "--out", tmp_path / "out").output
    assert "the 3 sequences of two.fa are copies of 2 distinct ones" in said


@pytest.mark.parametrize("command", ["groups", "split", "audit"])
def test_a_table_of_labels_may_hold_more_names(run, tmp_path, random_dna, command):
    texts = random_dna(12, 80)
    for name in ("d", "t"):
        (tmp_path / f"{name}.fa").write_text("".join(f">{name}{i}\n{text}\n" for i, text in enumerate(texts)))
    names = [f"{name}{i}" for name in "dt" for i in range(12)] + ["x1", "x2"]
    pd.DataFrame({"name": names, "label": ["A", "B"] * 13}).to_csv(tmp_path / "l.csv", index=False)
    files = [tmp_path / "d.fa"] + [tmp_path / "t.fa"] * (command == "audit")
    out = tmp_path / ("o.csv" if command == "groups" else "out")
    result = run(command, *files, "--labels", tmp_path / "l.csv", "--out", out)
    assert result.exit_code == (command == "audit")
    unused = 2 if command == "audit" else 14
    assert f"{unused} of 26 labels in l.csv are of other names and were not used." in result.output
    pd.DataFrame({"name": ["x1", "x2"], "label": ["A", "B"]}).to_csv(tmp_path / "l.csv", index=False)
    said = run(command, *files, "--labels", tmp_path / "l.csv", "--out", out).output
    assert " is in l.csv: the sequences are called 'd0', 'd1' and 10 more" in said.replace("'t0', 't1'", "'d0', 'd1'")


def test_a_bar_on_the_screen_ends_before_the_error(run, files):
    table = (files / "table.csv").read_text()
    (files / "table.csv").write_text(table.replace("T\n", "/\n", 3).replace("A,", "/,", 3).replace("C,", "/,", 3))
    result = run(
        "split", files / "table.csv", "--by", "groups", "--groups", "family", "--folds", 2, "--out", files / "o"
    )
    assert result.exit_code == 2
    assert result.output.splitlines()[-1].startswith("Error: ")


def test_a_name_of_two_lines_is_one_line_in_the_error(run, files):
    result = run("split", files / "data.fa", "--labels", files / "a\nb", "--out", files / "o")
    assert result.exit_code == 2
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1
