"""Features of pairs made batch by batch, in front of a network."""

import torch
from torch import nn

from seqaug_sklearn.utils import PAIR_FEATURES

__all__ = ["PAIR_FEATURES", "PairInputs"]


class PairInputs(nn.Module):
    """Scale two vectors that stand side by side, and put their features side by side.

    It holds no parameters: what it needs travels with the network's state.

    Parameters
    ----------
    features : sequence of str or None
        Some of ``PAIR_FEATURES``, in this order; None leaves the vectors as they are.
    low, high : float, default=None
        Smallest and largest number of the training rows, which become -1 and 1; None does not scale.

    Examples
    --------
    >>> import torch
    >>> PairInputs(("first", "product"))(torch.tensor([[1.0, 2.0, 3.0, -1.0]])).tolist()
    [[1.0, 2.0, 3.0, -2.0]]
    """

    def __init__(self, features, low=None, high=None):
        super().__init__()
        self.features = None if features is None else tuple(features)
        self.is_scaled = low is not None
        if self.is_scaled:
            # a constant matrix becomes -1, as the scaler has it
            self.register_buffer("low", torch.tensor(float(low)))
            self.register_buffer("span", torch.tensor(float(high - low) or 1.0))

    def forward(self, x):
        """Map pairs (n, 2 * n_dimensions) to features (n, n_features * n_dimensions)."""
        if self.is_scaled:
            x = (x - self.low) / self.span * 2 - 1
        if self.features is None:
            return x
        first, second = x.chunk(2, dim=1)
        return torch.cat([PAIR_FEATURES[name](first, second) for name in self.features], dim=1)
