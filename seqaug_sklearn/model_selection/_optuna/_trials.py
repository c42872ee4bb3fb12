"""The trials of a search: draw, fit fold after fold, decide between folds, report."""

import contextlib
import functools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import cross_validate
from sklearn.utils.parallel import Parallel, delayed

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.model_selection._optuna._space import SearchSpace
from seqaug_sklearn.model_selection._optuna._storage import StudyStore, trial_seed
from seqaug_sklearn.utils import Message, Parameter, import_optional, invalid_parameter, progress, warn

__all__ = [
    "TrialRunner",
    "all_folds",
    "check_failures",
    "cv_results",
    "evaluate_fold",
    "mean_score",
    "quiet",
    "records_of",
]


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
        raise invalid_parameter(
            "scoring", "must return one number; for several scores pass scoring={name: scorer, ...} and refit=name"
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
    # as scikit-learn's tables: numbers stay numbers, everything else is an object
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


_RECORDS = "folds"


@dataclass(frozen=True)
class TrialRunner:
    """Runs the trials that a study misses.

    ``evaluate`` gives the records of the folds of an estimator; ``seed`` and the number of a trial seed its sampler.
    """

    study: Any
    store: StudyStore | None
    space: SearchSpace
    evaluate: Callable
    n_splits: int
    objective: str
    sampler: Callable | None
    seed: int

    def run_until(self, n_trials, *, timeout, verbose):
        """Bring the study to ``n_trials``, unless ``timeout`` seconds are over before."""
        end = math.inf if timeout is None else time.monotonic() + timeout
        n_done = len(self.study.trials)
        for trial in self.study.trials:
            self.space.replay(trial)  # refuses trials of another space before any fit
        with progress(total=n_trials, description="trials", enabled=verbose > 0, unit="trial") as bar:
            bar.update(n_done)
            for number in range(n_done, n_trials):
                if number and time.monotonic() >= end:
                    break
                self._run(number)
                bar.update()

    def _run(self, number):
        optuna = import_optional("optuna", extra="tune", purpose="OptunaSearch")
        sampler = self.sampler or functools.partial(optuna.samplers.TPESampler, n_startup_trials=10)
        # a fresh sampler for each trial, seeded by its number and fed by the finished ones: a resumed search draws the
        # same
        self.study.sampler = sampler(seed=trial_seed(self.seed, number))
        if self.store is not None and isinstance(self.study.sampler, optuna.samplers.QMCSampler):
            raise InvalidParameterError(
                Message(
                    Parameter("sampler"),
                    ": QMCSampler counts points beside the trials, so a search with it cannot resume; pass another "
                    "one or storage=None",
                )
            )
        trial, params = self.space.ask(self.study)
        if self.store is not None:
            self.space.check_storable(trial)
        records, pruned = self._fit_folds(trial, self.space.configured(params), params)
        trial.set_user_attr(_RECORDS, records)
        mean, state = mean_score(records, self.objective), optuna.trial.TrialState.COMPLETE
        if pruned:
            state = optuna.trial.TrialState.PRUNED
        elif math.isnan(mean):
            state = optuna.trial.TrialState.FAIL
        finished = self.study.tell(trial, mean if state == optuna.trial.TrialState.COMPLETE else None, state)
        if self.store is not None:
            self.store.add(finished, number)

    def _fit_folds(self, trial, estimator, params):
        """Return the records of the folds, and whether the trial was given up."""
        records = []
        try:
            for record in self.evaluate(estimator):
                records.append(record)
                mean = mean_score(records, self.objective)
                trial.report(mean, len(records) - 1)
                # after the last fold there is nothing left to save
                if len(records) < self.n_splits and not math.isnan(mean) and trial.should_prune():
                    return records, True
        except Exception as error:
            error.add_note(f"in trial {trial.number} of OptunaSearch, after {len(records)} folds, with {params}")
            raise
        return records, False


def records_of(trial):
    """Return the records of a finished trial's folds, and its state in words."""
    records = trial.user_attrs[_RECORDS]
    if trial.state.name == "PRUNED":
        return records, "pruned"
    failed = trial.state.name == "FAIL" or any(record["error"] for record in records)
    return records, "failed" if failed else "complete"


def check_failures(folds):
    """Warn of failed fits among ``folds``, a list of :func:`records_of`; an error if all failed."""
    errors = [[record["error"] for record in records if record["error"]] for records, _ in folds]
    failed = [error for trial in errors for error in trial]
    if not failed:
        return
    n_fits = sum(len(records) for records, _ in folds)
    n_trials = sum(map(bool, errors))
    message = f"{len(failed)} of {n_fits} fits failed, in {n_trials} of {len(folds)} trials; the first: {failed[0]}"
    if len(failed) == n_fits:
        raise ValueError(message)
    warn(f"{message}; their score is error_score", FitFailedWarning)


@contextlib.contextmanager
def quiet(verbose):
    """Keep Optuna's messages about studies to itself."""
    logging = import_optional("optuna", extra="tune", purpose="OptunaSearch").logging
    before = logging.get_verbosity()
    if not verbose:
        logging.set_verbosity(max(before, logging.WARNING))
    try:
        yield
    finally:
        logging.set_verbosity(before)
