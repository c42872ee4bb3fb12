"""Rows that were made of others: which sequence each window, edited copy or ortholog comes from."""

import re
from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._input._reading import Reading
from seqaug_sklearn.cli._input._sequence_files import read_headers

__all__ = ["parents_of"]

_OF_AUGMENTED = {"parent", "made_by"}
"""Columns that ``seqaug augment`` writes beside the sequences."""
_IN_HEADER = re.compile(r"\sparent=(\S+)(?=.*\smade_by=)")


def parents_of(table: Any, data: Path, how: Reading) -> tuple[Any, str]:
    """Parent of each row of a file that ``seqaug windows`` or ``seqaug augment`` wrote, and what the rows are.

    Parameters
    ----------
    table : DataFrame or None
        The file as a table; None where it is FASTA.
    data : Path
        The file.
    how : Reading
        What names a row.

    Returns
    -------
    parents : Series of str of shape (n_rows,), or None
        Indexed by name. None where the file says nothing of parents.
    what : str
        "windows" or "augmented rows".
    """
    if table is not None:
        if table.attrs.get("of_windows"):
            return table["parent"], "windows"
        return (table["parent"], "augmented rows") if set(table) >= _OF_AUGMENTED else (None, "")
    if not _names_parents(data):
        return None, ""
    found = read_headers(data, how).map(lambda header: _IN_HEADER.search(f" {header}"))
    if found.isna().any():
        return None, ""
    return found.map(lambda match: match[1]), "augmented rows"


def _names_parents(path):
    """Whether the first record of a FASTA file has a parent; other files are not read twice."""
    from seqaug_sklearn.utils import open_text

    if not path.is_file():  # a pipe is read once
        return False
    with open_text(path) as lines:
        first = next((line for line in lines if line.startswith(">")), "")
    return _IN_HEADER.search(first) is not None
