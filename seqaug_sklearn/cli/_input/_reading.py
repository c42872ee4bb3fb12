"""How files of sequences are read: what they do not say themselves, as it was typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = ["Reading", "reading"]


@dataclass(frozen=True)
class Reading:
    """What cannot be guessed of files.

    Attributes
    ----------
    sequence_column, name_column : str or None
        Columns of tables; of tables without a heading their numbers, from 1.
    names : {"first-word", "header", "number", "unique"} or None
        What names a row, as in ``read_fasta``. None: the first word of a FASTA header, and what a table says.
    extra_labels : {"drop", "error"}
        What becomes of labels whose names no sequence has.
    """

    sequence_column: str | None = None
    name_column: str | None = None
    names: str | None = None
    extra_labels: str = "drop"

    @property
    def fasta_names(self) -> str:
        """How records of FASTA files are named."""
        return self.names or "first-word"


def reading(
    sequence_column: str | None,
    name_column: str | None,
    names: Any,
    extra_labels: Any = None,
    *,
    files: Sequence[Path | None],
    labels: Path | None = None,
) -> Reading:
    """Put the options together; none is accepted and then ignored.

    Parameters
    ----------
    sequence_column, name_column, names, extra_labels
        As of `Reading`, choices as they are typed.
    files : sequence of Path or None
        Files of sequences.
    labels : Path or None
        Table of labels.

    Raises
    ------
    InvalidParameterError
        If an option is about what is not given.
    """
    from seqaug_sklearn.utils import is_fasta

    extra = "drop" if extra_labels is None else extra_labels.value
    if extra != "drop" and labels is None:
        raise InvalidParameterError(
            "--extra-labels is about a table of labels, and --labels is not given; leave it out"
        )
    asked = sequence_column is not None or (name_column is not None and labels is None)
    if asked and all(is_fasta(file) for file in files if file is not None):
        option = "--name-column" if sequence_column is None else "--sequence-column"
        raise InvalidParameterError(f"{option} is about tables, and no file is one; leave it out")
    return Reading(sequence_column, name_column, None if names is None else names.value, extra)
