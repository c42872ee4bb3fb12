"""Orthologs in place of, or beside, the training rows."""

from seqaug_sklearn.augmentation._orthologs._augmenter import OrthologAugmenter

__all__ = ["OrthologAugmenter"]
