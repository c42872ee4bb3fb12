"""How much memory may be used, and how many rows at a time fit into it."""

import os
import re
from pathlib import Path

__all__ = ["available_memory", "check_memory", "parse_memory", "readable"]

_GROUP = Path("/sys/fs/cgroup")
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def parse_memory(memory: float | str | None) -> float | None:
    """Bytes from a number or from text such as "500 MB", "2GB" or "1.5GiB".

    Examples
    --------
    >>> parse_memory("2GB"), parse_memory("1 KiB"), parse_memory(None)
    (2000000000.0, 1024.0, None)
    """
    if memory is None:
        return None
    if isinstance(memory, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?\s*", memory.lower())
        memory = float(match[1]) * _UNITS[match[2] or ""] if match else 0
    if not memory > 0:
        raise ValueError("max_memory must be a positive number of bytes or text such as '500MB' or '2GB'")
    return float(memory)


def available_memory() -> float:
    """Bytes that can still be allocated, as the system or its control group tells; infinity where neither does."""
    limits = [
        _group_memory("memory.max", "memory.current", "memory.stat"),
        _group_memory("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
    ]
    try:
        fields = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        limits.append(1024.0 * int(fields["MemAvailable"].split()[0]))
    except (OSError, KeyError, ValueError):
        if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
            limits.append(float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")))
    return min(limits)


def _group_memory(limit, usage, statistics):
    """What the control group leaves, cached files counted as free because they are dropped on demand."""
    try:
        limit, usage = (float((_GROUP / name).read_text()) for name in (limit, usage))
        cached = re.search(r"^(?:total_)?inactive_file (\d+)$", (_GROUP / statistics).read_text(), re.MULTILINE)
    except (OSError, ValueError):
        return float("inf")
    return limit - usage + (float(cached[1]) if cached else 0)


def check_memory(needed: float, limit: float, what: str, way_out: str) -> None:
    """Raise MemoryError, before anything is allocated, if `needed` bytes are more than `limit`."""
    if needed > limit:
        raise MemoryError(f"{what} needs about {readable(needed)}, max_memory allows {readable(limit)}; {way_out}")


def readable(n_bytes: float) -> str:
    """Bytes as text with a unit.

    Examples
    --------
    >>> readable(29_000 * 24_000 * 8)
    '5.6 GB'
    """
    for factor, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if n_bytes >= factor:
            return f"{n_bytes / factor:.1f} {unit}"
    return f"{n_bytes:.0f} bytes"
