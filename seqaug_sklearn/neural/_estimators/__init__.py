"""Bases of the neural estimators, which classifiers and regressors share, and the heads that make them either."""

from seqaug_sklearn.neural._estimators._class_head import ClassifierHead
from seqaug_sklearn.neural._estimators._cnn_bilstm_base import FOR_POOLED_BAGS, CNNBiLSTMEstimator
from seqaug_sklearn.neural._estimators._motif_cnn_base import MotifCNNEstimator
from seqaug_sklearn.neural._estimators._number_head import RegressorHead
from seqaug_sklearn.neural._estimators._parameter_texts import with_shared_texts
from seqaug_sklearn.neural._estimators._promoter_cnn_base import PromoterCNNEstimator
from seqaug_sklearn.neural._estimators._residual_mlp_base import ResidualMLPEstimator

__all__ = [
    "FOR_POOLED_BAGS",
    "CNNBiLSTMEstimator",
    "ClassifierHead",
    "MotifCNNEstimator",
    "PromoterCNNEstimator",
    "RegressorHead",
    "ResidualMLPEstimator",
    "with_shared_texts",
]
