"""DeepDifE's promoter network: one motif convolution, strided convolutions, dense layers."""

import math
import os
from typing import Any

import numpy as np
import torch
from torch import nn

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.networks._dropout import Dropout
from seqaug_sklearn.utils import Message, Parameter, invalid_data, invalid_parameter

__all__ = ["PromoterCNN"]


class PromoterCNN(nn.Module):
    """Convolutional network on one-hot promoters, parameter for parameter DeepDifE's.

    The first convolution reads motifs (no padding, ReLU, max-pooling); each further one shortens the sequence by
    ``pool_size`` again (kernel and stride ``pool_size``, padded as TensorFlow's "same"); two dense layers follow.

    Parameters
    ----------
    n_symbols, length, n_classes : int
        Columns of the one-hot input, residues per row, and classes, numbers or labels. Two classes share one output
        unit, the published sigmoid's argument ``z``: the logits are ``(0, z)``. More classes have one unit each.
    conv_channels : sequence of int, default=(64, 64, 32)
        Output channels of each convolution; at least one.
    kernel_size : int, default=12
        Width of the first convolution, in residues.
    pool_size : int, default=6
        Width and step of the max-pooling, and of the further convolutions.
    dense_units : sequence of int, default=(256, 128)
        Widths of the dense layers (ReLU) before the output layer.
    dropout : float, default=0.25
        Dropout after each convolution and after the first dense layer.
    exclusive : bool, default=True
        Whether one of the classes is right. False, for numbers and for labels that are there or not, gives each a unit
        of its own, two of them as well.

    Raises
    ------
    InvalidParameterError
        If there is no convolution, or rows are too short for the first convolution and its pooling.

    Notes
    -----
    Weights start as in Keras: Glorot-uniform kernels (the first convolution counted as the two-dimensional one it is
    there, ``kernel_size × n_symbols`` on one channel), biases zero. The defaults have 97,953 parameters at 620
    residues.

    References
    ----------
    DeepDifE, github.com/VIB-PSB/DeepDifE, ``model_single.json``.

    Examples
    --------
    >>> import torch
    >>> PromoterCNN(4, 620, 2)(torch.zeros(3, 620, 4)).shape
    torch.Size([3, 2])
    """

    def __init__(
        self,
        n_symbols,
        length,
        n_classes,
        *,
        conv_channels=(64, 64, 32),
        kernel_size=12,
        pool_size=6,
        dense_units=(256, 128),
        dropout=0.25,
        exclusive=True,
    ):
        super().__init__()
        _check_sizes(length, conv_channels, kernel_size, pool_size)
        self.input_shape = (length, n_symbols)
        layers, width = _convolutions(n_symbols, length, conv_channels, kernel_size, pool_size, dropout)
        for number, units in enumerate(dense_units):
            layers += [nn.Linear(width, units), nn.ReLU(), *([Dropout(dropout)] if number == 0 else [])]
            width = units
        self.features = nn.Sequential(*layers)
        self.shares_unit = exclusive and n_classes == 2
        self.output = nn.Linear(width, 1 if self.shares_unit else n_classes)
        self._initialize(n_symbols)

    @torch.no_grad()
    def _initialize(self, n_symbols):
        for number, layer in enumerate(self._weighted()):
            # Glorot's limit is sqrt(6 / (fan_in + fan_out)), fans counted in the kernel's positions; Keras's first
            # convolution has the symbols as a second dimension, and one channel
            kernel = layer.weight[0, 0].numel() * (n_symbols if number == 0 else 1)
            fans = layer.weight[0].numel() + len(layer.weight) * kernel
            nn.init.uniform_(layer.weight, -math.sqrt(6 / fans), math.sqrt(6 / fans))
            nn.init.zeros_(layer.bias)

    def _weighted(self):
        """Layers with weights, input side first."""
        return [layer for layer in [*self.features, self.output] if isinstance(layer, (nn.Conv1d, nn.Linear))]

    def forward(self, x):
        """Map one-hot (n, length, n_symbols) to logits (n, n_classes)."""
        return self._logits(self.features(x.transpose(1, 2)))

    def _logits(self, x):
        logits = self.output(x)
        # softmax of (0, z) is the sigmoid of z
        return nn.functional.pad(logits, (1, 0)) if self.shares_unit else logits

    def stem(self, x):
        """The first convolution, affine in ``x`` (n, length, n_symbols), as it lies in memory (n, steps, channels)."""
        return self.features[0](x.transpose(1, 2)).transpose(1, 2)

    def head(self, x):
        """Logits (n, n_classes) from what :meth:`stem` gave: ``head(stem(x))`` is ``forward(x)``."""
        x = x.transpose(1, 2)
        for layer in list(self.features)[1:]:
            x = layer(x)
        return self._logits(x)

    @torch.no_grad()
    def load_keras(self, weights):
        """Copy the weights of a Keras network of the same sizes.

        Parameters
        ----------
        weights : h5py.File or list of ndarray
            An open HDF5 file of Keras weights, or kernels and biases in the order of Keras's ``get_weights()``.

        Returns
        -------
        self : PromoterCNN

        Raises
        ------
        DataFormatError
            If number or shapes of the arrays do not fit.
        TypeError
            If `weights` is a path.
        """
        arrays = _read_weights(weights)
        layers = self._weighted()
        if len(arrays) != 2 * len(layers):
            raise invalid_data(
                "weights",
                f"holds {len(arrays)} arrays, but this network has {2 * len(layers)} (a kernel and a bias for "
                f"each of its {len(layers)} layers); build it with the file's conv_channels and dense_units",
            )
        loaded = [_to_torch(kernel) for kernel in arrays[::2]]
        for number, (layer, kernel, bias) in enumerate(zip(layers, loaded, arrays[1::2], strict=True)):
            if kernel.shape != layer.weight.shape or np.shape(bias) != tuple(layer.bias.shape):
                raise invalid_data(
                    "weights",
                    f"of layer {number} have the shapes {tuple(kernel.shape)} and {np.shape(bias)}, but this "
                    f"network needs {tuple(layer.weight.shape)} and {tuple(layer.bias.shape)}; build it with the "
                    "file's sizes (length included)",
                )
        for layer, kernel, bias in zip(layers, loaded, arrays[1::2], strict=True):
            layer.weight.copy_(kernel)
            layer.bias.copy_(torch.from_numpy(np.array(bias, np.float32)))
        return self

    def layer_table(self):
        """Rows (name, output shape without the batch axis, number of parameters), input first.

        Examples
        --------
        >>> PromoterCNN(4, 620, 2).layer_table()[1]
        ('Conv1d 64, kernel 12', (64, 609), 3136)
        """
        length, n_symbols = self.input_shape
        rows: list[tuple[str, tuple[int, ...], int]] = [("Input (one-hot)", self.input_shape, 0)]
        x = self.output.weight.new_zeros(1, n_symbols, length)
        for layer in [*self.features, self.output]:
            if not isinstance(layer, Dropout):
                with torch.no_grad():
                    x = layer(x)
            rows.append((_name(layer), tuple(x.shape[1:]), sum(p.numel() for p in layer.parameters())))
        return rows


class _Conv1d(nn.Conv1d):
    """Convolution of (n, channels, length) whose memory runs over the channels first, as one-hot rows lie.

    oneDNN has no such layout in one dimension; a second one of size 1 gives it, and batches train several times faster.
    """

    def forward(self, x):
        # (n, channels, 1, length), of which channels_last is a layout that oneDNN knows
        weight = self.weight.unsqueeze(2)
        return nn.functional.conv2d(x.unsqueeze(2), weight, self.bias, (1, *self.stride)).squeeze(2)


class _MaxPool1d(nn.MaxPool1d):
    """Max-pooling in the same layout."""

    def forward(self, x):
        width: Any = self.kernel_size
        return nn.functional.max_pool2d(x.unsqueeze(2), (1, width)).squeeze(2)


class _SameConv1d(_Conv1d):
    """Convolution padded as TensorFlow's "same": ceil(length / stride) steps, the odd zero at the right end."""

    def forward(self, x):
        kernel, stride = self.kernel_size[0], self.stride[0]
        # TensorFlow pads to ceil(length / stride) steps, left side first half, rounded down
        missing = max((math.ceil(x.shape[2] / stride) - 1) * stride + kernel - x.shape[2], 0)
        return super().forward(nn.functional.pad(x, (missing // 2, missing - missing // 2)))


class _Flatten(nn.Module):
    """(n, channels, steps) to (n, steps × channels), the channel running fastest as in Keras."""

    def forward(self, x):
        return x.transpose(1, 2).flatten(1)


def _check_sizes(length, conv_channels, kernel_size, pool_size):
    if not len(conv_channels):
        raise invalid_parameter(
            "conv_channels", "is empty; the network needs at least one convolution, for example (64, 64, 32)"
        )
    shortest = kernel_size + pool_size - 1
    if length < shortest:
        raise InvalidParameterError(
            Message(
                f"rows of {length} residues are too short for ",
                Parameter("kernel_size", kernel_size),
                " and ",
                Parameter("pool_size", pool_size),
                f", which need {shortest}; take smaller ones, or pad the rows (",
                Parameter("pad_to"),
                ")",
            )
        )


def _convolutions(n_symbols, length, channels, kernel_size, pool_size, dropout):
    """Return (layers up to the flattening, width of the flattened output)."""
    # pooling before ReLU gives what ReLU before pooling gives, with a sixth of the work
    layers = [_Conv1d(n_symbols, channels[0], kernel_size), _MaxPool1d(pool_size), nn.ReLU(), Dropout(dropout)]
    steps, width = (length - kernel_size + 1) // pool_size, channels[0]
    for out in channels[1:]:
        layers += [_SameConv1d(width, out, pool_size, stride=pool_size), nn.ReLU(), Dropout(dropout)]
        steps, width = math.ceil(steps / pool_size), out
    return [*layers, _Flatten()], steps * width


def _read_weights(weights):
    if isinstance(weights, (str, os.PathLike)):
        raise TypeError(f"weights must be an open file: with h5py.File({str(weights)!r}) as file, pass the file")
    return _read_hdf5(weights) if hasattr(weights, "attrs") else list(weights)


def _read_hdf5(file):
    """Kernels and biases of an open Keras file, in the order of its layers."""
    file = file.get("model_weights", file)  # whole models have one group more
    arrays = []
    for layer in file.attrs["layer_names"]:
        group = file[_text(layer)]
        arrays += [group[_text(name)][()] for name in group.attrs["weight_names"]]
    return arrays


def _text(name):
    return name.decode() if isinstance(name, bytes) else name


def _to_torch(kernel):
    """Keras kernel (width[, symbols], channels, out) or (in, out) as float32 (out, in, width) or (out, in)."""
    kernel = np.asarray(kernel, np.float32)
    if kernel.ndim > 2:
        # DeepDifE's first kernel has (width, symbols, 1, out); one dimension has (width, channels, out)
        kernel = kernel.reshape(len(kernel), -1, kernel.shape[-1])
    return torch.from_numpy(np.ascontiguousarray(kernel.T))


def _name(layer):
    if isinstance(layer, nn.Conv1d):
        stride = f", stride {layer.stride[0]}" if layer.stride[0] > 1 else ""
        return f"Conv1d {layer.out_channels}, kernel {layer.kernel_size[0]}{stride}"
    if isinstance(layer, nn.Linear):
        return f"Dense {layer.out_features}"
    if isinstance(layer, nn.MaxPool1d):
        return f"Max-pool {layer.kernel_size}"
    if isinstance(layer, Dropout):
        return f"Dropout {layer.probability:g}"
    return type(layer).__name__.lstrip("_")
