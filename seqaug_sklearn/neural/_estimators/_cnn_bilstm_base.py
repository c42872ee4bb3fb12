"""What both twins of the window paper's network share: its settings, its rate, and windows standardised."""

import numpy as np
import torch
from skorch.callbacks import LRScheduler

from seqaug_sklearn.networks import CNNBiLSTM
from seqaug_sklearn.neural._estimators._sequence_estimator import NeuralSequenceEstimator
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions

__all__ = ["FOR_POOLED_BAGS", "CNNBiLSTMEstimator"]

_FOR_VOTES = {
    "conv_channels": (64, 128),
    "kernel_size": 3,
    "pool": "once",
    "hidden_size": 128,
    "num_layers": 2,
    "patience": 8,
    "validation_fraction": 0.1,
}
"""What "auto" is where every window is trained with the label of its row: the paper's network."""
FOR_POOLED_BAGS = {
    "conv_channels": (64,),
    "kernel_size": 13,
    "pool": "global",
    "hidden_size": 32,
    "num_layers": 1,
    "patience": None,
    "validation_fraction": None,
}
"""What "auto" is where the windows of a row give one answer."""


class CNNBiLSTMEstimator(NeuralSequenceEstimator):
    """Base of the estimators on :class:`~seqaug_sklearn.networks.CNNBiLSTM`."""

    _texts = {
        "alphabet": "Alphabet of X given as text; one-hot input brings its own columns.",
        "conv_channels": (
            'Channels of each convolution; ``()`` gives the RNN-only baseline. "auto" is (64, 128), or (64,) with '
            "``bag_pooling``."
        ),
        "kernel_size": 'Width of the convolutions, in residues. "auto" is 3, or 13 with ``bag_pooling``.',
        "pool": (
            'Max-pooling by 2 after the last convolution, after each, or never. "global" takes the maximum over all '
            "positions instead, of the LSTM's outputs or, without one, of the convolutions': what is found counts "
            'wherever it lies, which is learned from far fewer rows. "auto" is "once", or "global" with '
            "``bag_pooling``."
        ),
        "hidden_size": 'Width of each LSTM direction. "auto" is 128, or 32 with ``bag_pooling``.',
        "num_layers": (
            'LSTM layers; 0 gives the CNN-only baseline (convolutions flattened into the dense layers). "auto" is 2, '
            "or 1 with ``bag_pooling``."
        ),
        "bidirectional": "Whether the LSTM reads both directions. Only its last time step is used.",
        "dense_units": "Widths of the dense layers.",
        "lstm_dropout": "Dropout between LSTM layers.",
        "dropout": "Dropout after the first dense layer.",
        "standardize": (
            "Standardise each position × symbol column with the mean and standard deviation of the training windows "
            "(the paper's StandardScaler, which it fits on all rows, test rows included)."
        ),
        "batch_size": "Windows per training step.",
        "lr_decay": ("Factor applied to the learning rate every ``lr_decay_every`` epochs; None keeps it constant."),
        "lr_decay_every": "Epochs between two decays.",
    }
    """What the docstrings of both twins say about a parameter."""

    _parameter_constraints = {
        **NeuralSequenceEstimator._parameter_constraints,
        "conv_channels": [tuple, list, StrOptions({"auto"})],
        "kernel_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "pool": [StrOptions({"auto", "once", "each", "global"}), None],
        "hidden_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "num_layers": [Interval(Integral, 0, None, closed="left"), StrOptions({"auto"})],
        "patience": [*NeuralSequenceEstimator._parameter_constraints["patience"], StrOptions({"auto"})],
        "validation_fraction": [
            *NeuralSequenceEstimator._parameter_constraints["validation_fraction"],
            StrOptions({"auto"}),
        ],
        "bidirectional": ["boolean"],
        "dense_units": [tuple, list],
        "lstm_dropout": [Interval(Real, 0, 1, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "standardize": ["boolean"],
        "lr_decay": [Interval(Real, 0, 1, closed="right"), None],
        "lr_decay_every": [Interval(Integral, 1, None, closed="left")],
    }

    def _setting(self, name):
        value = super()._setting(name)
        if not (isinstance(value, str) and value == "auto"):
            return value
        return (_FOR_VOTES if self.bag_pooling is None else FOR_POOLED_BAGS)[name]

    def _build_module(self, n_symbols, length, n_outputs, train):
        module = CNNBiLSTM(
            n_symbols,
            length,
            n_outputs,
            conv_channels=self._setting("conv_channels"),
            kernel_size=self._setting("kernel_size"),
            pool=self._setting("pool"),
            hidden_size=self._setting("hidden_size"),
            num_layers=self._setting("num_layers"),
            bidirectional=self.bidirectional,
            dense_units=self.dense_units,
            lstm_dropout=self.lstm_dropout,
            dropout=self.dropout,
        )
        if self.standardize:
            no_moments = torch.zeros(length, n_symbols), torch.ones(length, n_symbols)
            module.standardize(*(no_moments if train is None else _moments(train.data, n_symbols)))
        return module

    def _lr_callbacks(self, monitor):
        if not self.lr_decay:
            return []
        schedule = LRScheduler(policy="StepLR", step_size=self.lr_decay_every, gamma=self.lr_decay, event_name=None)
        return [("lr_schedule", schedule)]


def _moments(data, n_symbols):
    """Mean and standard deviation (1 where it is 0) of each position × symbol column, as float32 tensors."""
    if data.dtype == np.uint8:
        # 0/1 columns: the mean is a share, and the variance follows from it, without one-hot of all windows
        mean = np.stack([(data == symbol).mean(0) for symbol in range(n_symbols)], axis=-1)
        scale = np.sqrt(mean * (1 - mean))
    else:
        mean, scale = data.mean(0), data.std(0)
    scale = np.where(scale > 0, scale, 1)
    return torch.from_numpy(mean.astype(np.float32)), torch.from_numpy(scale.astype(np.float32))
