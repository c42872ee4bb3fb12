"""Checks of values that are not text: matrices of features, the order of rows, numbers by their type."""

import numbers
from typing import Any, TypeGuard

import numpy as np
from sklearn.utils.validation import validate_data

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils._sequences import is_text
from seqaug_sklearn.utils._words import plain

__all__ = [
    "PAIR_FEATURES",
    "check_pair_features",
    "check_same_order",
    "check_vectors",
    "damaged_row",
    "is_mapped",
    "is_number",
    "is_whole",
]


def check_same_order(X, y) -> None:
    """Raise where X and y name the same rows in different orders.

    Rows and labels are matched by position, as everywhere in scikit-learn; a shuffled Series would give each row the
    label of another one without a word.

    Parameters
    ----------
    X, y : object
        Rows and labels. Only two pandas objects are compared, and only where they hold the same names.

    Raises
    ------
    ValueError
        If the names are the same and their order is not.

    Examples
    --------
    >>> import pandas as pd
    >>> check_same_order(pd.Series(["ACGT", "GGTT"], index=["a", "b"]), pd.Series([1, 0], index=["a", "b"]))
    """
    if not (hasattr(X, "iloc") and hasattr(y, "iloc")) or len(X) != len(y) or X.index.equals(y.index):
        return
    names, labelled = list(X.index), list(y.index)
    try:
        same = len({*names}) == len(names) and {*names} == {*labelled}
    except TypeError:
        return
    if same:
        row = next(i for i, pair in enumerate(zip(names, labelled, strict=True)) if pair[0] != pair[1])
        raise ValueError(
            f"X and y have the same index in another order (row {row} is {names[row]!r} in X and {labelled[row]!r} in "
            "y), but labels are taken by position: pass y.loc[X.index], or y.to_numpy() where the order is right"
        )


def check_vectors(estimator, X, *, reset=True, **options):
    """Validate a matrix of finite numbers, as scikit-learn's ``validate_data`` does.

    Parameters
    ----------
    estimator : estimator
        Gets, or is compared with, the number and names of columns.
    X : array-like of shape (n_samples, n_features)
        Numbers.
    reset : bool, default=True
        Whether this is ``fit``.
    **options
        Passed on, ``dtype`` for example.

    Returns
    -------
    ndarray of shape (n_samples, n_features)

    Raises
    ------
    DataFormatError
        If X is text, or a row holds NaN or an infinite value.
    ValueError
        If X is no matrix, or has other columns than in ``fit``.
    """
    if is_text(X) and not _reads_as_numbers(X):
        raise DataFormatError(
            f"X holds text, and {type(estimator).__name__} takes numbers: embed first (LanguageModelEmbedder), in one "
            "pipeline with what comes after"
        )
    values = validate_data(estimator, X, reset=reset, ensure_all_finite=False, **options)
    bad = damaged_row(values)
    if bad is not None:
        row, found = bad
        name = plain(X.index[row]) if hasattr(X, "iloc") else row
        raise DataFormatError(
            f"row {name!r} of X holds {found}; if it is an embedding, it is damaged: embed it again or drop the row"
        )
    return values


def _reads_as_numbers(X):
    try:
        np.asarray(X).astype(float)
    except ValueError:
        return False
    return True


def damaged_row(values):
    """Return (number of the first row with NaN or infinity, which of both); None where all are finite."""
    # one sum is enough where all is well, and needs no second matrix
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.sum(dtype=np.float64)):
            return None
    # by blocks: a matrix that lies on disk has no second one of its size in memory
    blocks = range(0, len(values), 8192)
    bad = np.concatenate([np.flatnonzero(~np.isfinite(values[i : i + 8192]).all(axis=1)) + i for i in blocks])
    if not len(bad):
        return None
    return int(bad[0]), "NaN" if np.isnan(values[bad[0]]).any() else "infinity"


PAIR_FEATURES = {
    "first": lambda first, second: first,
    "second": lambda first, second: second,
    "difference": lambda first, second: first - second,
    "absolute_difference": lambda first, second: abs(first - second),
    "product": lambda first, second: first * second,
}
"""Name -> feature of two arrays, or of two tensors."""


def check_pair_features(chosen, name):
    """Raise ValueError unless names of :data:`PAIR_FEATURES` were chosen, each once; ``name`` is the parameter's."""
    unknown = [feature for feature in chosen if feature not in PAIR_FEATURES]
    if not len(chosen) or unknown or len(set(chosen)) < len(chosen):
        raise ValueError(f"{name} must name at least one of {', '.join(PAIR_FEATURES)}, each once, got {chosen!r}")


def is_mapped(values) -> bool:
    """Whether an array's numbers lie in a mapped file, it being a ``numpy.memmap`` or a view of one."""
    while isinstance(values, np.ndarray):
        if isinstance(values, np.memmap):
            return True
        values = values.base
    return False


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether a value is a whole number by its type: Python's or NumPy's, bool included."""
    return isinstance(value, numbers.Integral)


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value is a real number by its type: Python's or NumPy's, bool included."""
    return isinstance(value, numbers.Real)
