"""Checks of what :func:`compare` is given, before any long work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from seqaug_sklearn.evaluation._metrics import METRICS, metrics_for
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import ColdPairKFold
from seqaug_sklearn.similarity import NearestSequenceClassifier
from seqaug_sklearn.utils import (
    Parameter,
    check_class_labels,
    check_sequences,
    check_text,
    invalid_parameter,
    is_text,
    member_codes,
)

__all__ = ["Data", "check_data", "check_estimators", "check_scoring", "cold_splitter", "is_memoriser", "parents_of"]


@dataclass(frozen=True)
class Data:
    """Checked rows.

    Attributes
    ----------
    X : array-like of shape (n_rows, ...)
        As given.
    y : ndarray of shape (n_rows,)
        Labels.
    classes : ndarray of shape (n_classes,)
        Sorted labels.
    metadata : dict
        ``groups``, ``sample_weight`` and ``identifiers``, as far as given.
    members : int ndarray of shape (n_rows, 2) or None
        Numbers of both members, where groups are members of pairs.
    """

    X: Any
    y: np.ndarray
    classes: np.ndarray
    metadata: dict[str, Any]
    members: np.ndarray | None = None

    @property
    def codes(self) -> np.ndarray:
        """Class index of each row."""
        return np.searchsorted(self.classes, self.y)

    def named_groups(self) -> tuple[np.ndarray, np.ndarray]:
        """Names of the groups, and the number of each row's group (n_rows,), or of its two members (n_rows, 2)."""
        groups = self.metadata.get("groups")
        if self.members is not None:
            names = np.empty(self.members.max() + 1, object)
            names[self.members] = groups
            return names, self.members
        return np.unique(np.arange(len(self.y)) if groups is None else parents_of(groups), return_inverse=True)


def check_estimators(estimators, reference) -> tuple[dict, dict]:
    """Return estimators by name and the partner each is compared with."""
    estimators = dict(estimators)
    if not estimators:
        raise DataFormatError("estimators is empty; give at least one, for example {'svm': SVC()}")
    for name, estimator in estimators.items():
        if isinstance(estimator, type) or not (hasattr(estimator, "fit") and hasattr(estimator, "predict")):
            raise DataFormatError(f"estimator {name!r} must be an object with fit and predict, got {estimator!r:.60}")
    first = next(iter(estimators))
    if isinstance(reference, Mapping):
        partners = dict(reference)
    else:
        chosen = first if reference is None else reference
        partners = {name: chosen for name in estimators if name != chosen}
    unknown = {*partners, *partners.values()} - {*estimators}
    if unknown or (isinstance(reference, str) and reference not in estimators):
        raise invalid_parameter(
            "reference", f"names {sorted(unknown) or [reference]}, the estimators are {[*estimators]}"
        )
    return estimators, partners


def is_memoriser(estimator) -> bool:
    """Whether the estimator is the lookup baseline, also as the last step of a pipeline or inside a meta-estimator.

    The class decides, not its settings: a nearest-neighbour model of the user's own is a model like any other.
    """
    if isinstance(estimator, Pipeline):
        return is_memoriser(estimator.steps[-1][1])
    inner = getattr(estimator, "estimator", None)
    return isinstance(estimator, NearestSequenceClassifier) or (inner is not None and is_memoriser(inner))


def check_data(X, y, groups, sample_weight, cv=None, pairs: bool | None = None) -> Data:
    """Check X, labels, groups and weights together; ``cv`` and ``pairs`` say what two columns of groups are."""
    _check_rows_of_text(X)
    n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
    y = _check_y(y, n_rows)
    metadata = {}
    if groups is not None:
        metadata["groups"] = _check_groups(groups, n_rows)
    if sample_weight is not None:
        metadata["sample_weight"] = np.asarray(sample_weight, float)
        if metadata["sample_weight"].shape != (n_rows,):
            raise DataFormatError(f"sample_weight must have shape ({n_rows},), got {metadata['sample_weight'].shape}")
    if hasattr(X, "iloc"):
        metadata["identifiers"] = X.index
    members = _members(metadata.get("groups"), n_rows, cv, pairs)
    return Data(X, y, np.unique(y), metadata, members)


def _members(groups, n_rows, cv, pairs):
    """Numbers of the members of pairs; None where groups are none: one column, or parent and start."""
    two = groups is not None and groups.ndim == 2
    if pairs and not two:
        raise DataFormatError(f"pairs=True needs groups of shape ({n_rows}, 2): the members of each pair")
    cold = cold_splitter(cv)
    if not two or not (pairs if pairs is not None else cold is not None or _are_names(groups)):
        return None
    return member_codes(groups, n_rows, symmetric=None if cold is None else cold.symmetric)


def cold_splitter(cv):
    """The splitter of pairs in ``cv`` or wrapped by it."""
    while cv is not None and not isinstance(cv, (ColdPairKFold, type)):
        cv = getattr(cv, "cv", None)
    return cv if isinstance(cv, ColdPairKFold) else None


def _are_names(groups):
    """Whether two columns are names: the second holds no starts, or both are numbers written as text."""
    if not _whole_numbers(groups[:, 1]):
        return True
    return all(isinstance(value, str) for value in groups.flat) and _whole_numbers(groups[:, 0])


def _whole_numbers(column):
    try:
        values = column.astype(float)
    except (TypeError, ValueError):
        return False
    return bool((values == np.floor(values)).all())


def _check_rows_of_text(X):
    """Bad sequences are named before any long work, not in the middle of the third fold."""
    if is_text(X):
        check_text(X)
    elif getattr(X, "ndim", None) == 1 or (isinstance(X, (list, tuple, str)) and not _is_nested(X)):
        check_sequences(X)


def _is_nested(X):
    return len(X) > 0 and hasattr(X[0], "__len__")


def _check_y(y, n_rows):
    y = check_class_labels(y, n_rows)
    y = y.astype(str) if y.dtype == object else y
    if len(np.unique(y)) < 2:
        raise DataFormatError(f"y holds one class only ({str(y[0])!r}); a comparison needs at least two")
    return y


def _check_groups(groups, n_rows):
    missing = _missing(groups)
    if len(missing):
        raise DataFormatError(f"groups: the group of row {missing[0]} is missing; give every row a group")
    groups = np.asarray(groups)
    if len(groups) != n_rows or groups.ndim > 2 or (groups.ndim == 2 and groups.shape[1] != 2):
        raise DataFormatError(f"groups must have shape ({n_rows},) or ({n_rows}, 2), got {groups.shape}")
    return groups.astype(str) if groups.dtype == object and groups.ndim == 1 else groups


def check_scoring(scoring, n_classes: int) -> tuple[tuple[str, ...], dict]:
    """Split scoring into metrics computed from predictions, and scorers: dict of name to callable."""
    from sklearn.metrics import get_scorer

    if scoring is None:
        return metrics_for(n_classes), {}
    if callable(scoring):
        return (), {getattr(scoring, "__name__", "score"): scoring}
    if isinstance(scoring, Mapping):
        return (), {name: get_scorer(s) if isinstance(s, str) else s for name, s in scoring.items()}
    names = [scoring] if isinstance(scoring, str) else list(scoring)
    binary = [n for n in names if n in METRICS and n not in metrics_for(n_classes)]
    if binary:
        raise invalid_parameter(
            Parameter("scoring", binary[0]),
            f"is that of the second of two classes, but y holds {n_classes}; use "
            f"'{binary[0]}_macro' or '{binary[0]}_weighted'",
        )
    return tuple(n for n in names if n in METRICS), {n: get_scorer(n) for n in names if n not in METRICS}


def parents_of(groups: np.ndarray) -> np.ndarray:
    """Parent of each row: the groups, or column 0 of positions."""
    return groups[:, 0] if groups.ndim == 2 else groups


def _missing(values):
    """Indices of missing entries, found before NumPy writes NaN as text."""
    values = np.asarray(values, dtype=object)
    missing = pd.isna(values)
    return np.flatnonzero(missing.any(axis=1) if values.ndim == 2 else missing)
