"""Columns of numbers beside the sequences."""

from pathlib import Path
from typing import Any

from seqaug_sklearn.cli._input._cells import some_names
from seqaug_sklearn.cli._run import say
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

__all__ = ["beside_covariates"]


def beside_covariates(
    sequences: Any,
    names: list[str] | None,
    tables: list[tuple[Any, Path]],
    missing_values: list[str] | None,
    *,
    taken: dict[str, str] | None = None,
) -> Any:
    """Put columns of numbers beside sequences; without names they stay as they are.

    Parameters
    ----------
    sequences : Series of str of shape (n_samples,)
        Indexed by name.
    names : list of str or None
        Columns, each of which one of the tables holds.
    tables : list of (DataFrame of str, Path)
        Tables indexed by name, and their files; of two that hold a column the first is read.
    missing_values : list of str or None
        Words that mean missing, beside those that usually do. Rows with gaps stay: models fill them, which is said.
    taken : dict of str to str, default=None
        Columns that are something else already, and what they are.

    Returns
    -------
    Series or DataFrame of shape (n_samples, 1 + n_covariates)

    Raises
    ------
    InvalidParameterError
        If no table holds a column, or one is named twice, or is the target, the group or the name.
    DataFormatError
        If a cell is no number.
    """
    if not names:
        return sequences
    import pandas as pd

    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidParameterError(f"--covariates must name different columns of numbers, got {','.join(names)}")
    own = {table.index.name: "the name" for table, _ in tables} | {"sequence": "the sequence"} | (taken or {})
    wrong = next((name for name in names if name in own), None)
    if wrong is not None:
        raise InvalidParameterError(
            f"--covariates {wrong}: the column is {own[wrong]} already, so a model would read its own answer or a mark "
            "of the row; leave it out"
        )
    found = {name: _numbers(name, sequences.index, tables, missing_values) for name in names}
    for name, values in found.items():
        _say_gaps(name, values)
    return pd.DataFrame({"sequence": sequences, **found})


def _say_gaps(name, values):
    """Say what is filled, and what tells nothing."""
    import numpy as np

    known = values[~np.isnan(values)]
    if len(known) < len(values):
        say(
            f"Covariate {name!r}: {len(values) - len(known):,} of {len(values):,} values are missing; models fill them "
            "with the median of their training rows, and see that they were missing."
        )
    if len(values) > 1 and len(known) and (known == known[0]).all():
        say(f"Warning: covariate {name!r} holds one value only ({known[0]:g}), so it tells nothing")


def _numbers(name, rows, tables, missing_values):
    import numpy as np

    from seqaug_sklearn.utils import is_missing_word, read_number, table_column

    holding = [one for one in tables if name in one[0]]
    if not holding:
        files = " or ".join(source.name for _, source in tables) or "a file that is no table"
        there = some_names([c for table, _ in tables for c in table.columns if c != "sequence"])
        raise InvalidParameterError(
            f"--covariates {name}: there is no column {name!r} in {files}; there is {there or 'no other one'}"
        )
    table, source = holding[0]
    cells = table_column(table, name, source.name).loc[rows].tolist()
    words = set(missing_values or ())
    numbers = [np.nan if is_missing_word(cell) or cell in words else read_number(cell) for cell in cells]
    if None in numbers:
        row = numbers.index(None)
        raise DataFormatError(
            f"{source.name}: covariate {name!r} of {rows[row]!r} is {cells[row][:40]!r}, which is no number; leave the "
            "row out, or say with --missing-values what means missing"
        )
    return np.array(numbers, float)
