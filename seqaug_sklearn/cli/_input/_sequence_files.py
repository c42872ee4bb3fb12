"""Sequences from FASTA files and tables, rows of tables by name."""

from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._input._cells import complete_rows, some_names
from seqaug_sklearn.cli._input._covariates import beside_covariates
from seqaug_sklearn.cli._input._named_tables import read_named_table, row_names
from seqaug_sklearn.cli._input._reading import Reading
from seqaug_sklearn.exceptions import DataFormatError

__all__ = [
    "is_table",
    "named_as_table",
    "read_headers",
    "read_ortholog_table",
    "read_rows",
    "read_sequences",
    "sequences_of_table",
]

_USUAL = Reading()


def read_sequences(
    path: Path,
    missing_values: list[str] | None = None,
    covariates: list[str] | None = None,
    how: Reading = _USUAL,
) -> Any:
    """Read a FASTA file, or a table with columns name and sequence, as a Series indexed by name.

    With columns of covariates it is a DataFrame of the sequences and these.

    Raises
    ------
    DataFormatError
        If names repeat, the table has no column ``sequence``, or sequences are missing and `missing_values` is None.
    """
    if not is_table(path):
        from seqaug_sklearn.datasets import read_fasta

        return beside_covariates(read_fasta(path, names=how.fasta_names), covariates, [], missing_values)
    table = read_named_table(path, how=how, role="sequence")
    sequences = sequences_of_table(table, path)
    sequences = sequences[complete_rows([("sequence", sequences, path)], missing_values)]
    return beside_covariates(sequences, covariates, [(table, path)], missing_values)


def read_headers(path: Path, how: Reading = _USUAL) -> Any:
    """Headers of a FASTA file, with the descriptions behind the names, as a Series indexed by name."""
    from seqaug_sklearn.datasets import read_fasta_headers

    return read_fasta_headers(path, names=how.fasta_names)


def read_rows(path: Path, how: Reading = _USUAL) -> Any:
    """Read a table as it stands, its rows named as :func:`read_sequences` names them."""
    from seqaug_sklearn.utils import read_table

    table = read_table(path, heading=None, name_column=how.name_column or "name")
    return table.set_axis(row_names(table, path, how)[1].to_numpy(), axis=0)


def read_ortholog_table(path: Path, missing_values: list[str] | None = None) -> Any:
    """Read a table of orthologs, with errors in the words of the command line.

    Raises
    ------
    DataFormatError
        If it is a FASTA file, or a column or all rows are missing.
    """
    from seqaug_sklearn.datasets import read_orthologs
    from seqaug_sklearn.utils import is_fasta, place_of, read_table

    rule = "a table of orthologs has the columns identifier (a name of the data), ortholog and sequence"
    if is_fasta(path):
        raise DataFormatError(f"--orthologs: {path.name} is a FASTA file, but {rule}, one row per pair")
    columns = list(read_table(path, name_column="identifier").columns)
    kinds = {"identifier": None, "sequence": "sequence"}
    missing = [name for name, kind in kinds.items() if place_of(columns, name, kind) is None]
    if missing:
        raise DataFormatError(
            f"--orthologs: {path.name} has no column {missing[0]!r}; {rule}, this one has {some_names(columns)}"
        )
    return read_orthologs(path, missing_values=missing_values)


def is_table(path: Path) -> bool:
    """Whether a file of sequences is a table, and not FASTA: its first characters say so, whatever it is called.

    Raises
    ------
    DataFormatError
        If it is neither.
    """
    from seqaug_sklearn.utils import is_fasta

    return not is_fasta(path)


def named_as_table(path: Path) -> bool:
    """Whether the name of a file that is to be written says that it is a table."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return bool(suffixes) and suffixes[-1] in (".csv", ".tsv", ".txt")


def sequences_of_table(table, path: Path) -> Any:
    """Sequences of a table as Series indexed by name.

    Raises
    ------
    DataFormatError
        If it has no column of them.
    """
    if "sequence" not in table:
        raise DataFormatError(
            f"{path.name} has no column 'sequence'; a table of sequences has the columns name, sequence and label, "
            f"this one has {some_names([*filter(None, [table.index.name]), *table.columns])}; --sequence-column names "
            "the one of sequences"
        )
    from seqaug_sklearn.utils import table_column

    return table_column(table, "sequence", path.name).rename_axis("identifier")
