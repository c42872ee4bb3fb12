"""Which sequence holds which k-mer how often, as a sparse 0/1 or count matrix over a fitted vocabulary.

The sum of the smaller counts of two sequences is a plain product of 0/1 matrices once the occurrences of a k-mer are
numbered: the second copy of a k-mer in one sequence can only be matched by a second copy in the other.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.similarity._keys import FlatSequences, kmer_keys, look_up

__all__ = ["Incidence", "KmerVocabulary"]

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
        features = numbers[np.searchsorted(counts.bounds, repeated, side="right") - 1]
        extra = np.where(features >= 0, counts.counts[repeated] - 1, 0)
        occurrence = np.arange(extra.sum()) - np.repeat(np.cumsum(extra) - extra, extra)
        keys = (np.repeat(features, extra) << _OCCURRENCE_BITS) | occurrence
        if k not in self.repeats:
            self.repeats[k] = np.unique(keys)
        found = look_up(keys, self.repeats[k])
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
    bits = int(n_rows - 1).bit_length()
    distinct = None
    if len(keys) and int(keys.max()).bit_length() + bits > 63:
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
    per_feature[numbers[known]] = per_kmer[known]
    kept = np.repeat(known, per_kmer)
    return per_feature, counts.rows[kept], None if values is None else values[kept]


def _stack(sections, n_rows):
    per_feature, rows, values = zip(*sections, strict=True)
    n_entries = sum(map(len, rows))
    index_type = np.int32 if n_entries < 2**31 else np.int64
    indptr = np.concatenate([[0], *per_feature], dtype=index_type)
    np.cumsum(indptr, out=indptr)
    values = np.ones(n_entries, np.int32) if values[0] is None else np.concatenate(values)
    rows = np.concatenate(rows, dtype=index_type)
    return sparse.csr_array((values, rows, indptr), shape=(len(indptr) - 1, n_rows))
