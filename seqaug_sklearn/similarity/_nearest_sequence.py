"""The lookup baseline: what a classifier scores that only looks up the most similar training sequence."""

import numpy as np
from scipy import sparse
from sklearn.base import ClassifierMixin

from seqaug_sklearn.similarity._scores import entries
from seqaug_sklearn.similarity._sequence_lookup import SequenceLookup
from seqaug_sklearn.utils import check_class_labels, check_sequences
from seqaug_sklearn.utils._sklearn import fit_context

__all__ = ["NearestSequenceClassifier", "memoriser"]


class NearestSequenceClassifier(ClassifierMixin, SequenceLookup):
    """Looks up the training sequence that shares most k-mers, and knows nothing where none is shared.

    It learns nothing, so it is the baseline for leaks: a model that does not beat it may have seen no more than
    near-copies of the test sequences. It is no classifier to take home.

    Where several training sequences are equally near, their labels are averaged; where no k-mer is shared, the
    probabilities are the shares of the classes among the training rows. So the order of the rows decides nothing.

    Parameters
    ----------
    k : int or tuple of (int, int), default=None
        Length of the k-mers, or an inclusive range of lengths, counted together. None: 12 for DNA and RNA and 5 for
        other alphabets, at most the longest training sequence.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences.
    both_strands : bool, default=None
        Whether k-mers are looked up on the other strand too. None: of DNA; RNA is single-stranded and read as given.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted.
    class_prior_ : float64 ndarray of shape (n_classes,)
        Share of each class among the training rows.
    k_ : int or tuple of (int, int)
        Length of the k-mers.
    both_strands_ : bool
        Whether both strands are compared.

    See Also
    --------
    NearestSequenceRegressor : The same for numbers, and for several labels.
    KmerSimilarity : The similarities behind it, for nearest neighbours of your own.
    seqaug_sklearn.model_selection.audit_leakage : Which test sequences share sequence with which training sequences.

    Notes
    -----
    Nearest is the training sequence with the largest number of shared k-mers, counted as in
    ``KmerSimilarity(metric="shared")``; of several, those with the fewest k-mers in all, so that a copy goes before a
    longer sequence that contains it. Identical sequences are nearest even where they are shorter than k.

    With both strands, the number is that with a k-mer and its reverse complement taken for one, plus that of the given
    strand: a copy on the other strand is found, and a relative on the same strand goes before one of less than twice
    its similarity on the other. On genomes the two strands of one place can belong to different genes.

    Examples
    --------
    >>> from seqaug_sklearn.similarity import NearestSequenceClassifier
    >>> model = NearestSequenceClassifier(k=4).fit(["ACGTACGT", "TTGGTTGG", "GAGAGAGA"], ["a", "b", "b"])
    >>> model.predict(["CGTACGTA", "TGGTTGGT"]).tolist()
    ['a', 'b']
    >>> model.predict_proba(["CCCCCCCC"]).round(2).tolist()
    [[0.33, 0.67]]
    """

    def __init__(self, k=None, *, alphabet="dna", both_strands=None):
        self.k = k
        self.alphabet = alphabet
        self.both_strands = both_strands

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Remember the sequences and their labels.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,)
            Class labels.

        Returns
        -------
        self : object
        """
        sequences = check_sequences(X)
        y = check_class_labels(y, len(sequences))
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class only ({str(self.classes_[0])!r}); a classifier needs at least two")
        self.class_prior_ = np.bincount(codes) / len(codes)
        self._remember(list(sequences.values))
        places = np.arange(len(codes)), codes
        self._labels = sparse.csr_array((np.ones(len(codes)), places), shape=(len(codes), len(self.classes_)))
        return self

    def predict_proba(self, X):
        """Average the labels of the nearest training sequences; the class shares where nothing is shared.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_samples, n_classes)
        """
        nearest = self._nearest(X)
        found = np.diff(nearest.indptr)
        summed = (nearest @ self._labels).toarray()
        return np.where(found[:, None] > 0, summed / np.maximum(found, 1)[:, None], self.class_prior_)

    def predict(self, X):
        """Predict the label of the nearest training sequence, the commonest class where nothing is shared.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Of equally probable classes the one that is commoner among the training rows, then the first in `classes_`.
        """
        probabilities = self.predict_proba(X)
        # sums of equal shares may differ in the last bit
        best = np.isclose(probabilities, probabilities.max(axis=1, keepdims=True))
        return self.classes_[np.where(best, self.class_prior_, -1).argmax(axis=1)]

    def _nearest(self, X):
        """CSR array (n_samples, n_fitted) of ones at the nearest training sequences of each row."""
        parts = [self._nearest_of(texts) for texts in self._blocks_of(X)]
        return sparse.csr_array(sparse.vstack(parts, format="csr"))

    def _nearest_of(self, texts):
        shared = self._shared_by(texts)
        rows, columns = self._most_shared(shared)
        # a copy goes before others that hold the same k-mers; on the other strand only where k-mers say nothing
        same_strand, *any_strand = self._copies_of(texts)
        rows, columns = _put_first(same_strand, (rows, columns))
        for others in any_strand:
            rows, columns = _put_first((rows, columns), others)
        return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shared.shape)

    def _most_shared(self, shared):
        """Rows and columns of the pairs with the most k-mers in common, of these the shortest training sequences."""
        rows, columns, counts = entries(shared)
        most = np.zeros(shared.shape[0])
        # most k-mers per row, then the fewest k-mers in all among those
        np.maximum.at(most, rows, counts)
        kept = counts == most[rows]
        rows, columns = rows[kept], columns[kept]
        sizes = self._sizes[columns]
        fewest = np.full(shared.shape[0], np.inf)
        np.minimum.at(fewest, rows, sizes)
        return rows[sizes == fewest[rows]], columns[sizes == fewest[rows]]


def _put_first(pairs, others):
    """The pairs, and the others of rows that have none."""
    left = ~np.isin(others[0], pairs[0])
    return tuple(np.concatenate([first, second[left]]) for first, second in zip(pairs, others, strict=True))


def memoriser(k=None, alphabet="dna", *, canonical: bool | None = None) -> NearestSequenceClassifier:
    """Build the lookup baseline: the label of the training sequence that shares most k-mers.

    A model that does not beat it has shown no more than that near-copies of the test sequences were in the training
    rows.

    Parameters
    ----------
    k : int or tuple of (int, int), default=None
        Length of the k-mers. None: 12 for DNA and RNA, 5 for proteins.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences.
    canonical : bool, default=None
        Look on the other strand too. None: of DNA.

    Returns
    -------
    NearestSequenceClassifier
        Takes text of shape (n_samples,).

    Examples
    --------
    >>> model = memoriser(k=4)
    >>> model.fit(["ACGTACGT", "TTGGTTGG"], ["a", "b"]).predict(["CGTACGTA", "TGGTTGGT"]).tolist()
    ['a', 'b']
    """
    return NearestSequenceClassifier(k, alphabet=alphabet, both_strands=canonical)
