"""The window paper's network: convolutions, max-pooling, (bidirectional) LSTM, dense layers."""

import torch
from torch import nn

from seqaug_sklearn.networks._dropout import Dropout
from seqaug_sklearn.networks._last_step_lstm import LastStepLSTM
from seqaug_sklearn.networks._position_pooling import GlobalMaxPool
from seqaug_sklearn.utils import Parameter, invalid_parameter

__all__ = ["CNNBiLSTM"]


class CNNBiLSTM(nn.Module):
    """Convolutional and recurrent network on one-hot windows.

    Parameters
    ----------
    n_symbols, length, n_classes : int
        Columns of the one-hot input, residues per window, and classes.
    conv_channels : sequence of int, default=(64, 128)
        Output channels of each convolution ("same" padding, ReLU). Empty: no convolution (RNN only).
    kernel_size : int, default=3
        Width of each convolution.
    pool : {"once", "each", "global", None}, default="once"
        Max-pooling by 2 after the last convolution, after each, or never. "global" pools the maximum of each channel
        over all positions, behind the LSTM, which then gives every step, or behind the convolutions where there is
        none: what is found counts wherever it lies.
    hidden_size, num_layers : int, default=128, 2
        LSTM width and depth. ``num_layers=0``: no recurrence, the convolution's output is flattened (CNN only).
    bidirectional : bool, default=True
        Whether the LSTM reads both directions.
    dense_units : sequence of int, default=(100, 80)
        Widths of the dense layers (ReLU) before the output layer.
    lstm_dropout, dropout : float, default=0.3, 0.4
        Dropout between LSTM layers, and after the first dense layer (before the output where there is none).

    References
    ----------
    Scientific Reports 15, 27079 (2025), doi:10.1038/s41598-025-12796-9, Fig. 13.

    Examples
    --------
    >>> import torch
    >>> CNNBiLSTM(4, 40, 113)(torch.zeros(2, 40, 4)).shape
    torch.Size([2, 113])
    """

    def __init__(
        self,
        n_symbols,
        length,
        n_classes,
        *,
        conv_channels=(64, 128),
        kernel_size=3,
        pool="once",
        hidden_size=128,
        num_layers=2,
        bidirectional=True,
        dense_units=(100, 80),
        lstm_dropout=0.3,
        dropout=0.4,
    ):
        super().__init__()
        self.input_shape = (length, n_symbols)
        # buffers move with the network and are saved with it, but are not trained
        self.register_buffer("input_mean", None)
        self.register_buffer("input_scale", None)
        self.convolutions, steps, width = _convolutions(conv_channels, kernel_size, pool, n_symbols, length)
        self.recurrent = None
        self.largest = GlobalMaxPool() if pool == "global" else None
        n_features = steps * width if self.largest is None else width
        if num_layers:
            self.recurrent = LastStepLSTM(
                width, hidden_size, num_layers, bidirectional=bidirectional, dropout=lstm_dropout
            )
            n_features = self.recurrent.output_size
        self.dense = _dense(n_features, dense_units, dropout, n_classes)

    def standardize(self, mean, scale):
        """Set a fixed input standardisation ``(x - mean) / scale``; both of shape (length, n_symbols)."""
        self.input_mean, self.input_scale = mean, scale
        return self

    def forward(self, x):
        """Map one-hot (n, length, n_symbols) to logits (n, n_classes)."""
        if self.input_mean is not None:
            x = (x - self.input_mean) / self.input_scale
        # convolutions take (n, channels, steps), the LSTM (n, steps, channels)
        x = self.convolutions(x.transpose(1, 2)).transpose(1, 2)
        return self.dense(self._summary(x))

    def _summary(self, x):
        """What the dense layers read of (n, steps, channels): (n, n_features)."""
        if self.largest is not None:
            x = x if self.recurrent is None else self.recurrent(x, every_step=True)
            return self.largest(x.transpose(1, 2)).squeeze(2)
        return x.flatten(1) if self.recurrent is None else self.recurrent(x)

    def layer_table(self):
        """Rows (name, output shape without the batch axis, number of parameters), input first.

        Examples
        --------
        >>> CNNBiLSTM(4, 40, 113).layer_table()[1]
        ('Conv1d 64, kernel 3', (64, 40), 832)
        """
        rows, handles = [("Input (one-hot)", self.input_shape, 0)], []
        # shapes are taken from a pass of one empty window, so they are those that are computed
        between = [module for module in (self.recurrent, self.largest) if module is not None]
        for module in [*self.convolutions, *between, *self.dense]:
            handles.append(module.register_forward_hook(lambda m, _, out: rows.append(_describe(m, out))))
        training = self.training
        device = next(self.parameters()).device
        try:
            with torch.no_grad():
                self.eval()(torch.zeros(1, *self.input_shape, device=device))
        finally:
            self.train(training)
            for handle in handles:
                handle.remove()
        return rows


def _convolutions(channels, kernel_size, pool, n_symbols, length):
    """Return (layers, time steps left, channels left)."""
    layers, width = nn.Sequential(), n_symbols
    for i, out in enumerate(channels):
        layers.append(nn.Conv1d(width, out, kernel_size, padding="same"))
        layers.append(nn.ReLU())
        width = out
        if pool == "each" or (pool == "once" and i == len(channels) - 1):
            layers.append(nn.MaxPool1d(2))
            length //= 2
    if length == 0:
        raise invalid_parameter(
            Parameter("pool", pool),
            f"is too much for such short windows, {len(channels)} pooling steps; use 'once' or None",
        )
    return layers, length, width


def _dense(width, units, dropout, n_classes):
    layers = nn.Sequential()
    for i, out in enumerate(units):
        layers.extend([nn.Linear(width, out), nn.ReLU()])
        if i == 0:
            layers.append(Dropout(dropout))
        width = out
    if not units:
        layers.append(Dropout(dropout))
    layers.append(nn.Linear(width, n_classes))
    return layers


def _describe(module, output):
    name = type(module).__name__
    if isinstance(module, nn.Conv1d):
        name += f" {module.out_channels}, kernel {module.kernel_size[0]}"
    elif isinstance(module, nn.Linear):
        name = f"Dense {module.out_features}"
    elif isinstance(module, nn.MaxPool1d):
        name = f"Max-pool {module.kernel_size}"
    elif isinstance(module, LastStepLSTM):
        directions = "bidirectional" if module.backward_direction is not None else "one direction"
        steps = "every step" if output.ndim == 3 else "last step"
        name = f"LSTM × {len(module.lower) + 1}, {directions}, {steps}"
    elif isinstance(module, Dropout):
        name += f" {module.probability:g}"
    return name, tuple(output.shape[1:]), sum(p.numel() for p in module.parameters())
