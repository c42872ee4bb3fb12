"""Covariates: numeric columns that stand beside the sequences in a frame."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils._containers import first_present, is_sequence, plain_container
from seqaug_sklearn.utils._targets import read_number
from seqaug_sklearn.utils._words import Message, Parameter, invalid_data, plain

__all__ = [
    "SplitCovariates",
    "check_same_covariates",
    "is_covariate_frame",
    "refuse_covariates",
    "replaced_text",
    "split_covariates",
]


class SplitCovariates(NamedTuple):
    """X, taken apart.

    Attributes
    ----------
    text : object
        The column of sequences, a Series with the index of X; X as :func:`plain_container` gives it where it holds no
        covariates.
    numbers : float64 ndarray of shape (n_samples, n_covariates) or None
        Covariates in the order of their names; NaN where one is missing. None where there are none.
    names : tuple of str
        Their names, sorted: the order of the columns of a frame means nothing.
    """

    text: Any
    numbers: np.ndarray | None
    names: tuple[str, ...]


def split_covariates(X, *, name: str = "X") -> SplitCovariates:
    """Take a frame of one text column and numeric columns apart; anything else has no covariates.

    Numbers of any type are covariates, and so are booleans (0 and 1). A frame of text alone is a bag of windows, one
    of numbers alone a matrix of features: both pass unchanged, as do all other forms of X.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, 1 + n_covariates), or anything
        Rows; a frame of any library.
    name : str, default="X"
        Name used in messages.

    Returns
    -------
    SplitCovariates

    Raises
    ------
    DataFormatError
        If there are numbers beside two text columns or more, numbers are written as text, a column holds something
        else than text or numbers, two covariates have one name, or a covariate is infinite. The message names the
        column and the row.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.utils import split_covariates
    >>> frame = pd.DataFrame({"guide": ["ACGT", "GGTT"], "percent_peptide": [4.5, 80.0]}, index=["a", "b"])
    >>> text, numbers, names = split_covariates(frame)
    >>> text.to_list(), numbers.tolist(), names
    (['ACGT', 'GGTT'], [[4.5], [80.0]], ('percent_peptide',))
    """
    X = plain_container(X, name=name)
    if not _is_wide_frame(X) or all(map(pd.api.types.is_numeric_dtype, X.dtypes)):
        return SplitCovariates(X, None, ())
    kinds = [_kind_of(X.iloc[:, place]) for place in range(X.shape[1])]
    texts = [place for place, kind in enumerate(kinds) if kind == "text"]
    written = [place for place, kind in enumerate(kinds) if kind == "written"]
    if not texts or not (written or "number" in kinds):
        return SplitCovariates(X, None, ())
    if written:
        column = X.columns[written[0]]
        example = first_present(X.iloc[:, written[0]])
        raise invalid_data(
            name,
            f"holds numbers written as text in column {column!r} (for example {example!r}); covariates are numbers: "
            f"convert them with pandas.to_numeric({name}[{column!r}]), or leave the column out",
        )
    if "other" in kinds:
        column = X.columns[kinds.index("other")]
        raise invalid_data(
            name,
            f"holds a column {column!r} that is neither text nor numbers ({X.dtypes.iloc[kinds.index('other')]}); "
            "leave it out, or make a number of it",
        )
    if len(texts) > 1:
        told = " and ".join(repr(X.columns[place]) for place in texts[:2])
        raise invalid_data(
            name,
            f"holds several text columns ({told}) beside numbers; covariates stand beside one column of sequences: "
            "leave the others out, or code them as numbers",
        )
    places = sorted((place for place, kind in enumerate(kinds) if kind == "number"), key=lambda i: str(X.columns[i]))
    names = tuple(str(X.columns[place]) for place in places)
    if not X.columns.is_unique:
        twice = X.columns[X.columns.duplicated()][0]
        raise invalid_data(name, f"holds two columns named {twice!r}; rename or leave out one of them")
    numbers = np.column_stack([_floats(X.iloc[:, place]) for place in places])
    _check_finite(numbers, names, X.index, name)
    return SplitCovariates(X.iloc[:, texts[0]], numbers, names)


def is_covariate_frame(X) -> bool:
    """Whether X has covariates beside its sequences, faulty ones included."""
    try:
        return split_covariates(X).numbers is not None
    except DataFormatError:
        return True


def check_same_covariates(names, fitted) -> None:
    """Raise unless the covariates of some rows are those of ``fit``."""
    absent = [name for name in fitted if name not in names]
    if absent:
        raise invalid_data("X", f"lacks covariate {absent[0]!r}, which the model was fitted with; add the column")
    added = [name for name in names if name not in fitted]
    if added:
        raise invalid_data(
            "X", f"holds covariate {added[0]!r}, which the model was not fitted with; leave the column out"
        )


def refuse_covariates(X, reader: str) -> None:
    """Raise if X has covariates: a transformer of text alone would lose them, and the model behind it never know.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, 1 + n_covariates), or anything
        Rows.
    reader : str
        Name of the transformer.

    Raises
    ------
    DataFormatError
        With both ways out: the column of sequences, and what reads numbers beside it.
    """
    text, numbers, names = split_covariates(X)
    if numbers is not None:
        raise DataFormatError(
            f"X holds covariates ({', '.join(map(repr, names))}), which {reader} would leave out; pass "
            f"X[{text.name!r}] for the sequences alone. To keep them, put SequenceAndCovariates({reader}(...)) before "
            f"a model of features (OneHotEncoder needs flatten=True there), or give X to a neural estimator without "
            f"{reader}: it reads covariates itself (CovariateNetwork)"
        )


def replaced_text(X, texts, rows=None):
    """Return other sequences in the form of X, with the covariates of the rows that they were made of.

    Parameters
    ----------
    X : Series or DataFrame of shape (n_samples,) or (n_samples, 1 + n_covariates)
        Rows; a frame with covariates keeps the order of its columns and the types of its numbers.
    texts : list of str of shape (n_rows,)
        The new sequences.
    rows : int ndarray of shape (n_rows,), default=None
        Row of X that each comes from; None: one for each row of X.

    Returns
    -------
    Series or DataFrame of shape (n_rows, ...)
        The index repeats that of the rows; text stays in the dtype that it has.

    Examples
    --------
    >>> import pandas as pd
    >>> from seqaug_sklearn.utils import replaced_text
    >>> frame = pd.DataFrame({"percent": [4.5, 80.0], "guide": ["ACGT", "GGTT"]}, index=["a", "b"])
    >>> replaced_text(frame, ["TTTT"], [1])
       percent guide
    b     80.0  TTTT
    """
    rows = np.arange(len(X)) if rows is None else rows
    column = X if X.ndim == 1 else split_covariates(X).text
    column = column if column.ndim == 1 else column.iloc[:, 0]
    # pandas 3 has a string dtype of its own
    dtype = column.dtype if pd.api.types.is_string_dtype(column.dtype) else object
    made = pd.Series(texts, index=X.index[rows], name=column.name, dtype=dtype)
    if X.ndim == 1 or X.shape[1] == 1:
        return made if X.ndim == 1 else made.to_frame()
    frame = X.iloc[rows].copy()
    frame.attrs = {}
    frame.isetitem(X.columns.get_loc(column.name), made.array)
    return frame


def _is_wide_frame(X):
    return hasattr(X, "iloc") and getattr(X, "ndim", 1) == 2 and X.shape[1] > 1


def _kind_of(column):
    """What a column holds: "text", "number", "written" (numbers as text) or "other"."""
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype) and dtype != "category":
        return "number"
    if pd.api.types.is_numeric_dtype(dtype):
        return "other" if pd.api.types.is_complex_dtype(dtype) else "number"
    first = first_present(column)
    if first is None or isinstance(first, (bool, np.bool_)):
        return "number"
    if isinstance(first, str):
        # "NAN" and "INF" are proteins
        has_digit = any(symbol.isdigit() for symbol in first)
        return "written" if has_digit and read_number(first) is not None else "text"
    if is_sequence(first):
        return "text"
    return "number" if read_number(first) is not None else "other"


def _floats(column):
    """Float64 (n_samples,); NaN where a value is missing."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return column.to_numpy(float)
    values = column.to_numpy(dtype=object)
    gaps = pd.isna(values)
    numbers = [np.nan if gap else read_number(value) for value, gap in zip(values.tolist(), gaps, strict=True)]
    if None in numbers:
        row = numbers.index(None)
        raise DataFormatError(
            f"covariate {column.name!r} holds {str(values[row])[:40]!r} in row {plain(column.index[row])!r}, which is "
            "no number; leave the row out, or mark the value as missing"
        )
    return np.array(numbers, float)


def _check_finite(numbers, names, index, name):
    if np.isinf(numbers).any():
        row, column = np.argwhere(np.isinf(numbers))[0].tolist()
        raise DataFormatError(
            Message(
                Parameter(name),
                f" holds infinity for covariate {names[column]!r} in row {plain(index[row])!r}; leave the row out, or "
                "mark the value as missing",
            )
        )
