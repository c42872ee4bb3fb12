"""Classifiers for sequences, bags of windows and features of pairs.

Names are imported on first use, because the networks need torch.
"""

from seqaug_sklearn._lazy import attach

_LAZY = {
    "CNNBiLSTMClassifier": "_cnn_bilstm",
    "PAPER_DNA": "_cnn_bilstm",
    "PAPER_PROTEIN": "_cnn_bilstm",
    "PromoterCNNClassifier": "_promoter_cnn",
    "ResidualMLPClassifier": "_residual_mlp",
    "WindowVotingClassifier": "_voting",
}

__getattr__, __dir__ = attach(__name__, _LAZY)

__all__ = sorted(_LAZY)
