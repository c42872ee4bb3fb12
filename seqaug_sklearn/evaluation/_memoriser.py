"""The memoriser: what a classifier scores that only looks up the most similar training sequence."""

from sklearn.pipeline import Pipeline

__all__ = ["is_memoriser", "memoriser"]


def memoriser(k: int = 12, alphabet: str = "dna") -> Pipeline:
    """Build a 1-nearest-neighbour classifier on shared k-mers.

    It learns nothing and copies the label of the training sequence that has most k-mers in common. A model that does
    not beat it has shown no more than that near-copies of the test sequences were in the training rows.

    Parameters
    ----------
    k : int, default=12
        Length of the k-mers.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Takes text of shape (n_samples,).

    Examples
    --------
    >>> model = memoriser(k=4)
    >>> model.fit(["ACGTACGT", "TTGGTTGG"], ["a", "b"]).predict(["CGTACGTA", "TGGTTGGT"]).tolist()
    ['a', 'b']
    """
    from sklearn.neighbors import KNeighborsClassifier

    from seqaug_sklearn.similarity import KmerSimilarity

    similarity = KmerSimilarity(k=k, alphabet=alphabet, metric="shared", output="distance", n_neighbors=1)
    return Pipeline(
        [
            ("kmersimilarity", similarity),
            ("kneighborsclassifier", KNeighborsClassifier(n_neighbors=1, metric="precomputed")),
        ]
    )


def is_memoriser(estimator) -> bool:
    """Whether the estimator is a :func:`memoriser` (k-mer similarity, then one nearest neighbour)."""
    if not isinstance(estimator, Pipeline):
        return False
    first, last = estimator.steps[0][1], estimator.steps[-1][1]
    return type(first).__name__ == "KmerSimilarity" and getattr(last, "n_neighbors", None) == 1
