"""``seqaug windows``: the table, where labels come from, one-line errors, a file that is whole or absent."""

import errno
import gzip
import os
import re
import stat
import subprocess
import sys
import threading

import pandas as pd
import pytest

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.cli import _windows
from seqaug_sklearn.datasets import read_fasta


def test_windows_are_those_of_the_augmenter(run, files):
    result = run("windows", files / "data.fa", "--out", files / "out.csv", "--window", 20)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(files / "out.csv")
    assert list(table.columns) == ["window", "label", "parent", "start"]
    sequences = read_fasta(files / "data.fa")
    expected = WindowAugmenter(20, overlap=(5, 19)).explode(sequences)
    assert table["window"].tolist() == expected.windows.tolist()
    assert table["start"].tolist() == expected.starts.tolist()
    assert table["parent"].tolist() == expected.identifiers.tolist()
    assert (table["label"] == table["parent"].str.split("_").str[0]).all()
    assert f"{len(table)} windows of 20 sequences" in result.output


def test_the_rules_are_passed_on(run, files):
    run("windows", files / "data.fa", "--out", files / "out.csv", "--window", 20, "--overlap", 5, 6, "--min-shared", 0)
    expected = WindowAugmenter(20, overlap=(5, 6), min_shared=None).explode(read_fasta(files / "data.fa"))
    assert pd.read_csv(files / "out.csv")["start"].tolist() == expected.starts.tolist()
    run("windows", files / "data.fa", "--out", files / "out.csv", "--max-windows", 3)
    assert len(pd.read_csv(files / "out.csv")) == 60


@pytest.mark.parametrize("window", [1, 5, 15, 60])
def test_defaults_fit_windows_of_any_length(run, files, window):
    result = run("windows", files / "data.fa", "--out", files / "out.csv", "--window", window)
    assert result.exit_code == 0, result.output
    assert set(pd.read_csv(files / "out.csv")["window"].str.len()) == {window}


def test_labels_come_from_a_table_a_pattern_or_a_column(run, files):
    out = files / "out.csv"
    run("windows", files / "data.fa", "--out", out, "--labels", files / "labels.csv", "--label-column", "family")
    families = pd.read_csv(files / "labels.csv", index_col="name")["family"]
    table = pd.read_csv(out)
    assert (table["label"] == families.loc[table["parent"]].to_numpy()).all()
    run("windows", files / "data.fa", "--out", out, "--label-pattern", r"_(\d)")
    assert set(pd.read_csv(out)["label"]) == set(range(10))
    run("windows", files / "table.csv", "--out", out)
    assert set(pd.read_csv(out)["label"]) == {"up", "down"}


def test_gzip_and_other_separators_are_read(run, files):
    packed = files / "data.fa.gz"
    packed.write_bytes(gzip.compress((files / "data.fa").read_bytes()))
    labels = files / "labels.tsv.gz"
    labels.write_bytes(gzip.compress((files / "labels.csv").read_text().replace(",", "\t").encode()))
    semicolons = files / "semicolons.csv"
    semicolons.write_text("\ufeff" + (files / "labels.csv").read_text().replace(",", ";"))
    for table in (labels, semicolons):
        result = run("windows", packed, "--out", files / "out.csv", "--labels", table)
        assert result.exit_code == 0, result.output


def test_a_gene_called_na_keeps_its_name_and_a_class_called_null_on_request(run, tmp_path):
    (tmp_path / "d.csv").write_text(f"name,sequence,label\nNA,{'ACGT' * 11},null\n")
    result = run("windows", tmp_path / "d.csv", "--out", tmp_path / "o.csv", "--missing-values", "")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "o.csv").read_text().splitlines()[1].endswith(",null,NA,0")


@pytest.mark.filterwarnings("always::seqaug_sklearn.exceptions.SeqAugWarning")
@pytest.mark.parametrize(("choice", "kept"), [("skip", ["long"]), ("pad", ["long", "brief"])])
def test_short_sequences_are_counted(run, tmp_path, choice, kept):
    (tmp_path / "d.fa").write_text(f">long_1\n{'ACGTTGCA' * 6}\n>brief_1\nACGTT\n")
    result = run("windows", tmp_path / "d.fa", "--out", tmp_path / "o.csv", "--on-short", choice)
    assert result.exit_code == 0, result.output
    assert "Warning: 1 of 2 sequences shorter than --window 40 (the first is sequence 'brief_1')" in result.output
    assert f"windows of {len(kept)} sequences" in result.output
    assert pd.read_csv(tmp_path / "o.csv")["label"].drop_duplicates().tolist() == kept


def test_an_interrupted_write_leaves_the_old_file(run, files, monkeypatch):
    out = files / "out.csv"
    out.write_text("old")
    monkeypatch.setattr(pd.DataFrame, "to_csv", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    before = set(files.iterdir())
    result = run("windows", files / "data.fa", "--out", out)
    assert result.exit_code == 130
    assert "Interrupted" in result.output
    assert out.read_text() == "old"
    assert set(files.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.fa"], "absent.fa: No such file"),
        (["data.fa", "--window", "61"], "has 60 residues, fewer than --window 61; lower --window, pass --on-short pad"),
        (["data.fa", "--overlap", "30", "50"], "overlap must be (lo, hi)"),
        (["data.fa", "--label-pattern", "z(.)"], "neither in the name nor in the header of 'down_0', 'up_1', 'down_2'"),
        (["data.fa", "--label-pattern", "("], "is not a regular expression"),
        (["data.fa", "--labels", "labels.csv", "--label-pattern", "."], "not from both"),
        (["empty.fa"], "empty.fa is empty"),
        (["twice.fa"], "more than once: 'a'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(run, files, monkeypatch, arguments, message):
    monkeypatch.chdir(files)
    (files / "empty.fa").write_text("")
    (files / "twice.fa").write_text(">a\nACGT\n>a\nACGT\n")
    result = run("windows", *arguments, "--out", "out.csv")
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert line.startswith("Error: ")
    assert message in line
    assert not (files / "out.csv").exists()


@pytest.mark.parametrize(("out", "message"), [("", "is a folder"), ("absent/out.csv", "does not exist")])
def test_the_output_is_checked_before_any_work(run, files, monkeypatch, out, message):
    monkeypatch.setattr(_windows, "_write", lambda *a: pytest.fail("worked"))
    result = run("windows", files / "absent.fa", "--out", files / out)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize("name", ["data.fa", "link.fa", "hard.fa", "labels.csv", "sub/../data.fa"])
def test_an_input_is_not_overwritten(run, files, monkeypatch, name):
    monkeypatch.chdir(files)
    (files / "sub").mkdir()
    (files / "link.fa").symlink_to("data.fa")
    os.link("data.fa", "hard.fa")
    before = (files / name).read_bytes()
    result = run("windows", "data.fa", "--labels", "labels.csv", "--out", name)
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert re.search(r"is the input (data\.fa|labels\.csv); write to another file", line)
    assert (files / name).read_bytes() == before


def test_a_full_disk_is_one_line_and_the_old_file_stays(run, files, monkeypatch):
    (files / "out.csv").write_text("old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    result = run("windows", files / "data.fa", "--out", files / "out.csv")
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert line.startswith(f"Error: {files / 'out.csv'} cannot be written: No space left on device; free some space")
    assert (files / "out.csv").read_text() == "old"


def test_the_standard_output_is_written_to(files):
    """By a link in the test's own folder: code that replaced its target would replace the link, not the machine's."""
    (files / "out").symlink_to("/dev/stdout")
    code = "from seqaug_sklearn.cli import main; main()"
    command = [sys.executable, "-c", code, "windows", str(files / "data.fa"), "--out", str(files / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("window,label,parent,start\n")
    assert (files / "out").is_symlink()


def test_a_pipe_is_written_to(run, files):
    os.mkfifo(files / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((files / "pipe").read_text()), daemon=True)
    reader.start()
    result = run("windows", files / "data.fa", "--out", files / "pipe")
    reader.join(10)
    assert result.exit_code == 0, result.output
    assert read[0].startswith("window,label,parent,start\n")
    assert stat.S_ISFIFO((files / "pipe").stat().st_mode)
