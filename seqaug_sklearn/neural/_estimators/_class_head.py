"""The head of a classifier: one class per row, logits of the classes, probabilities."""

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.networks import BagPooling
from seqaug_sklearn.neural._losses import WeightedLoss
from seqaug_sklearn.neural._net import EpochMetrics
from seqaug_sklearn.utils import Strata, check_class_labels, invalid_data, invalid_parameter
from seqaug_sklearn.utils._sklearn import StrOptions

__all__ = ["ClassHead", "ClassifierHead"]


class ClassHead:
    """What one class per row means to the training of a network, and to its predictions.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Labels; targets are their codes, intp (n_rows,).
    loss : str
        Of :class:`WeightedLoss`.
    class_weight : "balanced", dict or None, default=None
        Weights of the classes.
    label_smoothing : float, default=0.0
        Of :class:`WeightedLoss`.
    """

    exclusive = True
    """One of the outputs is right."""

    def __init__(self, classes, loss, *, class_weight=None, label_smoothing=0.0):
        self.classes, self.loss, self.class_weight, self.label_smoothing = classes, loss, class_weight, label_smoothing

    @property
    def n_outputs(self):
        """Outputs of the network."""
        return len(self.classes)

    def criterion(self):
        """Arguments of the net that say what is minimised."""
        options = {"criterion__loss": self.loss, "criterion__label_smoothing": self.label_smoothing}
        return {"criterion": WeightedLoss, **options}

    def metrics(self):
        """Callback that writes scores of each epoch into the history."""
        return EpochMetrics(self.n_outputs)

    def pooling(self, kind, bag_size):
        """Module that makes one answer of the outputs of a bag's windows."""
        return BagPooling(kind, self.n_outputs, bag_size)

    def known(self, targets):
        """Which rows have a class to learn from, bool (n_rows,): all."""
        return np.ones(len(targets), bool)

    def strata(self, targets):
        """What the internal split holds out in equal shares: classes."""
        members = targets[:, None] == np.arange(len(self.classes))
        return Strata("classes", tuple(self.classes.tolist()), members, np.ones(len(self.classes), bool))

    def as_given(self, targets):
        """Targets as the user gave them, for augmenters that ask."""
        return self.classes[targets]

    def encoded(self, targets):
        """Targets as they are learned: codes."""
        return targets

    def loss_weights(self, targets, weights, rows):
        """Float32 weights of the windows: their own times that of their class among the training ``rows``."""
        return (weights * self.class_weights(targets[rows])[targets]).astype(np.float32)

    def class_weights(self, codes):
        """Weight of each class where these rows are trained, (n_classes,)."""
        if self.class_weight is None:
            return np.ones(self.n_outputs)
        weight = self.class_weight
        if isinstance(weight, dict):
            unknown = set(weight) - set(self.classes.tolist())
            if unknown:
                raise invalid_parameter(
                    "class_weight", f"names classes that y does not hold: {sorted(map(str, unknown))}"
                )
        return compute_class_weight(weight, classes=self.classes, y=self.classes[codes])

    def answers(self, outputs):
        """Class probabilities (n, n_classes) from outputs of the network, a float64 tensor."""
        return torch.softmax(outputs, dim=1).numpy()

    def explained(self, network):
        """What is explained of a network of windows: its logits."""
        return network


class ClassifierHead(ClassifierMixin):
    """What makes a neural estimator a classifier; it stands left of the estimator among the bases of a class."""

    _parameter_constraints: dict = {
        "loss": [StrOptions({"cross_entropy", "focal"})],
        "monitor": [StrOptions({f"{p}_{m}" for p in ("train", "valid") for m in ("loss", "accuracy", "f1", "recall")})],
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

    def _head(self):
        smoothing = getattr(self, "label_smoothing", 0.0)
        return ClassHead(self.classes_, self.loss, class_weight=self.class_weight, label_smoothing=smoothing)

    def _read_target(self, y, n_rows):
        """Set what is learned of the target, and return the codes of its classes, intp (n_rows,)."""
        y = check_class_labels(y, n_rows)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise invalid_data(
                "y", f"holds one class only ({str(self.classes_[0])!r}); a classifier needs at least two"
            )
        return codes

    def _settle_target(self, targets, weights, rows):
        """Learn what only training ``rows`` say of the target: nothing."""

    def predict(self, X):
        """Most probable class of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        """Class probabilities of each row, pooled over the windows of a bag.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        return self._answers(X)

    def _bag_columns(self, target, X, n_rows):
        """Class whose windows are weighed, of each row: ``target``, or the predicted one."""
        if target is None:
            return self.predict_proba(X).argmax(axis=1)
        if target in self.classes_:
            return np.full(n_rows, np.flatnonzero(self.classes_ == target)[0])
        raise invalid_parameter("target", f"must be one of classes_, {self.classes_.tolist()!r:.80}, got {target!r}")
