"""How much memory there is, what is asked of it, and the refusal before more is allocated."""

import os
import re
from pathlib import Path

from seqaug_sklearn.exceptions import InsufficientMemoryError
from seqaug_sklearn.utils._words import invalid_parameter

__all__ = [
    "available_memory",
    "check_memory",
    "free_memory",
    "memory_limit",
    "parse_memory",
    "readable",
    "require_memory",
]

_GROUP = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")
_SYSTEM = Path("/proc/meminfo")
_SHARE = 0.9
"""Of the free memory, where no limit was given."""
_NEVER_ASKED = 10e6
"""Bytes that are allocated without a look at the system."""
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
        raise invalid_parameter("max_memory", "must be a positive number of bytes or text such as '500MB' or '2GB'")
    return float(memory)


def available_memory() -> float:
    """Bytes that can be allocated without swapping, as the system and its control groups tell; infinity if none does.

    On systems that do not tell what is free (macOS) it is all the memory there is.
    """
    free = _system_memory("MemAvailable")
    if free is None:
        free = _installed_memory()
    return min(free, _group_memory(), _address_space())


def free_memory() -> float:
    """Bytes that can be allocated at all, swapping included: more than this must fail."""
    free, swap = _system_memory("MemAvailable"), _system_memory("SwapFree")
    # nothing is refused that swapping could hold
    free = _installed_memory() if free is None else free + (swap or 0.0)
    return min(free, _group_memory(), _address_space())


def require_memory(needed: float, what: str, way_out: str) -> None:
    """Refuse before anything is allocated what cannot fit.

    Parameters
    ----------
    needed : float
        Bytes that will be allocated and used: a lower bound, so that nothing is refused that would have fitted.
    what : str
        What needs them, with its size ("the one-hot array of 20000 x 1961 windows of 40 symbols").
    way_out : str
        What to do instead.

    Raises
    ------
    InsufficientMemoryError
        If `needed` is more than :func:`free_memory` finds.
    """
    if needed < _NEVER_ASKED:
        return
    free = free_memory()
    if needed > free:
        raise InsufficientMemoryError(
            f"{what}: {readable(needed)} of memory would be needed, {readable(free)} are free; {way_out}"
        )


def _system_memory(field):
    """Bytes that Linux tells under this name; None elsewhere."""
    try:
        found = re.search(rf"^{field}:\s*(\d+) kB$", _SYSTEM.read_text(), re.MULTILINE)
    except OSError:
        return None
    return 1024.0 * int(found[1]) if found else None


def _installed_memory():
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return float("inf")


def _group_memory():
    """The least that any control group of this process leaves (containers, batch systems)."""
    left = [float("inf")]
    # cgroup v2, then v1; a process is bound by its own group and all above it
    for folder in _groups("", ""):
        left.append(_left(folder, "memory.max", "memory.current"))
    for folder in _groups("memory", "memory"):
        left.append(_left(folder, "memory.limit_in_bytes", "memory.usage_in_bytes"))
    return min(left)


def _groups(controller, folder):
    """Folders of the group of this process and of those above it, as they are mounted here."""
    root = _GROUP / folder
    yield root
    try:
        lines = [line.split(":", 2) for line in _OWN_GROUP.read_text().splitlines()]
    except OSError:
        return
    own = next((path for _, names, path in lines if controller in names.split(",")), "/")
    place = root / own.strip("/")
    while place != root:
        yield place
        place = place.parent


def _left(folder, limit, usage):
    """What a control group leaves, cached files counted as free because they are dropped on demand."""
    try:
        limit, usage = (float((folder / name).read_text()) for name in (limit, usage))
        cached = re.search(r"^(?:total_)?inactive_file (\d+)$", (folder / "memory.stat").read_text(), re.MULTILINE)
    except (OSError, ValueError):
        return float("inf")
    return limit - usage + (float(cached[1]) if cached else 0)


def _address_space():
    """What ``ulimit -v`` leaves."""
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit == resource.RLIM_INFINITY:
            return float("inf")
        return float(limit - int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize())
    except (ImportError, OSError, ValueError):  # no such module on Windows, no such file on macOS
        return float("inf")


def memory_limit(max_memory: float | str | None) -> float:
    """Bytes that a user's limit allows, or nine tenths of what is free where there is none."""
    return parse_memory(max_memory) or _SHARE * available_memory()


def check_memory(needed: float, max_memory: float | str | None, what: str, way_out: str) -> None:
    """Refuse, before anything is allocated, `needed` bytes that are more than :func:`memory_limit`.

    Parameters
    ----------
    needed : float
        Bytes.
    max_memory : float, str or None
        The limit that the user gave, if any.
    what, way_out : str
        What needs them, and what to do where it is too much.

    Raises
    ------
    InsufficientMemoryError
        The message says whose limit it is.
    """
    limit = memory_limit(max_memory)
    if needed > limit:
        of_the_system = f"{readable(limit)} can be used of the memory that is free"
        allowed = of_the_system if max_memory is None else f"max_memory allows {readable(limit)}"
        raise InsufficientMemoryError(f"{what} needs about {readable(needed)}, {allowed}; {way_out}")


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
