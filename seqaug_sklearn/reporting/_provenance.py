"""Where a page comes from: the day, the command line, and the files that it named with their contents' digests."""

import datetime
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from seqaug_sklearn.utils import file_digest

__all__ = ["provenance"]

_PROGRAM = "seqaug"
_DIGITS = 16
"""Hexadecimal digits of a digest that a page shows."""


def provenance(arguments: Sequence[str] | None = None) -> dict[str, str]:
    """Say when a page was made, by which command, and of which files.

    Parameters
    ----------
    arguments : list of str, default=None
        Program and arguments; those of this process by default. Of other programs than ``seqaug`` nothing is said: a
        notebook's would say nothing.

    Returns
    -------
    dict of str to str
        Settings for the page.
    """
    told = {"date": datetime.datetime.now(datetime.UTC).date().isoformat()}
    program, *given = sys.argv if arguments is None else arguments
    # python -m seqaug_sklearn runs a file of that folder
    if Path(program).stem != _PROGRAM and Path(program).parent.name != "seqaug_sklearn":
        return told
    told["command line"] = shlex.join([_PROGRAM, *given])
    for path in _files(given):
        told[f"file {path.name}"] = f"sha256 {file_digest(path)[:_DIGITS]}"
    return told


def _files(given):
    """Files among the arguments, also behind ``--option=``."""
    words = [word.partition("=")[2] if word.startswith("--") and "=" in word else word for word in given]
    return [path for word in dict.fromkeys(words) if word and (path := Path(word)).is_file()]
