"""The DNA-BERT pair system's network, layer by layer."""

from torch import nn

from seqaug_sklearn.networks._dropout import Dropout
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["ResidualFCNN"]


class ResidualFCNN(nn.Module):
    """Fully connected network of the DNA-BERT pair system, with its two residual maps.

    A level is linear, batch normalisation, ReLU, dropout. To the second level's result a linear map of the *input* is
    added, to each later one a linear map of the sum before it. A linear layer gives the logits.

    Parameters
    ----------
    n_inputs : int
        Columns of the input; 3,072 in the published system.
    n_outputs : int
        Classes.
    hidden_sizes : sequence of int, default=(1024, 512, 256)
        Width of each level; at least one.
    dropout : float, default=0.5
        Dropout at the end of each level.

    Raises
    ------
    InvalidParameterError
        If there is no level.

    See Also
    --------
    ResidualMLP : Blocks of two layers with a shortcut each.

    Notes
    -----
    Batch normalisation needs batches of at least two rows in training. With the published sizes and two outputs there
    are 5,511,682 parameters.

    References
    ----------
    https://github.com/mounikaboggavarapu/DNA_BERT_Embeddings, class ResidualFCNN.

    Examples
    --------
    >>> import torch
    >>> network = ResidualFCNN(3072, 2)
    >>> sum(parameter.numel() for parameter in network.parameters())
    5511682
    >>> network(torch.zeros(3, 3072)).shape
    torch.Size([3, 2])
    """

    def __init__(self, n_inputs, n_outputs, hidden_sizes=(1024, 512, 256), *, dropout=0.5):
        super().__init__()
        if not len(hidden_sizes):
            raise invalid_parameter(
                "hidden_sizes", "is empty; the network needs at least one level, for example (256, 128)"
            )
        widths = [n_inputs, *hidden_sizes]
        self.levels = nn.ModuleList(
            _level(n_in, n_out, dropout) for n_in, n_out in zip(widths, hidden_sizes, strict=False)
        )
        # the second level looks back to the input, the third and later ones to the sum before them
        sources = [n_inputs, *hidden_sizes[1:]]
        self.shortcuts = nn.ModuleList(
            nn.Linear(n_in, n_out) for n_in, n_out in zip(sources, hidden_sizes[1:], strict=False)
        )
        self.output = nn.Linear(hidden_sizes[-1], n_outputs)

    def forward(self, x):
        """Map features (n, n_inputs) to logits (n, n_outputs)."""
        looked_back, hidden = x, self.levels[0](x)
        for level, shortcut in zip(self.levels[1:], self.shortcuts, strict=True):
            hidden = level(hidden) + shortcut(looked_back)
            looked_back = hidden
        return self.output(hidden)


def _level(n_in, n_out, dropout):
    return nn.Sequential(nn.Linear(n_in, n_out), nn.BatchNorm1d(n_out), nn.ReLU(), Dropout(dropout))
