"""How many rows each class gets, in imbalanced-learn's words, and whose copies they are."""

from typing import Any

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy

from seqaug_sklearn.utils import invalid_parameter, read_target

__all__ = ["SAMPLING_STRATEGIES", "check_no_sampling_strategy", "drawn_in_turn", "rows_to_add"]

SAMPLING_STRATEGIES = [*BaseOverSampler._parameter_constraints["sampling_strategy"], None]
"""Constraint of the parameter ``sampling_strategy``: that of imbalanced-learn's over-samplers, or None."""


def rows_to_add(sampling_strategy: Any, y: Any, n_rows: int) -> tuple[dict, np.ndarray]:
    """Rows that each class gets, and the class of each row.

    Parameters
    ----------
    sampling_strategy : float, str, dict or callable
        As in imbalanced-learn's over-samplers.
    y : array-like of shape (n_rows,)
        Class labels.
    n_rows : int
        Number of rows.

    Returns
    -------
    numbers : dict of label to int
        Rows to add; classes that get none may be missing.
    labels : ndarray of shape (n_rows,)

    Raises
    ------
    InvalidParameterError
        If the strategy does not fit the classes, or y holds no classes.
    """
    target = read_target(y, n_rows, may_be_constant=True)
    if target.kind != "classes":
        what = "numbers" if target.kind == "number" else "several labels"
        raise invalid_parameter(
            "sampling_strategy",
            f"balances classes, but y holds {what}, got {sampling_strategy!r:.80}; leave it out: each row then gets "
            "equally many copies",
        )
    labels = target.values
    classes, counts = np.unique(labels, return_counts=True)
    try:
        numbers = check_sampling_strategy(sampling_strategy, labels, "over-sampling")
    except (ValueError, TypeError, AttributeError) as error:
        shown = ", ".join(f"{c!r}: {n}" for c, n in zip(classes[:6].tolist(), counts.tolist(), strict=False))
        raise invalid_parameter(
            "sampling_strategy",
            f"does not fit y, whose classes are {{{shown}}}, got {sampling_strategy!r:.80}: {error} Give 'auto', or "
            "the number of rows that each class should have in the end, for example "
            f"{{{classes[counts.argmin()].item()!r}: {counts.max()}}}",
        ) from error
    return dict(numbers), labels


def drawn_in_turn(labels: np.ndarray, numbers: dict, rng: np.random.Generator) -> np.ndarray:
    """Rows of each class in turn, as often as the class gets rows: none a second time before all had their first.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        Class of each row.
    numbers : dict of label to int
        Rows to draw of each class.
    rng : Generator
        Source of the order of the rows of a class.

    Returns
    -------
    int ndarray of shape (n_drawn,)
        Class by class, in the order of ``numbers``.

    Examples
    --------
    >>> labels = np.array(["a", "b", "b"])
    >>> sorted(drawn_in_turn(labels, {"b": 4}, np.random.default_rng(0)).tolist())
    [1, 1, 2, 2]
    """
    drawn = [np.resize(rng.permutation(np.flatnonzero(labels == label)), n) for label, n in numbers.items()]
    return np.concatenate([np.zeros(0, int), *drawn])


def check_no_sampling_strategy(sampling_strategy: Any) -> None:
    """Raise where rows are changed in batches: a batch has as many rows afterwards, so no class can get more."""
    if sampling_strategy is not None:
        raise invalid_parameter(
            "sampling_strategy",
            f"is for fit_resample, which adds rows; batches in training keep their number of rows, got "
            f"{sampling_strategy!r:.80}; leave it out, and give the classifier class_weight='balanced'",
        )
