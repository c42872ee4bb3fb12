"""Which rows have a relative among other rows: a look that costs little beside a fit."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.similarity._default_thresholds import USUAL_SHARE, usual_k, usual_run
from seqaug_sklearn.similarity._substrings import low_complexity
from seqaug_sklearn.similarity._vocabulary import FlatSequences, kmer_keys, known_runs

__all__ = ["Relatives", "find_relatives"]

# one genome holds paralogs, and genes that overlap
_TOLERATED = 0.1

# 12 nucleotides; a larger alphabet of the user's own gets shorter k-mers
_TABLE_BITS = 24
_MOST_ASKED = 500
# a family may be more than half of so few rows
_FEW_ROWS = 10
# residues of the other rows at a time, and in all
_BLOCK, _MOST_RESIDUES = 2**21, 10**7


class Relatives(NamedTuple):
    """Rows that were looked at, and which of them have a relative among other rows.

    Attributes
    ----------
    rows : int ndarray of shape (n_rows,)
        The rows.
    related : bool ndarray of shape (n_rows,)
        Whether each has a relative.
    """

    rows: np.ndarray
    related: np.ndarray

    @property
    def are_many(self) -> bool:
        """Whether more than a tenth have one: fewer are in the nature of a genome."""
        return bool(np.count_nonzero(self.related) > _TOLERATED * len(self.rows))


def find_relatives(codes, sources, asked, others, *, alphabet="dna") -> Relatives:
    """Find rows that share sequence with other rows, as the rows of one family do, and copies that were edited.

    Two rows are relatives if one holds 4 % of the other's distinct k-mers, and no fewer than a run of 20 residues (8 of
    proteins) has, or a run of four fifths of a shorter row. K-mers of low complexity, and those that more than half of
    all rows hold (primers, adapters, vectors), do not count. Of many rows some are asked, and of much sequence some is
    looked at.

    Parameters
    ----------
    codes : uint8 ndarray of shape (n_windows, length)
        Windows, or whole sequences, as codes of the alphabet; the alphabet's unknown code is padding.
    sources : int ndarray of shape (n_windows,)
        Row of each window, ascending.
    asked, others : int ndarray of shape (n_asked,), (n_others,)
        Rows, none of them on both sides. Each has a window.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet; both strands are looked at where it has a complement.

    Returns
    -------
    Relatives
        At most 500 of the asked rows, evenly spread.

    See Also
    --------
    seqaug_sklearn.model_selection.audit_leakage : All rows, with evidence.

    Examples
    --------
    >>> from seqaug_sklearn.utils import text_to_codes
    >>> rows = ["ACGTTGCAGGATCCATTACGGCATCAAT", "TTTGACCCAGATAGACCAGATTTGGCAA", "CGTTGCAGGATCCATTACGGCATCAATG"]
    >>> find_relatives(text_to_codes(rows, "dna"), np.arange(3), np.array([2]), np.array([0, 1]))
    Relatives(rows=array([2]), related=array([ True]))
    """
    alphabet = get_alphabet(alphabet)
    asked, others = _spread(np.sort(asked), _MOST_ASKED), np.sort(others)
    related = np.zeros(len(asked), bool)
    if not len(asked) or not len(others):
        return Relatives(asked, related)
    own = _contigs(codes, sources, asked, alphabet)
    # of long sequences fewer rows, so that the time has a bound
    others = _spread(others, max(1, int(_MOST_RESIDUES / max(own.lengths.mean(), 1))))
    # all k-mers have a place in a table, see `_Kmers`
    k = min(usual_k(alphabet, codes.shape[1]), int(_TABLE_BITS / np.log2(max(alphabet.n_symbols, 2))))
    kmers = _Kmers(own, k, alphabet, _contigs(codes, sources, _spread(others, _MOST_ASKED), alphabet))
    needed = _needed(own, kmers, len(asked) + len(others), alphabet)
    for rows in np.array_split(others, _n_blocks(codes, sources, others, own)):
        # rows that have found a relative are done, and rows with too few informative k-mers never can
        left = np.flatnonzero(~related & (needed <= kmers.per_row))
        if not len(left):
            break
        # (n_left, n_rows) of counts; the best of a row decides
        shared = kmers.incidence[left] @ kmers.held_by(_contigs(codes, sources, rows, alphabet)).T
        related[left] |= shared.max(axis=1).toarray().ravel() >= needed[left]
    return Relatives(asked, related)


def _n_blocks(codes, sources, others, own):
    """Blocks of rows that are not too long once their windows are joined, nor before."""
    # residues of a row when its windows are joined, and as they come: windows with a step of 1 repeat each residue many
    # times
    joined, apart = own.lengths.mean(), codes.size / (sources[-1] + 1)
    return min(len(others), int(max(joined / _BLOCK, apart / (8 * _BLOCK)) * len(others)) + 1)


def _needed(own, kmers, n_rows, alphabet):
    """K-mers in common with one row that make each asked row its relative."""
    # short rows often have a site in common, at the same place: of them most must be equal
    run = usual_run(own.codes, own.lengths, int(kmers.distinct.mean() * n_rows), alphabet, share=0.8)
    return np.maximum(np.ceil(USUAL_SHARE * kmers.distinct), max(run - kmers.k + 1, 1))


def _spread(rows, most):
    """At most so many of the rows, evenly spaced."""
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).round().astype(int)]


def _contigs(codes, sources, rows, alphabet):
    """Residues of each row, windows that follow each other by one residue joined, others behind an unknown symbol."""
    wanted = np.flatnonzero(np.isin(sources, rows))
    windows, owner = codes[wanted], np.searchsorted(rows, sources[wanted])
    # a window that is the one before it moved by one residue adds its last residue only
    follows = np.zeros(len(windows), bool)
    follows[1:] = (owner[1:] == owner[:-1]) & (windows[1:, :-1] == windows[:-1, 1:]).all(axis=1)
    kept = np.ones((len(windows), codes.shape[1] + 1), bool)
    kept[follows, :-1] = False
    # an unknown symbol in front of every window that follows none, so that no k-mer spans two
    padded = np.pad(windows, ((0, 0), (1, 0)), constant_values=alphabet.unknown)
    flat = padded[kept].astype(np.int64)
    of_row = np.repeat(owner, kept.sum(axis=1)).astype(np.int32)
    lengths = np.bincount(of_row, flat != alphabet.unknown, minlength=len(rows)).astype(np.int64)
    return FlatSequences(flat, of_row, known_runs(flat, np.full(len(flat), len(flat)), alphabet.unknown), lengths)


class _Kmers:
    """The informative k-mers of the asked rows, and which other rows hold them."""

    def __init__(self, own: FlatSequences, k: int, alphabet: Alphabet, some_others: FlatSequences):
        self.k, self.alphabet = k, alphabet
        keys, positions = self._keys(own)
        rows = own.rows[positions]
        self.distinct = np.bincount(_distinct_pairs(rows, keys)[0], minlength=len(own))
        before = np.concatenate([[0], np.cumsum(low_complexity(own, alphabet))])
        # one bool for each possible k-mer, 16 MB at 24 bits
        self.known = np.zeros(max(alphabet.n_symbols, 2) ** k, bool)
        self.known[keys] = True
        # half of it or more in a stretch of low complexity
        self.known[keys[2 * (before[positions + k] - before[positions]) >= k]] = False
        self.keys = np.flatnonzero(self.known)
        # what most rows hold is no sign of a family
        self.incidence = self._matrix(rows, keys, len(own))
        n_holding = self.incidence.sum(axis=0) + self.held_by(some_others).sum(axis=0)
        n_rows = len(own) + len(some_others)
        telling = (2 * n_holding <= max(n_rows, 2 * _FEW_ROWS))[: len(self.keys)]
        self.known[self.keys[~telling]] = False
        self.keys, self.incidence = self.keys[telling], self.incidence[:, np.flatnonzero(telling)]

    @property
    def per_row(self):
        """Informative k-mers of each asked row."""
        return np.diff(self.incidence.indptr)

    def held_by(self, flat: FlatSequences):
        """Which rows hold which of the informative k-mers: CSR of 0/1 of shape (n_rows, n_telling)."""
        keys, positions = self._keys(flat)
        return self._matrix(flat.rows[positions], keys, len(flat))

    def _keys(self, flat):
        both = self.alphabet.complement is not None
        return next(kmer_keys(flat, range(self.k, self.k + 1), self.alphabet, canonical=both))[1:]

    def _matrix(self, rows, keys, n_rows):
        held = self.known[keys]  # a table of all k-mers is faster than a search
        rows, places = _distinct_pairs(rows[held], np.searchsorted(self.keys, keys[held]))
        ones = np.ones(len(rows), np.int32)
        return sparse.csr_array((ones, (rows, places)), shape=(n_rows, max(len(self.keys), 1)))


def _distinct_pairs(rows, values):
    """Each pair of a row and a value once."""
    if not len(rows):
        return rows, values
    span = int(values.max()) + 1
    pairs = np.sort(rows.astype(np.int64) * span + values)  # numpy.unique is slower on so many
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
    return pairs // span, pairs % span
