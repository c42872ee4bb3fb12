"""Rows of a matrix that lies on disk, read batch by batch."""

import numpy as np
import torch

from seqaug_sklearn.neural._net import WindowData

__all__ = ["MappedRows", "mapped_data", "value_range"]

_BLOCK = 8192


class MappedRows:
    """What a batch indexes in place of a tensor: rows of a mapped matrix, copied when they are asked for.

    Parameters
    ----------
    values : float32 ndarray of shape (n_rows, n_columns)
        The matrix; its pages come and go as the system likes.
    rows : intp ndarray of shape (n_used,)
        Rows that are used.
    device : torch.device
        Where batches go.
    """

    def __init__(self, values, rows, device):
        self.values, self.rows, self.device = values, rows, device

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        # in the order of the file: a batch then reads forward, and gets its own order back
        wanted = self.rows[index.cpu().numpy()]
        order = np.argsort(wanted, kind="stable")
        batch = np.empty((len(wanted), self.values.shape[1]), np.float32)
        batch[order] = self.values[wanted[order]]
        return torch.from_numpy(batch).to(self.device)


def mapped_data(values, labels, weights, rows, device):
    """Rows as :class:`WindowData` whose numbers stay on disk; None where there are no rows."""
    if not len(rows):
        return None
    own = (torch.from_numpy(array[rows]).to(device) for array in (labels, weights))
    return WindowData(MappedRows(values, rows, device), *own)


def value_range(values, rows):
    """Smallest and largest number of some rows; the matrix is read forward once, block by block."""
    used = np.zeros(len(values), bool)
    used[rows] = True
    starts = [start for start in range(0, len(values), _BLOCK) if used[start : start + _BLOCK].any()]
    parts = (values[start : start + _BLOCK][used[start : start + _BLOCK]] for start in starts)
    low, high = zip(*((part.min(), part.max()) for part in parts), strict=True)
    return float(min(low)), float(max(high))
