"""Cells of a target as numbers: which are none, and which only look like one."""

import re

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils._targets._class_labels import is_measurement, read_number
from seqaug_sklearn.utils._words import Parameter, invalid_data, plain

__all__ = ["check_written_numbers", "floats_of", "holds_numbers", "known_rows", "place_of", "plain_target"]

# from so many different values on, text with fractions, and whole numbers that are no codes, are measurements
_MANY_VALUES = 21
# and so many where each is written with a decimal point, as of floats that happen to be whole, or has one row
_SEVERAL_VALUES = 10
# rows of each value, on average, up to which nearly every row has a value of its own
_NEARLY_ONE = 1.25

_ANSWERS = {"yes": 1.0, "true": 1.0, "y": 1.0, "t": 1.0, "no": 0.0, "false": 0.0, "n": 0.0, "f": 0.0}
"""Words for a label that is there or not."""

_DIGITS = r"\d+(?:[.,]\d*)?"
_GROUPED = r"\d{1,3}(?:[,.'\u2019 \u00a0]\d{3})+(?:[.,]\d+)?"
_LIKE_NUMBER = re.compile(
    rf"(?P<bound>[<>~\u2264\u2265\u2248]=?)?\s*[+\u2212-]?(?P<digits>{_GROUPED}|{_DIGITS})(?:[eE][+-]?\d+)?"
    r"\s*(?P<unit>(?:\u00b1|\+/-).*|[%\u2030]|[^\W\d_][\w/^\u00b5.-]{0,11})?"
)
_THREE_DIGITS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")


def plain_target(y) -> np.ndarray:
    """Return a target as NumPy reads it; lists, and columns of frames of any type, as objects.

    Raises
    ------
    DataFormatError
        If y is None, or no container.
    """
    if hasattr(y, "to_numpy"):
        return np.asarray(y.to_numpy())
    if hasattr(y, "dtype") or hasattr(y, "__array__"):
        return np.asarray(y)
    if y is None:
        raise DataFormatError(
            "y is missing: one target per row is needed (a model requires y to be passed, but the target y is None)"
        )
    try:
        rows = [list(row) if isinstance(row, (tuple, np.ndarray)) else row for row in y]
        return np.array(rows, dtype=object)
    except (TypeError, ValueError):
        raise DataFormatError(f"y should hold targets, got {type(y).__name__}") from None


def place_of(y, row: int) -> str:
    """Return what a message calls a row: by its name where y has names, else by its number.

    Examples
    --------
    >>> import pandas as pd
    >>> place_of([0.5, 1.5], 1), place_of(pd.Series([0.5, 1.5], index=["g1", "g2"]), 1)
    ('in row 1', "in row 'g2'")
    """
    index = getattr(y, "index", None) if hasattr(y, "iloc") else None
    if index is None or index.dtype.kind in "iu":
        return f"in row {row}"
    return f"in row {plain(index[row])!r}"


def known_rows(values) -> np.ndarray:
    """Return the rows of which something is known: of several numbers or labels, one at least.

    Parameters
    ----------
    values : array-like of shape (n_rows,) or (n_rows, n_targets)
        Numbers, or labels of 0 and 1; NaN where not known.

    Returns
    -------
    bool ndarray of shape (n_rows,)

    Examples
    --------
    >>> nan = float("nan")
    >>> known_rows([[0.5, nan], [nan, nan]]).tolist()
    [True, False]
    """
    columns = np.asarray(values, float)
    return ~np.isnan(columns.reshape(len(columns), -1)).all(axis=1)


def holds_numbers(y) -> bool:
    """Whether one column holds measurements, gaps left out: what ``read_target`` takes for numbers by itself.

    The rule for whole numbers is in :func:`~seqaug_sklearn.utils.read_target`.

    Examples
    --------
    >>> holds_numbers(["0.5", "1.25", "2.75", None]), holds_numbers(["1", "2", "1"])
    (True, False)
    """
    known = _known_of_one_column(y)
    if known is None or known.dtype.kind not in "iufUTO":
        return False
    if is_measurement(known):
        return True
    numbers = [read_number(value) for value in known.tolist()]
    if any(number is None for number in numbers):
        return False
    distinct, counts = np.unique(np.array(numbers, float), return_counts=True)
    # names of classes have more than one row each
    if len(distinct) >= _SEVERAL_VALUES and len(known) <= _NEARLY_ONE * len(distinct):
        return True
    # a decimal point is written for a measurement; codes of classes that became floats have many rows each
    has_point = known.dtype.kind == "f" or any("." in str(value) or "," in str(value) for value in known.tolist())
    if has_point and len(distinct) >= _SEVERAL_VALUES and len(known) < 10 * len(distinct):
        return True
    # -1 is a name ("not this one"), and so may be -2 among a few
    if len(distinct) >= _SEVERAL_VALUES and distinct[0] < -1:
        return True
    if len(distinct) < _MANY_VALUES:
        return False
    if (distinct[np.isfinite(distinct)] % 1).any():
        return True
    return not _are_codes(distinct, counts) and bool(
        len(known) < 10 * len(distinct) or 2 * np.count_nonzero(counts <= 2) > len(distinct)
    )


def _are_codes(distinct, counts):
    """Whether whole numbers are numbered classes: from 0 or 1 on nearly without gaps, nearly all of several rows."""
    # a quarter: a fifth of the classes may be held out
    is_numbered = distinct[0] in (0, 1) and distinct[-1] - distinct[0] + 1 <= 1.25 * len(distinct)
    return bool(is_numbered and np.count_nonzero(counts >= 2) >= 0.9 * len(distinct))


def _known_of_one_column(y):
    """What is there of a column, (n_known,); None where y is none, or nothing is there."""
    if y is None:
        return None
    given = plain_target(y)
    if given.ndim > 1 and given.shape[1] == 1:
        given = given[:, 0]
    if given.ndim != 1 or not len(given):
        return None
    known = given[~pd.isna(given)]
    if not len(known):
        return None
    # as NumPy reads a list
    return np.asarray(known.tolist()) if known.dtype == object else known


def check_written_numbers(y, *, name: str = "y", may_be_names: bool = True) -> None:
    """Raise where most of a column of text looks like numbers, but is written in a way that may be misread.

    Thousands separators ("1,234.5"), units ("4.8 RPKM", "12%"), bounds ("<0.01"), and whole numbers below a thousand
    beside such as "1,234", whose comma is then no decimal point. Words with digits that repeat, such as "12h", are
    names of classes, and pass.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Cells.
    name : str, default="y"
        Name used in messages.
    may_be_names : bool, default=True
        Whether reading them as names of classes is a way out.

    Raises
    ------
    DataFormatError
        If they do; the message names the row, the value and the way out.

    Examples
    --------
    >>> check_written_numbers(["12h", "24h"] * 5)
    >>> check_written_numbers(["1,234.5", "987.25", "2,001.75"])
    Traceback (most recent call last):
    ...
    seqaug_sklearn.exceptions.DataFormatError: y holds '1,234.5' in row 0, a number with a thousands separator (2 of ...
    """
    given = _known_of_one_column(y)
    if given is None or given.dtype.kind not in "UT":
        return
    distinct, counts = np.unique(given.astype(str), return_counts=True)
    odd = _odd_numbers(distinct.tolist())
    if not odd or not (2 * np.count_nonzero(counts == 1) > len(counts) > 2 or len(counts) >= _MANY_VALUES):
        return
    cells = plain_target(y).ravel()
    rows = [row for row, cell in enumerate(cells) if str(cell) in odd]
    cell = str(cells[rows[0]])
    choice = ["; ", Parameter("task", "classes"), " reads them as names of classes"] if may_be_names else []
    raise invalid_data(
        name,
        f"holds {cell[:40]!r} {place_of(y, rows[0])}, {_what_is_odd(cell)} ({len(rows):,} of {len(cells):,} rows hold "
        "such): most look like measurements, which would be misread; write plain numbers, such as 1234.5",
        *choice,
    )


def _odd_numbers(texts):
    """The texts that look like numbers and cannot be read as such; none where most of the others are names."""
    plain_ones = {text for text in texts if read_number(text) is not None}
    matches = {text: _LIKE_NUMBER.fullmatch(text.strip()) for text in texts if text not in plain_ones}
    odd = {text: match for text, match in matches.items() if match is not None}
    units = {match["unit"] or "" for match in odd.values()}
    # a letter behind each number is a part of a name: 1a, 1b, 2a
    if 2 * (len(odd) + len(plain_ones)) <= len(texts) or len(units) > max(1, min(3, len(odd) // 3)):
        return set()
    grouped = {text for text in plain_ones if _THREE_DIGITS.fullmatch(text.strip())}
    others = [text for text in plain_ones if text not in grouped]
    if grouped and others and all(text.strip().lstrip("+-").isdigit() and len(text.strip()) <= 4 for text in others):
        return {*odd, *grouped}
    return {*odd}


def _what_is_odd(text):
    match = _LIKE_NUMBER.fullmatch(text.strip())
    if match is None:
        return "which is no number"
    if match["bound"]:
        return "a bound and no number"
    if match["unit"]:
        return f"a number with {match['unit'][:20]!r} behind it"
    return "a number with a thousands separator"


def floats_of(y, names: tuple[str, ...], name: str, *, answers: bool = False) -> tuple[np.ndarray, dict[str, float]]:
    """Return targets as numbers.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
        Target.
    names : tuple of str
        Names of the targets.
    name : str
        Name of the whole, used in messages.
    answers : bool, default=False
        Whether words such as yes and no, true and false, stand for 1 and 0.

    Returns
    -------
    values : float64 ndarray of shape (n_rows, n_targets)
        NaN where a value is missing.
    words : dict of str to float
        Words that were read as 1 or 0, as they are written.

    Raises
    ------
    DataFormatError
        If something else is there than finite numbers; the message names the row.
    """
    given = plain_target(y)
    given = given.reshape(len(given), -1)
    words: dict[str, float] = {}
    if given.dtype.kind in "biuf":
        values = given.astype(float)
    else:
        values = np.array([_float_of(cell, answers, words) for cell in given.ravel()], float).reshape(given.shape)
        strange = np.argwhere(np.isnan(values) & ~pd.isna(given))
        if len(strange):
            row, column = strange[0].tolist()
            cell, of = str(given[row, column]), f" for {names[column]!r}" if len(names) > 1 else ""
            why = _what_is_odd(cell)
            way = "leave such rows out, or mark them as missing"
            if why != "which is no number":
                way = "write plain numbers, such as 1234.5"
            raise invalid_data(
                name,
                f"holds {cell[:40]!r}{of} {place_of(y, row)}, {why} ({len(strange):,} of {given.size:,} entries); "
                f"{way}",
            )
    if np.isinf(values).any():
        row, column = np.argwhere(np.isinf(values))[0].tolist()
        of = f" for {names[column]!r}" if len(names) > 1 else ""
        raise invalid_data(
            name, f"holds infinity{of} {place_of(y, row)}; leave the row out, or mark the value as missing"
        )
    return values, words


def _float_of(cell, answers, words):
    """The number of a cell; NaN where there is none. Words for 1 and 0 are kept."""
    number = None if pd.isna(cell) else read_number(cell)
    if number is None and answers and isinstance(cell, str) and cell.strip().lower() in _ANSWERS:
        words[cell.strip()] = _ANSWERS[cell.strip().lower()]
        return words[cell.strip()]
    return np.nan if number is None else number
