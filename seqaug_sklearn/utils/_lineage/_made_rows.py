"""Rows that were made of others carry their parent in the ``attrs`` of a Series or frame, whatever splits them."""

import json
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.utils._covariates import split_covariates
from seqaug_sklearn.utils._lineage._identifiers import repeated_identifiers
from seqaug_sklearn.utils._words import warn

__all__ = [
    "known_parents",
    "made_of_all",
    "made_parents",
    "made_positions",
    "mark_made_of_all",
    "mark_made_rows",
    "mark_made_windows",
    "warn_of_parted_rows",
]

_KEY = "seqaug_sklearn"
"""Entry of ``attrs``. Its value is one str of JSON: pandas copies it with every slice, and a str costs nothing."""

_ADVICE = {
    "rows": "resample in a pipeline of imblearn.pipeline, or keep copies together: a group splitter and groups=X.index",
    "sources": "put WindowAugmenter into the pipeline, or keep windows together: a group splitter with "
    "groups=window_set.groups, or WindowBlockKFold with groups=window_set.positions",
    "n_rows": "resample in a pipeline of imblearn.pipeline, or the training rows alone",
}
"""What to do, by what the note of the maker holds."""

_TOLERATED = 0.1
"""Share of the missing windows of parted sequences that may lie between others: a purge by similarity leaves such gaps,
and tests none of them."""


def mark_made_rows(made, maker: str) -> None:
    """Note how many different rows each name has, for rows that repeat the name of the row that they were made of.

    Parameters
    ----------
    made : Series, one-column DataFrame, or anything else
        All rows that were made, with their parents. What has no ``attrs`` is left as it is.
    maker : str
        What made them, for messages.
    """
    if hasattr(made, "attrs"):
        counts = _distinct(made).value_counts(sort=False)
        made.attrs[_KEY] = json.dumps({"maker": maker, "rows": dict(zip(counts.index, counts.tolist(), strict=True))})


def mark_made_windows(made, sources, starts, length: int) -> None:
    """Note the parent and the start of each window, for windows whose index is their row number.

    Parameters
    ----------
    made : DataFrame of shape (n_windows, n_columns)
        The windows.
    sources, starts : int ndarray of shape (n_windows,)
        Parent and start, parents in their order and windows by start.
    length : int
        Residues of a window.
    """
    record = {"maker": "WindowAugmenter.explode", "length": length}
    made.attrs[_KEY] = json.dumps(record | {"sources": sources.tolist(), "starts": starts.tolist()})


def mark_made_of_all(made, maker: str) -> None:
    """Note the number of rows, for new rows each of which was made of all others.

    Parameters
    ----------
    made : DataFrame, or anything else
        Rows and new rows. What has no ``attrs`` is left as it is.
    maker : str
        What made them, for messages.
    """
    if hasattr(made, "attrs"):
        made.attrs[_KEY] = json.dumps({"maker": maker, "n_rows": len(made)})


def made_of_all(X) -> str:
    """What made rows of X of all others, as an augmenter noted it; empty where none did.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...)
        All rows or some.
    """
    record = _record(X)
    return record["maker"] if "n_rows" in record else ""


def made_parents(X) -> np.ndarray | None:
    """Number the rows by the row that they are copies of.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...)
        All rows or some.

    Returns
    -------
    parents : int ndarray of shape (n_rows,) or None
        None where nothing is known: no rows that an augmenter marked, or their index was replaced.
    """
    counts = _record(X).get("rows")
    if counts is None:
        return None
    names = _names(X)
    return pd.factorize(names)[0] if names.isin(list(counts)).all() else None


def made_positions(X) -> np.ndarray | None:
    """Parent and start of windows.

    Parameters
    ----------
    X : WindowSet or array-like of shape (n_rows, ...)
        All windows or some.

    Returns
    -------
    positions : int ndarray of shape (n_rows, 2) or None
        None where nothing is known, as in :func:`made_parents`.
    """
    if hasattr(X, "windows") and hasattr(X, "positions"):
        return X.positions
    record = _record(X)
    numbers = _row_numbers(X, record)
    return None if numbers is None else np.column_stack([record["sources"], record["starts"]])[numbers]


def known_parents(X, identifiers) -> np.ndarray | None:
    """Number the rows by the row that they were made of, as far as X tells.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...)
        Rows; windows tell their parents by the note of their maker.
    identifiers : array-like of shape (n_rows,) or None
        Names of the rows; copies have that of their parent.

    Returns
    -------
    parents : ndarray of shape (n_rows,) or None
        None where each row is its own.
    """
    positions = made_positions(X)
    return repeated_identifiers(identifiers) if positions is None else positions[:, 0]


def warn_of_parted_rows(X) -> bool:
    """Warn where X holds some of the rows that were made of a sequence and not the others; return whether it does.

    What is fitted sees its training rows only. Rows that were made inside a pipeline come whole, and so do those that
    were split by their parents.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...)
        Rows to be fitted.
    """
    record = _record(X)
    parted = bool(record) and _is_parted(X, record)
    if parted:
        # the same words in every fold, so that Python shows them once
        advice = next(_ADVICE[note] for note in record if note in _ADVICE)
        warn(
            f"X holds some of the rows that {record['maker']} made and not those that resemble them. If the others are "
            f"test rows, these are near-copies of training rows, and a score measures memorisation: {advice}. If they "
            "were dropped, nothing is wrong",
            LeakageWarning,
        )
    return parted


def _record(X) -> dict[str, Any]:
    return json.loads(getattr(X, "attrs", {}).get(_KEY, "{}")) if hasattr(X, "iloc") else {}


def _is_parted(X, record):
    if "rows" in record:
        return _lacks_copies(X, record["rows"])
    return len(X) < record["n_rows"] if "n_rows" in record else _lacks_windows(X, record)


def _names(X):
    return pd.Index([str(name) for name in X.index], dtype=object)


def _distinct(X):
    """Name of every different row: a copy that no edit has changed, and that is dropped, is not missed."""
    column = split_covariates(X).text
    column = column if column.ndim == 1 else column.iloc[:, 0]
    texts = [str(text).upper() for text in column]
    return pd.DataFrame({"name": _names(X), "text": texts}).drop_duplicates()["name"]


def _lacks_copies(X, expected):
    found = _distinct(X).value_counts()
    # a name that was not there: the index was replaced, and says nothing
    known = found.index.isin(list(expected)).all()
    return bool(known and any(count < expected[name] for name, count in found.items()))


def _row_numbers(X, record):
    """Numbers of the rows in the whole set of windows; None where the index does not tell."""
    index = X.index if "sources" in record else None
    if index is None or index.dtype.kind not in "iu" or not index.isin(np.arange(len(record["sources"]))).all():
        return None
    return index.to_numpy()


def _lacks_windows(X, record):
    """Whether windows are missing that all overlap those that are there: blocks leave a gap of a window's length."""
    numbers = _row_numbers(X, record)
    if numbers is None:
        return False
    sources, starts = np.asarray(record["sources"]), np.asarray(record["starts"])
    there = np.zeros(len(sources), bool)
    there[numbers] = True
    # parents laid end to end, far apart
    line = starts + sources * (starts.max() + 2 * record["length"])
    known = np.concatenate([[-np.inf], line[there], [np.inf]])
    before = np.cumsum(there)[~there]
    # a missing window that overlaps none of those around its gap
    far = np.minimum(line[~there] - known[before], known[before + 1] - line[~there]) >= record["length"]
    # gaps end where parents do
    gap = np.unique(before + sources[~there] * len(known), return_inverse=True)[1]
    wide = np.bincount(gap, far) > 0
    parted = np.isin(sources[~there], sources[there])
    return bool(np.count_nonzero(~wide[gap]) > _TOLERATED * np.count_nonzero(parted))
