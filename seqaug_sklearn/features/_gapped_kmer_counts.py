"""Counts of gapped k-mers."""

import numpy as np
from scipy import sparse

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.features._columns import (
    FLOATS,
    Columns,
    SequenceFeatures,
    distinct_keys,
    joined_columns,
    most_frequent,
    reads_both_strands,
)
from seqaug_sklearn.features._gapped_kmers import check_gapped, gapped_names, masks_of, read_gapped
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    count_keys,
    invalid_parameter,
    mixed_keys,
    require_memory,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, Options, StrOptions

__all__ = ["GappedKmerCounts"]

# bytes of an entry: key, count, value, column
_ENTRY_BYTES = 16


class GappedKmerCounts(SequenceFeatures):
    """Counts of gapped k-mers: k residues of l positions, any residue at the others. Text to a sparse matrix.

    A binding site varies at some positions, and gapped k-mers see the rest. There are many, C(l, k) for each place of a
    sequence: for a support vector machine on hundreds of sequences :func:`gapped_kmer_kernel` takes less memory.
    Columns are those of the training rows, so fit it on training rows only, in a pipeline.

    Parameters
    ----------
    l : int, default=10
        Positions of a gapped k-mer.
    k : int, default=6
        Residues that are read.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences. Lower case counts as upper case. An ambiguous symbol or a gap may stand where any
        residue may; gapped k-mers that would read it are not counted. Any other symbol is an error.
    canonical : bool, default=None
        Whether a gapped k-mer and its reverse complement are one feature. None: of DNA.
    weighting : {"count", "frequency", "binary"}, default="count"
        - "count": how often it stands in the sequence;
        - "frequency": the same, divided by the number of all gapped k-mers in the sequence;
        - "binary": 1 where it stands in the sequence.
    max_features : int, default=None
        Keep so many, those that most training rows hold. None: all.
    n_features : int, default=None
        Give so many columns whatever the training rows hold; gapped k-mers share them by chance (hashing). For spaces
        that are too large, such as those of proteins. None: a column each.
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
    n_features_out_ : int
        Columns.

    Raises
    ------
    SequenceError
        If no training row holds a gapped k-mer, or a symbol is outside the alphabet.

    See Also
    --------
    KmerCounts : Without gaps.
    gapped_kmer_kernel : Products of these counts, without the counts.

    Examples
    --------
    >>> from seqaug_sklearn.features import GappedKmerCounts
    >>> counts = GappedKmerCounts(3, 2, canonical=False).fit(["ACG", "ACT"])
    >>> counts.get_feature_names_out().tolist()
    ['AC-', 'A-G', 'A-T', '-CG', '-CT']
    >>> counts.transform(["ANGACT"]).toarray()
    array([[1., 1., 1., 0., 1.]], dtype=float32)
    """

    _parameter_constraints = {
        "l": [Interval(Integral, 1, None, closed="left")],
        "k": [Interval(Integral, 1, None, closed="left")],
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "canonical": ["boolean", None],
        "weighting": [StrOptions({"count", "frequency", "binary"})],
        "max_features": [Interval(Integral, 1, None, closed="left"), None],
        "n_features": [Interval(Integral, 1, 2**31 - 1, closed="both"), None],
        "sparse_output": ["boolean"],
        "dtype": [Options(type, set(FLOATS))],
    }

    def __init__(
        self,
        l=10,  # noqa: E741
        k=6,
        *,
        alphabet="dna",
        canonical=None,
        weighting="count",
        max_features=None,
        n_features=None,
        sparse_output=True,
        dtype=np.float32,
    ):
        self.l = l
        self.k = k
        self.alphabet = alphabet
        self.canonical = canonical
        self.weighting = weighting
        self.max_features = max_features
        self.n_features = n_features
        self.sparse_output = sparse_output
        self.dtype = dtype

    def _learn(self, sequences):
        self.alphabet_ = get_alphabet(self.alphabet)
        self.canonical_ = reads_both_strands(self.canonical, self.alphabet_)
        check_gapped(self.l, self.k, self.alphabet_)
        if self.n_features is not None and self.max_features is not None:
            raise invalid_parameter(
                "max_features",
                Message("chooses among columns, and with ", Parameter("n_features"), " there is no choice"),
            )
        counted = self._count(sequences)
        if not any(len(of_mask.keys) for of_mask in counted):
            longest = int(sequences.lengths().max())
            asks = f" asks for gapped k-mers that no training row holds: the longest has {longest} residues"
            raise SequenceError(Message(Parameter("l", self.l), asks))
        if self.n_features is None:
            self._choose(counted)
        else:
            self.n_features_out_ = self.n_features
        return self._weighted(counted)

    def _features(self, sequences):
        return self._weighted(self._count(sequences))

    def _names(self):
        if self.n_features is not None:
            return [f"hash{column}" for column in range(self.n_features)]
        masks = self._masks()
        return [
            name
            for mask, words in zip(masks, self._words, strict=True)
            for name in gapped_names(words, mask, self.l, self.alphabet_)
        ]

    def _masks(self):
        return masks_of(self.l, self.k, canonical=self.canonical_)

    def _n_words(self):
        return max(self.alphabet_.n_symbols, 2) ** self.k

    def _count(self, sequences):
        n_residues, masks = int(sequences.lengths().sum()), self._masks()
        require_memory(
            float(n_residues) * len(masks) * (1 + self.canonical_) * _ENTRY_BYTES,
            f"the gapped k-mers of {n_residues} residues under {len(masks)} masks",
            Message("lower ", Parameter("l"), ", pass fewer sequences or take gapped_kmer_kernel"),
        )
        gapped = read_gapped(sequences, self.l, self.k, self.alphabet_, canonical=self.canonical_)
        counted = []
        for mask in masks:
            keys, starts, sizes = gapped.keys(mask)
            counted.append(count_keys(keys, gapped.n_words, starts, sizes))
        return counted

    def _choose(self, counted):
        """Learn which words of each mask are columns."""
        found = [distinct_keys(of_mask.keys, self._n_words()) for of_mask in counted]
        often = np.concatenate([rows_with for _, rows_with in found])
        kept = most_frequent(often, self.max_features)
        parts = np.split(kept, np.cumsum([len(words) for words, _ in found])[:-1])
        # plain arrays, so that any way of saving a model can hold them
        self._words = [words[part] for (words, _), part in zip(found, parts, strict=True)]
        self.n_features_out_ = int(kept.sum())

    def _weighted(self, counted):
        matrix = self._hashed(counted) if self.n_features is not None else self._by_word(counted)
        if self.weighting == "binary":
            matrix.data[:] = 1
        if self.weighting == "frequency":
            totals = sum(_row_sums(of_mask) for of_mask in counted)
            matrix.data /= np.repeat(np.maximum(totals, 1), np.diff(matrix.indptr)).astype(self.dtype)
        return matrix

    def _by_word(self, counted):
        return joined_columns(
            [
                Columns(words, self._n_words()).matrix(of_mask.indptr, of_mask.keys, of_mask.counts.astype(self.dtype))
                for words, of_mask in zip(self._words, counted, strict=True)
                if len(words)
            ]
        )

    def _hashed(self, counted):
        n_rows = len(counted[0].indptr) - 1
        # each mask has a seed of its own, so that the same word under two masks is not the same column
        seeds = mixed_keys(np.arange(len(counted)))
        columns = [
            (mixed_keys(of_mask.keys.astype(np.uint64) + seed) % np.uint64(self.n_features)).astype(np.int32)
            for seed, of_mask in zip(seeds, counted, strict=True)
        ]
        rows = [np.repeat(np.arange(n_rows, dtype=np.int32), np.diff(of_mask.indptr)) for of_mask in counted]
        values = np.concatenate([of_mask.counts for of_mask in counted]).astype(self.dtype)
        places = np.concatenate(rows), np.concatenate(columns)
        return sparse.csr_array(sparse.coo_array((values, places), shape=(n_rows, self.n_features)))


def _row_sums(counted):
    return np.diff(np.concatenate([[0], np.cumsum(counted.counts)])[counted.indptr])
