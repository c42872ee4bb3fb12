"""Torch modules: no scikit-learn, no skorch. Input is one-hot ``(n, length, n_symbols)``, output logits ``(n, classes)``."""

from seqaug_sklearn.networks._cnn_bilstm import CNNBiLSTM
from seqaug_sklearn.networks._dropout import Dropout
from seqaug_sklearn.networks._last_step_lstm import LastStepLSTM

__all__ = ["CNNBiLSTM", "Dropout", "LastStepLSTM"]
