"""Sequences and labels from FASTA files and tables, joined by name."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._run import say
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = [
    "UP_TO_UNDERSCORE",
    "LabelledSequences",
    "is_table",
    "labels_of",
    "read_labelled",
    "read_ortholog_table",
    "read_rows",
    "read_sequences",
    "say_unused_labels",
]

UP_TO_UNDERSCORE = "^[^_]+"
"""Pattern of the label in a record name, where no table gives it."""

_TWO_SOURCES = "labels come from a table or from a pattern, not from both; drop --labels or --label-pattern"
_OF_WINDOWS = {"window", "parent", "start"}
"""Columns of a table of windows, as ``seqaug windows`` writes it."""


@dataclass(frozen=True)
class LabelledSequences:
    """Sequences with labels.

    Attributes
    ----------
    sequences : Series of str of shape (n_samples,)
        Indexed by name.
    labels : Series of str of shape (n_samples,) or None
        Indexed by name; None where there are none and none are needed.
    groups : Series of shape (n_samples,) or None
        Indexed by name.
    wish : {"auto", "similarity"} or None
        Groups that are to be made from the sequences.
    """

    sequences: Any
    labels: Any = None
    groups: Any = None
    wish: str | None = None


def read_labelled(
    data: Path,
    *,
    labels: Path | None = None,
    label_column: str = "label",
    pattern: str | None = None,
    groups: str | None = None,
    missing_values: list[str] | None = None,
    needs_labels: bool = True,
    role: str = "the groups",
) -> LabelledSequences:
    """Read sequences (FASTA, or a table with columns name and sequence) and their labels.

    Parameters
    ----------
    data : Path
        FASTA or table (.csv, .tsv, .txt), gzip too.
    labels : Path, default=None
        Table of labels, joined by name: column ``name``, or the first one. It may hold more names, which is said.
    label_column : str, default="label"
        Column of the labels.
    pattern : str, default=None
        Regular expression that finds the label in the name (its first group, or all that matches); instead of a table.
    groups : str, default=None
        Column of the groups, in the table of labels or of sequences; a file that ``read_groups`` reads; or "auto" or
        "similarity", which are passed on. Windows belong to the group of their parent.
    missing_values : list of str, default=None
        Words that mean missing: rows without a label, group or sequence are left out, with a warning. None: an empty
        cell, or a word that may mean missing, is an error.
    needs_labels : bool, default=True
        Whether sequences without labels are an error.
    role : str, default="the groups"
        What the column of groups is for, in messages.

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
        raise InvalidParameterError(_TWO_SOURCES)
    table = _read_table(data) if is_table(data) else None
    sequences = _read_fasta(data) if table is None else _sequences_of_table(table, data)
    parts = [] if table is None else [("sequence", sequences, data)]
    parents = table["parent"] if table is not None and table.attrs.get("of_windows") else None
    if groups is None and parents is not None:
        say(f"{data.name} holds windows: those of one parent stay on one side of every split")
        groups = "parent"
    if labels is not None:
        table, source = _read_table(labels, names=sequences.index), labels
        _check_all_labelled(sequences.index, table.index, data, labels)
        _say_unused(table.index, sequences.index, labels)
        table = table.loc[sequences.index]
    elif pattern is not None:
        table, source = _labels_by_pattern(sequences.index, pattern, label_column, table), data
    elif table is not None:
        source = data
    elif needs_labels:
        raise DataFormatError(
            f"{data.name} has no labels: pass a table with --labels, or --label-pattern to take them from the names "
            f"(for example --label-pattern '{UP_TO_UNDERSCORE}' for all up to the first underscore)"
        )
    else:
        table, source = sequences.to_frame(), data
    has_labels = needs_labels or label_column != "label" or label_column in table
    kind = _kind_of_groups(groups, table, source, role)
    columns = {"label": label_column} if has_labels else {}
    columns |= {"group": str(groups)} if kind == "column" else {}
    parts += [(what, _column(table, column, source, what), source) for what, column in columns.items()]
    found = {what: values for what, values, _ in parts if what in columns}
    if kind == "file":
        found["group"] = _groups_of_file(Path(str(groups)), sequences.index, parents, missing_values)
    elif kind != "column" and parents is not None:
        found["group"] = parents
    complete = _complete(parts, missing_values) if parts else slice(None)
    found = {what: values[complete] for what, values in found.items()}
    wish = kind if kind in ("auto", "similarity") else None
    return LabelledSequences(sequences[complete], found.get("label"), found.get("group"), wish)


def _kind_of_groups(groups, table, source, role):
    """Return what --groups means: a column before anything else, as it always did."""
    if groups is None or groups in table:
        return None if groups is None else "column"
    if groups in ("auto", "similarity"):
        return groups
    if Path(groups).is_file():
        return "file"
    there = _listed([column for column in table if column != "sequence"])
    option = "--split-column" if role == "the split" else "--groups"
    raise InvalidParameterError(
        f"{option} {groups}: {source.name} has no column {groups!r} for {role}; it has {there or 'no other one'}, and "
        "there is no file of that name"
    )


def _groups_of_file(path, names, parents, missing_values):
    """Groups from the table of any tool; what it does not list is a group of its own, which is said."""
    import pandas as pd

    from seqaug_sklearn.model_selection import read_groups

    asked = names if parents is None else parents
    found = read_groups(path, asked, missing_values=missing_values, missing="warn")
    return pd.Series(found, index=names)


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


def read_rows(path: Path) -> Any:
    """Read a table as it stands, its rows named as :func:`read_sequences` names them."""
    from seqaug_sklearn.utils import read_table

    table = read_table(path, name_column="name")
    return table.set_axis(_row_names(table, path)[1].to_numpy(), axis=0)


def labels_of(
    sequences: Any,
    data: Path,
    *,
    labels: Path | None = None,
    label_column: str = "label",
    pattern: str | None = None,
    missing_values: list[str] | None = None,
) -> Any:
    """Labels of some sequences, to count them; parameters as in :func:`read_labelled`.

    The table of labels may hold more names, those of the other side of a split for example.

    Returns
    -------
    Series of str of shape (n_samples,) or None
        Indexed by name, "" where a label is missing; None without labels, where `data` has no such column.

    Raises
    ------
    DataFormatError
        If names have no label, or a column is missing.
    """
    from seqaug_sklearn.utils import mark_missing

    if labels is not None and pattern is not None:
        raise InvalidParameterError(_TWO_SOURCES)
    source = labels or data
    if labels is not None:
        table = _read_table(labels, names=sequences.index)
        _check_all_labelled(sequences.index, table.index, data, labels)
    elif pattern is not None:
        table = _labels_by_pattern(sequences.index, pattern, label_column, None)
    elif is_table(data):
        table = _read_table(data)
    else:
        table = sequences.to_frame()
    if label_column not in table and label_column == "label" and labels is None:
        return None
    values = _column(table, label_column, source, "label").loc[sequences.index]
    missing = mark_missing(values, missing_values, what="label", where=source.name)
    return values.mask(missing, "")


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
            f"--orthologs: {path.name} has no column {missing[0]!r}; {rule}, this one has {_listed(columns)}"
        )
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


def say_unused_labels(labels: Path | None, *parts: Any) -> None:
    """Say how many labels of a table are of none of the sequences: a table may hold a whole genome's.

    Parameters
    ----------
    labels : Path or None
        Table of labels, if there is one.
    *parts : Series of str
        Sequences that use it, indexed by name.
    """
    if labels is not None:
        used = parts[0].index
        for part in parts[1:]:
            used = used.union(part.index, sort=False)
        _say_unused(_read_table(labels, names=used).index, used, labels)


def _say_unused(labelled, used, labels):
    unknown = labelled.difference(used, sort=False)
    if len(unknown):
        say(f"{len(unknown):,} of {len(labelled):,} labels in {labels.name} are of other names and were not used.")


def _check_all_labelled(sequences, labelled, data, labels):
    if len(sequences) and not sequences.isin(labelled).any():
        raise DataFormatError(
            f"no name of {data.name} is in {labels.name}: the sequences are called {_listed(sequences, 2)}, the labels "
            f"{_listed(labelled, 2)}"
        )
    missing = sequences.difference(labelled, sort=False)
    if len(missing):
        raise DataFormatError(f"{labels.name} has no label for {_listed(missing)} of {data.name}")


def _labels_by_pattern(names, pattern, label_column, table):
    import pandas as pd

    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise InvalidParameterError(f"--label-pattern {pattern!r} is not a regular expression: {error}") from error
    found = [compiled.search(name) for name in names]
    lacking = [name for name, match in zip(names, found, strict=True) if match is None or not _label(match)]
    if lacking:
        raise InvalidParameterError(f"--label-pattern {pattern!r} finds no label in {_listed(lacking)}")
    table = pd.DataFrame(index=names) if table is None else table.copy()
    table[label_column] = [_label(match) for match in found]
    return table


def _label(match):
    return match.group(1) if match.re.groups else match.group()


def _column(table, column, source, what):
    if column not in table:
        there = _listed([c for c in table.columns if c != "sequence"])
        raise InvalidParameterError(
            f"--label-column {column}: {source.name} has no column {column!r} for the {what}s; it has "
            f"{there or 'no other one'}"
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
