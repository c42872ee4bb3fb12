"""Cells of a table that are missing: empty ones, and words such as NA, which may also be a class or residues."""

import math
import re
from collections import Counter

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning
from seqaug_sklearn.utils._words import Message, Parameter, Ways, listed, warn

__all__ = ["check_missing_values", "is_missing_word", "mark_missing", "warn_of_left_out", "warn_of_twins"]

_WORDS = frozenset(
    ("na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "null", "none", "nil", "missing", "?", "-", "--", ".")
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_MOST = 5


def is_missing_word(text: str) -> bool:
    """Whether a cell is empty, or a word that usually means that a value is missing."""
    return not text or text.casefold() in _WORDS


def check_missing_values(missing_values) -> frozenset[str] | None:
    """Return the words as a set; None stays None.

    Raises
    ------
    ValueError
        If it is neither None, a word nor a list of words.
    """
    if missing_values is None:
        return None
    words = [missing_values] if isinstance(missing_values, str) else missing_values
    if not isinstance(words, (list, tuple, set, frozenset)) or not all(isinstance(word, str) for word in words):
        rule = " must be None or a list of the words that mean missing, such as ['NA', '?'], got "
        raise InvalidParameterError(Message(Parameter("missing_values"), rule, repr(missing_values)))
    return frozenset(word.strip() for word in words) - {""}


def mark_missing(values: pd.Series, missing_values, *, what: str, where: str, may_be_empty: bool = False) -> np.ndarray:
    """Mark the cells that are missing, and ask where a word may mean that or not.

    Parameters
    ----------
    values : Series of str of shape (n_cells,)
        Cells, indexed by the names that messages give.
    missing_values : None, str or list of str
        Words that mean missing, as they are written; every other word is a value then. None: not given, so a word
        that usually means missing is an error.
    what, where : str
        What the cells are ("label"), and the name of the file, for messages.
    may_be_empty : bool, default=False
        Whether empty cells are no error without `missing_values`.

    Returns
    -------
    missing : bool ndarray of shape (n_cells,)
        Empty cells, and those that hold one of the words.

    Raises
    ------
    DataFormatError
        If `missing_values` is None and a cell is missing, or may be.
    ValueError
        If `missing_values` is no list of words.

    Warns
    -----
    SeqAugWarning
        If words that usually mean missing are left beside those of `missing_values`, or are read as sequences.
    """
    chosen = check_missing_values(missing_values)
    cells = values.to_numpy(dtype=object)
    empty = np.array([not cell for cell in cells], dtype=bool)
    suspicious = np.array([is_missing_word(cell) for cell in cells], dtype=bool) & ~empty
    if chosen is None:
        if suspicious.any() or (empty.any() and not may_be_empty):
            raise DataFormatError(_question(values[suspicious], values[empty & (not may_be_empty)], what, where))
        return empty
    missing = empty | np.array([cell in chosen for cell in cells], dtype=bool)
    left = list(dict.fromkeys(cells[suspicious & ~missing]))
    # missing_values=[] says that such words are values; of sequences it is told anyway, as NA would be read as
    # residues
    if left and (chosen or what == "sequence"):
        too = Parameter("missing_values", sorted({*chosen, *left}))
        warn(Message(f"{where}: {_quoted(left)} counts as a {what}; ", too, " says that it is missing"), SeqAugWarning)
    return missing


def warn_of_left_out(values: pd.Series, missing, *, what: str, where: str) -> None:
    """Say how many rows are left out because a cell is missing, and which.

    Raises
    ------
    DataFormatError
        If no row is left.
    """
    if not missing.any():
        return
    counts = Counter(values[missing])
    told = ", ".join(f"{'empty' if not word else repr(word)} {count:,}" for word, count in counts.items())
    told = f"{where}: {missing.sum():,} of {len(values):,} rows have no {what} ({told})"
    if missing.all():
        means = "; ", Parameter("missing_values"), " says which words mean missing"
        raise DataFormatError(Message(f"{told}, so none is left", *means))
    warn(f"{told} and are left out: {listed(values.index[missing])}", SeqAugWarning)


def warn_of_twins(values, *, what: str, where: str) -> None:
    """Warn of values that differ in writing only, as 1 and 1.0, or Yes and yes: each counts as a value of its own."""
    writings: dict = {}
    for value in dict.fromkeys(values):
        writings.setdefault(_meaning(value), []).append(value)
    twins = [found for found in writings.values() if len(found) > 1]
    if twins:
        told = "; ".join(" and ".join(map(repr, found[:_MOST])) for found in twins[:_MOST])
        warn(
            f"{where}: {told} differ in writing only, and each counts as a {what} of its own; write them alike if they "
            "are one",
            SeqAugWarning,
        )


def _meaning(text):
    if _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return " ".join(text.casefold().split())


def _question(words, empty, what, where):
    if not len(words):
        none = Message("leave out what has none with ", Parameter("missing_values", []))
        return Message(f"{where}: the {what} of {listed(empty.index)} is empty; ", Ways("fill it in", none))
    found = list(dict.fromkeys(words))
    more = f" (and that of {listed(empty.index)} is empty)" if len(empty) else ""
    return Message(
        f"{where}: the {what} of {listed(words.index)} is {_quoted(found)}{more}, which may mean missing or be a "
        f"{what}; ",
        *(Parameter("missing_values", found), " says that it is missing, "),
        *(Parameter("missing_values", []), f" that it is a {what}"),
    )


def _quoted(words):
    return " or ".join(map(repr, words))
