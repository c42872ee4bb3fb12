"""Which rows come from one sequence, as far as their names tell."""

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.utils._words import plain, warn

__all__ = ["SHARED_IDENTIFIERS", "are_names", "repeated_identifiers", "warn_of_shared_identifiers"]


def repeated_identifiers(identifiers) -> np.ndarray | None:
    """Number the rows by their identifier, where some have the same.

    Edited copies, orthologs and windows keep the identifier of their parent. Row numbers that restart when tables are
    put together repeat too: rows that they join have no more than the name in common.

    Parameters
    ----------
    identifiers : array-like of shape (n_rows,) or None
        Identifiers, such as the index of a Series.

    Returns
    -------
    parents : int ndarray of shape (n_rows,) or None
        Equal numbers for equal identifiers; a missing one is like no other. None where every row has its own, or where
        none is given.

    Examples
    --------
    >>> repeated_identifiers(["a", "b", "a"]).tolist()
    [0, 1, 0]
    >>> repeated_identifiers(["a", "b", "c"]) is None
    True
    """
    if identifiers is None:
        return None
    parents, names = pd.factorize(_objects(identifiers))
    missing = parents < 0
    if len(names) + missing.sum() == len(parents):
        return None
    # a missing name is no name in common
    parents[missing] = len(names) + np.arange(missing.sum())
    return parents


def are_names(identifiers) -> bool:
    """Whether identifiers are given and are no row numbers, which restart in every table.

    Parameters
    ----------
    identifiers : pandas.Index or None
        Identifiers of the rows.
    """
    return identifiers is not None and getattr(identifiers.dtype, "kind", "O") not in "iu"


SHARED_IDENTIFIERS = "carry the identifier of a training row"
"""Words of :func:`warn_of_shared_identifiers`, by which those who say it themselves leave that warning out."""


def warn_of_shared_identifiers(identifiers, splits, parents=None) -> str:
    """Warn where test rows carry the identifier of a training row, and return what was said; empty where none does.

    Parameters
    ----------
    identifiers : pandas.Index or None
        Identifiers of the rows; row numbers are not looked at.
    splits : list of (train, test)
        Rows of each split.
    parents : int ndarray of shape (n_rows,), default=None
        Sequence of each row, where more is known than the identifiers tell, see :func:`made_parents`.
    """
    if parents is None:
        parents = repeated_identifiers(identifiers) if are_names(identifiers) else None
    if parents is None:
        return ""
    known = [np.isin(parents[test], parents[train]) for train, test in splits]
    rows = [test[mask] for (_, test), mask in zip(splits, known, strict=True)]
    n_known, n_tested = sum(map(len, rows)), sum(map(len, known))
    if not n_known:
        return ""
    example = "" if identifiers is None else f" (for example {plain(identifiers[np.concatenate(rows)[0]])!r})"
    told = (
        f"{n_known} of {n_tested} test rows {SHARED_IDENTIFIERS}{example}: they are copies or parts "
        "of one sequence, and a model may have memorised them; keep them together with groups=X.index"
    )
    warn(told, LeakageWarning)
    return told


def _objects(identifiers):
    """One object per row: tuples of a MultiIndex stay whole."""
    values = list(identifiers)
    objects = np.empty(len(values), object)
    objects[:] = values
    return objects
