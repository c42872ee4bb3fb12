"""The longest run of consecutive symbols that two sequences have in common, and where it lies."""

from typing import NamedTuple

import numpy as np

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import check_sequences, text_to_codes

__all__ = ["SharedRuns", "longest_shared_substring"]

# entries of the running table: pairs at a time times the longer side
_TABLE_ENTRIES = 2**20


class SharedRuns(NamedTuple):
    """Longest shared runs of pairs of sequences, all int64 ndarrays of shape (n_pairs,).

    Attributes
    ----------
    length : ndarray
        Length in residues; 0 where nothing is shared.
    start_a, start_b : ndarray
        Start in each sequence, 0-based on the strand as given; -1 where nothing is shared.
    strand : ndarray
        1 where both sequences read the same way, -1 where b holds the reverse complement, 0 where nothing is shared.
    """

    length: np.ndarray
    start_a: np.ndarray
    start_b: np.ndarray
    strand: np.ndarray


def longest_shared_substring(a, b, alphabet="dna", *, both_strands: bool | None = None) -> SharedRuns:
    """Find the longest common substring of a[i] and b[i] for every i.

    Time grows with the product of both lengths; a few thousand pairs of 300 residues take about a second.

    Parameters
    ----------
    a, b : array-like of str of shape (n_pairs,)
        Sequences; row i of `a` is compared with row i of `b`.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet. Unknown symbols (ambiguity codes, gaps) match nothing.
    both_strands : bool, default=None
        Whether to look on the other strand of `b` too; None: where the alphabet has a complement.

    Returns
    -------
    runs : SharedRuns
        On ties the forward strand, then the first place in `a`, then the first in `b`, both counted along the strand.

    Raises
    ------
    SequenceError
        If `a` and `b` differ in length.

    Examples
    --------
    >>> runs = longest_shared_substring(["TTACGGA", "AAAC"], ["GGACGGT", "CGTTT"])
    >>> runs.length.tolist(), runs.start_a.tolist(), runs.start_b.tolist(), runs.strand.tolist()
    ([4, 4], [2, 0], [2, 1], [1, -1])
    """
    alphabet = get_alphabet(alphabet)
    a, b = check_sequences(a, name="a"), check_sequences(b, name="b")
    if len(a) != len(b):
        raise SequenceError(f"a and b must hold as many sequences, got {len(a)} and {len(b)}")
    left = text_to_codes(a.values, alphabet, identifiers=a.identifiers)
    right = text_to_codes(b.values, alphabet, identifiers=b.identifiers)
    forward = _longest_runs(left, right, alphabet.unknown)
    if both_strands is None:
        both_strands = alphabet.complement is not None
    strands = [np.where(forward[0] > 0, 1, 0)]
    if not both_strands:
        return _shared_runs(*forward, *strands)
    length, start_a, start = _longest_runs(left, alphabet.complement_codes[right[:, ::-1]], alphabet.unknown)
    # the padded width takes part in the reversal, so positions count back from it
    reverse = length, start_a, right.shape[1] - start - length
    better = length > forward[0]
    length, start_a, start_b = (np.where(better, r, f) for r, f in zip(reverse, forward, strict=True))
    return _shared_runs(length, start_a, start_b, np.where(better, -1, strands[0]))


def _shared_runs(length, start_a, start_b, strand):
    none = length == 0
    return SharedRuns(length, np.where(none, -1, start_a), np.where(none, -1, start_b), strand)


def _longest_runs(left, right, unknown):
    """Length, start in `left` and start in `right` of the longest common run of each pair of rows."""
    # the table of a part stays in the processor's cache
    rows = max(_TABLE_ENTRIES // right.shape[1], 1)
    parts = [_longest_runs_of(left[i : i + rows], right[i : i + rows], unknown) for i in range(0, len(left), rows)]
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def _longest_runs_of(left, right, unknown):
    # an unknown symbol on both sides is no match
    left = np.where(left == unknown, unknown + 1, left)
    pairs = np.arange(len(left))
    best, end_left, end_right = np.zeros((3, len(left)), np.int64)
    # one row of the table of dynamic programming for each pair, (n_pairs, width + 1), advanced along `left`. Vectors
    # run over pairs and `right`, Python over the residues of `left` only. No run is longer than `right`
    kind = np.int16 if right.shape[1] < np.iinfo(np.int16).max else np.int32
    runs = np.zeros((len(left), right.shape[1] + 1), kind)
    for i in range(left.shape[1]):
        # runs[:, j + 1]: length of the common run that ends at left[:, i] and right[:, j]
        # a run grows by one from the cell to the upper left, and is 0 where the residues differ
        np.add(runs[:, :-1], 1, out=runs[:, 1:])
        runs[:, 1:] *= left[:, i, None] == right
        end = runs.argmax(axis=1)
        length = runs[pairs, end]
        # strictly longer, and argmax takes the first: ties go to the first place in `left`, then in `right`
        better = length > best
        best[better], end_left[better], end_right[better] = length[better], i + 1, end[better]
    return best, end_left - best, end_right - best
