"""Columns of labels: from a table, or from names by a pattern."""

import re
from collections.abc import Callable
from typing import Any

from seqaug_sklearn.cli._input._cells import some_names
from seqaug_sklearn.exceptions import InvalidParameterError

__all__ = ["UP_TO_UNDERSCORE", "column_of", "label_columns", "labels_by_pattern"]

UP_TO_UNDERSCORE = "^[^_]+"
"""Pattern of the label in a record name, where no table gives it."""


def labels_by_pattern(names, pattern: str, label_column: str, table, headers: Callable[[], Any] | None = None) -> Any:
    """Table with a column of the labels that a regular expression finds in the names.

    Parameters
    ----------
    names : Index of str
        Names.
    pattern : str
        Regular expression.
    label_column : str
        Column to make.
    table : DataFrame or None
        Table to make it in, which is not changed.
    headers : callable, default=None
        Gives a Series of whole headers by name, in which is searched where not every name holds a label.

    Raises
    ------
    InvalidParameterError
        If it is none, or finds nothing in a name.
    """
    import pandas as pd

    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise InvalidParameterError(f"--label-pattern {pattern!r} is not a regular expression: {error}") from error
    found, lacking = _searched(compiled, names)
    if lacking and headers is not None:
        found, lacking = _searched(compiled, headers().loc[names])
    if lacking:
        where = "neither in the name nor in the header of" if headers is not None else "in"
        raise InvalidParameterError(
            f"--label-pattern {pattern!r} finds no label {where} {some_names([names[i] for i in lacking])}"
        )
    table = pd.DataFrame(index=names) if table is None else table.copy()
    table[label_column] = [_label(match) for match in found]
    return table


def _searched(pattern, texts):
    """Matches, and the places of texts in which no label was found."""
    found = [pattern.search(text) for text in texts]
    return found, [i for i, match in enumerate(found) if match is None or not _label(match)]


def _label(match):
    return match.group(1) if match.re.groups else match.group()


def label_columns(label_column: str, table, task: str | None) -> list[str]:
    """Names of the columns: what is typed, or where no column is called so, its parts between commas.

    Commands that know no task know no several columns either.
    """
    if task is None or label_column in table or "," not in label_column:
        return [label_column]
    names = [name.strip() for name in label_column.split(",")]
    if "" in names or len(set(names)) < len(names):
        raise InvalidParameterError(f"--label-column {label_column} must name different columns, separated by commas")
    return names


def column_of(table, column: str | list[str], source, what: str) -> Any:
    """One column as Series of str, or several of labels as DataFrame of str.

    Raises
    ------
    InvalidParameterError
        If the table has no such column.
    """
    import pandas as pd

    from seqaug_sklearn.utils import place_of, table_column

    if isinstance(column, list):
        parts = [column_of(table, name, source, what) for name in column]
        return parts[0] if len(parts) == 1 else pd.concat(parts, axis=1, keys=column)
    place = place_of(list(table.columns), column)
    if column not in table and place is not None:
        # in another case
        return table_column(table, table.columns[place], source.name).rename(column)
    if column not in table:
        there = some_names([c for c in table.columns if c != "sequence"])
        raise InvalidParameterError(
            f"--label-column {column}: {source.name} has no column {column!r} for the {what}s; it has "
            f"{there or 'no other one'}"
        )
    return table_column(table, column, source.name)
