"""The head of a classifier of several labels: each is there or not, or not known."""

from collections.abc import Mapping

import numpy as np
import torch

from seqaug_sklearn.networks import BagPooling
from seqaug_sklearn.neural._estimators._neural_estimator import check_sample_weight
from seqaug_sklearn.neural._label_metrics import LabelMetrics
from seqaug_sklearn.neural._losses import MaskedLoss
from seqaug_sklearn.utils import invalid_data, invalid_parameter, is_number, read_target, strata_of

__all__ = ["LabelHead", "mean_label_accuracy"]

_LOSSES = {"cross_entropy": "binary_cross_entropy", "focal": "binary_focal"}
"""What a loss of classes is for labels."""


class LabelHead:
    """What several labels per row mean to the training of a network, and to its predictions.

    Parameters
    ----------
    names : tuple of str
        Names of the labels; targets are float64 (n_rows, n_labels) of 1, 0 and NaN (not known).
    loss : {"cross_entropy", "focal"}
        Loss of each entry.
    class_weight : "balanced", dict, list or None, default=None
        Weights of the labels: of each by its name, or of 0 and 1 of each in turn.
    label_smoothing : float, default=0.0
        Of :class:`MaskedLoss`.
    """

    exclusive = False
    """Any of the outputs may be right."""

    def __init__(self, names, loss, *, class_weight=None, label_smoothing=0.0):
        self.names, self.loss, self.class_weight, self.label_smoothing = names, loss, class_weight, label_smoothing

    @property
    def n_outputs(self):
        """Outputs of the network."""
        return len(self.names)

    def criterion(self):
        """Arguments of the net that say what is minimised."""
        options = {"criterion__loss": _LOSSES[self.loss], "criterion__label_smoothing": self.label_smoothing}
        return {"criterion": MaskedLoss, **options}

    def metrics(self):
        """Callback that writes scores of each epoch into the history."""
        return LabelMetrics()

    def pooling(self, kind, bag_size):
        """Module that makes one answer of the outputs of a bag's windows."""
        return BagPooling(kind, self.n_outputs, bag_size, outputs="labels")

    def known(self, targets):
        """Which rows have a label to learn from, bool (n_rows,)."""
        return ~np.isnan(targets).all(axis=1)

    def strata(self, targets):
        """What the internal split keeps evenly on both sides: rows where a label is there, and where it is not."""
        return strata_of(read_target(targets, task="labels", may_be_constant=True))

    def contrasts(self, targets):
        """What first filters may distinguish, as codes (n_rows, n_contrasts): each label, -1 where not known."""
        return np.where(np.isnan(targets), -1, targets).astype(np.intp)

    def as_given(self, targets):
        """Targets as the user gave them, for augmenters that ask."""
        return targets

    def from_given(self, values):
        """Targets of rows as the user gave them, (n_rows, n_targets), in the form of those that were read."""
        return values

    def encoded(self, targets):
        """Targets as they are learned, float32 (n_rows, n_labels)."""
        return targets.astype(np.float32)

    def loss_weights(self, targets, weights, rows):
        """Float32 weights of the entries, (n_windows, n_labels): of the row, times that of what is true.

        Balanced weights are those of the training ``rows``.
        """
        absent, there = self.label_weights(targets[rows]).T
        return (weights[:, None] * np.where(targets == 1, there, absent)).astype(np.float32)

    def label_weights(self, targets):
        """Weights of 0 and of 1 of each label where these rows are trained, (n_labels, 2)."""
        weight = self.class_weight
        if weight is None:
            return np.ones((self.n_outputs, 2))
        if isinstance(weight, str):
            counts = np.stack([(targets == value).sum(axis=0) for value in (0, 1)], axis=1)
            # as scikit-learn balances two classes: rows / (classes * rows of the class)
            return counts.sum(axis=1, keepdims=True) / (2 * np.maximum(counts, 1))
        found = self._named_weights(weight) if isinstance(weight, Mapping) else self._listed_weights(weight)
        if not (np.isfinite(found).all() and (found >= 0).all() and found.any(axis=1).all()):
            raise invalid_parameter(
                "class_weight", f"must hold weights >= 0, not all zero for a label, got {weight!r:.80}"
            )
        return found

    def _named_weights(self, weight):
        unknown = sorted(str(name) for name in weight if name not in self.names)
        if unknown:
            raise invalid_parameter(
                "class_weight", f"names labels that y does not hold: {unknown}; it has {list(self.names)!r:.80}"
            )
        wrong = [value for value in weight.values() if not is_number(value)]
        if wrong:
            raise invalid_parameter(
                "class_weight",
                f"must give one number for each label by name, got {wrong[0]!r:.80}; weights of 0 and 1 go into a list "
                "of one {0: weight, 1: weight} for each label",
            )
        return np.array([[weight.get(name, 1.0)] * 2 for name in self.names], float)

    def _listed_weights(self, weight):
        fits = len(weight) == self.n_outputs and all(
            isinstance(entry, Mapping) and set(entry) <= {0, 1} and all(map(is_number, entry.values()))
            for entry in weight
        )
        if not fits:
            raise invalid_parameter(
                "class_weight",
                f"must hold one {{0: weight, 1: weight}} for each of the {self.n_outputs} labels, got {weight!r:.80}",
            )
        return np.array([[entry.get(0, 1.0), entry.get(1, 1.0)] for entry in weight], float)

    def answers(self, outputs):
        """Probability of each label, (n, n_labels), from outputs of the network, a float64 tensor."""
        return torch.sigmoid(outputs).numpy()

    def explained(self, network):
        """What is explained of a network of windows: its logits."""
        return network


def mean_label_accuracy(target, said, sample_weight=None):
    """Share of the known entries of each label that are right, averaged over the labels.

    Parameters
    ----------
    target : Target
        Labels of every row.
    said : ndarray of shape (n_rows, n_labels)
        What was predicted, 0 or 1.
    sample_weight : array-like of shape (n_rows,), default=None
        Weights of the rows.

    Returns
    -------
    float
        Labels that are nowhere known do not count.

    Raises
    ------
    DataFormatError
        If there are other labels than predictions, none is known anywhere, or weights do not fit.
    """
    if target.values.shape != said.shape:
        raise invalid_data("y", f"should hold {said.shape[1]} labels, as in fit, got {target.values.shape[1]}")
    weights = check_sample_weight(sample_weight, len(said))[:, None] * target.measured
    scored = weights.any(axis=0)
    if not scored.any():
        raise invalid_data("y", "holds no known label; there is nothing to compare with")
    right = (weights * (target.values == said)).sum(axis=0)[scored]
    return float((right / weights.sum(axis=0)[scored]).mean())
