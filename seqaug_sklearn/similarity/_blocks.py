"""Scores of one block of rows, dense or sparse: the unit of work that joblib distributes."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from seqaug_sklearn.similarity._products import IncidenceProduct
from seqaug_sklearn.similarity._scores import Scorer, nearest, within

__all__ = ["BlockScores"]


# compared and hashed by identity, which some backends of joblib rely on
@dataclass(frozen=True, slots=True, eq=False)
class BlockScores:
    """Computes the scores of one block of rows; holds all it needs, so it can run in another process.

    Attributes
    ----------
    product : IncidenceProduct
        Queries against fitted sequences.
    query_identities, fitted_identities : int ndarray of shape (n_queries,), (n_fitted,)
        Equal numbers for identical sequences.
    scorer : Scorer
        Metric and output.
    threshold, n_neighbors : float or None, int or None
        What a row keeps; with None for both it keeps all, dense.
    """

    product: IncidenceProduct
    query_identities: np.ndarray
    fitted_identities: np.ndarray
    scorer: Scorer
    threshold: float | None = None
    n_neighbors: int | None = None

    def __call__(self, start, stop, first):
        if self._can_stay_sparse(start, stop):
            return self._reduce(self._sparse(start, stop))
        counts = self.product.dense_block(start, stop, first)
        same = self.query_identities[start:stop, None] == self.fitted_identities[first:]
        shares = (counts > 0) | same if self.n_neighbors is not None else None
        left, right = self.product.sizes
        return self._reduce(self.scorer(counts, left[start:stop, None], right[first:], same), shares)

    def _can_stay_sparse(self, start, stop):
        if self.threshold is None and self.n_neighbors is None:
            return False
        # two equal sequences without a k-mer share nothing and are still at distance 0
        if self.product.common or (self.product.sizes[0][start:stop] == 0).any():
            return False
        if self.n_neighbors is not None:
            return self.scorer.farthest_is_unshared
        return self.scorer.distances(self.scorer.unshared) > self.scorer.distances(self.threshold)

    def _sparse(self, start, stop):
        counts = self.product.sparse_block(start, stop)
        rows = np.repeat(np.arange(start, stop), np.diff(counts.indptr))
        left, right = self.product.sizes
        same = self.query_identities[rows] == self.fitted_identities[counts.indices]
        values = self.scorer(counts.data.astype(np.float64), left[rows], right[counts.indices], same)
        return sparse.csr_array((values, counts.indices, counts.indptr), shape=counts.shape)

    def _reduce(self, scores, shares=None):
        if self.threshold is not None:
            return within(scores, self.threshold, self.scorer)
        if self.n_neighbors is not None:
            return nearest(scores, self.n_neighbors, self.scorer, shares)
        return scores
