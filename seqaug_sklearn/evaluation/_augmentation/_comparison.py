"""What a comparison of augmentations found: the verdict, the answers, the page."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._augmentation._contradictions import tell_contradictions
from seqaug_sklearn.evaluation._augmentation._covariates_alone import tell_covariates
from seqaug_sklearn.evaluation._augmentation._fit_plan import FitPlan
from seqaug_sklearn.evaluation._augmentation._line_up import trivial_names
from seqaug_sklearn.evaluation._augmentation._lookups import tell_lookups
from seqaug_sklearn.evaluation._augmentation._page import page_sections
from seqaug_sklearn.evaluation._augmentation._relatives_together import (
    LEAKS_MATTER,
    best_of_both,
    only_as_split,
    scores_of_both,
)
from seqaug_sklearn.evaluation._augmentation._split import SplitPlan
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._fitting import TakeHome
from seqaug_sklearn.evaluation._sanity_section import BLOCKS, SanityOfSplits
from seqaug_sklearn.evaluation._shortcuts import beside_shortcut
from seqaug_sklearn.evaluation._statistics import detectable_difference, tell_expected
from seqaug_sklearn.evaluation._verdict import (
    QUICK,
    WARNING,
    answer_end,
    headline,
    sentences,
    warnings_first,
)
from seqaug_sklearn.evaluation._verdict_of_pairs import CANNOT_SHOW, METRIC_NAMES, outcome, same_answers, signed
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import ContradictionReport, ShortcutReport
from seqaug_sklearn.reporting import Result, Section

__all__ = ["AugmentationComparison"]

_NO_NEED = "the split as given does not leak, groups were given, or relatives='ignore' left it out"


@dataclass(repr=False)
class AugmentationComparison(TakeHome, Result):
    """Result of :func:`~seqaug_sklearn.evaluation.compare_augmentations`.

    Attributes
    ----------
    comparison : Comparison
        All scores, tests and predictions.
    split : SplitPlan
        How the data was split, and why.
    metric : str
        What the verdict judges by.
    data : DataFrame
        Sequences, groups and lengths per class.
    treatments : dict of str to list of str
        Names of the estimators with each augmentation.
    limits : DataFrame
        Most windows per sequence that each model trains on.
    notes : list of str
        What a reader must know before the scores.
    sanity : SanityOfSplits
        Whether the split could let a model score by memory.
    augmentations : list of str
        Which edits were made, and what became of the orthologs.
    orthologs : DataFrame or None
        Counts of orthologs in each fold of the first repeat, as ``OrthologAugmenter.report_``.
    together : AugmentationComparison or None
        The same models with relatives kept together, where the split as given leaks and no groups were given: what one
        gets with ``groups=result.together.split.groups``. The verdict then rests on it.
    not_together : str
        Why there is no such comparison although the split leaks, or it was asked for; else empty.
    in_progress : str
        What is done and what is to come, where fits are still missing; empty when all is done.
    plan : FitPlan or None
        The plan of fits that a budget was turned into: ``repeats`` and ``seconds`` of each model, ``left_out``,
        ``summary()``, ``to_frame()``.
    models : dict of str to str
        The model that each estimator is, whatever it is trained on.
    reading : str
        How y was read, in a sentence; empty of names of classes, where that is no choice.
    """

    _title = "Does augmentation help?"

    comparison: Comparison
    split: SplitPlan
    metric: str
    data: pd.DataFrame
    treatments: dict[str, list[str]]
    limits: pd.DataFrame
    notes: list[str]
    sanity: SanityOfSplits
    augmentations: list[str] = field(default_factory=list)
    orthologs: pd.DataFrame | None = None
    together: "AugmentationComparison | None" = None
    not_together: str = ""
    in_progress: str = ""
    plan: FitPlan | None = None
    models: dict[str, str] = field(default_factory=dict)
    reading: str = ""

    def verdict(self) -> list[str]:
        """What to believe, and why, in plain sentences: warnings first, then the answer. See also :meth:`answers`."""
        before, _ = tell_contradictions(self.contradictions)
        if self.together is None:
            lines = warnings_first([*self._lines(), *before])
            place = answer_end(lines)
            lines[place:place] = self._beside_answer()
            return [*lines, *self._of_split(lines), *self.notes, *self._reading()]
        lines = warnings_first([*self._lines_of_both(self.together), *before])
        return [*lines, *self.together._of_split(lines), *self.together.notes, *self._reading()]

    def _reading(self):
        return [self.reading] if self.reading else []

    def _of_split(self, lines):
        """What a reader must know of the split, and what data of this size can be expected to show.

        Where the lines before say what it cannot show, that is the figure that counts, and there is no second one.
        """
        of_accuracy = self.comparison.task == "classes"
        if self.split.kind == "blocks" or not of_accuracy or any(CANNOT_SHOW in line for line in lines):
            return [*self.split.sentences]
        n_rows, n_groups = self._size
        expected = tell_expected(n_rows, n_groups, len(self.comparison.classes), max(self.comparison.repeats.values()))
        return [*self.split.sentences, expected]

    @property
    def _size(self):
        return len(self.comparison.labels), len(np.unique(self.comparison.groups))

    def _expected(self, n_tests):
        """The difference that so many comparisons could be expected to show, by the size of the data alone."""
        if self.split.kind == "blocks" or self._size[1] < 3 or self.metric != "accuracy":
            return np.inf
        n_repeats = max(self.comparison.repeats.values())
        return detectable_difference(*self._size, n_repeats=n_repeats, n_tests=n_tests)

    @property
    def contradictions(self) -> ContradictionReport | None:
        """Copies and close relatives with another label among all rows, and the accuracy that any model can reach."""
        return self.sanity.contradictions

    def headline(self) -> list[str]:
        """The leading warnings of :meth:`verdict`, the answer, the best model, and gains that only a leak shows.

        Then whether it was only a quick look and, where that was a choice, how y was read.
        """
        quick = [note for note in self.notes if note.startswith(QUICK)]
        return [*headline(self.verdict()), *self._beside_answer(), *quick, *self._reading()]

    def answers(self) -> pd.DataFrame:
        """Return what each augmentation did to each model: "helped", "harmed" or "inconclusive", with the difference.

        "the same in every row" where the model answers the same with it. Where the split leaks, or a trivial feature
        explains the target, nothing is said to help or harm, only to score "higher" or "lower".

        Where relatives were kept together in a second comparison, its answers come first, those of the split as given
        beside them.

        Returns
        -------
        DataFrame of str
            A row per model, a column per augmentation; "–" where a model was not trained with it.
        """
        if self.together is None:
            return self._answers()
        both = self.together._answers().join(self._answers().add_suffix(", as split"))
        return both[[f"{name}{suffix}" for name in self.treatments for suffix in ("", ", as split")]]

    def _answers(self):
        tests = self.comparison.tests(metric=self.metric)
        leaks = self._leaked_share >= LEAKS_MATTER or bool(self._explained_by)
        better, worse = ("higher", "lower") if leaks else ("helped", "harmed")
        words = {"better": better, "worse": worse, "unclear": "inconclusive"}
        table: dict = {}
        for treatment, members in self.treatments.items():
            for name in members:
                row = tests.loc[name]
                told = f"{words[outcome(row)]} ({signed(row['difference'])})"
                if row["difference"] == 0 and same_answers(self.comparison, name, row["reference"]):
                    told = "the same in every row"
                table.setdefault(self.models.get(name, name), {})[treatment] = told
        frame = pd.DataFrame.from_dict(table, orient="index", columns=[*self.treatments])
        return frame.fillna("–").rename_axis("model")

    def _lines(self):
        """What this split says, before it is ordered."""
        how = {"each_pair": False, "unrelated": self._is_clean, "leaks": self._leaked_share >= LEAKS_MATTER}
        # they are told with close relatives, of whole sequences
        how |= {"contradictions": False, "shortcut": self._explained_by, "expected": self._expected}
        told = sentences(self.comparison, self.metric, self.treatments, **how)
        of_plan = [] if self.plan is None else self.plan.verdict()
        beside = [] if self._shortcut is None else [self._shortcut.told()]
        before, behind = (beside, []) if self._explained_by else ([], beside)
        beyond = tell_covariates(self.comparison, self.metric, trivial_names(self.comparison.task))
        return [*self._leaks(), *before, *told, *beyond, *behind, *self._few_leaks(), *of_plan]

    @property
    def shortcuts(self) -> ShortcutReport | None:
        """How well one trivial feature (length, composition, ...) predicts the target; None if too few rows."""
        return self.sanity.shortcuts

    @cached_property
    def _shortcut(self):
        return beside_shortcut(self.shortcuts, self.comparison, trivial_names(self.comparison.task))

    @property
    def _explained_by(self):
        """The trait that alone gives most of what the best model has; empty where there is none."""
        shortcut = self._shortcut
        return str(shortcut.report.best) if shortcut is not None and shortcut.explains else ""

    def _lines_of_both(self, together):
        """What the split with relatives together says, behind what the leak does to the scores."""
        lines = warnings_first(together._lines())
        place = sum(line.startswith(WARNING) for line in lines)
        lines[place] += " These are the outcomes with relatives together."
        place = answer_end(lines)
        lines[place:place] = self._beside_answer()
        return [f"{WARNING}{self._both_figures(together)}", *lines] if self._leaked_share >= LEAKS_MATTER else lines

    def _both_figures(self, together):
        return f"{self._leak()}. {best_of_both(self.comparison, together.comparison, self.metric)}".rstrip()

    def _beside_answer(self):
        """What follows the answer where there are two figures: gains of the leaking split, and few leaks."""
        _, few = tell_contradictions(self.contradictions)
        if self.together is None:
            return few
        lost = only_as_split(self.comparison, self.together.comparison, self.metric, self.treatments)
        both = [] if self._leaked_share >= LEAKS_MATTER else [self._both_figures(self.together)]
        return [*both, *lost, *few]

    def _leak(self):
        return (
            f"{self._leaked_share:.1%} of the test rows share sequence with a training row of their fold "
            f"({self.sanity.leaked_kinds(self._used_split)}), so the scores may be memorisation"
        )

    def _leaks(self):
        """Warnings of a split under which a score may be memorisation, or length reveals the class."""
        if self._leaked_share >= LEAKS_MATTER:
            groups = "groups that keep relatives together"
            if self.split.groups is not None:
                groups = (
                    "groups that do not separate relatives (on the command line --groups similarity), or leave yours "
                    "out, so that relatives are kept together (relatives='together', --relatives together),"
                )
            why_not = (
                f" With relatives together no score can be computed: {self.not_together}." if self.not_together else ""
            )
            yield f"{WARNING}{self._leak()}. Provide {groups} before believing them.{why_not}"
        report = self.sanity.reports.get(self._used_split)
        if report is not None and report.finding == "shortcut" and not self._explained_by:
            what = "separate the classes" if self.comparison.task == "classes" else "reveal high and low values"
            what = "reveal a label" if self.comparison.task == "labels" else what
            yield (
                f"{WARNING}the lengths of the sequences alone {what}: random sequences of the same "
                f"lengths score {report.mean('noise sequences'):.3f} (chance {report.chance:.3f})."
            )

    def _few_leaks(self):
        if 0 < self._leaked_share < LEAKS_MATTER:
            yield (
                f"{self._leaked_share:.2%} of the test rows share sequence with a training row of their fold "
                f"({self.sanity.leaked_kinds(self._used_split)}): too few to decide the result."
            )
        if self._no_second() and self._leaked_share < LEAKS_MATTER:
            yield self._no_second()
        lookups = self.sanity.lookups.get(self._used_split)
        if lookups is not None and len(lookups):
            yield from tell_lookups(lookups, *self._most_accurate(), clean=self._is_clean)

    def _most_accurate(self):
        """The model with the highest accuracy, lookups left out where there are others, and that accuracy."""
        means = self.comparison.folds.groupby("estimator")["accuracy"].mean()
        models = means.drop(list(self.comparison.memorisers))
        models = models if len(models) else means
        return models.idxmax(), float(models.max())

    def _no_second(self):
        if not self.not_together:
            return ""
        return f"With relatives together no score can be computed: {self.not_together}."

    @property
    def _used_split(self):
        return BLOCKS if self.split.kind == "blocks" else next(iter(self.sanity.audits))

    @property
    def _is_clean(self):
        """Whether an audit looked, and found nothing."""
        return bool(self.sanity.audits.get(self._used_split)) and self._leaked_share == 0

    @property
    def _leaked_share(self):
        return self.sanity.leaked_share(self._used_split)

    def sections(self) -> list[Section]:
        """Tables and figures for :func:`write_report`."""
        return page_sections(self)

    def scores_of_both(self) -> pd.DataFrame:
        """Return the mean score of each model as split and with relatives together.

        Returns
        -------
        DataFrame
            Index: model. Columns ``as split``, ``relatives together``, ``change``.

        Raises
        ------
        DataFormatError
            If there is no second comparison: see ``together`` and ``not_together``.
        """
        if self.together is None:
            raise DataFormatError(f"there is no comparison with relatives together: {self.not_together or _NO_NEED}")
        return scores_of_both(self.comparison, self.together.comparison, self.metric)

    def _to_take_home(self):
        if self.split.kind == "blocks":
            raise DataFormatError(
                "each class has a single sequence, so models of windows were compared, and there is none of whole "
                "sequences to take home: result.comparison.refit(name, windows, y, groups=positions) fits one of "
                "windows"
            )
        return (self.together or self).comparison, self.metric, trivial_names(self.comparison.task)

    def to_frame(self) -> pd.DataFrame:
        """Return the scores of every model, under the split that the verdict rests on."""
        return (self.together or self).comparison.scores()

    def plot(self, ax=None):
        """Draw what each augmentation adds, :class:`~seqaug_sklearn.plotting.ScoreDifferencesDisplay`.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        """
        from seqaug_sklearn.plotting import ScoreDifferencesDisplay

        about = {"metric": self.metric, "score_name": METRIC_NAMES.get(self.metric, self.metric)}
        return ScoreDifferencesDisplay.from_comparison((self.together or self).comparison, **about, ax=ax)

    def _settings(self):
        if self.together is None:
            return self.comparison.settings
        return self.together.comparison.settings | {"compared with": "the same as split, without groups"}

    def _page_options(self):
        return {"status": self.in_progress, "more": self._save_plan}

    def _save_plan(self, folder):
        if self.plan is not None:
            self.plan.save(folder / "plan.json")
