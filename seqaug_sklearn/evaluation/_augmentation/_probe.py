"""How long the fits take, found by timing one of each model, and the plan that follows."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from joblib import effective_n_jobs

from seqaug_sklearn.evaluation._augmentation._fit_plan import FitPlan, choose_repeats
from seqaug_sklearn.evaluation._augmentation._line_up import BASELINES
from seqaug_sklearn.evaluation._augmentation._runs import Run
from seqaug_sklearn.evaluation._augmentation._stages import quiet_fits
from seqaug_sklearn.evaluation._model_parts import NETWORKS
from seqaug_sklearn.evaluation._running import Fits

__all__ = ["Probe", "fit_time"]

_FOR_PROBES, _FOR_FIRST_PAGE, _FOR_PAGES = 0.5, 0.25, 0.1
"""Shares of the budget."""
_FURTHER_PAGES = 3


class Probe:
    """Time a fit of each model, the cheapest first, as long as there is time for what it could lead to.

    The fits that are timed are fits of the comparison: none is done twice, and those that a store holds are read with
    the time that they took.

    Parameters
    ----------
    runs : list of Run
        The models as split and, where there is one, with relatives together.
    first : list of str
        Models of the first page.
    budget : float
        Seconds.
    spent : float
        Seconds that are gone already.
    n_jobs : int or None
        Fits at a time.
    """

    def __init__(self, runs: Sequence[Run], first: Sequence[str], budget: float, spent: float, n_jobs: int | None):
        self.runs, self.budget, self.spent = runs, budget, spent
        self.line, self.n_jobs = runs[0].line, effective_n_jobs(n_jobs)
        self.first = self._by_size(first)
        self.n_folds = len(runs) * runs[0].split.n_splits
        self.seconds = dict(self.line.seconds)
        self.timed: dict[str, int] = {}
        self.has_first = False
        self.seconds_of_page = 0.0

    def plan(self, most: int, fitted: Callable[[], Any], first_done: Callable[[], Any]) -> FitPlan:
        """Return the plan.

        Parameters
        ----------
        most : int
            Most repeats of a model.
        fitted : callable
            Called after each timed fit.
        first_done : callable
            Called when the first repeat of the first models is done, where that leaves time for more.
        """
        for name in self.first:
            self._time(name)
            fitted()
        if self._of_first_page() <= _FOR_FIRST_PAGE * self.budget:
            self._do_first_page()
            before = time.monotonic()
            first_done()
            self.seconds_of_page = time.monotonic() - before
            self.spent += self.seconds_of_page
        for name in self._by_size(self.line.models):
            if name not in self.first:
                self._time(name)
                fitted()
        return self._choose(most)

    def _by_size(self, names):
        return sorted(names, key=lambda name: self.line.seconds[name])

    def _time(self, name):
        guess = self.seconds[name] = self.line.seconds[name] * self._slowness(name)
        left = self.budget - self.spent
        dear = self.spent + guess > _FOR_PROBES * self.budget or guess * self.n_folds / self.n_jobs > left
        if dear and self.timed:
            return
        # the first fit of a sort also loads what it needs, so there a second one tells
        n_fits = 1 if any(self._is_network(one) == self._is_network(name) for one in self.timed) else 2
        fits = self.runs[0].planned.fits
        for i in range(n_fits):
            with quiet_fits():
                fits.run([(name, i)])
            self.seconds[name] = fit_time(fits, (name, i))
            self.spent += self.seconds[name]
        self.timed[name] = n_fits

    def _slowness(self, name):
        """How much longer than its size tells the most expensive timed fit of this sort took."""
        timed = [one for one in self.timed if self._is_network(one) == self._is_network(name)]
        if not timed:
            return 1.0
        dearest = self._by_size(timed)[-1]
        return self.seconds[dearest] / self.line.seconds[dearest]

    def _is_network(self, name):
        return self.line.keys[name] in NETWORKS

    def _of_first_page(self):
        return sum(self._first_repeat(name) for name in self.first)

    def _do_first_page(self):
        self.spent += self._of_first_page()
        for run in self.runs:
            with quiet_fits():
                run.planned.fits.run(run.planned.keys(dict.fromkeys(self.first, 1)))
        self.has_first = True

    def _first_repeat(self, name):
        """Seconds that a first repeat takes from now on."""
        if self.has_first and name in self.first:
            return 0.0
        return self.seconds[name] * (self.n_folds - self.timed.get(name, 0)) / self.n_jobs

    def _choose(self, most):
        first = {name: self._first_repeat(name) for name in self.line.models}
        further = {name: self.seconds[name] * self.n_folds / self.n_jobs for name in self.line.models}
        baselines = [name for name, key in self.line.keys.items() if key in BASELINES]
        for_pages = max(_FOR_PAGES * self.budget, _FURTHER_PAGES * self.seconds_of_page)
        left = self.budget - for_pages - self.spent
        repeats, is_too_small = choose_repeats(first, further, self.line.partners, left, most, baselines)
        left_out = [name for name in self.line.models if name not in repeats]
        return FitPlan(self.budget, repeats, self.seconds, [*self.timed], left_out, is_too_small)


def fit_time(fits: Fits, key: tuple[str, int]) -> float:
    """Return the seconds that a fit took, also where a store remembers it."""
    measured = fits.results[key].measured
    return measured["fit_seconds"] + measured["score_seconds"]
