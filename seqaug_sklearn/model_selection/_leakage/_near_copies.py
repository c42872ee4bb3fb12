"""How much of two related rows is alike, and what the audit calls them by that: near copy, homolog or overlap."""

import numpy as np

__all__ = ["is_near", "laid_over", "renamed"]

# a near copy has this identity over this share of the shorter row, a homolog less of it over this share
_NEAR_IDENTITY, _NEAR_EXTENT = 0.9, 0.8
_HOMOLOG_EXTENT = 0.5
# these follow from how long a run is, which an exchanged residue in the middle halves
_BY_RUN = ("overlap", "homolog")


def laid_over(first, second, starts_first, starts_second) -> tuple[np.ndarray, np.ndarray]:
    """Lay two rows over each other so that places of both meet, without gaps.

    Parameters
    ----------
    first, second : sequence of str of length n_pairs
        Rows, read in the same direction.
    starts_first, starts_second : int ndarray of shape (n_pairs,)
        Places that meet, 0-based.

    Returns
    -------
    identity : float ndarray of shape (n_pairs,)
        Share of equal residues where both rows are.
    size : int ndarray of shape (n_pairs,)
        Residues where both rows are.
    """
    identity, sizes = np.zeros(len(first)), np.zeros(len(first), np.int64)
    shifts = np.asarray(starts_first) - np.asarray(starts_second)
    for pair, (one, other, shift) in enumerate(zip(first, second, shifts.tolist(), strict=True)):
        left, right = one[max(shift, 0) :], other[max(-shift, 0) :]
        size = min(len(left), len(right))
        same = _letters(left[:size]) == _letters(right[:size])
        identity[pair], sizes[pair] = same.mean() if size else 0.0, size
    return identity, sizes


def _letters(text):
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def renamed(kinds, near, identity, extent) -> np.ndarray:
    """Kinds of rows that leak, by what was aligned instead of by the longest run.

    Parameters
    ----------
    kinds : ndarray of str of shape (n_rows,)
        Kinds by runs. Copies, shifted ones and the like keep theirs.
    near : bool ndarray of shape (n_rows,)
        Rows that are near copies without gaps, see :func:`is_near`.
    identity, extent : float ndarray of shape (n_rows,)
        Of the alignment: share of equal residues, and share of the shorter row; NaN where none was made.

    Returns
    -------
    kinds : ndarray of str of shape (n_rows,)
    """
    by_run = np.isin(kinds, _BY_RUN)
    return np.select(
        [
            by_run & (near | is_near(identity, extent)),
            by_run & (extent >= _HOMOLOG_EXTENT),
            by_run & (extent < _HOMOLOG_EXTENT),
        ],
        ["near copy", "homolog", "overlap"],
        kinds,
    )


def is_near(identity, extent) -> np.ndarray:
    """Whether rows of this identity over this share of the shorter one are near copies."""
    return (identity >= _NEAR_IDENTITY) & (extent >= _NEAR_EXTENT)
