"""What both lookup baselines share: the fitted k-mers of the training rows, and which of them lie near new rows."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.alphabets import Alphabet, get_alphabet
from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.similarity._default_thresholds import usual_k
from seqaug_sklearn.similarity._kmer_similarity import KmerSimilarity
from seqaug_sklearn.utils import check_sequences
from seqaug_sklearn.utils._sklearn import Integral, Interval, StrOptions

__all__ = ["SequenceLookup", "has_two_strands"]

# entries of a block of scores: bounds the memory where most pairs have k-mers in common
_BLOCK_ENTRIES = 2 * 10**7


class SequenceLookup(TextInputMixin, BaseEstimator):
    """Base of estimators that look up training sequences; subclasses say what is made of those found."""

    _parameter_constraints = {
        "k": [Interval(Integral, 1, None, closed="left"), tuple, list, None],
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "both_strands": ["boolean", None],
    }

    def _remember(self, texts):
        """Count the k-mers of the training sequences, with the usual k and strands where none are given."""
        alphabet = get_alphabet(self.alphabet)
        self.k_ = usual_k(alphabet, max(map(len, texts))) if self.k is None else self.k
        self.both_strands_ = has_two_strands(alphabet) if self.both_strands is None else bool(self.both_strands)
        self._similarities = [
            # sparse: at least one k-mer in common
            KmerSimilarity(self.k_, alphabet=alphabet, canonical=canonical, threshold=1).fit(texts)
            for canonical in ((False, True) if self.both_strands_ else (False,))
        ]

    def _blocks_of(self, X):
        """Lists of texts, of which the similarities fit into memory at once."""
        check_is_fitted(self)
        texts = list(check_sequences(X).values)
        step = max(_BLOCK_ENTRIES // self._similarities[0].n_fitted_, 1)
        return [texts[i : i + step] for i in range(0, len(texts), step)]

    def _shared_by(self, texts):
        """CSR array (n_texts, n_fitted) of the numbers of shared k-mers, those of both strands added up."""
        return sum(similarity.transform(texts) for similarity in self._similarities)

    def _copies_of(self, texts):
        """Rows and columns of the pairs that are identical, on the same strand and, where it counts, on any."""
        return [_identical(*similarity.identities(texts)) for similarity in self._similarities]

    @property
    def _sizes(self):
        """Number of k-mers of each training sequence, float64 (n_fitted,)."""
        return self._similarities[-1].sizes_


def _identical(query, fitted):
    """Rows and columns of the pairs with the same number; -1 stands for none."""
    order = np.argsort(fitted, kind="stable")
    # fitted sequences of one number stand side by side in `order`
    low, high = (np.searchsorted(fitted[order], query, side) for side in ("left", "right"))
    counts = high - low
    rows = np.repeat(np.arange(len(query)), counts)
    # 0, 1, ... within each query's own
    places = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows, order[np.repeat(low, counts) + places]


def has_two_strands(alphabet):
    """RNA has complements too, but a transcript and its reverse complement are different molecules."""
    return alphabet.complement is not None and "U" not in alphabet.symbols
