"""Scores of predictions that were made before, such as those of a saved model."""

import numpy as np

from seqaug_sklearn.evaluation._metrics import FoldRows, score_rows, squared_errors
from seqaug_sklearn.evaluation._statistics import calibration_error
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["brier_score", "score_predictions"]


def score_predictions(y_true, y_pred, probabilities=None, *, classes=None) -> dict[str, float]:
    """Score predictions against known labels.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        Labels and predictions, of one type.
    probabilities : array-like of shape (n_samples, n_classes), default=None
        Probabilities, a column per class.
    classes : array-like of shape (n_classes,), default=None
        Classes in the order of the columns, as ``classes_`` of the model. None: those of both, sorted.

    Returns
    -------
    dict of str to float
        ``n`` (rows), ``accuracy``, ``balanced_accuracy``, and of probabilities ``auroc``, ``auprc``, ``brier``
        (between 0 and 1) and ``calibration_error``; NaN where the labels hold one class only and the score needs two.

    Raises
    ------
    DataFormatError
        If a label is no class, or there are no rows.

    Examples
    --------
    >>> from seqaug_sklearn.evaluation import score_predictions
    >>> score_predictions(["a", "b"], ["a", "b"], [[0.9, 0.1], [0.4, 0.6]])["brier"]
    0.085
    """
    true, predicted = np.asarray(y_true).astype(str), np.asarray(y_pred).astype(str)
    names = np.unique([*true, *predicted]) if classes is None else np.asarray(classes).astype(str)
    if len(true) == 0 or len(true) != len(predicted):
        raise DataFormatError(f"y_true and y_pred must have one entry per row, got {len(true)} and {len(predicted)}")
    codes, answers = _codes(true, names, "y_true"), _codes(predicted, names, "y_pred")
    scores = None if probabilities is None else np.asarray(probabilities, float)
    rows = FoldRows(codes, answers, scores, scores is not None, np.zeros(len(codes), int), len(names))
    found: dict[str, float] = {"n": len(codes)}
    found |= score_rows(rows, ("accuracy", "balanced_accuracy"))
    if scores is not None:
        found |= score_rows(rows, ("auroc", "auprc"))
        found |= {"brier": brier_score(scores, codes), "calibration_error": calibration_error(scores, codes)}
    return found


def brier_score(probabilities, codes) -> float:
    """Mean squared distance of probabilities and outcomes, summed over classes and halved: between 0 and 1."""
    return float(squared_errors(probabilities, codes).mean())


def _codes(labels, names, what):
    order = np.argsort(names, kind="stable")
    places = np.minimum(np.searchsorted(names[order], labels), len(names) - 1)
    strange = np.flatnonzero(names[order][places] != labels)
    if len(strange):
        known = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
        raise DataFormatError(f"{what} holds {str(labels[strange[0]])!r}, which is none of the classes {known}")
    return order[places]
