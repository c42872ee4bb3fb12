"""In what order the fits of a comparison are done: cheap answers first, a page after each stage."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqaug_sklearn.evaluation._augmentation._line_up import models_of
from seqaug_sklearn.evaluation._augmentation._models import Line
from seqaug_sklearn.evaluation._model_parts import NETWORKS
from seqaug_sklearn.evaluation._running import PlannedComparison
from seqaug_sklearn.utils import counted

__all__ = ["Stage", "in_progress", "plan_stages", "quiet_fits", "run_stages", "said_in_progress"]

_FIRST_SECONDS = 25.0
"""What the fits before the first page may take, so that it stands within a minute."""
_WORTH_A_PAGE = 15.0
"""What fits must take for a page of their own to be worth writing."""


@dataclass(frozen=True)
class Stage:
    """Fits after which there is something new to say.

    Attributes
    ----------
    title : str
        What is fitted.
    repeats : dict of str to int
        Repeats that each model has when the stage ends; those without any are not named.
    """

    title: str
    repeats: dict[str, int]


def plan_stages(
    line: Line, repeats: Mapping[str, int], n_splits: int, *, seconds: Mapping[str, float] | None = None
) -> list[Stage]:
    """Order the fits: a first repeat of what is cheap, its other repeats, then expensive models, cheapest first.

    Nothing depends on a clock, so the order is the same on every machine.

    Parameters
    ----------
    line : Line
        The models.
    repeats : dict of str to int
        Repeats of each model that is wanted.
    n_splits : int
        Folds of a repeat, those of a second comparison included.
    seconds : dict of str to float, default=None
        What a fit of each takes; by default as the sizes tell.
    """
    seconds = line.seconds if seconds is None else seconds
    one = {name: n_splits * seconds[name] for name in sorted(repeats, key=lambda name: seconds[name])}
    if sum(one[name] * repeats[name] for name in one) <= _WORTH_A_PAGE:
        return [Stage(_told(list(repeats), repeats), dict(repeats))]
    first = _first(one)
    stages = [Stage(f"a first repeat of {counted(len(first), 'model')}", dict.fromkeys(first, 1))]
    titles, reached = [], stages[0].repeats
    for title, names in _further(line, repeats, first, one):
        titles.append(title)
        reached = reached | {name: repeats[name] for name in names}
        # what is short comes with what follows
        if _seconds_between(stages[-1].repeats, reached, one) > _WORTH_A_PAGE:
            stages.append(Stage("; ".join(titles), reached))
            titles = []
    return [*stages, Stage("; ".join(titles), reached)] if titles else stages


def _seconds_between(before, after, one):
    return sum(one[name] * (number - before.get(name, 0)) for name, number in after.items())


def _further(line, repeats, first, one):
    """Yield title and models of what follows the first repeats."""
    if any(repeats[name] > 1 for name in first):
        yield f"their other repeats, {max(repeats[name] for name in first)} in all", first
    for key in _keys_by_cost(line, [name for name in one if name not in first], one):
        names = [name for name in repeats if name not in first and line.keys[name] == key]
        yield _told(names, repeats, models_of(line.task)[key]), names


def _first(one):
    """Models whose first repeats together take no longer than the first page may; at least one."""
    first: list[str] = []
    total = 0.0
    for name, seconds in one.items():
        total += seconds
        if first and total > _FIRST_SECONDS:
            break
        first.append(name)
    return first


def _keys_by_cost(line, names, one):
    total: dict[str, float] = {}
    for name in names:
        total[line.keys[name]] = total.get(line.keys[name], 0.0) + one[name]
    # networks last, whatever they cost: their luck of training is larger, and so is their interval
    return sorted(total, key=lambda key: (key in NETWORKS, total[key]))


def _told(names, repeats, title=""):
    most = max(repeats[name] for name in names)
    told = f"{title} ({counted(len(names), 'model')})" if title else counted(len(names), "model")
    return told if most == 1 else f"{told}, {most} repeats"


def run_stages(
    comparisons: Sequence[PlannedComparison],
    stages: Sequence[Stage],
    bar: Any,
    stage_done: Callable[[int], Any],
) -> None:
    """Do the fits of all stages; in each those of all comparisons, one after the other.

    Parameters
    ----------
    comparisons : list of PlannedComparison
        The same models under different splits.
    stages : list of Stage
        In order.
    bar : tqdm.std.tqdm
        Called after each fit.
    stage_done : callable
        Called with the number of each stage when it ends, unless all of it was done before.
    """
    for number, stage in enumerate(stages):
        is_new = False
        for comparison in comparisons:
            keys = comparison.keys(stage.repeats)
            is_new |= bool(comparison.fits.missing(keys))
            with quiet_fits():
                comparison.fits.run(keys, bar.update)
        if is_new:
            stage_done(number)


def quiet_fits() -> Any:
    """Ignore that an iteration ends before convergence: a number of iterations is the budget, as epochs are."""
    from sklearn.exceptions import ConvergenceWarning

    return warnings.catch_warnings(action="ignore", category=ConvergenceWarning)


def in_progress(stages: Sequence[Stage], number: int) -> str:
    """Say that the page of this stage is not the last one, what is done and what is to come."""
    done, to_come = ([stage.title for stage in part] for part in (stages[: number + 1], stages[number + 1 :]))
    return said_in_progress(done, to_come)


def said_in_progress(done: Sequence[str], to_come: Sequence[str]) -> str:
    """Say what is done and what is to come."""
    return (
        f"This page is in progress. Done: {'; '.join(done)}. To come: {'; '.join(to_come)}. What it says is said of "
        "what is done, and may change; the page is written again after each step."
    )
