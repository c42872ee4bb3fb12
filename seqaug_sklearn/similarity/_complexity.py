"""Stretches of low complexity, such as poly-A and microsatellites: the symmetric DUST algorithm on all residues."""

import numpy as np

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.similarity._keys import FlatSequences

__all__ = ["low_complexity"]

_WINDOW = 64
_THRESHOLD = 2.0
# starts at a time: the running arrays stay in the processor's cache
_BLOCK = 2**15


def low_complexity(flat: FlatSequences, alphabet: Alphabet) -> np.ndarray:
    """Mark the residues that lie in a stretch of low complexity.

    With l the number of triplets in a stretch of at most 64 residues and c how often each triplet is among them, the
    stretch scores ``sum(c (c - 1) / 2) / (l - 1)``. It is marked if the score is above 2 and no part of it scores more.
    Both strands are marked alike; an unknown symbol ends a stretch.

    Parameters
    ----------
    flat : FlatSequences
        The sequences.
    alphabet : Alphabet
        Alphabet of the codes.

    Returns
    -------
    low : bool ndarray of shape (n_residues,)
        As ``flat.codes``.

    References
    ----------
    A. Morgulis et al., A fast and symmetric DUST implementation to mask low-complexity DNA sequences, Journal of
    Computational Biology 13 (2006), :doi:`10.1089/cmb.2006.13.1028`: perfect intervals, with its window and threshold.
    """
    codes, low = flat.codes, np.zeros(len(flat.codes), bool)
    base = alphabet.n_symbols + 1  # and the unknown symbol
    triplets = ((codes[:-2] * base + codes[1:-1]) * base + codes[2:]).astype(np.int32)
    room = flat.runs[: len(triplets)] - 2
    for start in range(0, len(triplets), _BLOCK):
        # stretches of this block's starts end in the next one
        part = slice(start, start + _BLOCK + _WINDOW)
        own = np.where(np.arange(len(triplets[part])) < _BLOCK, room[part], 0)
        low[start : start + len(own) + 2] |= _in_perfect_intervals(triplets[part], own)
    return low


def _in_perfect_intervals(triplets, room):
    """Residues inside a perfect interval; `room` is the number of triplets that may be taken from each start."""
    n = len(triplets)
    edges = np.zeros(n + 3, np.int32)
    # of all stretches of l triplets, by their start: equal pairs (also those of l - 1 and l - 2), best score of a part
    before, pairs, best = np.zeros(n, np.int16), np.zeros(n, np.int16), np.zeros(n, np.float32)
    for length in range(2, min(_WINDOW - 2, int(room.max(initial=0))) + 1):
        both = pairs[:-1] + pairs[1:] - before[1 : len(pairs)]
        both += triplets[: len(both)] == triplets[length - 1 :]
        scores = both / np.float32(length - 1)
        best = np.maximum(best[:-1], best[1:])
        perfect = np.flatnonzero((scores > _THRESHOLD) & (scores >= best))
        perfect = perfect[room[perfect] >= length]
        edges[perfect] += 1
        edges[perfect + length + 2] -= 1
        before, pairs, best = pairs, both, np.maximum(scores, best)
    return np.cumsum(edges[:-1]) > 0
