"""The door for containers: whatever rows come in, the rest of the package sees lists, arrays and pandas objects.

Beside it, what one entry is: text, a record of Biopython, or missing.

Other libraries are known by what their objects can do, so that none of them is imported, here or when a model is
unpickled.
"""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import SequenceTypeError
from seqaug_sklearn.utils._words import Message, Parameter

__all__ = [
    "PortableState",
    "WindowBag",
    "first_present",
    "is_missing",
    "is_record",
    "is_sequence",
    "marked_bag",
    "plain_container",
    "without_arrow",
]


class WindowBag(np.ndarray):
    """Bags of one window, which would else read like one column of text.

    Bags of two windows or more are known by their shape.
    """


def marked_bag(bag):
    """Return bags of one window as a :class:`WindowBag`, a view; all others as they are."""
    return bag.view(WindowBag) if bag.shape[1] == 1 else bag


def plain_container(X: Any, *, name: str = "X") -> Any:
    """Return rows of text as a list, ndarray, Series or DataFrame; what already is one of them stays the same object.

    One column is one column: an array of shape (n_samples, 1), a list of lists of one entry and a frame of another
    library that has one column become one-dimensional. Arrays of bytes, as h5py reads them, become text.

    Parameters
    ----------
    X : object
        Rows: a pandas object, a list or array, a Series or DataFrame of Polars, an array or table of Arrow, a data set
        of h5py, or whatever can be read as one of these. What is none of them is returned as it is.
    name : str, default="X"
        Name used in messages.

    Returns
    -------
    rows : list, ndarray, Series, DataFrame, or X itself
        A frame of another library with several columns becomes a DataFrame.

    Raises
    ------
    SequenceTypeError
        If X is a plan for rows and not rows, as a LazyFrame is, or bytes are no ASCII text.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.utils import plain_container
    >>> plain_container(np.array([[b"ACGT"], [b"GG"]])).tolist()
    ['ACGT', 'GG']
    """
    if isinstance(X, (str, bytes)) or X is None:
        return X
    if isinstance(X, (list, tuple)):
        return _one_column_of_rows(X)
    if isinstance(X, np.ndarray):
        return _plain_array(X, name)
    if isinstance(X, (pd.Series, pd.DataFrame)) or hasattr(X, "iloc"):
        return X
    if getattr(getattr(X, "dtype", None), "kind", None) in ("O", "S", "T", "U") and hasattr(X, "__array__"):
        # an index or array of pandas, a data set of h5py
        return _plain_array(np.asarray(X), name)
    return _foreign(X, name)


def _one_column_of_rows(rows):
    if not rows or not _is_row_of_one(rows[0]) or not all(map(_is_row_of_one, rows)):
        return rows
    entries = [row[0] for row in rows]
    return entries if is_sequence(first_present(entries)) else rows


def _is_row_of_one(row):
    return isinstance(row, (list, tuple, np.ndarray)) and getattr(row, "ndim", 1) == 1 and len(row) == 1


def _plain_array(X, name):
    if X.dtype.kind not in "OSTU":
        return X
    if isinstance(X, np.ma.MaskedArray):
        gaps, X = np.ma.getmaskarray(X), X.data.astype(object)
        X[gaps] = None
    elif X.dtype.kind == "S":
        X = _decoded(X, name)
    elif X.dtype.kind == "T":
        # a missing entry is an object of its own, which text of a fixed width cannot hold
        X = X.astype(object)
    if X.ndim != 2 or X.shape[1] != 1 or isinstance(X, WindowBag):
        return X
    if X.dtype.kind == "O" and not is_sequence(first_present(X[:, 0])):
        return X
    return X[:, 0]


def _decoded(X, name):
    try:
        return X.astype(np.str_)
    except UnicodeDecodeError:
        entries = X.ravel().tolist()
        first = next(place for place, entry in enumerate(entries) if not entry.isascii())
        row = first * len(X) // len(entries)
        rule = f" holds bytes in row {row} that are no ASCII text ({entries[first]!r:.40}); decode them first"
        raise SequenceTypeError(Message(Parameter(name), rule)) from None


def _foreign(X, name):
    """Rows of another library, by what they offer."""
    for way in ("collect", "compute"):
        if callable(getattr(X, way, None)):
            rule = f" is a {type(X).__name__}, which has not been computed yet; pass {name}.{way}()"
            raise SequenceTypeError(Message(Parameter(name), rule))
    names = _column_names(X)
    if names is None:
        return _entries(X)
    columns = [_entries(_column(X, place, column)) for place, column in enumerate(names)]
    if len(columns) == 1:
        return columns[0]
    frame = pd.DataFrame(dict(enumerate(columns)))
    frame.columns = pd.Index(names)
    return frame


def _column_names(X):
    """Names of the columns of a table; None where X is none."""
    names = getattr(X, "column_names", None)
    names = getattr(X, "columns", None) if names is None else names
    if not isinstance(names, Sequence) or len(getattr(X, "shape", ())) != 2:
        return None
    return list(map(str, names))


def _column(X, place, name):
    # Arrow allows two columns of one name
    return X.column(place) if hasattr(X, "column_names") else X[name]


def _entries(column):
    """Entries of a column as a list; the column itself where it is none that is known."""
    for way in ("to_pylist", "to_list"):
        if callable(getattr(column, way, None)):
            return getattr(column, way)()
    return column


def first_present(entries):
    """Return the first entry that is not missing; None where all are."""
    return next((entry for entry in entries if not is_missing(entry)), None)


def is_record(value):
    """Whether a value is a sequence or record of Biopython."""
    return type(value).__module__.startswith("Bio.") and hasattr(value, "__len__")


def is_sequence(value):
    """Whether a value is one sequence: text, its bytes, an entry of Arrow that holds it, or a record."""
    return isinstance(value, (str, bytes)) or is_record(value) or _is_arrow_text(value)


def is_missing(value):
    """Whether a value stands for a missing one."""
    # pandas.NA has no truth value and arrays have many, so no general ``value != value``
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, numbers.Real) and value != value)
    )


def _is_arrow_text(value):
    return hasattr(value, "as_py") and isinstance(value.as_py(), (str, bytes))


class PortableState:
    """Pickles without Arrow, with which pandas holds text where it is installed; stands before other bases.

    A model that was fitted where Arrow is would else not load where it is not.
    """

    def __getstate__(self):
        return without_arrow(super().__getstate__())  # type: ignore[misc]  # of the base that stands behind


def without_arrow(value: Any) -> Any:
    """Return a value whose tables hold no memory of Arrow; lists, tuples and dicts are looked into.

    Parameters
    ----------
    value : object
        Series, DataFrame, Index, or anything else.

    Returns
    -------
    object
        The value itself where it holds none.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.utils import without_arrow
    >>> without_arrow({"names": pd.Index(["a", "b"])})["names"].tolist()
    ['a', 'b']
    """
    if type(value) is dict:
        return {key: without_arrow(entry) for key, entry in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(without_arrow, value))
    if isinstance(value, pd.MultiIndex):
        return value.set_levels(list(map(without_arrow, value.levels)))
    if isinstance(value, pd.Index):
        return value.astype(_own(value.dtype)) if _is_of_arrow(value.dtype) else value
    if not isinstance(value, (pd.Series, pd.DataFrame)):
        return value
    made = value.copy(deep=False)
    if isinstance(made, pd.Series):
        made = made.astype(_own(made.dtype)) if _is_of_arrow(made.dtype) else made
    else:
        for place, dtype in enumerate(made.dtypes):
            if _is_of_arrow(dtype):
                made.isetitem(place, made.iloc[:, place].astype(_own(dtype)))
        made.columns = without_arrow(made.columns)
    made.index = without_arrow(made.index)
    return made


def _is_of_arrow(dtype):
    return str(getattr(dtype, "storage", "")).startswith("pyarrow") or isinstance(dtype, pd.ArrowDtype)


def _own(dtype):
    """The type of pandas' own in place of one of Arrow."""
    if not isinstance(dtype, pd.StringDtype):
        return np.dtype(object)
    missing = getattr(dtype, "na_value", pd.NA)
    return pd.StringDtype("python") if missing is pd.NA else pd.StringDtype("python", na_value=missing)
