"""A fitted network as a differentiable function of one-hot windows."""

import copy

import torch
from torch import nn

__all__ = ["LogitsModule"]


class LogitsModule(nn.Module):
    """Copy of a network in evaluation mode with frozen weights; logits are averaged over the strands it predicts on.

    Parameters
    ----------
    module : nn.Module
        One-hot (n, length, n_symbols) to logits (n, n_classes). It is copied, once per strand.
    complement : sequence of int or None
        Column of each symbol's complement; None predicts on the given strand alone.
    """

    def __init__(self, module, complement=None):
        super().__init__()
        self.complement = None if complement is None else [int(column) for column in complement]
        n_strands = 1 if complement is None else 2
        # a copy of its own for each strand: hooks of attribution methods must not meet a module twice
        self.strands = nn.ModuleList(copy.deepcopy(module) for _ in range(n_strands))
        self.requires_grad_(False).eval()

    def forward(self, x, lengths=None):
        """Logits of one-hot windows.

        Parameters
        ----------
        x : Tensor of shape (n, length, n_symbols)
            Float32, padded right with zeros; any values, not only one-hot.
        lengths : int Tensor of shape (n,), default=None
            Residues without padding, within which the other strand turns; the whole length by default.

        Returns
        -------
        Tensor of shape (n, n_classes)
        """
        logits = self.strands[0](x)
        if self.complement is None:
            return logits
        return (logits + self.strands[1](self.other_strand(x, lengths))) / 2

    def other_strand(self, x, lengths=None):
        """Reverse complements of ``x``; right padding stays at the right end."""
        x = x[:, :, self.complement]
        if lengths is None:
            return x.flip(1)
        turned = lengths[:, None] - 1 - torch.arange(x.shape[1], device=x.device)
        rows = turned.clamp(min=0)[:, :, None].expand_as(x)
        return x.gather(1, rows) * (turned >= 0)[:, :, None]
