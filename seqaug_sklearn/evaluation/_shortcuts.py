"""How well one trivial feature predicts the target, beside the models: the first sentence where it is as much."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.evaluation._inputs import Data, parents_of
from seqaug_sklearn.evaluation._lineage_warnings import alphabet_of
from seqaug_sklearn.evaluation._verdict import WARNING
from seqaug_sklearn.model_selection import (
    BeyondShortcut,
    ShortcutReport,
    audit_shortcuts,
    describe_difference,
    score_beyond_shortcut,
)
from seqaug_sklearn.reporting import Section, detached, p_equals
from seqaug_sklearn.utils import known_rows, read_target

__all__ = [
    "ModelAndShortcut",
    "beside_shortcut",
    "look_for_shortcuts",
    "look_in_rows",
    "shortcut_section",
    "tell_two_sets",
]

_FEWEST_ROWS = 20
_PERMUTATIONS, _FEWEST_PERMUTATIONS = 199, 39
_WORK = 50_000
"""Rows times classes that all permutations are made of, in about half a minute; of more rows fewer are made."""
_EXPLAINS = 0.8
"""Share of what the best model has above chance that a trait must give alone to be the first sentence."""
_STRONG = 0.9
"""AUROC of a trait that is the first sentence where no model has an AUROC to be set beside it."""


def look_for_shortcuts(
    X, y, groups, alphabet: Any, random_state: int, *, task: str = "classes"
) -> ShortcutReport | None:
    """Audit the target; None where rows are too few or too many to tell, or each class is one group.

    A trait that is constant within a class always tells it, so of classes that are one sequence nothing can be said.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    y : ndarray of shape (n_samples,) or (n_samples, n_targets), or Target
        Classes, numbers or labels.
    groups : ndarray of shape (n_samples,) or None
        What is kept together.
    alphabet : str or Alphabet
        Alphabet of the sequences.
    random_state : int
        Seed.
    task : {"classes", "number", "labels"}, default="classes"
        What y holds.
    """
    if task != "classes":
        return _look_at_columns(X, y, groups, alphabet, random_state, task)
    classes, codes = np.unique(y, return_inverse=True)
    units = np.arange(len(y)) if groups is None else np.unique(groups, return_inverse=True)[1]
    of_class = np.unique(np.column_stack([codes, units]), axis=0)[:, 0]
    if len(y) < _FEWEST_ROWS or np.bincount(codes).min() < 2 or np.bincount(of_class).max() < 2:
        return None
    permutations = _n_permutations(len(y), len(classes))
    if permutations < _FEWEST_PERMUTATIONS:
        return None
    about = {"alphabet": alphabet, "n_permutations": permutations, "random_state": random_state}
    # numbers name classes here
    return audit_shortcuts(X, classes.astype(str)[codes], groups=groups, **about)


def _look_at_columns(X, y, groups, alphabet, random_state, task):
    columns = read_target(y, task=task, may_be_constant=True).columns
    rows = np.flatnonzero(known_rows(columns))
    n_groups = len(rows) if groups is None else len(np.unique(groups[rows]))
    permutations = _n_permutations(len(rows), 2 * columns.shape[1])
    if len(rows) < len(columns) or len(rows) < _FEWEST_ROWS or n_groups < 2 or permutations < _FEWEST_PERMUTATIONS:
        return None
    about = {"alphabet": alphabet, "n_permutations": permutations, "random_state": random_state}
    return audit_shortcuts(X, y, task=task, groups=groups, **about)


def tell_two_sets(train, test, alphabet: Any, random_state: int) -> str:
    """Say in which trivial feature two sets differ; empty where in none, or rows are too many to tell.

    Parameters
    ----------
    train, test : array-like of str of shape (n_train,), (n_test,)
        Sequences.
    alphabet : str or Alphabet
        Alphabet of the sequences.
    random_state : int
        Seed.
    """
    permutations = _n_permutations(len(train) + len(test), 2)
    if permutations < _FEWEST_PERMUTATIONS:
        return ""
    about = {"alphabet": alphabet, "n_permutations": permutations, "random_state": random_state}
    return describe_difference(train, test, **about)


def _n_permutations(n_rows, n_classes):
    # two classes are one column
    work = n_rows * max(n_classes, 2) / 2
    return int(min(_PERMUTATIONS, _PERMUTATIONS * _WORK / work))


def look_in_rows(data: Data, random_state: int) -> ShortcutReport | None:
    """Audit the target of what ``compare`` was given; None where it holds no whole sequences.

    Parameters
    ----------
    data : Data
        Checked rows.
    random_state : int
        Seed.
    """
    texts = data.texts
    alphabet = None if texts is None else alphabet_of(texts)
    if alphabet is None:
        return None
    groups = parents_of(data.metadata["groups"]) if "groups" in data.metadata else None
    y = data.y if data.task == "classes" else data.target
    return look_for_shortcuts(data.X, y, groups, alphabet, random_state, task=data.task)


_SUBJECTS = {"classes": "the classes are", "number": "the values are"}
"""What is explained; of several labels or numbers the one that is explained best."""


@dataclass(frozen=True)
class ModelAndShortcut:
    """A shortcut that was found, and the model that it is compared with.

    Attributes
    ----------
    report : ShortcutReport
        The audit.
    model : str
        The model with the highest AUROC (of numbers: Spearman correlation), lookups left out; empty where none has one.
    area : float
        That AUROC or correlation, a mean over folds; NaN where there is none.
    beyond : BeyondShortcut or None
        What the model has among rows similar in the shortcut; None where it gives no scores.
    chance : float
        What the score is without any relation: 0.5, of numbers 0.
    several : bool
        Whether there are several targets, of which the shortcut is about one and a model's score about all.
    """

    report: ShortcutReport
    model: str = ""
    area: float = np.nan
    beyond: BeyondShortcut | None = None
    chance: float = 0.5
    several: bool = False

    @property
    def explains(self) -> bool:
        """Whether the trait alone gives most of what the model has above chance, or nearly all where none is known."""
        alone = self.report.table.loc[self.report.best, "score"]
        if np.isnan(self.area):
            return bool(alone >= _STRONG)
        return bool(alone - self.chance >= _EXPLAINS * (self.area - self.chance))

    def told(self) -> str:
        """Say what the trait gives of what the model has, and what is left beyond it."""
        report = self.report
        row = report.table.loc[report.best]
        detail = f" ({row['detail']})" if row["detail"] else ""
        if not self.model:
            why = "and no model gives one to compare it with"
            if self.several:
                why = "which is not to be compared with a model's mean over all targets"
            told = f"{report.tell_alone()}{detail}, {why}."
            return f"{WARNING}{told}" if self.explains else f"{told[0].upper()}{told[1:]}"
        than = "more than" if row["score"] > self.area + 0.02 else "of"
        something_left = self.beyond is not None and self.beyond.p_value <= 0.05
        what = _SUBJECTS.get(report.kind, f"{row['told_best']!r} is")
        partly = "partly " if something_left or not self.explains else ""
        told = (
            f"{report.tell_alone()}, {than} the {self.area:.3f} of the best model ({self.model}): {what} "
            f"{partly}explained by {report.best}{detail}.{self._tell_beyond()}"
        )
        return f"{WARNING}{told}" if self.explains else f"{told[0].upper()}{told[1:]}"

    def _tell_beyond(self):
        left = self.beyond
        if left is None:
            return ""
        if np.isnan(left.beyond):
            return (
                f" Too few sequences of two classes are similar in {self.report.best} to measure what is left beyond "
                "it."
            )
        nothing = "" if left.p_value <= 0.05 else f", where {self.chance:g} is chance"
        return (
            f" Among sequences similar in it the model scores {left.beyond:.3f} ({left.low:.3f} to {left.high:.3f}), "
            f"{p_equals(left.p_value)}{nothing}."
        )


def beside_shortcut(
    report: ShortcutReport | None, comparison: JudgedComparison, trivial: Collection[str] = ()
) -> ModelAndShortcut | None:
    """Put the best model beside the shortcut; None where there is none.

    Parameters
    ----------
    report : ShortcutReport or None
        The audit of the sequences that were compared.
    comparison : Comparison
        Scores and predictions.
    trivial : collection of str, default=()
        Models that do not learn, or one trivial feature only: they have no score to be explained.
    """
    if report is None or report.best is None:
        return None
    metric, chance = ("spearman", 0.0) if comparison.task == "number" else ("auroc", 0.5)
    # a trait's score is that of one target, a model's the mean over all of them
    several = len(comparison.target_names) > 1
    if several or metric not in comparison.folds:
        return ModelAndShortcut(report, chance=chance, several=several)
    areas = comparison.folds.groupby("estimator")[metric].mean()
    areas = areas[~areas.index.isin([*comparison.memorisers, *trivial])]
    if areas.isna().all():
        return ModelAndShortcut(report, chance=chance)
    best = str(areas.idxmax())
    return ModelAndShortcut(report, best, float(areas[best]), _beyond(report, comparison, best), chance)


def _beyond(report, comparison, model):
    told = comparison.predictions(model)
    told = told[told["repeat"] == 0]
    row = told["row"].to_numpy()
    values, groups = report.values(report.best)[row], comparison.groups[row]
    about = {"task": comparison.task, "groups": groups, "random_state": comparison.seed}
    if comparison.task == "number":
        return score_beyond_shortcut(told["y_true"].to_numpy(), told["y_pred"].to_numpy(), values, **about)
    scores = told[[column for column in told if column.startswith("score_")]].to_numpy(float)
    if not scores.size or not np.isfinite(scores).all() or told["y_true"].nunique() < len(comparison.classes):
        return None
    return score_beyond_shortcut(told["y_true"].to_numpy(), scores, values, **about)


def shortcut_section(report: ShortcutReport | None) -> list[Section]:
    """Table and figure for the page, where there is something to show."""
    if report is None or not len(report.findings):
        return []
    from seqaug_sklearn.plotting import ShortcutDisplay

    return report.sections(detached(ShortcutDisplay.from_report(report)))
