"""Where every command may write: never over an input, the working folder or a file that no report made."""

import errno
import os

import pytest

COMMANDS = {
    "compare": ["data.fa", "--labels", "../tables/labels.csv", "--orthologs", "../more/orthologs.csv"],
    "reproduce": ["data.fa", "../tables/labels.csv"],
    "kmers": ["data.fa"],
    "audit": ["data.fa", "../tables/test.fa"],
    "genotypes": ["data.fa", "--labels", "../tables/labels.csv"],
    "split": ["data.fa", "--labels", "../tables/labels.csv"],
    "variants": ["data.fa", "--reference", "data.fa", "--variants", "../tables/labels.csv"],
}


@pytest.fixture
def place(tmp_path, files, monkeypatch):
    """Working folder of data.fa beside the folders tables and more; all hold what looks like an earlier report."""
    for name in ("work", "tables", "more"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".seqaug-report").write_text('{"files": {}}')
    (files / "data.fa").rename(tmp_path / "work" / "data.fa")
    (files / "labels.csv").rename(tmp_path / "tables" / "labels.csv")
    (files / "table.csv").rename(tmp_path / "more" / "orthologs.csv")
    (tmp_path / "tables" / "test.fa").write_text(">x\nACGT\n")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def contents(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


@pytest.mark.parametrize(
    ("command", "out", "message"),
    [
        *[(command, ".", "is the working folder (an empty name means it, too)") for command in COMMANDS],
        *[(command, "", "is the working folder (an empty name means it, too)") for command in COMMANDS],
        *[(command, "..", "holds the working folder") for command in COMMANDS],
        *[(command, "../tables", "is or holds the input ../tables/") for command in COMMANDS if command != "kmers"],
        ("compare", "../more", "is or holds the input ../more/orthologs.csv"),
        ("kmers", "../link", "is the working folder"),
        *[(command, "../file", "is a file; the report needs a folder") for command in COMMANDS],
    ],
)
def test_refused_before_any_work(run, place, command, out, message):
    (place / "link").symlink_to("work")
    (place / "file").write_text("mine")
    before = contents(place)
    result = run(command, *COMMANDS[command], "--out", out)
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert line.startswith("Error: ")
    assert message in line
    assert contents(place) == before


def test_two_audits_into_one_folder_with_notes_and_data_in_it(run, files):
    out = files / "my report 雪"
    (files / "real").mkdir()
    out.symlink_to("real")
    mine = {"notes.txt": b"notes", "data/reads.fa": b">a", "tables/mine.csv": b"mine", "report.txt": b"text"}
    for attempt in range(3):
        result = run("audit", files / "data.fa", files / "data.fa", "--out", out)
        assert result.exit_code == 1, result.output
        assert f"Report: {out / 'report.html'}" in result.output
        for name, content in mine.items():
            (out / name).parent.mkdir(exist_ok=True)
            assert attempt == 0 or (out / name).read_bytes() == content
            (out / name).write_bytes(content)
    assert out.is_symlink()
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [".seqaug-report", "data", "figures", "notes.txt", "report.html", "report.txt", "tables"]
    )
    assert sorted(path.name for path in files.iterdir()) == ["data.fa", "labels.csv", out.name, "real", "table.csv"]


@pytest.mark.filterwarnings("default")
def test_a_table_with_remarks_is_kept_and_this_is_said(run, files):
    for _ in range(2):
        result = run("audit", files / "data.fa", files / "data.fa", "--out", files / "out")
        (files / "out" / "tables" / "every_test_row.csv").write_text("with remarks")
    said = [line for line in result.output.splitlines() if "every_test_row.kept.csv" in line]
    assert len(said) == 1
    assert said[0].startswith("Warning: ")
    assert (files / "out" / "tables" / "every_test_row.kept.csv").read_text() == "with remarks"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_is_one_line(run, files, monkeypatch, number):
    run("audit", files / "data.fa", files / "data.fa", "--out", files / "out")
    before = contents(files)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(number, os.strerror(number))))
    result = run("audit", files / "data.fa", files / "data.fa", "--out", files / "out")
    assert result.exit_code == 2
    last = result.output.splitlines()[-1]
    assert last.startswith(f"Error: {files / 'out'} cannot be written: {os.strerror(number)}; ")
    assert "Traceback" not in result.output
    assert contents(files) == before
