"""``compare_augmentations``: models with and without augmentation, under a split that cannot leak."""

from seqaug_sklearn.evaluation._augmentation._compare import compare_augmentations
from seqaug_sklearn.evaluation._augmentation._comparison import AugmentationComparison

__all__ = ["AugmentationComparison", "compare_augmentations"]
