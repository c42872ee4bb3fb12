"""Clusters of unlabelled sequences by shared k-mers: as published, and with a distance."""

import warnings
from dataclasses import dataclass
from typing import Literal

import joblib
import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.linalg import eigh
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.encoding import dinucleotide_shuffle
from seqaug_sklearn.exceptions import InvalidParameterError, SeqAugWarning, SequenceError
from seqaug_sklearn.similarity._kmer_similarity import KmerSimilarity
from seqaug_sklearn.similarity._sequence_clusters import MAX_LENGTH_RATIO, SequenceClusters
from seqaug_sklearn.utils import Message, Parameter, check_generator, check_sequences, draw_seed, warn
from seqaug_sklearn.utils import progress as show_progress
from seqaug_sklearn.utils._sklearn import Integral, Interval, StrOptions, validate_params

__all__ = ["cluster_sequences"]

_KS = {"distance": (5, 12), "paper": (5, 15)}
_PAPER_CLUSTERS, _PAPER_MOST = 7, 20
_EVERY, _N_BEYOND = 30, 40
_N_COORDINATES = 10
_N_ORDERS = 5
_METRICS = {"weighted_jaccard", "shared", "jaccard", "containment", "cosine", "mash"}


@validate_params(
    {
        "k": [Interval(Integral, 1, None, closed="left"), tuple, list, None],
        "alphabet": [StrOptions({"dna", "rna", "protein"}), Alphabet],
        "method": [StrOptions({"distance", "paper"})],
        "metric": [StrOptions(_METRICS)],
        "canonical": ["boolean"],
        "n_clusters": [Interval(Integral, 2, None, closed="left"), None],
        "max_clusters": [Interval(Integral, 2, None, closed="left"), None],
        "n_shuffles": [Interval(Integral, 0, None, closed="left")],
        "random_state": ["random_state", np.random.Generator],
        "n_jobs": [Integral, None],
        "progress": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def cluster_sequences(
    X,
    *,
    k: int | tuple[int, int] | None = None,
    alphabet="dna",
    method: Literal["distance", "paper"] = "distance",
    metric: str = "weighted_jaccard",
    canonical: bool = False,
    n_clusters: int | None = None,
    max_clusters: int | None = None,
    n_shuffles: int = 99,
    random_state=21,
    n_jobs: int | None = None,
    progress: bool = False,
) -> SequenceClusters:
    """Cluster unlabelled sequences by the k-mers they share, and test the clusters against shuffled sequences.

    Any method finds clusters in anything. Look at the p-value first: shuffled sequences have clusters too.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        At least three sequences, two of them different; up to a few thousand. Names come from the index of a Series.
    k : int or tuple of (int, int), default=None
        Length of the k-mers, or the inclusive range of lengths. None: (5, 12), as the paper's text says; for method
        "paper" (5, 15), as its program does.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet.
    method : {"distance", "paper"}, default="distance"
        - "distance": hierarchical clustering with average linkage on a symmetric distance;
        - "paper": the published program [1]_ as it is coded: k-means on the rows of the upper triangle of the matrix of
          shared counts. It is no distance (the counts are not inverted), and half of the matrix is empty, so that where
          a sequence stands in the file decides which numbers its row holds.
    metric : str, default="weighted_jaccard"
        Distance for the clusters of method "distance", and for silhouettes and neighbours of both. "weighted_jaccard"
        is ``1 - shared / (kmers_a + kmers_b - shared)``, from the paper's shared counts; also "shared" (1 / shared),
        "jaccard", "containment", "cosine" and "mash" (one `k` only) of :class:`KmerSimilarity`.
    canonical : bool, default=False
        Count a k-mer and its reverse complement as one.
    n_clusters : int, default=None
        Number of clusters. None: the one with the largest mean silhouette; for method "paper" 7.
    max_clusters : int, default=None
        Largest number of clusters that is tried. None: one less than there are sequences, because relatives often come
        in pairs; for method "paper" 20. Beyond 30 not every number is tried.
    n_shuffles : int, default=99
        Sets of dinucleotide-shuffled sequences that the whole procedure, the choice of the number included, is repeated
        on; 0 leaves the test out.
    random_state : int, RandomState, Generator or None, default=21
        Seed of the shuffles and of k-means; 21 is the paper's.
    n_jobs : int, default=None
        Shuffles in parallel, through joblib. The result does not depend on it.
    progress : bool, default=False
        Show a bar with the time left.

    Returns
    -------
    clusters : SequenceClusters

    Raises
    ------
    SequenceError
        For bad sequences, fewer than three, or all alike; if a k is longer than every sequence.
    ValueError
        For bad parameters, or more clusters than different sequences.

    Warns
    -----
    SeqAugWarning
        If the longest sequence has more than 1.5 times the residues of the shortest: what is shared depends on length.

    See Also
    --------
    KmerSimilarity : The measure, for any estimator of scikit-learn.
    similarity_groups : Groups for splitting, by a threshold.

    Notes
    -----
    Why this distance: it is 0 for equal and 1 for disjoint k-mer content, symmetric, a metric (1 / shared is none: its
    scale depends on the length, and a sequence is not at 0 from itself), and its square root is Euclidean, so that the
    coordinates lose nothing. Why average linkage and not k-means: it uses the distance itself and no seed, one tree
    holds all numbers of clusters, and it recovers families of unequal size, which k-means cuts into equal parts.

    A silhouette of k-mer distances is small even for true families (0.26 at 90 % identity, 0.03 at 70 %), because a
    single mutation removes k k-mers of every length (``bench_clusters.py`` prints them). The scale is what shuffled
    sequences reach, not a textbook's.

    References
    ----------
    .. [1] Window augmentation of chloroplast genomes, Scientific Reports (2025), :doi:`10.1038/s41598-025-12796-9`,
       "unsupervised analysis".
    .. [2] P. J. Rousseeuw, Silhouettes: a graphical aid to the interpretation and validation of cluster analysis,
       Journal of Computational and Applied Mathematics 20 (1987), :doi:`10.1016/0377-0427(87)90125-7`.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.similarity import cluster_sequences
    >>> letters = np.random.default_rng(0).choice(list("ACGT"), size=(2, 100))
    >>> a, b = ("".join(row) for row in letters)
    >>> clusters = cluster_sequences([a, a[10:] + b[:10], b, b[9:] + a[:9], b[20:] + a[:20]], n_shuffles=19)
    >>> clusters.labels.tolist(), clusters.p_value
    ([1, 1, 0, 0, 0], 0.05)
    >>> clusters.members()["members"].tolist()
    [(3, 2, 4), (0, 1)]
    """
    sequences = check_sequences(X)
    k = _KS[method] if k is None else k
    seed = random_state if isinstance(random_state, Integral) else draw_seed(check_generator(random_state))
    kmers = _Comparison(k, alphabet, metric, canonical)
    shared, distance = kmers(X)
    number, candidates = _numbers(method, n_clusters, max_clusters, distance)
    procedure = _Procedure(method, number, candidates, seed)
    _warn_of_lengths(sequences.lengths())
    found = procedure.every(shared, distance)
    labels, samples = found[procedure.number or max(found, key=lambda number: found[number][1].mean())]
    rng = np.random.default_rng(seed)
    order_agreement = _order_agreement(procedure, shared, distance, labels, rng)
    null = _null(sequences, kmers, procedure, rng.spawn(n_shuffles), n_jobs, progress)
    coordinates, explained = _principal_components(shared) if method == "paper" else _principal_coordinates(distance)
    return SequenceClusters(
        method=method,
        metric=metric,
        k=(int(k), int(k)) if isinstance(k, (int, np.integer)) else (int(k[0]), int(k[1])),
        names=pd.RangeIndex(len(sequences)) if sequences.identifiers is None else pd.Index(sequences.identifiers),
        lengths=np.asarray(sequences.lengths()),
        shared=shared.astype(np.int64),
        distance=distance,
        labels=labels,
        silhouettes=pd.Series({number: samples.mean() for number, (_, samples) in found.items()}, name="silhouette"),
        sample_silhouettes=samples,
        coordinates=coordinates,
        explained=explained,
        null_silhouettes=null[:, 0],
        null_nearest=null[:, 1],
        order_agreement=order_agreement,
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Shared counts and distances of all pairs."""

    k: int | tuple
    alphabet: str | Alphabet
    metric: str
    canonical: bool

    def __call__(self, X):
        measure = KmerSimilarity(self.k, alphabet=self.alphabet, canonical=self.canonical)
        shared = measure.fit_transform(X)
        if self.metric == "weighted_jaccard":
            return shared, _weighted_jaccard(shared)
        return shared, measure.set_params(metric=self.metric, output="distance").fit_transform(X)


def _weighted_jaccard(shared):
    sizes = np.diag(shared)
    union = sizes[:, None] + sizes - shared
    # sum of the smaller counts by sum of the larger ones, as min + max = a + b
    distance = 1 - np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    # a sequence without a k-mer is at 0 from itself all the same
    np.fill_diagonal(distance, 0)
    return distance


@dataclass(frozen=True, slots=True)
class _Procedure:
    """What is done to the sequences and, again, to every shuffle of them.

    ``number`` of clusters is fixed or, where None, the best of ``candidates``.
    """

    method: str
    number: int | None
    candidates: list
    seed: int

    def every(self, shared, distance):
        """Labels and silhouettes of all candidates, by number of clusters."""
        return self._scored(shared, distance, [*self.candidates, *([self.number] if self.number else [])])

    def best_silhouette(self, shared, distance):
        """Mean silhouette of the fixed number, or the best one."""
        found = self._scored(shared, distance, [self.number] if self.number else self.candidates)
        return max(samples.mean() for _, samples in found.values())

    def cluster(self, shared, distance, numbers):
        """Labels by number of clusters, the largest cluster first."""
        cut = _cut_rows if self.method == "paper" else _cut_tree
        return {
            number: _largest_first(labels)
            for number, labels in cut(shared, distance, sorted(set(numbers)), self.seed).items()
        }

    def _scored(self, shared, distance, numbers):
        labels = self.cluster(shared, distance, numbers)
        return {number: (one, _silhouettes(distance, one)) for number, one in labels.items()}


def _cut_tree(shared, distance, numbers, seed):
    """Labels from one tree of average linkage; equal to AgglomerativeClustering(metric="precomputed")."""
    # one tree holds every number of clusters, so that trying all of them costs a single clustering
    tree = linkage(squareform(distance, checks=False), "average")
    return dict(zip(numbers, cut_tree(tree, numbers).T, strict=True))


def _cut_rows(shared, distance, numbers, seed):
    """Labels as published: k-means on the rows of the upper triangle of the counts."""
    from sklearn.cluster import KMeans

    rows = np.triu(shared, 1)
    # sequences that share nothing have the same row
    n_different = len(np.unique(rows, axis=0))
    return {number: KMeans(min(number, n_different), random_state=seed).fit_predict(rows) for number in numbers}


def _largest_first(labels):
    _, first, numbers, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), int)
    # largest first; of equal size the one that appears first
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[numbers]


def _silhouettes(distance, labels):
    """Silhouette of each sequence, as scikit-learn's silhouette_samples, quick on the thousands of matrices here."""
    rows, sizes = np.arange(len(labels)), np.bincount(labels)
    # shuffles of short sequences can all be alike, so that nothing is left to part
    if len(sizes) == 1:
        return np.zeros(len(labels))
    # (n, n_clusters): sum of distances to each cluster
    sums = distance @ (labels[:, None] == np.arange(len(sizes)))
    # mean distance to the other members, a; b is that to the nearest other cluster; the silhouette is (b - a) / max(a,
    # b) [Rousseeuw 1987], and 0 for a cluster of one
    within = sums[rows, labels] / np.maximum(sizes[labels] - 1, 1)
    means = sums / sizes
    means[rows, labels] = np.inf
    nearest = means.min(axis=1)
    larger = np.maximum(within, nearest)
    samples = np.divide(nearest - within, larger, out=np.zeros(len(labels)), where=larger > 0)
    return np.where(sizes[labels] > 1, samples, 0)


def _numbers(method, n_clusters, max_clusters, distance):
    """The fixed number of clusters (or None), and those that are tried."""
    n = len(distance)
    # sequences at distance 0 count once
    n_different = connected_components(distance <= 0, directed=False)[0]
    if n < 3 or n_different < 2:
        raise SequenceError(
            f"clustering needs at least three sequences, two of them different; got {n} with {n_different} different"
        )
    most = min(n_different, n - 1)
    number = _PAPER_CLUSTERS if method == "paper" and n_clusters is None else n_clusters
    if number is not None and number > most:
        default = " (the paper's number)" if n_clusters is None else ""
        raise InvalidParameterError(
            Message(
                Parameter("n_clusters", number),
                f"{default} is too many for {n} sequences, {n_different} of them different; pass at most {most}",
            )
        )
    if max_clusters is None:
        max_clusters = _PAPER_MOST if method == "paper" else most
    return number, _candidates(min(max_clusters, most))


def _candidates(most):
    """Every number of clusters up to 30, then steps of a few percent."""
    # silhouettes change little from one large number to the next
    beyond: list[float] = np.geomspace(_EVERY, most, _N_BEYOND).round().tolist() if most > _EVERY else []
    return sorted({*range(2, min(most, _EVERY) + 1), *map(int, beyond)})


def _warn_of_lengths(lengths):
    if lengths.max() > MAX_LENGTH_RATIO * lengths.min():
        warn(
            f"sequences have {lengths.min()} to {lengths.max()} residues: what two of them can share depends on their "
            "lengths, so clusters may be groups of similar length. Cut them to one length, or use metric='containment'",
            SeqAugWarning,
        )


def _order_agreement(procedure, shared, distance, labels, rng):
    """Mean adjusted Rand index between the clusters and those of the same sequences in other orders."""
    from sklearn.metrics import adjusted_rand_score

    number, scores = int(labels.max()) + 1, []
    for _ in range(_N_ORDERS):
        order = rng.permutation(len(labels))
        pairs = np.ix_(order, order)
        # the published method reads the upper triangle, so the order of the sequences matters to it
        other = procedure.cluster(shared[pairs], distance[pairs], [number])[number]
        with warnings.catch_warnings():
            # scikit-learn before 1.8 asks whether many small clusters are a regression target
            warnings.filterwarnings("ignore", message="The number of unique classes is greater than 50%")
            scores.append(adjusted_rand_score(labels[order], other))
    return float(np.mean(scores))


def _null(sequences, kmers, procedure, rngs, n_jobs, progress):
    """Silhouette and smallest distance of each shuffled set: (n_shuffles, 2)."""
    tasks = (joblib.delayed(_null_round)(sequences.values, kmers, procedure, rng) for rng in rngs)
    rounds = joblib.Parallel(n_jobs=n_jobs, return_as="generator")(tasks)
    bar = show_progress(rounds, total=len(rngs), description="shuffles", enabled=progress and len(rngs) > 0, unit="set")
    return np.reshape(list(bar), (len(rngs), 2))


def _null_round(values, kmers, procedure, rng):
    # composition and neighbours kept, homology gone: what clusters there are, chance makes
    shared, distance = kmers(dinucleotide_shuffle(values, rng))
    return procedure.best_silhouette(shared, distance), distance[np.triu_indices(len(distance), 1)].min()


def _principal_coordinates(distance):
    """Classical scaling of the square root of the distance."""
    # Gower's double centring of squared distances; the distance itself is the square of its root
    centred = -0.5 * distance
    centred -= centred.mean(axis=0)
    centred -= centred.mean(axis=1, keepdims=True)
    n = len(distance)
    values, vectors = eigh(centred, subset_by_index=(max(n - _N_COORDINATES, 0), n - 1))
    # eigh gives them ascending; those below zero are rounding
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    # the sign of an axis means nothing: let its longest arm point upwards
    vectors = vectors * np.sign(np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[None], axis=0))
    return vectors * np.sqrt(values), values / np.trace(centred)


def _principal_components(shared):
    """Principal components of what the published program clusters."""
    from sklearn.decomposition import PCA

    rows = np.triu(shared, 1)
    if not rows.any():
        return np.zeros((len(rows), 2)), np.zeros(2)
    pca = PCA(min(_N_COORDINATES, len(rows)), svd_solver="full")
    coordinates = pca.fit_transform(rows)
    return coordinates, pca.explained_variance_ratio_
