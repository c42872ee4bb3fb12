"""Bags that learn as bags: one label, one loss and one answer for all windows of a row."""

import copy

import numpy as np
import torch
from torch import nn

from seqaug_sklearn.neural._bag_batches import BagData

__all__ = ["WindowLogits", "bags_to_device", "pool_outputs", "window_weights"]


def bags_to_device(strands, sources, targets, weights, windows, device):
    """Bags of the chosen windows as tensors, once for each strand; None where there are none.

    Parameters
    ----------
    strands : list of ndarray of shape (n_windows, ...)
        Data of all windows, on each strand.
    sources : intp ndarray of shape (n_windows,)
        Row of each window, ascending.
    targets, weights : ndarray of shape (n_rows, ...)
        What is to be learned, and the weight in the loss, of each row.
    windows : intp ndarray
        Windows that take part; a row without any has no bag.
    device : torch.device
        Where the tensors lie.

    Returns
    -------
    BagData or None
    """
    if not len(windows):
        return None
    rows, counts = np.unique(sources[windows], return_counts=True)
    n = len(strands)
    data = torch.from_numpy(np.concatenate([strand[windows] for strand in strands])).to(device)
    # a bag of the other strand is a bag of its own, with target and weight inherited
    own = [np.concatenate([values[rows]] * n) for values in (targets, weights)]
    return BagData(data, np.tile(counts, n), *(torch.from_numpy(values).to(device) for values in own))


def _in_full(pooling):
    """Copy of a pooling in float64 on the host, where the outputs of predictions are."""
    return copy.deepcopy(pooling).cpu().double()


@torch.no_grad()
def pool_outputs(pooling, outputs, sources):
    """Outputs of bags, a tensor (n_rows, n_outputs), from those of windows."""
    return _in_full(pooling)(outputs, torch.from_numpy(sources))


@torch.no_grad()
def window_weights(pooling, outputs, sources):
    """How much each window counts for each output of its bag: (n_windows, n_outputs)."""
    return _in_full(pooling).weights(outputs, torch.from_numpy(sources)).numpy()


class WindowLogits(nn.Module):
    """The network of a :class:`~seqaug_sklearn.networks.BagNetwork`, without the output that attention reads."""

    def __init__(self, bag_network):
        super().__init__()
        self.network, self.n_classes = bag_network.network, bag_network.pooling.n_classes

    def forward(self, x):
        """Logits (n, n_classes) of windows."""
        return self.network(x)[:, : self.n_classes]
