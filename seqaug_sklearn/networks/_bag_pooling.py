"""What a bag of windows says, from what each window says."""

import torch
from torch import nn

from seqaug_sklearn.utils import invalid_parameter

__all__ = ["BAG_POOLINGS", "BagNetwork", "BagPooling"]

BAG_POOLINGS = ("mean", "max", "log_sum_exp", "attention", "noisy_or")

_SMALLEST = 1e-7


class BagPooling(nn.Module):
    """Pool the outputs of windows into logits of their bags, which may be of any size.

    Parameters
    ----------
    kind : {"mean", "max", "log_sum_exp", "attention", "noisy_or"}
        - "mean": the mean of the windows' probabilities, or numbers
        - "max": for each class the largest logit of any window
        - "log_sum_exp": for each class the logarithm of the mean of the exponentials of its logits, which lies between
          mean and maximum
        - "attention": the mean of the logits, weighted by the softmax, over the bag, of one output more of each window
        - "noisy_or": the probability that at least one window is positive, where each is by itself with its own
          probability. Of two classes the second is the positive one; of more, each is against all others, and what
          comes out is scaled to a sum of 1. Of labels each is for itself.
    n_classes : int
        Classes, numbers, or labels.
    bag_size : float, default=1.0
        Windows of a usual bag, for "noisy_or": from this the log-odds of a window start lower, by as much as keeps
        a bag from being positive before anything is learned.
    outputs : {"classes", "numbers", "labels"}, default="classes"
        What a window says: logits of classes, of which one is right, or numbers, or the logit of each of several
        labels, which occur together. "noisy_or" is not for numbers.

    Examples
    --------
    >>> import torch
    >>> pooling = BagPooling("max", 2)
    >>> pooling(torch.tensor([[0.0, 1.0], [3.0, 0.0], [0.0, 5.0]]), torch.tensor([0, 0, 1]))
    tensor([[3., 1.],
            [0., 5.]])
    """

    def __init__(self, kind, n_classes, bag_size=1.0, outputs="classes"):
        super().__init__()
        if kind not in BAG_POOLINGS:
            raise invalid_parameter("kind", f"must be one of {BAG_POOLINGS}, got {kind!r}")
        if outputs not in ("classes", "numbers", "labels") or (outputs, kind) == ("numbers", "noisy_or"):
            raise invalid_parameter(
                "outputs", f"must be 'classes', 'labels', or 'numbers' without 'noisy_or', got {outputs!r}"
            )
        self.kind, self.n_classes, self.outputs = kind, n_classes, outputs
        if kind == "noisy_or":
            self.offset = nn.Parameter(-torch.tensor(float(bag_size)).log())

    @property
    def n_outputs(self):
        """Outputs that a window needs."""
        return self.n_classes + (self.kind == "attention")

    def forward(self, outputs, bags):
        """Logits (n_bags, n_classes) from outputs (n_windows, n_outputs); ``bags`` are numbered from 0, ascending."""
        return getattr(self, f"_{self.kind}")(outputs, bags)

    def weights(self, outputs, bags):
        """How much each window counts in its bag, for each class: (n_windows, n_classes), sums of 1 over a bag."""
        logits = outputs[:, : self.n_classes]
        if self.kind == "mean":
            said = {"classes": _softmax_of_classes, "numbers": torch.ones_like, "labels": torch.sigmoid}
            return _shares(said[self.outputs](logits), bags)
        if self.kind == "max":
            # the first of equal ones: its number is the largest of all numbers counted backwards
            backwards = torch.arange(len(bags), 0, -1, device=bags.device, dtype=logits.dtype)[:, None]
            best = backwards * (logits == _largest(logits, bags)[bags])
            return (best == _largest(best, bags)[bags]).to(logits.dtype)
        if self.kind == "log_sum_exp":
            return _softmax(logits, bags)
        if self.kind == "attention":
            return _softmax(outputs[:, self.n_classes :], bags).expand(-1, self.n_classes)
        surprise = nn.functional.softplus(self._log_odds(logits))
        return _shares(surprise, bags).expand(-1, self.n_classes)

    def _mean(self, outputs, bags):
        if self.outputs == "numbers":
            return _sums(outputs, bags) / _sizes(bags, outputs)
        if self.outputs == "labels":
            # log p - log(1 - p) of the mean p, without rounding p to 0 or 1
            there, absent = (_log_sum_exp(nn.functional.logsigmoid(side), bags) for side in (outputs, -outputs))
            return there - absent
        return _log_sum_exp(torch.log_softmax(outputs, dim=1), bags) - _sizes(bags, outputs).log()

    def _max(self, outputs, bags):
        return _largest(outputs, bags)

    def _log_sum_exp(self, outputs, bags):
        return _log_sum_exp(outputs, bags) - _sizes(bags, outputs).log()

    def _attention(self, outputs, bags):
        logits, scores = outputs.split([self.n_classes, 1], dim=1)
        return _sums(_softmax(scores, bags) * logits, bags)

    def _noisy_or(self, outputs, bags):
        # log(1 - p) of each window, summed: that no window of the bag is positive
        none = _sums(-nn.functional.softplus(self._log_odds(outputs)), bags).clamp(max=-_SMALLEST)
        some = torch.log(-torch.expm1(none))
        return torch.cat([none, some], dim=1) if self._is_binary else some - none

    @property
    def _is_binary(self):
        """Whether a window speaks for or against one thing."""
        return self.n_classes == 2 and self.outputs == "classes"

    def _log_odds(self, logits):
        """Log-odds of a window: of two classes that of the second (n, 1), of more of each against the others."""
        if self.outputs == "labels":
            return logits + self.offset
        if self._is_binary:
            return logits[:, 1:] - logits[:, :1] + self.offset
        # log p - log(1 - p)
        p = torch.log_softmax(logits, dim=1)
        return p - torch.log1p(-p.exp().clamp(max=1 - _SMALLEST)) + self.offset


class BagNetwork(nn.Module):
    """A network of windows, trained on bags.

    Parameters
    ----------
    network : torch.nn.Module
        One-hot windows (n, length, n_symbols) to outputs (n, pooling.n_outputs).
    pooling : BagPooling
        What makes logits of bags from them.

    Examples
    --------
    >>> import torch
    >>> from seqaug_sklearn.networks import BagNetwork, BagPooling, MotifCNN
    >>> pooling = BagPooling("attention", 2)
    >>> network = BagNetwork(MotifCNN(4, 40, pooling.n_outputs), pooling)
    >>> network(torch.zeros(5, 40, 4), bags=torch.tensor([0, 0, 0, 1, 1])).shape
    torch.Size([2, 2])
    """

    def __init__(self, network, pooling):
        super().__init__()
        self.network, self.pooling = network, pooling

    def forward(self, x, bags=None):
        """Logits (n_bags, n_classes); without ``bags`` the outputs of the windows, unpooled."""
        outputs = self.network(x)
        # in full precision, also under autocast: exponentials lose too much in bfloat16
        return outputs if bags is None else self.pooling(outputs.float(), bags)

    def layer_table(self):
        """Rows (name, output shape without the batch axis, number of parameters) of a window, and of its bag.

        Examples
        --------
        >>> from seqaug_sklearn.networks import BagNetwork, BagPooling, MotifCNN
        >>> BagNetwork(MotifCNN(4, 40, 2), BagPooling("max", 2)).layer_table()[-1]
        ('Bag: max', (2,), 0)
        """
        n_parameters = sum(parameter.numel() for parameter in self.pooling.parameters())
        bag = (f"Bag: {self.pooling.kind}", (self.pooling.n_classes,), n_parameters)
        return [*self.network.layer_table(), bag]


def _softmax_of_classes(logits):
    return torch.softmax(logits, dim=1)


def _n_bags(bags):
    return int(bags[-1]) + 1


def _sums(values, bags):
    return values.new_zeros(_n_bags(bags), values.shape[1]).index_add(0, bags, values)


def _sizes(bags, like):
    return _sums(like.new_ones(len(bags), 1), bags)


def _largest(values, bags):
    lowest = values.new_full((_n_bags(bags), values.shape[1]), -torch.inf)
    return lowest.scatter_reduce(0, bags[:, None].expand_as(values), values, "amax", include_self=False)


def _log_sum_exp(values, bags):
    largest = _largest(values.detach(), bags)
    return _sums((values - largest[bags]).exp(), bags).log() + largest


def _softmax(values, bags):
    return (values - _log_sum_exp(values, bags)[bags]).exp()


def _shares(values, bags):
    return values / _sums(values, bags)[bags]
