"""From counts to similarities and distances, and from a block of them to its nearest entries."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

__all__ = ["COUNTING", "Scorer", "entries", "nearest", "within"]

COUNTING = {"shared": "multiset", "jaccard": "set", "containment": "set", "mash": "set", "cosine": "counts"}
"""What is counted for each metric, see :class:`~seqaug_sklearn.similarity._vocabulary.KmerVocabulary`."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """Turns shared counts into the similarity or the distance of a metric.

    Parameters
    ----------
    metric : {"shared", "jaccard", "containment", "cosine", "mash"}
        The metric.
    output : {"similarity", "distance"}
        What is wanted.
    no_shared : float
        Distance of metric "shared" where nothing is shared.
    k : int
        Length of the k-mers (used by "mash").
    """

    metric: str
    output: str
    no_shared: float
    k: int

    def __call__(self, counts, left, right, same):
        """Score pairs.

        Parameters
        ----------
        counts, left, right : float64 ndarrays that broadcast
            Product of the two sequences, and the product of each with itself.
        same : bool ndarray
            Whether the two sequences are identical.

        Returns
        -------
        scores : float64 ndarray
        """
        if self.metric == "shared":
            return self._shared(counts, same)
        similarity = getattr(self, f"_{self.metric}")(counts, left, right)
        # identical sequences without a k-mer (too short, or unknown symbols) share nothing and are equal all the same
        similarity[same] = 1
        return similarity if self.output == "similarity" else np.subtract(1, similarity, out=similarity)

    @property
    def unshared(self):
        """Score of two different sequences without a common k-mer."""
        if self.output == "similarity":
            return 0.0
        return float(self.no_shared) if self.metric == "shared" else 1.0

    @property
    def farthest_is_unshared(self):
        """Whether no pair with a common k-mer lies farther apart than a pair without one."""
        return self.output == "similarity" or self.unshared >= 1

    def distances(self, scores):
        """Scores as something that grows with the distance, for sorting."""
        return scores if self.output == "distance" else -scores

    def _shared(self, counts, same):
        if self.output == "similarity":
            return counts
        distance = np.full(counts.shape, float(self.no_shared))
        np.divide(1, counts, out=distance, where=counts > 0)
        distance[same] = 0
        return distance

    def _jaccard(self, counts, left, right):
        # shared / union; |A or B| = |A| + |B| - |A and B|
        return _ratio(counts, left + right - counts)

    def _containment(self, counts, left, right):
        return _ratio(counts, np.minimum(left, right))

    def _cosine(self, counts, left, right):
        # one root of the product, not a product of roots: exactly 1 for equal vectors
        return np.minimum(_ratio(counts, np.sqrt(left * right)), 1)

    def _mash(self, counts, left, right):
        jaccard = self._jaccard(counts, left, right)
        distance = np.ones(jaccard.shape)
        # Mash distance, Ondov et al. 2016, doi:10.1186/s13059-016-0997-x, equation 4: -1/k ln(2 j / (1 + j)), and 1
        # without a common k-mer
        np.log(2 * jaccard / (1 + jaccard), out=distance, where=jaccard > 0)
        distance[jaccard > 0] /= -self.k
        return 1 - np.clip(distance, 0, 1)


def _ratio(counts, whole):
    whole = np.broadcast_to(whole, counts.shape)
    return np.divide(counts, whole, out=np.zeros(counts.shape), where=whole > 0)


def within(scores, threshold, scorer):
    """Keep the pairs of a dense or sparse block that are at least as similar as the threshold.

    Parameters
    ----------
    scores : ndarray or CSR array of shape (n_rows, n_columns)
        Scores; in a sparse block, what is not stored is farther than the threshold.
    threshold : float
        Smallest similarity or largest distance.
    scorer : Scorer
        Where the scores come from.

    Returns
    -------
    CSR array of shape (n_rows, n_columns)
        Nearest first in each row; zeros are stored.
    """
    limit = scorer.distances(np.float64(threshold))
    if isinstance(scores, np.ndarray):
        rows, columns = np.nonzero(scorer.distances(scores) <= limit)
        return _sorted_csr(rows, columns, scores[rows, columns], scores.shape, scorer)
    rows, columns, values = entries(scores)
    kept = scorer.distances(values) <= limit
    return _sorted_csr(rows[kept], columns[kept], values[kept], scores.shape, scorer)


def nearest(scores, n_neighbors, scorer, shares=None):
    """Keep exactly `n_neighbors` entries in each row of a dense or sparse block: the nearest, first columns on ties.

    Parameters
    ----------
    scores : ndarray or CSR array of shape (n_rows, n_columns)
        Scores; what a sparse block does not store is `scorer.unshared`, and nothing stored is farther.
    n_neighbors : int
        At most n_columns.
    scorer : Scorer
        Where the scores come from.
    shares : bool ndarray of shape (n_rows, n_columns), default=None
        Of a dense block: which pairs have something in common. They go before the others at the same distance.

    Returns
    -------
    CSR array of shape (n_rows, n_columns)
        Nearest first in each row; zeros are stored.
    """
    if isinstance(scores, np.ndarray):
        distances = scorer.distances(scores)
        # nothing with a common k-mer is farther, so pairs without one go behind all others, those at the same distance
        # too
        if scorer.farthest_is_unshared:
            distances = np.where(shares, distances, np.inf)
        order = _smallest(distances, n_neighbors)
        rows = np.repeat(np.arange(len(scores)), n_neighbors)
        return _sorted_csr(rows, order.ravel(), scores[rows, order.ravel()], scores.shape, scorer)
    rows, columns, values = entries(scores)
    graph = _sorted_csr(rows, columns, values, scores.shape, scorer)
    rows, columns, values = entries(graph)
    # place within the row; rows are sorted by distance
    first = np.arange(len(rows)) - graph.indptr[rows] < n_neighbors
    rows, columns, values = _fill(rows[first], columns[first], values[first], scores.shape[0], n_neighbors, scorer)
    return _sorted_csr(rows, columns, values, scores.shape, scorer)


def _smallest(distances, n):
    """Columns (n_rows, n), ascending, of the n smallest distances of each row, first columns on ties."""
    # a partition instead of a sort: n is small beside the columns
    last = np.partition(distances, n - 1, axis=1)[:, n - 1, None]
    nearer = distances < last
    tied = distances == last
    # of the entries at the last distance, as many as still fit, first columns first
    tied &= np.cumsum(tied, axis=1, dtype=np.int32) <= n - nearer.sum(axis=1, keepdims=True)
    return np.nonzero(nearer | tied)[1].reshape(-1, n)


def _fill(rows, columns, values, n_rows, n_neighbors, scorer):
    """Add the first columns that a row does not hold yet until it has `n_neighbors`."""
    # (n_rows,): neighbours that share nothing and so are not stored
    missing = n_neighbors - np.bincount(rows, minlength=n_rows)
    short = np.flatnonzero(missing)
    if len(short) == 0:
        return rows, columns, values
    place = np.full(n_rows, -1)
    place[short] = np.arange(len(short))
    # the first n_neighbors columns are enough to choose from: a short row holds fewer than that
    held = np.flatnonzero((columns < n_neighbors) & (place[rows] >= 0))
    free = np.ones((len(short), n_neighbors), bool)
    free[place[rows[held]], columns[held]] = False
    free &= np.cumsum(free, axis=1) <= missing[short, None]
    new_rows, new_columns = np.nonzero(free)
    return (
        np.concatenate([rows, short[new_rows]]),
        np.concatenate([columns, new_columns]),
        np.concatenate([values, np.full(len(new_rows), scorer.unshared)]),
    )


def entries(scores):
    """Rows, columns and values of what a CSR array stores."""
    return np.repeat(np.arange(scores.shape[0]), np.diff(scores.indptr)), scores.indices, scores.data


def _sorted_csr(rows, columns, values, shape, scorer):
    order = np.lexsort((columns, scorer.distances(values), rows))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    index_type = np.int32 if max(indptr[-1], *shape) < 2**31 else np.int64
    return sparse.csr_array((values[order], columns[order].astype(index_type), indptr.astype(index_type)), shape=shape)
