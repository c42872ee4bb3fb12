"""Memory limits: how they are written, and what the system tells."""

import shlex
import subprocess
import sys

import pytest

from seqaug_sklearn.exceptions import InsufficientMemoryError
from seqaug_sklearn.utils import _memory


@pytest.mark.parametrize(
    ("text", "expected"),
    [(1500, 1500), ("500", 500), ("500 B", 500), ("2GB", 2e9), ("1.5 gib", 1.5 * 2**30), ("64kB", 64e3), (None, None)],
)
def test_parse_memory(text, expected):
    assert _memory.parse_memory(text) == expected


@pytest.mark.parametrize("text", ["", "GB", "two GB", "-1GB", "1 XB", 0, -5])
def test_bad_memory_says_how_to_write_it(text):
    with pytest.raises(ValueError, match="max_memory must be a positive number of bytes or text such as"):
        _memory.parse_memory(text)


def test_the_system_has_memory():
    assert _memory.available_memory() > 10e6


@pytest.mark.parametrize(("limit", "expected"), [("1000000\n", 1e6 - 3e5 + 1e5), ("max\n", float("inf"))])
@pytest.mark.parametrize(
    ("told", "folder", "names"),
    [
        ("", ".", "memory.max memory.current"),
        ("0::/\n", ".", "memory.max memory.current"),
        ("0::/user.slice/job\n", "user.slice/job", "memory.max memory.current"),
        ("0::/user.slice/job\n", "user.slice", "memory.max memory.current"),
        ("5:cpu:/\n4:memory:/job\n0::/\n", "memory/job", "memory.limit_in_bytes memory.usage_in_bytes"),
        ("4:memory:/not/mounted/here\n", "memory", "memory.limit_in_bytes memory.usage_in_bytes"),
    ],
)
def test_control_group_counts_cached_files_as_free(limit, expected, told, folder, names, tmp_path, monkeypatch):
    """The group of the process itself and every one above it, in both layouts of Linux."""
    own = tmp_path / folder
    own.mkdir(parents=True, exist_ok=True)
    for name, content in zip(names.split(), (limit, "300000\n"), strict=True):
        (own / name).write_text(content)
    (own / "memory.stat").write_text("anon 200000\ninactive_file 100000\nactive_file 7\n")
    (tmp_path / "cgroup").write_text(told)
    monkeypatch.setattr(_memory, "_GROUP", tmp_path)
    monkeypatch.setattr(_memory, "_OWN_GROUP", tmp_path / "cgroup")
    assert _memory._group_memory() == expected
    assert _memory.available_memory() <= expected
    assert _memory.free_memory() <= expected


def test_swap_counts_for_what_can_be_had_at_all(tmp_path, monkeypatch):
    (tmp_path / "meminfo").write_text("MemTotal: 16 kB\nMemAvailable:    8 kB\nSwapCached: 1 kB\nSwapFree:   4 kB\n")
    monkeypatch.setattr(_memory, "_SYSTEM", tmp_path / "meminfo")
    assert (_memory.available_memory(), _memory.free_memory()) == (8 * 1024, 12 * 1024)


def test_systems_that_tell_nothing_refuse_nothing(tmp_path, monkeypatch):
    for name in ("_SYSTEM", "_OWN_GROUP", "_GROUP"):
        monkeypatch.setattr(_memory, name, tmp_path / "absent")
    monkeypatch.setattr(_memory.os, "sysconf_names", {})
    assert _memory.available_memory() == _memory.free_memory() == float("inf")
    _memory.require_memory(1e18, "a table", "make it smaller")


def test_a_limit_of_the_shell_is_seen():
    code = "from seqaug_sklearn.utils import free_memory; print(free_memory())"
    command = f"ulimit -v 8000000; exec {shlex.quote(sys.executable)} -c {shlex.quote(code)}"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 0 < float(done.stdout) < 8e6 * 1024


def test_what_cannot_fit_is_refused_and_what_fits_is_not(monkeypatch):
    monkeypatch.setattr(_memory, "free_memory", lambda: 2e9)
    _memory.require_memory(2e9, "codes", "lower it")
    with pytest.raises(
        InsufficientMemoryError,
        match=r"^codes of 3 rows: 2\.1 GB of memory would be needed, 2\.0 GB are free; lower max_windows$",
    ):
        _memory.require_memory(2.1e9, "codes of 3 rows", "lower max_windows")


def test_small_requests_ask_nobody(monkeypatch):
    monkeypatch.setattr(_memory, "free_memory", pytest.fail)
    _memory.require_memory(1e6, "codes", "lower it")


@pytest.mark.parametrize(
    ("given", "message"),
    [("1 kB", r"max_memory allows 1\.0 kB"), (None, r"900 bytes can be used of the memory that is free")],
)
def test_the_limit_is_named_by_who_set_it(given, message, monkeypatch):
    monkeypatch.setattr(_memory, "available_memory", lambda: 1000.0)
    _memory.check_memory(800, given, "a table", "make it smaller")
    with pytest.raises(InsufficientMemoryError, match=f"a table needs about 5.0 kB, {message}; make it smaller"):
        _memory.check_memory(5000, given, "a table", "make it smaller")
