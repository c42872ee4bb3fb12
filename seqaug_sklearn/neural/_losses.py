"""What training minimises: of classes, and of numbers and labels that are partly unknown."""

import torch
from torch import nn

__all__ = ["MASKED_LOSSES", "MaskedLoss", "WeightedLoss"]

MASKED_LOSSES = ("squared_error", "huber", "poisson", "binary_cross_entropy", "binary_focal")
"""What ``MaskedLoss(loss=...)`` takes: three losses of numbers, two of labels."""


class WeightedLoss(nn.Module):
    """Cross-entropy or focal loss, averaged with one weight per row (as ``torch.nn.CrossEntropyLoss(weight=...)``).

    Parameters
    ----------
    loss : {"cross_entropy", "focal"}, default="cross_entropy"
        "focal" multiplies the cross-entropy by (1 - p)**2, p being the probability of the true class.
    label_smoothing : float, default=0.0
        Share of each label that is spread over all classes while training; validation losses are without it.

    References
    ----------
    Focal loss: Lin et al. 2017, doi:10.1109/ICCV.2017.324, equation 4 with gamma = 2.
    """

    def __init__(self, loss="cross_entropy", label_smoothing=0.0):
        super().__init__()
        self.loss = loss
        self.label_smoothing = label_smoothing

    def forward(self, logits, target):
        """Return the weighted mean loss; ``target`` is (labels, weights)."""
        labels, weights = target
        smoothing = self.label_smoothing if self.training else 0.0
        losses = nn.functional.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
        if self.loss == "focal":
            plain = losses if smoothing == 0 else nn.functional.cross_entropy(logits, labels, reduction="none")
            losses = losses * _focus(plain)
        # by the sum of the weights, not the number of rows: that is what torch's class weights do
        return (losses * weights).sum() / weights.sum()


class MaskedLoss(nn.Module):
    """Loss of several numbers or labels per row: the weighted mean over the entries that are known.

    Entries that are NaN, or whose weight is zero, add neither to the loss nor to its gradient, whatever the network
    says there. A batch without a known entry has the loss 0, with a gradient of zeros.

    Parameters
    ----------
    loss : str, default="squared_error"
        Of numbers, each output being the prediction: "squared_error", (output - value)**2; "huber", half of that
        while the difference is at most `delta`, linear beyond. Of rates and counts, the output being the logarithm of
        the expected value: "poisson", exp(output) - value * output, which is the negative log-likelihood up to a
        constant. Of labels, 0 or 1, the output being the logit of 1: "binary_cross_entropy", and "binary_focal", which
        multiplies it by (1 - p)**2, p being the probability of what is true.
    label_smoothing : float, default=0.0
        Labels only: share of each that is spread over 0 and 1 while training; validation losses are without it.
    delta : float, default=1.0
        "huber" only: where it turns linear, in the unit of the outputs.

    References
    ----------
    Huber 1964, doi:10.1214/aoms/1177703732. Focal loss: Lin et al. 2017, doi:10.1109/ICCV.2017.324, equation 4 with
    gamma = 2.
    """

    def __init__(self, loss="squared_error", label_smoothing=0.0, delta=1.0):
        super().__init__()
        self.loss = loss
        self.label_smoothing = label_smoothing
        self.delta = delta

    def forward(self, outputs, target):
        """Return the weighted mean loss.

        Parameters
        ----------
        outputs : float Tensor of shape (n_rows, n_targets)
            What the network says.
        target : tuple of two float Tensors
            Values (n_rows, n_targets), NaN where not known, and weights >= 0 of the rows (n_rows,) or of all entries
            (n_rows, n_targets).

        Returns
        -------
        Tensor of shape ()
        """
        values, weights = target
        weights = (weights if weights.ndim == 2 else weights[:, None]).expand_as(values)
        counts = ~torch.isnan(values) & (weights > 0)
        # left out before anything is computed, not after: NaN and infinity times zero are NaN, in the gradient too
        zero = torch.zeros((), device=outputs.device)
        losses = self._entry_losses(torch.where(counts, outputs, zero), torch.where(counts, values, zero))
        weights = torch.where(counts, weights, zero)
        return (losses * weights).sum() / weights.sum().clamp(min=torch.finfo(weights.dtype).tiny)

    def _entry_losses(self, outputs, values):
        """Loss of each entry, none of which is NaN: (n_rows, n_targets)."""
        if self.loss == "squared_error":
            return (outputs - values) ** 2
        if self.loss == "huber":
            return nn.functional.huber_loss(outputs, values, reduction="none", delta=self.delta)
        if self.loss == "poisson":
            return torch.exp(outputs) - values * outputs
        smoothing = self.label_smoothing if self.training else 0.0
        losses = _binary_cross_entropy(outputs, values * (1 - smoothing) + smoothing / 2)
        if self.loss == "binary_focal":
            losses = losses * _focus(losses if smoothing == 0 else _binary_cross_entropy(outputs, values))
        return losses


def _binary_cross_entropy(logits, labels):
    return nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")


def _focus(losses):
    """(1 - p)**2 of each plain cross-entropy, p being the probability of what is true."""
    # equation 4, FL = -(1 - p)**gamma log p: exp(-cross-entropy) is p
    return (1 - torch.exp(-losses)) ** 2
