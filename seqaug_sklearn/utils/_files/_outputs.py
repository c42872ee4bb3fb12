"""Whether an output may be written where it is wanted, checked before any work."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from seqaug_sklearn.exceptions import OutputError, OutputFolderError
from seqaug_sklearn.utils._files._folders import check_replaceable, place_of, recover
from seqaug_sklearn.utils._files._replaced_files import aside, explained

__all__ = ["check_output_file", "check_output_folder"]


def check_output_folder(folder: str | Path, *, inputs: Iterable[str | Path | None] = (), kind: str = "report") -> Path:
    """Raise unless a report can be written to ``folder``; call it before long work.

    Parameters
    ----------
    folder : path
        Folder of the report; may be missing, empty, or hold an earlier report, whose files are replaced. What else lies
        in it stays. A link stays a link, and the report goes into its target.
    inputs : iterable of path, default=()
        What the report is made from (None is passed over): a folder that holds one of them is refused, and so is one
        that is or holds the working folder.
    kind : str, default="report"
        What an earlier report must be.

    Returns
    -------
    pathlib.Path
        Absolute path.

    Raises
    ------
    OutputFolderError
        If the name is empty, it is a file, holds anything else than a report, is or holds the working folder or an
        input, or cannot be written.

    Notes
    -----
    Where a run was killed while it replaced the report in the folder, the earlier report is put back.
    """
    with _about(folder):
        return _checked_folder(folder, inputs, kind)


def _checked_folder(folder, inputs, kind):
    path = _absolute(folder, OutputFolderError, "folder")
    target = Path(os.path.realpath(path))
    with explained(path, OutputFolderError):
        if any(part.is_symlink() for part in (target, *target.parents)):  # only links that go round stay unresolved
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        _check_holds_nothing(path, target, inputs)
        existing = next(parent for parent in (target, *target.parents) if parent.exists())
        recover(target, kind)
        check_replaceable(target, kind)
        _try(target, existing)
    return path


def check_output_file(path: str | Path, *, inputs: Iterable[str | Path | None] = ()) -> Path:
    """Raise unless a file can be written to ``path``; call it before long work.

    Parameters
    ----------
    path : path
        File; may exist, and is replaced then. Its folder must exist.
    inputs : iterable of path, default=()
        What it is made from (None is passed over): one of these, under whatever name, is refused.

    Returns
    -------
    pathlib.Path
        Absolute path.

    Raises
    ------
    OutputError
        If the name is empty, it is a folder or an input, or it cannot be written.
    """
    with _about(path):
        return _checked_file(path, inputs)


def _checked_file(path, inputs):
    file = _absolute(path, OutputError, "file")
    target = Path(os.path.realpath(file))
    if file.is_dir():
        raise OutputError(f"{file} is a folder; give a file")
    for given in inputs:
        if given is not None and _is_same(target, Path(os.path.realpath(given))):
            raise OutputError(f"{file} is the input {given}; write to another file")
    if file.exists() and not file.is_file():  # a device or a pipe, which has no folder of its own
        return file
    if not target.parent.is_dir():
        raise OutputError(f"{file} cannot be written: the folder {target.parent} does not exist; make it first")
    with explained(file):
        tempfile.TemporaryFile(dir=target.parent).close()
    return file


@contextlib.contextmanager
def _about(path):
    """Have an error say which path was given, which the message may spell otherwise."""
    try:
        yield
    except OutputError as error:
        error.path = Path(path)
        raise


def _absolute(path, error_type, kind):
    if not str(path).strip():
        raise error_type(f"the name of the {kind} to write to is empty; give one, for example 'report'")
    try:
        path = Path(path).expanduser().absolute()
    except (RuntimeError, OSError) as error:  # a home that nobody has, a working folder that is gone
        raise error_type(f"{path} cannot be found: {error}; give the whole path") from error
    # what stands before '..' need not be there, and a link there leads elsewhere
    return Path(os.path.realpath(path)) if ".." in path.parts else path


def _check_holds_nothing(path, target, inputs):
    """Raise where the folder is or holds what must not be touched."""
    way_out = "give the report a folder of its own, for example 'report'"
    working = Path(os.path.realpath(Path.cwd()))
    if _holds(target, working):
        if not _is_same(target, working):
            raise OutputFolderError(f"{path} holds the working folder {working}; {way_out}")
        raise OutputFolderError(f"{path} is the working folder (an empty name means it, too); {way_out}")
    for given in inputs:
        if given is not None:
            link = Path(given).expanduser().absolute()
            places = (Path(os.path.realpath(link.parent)) / link.name, Path(os.path.realpath(link)))
            if any(_holds(target, place) for place in places):
                raise OutputFolderError(f"{path} is or holds the input {given}; {way_out}")


def _holds(folder, path):
    return any(_is_same(folder, place) for place in (path, *path.parents))


def _is_same(first, second):
    """Whether two paths are one place, also where names differ in case only or a drive is mounted twice."""
    if first == second:
        return True
    try:
        return os.path.samefile(first, second)
    except OSError:
        return False


def _try(target, existing):
    """Write where the report will be built, and see that the folder itself may be changed."""
    if existing == target and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    place = place_of(target) if existing == target else existing
    with tempfile.TemporaryDirectory(dir=place, prefix=".seqaug-") as folder:
        if existing == target:  # a folder of the same disk may be mounted there, and nothing can be moved into it
            probe = aside(target / target.name)
            os.rename(Path(tempfile.mkdtemp(dir=folder)), probe)
            probe.rmdir()
