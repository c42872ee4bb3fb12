"""What a comparison without groups must say: rows of one sequence, or of one family, are on both sides."""

import numpy as np

from seqaug_sklearn.alphabets import DNA, PROTEIN, RNA, Alphabet
from seqaug_sklearn.exceptions import LeakageWarning, SequenceError
from seqaug_sklearn.similarity import Relatives, find_relatives
from seqaug_sklearn.utils import (
    check_text,
    is_text,
    made_of_all,
    made_parents,
    one_hot_to_codes,
    pairs_as_array,
    text_to_codes,
    warn,
    warn_of_shared_identifiers,
)

__all__ = ["Finding", "alphabet_of", "warn_of_lineage"]

_FOLDS = 3
"""Folds that are looked at for what rows share."""


class Finding(str):
    """What was found and what to do about it, as one text.

    Attributes
    ----------
    found : str
        The first of both.
    """

    found: str

    def __new__(cls, found="", way_out=""):
        text = super().__new__(cls, f"{found}; {way_out}" if way_out else found)
        text.found = found
        return text


def warn_of_lineage(X, identifiers, splits) -> Finding:
    """Warn where test rows carry a training row's identifier, or share sequence with training rows; return the words.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...)
        Rows; sequences are looked for in text and one-hot.
    identifiers : Index or None
        Names of the rows; row numbers are not looked at.
    splits : list of (train, test)
        Rows of each fold.
    """
    told = _warn_of_new_rows(X) or warn_of_shared_identifiers(identifiers, splits, made_parents(X))
    found = None if told else _codes_of(X)
    if found is None:
        return Finding(told)
    codes, sources, alphabet = found
    return _warn_of_relatives(codes, sources, alphabet, splits)


def _warn_of_new_rows(X):
    maker = made_of_all(X)
    told = (
        f"X holds new rows that {maker} made of all the others, so no split of them is valid: resample the training "
        "rows alone, in a pipeline of imblearn.pipeline"
    )
    if maker:
        warn(told, LeakageWarning)
    return told if maker else ""


def _warn_of_relatives(codes, sources, alphabet, splits):
    folds = [find_relatives(codes, sources, test, train, alphabet=alphabet) for train, test in splits[:_FOLDS]]
    found = Relatives(*map(np.concatenate, zip(*folds, strict=True)))
    if not found.are_many:
        return Finding()
    told = Finding(
        f"no groups were given, and {found.related.sum()} of {len(found.rows)} test rows that were looked at share "
        "sequence with training rows: copies, windows or relatives, which a model may have memorised",
        "keep them together with groups= (similarity_groups finds families, explode gives the parents of windows)",
    )
    warn(told, LeakageWarning)
    return told


def _codes_of(X):
    """Codes of the windows, the row of each and the alphabet; None where X holds no sequences."""
    if is_text(X):
        return _codes_of_text(check_text(pairs_as_array(X))[0])
    if not isinstance(X, np.ndarray) or X.ndim not in (3, 4) or X.dtype.kind not in "buif":
        return None
    alphabet = next((a for a in (DNA, PROTEIN) if len(a) == X.shape[-1]), None)
    codes = None if alphabet is None else one_hot_to_codes(X)
    if codes is None:
        return None
    sources = np.repeat(np.arange(len(X)), 1 if X.ndim == 3 else X.shape[1])
    return codes.reshape(len(sources), -1), sources, alphabet


def alphabet_of(values: np.ndarray) -> Alphabet | None:
    """Return the first of DNA, RNA and protein that has all symbols of some text; None where none has."""
    found = _read_text(values)
    return None if found is None else found[1]


def _codes_of_text(values):
    values = np.asarray(values)
    present, found = values != "", _read_text(values)
    return None if found is None else (found[0][present], np.nonzero(present)[0], found[1])


def _read_text(values):
    """Codes and alphabet of text."""
    for alphabet in (DNA, RNA, PROTEIN):
        try:
            return text_to_codes(values, alphabet), alphabet
        except SequenceError:
            continue
    return None
