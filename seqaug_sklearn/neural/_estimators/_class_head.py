"""The head of a classifier: one class per row, logits of the classes, probabilities; or several labels."""

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.networks import BagPooling
from seqaug_sklearn.neural._constant_targets import constants_of, read_several, warn_of_constants
from seqaug_sklearn.neural._estimators._label_head import LabelHead, mean_label_accuracy
from seqaug_sklearn.neural._losses import WeightedLoss
from seqaug_sklearn.neural._net import EpochMetrics
from seqaug_sklearn.utils import Strata, check_class_labels, invalid_data, invalid_parameter, n_targets, read_target
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

    def contrasts(self, targets):
        """What first filters may distinguish, as codes (n_rows, n_contrasts): classes."""
        return targets[:, None]

    def as_given(self, targets):
        """Targets as the user gave them, for augmenters that ask."""
        return self.classes[targets]

    def from_given(self, values):
        """Targets of rows as the user gave them, (n_rows, n_targets), in the form of those that were read."""
        return np.searchsorted(self.classes, values[:, 0].astype(self.classes.dtype))

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
    """What makes a neural estimator a classifier, of one class per row or of several labels that are there or not.

    It stands left of the estimator among the bases of a class.
    """

    _parameter_constraints: dict = {
        "loss": [StrOptions({"cross_entropy", "focal"})],
        "monitor": [StrOptions({f"{p}_{m}" for p in ("train", "valid") for m in ("loss", "accuracy", "f1", "recall")})],
        "class_weight": [StrOptions({"balanced"}), dict, list, None],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    @property
    def _has_labels(self):
        """Whether several labels were learned, not classes."""
        return self.classes_.ndim == 2

    def _head(self):
        options = {"class_weight": self.class_weight, "label_smoothing": getattr(self, "label_smoothing", 0.0)}
        if self._has_labels:
            return LabelHead(self.target_names_, self.loss, **options)
        return ClassHead(self.classes_, self.loss, **options)

    def _read_target(self, y, n_rows):
        """Set what is learned of the target, and return it as numbers.

        Of classes their codes, intp (n_rows,); of labels float64 (n_rows, n_labels) of 1, 0 and NaN.
        """
        if n_targets(y) > 1:
            target = read_several(y, n_rows, "labels")
            warn_of_constants(constants_of(target.values), target.names)
            self._learn_names(target.names)
            return target.values
        y = check_class_labels(y, n_rows)
        classes, codes = np.unique(y, return_inverse=True)
        self._learn_classes(classes)
        if len(self.classes_) < 2:
            raise invalid_data(
                "y", f"holds one class only ({str(self.classes_[0])!r}); a classifier needs at least two"
            )
        if isinstance(self.class_weight, list):
            raise invalid_parameter("class_weight", "is a list, which is for several labels; pass a dict of classes")
        return codes

    def _settle_target(self, targets, weights, rows):
        """Learn what only training ``rows`` say of the target: nothing."""

    def _learn_classes(self, classes):
        self.classes_ = classes
        # an earlier fit may have learned labels
        self.__dict__.pop("target_names_", None)

    def _learn_names(self, names):
        # an array and no list, which its cross_val_predict refuses
        self.classes_, self.target_names_ = np.tile([0, 1], (len(names), 1)), names

    def predict(self, X):
        """Most probable class of each row; of several labels, which are there.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.

        Returns
        -------
        labels : ndarray of shape (n_samples,) or int ndarray of shape (n_samples, n_labels)
            Of several labels, 1 where the probability is above one half and 0 elsewhere.
        """
        probabilities = self.predict_proba(X)
        if self._has_labels:
            return (probabilities > 0.5).astype(int)
        return self.classes_[probabilities.argmax(axis=1)]

    def predict_proba(self, X):
        """Class probabilities of each row, pooled over the windows of a bag.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes) or (n_samples, n_labels)
            Columns in the order of ``classes_``. Of several labels, the probability that each is there, in the order of
            ``target_names_``, as scikit-learn's ``MLPClassifier`` gives it.
        """
        check_is_fitted(self)
        return self._answers(X)

    def score(self, X, y, sample_weight=None):
        """Accuracy; of several labels, that of each over its known entries, averaged.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in ``fit``.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, as in ``fit``.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        score : float
            scikit-learn's accuracy of several labels, which counts a row only where all of them are right, is
            ``accuracy_score(y, clf.predict(X))``; it takes no gaps.
        """
        check_is_fitted(self)
        if not self._has_labels:
            return super().score(X, y, sample_weight)
        said = self.predict(X)
        return mean_label_accuracy(read_target(y, len(said), task="labels", may_be_constant=True), said, sample_weight)

    def _bag_columns(self, target, X, n_rows):
        """Class or label whose windows are weighed, of each row: ``target``, or the predicted class."""
        if target is None and not self._has_labels:
            return self.predict_proba(X).argmax(axis=1)
        name, known = "classes_", self.classes_
        if self._has_labels:
            name, known = "target_names_", np.array(self.target_names_)
        if target in known:
            return np.full(n_rows, np.flatnonzero(known == target)[0])
        raise invalid_parameter("target", f"must be one of {name}, {known.tolist()!r:.80}, got {target!r}")
