"""``seqaug compare``: the report, joining of labels, resuming, and errors before any long work."""

import errno
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from seqaug_sklearn import evaluation
from seqaug_sklearn.evaluation import _sanity_section
from seqaug_sklearn.exceptions import SeqAugWarning

SMALL = ["--models", "logistic,majority", "--folds", "2", "--window", "20", "--repeats", "1"]


@pytest.fixture
def fits(monkeypatch):
    """Counts fits of the logistic regression; ``fits.stop_at = n`` interrupts the n-th."""

    class Fits(list):
        stop_at = None

    fits, fit = Fits(), LogisticRegression.fit

    def counted(self, X, y, sample_weight=None):
        fits.append(len(X))
        if len(fits) == fits.stop_at:
            raise KeyboardInterrupt
        return fit(self, X, y, sample_weight)

    monkeypatch.setattr(LogisticRegression, "fit", counted)
    return fits


def compare(run, files, *more):
    return run("compare", files / "data.fa", "--labels", files / "labels.csv", "--out", files / "report", *SMALL, *more)


def scores(files):
    table = pd.read_csv(files / "report" / "tables" / "means_over_folds.csv", index_col=0)
    return table[[c for c in table if not c.endswith("seconds")]]


def test_a_report_is_written_and_its_answer_is_said(run, files, drawn):
    result = compare(run, files, "--groups", "family")
    assert result.exit_code == 0, result.output
    page = (files / "report" / "report.html").read_text()
    assert "What to believe" in page
    assert "No group is on both sides of a split" in page
    answer = re.search(r'<p class="answer">(.*?)</p>', page).group(1)
    assert answer.split(":")[0] in result.output
    assert f"Report: {files / 'report' / 'report.html'}" in result.output
    assert list(scores(files).index) == [
        "logistic regression, windows",
        "logistic regression, whole",
        "commonest class",
    ]
    assert not (files / "report.folds").exists()


def test_a_leak_is_said_on_the_terminal_before_the_answer(run, tmp_path, rng):
    """Copies shifted by 5 nt under other names, random labels shared by both, no groups (case 44)."""
    unrelated = ["".join(rng.choice(list("ACGT"), 80)) for _ in range(30)]
    rows = [*unrelated, *(text[5:] + "ACGTA" for text in unrelated)]
    labels = np.tile(rng.permutation(["a", "b"] * 15), 2)
    table = pd.DataFrame({"name": [f"s{i}" for i in range(60)], "sequence": rows, "label": labels})
    table.to_csv(tmp_path / "table.csv", index=False)
    models = ["--models", "logistic,memoriser"]
    result = run("compare", tmp_path / "table.csv", "--out", tmp_path / "report", *models, *SMALL[2:])
    assert result.exit_code == 0, result.output
    told = [line for line in result.output.splitlines() if line.startswith(("Warning: ", "No model ", "Windows "))]
    assert re.match(r"Warning: \d+\.\d% of the test rows share sequence .*shifted copies", told[0])
    # random labels: nothing is learned, and no gain is spoken of
    assert told[-1].startswith("No model ")
    page = (tmp_path / "report" / "report.html").read_text()
    assert page.index("of the test rows share sequence") < page.index(told[-1][:20])


def test_both_figures_are_said_where_relatives_decide_the_winner(run, tmp_path, families, monkeypatch):
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)  # the audit alone
    X, y, family = families(0.25)
    table = pd.DataFrame({"name": X.index, "sequence": X, "label": y, "family": family})
    table.to_csv(tmp_path / "table.csv", index=False)
    options = [
        "--models",
        "svm,kmers",
        "--window",
        "20",
        "--folds",
        "4",
        "--repeats",
        "1",
        "--out",
        tmp_path / "report",
    ]
    result = run("compare", tmp_path / "table.csv", *options)
    assert result.exit_code == 0, result.output
    assert "the 12 fits as split are done again with relatives together" in result.output
    both = pd.read_csv(
        tmp_path / "report" / "tables" / "accuracy_as_split_and_with_relatives_together.csv", index_col="model"
    )
    (kmers, whole) = both.loc[["k-mer logistic regression, whole", "SVM, whole"]].to_numpy().round(3)
    assert kmers[0] > whole[0] > whole[1] - 0.1 > kmers[1]
    sentence = (
        f"As split the best model is k-mer logistic regression, whole with {kmers[0]:.3f} (accuracy); in groups that "
        f"keep relatives together it scores {kmers[1]:.3f}, and the best is SVM, whole with {whole[1]:.3f}."
    )
    assert sentence in result.output
    page = (tmp_path / "report" / "report.html").read_text()
    assert page.index(sentence) < page.index("These are the outcomes with relatives together")
    result = run("compare", tmp_path / "table.csv", *options, "--models", "majority", "--relatives", "ignore")
    assert result.exit_code == 0, result.output
    assert "Provide groups that keep relatives together" in result.output
    assert "As split" not in result.output


def test_a_table_and_a_fasta_with_labels_give_the_same(run, files):
    compare(run, files)
    first = scores(files)
    out = files / "report"
    result = run("compare", files / "table.csv", "--out", out, *SMALL)
    assert result.exit_code == 0, result.output
    pd.testing.assert_frame_equal(scores(files), first)
    result = run("compare", files / "data.fa", "--label-pattern", "^[^_]+", "--out", out, *SMALL)
    assert result.exit_code == 0, result.output
    pd.testing.assert_frame_equal(scores(files), first)


def test_labels_are_joined_by_name_whatever_their_order(run, files):
    compare(run, files)
    first = scores(files)
    table = pd.read_csv(files / "labels.csv").iloc[::-1]
    table.to_csv(files / "labels.csv", index=False)
    compare(run, files)
    pd.testing.assert_frame_equal(scores(files), first)


def test_an_interrupted_run_goes_on_where_it_stopped(run, files, fits):
    fits.stop_at = 3
    result = compare(run, files)
    assert result.exit_code == 130
    assert "Interrupted: nothing was written." in result.output
    assert re.search(r"finished fits are kept in .*report\.folds; the same command with --resume", result.output)
    assert not (files / "report").exists()
    assert len(list((files / "report.folds").glob("*.npz"))) == 3  # two of four, and the commonest class once
    fits.clear()
    fits.stop_at = None
    result = compare(run, files, "--resume")
    assert result.exit_code == 0, result.output
    assert len(fits) == 2
    assert not (files / "report.folds").exists()
    resumed = scores(files)
    fits.clear()
    compare(run, files)
    assert len(fits) == 4
    pd.testing.assert_frame_equal(scores(files), resumed)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def interrupted(run, files, fits):
    """Folder of the three finished fits of a run that was interrupted."""
    fits.stop_at = 3
    assert compare(run, files).exit_code == 130
    fits.clear()
    fits.stop_at = None
    return files / "report.folds"


def test_without_resume_finished_fits_are_no_rubbish(run, files, fits, interrupted):
    before = contents(interrupted)
    result = compare(run, files)
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        f"Error: {interrupted} holds 3 finished fits of an interrupted run; add --resume to continue from them, or "
        "choose another --out, or delete that folder to start again"
    ]
    assert contents(interrupted) == before
    assert fits == []
    assert compare(run, files, "--out", files / "other").exit_code == 0
    assert contents(interrupted) == before


def test_other_files_beside_the_fits_stay(run, files, interrupted):
    """Whatever their names: also archives of NumPy, and what looks like something half written."""
    mine = {"results.npz": b"mine", ".x.part": b"mine", "notes.txt": b"mine", f"{'0' * 40}.npz": b"mine"}
    for name, content in mine.items():
        (interrupted / name).write_bytes(content)
    result = compare(run, files, "--resume")
    assert result.exit_code == 0, result.output
    assert contents(interrupted) == mine


def test_fits_of_another_command_stay(run, files, fits, interrupted):
    before = contents(interrupted)
    result = compare(run, files, "--resume", "--seed", 1)
    assert result.exit_code == 0, result.output
    assert len(fits) == 4
    assert f"3 finished fits of another command are left in {interrupted}; delete it if they" in result.output
    assert contents(interrupted) == before


@pytest.mark.filterwarnings("default")
def test_a_damaged_fit_is_computed_again(run, files, fits, interrupted):
    path = max(interrupted.iterdir(), key=lambda path: path.stat().st_size)
    path.write_bytes(path.read_bytes()[:200])
    result = compare(run, files, "--resume")
    assert result.exit_code == 0, result.output
    (warning,) = [line for line in result.output.splitlines() if path.name in line]
    assert warning.startswith("Warning: ")
    assert "is no finished fold of this comparison" in warning
    assert "; it is computed again" in warning
    assert len(fits) == 3
    assert not interrupted.exists()


@pytest.mark.filterwarnings("default")
def test_damaged_files_alone_are_no_finished_fits(run, files, interrupted):
    for path in interrupted.iterdir():
        path.write_bytes(b"")
    result = compare(run, files)
    assert result.exit_code == 0, result.output
    assert not interrupted.exists()


def test_nothing_to_resume_is_said(run, files):
    result = compare(run, files, "--resume")
    assert result.exit_code == 0
    assert f"There is nothing to resume: no finished fits in {files / 'report.folds'}" in result.output


@pytest.mark.parametrize("full", ["fold", "report"])
def test_a_full_disk_is_one_line_and_the_fits_are_kept(run, files, fits, monkeypatch, full):
    compare(run, files)
    before = contents(files / "report" / "tables")
    fsync, write_text = os.fsync, Path.write_text

    def fail_at_the_third_fold(descriptor):
        if full == "fold" and len(list((files / "report.folds").glob("[0-9a-f]*.npz"))) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return fsync(descriptor)

    def fail_at_the_page(path, *text, **how):
        if full == "report" and path.name == "report.html":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_text(path, *text, **how)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail_at_the_third_fold)
        patch.setattr(Path, "write_text", fail_at_the_page)
        result = compare(run, files)
    assert result.exit_code == 2
    named = r"report\.folds/[0-9a-f]{40}\.npz" if full == "fold" else "report"
    last = result.output.splitlines()[-1]
    assert re.search(rf"^Error: .*{named} cannot be written: No space left on device; free some space there", last)
    assert "Traceback" not in result.output
    assert "finished fits are kept" in result.output
    assert contents(files / "report" / "tables") == before
    fits.clear()
    result = compare(run, files, "--resume")
    assert result.exit_code == 0, result.output
    assert len(fits) < 4


def test_an_interrupted_run_keeps_the_earlier_report(run, files, fits):
    compare(run, files)
    before = (files / "report" / "report.html").read_bytes()
    fits.clear()
    fits.stop_at = 1
    assert compare(run, files, "--seed", 1).exit_code == 130
    assert (files / "report" / "report.html").read_bytes() == before


def test_one_sequence_per_class_is_compared_by_blocks(run, files, random_dna):
    data = files / "genes.fa"
    data.write_text("".join(f">g{i}\n{s}\n" for i, s in enumerate(random_dna(3, 200))))
    result = run(
        "compare",
        data,
        "--label-pattern",
        ".+",
        "--out",
        files / "report",
        "--models",
        "logistic",
        "--folds",
        3,
        "--repeats",
        1,
    )
    assert result.exit_code == 0, result.output
    assert "Each class has a single sequence" in (files / "report" / "report.html").read_text()


def test_edits_and_orthologs_join_the_comparison(run, files):
    table = pd.read_csv(files / "table.csv")
    orthologs = pd.DataFrame(
        {"identifier": table["name"], "ortholog": "x_" + table["name"], "sequence": table["sequence"].str[1:] + "A"}
    )
    orthologs.to_csv(files / "orthologs.csv", index=False)
    result = compare(run, files, "--edits", "--orthologs", files / "orthologs.csv")
    assert result.exit_code == 0, result.output
    suffixes = ["windows", "edits", "orthologs", "orthologs + edits", "whole"]
    assert list(scores(files).index)[:5] == [f"logistic regression, {suffix}" for suffix in suffixes]
    assert "Orthologs and random edits" in (files / "report" / "report.html").read_text()


def test_labels_of_orthologs_are_numbers_like_those_of_the_data(run, files):
    table = pd.read_csv(files / "table.csv")
    table["label"] = (table["label"] == "up").astype(int)
    table.to_csv(files / "numbers.csv", index=False)
    orthologs = table.rename(columns={"name": "identifier"}).assign(sequence=table["sequence"].str[1:] + "A")
    orthologs[["identifier", "sequence", "label"]].to_csv(files / "orthologs.csv", index=False, sep=";")
    options = ["--orthologs", files / "orthologs.csv", "--out", files / "report"]
    result = run("compare", files / "numbers.csv", *options, *SMALL)
    assert result.exit_code == 0, result.output
    assert "orthologs of 20 genes" in (files / "report" / "report.html").read_text()


def test_longer_orthologs_are_cut_on_request(run, files):
    table = pd.read_csv(files / "table.csv")
    orthologs = pd.DataFrame({"identifier": table["name"], "sequence": "ACGT" + table["sequence"].str[::-1]})
    orthologs.to_csv(files / "orthologs.csv", index=False)
    result = compare(run, files, "--orthologs", files / "orthologs.csv")
    assert result.exit_code == 2
    assert "longer than the longest sequence (60 residues)" in result.output
    result = compare(run, files, "--orthologs", files / "orthologs.csv", "--cut-orthologs", "left")
    assert result.exit_code == 0, result.output
    assert compare(run, files, "--cut-orthologs", "left").exit_code == 2


def test_a_single_strand_has_no_reverse_complements(run, files):
    for more, expected in (([], True), (["--strand", "single"], False)):
        result = compare(run, files, "--edits", *more)
        assert result.exit_code == 0, result.output
        assert ("; reverse complement with" in (files / "report" / "report.html").read_text()) is expected


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--edits=gentle", "--coding"], "1 per sequence of: synonymous exchange of 5 % of the codons (genetic co"),
        (["--edits", "deletion(max=3),copies=2"], "1 per sequence of: deletion of 0 to 3 residues. They are"),
    ],
)
def test_edits_in_words_are_said_before_the_fits(run, files, options, sentence):
    result = compare(run, files, *options)
    assert result.exit_code == 0, result.output
    assert sentence in result.output
    assert sentence in (files / "report" / "report.html").read_text()


def test_edits_alone_before_the_file(run, files):
    labels = ["--labels", files / "labels.csv", "--out", files / "report", *SMALL]
    result = run("compare", "--edits", files / "data.fa", *labels)
    assert result.exit_code == 0, result.output
    assert "2 per sequence of: insertion of 0 to 20 residues" in result.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--edits", "gentel"], "--edits must be made of a preset (gentle, evoaug), edits (mutation, substitution, "),
        (["--edits", "mutation(speed=3)"], "--edits must give mutation some of rate= in brackets, got 'speed=3'"),
        (
            ["--edits", "deletion", "--coding"],
            "edits of coding sequences must not be deletion, which change",
        ),
        (["--coding"], "--coding says what --edits may change; give both, or neither"),
    ],
)
def test_edits_that_cannot_be_are_one_line(run, files, options, message):
    result = compare(run, files, *options)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_the_demo_brings_its_own_data(run, drawn, tmp_path):
    result = run("compare", "--demo", "--models", "logistic,memoriser", "--out", tmp_path / "report")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "report" / "report.html").read_text()
    assert "Simulated promoters" in page
    assert "quick look" in page


def test_warnings_are_one_line_each(run, files, monkeypatch):
    def warn_twice(*args, **kwargs):
        for _ in range(2):
            warnings.warn("something\n  odd", SeqAugWarning, stacklevel=1)
        raise ValueError("enough")

    monkeypatch.setattr(evaluation, "compare_augmentations", warn_twice)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        result = compare(run, files)
    assert result.output.splitlines() == ["Warning: something odd", "Error: enough"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a file with sequences, or --demo"),
        (["data.fa"], "data.fa has no labels: pass a table with --labels, or --label-pattern"),
        (["data.fa", "--demo"], "--demo brings its own data"),
        (["--demo", "--missing-values", "NA"], "--demo brings its own data"),
        (["absent.fa", "--labels", "labels.csv"], "absent.fa: No such file"),
        (["data.fa", "--labels", "absent.csv"], "absent.csv: No such file"),
        (["data.fa", "--labels", "foreign.csv"], "no name of data.fa is in foreign.csv: the sequences are called"),
        (["data.fa", "--labels", "fewer.csv"], "no label for 'down_4', 'up_5', 'down_6', 'up_7', 'down_8' and 11 more"),
        (["data.fa", "--labels", "holes.csv"], "the label of 'down_0' is empty"),
        (["data.fa", "--labels", "twice.csv"], "names must be unique, but 'down_0' repeat"),
        (
            ["data.fa", "--labels", "labels.csv", "--label-column", "x"],
            "has no column 'x' for the labels; it has 'label'",
        ),
        (["data.fa", "--labels", "labels.csv", "--groups", "x"], "has no column 'x' for the groups"),
        (["data.fa", "--labels", "empty.csv"], "empty.csv is empty; a table has one row per entry"),
        (["labels.csv"], "has no column 'sequence'"),
        (["data.fa", "--labels", "labels.csv", "--alphabet", "protein", "--window", "61"], "fewer than --window 61"),
        (["protein.fa", "--label-pattern", "^."], "sequence 'a', position 2: symbol 'L' is not in the dna alphabet"),
        (["data.fa", "--label-pattern", "_"], "one class only"),
        (["data.fa", "--label-pattern", "down_0|_"], "1 of 2 classes have a single sequence ('down_0')"),
        (["--demo", "--orthologs", "labels.csv"], "--demo brings its own data; leave --orthologs out"),
        (
            ["data.fa", "--labels", "labels.csv", "--orthologs", "labels.csv"],
            "labels.csv has no column 'identifier'; a table of orthologs has the columns identifier (a name of the "
            "data), ortholog and sequence, this one has 'name', 'label', 'family'",
        ),
        (["data.fa", "--labels", "labels.csv", "--orthologs", "data.fa"], "data.fa is a FASTA file, but a table of"),
        (["data.fa", "--labels", "labels.csv", "--orthologs", "unknown.csv"], "none of the 20 identifiers"),
        (["data.fa", "--labels", "labels.csv", "--models", "forest"], "models must be some of"),
        (["data.fa", "--labels", "labels.csv", "--metric", "beauty"], "metric must be one of"),
        (["data.fa", "--labels", "labels.csv", "--device", "cuda:99"], "is not there"),
        (["data.fa", "--labels", "labels.csv", "--out", "taken"], "is not empty and holds no earlier report"),
        (["data.fa", "--labels", "labels.csv", "--out", "data.fa"], "data.fa is or holds the input data.fa; give the"),
        (["data.fa", "--labels", "labels.csv", "--out", "table.csv"], "is a file; the report needs a folder"),
        (["data.fa", "--labels", "labels.csv", "--out", "."], "is the working folder"),
        (["data.fa", "--labels", "labels.csv", "--out", ""], "is the working folder (an empty name means it, too)"),
        (["data.fa", "--labels", "labels.csv", "--out", ".."], "holds the working folder"),
    ],
)
def test_bad_input_is_one_line_before_any_fit(run, files, monkeypatch, fits, arguments, message):
    monkeypatch.chdir(files)
    labels = pd.read_csv("labels.csv")
    labels.assign(name="other_" + labels["name"]).to_csv("foreign.csv", index=False)
    labels.iloc[:4].to_csv("fewer.csv", index=False)
    labels.assign(label=labels["label"].where(labels.index > 0)).to_csv("holes.csv", index=False)
    pd.concat([labels, labels.iloc[:1]]).to_csv("twice.csv", index=False)
    (files / "empty.csv").write_text("")
    (files / "unknown.csv").write_text("identifier,sequence\nx,ACGT\n")
    (files / "protein.fa").write_text(f">a\n{'MKLVEF' * 10}\n>b\n{'MKLVQP' * 10}\n")
    (files / "taken").mkdir()
    (files / "taken" / "thesis.txt").write_text("years of work")
    before = set(files.rglob("*"))
    result = run("compare", *arguments)
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert line.startswith("Error: ")
    assert message in line
    assert fits == []
    assert set(files.rglob("*")) == before


def test_errors_go_to_the_error_stream(tmp_path):
    code = "from seqaug_sklearn.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "compare", str(tmp_path / "absent.fa"), "--label-pattern", "."],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_progress_shows_the_time_left_on_the_error_stream(files):
    code = "from seqaug_sklearn.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "compare", "data.fa", "--labels", "labels.csv", *SMALL],
        capture_output=True, text=True, check=False, cwd=files,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert re.search(r"fits: 100%.*6/6 \[\d\d:\d\d<\d\d:\d\d", done.stderr)
    assert "fits" not in done.stdout
