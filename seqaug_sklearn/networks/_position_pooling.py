"""Normalisation and pooling over the positions of rows that end at different places."""

import math

import torch
from torch import nn

from seqaug_sklearn.utils import invalid_parameter

__all__ = ["POOLINGS", "GlobalMaxPool", "PositionNorm", "PositionPooling"]

POOLINGS = ("max", "mean", "log_sum_exp", "attention")

_SLOWEST = 0.1
_EPSILON = 1e-5


class PositionNorm(nn.Module):
    """Batch normalisation of (n, positions, channels), over all positions that are no padding.

    The same as ``torch.nn.BatchNorm1d``, at a fifth of its cost in this layout. The first batches count in full in the
    running statistics, so that a short training leaves them right.

    Parameters
    ----------
    n_channels : int
        Channels.

    Examples
    --------
    >>> import torch
    >>> PositionNorm(8)(torch.randn(2, 30, 8)).shape
    torch.Size([2, 30, 8])
    """

    running_mean: torch.Tensor
    running_var: torch.Tensor
    n_batches: torch.Tensor

    def __init__(self, n_channels):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(n_channels)), nn.Parameter(torch.zeros(n_channels))
        self.register_buffer("running_mean", torch.zeros(n_channels))
        self.register_buffer("running_var", torch.ones(n_channels))
        self.register_buffer("n_batches", torch.zeros(()))

    def forward(self, x, inside=None):
        """Normalise; ``inside`` (n, positions, 1) is 1 where a position counts, None where all do."""
        mean, var = self._moments(x, inside) if self.training else (self.running_mean, self.running_var)
        scale = self.weight * torch.rsqrt(var + _EPSILON)
        return x * scale + (self.bias - mean * scale)

    def _moments(self, x, inside):
        # in full precision: sums of squares lose too much in bfloat16
        with torch.autocast(x.device.type, enabled=False):
            return self._sums(x.float(), inside)

    def _sums(self, x, inside):
        n = x.shape[0] * x.shape[1] if inside is None else inside.sum()
        counted = (x if inside is None else x * inside).flatten(0, 1)
        # sums over rows as matrix products, which a CPU does several times faster than a reduction over the first axis
        ones = counted.new_ones(1, len(counted))
        mean = (ones @ counted)[0] / n
        var = ((ones @ counted.square())[0] / n - mean.square()).clamp(min=0)
        with torch.no_grad():
            self.n_batches += 1
            share = torch.clamp(1 / self.n_batches, min=_SLOWEST)
            self.running_mean.lerp_(mean, share)
            self.running_var.lerp_(var, share)
        return mean, var


class PositionPooling(nn.Module):
    """Poolings of (n, positions, channels) over the positions, side by side.

    Parameters
    ----------
    n_channels : int
        Channels.
    kinds : sequence of {"max", "mean", "log_sum_exp", "attention"}
        Poolings; attention learns how much each position counts.

    Raises
    ------
    InvalidParameterError
        If a pooling is not known, or there is none.

    Examples
    --------
    >>> import torch
    >>> [pooled.shape for pooled in PositionPooling(8, ("max", "mean"))(torch.rand(2, 30, 8))]
    [torch.Size([2, 8]), torch.Size([2, 8])]
    """

    def __init__(self, n_channels, kinds):
        super().__init__()
        unknown = [kind for kind in kinds if kind not in POOLINGS]
        if unknown or not len(kinds):
            raise invalid_parameter("pool", f"must name at least one of {POOLINGS}, got {tuple(kinds)!r}")
        self.kinds = tuple(kinds)
        self.largest = GlobalMaxPool()
        if "attention" in kinds:
            self.attention = nn.Linear(n_channels, 1)

    def forward(self, x, inside=None):
        """List of (n, channels); ``x`` is at least 0, and 0 where ``inside`` (n, positions, 1) is."""
        return [getattr(self, f"_{kind}")(x, inside) for kind in self.kinds]

    def _max(self, x, inside):
        # nothing is below 0, so what lies outside is never the largest
        return self.largest(x.transpose(1, 2)).squeeze(2)

    def _mean(self, x, inside):
        return x.mean(dim=1) if inside is None else x.sum(dim=1) / inside.sum(dim=1)

    def _log_sum_exp(self, x, inside):
        # of the mean: a long row is not more than a short one
        if inside is None:
            return torch.logsumexp(x, dim=1) - math.log(x.shape[1])
        return torch.logsumexp(x + inside.log(), dim=1) - inside.sum(dim=1).log()

    def _attention(self, x, inside):
        scores = self.attention(x)
        scores = scores if inside is None else scores + inside.log()
        return (torch.softmax(scores, dim=1) * x).sum(dim=1)


class GlobalMaxPool(nn.MaxPool1d):
    """Largest value of (n, channels, positions); a subclass of the pooling that attribution methods know."""

    def __init__(self):
        super().__init__(1)

    def forward(self, x):
        self.kernel_size = x.shape[2]
        return x.max(dim=2, keepdim=True).values
