"""Counts of k-mers, exact and fast."""

import numpy as np
from sklearn.preprocessing import normalize

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.features._columns import (
    FLOATS,
    Columns,
    SequenceFeatures,
    check_lengths,
    distinct_keys,
    joined_columns,
    most_frequent,
    reads_both_strands,
)
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    count_kmers,
    flat_codes,
    invalid_parameter,
    require_memory,
    unpack_kmers,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, Options, StrOptions

__all__ = ["KmerCounts"]

# bytes per residue and k: keys, sorted keys, entries of the matrix
_RESIDUE_BYTES = 24


class KmerCounts(SequenceFeatures):
    """Counts of the k-mers of each sequence, wherever they stand: text to a sparse matrix.

    Columns are the k-mers of the training rows, so fit it on training rows only, in a pipeline. Where classes differ in
    composition, so do counts of short k-mers: compare with :class:`SequenceComposition` before calling it a motif.

    Parameters
    ----------
    k : int or tuple of (int, int), default=(5, 6)
        Length of the k-mers in residues, or the inclusive range of lengths.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences. Lower case counts as upper case. K-mers with an ambiguous symbol or a gap are not
        counted; any other symbol is an error.
    canonical : bool, default=None
        Whether a k-mer and its reverse complement are one feature, named by the first of both in the alphabet. None: of
        DNA; RNA is single-stranded and read as given.
    weighting : {"count", "frequency", "tfidf", "binary"}, default="count"
        - "count": how often the k-mer stands in the sequence;
        - "frequency": the same, divided by the number of k-mers of that length in the sequence;
        - "tfidf": the count times ``log((1 + n) / (1 + df)) + 1``, with n training rows of which df hold the k-mer, and
          rows scaled to Euclidean length 1, as scikit-learn's ``TfidfTransformer`` does;
        - "binary": 1 where it stands in the sequence.
    sublinear : bool, default=False
        Take ``1 + log(count)`` for the count; with "count" and "tfidf" only.
    max_features : int, default=None
        Keep so many k-mers, those that most training rows hold; of equal ones the shorter, then the first in the
        alphabet. None: all.
    sparse_output : bool, default=True
        Whether the output is a CSR array; a data frame (``set_output``) needs False.
    dtype : {numpy.float32, numpy.float64}, default=numpy.float32
        Type of the output.

    Attributes
    ----------
    alphabet_ : Alphabet
        The alphabet.
    canonical_ : bool
        Whether both strands are one.
    ks_ : range
        Lengths of the k-mers.
    document_frequency_ : int64 ndarray of shape (n_features,)
        Training rows that hold each k-mer.
    idf_ : float64 ndarray of shape (n_features,)
        Weights of "tfidf"; ones otherwise.
    n_features_out_ : int
        Columns.

    Raises
    ------
    SequenceError
        If no training row holds a k-mer, or a symbol is outside the alphabet.

    See Also
    --------
    PositionalKmers : Which k-mer stands where.
    seqaug_sklearn.similarity.KmerSimilarity : Similarity of sequences by their k-mers.

    Notes
    -----
    ``CountVectorizer(analyzer="char")`` gives the same counts for upper-case text without ambiguous symbols, of one
    strand. With ``analyzer="char_wb"`` it pads each sequence with blanks and counts k-mers across them, so that the
    ends get features of their own; here they get none.

    Examples
    --------
    >>> from seqaug_sklearn.features import KmerCounts
    >>> counts = KmerCounts(k=2, canonical=False).fit(["ACAC", "GGNAC"])
    >>> counts.get_feature_names_out().tolist()
    ['AC', 'CA', 'GG']
    >>> counts.transform(["ACACTT", "ggac"]).toarray()
    array([[2., 1., 0.],
           [1., 0., 1.]], dtype=float32)
    """

    _parameter_constraints = {
        "k": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "canonical": ["boolean", None],
        "weighting": [StrOptions({"count", "frequency", "tfidf", "binary"})],
        "sublinear": ["boolean"],
        "max_features": [Interval(Integral, 1, None, closed="left"), None],
        "sparse_output": ["boolean"],
        "dtype": [Options(type, set(FLOATS))],
    }

    def __init__(
        self,
        k=(5, 6),
        *,
        alphabet="dna",
        canonical=None,
        weighting="count",
        sublinear=False,
        max_features=None,
        sparse_output=True,
        dtype=np.float32,
    ):
        self.k = k
        self.alphabet = alphabet
        self.canonical = canonical
        self.weighting = weighting
        self.sublinear = sublinear
        self.max_features = max_features
        self.sparse_output = sparse_output
        self.dtype = dtype

    def _learn(self, sequences):
        self.alphabet_ = get_alphabet(self.alphabet)
        self.canonical_ = reads_both_strands(self.canonical, self.alphabet_)
        if self.sublinear and self.weighting not in ("count", "tfidf"):
            raise invalid_parameter("sublinear", f"changes counts, and weighting={self.weighting!r} has none; leave it")
        self.ks_ = check_lengths(self.k, self.alphabet_)
        counted = self._count(sequences)
        keys, rows_with = zip(
            *(distinct_keys(of_length.keys, self._n_kmers(k)) for k, of_length in zip(self.ks_, counted, strict=True)),
            strict=True,
        )
        often = np.concatenate(rows_with)
        if not len(often):
            raise self._without_kmers(sequences)
        kept = most_frequent(often, self.max_features)
        parts = np.split(kept, np.cumsum([len(of_length) for of_length in keys])[:-1])
        # plain arrays, so that any way of saving a model can hold them
        self._kmers = [of_length[part] for of_length, part in zip(keys, parts, strict=True)]
        self.document_frequency_ = often[kept]
        self.n_features_out_ = len(self.document_frequency_)
        self.idf_ = np.ones(self.n_features_out_)
        if self.weighting == "tfidf":
            self.idf_ += np.log((1 + len(sequences)) / (1 + self.document_frequency_))
        return self._weighted(counted)

    def _features(self, sequences):
        return self._weighted(self._count(sequences))

    def _names(self):
        names = [unpack_kmers(kmers, k, self.alphabet_) for k, kmers in zip(self.ks_, self._kmers, strict=True)]
        return [name for of_length in names for name in of_length.tolist()]

    def _count(self, sequences):
        n_residues = int(sequences.lengths().sum())
        require_memory(
            float(n_residues) * len(self.ks_) * _RESIDUE_BYTES,
            f"the k-mers of {n_residues} residues",
            "narrow k or pass fewer sequences",
        )
        codes, lengths = flat_codes(sequences, self.alphabet_)
        return [count_kmers(codes, lengths, k, self.alphabet_, canonical=self.canonical_) for k in self.ks_]

    def _without_kmers(self, sequences):
        longest = int(sequences.lengths().max())
        asks = f" asks for k-mers that no training row holds: the longest has {longest} residues, and k-mers with an "
        return SequenceError(Message(Parameter("k", self.k), asks, "ambiguous symbol or a gap count nowhere"))

    def _n_kmers(self, k):
        return max(self.alphabet_.n_symbols, 2) ** k

    def _weighted(self, counted):
        parts = [
            Columns(kmers, self._n_kmers(k)).matrix(of_length.indptr, of_length.keys, self._values(of_length))
            for k, kmers, of_length in zip(self.ks_, self._kmers, counted, strict=True)
        ]
        matrix = joined_columns(parts)
        if self.weighting != "tfidf":
            return matrix
        matrix.data *= self.idf_.astype(self.dtype)[matrix.indices]
        return normalize(matrix, copy=False)

    def _values(self, counted):
        """Weight of each k-mer in its row, of one length."""
        if self.weighting == "binary":
            return np.ones(len(counted.counts), self.dtype)
        values = counted.counts.astype(self.dtype)
        if self.weighting == "frequency":
            sums = np.concatenate([[0], np.cumsum(counted.counts)])[counted.indptr]
            values /= np.repeat(np.diff(sums), np.diff(counted.indptr)).astype(self.dtype)
        elif self.sublinear:
            values = 1 + np.log(values)
        return values
