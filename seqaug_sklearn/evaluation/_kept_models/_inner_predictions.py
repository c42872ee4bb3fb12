"""What a search makes of the predictions on its inner folds: temperatures, averages of models, and the table."""

from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._kept_models._averaged import AveragedClassifier
from seqaug_sklearn.evaluation._kept_models._calibrator import ProbabilityCalibrator
from seqaug_sklearn.evaluation._kept_models._candidates import Candidate
from seqaug_sklearn.evaluation._metrics import FoldRows, score_rows
from seqaug_sklearn.evaluation._running import FoldResult

__all__ = ["average_of", "averaged_result", "calibrator_of", "results_of", "with_probabilities"]


def calibrator_of(fits, name):
    """Temperature of a candidate, learned from all its predictions on the inner folds."""
    results = [fits.results[name, i] for i in range(len(fits.splits))]
    codes = np.concatenate([fits.data.codes[split.test] for split in fits.splits])
    return ProbabilityCalibrator("temperature").fit(np.concatenate([r.scores for r in results]), codes)


def with_probabilities(candidate, fits):
    """The estimator, or where it has decision values only, the same with probabilities learned on the inner folds."""
    results = [fits.results[candidate.name, i] for i in range(len(fits.splits))]
    if results[0].probability or any(result.scores is None for result in results):
        return candidate.estimator
    return _calibrated([candidate], {candidate.name: calibrator_of(fits, candidate.name)})


def _calibrated(members, calibrators):
    return AveragedClassifier(
        [(member.name, member.estimator) for member in members],
        temperatures=[calibrators[member.name].temperature_ for member in members],
        shifts=[calibrators[member.name].shifts_.tolist() for member in members],
    )


def average_of(names, candidates, calibrators):
    """The candidate that averages others."""
    estimator = _calibrated([candidates[name] for name in names], calibrators)
    seconds = sum(candidates[name].seconds for name in names)
    title = f"average of {', '.join(names[:-1])} and {names[-1]}"
    return Candidate(title, estimator, seconds, title)


def averaged_result(fits, names, calibrators, fold):
    """What an average says of a fold, from what its members said."""
    results = [fits.results[name, fold] for name in names]
    parts = [calibrators[name].transform(r.scores) for name, r in zip(names, results, strict=True)]
    scores = np.mean(parts, axis=0)
    split, n_classes = fits.splits[fold], len(fits.data.classes)
    predicted = scores.argmax(axis=1)
    rows = FoldRows(fits.data.codes[split.test], predicted, scores, True, np.zeros(len(predicted), int), n_classes)
    measured: dict[str, Any] = score_rows(rows, fits.options.metrics)
    for time in ("fit_seconds", "score_seconds"):
        measured[time] = sum(r.measured[time] for r in results)
    return FoldResult(predicted, scores, True, measured)


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
