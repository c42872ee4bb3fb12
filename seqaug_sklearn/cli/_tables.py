"""Rows out: tables, and the rows of an input as they stood there."""

from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._input import Reading, is_table, named_as_table, read_rows
from seqaug_sklearn.utils import separator_of, write_packed

__all__ = ["write_like", "write_table"]


def write_table(table: Any, file: Path) -> None:
    """Write a frame without its index, separated by tabs where the name ends in .tsv, packed where it ends in .gz."""
    write_packed(table.to_csv(index=False, sep=separator_of(file), lineterminator="\n"), file)


def write_like(sequences: Any, source: Path, file: Path, how: Reading) -> None:
    """Write the rows of a file that have these names: as they stand there, where both files are of one kind.

    Parameters
    ----------
    sequences : Series of str of shape (n_rows,)
        Indexed by name.
    source : Path
        FASTA file or table from which they were read.
    file : Path
        FASTA file, or table by its name.
    how : Reading
        How the source was read.
    """
    from seqaug_sklearn.datasets import write_fasta

    if not named_as_table(file):
        write_fasta(sequences, file, like=None if is_table(source) else source, names=how.fasta_names)
    elif is_table(source):
        write_table(read_rows(source, how).loc[sequences.index], file)
    else:
        write_table(sequences.rename("sequence").rename_axis("name").reset_index(), file)
