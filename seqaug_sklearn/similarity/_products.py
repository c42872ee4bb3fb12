"""Products of incidence matrices, in blocks of rows, exact in whole numbers.

K-mers that many sequences hold go through a dense matrix product, rare ones through a sparse one; the border is where
the two take the same time.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from seqaug_sklearn.similarity._scores import Scorer, nearest, within
from seqaug_sklearn.similarity._vocabulary import Incidence

__all__ = ["BlockScores", "IncidenceProduct", "incidence_product"]

# a sparse multiplication takes about as long as this many dense ones (measured at 210 and at 4,000 sequences of 300 nt)
_DENSE_PER_SPARSE = 150
_CHUNK = 2048
# multiplications above which BLAS and its threads pay; below, waiting for a busy core costs more than the product
_THREADS_PAY = 2**30


@dataclass(frozen=True)
class IncidenceProduct:
    """The product of two incidences, ready to be computed block by block.

    Attributes
    ----------
    rare : pair of CSR arrays of shape (n_queries, n_rare), (n_fitted, n_rare)
        K-mers for the sparse product.
    common : list of pairs of CSR arrays of shape (n_queries, n), (n_fitted, n)
        K-mers for the dense product, in chunks of columns.
    sizes : pair of float64 ndarrays of shape (n_queries,), (n_fitted,)
        Sizes of the sequences, as in :class:`Incidence`.
    """

    rare: tuple
    common: list
    sizes: tuple

    @property
    def shape(self):
        """Shape of the product."""
        return len(self.sizes[0]), len(self.sizes[1])

    @property
    def nbytes(self):
        """Bytes held."""
        matrices = {id(matrix): matrix for pair in [self.rare, *self.common] for matrix in pair}.values()
        return sum(m.data.nbytes + m.indices.nbytes + m.indptr.nbytes for m in matrices)

    @property
    def scratch_bytes(self):
        """Bytes for one chunk of common k-mers written out in full, and for the transposed rare ones."""
        common = 8 * max((fitted.shape[0] * fitted.shape[1] for _, fitted in self.common), default=0)
        return common + self.rare[0].data.nbytes + self.rare[0].indices.nbytes

    def sparse_block(self, start: int, stop: int) -> sparse.csr_array:
        """Rows start:stop of the product of the rare k-mers; rows are sorted by column."""
        return self._rare_block(start, stop, 0).T.tocsr()

    def dense_block(self, start: int, stop: int, first: int = 0) -> np.ndarray:
        """Rows start:stop and columns first: of the product, float64 of shape (stop - start, n_fitted - first)."""
        total = self._rare_block(start, stop, first).toarray().T.astype(np.float64)
        # float32 holds whole numbers up to 2**24 exactly, and every partial sum is at most the total
        dtype = np.float32 if self._largest < 2**24 else np.float64
        for queries, fitted in self.common:
            left, right = queries[start:stop].astype(dtype), fitted[first:].astype(dtype).T.toarray()
            # a dense left side goes to BLAS; a sparse one multiplies without it and its threads
            large = left.shape[0] * right.size > _THREADS_PAY
            total += (left.toarray() if large else left) @ right
        return total

    def _rare_block(self, start, stop, first):
        """(n_fitted - first, stop - start): a block of few columns keeps the running sums in the processor's cache."""
        # whole numbers: exact in any order of summation, in the smallest type that holds the largest sum
        dtype = np.int32 if self._largest < 2**31 else np.float64
        queries, fitted = (matrix.astype(dtype, copy=False) for matrix in self.rare)
        return fitted[first:] @ queries[start:stop].T.tocsr()

    @property
    def _largest(self):
        """No entry of the product is larger (Cauchy-Schwarz)."""
        # the sizes are the products of the sequences with themselves
        return np.sqrt(self.sizes[0].max(initial=0) * self.sizes[1].max(initial=0))


def incidence_product(queries: Incidence, fitted: Incidence, *, off_diagonal: bool = False) -> IncidenceProduct:
    """Sort the k-mers into rare, common and useless (held by one side only) ones.

    With ``off_diagonal`` (queries and fitted being the same), k-mers of a single sequence count as useless too: they
    add to the diagonal only, which the sizes give.
    """
    # (n_features,): multiplications of a sparse product, queries with the k-mer times fitted sequences with it. In
    # float64, as int32 would overflow
    held = np.diff(queries.matrix.indptr).astype(np.float64) * np.diff(fitted.matrix.indptr)
    if off_diagonal:
        held[held == 1] = 0
    # a dense product multiplies every query with every fitted sequence, held or not
    border = queries.matrix.shape[1] * fitted.matrix.shape[1] / _DENSE_PER_SPARSE
    common = np.flatnonzero(held > border)
    rare = np.flatnonzero((held > 0) & (held <= border))
    chunks = [common[i : i + _CHUNK] for i in range(0, len(common), _CHUNK)]
    return IncidenceProduct(
        _columns(queries, fitted, rare),
        [_columns(queries, fitted, chunk) for chunk in chunks],
        (queries.sizes, fitted.sizes),
    )


def _columns(queries, fitted, features):
    left = queries.matrix[features].T.tocsr()
    # one matrix for both sides: `nbytes` tells by identity that it is held once
    return left, left if queries is fitted else fitted.matrix[features].T.tocsr()


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
        # the score alone does not tell a pair without a common k-mer from one that is as far; neighbours put it last
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
        # entries that are not stored may be dropped if no common k-mer means too far
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
