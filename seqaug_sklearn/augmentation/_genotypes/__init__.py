"""Generators of genotypes: recombined haplotypes and a conditional GAN.

The names below are imported on first use, so that mosaics need no torch.
"""

from seqaug_sklearn._lazy import attach

_LAZY = {"PG_CGAN_PUBLISHED": "_gan", "GenotypeGAN": "_gan", "HaplotypeMosaic": "_haplotype_mosaic"}

__getattr__, __dir__ = attach(__name__, _LAZY)

__all__ = sorted(_LAZY)
