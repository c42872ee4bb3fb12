"""Files written aside and put in place in one step: whoever looks finds the earlier one or the whole new one."""

import contextlib
import errno
import functools
import gzip
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from seqaug_sklearn.exceptions import OutputError
from seqaug_sklearn.utils._files._locks import try_lock

__all__ = [
    "aside",
    "exchange",
    "explained",
    "is_aside",
    "leftovers",
    "remove_leftovers",
    "replaced_file",
    "short_name",
    "sync",
    "write_packed",
]

_FULL = {errno.ENOSPC, errno.EDQUOT}
_OF_WRITING = _FULL | {errno.EFBIG, errno.EIO, errno.EROFS}
"""Errors of a write, which name no file."""

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_MAX_BYTES = 200
"""Of the name in the name of what is written aside: file systems take 255 bytes in all."""


@contextlib.contextmanager
def replaced_file(path: str | Path, *, text: bool = False) -> Iterator[IO[Any]]:
    """Open a file for writing that takes the place of ``path`` when the block ends well.

    It is written beside its place and renamed, so neither an error nor a killed process nor a power cut leaves half of
    it. It gets the mode of the file that it replaces, or of any new file. A link stays a link, and its target is
    replaced. What dead runs left of writing the same file is removed. A device or a pipe is written to as it is.

    Parameters
    ----------
    path : str or path-like
        File; its folder must exist.
    text : bool, default=False
        Open it for text in UTF-8, line ends as written, instead of bytes.

    Yields
    ------
    file object

    Raises
    ------
    OutputError
        If it cannot be written; the message names ``path`` and the way out. Other errors of the block pass unchanged.
    """
    path = Path(path)
    how: dict[str, Any] = {"mode": "w", "encoding": "utf-8", "newline": ""} if text else {"mode": "wb"}
    if path.exists() and not (path.is_file() or path.is_dir()):
        with explained(path, within=path), path.open(**how) as file:
            yield file
        return
    with explained(path):
        target = Path(os.path.realpath(path))
        _check_replaceable(target)
        remove_leftovers(target)
        descriptor, temporary = _create(target)
    kept = os.dup(descriptor)  # holds the lock, and is open still where the block closes the file itself
    try:
        with explained(path, within=temporary):
            with os.fdopen(descriptor, **how) as file:
                yield file
            _sync(kept)
        if os.name == "nt":  # an open file cannot be renamed there
            os.close(kept)
            kept = -1
        with explained(path):
            os.replace(temporary, target)
            sync(target.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if kept >= 0:
            os.close(kept)


def write_packed(text: str, path: str | Path) -> None:
    """Write text in UTF-8 in one step, packed where the name ends in ``.gz``, with the same bytes each time.

    Parameters
    ----------
    text : str
        Content, with the line ends that the file is to have.
    path : str or path-like
        File; one that is there is replaced.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    content = text.encode()
    with replaced_file(path) as file:
        # neither the time nor the name of the file goes into the archive
        file.write(gzip.compress(content, mtime=0) if os.fspath(path).lower().endswith(".gz") else content)


@contextlib.contextmanager
def explained(path: str | Path, error_type: type[OutputError] = OutputError, *, within: Path | None = None):
    """Turn the system's error into one sentence that names the path and the way out.

    Parameters
    ----------
    path : str or path-like
        What is written.
    error_type : type, default=OutputError
        Error to raise; one of this type passes as it is.
    within : Path, default=None
        Explain only errors of writing this file or below this folder. None: every OSError.
    """
    try:
        yield
    except error_type:
        raise
    except OSError as error:
        if within is not None and not _is_about(error, within):
            raise
        reason = os.strerror(error.errno) if error.errno else str(error)
        way_out = "free some space there or choose another place" if error.errno in _FULL else "choose another place"
        said = error_type(f"{path} cannot be written: {reason}; {way_out}. What was there before is unchanged")
        said.errno = error.errno
        raise said from error


def _is_about(error, within):
    if error.filename is None:
        return error.errno in _OF_WRITING
    name = error.filename if isinstance(error.filename, str) else os.fsdecode(error.filename)
    return Path(name).is_relative_to(within)


def aside(path: Path) -> Path:
    """Return a free name beside ``path``, of a form by which :func:`leftovers` knows it again."""
    return path.with_name(f".{short_name(path)}.seqaug-{secrets.token_hex(8)}.part")


def is_aside(name: str) -> bool:
    """Whether a name is of something written aside, or of its lock."""
    return re.fullmatch(r"\..+\.seqaug(-[0-9a-f]{16}\.part|\.lock)", name) is not None


def leftovers(path: Path) -> list[Path]:
    """Return what runs of this user wrote aside for ``path`` and did not remove, running ones included."""
    form = re.compile(rf"\.{re.escape(short_name(path))}\.seqaug-[0-9a-f]{{16}}\.part")
    try:
        with os.scandir(path.parent) as entries:
            return sorted(Path(entry.path) for entry in entries if form.fullmatch(entry.name) and _is_own(entry))
    except OSError:  # no such folder, or none to look into
        return []


def _is_own(entry):
    return not hasattr(os, "getuid") or entry.stat(follow_symlinks=False).st_uid == os.getuid()


def short_name(path: Path) -> str:
    """Return the name of a path, cut where it leaves no room for more."""
    name = os.fsencode(path.name)
    return path.name if len(name) <= _MAX_BYTES else name[:_MAX_BYTES].decode("utf-8", "ignore")


def exchange(first: Path, second: Path) -> bool:
    """Swap two files or folders in one step; where the system cannot (all but Linux), do nothing and return False."""
    swap = _renameat2()
    return swap is not None and not swap(
        _AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE
    )


@functools.cache
def _renameat2():
    """Return the system's function; None where the C library has none."""
    if sys.platform != "linux":
        return None
    import ctypes

    function = getattr(ctypes.CDLL(None), "renameat2", None)
    if function is not None:
        function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return function


def sync(path: Path) -> None:
    """Have a file's content or a folder's names on the disk, so that a power cut leaves no empty file.

    Raises
    ------
    OSError
        If there is no room for it after all; a system that cannot be asked is none.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor):
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno in _OF_WRITING:
            raise


def _check_replaceable(target):
    """A rename asks only whether the folder may be written, not whether the file may."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _create(target):
    """Make the file beside its place and lock it; another run may take it for a leftover before it is locked."""
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    while True:
        temporary = aside(target)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags, 0o666 if mode is None else mode)
        if try_lock(descriptor) is not False and temporary.exists():
            break
        os.close(descriptor)
    if mode is not None:
        with contextlib.suppress(OSError):  # a drive without modes
            temporary.chmod(mode)
    return descriptor, temporary


def remove_leftovers(target: Path) -> None:
    """Remove what dead runs of this user left of writing a file aside; the files of running ones are locked."""
    for path in leftovers(target):
        with contextlib.suppress(OSError):
            if not stat.S_ISREG(path.lstat().st_mode):
                continue
            descriptor = os.open(path, os.O_RDWR)
            try:
                if try_lock(descriptor):
                    path.unlink()
            finally:
                os.close(descriptor)
