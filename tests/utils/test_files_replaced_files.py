"""Files are replaced whole or not at all, with the modes of other files, and nobody else's file is touched."""

import errno
import os
import stat
import subprocess
import sys
import threading

import pytest

from seqaug_sklearn.exceptions import OutputError
from seqaug_sklearn.utils import replaced_file
from seqaug_sklearn.utils._files import _replaced_files as _files


def write(path, content=b"new", **how):
    with replaced_file(path, **how) as file:
        file.write(content)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_like_any_other_new_file(tmp_path):
    write(tmp_path / "x")
    (tmp_path / "plain").write_bytes(b"new")
    assert (tmp_path / "x").read_bytes() == b"new"
    assert mode(tmp_path / "x") == mode(tmp_path / "plain")
    assert names(tmp_path) == ["plain", "x"]


@pytest.mark.parametrize("mask", [0o022, 0o077])
@pytest.mark.parametrize("given", [0o600, 0o664, 0o755])
def test_a_replaced_file_keeps_its_mode(tmp_path, given, mask):
    (tmp_path / "x").write_bytes(b"old")
    (tmp_path / "x").chmod(given)
    before = os.umask(mask)
    try:
        write(tmp_path / "x")
    finally:
        os.umask(before)
    assert mode(tmp_path / "x") == given


def test_text_is_utf_8_with_line_ends_as_written(tmp_path):
    write(tmp_path / "x", "é\n\r\n", text=True)
    assert (tmp_path / "x").read_bytes() == "é\n\r\n".encode()


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError("odd"), ConnectionResetError(104, "reset")])
@pytest.mark.parametrize("there", [True, False])
def test_an_error_in_the_block_passes_and_leaves_what_was_there(tmp_path, error, there):
    if there:
        (tmp_path / "x").write_bytes(b"old")

    def fail():
        with replaced_file(tmp_path / "x") as file:
            file.write(b"half")
            raise error

    with pytest.raises(error if isinstance(error, type) else type(error)) as raised:
        fail()
    assert not isinstance(raised.value, OutputError)
    assert names(tmp_path) == ["x"] * there
    assert not there or (tmp_path / "x").read_bytes() == b"old"


def test_a_missing_input_is_not_taken_for_the_output(tmp_path):
    with pytest.raises(FileNotFoundError) as raised, replaced_file(tmp_path / "x"):
        (tmp_path / "input").read_text()
    assert raised.value.filename == str(tmp_path / "input")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "way_out"),
    [(errno.ENOSPC, "free some space"), (errno.EDQUOT, "free some space"), (errno.EROFS, "choose another place")],
)
@pytest.mark.parametrize("moment", ["write", "fsync", "replace", "open"])
def test_a_full_disk_is_one_line_that_names_the_file(tmp_path, monkeypatch, number, way_out, moment):
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    if moment != "write":
        monkeypatch.setattr(_files.os, moment, fail)

    def full():
        with replaced_file(path) as file:
            file.write(b"half")
            if moment == "write":
                fail()

    expected = rf"x cannot be written: {os.strerror(number)}; {way_out}.*What was there before is unchanged$"
    with pytest.raises(OutputError, match=expected) as raised:
        full()
    monkeypatch.undo()
    assert raised.value.errno == number
    assert "\n" not in str(raised.value)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["x"]


def test_the_content_is_on_the_disk_before_the_name_is(tmp_path, monkeypatch):
    """A power cut after a rename without fsync leaves an empty file."""
    calls = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(_files.os, name, lambda *a, name=name, real=real: (calls.append(name), real(*a))[1])
    write(tmp_path / "x")
    assert calls == ["fsync", "replace", "fsync"], "content, name, and the folder that holds the name"


def test_a_file_that_the_block_closes_itself_is_taken(tmp_path):
    with replaced_file(tmp_path / "x") as file:
        file.write(b"new")
        file.close()
    assert (tmp_path / "x").read_bytes() == b"new"


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link(tmp_path, there):
    (tmp_path / "real").mkdir()
    if there:
        (tmp_path / "real" / "x").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real" / "x")
    write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "x").read_bytes() == b"new"
    assert names(tmp_path) == ["link", "real"]
    assert names(tmp_path / "real") == ["x"]


def test_the_other_name_of_a_hard_link_keeps_the_content(tmp_path):
    (tmp_path / "x").write_bytes(b"old")
    os.link(tmp_path / "x", tmp_path / "y")
    write(tmp_path / "x")
    assert (tmp_path / "y").read_bytes() == b"old"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe")
    reader.join(10)
    assert read == [b"new"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "x").mkdir()
    with pytest.raises(OutputError, match="x cannot be written: Is a directory"):
        write(tmp_path / "x")
    assert names(tmp_path) == ["x"]


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    """A rename asks only for the folder's permission."""
    (tmp_path / "x").write_bytes(b"old")
    monkeypatch.setattr(_files.os, "access", lambda path, how: False)
    with pytest.raises(OutputError, match="x cannot be written: Permission denied; choose another place"):
        write(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"old"


@pytest.mark.parametrize("name", ["two words.csv", "Ärger 雪.csv", "x" * 255, "雪" * 85, "[a].*(b)", "-rf"])
def test_any_name_can_be_written_and_its_leftovers_found(tmp_path, name):
    path = tmp_path / name
    leftover = _files.aside(path)
    leftover.write_bytes(b"half")
    write(path)
    assert names(tmp_path) == [name]


def test_a_deep_folder(tmp_path):
    folder = tmp_path.joinpath(*["deep" * 20] * 10)
    folder.mkdir(parents=True)
    write(folder / "x")
    assert names(folder) == ["x"]


KILLED = """
import os, signal, sys
from seqaug_sklearn.utils import replaced_file
with replaced_file(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_leaves_the_old_file_and_the_next_one_removes_its_leftover(tmp_path):
    (tmp_path / "x").write_bytes(b"old")
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "x")], check=False)
    assert (tmp_path / "x").read_bytes() == b"old"
    assert len(names(tmp_path)) == 2
    write(tmp_path / "x")
    assert names(tmp_path) == ["x"]
    assert (tmp_path / "x").read_bytes() == b"new"


def test_what_another_run_is_writing_is_no_leftover(tmp_path):
    with replaced_file(tmp_path / "x") as slow:
        slow.write(b"slow")
        write(tmp_path / "x", b"fast")
        assert len(names(tmp_path)) == 2
    assert names(tmp_path) == ["x"]
    assert (tmp_path / "x").read_bytes() == b"slow"


def test_files_of_others_that_look_alike_stay(tmp_path):
    alike = [".x.part", ".x.abcd1234.part", ".x.seqaug-notes.part", ".y.seqaug-0123456789abcdef.part", "x.part"]
    for name in alike:
        (tmp_path / name).write_bytes(b"mine")
    (tmp_path / ".x.seqaug-0123456789abcdef.part").mkdir()
    write(tmp_path / "x")
    assert names(tmp_path) == sorted([*alike, ".x.seqaug-0123456789abcdef.part", "x"])


def test_leftovers_of_other_users_stay(tmp_path, monkeypatch):
    leftover = _files.aside(tmp_path / "x")
    leftover.write_bytes(b"theirs")
    monkeypatch.setattr(_files.os, "getuid", lambda: 12345)
    write(tmp_path / "x")
    assert leftover.exists()


def test_two_folders_are_exchanged_in_one_step(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"of_{name}").touch()
    if not _files.exchange(tmp_path / "a", tmp_path / "b"):
        pytest.skip("this system cannot exchange two folders")
    assert names(tmp_path / "a") == ["of_b"]
    assert names(tmp_path / "b") == ["of_a"]
    assert not _files.exchange(tmp_path / "a", tmp_path / "none")


def test_other_systems_exchange_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(_files.sys, "platform", "darwin")
    _files._renameat2.cache_clear()
    try:
        assert not _files.exchange(tmp_path, tmp_path)
    finally:
        _files._renameat2.cache_clear()
