"""Whole text files, gzip or plain, with one clear error for what is not text."""

import gzip
import zlib
from pathlib import Path

from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["read_text"]

_GZIP_MAGIC = b"\x1f\x8b"


def read_text(path) -> str:
    """Return the text of a file; gzip is recognised by its first bytes, whatever the file is called.

    Parameters
    ----------
    path : str or path-like
        File to read.

    Returns
    -------
    str

    Raises
    ------
    DataFormatError
        If the gzip stream is damaged or cut off, or the content is not text.
    """
    path = Path(path)
    content = path.read_bytes()
    if content.startswith(_GZIP_MAGIC):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataFormatError(
                f"{path.name}: the gzip file is damaged or cut off ({error}); copy it again"
            ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # old GenBank comments; sequence lines are ASCII in both
    if "\x00" in text:
        raise DataFormatError(f"{path.name} is a binary file, not text; unpack or export it first")
    return text
