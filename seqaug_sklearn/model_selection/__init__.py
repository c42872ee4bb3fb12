"""Splitters that keep shared sequence from being on both sides of a split."""

from seqaug_sklearn.model_selection._window_block import WindowBlockKFold

__all__ = ["WindowBlockKFold"]
