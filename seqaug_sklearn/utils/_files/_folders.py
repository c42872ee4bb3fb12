"""Folders whose files are replaced together: a manifest names them, and everything else in the folder stays."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from seqaug_sklearn.exceptions import OutputExistsError, OutputFolderError, SeqAugWarning
from seqaug_sklearn.utils._files._locks import shut_out
from seqaug_sklearn.utils._files._manifests import files_in, read_manifest, survey, write_json, write_manifest
from seqaug_sklearn.utils._files._replaced_files import (
    aside,
    exchange,
    explained,
    is_aside,
    leftovers,
    short_name,
    sync,
)
from seqaug_sklearn.utils._words import warn

__all__ = ["check_replaceable", "place_of", "recover", "replaced_folder"]

_JOURNAL = "moves.json"
_PATIENCE = 60.0
"""Seconds to wait while another run writes into the same folder."""


@contextlib.contextmanager
def replaced_folder(folder: str | Path, *, kind: str = "report") -> Iterator[Path]:
    """Give an empty folder to write to, whose files take the place of those of an earlier report when the block ends.

    The earlier report's files are those that its manifest names and have not changed. Every other file stays; one
    that stands where a new file belongs is kept under another name, with a warning. Where nothing else is in the
    folder, both are swapped in one step if the system can. What a killed run left is put right first.

    Parameters
    ----------
    folder : str or path-like
        Missing, empty, or with an earlier report. A link stays a link, and the report goes into its target.
    kind : str, default="report"
        What lies in the folder; a report of another kind is not replaced. The manifest is called after it.

    Yields
    ------
    pathlib.Path
        Folder to write to.

    Raises
    ------
    OutputFolderError
        If the folder cannot be written, or holds something else.
    """
    given, folder, marker = Path(folder), Path(os.path.realpath(folder)), _marker(kind)
    with explained(given, OutputFolderError):
        folder.parent.mkdir(parents=True, exist_ok=True)
    with _turn(folder, _PATIENCE) as alone:
        if alone:
            _settle_all(folder, marker)
        check_replaceable(folder, kind)
        work = aside(place_of(folder) / folder.name)
        try:
            with explained(given, OutputFolderError, within=work):
                work.mkdir(0o700)
                (work / "new").mkdir()
                yield work / "new"
            with explained(given, OutputFolderError):
                write_manifest(work / "new", marker, work / "manifest.part")
                kept = _put_in_place(work, folder, marker)
        finally:
            # the report stands, or the error says more; the next run removes what is left
            with contextlib.suppress(OSError):
                _settle(work, folder, marker)
    if kept:
        names = ", ".join(f"{old} as {new}" for old, new in kept.items())
        warn(
            f"{given} held files that are not of the earlier report, or were changed since, where the new one has its "
            f"own; they are kept: {names}",
            SeqAugWarning,
        )


def _marker(kind):
    return f".seqaug-{kind.replace(' ', '-')}"


def check_replaceable(folder: Path, kind: str = "report") -> None:
    """Raise unless a report may be written to the folder.

    Raises
    ------
    OutputExistsError
        If it is a file, or holds something else than an earlier report with its manifest.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputExistsError(f"{folder} is a file; the report needs a folder")
    if all(is_aside(name) for name in os.listdir(folder)):
        return
    if not (folder / _marker(kind)).is_file():
        raise OutputExistsError(f"{folder} is not empty and holds no earlier {kind}; choose another folder or empty it")
    if read_manifest(folder, _marker(kind)) is None:
        raise OutputExistsError(
            f"{folder} holds a {kind} whose {_marker(kind)} does not say which files belong to it (an earlier version "
            "wrote it, or it was changed), so none can be replaced safely; choose another folder, or move or delete it"
        )


def recover(folder: Path, kind: str = "report") -> None:
    """Put right what a killed run left: the earlier report is as it was, and what was written aside is gone."""
    marker = _marker(kind)
    if leftovers(place_of(folder) / folder.name) or _lock(folder).exists() or _old_asides(folder, marker):
        # what another run is writing is no leftover, unless that takes long
        with contextlib.suppress(OutputFolderError), _turn(folder, _PATIENCE / 10) as alone:
            if alone:
                _settle_all(folder, marker)


def place_of(folder: Path) -> Path:
    """Return where the new report is built: beside the folder, or inside where that is another disk or not writable."""
    beside = folder.parent
    if not folder.is_dir():
        return beside
    elsewhere = folder.stat().st_dev != beside.stat().st_dev or not os.access(beside, os.W_OK)
    return folder if elsewhere else beside


def _lock(folder):
    return place_of(folder) / f".{short_name(folder)}.seqaug.lock"


@contextlib.contextmanager
def _turn(folder, patience):
    """One run at a time replaces a folder; yields whether others are shut out, which not every system can."""
    with contextlib.ExitStack() as stack:
        try:
            alone = stack.enter_context(shut_out(_lock(folder), patience))
        except TimeoutError:
            raise OutputFolderError(
                f"another run is writing into {folder}; wait for it or choose another folder"
            ) from None
        yield alone


def _put_in_place(work, folder, marker) -> dict[str, str]:
    """Replace the earlier report; returns what was kept under another name."""
    new = work / "new"
    if not folder.exists():
        os.rename(new, folder)
        sync(folder.parent)
        return {}
    own, others = survey(folder, read_manifest(folder, marker) or {}, marker)
    _copy_modes(folder, new, own)
    # nothing foreign in there: one system call exchanges both folders
    if not others and exchange(new, folder):
        sync(folder.parent)
        return {}
    moves, kept = _plan(work, folder, own, marker)
    _move(moves, work)
    _prune(folder, own)
    return kept


def _copy_modes(folder, new, own):
    """Give the new report the modes of the earlier one, where both have the same file or folder."""
    for name in {".", *own, *(parent for file in own for parent in PurePosixPath(file).parents)}:
        if (new / name).exists():
            with contextlib.suppress(OSError):  # a drive without modes
                shutil.copymode(folder / name, new / name)


def _plan(work, folder, own: Sequence[str], marker):
    """Return the moves (from, to) that replace the report file by file, and what they keep under another name."""
    new, gone = work / "new", set(own)
    kept: dict[str, str] = {}
    # the marker last: only a whole report has it
    names = sorted(files_in(new), key=lambda name: name == marker)
    moves = [(folder / name, work / "old" / name) for name in own]
    for name in names:
        obstacle = _obstacle(folder, name, gone)
        if obstacle is not None:
            gone.add(obstacle)
            kept[obstacle] = _free_name(folder, obstacle, {*names, *kept.values()})
            moves.append((folder / obstacle, folder / kept[obstacle]))
    return moves + [(new / name, folder / name) for name in names], kept


def _obstacle(folder, name, gone):
    """Return what stands where a new file belongs: a file or link in place of a folder of its path, or anything."""
    for parent in [*reversed(PurePosixPath(name).parents)][1:]:
        if str(parent) in gone:
            return None
        if os.path.lexists(folder / parent) and (os.path.islink(folder / parent) or not (folder / parent).is_dir()):
            return str(parent)
    return name if name not in gone and os.path.lexists(folder / name) else None


def _free_name(folder, name, taken):
    """Return ``a.kept.csv`` for ``a.csv``, with a number where that is taken."""
    path = PurePosixPath(name)
    number = 1
    while True:
        free = str(path.with_name(f"{path.stem}.kept{'' if number == 1 else f'-{number}'}{path.suffix}"))
        if free not in taken and not os.path.lexists(folder / free):
            return free
        number += 1


def _move(moves, work):
    """Move all or, by :func:`_undo`, nothing: the journal is there until all are done."""
    place = work.parent
    steps = [[path.relative_to(place).as_posix() for path in move] for move in moves]
    write_json(work / "journal.part", steps)
    # the journal appears whole or not at all, and before the first move
    os.replace(work / "journal.part", work / _JOURNAL)
    sync(work)
    for source, target in moves:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(source, target)
    # renames are safe from a power cut once their folders are written
    for folder in sorted({target.parent for _, target in moves}):
        sync(folder)
    (work / _JOURNAL).unlink()


def _undo(work, folder):
    """Take back the moves that were done, the last one first: whatever has its target, but not its source."""
    moves = _read_journal(work, folder)
    for source, target in reversed(moves):
        if os.path.lexists(target) and not os.path.lexists(source):
            source.parent.mkdir(parents=True, exist_ok=True)
            os.rename(target, source)
    _prune(folder, [target.relative_to(folder) for _, target in moves if target.is_relative_to(folder)])
    (work / _JOURNAL).unlink()


def _read_journal(work, folder):
    """Return the moves (from, to); ValueError for what moves anything but the report, as no journal of ours does."""
    steps = json.loads((work / _JOURNAL).read_text(encoding="utf-8"))
    moves = [(work.parent / source, work.parent / target) for source, target in steps]
    for path in (path for move in moves for path in move):
        if ".." in path.parts or not (path.is_relative_to(work) or path.is_relative_to(folder)):
            raise ValueError(f"{work / _JOURNAL} moves {path}")
    return moves


def _prune(folder, names):
    """Remove the folders of files that are gone, where nothing else is in them."""
    parents = {folder / parent for name in names for parent in PurePosixPath(name).parents if parent.name}
    for parent in sorted(parents, reverse=True):
        with contextlib.suppress(OSError):
            parent.rmdir()


def _settle(work, folder, marker):
    """Remove what a run wrote aside, after undoing what it began; nothing of anybody else is removed with it."""
    if (work / _JOURNAL).is_file():
        _undo(work, folder)
    if (work / "new" / marker).is_file():
        _take_apart(work / "new", folder, marker)
    if work.is_dir():
        shutil.rmtree(work)


def _take_apart(report, folder, marker):
    """Remove the files of a whole report; what was put beside them in the meantime goes where the report stood."""
    own, _ = survey(report, read_manifest(report, marker) or {}, marker)
    for name in own:
        if name != marker:
            (report / name).unlink()
    for name in files_in(report):
        if name != marker:
            target = folder / (_free_name(folder, name, ()) if os.path.lexists(folder / name) else name)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(report / name, target)
    (report / marker).unlink()


def _settle_all(folder, marker):
    """Settle what dead runs left: whoever calls this has the folder to himself."""
    restored = False
    for work in leftovers(place_of(folder) / folder.name):
        if work.is_dir() and not work.is_symlink():
            begun = (work / _JOURNAL).is_file()
            with contextlib.suppress(OSError, ValueError, TypeError):
                _settle(work, folder, marker)
                restored |= begun
    for report in _old_asides(folder, marker)[:1]:
        os.rename(report, folder)
        restored = True
        with contextlib.suppress(OSError):
            report.parent.rmdir()
    if restored:
        warn(
            f"a run was killed while it replaced the report in {folder}; the earlier one was put back",
            SeqAugWarning,
        )


def _old_asides(folder, marker):
    """Return reports that were left aside by a run of an earlier version, killed before the new one stood."""
    if folder.exists() or not folder.parent.is_dir():
        return []
    form = re.compile(rf"\.{re.escape(folder.name)}\.[a-z0-9_]{{8}}\.old")
    found = [path / "report" for path in folder.parent.iterdir() if form.fullmatch(path.name)]
    return sorted((path for path in found if (path / marker).is_file()), key=lambda path: -path.stat().st_mtime)
