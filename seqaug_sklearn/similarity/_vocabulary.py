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
        self.halves = {}
        self.kmers = {}
        self.repeats = {}

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
        features = numbers[np.searchsorted(counts.starts, repeated, side="right") - 1]
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

    ``starts`` says where the pairs of each k-mer begin.
    """

    kmers: np.ndarray
    starts: np.ndarray
    rows: np.ndarray
    counts: np.ndarray
    n_rows: int

    @property
    def per_kmer(self):
        return np.diff(self.starts, append=len(self.rows))

    def sizes(self, counting):
        weights = {"multiset": self.counts, "set": None, "counts": self.counts.astype(np.float64) ** 2}[counting]
        return np.bincount(self.rows, weights, minlength=self.n_rows)


def _count(keys, rows, n_rows):
    bits = int(n_rows - 1).bit_length()
    distinct = None
    if len(keys) and int(keys.max()).bit_length() + bits > 63:
        distinct, keys = np.unique(keys, return_inverse=True)
    packed = (keys << bits) | rows
    packed.sort()
    pair_starts = _run_starts(packed)
    pairs = packed[pair_starts]
    kmers = pairs >> bits
    starts = _run_starts(kmers)
    return _Counts(
        kmers[starts] if distinct is None else distinct[kmers[starts]],
        starts,
        (pairs & ((1 << bits) - 1)).astype(np.int32),
        np.diff(pair_starts, append=len(packed)).astype(np.int32),
        n_rows,
    )


def _run_starts(ordered):
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)


def _known(counts, numbers, n_features, values):
    """The section of the k-mers that have a number in the fitted vocabulary."""
    known = numbers >= 0
    per_kmer = counts.per_kmer
    per_feature = np.zeros(n_features, np.intp)
    per_feature[numbers[known]] = per_kmer[known]
    kept = np.repeat(known, per_kmer)
    return per_feature, counts.rows[kept], None if values is None else values[kept]


def _stack(sections, n_rows):
    indptr = np.concatenate([[0], *(per_feature for per_feature, _, _ in sections)]).cumsum()
    index_type = np.int32 if indptr[-1] < 2**31 else np.int64
    rows = np.concatenate([rows for _, rows, _ in sections]).astype(index_type, copy=False)
    values = [np.ones(len(rows), np.int32) if values is None else values for _, rows, values in sections]
    return sparse.csr_array((np.concatenate(values), rows, indptr.astype(index_type)), shape=(len(indptr) - 1, n_rows))
