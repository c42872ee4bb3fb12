"""Augmentation: windows in place of sequences (``transform``), or more rows for training (``fit_resample``).

The names below are imported on first use, so that windows need neither torch nor imbalanced-learn.
"""

from seqaug_sklearn._lazy import attach

_LAZY = {
    "GenotypeGAN": "_genotype_gan",
    "HaplotypeMosaic": "_haplotype_mosaic",
    "OrthologAugmenter": "_ortholog",
    "RandomAugmentation": "_random_augmentation",
    "RandomDeletion": "_edits",
    "RandomInsertion": "_edits",
    "RandomInversion": "_edits",
    "RandomMutation": "_edits",
    "RandomNoise": "_edits",
    "RandomReverseComplement": "_edits",
    "RandomTranslocation": "_edits",
    "WindowAugmenter": "_windows",
    "WindowSet": "_window_set",
}

__getattr__, __dir__ = attach(__name__, _LAZY)

__all__ = sorted(_LAZY)
