"""Regressors for sequences, bags of windows and features of pairs: numbers as labels, one or several per row.

Names are imported on first use, because networks need torch.
"""

from seqaug_sklearn._lazy import attach

_LAZY = {
    "CNNBiLSTMRegressor": "_cnn_bilstm",
    "MotifCNNRegressor": "_motif_cnn",
    "PromoterCNNRegressor": "_promoter_cnn",
    "ResidualMLPRegressor": "_residual_mlp",
    "WindowVotingRegressor": "_voting",
}

__getattr__, __dir__ = attach(__name__, _LAZY)

__all__ = sorted(_LAZY)
