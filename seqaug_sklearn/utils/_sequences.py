"""The one validation path for text: every accepted form becomes a :class:`Sequences`.

Type and missing-value checks come before any NumPy conversion, because NumPy turns NaN into the text "nan" (a valid
DNA word) and explodes a ``Bio.Seq`` into characters.
"""

import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError
from seqaug_sklearn.utils._containers import (
    WindowBag,
    first_present,
    is_missing,
    is_record,
    is_sequence,
    plain_container,
)
from seqaug_sklearn.utils._covariates import is_covariate_frame, split_covariates
from seqaug_sklearn.utils._words import Message, Parameter, invalid_data, plain

__all__ = ["Sequences", "check_bags", "check_sequences", "check_text", "is_text", "name_row", "pairs_as_array"]


@dataclass(frozen=True, slots=True)
class Sequences:
    """Validated sequences.

    Attributes
    ----------
    values : list of str or ndarray of str of shape (n_samples,)
        The text. An ndarray of str is passed through without a copy.
    identifiers : pandas.Index or None
        The index of a Series or DataFrame; None for every other form (identifiers are never invented).
    """

    values: Any
    identifiers: Any = None

    def __len__(self):
        return len(self.values)

    def lengths(self):
        """Return the residues per sequence: int array (n_samples,)."""
        if isinstance(self.values, np.ndarray):
            return np.char.str_len(self.values)
        return np.fromiter(map(len, self.values), np.intp, len(self.values))


def name_row(row, identifiers=None):
    """Name a sequence for a message: its identifier where there is one, else its row number."""
    return f"sequence {plain(identifiers[row])!r}" if identifiers is not None else f"sequence number {row}"


def is_text(X):
    """Whether X looks like text (strings, Seq, SeqRecord), by its first entry that is not missing."""
    if isinstance(X, str):
        return True
    # some sparse containers cannot be indexed
    if hasattr(X, "tocsr"):
        return False
    X = plain_container(X)
    if hasattr(X, "iloc"):
        if is_covariate_frame(X):
            return True
        X = X.to_numpy()
    if isinstance(X, np.ndarray):
        return X.dtype.kind == "U" or (X.dtype == object and is_sequence(first_present(X.flat)))
    try:
        first = first_present(X) if isinstance(X, (list, tuple)) else X[0]
    except (TypeError, IndexError, KeyError):
        return False
    return is_sequence(first_present(first) if isinstance(first, (list, tuple)) else first)


def check_sequences(X, *, name="X", min_length=1):
    """Validate text in any accepted form.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,) or (n_samples, 1)
        List, tuple, ndarray, pandas Series, one-column DataFrame, or list of ``Bio.Seq`` / ``SeqRecord``; one column of
        any other library that :func:`plain_container` knows. Of a frame with covariates (:func:`split_covariates`) the
        text column is read.
    name : str, default="X"
        Name used in messages.
    min_length : int, default=1
        Fewest residues a sequence may have.

    Returns
    -------
    Sequences

    Raises
    ------
    SequenceTypeError
        For a bare string, a missing value, a number, or another object that is not a sequence.
    SequenceError
        For no sequences, an empty or too short sequence, or an array with more than one column.
    DataFormatError
        For covariates that :func:`split_covariates` refuses.
    """
    values, identifiers = _column(X, name)
    if not isinstance(values, np.ndarray):
        values = [v if type(v) is str else _to_str(v, i, identifiers, name) for i, v in enumerate(values)]
    if len(values) == 0:
        raise SequenceError(Message(Parameter(name), " holds no sequences; at least one is needed"))
    sequences = Sequences(values, identifiers)
    _check_lengths(sequences, min_length)
    return sequences


def check_bags(X, *, name="X"):
    """Validate a bag of windows: ndarray of str of shape (n_samples, n_windows).

    The empty string is a missing window; a row of missing windows only is an error.

    Parameters
    ----------
    X : array-like of str of shape (n_samples, n_windows)
        Bags.
    name : str, default="X"
        Name used in messages.

    Returns
    -------
    ndarray of str of shape (n_samples, n_windows)

    Raises
    ------
    SequenceTypeError, SequenceError
        If an entry is not a string, or a row has no window.
    DataFormatError
        If one column of a frame holds shorter texts than another throughout, as labels beside sequences are.
    """
    X = plain_container(X, name=name)
    columns = X.columns if hasattr(X, "iloc") and X.ndim == 2 else None
    X = X.to_numpy() if hasattr(X, "iloc") else X
    if not (isinstance(X, np.ndarray) and X.dtype.kind == "U"):
        rows = [_bag_row(row, i, name) for i, row in enumerate(_iterated(X, name))]
        if len({len(row) for row in rows}) > 1:
            raise SequenceError(f"{name} holds rows with different numbers of windows; pad with empty strings")
        X = np.array([[_to_str(v, i, None, name) for v in row] for i, row in enumerate(rows)], dtype=np.str_)
    if X.ndim != 2 or 0 in X.shape:
        raise SequenceError(
            f"{name} must be bags of shape (n_samples, n_windows) with at least one window, got {X.shape}"
        )
    if (X[:, 0] == "").any() and len(empty := np.flatnonzero((X == "").all(axis=1))):
        raise SequenceError(f"{name}: {name_row(empty[0])} has no window; every bag needs at least one")
    if columns is not None:
        _check_windows_alike(X, columns, name)
    return np.asarray(X)


def pairs_as_array(X):
    """Return a frame of two columns of text as an array: members of pairs may differ in length, as no windows do."""
    if not (hasattr(X, "iloc") and X.ndim == 2 and X.shape[1] == 2) or split_covariates(X).names:
        return X
    return X.to_numpy()


def _check_windows_alike(X, columns, name):
    """Refuse a frame with a named column of shorter texts, such as labels: encoded, it would be one window more."""
    if not all(isinstance(column, str) for column in columns):
        return
    lengths = np.char.str_len(X)
    # of the windows that are there
    shortest, longest = np.where(lengths > 0, lengths, lengths.max()).min(axis=0), lengths.max(axis=0)
    text = int(longest.argmax())
    shorter = np.flatnonzero(longest < shortest[text])
    if len(shorter):
        place = int(shorter[0])
        raise invalid_data(
            name,
            f"holds several columns of text, and those of {columns[place]!r} (for example {str(X[0, place])[:40]!r}) "
            f"are all shorter than those of {columns[text]!r}, so it is no bag of windows; pass the sequences alone, "
            f"{name}[{columns[text]!r}], or windows of several lengths as {name}.to_numpy()",
        )


def _bag_row(row, number, name):
    """Return a row as a list; a string would fall apart into letters."""
    if isinstance(row, (list, tuple, np.ndarray)):
        return list(row)
    raise SequenceTypeError(
        f"{name} must be bags of shape (n_samples, n_windows), but {name_row(number)} is of type {type(row).__name__}; "
        "pass one list of windows per sample"
    )


def _iterated(X, name):
    if isinstance(X, (str, bytes)) or not hasattr(X, "__iter__") or is_record(X) or getattr(X, "ndim", 1) == 0:
        raise SequenceTypeError(f"{name} must be bags of shape (n_samples, n_windows), got {type(X).__name__}")
    return X


def check_text(X, *, name="X"):
    """Validate text or bags of text; return ``(values, identifiers)``, values 1-D or 2-D.

    One column is text in every container; a bag has two columns or more, or comes from windows. A frame with covariates
    is text.
    """
    X = split_covariates(X, name=name).text
    frame = hasattr(X, "iloc")
    if (frame and getattr(X, "ndim", 1) == 2 and X.shape[1] > 1) or (not frame and _n_dimensions(X) == 2):
        return check_bags(X, name=name), getattr(X, "index", None) if frame else None
    sequences = check_sequences(X, name=name)
    return sequences.values, sequences.identifiers


def _n_dimensions(X):
    if isinstance(X, np.ndarray):
        return X.ndim
    first = X[0] if isinstance(X, (list, tuple)) and len(X) else None
    return 2 if isinstance(first, (list, tuple, np.ndarray)) else 1


def _column(X, name):
    """Return the 1-D values (list or ndarray of str) and the index."""
    if isinstance(X, (str, bytes)) or is_record(X):
        raise SequenceTypeError(f"{name} is a single sequence; pass a list of sequences, for example [{name}]")
    X = split_covariates(X, name=name).text
    if hasattr(X, "iloc"):
        if X.ndim == 2 and X.shape[1] != 1:
            rule = f" must be one column of sequences, got a DataFrame with {X.shape[1]} columns; "
            raise SequenceError(Message(Parameter(name), rule, f"select one, for example {name}['sequence']"))
        return (X.iloc[:, 0] if X.ndim == 2 else X).tolist(), X.index
    if isinstance(X, np.ndarray):
        # where whole sequences are asked for, a bag of one window is one
        if isinstance(X, WindowBag) and X.ndim == 2 and X.shape[1] == 1:
            X = X[:, 0]
        if X.ndim != 1:
            raise SequenceError(
                Message(Parameter(name), f" must be 1-D text of shape (n_samples,), got an array of shape {X.shape}")
            )
        return (X if X.dtype.kind == "U" else X.tolist()), None
    if isinstance(X, (set, frozenset)):
        raise SequenceTypeError(f"{name} is a {type(X).__name__}, which has no order to fit labels; pass a list")
    if isinstance(X, Mapping):
        # its values would be lost, and its keys taken for sequences
        raise SequenceTypeError(f"{name} is a {type(X).__name__}; pass pandas.Series({name}), which keeps the names")
    try:
        values = list(X)
    except TypeError:
        raise SequenceTypeError(f"{name} must be a list of sequences, got {type(X).__name__}") from None
    return values, None


def _to_str(value, row, identifiers, name):
    if isinstance(value, str):
        return str(value)
    where = f"{name}: {name_row(row, identifiers)}"
    if is_record(value):
        return _record_text(value, where)
    if isinstance(value, bytes):
        return _decoded(value, where)
    if hasattr(value, "as_py"):
        return _to_str(value.as_py(), row, identifiers, name)
    if is_missing(value):
        raise SequenceTypeError(f"{where} is missing ({value!r}); remove it or fill it in before fitting")
    kind = "a number" if isinstance(value, numbers.Number) else f"of type {type(value).__name__}"
    raise SequenceTypeError(f"{where} is {kind} ({value!r:.40}), not text; sequences are str, Bio.Seq or SeqRecord")


def _record_text(record, where):
    """Text of a Seq or SeqRecord; its letters may be missing although its length is known."""
    sequence = getattr(record, "seq", record)
    try:
        return bytes(sequence).decode()
    except (TypeError, ValueError):
        raise SequenceTypeError(
            f"{where} has no sequence content (only annotation); remove it or read it whole"
        ) from None


def _decoded(value, where):
    """Text of bytes, as h5py gives it."""
    try:
        return value.decode("ascii")
    except UnicodeDecodeError:
        raise SequenceTypeError(f"{where} is no ASCII text ({value!r:.40}); decode its bytes first") from None


def _check_lengths(sequences, min_length):
    lengths = sequences.lengths()
    short = np.flatnonzero(lengths < min_length)
    if short.size:
        where = name_row(short[0], sequences.identifiers)
        if lengths[short[0]] == 0:
            raise SequenceError(f"{where} is empty; remove it ({short.size} of {len(lengths)} sequences are too short)")
        raise SequenceError(
            f"{where} has {lengths[short[0]]} residues, fewer than the {min_length} needed "
            f"({short.size} of {len(lengths)} sequences are too short)"
        )
