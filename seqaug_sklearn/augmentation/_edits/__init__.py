"""Random edits of sequences, and the augmenter that draws among them."""

from seqaug_sklearn.augmentation._edits._edits import (
    RandomDeletion,
    RandomInsertion,
    RandomInversion,
    RandomMutation,
    RandomNoise,
    RandomReverseComplement,
    RandomTranslocation,
)
from seqaug_sklearn.augmentation._edits._random_augmentation import RandomAugmentation

__all__ = [
    "RandomAugmentation",
    "RandomDeletion",
    "RandomInsertion",
    "RandomInversion",
    "RandomMutation",
    "RandomNoise",
    "RandomReverseComplement",
    "RandomTranslocation",
]
