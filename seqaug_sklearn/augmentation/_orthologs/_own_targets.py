"""Targets that were measured for the orthologs themselves."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.augmentation._orthologs._selection import label_codes
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, Parameter, Target, plain, read_target

__all__ = ["append_targets", "columns_of", "own_targets", "with_target_only"]


def own_targets(table, target: Target) -> np.ndarray:
    """Target of each ortholog, read from the columns of the table that are named as the targets.

    Parameters
    ----------
    table : OrthologTable
        Orthologs, with ``extras``.
    target : Target
        Target of the genes.

    Returns
    -------
    ndarray of shape (n_orthologs, n_targets)
        Classes as objects (None: not known), else float64 with NaN. A sequence that stands in several rows has the mean
        of its numbers.

    Raises
    ------
    DataFormatError
        If a column is missing, does not hold what y holds, or gives a sequence two classes or labels.
    """
    frame = table.extras[columns_of(table, target.names, target.columns.shape[1])]
    if target.kind == "classes":
        return _classes_of(table, frame.iloc[:, 0].to_numpy(dtype=object), np.unique(target.values))
    given = read_target(frame, task=target.kind, name="orthologs", may_be_constant=True).columns
    by_ortholog = pd.DataFrame(given).groupby(table.row_ortholog)
    if target.kind == "labels":
        _check_single(table, (by_ortholog.min() < by_ortholog.max()).any(axis=1).to_numpy())
    return by_ortholog.mean().to_numpy()


def columns_of(table, names, n_targets: int) -> list:
    """Names of the columns that hold the targets.

    Those of the targets; for one target also ``label``; for targets without names all columns that have no other
    meaning, where there are as many.
    """
    found = {str(name): name for name in table.extras.columns}
    if all(name in found for name in names):
        return [found[name] for name in names]
    if n_targets == 1 and "label" in found:
        return ["label"]
    unnamed = tuple(names) in ((), ("y",), tuple(f"y{i}" for i in range(n_targets)))
    others = [name for name in table.extras.columns if name != "label"]
    if unnamed and len(others) == n_targets:
        return others
    wanted = ", ".join(repr(name) for name in names if name not in found) or f"{n_targets} targets"
    has = ", ".join(map(repr, table.extras.columns)) or "none"
    raise DataFormatError(
        Message(
            Parameter("targets", "own"),
            f" needs a column of the orthologs for each target: {wanted} has none, and besides identifier, ortholog, "
            f"species and sequence there is {has}. Columns are found by the name of y (a Series, or the columns of a "
            "frame)",
        )
    )


def _classes_of(table, labels, classes):
    known = ~pd.isna(labels)
    codes = np.full(len(labels), -1)
    codes[known] = label_codes(labels[known], classes.astype(object))
    strange = np.flatnonzero(known & (codes < 0))
    if len(strange):
        raise DataFormatError(
            f"orthologs: {plain(labels[strange[0]])!r}, the label of {table.row_names[strange[0]]!r}, is no label of y"
        )
    by_ortholog = pd.Series(np.where(known, codes, np.nan)).groupby(table.row_ortholog)
    _check_single(table, (by_ortholog.min() < by_ortholog.max()).to_numpy())
    first = by_ortholog.min().to_numpy()
    own = np.full((len(first), 1), None, object)
    has = ~np.isnan(first)
    own[has, 0] = classes[first[has].astype(np.intp)]
    return own


def _check_single(table, several):
    if several.any():
        name = table.names[np.argmax(several)]
        raise DataFormatError(
            f"orthologs: the sequence of {name!r} stands in several rows with different targets; keep one of them"
        )


def with_target_only(selection, own):
    """The selection without pairs whose ortholog has no target, which are counted as ``without_target``."""
    known = ~pd.isna(own).all(axis=1)
    used = known[selection.ortholog]
    n_lost = len(np.unique(selection.ortholog[~used]))
    report = selection.report.copy()
    report["usable"] -= n_lost
    report["rows_with_orthologs"] = len(np.unique(selection.parent[used]))
    report["without_target"] = n_lost
    return replace(selection, parent=selection.parent[used], ortholog=selection.ortholog[used], report=report)


def append_targets(y, labels, own: np.ndarray) -> Any:
    """The targets of rows and orthologs in the form of y.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
        Targets of the rows.
    labels : array-like of shape (n_rows + n_orthologs, ...)
        The same in the same form, with those of their genes for orthologs.
    own : ndarray of shape (n_orthologs, n_targets)
        What replaces the latter.
    """
    if isinstance(y, (list, tuple)):
        is_flat = not isinstance(y[0], (list, tuple, np.ndarray))
        return [*y, *(own[:, 0] if is_flat else own).tolist()]
    if hasattr(y, "iloc"):
        added = pd.DataFrame(own, index=labels.index[len(y) :])
        if y.ndim == 1:
            added = added[0].rename(y.name)
            return pd.concat([y, _as_dtype(added, y.dtype)])
        added.columns = y.columns
        return pd.concat([y, added.apply(lambda column: _as_dtype(column, y.dtypes[column.name]))])
    y = np.asarray(y)
    own = own.reshape(len(own), *y.shape[1:])
    return np.concatenate([y, own.astype(y.dtype) if _fits(own, y.dtype) else own])


def _as_dtype(column, dtype):
    return column.astype(dtype) if _fits(column.to_numpy(), dtype) else column


def _fits(values, dtype):
    """Whether values become a dtype without loss: 1.5 becomes no integer, and text no longer text is cut."""
    if getattr(dtype, "kind", "O") in "iu" and values.dtype.kind == "f":
        return not np.isnan(values).any() and not (values % 1).any()
    return True
