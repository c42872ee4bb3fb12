"""Regressors for sequences, bags of windows and features of pairs: numbers as labels, one or several per row.

Names are imported on first use, because networks need torch.
"""

from seqaug_sklearn._lazy import attach

_LAZY = {"WindowVotingRegressor": "_voting"}

__getattr__, __dir__ = attach(__name__, _LAZY)

__all__ = sorted(_LAZY)
