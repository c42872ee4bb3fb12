"""Warnings of what names and positions tell about a split, whatever the rows share."""

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.utils import (
    are_names,
    made_parents,
    overlaps_any,
    plain,
    warn,
    warn_of_shared_identifiers,
)

__all__ = ["warn_of_lineage", "warn_of_shared_names"]


def warn_of_lineage(splits, X, identifiers, positions, length: int) -> bool:
    """Warn of test rows that overlap training rows, or have their names, in splits that were made without groups.

    Parameters
    ----------
    splits : list of (train, test)
        Rows of each split.
    X : array-like of shape (n_rows, ...)
        Rows, which may know what they were made of.
    identifiers : Index or None
        Names of the rows.
    positions : int ndarray of shape (n_rows, 2) or None
        Parent and start of each row, where rows are windows.
    length : int
        Residues of the longest row.

    Returns
    -------
    told : bool
        Whether there was something to warn of.
    """
    if positions is None:
        return bool(warn_of_shared_identifiers(identifiers, splits, made_parents(X)))
    # parents laid end to end, a window apart
    parents = np.unique(positions[:, 0], return_inverse=True)[1]
    line = parents * (positions[:, 1].max() + length) + positions[:, 1]
    overlapping = [np.count_nonzero(overlaps_any(line[test], line[train], length)) for train, test in splits]
    if any(overlapping):
        warn(
            f"{sum(overlapping)} of {sum(len(test) for _, test in splits)} test windows overlap a training window of "
            "the same sequence, because cv was given no groups: pass groups=window_set.groups and a group splitter, or "
            "groups=window_set.positions and WindowBlockKFold",
            LeakageWarning,
        )
    return any(overlapping)


def warn_of_shared_names(train, test, leaked) -> None:
    """Warn where test rows that do not leak have the names of training rows, and may be copies or parts of them.

    Parameters
    ----------
    train, test : array-like of str or WindowSet
        Both sides; those without names are not looked at.
    leaked : bool ndarray of shape (n_test,)
        Test rows that leak by what they share.
    """
    trained, tested = _names(train), _names(test)
    if trained is None or tested is None:
        return
    shared = tested.isin(trained) & ~leaked
    if shared.any():
        warn(
            f"{shared.sum()} of {len(tested)} test rows share little sequence with a training row of the same name "
            f"(for example {plain(tested[np.argmax(shared)])!r}); where one name is one sequence, pass train_parents "
            "and test_parents: its copies and parts then leak, whatever they share",
            LeakageWarning,
        )


def _names(X):
    """Names of the sequences that the rows are or come from, as an Index; None for row numbers."""
    index = getattr(X, "identifiers", None) if hasattr(X, "positions") else getattr(X, "index", None)
    index = None if index is None or callable(index) else pd.Index(index)
    return index if are_names(index) else None
