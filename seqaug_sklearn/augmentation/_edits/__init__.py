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
from seqaug_sklearn.augmentation._edits._lineage import replay_edits
from seqaug_sklearn.augmentation._edits._presets import EDIT_PRESETS, describe_edits, make_edits
from seqaug_sklearn.augmentation._edits._random_augmentation import RandomAugmentation
from seqaug_sklearn.augmentation._edits._shift import RandomShift
from seqaug_sklearn.augmentation._edits._substitution_matrix import SubstitutionMatrixMutation
from seqaug_sklearn.augmentation._edits._synonymous import SynonymousMutation

__all__ = [
    "EDIT_PRESETS",
    "RandomAugmentation",
    "RandomDeletion",
    "RandomInsertion",
    "RandomInversion",
    "RandomMutation",
    "RandomNoise",
    "RandomReverseComplement",
    "RandomShift",
    "RandomTranslocation",
    "SubstitutionMatrixMutation",
    "SynonymousMutation",
    "describe_edits",
    "make_edits",
    "replay_edits",
]
