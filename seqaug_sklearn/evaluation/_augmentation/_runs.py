"""The comparison of the models under one split: whole sequences, or blocks of windows, held out."""

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.evaluation._augmentation._contradictions import look_for_contradictions
from seqaug_sklearn.evaluation._augmentation._line_up import models_of
from seqaug_sklearn.evaluation._augmentation._lookups import look_up
from seqaug_sklearn.evaluation._augmentation._models import NO_WINDOWS, Line, models_of_blocks, models_of_parents
from seqaug_sklearn.evaluation._augmentation._repeats import wanted_repeats
from seqaug_sklearn.evaluation._augmentation._split import SplitPlan, draw_folds
from seqaug_sklearn.evaluation._compare import plan_comparison
from seqaug_sklearn.evaluation._running import PlannedComparison
from seqaug_sklearn.evaluation._sanity_section import WHOLE, SanityOfSplits, audited_text, check_rows, check_windows
from seqaug_sklearn.evaluation._shortcuts import look_for_shortcuts
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import WindowBlockKFold, leakage_groups
from seqaug_sklearn.utils import Target, check_sequences, phase

__all__ = ["Run", "audit_parents", "plan_blocks", "plan_parents"]


_NO_WINDOWS = "Windows are not compared: a bag of windows has no place for covariates."


@dataclass(frozen=True)
class Run:
    """What is run under one split.

    Attributes
    ----------
    planned : PlannedComparison
        The fits.
    split : SplitPlan
        How the data is split.
    line : Line
        The models.
    limits : DataFrame
        Most windows per sequence of each model.
    notes : list of str
        What a reader must know.
    sanity : SanityOfSplits
        The audit and the sanity checks.
    """

    planned: PlannedComparison
    split: SplitPlan
    line: Line
    limits: pd.DataFrame
    notes: list[str]
    sanity: SanityOfSplits

    def first_splits(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Training and test rows of the first repeat."""
        return [(split.train, split.test) for split in self.planned.fits.splits if split.repeat == 0]


def audit_parents(X, target: Target, split, plan, how, name: str = WHOLE) -> SanityOfSplits:
    """Audit and check the split of whole sequences that :func:`plan_parents` makes."""
    y = target.values  # noqa: PD011
    splits = [(fold.train, fold.test) for fold in draw_folds(X, y, split, 1, how["random_state"], task=plan.task)]
    enabled = how["progress"]
    with phase(f"audit and checks, {name}", enabled=enabled):
        sanity = check_rows(
            check_sequences(X),
            y,
            splits,
            groups=split.groups,
            alphabet=plan.alphabet,
            random_state=how["random_state"],
            name=name,
            task=plan.task,
            metric=how["metric"],
        )
    with phase("lookups", enabled=enabled):
        lookups = pd.DataFrame()
        if plan.task == "classes":
            lookups = look_up(X, y, splits, split.groups, plan.alphabet, plan.strand)
    groups = split.groups
    if groups is None and sanity.leaked_share(name) > 0:
        # relatives are no independent evidence, whatever the split
        groups = leakage_groups(audited_text(check_sequences(X)), alphabet=plan.alphabet)
    with phase("audit of shortcuts", enabled=enabled):
        shortcuts = look_for_shortcuts(X, _named(target), groups, plan.alphabet, how["random_state"], task=plan.task)
    sanity = replace(sanity, lookups={name: lookups}, shortcuts=shortcuts)
    # rows of one sequence may differ in their covariates
    if name != WHOLE or plan.covariates:
        return sanity
    with phase("contradicting labels", enabled=enabled):
        return replace(sanity, contradictions=look_for_contradictions(X, _named(target), plan.alphabet, plan.task))


def plan_parents(X, target: Target, split, names, plan, how, sanity: SanityOfSplits) -> Run:
    """Plan the comparison of models of whole sequences, each sequence with its group on one side."""
    line = models_of_parents(names, plan)
    planned = _plan(line, X, _named(target), plan, split, how, cv=split.n_splits, groups=split.groups)
    most = {
        models_of(plan.task)[key]: plan.max_windows(key)
        for key in names
        if key not in NO_WINDOWS and not plan.covariates
    }
    limits = pd.DataFrame({"windows per sequence": {k: "all" if v is None else v for k, v in most.items()}})
    return Run(planned, split, line, limits.rename_axis("model"), [_NO_WINDOWS] if plan.covariates else [], sanity)


def plan_blocks(X, target: Target, split, names, plan, how) -> Run:
    """Plan the comparison of models of windows, contiguous blocks of each sequence held out."""
    # every stride-1 window: the augmenter's second rule admits them all
    y = target.values  # noqa: PD011
    windows = WindowAugmenter(plan.window, overlap=(0, 0), min_shared=max(1, plan.window - 1)).explode(X, y)
    line = models_of_blocks(names, plan, len(windows))
    shared = min(20, plan.window)
    cv = WindowBlockKFold(split.n_splits, window=plan.window, shared=shared, on_empty="skip", alphabet=plan.alphabet)
    skipped = cv.report(windows.windows, groups=windows.positions)["n_skipped_parents"]
    notes = [f"{', '.join(line.left_out)} left out: too slow for {len(windows)} windows."] if line.left_out else []
    if skipped.any():
        notes.append(
            f"Up to {skipped.max()} of {plan.n_samples} sequences were not tested in a fold, because the purge leaves "
            "them no training window."
        )
    planned = _plan(line, windows.windows, windows.y, plan, split, how, cv=cv, groups=windows.positions)
    with phase("audit and checks, windows", enabled=how["progress"]):
        sanity = check_windows(
            windows,
            windows.y,
            window=plan.window,
            n_splits=split.n_splits,
            shared=shared,
            alphabet=plan.alphabet,
            metric=how["metric"],
            random_state=how["random_state"],
        )
    sanity = replace(sanity, contradictions=look_for_contradictions(X, y, plan.alphabet))
    return Run(planned, split, line, pd.DataFrame(), notes, sanity)


def _named(target):
    """Classes as they are; numbers and labels with the names of their columns."""
    return target.values if target.kind == "classes" else target  # noqa: PD011


def _plan(line: Line, X, y, plan, split, how, **folds):
    reference: Any = line.partners or next(iter(line.models))
    options = {name: how[name] for name in ("n_jobs", "store", "progress", "random_state")}
    repeats = wanted_repeats(how["n_repeats"], line, split, quick=plan.quick)
    with warnings.catch_warnings():
        # all rows are audited, and the verdict begins with what leaks
        warnings.filterwarnings("ignore", "no groups were given, and", LeakageWarning)
        return plan_comparison(
            line.models,
            X,
            y,
            task=plan.task,
            n_repeats=repeats,
            at_least=how["at_least"],
            reference=reference,
            return_train_score=False,
            **folds,
            **options,
        )
