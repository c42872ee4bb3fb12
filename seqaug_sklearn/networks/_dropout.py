"""Dropout whose CPU masks are drawn four per random word."""

import torch
from torch import nn

from seqaug_sklearn.utils import invalid_parameter

__all__ = ["Dropout"]

_LEVELS = 1 << 16


class Dropout(nn.Module):
    """Dropout; on a CPU the mask is drawn as 16-bit integers, four from each 64-bit word of torch's generator.

    ``torch.nn.Dropout`` draws one float per element, which takes a tenth of an epoch of a small recurrent network on
    a CPU. The probability is exact to 1 / 65,536. On other devices ``torch.nn.functional.dropout`` is used.

    Parameters
    ----------
    probability : float
        Share of elements set to zero while training; the others are scaled by 1 / (1 - share).

    Examples
    --------
    >>> import torch
    >>> Dropout(0.5).eval()(torch.ones(3))
    tensor([1., 1., 1.])
    """

    def __init__(self, probability):
        super().__init__()
        if not 0 <= probability < 1:
            raise invalid_parameter("probability", f"must be in [0, 1), got {probability!r}")
        self.probability = probability

    def forward(self, x):
        """Return ``x`` with elements dropped (training) or unchanged (evaluation)."""
        dropped = round(self.probability * _LEVELS)
        if not self.training or dropped == 0:
            return x
        if x.device.type != "cpu":
            return nn.functional.dropout(x, self.probability)
        # all 64 bits: from the smallest int64, with no upper bound
        words = torch.empty((x.numel() + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
        draws = words.view(torch.int16)[: x.numel()].view(x.shape)
        # draws are evenly spread from -32768 to 32767: `dropped` of the 65,536 values fall below
        keep = draws >= dropped - _LEVELS // 2
        return x * keep.to(x.dtype).mul_(_LEVELS / (_LEVELS - dropped))

    def extra_repr(self):
        """Text inside the module's repr."""
        return f"probability={self.probability}"
