"""Scores of predictions that were made before, such as those of a saved model."""

from dataclasses import replace
from typing import Any

import numpy as np

from seqaug_sklearn.evaluation._inference import FEWEST_GROUPS_OF_R2
from seqaug_sklearn.evaluation._metrics import (
    ERROR_METRICS,
    FoldRows,
    LabelRows,
    NumberRows,
    mean_over_folds,
    score_rows,
    squared_errors,
)
from seqaug_sklearn.evaluation._statistics import calibration_error, draw_group_weights, percentile_interval, t_interval
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Target, check_generator, holds_numbers, invalid_parameter, read_target

__all__ = ["brier_score", "score_predictions"]

_OF_NUMBERS = ("spearman", "pearson", "r2", *ERROR_METRICS)
_OF_LABELS = ("auroc", "auprc", "accuracy", "balanced_accuracy")
_RESAMPLES = 2000
_MAX_UNITS = 1000


def score_predictions(
    y_true, y_pred, probabilities=None, *, classes=None, task="auto", intervals=None, groups=None, random_state=0
) -> dict[str, float]:
    """Score predictions against known labels or numbers.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,) or (n_samples, n_targets)
        Labels, numbers or several labels of 0 and 1, and predictions of them. NaN in `y_true` is not known.
    probabilities : array-like of shape (n_samples, n_classes) or (n_samples, n_labels), default=None
        Probabilities, a column per class or label; of numbers there are none.
    classes : array-like of shape (n_classes,), default=None
        Classes in the order of the columns, as ``classes_`` of the model. None: those of both, sorted.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What `y_true` holds, see :func:`~seqaug_sklearn.utils.read_target`. "auto" with `classes`, or with probabilities
        for one column: classes.
    intervals : tuple of two array-like of the shape of y_pred, default=None
        Low and high ends of the intervals around predicted numbers, to count how many true values they hold.
    groups : array-like of shape (n_samples,), default=None
        Rows that belong together (families, genes). They are drawn together for intervals of 95 % of the scores; None:
        no such intervals.
    random_state : None, int, RandomState or Generator, default=0
        Seed of the draws.

    Returns
    -------
    dict of str to float
        Of classes ``n`` (rows), ``accuracy``, ``balanced_accuracy``, and of probabilities ``auroc``, ``auprc``,
        ``brier`` (between 0 and 1) and ``calibration_error``; NaN where the labels hold one class only and the score
        needs two. Of numbers ``n``, ``spearman``, ``pearson``, ``r2``, ``rmse``, ``mae`` (in their unit), and
        ``coverage`` of intervals. Of several labels ``n``, ``accuracy``, ``balanced_accuracy``, and of probabilities
        ``auroc`` and ``auprc``. Of several numbers or labels each is the mean over them; ``spearman_<name>``,
        ``auroc_<name>`` and so on are those of each. With groups ``spearman_low``, ``spearman_high`` and so on.

    Raises
    ------
    DataFormatError
        If a label is no class, the shapes do not fit, or there are no rows.

    Examples
    --------
    >>> from seqaug_sklearn.evaluation import score_predictions
    >>> score_predictions(["a", "b"], ["a", "b"], [[0.9, 0.1], [0.4, 0.6]])["brier"]
    0.085
    >>> score_predictions([0.5, 1.25, 2.75], [0.5, 1.0, 2.25])["mae"]
    0.25
    """
    if len(y_true) == 0 or len(y_true) != len(y_pred):
        raise DataFormatError(f"y_true and y_pred must have one entry per row, got {len(y_true)} and {len(y_pred)}")
    target = _target(y_true, probabilities, classes, task)
    if target is None or target.kind == "classes":
        return _of_classes(y_true, y_pred, probabilities, classes, groups, random_state)
    given = {"probabilities": probabilities} if target.kind == "number" else {"intervals": intervals}
    for name, values in given.items():
        if values is not None:
            raise invalid_parameter(name, f"must be None where y_true holds {target.kind}: {target.reading}")
    places = _places(groups, len(y_true))
    if target.kind == "number":
        return _of_numbers(target, _columns(y_pred, target, "y_pred"), intervals, places, random_state)
    return _of_labels(target, y_pred, probabilities, places, random_state)


def _target(y_true, probabilities, classes, task) -> Target | None:
    """What is known; None of classes, whatever they look like."""
    several = np.ndim(y_true) == 2 and np.shape(y_true)[1] > 1
    if task == "classes" or (task == "auto" and not several and (classes is not None or probabilities is not None)):
        return None
    if task == "auto" and not several and not holds_numbers(y_true):
        return None
    return read_target(y_true, task=task, name="y_true", may_be_constant=True)


def _of_classes(y_true, y_pred, probabilities, classes, groups, random_state):
    true, predicted = np.asarray(y_true).astype(str), np.asarray(y_pred).astype(str)
    names = np.unique([*true, *predicted]) if classes is None else np.asarray(classes).astype(str)
    codes, answers = _codes(true, names, "y_true"), _codes(predicted, names, "y_pred")
    scores = None if probabilities is None else np.asarray(probabilities, float)
    places = _places(groups, len(codes))
    rows = FoldRows(codes, answers, scores, scores is not None, np.zeros(len(codes), int), len(names))
    found: dict[str, float] = {"n": len(codes)}
    metrics = ("accuracy", "balanced_accuracy", *(() if scores is None else ("auroc", "auprc")))
    found |= score_rows(rows, metrics)
    if scores is not None:
        found |= {"brier": brier_score(scores, codes), "calibration_error": calibration_error(scores, codes)}
    return found | _limits(rows, metrics, places, random_state)


def _of_numbers(target, predicted, intervals, places, random_state):
    true = target.columns
    rows = NumberRows(true, predicted, np.zeros(len(true), int))
    found: dict[str, float] = {"n": int(target.known.sum())}
    found |= _scores_of(rows, _OF_NUMBERS, target)
    if intervals is not None:
        low, high = (_columns(ends, target, "intervals") for ends in intervals)
        found["coverage"] = float(((low <= true) & (true <= high))[target.measured].mean())
    return found | _limits(rows, _OF_NUMBERS, places, random_state)


def _of_labels(target, y_pred, probabilities, places, random_state):
    predicted = _columns(y_pred, target, "y_pred")
    scores = None if probabilities is None else _columns(probabilities, target, "probabilities")
    rows = LabelRows(target.columns, predicted, scores, scores is not None, np.zeros(len(predicted), int))
    metrics = _OF_LABELS if scores is not None else _OF_LABELS[2:]
    found: dict[str, float] = {"n": int(target.known.sum())}
    return found | _scores_of(rows, metrics, target) | _limits(rows, metrics, places, random_state)


def _columns(values, target, name):
    columns = np.asarray(values, float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if columns.shape != target.columns.shape:
        raise DataFormatError(
            f"{name} has shape {columns.shape}, but y_true {target.columns.shape}; they must be alike"
        )
    return columns


def _scores_of(rows: Any, metrics, target):
    """Scores of all targets, and of several those of each; errors as they are."""
    found = score_rows(rows, metrics)
    if len(target.names) > 1:
        for place, name in enumerate(target.names):
            found |= {f"{m}_{name}": v for m, v in score_rows(rows.of_target(place), metrics).items()}
    return {name.removeprefix("neg_"): -v if name.startswith("neg_") else v for name, v in found.items()}


def _places(groups, n_rows):
    """Number of the group of each row; None without groups."""
    if groups is None:
        return None
    places = np.unique(np.asarray(groups).astype(str), return_inverse=True)[1]
    if len(places) != n_rows:
        raise DataFormatError(f"groups has {len(places)} entries for {n_rows} rows; each row needs one")
    return places


def _limits(rows, metrics, places, random_state):
    """Ends of the intervals of the scores, groups drawn with replacement."""
    if places is None:
        return {}
    weights = draw_group_weights(places.max() + 1, _RESAMPLES, check_generator(random_state))
    found: dict[str, float] = {}
    for metric in metrics:
        of_groups = replace(rows, groups=places)
        if metric == "r2":
            low, high = _interval_of_r2(of_groups, weights.shape[1])
        else:
            low, high = percentile_interval(mean_over_folds(metric, [of_groups], weights))
        if metric in ERROR_METRICS:
            low, high = -high, -low
        found |= {f"{metric.removeprefix('neg_')}_low": low, f"{metric.removeprefix('neg_')}_high": high}
    return found


def _interval_of_r2(rows, n_groups: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of R² by leaving out each group in turn, on the scale of log(1 - R²).

    R² compares an error with a spread, and both are sums that a few large values make. Drawn groups hold such a value
    twice or not at all, and the central interval of the draws is too short; with the denominator held fixed it is too
    short where values are normal and twice too wide where they have heavy tails. The logarithm of the ratio is close to
    symmetric, and its ends never exceed 1. ``examples/benchmarks/bench_r2_intervals.py`` prints the coverage of each.

    Parameters
    ----------
    rows : NumberRows
        Scored rows and their groups.
    n_groups : int
        Groups.
    level : float, default=0.95
        Coverage.

    Returns
    -------
    low, high : float
        NaN of fewer than ten groups, where it would be so wide that it says nothing.
    """
    # groups beyond so many are taken together: their number says all that a variance needs
    n_groups = min(n_groups, _MAX_UNITS)
    rows = replace(rows, groups=rows.groups % n_groups)
    score = mean_over_folds("r2", [rows], np.ones((1, n_groups)))[0]
    without = mean_over_folds("r2", [rows], 1.0 - np.eye(n_groups))
    left = np.log(1 - np.append(without, score).clip(max=1 - 1e-12))
    if n_groups < FEWEST_GROUPS_OF_R2 or not np.isfinite(left).all():
        return np.nan, np.nan
    error = float(np.sqrt((n_groups - 1) * left[:-1].var()))
    low, high = t_interval(float(left[-1]), error, n_groups - 1, level)
    return 1 - np.exp(high), 1 - np.exp(low)


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
