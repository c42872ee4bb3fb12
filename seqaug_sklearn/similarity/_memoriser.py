"""The memoriser: what a classifier scores that only looks up the most similar training sequence."""

from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from seqaug_sklearn.similarity._kmer_similarity import KmerSimilarity

__all__ = ["memoriser"]


def memoriser(k: int = 12, alphabet="dna", *, canonical: bool = False) -> Pipeline:
    """Build a 1-nearest-neighbour classifier on shared k-mers.

    It learns nothing and copies the label of the training sequence that has most k-mers in common. A model that does
    not beat it has shown no more than that near-copies of the test sequences were in the training rows.

    Parameters
    ----------
    k : int, default=12
        Length of the k-mers.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the sequences.
    canonical : bool, default=False
        Count a k-mer and its reverse complement as one, so that copies on the other strand are found too.

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
    similarity = KmerSimilarity(k=k, alphabet=alphabet, output="distance", canonical=canonical, n_neighbors=1)
    return make_pipeline(similarity, KNeighborsClassifier(n_neighbors=1, metric="precomputed"))
