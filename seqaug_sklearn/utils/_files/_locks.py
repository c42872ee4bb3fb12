"""Locks that end with their process, also where it is killed."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["shut_out", "try_lock"]


def try_lock(descriptor: int) -> bool | None:
    """Lock an open file until it is closed, also by the death of the process.

    Returns
    -------
    bool or None
        False where another process holds the lock, None where the system has no locks (Windows, some network drives).
    """
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


@contextlib.contextmanager
def shut_out(path: Path, patience: float) -> Iterator[bool]:
    """Hold a lock file for the time of the block; it is removed at the end.

    Parameters
    ----------
    path : Path
        File; one that a killed process left is no lock.
    patience : float
        Seconds to wait for another process.

    Yields
    ------
    bool
        Whether others are shut out: not every system can, and the lock file of another user cannot be opened.

    Raises
    ------
    TimeoutError
        If another process holds it for longer.
    """
    descriptor, locked = _wait(path, time.monotonic() + patience)
    try:
        yield locked
    finally:
        if locked:
            with contextlib.suppress(OSError):
                path.unlink()
        if descriptor is not None:
            os.close(descriptor)


def _wait(path, deadline):
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:  # a folder that cannot be written is told of by whoever writes
            return None, False
        locked = try_lock(descriptor)
        if locked is None:
            return descriptor, False
        if locked and _is_open(path, descriptor):
            return descriptor, True
        os.close(descriptor)  # held by another, or removed by the one that held it
        if not locked and time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def _is_open(path, descriptor):
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
