"""What a search makes of the predictions on its inner folds: temperatures, averages of models, and the table."""

from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.base import Answers
from seqaug_sklearn.evaluation._kept_models._averaged import AveragedClassifier, AveragedRegressor
from seqaug_sklearn.evaluation._kept_models._calibrator import ProbabilityCalibrator, label_columns, scaled_labels
from seqaug_sklearn.evaluation._kept_models._candidates import Candidate
from seqaug_sklearn.evaluation._metrics import METRICS, metrics_for, score_rows
from seqaug_sklearn.evaluation._running import FoldResult
from seqaug_sklearn.utils import Target, invalid_parameter

__all__ = [
    "average_of",
    "averaged_result",
    "calibrator_of",
    "can_be_averaged",
    "check_metric",
    "mean_score",
    "results_of",
    "with_probabilities",
]


def calibrator_of(fits, name):
    """Temperature of a candidate, learned from all its predictions on the inner folds; numbers have none."""
    if fits.data.task == "number":
        return None
    results = [fits.results[name, i] for i in range(len(fits.splits))]
    codes = np.concatenate([fits.data.truth[split.test] for split in fits.splits])
    scores = np.concatenate([r.scores for r in results])
    if fits.data.task == "labels":
        # one temperature for all labels: few rows know a rare one
        known = ~np.isnan(codes)
        scores, codes = label_columns(scores, results[0].probability)[known], codes[known].astype(int)
    return ProbabilityCalibrator("temperature").fit(scores, codes)


def with_probabilities(candidate, fits):
    """The estimator, or where it has decision values only, the same with probabilities learned on the inner folds."""
    results = [fits.results[candidate.name, i] for i in range(len(fits.splits))]
    if results[0].probability or any(result.scores is None for result in results):
        return candidate.estimator
    return _calibrated([candidate], {candidate.name: calibrator_of(fits, candidate.name)})


def can_be_averaged(fits, name) -> bool:
    """Whether a candidate says how sure it is; of numbers, whether it predicts more than one."""
    results = [fits.results[name, i] for i in range(len(fits.splits))]
    if fits.data.task == "number":
        return any(np.ptp(result.predicted, axis=0).any() for result in results)
    return all(result.scores is not None for result in results)


def _calibrated(members, calibrators):
    return AveragedClassifier(
        [(member.name, member.estimator) for member in members],
        temperatures=[calibrators[member.name].temperature_ for member in members],
        shifts=[calibrators[member.name].shifts_.tolist() for member in members],
    )


def average_of(names, candidates, calibrators, task):
    """The candidate that averages others."""
    members = [candidates[name] for name in names]
    if task == "number":
        estimator: Any = AveragedRegressor([(member.name, member.estimator) for member in members])
    else:
        estimator = _calibrated(members, calibrators)
    seconds = sum(member.seconds for member in members)
    title = f"average of {', '.join(names[:-1])} and {names[-1]}"
    return Candidate(title, estimator, seconds, title)


def averaged_result(fits, names, calibrators, fold):
    """What an average says of a fold, from what its members said."""
    results = [fits.results[name, fold] for name in names]
    answers = _averaged(fits.data.task, results, [calibrators[name] for name in names])
    rows = fits.data.rows(fits.splits[fold].test, answers)
    measured: dict[str, Any] = score_rows(rows, fits.options.metrics)
    for time in ("fit_seconds", "score_seconds"):
        measured[time] = sum(r.measured[time] for r in results)
    return FoldResult(answers.predicted, answers.scores, answers.probability, measured)


def _averaged(task, results, calibrators):
    if task == "number":
        return Answers(np.mean([r.predicted for r in results], axis=0))
    if task == "labels":
        parts = [
            scaled_labels(r.scores, r.probability, c.temperature_, c.shifts_)
            for c, r in zip(calibrators, results, strict=True)
        ]
        scores = np.mean(parts, axis=0)
        return Answers((scores >= 0.5).astype(float), scores, True)
    scores = np.mean([c.transform(r.scores) for c, r in zip(calibrators, results, strict=True)], axis=0)
    return Answers(scores.argmax(axis=1), scores, True)


def results_of(planned, metric, names, tests):
    """Table of all candidates in the form of scikit-learn's ``cv_results_``."""
    fits, n_folds = planned.fits, len(planned.fits.splits)
    scores = pd.DataFrame(
        [[_measured(fits, name, i, metric) for i in range(n_folds)] for name in names],
        index=names,
        columns=[f"split{i}_test_score" for i in range(n_folds)],
    )
    times = [np.nanmean([_measured(fits, name, i, "fit_seconds") for i in range(n_folds)]) for name in names]
    complete = scores.notna().all(axis=1)
    ranks = scores.mean(axis=1).where(complete).rank(ascending=False, method="min")
    table = pd.DataFrame({"candidate": names}, index=names).join(scores)
    table["mean_test_score"], table["std_test_score"] = scores.mean(axis=1), scores.std(axis=1, ddof=0)
    table["n_folds"], table["mean_fit_time"] = scores.notna().sum(axis=1), times
    # candidates without all folds come last
    table["rank_test_score"] = ranks.fillna(len(names)).astype(int)
    table["difference"] = tests["difference"].reindex(names)
    table["standard_error"] = tests["standard_error"].reindex(names)
    return {column: table[column].tolist() for column in table}


def _measured(fits, name, fold, what):
    result = fits.results.get((name, fold))
    return np.nan if result is None else result.measured[what]


def check_metric(metric: str | None, target: Target) -> str:
    """What candidates are judged by.

    Raises
    ------
    InvalidParameterError
        If the score does not exist for this y.
    """
    if metric is None:
        return "spearman" if target.kind == "number" else "auroc"
    n_classes = len(np.unique(target.values)) if target.kind == "classes" else 0
    if metric in metrics_for(n_classes, task=target.kind, in_groups=True):
        return metric
    if target.kind == "classes" and metric in METRICS:
        raise invalid_parameter("metric", f"{metric!r} is that of two classes, but y holds {n_classes}")
    known = ", ".join(metrics_for(n_classes, task=target.kind))
    raise invalid_parameter("metric", f"must be one of {known} for this y, got {metric!r}. {target.reading}")


def mean_score(fits, name, metric, n_folds) -> float:
    """Mean over the first folds that have a score; the lowest of all where none has."""
    scores = np.array([fits.results[name, i].measured[metric] for i in range(n_folds)])
    return scores[~np.isnan(scores)].mean() if not np.isnan(scores).all() else -np.inf
