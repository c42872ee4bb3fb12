"""One estimator on one fold: seeded by its place, fitted, measured, kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._fitting import fit_params, seeded
from seqaug_sklearn.evaluation._inputs import Data
from seqaug_sklearn.evaluation._metrics import FoldRows, score_rows
from seqaug_sklearn.evaluation._running._fold_store import FoldResult, save_fold
from seqaug_sklearn.evaluation._splits import Split
from seqaug_sklearn.exceptions import DataFormatError, SeqAugError
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
        raise FoldError(
            f"estimator {key[0]!r} failed in repeat {split.repeat}, fold {split.fold} "
            f"({len(split.train)} training rows): {type(error).__name__}: {error}"
        ) from error
    if path is not None:
        save_fold(path, result)
    return key, result


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
    predicted = _class_codes(estimator.predict(X_test), data.classes)
    scores, probability = _class_scores(estimator, X_test, y_train, data.classes)
    done = time.perf_counter()
    groups = np.zeros(len(split.test), int)  # plain scores need no groups
    rows = FoldRows(data.codes[split.test], predicted, scores, probability, groups, len(data.classes))
    values = score_rows(rows, options.metrics)
    values |= {name: float(scorer(estimator, X_test, data.y[split.test])) for name, scorer in options.scorers.items()}
    if options.return_train_score:
        values["train_accuracy"] = float(np.mean(estimator.predict(take_rows(data.X, split.train)) == y_train))
    values |= {"fit_seconds": fitted - start, "score_seconds": done - fitted}
    kept = None if options.keep is None else options.keep(estimator)
    return FoldResult(predicted, scores, probability, values, kept)


def _class_codes(predicted, classes):
    predicted = np.asarray(predicted).ravel()
    # clipped, a label above all known ones fails the comparison
    codes = np.minimum(np.searchsorted(classes, predicted), len(classes) - 1)
    strange = np.flatnonzero(classes[codes] != predicted)
    if len(strange):
        raise DataFormatError(f"predict returned {str(predicted[strange[0]])!r}, which is no label of y")
    return codes


def _class_scores(estimator, X, y_train, classes):
    """Scores over all classes, (n, n_classes), and whether they are probabilities; None where there are none."""
    method = next((m for m in ("predict_proba", "decision_function") if hasattr(estimator, m)), None)
    if method is None:
        return None, False
    scores = np.asarray(getattr(estimator, method)(X), float)
    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    own = getattr(estimator, "classes_", np.unique(y_train))
    if scores.shape[1] != len(own):  # one-against-one decision values rank no class
        return None, False
    probability = method == "predict_proba"
    # classes without training rows get probability 0, or a decision value below all others
    full = np.full((len(scores), len(classes)), 0.0 if probability else scores.min())
    full[:, _class_codes(own, classes)] = scores
    return full, probability
