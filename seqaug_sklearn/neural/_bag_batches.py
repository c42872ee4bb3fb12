"""Training batches of whole bags."""

from dataclasses import dataclass

import numpy as np
import torch

from seqaug_sklearn.neural._net import WindowBatches

__all__ = ["BagBatch", "BagData", "make_batches"]

_FEWEST_BAGS = 8
"""Bags of a training step at least, however many windows they hold: a step on one bag sees one label."""


class BagData(torch.utils.data.Dataset):
    """Windows of bags, one bag after the other, with one label and weight per bag, on one device.

    Parameters
    ----------
    data : Tensor of shape (n_windows, length) uint8 or (n_windows, length, n_symbols) float32
        Codes or soft one-hot.
    counts : intp ndarray of shape (n_bags,)
        Windows of each bag, at least one.
    labels : Tensor of shape (n_bags,) int64
        Class codes.
    weights : Tensor of shape (n_bags,) float32
        Weights of the bags.
    """

    def __init__(self, data, counts, labels, weights):
        self.data, self.counts, self.labels, self.weights = data, counts, labels, weights
        self.starts = np.cumsum(counts) - counts

    def __len__(self):
        return len(self.counts)

    @property
    def n_windows(self):
        """Windows of all bags."""
        return len(self.data)


@dataclass(frozen=True, eq=False)
class BagBatch:
    """Windows of some bags; its length is the number of bags, which is what losses are averaged over."""

    parts: dict
    n_bags: int

    def __len__(self):
        return self.n_bags

    def __getitem__(self, name):
        return self.parts[name]


class BagBatches:
    """Iterate over a :class:`BagData` in whole bags.

    Parameters
    ----------
    dataset : BagData
        What to iterate over.
    batch_size : int
        Windows per batch, about: the bags, in a new order each time, are cut into as many batches as this makes, of
        about equally many windows, but no more than leave each about eight bags. A batch holds at most one bag's
        windows more than that.
    shuffle : bool, default=False
        Whether to draw a new order (torch's CPU generator) in each pass.
    """

    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.shuffle = dataset, shuffle
        n_batches = min(-(-dataset.n_windows // batch_size), len(dataset) // _FEWEST_BAGS)
        self.n_batches = max(1, n_batches)

    def __len__(self):
        return self.n_batches

    def __iter__(self):
        data = self.dataset
        order = (torch.randperm(len(data)) if self.shuffle else torch.arange(len(data))).numpy()
        counts = data.counts[order]
        # a bag belongs to the batch that its middle window falls into
        middles = np.cumsum(counts) - counts / 2
        batch = (middles * self.n_batches / counts.sum()).astype(int)
        for bags in np.split(order, np.flatnonzero(np.diff(batch)) + 1):
            yield self._batch(bags)

    def _batch(self, bags):
        data, counts = self.dataset, self.dataset.counts[bags]
        numbers = np.repeat(np.arange(len(bags)), counts)
        # windows of a bag are neighbours: its start, and the place in it
        places = np.arange(len(numbers)) - np.repeat(np.cumsum(counts) - counts, counts)
        device = data.data.device
        rows = torch.from_numpy(np.repeat(data.starts[bags], counts) + places).to(device)
        chosen = torch.from_numpy(bags).to(device)
        parts = {"x": data.data[rows], "rows": rows, "bags": torch.from_numpy(numbers).to(device)}
        return BagBatch(parts, len(bags)), (data.labels[chosen], data.weights[chosen])


def make_batches(dataset, batch_size, shuffle=False, **of_windows):
    """Iterate over bags or windows, whichever there are; further options are those of :class:`WindowBatches`."""
    if isinstance(dataset, BagData):
        return BagBatches(dataset, batch_size, shuffle)
    return WindowBatches(dataset, batch_size, shuffle, **of_windows)
