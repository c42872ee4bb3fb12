"""A lock is held by one process at a time and ends with it."""

import os

import pytest

from seqaug_sklearn.utils._files import _locks
from seqaug_sklearn.utils._files._locks import shut_out, try_lock


def test_a_second_one_waits_and_gives_up(tmp_path):
    with shut_out(tmp_path / "lock", 0) as first:
        assert first
        with pytest.raises(TimeoutError), shut_out(tmp_path / "lock", 0.1):
            pytest.fail("two at a time")
    assert list(tmp_path.iterdir()) == []
    with shut_out(tmp_path / "lock", 0) as again:
        assert again


def test_the_file_that_a_killed_process_left_is_no_lock(tmp_path):
    (tmp_path / "lock").touch()
    with shut_out(tmp_path / "lock", 0) as held:
        assert held
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_that_was_removed_while_it_was_waited_for_is_made_again(tmp_path, monkeypatch):
    path, real = tmp_path / "lock", _locks.try_lock
    asked = []

    def lock_after_the_other_removed_it(descriptor):
        if not asked:
            path.unlink()
        asked.append(descriptor)
        return real(descriptor)

    monkeypatch.setattr(_locks, "try_lock", lock_after_the_other_removed_it)
    with shut_out(path, 1) as held:
        assert held
        assert path.exists()
    assert len(asked) == 2


def test_without_locks_nobody_is_shut_out(tmp_path, monkeypatch):
    monkeypatch.setattr(_locks, "fcntl", None)
    with shut_out(tmp_path / "lock", 0) as first, shut_out(tmp_path / "lock", 0) as second:
        assert (first, second) == (False, False)


def test_a_folder_that_cannot_be_written_is_no_error_of_the_lock(tmp_path):
    with shut_out(tmp_path / "none" / "lock", 0) as held:
        assert not held


def test_a_drive_without_locks(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(_locks.fcntl, "flock", refuse)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        assert try_lock(descriptor) is None
    finally:
        os.close(descriptor)
