"""The trials of a search: draw, fit fold after fold, decide between folds, report."""

import contextlib
import functools
import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sklearn.exceptions import FitFailedWarning

from seqaug_sklearn.model_selection._optuna_folds import mean_score
from seqaug_sklearn.model_selection._optuna_space import SearchSpace
from seqaug_sklearn.model_selection._optuna_storage import StudyStore, trial_seed
from seqaug_sklearn.utils import import_optional, progress

__all__ = ["TrialRunner", "check_failures", "quiet", "records_of"]

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
        self.study.sampler = sampler(seed=trial_seed(self.seed, number))
        if self.store is not None and isinstance(self.study.sampler, optuna.samplers.QMCSampler):
            raise ValueError(
                "sampler: QMCSampler counts points beside the trials, so a search with it cannot resume; pass another "
                "one or storage=None"
            )
        trial, params = self.space.ask(self.study)
        if self.store is not None:
            self.space.check_storable(trial)
        records, pruned = self._fit_folds(trial, self.space.configured(params), params)
        trial.set_user_attr(_RECORDS, records)
        mean, states = mean_score(records, self.objective), optuna.trial.TrialState
        state = states.PRUNED if pruned else states.FAIL if math.isnan(mean) else states.COMPLETE
        finished = self.study.tell(trial, mean if state == states.COMPLETE else None, state)
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


def check_failures(folds, stacklevel):
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
    warnings.warn(f"{message}; their score is error_score", FitFailedWarning, stacklevel=stacklevel + 1)


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
