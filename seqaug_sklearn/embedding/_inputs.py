"""One column of sequences or two, in any accepted form."""

import itertools

import numpy as np

from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError
from seqaug_sklearn.utils import check_sequences, name_row

__all__ = ["blocks_of", "text_columns"]


def text_columns(X, *, min_length=1, first_row=0):
    """Validate text or pairs of texts.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,), (n_samples, 1) or (n_samples, 2)
        List, Series or 1-D ndarray of texts or of pairs, 2-D ndarray, or DataFrame with one or two columns.
    min_length : int, default=1
        Fewest residues of a sequence.
    first_row : int, default=0
        Number of the first row in a message, where X is a part of a stream.

    Returns
    -------
    columns : list of list of str
        One or two columns.
    name : callable
        Row and number of the column (0 by default) -> what a message calls that sequence.

    Raises
    ------
    SequenceError, SequenceTypeError
        If X is none of that, or a sequence is missing, empty or too short.
    """
    import pandas as pd

    _refuse_forms(X)
    columns, index = _split(X)
    named = index is not None
    if not named and first_row:
        index = pd.RangeIndex(first_row, first_row + len(columns[0]))
    sides = ("",) if len(columns) == 1 else (", first of the pair", ", second of the pair")
    values = []
    for side, column in zip(sides, columns, strict=True):
        if index is not None:
            column = pd.Series(list(column), index=index, dtype=object)
        values.append(_checked(column, side, min_length))

    def name(row, column=0):
        return (name_row(row, index) if named else name_row(first_row + row)) + sides[column]

    return values, name


def _refuse_forms(X):
    """Refuse what looks like pairs and is none."""
    if isinstance(X, zip):
        raise SequenceTypeError("X is a zip object, which can be read only once; pass list(X)")
    # two rows that are pairs have two entries each
    if isinstance(X, tuple) and len(X) == 2 and all(_is_column(entry) and len(entry) != 2 for entry in X):
        raise SequenceTypeError(
            "X is a tuple of two columns; pass pairs: list(zip(first, second)), or a DataFrame with two columns"
        )


def _is_column(entry):
    return isinstance(entry, (list, tuple, np.ndarray)) or hasattr(entry, "iloc")


def _checked(column, side, min_length):
    """Return a column as list of str; errors say of which side of the pair it is."""
    try:
        checked = check_sequences(column, name=f"X{side}", min_length=min_length)
    except SequenceError as error:
        if not side or error.parameter:  # one that is about X as a whole names it
            raise
        raise SequenceError(f"X{side}: {error}") from None
    return np.asarray(checked.values, dtype=object).tolist()


def _split(X):
    """Return one or two columns, and the index of a frame or Series."""
    if hasattr(X, "iloc"):
        if X.ndim == 1:
            return _split_rows(X.tolist()), X.index
        _check_width(X.shape[1], "a DataFrame with {} columns")
        return [X.iloc[:, column].tolist() for column in range(X.shape[1])], X.index
    if isinstance(X, np.ndarray) and X.ndim == 2:
        _check_width(X.shape[1], f"an array of shape {X.shape}")
        return [X[:, column] for column in range(X.shape[1])], None
    if isinstance(X, np.ndarray) and X.dtype == object and X.ndim == 1:
        # what NumPy makes of rows that differ in length
        return _split_rows(X.tolist()), None
    return (_split_rows(X) if isinstance(X, (list, tuple)) else [X]), None


def _split_rows(X):
    """Return the columns of rows; texts are one column."""
    if not any(isinstance(row, (list, tuple, np.ndarray)) for row in X):
        return [X]
    for row, entry in enumerate(X):
        if not isinstance(entry, (list, tuple, np.ndarray)):
            raise SequenceTypeError(f"X: {name_row(row)} is of type {type(entry).__name__}, while other rows are pairs")
        if len(entry) != len(X[0]):
            raise SequenceError(
                f"X: row {row} holds {len(entry)} sequences and row 0 holds {len(X[0])}; every row must be a pair"
            )
    _check_width(len(X[0]), "rows of {}")
    return [list(column) for column in zip(*X, strict=True)]


def _check_width(width, form):
    if width not in (1, 2):
        raise SequenceError(
            f"X must be one column of sequences or two (pairs), shape (n_samples,) or (n_samples, 2), "
            f"got {form.format(width)}"
        )


def blocks_of(X, size):
    """Yield (first row, block of at most ``size`` rows) of an array-like or of any iterable."""
    if hasattr(X, "iloc") or isinstance(X, (list, tuple, np.ndarray)):
        rows = X.iloc if hasattr(X, "iloc") else X
        yield from ((begin, rows[begin : begin + size]) for begin in range(0, len(X), size))
        return
    iterator = iter(X)
    for begin in itertools.count(0, size):
        block = list(itertools.islice(iterator, size))
        if not block:
            return
        yield begin, block
