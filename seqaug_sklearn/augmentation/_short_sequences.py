"""Sequences that are shorter than a window: refused, left out, or padded."""

from typing import Any, NamedTuple

import numpy as np

from seqaug_sklearn.exceptions import SeqAugWarning, SequenceError
from seqaug_sklearn.utils import Message, Parameter, Sequences, Ways, counted, name_row, warn

__all__ = ["CutSequences", "read_whole", "tell_short"]

# NumPy ends text at the padding it writes itself, so that a padded window reads like the sequence that it holds
_PADDING = "\0"


class CutSequences(NamedTuple):
    """Text that is long enough to be cut.

    Attributes
    ----------
    values : list of str or ndarray of str of shape (n_kept,)
        Text, padded where it was short.
    rows : int ndarray of shape (n_kept,)
        Row of X that each is.
    short : int ndarray of shape (n_short,)
        Rows of X that are shorter than a window.
    """

    values: Any
    rows: np.ndarray
    short: np.ndarray


def read_whole(sequences: Sequences, window: int, on_short: str) -> CutSequences:
    """Do what ``on_short`` says with sequences that are shorter than a window.

    Parameters
    ----------
    sequences : Sequences
        Text.
    window : int
        Residues of a window.
    on_short : {"error", "skip", "pad"}
        What to do.

    Returns
    -------
    CutSequences

    Raises
    ------
    SequenceError
        If a sequence is short and may not be, or all are and none would be left.
    """
    lengths, rows = sequences.lengths(), np.arange(len(sequences))
    short = np.flatnonzero(lengths < window)
    if not len(short):
        return CutSequences(sequences.values, rows, short)
    first = int(short[0])
    found = f"{name_row(first, sequences.identifiers)} has {lengths[first]} residues, fewer than "
    counts = f"({len(short)} of {len(lengths)} sequences are too short)"
    if on_short == "error":
        ways = Ways(Message("lower ", Parameter("window")), Message("pass ", Parameter("on_short", "pad")), "remove it")
        raise SequenceError(Message(found, Parameter("window", window), "; ", ways, f" {counts}"))
    if on_short == "pad":
        is_array = isinstance(sequences.values, np.ndarray)
        texts = sequences.values.tolist() if is_array else list(sequences.values)
        for row in short.tolist():
            texts[row] = texts[row].ljust(window, _PADDING)
        return CutSequences(texts, rows, short)
    if len(short) == len(lengths):
        raise SequenceError(Message(found, Parameter("window", window), f", and so have all others {counts}"))
    kept = np.delete(rows, short)
    return CutSequences([sequences.values[row] for row in kept.tolist()], kept, short)


def tell_short(sequences: Sequences, short: np.ndarray, window: int, fate: str) -> None:
    """Warn of sequences that are shorter than a window; ``fate`` says what becomes of them."""
    if len(short):
        first = int(short[0])
        told = f"{len(short)} of {counted(len(sequences), 'sequence')} shorter than "
        example = f" (the first is {name_row(first, sequences.identifiers)}): {fate}"
        warn(Message(told, Parameter("window", window), example), SeqAugWarning)
