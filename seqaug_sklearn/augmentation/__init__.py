"""Augmentation: windows in place of sequences (``transform``), or more rows for training (``fit_resample``).

The names below are imported on first use, so that windows need neither torch nor imbalanced-learn.
"""

from seqaug_sklearn._lazy import attach

_LAZY = {
    "EDIT_PRESETS": "_edits",
    "GenotypeGAN": "_genotypes",
    "PG_CGAN_PUBLISHED": "_genotypes",
    "HaplotypeMosaic": "_genotypes",
    "OrthologAugmenter": "_orthologs",
    "RandomAugmentation": "_edits",
    "RandomDeletion": "_edits",
    "RandomInsertion": "_edits",
    "RandomInversion": "_edits",
    "RandomMutation": "_edits",
    "RandomNoise": "_edits",
    "RandomReverseComplement": "_edits",
    "RandomShift": "_edits",
    "RandomTranslocation": "_edits",
    "SubstitutionMatrixMutation": "_edits",
    "SynonymousMutation": "_edits",
    "WindowAugmenter": "_window_augmenter",
    "WindowSet": "_window_set",
    "augmented_table": "_augmented_table",
    "describe_edits": "_edits",
    "make_edits": "_edits",
    "replay_edits": "_edits",
}

__getattr__, __dir__ = attach(__name__, _LAZY)

__all__ = sorted(_LAZY)
