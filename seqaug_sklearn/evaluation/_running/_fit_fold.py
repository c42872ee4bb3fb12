"""One estimator on one fold: seeded by its place, fitted, measured, kept."""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.base import read_answers
from seqaug_sklearn.evaluation._fitting import fit_params, seeded
from seqaug_sklearn.evaluation._inputs import Data
from seqaug_sklearn.evaluation._metrics import HEADLINES, score_rows
from seqaug_sklearn.evaluation._running._fold_store import FoldResult, save_fold
from seqaug_sklearn.evaluation._splits import Split
from seqaug_sklearn.exceptions import SeqAugError
from seqaug_sklearn.utils import routed_to_splitters, told_of_groups
from seqaug_sklearn.utils._sklearn import take_rows

__all__ = ["FitOptions", "FoldError", "fit_fold"]


class FoldError(SeqAugError, RuntimeError):
    """An estimator failed; the message names the estimator, the repeat and the fold."""


@dataclass(frozen=True)
class FitOptions:
    """What every fit of a comparison is asked for.

    Attributes
    ----------
    metrics : tuple of str
        Scores of the kept predictions.
    scorers : dict of str to callable
        Scores of the fitted estimator.
    pass_groups, return_train_score, keep
        As in :func:`~seqaug_sklearn.evaluation.compare`.
    """

    metrics: tuple[str, ...]
    scorers: dict[str, Any]
    pass_groups: bool
    return_train_score: bool
    keep: Callable[[Any], pd.DataFrame | None] | None


def fit_fold(
    key: tuple[str, int],
    estimator: Any,
    data: Data,
    split: Split,
    options: FitOptions,
    seed: int,
    path: Path | None = None,
    *,
    show_epochs: bool = False,
) -> tuple[tuple[str, int], FoldResult]:
    """Fit a seeded copy of an estimator on one fold and predict its test rows.

    Parameters
    ----------
    key : (str, int)
        Name of the estimator and number of the split; given back with the result.
    estimator : estimator
        Never fitted itself.
    data : Data
        Rows.
    split : Split
        Fold.
    options : FitOptions
        What to measure.
    seed : int
        Seed of the comparison.
    path : Path, default=None
        File to keep the result in.
    show_epochs : bool, default=False
        Whether networks show a bar of their epochs.

    Raises
    ------
    FoldError
        If the estimator fails.
    """
    try:
        # by repeat and fold: results do not depend on which fits ran before, or in which process
        model = seeded(estimator, [seed, split.repeat, split.fold])
        result = _score_fold(_with_bar(model) if show_epochs else model, data, split, options)
    except Exception as error:
        if _is_of_values(error) and _has_gaps(data, split):
            raise FoldError(_takes_no_gaps(key[0], data)) from error
        raise FoldError(
            f"estimator {key[0]!r} failed in repeat {split.repeat}, fold {split.fold} "
            f"({len(split.train)} training rows): {type(error).__name__}: {error}{_way_out(estimator, data, split)}"
        ) from error
    if path is not None:
        save_fold(path, result)
    return key, result


def _is_of_values(error):
    """Whether scikit-learn's check for NaN failed, which has no class of its own, but a place."""
    return traceback.extract_tb(error.__traceback__)[-1].name.startswith("_assert_all_finite")


def _has_gaps(data, split):
    return data.task != "classes" and bool(np.isnan(data.truth[split.train]).any())


def _wrapper(data):
    return "PerTargetRegressor" if data.task == "number" else "PerTargetClassifier"


def _takes_no_gaps(name, data):
    """One sentence where some targets of a row are known and others are not, which most estimators do not take."""
    gaps, targets = np.isnan(data.truth[data.known]), data.target.names
    found = ", ".join(f"{n} of {target}" for target, n in zip(targets, gaps.sum(axis=0), strict=True) if n)
    what = "number" if data.task == "number" else "label"
    return (
        f"estimator {name!r} takes no gaps in y, where {found} are not known: give {_wrapper(data)}(estimator), which "
        f"fits one for each {what}, to the rows where it is known, or leave these rows out"
    )


def _way_out(estimator, data, split):
    """What may help where the failure does not say that it is of gaps in y."""
    if not _has_gaps(data, split):
        return ""
    kind = type(estimator).__name__
    return (
        f" (y has gaps; if {kind} takes none, {_wrapper(data)} fits one for each target, to the rows where it is known)"
    )


def _with_bar(estimator):
    """Let the networks within an estimator show their epochs, unless they say more already."""
    shown = {}
    for name, value in [("", estimator), *estimator.get_params().items()]:
        # scikit-learn's own ``verbose`` prints lines
        if {"max_epochs", "verbose"} <= getattr(value, "get_params", dict)().keys() and value.verbose == 0:
            shown[f"{name}__verbose".removeprefix("__")] = 1
    return estimator.set_params(**shown)


def _score_fold(estimator, data, split, options):
    X_test, y_train = take_rows(data.X, split.test), data.y[split.train]
    start = time.perf_counter()
    with told_of_groups(), routed_to_splitters(estimator):
        params = fit_params(estimator, data, split.train, pass_groups=options.pass_groups)
        estimator.fit(take_rows(data.X, split.train), y_train, **params)
    fitted = time.perf_counter()
    answers = read_answers(estimator, X_test, data.task, y_train=y_train, classes=data.classes)
    done = time.perf_counter()
    values = score_rows(data.rows(split.test, answers), options.metrics)
    values |= {name: float(scorer(estimator, X_test, data.y[split.test])) for name, scorer in options.scorers.items()}
    if options.return_train_score:
        values[f"train_{HEADLINES[data.task]}"] = _train_score(estimator, data, split.train)
    values |= {"fit_seconds": fitted - start, "score_seconds": done - fitted}
    kept = None if options.keep is None else options.keep(estimator)
    return FoldResult(*answers, values, kept)


def _train_score(estimator, data, train):
    X, y = take_rows(data.X, train), data.y[train]
    if data.task == "classes":
        return float(np.mean(estimator.predict(X) == y))
    answers = read_answers(estimator, X, data.task, y_train=y, classes=data.classes)
    return score_rows(data.rows(train, answers), (HEADLINES[data.task],))[HEADLINES[data.task]]
