"""The lookup baseline for numbers and for several labels: the weighted mean of the nearest training sequences."""

import numpy as np
from scipy import sparse

from seqaug_sklearn.base import MeasuredRegressorMixin
from seqaug_sklearn.similarity._scores import entries
from seqaug_sklearn.similarity._sequence_lookup import SequenceLookup
from seqaug_sklearn.utils import check_sequences, n_targets, order_of_content, read_target
from seqaug_sklearn.utils._sklearn import Integral, Interval, fit_context

__all__ = ["NearestSequenceRegressor"]


class NearestSequenceRegressor(MeasuredRegressorMixin, SequenceLookup):
    """Looks up the training sequences that share most k-mers and averages their targets.

    It learns nothing, so it is the baseline for leaks among numbers, as :class:`NearestSequenceClassifier` is among
    classes: a model that does not beat it may have seen no more than near-copies of the test sequences.

    Where no k-mer is shared, the prediction is the mean over the training rows. The order of the rows decides nothing.
    Of labels that are 0, 1 or not known, the means are the probabilities that the labels are there.

    Parameters
    ----------
    k : int or tuple of (int, int), default=None
        Length of the k-mers, or an inclusive range of lengths, counted together. None: 12 for DNA and RNA and 5 for
        other alphabets, at most the longest training sequence.
    n_neighbors : int, default=5
        Training sequences that are averaged, weighted by the number of k-mers they share. Several, because a single
        measurement brings all of its noise along; of fewer that share something, all. 1: the nearest alone.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences.
    both_strands : bool, default=None
        Whether k-mers are looked up on the other strand too. None: of DNA; RNA is single-stranded and read as given.

    Attributes
    ----------
    mean_ : float64 ndarray of shape (n_targets,)
        Mean of each target over the training rows where it was measured.
    target_names_ : tuple of str
        Names of the targets.
    k_ : int or tuple of (int, int)
        Length of the k-mers.
    both_strands_ : bool
        Whether both strands are compared.

    See Also
    --------
    NearestSequenceClassifier : The same for classes.
    KmerSimilarity : The similarities behind it.

    Notes
    -----
    What is near is counted as in :class:`NearestSequenceClassifier`. Training sequences that are identical to a row
    answer for it alone, with their plain mean: they are its replicates. Those that are equally near share what places
    are left: where three compete for one, each counts a third. Of a target that was not measured everywhere only the
    rows count where it was, so several targets are predicted as by one model for each.

    Examples
    --------
    >>> from seqaug_sklearn.similarity import NearestSequenceRegressor
    >>> X, y = ["ACGTACGT", "ACGTACGA", "TTGGTTGG"], [0.5, 1.5, 4.0]
    >>> model = NearestSequenceRegressor(k=4, both_strands=False).fit(X, y)
    >>> model.predict(["ACGTACGT", "CGTACGTT", "CCCCCCCC"]).round(2).tolist()  # a copy, relatives, nothing shared
    [0.5, 1.0, 2.0]
    """

    _parameter_constraints = {
        **SequenceLookup._parameter_constraints,
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, k=None, *, n_neighbors=5, alphabet="dna", both_strands=None):
        self.k = k
        self.n_neighbors = n_neighbors
        self.alphabet = alphabet
        self.both_strands = both_strands

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Remember the sequences and their targets.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Numbers, or labels of 0 and 1; NaN where not measured.

        Returns
        -------
        self : object
        """
        texts = list(map(str, check_sequences(X).values))
        # of several targets some may be constant in the training rows of a fold, and the others are to be looked up
        target = read_target(y, len(texts), task="number", may_be_constant=n_targets(y) > 1)
        # in an order of their own, so that sums are those of any order of the rows to the last bit
        of_values = np.lexsort(target.columns.T)
        ranks = np.empty(len(texts), np.intp)
        ranks[of_values] = np.arange(len(texts))
        order = order_of_content((text.upper() for text in texts), ties=ranks)
        self._remember([texts[row] for row in order])
        self._targets = target.columns[order]
        self._is_one_column = target.values.ndim == 1
        self.mean_ = np.nanmean(self._targets, axis=0)
        self.target_names_ = target.names
        return self

    def predict(self, X):
        """Average the targets of the nearest training sequences; the training mean where nothing is shared.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        values : float64 ndarray of shape (n_samples,) or (n_samples, n_targets)
            As `y` was in :meth:`fit`.
        """
        values = np.concatenate([self._predict_block(texts) for texts in self._blocks_of(X)])
        return values[:, 0] if self._is_one_column else values

    def _predict_block(self, texts):
        shared = self._shared_by(texts)
        same_strand, *other_strand = self._copies_of(texts)
        found = np.empty((len(texts), len(self.mean_)))
        patterns, pattern_of = np.unique(~np.isnan(self._targets), axis=1, return_inverse=True)
        for number, measured in enumerate(patterns.T):
            targets = np.flatnonzero(pattern_of.ravel() == number)
            weights = self._weights(shared, same_strand, other_strand, measured)
            total = weights.sum(axis=1)[:, None]
            summed = weights @ np.nan_to_num(self._targets[:, targets])
            found[:, targets] = np.where(total > 0, summed / np.where(total > 0, total, 1), self.mean_[targets])
        return found

    def _weights(self, shared, same_strand, other_strand, measured):
        """CSR array (n_texts, n_fitted): how much each training row that was measured counts."""
        rows, columns = (part[measured[same_strand[1]]] for part in same_strand)
        levels = [(rows, columns, np.ones(len(rows))), self._nearest(shared, measured)]
        for copies in other_strand:
            rows, columns = (part[measured[copies[1]]] for part in copies)
            levels.append((rows, columns, np.ones(len(rows))))
        # a row is answered by the first level that holds something for it: copies, relatives, the other strand
        answered = np.zeros(shared.shape[0], bool)
        kept = []
        for level in levels:
            new = ~answered[level[0]]
            kept.append([part[new] for part in level])
            answered[level[0]] = True
        rows, columns, weights = (np.concatenate(parts) for parts in zip(*kept, strict=True))
        return sparse.csr_array((weights, (rows, columns)), shape=shared.shape)

    def _nearest(self, shared, measured):
        """Rows, columns and weights of the `n_neighbors` nearest training rows of each text."""
        rows, columns, counts = entries(shared)
        rows, columns, counts = (part[measured[columns]] for part in (rows, columns, counts))
        near = counts >= self._fewest_of_the_nearest(rows, counts, shared.shape[0])[rows]
        rows, columns, counts = (part[near] for part in (rows, columns, counts))
        sizes = self._sizes[columns]
        # most k-mers in common first, of these the shortest: a copy goes before a longer sequence that contains it
        order = np.lexsort((sizes, -counts, rows))
        rows, columns, counts, sizes = (part[order] for part in (rows, columns, counts, sizes))
        begins = np.ones(len(rows), bool)
        begins[1:] = (np.diff(rows) != 0) | (np.diff(counts) != 0) | (np.diff(sizes) != 0)
        tie = np.cumsum(begins) - 1
        n_tied = np.bincount(tie)[tie]
        # rows come in ascending order: place of the tie's first among the neighbours of its text
        place = np.flatnonzero(begins)[tie] - np.searchsorted(rows, rows)
        share = np.clip(self.n_neighbors - place, 0, n_tied) / np.maximum(n_tied, 1)
        used = share > 0
        return rows[used], columns[used], (share * counts)[used]

    def _fewest_of_the_nearest(self, rows, counts, n_texts):
        """How many k-mers the last of the nearest shares, (n_texts,); 0 where fewer share any."""
        fewest = np.zeros(n_texts)
        ends = np.searchsorted(rows, np.arange(n_texts + 1))
        for row in np.flatnonzero(np.diff(ends) > self.n_neighbors):
            # a partition instead of a sort of what may be every training row
            fewest[row] = -np.partition(-counts[ends[row] : ends[row + 1]], self.n_neighbors - 1)[self.n_neighbors - 1]
        return fewest
