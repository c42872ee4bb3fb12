"""The search for an augmentation, in which none is a candidate."""

from seqaug_sklearn.evaluation._augmentation_search._augmentation_search import AugmentationSearch

__all__ = ["AugmentationSearch"]
