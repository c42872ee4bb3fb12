"""One estimator fitted on all rows: seeded, and with groups and identifiers where it takes them."""

from typing import Any

import numpy as np

from seqaug_sklearn.base import class_scores as scores_of_classes
from seqaug_sklearn.base import read_answers
from seqaug_sklearn.evaluation._fitting import fit_params, seeded
from seqaug_sklearn.evaluation._inputs import Data
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Target, routed_to_splitters, told_of_groups

__all__ = ["class_scores", "fewest_of_class", "fit_on_all", "folds_of_smallest_class", "label_scores"]

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
        return estimator.fit(X, y, **fit_params(estimator, Data(X, y, np.array([]), given), slice(None)))


def class_scores(estimator: Any, X) -> np.ndarray:
    """Probabilities, else decision values, else 1 for the class that is answered: (n_samples, n_classes)."""
    scores, _ = scores_of_classes(estimator, X, estimator.classes_)
    if scores is None:
        return (np.asarray(estimator.predict(X))[:, None] == estimator.classes_).astype(float)
    return scores


def label_scores(estimator: Any, X, n_labels: int) -> tuple[np.ndarray, bool]:
    """Scores that each label is there, (n_samples, n_labels), and whether they are probabilities; else the answers."""
    answers = read_answers(estimator, X, "labels", y_train=np.empty((0, n_labels)), classes=np.empty(0))
    return (answers.predicted, True) if answers.scores is None else (answers.scores, answers.probability)


def folds_of_smallest_class(cv: Any, target: Target, groups=None) -> Any:
    """Folds, fewer where there are fewer groups, or a class has fewer rows or groups; what is no number stays.

    Raises
    ------
    DataFormatError
        If a class, or all rows, are one row or group, which cannot be trained on and tested.
    """
    if not isinstance(cv, (int, np.integer)):
        return cv
    fewest, what = fewest_of_class(target, groups)
    if fewest == 0:
        # no rows: whoever reads them says so
        return cv
    if fewest < 2:
        unit = "sequence" if groups is None else "group"
        more = "of each class, or leave that class out" if target.kind == "classes" else "of them"
        raise DataFormatError(
            f"{what} has one {unit} only, which cannot be in training and test rows; give two or more {more}"
        )
    return min(int(cv), fewest)


def fewest_of_class(target: Target, groups=None) -> tuple[int, str]:
    """Rows, or groups, of the class that has fewest, and what it is called; of numbers and labels those of all."""
    known = target.known
    y = target.values if target.kind == "classes" else np.zeros(len(target.columns), dtype=np.int64)
    units = np.arange(len(y)) if groups is None else np.asarray(groups)
    units = units[:, 0] if units.ndim == 2 else units
    counts = {str(one): len(np.unique(units[(y == one) & known].astype(str))) for one in np.unique(y)}
    label = min(counts, key=lambda name: counts[name], default="")
    return counts.get(label, 0), f"class {label!r}" if target.kind == "classes" else "the data"
