"""What a sequence is made of: shares of symbols, of neighbours and of groups of symbols, and its length."""

import numpy as np

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.features._columns import FLOATS, SequenceFeatures
from seqaug_sklearn.utils import count_kmers, flat_codes, invalid_parameter, unpack_kmers
from seqaug_sklearn.utils._sklearn import Options, StrOptions

__all__ = ["SequenceComposition"]

_NUCLEOTIDES = {"GC": "GC", "purines": "AG"}
USUAL_GROUPS = {
    "dna": _NUCLEOTIDES,
    "rna": _NUCLEOTIDES,
    "protein": {
        "aliphatic": "AILV",
        "aromatic": "FWY",
        "polar": "CNQST",
        "positive": "HKR",
        "negative": "DE",
    },
}
"""Groups of symbols that "usual" stands for, by the name of the alphabet."""


class SequenceComposition(SequenceFeatures):
    """Shares of symbols and of neighbouring pairs, as a small dense matrix.

    What composition alone predicts is no motif: a model of it is the baseline that a model of sequences
    must exceed. So is one of the length, which is left out unless it is asked for.

    Parameters
    ----------
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences. Lower case counts as upper case; ambiguous symbols and gaps do not count, nor do
        pairs with one.
    symbols : bool, default=True
        Shares of the symbols.
    pairs : bool, default=True
        Shares of the pairs of neighbours.
    groups : {"usual"} or dict of str to str, default=None
        Shares of groups of symbols, by name: ``{"GC": "GC"}``. "usual": GC and purines of nucleotides; aliphatic,
        aromatic, polar, positive and negative amino acids.
    length : bool, default=False
        Whether the number of residues is a feature, ambiguous ones included.
    dtype : {numpy.float32, numpy.float64}, default=numpy.float32
        Type of the output.

    Attributes
    ----------
    alphabet_ : Alphabet
        The alphabet.
    groups_ : dict of str to str
        Groups of symbols.
    n_features_out_ : int
        Columns.

    See Also
    --------
    KmerCounts : Longer words.
    seqaug_sklearn.model_selection.audit_shortcuts : Whether one trivial feature separates the classes.

    Notes
    -----
    Nothing but the columns is learned, so its output does not depend on the training rows. A sequence without known
    symbols has zeros.

    Examples
    --------
    >>> from seqaug_sklearn.features import SequenceComposition
    >>> composition = SequenceComposition(pairs=False, groups={"GC": "GC"}, length=True)
    >>> composition.fit_transform(["ACGT", "GGGGC"]).round(2).tolist()
    [[0.25, 0.25, 0.25, 0.25, 0.5, 4.0], [0.0, 0.20000000298023224, 0.800000011920929, 0.0, 1.0, 5.0]]
    >>> composition.get_feature_names_out().tolist()
    ['A', 'C', 'G', 'T', 'GC', 'length']
    """

    _parameter_constraints = {
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "symbols": ["boolean"],
        "pairs": ["boolean"],
        "groups": [StrOptions({"usual"}), dict, None],
        "length": ["boolean"],
        "dtype": [Options(type, set(FLOATS))],
    }

    def __init__(self, alphabet="dna", *, symbols=True, pairs=True, groups=None, length=False, dtype=np.float32):
        self.alphabet = alphabet
        self.symbols = symbols
        self.pairs = pairs
        self.groups = groups
        self.length = length
        self.dtype = dtype

    def _learn(self, sequences):
        self.alphabet_ = get_alphabet(self.alphabet)
        self.groups_ = _check_groups(self.groups, self.alphabet_)
        self.n_features_out_ = len(self._names())
        if not self.n_features_out_:
            raise invalid_parameter("symbols", "is False, and nothing else is asked for: set symbols, pairs or groups")
        return self._features(sequences)

    def _features(self, sequences):
        codes, lengths = flat_codes(sequences, self.alphabet_)
        symbols = self._shares(codes, lengths, 1)
        columns = [symbols] if self.symbols else []
        if self.pairs:
            columns.append(self._shares(codes, lengths, 2))
        columns += [
            symbols[:, [self.alphabet_.symbols.index(symbol) for symbol in group]].sum(axis=1, keepdims=True)
            for group in self.groups_.values()
        ]
        if self.length:
            columns.append(lengths[:, None])
        return np.hstack(columns).astype(self.dtype)

    def _shares(self, codes, lengths, k):
        counted = count_kmers(codes, lengths, k, self.alphabet_)
        table = np.zeros((len(lengths), max(self.alphabet_.n_symbols, 2) ** k))
        table[np.repeat(np.arange(len(lengths)), np.diff(counted.indptr)), counted.keys] = counted.counts
        return table / np.maximum(table.sum(axis=1, keepdims=True), 1)

    def _names(self):
        lengths = [k for k, wanted in ((1, self.symbols), (2, self.pairs)) if wanted]
        base = max(self.alphabet_.n_symbols, 2)
        names = [name for k in lengths for name in unpack_kmers(np.arange(base**k), k, self.alphabet_).tolist()]
        return [*names, *self.groups_, *(["length"] if self.length else [])]


def _check_groups(groups, alphabet):
    if groups is None:
        return {}
    if isinstance(groups, str):
        if alphabet.name not in USUAL_GROUPS:
            known = ", ".join(USUAL_GROUPS)
            raise invalid_parameter("groups", f"'usual' is known for {known}; pass a dict for {alphabet.name!r}")
        return USUAL_GROUPS[alphabet.name]
    for name, symbols in groups.items():
        foreign = sorted({*str(symbols).upper()} - {*alphabet.symbols})
        if not isinstance(name, str) or not isinstance(symbols, str) or not symbols or foreign:
            raise invalid_parameter(
                "groups",
                f"must map names to symbols of the {alphabet.name} alphabet ({alphabet.symbols}), got {name!r}: "
                f"{symbols!r}",
            )
    return {name: "".join(sorted({*symbols.upper()})) for name, symbols in groups.items()}
