"""The memoriser, and how a comparison tells it from the models."""

from sklearn.pipeline import Pipeline

from seqaug_sklearn.similarity import memoriser

__all__ = ["is_memoriser", "memoriser"]


def is_memoriser(estimator) -> bool:
    """Whether the estimator is a :func:`memoriser` (k-mer similarity, then one nearest neighbour)."""
    if not isinstance(estimator, Pipeline):
        return False
    first, last = estimator.steps[0][1], estimator.steps[-1][1]
    return type(first).__name__ == "KmerSimilarity" and getattr(last, "n_neighbors", None) == 1
