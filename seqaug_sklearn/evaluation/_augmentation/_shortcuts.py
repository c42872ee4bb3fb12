"""What one trivial thing tells of the classes, beside what the models have: the first sentence where it is as much."""

from dataclasses import dataclass

import numpy as np

from seqaug_sklearn.evaluation._augmentation._line_up import BASELINES, MODELS
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._verdict import WARNING
from seqaug_sklearn.model_selection import (
    BeyondShortcut,
    ShortcutReport,
    audit_shortcuts,
    score_beyond_shortcut,
)
from seqaug_sklearn.reporting import Section, detached, p_equals

__all__ = ["ModelAndShortcut", "beside_shortcut", "look_for_shortcuts", "shortcut_section"]

_FEWEST_ROWS = 20
_EXPLAINS = 0.8
"""Share of what the best model has above chance that a trait must give alone to be the first sentence."""


def look_for_shortcuts(X, y, groups, alphabet: str, random_state: int) -> ShortcutReport | None:
    """Audit the classes; None where rows are too few to tell.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    y : ndarray of shape (n_samples,)
        Labels.
    groups : ndarray of shape (n_samples,) or None
        What is kept together.
    alphabet : str
        Alphabet of the sequences.
    random_state : int
        Seed.
    """
    if len(y) < _FEWEST_ROWS or np.unique(y, return_counts=True)[1].min() < 2:
        return None
    return audit_shortcuts(X, y, groups=groups, alphabet=alphabet, random_state=random_state)


@dataclass(frozen=True)
class ModelAndShortcut:
    """A shortcut that was found, and the model that it is compared with.

    Attributes
    ----------
    report : ShortcutReport
        The audit.
    model : str
        The model with the highest AUROC, lookups left out.
    area : float
        That AUROC, a mean over folds.
    beyond : BeyondShortcut or None
        What the model has among rows alike in the shortcut; None where it gives no scores.
    """

    report: ShortcutReport
    model: str
    area: float
    beyond: BeyondShortcut | None

    @property
    def explains(self) -> bool:
        """Whether the trait alone gives most of what the model has above chance."""
        alone = self.report.table.loc[self.report.best, "score"]
        return bool(alone - 0.5 >= _EXPLAINS * (self.area - 0.5))

    def told(self) -> str:
        """Say what the trait gives of what the model has, and what is left beyond it."""
        report = self.report
        row = report.table.loc[report.best]
        than = "more than" if row["score"] > self.area + 0.02 else "of"
        something_left = self.beyond is not None and self.beyond.p_value <= 0.05
        partly = "partly " if something_left or not self.explains else ""
        told = (
            f"{report.tell_alone()}, {than} the {self.area:.3f} of the best model ({self.model}): the classes are "
            f"{partly}explained by {report.best} ({row['detail']}).{self._tell_beyond()}"
        )
        return f"{WARNING}{told}" if self.explains else f"{told[0].upper()}{told[1:]}"

    def _tell_beyond(self):
        left = self.beyond
        if left is None:
            return ""
        if np.isnan(left.beyond):
            return f" Too few sequences of two classes are alike in {self.report.best} to tell what is left beyond it."
        nothing = "" if left.p_value <= 0.05 else ", where 0.5 is nothing"
        return (
            f" Among sequences alike in it the model has {left.beyond:.3f} ({left.low:.3f} to {left.high:.3f}), "
            f"{p_equals(left.p_value)}{nothing}."
        )


def beside_shortcut(report: ShortcutReport | None, comparison: Comparison) -> ModelAndShortcut | None:
    """Put the best model beside the shortcut; None where there is none, or no model gives an AUROC.

    Parameters
    ----------
    report : ShortcutReport or None
        The audit of the sequences that were compared.
    comparison : Comparison
        Scores and predictions.
    """
    if report is None or report.best is None or "auroc" not in comparison.folds:
        return None
    # what does not learn has no score to be explained
    baselines = [*comparison.memorisers, *(MODELS[key] for key in BASELINES if MODELS[key] in comparison.estimators)]
    areas = comparison.folds.groupby("estimator")["auroc"].mean().drop(list(dict.fromkeys(baselines)))
    if areas.isna().all():
        return None
    best = str(areas.idxmax())
    return ModelAndShortcut(report, best, float(areas[best]), _beyond(report, comparison, best))


def _beyond(report, comparison, model):
    told = comparison.predictions(model)
    told = told[told["repeat"] == 0]
    scores = told[[column for column in told if column.startswith("score_")]].to_numpy(float)
    if not scores.size or not np.isfinite(scores).all() or told["y_true"].nunique() < len(comparison.classes):
        return None
    row = told["row"].to_numpy()
    values, groups = report.values(report.best)[row], comparison.groups[row]
    return score_beyond_shortcut(told["y_true"].to_numpy(), scores, values, groups=groups, random_state=comparison.seed)


def shortcut_section(report: ShortcutReport | None) -> list[Section]:
    """Table and figure for the page, where there is something to show."""
    if report is None or not len(report.findings):
        return []
    from seqaug_sklearn.plotting import ShortcutDisplay

    return report.sections(detached(ShortcutDisplay.from_report(report)))
