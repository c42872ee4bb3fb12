"""Losses with one weight per row."""

import torch
from torch import nn

__all__ = ["WeightedLoss"]


class WeightedLoss(nn.Module):
    """Cross-entropy or focal loss, averaged with one weight per row (as ``torch.nn.CrossEntropyLoss(weight=...)``).

    Parameters
    ----------
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        "focal" multiplies the cross-entropy by (1 - p)**2, p being the probability of the true class.

    References
    ----------
    Focal loss: Lin et al. 2017, doi:10.1109/ICCV.2017.324, equation 4 with gamma = 2.
    """

    def __init__(self, loss="cross_entropy"):
        super().__init__()
        self.loss = loss

    def forward(self, logits, target):
        """Return the weighted mean loss; ``target`` is (labels, weights)."""
        labels, weights = target
        losses = nn.functional.cross_entropy(logits, labels, reduction="none")
        if self.loss == "focal":
            losses = losses * (1 - torch.exp(-losses)) ** 2
        return (losses * weights).sum() / weights.sum()
