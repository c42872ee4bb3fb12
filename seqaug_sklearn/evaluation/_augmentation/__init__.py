"""``compare_augmentations``: models with and without augmentation, under a split that cannot leak."""

from seqaug_sklearn.evaluation._augmentation._comparison import AugmentationComparison, compare_augmentations

__all__ = ["AugmentationComparison", "compare_augmentations"]
