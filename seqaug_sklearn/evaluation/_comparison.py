"""What a comparison found: scores, intervals, tests, predictions, and the sentences that follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from seqaug_sklearn.evaluation._comparison_report import score_dots, sections
from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.evaluation._fitting import TakeHome
from seqaug_sklearn.evaluation._shortcuts import beside_shortcut, shortcut_section
from seqaug_sklearn.evaluation._verdict import MANY, WARNING, answer_end, sentences, warnings_first
from seqaug_sklearn.exceptions import OutputFolderError
from seqaug_sklearn.reporting import Result, file_name
from seqaug_sklearn.utils import PortableState, explained, replaced_file

__all__ = ["Comparison"]


@dataclass(repr=False)
class Comparison(PortableState, TakeHome, JudgedComparison, Result):
    """Result of :func:`~seqaug_sklearn.evaluation.compare`.

    Attributes
    ----------
    folds : DataFrame
        One row per estimator, repeat and fold: sizes, what the split shares, metrics, seconds. ``majority_accuracy`` is
        the accuracy of always answering the commonest training class; ``n_untrained_class`` counts test rows whose
        class has no training row (no model can get them right); ``n_shared_groups`` and ``n_identical_rows`` count test
        groups (of pairs: members) and test rows that are in the training rows too. Of pairs, ``n_known_first``,
        ``n_known_second`` and ``n_known_pairs`` count test pairs whose first, second or both members training knows.
        Where identical rows have several labels, ``n_contradicting_rows`` and ``accuracy_bound`` say, of all rows, how
        many, and which accuracy no model exceeds. Of numbers, ``mean_rmse`` and ``median_mae`` are the errors of always
        answering the mean or the median of the training rows; ``n_unscored_targets`` counts targets or labels with one
        value in the test rows, ``n_unranked_groups`` groups that the rank within groups leaves out.
    classes : ndarray of shape (n_classes,)
        Labels, sorted; empty of numbers and of several labels.
    labels : int ndarray of shape (n_samples,), or float ndarray of shape (n_samples, n_targets)
        Class index of each row of the data; of numbers and labels the targets, NaN where not known.
    groups : int ndarray of shape (n_samples,) or (n_samples, 2)
        Group index of each row of the data, or indices of both members of each pair.
    group_names : ndarray or None
        Name of each group; None where no groups were given and each row is its own.
    identifiers : pandas.Index or None
        Identifiers of the rows, where X had some.
    rows : dict of str to list
        Predictions of each estimator, fold by fold.
    test_rows : list of int ndarray
        Rows of the data that each fold tests.
    partners : dict of str to str
        The reference of each estimator that has one.
    memorisers : tuple of str
        Names of the :func:`~seqaug_sklearn.evaluation.memoriser` estimators.
    metrics : tuple of str
        Names of the scores in ``folds``.
    seed : int
        Seed of resamples and permutations.
    kept : dict of (str, int, int) to DataFrame
        What ``keep=`` of ``compare`` took from the fitted estimators, by estimator, repeat and fold.
    settings : dict
        What was run, for the report.
    positions : bool
        Whether the groups came as positions (parent and start): parts of one sequence may then be on both sides.
    lineage : str
        What many test rows have in common with training rows, where no groups were given; else empty. The verdict
        begins with it.
    shortcuts : ShortcutReport or None
        How well one trivial feature predicts the classes; None where it was not looked for, or cannot be measured.
    unfitted : dict of str to estimator
        An unfitted copy of each estimator, for :meth:`refit`.
    task : {"classes", "number", "labels"}
        What was predicted.
    target_names : tuple of str
        Names of the targets.
    reading : str
        A sentence that says how y was read. Verdicts on numbers and labels end with it.
    sequences : ndarray of str of shape (n_samples,) or None
        Rows of text of which numbers were predicted, for the figure of errors by similarity; None of all others.
    contradictions : ContradictionReport or None
        How far numbers and labels of identical sequences differ, and what no model can exceed; None of classes, of
        which ``folds`` say it, and where rows are no sequences.
    unrelated : bool
        Whether an audit found no test row that shares sequence with a training row; False where none was made.
    """

    _title = "Comparison"

    def verdict(
        self, *, metric: str | None = None, treatment: str | Mapping[str, list[str]] | None = None
    ) -> list[str]:
        """What to believe, and why, in plain sentences: warnings first, then the answer, then what it rests on.

        Sentences that begin with "Warning: " say what would make the answer worthless, such as a lookup of the nearest
        training sequence that scores as high as the best model.

        Parameters
        ----------
        metric : str, default=None
            Metric to judge by; accuracy, of numbers Spearman, of labels AUROC, or the first one there is.
        treatment : str or dict of str to list of str, default=None
            What the estimators with a reference have more than it, for example ``"Windows"``; or several such
            treatments, each with the names of its estimators.

        Returns
        -------
        list of str
        """
        shortcut = self._shortcut
        beside = [] if shortcut is None else [shortcut.told()]
        explained_by = str(shortcut.report.best) if shortcut is not None and shortcut.explains else ""
        leaks = bool(self.lineage)
        how: dict[str, Any] = {"leaks": leaks, "unrelated": self.unrelated, "shortcut": explained_by}
        told = sentences(self, self.headline_metric(metric), treatment, **how)
        leak = [f"{WARNING}{self.lineage}."] if self.lineage else []
        # what the lines rest on begins behind the answer
        place = 0 if explained_by else answer_end(told)
        reading = [self.reading] if self.reading and self.task != "classes" else []
        return warnings_first([*leak, *told[:place], *beside, *told[place:], *self._of_copies(), *reading])

    def _of_copies(self):
        """What copies with other numbers or labels take away from every model."""
        report = self.contradictions
        if report is None:
            return []
        if not len(report):
            return [report.noise] if report.noise else []
        first, *others = report.verdict()
        return [f"{WARNING if report.share >= MANY else ''}{first}", *others]

    @cached_property
    def _shortcut(self):
        return beside_shortcut(self.shortcuts, self)

    def _to_take_home(self):
        return self, None, ()

    def to_frame(self) -> pd.DataFrame:
        """Return :meth:`scores` of all metrics: mean, standard error and interval."""
        return self.scores()

    def plot(self, ax=None, *, metric: str | None = None):
        """Draw the scores, :class:`~seqaug_sklearn.plotting.ScoreDotsDisplay`.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.
        metric : str, default=None
            Metric to draw; that of the verdict by default.
        """
        return score_dots(self, self.headline_metric(metric), ax)

    def sections(self, *, metric: str | None = None) -> list:
        """Tables and figures as :class:`~seqaug_sklearn.evaluation.Section` objects, for :func:`write_report`."""
        found = [*sections(self, self.headline_metric(metric)), *shortcut_section(self.shortcuts)]
        return sorted(found, key=lambda section: section.folded)

    def to_html(
        self, path: str | Path, *, title: str | None = None, metric: str | None = None, treatment: str | None = None
    ) -> Path:
        """Write the page.

        Parameters
        ----------
        path : path
            A name that ends in ``.html`` is written as this one file, replaced in one step. Anything else is a folder:
            ``report.html``, ``tables`` and ``figures``.
        title : str, default=None
            Heading.
        metric, treatment : str, default=None
            As in :meth:`verdict`.

        Returns
        -------
        pathlib.Path
        """
        verdict = self.verdict(metric=metric, treatment=treatment)
        return self._write(path, title or self._title, verdict, self.sections(metric=metric), settings=self.settings)

    def to_csv(self, folder: str | Path) -> list[Path]:
        """Write folds, summary, tests, hardest rows, and each estimator's predictions and confusion counts.

        Of numbers and labels there are no confusion counts; of several a table of their scores is written instead.

        Parameters
        ----------
        folder : path
            Made where it is missing; files of the same names are replaced.

        Returns
        -------
        list of pathlib.Path
        """
        if not str(folder).strip():
            raise OutputFolderError("the name of the folder to write to is empty; give one, for example 'tables'")
        folder = Path(folder)
        with explained(folder, OutputFolderError):
            folder.mkdir(parents=True, exist_ok=True)
        metric = self.headline_metric()
        tables = {"folds": self.folds.set_index("estimator"), "summary": self.scores(), "hardest": self.hardest()}
        tables[f"tests {metric}"] = self.tests(metric=metric)
        for name in self.estimators:
            tables[f"predictions {name}"] = self.predictions(name).set_index("row")
            if self.task == "classes":
                tables[f"confusion {name}"] = self.confusion_matrix(name)
        if len(self.target_names) > 1:
            tables[f"targets {metric}"] = self.per_target(metric)
        paths: list[Path] = []
        for name, table in tables.items():
            paths.append(folder / file_name(name, "csv", {p.name for p in paths}))
            with replaced_file(paths[-1], text=True) as file:
                table.to_csv(file)
        return paths
