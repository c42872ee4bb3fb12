"""Checks of what :func:`compare` is given, before any long work."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.base import is_classifier, is_regressor
from sklearn.pipeline import Pipeline

from seqaug_sklearn.base import Answers
from seqaug_sklearn.evaluation._metrics import (
    METRICS,
    MULTILABEL_METRICS,
    NUMBER_METRICS,
    FoldRows,
    LabelRows,
    NumberRows,
    Rows,
    can_be_ranked,
    metrics_for,
    metrics_of,
)
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import ColdPairKFold
from seqaug_sklearn.similarity import NearestSequenceClassifier, NearestSequenceRegressor
from seqaug_sklearn.utils import (
    Parameter,
    Target,
    check_sequences,
    check_text,
    invalid_parameter,
    is_text,
    known_rows,
    member_codes,
    pairs_as_array,
    plain_container,
    read_target,
)

__all__ = [
    "Data",
    "check_data",
    "check_estimators",
    "check_kinds",
    "check_scoring",
    "check_several_classes",
    "cold_splitter",
    "is_memoriser",
    "parents_of",
]


@dataclass(frozen=True)
class Data:
    """Checked rows.

    Attributes
    ----------
    X : array-like of shape (n_rows, ...)
        As given.
    y : ndarray of shape (n_rows,) or (n_rows, n_targets)
        Labels or numbers, as ``fit`` takes them.
    classes : ndarray of shape (n_classes,)
        Sorted labels; none of numbers and of several labels.
    metadata : dict
        ``groups``, ``sample_weight`` and ``identifiers``, as far as given.
    members : int ndarray of shape (n_rows, 2) or None
        Numbers of both members, where groups are members of pairs.
    target : Target or None
        How y was read; None of classes that were read before.
    """

    X: Any
    y: np.ndarray
    classes: np.ndarray
    metadata: dict[str, Any]
    members: np.ndarray | None = None
    target: Target | None = None

    @property
    def task(self) -> Literal["classes", "number", "labels"]:
        """What is predicted."""
        return "classes" if self.target is None else self.target.kind

    @property
    def codes(self) -> np.ndarray:
        """Class index of each row."""
        return np.searchsorted(self.classes, self.y)

    @cached_property
    def truth(self) -> np.ndarray:
        """What answers are scored against: class indices (n_rows,), or targets, float (n_rows, n_targets)."""
        return self.codes if self.task == "classes" else self.y.reshape(len(self.y), -1).astype(float)

    @cached_property
    def known(self) -> np.ndarray:
        """Rows of which something is known, bool (n_rows,): others can neither be trained on nor tested."""
        return np.ones(len(self.y), bool) if self.task == "classes" else known_rows(self.truth)

    @cached_property
    def parents(self) -> np.ndarray | None:
        """Number of the group of each row, that ranks are taken within; None without groups, and of pairs."""
        return None if self.members is not None or "groups" not in self.metadata else self.named_groups()[1]

    @property
    def texts(self) -> np.ndarray | None:
        """The sequences, (n_rows,), where each row is one and none is empty."""
        if self.members is not None or not is_text(self.X):
            return None
        texts = np.asarray(check_text(pairs_as_array(self.X))[0])
        return texts if texts.ndim == 1 and (texts != "").all() else None

    def rows(self, tested: np.ndarray, answers: Answers, units: np.ndarray | None = None) -> Rows:
        """Rows of a fold with what an estimator answered.

        Parameters
        ----------
        tested : int ndarray
            Rows.
        answers : Answers
            Answers for these.
        units : int ndarray of shape (n_rows,) or (n_rows, 2), default=None
            What weights are given to, of all rows of the data; plain scores need none.
        """
        true = self.truth[tested]
        groups = np.zeros(len(tested), int) if units is None else units[tested]
        if self.task == "number":
            parents = self.parents
            return NumberRows(true, answers.predicted, groups, None if parents is None else parents[tested])
        if self.task == "labels":
            return LabelRows(true, *answers, groups)
        return FoldRows(true, *answers, groups, len(self.classes))

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
    lookups = (NearestSequenceClassifier, NearestSequenceRegressor)
    return isinstance(estimator, lookups) or (inner is not None and is_memoriser(inner))


def check_kinds(estimators: Mapping[str, Any], data: Data) -> None:
    """Check that no regressor is to predict classes, and no classifier numbers; labels may be predicted by both.

    Raises
    ------
    DataFormatError
        If one is; the message names it, says how y was read, and how to have it read otherwise.
    """
    if data.target is None or data.task == "labels":
        return
    kind, wrong, needed = is_regressor, "regressor", "Give classifiers"
    if data.task == "number":
        cut = "pandas.qcut(y, 2, labels=['low', 'high'])"
        kind, wrong, needed = is_classifier, "classifier", f"Give regressors, or cut y into classes first with {cut}"
    names = [name for name, estimator in estimators.items() if _is(estimator, kind)]
    if names:
        also = f", as {len(names) - 1} more are" if len(names) > 1 else ""
        raise DataFormatError(f"estimator {names[0]!r} is a {wrong}{also}, but {data.target.reading} {needed}")


def _is(estimator, kind):
    if getattr(estimator, "task", None) == "auto":
        # it reads y itself, and is what y holds
        return False
    try:
        return kind(estimator)
    except (AttributeError, TypeError):
        # a class of the user's own need have no tags
        return False


def check_data(X, y, groups, sample_weight, cv=None, pairs: bool | None = None, *, task: str = "classes") -> Data:
    """Check X, targets, groups and weights together; ``cv`` and ``pairs`` say what two columns of groups are."""
    X = plain_container(X)
    _check_rows_of_text(X)
    n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
    target = read_target(y, n_rows, task=task)
    y = target.values  # noqa: PD011
    y = check_several_classes(y) if target.kind == "classes" else y
    if target.kind == "labels" and target.measured.all():
        # as scikit-learn's classifiers give them back
        y = y.astype(int)
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
    classes = np.unique(y) if target.kind == "classes" else np.array([])
    return Data(X, y, classes, metadata, members, target)


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
        check_text(pairs_as_array(X))
    elif getattr(X, "ndim", None) == 1 or (isinstance(X, (list, tuple, str)) and not _is_nested(X)):
        check_sequences(X)


def _is_nested(X):
    return len(X) > 0 and hasattr(X[0], "__len__")


def check_several_classes(y):
    """Return class labels, objects as text; an error where there is one class only."""
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


def check_scoring(scoring, data: Data) -> tuple[tuple[str, ...], dict]:
    """Split scoring into metrics computed from predictions, and scorers: dict of name to callable."""
    from sklearn.metrics import get_scorer

    n_classes = len(data.classes)
    existing = metrics_for(n_classes, task=data.task, in_groups=_can_be_ranked(data))
    if scoring is None:
        return existing, {}
    if callable(scoring):
        return (), {getattr(scoring, "__name__", "score"): scoring}
    if isinstance(scoring, Mapping):
        return (), {name: get_scorer(s) if isinstance(s, str) else s for name, s in scoring.items()}
    names = [scoring] if isinstance(scoring, str) else list(scoring)
    known = metrics_of(data.task)
    foreign = [n for n in names if n in _FOREIGN[data.task] and n not in known]
    if foreign:
        what = {"classes": "classes", "number": "numbers", "labels": "several labels"}[data.task]
        raise invalid_parameter(
            Parameter("scoring", foreign[0]), f"is no score of {what}; choose among {', '.join(map(repr, existing))}"
        )
    missing = [n for n in names if n in known and n not in existing]
    if missing:
        way_out = (
            "is a mean over groups, and needs groups= of which one at least has three rows or more with different "
            "numbers; without, use 'spearman'"
            if data.task == "number"
            else f"is that of the second of two classes, but y holds {n_classes}; use "
            f"'{missing[0]}_macro' or '{missing[0]}_weighted'"
        )
        raise invalid_parameter(Parameter("scoring", missing[0]), way_out)
    return tuple(n for n in names if n in known), {n: get_scorer(n) for n in names if n not in known}


_CORRELATIONS = {*NUMBER_METRICS} - {"r2"}
_FOREIGN = {"classes": _CORRELATIONS, "labels": _CORRELATIONS, "number": {*METRICS, *MULTILABEL_METRICS}}
"""Scores of other tasks, which scikit-learn's scorers of these names would refuse in the middle of a fold."""


def _can_be_ranked(data):
    if data.task != "number" or data.parents is None:
        return False
    return len(can_be_ranked(data.truth, data.parents)) > 0


def parents_of(groups: np.ndarray) -> np.ndarray:
    """Parent of each row: the groups, or column 0 of positions."""
    return groups[:, 0] if groups.ndim == 2 else groups


def _missing(values):
    """Indices of missing entries, found before NumPy writes NaN as text."""
    values = np.asarray(values, dtype=object)
    missing = pd.isna(values)
    return np.flatnonzero(missing.any(axis=1) if values.ndim == 2 else missing)
