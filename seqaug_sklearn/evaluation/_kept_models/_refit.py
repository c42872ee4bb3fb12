"""One estimator fitted on all rows: seeded, and with groups and identifiers where it takes them."""

from typing import Any

import numpy as np

from seqaug_sklearn.evaluation._fitting import fit_params, seeded
from seqaug_sklearn.evaluation._inputs import Data
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import routed_to_splitters, told_of_groups

__all__ = ["class_scores", "fewest_of_class", "fit_on_all", "folds_of_smallest_class"]

_ALL_ROWS = 2**31 - 1
"""Stands where a fold's number would: seeds of a refit are none of a fold's."""


def fit_on_all(estimator: Any, X, y, *, seed: int, **metadata) -> Any:
    """Fit a seeded copy of an estimator.

    Parameters
    ----------
    estimator : estimator
        Never fitted itself.
    X, y : array-like
        All rows.
    seed : int
        From it follows every parameter called ``random_state``, nested ones too.
    **metadata : array-like or None
        ``groups``, ``identifiers``, ``sample_weight``: passed to where `fit` takes them.
    """
    estimator = seeded(estimator, [seed, _ALL_ROWS])
    with told_of_groups(), routed_to_splitters(estimator):
        given = {name: values for name, values in metadata.items() if values is not None}
        return estimator.fit(X, y, **fit_params(estimator, Data(X, y, np.unique(y), given), slice(None)))


def class_scores(estimator: Any, X) -> np.ndarray:
    """Probabilities, else decision values, else 1 for the class that is answered: (n_samples, n_classes)."""
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(X), float)
    if hasattr(estimator, "decision_function"):
        scores = np.asarray(estimator.decision_function(X), float)
        if scores.ndim == 1:
            return np.column_stack([-scores, scores])
        if scores.shape[1] == len(estimator.classes_):
            return scores
    return (np.asarray(estimator.predict(X))[:, None] == estimator.classes_).astype(float)


def folds_of_smallest_class(cv: Any, y, groups=None) -> Any:
    """Folds, fewer where a class has fewer rows or groups; what is no number stays.

    Raises
    ------
    DataFormatError
        If a class has one row or group, which cannot be trained and tested.
    """
    if not isinstance(cv, (int, np.integer)):
        return cv
    fewest, label = fewest_of_class(y, groups)
    if fewest == 0:
        # no rows: whoever reads them says so
        return cv
    if fewest < 2:
        unit = "sequence" if groups is None else "group"
        raise DataFormatError(
            f"class {label!r} has one {unit} only, which cannot be in training and test rows; give two or more of each "
            "class, or leave that class out"
        )
    return min(int(cv), fewest)


def fewest_of_class(y, groups=None) -> tuple[int, str]:
    """Rows, or groups, of the class that has fewest, and its name."""
    y = np.asarray(y)
    units = np.arange(len(y)) if groups is None else np.asarray(groups)
    units = units[:, 0] if units.ndim == 2 else units
    counts = {str(label): len(np.unique(units[y == label].astype(str))) for label in np.unique(y)}
    label = min(counts, key=lambda name: counts[name], default="")
    return counts.get(label, 0), label
