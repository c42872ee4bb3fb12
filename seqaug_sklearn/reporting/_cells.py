"""Tables as text: which cells a page shows, with numbers rounded for reading."""

import numpy as np
import pandas as pd

from seqaug_sklearn.reporting._figures import Picture
from seqaug_sklearn.reporting._section import Code, Link

__all__ = ["MAX_ROWS", "cell", "cells", "column_cells", "shows_index"]

MAX_ROWS = 50
"""Rows of a table that the page shows; the CSV holds all."""


def cells(table, *, max_rows=MAX_ROWS, numbers=()):
    """Header and rows as text, numbers rounded, with which columns hold numbers."""
    shown = table.head(max_rows)
    shown = shown.reset_index() if shows_index(shown) else shown
    columns = [shown.iloc[:, i] for i in range(shown.shape[1])]
    return {
        "header": [_header(c) for c in shown.columns],
        "numeric": [c.name in numbers or _holds_numbers(c) for c in columns],
        "rows": list(zip(*(column_cells(c) for c in columns), strict=True)),
        "n_rows": len(table),
        "has_pictures": any(isinstance(value, Picture) for c in columns for value in c),
    }


def shows_index(table):
    """Whether the index says something: a plain range does not."""
    return not (isinstance(table.index, pd.RangeIndex) and table.index.name is None)


def column_cells(column):
    """Cells of a column; beside larger numbers a tiny one is zero in as many decimals, not a power of ten."""
    floats = pd.api.types.is_float_dtype(column)
    largest = column.abs().max() if floats else 0
    fixed = 0.001 <= largest < 1e6
    return [cell(value, str(column.name), fixed=fixed) for value in column]


def cell(value, column="", *, fixed=False):
    """Text of a value; what is more than text stays what it is, and the template shows it."""
    if isinstance(value, (Picture, Link, Code)):
        return value
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA or value is pd.NaT:
        return "–"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.floating)):
        return _decimals(float(value), is_p=column.startswith("p_"), fixed=fixed)
    return str(value)


def _holds_numbers(column):
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _header(name):
    name = " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
    return name.replace("_", " ")


def _decimals(value, *, is_p, fixed):
    """Number as a table has it: as many decimals as its neighbours, unless it would be zero or very wide."""
    if is_p and value < 0.001:
        return "< 0.001"
    size = abs(value)
    if size != 0 and not fixed and (size < 0.001 or size >= 1e6):
        return f"{value:.1e}"
    # the sum turns -0.0 into 0.0
    return f"{round(value, 3) + 0.0:.3f}" if size < 100 else f"{value:.1f}"
