"""Which sequence holds which k-mer how often, as a sparse 0/1 or count matrix over a fitted vocabulary.

The sum of the smaller counts of two sequences is a plain product of 0/1 matrices once the occurrences of a k-mer are
numbered: the second copy of a k-mer in one sequence can only be matched by a second copy in the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.utils import Sequences, flat_codes, join_kmers, longest_packed, pack_afresh

__all__ = [
    "FlatSequences",
    "Incidence",
    "KmerVocabulary",
    "flatten",
    "kmer_keys",
    "known_runs",
    "look_up",
]

# two ranks of halves fit into one key
_RANK_BITS = 31


@dataclass(frozen=True, slots=True)
class FlatSequences:
    """All sequences in one row of codes, so that memory grows with the residues and not with the longest sequence.

    Attributes
    ----------
    codes : int64 ndarray of shape (n_residues,)
        Codes of all sequences, one after the other.
    rows : int64 ndarray of shape (n_residues,)
        Sequence of each residue.
    runs : int64 ndarray of shape (n_residues,)
        Known symbols from here on, up to the next unknown one or the end of the sequence.
    lengths : int64 ndarray of shape (n_sequences,)
        Residues per sequence.
    """

    codes: np.ndarray
    rows: np.ndarray
    runs: np.ndarray
    lengths: np.ndarray

    def __len__(self):
        return len(self.lengths)


def flatten(sequences: Sequences, alphabet: Alphabet) -> FlatSequences:
    """Encode validated sequences as one row of codes.

    Raises
    ------
    SequenceError
        If a symbol is outside the alphabet; the message names sequence, position and symbol.
    """
    packed, lengths = flat_codes(sequences, alphabet)
    codes = packed.astype(np.int64)
    rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return FlatSequences(
        codes, rows, known_runs(codes, np.repeat(np.cumsum(lengths), lengths), alphabet.unknown), lengths
    )


def known_runs(codes: np.ndarray, ends: np.ndarray, unknown: int) -> np.ndarray:
    """Known symbols from each place on, up to the next unknown one or the end of its sequence."""
    positions = np.arange(len(codes))
    stops = np.flatnonzero(codes == unknown)
    if len(stops):
        # a stop behind the last residue, so that every place finds one
        stops = np.append(stops, len(codes))
        ends = np.minimum(ends, stops[np.searchsorted(stops, positions)])
    return ends - positions


def kmer_keys(
    flat: FlatSequences, ks: range, alphabet: Alphabet, *, canonical: bool = False, tables: dict | None = None
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield the keys of all k-mers without unknown symbols, for each k.

    Parameters
    ----------
    flat : FlatSequences
        The sequences.
    ks : range
        Consecutive lengths.
    alphabet : Alphabet
        Alphabet of the codes.
    canonical : bool, default=False
        Give a k-mer and its reverse complement the same key.
    tables : dict of int to int64 ndarray, default=None
        Halves of long k-mers known so far (length -> sorted keys). Missing lengths are learned and added, so keys made
        with the same dict are comparable. Halves that are not in a table get new numbers, valid in this call only.

    Yields
    ------
    k : int
    keys : int64 ndarray of shape (n_kmers,)
        Non-negative keys, in the order of the positions.
    positions : int64 ndarray of shape (n_kmers,)
        Where each k-mer starts, as an index into ``flat.codes``.
    """
    keys = _Keys(flat, alphabet, canonical, {} if tables is None else tables)
    for k in ks:
        positions = np.flatnonzero(flat.runs >= k)
        yield k, keys.of_length(k)[positions], positions


class _Keys:
    """Keys of every position, forward and on the other strand, built by joining shorter keys."""

    def __init__(self, flat, alphabet, canonical, tables):
        self.flat, self.tables = flat, tables
        # a k-mer is a number in the base of the alphabet: 31 nucleotides or 14 amino acids in 62 bits. Longer ones are
        # pairs of the ranks of two overlapping halves, as in the prefix doubling of suffix arrays
        self.base = max(alphabet.n_symbols, 2)
        self.longest_packed = longest_packed(alphabet)
        self.strands = [flat.codes]
        if canonical:
            # codes of the complement at the same places; `join_kmers` reads them backwards
            self.strands.append(alphabet.complement_codes.astype(np.int64)[flat.codes])
        self._last = (1, self.strands)
        self._ranks = {}

    def of_length(self, k):
        n_starts = len(self.flat.codes) - k + 1
        if n_starts < 1:
            return np.zeros(0, np.int64)
        strands = self._packed(k) if k <= self.longest_packed else self._paired(k)
        # the smaller key of both strands stands for either
        return strands[0] if len(strands) == 1 else np.minimum(*strands)

    def _packed(self, k):
        length, strands = self._last
        # neighbouring k, which callers ask for in turn, cost one multiplication each
        if k == length + 1:
            strands = join_kmers(strands, self.strands, length, 1, self.base)
        elif k != length:
            strands = pack_afresh(self.strands, k, self.base)
        self._last = (k, strands)
        return strands

    def _paired(self, k):
        # the largest doubled length below k; both halves together cover k because k is at most twice that
        half = self.longest_packed
        while 2 * half < k:
            half *= 2
        return _pair(self._ranks_of(half), half, k)

    def _ranks_of(self, half):
        if half not in self._ranks:
            keys = self._packed(half) if half == self.longest_packed else self._paired(half)
            # keys over unknown symbols or the end of a sequence are never looked at, and would fill the tables
            known = np.flatnonzero(self.flat.runs[: len(keys[0])] >= half)
            every = np.concatenate([strand[known] for strand in keys])
            # fitted sequences define the ranks; new ones look them up
            if half not in self.tables:
                self.tables[half] = np.unique(every)
            ranks = np.zeros((len(keys), len(keys[0])), np.int64)
            ranks[:, known] = _rank(every, self.tables[half]).reshape(len(keys), -1)
            self._ranks[half] = list(ranks)
        return self._ranks[half]


def _pair(ranks, half, k):
    """Keys of k symbols, half < k <= 2 * half, from the ranks of the first and the last `half` symbols."""
    # the halves overlap, which does no harm: equal halves in the same places are equal k-mers
    shift = k - half
    pairs = [(ranks[0][:-shift] << _RANK_BITS) | ranks[0][shift:]]
    if len(ranks) == 2:
        pairs.append((ranks[1][shift:] << _RANK_BITS) | ranks[1][:-shift])
    return pairs


def _rank(keys, table):
    distinct, inverse = np.unique(keys, return_inverse=True)
    ranks = look_up(distinct, table)
    new = ranks < 0
    # different from all known ranks and from each other, so that new k-mers still match within this call
    ranks[new] = len(table) + np.arange(new.sum())
    return ranks[inverse]


def look_up(keys: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Position of each key in a sorted table without repeats; -1 where it is not in there."""
    if len(table) == 0:
        return np.full(len(keys), -1)
    places = np.searchsorted(table, keys)
    found = table[np.minimum(places, len(table) - 1)] == keys
    return np.where(found, places, -1)


# (k-mer, occurrence) in one int64
_OCCURRENCE_BITS = 31


@dataclass(frozen=True, slots=True)
class Incidence:
    """K-mers of some sequences.

    Attributes
    ----------
    matrix : CSR array of int32 of shape (n_features, n_sequences)
        Known k-mers (and, for counting "multiset", their repeats) by sequence.
    sizes : float64 ndarray of shape (n_sequences,)
        The product of each sequence with itself, k-mers outside the vocabulary included.
    """

    matrix: sparse.csr_array
    sizes: np.ndarray


class KmerVocabulary:
    """Numbers the k-mers of fitted sequences, and finds them again in new ones.

    Parameters
    ----------
    ks : range
        Lengths of the k-mers.
    alphabet : Alphabet
        Alphabet of the sequences.
    canonical : bool
        Whether a k-mer and its reverse complement are one.
    counting : {"multiset", "set", "counts"}
        What the product of two columns is: the sum of the smaller counts, the number of distinct k-mers in common, or
        the dot product of the counts.
    """

    def __init__(self, ks: range, alphabet: Alphabet, *, canonical: bool, counting: str):
        self.ks, self.alphabet, self.canonical, self.counting = ks, alphabet, canonical, counting
        self.halves: dict = {}
        self.kmers: dict = {}
        self.repeats: dict = {}

    def fit(self, flat: FlatSequences) -> Incidence:
        """Learn the k-mers of `flat` and return its incidence."""
        self.halves, self.kmers, self.repeats = {}, {}, {}
        return self.encode(flat)

    def to_kept(self) -> dict:
        """Return the numbers of the k-mers, as a dict of plain values."""
        return {"halves": self.halves, "kmers": self.kmers, "repeats": self.repeats}

    def from_kept(self, kept: dict) -> "KmerVocabulary":
        """Become fitted by what :meth:`to_kept` gave."""
        self.halves, self.kmers, self.repeats = (dict(kept[name]) for name in ("halves", "kmers", "repeats"))
        return self

    def encode(self, flat: FlatSequences) -> Incidence:
        """Return the incidence of `flat` in the fitted vocabulary."""
        sections, sizes = [], np.zeros(len(flat))
        for k, keys, positions in kmer_keys(flat, self.ks, self.alphabet, canonical=self.canonical, tables=self.halves):
            counts = _count(keys, flat.rows[positions], len(flat))
            sizes += counts.sizes(self.counting)
            sections += self._sections(k, counts)
        return Incidence(_stack(sections, len(flat)), sizes)

    def _sections(self, k, counts):
        """Blocks of features of one k: (sequences per feature, rows, values or None for ones)."""
        values = counts.counts if self.counting == "counts" else None
        if k not in self.kmers:
            self.kmers[k] = counts.kmers
            numbers = np.arange(len(counts.kmers))
            section = (counts.per_kmer, counts.rows, values)
        else:
            numbers = look_up(counts.kmers, self.kmers[k])
            section = _known(counts, numbers, len(self.kmers[k]), values)
        return [section, self._repeats(k, counts, numbers)] if self.counting == "multiset" else [section]

    def _repeats(self, k, counts, numbers):
        """Second and later occurrences: one feature for each (k-mer, occurrence)."""
        repeated = np.flatnonzero(counts.counts > 1)
        # k-mer of each repeated (k-mer, sequence) pair
        features = numbers[np.searchsorted(counts.bounds, repeated, side="right") - 1]
        extra = np.where(features >= 0, counts.counts[repeated] - 1, 0)
        # 0, 1, ... for the second, third, ... copy in one sequence
        occurrence = np.arange(extra.sum()) - np.repeat(np.cumsum(extra) - extra, extra)
        keys = (np.repeat(features, extra) << _OCCURRENCE_BITS) | occurrence
        if k not in self.repeats:
            self.repeats[k] = np.unique(keys)
        found = look_up(keys, self.repeats[k])
        # sorted by feature, entries outside the vocabulary (-1, in front) left out
        order = np.argsort(found, kind="stable")[np.count_nonzero(found < 0) :]
        per_feature = np.bincount(found[order], minlength=len(self.repeats[k]))
        return per_feature, np.repeat(counts.rows[repeated], extra)[order], None


@dataclass(frozen=True, slots=True)
class _Counts:
    """Count of each (k-mer, sequence) pair, ordered by k-mer, then sequence.

    The pairs of k-mer i are those from ``bounds[i]`` to ``bounds[i + 1]``.
    """

    kmers: np.ndarray
    bounds: np.ndarray
    rows: np.ndarray
    counts: np.ndarray
    n_rows: int

    @property
    def per_kmer(self):
        return np.diff(self.bounds)

    def sizes(self, counting):
        if counting == "set":
            return np.bincount(self.rows, minlength=self.n_rows)
        weights = self.counts if counting == "multiset" else self.counts.astype(np.float64) ** 2
        return np.bincount(self.rows, weights, minlength=self.n_rows)


def _count(keys, rows, n_rows):
    # (k-mer, sequence) in one int64: a plain sort groups the occurrences, where two arrays would need a lexsort
    bits = int(n_rows - 1).bit_length()
    distinct = None
    if len(keys) and int(keys.max()).bit_length() + bits > 63:
        # keys too long to leave room for the sequence are replaced by their ranks
        distinct, keys = np.unique(keys, return_inverse=True)
    packed = (keys << bits) | rows
    packed.sort()
    pair_bounds = _run_bounds(packed)
    pairs = packed[pair_bounds[:-1]]
    kmers = pairs >> bits
    bounds = _run_bounds(kmers)
    kmers = kmers[bounds[:-1]]
    rows = (pairs & ((1 << bits) - 1)).astype(np.int32)
    return _Counts(
        kmers if distinct is None else distinct[kmers], bounds, rows, np.diff(pair_bounds).astype(np.int32), n_rows
    )


def _run_bounds(ordered):
    """Where runs of equal values start, and the end: (n_runs + 1,)."""
    bounds = np.ones(len(ordered) + 1, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=bounds[1 : len(ordered)])
    return np.flatnonzero(bounds)


def _known(counts, numbers, n_features, values):
    """The section of the k-mers that have a number in the fitted vocabulary."""
    known = numbers >= 0
    per_kmer = counts.per_kmer
    per_feature = np.zeros(n_features, np.intp)
    # counts.kmers is sorted, and so is the vocabulary: entries already stand in the order of the features
    per_feature[numbers[known]] = per_kmer[known]
    kept = np.repeat(known, per_kmer)
    return per_feature, counts.rows[kept], None if values is None else values[kept]


def _stack(sections, n_rows):
    per_feature, sections_rows, sections_values = zip(*sections, strict=True)
    n_entries = sum(map(len, sections_rows))
    # indices of 32 bits take half the memory; only more entries need 64
    index_type = np.int32 if n_entries < 2**31 else np.int64
    indptr = np.concatenate([[0], *per_feature], dtype=index_type)
    np.cumsum(indptr, out=indptr)
    if sections_values[0] is None:  # k-mers are noted once a sequence, not counted
        values = np.ones(n_entries, np.int32)
    else:
        values = np.concatenate(sections_values)
    rows = np.concatenate(sections_rows, dtype=index_type)
    return sparse.csr_array((values, rows, indptr), shape=(len(indptr) - 1, n_rows))
