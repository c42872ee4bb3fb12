"""Labelled sequences: files joined by name, and what is missing left out."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._input._cells import complete_rows, missing_labels, some_names
from seqaug_sklearn.cli._input._covariates import beside_covariates
from seqaug_sklearn.cli._input._label_columns import UP_TO_UNDERSCORE, column_of, label_columns, labels_by_pattern
from seqaug_sklearn.cli._input._named_tables import read_named_table
from seqaug_sklearn.cli._input._parents import parents_of
from seqaug_sklearn.cli._input._reading import Reading
from seqaug_sklearn.cli._input._sequence_files import is_table, read_headers, read_sequences, sequences_of_table
from seqaug_sklearn.cli._run import say
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["LabelledSequences", "groups_of", "labels_of", "read_labelled", "say_unused_labels"]

_USUAL = Reading()
_TWO_SOURCES = "labels come from a table or from a pattern, not from both; drop --labels or --label-pattern"


@dataclass(frozen=True)
class LabelledSequences:
    """Sequences with labels.

    Attributes
    ----------
    sequences : Series of str of shape (n_samples,), or DataFrame of shape (n_samples, 1 + n_covariates)
        Indexed by name; with covariates a column ``sequence`` beside theirs.
    labels : Series of str of shape (n_samples,), DataFrame of shape (n_samples, n_targets) or None
        Indexed by name; of several columns a table, in which None is missing. None where there are none and none are
        needed.
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
    task: str | None = None,
    covariates: list[str] | None = None,
    how: Reading = _USUAL,
) -> LabelledSequences:
    """Read sequences (FASTA, or a table with columns name and sequence) and their labels.

    Parameters
    ----------
    data : Path
        FASTA or table, gzip too.
    labels : Path, default=None
        Table of labels, joined by name: column ``name``, or the first one. It may hold more names, which is said.
    label_column : str, default="label"
        Column of the labels; with a task also several, separated by commas.
    pattern : str, default=None
        Regular expression that finds the label in the name (its first group, or all that matches), or, where not every
        name holds one, in the whole header; instead of a table.
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
    task : {"auto", "classes", "number", "labels"}, default=None
        How labels are read. None: as classes, by a command that knows no others. Among numbers, words that usually mean
        missing do so, and of several columns rows stay that have one of the labels.
    covariates : list of str, default=None
        Columns of numbers, in the table of labels or of sequences, that stand beside the sequences.
    how : Reading
        Columns that are typed, what names a row, and what becomes of labels of other names.

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
    table = read_named_table(data, how=how, role="sequence") if is_table(data) else None
    tables = [] if table is None else [(table, data)]
    sequences = read_sequences(data, how=how) if table is None else sequences_of_table(table, data)
    parts = [] if table is None else [("sequence", sequences, data)]
    parents, what = parents_of(table, data, how)
    if groups is None and parents is not None:
        say(f"{data.name} holds {what}: those of one parent stay on one side of every split")
    if labels is not None:
        table, source = read_named_table(labels, names=sequences.index, how=_of_labels(how, data)), labels
        _check_by_place(sequences, table, data, labels, how)
        _check_all_labelled(sequences.index, table.index, data, labels)
        _say_unused(table.index, sequences.index, labels, how)
        table = table.loc[sequences.index]
        tables.insert(0, (table, labels))
    elif pattern is not None:
        headers = _headers(data, how) if table is None else None
        table, source = labels_by_pattern(sequences.index, pattern, label_column, table, headers), data
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
    columns: dict[str, Any] = {"label": label_columns(label_column, table, task)} if has_labels else {}
    columns |= {"group": str(groups)} if kind == "column" else {}
    if has_labels:
        _say_label_column(table, label_column, source)
    parts += [(what, column_of(table, column, source, what), source) for what, column in columns.items()]
    found = {what: values for what, values, _ in parts if what in columns}
    if kind == "file":
        found["group"] = _groups_of_file(Path(str(groups)), sequences.index, parents, missing_values)
    elif kind != "column" and parents is not None:
        found["group"] = parents
    complete = complete_rows(parts, missing_values, task=task) if parts else slice(None)
    if getattr(found.get("label"), "ndim", 1) == 2:
        found["label"] = _without_words(found["label"], missing_values, task, source)
    found = {what: values[complete] for what, values in found.items()}
    wish = kind if kind in ("auto", "similarity") else None
    taken = dict.fromkeys(columns.get("label", ()), "the target") if pattern is None else {}
    taken |= {str(groups): "the group"} if kind == "column" else {}
    rows = beside_covariates(sequences[complete], covariates, tables, missing_values, taken=taken)
    return LabelledSequences(rows, found.get("label"), found.get("group"), wish)


def _without_words(labels, missing_values, task, source):
    """Several columns of labels with None where one is missing."""
    return labels.mask(missing_labels(labels, missing_values, task, source.name)[0], None)


def _kind_of_groups(groups, table, source, role):
    """Return what --groups means: a column before anything else, as it always did."""
    if groups is None or _has_column(groups, table):
        return None if groups is None else "column"
    if groups in ("auto", "similarity"):
        return groups
    if Path(groups).is_file():
        return "file"
    there = some_names([column for column in table if column != "sequence"])
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


def groups_of(
    sequences: Any, data: Path, groups: str, *, labels: Path | None, missing_values: list[str] | None, how: Reading
) -> Any:
    """Groups of some sequences: a column of the labels or of the sequences, or a table of groups.

    Returns
    -------
    Series of str of shape (n_samples,)
        Indexed by name.

    Raises
    ------
    InvalidParameterError
        If there is no such column, and no such file.
    """
    tables = [(read_named_table(labels, names=sequences.index, how=_of_labels(how, data)), labels)] if labels else []
    if is_table(data):
        tables.append((read_named_table(data, how=how, role="sequence"), data))
    for table, source in tables:
        if _has_column(groups, table):
            return column_of(table, groups, source, "group").loc[sequences.index]
    if Path(groups).is_file():
        return _groups_of_file(Path(groups), sequences.index, None, missing_values)
    there = some_names([column for table, _ in tables for column in table if column != "sequence"])
    raise InvalidParameterError(
        f"--groups {groups}: there is no column {groups!r} in "
        f"{' or '.join(source.name for _, source in tables) or data.name}; there is {there or 'no other one'}, and no "
        "file of that name"
    )


def _has_column(name, table):
    from seqaug_sklearn.utils import place_of

    return name in table or place_of(list(table.columns), name) is not None


def labels_of(
    sequences: Any,
    data: Path,
    *,
    labels: Path | None = None,
    label_column: str = "label",
    pattern: str | None = None,
    missing_values: list[str] | None = None,
    task: str | None = None,
    how: Reading = _USUAL,
) -> Any:
    """Labels of some sequences, to count them; parameters as in :func:`read_labelled`.

    The table of labels may hold more names, those of the other side of a split for example.

    Returns
    -------
    Series of str of shape (n_samples,), DataFrame of str of shape (n_samples, n_targets) or None
        Indexed by name, "" where a label is missing (of several columns None); None without labels, where `data` has no
        such column.

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
        if how.names == "number":
            raise InvalidParameterError(
                "--names number takes the names away by which --labels is joined; use --names unique, or a table that "
                "holds the sequences and their labels"
            )
        table = read_named_table(labels, names=sequences.index, how=_of_labels(how, data))
        _check_all_labelled(sequences.index, table.index, data, labels)
    elif pattern is not None:
        headers = None if is_table(data) else _headers(data, how)
        table = labels_by_pattern(sequences.index, pattern, label_column, None, headers)
    elif is_table(data):
        table = read_named_table(data, how=how, role="sequence")
    else:
        table = sequences.to_frame()
    if label_column not in table and label_column == "label" and labels is None:
        return None
    columns = label_columns(label_column, table, task)
    _say_label_column(table, label_column, source)
    values = column_of(table, columns, source, "label").loc[sequences.index]
    if values.ndim == 2:
        return _without_words(values, missing_values, task, source)
    if task is None:
        missing = mark_missing(values, missing_values, what="label", where=source.name)
    else:
        missing, _ = missing_labels(values, missing_values, task, source.name)
    return values.mask(missing, "")


def _of_labels(how, data):
    """How a table of labels is read: a column that is typed is that of the table of sequences, where there is one."""
    return replace(how, sequence_column=None, name_column=None if is_table(data) else how.name_column)


def _headers(data, how):
    return partial(read_headers, data, how)


def _check_by_place(sequences, table, data, labels, how):
    if how.names == "number" and len(table) != len(sequences):
        raise DataFormatError(
            f"{labels.name} has {len(table):,} rows and {data.name} {len(sequences):,} sequences; --names number joins "
            "them by their places, so both need the same number"
        )


def _say_label_column(table, label_column, source):
    found = table.attrs.get("label")
    if label_column == "label" and found is not None and found.casefold() != "label" and table.attrs["heading"]:
        say(f"Labels are taken from column {found!r} of {source.name} (--label-column takes another).")


def say_unused_labels(labels: Path | None, *parts: Any, how: Reading = _USUAL) -> None:
    """Say how many labels of a table are of none of the sequences: a table may hold a whole genome's.

    Parameters
    ----------
    labels : Path or None
        Table of labels, if there is one.
    *parts : Series of str
        Sequences that use it, indexed by name.
    how : Reading
        How it is read; by its ``extra_labels`` they may be an error.
    """
    if labels is not None:
        used = parts[0].index
        for part in parts[1:]:
            used = used.union(part.index, sort=False)
        _say_unused(read_named_table(labels, names=used, how=replace(how, name_column=None)).index, used, labels, how)


def _say_unused(labelled, used, labels, how):
    unknown = labelled.difference(used, sort=False)
    if len(unknown) and how.extra_labels == "error":
        raise DataFormatError(
            f"{labels.name} has labels for {some_names(unknown)}, which no sequence is called; --extra-labels drop "
            "leaves them out"
        )
    if len(unknown):
        say(f"{len(unknown):,} of {len(labelled):,} labels in {labels.name} are of other names and were not used.")


def _check_all_labelled(sequences, labelled, data, labels):
    if len(sequences) and not sequences.isin(labelled).any():
        raise DataFormatError(
            f"no name of {data.name} is in {labels.name}: the sequences are called {some_names(sequences, 2)}, the "
            f"labels {some_names(labelled, 2)}"
        )
    missing = sequences.difference(labelled, sort=False)
    if len(missing):
        raise DataFormatError(f"{labels.name} has no label for {some_names(missing)} of {data.name}")
