"""Numbers that stand beside a sequence, joined to what a network says of it."""

import torch
from torch import nn

__all__ = ["CovariateNetwork"]


class CovariateNetwork(nn.Module):
    """Any network of sequences, corrected by covariates: ``f(x) + g(f(x), covariates)``.

    The correction ``g`` is a small network with one hidden layer. It sees the outputs of ``f`` too, so that a covariate
    may shift, scale or bend what the sequence says. Its last layer starts at zero: training begins with the network of
    the sequence alone, whose weights are those that the same seed draws without covariates.

    Parameters
    ----------
    network : torch.nn.Module
        One-hot (n, length, n_symbols) to outputs (n, n_outputs).
    n_covariates, n_outputs : int
        Columns of the covariates, and of the outputs.
    hidden_size : int, default=16
        Width of the hidden layer: few, because covariates are few and are read by every row.

    References
    ----------
    Features of guides joined to what a network makes of the sequence: Wang et al. 2019,
    doi:10.1038/s41467-019-12281-8. A residual branch that starts at zero: Goyal et al. 2017, arXiv:1706.02677.

    Examples
    --------
    >>> import torch
    >>> from seqaug_sklearn.networks import CovariateNetwork, MotifCNN
    >>> network = CovariateNetwork(MotifCNN(4, 40, 2), 3, 2)
    >>> network(torch.zeros(5, 40, 4), torch.zeros(5, 3)).shape
    torch.Size([5, 2])
    """

    def __init__(self, network, n_covariates, n_outputs, *, hidden_size=16):
        super().__init__()
        self.network, self.n_outputs = network, n_outputs
        last = nn.Linear(hidden_size, n_outputs)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        self.correction = nn.Sequential(nn.Linear(n_outputs + n_covariates, hidden_size), nn.ReLU(), last)

    def forward(self, x, covariates):
        """Outputs (n, n_outputs) of sequences (n, length, n_symbols) with covariates (n, n_covariates)."""
        outputs = self.network(x)
        return outputs + self.correction(torch.cat([outputs, covariates.to(outputs.dtype)], dim=1))

    def layer_table(self):
        """Rows (name, output shape without the batch axis, number of parameters) of the network and the correction.

        Examples
        --------
        >>> from seqaug_sklearn.networks import CovariateNetwork, MotifCNN
        >>> CovariateNetwork(MotifCNN(4, 40, 2), 3, 2).layer_table()[-1]
        ('Covariates', (2,), 130)
        """
        n_parameters = sum(parameter.numel() for parameter in self.correction.parameters())
        return [*self.network.layer_table(), ("Covariates", (self.n_outputs,), n_parameters)]
