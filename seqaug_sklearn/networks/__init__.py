"""Torch modules without scikit-learn.

Classifiers: one-hot ``(n, length, n_symbols)``, or features ``(n, n_features)``, in, logits ``(n, classes)`` out.
Generators and critics of genotypes.
"""

from seqaug_sklearn.networks._bag_pooling import BagNetwork, BagPooling
from seqaug_sklearn.networks._cnn_bilstm import CNNBiLSTM
from seqaug_sklearn.networks._covariate_network import CovariateNetwork
from seqaug_sklearn.networks._dropout import Dropout
from seqaug_sklearn.networks._genotype_gan import HaplotypeCritic, HaplotypeGenerator, PGcGANCritic, PGcGANGenerator
from seqaug_sklearn.networks._last_step_lstm import LastStepLSTM
from seqaug_sklearn.networks._motif_cnn import MotifCNN
from seqaug_sklearn.networks._pair_inputs import PAIR_FEATURES, PairInputs
from seqaug_sklearn.networks._promoter_cnn import PromoterCNN
from seqaug_sklearn.networks._residual_fcnn import ResidualFCNN
from seqaug_sklearn.networks._residual_mlp import ResidualMLP

__all__ = [
    "PAIR_FEATURES",
    "BagNetwork",
    "BagPooling",
    "CNNBiLSTM",
    "CovariateNetwork",
    "Dropout",
    "HaplotypeCritic",
    "HaplotypeGenerator",
    "LastStepLSTM",
    "MotifCNN",
    "PGcGANCritic",
    "PGcGANGenerator",
    "PairInputs",
    "PromoterCNN",
    "ResidualFCNN",
    "ResidualMLP",
]
