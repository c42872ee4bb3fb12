"""K-mers by their position from an end of the sequences."""

import numpy as np

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.features._columns import (
    FLOATS,
    Columns,
    SequenceFeatures,
    check_lengths,
    distinct_keys,
    joined_columns,
)
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    invalid_parameter,
    pack_kmers,
    require_memory,
    text_to_codes,
    unpack_kmers,
)
from seqaug_sklearn.utils._sklearn import Integral, Interval, Options, StrOptions

__all__ = ["PositionalKmers"]

# bytes per position and k: keys, sorted keys, entries of the matrix
_POSITION_BYTES = 24


class PositionalKmers(SequenceFeatures):
    """Which k-mer stands at which position from an end of the sequence, one column each: text to a sparse matrix.

    For sequences that are aligned at one end: splice sites, promoters cut at the start of transcription, peptides.
    Where a site may stand anywhere, :class:`KmerCounts` sees it and these columns do not. Columns are those of the
    training rows, so fit it on training rows only, in a pipeline.

    Parameters
    ----------
    k : int or tuple of (int, int), default=(1, 5)
        Length of the k-mers in residues, or the inclusive range of lengths.
    anchor : {"start", "end", "both"}, default="start"
        From where positions are counted: the first symbol, the last one, or both, each with columns of its own.
    n_positions : int, default=None
        Residues from the anchor that are read; k-mers stand within them. None: the longest training sequence, and with
        "both" half of it from either end.
    tolerance : int, default=0
        A column is 1 also where its k-mer starts within that many positions of its own. It makes up for sites that
        shift by a few residues, at the cost of ``2 * tolerance + 1`` times the entries.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences. Lower case counts as upper case. K-mers with an ambiguous symbol or a gap are
        nowhere; any other symbol is an error.
    sparse_output : bool, default=True
        Whether the output is a CSR array; a data frame (``set_output``) needs False.
    dtype : {numpy.float32, numpy.float64}, default=numpy.float32
        Type of the output.

    Attributes
    ----------
    alphabet_ : Alphabet
        The alphabet.
    ks_ : range
        Lengths of the k-mers.
    n_positions_ : int
        Residues that are read from each anchor.
    n_features_out_ : int
        Columns.

    Raises
    ------
    SequenceError
        If no training row holds a k-mer, or a symbol is outside the alphabet.

    See Also
    --------
    KmerCounts : K-mers wherever they stand.
    seqaug_sklearn.encoding.OneHotEncoder : Single symbols from the first on, padded, for networks.

    Notes
    -----
    Columns are named by the start of the k-mer, 0-based, and the k-mer: "12_GT". From the end they count as Python's
    indices do: "-2_GT" are the last two symbols.

    Examples
    --------
    >>> from seqaug_sklearn.features import PositionalKmers
    >>> kmers = PositionalKmers(k=2, n_positions=3).fit(["ACGT", "AGGT"])
    >>> kmers.get_feature_names_out().tolist()
    ['0_AC', '0_AG', '1_CG', '1_GG']
    >>> kmers.transform(["ACGG", "TGG"]).toarray()
    array([[1., 0., 1., 0.],
           [0., 0., 0., 1.]], dtype=float32)
    >>> PositionalKmers(k=2, anchor="end", n_positions=2).fit(["ACGT", "GGT"]).get_feature_names_out().tolist()
    ['-2_GT']
    """

    _parameter_constraints = {
        "k": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "anchor": [StrOptions({"start", "end", "both"})],
        "n_positions": [Interval(Integral, 1, None, closed="left"), None],
        "tolerance": [Interval(Integral, 0, None, closed="left")],
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "sparse_output": ["boolean"],
        "dtype": [Options(type, set(FLOATS))],
    }

    def __init__(
        self,
        k=(1, 5),
        *,
        anchor="start",
        n_positions=None,
        tolerance=0,
        alphabet="dna",
        sparse_output=True,
        dtype=np.float32,
    ):
        self.k = k
        self.anchor = anchor
        self.n_positions = n_positions
        self.tolerance = tolerance
        self.alphabet = alphabet
        self.sparse_output = sparse_output
        self.dtype = dtype

    def _learn(self, sequences):
        self.alphabet_ = get_alphabet(self.alphabet)
        self.ks_ = check_lengths(self.k, self.alphabet_)
        longest = int(sequences.lengths().max())
        if self.n_positions is None:
            self.n_positions_ = -(-longest // 2) if self.anchor == "both" else longest
        else:
            self.n_positions_ = self.n_positions
        self._check_size()
        found = self._placed(sequences)
        # plain arrays, so that any way of saving a model can hold them
        self._keys = [distinct_keys(keys, n_keys)[0] for _, keys, n_keys in found]
        self.n_features_out_ = sum(map(len, self._keys))
        if not self.n_features_out_:
            asks = f" asks for k-mers that no training row holds within {self.n_positions_} positions: the longest has "
            raise SequenceError(Message(Parameter("k", self.k), asks, f"{longest} residues"))
        return self._matrix(found)

    def _check_size(self):
        """Refuse keys that no number holds: positions times k-mers."""
        base, k = max(self.alphabet_.n_symbols, 2), self.ks_[-1]
        if base**k * self.n_positions_ >= 2**62:
            raise invalid_parameter("k", f"is too long for {self.n_positions_} positions, got {self.k!r}; lower it")

    def _features(self, sequences):
        return self._matrix(self._placed(sequences))

    def _names(self):
        names = []
        for (anchor, k), keys in zip(self._places(), self._keys, strict=True):
            positions, kmers = np.divmod(keys.astype(np.int64), max(self.alphabet_.n_symbols, 2) ** k)
            first = 0 if anchor == "start" else -self.n_positions_
            texts = unpack_kmers(kmers, k, self.alphabet_).tolist()
            names += [f"{first + place}_{text}" for place, text in zip(positions.tolist(), texts, strict=True)]
        return names

    def _matrix(self, found):
        return joined_columns(
            [
                Columns(learned, n_keys).matrix(indptr, keys, np.ones(len(keys), self.dtype))
                for learned, (indptr, keys, n_keys) in zip(self._keys, found, strict=True)
            ]
        )

    def _places(self):
        """Anchors and lengths, in the order of the columns."""
        anchors = ("start", "end") if self.anchor == "both" else (self.anchor,)
        return [(anchor, k) for anchor in anchors for k in self.ks_]

    def _placed(self, sequences):
        """Keys of each row, by place: row bounds, keys (position times k-mers plus k-mer), their number."""
        width = self.n_positions_ + self.tolerance
        n_rows = len(sequences)
        require_memory(
            float(n_rows) * width * len(self.ks_) * (2 * self.tolerance + 1) * _POSITION_BYTES,
            f"the k-mers of {n_rows} sequences at {width} positions",
            Message("lower ", Parameter("n_positions"), " or pass fewer sequences"),
        )
        places = self._places()
        codes = {anchor: self._aligned(sequences, anchor, width) for anchor in dict.fromkeys(a for a, _ in places)}
        return [self._keys_of(codes[anchor], anchor, k) for anchor, k in places]

    def _aligned(self, sequences, anchor, width):
        """Codes of the symbols next to the anchor, padded on the other side: (n_rows, width)."""
        texts = [text[:width] if anchor == "start" else text[-width:][::-1] for text in map(str, sequences.values)]
        codes = text_to_codes(texts, self.alphabet_, length=width, identifiers=sequences.identifiers)
        return codes if anchor == "start" else np.ascontiguousarray(codes[:, ::-1])

    def _keys_of(self, codes, anchor, k):
        n_rows, width = codes.shape
        n_kmers = max(self.alphabet_.n_symbols, 2) ** k
        n_keys = self.n_positions_ * n_kmers
        if width < k:
            return np.zeros(n_rows + 1, np.int64), np.zeros(0, np.int64), n_keys
        packed, missing = pack_kmers(codes.ravel(), k, self.alphabet_)
        # k-mers that run from one row into the next are cut off
        packed = np.concatenate([packed, np.full(k - 1, missing, packed.dtype)]).reshape(n_rows, width)
        packed = packed[:, : width - k + 1]
        # where a k-mer starts, counted from the first position that is read
        starts = np.arange(width - k + 1) - (self.tolerance if anchor == "end" else 0)
        keys, known = _spread(packed, packed != missing, starts, self.tolerance, self.n_positions_ - k + 1, n_kmers)
        return np.concatenate([[0], np.cumsum(known.sum(axis=1))]), keys[known], n_keys


def _spread(packed, known, starts, tolerance, n_starts, n_kmers):
    """Keys of each k-mer at its own and at neighbouring positions, sorted in each row; and which are valid."""
    keys, valid = [], []
    for shift in range(-tolerance, tolerance + 1):
        places = starts + shift
        keys.append(places * n_kmers + packed.astype(np.int64))
        valid.append(known & ((places >= 0) & (places < n_starts)))
    if tolerance == 0:
        return keys[0], valid[0]
    # the same k-mer can reach a position from both sides
    table = np.where(np.hstack(valid), np.hstack(keys), np.iinfo(np.int64).max)
    table.sort(axis=1)
    first = np.ones(table.shape, bool)
    np.not_equal(table[:, 1:], table[:, :-1], out=first[:, 1:])
    return table, first & (table < np.iinfo(np.int64).max)
