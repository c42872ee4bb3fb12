"""Tables whose rows have names: columns found whatever they are called, rows numbered where none holds names."""

import re
from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._input._cells import some_names
from seqaug_sklearn.cli._input._reading import Reading
from seqaug_sklearn.cli._run import say
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["read_named_table", "row_names"]

_OF_WINDOWS = {"window", "parent", "start"}
"""Columns of a table of windows, as ``seqaug windows`` writes it."""
_LETTERS = re.compile(r"[A-Za-z*.-]{4,}")


def read_named_table(path: Path, names=None, *, how: Reading, role: str = "label") -> Any:
    """Table of text indexed by name.

    Names stand in the column that is typed, or called name in any case, or in the first one, or in one called id or
    alike. Where none can hold them, rows are named by their numbers, which is said. A column of sequences, and one of
    labels, are called ``sequence`` and ``label`` in the result, too; ``attrs["label"]`` is then what the file calls it.

    Parameters
    ----------
    path : Path
        File.
    names : iterable of str, default=None
        Names that the table is about.
    how : Reading
        Columns that are typed, and what names a row.
    role : {"sequence", "label"}, default="label"
        What the table is read for.
    """
    known = set() if names is None else set(names)
    table = _read(path, how, known)
    sequence = _sequence_column(table, path, how) if role == "sequence" else None
    column, index = row_names(table, path, how, known)
    _check_names(index, path)
    if column is None and how.names != "number" and role == "sequence":
        say(f"{path.name} has no column of names: rows are named by their numbers, from 1 (--name-column names one).")
    label = _label_column(table, (column, sequence))
    if not table.attrs["heading"]:
        _say_columns(path, {"name": column, "sequence": sequence, "label": label})
    of_windows = _holds_windows(table)
    named = {"sequence": sequence, "label": label}
    table = table.assign(**{name: table[found] for name, found in named.items() if found not in (None, name)})
    if not of_windows and column is not None:
        table = table.drop(columns=column)
    table.attrs |= {"of_windows": of_windows, "label": label}
    return table.set_axis(index.to_numpy(), axis=0).rename_axis(column)


def _read(path, how, known):
    from seqaug_sklearn.utils import read_table

    table = read_table(path, heading=None, name_column=how.name_column or "name", names=known or None)
    if table.attrs["heading"] and not known.isdisjoint(table.columns):
        # the first row names a sequence, so it is no heading
        table = read_table(path, heading=False)
        table.columns = [str(place) for place in range(1, table.shape[1] + 1)]
    if not len(table):
        raise DataFormatError(f"{path.name} has a heading and no rows")
    return table


def row_names(table, path: Path, how: Reading, known=frozenset()) -> tuple[str | None, Any]:
    """Column of the names (None where rows are numbered), and the names, whose index holds the lines of the file."""
    import pandas as pd

    from seqaug_sklearn.utils import UniqueNames, table_column

    numbers = pd.Series([str(number) for number in range(1, len(table) + 1)], index=table.index, dtype=object)
    if how.names == "number":
        return None, numbers
    if _holds_windows(table) and how.name_column is None:
        # the same window may be cut from two sequences, and its place separates them
        parents, starts = (table_column(table, column, path.name) for column in ("parent", "start"))
        return "window", parents + ":" + starts
    column = _name_column(table, path, how, known)
    if column is None:
        return None, numbers
    found = table_column(table, column, path.name)
    if how.names == "first-word":
        found = found.map(lambda name: name.split()[0] if name else name)
    if how.names == "unique":
        unique = UniqueNames()
        found = found.map(lambda name: unique.name(name) if name else name)
    return column, found


def _holds_windows(table):
    return "name" not in table and "sequence" not in table and set(table.columns) >= _OF_WINDOWS


def _name_column(table, path, how, known):
    from seqaug_sklearn.utils import place_of

    columns = list(table.columns)
    if how.name_column is not None:
        return _typed(columns, how.name_column, "--name-column", path)
    place = place_of(columns, "name")
    if known:
        # the column that holds most of the names; of equals the one that is called name, or the first one
        held = [len(known.intersection(table.iloc[:, i])) for i in range(len(columns))]
        return columns[max(range(len(columns)), key=lambda i: (held[i], i == place, -i))]
    if place is not None:
        return columns[place]
    taken = {place_of(columns, kind, kind) for kind in ("sequence", "label")}
    taken |= set() if how.sequence_column is None else {place_of(columns, how.sequence_column)}
    if not table.attrs["heading"]:
        found = [c for i, c in enumerate(columns) if i not in taken and _can_name(table[c]) and _can_tell(table[c])]
        return found[0] if len(found) == 1 else None
    called = place_of(columns, "name", "name")
    if 0 not in taken and (called is None or (_can_name(table.iloc[:, 0]) and table.iloc[:, 0].is_unique)):
        return columns[0] if _can_name(table.iloc[:, 0]) else None
    return None if called is None else columns[called]


def _can_name(values):
    """Whether values may be names: measurements are none, and neither are sequences."""
    from seqaug_sklearn.utils import read_number

    numbers = [number for number in map(read_number, values) if number is not None]
    return all(number == int(number) for number in numbers if abs(number) < float("inf"))


def _can_tell(values):
    """Whether values separate the rows of a table without a heading, and are no sequences."""
    return values.is_unique and not all(map(_LETTERS.fullmatch, values))


def _typed(columns, column, option, path):
    """The column that is typed, in any case."""
    from seqaug_sklearn.utils import place_of

    place = place_of(columns, column)
    if place is None:
        there = some_names(columns, 20)
        raise InvalidParameterError(f"{option} {column}: {path.name} has no column {column!r}; it has {there}")
    return columns[place]


def _sequence_column(table, path, how):
    """What the file calls the column of sequences; None where there is none."""
    from seqaug_sklearn.utils import place_of

    columns = list(table.columns)
    if how.sequence_column is not None:
        return _typed(columns, how.sequence_column, "--sequence-column", path)
    if table.attrs["heading"]:
        place = place_of(columns, "sequence", "sequence")
        return None if place is None else columns[place]
    like = {
        column: table[column].str.len().median() for column in columns if all(map(_LETTERS.fullmatch, table[column]))
    }
    return max(like, key=lambda column: like[column]) if like else None


def _label_column(table, others):
    """What the file calls the column of labels: without a heading, the only one that is left."""
    from seqaug_sklearn.utils import place_of

    columns = list(table.columns)
    if table.attrs["heading"]:
        place = place_of(columns, "label", "label")
        return None if place is None or columns[place] in others else columns[place]
    left = [column for column in columns if column not in others]
    return left[0] if len(left) == 1 else None


def _say_columns(path, found):
    what = {column: name for name, column in found.items() if column is not None}
    said = ", ".join(f"column {column} is the {what[column]}" for column in sorted(what))
    say(
        f"{path.name} has no heading: {said or 'no column was recognised'}; --sequence-column, --name-column and "
        "--label-column take numbers of columns."
    )


def _check_names(names, path):
    """Check a Series of names, whose index holds the lines of the file."""
    nameless = names.index[names == ""]
    if len(nameless):
        raise DataFormatError(f"{path.name}, line {nameless[0]}: the row has no name")
    twice = names[names.duplicated()].unique()
    if len(twice):
        raise DataFormatError(
            f"{path.name}: names must be unique, but {some_names(twice)} repeat; --names unique numbers repeats, "
            "--names number numbers all rows, and --name-column takes another column"
        )
