"""Arrays in ``.npz`` files, of which nothing is unpickled."""

import zipfile

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["read_npz"]


def read_npz(path, writer):
    """Arrays by name from an ``.npz`` file; :class:`DataFormatError` for another file, which ``writer`` did not write.

    numpy takes a file of unknown format for a pickle and advises to allow it, which would run what is in there.
    """
    with open(path, "rb") as file:
        if file.read(2) != b"PK":
            raise DataFormatError(f"{path} was not written by {writer}: it is no .npz file")
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise DataFormatError(f"{path} was not written by {writer}, or is damaged: {error}") from error
