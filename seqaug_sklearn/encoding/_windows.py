"""Sliding windows of text and codes."""

from numbers import Integral

import numpy as np

from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import TextBuffer, check_sequences, name_row

__all__ = ["sliding_windows"]


def sliding_windows(X, window, step=1):
    """Cut sequences into windows at regular starts.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,), or ndarray of codes of shape (..., length)
        Text, or numeric codes.
    window : int
        Window length in residues.
    step : int, default=1
        Distance of starts in residues. Windows that would reach beyond the end are left out.

    Returns
    -------
    ndarray of str of shape (n_samples, n_windows), or ndarray of shape (..., n_windows, window)
        For text of equal length and for codes a read-only view that needs no memory per window; for text of different
        lengths a copy, in which missing windows are empty strings.

    Raises
    ------
    ValueError
        If window or step is not a positive integer.
    SequenceError, SequenceTypeError
        If X is not text, or a sequence is shorter than the window.

    See Also
    --------
    WindowAugmenter : The windows of the window paper, without repeats.

    Examples
    --------
    >>> sliding_windows(["ACGTA", "TTGCA"], window=3).tolist()
    [['ACG', 'CGT', 'GTA'], ['TTG', 'TGC', 'GCA']]
    >>> sliding_windows(["ACGTACG", "TTGCA"], window=3, step=2).tolist()
    [['ACG', 'GTA', 'ACG'], ['TTG', 'GCA', '']]
    """
    for name, value in (("window", window), ("step", step)):
        if not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{name} must be a positive integer, got {value!r}")
    if isinstance(X, np.ndarray) and X.dtype.kind in "fiub":
        return _of_codes(X, window, step)
    sequences = check_sequences(X)
    buffer = TextBuffer.from_text(sequences.values)
    lengths = buffer.lengths
    if lengths.min() < window:
        row = int(np.argmax(lengths < window))
        raise SequenceError(
            f"{name_row(row, sequences.identifiers)} has {lengths[row]} residues, fewer than window={window}"
        )
    if (lengths == lengths[0]).all():
        return buffer.strided(window, step)
    counts = (lengths - window) // step + 1
    sources = np.repeat(np.arange(len(counts)), counts)
    # 0, 1, ... within each sequence
    starts = step * (np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts))
    return buffer.bag(sources, starts, window)


def _of_codes(X, window, step):
    if X.ndim == 0 or X.shape[-1] < window:
        raise SequenceError(f"X has shape {X.shape}, its last axis is shorter than window={window}")
    return np.lib.stride_tricks.sliding_window_view(X, window, axis=-1)[..., ::step, :]
