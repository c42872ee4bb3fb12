"""Result of a comparison on a fixed split: scores as published and cleaned, tests, the page."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._augmentation import contradicting_rows, trivial_names
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._comparison_report import HARDEST, figures_of_numbers
from seqaug_sklearn.evaluation._fixed_split._words import headline_of, verdict_of
from seqaug_sklearn.evaluation._shortcuts import ModelAndShortcut, beside_shortcut, shortcut_section
from seqaug_sklearn.evaluation._verdict_of_pairs import METRIC_NAMES
from seqaug_sklearn.model_selection import ContradictionReport, LeakageReport, ShortcutReport
from seqaug_sklearn.reporting import Result, Section, detached

__all__ = ["LEAKS_MATTER", "FixedSplitComparison"]

LEAKS_MATTER = 0.01
"""Share of leaking test rows from which the cleaned test set decides."""


@dataclass(repr=False)
class FixedSplitComparison(Result):
    """Result of :func:`~seqaug_sklearn.evaluation.compare_fixed_split`.

    Attributes
    ----------
    comparison : Comparison
        The fits, with their predictions for all test rows; its own tests need several folds and say nothing here.
    audit : LeakageReport
        Test against training rows.
    contradictions : ContradictionReport
        Copies and close relatives with another label, among training and test rows together.
    metric : str
        What is scored.
    published, cleaned : DataFrame
        Score of each model on all test rows, and on those in which no relative was found: ``score, low, high`` (95 %
        interval over the test rows). ``cleaned`` is None where too few rows are left.
    why_not_cleaned : str
        Why there is no cleaned test set; else empty.
    tests : DataFrame
        Difference of each augmented model from the same one without, paired on the rows that decide: ``reference,
        difference, low, high, p_value, p_holm, outcome``.
    treatments : dict of str to list of str
        Names of the models with each augmentation.
    memorisers : tuple of str
        Names of the lookup baselines.
    chance : float
        Best score by chance on the rows that decide; NaN where there is none for the metric.
    n_seeds : int
        Trainings of each model.
    n_groups : int
        Groups of relatives among the rows that decide.
    untrained : int
        Test rows of a class without training rows.
    data : DataFrame
        Sequences of each class on both sides, and in the cleaned test set.
    notes : list of str
        Which augmentations were made.
    quick : bool
        Whether it was a quick look.
    shortcuts : ShortcutReport or None
        How well one trivial feature predicts the labels of all rows; None where rows are too few or too many.
    differs : str
        In which trivial feature the test rows differ from the training rows; else empty.
    reading : str
        How the labels were read, where that was a choice or they are no classes.
    per_target : DataFrame or None
        Of several numbers or labels the score of each with its interval, on the rows that decide. Index: model and
        target. Columns ``score, low, high``.
    """

    _title = "Does augmentation help on this benchmark?"

    comparison: Comparison
    audit: LeakageReport
    contradictions: ContradictionReport
    metric: str
    published: pd.DataFrame
    cleaned: pd.DataFrame | None
    why_not_cleaned: str
    tests: pd.DataFrame
    treatments: dict[str, list[str]]
    memorisers: tuple[str, ...]
    chance: float
    n_seeds: int
    n_groups: int
    untrained: int
    data: pd.DataFrame
    notes: list[str]
    quick: bool = False
    shortcuts: ShortcutReport | None = None
    differs: str = ""
    reading: str = ""
    per_target: pd.DataFrame | None = None

    @cached_property
    def shortcut(self) -> ModelAndShortcut | None:
        """The most informative trait beside the best model; None where no trait was found."""
        return beside_shortcut(self.shortcuts, self.comparison, trivial_names(self.comparison.task))

    @property
    def explained_by(self) -> str:
        """The trait that alone gives most of what the best model has; empty where there is none."""
        shortcut = self.shortcut
        return str(shortcut.report.best) if shortcut is not None and shortcut.explains else ""

    @property
    def leaks_matter(self) -> bool:
        """Whether so many test rows leak that the cleaned test set decides."""
        return self.audit.leaked_share >= LEAKS_MATTER

    @property
    def judged(self) -> pd.DataFrame:
        """Scores on the rows that decide: the cleaned test set where leaks matter and it is there."""
        return self.cleaned if self.leaks_matter and self.cleaned is not None else self.published

    @property
    def judged_rows(self) -> np.ndarray:
        """Numbers of the test rows that decide."""
        cleaned = self.leaks_matter and self.cleaned is not None
        return np.flatnonzero(~self.audit.leaked) if cleaned else np.arange(len(self.audit))

    def headline(self) -> list[str]:
        """What would make the answer worthless, the answer, and the best model."""
        return headline_of(self)

    def verdict(self) -> list[str]:
        """What to believe, and why: the headline, and what it rests on."""
        return verdict_of(self)

    def to_frame(self) -> pd.DataFrame:
        """Return the score of each model with its interval, as published and on the cleaned test set.

        Returns
        -------
        DataFrame
            Index: model. Columns ``published, published low, published high`` and, where there is a cleaned test set,
            ``cleaned, cleaned low, cleaned high`` and ``change``.
        """
        parts = {"published": self.published} | ({} if self.cleaned is None else {"cleaned": self.cleaned})
        frames = [
            frame.set_axis([name, f"{name} low", f"{name} high"], axis="columns") for name, frame in parts.items()
        ]
        table = pd.concat(frames, axis="columns")
        return table if self.cleaned is None else table.assign(change=table["cleaned"] - table["published"])

    def predictions(self) -> pd.DataFrame:
        """Return what every model predicted for every test row, and whether the row leaks.

        Returns
        -------
        DataFrame
            One row per model, seed and test row: ``model, seed, test row, leaked, label, predicted``; of several
            numbers or labels one for each of them, with its name in ``target``.
        """
        parts = []
        for name in self.comparison.estimators:
            frame = self.comparison.predictions(name, scores=False)
            row = frame["row"].to_numpy() - len(self.audit.train_names)
            columns = {"model": name, "seed": frame["repeat"], "test row": self.audit.test_names[row]}
            columns |= {"target": frame["target"]} if "target" in frame else {}
            columns |= {"leaked": self.audit.leaked[row], "label": frame["y_true"], "predicted": frame["y_pred"]}
            parts.append(pd.DataFrame(columns))
        return pd.concat(parts, ignore_index=True)

    def sections(self) -> list[Section]:
        """Tables and figures, for :func:`write_report`."""
        found = [self._scores_section(), self._audit_section(), *shortcut_section(self.shortcuts)]
        if len(self.tests):
            found.insert(1, self._differences_section())
        if self.comparison.task != "classes":
            found += self._target_sections()
        rows = contradicting_rows(self.contradictions)
        if len(rows):
            text = self.contradictions.tell_relatives() or self.contradictions.summary()
            found.append(Section("Labels that contradict each other", text=text, tables={"Contradicting rows": rows}))
        text = "\n\n".join(self.notes)
        what = {"classes": "Sequences of each class", "number": "Targets", "labels": "Labels"}[self.comparison.task]
        found.append(Section("Data", text=text, tables={what: self.data}))
        predictions = {"Predictions": self.predictions()}
        return [*found, Section("Predictions", text="What every model said of every test row.", data=predictions)]

    def _scores_section(self):
        from seqaug_sklearn.plotting import ScoreDotsDisplay, TwoSplitsDisplay

        name, table = METRIC_NAMES.get(self.metric, self.metric), self.to_frame()
        caption = f"{_capital(name)} of each model"
        alt = "; ".join(f"{model}: {row['published']:.3f}" for model, row in table.iterrows())
        if self.cleaned is None:
            chance = {f"chance ({self.chance:.3f})": (self.chance, "--")} if np.isfinite(self.chance) else {}
            seeds = {model: [row["published"]] for model, row in table.iterrows()}
            summary = self.published.rename(columns={"score": "mean"})
            about = {"score_name": name, "chance": chance, "standouts": self.memorisers}
            figure = detached(ScoreDotsDisplay(summary, seeds, **about).plot())
        else:
            figure = detached(TwoSplitsDisplay(table, labels=("published", "cleaned"), score_name=name).plot())
            alt = "; ".join(
                f"{model}: {row['published']:.3f} to {row['cleaned']:.3f}" for model, row in table.iterrows()
            )
        told = "" if self.cleaned is None else " Cleaned: without the test rows that share sequence with training."
        return Section(
            "Scores",
            text=f"Intervals of 95 % draw the test rows, relatives together.{told}",
            figures={caption: figure},
            alt={caption: alt},
            tables={f"{_capital(name)}": table},
            data={caption: table},
        )

    def _differences_section(self):
        name = METRIC_NAMES.get(self.metric, self.metric)
        text = (
            f"Difference in {name} of each model with an augmentation from the same one without, on the "
            f"{len(self.judged_rows):,} test rows that decide. The p-value exchanges the predictions of the two in "
            "whole groups of relatives, adjusted by Holm for all comparisons; better and worse need it below 0.05 and "
            "an interval without zero. The fitted models are taken as given."
        )
        return Section("Differences", text=text, tables={f"Differences in {name}": self.tests})

    def _target_sections(self):
        """Each target by itself, predicted against true values, and the rows that models are furthest from."""
        task, found = self.comparison.task, []
        if self.per_target is not None:
            name, what = METRIC_NAMES.get(self.metric, self.metric), "target" if task == "number" else "label"
            found.append(Section(f"Each {what}", tables={f"{_capital(name)} of each {what}": self.per_target}))
        learned = self.judged["score"].drop(list(self.memorisers))
        best = str(learned.idxmax()) if learned.notna().any() else self.comparison.estimators[0]
        figures = figures_of_numbers(self.comparison, best) if task == "number" else {}
        hardest = self.comparison.hardest(10)
        # rows are numbered behind those of training
        rows = hardest["row"].to_numpy() - len(self.audit.train_names)
        hardest = hardest.drop(columns=["row", "identifier"], errors="ignore")
        hardest.insert(0, "test row", self.audit.test_names[rows])
        tables = {"Hardest rows": hardest}
        return [*found, Section("Errors", folded=True, figures=figures, tables=tables, notes=HARDEST[task])]

    def _audit_section(self):
        from seqaug_sklearn.plotting import LeakageDisplay

        figures = {}
        # a clean set has no bar to draw
        if self.audit.leaked.any():
            figure = detached(LeakageDisplay.from_reports(self.audit, names=["test set"]))
            figures["Similarity to training, and leaks by kind"] = figure
        return Section(
            "Leaks into the test set",
            text=self.audit.summary(),
            figures=figures,
            alt=dict.fromkeys(figures, self.audit.summary()),
            data={"Audit of every test row": self.audit.to_frame().rename_axis("test row")},
        )

    def _settings(self):
        rows = {"training rows": len(self.audit.train_names), "test rows": len(self.audit)}
        return self.comparison.settings | rows | {"split": "as given"}


def _capital(text):
    return text[0].upper() + text[1:]
