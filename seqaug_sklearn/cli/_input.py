"""Sequences and labels from FASTA files and tables, joined by name."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._run import say
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

_OF_WINDOWS = {"window", "parent", "start"}
"""Columns of a table of windows, as ``seqaug windows`` writes it."""


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
    missing_values: list[str] | None = None,
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
        Column of the groups, in the table of labels or of sequences. Windows belong to the group of their parent.
    missing_values : list of str, default=None
        Words that mean missing: rows without a label, group or sequence are left out, with a warning. None: an empty
        cell, or a word that may mean missing, is an error.

    Raises
    ------
    DataFormatError
        If names repeat or do not match, or a column or label is missing; the message names the first few.

    Warns
    -----
    SeqAugWarning
        If rows are left out, or labels or groups differ in writing only.
    """
    if labels is not None and pattern is not None:
        raise DataFormatError("labels come from a table or from a pattern, not from both; drop one of the two options")
    table = _read_table(data) if is_table(data) else None
    sequences = _read_fasta(data) if table is None else _sequences_of_table(table, data)
    parts = [] if table is None else [("sequence", sequences, data)]
    if groups is None and table is not None and table.attrs.get("of_windows"):
        say(f"{data.name} holds windows: those of one parent stay on one side of every split")
        groups = "parent"
    if labels is not None:
        table, source = _read_table(labels, names=sequences.index), labels
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
    columns = {"label": label_column} | ({} if groups is None else {"group": groups})
    parts += [(what, _column(table, column, source, what), source) for what, column in columns.items()]
    complete = _complete(parts, missing_values)
    return LabelledSequences(sequences[complete], *(values[complete] for what, values, _ in parts if what in columns))


def read_sequences(path: Path, missing_values: list[str] | None = None) -> Any:
    """Read a FASTA file, or a table with columns name and sequence, as a Series indexed by name.

    Raises
    ------
    DataFormatError
        If names repeat, the table has no column ``sequence``, or sequences are missing and `missing_values` is None.
    """
    if not is_table(path):
        return _read_fasta(path)
    sequences = _sequences_of_table(_read_table(path), path)
    return sequences[_complete([("sequence", sequences, path)], missing_values)]


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
        raise DataFormatError(f"{path.name} is a FASTA file, but {rule}, one row per pair")
    columns = list(parse_table("".join(text.splitlines()[:1]), path.name).columns)
    missing = [name for name in ("identifier", "sequence") if name not in columns]
    if missing:
        raise DataFormatError(f"{path.name} has no column {missing[0]!r}; {rule}, this one has {_listed(columns)}")
    return read_orthologs(path, missing_values=missing_values)


def is_table(path: Path) -> bool:
    """Whether a file's name says that it is a table."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return bool(suffixes) and suffixes[-1] in (".csv", ".tsv", ".txt")


def _read_fasta(path):
    from seqaug_sklearn.datasets import read_fasta

    return read_fasta(path)


def _read_table(path, names=None):
    """Table of text indexed by name: the column name, or the first one."""
    from seqaug_sklearn.utils import read_table, table_column

    table = read_table(path, name_column="name", names=None if names is None else set(names))
    if not len(table):
        raise DataFormatError(f"{path.name} has a heading and no rows")
    if "name" not in table and "sequence" not in table and set(table.columns) >= _OF_WINDOWS:
        # the same window may be cut from two sequences, and its place tells them apart
        table = table.rename(columns={"window": "sequence"})
        table.attrs["of_windows"] = True
        name = "window"
        index = table_column(table, "parent", path.name) + ":" + table_column(table, "start", path.name)
    else:
        name = "name" if "name" in table else table.columns[0]
        index = table_column(table, name, path.name)
        table = table.drop(columns=name)
    _check_names(index, path)
    return table.set_axis(index.to_numpy(), axis=0).rename_axis(name)


def _check_names(names, path):
    """Check a Series of names, whose index holds the lines of the file."""
    nameless = names.index[names == ""]
    if len(nameless):
        raise DataFormatError(f"{path.name}, line {nameless[0]}: the row has no name")
    twice = names[names.duplicated()].unique()
    if len(twice):
        raise DataFormatError(f"{path.name}: names must be unique, but {_listed(twice)} repeat")


def _sequences_of_table(table, path):
    if "sequence" not in table and table.index.name == "sequence":
        raise DataFormatError(
            f"{path.name} has no column of names: its first column is 'sequence'; add a column 'name' to it"
        )
    if "sequence" not in table:
        raise DataFormatError(
            f"{path.name} has no column 'sequence'; a table of sequences has the columns name, sequence and label, "
            f"this one has {_listed([table.index.name, *table.columns])}"
        )
    from seqaug_sklearn.utils import table_column

    return table_column(table, "sequence", path.name).rename_axis("identifier")


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
    from seqaug_sklearn.utils import table_column

    return table_column(table, column, source.name)


def _complete(parts, missing_values):
    """Mark the rows in which nothing is missing; each part says what its values are and which file they come from."""
    import numpy as np

    from seqaug_sklearn.utils import mark_missing, warn_of_left_out, warn_of_twins

    complete = np.ones(len(parts[0][1]), dtype=bool)
    for what, values, source in parts:
        about = {"what": what, "where": source.name}
        missing = mark_missing(values, missing_values, **about)
        warn_of_left_out(values, missing, **about)
        complete &= ~missing
        if what != "sequence":
            warn_of_twins(values[~missing], **about)
    if not complete.any():
        raise DataFormatError("no row has everything: " + ", ".join(f"a {what}" for what, *_ in parts))
    return complete


def _listed(names, most=5):
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(repr, names[:most])) + more
