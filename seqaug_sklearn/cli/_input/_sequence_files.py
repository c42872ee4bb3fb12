"""Sequences from FASTA files and tables, rows of tables by name."""

from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._input._cells import complete_rows, some_names
from seqaug_sklearn.cli._input._covariates import beside_covariates
from seqaug_sklearn.exceptions import DataFormatError

__all__ = [
    "is_table",
    "read_named_table",
    "read_ortholog_table",
    "read_rows",
    "read_sequences",
    "sequences_of_table",
]

_OF_WINDOWS = {"window", "parent", "start"}
"""Columns of a table of windows, as ``seqaug windows`` writes it."""


def read_sequences(path: Path, missing_values: list[str] | None = None, covariates: list[str] | None = None) -> Any:
    """Read a FASTA file, or a table with columns name and sequence, as a Series indexed by name.

    With columns of covariates it is a DataFrame of the sequences and these.

    Raises
    ------
    DataFormatError
        If names repeat, the table has no column ``sequence``, or sequences are missing and `missing_values` is None.
    """
    if not is_table(path):
        from seqaug_sklearn.datasets import read_fasta

        return beside_covariates(read_fasta(path), covariates, [], missing_values)
    table = read_named_table(path)
    sequences = sequences_of_table(table, path)
    sequences = sequences[complete_rows([("sequence", sequences, path)], missing_values)]
    return beside_covariates(sequences, covariates, [(table, path)], missing_values)


def read_rows(path: Path) -> Any:
    """Read a table as it stands, its rows named as :func:`read_sequences` names them."""
    from seqaug_sklearn.utils import read_table

    table = read_table(path, name_column="name")
    return table.set_axis(_row_names(table, path)[1].to_numpy(), axis=0)


def read_ortholog_table(path: Path, missing_values: list[str] | None = None) -> Any:
    """Read a table of orthologs, with errors in the words of the command line.

    Raises
    ------
    DataFormatError
        If it is a FASTA file, or a column or all rows are missing.
    """
    from seqaug_sklearn.datasets import read_orthologs
    from seqaug_sklearn.utils import parse_table, read_text

    text = read_text(path).lstrip()
    rule = "a table of orthologs has the columns identifier (a name of the data), ortholog and sequence"
    if text.startswith(">"):
        raise DataFormatError(f"--orthologs: {path.name} is a FASTA file, but {rule}, one row per pair")
    columns = list(parse_table("".join(text.splitlines()[:1]), path.name).columns)
    missing = [name for name in ("identifier", "sequence") if name not in columns]
    if missing:
        raise DataFormatError(
            f"--orthologs: {path.name} has no column {missing[0]!r}; {rule}, this one has {some_names(columns)}"
        )
    return read_orthologs(path, missing_values=missing_values)


def is_table(path: Path) -> bool:
    """Whether a file's name says that it is a table."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return bool(suffixes) and suffixes[-1] in (".csv", ".tsv", ".txt")


def read_named_table(path: Path, names=None) -> Any:
    """Table of text indexed by name: the column name, or the first one."""
    from seqaug_sklearn.utils import read_table

    table = read_table(path, name_column="name", names=None if names is None else set(names))
    if not len(table):
        raise DataFormatError(f"{path.name} has a heading and no rows")
    name, index = _row_names(table, path)
    if _holds_windows(table):
        table = table.rename(columns={"window": "sequence"})
        table.attrs["of_windows"] = True
    else:
        table = table.drop(columns=name)
    _check_names(index, path)
    return table.set_axis(index.to_numpy(), axis=0).rename_axis(name)


def _holds_windows(table):
    return "name" not in table and "sequence" not in table and set(table.columns) >= _OF_WINDOWS


def _row_names(table, path):
    """What the rows are named by, and their names, whose index holds the lines of the file."""
    from seqaug_sklearn.utils import table_column

    if _holds_windows(table):
        # the same window may be cut from two sequences, and its place separates them
        parents, starts = (table_column(table, column, path.name) for column in ("parent", "start"))
        return "window", parents + ":" + starts
    name = "name" if "name" in table else table.columns[0]
    return name, table_column(table, name, path.name)


def _check_names(names, path):
    """Check a Series of names, whose index holds the lines of the file."""
    nameless = names.index[names == ""]
    if len(nameless):
        raise DataFormatError(f"{path.name}, line {nameless[0]}: the row has no name")
    twice = names[names.duplicated()].unique()
    if len(twice):
        raise DataFormatError(f"{path.name}: names must be unique, but {some_names(twice)} repeat")


def sequences_of_table(table, path: Path) -> Any:
    """Sequences of a table as Series indexed by name.

    Raises
    ------
    DataFormatError
        If it has no column of them, or none of names.
    """
    if "sequence" not in table and table.index.name == "sequence":
        raise DataFormatError(
            f"{path.name} has no column of names: its first column is 'sequence'; add a column 'name' to it"
        )
    if "sequence" not in table:
        raise DataFormatError(
            f"{path.name} has no column 'sequence'; a table of sequences has the columns name, sequence and label, "
            f"this one has {some_names([table.index.name, *table.columns])}"
        )
    from seqaug_sklearn.utils import table_column

    return table_column(table, "sequence", path.name).rename_axis("identifier")
