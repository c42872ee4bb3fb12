"""An LSTM stack of which only the last time step is read."""

import torch
from torch import nn

from seqaug_sklearn.networks._dropout import Dropout

__all__ = ["LastStepLSTM"]


class LastStepLSTM(nn.Module):
    """Stacked (bidirectional) LSTM returning the output of the last time step only.

    The same function as ``nn.LSTM(...)(x)[0][:, -1]``, at lower cost: at the last time step the backward direction of
    the last layer has seen one step only, so it is computed for that step alone. Weights convert both ways with
    :meth:`load_lstm`.

    Parameters
    ----------
    input_size, hidden_size, num_layers : int
        As in ``torch.nn.LSTM``.
    bidirectional : bool, default=True
        Whether each layer reads both directions.
    dropout : float, default=0.0
        Dropout between layers.

    Examples
    --------
    >>> import torch
    >>> LastStepLSTM(4, 8, 2)(torch.zeros(3, 20, 4)).shape
    torch.Size([3, 16])
    """

    def __init__(self, input_size, hidden_size, num_layers, *, bidirectional=True, dropout=0.0):
        super().__init__()
        width = hidden_size * (1 + bidirectional)
        sizes = [input_size] + [width] * (num_layers - 1)
        self.output_size = width
        self.lower = nn.ModuleList(
            nn.LSTM(size, hidden_size, batch_first=True, bidirectional=bidirectional) for size in sizes[:-1]
        )
        self.dropout = Dropout(dropout)
        self.forward_direction = nn.LSTM(sizes[-1], hidden_size, batch_first=True)
        self.backward_direction = nn.LSTM(sizes[-1], hidden_size, batch_first=True) if bidirectional else None

    def forward(self, x, every_step=False):
        """Map (n, steps, input_size) to (n, output_size), or to (n, steps, output_size) with ``every_step``."""
        for layer in self.lower:
            x = self.dropout(layer(x)[0])
        if every_step:
            return self._every_step(x)
        # the output at the last step has seen the whole sequence
        last = self.forward_direction(x)[0][:, -1]
        if self.backward_direction is None:
            return last
        # read backwards the last step comes first, so one step from the zero state is all of it
        return torch.cat([last, self.backward_direction(x[:, -1:])[0][:, 0]], dim=1)

    def _every_step(self, x):
        forward = self.forward_direction(x)[0]
        if self.backward_direction is None:
            return forward
        return torch.cat([forward, self.backward_direction(x.flip(1))[0].flip(1)], dim=2)

    @torch.no_grad()
    def load_lstm(self, lstm):
        """Copy the weights of an ``nn.LSTM`` of the same sizes; return self."""
        stacks = [*self.lower, self.forward_direction]
        for layer, stack in enumerate(stacks):
            for name, parameter in stack.named_parameters():
                # torch names weights by layer (_l1) and direction (_l1_reverse)
                parameter.copy_(getattr(lstm, name.replace("_l0", f"_l{layer}")))
        if self.backward_direction is not None:
            for name, parameter in self.backward_direction.named_parameters():
                parameter.copy_(getattr(lstm, name.replace("_l0", f"_l{len(self.lower)}_reverse")))
        return self
