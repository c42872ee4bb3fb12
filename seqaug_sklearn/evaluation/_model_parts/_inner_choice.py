"""A setting, or an average of models, chosen on inner folds of the training rows: groups and copies stay together."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone

from seqaug_sklearn.model_selection import split_by_groups
from seqaug_sklearn.utils import check_sequences, fit_target, invalid_parameter
from seqaug_sklearn.utils._sklearn import take_rows

__all__ = ["best_setting", "check_settings", "fitted", "inner_folds", "last_step", "parts_of"]

Answer = Callable[[Any, Any], np.ndarray]
"""Of a fitted last step and rows as it takes them: what it says of each."""
Loss = Callable[[np.ndarray, np.ndarray], float]
"""Of what was said of rows, and their y."""


def fitted(model: Any, X, y, about: dict[str, Any]) -> Any:
    """Fit a model, and pass what is known of the rows to where it is taken."""
    params = {}
    for name, values in about.items():
        found = fit_target(model, name)
        if found is not None:
            params[found[0]] = values
    return model.fit(X, y, **params)


def check_settings(settings: Any, example: dict[str, Any]) -> None:
    """Raise InvalidParameterError unless settings are None or dicts."""
    if settings is not None and not all(isinstance(setting, dict) for setting in settings):
        raise invalid_parameter("settings", f"must be a list of dicts of parameters, for example [{example!r}]")


def inner_folds(X, groups, n_splits: int, classes: np.ndarray | None = None) -> np.ndarray | None:
    """Fold of each row, whatever the order of the rows; None where there are too few groups for two folds.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences; without groups, copies of one are a group, because they are no test of each other.
    groups : array-like of shape (n_samples,) or (n_samples, 2) or None
        What stays together.
    n_splits : int
        Folds; fewer where there are fewer groups, or of a class.
    classes : ndarray of shape (n_samples,), default=None
        Classes whose shares are kept, and which every part has to hold. None: any rows will do.
    """
    sequences = check_sequences(X)
    if groups is None:
        groups = np.unique([str(text).upper() for text in sequences.values], return_inverse=True)[1]
    groups = np.asarray(groups)
    names = (groups[:, 0] if groups.ndim == 2 else groups).astype(str)
    kinds = [slice(None)] if classes is None else [classes == one for one in np.unique(classes)]
    n_groups = min(len(np.unique(names[rows])) for rows in kinds)
    if n_groups < 2:
        return None
    how = {} if classes is None else {"y": classes, "task": "classes"}
    return split_by_groups(X, **how, groups=groups, n_splits=min(n_splits, n_groups), random_state=0)


def parts_of(folds: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield training and test rows of each fold."""
    for fold in range(folds.max() + 1):
        yield np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)


def best_setting(
    estimator: Any,
    settings: Sequence[dict[str, Any]],
    X,
    y: np.ndarray,
    folds: np.ndarray | None,
    answer: Answer,
    loss: Loss,
) -> tuple[dict[str, Any], np.ndarray | None]:
    """Return the setting of the last step with the smallest loss, and what models with it say of rows they lack.

    Parameters
    ----------
    estimator : estimator
        A pipeline, or a single one. Never fitted itself.
    settings : list of dict
        Parameters of its last step.
    X, y : array-like, ndarray
        Rows.
    folds : ndarray of shape (n_samples,) or None
        As :func:`inner_folds` gives them. None: the setting in the middle is taken, and nothing is said.
    answer, loss : callable
        What is said of rows, and how wrong it is for all of them together.
    """
    if folds is None:
        return settings[len(settings) // 2], None
    said: list[Any] = [None] * len(settings)
    for train, test in parts_of(folds):
        front, last = _parted(clone(estimator))
        # the features are the same for all settings
        rows, values = _through(front, take_rows(X, train), y[train])
        seen = take_rows(X, test)
        for step in front:
            seen = seen if hasattr(step, "fit_resample") else step.transform(seen)
        for number, setting in enumerate(settings):
            answers = answer(clone(last).set_params(**setting).fit(rows, values), seen)
            if said[number] is None:
                said[number] = np.zeros((len(y), *answers.shape[1:]))
            said[number][test] = answers
    best = int(np.argmin([loss(answers, y) for answers in said]))
    return settings[best], said[best]


def last_step(model: Any) -> Any:
    """Last step of a pipeline, or what is none itself."""
    return model.steps[-1][1] if hasattr(model, "steps") else model


def _parted(model):
    """Steps before the last one, and the last."""
    return [step for _, step in model.steps[:-1]] if hasattr(model, "steps") else [], last_step(model)


def _through(front, X, y):
    """Fit the first steps: rows that augmenters add, and the features of all."""
    for step in front:
        if hasattr(step, "fit_resample"):
            X, y = step.fit_resample(X, y)
        else:
            X = step.fit_transform(X, y)
    return X, y
