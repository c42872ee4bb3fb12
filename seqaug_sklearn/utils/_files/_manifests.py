"""The file of a report's folder that names the report's files with their hashes, so that no others are replaced."""

import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from seqaug_sklearn.utils._files._replaced_files import is_aside, sync
from seqaug_sklearn.utils._fingerprints import file_digest

__all__ = ["files_in", "read_manifest", "survey", "write_json", "write_manifest"]

_ABOUT = (
    "The files of this report with their SHA-256. The next report replaces those that are unchanged; everything else "
    "in this folder stays."
)


def write_manifest(folder: Path, marker: str, draft: Path) -> None:
    """Write the names and hashes of all files of a folder, in one step and last: with it they are a whole report.

    Parameters
    ----------
    folder : Path
        Folder of the report.
    marker : str
        Name of the manifest in it.
    draft : Path
        Free path on the same disk, not in the folder.
    """
    files = {name: file_digest(folder / name) for name in files_in(folder)}
    for name in files:
        sync(folder / name)
    write_json(draft, {"about": _ABOUT, "files": files})
    os.replace(draft, folder / marker)
    for parent in sorted({(folder / name).parent for name in [*files, marker]}):
        sync(parent)


def write_json(path: Path, content) -> None:
    """Write JSON that a power cut leaves whole once this returns."""
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    sync(path)


def read_manifest(folder: Path, marker: str) -> dict[str, str] | None:
    """Return name -> SHA-256 of the report's files; None where no manifest says."""
    try:
        files = json.loads((folder / marker).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return files if isinstance(files, dict) else None


def files_in(folder: Path) -> list[str]:
    """Return the names of all files below, with slashes; a link to a folder counts as a file."""
    names = []
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        names += [Path(parent, name).relative_to(folder).as_posix() for name in [*files, *links]]
    return sorted(names)


def survey(folder: Path, files: Mapping[str, str], marker: str) -> tuple[list[str], bool]:
    """Tell a report's files from all others; only its folders are looked into, never through a link.

    Parameters
    ----------
    folder : Path
        Folder of the report.
    files : dict of str to str
        Manifest.
    marker : str
        Name of the manifest.

    Returns
    -------
    own : list of str
        Files that have not changed, the manifest last.
    others : bool
        Whether anything else is there.
    """
    inner = {parent for name in files for parent in PurePosixPath(name).parents}
    own, others, waiting = [], False, [PurePosixPath()]
    for parent in waiting:
        for entry in sorted(os.scandir(folder / parent), key=lambda entry: entry.name):
            name = parent / entry.name
            if entry.is_dir(follow_symlinks=False) and name in inner:
                waiting.append(name)
            elif entry.is_file(follow_symlinks=False) and _is_own(entry, str(name), files, marker):
                own.append(str(name))
            elif not is_aside(entry.name):
                others = True
    return sorted(own, key=lambda name: name == marker), others


def _is_own(entry, name, files, marker):
    return name == marker or (name in files and file_digest(entry.path) == files[name])
