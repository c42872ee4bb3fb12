"""The fits of ``compare_augmentations`` done in stages, and what each stage has to say."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._augmentation._comparison import AugmentationComparison
from seqaug_sklearn.evaluation._augmentation._fit_plan import FitPlan, read_plan
from seqaug_sklearn.evaluation._augmentation._inputs import count_orthologs, tell_edits, tell_orthologs
from seqaug_sklearn.evaluation._augmentation._line_up import models_of
from seqaug_sklearn.evaluation._augmentation._models import Plan
from seqaug_sklearn.evaluation._augmentation._probe import Probe
from seqaug_sklearn.evaluation._augmentation._runs import Run
from seqaug_sklearn.evaluation._augmentation._stages import in_progress, plan_stages, run_stages, said_in_progress
from seqaug_sklearn.evaluation._metrics import HEADLINES
from seqaug_sklearn.evaluation._running import FoldStore, digest
from seqaug_sklearn.evaluation._verdict import QUICK
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Target, check_sequences, counted
from seqaug_sklearn.utils import progress as progress_bar

__all__ = ["RunResult", "execute", "table_of_targets", "usual_metric"]


def execute(
    runs: Sequence[Run],
    results: Sequence["RunResult"],
    why_not: str,
    how: Mapping[str, Any],
    on_stage: Callable[[AugmentationComparison], Any] | None,
) -> AugmentationComparison:
    """Fit stage by stage, and return the result of all.

    Parameters
    ----------
    runs : list of Run
        The models as split and, where there is one, with relatives together.
    results : list of RunResult
        What each gives.
    why_not : str
        Why there is none with relatives together.
    how : dict
        ``progress``, ``budget`` (seconds, a plan or None), ``n_jobs``, ``store``, and when all ``started``.
    on_stage : callable or None
        As in ``compare_augmentations``.
    """
    execution = _Execution(runs, results, why_not, how, on_stage)
    if how["budget"] is not None:
        execution.follow(_plan_of_fits(execution))
    return execution.run()


class _Execution:
    """Stages, what is reported after each, and the bar over all."""

    def __init__(self, runs, results, why_not, how, on_stage):
        self.runs, self.results, self.why_not, self.how, self.on_stage = runs, results, why_not, how, on_stage
        self.plan: FitPlan | None = None
        self.stages = self._stages(runs[0].planned.repeats)

    def _stages(self, repeats, seconds=None):
        n_folds = len(self.runs) * self.runs[0].split.n_splits
        return plan_stages(self.runs[0].line, repeats, n_folds, seconds=seconds)

    def follow(self, plan):
        """Do the fits of a plan, and no others."""
        self.plan = plan
        self.stages = self._stages(plan.repeats, plan.seconds)

    def run(self):
        """Do all fits, and return the result."""
        n_found, n_missing = self._look_up()
        label = f"fits ({n_found} read from the store)" if n_found else "fits"
        with progress_bar(total=n_missing, description=label, enabled=self.how["progress"], unit="fit") as bar:
            run_stages([run.planned for run in self.runs], self.stages, bar, self._stage_done)
        # told when the bar is closed
        result = self._result(self.stages[-1].repeats)
        self._tell(result)
        return result

    def _look_up(self):
        """Count the fits that the store holds, and those to do."""
        fits = [(run.planned.fits, run.planned.keys(self.stages[-1].repeats)) for run in self.runs]
        n_found = sum(of_run.look_up(keys) for of_run, keys in fits)
        return n_found, sum(len(of_run.missing(keys)) for of_run, keys in fits)

    def _stage_done(self, number):
        if self.on_stage is not None and number + 1 < len(self.stages):
            self._tell(self._result(self.stages[number].repeats, in_progress(self.stages, number)))

    def first_done(self, names):
        """Tell what the first models gave, while others are timed."""
        if self.on_stage is not None:
            said = f"a first repeat of {counted(len(names), 'model')}"
            self._tell(self._result(dict.fromkeys(names, 1), said_in_progress([said], ["what the budget pays for"])))

    def _result(self, repeats, progress=""):
        found = [replace(one.after(repeats), plan=self.plan) for one in self.results]
        together = found[1] if len(found) > 1 else None
        return replace(found[0], together=together, not_together=self.why_not, in_progress=progress)

    def _tell(self, result):
        if self.on_stage is not None:
            self.on_stage(result)


def _plan_of_fits(execution):
    """Return the plan that was given or is stored, or time the models for one."""
    runs, how = execution.runs, execution.how
    plan, path = how["budget"], None
    if isinstance(plan, FitPlan):
        _check_plan(plan, runs[0])
    else:
        path = _path_of_plan(runs, how)
        plan = read_plan(path) if path is not None and path.exists() else None
    if plan is None:
        first, spent = execution.stages[0].repeats, time.monotonic() - how["started"]
        probe = Probe(runs, [*first], how["budget"], spent, how["n_jobs"])
        n_models = len(runs[0].line.models)
        with progress_bar(total=n_models, description="timed fits", enabled=how["progress"], unit="fit") as bar:
            plan = probe.plan(max(runs[0].planned.repeats.values()), bar.update, lambda: execution.first_done([*first]))
        if path is not None:
            plan.save(path)
    if how["progress"]:
        from tqdm import tqdm

        tqdm.write(plan.summary(), file=sys.stderr)
    return plan


def _check_plan(plan, run):
    unknown = [name for name in plan.repeats if name not in run.line.models]
    if unknown:
        raise DataFormatError(
            f"the plan of fits is of another comparison: it holds {unknown[0]!r}, and the models here are "
            f"{', '.join(run.line.models)}"
        )
    most = max(run.planned.repeats.values())
    if max(plan.repeats.values()) > most:
        raise DataFormatError(f"the plan of fits holds {max(plan.repeats.values())} repeats, here are {most}")


def _path_of_plan(runs, how):
    """Return where the plan of just these fits and this budget is stored; None where nothing is."""
    if how["store"] is None:
        return None
    store = how["store"] if isinstance(how["store"], FoldStore) else FoldStore(how["store"])
    name = digest(*(run.planned.fits.identity for run in runs), how["budget"])
    return store.ask([f"{name[:40]}.plan.json"])[0]


class RunResult:
    """What one split gives after each stage; what does not change between stages is found once.

    Parameters
    ----------
    run : Run
        The models under this split.
    X : array-like of str of shape (n_samples,)
        Sequences.
    target : Target
        Classes, numbers or labels.
    plan : Plan
        Size of the models.
    metric : str or None
        What to judge by.
    """

    def __init__(self, run: Run, X, target: Target, plan: Plan, metric: str | None):
        self.run, self.plan = run, plan
        y = target.values  # noqa: PD011
        self.metric = metric or usual_metric(target)
        self.reading = target.reading if target.was_choice else ""
        self.data = _data_table(target, check_sequences(X).lengths(), run.split.groups)
        self.augmentations, self.orthologs = tell_edits(plan), None
        if plan.orthologs is not None:
            self.orthologs = count_orthologs(plan.orthologs, X, y, run.first_splits())
            self.augmentations.append(tell_orthologs(self.orthologs))

    def after(self, repeats: Mapping[str, int]) -> AugmentationComparison:
        """Return the result of so many repeats of each model."""
        run, comparison = self.run, self.run.planned.collect(repeats)
        return AugmentationComparison(
            comparison,
            run.split,
            self.metric,
            self.data,
            run.line.treatments_among(comparison.partners),
            run.limits,
            [*run.notes, *(_QUICK if self.plan.quick else [])],
            run.sanity,
            self.augmentations,
            self.orthologs,
            models={name: models_of(self.plan.task)[key] for name, key in run.line.keys.items()},
            reading=self.reading,
        )


_QUICK = [
    f"{QUICK} few epochs, few windows per sequence, at most three folds. Run it without quick before believing a "
    "difference."
]


def usual_metric(target: Target) -> str:
    """What is judged by where nothing is asked for; of classes of which one is by far the commonest, fairly."""
    if target.kind != "classes":
        return HEADLINES[target.kind]
    counts = np.unique(target.values, return_counts=True)[1]
    skewed = counts.max() > 1.5 * counts.mean()
    return "balanced_accuracy" if skewed else HEADLINES["classes"]


def _data_table(target, lengths, groups):
    if target.kind == "classes":
        return _table_of_classes(target.values, lengths, groups)
    return table_of_targets(target, groups)


def table_of_targets(target: Target, groups: np.ndarray | None = None) -> pd.DataFrame:
    """Return what is known of each number or label: how many rows, of how many groups, and their spread or share."""
    known = [column[~np.isnan(column)] for column in target.columns.T]
    table = pd.DataFrame({"target": target.names, "sequences": list(map(len, known))}).set_index("target")
    if groups is not None:
        table["groups"] = [len(np.unique(groups[rows])) for rows in target.measured.T]
    if target.kind == "labels":
        table["there"] = [int(values.sum()) for values in known]
        table["share"] = [_of(np.mean, values) for values in known]
        return table
    what = {"lowest": np.min, "median": np.median, "highest": np.max, "standard deviation": np.std}
    return table.assign(**{name: [_of(function, values) for values in known] for name, function in what.items()})


def _of(function, values):
    return float(function(values)) if len(values) else np.nan


def _table_of_classes(y, lengths, groups):
    frame = pd.DataFrame({"class": y, "length": lengths})
    table = frame.groupby("class")["length"].agg(["size", "min", "median", "max"])
    table.columns = ["sequences", "shortest", "median length", "longest"]
    if groups is not None:
        table.insert(1, "groups", pd.Series(groups).groupby(y).nunique())
    return table
