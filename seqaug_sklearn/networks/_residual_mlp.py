"""Fully connected residual blocks on feature vectors."""

import itertools

from torch import nn

from seqaug_sklearn.networks._dropout import Dropout
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["ResidualMLP"]


class ResidualMLP(nn.Module):
    """Residual network of dense layers with batch normalisation and dropout.

    A block computes ``relu(norm(W2 dropout(relu(norm(W1 x)))) + shortcut(x))``. The shortcut is the identity where the
    width stays, else a linear map. A linear layer gives the logits.

    Parameters
    ----------
    n_features, n_classes : int
        Columns of the input, and classes.
    hidden_sizes : sequence of int, default=(256, 128)
        Width of each block; at least one.
    dropout : float, default=0.3
        Dropout within each block and before the output.

    Raises
    ------
    InvalidParameterError
        If there is no block.

    Notes
    -----
    Batch normalisation needs batches of at least two rows in training.

    References
    ----------
    Residual blocks: He et al. 2016, doi 10.1109/CVPR.2016.90, here with dense layers in place of convolutions.

    Examples
    --------
    >>> import torch
    >>> ResidualMLP(12, 2, hidden_sizes=(8, 4))(torch.zeros(3, 12)).shape
    torch.Size([3, 2])
    """

    def __init__(self, n_features, n_classes, *, hidden_sizes=(256, 128), dropout=0.3):
        super().__init__()
        if not len(hidden_sizes):
            raise invalid_parameter(
                "hidden_sizes", "is empty; the network needs at least one block, for example (256, 128)"
            )
        widths = [n_features, *hidden_sizes]
        self.blocks = nn.Sequential(*[_Block(n_in, n_out, dropout) for n_in, n_out in itertools.pairwise(widths)])
        self.dropout = Dropout(dropout)
        self.output = nn.Linear(widths[-1], n_classes)

    def forward(self, x):
        """Map features (n, n_features) to logits (n, n_classes)."""
        return self.output(self.dropout(self.blocks(x)))


class _Block(nn.Module):
    def __init__(self, n_in, n_out, dropout):
        super().__init__()
        # a bias before batch normalisation has no effect
        self.main = nn.Sequential(
            nn.Linear(n_in, n_out, bias=False),
            nn.BatchNorm1d(n_out),
            nn.ReLU(),
            Dropout(dropout),
            nn.Linear(n_out, n_out, bias=False),
            nn.BatchNorm1d(n_out),
        )
        self.shortcut = nn.Identity() if n_in == n_out else nn.Linear(n_in, n_out, bias=False)

    def forward(self, x):
        return nn.functional.relu(self.main(x) + self.shortcut(x))
