"""What an estimator answers for rows, in one form for every kind of estimator and target."""

from typing import Any, NamedTuple

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["Answers", "class_scores", "read_answers"]


class Answers(NamedTuple):
    """Answers of an estimator.

    Attributes
    ----------
    predicted : ndarray of shape (n_rows,) or (n_rows, n_targets)
        Class indices, or numbers, or 1 and 0 of labels.
    scores : float ndarray of shape (n_rows, n_classes) or (n_rows, n_targets), or None
        Probabilities or decision values of classes and labels; None where there are none, and of numbers.
    probability : bool
        Whether scores are probabilities.
    """

    predicted: np.ndarray
    scores: np.ndarray | None = None
    probability: bool = False


def read_answers(estimator: Any, X, task: str, *, y_train: np.ndarray, classes: np.ndarray) -> Answers:
    """Predict rows with a fitted estimator.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    X : array-like of shape (n_rows, ...)
        Rows.
    task : {"classes", "number", "labels"}
        What is predicted.
    y_train : ndarray of shape (n_training_rows,) or (n_training_rows, n_targets)
        What it was fitted to.
    classes : ndarray of shape (n_classes,)
        All classes, sorted; without meaning for others.

    Raises
    ------
    DataFormatError
        If the answers have another shape, are no finite numbers, or are no classes of the data.
    """
    if task == "classes":
        predicted = _class_codes(estimator.predict(X), classes)
        own = getattr(estimator, "classes_", np.unique(y_train))
        return Answers(predicted, *_over_all_classes(*class_scores(estimator, X, own), own, classes))
    n_targets = 1 if y_train.ndim == 1 else y_train.shape[1]
    if task == "number":
        return Answers(_numbers(estimator.predict(X), n_targets, "predict"))
    return _of_labels(estimator, X, n_targets)


def class_scores(estimator: Any, X, own: np.ndarray) -> tuple[np.ndarray | None, bool]:
    """Probabilities, else decision values, of the classes that an estimator knows.

    Parameters
    ----------
    estimator : estimator
        Fitted classifier.
    X : array-like of shape (n_rows, ...)
        Rows.
    own : ndarray of shape (n_classes,)
        Its classes.

    Returns
    -------
    scores : float ndarray of shape (n_rows, n_classes) or None
        None where it has neither, or one-against-one decision values, which rank no class.
    probability : bool
        Whether they are probabilities.
    """
    method = _method(estimator)
    if method is None:
        return None, False
    scores = np.asarray(getattr(estimator, method)(X), float)
    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    if scores.shape[1] != len(own):
        return None, False
    return scores, method == "predict_proba"


def _method(estimator):
    return next((m for m in ("predict_proba", "decision_function") if hasattr(estimator, m)), None)


def _class_codes(predicted, classes):
    predicted = np.asarray(predicted).ravel()
    # clipped, a label above all known ones fails the comparison
    codes = np.minimum(np.searchsorted(classes, predicted), len(classes) - 1)
    strange = np.flatnonzero(classes[codes] != predicted)
    if len(strange):
        raise DataFormatError(f"predict returned {str(predicted[strange[0]])!r}, which is no label of y")
    return codes


def _over_all_classes(scores, probability, own, classes):
    if scores is None:
        return None, False
    # classes without training rows get probability 0, or a decision value below all others
    full = np.full((len(scores), len(classes)), 0.0 if probability else scores.min())
    full[:, _class_codes(own, classes)] = scores
    return full, probability


def _numbers(values, n_targets, method):
    """Finite numbers, (n_rows, n_targets)."""
    values = np.asarray(values, float)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or values.shape[1] != n_targets:
        raise DataFormatError(f"{method} returned the shape {values.shape}, but y holds {n_targets} targets")
    strange = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(strange):
        raise DataFormatError(
            f"{method} returned no finite number for {len(strange)} of {len(values)} rows, the first of them row "
            f"{strange[0]} of those it was given"
        )
    return values


def _of_labels(estimator, X, n_labels):
    method = _method(estimator)
    predicted = _numbers(estimator.predict(X), n_labels, "predict")
    if method is None and not np.isin(predicted, (0, 1)).all():
        # a regressor's numbers say how surely a label is there
        probability = bool(((predicted >= 0) & (predicted <= 1)).all())
        return Answers((predicted >= 0.5).astype(float), predicted, probability)
    if not np.isin(predicted, (0, 1)).all():
        raise DataFormatError("predict returned other answers than 0 and 1, so they are no labels of y")
    if method is None:
        return Answers(predicted)
    scores = _numbers(_there(estimator, getattr(estimator, method)(X)), n_labels, method)
    return Answers(predicted, scores, method == "predict_proba")


def _there(estimator, given):
    """Scores that each label is there: scikit-learn gives a column for each, or a list of both classes' columns."""
    if not isinstance(given, list):
        return given
    columns = []
    for values, own in zip(map(np.asarray, given), getattr(estimator, "classes_", [None] * len(given)), strict=True):
        if values.ndim == 1 or values.shape[1] == 2:
            columns.append(values if values.ndim == 1 else values[:, 1])
        else:
            # one class only was in the training rows
            columns.append(np.full(len(values), float(own is not None and float(own[0]) == 1)))
    return np.column_stack(columns)
