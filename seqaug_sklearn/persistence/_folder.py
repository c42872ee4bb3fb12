"""The files of a model folder: plain files of known names, whose sizes and hashes are looked at first."""

import os
import re
import stat
from pathlib import Path

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.persistence._json import canonical_json, read_json
from seqaug_sklearn.utils import check_memory, content_digest

__all__ = [
    "ARRAYS",
    "CARD",
    "FORMAT",
    "FORMAT_VERSION",
    "MODEL",
    "network_file",
    "read_files",
    "read_model_json",
    "seal",
]

FORMAT = "seqaug_sklearn model"
FORMAT_VERSION = 1
MODEL, ARRAYS, CARD = "model.json", "arrays.safetensors", "MODEL_CARD.md"
_FILE = re.compile(r"arrays\.safetensors|network-[1-9][0-9]{0,4}\.safetensors", re.ASCII)
_BESIDE = {MODEL, CARD, ".seqaug-model", ".DS_Store", "Thumbs.db", "desktop.ini"}
"""Files of a folder that model.json does not list."""
_KEPT = re.compile(r"(MODEL_CARD|model|arrays|network-\d{1,5})\.kept(-\d{1,5})?\.(md|json|safetensors)", re.ASCII)
"""What an edited file is called once another model is saved into the folder; it is not read either."""
_COPIES = 3
"""What reading takes, in sizes of the files: bytes, arrays, and the arrays within the estimator."""
_COPIES_OF_JSON = 30
_KEYS = {
    "format",
    "format_version",
    "summary",
    "versions",
    "private",
    "about",
    "left_out",
    "probe",
    "files",
    "model",
    "sha256",
}
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def network_file(number):
    """Name of the file of a network, counted from 1."""
    return f"network-{number}.safetensors"


def seal(content):
    """The content of model.json, with the hash of everything else in it."""
    return content | {"sha256": _own_digest(content)}


def _own_digest(content):
    return content_digest(canonical_json({key: value for key, value in content.items() if key != "sha256"}))


def read_model_json(folder, max_memory):
    """Content of model.json, of a format that is known and unchanged since it was written.

    Raises
    ------
    DataFormatError
        If it is missing, another format or version, or damaged.
    """
    if not folder.is_dir():
        raise DataFormatError(f"{folder} is no folder of a model; give what save_model returned")
    path = folder / MODEL
    if not os.path.lexists(path):
        raise DataFormatError(f"{folder} holds no {MODEL}, so it is no folder of a model")
    content = read_json(_read_file(folder, MODEL, max_memory=max_memory, copies=_COPIES_OF_JSON), MODEL)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DataFormatError(f"{path} does not say that it is a model of seqaug_sklearn")
    _check_version(content.get("format_version"), path)
    if set(content) != _KEYS:
        odd = sorted(set(content) ^ _KEYS)[0]
        raise DataFormatError(f"{path}: {odd!r:.60} is {'missing' if odd in _KEYS else 'not known'}")
    if content["sha256"] != _own_digest(content):
        raise DataFormatError(f"{path} was changed since it was written, or is damaged: its hash is another")
    return content


def _check_version(version, path):
    if type(version) is not int or version < 1:
        raise DataFormatError(f"{path} has the format_version {version!r:.60}, which is none")
    if version > FORMAT_VERSION:
        raise DataFormatError(
            f"{path} has the format version {version}, and this version of seqaug_sklearn reads up to "
            f"{FORMAT_VERSION}; install the newer one that wrote it"
        )


def read_files(folder, files, max_memory):
    """Bytes of every file that model.json lists, and no other file is there.

    Parameters
    ----------
    folder : Path
        Folder of the model.
    files : object
        What model.json says: name -> size and hash.
    max_memory : float, str or None
        Most that may be read.

    Returns
    -------
    dict of str to bytes
    """
    if not isinstance(files, dict):
        raise DataFormatError(f"{MODEL}: files must be a table")
    for name, entry in files.items():
        _check_entry(name, entry)
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if not entry.is_file(follow_symlinks=False):
            raise DataFormatError(f"{entry.name!r} in {folder} is a link, a folder or no plain file, which is refused")
        if entry.name not in files and entry.name not in _BESIDE and not _KEPT.fullmatch(entry.name):
            raise DataFormatError(f"{entry.name!r} in {folder} does not belong to the model; move it elsewhere")
    total = sum(entry["size"] for entry in files.values())
    check_memory(_COPIES * total, max_memory, f"the model in {folder}", "free memory, or raise max_memory")
    return {name: _checked_bytes(folder, name, **entry) for name, entry in files.items()}


def _check_entry(name, entry):
    if not _FILE.fullmatch(name):
        raise DataFormatError(f"{MODEL} lists the file {name!r:.100}, which no model folder has")
    is_whole = isinstance(entry, dict) and set(entry) == {"size", "sha256"}
    if not is_whole or type(entry["size"]) is not int or entry["size"] < 0:
        raise DataFormatError(f"{MODEL}: {name} must have a size and a sha256")
    if not isinstance(entry["sha256"], str) or not _DIGEST.fullmatch(entry["sha256"]):
        raise DataFormatError(f"{MODEL}: the sha256 of {name} must be 64 hexadecimal digits")


def _checked_bytes(folder, name, size, sha256):
    content = _read_file(folder, name, size=size)
    if content_digest(content) != sha256:
        raise DataFormatError(f"{name} was changed since the model was saved, or is damaged: its hash is another")
    return content


def _read_file(folder, name, *, size=None, max_memory=None, copies=_COPIES):
    """Bytes of a plain file, read once: what is checked is what is used."""
    path = Path(folder) / name
    try:
        # without O_NOFOLLOW (Windows) lstat below is what keeps links out; O_NONBLOCK opens a pipe without waiting
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if stat.S_ISLNK(os.lstat(path).st_mode):
            raise DataFormatError(f"{name} in {folder} is a link, which is refused")
        with open(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise DataFormatError(f"{name} in {folder} is no plain file, which is refused")
            if size is not None and status.st_size != size:
                raise DataFormatError(
                    f"{name} has {status.st_size} bytes, and should have {size}; it is cut off or changed"
                )
            check_memory(copies * status.st_size, max_memory, f"reading {path}", "free memory, or raise max_memory")
            return file.read(status.st_size)
    except FileNotFoundError:
        raise DataFormatError(f"{name} is missing in {folder}; copy the whole folder again") from None
    except OSError as error:
        raise DataFormatError(f"{path} cannot be read: {error.strerror or error}") from error
