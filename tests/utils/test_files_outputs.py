"""What may not be an output is refused before any work, in one sentence with a way out."""

import errno
import os

import pytest

from seqaug_sklearn.exceptions import OutputError, OutputFolderError
from seqaug_sklearn.utils import check_output_file, check_output_folder, replaced_folder
from seqaug_sklearn.utils._files import _outputs


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Working folder project/work with an input, beside project/data."""
    (tmp_path / "project" / "work").mkdir(parents=True)
    (tmp_path / "project" / "data").mkdir()
    (tmp_path / "project" / "work" / "a.fa").write_text(">a\nACGT\n")
    (tmp_path / "project" / "data" / "b.fa").write_text(">b\nACGT\n")
    monkeypatch.chdir(tmp_path / "project" / "work")
    return tmp_path / "project"


def content(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        (".", r"is the working folder \(an empty name means it, too\); give the report a folder of its own"),
        ("./", "is the working folder"),
        ("../work", "is the working folder"),
        ("nowhere/..", "is the working folder"),
        ("..", "holds the working folder .*work; give the report a folder of its own, for example 'report'"),
        ("/", "holds the working folder"),
        ("../data", r"is or holds the input .*b\.fa; give the report a folder of its own"),
        ("../data/../data", "is or holds the input"),
        ("../link", "is or holds the input"),
        ("../links", r"is or holds the input .*c\.fa"),
        ("a.fa", "is or holds the input a.fa"),
        ("", "the name of the folder to write to is empty"),
        ("  ", "the name of the folder to write to is empty"),
        ("~nobody-of-that-name/report", "cannot be found: .*; give the whole path"),
        ("../round", "cannot be written: Too many levels of symbolic links; choose another place"),
        ("../round/report", "cannot be written: Too many levels of symbolic links"),
    ],
)
@pytest.mark.parametrize("with_report", [False, True], ids=["", "holding a report"])
def test_folders_that_hold_more_than_a_report_are_refused(place, folder, message, with_report):
    """Also where an earlier report lies in them, which a careless run has written."""
    (place / "link").symlink_to("data")
    (place / "links").mkdir()
    (place / "links" / "c.fa").symlink_to(place / "work" / "a.fa")
    (place / "round").symlink_to("round")
    if with_report:
        for name in ("data", "work", "links", "."):
            (place / name / ".seqaug-report").write_text('{"files": {}}')
    before = content(place)
    inputs = ["a.fa", None, place / "data" / "b.fa", place / "links" / "c.fa", "missing.fa"]
    with pytest.raises(OutputFolderError, match=message) as raised:
        check_output_folder(folder, inputs=inputs)
    assert "\n" not in str(raised.value)
    assert content(place) == before


@pytest.mark.parametrize(
    "folder", ["report", "./report", "../report", "new/report", "../data/report", "two words", "é"]
)
def test_folders_of_their_own_are_taken(place, folder):
    before = content(place)
    expected = place / "work" / folder if ".." not in folder else (place / "work" / folder).resolve()
    assert check_output_folder(folder, inputs=["a.fa", place / "data" / "b.fa"]) == expected
    assert content(place) == before, "nothing is left behind"


def test_the_same_folder_under_another_name_of_the_disk_is_found(place, monkeypatch):
    """A drive mounted twice, or names that differ in case only where case does not count."""
    (place / "WORK").mkdir()
    monkeypatch.setattr(_outputs.os.path, "samefile", lambda a, b: str(a).lower() == str(b).lower())
    with pytest.raises(OutputFolderError, match="is the working folder"):
        check_output_folder(place / "WORK")


def test_a_link_is_named_as_given(place):
    (place / "real").mkdir()
    (place / "report").symlink_to(place / "real")
    assert check_output_folder(place / "report") == place / "report"
    with replaced_folder(place / "report") as new:
        (new / "x").touch()
    assert check_output_folder(place / "report") == place / "report"
    (place / "dangling").symlink_to(place / "data" / "new")
    assert check_output_folder(place / "dangling") == place / "dangling"


def test_a_file_is_no_folder(place):
    (place / "file").write_text("")
    with pytest.raises(FileExistsError, match="is a file; the report needs a folder"):
        check_output_folder(place / "file")
    with pytest.raises(OutputFolderError, match=r"below cannot be written: Not a directory; choose another place"):
        check_output_folder(place / "file" / "below")


def test_a_folder_that_cannot_be_written(place, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(_outputs.tempfile, "TemporaryDirectory", refuse)
    with pytest.raises(OutputFolderError, match="out cannot be written: Permission denied; choose another place"):
        check_output_folder(place / "out")
    monkeypatch.undo()
    (place / "out").mkdir()
    monkeypatch.setattr(_outputs.os, "access", lambda path, how: False)
    with pytest.raises(OutputFolderError, match="out cannot be written: Permission denied; choose another place"):
        check_output_folder(place / "out")


def test_a_working_folder_that_is_gone(place, monkeypatch):
    (place / "gone").mkdir()
    monkeypatch.chdir(place / "gone")
    (place / "gone").rmdir()
    with pytest.raises(OutputFolderError, match=r"report cannot be found: .*; give the whole path"):
        check_output_folder("report")


def test_the_earlier_report_is_back_before_the_work_begins(place):
    with replaced_folder(place / "report") as new:
        (new / "x").write_text("old")
    (place / ".report.abcdefgh.old").mkdir()
    (place / "report").rename(place / ".report.abcdefgh.old" / "report")
    with pytest.warns(UserWarning, match="the earlier one was put back"):
        check_output_folder(place / "report")
    assert (place / "report" / "x").read_text() == "old"


@pytest.mark.parametrize("name", ["a.fa", "./a.fa", "../work/a.fa", "link.fa", "hard.fa", "../linked/a.fa"])
def test_an_input_is_no_output(place, name):
    (place / "work" / "link.fa").symlink_to("a.fa")
    os.link("a.fa", "hard.fa")
    (place / "linked").symlink_to("work")
    with pytest.raises(OutputError, match=r"is the input a\.fa; write to another file"):
        check_output_file(name, inputs=[None, "missing.fa", "a.fa"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "the name of the file to write to is empty"),
        (".", "is a folder; give a file"),
        ("nowhere/x.csv", "cannot be written: the folder .*nowhere does not exist; make it first"),
        ("a.fa/x.csv", "a.fa does not exist; make it first"),
    ],
)
def test_files_that_cannot_be_written(place, name, message):
    before = content(place)
    with pytest.raises(OutputError, match=message):
        check_output_file(name)
    assert content(place) == before


def test_files_that_can(place):
    (place / "x.csv").write_text("old")
    os.mkfifo(place / "pipe")
    before = content(place)
    for name in ("x.csv", place / "x.csv", "../x.csv", place / "pipe"):
        check_output_file(name, inputs=["a.fa"])
    assert content(place) == before


def test_a_folder_into_which_nothing_can_be_moved_is_refused_before_the_work(place, monkeypatch):
    """A folder of the same disk that is mounted at another place."""

    def refuse(*_):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    (place / "out").mkdir()
    monkeypatch.setattr(_outputs.os, "rename", refuse)
    with pytest.raises(OutputFolderError, match="out cannot be written: Invalid cross-device link; choose another"):
        check_output_folder(place / "out")
    assert content(place / "out") == []
