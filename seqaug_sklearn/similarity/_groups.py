"""Groups of similar sequences, for group-aware splitting."""

import numpy as np
from scipy.sparse.csgraph import connected_components
from sklearn.base import clone

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.similarity._kmer_similarity import KmerSimilarity
from seqaug_sklearn.utils import invalid_parameter, is_number

__all__ = ["similarity_groups"]

# lengths at which two unrelated sequences of a few hundred residues rarely share a k-mer
_NUCLEOTIDE_K, _PROTEIN_K = 12, 5


def similarity_groups(
    X, threshold: float, *, similarity: KmerSimilarity | None = None, alphabet=None, n_jobs: int | None = None
) -> np.ndarray:
    """Label groups of similar sequences: the connected components of the graph "similarity >= threshold".

    Two sequences of different groups are always less similar than the threshold. Within a group they need not be
    similar: a chain of similar sequences links its ends, so a low threshold can join everything into one group.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    threshold : float
        Smallest similarity that links two sequences, in the unit of the metric; above 0.
    similarity : KmerSimilarity, default=None
        The measure; its `output`, `threshold` and `n_neighbors` are replaced. By default the "containment" of 12-mers
        of either strand for DNA and RNA, of 5-mers for other alphabets: the share of the shorter sequence's k-mers
        that the longer one holds. A share p of residues mutated leaves about ``(1 - p) ** k`` (0.28 at 90 % identity).
    alphabet : {"dna", "rna", "protein"} or Alphabet, default=None
        Alphabet of the default measure (None: "dna"); an error beside `similarity`, which has its own.
    n_jobs : int, default=None
        Parallel blocks of rows; None leaves what `similarity` says.

    Returns
    -------
    groups : int64 ndarray of shape (n_samples,)
        Label of each sequence, 0, 1, ... in the order of first appearance.

    Raises
    ------
    ValueError
        If `threshold` is not above 0, or is above 1 where equal sequences have a similarity of 1, or `similarity` and
        `alphabet` are both given.

    See Also
    --------
    KmerSimilarity : The measures.

    Examples
    --------
    >>> similarity_groups(["ACGTACGTACGTACGG", "TTGGACCATTAGGACC", "CCGTACGTACGTACGT"], 0.5).tolist()
    [0, 1, 0]
    """
    measure = _measure(similarity, alphabet).set_params(output="similarity", threshold=threshold, n_neighbors=None)
    _check_threshold(threshold, measure.metric)
    if n_jobs is not None:
        measure.set_params(n_jobs=n_jobs)
    _, labels = connected_components(measure.fit_transform(X), directed=False)
    _, first, groups = np.unique(labels, return_index=True, return_inverse=True)
    # rank of each group by its first row
    return np.argsort(np.argsort(first))[groups].astype(np.int64)


def _check_threshold(threshold, metric):
    if not is_number(threshold) or not threshold > 0:
        raise invalid_parameter(
            "threshold", f"must be above 0 (at 0 every sequence is similar to every other), got {threshold!r}"
        )
    if metric != "shared" and threshold > 1:
        raise invalid_parameter(
            "threshold",
            f"must be at most 1, the {metric} similarity of equal sequences, got {threshold!r}: a larger one "
            f"would part them. Numbers of shared k-mers are the unit of KmerSimilarity(metric='shared')",
        )


def _measure(similarity, alphabet):
    if similarity is not None:
        if alphabet is not None:
            raise ValueError("alphabet belongs to the default measure; similarity has its own, so leave alphabet=None")
        return clone(similarity)
    alphabet = get_alphabet("dna" if alphabet is None else alphabet)
    both_strands = alphabet.complement is not None
    k = _NUCLEOTIDE_K if both_strands else _PROTEIN_K
    return KmerSimilarity(k=k, alphabet=alphabet, metric="containment", canonical=both_strands)
