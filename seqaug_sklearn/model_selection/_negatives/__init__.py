"""Negative examples: shuffles, draws from a background, what came of them."""

from seqaug_sklearn.model_selection._negatives._make_negatives import make_negatives
from seqaug_sklearn.model_selection._negatives._negative_set import NegativeSet

__all__ = ["NegativeSet", "make_negatives"]
