"""Contiguous blocks of windows, and the purge of what overlaps them.

Windows of one sequence are held out as a block, because single windows are near-copies of their neighbours. A training
window is purged where it shares a residue with a held-out window of the same parent.
"""

import numpy as np

__all__ = ["block_of_starts", "infer_starts", "overlaps_any"]


def block_of_starts(starts, n_blocks):
    """Number the contiguous blocks of one parent's windows.

    Parameters
    ----------
    starts : int ndarray of shape (n_windows,)
        Window starts of one parent, in residues, any order, repeats allowed.
    n_blocks : int
        Number of blocks; where there are fewer distinct starts, the last blocks stay empty.

    Returns
    -------
    blocks : int ndarray of shape (n_windows,)
        Block of each window; equal starts fall into the same block.

    Examples
    --------
    >>> block_of_starts(np.arange(7), 3).tolist()
    [0, 0, 0, 1, 1, 2, 2]
    """
    distinct, rank = np.unique(starts, return_inverse=True)
    # equal parts, one more in the first ones
    sizes = np.full(n_blocks, len(distinct) // n_blocks)
    sizes[: len(distinct) % n_blocks] += 1
    return np.repeat(np.arange(n_blocks), sizes)[rank]


def overlaps_any(starts, held_out_starts, window):
    """Whether each window shares a residue with any held-out window of the same parent.

    Parameters
    ----------
    starts, held_out_starts : int ndarray of shape (n,), (m,)
        Window starts in residues.
    window : int
        Window length in residues.

    Returns
    -------
    overlaps : bool ndarray of shape (n,)

    Examples
    --------
    >>> overlaps_any(np.array([0, 2, 3, 9]), np.array([5]), window=3).tolist()
    [False, False, True, False]
    """
    # only the nearest held-out start on either side can overlap: windows have one length
    held = np.unique(held_out_starts)
    if len(held) == 0:
        return np.zeros(len(starts), bool)
    after = np.searchsorted(held, starts)
    # distances of starts; a window length stands for none on that side
    gap_after = np.where(after < len(held), held[np.minimum(after, len(held) - 1)] - starts, window)
    gap_before = np.where(after > 0, starts - held[np.maximum(after - 1, 0)], window)
    return np.minimum(gap_after, gap_before) < window


def infer_starts(codes):
    """Infer the starts of consecutive windows of one sequence from their content.

    Each window is shifted against the one before it until they agree. Repeats can make the inferred distance too
    small, never too large, so a purge based on it errs on the safe side.

    Parameters
    ----------
    codes : uint8 ndarray of shape (n_windows, window)
        Windows in the order of their starts.

    Returns
    -------
    starts : int ndarray of shape (n_windows,)
        The first is 0. Windows without agreement lie one window length apart.

    Examples
    --------
    >>> windows = np.array([[0, 1, 2, 3], [1, 2, 3, 3], [3, 3, 0, 1]], np.uint8)
    >>> infer_starts(windows).tolist()
    [0, 1, 3]
    """
    n_windows, window = codes.shape
    steps = np.full(max(n_windows - 1, 0), window)
    for shift in range(window - 1, 0, -1):
        # the end of a window is the beginning of the next one; smaller shifts overwrite larger ones
        agree = (codes[:-1, shift:] == codes[1:, :-shift]).all(axis=1)
        steps[agree] = shift
    steps[(codes[:-1] == codes[1:]).all(axis=1)] = 0
    return np.concatenate([[0], np.cumsum(steps)]).astype(np.intp)[:n_windows]
