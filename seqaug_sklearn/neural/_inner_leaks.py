"""What a fit must say where no groups are given: scores and early stopping may see what was trained."""

import numpy as np

from seqaug_sklearn.alphabets import PROTEIN, get_alphabet
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.neural._packing import equal_rows, hashed_rows
from seqaug_sklearn.similarity import Relatives, find_relatives
from seqaug_sklearn.utils import is_mapped, warn

__all__ = ["warn_of_members", "warn_of_relatives", "warn_of_windows"]

_FEWEST_COLUMNS = 4
_LOOKED_AT = 10_000
"""Rows that tell what the columns hold."""
_ASKED = 500
"""Rows that are compared with all others."""
_FEWEST_BITS = 20
"""Information in half a row from which on rows that go on in each other do so by no chance: 10 nt, 5 residues."""
_SHARE_OF_WINDOWS = 0.25
"""Share of them that go on in another row where rows are windows; of copies with random edits hardly any do."""


def warn_of_relatives(packed, split, alphabet):
    """Warn where validation rows share sequence with training rows.

    Parameters
    ----------
    packed : PackedWindows
        The windows; soft one-hot is not looked at.
    split : ValidationSplit
        What was held out without groups.
    alphabet : str or Alphabet
        Alphabet of the classifier; that of one-hot columns is inferred from their number.
    """
    alphabet = next((a for a in (get_alphabet(alphabet), PROTEIN) if len(a) == packed.n_symbols), None)
    if alphabet is None or packed.data.dtype != np.uint8:
        return
    # blocks of a sequence that is alone in its class were held out from their own neighbours
    held = np.setdiff1d(split.valid_rows, split.train_rows)
    found = find_relatives(packed.data, packed.sources, held, split.train_rows, alphabet=alphabet)
    _warn(found, "share sequence with training rows")


def warn_of_windows(packed) -> None:
    """Warn where rows are overlapping windows of sequences, which a random split has parted.

    Copies with random edits are no such rows: behind an augmenter in a pipeline they are all training rows.

    Parameters
    ----------
    packed : PackedWindows
        The rows. Bags and soft one-hot are not looked at, nor rows of several lengths.
    """
    if packed.is_bag or packed.data.dtype != np.uint8 or not _go_on(packed.data, packed.n_symbols):
        return
    warn(
        "fit was given no groups, and rows of X are overlapping windows of the same sequences: where they were split "
        "at random, test windows are copies of training windows moved by some residues, and a score measures "
        "memorisation. Pass groups=window_set.groups to the split and to fit, or put WindowAugmenter into the pipeline",
        LeakageWarning,
    )


def _go_on(codes, n_symbols):
    """Whether many rows are another row moved by at most half their length."""
    length = codes.shape[1]
    k = min(length // 2, int(62 / np.log2(n_symbols + 1)))
    # shorter beginnings come again by chance
    if len(codes) < 2 or k * np.log2(max(n_symbols, 2)) < _FEWEST_BITS or (codes == n_symbols).any():
        return False
    asked = np.linspace(0, len(codes) - 1, min(len(codes), _ASKED)).round().astype(int)
    powers = (n_symbols + 1) ** np.arange(k)
    # beginnings of all rows, and what stands further right in the rows that are asked: (n_asked, length // 2)
    beginnings, order = np.unique(codes[:, :k] @ powers, return_index=True)
    later = np.lib.stride_tricks.sliding_window_view(codes[asked], k, axis=1)[:, 1 : length - length // 2 + 1] @ powers
    place = np.searchsorted(beginnings, later).clip(0, len(beginnings) - 1)
    found = np.zeros(len(asked), bool)
    for row, shift in np.argwhere(beginnings[place] == later):
        found[row] = found[row] or _is_moved(codes[asked[row]], codes[order[place[row, shift]]], shift + 1)
    return bool(found.mean() > _SHARE_OF_WINDOWS)


def _is_moved(row, other, shift):
    """Whether a row goes on in another; one that comes round at the end was translocated."""
    same = np.array_equal(row[shift:], other[: len(row) - shift])
    # copies of a row with a period go on in each other
    return same and not np.array_equal(row[:shift], other[len(row) - shift :]) and not np.array_equal(row, other)


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
