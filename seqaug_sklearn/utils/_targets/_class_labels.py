"""What may stand for a class: a name or a code, but neither a gap nor a measurement."""

import decimal
import numbers
import re

import numpy as np
import pandas as pd
from sklearn.exceptions import DataConversionWarning

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils._words import InPython, Message, Parameter, plain, warn

__all__ = ["check_class_labels", "check_not_missing", "if_measured", "is_measurement", "read_number"]

_NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*")
# with fewer classes than this, one row of each is a small data set rather than a list of measurements
_FEWEST_MEASURED = 10
_AS_NUMBERS = Message(Parameter("task", "number"), " where there is such a choice")


def check_class_labels(y, n_rows: int | None = None, *, name: str = "y", subset: bool = False) -> np.ndarray:
    """Check that y holds one class label per row, and no numbers that were measured.

    Numbers are class codes where they repeat, or where they have few gaps: one sequence per class, numbered. Refused
    are numbers with fractions (written as text: where most of them stand for one row only), and ten or more whole
    numbers, far apart, most of which stand for one row only. What could be either gets a warning.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Labels. One column of a two-dimensional array is taken with scikit-learn's ``DataConversionWarning``.
    n_rows : int, default=None
        Rows that need a label; None: any number.
    name : str, default="y"
        Name used in messages.
    subset : bool, default=False
        Whether y may hold a few rows of many classes, such as the test rows: whole numbers then always pass.

    Returns
    -------
    labels : ndarray of shape (n_rows,)
        As NumPy reads y; numbers in an array of objects become an array of numbers.

    Raises
    ------
    DataFormatError
        If a label is missing, y has another shape, mixes kinds, or looks like a measurement.

    Warns
    -----
    SeqAugWarning
        If y holds numbers that could be measured, and are taken for classes.

    Examples
    --------
    >>> check_class_labels(["b", "a", "b"]).tolist()
    ['b', 'a', 'b']
    >>> check_class_labels([0.53, 1.27, 0.88])
    Traceback (most recent call last):
    ...
    seqaug_sklearn.exceptions.DataFormatError: y holds 3 different numbers (0.53, 0.88, 1.27), so it looks like ...
    """
    labels = _of_one_kind(_one_column(y, n_rows, name), name)
    if labels.dtype == object and not hasattr(_plain_sequence(y), "dtype"):
        labels = labels.astype(str)  # as NumPy reads a list
    found = _numbers_in(labels)
    if found is None:
        return labels
    kind = _kind_of_numbers(labels, *found)
    if subset and not (found[0] % 1).any():
        return labels
    if kind == "measured":
        raise DataFormatError(
            Message(
                f"{name} holds {len(found[0])} different numbers ({_some(labels)}), so it looks like a measurement ",
                # scikit-learn's checks look for it
                InPython("(Unknown label type: continuous) "),
                "and classes are needed here: numbers take a regressor, or ",
                _AS_NUMBERS,
                "; or cut them into classes first, for example pandas.qcut(y, 2, labels=['low', 'high']); numbers that "
                "are names of classes need a letter in front, such as 'c12'",
            )
        )
    if kind == "unclear":
        warn(
            Message(
                f"{name} holds {len(found[0])} different numbers ({_some(labels)}), which are taken for the names of "
                "as many classes; if they were measured, use a regressor, or ",
                _AS_NUMBERS,
                ", and if they are names, a letter in front says so ('c12')",
            ),
            SeqAugWarning,
        )
    return labels


def check_not_missing(y, *, name: str = "y") -> None:
    """Raise where a label is missing (None, NaN, NA, NaT), before NumPy writes it as text.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or None
        Labels, of any kind.
    name : str, default="y"
        Name used in messages.

    Raises
    ------
    DataFormatError
        If y is None, or a label is missing; the message names the first row.

    Examples
    --------
    >>> check_not_missing(["a", None])
    Traceback (most recent call last):
    ...
    seqaug_sklearn.exceptions.DataFormatError: y is missing for row 1 (1 of 2 rows); complete such rows or ...
    """
    if y is None:
        raise DataFormatError(
            f"{name} is missing: one label per row is needed (a classifier requires y to be passed, but the target y "
            "is None)"
        )
    given = _plain_sequence(y)
    values = np.asarray(given) if hasattr(given, "dtype") else np.asarray(given, dtype=object)
    if values.ndim != 1:
        return
    gaps = np.flatnonzero(pd.isna(values))
    if len(gaps):
        row = int(gaps[0])
        index = getattr(y, "index", None) if hasattr(y, "iloc") else None
        named = "" if index is None or index.dtype.kind in "iu" else f" ({plain(index[row])!r})"
        raise DataFormatError(
            f"{name} is missing for row {row}{named} ({len(gaps)} of {len(values)} rows); complete such rows or leave "
            "them out"
        )


def read_number(value) -> float | None:
    """Return a value as a number, with a decimal point or comma where it is text; None where it is none.

    Parameters
    ----------
    value : str or number
        Cell of a table.

    Examples
    --------
    >>> read_number("0,5"), read_number("high")
    (0.5, None)
    """
    if isinstance(value, str):
        return float(value.strip().replace(",", ".")) if _NUMBER.fullmatch(value) else None
    return float(value) if isinstance(value, numbers.Real | decimal.Decimal | np.bool_) else None


def if_measured(labels) -> Message:
    """Return the way out, for an error about classes, that holds if they were measured; empty if names are no numbers.

    Parameters
    ----------
    labels : iterable
        Distinct labels.

    Examples
    --------
    >>> print(if_measured([0, 1, 8]), if_measured(["a", "b"]))
    , or task='number' if these numbers were measured
    """
    names = [*labels]
    if len(names) < 3 or any(read_number(value) is None for value in names):
        return Message("")
    return Message(", or ", Parameter("task", "number"), " if these numbers were measured")


def is_measurement(y) -> bool:
    """Whether y holds numbers that :func:`check_class_labels` refuses; False for other forms of y.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)
        Target.
    """
    labels = np.asarray(_plain_sequence(y))
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    found = _numbers_in(labels) if labels.ndim == 1 else None
    return found is not None and _kind_of_numbers(labels, *found) == "measured"


def _plain_sequence(y):
    """What NumPy can read: columns of data frames as they are, sets and mappings as single objects."""
    return y.to_numpy() if hasattr(y, "to_numpy") else y


def _one_column(y, n_rows, name):
    check_not_missing(y, name=name)
    given = _plain_sequence(y)
    labels = given if hasattr(given, "dtype") else np.asarray(given, dtype=object)
    labels = np.asarray(labels) if not hasattr(labels, "toarray") else labels
    if labels.ndim == 2 and labels.shape[1] == 1 and not hasattr(labels, "toarray"):
        warn(
            f"A column-vector {name} was passed when a 1d array was expected; pass {name}.ravel() or one column",
            DataConversionWarning,
        )
        labels = labels[:, 0]
        check_not_missing(labels, name=name)
    if labels.ndim != 1 or hasattr(labels, "toarray"):
        what = type(y).__name__ if labels.ndim == 0 else f"shape {labels.shape}"
        hint = "; of one-hot labels pass the number of the column, y.argmax(axis=1)" if labels.ndim == 2 else ""
        raise DataFormatError(f"{name} should be a 1d array of one label per row, got {what}{hint}")
    if n_rows is not None and len(labels) != n_rows:
        raise DataFormatError(f"X has {n_rows} rows but {name} has {len(labels)} labels; each row needs one")
    return labels


def _of_one_kind(labels, name):
    """The labels, objects that are all numbers or all text among them; an error for other objects."""
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise DataFormatError(f"{name} holds infinity in row {int(np.argmin(np.isfinite(labels)))}")
    if labels.dtype.kind in "biufUT":
        return labels
    values = labels.tolist() if labels.dtype == object else [labels.dtype]
    if all(isinstance(value, str) for value in values):
        return labels
    if all(isinstance(value, numbers.Real | decimal.Decimal | np.bool_) for value in values):
        found = np.asarray(values)
        return _of_one_kind(found if found.dtype.kind in "biuf" else found.astype(float), name)
    kinds = sorted({type(value).__name__ if labels.dtype == object else str(value) for value in values})
    raise DataFormatError(
        f"{name} holds {' and '.join(kinds)} (Unknown label type); labels are text, whole numbers or booleans, all of "
        f"one kind: pass {name}.astype(str)"
    )


def _numbers_in(labels):
    """Distinct numbers among the labels, ascending, and the rows of each; None where they are no numbers."""
    if labels.dtype.kind == "b" or not len(labels):
        return None
    distinct, counts = np.unique(labels.astype(str) if labels.dtype.kind == "O" else labels, return_counts=True)
    if labels.dtype.kind in "iuf":
        return distinct.astype(float), counts
    read = [_NUMBER.fullmatch(text) is not None for text in distinct.tolist()]
    # a few names that read like numbers do not make a measurement
    if 2 * sum(read) <= len(distinct):
        return None
    values = [float(text.replace(",", ".")) for text in distinct[read].tolist()]
    distinct, places = np.unique(values, return_inverse=True)
    return distinct, np.bincount(places, counts[read]).astype(int)


def _kind_of_numbers(labels, distinct, counts):
    """Whether the numbers are "classes", "measured" or "unclear"."""
    # measurements rarely repeat; classes of more than one row do
    mostly_single = 2 * np.count_nonzero(counts == 1) > len(counts) > 2
    # infinity is no name of a class either, and has no remainder
    if not np.isfinite(distinct).all() or (distinct % 1).any():
        # text is how a table gives EC 2.7 and CATH 1.10, which are classes: these repeat
        return "measured" if mostly_single or labels.dtype.kind == "f" else "unclear"
    if not mostly_single or len(distinct) < _FEWEST_MEASURED:
        return "classes"
    spread = (distinct[-1] - distinct[0] + 1) / len(distinct)
    # a quarter: numbered classes, a fifth of which is held out
    if spread <= 1.25:
        return "classes"
    return "unclear" if spread <= 2 else "measured"


def _some(labels):
    """The first three distinct labels, for a message."""
    distinct = np.unique(labels.astype(str) if labels.dtype.kind == "O" else labels)
    told = ", ".join(str(value) for value in distinct[:3].tolist())
    return f"{told}, ..." if len(distinct) > 3 else told
