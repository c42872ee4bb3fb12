"""Fits and scores of the folds of one trial, and the table of all trials."""

import math

import numpy as np
from scipy.stats import rankdata
from sklearn.model_selection import cross_validate
from sklearn.utils.parallel import Parallel, delayed

__all__ = ["all_folds", "cv_results", "evaluate_fold", "mean_score"]


def evaluate_fold(estimator, X, y, split, *, scorer, metrics, params, return_train_score, error_score):
    """Fit and score one fold.

    Returns
    -------
    dict
        ``test`` (and ``train``) by metric, ``fit_time`` and ``score_time`` in seconds, ``error`` (None or its text);
        only what JSON can hold, so that it can be stored with the trial.
    """
    try:
        found = cross_validate(
            estimator,
            X,
            y,
            cv=[split],
            scoring=scorer,
            params=params,
            return_train_score=return_train_score,
            error_score="raise",
        )
    except Exception as error:
        own = _own_error(error)
        if error_score == "raise":
            raise own from own.__cause__
        nothing = dict.fromkeys(metrics, float(error_score))
        train = {"train": nothing} if return_train_score else {}
        return {"test": nothing, **train, "fit_time": math.nan, "score_time": math.nan, "error": _one_line(own)}
    if f"test_{metrics[0]}" not in found:
        raise ValueError(
            "scoring must return one number; for several scores pass scoring={name: scorer, ...} and refit=name"
        )
    kinds = ("test", "train") if return_train_score else ("test",)
    scores = {kind: {name: float(found[f"{kind}_{name}"][0]) for name in metrics} for kind in kinds}
    return scores | {key: float(found[key][0]) for key in ("fit_time", "score_time")} | {"error": None}


def all_folds(estimator, X, y, splits, *, n_jobs, **options):
    """Records of :func:`evaluate_fold`: one after another as they are asked for, or all at once with ``n_jobs``."""
    if n_jobs in (None, 1):
        return (evaluate_fold(estimator, X, y, split, **options) for split in splits)
    return Parallel(n_jobs=n_jobs)(delayed(evaluate_fold)(estimator, X, y, split, **options) for split in splits)


def mean_score(records, metric):
    """Mean test score of the folds done so far."""
    return float(np.mean([record["test"][metric] for record in records]))


def _own_error(error):
    """The estimator's own error: ``cross_validate`` puts its name into what is said about a wrong parameter."""
    cause = error.__cause__
    return cause if type(cause) is type(error) and "of cross_validate must" in str(error) else error


def _one_line(error):
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:500]


def cv_results(params, trials, metrics, n_splits, return_train_score):
    """Build the table that scikit-learn's searches call ``cv_results_``.

    Parameters
    ----------
    params : list of dict
        Parameters of each trial.
    trials : list of (records, state)
        The folds of each trial and "complete", "pruned" or "failed".
    metrics : list of str
        Names of the scores.
    n_splits : int
        Number of folds.
    return_train_score : bool
        Whether the records hold training scores.

    Returns
    -------
    dict of str to ndarray
    """
    records = [folds for folds, _ in trials]
    results = {}
    for key in ("fit_time", "score_time"):
        values = _by_fold(records, n_splits, lambda record, key=key: record[key])
        results[f"mean_{key}"], results[f"std_{key}"] = _over_what_is_there(values)
    results |= {f"param_{name}": _column(params, name) for name in sorted({name for row in params for name in row})}
    results["params"] = params
    results["state"] = np.array([state for _, state in trials])
    for kind in ("test", "train") if return_train_score else ("test",):
        for metric in metrics:
            values = _by_fold(records, n_splits, lambda record, kind=kind, metric=metric: record[kind][metric])
            results |= {f"split{fold}_{kind}_{metric}": values[:, fold] for fold in range(n_splits)}
            means = results[f"mean_{kind}_{metric}"] = values.mean(axis=1)
            results[f"std_{kind}_{metric}"] = values.std(axis=1)
            if kind == "test":
                results[f"rank_test_{metric}"] = _rank(means)
    return results


def _by_fold(records, n_splits, get):
    """Float (n_trials, n_splits); NaN where a fold was not reached."""
    values = np.full((len(records), n_splits), np.nan)
    for row, folds in enumerate(records):
        values[row, : len(folds)] = [get(record) for record in folds]
    return values


def _over_what_is_there(values):
    """Mean and standard deviation of each row without its NaN; NaN for a row of NaN."""
    table = np.ma.masked_invalid(values)
    return tuple(np.ma.filled(statistic(axis=1), np.nan).astype(float) for statistic in (table.mean, table.std))


def _column(params, name):
    """One parameter over the trials, masked where a trial has none."""
    values = [row[name] for row in params if name in row]
    kinds = {type(value) for value in values}
    column = np.ma.masked_all(len(params), dtype=kinds.pop() if kinds in ({int}, {float}, {bool}) else object)
    for row, given in enumerate(params):
        if name in given:
            column[row] = given[name]
    return column


def _rank(means):
    if np.isnan(means).all():
        return np.ones(len(means), dtype=np.int32)
    # without a score: behind all others
    filled = np.where(np.isnan(means), -np.inf, means)
    return rankdata(-filled, method="min").astype(np.int32)
