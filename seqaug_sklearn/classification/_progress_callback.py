"""A progress bar over epochs."""

from skorch.callbacks import Callback

from seqaug_sklearn.utils import progress

__all__ = ["EpochProgress"]


class EpochProgress(Callback):
    """Show epochs done, time left and the last losses.

    Parameters
    ----------
    epochs : int
        Most epochs there will be.
    """

    def __init__(self, epochs):
        self.epochs = epochs

    def on_train_begin(self, net, **kwargs):
        """Open the bar."""
        self.bar_ = progress(total=self.epochs, description="training", unit="epoch")

    def on_epoch_end(self, net, **kwargs):
        """Advance it."""
        last = net.history[-1]
        self.bar_.set_postfix({k: f"{last[k]:.3f}" for k in ("train_loss", "valid_loss") if k in last}, refresh=False)
        self.bar_.update()

    def on_train_end(self, net, **kwargs):
        """Close it; nothing of it stays with the fitted net."""
        self.bar_.close()
        self.bar_ = None
