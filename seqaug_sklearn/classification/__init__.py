"""Classifiers for sequences, bags of windows and features of pairs.

Names are imported on first use, because the networks need torch.
"""

from seqaug_sklearn._lazy import attach

_LAZY = {
    "BAG_DNA": "_cnn_bilstm",
    "CNNBiLSTMClassifier": "_cnn_bilstm",
    "MotifCNNClassifier": "_motif_cnn",
    "DNA_BERT_PAIRS": "_dna_bert_pairs",
    "PAPER_DNA": "_cnn_bilstm",
    "PAPER_PROTEIN": "_cnn_bilstm",
    "PromoterCNNClassifier": "_promoter_cnn",
    "ResidualMLPClassifier": "_residual_mlp",
    "WindowVotingClassifier": "_voting",
}

# for the window paper's control in `evaluation`; it is not in __all__, because no other fit should need it
_FOR_EVALUATION = {"FixedSplitCNNBiLSTM": "_fixed_split"}

__getattr__, __dir__ = attach(__name__, _LAZY | _FOR_EVALUATION)

__all__ = sorted(_LAZY)
