"""What early stopping must say where nobody told it who is related: it may validate on what was trained."""

import numpy as np

from seqaug_sklearn.alphabets import PROTEIN, get_alphabet
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.neural._packing import equal_rows, hashed_rows
from seqaug_sklearn.similarity import Relatives, find_relatives
from seqaug_sklearn.utils import is_mapped, warn

__all__ = ["warn_of_members", "warn_of_relatives"]

_FEWEST_COLUMNS = 4
_LOOKED_AT = 10_000
"""Rows that tell what the columns hold."""


def warn_of_relatives(packed, split, alphabet):
    """Warn where validation rows share sequence with training rows.

    Parameters
    ----------
    packed : PackedWindows
        The windows; soft one-hot is not looked at.
    split : ValidationSplit
        What was held out without groups.
    alphabet : str or Alphabet
        Alphabet of the classifier; that of one-hot columns is told by their number.
    """
    alphabet = next((a for a in (get_alphabet(alphabet), PROTEIN) if len(a) == packed.n_symbols), None)
    if alphabet is None or packed.data.dtype != np.uint8:
        return
    # blocks of a sequence that is alone in its class were held out from their own neighbours
    held = np.setdiff1d(split.valid_rows, split.train_rows)
    found = find_relatives(packed.data, packed.sources, held, split.train_rows, alphabet=alphabet)
    _warn(found, "share sequence with training rows")


def warn_of_members(X, split):
    """Warn where validation pairs have a member in common with training pairs, as their features tell.

    Features of pairs hold those of a member as they are, in the first or the second quarter or half of the columns.

    Parameters
    ----------
    X : float32 ndarray of shape (n_rows, n_features)
        Features.
    split : ValidationSplit
        What was held out without groups.
    """
    valid, train = split.valid_rows, split.train_rows
    known = np.zeros(len(valid), bool)
    for columns in np.array_split(np.arange(X.shape[1]), 4):
        part = X[:, columns[0] : columns[-1] + 1] if len(columns) else X[:, :0]
        # counts and one-hot columns are equal by chance, vectors of a model are not
        some = part[:_LOOKED_AT]
        if len(columns) >= _FEWEST_COLUMNS and (some != np.round(some)).mean() > 0.5 and len(valid) and len(train):
            numbers = _row_numbers(part)
            known |= np.isin(numbers[valid], numbers[train])
    _warn(Relatives(valid, known), "have a member in common with training pairs")


def _row_numbers(rows):
    return equal_rows(hashed_rows(rows) if is_mapped(rows) else rows)


def _warn(found, what):
    if found.are_many:
        warn(
            f"fit was given no groups, and {found.related.sum()} of {len(found.rows)} validation rows {what}, so early "
            "stopping validates on what is trained: pass fit(..., groups=groups), as cross_val_score and searches do "
            "with sklearn.set_config(enable_metadata_routing=True) and params={'groups': groups}, or set "
            "validation_fraction=None",
            LeakageWarning,
        )
