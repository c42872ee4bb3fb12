"""Checks of what a display is given."""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["check_class_scores", "check_frame", "check_same_length"]


def check_frame(frame, columns, *, name):
    """Return the frame if it is a non-empty DataFrame that has the columns.

    Raises
    ------
    TypeError
        If it is no DataFrame.
    DataFormatError
        If it has no rows or lacks a column.
    """
    if not hasattr(frame, "columns"):
        raise TypeError(f"{name} must be a pandas DataFrame, got {type(frame).__name__}")
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DataFormatError(f"{name} has no column {missing[0]!r}; its columns are {list(frame.columns)}")
    if len(frame) == 0:
        raise DataFormatError(f"{name} is empty; at least one row is needed")
    return frame


def check_same_length(**named):
    """Raise ValueError if named array-likes differ in length, or hold nothing."""
    lengths = {name: len(values) for name, values in named.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise ValueError(f"{' and '.join(named)} must have the same length: {told}")
    if 0 in lengths.values():
        raise ValueError(f"{' and '.join(named)} must hold at least one entry, got none")


def check_class_scores(y_true, y_score, classes):
    """Validate labels and one score per row and class.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_score : array-like of shape (n_samples, n_classes)
        Scores, columns in the order of ``classes``.
    classes : array-like of shape (n_classes,)
        Class labels.

    Returns
    -------
    codes : int ndarray of shape (n_samples,)
        Column of each true label.
    y_score : float ndarray of shape (n_samples, n_classes)
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If lengths do not fit, a label is not among the classes, a class repeats, or a score is not finite.
    """
    y_true, y_score, classes = np.asarray(y_true), np.asarray(y_score, dtype=float), np.asarray(classes)
    check_same_length(y_true=y_true, y_score=y_score)
    if y_score.ndim != 2 or y_score.shape[1] != len(classes):
        raise ValueError(
            f"y_score must have one column per class, shape (n_samples, {len(classes)}), got {y_score.shape}; "
            "pass the array that predict_proba gives and the estimator's classes_"
        )
    if not np.isfinite(y_score).all():
        row = np.flatnonzero(~np.isfinite(y_score).all(axis=1))[0]
        raise ValueError(f"y_score must be finite, but row {row} holds NaN or infinity")
    column_of = {label: i for i, label in enumerate(classes.tolist())}
    if len(column_of) < len(classes):
        raise ValueError("classes must be distinct, but a class repeats")
    unknown = sorted({label for label in y_true.tolist() if label not in column_of}, key=str)
    if unknown:
        raise ValueError(f"y_true holds {unknown[0]!r}, which is not among the {len(classes)} classes")
    return np.array([column_of[label] for label in y_true.tolist()]), y_score, classes
