"""Rows for checks that need many fits: whole groups of relatives, so that a leak of the data is one of the sample."""

import numpy as np
import pandas as pd

from seqaug_sklearn.model_selection import leakage_groups
from seqaug_sklearn.utils import order_of_content

__all__ = ["sample_of_relatives"]

_MAX_ROWS = 300
_FEWEST = 2
"""Rows of a class, of a class that has so many."""


def sample_of_relatives(
    text: pd.Series, y, groups, alphabet: str, random_state: int, *, of: str = "each class with its share"
) -> tuple[np.ndarray, str]:
    """Draw whole groups of relatives until there are some 300 rows, each class with its share.

    Parting relatives would take leaks out of the sample that the data has.

    Parameters
    ----------
    text : Series of str of shape (n_samples,)
        Sequences.
    y : ndarray of shape (n_samples,)
        Classes, or bins of numbers.
    groups : array-like of shape (n_samples,) or None
        What else is not parted.
    alphabet : str
        Alphabet of the sequences.
    random_state : int
        Seed. The order of the rows decides nothing.
    of : str, default="each class with its share"
        What is kept, in words.

    Returns
    -------
    rows : int ndarray
        In their order; all rows where there are few.
    told : str
        What was sampled, in words; empty where all rows are taken.
    """
    if len(y) <= _MAX_ROWS:
        return np.arange(len(y)), ""
    # alignments find relatives that the quick model of the checks cannot use
    units = leakage_groups(text, alphabet=alphabet, groups=groups, homologs=False)
    codes = np.unique(y, return_inverse=True)[1]
    counts = np.bincount(codes)
    quota = np.maximum(np.ceil(_MAX_ROWS * counts / len(y)).astype(int), np.minimum(counts, _FEWEST))
    order = order_of_content([f"{random_state}:{value}" for value in text], codes)
    taken, parted = _take(units[order], codes[order], quota)
    rows = np.sort(order[taken])
    whole = len(np.unique(units[rows]))
    told = (
        f"Checked on {len(rows)} of the {len(y):,} sequences: {whole:,} of {units.max() + 1:,} groups of relatives, "
        f"drawn as wholes, {of}; all sequences were audited for leaks."
    )
    if parted:
        told += " Of groups too large for that a part was taken, so the sample can show less leaks than there are."
    return rows, told


def _take(units, codes, quota):
    """Mask of the rows that are taken, group after group, and whether a group had to be parted."""
    left, taken = quota.copy(), np.zeros(len(units), bool)
    members = pd.Series(np.arange(len(units))).groupby(units, sort=False).indices
    too_large = []
    for rows in members.values():
        counts = np.bincount(codes[rows], minlength=len(quota))
        if (counts <= left).all():
            taken[rows], left = True, left - counts
        else:
            too_large.append(rows)
    parted = False
    for rows in too_large:
        # what is missing by more than the last group's luck comes from groups that are larger than a class's share
        rows = np.concatenate([rows[codes[rows] == code][: left[code]] for code in np.unique(codes[rows])])
        if len(rows) and (left[codes[rows]] > quota[codes[rows]] // 2).any():
            taken[rows], left, parted = True, left - np.bincount(codes[rows], minlength=len(quota)), True
    return taken, parted
