"""A fitted network as a differentiable function of one-hot windows."""

import copy
from typing import Any

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

    def forward(self, x, lengths=None, covariates=None):
        """Logits of one-hot windows.

        Parameters
        ----------
        x : Tensor of shape (n, length, n_symbols)
            Float32, padded right with zeros; any values, not only one-hot.
        lengths : int Tensor of shape (n,), default=None
            Residues without padding, within which the other strand turns; the whole length by default.
        covariates : Tensor of shape (n, n_covariates), default=None
            Standardised numbers beside each window, where the network reads some.

        Returns
        -------
        Tensor of shape (n, n_classes)
        """
        beside = [] if covariates is None else [covariates]
        return self._average(
            [strand(part, *beside) for strand, part in zip(self.strands, self._turned(x, lengths), strict=True)]
        )

    def stem(self, x, lengths=None):
        """The affine beginning of the network, before which a sum over points may be taken.

        Parameters
        ----------
        x, lengths : Tensor
            As in :meth:`forward`.

        Returns
        -------
        list of Tensor
            One per strand; ``x`` itself where the network has no such beginning.
        """
        if not self._has_stem():
            return self._turned(x, lengths)
        parts: Any = zip(self.strands, self._turned(x, lengths), strict=True)
        return [strand.stem(part) for strand, part in parts]

    def head(self, stems):
        """Logits (n, n_classes) from what :meth:`stem` gave."""
        parts: Any = zip(self.strands, stems, strict=True)
        if not self._has_stem():
            return self._average([strand(x) for strand, x in parts])
        return self._average([strand.head(h) for strand, h in parts])

    def _has_stem(self):
        """Whether the network has an affine beginning; both strands are one network."""
        return hasattr(self.strands[0], "stem")

    def _turned(self, x, lengths):
        return [x] if self.complement is None else [x, self.other_strand(x, lengths)]

    def _average(self, logits):
        return logits[0] if self.complement is None else (logits[0] + logits[1]) / 2

    def other_strand(self, x, lengths=None):
        """Reverse complements of ``x``; right padding stays at the right end."""
        x = x[:, :, self.complement]
        if lengths is None:
            return x.flip(1)
        # place that each position of the other strand is read from; negative within the padding
        turned = lengths[:, None] - 1 - torch.arange(x.shape[1], device=x.device)
        rows = turned.clamp(min=0)[:, :, None].expand_as(x)
        return x.gather(1, rows) * (turned >= 0)[:, :, None]
