"""The lookup baseline, and how a comparison separates it from the models."""

from sklearn.pipeline import Pipeline

from seqaug_sklearn.similarity import NearestSequenceClassifier, memoriser

__all__ = ["is_memoriser", "memoriser"]


def is_memoriser(estimator) -> bool:
    """Whether the estimator is the lookup baseline, also as the last step of a pipeline or inside a meta-estimator.

    The class decides, not its settings: a nearest-neighbour model of the user's own is a model like any other.
    """
    if isinstance(estimator, Pipeline):
        return is_memoriser(estimator.steps[-1][1])
    inner = getattr(estimator, "estimator", None)
    return isinstance(estimator, NearestSequenceClassifier) or (inner is not None and is_memoriser(inner))
