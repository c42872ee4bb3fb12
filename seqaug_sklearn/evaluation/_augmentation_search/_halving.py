"""Successive halving: all candidates on a few folds, the better ones on more, and two of them on folds of their own."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from seqaug_sklearn.evaluation._augmentation_search._recipes import Recipe
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._kept_models import mean_score
from seqaug_sklearn.evaluation._running import PlannedComparison
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["Halving", "Rung", "affordable", "compare_on", "halve", "plan_rungs"]

_FIRST_SHARE = 0.4
"""Share of the folds of one repeat that all candidates are scored on."""
_FEW = 4
"""Candidates that need no first look."""


@dataclass(frozen=True)
class Rung:
    """One step of the halving.

    Attributes
    ----------
    n_folds : int
        Folds that each candidate has then, those of earlier rungs included.
    n_plain, n_augmented : int
        Candidates without and with an augmentation that come so far.
    """

    n_folds: int
    n_plain: int
    n_augmented: int


@dataclass(frozen=True)
class Halving:
    """What a search will fit, whatever the scores are.

    Attributes
    ----------
    rungs : list of Rung
        In order.
    n_fresh : int
        Folds that had no part in the halving, on which the last two are compared.
    """

    rungs: list[Rung]
    n_fresh: int

    @property
    def n_fits(self) -> int:
        """All fits together, without the last one on all rows."""
        return round(self.cost(1.0, 1.0))

    def cost(self, plain: float, augmented: float) -> float:
        """Cost of all fits where one takes so much without and with augmentation."""
        total, before = 0.0, 0
        for rung in self.rungs:
            total += (rung.n_folds - before) * (rung.n_plain * plain + rung.n_augmented * augmented)
            before = rung.n_folds
        return total + self.n_fresh * (plain + augmented)


def plan_rungs(n_plain: int, n_augmented: int, n_folds: int, n_repeats: int) -> Halving:
    """Plan the rungs: two fifths of the folds for all candidates, and the others for the better half of them.

    Candidates without augmentation are halved among themselves, so that one of them is compared with to the end.

    Parameters
    ----------
    n_plain, n_augmented : int
        Candidates without and with an augmentation.
    n_folds, n_repeats : int
        Folds of a repeat; repeats of the last comparison.
    """
    rungs = []
    first = math.ceil(_FIRST_SHARE * n_folds)
    if n_augmented > _FEW and first < n_folds:
        rungs.append(Rung(first, n_plain, n_augmented))
        n_plain, n_augmented = math.ceil(n_plain / 2), math.ceil(n_augmented / 2)
    rungs.append(Rung(n_folds, n_plain, n_augmented))
    return Halving(rungs, n_folds * n_repeats)


def affordable(
    recipes: Sequence[Recipe], n_folds: int, n_repeats: int, *, most_fits: int | None, most_cost: float | None
) -> tuple[list[Recipe], Halving]:
    """Candidates that a budget pays for, the last ones left out first, and the plan of their fits.

    Parameters
    ----------
    recipes : list of Recipe
        In the order of preference.
    n_folds, n_repeats : int
        As in :func:`plan_rungs`.
    most_fits : int or None
        Most fits.
    most_cost : float or None
        Most cost, in units of a fit of the first candidate.

    Raises
    ------
    InvalidParameterError
        If the fits do not suffice for one candidate beside none.
    """
    kept = list(recipes)
    while True:
        plain, augmented = _parted(kept)
        plan = plan_rungs(len(plain), len(augmented), n_folds, n_repeats)
        cost = plan.cost(_mean_cost(plain), _mean_cost(augmented))
        if (most_fits is None or plan.n_fits <= most_fits) and (most_cost is None or cost <= most_cost):
            return kept, plan
        if len(augmented) == 1 and len(plain) == 1:
            if most_fits is not None and plan.n_fits > most_fits:
                raise invalid_parameter(
                    "max_fits",
                    f"must be at least {plan.n_fits}, which one augmentation beside none takes, got {most_fits}; or "
                    "lower n_repeats or cv",
                )
            # of time: a comparison that takes longer is better than none
            return kept, plan
        # the plain candidates go last, but none is kept for an augmentation that is gone
        last = augmented[-1] if len(augmented) > 1 else plain[-1]
        kept = [recipe for recipe in kept if recipe is not last]
        numbers = {recipe.copies for recipe in kept if not recipe.is_none} | {None}
        if len(augmented) > 1:
            kept = [recipe for recipe in kept if not recipe.is_none or recipe.copies in numbers]


def _parted(recipes):
    return [r for r in recipes if r.is_none], [r for r in recipes if not r.is_none]


def _mean_cost(recipes):
    return sum(recipe.cost for recipe in recipes) / len(recipes)


def halve(
    planned: PlannedComparison,
    recipes: Mapping[str, Recipe],
    plan: Halving,
    metric: str,
    done: Callable[[], Any],
) -> list[Comparison]:
    """Do the fits rung by rung; return the comparison of those that were scored on each.

    Parameters
    ----------
    planned : PlannedComparison
        With folds for all rungs.
    recipes : dict of str to Recipe
        In the order of preference, which decides between equal scores.
    plan : Halving
        What to do.
    metric : str
        What to judge by.
    done : callable
        Called after each fit.
    """
    names, reached = list(recipes), []
    for number, rung in enumerate(plan.rungs):
        if number:
            names = _survivors(planned, recipes, names, plan.rungs[number - 1], rung, metric)
        planned.fits.run([(name, fold) for fold in range(rung.n_folds) for name in names], done)
        reached.append(compare_on(planned, names, slice(0, rung.n_folds)))
    return reached


def _survivors(planned, recipes, names, last, following, metric):
    """The best of the last rung without and with augmentation, in their own order."""
    scores = {name: mean_score(planned.fits, name, metric, last.n_folds) for name in names}
    kept: list[str] = []
    for is_none, most in ((True, following.n_plain), (False, following.n_augmented)):
        of_kind = [name for name in names if recipes[name].is_none == is_none]
        kept += sorted(of_kind, key=lambda name: -scores[name])[:most]
    return [name for name in names if name in kept]


def compare_on(planned: PlannedComparison, names: Sequence[str], folds: slice) -> Comparison:
    """The comparison of some candidates on some of the folds, whose fits are done or are now done.

    Parameters
    ----------
    planned : PlannedComparison
        All candidates and folds.
    names : list of str
        Candidates.
    folds : slice
        Of the list of all folds.
    """
    fits = planned.fits
    places = range(len(fits.splits))[folds]
    part = replace(
        fits,
        estimators={name: fits.estimators[name] for name in names},
        splits=fits.splits[folds],
        results={(name, i): fits.results[name, place] for name in names for i, place in enumerate(places)},
    )
    return replace(planned, fits=part).collect(dict.fromkeys(names, len(fits.splits)))
