"""What models of classes, numbers and labels share: how y is read, tags, and the score."""

from dataclasses import replace
from typing import Any

import numpy as np

from seqaug_sklearn.base import MeasuredRegressorMixin
from seqaug_sklearn.evaluation._metrics import LabelRows
from seqaug_sklearn.utils import Target, check_same_order, plain_container, read_target
from seqaug_sklearn.utils._sklearn import take_rows

__all__ = ["TargetKindMixin", "fit_values", "has_probabilities", "known_rows", "target_of"]


class TargetKindMixin:
    """Estimators that predict what y holds; stands before scikit-learn's own bases.

    Before `fit` the parameter ``task`` says what that is, after it ``target_kind_``. With ``task="auto"`` an estimator
    that is not fitted counts as a classifier.
    """

    def _kind(self):
        return getattr(self, "target_kind_", getattr(self, "task", "classes"))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()  # type: ignore[misc]  # of the base that stands behind
        kind = self._kind()
        if kind == "number":
            from sklearn.utils import RegressorTags

            tags.estimator_type, tags.classifier_tags, tags.regressor_tags = "regressor", None, RegressorTags()
        tags.target_tags.multi_output = kind in ("number", "labels")
        if kind == "labels":
            tags.classifier_tags.multi_label = True
        return tags

    def score(self, X, y, sample_weight=None):
        """Accuracy of classes, R² of numbers, accuracy of labels; of several the mean over those that are known.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            What is right; NaN where not known.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        float
        """
        kind = self._kind()
        if kind not in ("number", "labels"):
            return super().score(X, y, sample_weight)  # type: ignore[misc]
        if kind == "number":
            return MeasuredRegressorMixin.score(self, X, y, sample_weight)  # type: ignore[arg-type]
        check_same_order(X, y)
        true = np.asarray(y, float)
        predicted = np.asarray(self.predict(X), dtype=np.float64)  # type: ignore[attr-defined]
        weights = np.ones(len(true)) if sample_weight is None else np.asarray(sample_weight, float)
        rows = LabelRows(true, predicted, None, False, np.zeros(len(true), int))
        return float(rows.weighted("accuracy", weights[None])[0][0])


def has_probabilities(estimator) -> bool:
    """Whether an estimator predicts classes or labels; for ``available_if``."""
    return estimator._kind() != "number"


def target_of(X, y, task: str) -> Target:
    """Read what is to be predicted for rows of X."""
    return read_target(y, X.shape[0] if hasattr(X, "shape") else len(X), task=task)


def known_rows(X, target: Target, **metadata) -> tuple[Any, Target, dict[str, Any]]:
    """Leave out the rows of which nothing is known.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Rows.
    target : Target
        What is known.
    **metadata : array-like of shape (n_samples, ...) or None
        Groups and the like.

    Returns
    -------
    X : array-like of shape (n_known, ...)
    target : Target
    metadata : dict
    """
    X, known = plain_container(X), target.known
    if known.all():
        return X, target, metadata
    rows = np.flatnonzero(known)
    metadata = {name: None if values is None else take_rows(values, rows) for name, values in metadata.items()}
    return take_rows(X, rows), replace(target, values=target.values[rows]), metadata


def fit_values(target: Target) -> np.ndarray:
    """Y as estimators take it: labels that are all known are whole numbers, as scikit-learn gives them back."""
    values = target.values
    return values.astype(int) if target.kind == "labels" and not np.isnan(values).any() else values
