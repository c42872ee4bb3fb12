"""Which sequences have a run of consecutive symbols in common, exactly, on either strand."""

from typing import Any

import numpy as np
from scipy import sparse

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.similarity._vocabulary import FlatSequences, flatten, kmer_keys
from seqaug_sklearn.utils import check_sequences, invalid_parameter, longest_packed

__all__ = ["SubstringIndex", "low_complexity", "mark_low_complexity", "windows_sharing"]

_WINDOW = 64
_THRESHOLD = 2.0
# residues of whose substrings the keys are made at a time
_RESIDUES = 2**21
# keys below this, all 12-mers of nucleotides, are numbered by a table if it has no more entries for each key than that
_TABLE, _ENTRIES_PER_KEY = 2**24, 16
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
    # triplets as numbers; those over an unknown symbol are excluded by `room`
    base = alphabet.n_symbols + 1  # and the unknown symbol
    triplets = ((codes[:-2] * base + codes[1:-1]) * base + codes[2:]).astype(np.int32)
    room = flat.runs[: len(triplets)] - 2
    for start in range(0, len(triplets), _BLOCK):
        # stretches of this block's starts end in the next one
        part = slice(start, start + _BLOCK + _WINDOW)
        # starts of the next block only serve as parts of longer stretches
        own = np.where(np.arange(len(triplets[part])) < _BLOCK, room[part], 0)
        low[start : start + len(own) + 2] |= _in_perfect_intervals(triplets[part], own)
    return low


def mark_low_complexity(X, alphabet="dna") -> np.ndarray:
    """Mark the residues that lie in poly-A, microsatellites and the like (symmetric DUST).

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.

    Returns
    -------
    low : bool ndarray of shape (n_residues,)
        All sequences, one after the other.

    Examples
    --------
    >>> from seqaug_sklearn.similarity import mark_low_complexity
    >>> int(mark_low_complexity(["ACGTTGCAGGATC", "CACACACACACACACA"]).sum())
    16
    """
    alphabet = get_alphabet(alphabet)
    return low_complexity(flatten(check_sequences(X), alphabet), alphabet)


def _in_perfect_intervals(triplets, room):
    """Residues inside a perfect interval; `room` is the number of triplets that may be taken from each start."""
    n = len(triplets)
    # +1 where an interval begins and -1 behind its end: a running sum says how many cover each residue
    edges = np.zeros(n + 3, np.int32)
    # of all stretches of l triplets, by their start: equal pairs (also those of l - 1 and l - 2), best score of a part
    before, pairs, best = np.zeros(n, np.int16), np.zeros(n, np.int16), np.zeros(n, np.float32)
    # dynamic programming over the length: a stretch of l triplets has the equal pairs of both stretches of l - 1 in it,
    # less those of the l - 2 that both count, and one more if its ends are equal
    for length in range(2, min(_WINDOW - 2, int(room.max(initial=0))) + 1):
        both = pairs[:-1] + pairs[1:] - before[1 : len(pairs)]
        both += triplets[: len(both)] == triplets[length - 1 :]
        # l - 1 for l triplets, the denominator of the reference
        scores = both / np.float32(length - 1)
        # both parts that are one triplet shorter know the best of theirs
        best = np.maximum(best[:-1], best[1:])
        perfect = np.flatnonzero((scores > _THRESHOLD) & (scores >= best))
        perfect = perfect[room[perfect] >= length]
        edges[perfect] += 1
        # l triplets cover l + 2 residues
        edges[perfect + length + 2] -= 1
        before, pairs, best = pairs, both, np.maximum(scores, best)
    return np.cumsum(edges[:-1]) > 0


class SubstringIndex:
    """All substrings of one length of many sequences, numbered once and compared as often as needed.

    Meant for cross-validation: the index is built over all rows, and each fold costs a lookup.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences of any lengths; one shorter than `length` shares nothing.
    length : int
        Consecutive symbols, in residues, that count as shared. Unknown symbols (ambiguity codes, gaps) match nothing.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.
    both_strands : bool, default=None
        Whether a substring also matches its reverse complement; None: where the alphabet has a complement.
    low_share : float, default=None
        Mark the substrings of low complexity: those of which, somewhere, at least this share lies in a stretch
        of low complexity (poly-A, microsatellites), found by symmetric DUST [1]_. None: do not.
    low : bool ndarray of shape (n_residues,), default=None
        Residues of all sequences, one after the other, that are of low complexity. None: DUST marks them.

    Attributes
    ----------
    ids : int32 or int64 ndarray of shape (n_substrings,)
        Distinct substrings of each sequence as numbers, sequence after sequence.
    indptr : int64 ndarray of shape (n_samples + 1,)
        Those of sequence i are ``ids[indptr[i]:indptr[i + 1]]``.
    n_ids : int
        Number of distinct substrings.
    low_complexity : bool ndarray of shape (n_ids,) or None
        Which distinct substrings are of low complexity; None without `low_share`.

    Raises
    ------
    ValueError
        If `length` is below 1, `low_share` is not a share, or `both_strands` is True and the alphabet has no
        complement.

    References
    ----------
    .. [1] A. Morgulis et al., A fast and symmetric DUST implementation to mask low-complexity DNA sequences, Journal of
       Computational Biology 13 (2006), :doi:`10.1089/cmb.2006.13.1028`.

    Examples
    --------
    >>> index = SubstringIndex(["ACGGT", "TTACC", "GGGGG"], 4)
    >>> index.sharing([1, 2], [0])
    array([False, False])
    >>> SubstringIndex(["ACGGT", "TTACC", "GGGGG"], 3).sharing([1, 2], [0])
    array([ True, False])
    >>> index = SubstringIndex(["ACACACACACACACACTT", "GGACACACACACACACAC"], 16, low_share=0.5)
    >>> index.sharing([1], [0]).tolist(), index.sharing([1], [0], complex_only=True).tolist()
    ([True], [False])
    """

    def __init__(
        self,
        X,
        length: int,
        alphabet="dna",
        *,
        both_strands: bool | None = None,
        low_share: float | None = None,
        low=None,
    ):
        alphabet = get_alphabet(alphabet)
        if length < 1:
            raise invalid_parameter("length", f"must be at least 1, got {length!r}")
        if low_share is not None and not 0 < low_share <= 1:
            raise invalid_parameter("low_share", f"must be above 0 and at most 1, or None, got {low_share!r}")
        if both_strands is None:
            both_strands = alphabet.complement is not None
        if both_strands:
            alphabet.check_has_complement()
        flat = flatten(check_sequences(X), alphabet)
        # the smaller key of both strands, so one number stands for a substring and its reverse complement
        keys, positions = _keys(flat, length, alphabet, both_strands)
        self.indptr = np.searchsorted(flat.rows[positions], np.arange(len(flat) + 1))
        marked = None
        if low_share is not None:
            if low is None:
                low = low_complexity(flat, alphabet)
            # residues of low complexity before each place; a difference counts them within a substring
            before = np.concatenate([[0], np.cumsum(low, dtype=np.int32)])
            marked = before[positions + length] - before[positions] >= low_share * length
        # numbering is what needs most memory
        del flat, positions
        self.n_ids, self.ids = _number(keys)
        self.low_complexity: Any = None
        if marked is not None:
            self.low_complexity = np.zeros(self.n_ids, bool)
            # one occurrence is enough: whether it is marked may depend on what stands around it
            self.low_complexity[self.ids[marked]] = True

    def __len__(self):
        return len(self.indptr) - 1

    def incidence(self) -> sparse.csr_array:
        """Which row holds which substring.

        Returns
        -------
        CSR array of 0/1 of shape (n_rows, n_ids)
            int32, at least one column wide.
        """
        # copies: summing duplicates rewrites the arrays in place, and the index is used again
        parts = np.ones(len(self.ids), np.int32), self.ids.copy(), self.indptr.copy()
        matrix = sparse.csr_array(parts, shape=(len(self), max(self.n_ids, 1)))
        matrix.sum_duplicates()
        matrix.data[:] = 1
        return matrix

    def sharing(self, candidates, reference, *, complex_only: bool = False) -> np.ndarray:
        """Whether each candidate row has a substring in common with any reference row.

        Parameters
        ----------
        candidates, reference : int ndarray of shape (n_candidates,), (n_reference,), or bool ndarray (n_samples,)
            Rows of the index.
        complex_only : bool, default=False
            Whether to leave out the substrings of low complexity; needs an index made with `low_share`.

        Returns
        -------
        shares : bool ndarray of shape (n_candidates,)
            In the order of the candidates.

        Raises
        ------
        ValueError
            If `complex_only` and the index does not tell the complexity.
        """
        candidates, reference = self._rows(candidates), self._rows(reference)
        held = np.zeros(self.n_ids, bool)
        # (n_ids,): a table of marks instead of a search for every substring
        held[self.ids[self._entries(reference)[0]]] = True
        if complex_only:
            if self.low_complexity is None:
                raise ValueError("complex_only=True needs an index that knows them: SubstringIndex(..., low_share=0.5)")
            held &= ~self.low_complexity
        entries, counts = self._entries(candidates)
        # hits before each entry; more behind a row's last one than before its first means a hit inside, and empty rows
        # have none
        hits = np.concatenate([[0], np.cumsum(held[self.ids[entries]])])
        stops = np.cumsum(counts)
        return hits[stops] > hits[stops - counts]

    def _rows(self, rows):
        rows = np.asarray(rows)
        if rows.dtype == bool:
            return np.flatnonzero(rows)
        return rows.astype(np.intp)

    def _entries(self, rows):
        """Places in `ids` of the substrings of the rows, and how many each row has."""
        counts = self.indptr[rows + 1] - self.indptr[rows]
        before = np.cumsum(counts) - counts
        return np.arange(counts.sum()) + np.repeat(self.indptr[rows] - before, counts), counts


def _keys(flat, length, alphabet, both_strands):
    """Keys of all substrings, and where each starts in ``flat.codes``."""
    # a short substring's key depends on nothing but its symbols, so some rows at a time give the same
    cuts = [] if length > longest_packed(alphabet) else _residue_blocks(flat.lengths)
    keys, places, begin = [], [], 0
    for rows in np.split(np.arange(len(flat)), cuts):
        size = int(flat.lengths[rows].sum())
        part = slice(begin, begin + size)
        block = FlatSequences(flat.codes[part], flat.rows[part], flat.runs[part], flat.lengths[rows])
        _, found, positions = next(kmer_keys(block, range(length, length + 1), alphabet, canonical=both_strands))
        keys.append(found)
        places.append((begin + positions).astype(np.int32 if len(flat.codes) < 2**31 else np.int64))
        begin += size
    return np.concatenate(keys), np.concatenate(places)


def _residue_blocks(lengths):
    """Rows before which to cut, so that a block has some million residues."""
    before = np.cumsum(lengths)
    return np.unique(np.searchsorted(before, np.arange(_RESIDUES, before[-1], _RESIDUES), side="right"))


def _number(keys):
    """How many distinct keys there are, and the rank of each: (n_keys,)."""
    largest = int(keys.max(initial=0))
    if largest >= min(_TABLE, _ENTRIES_PER_KEY * len(keys)):
        order = np.argsort(keys)
        keys = keys[order]
        new = np.ones(len(keys), bool)
        np.not_equal(keys[1:], keys[:-1], out=new[1:])
        ranks = np.empty(len(keys), np.int32 if len(keys) < 2**31 else np.int64)
        ranks[order] = np.cumsum(new, dtype=ranks.dtype) - 1
        return int(np.count_nonzero(new)), ranks
    # a table of marks instead of a sort
    seen = np.zeros(largest + 1, bool)
    seen[keys] = True
    ranks = np.cumsum(seen, dtype=np.int32)
    return int(np.count_nonzero(seen)), ranks[keys] - 1


def windows_sharing(train, test, length: int, *, alphabet="dna", both_strands: bool | None = None) -> np.ndarray:
    """Whether each training row has `length` consecutive symbols in common with any test row.

    Parameters
    ----------
    train, test : array-like of str of shape (n_train,), (n_test,)
        Sequences or windows of any lengths.
    length : int
        Consecutive symbols, in residues, that count as shared. Unknown symbols match nothing.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.
    both_strands : bool, default=None
        Whether the reverse complement of a test row counts too; None: where the alphabet has a complement.

    Returns
    -------
    shares : bool ndarray of shape (n_train,)

    See Also
    --------
    SubstringIndex : The same for many splits of the same rows.

    Examples
    --------
    >>> windows_sharing(["AACCG", "TTTTT"], ["CGGTA"], 4).tolist()
    [True, False]
    """
    train, test = check_sequences(train, name="train"), check_sequences(test, name="test")
    index = SubstringIndex([*train.values, *test.values], length, alphabet, both_strands=both_strands)
    rows = np.arange(len(index))
    return index.sharing(rows[: len(train)], rows[len(train) :])
