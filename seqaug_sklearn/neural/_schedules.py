"""Callbacks of a training of a fixed number of epochs: the one-cycle rate, and averages of the weights."""

from typing import Any

import torch
from skorch.callbacks import Callback

__all__ = ["AverageWeights", "OneCycle"]

_EMA_DECAY = 0.99
_LAST_SHARE = 0.25


class OneCycle(Callback):
    """Raise the learning rate to its highest and let it fall to nearly nothing, batch by batch, in one cycle.

    Parameters
    ----------
    n_steps : int
        Batches of the whole stage.

    References
    ----------
    Smith & Topin 2019, doi:10.1117/12.2520589; the defaults of ``torch.optim.lr_scheduler.OneCycleLR``, in which Adam's
    first momentum moves the other way.
    """

    def __init__(self, n_steps):
        self.n_steps = n_steps

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        """Start the cycle."""
        highest = net.optimizer_.param_groups[0]["lr"]
        self.schedule_: Any = torch.optim.lr_scheduler.OneCycleLR(net.optimizer_, highest, total_steps=self.n_steps)

    def on_batch_end(self, net, training, **kwargs):
        """Move on by a batch."""
        # the schedule starts at its first rate, so after the last batch there is nothing left to set
        if training and self.schedule_.last_epoch < self.n_steps - 1:
            self.schedule_.step()

    def on_train_end(self, net, **kwargs):
        """Nothing of it stays with the fitted net."""
        self.schedule_ = None


class AverageWeights(Callback):
    """Put the average of the weights of many steps in place of the last ones.

    Parameters
    ----------
    kind : {"ema", "swa"}
        "ema" is the exponential moving average over batches (decay .99); "swa" the plain average over the ends of the
        last quarter of the epochs. Running statistics of normalisation are averaged with the weights.
    epochs : int
        Epochs of the stage.

    References
    ----------
    SWA: Izmailov et al. 2018, arXiv:1803.05407.
    """

    def __init__(self, kind, epochs):
        self.kind, self.epochs = kind, epochs

    def on_train_begin(self, net, **kwargs):
        """Forget earlier stages."""
        self.mean_, self.n_ = None, 0

    def on_batch_end(self, net, training, **kwargs):
        """Take a step's weights in."""
        if training and self.kind == "ema":
            self._take(net, max(1 / (self.n_ + 1), 1 - _EMA_DECAY))

    def on_epoch_end(self, net, **kwargs):
        """Take an epoch's weights in."""
        if self.kind == "swa" and len(net.history) > (1 - _LAST_SHARE) * self.epochs:
            self._take(net, 1 / (self.n_ + 1))

    def _take(self, net, share):
        state = net.module_.state_dict()
        if self.mean_ is None:
            self.mean_ = {name: value.detach().clone() for name, value in state.items()}
        for name, value in state.items():
            if value.is_floating_point():
                self.mean_[name].lerp_(value.detach(), share)
        self.n_ += 1

    def on_train_end(self, net, **kwargs):
        """Put the average in place; a fitted net need not carry it twice."""
        if self.mean_ is not None:
            net.module_.load_state_dict(self.mean_)
        self.mean_ = None
