"""Memory limits: how they are written, and what the system tells."""

import pytest

from seqaug_sklearn.similarity import _memory


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
def test_control_group_counts_cached_files_as_free(limit, expected, tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text("300000\n")
    (tmp_path / "memory.stat").write_text("anon 200000\ninactive_file 100000\nactive_file 7\n")
    monkeypatch.setattr(_memory, "_GROUP", tmp_path)
    assert _memory._group_memory("memory.max", "memory.current", "memory.stat") == expected
    assert _memory.available_memory() <= expected
