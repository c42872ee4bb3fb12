"""Sequences and labels from FASTA files and tables, joined by name."""

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqaug_sklearn.exceptions import DataFormatError

__all__ = [
    "UP_TO_UNDERSCORE",
    "LabelledSequences",
    "is_table",
    "read_labelled",
    "read_ortholog_table",
    "read_sequences",
]

UP_TO_UNDERSCORE = "^[^_]+"
"""Pattern of the label in a record name, where no table gives it."""


@dataclass(frozen=True)
class LabelledSequences:
    """Sequences with labels.

    Attributes
    ----------
    sequences, labels : Series of str of shape (n_samples,)
        Indexed by name.
    groups : Series of str of shape (n_samples,) or None
        Indexed by name.
    """

    sequences: Any
    labels: Any
    groups: Any = None


def read_labelled(
    data: Path,
    *,
    labels: Path | None = None,
    label_column: str = "label",
    pattern: str | None = None,
    groups: str | None = None,
) -> LabelledSequences:
    """Read sequences (FASTA, or a table with columns name and sequence) and their labels.

    Parameters
    ----------
    data : Path
        FASTA or table (.csv, .tsv, .txt), gzip too.
    labels : Path, default=None
        Table of labels, joined by name: column ``name``, or the first one.
    label_column : str, default="label"
        Column of the labels.
    pattern : str, default=None
        Regular expression that finds the label in the name (its first group, or all that matches); instead of a table.
    groups : str, default=None
        Column of the groups, in the table of labels or of sequences.

    Raises
    ------
    DataFormatError
        If names repeat or do not match, or a column or label is missing; the message names the first few.
    """
    if labels is not None and pattern is not None:
        raise DataFormatError("labels come from a table or from a pattern, not from both; drop one of the two options")
    table = _read_table(data) if is_table(data) else None
    sequences = read_sequences(data) if table is None else _sequences_of_table(table, data)
    if labels is not None:
        table, source = _read_table(labels), labels
        _check_same_names(sequences.index, table.index, data, labels)
        table = table.loc[sequences.index]
    elif pattern is not None:
        table, source = _labels_by_pattern(sequences.index, pattern, label_column, table), data
    elif table is not None:
        source = data
    else:
        raise DataFormatError(
            f"{data.name} has no labels: pass a table with --labels, or --label-pattern to take them from the names "
            f"(for example --label-pattern '{UP_TO_UNDERSCORE}' for all up to the first underscore)"
        )
    values = _column(table, label_column, source, "label")
    return LabelledSequences(sequences, values, None if groups is None else _column(table, groups, source, "group"))


def read_sequences(path: Path) -> Any:
    """Read a FASTA file, or a table with columns name and sequence, as a Series indexed by name.

    Raises
    ------
    DataFormatError
        If names repeat or the table has no column ``sequence``.
    """
    if is_table(path):
        return _sequences_of_table(_read_table(path), path)
    from seqaug_sklearn.datasets import read_fasta

    return read_fasta(path)


def read_ortholog_table(path: Path) -> Any:
    """Read a table of orthologs, with errors in the words of the command line.

    Raises
    ------
    DataFormatError
        If it is a FASTA file, or a column or all rows are missing.
    """
    from seqaug_sklearn.datasets import read_orthologs

    text = _text(path)
    rule = "a table of orthologs has the columns identifier (a name of the data), ortholog and sequence"
    if text.lstrip().startswith(">"):
        raise DataFormatError(f"{path.name} is a FASTA file, but {rule}, one row per pair")
    heading = text.partition("\n")[0]
    columns = [column.strip().strip('"') for column in heading.split(_separator(heading))]
    missing = [name for name in ("identifier", "sequence") if name not in columns]
    if missing and heading.strip():
        raise DataFormatError(f"{path.name} has no column {missing[0]!r}; {rule}, this one has {_listed(columns)}")
    return read_orthologs(path)


def is_table(path: Path) -> bool:
    """Whether a file's name says that it is a table."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return bool(suffixes) and suffixes[-1] in (".csv", ".tsv", ".txt")


def _read_table(path):
    """Table of text indexed by name; the separator is the commonest of comma, semicolon and tab in the first line."""
    import pandas as pd

    text = _text(path)
    try:
        separator = _separator(text.partition("\n")[0])
        table = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False)
    except ValueError as error:
        raise DataFormatError(f"{path.name} is not a table of text: {error}") from error
    table.columns = [str(column).strip() for column in table.columns]
    names = table.pop("name") if "name" in table else table.pop(table.columns[0])
    table.index = names.str.strip()
    _check_names(table.index, path)
    return table


def _text(path):
    from seqaug_sklearn.utils import read_text

    return read_text(path)


def _separator(heading):
    return max(",;\t", key=heading.count)


def _check_names(index, path):
    if not len(index):
        raise DataFormatError(f"{path.name} has no rows")
    if (index == "").any():
        raise DataFormatError(f"{path.name}: row {int((index == '').argmax()) + 1} has no name")
    twice = index[index.duplicated()].unique()
    if len(twice):
        raise DataFormatError(f"{path.name}: names must be unique, but {_listed(twice)} repeat")


def _sequences_of_table(table, path):
    if "sequence" not in table:
        raise DataFormatError(
            f"{path.name} has no column 'sequence'; a table of sequences has the columns name, sequence and label, "
            f"this one has {_listed([table.index.name, *table.columns])}"
        )
    return table["sequence"].str.strip().rename_axis("identifier")


def _check_same_names(sequences, labelled, data, labels):
    unknown = labelled.difference(sequences, sort=False)
    if len(unknown):
        raise DataFormatError(f"{labels.name} has labels for names that {data.name} does not hold: {_listed(unknown)}")
    missing = sequences.difference(labelled, sort=False)
    if len(missing):
        raise DataFormatError(f"{labels.name} has no label for {_listed(missing)} of {data.name}")


def _labels_by_pattern(names, pattern, label_column, table):
    import pandas as pd

    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise DataFormatError(f"label pattern {pattern!r} is not a regular expression: {error}") from error
    found = [compiled.search(name) for name in names]
    lacking = [name for name, match in zip(names, found, strict=True) if match is None or not _label(match)]
    if lacking:
        raise DataFormatError(f"label pattern {pattern!r} finds no label in {_listed(lacking)}")
    table = pd.DataFrame(index=names) if table is None else table.copy()
    table[label_column] = [_label(match) for match in found]
    return table


def _label(match):
    return match.group(1) if match.re.groups else match.group()


def _column(table, column, source, what):
    if column not in table:
        there = _listed([c for c in table.columns if c != "sequence"])
        raise DataFormatError(
            f"{source.name} has no column {column!r} for the {what}s; it has {there or 'no other one'}"
        )
    values = table[column].str.strip()
    empty = values.index[values == ""]
    if len(empty):
        raise DataFormatError(f"{source.name}: the {what} of {_listed(empty)} is empty")
    return values


def _listed(names, most=5):
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(repr, names[:most])) + more
