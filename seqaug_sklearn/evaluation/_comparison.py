"""What a comparison found: scores, intervals, tests, predictions, and the sentences that follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation import _inference as inference
from seqaug_sklearn.evaluation._metrics import RANK_METRICS, FoldRows
from seqaug_sklearn.evaluation._statistics import holm
from seqaug_sklearn.exceptions import DataFormatError, OutputFolderError
from seqaug_sklearn.utils import explained, replaced_file

__all__ = ["Comparison"]


@dataclass(repr=False)
class Comparison:
    """Result of :func:`~seqaug_sklearn.evaluation.compare`.

    Attributes
    ----------
    folds : DataFrame
        One row per estimator, repeat and fold: sizes, what the split shares, metrics, seconds. ``majority_accuracy`` is
        the accuracy of always answering the commonest training class; ``n_untrained_class`` counts test rows whose
        class has no training row (nobody can get them right); ``n_shared_groups`` and ``n_identical_rows`` count test
        groups (of pairs: members) and test rows that are in the training rows too. Of pairs, ``n_known_first``,
        ``n_known_second`` and ``n_known_pairs`` count test pairs whose first, second or both members training knows.
    classes : ndarray of shape (n_classes,)
        Labels, sorted.
    labels : int ndarray of shape (n_samples,)
        Class index of each row of the data.
    groups : int ndarray of shape (n_samples,) or (n_samples, 2)
        Group index of each row of the data, or indices of both members of each pair.
    group_names : ndarray or None
        Name of each group; None where no groups were given and each row is its own.
    identifiers : pandas.Index or None
        Identifiers of the rows, where X had some.
    rows : dict of str to list of FoldRows
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
    """

    folds: pd.DataFrame
    classes: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    group_names: np.ndarray | None
    identifiers: Any
    rows: dict[str, list[FoldRows]]
    test_rows: list[np.ndarray]
    partners: dict[str, str]
    memorisers: tuple[str, ...]
    metrics: tuple[str, ...]
    seed: int
    kept: dict[tuple[str, int, int], pd.DataFrame] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    positions: bool = False
    _found: dict = field(default_factory=dict, repr=False)

    def __repr__(self):
        names = [name if len(name) <= 30 else f"{name[:29]}…" for name in self.estimators]
        shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        units = "rows" if self.group_names is None else "groups" if self.groups.ndim == 1 else "pairs"
        return (
            f"<Comparison of {shown}: {len(self.labels)} rows, {len(self.classes)} classes, {len(self.test_rows)} "
            f"folds, {units} as units; see summary(), tests(), verdict(), to_html()>"
        )

    @property
    def estimators(self) -> list[str]:
        """Names, in the order given."""
        return list(self.rows)

    @property
    def n_groups(self) -> int:
        """Groups among the test rows: the independent pieces of evidence. Of pairs: members of the side with fewer."""
        tested = self.groups[np.concatenate(self.test_rows)]
        return min(len(np.unique(column)) for column in tested.reshape(len(tested), -1).T)

    def chance(self) -> dict[str, float]:
        """Accuracy without learning: ``majority`` (always the commonest training class) and ``uniform``."""
        majority = self.folds["majority_accuracy"].mean()
        return {"majority": float(majority), "uniform": 1 / len(self.classes)}

    def summary(self, metric: str | None = None, *, level: float = 0.95, n_resamples: int = 1000) -> pd.DataFrame:
        """Mean over folds, standard error over folds, and a bootstrap interval by group.

        The standard error treats folds as independent, which they are not (they share training rows). The interval
        draws whole groups (of pairs: members of both sides) with replacement and keeps the fitted models, so it says
        how far other test groups would move the score, not how far other training data would.

        Parameters
        ----------
        metric : str, default=None
            One metric, or all of them. Intervals of ``auroc`` and ``auprc`` take long with many classes and are
            computed only where the metric is named; those of scikit-learn scorers are NaN.
        level : float, default=0.95
            Coverage of the interval.
        n_resamples : int, default=1000
            Bootstrap resamples.

        Returns
        -------
        DataFrame
            Index: estimator, or estimator and metric. Columns ``mean``, ``standard_error``, ``low``, ``high``.
        """
        names = self.metrics if metric is None else (self._check_metric(metric),)
        weights = inference.group_weights(self, n_resamples)
        records = {
            (name, m): inference.summarise(self, name, m, weights if metric or m not in RANK_METRICS else None, level)
            for name in self.estimators
            for m in names
        }
        frame = pd.DataFrame.from_dict(records, orient="index", columns=["mean", "standard_error", "low", "high"])
        frame.index = pd.MultiIndex.from_tuples(frame.index, names=["estimator", "metric"])
        return frame if metric is None else frame.droplevel("metric")

    def tests(
        self,
        reference: str | dict[str, str] | None = None,
        metric: str = "accuracy",
        *,
        level: float = 0.95,
        n_resamples: int = 1000,
        n_permutations: int = 1000,
    ) -> pd.DataFrame:
        """Compare each estimator with its reference, and with chance.

        Parameters
        ----------
        reference : str or dict of str to str, default=None
            One reference for all, or the partner of each; by default what ``compare`` was given.
        metric : str, default="accuracy"
            Metric to test.
        level : float, default=0.95
            Coverage of the interval of the difference.
        n_resamples, n_permutations : int, default=1000
            Bootstrap resamples, random permutations.

        Returns
        -------
        DataFrame
            Index: estimator. Columns

            - ``reference``, ``mean``, ``reference_mean``, ``difference``, ``low``, ``high`` (bootstrap by group);
            - ``p_corrected_t``: corrected resampled t-test over folds, the one to read; ``p_student``: the paper's
              t-test on the same scores, too optimistic because folds share rows;
            - ``p_permutation``: predictions of the two swapped group by group (of pairs: member by member of one
              side, the larger p-value of the two sides); it ignores the luck of training;
            - ``p_corrected_t_holm``, ``p_permutation_holm``: adjusted for the number of estimators;
            - ``detectable``: smallest true difference that the corrected t-test would find with power 0.8;
            - ``p_chance``: labels permuted between groups (blocks of one group and label) against the predictions.
        """
        self._check_metric(metric)
        partners = self._partners(reference)
        weights = inference.group_weights(self, n_resamples)
        records = {}
        for name in self.estimators:
            pair, chance = (
                (name, partners.get(name), metric, level, n_resamples, n_permutations),
                (name, metric, n_permutations),
            )
            if pair not in self._found:  # verdict and report ask for the same tests again
                self._found[pair] = inference.compare_pair(self, *pair[:4], weights, n_permutations)
            if chance not in self._found:
                self._found[chance] = inference.chance_p(self, *chance)
            records[name] = self._found[pair] | {"p_chance": self._found[chance]}
        frame = pd.DataFrame.from_dict(records, orient="index").rename_axis("estimator")
        for column in ("p_corrected_t", "p_permutation"):
            frame.insert(frame.columns.get_loc(column) + 1, f"{column}_holm", holm(frame[column]))
        return frame

    def predictions(self, estimator: str, *, scores: bool = True) -> pd.DataFrame:
        """Test predictions of one estimator, one row per prediction.

        Parameters
        ----------
        estimator : str
            Name.
        scores : bool, default=True
            Add a column ``score_<class>`` per class (probabilities, or decision values), where there are scores.

        Returns
        -------
        DataFrame
            Columns ``repeat, fold, row``, ``identifier`` and ``group`` (of pairs: ``first_member, second_member``)
            where there are some, ``y_true, y_pred``.
        """
        folds = self.rows[self._check_estimator(estimator)]
        places = self._places().to_numpy()
        row = np.concatenate(self.test_rows)
        frame = pd.DataFrame(np.repeat(places, [len(r) for r in self.test_rows], axis=0), columns=["repeat", "fold"])
        frame["row"] = row
        if self.identifiers is not None:
            frame["identifier"] = self.identifiers[row]
        for column, values in self._named_groups(row).items():
            frame[column] = values
        frame["y_true"] = self.classes[self.labels[row]]
        frame["y_pred"] = self.classes[np.concatenate([f.predicted for f in folds])]
        if scores and all(f.scores is not None for f in folds):
            columns = [f"score_{c}" for c in self.classes]
            frame = frame.join(pd.DataFrame(np.concatenate([f.scores for f in folds]), columns=columns))
        return frame

    def confusion_matrix(self, estimator: str) -> pd.DataFrame:
        """Counts over all folds and repeats: true classes in rows, predicted classes in columns."""
        counts = np.zeros((len(self.classes), len(self.classes)), int)
        for fold in self.rows[self._check_estimator(estimator)]:
            np.add.at(counts, (fold.true, fold.predicted), 1)
        labels = [pd.Index(self.classes, name=name) for name in ("true", "predicted")]
        return pd.DataFrame(counts, index=labels[0], columns=labels[1])

    def hardest(self, n: int = 10) -> pd.DataFrame:
        """Rows that most estimators get wrong, memorisers left out where there are others.

        Parameters
        ----------
        n : int, default=10
            Number of rows.

        Returns
        -------
        DataFrame
            Columns ``row``, ``identifier`` and ``group`` where there are some, ``label``, ``misclassified`` (share of
            all predictions), ``true_probability`` (mean over the estimators that give one), ``most_predicted``.
        """
        names = [name for name in self.estimators if name not in self.memorisers] or self.estimators
        frame = pd.concat([self._verdict_per_row(name) for name in names], ignore_index=True)
        table = frame.groupby("row")[["misclassified", "true_probability"]].mean()
        guesses = frame.groupby(["row", "predicted"]).size().rename("count").reset_index()
        guesses = guesses.sort_values(["count", "predicted"], ascending=[False, True]).drop_duplicates("row")
        table["most_predicted"] = self.classes[guesses.set_index("row").loc[table.index, "predicted"]]
        order = ["misclassified", "true_probability", "row"]
        return self._name_rows(table.sort_values(order, ascending=[False, True, True]).head(n))

    def verdict(
        self, *, metric: str | None = None, treatment: str | Mapping[str, list[str]] | None = None
    ) -> list[str]:
        """What to believe, and why, in plain sentences: warnings first, then the answer, then what it rests on.

        Sentences that begin with "Warning: " say what would make the answer worthless, such as a lookup of the nearest
        training sequence that scores as high as the best model.

        Parameters
        ----------
        metric : str, default=None
            Metric to judge by; accuracy, or the first one there is.
        treatment : str or dict of str to list of str, default=None
            What the estimators with a reference have more than it, for example ``"Windows"``; or several such
            treatments, each with the names of its estimators.

        Returns
        -------
        list of str
        """
        from seqaug_sklearn.evaluation._verdict import sentences, warnings_first

        return warnings_first(sentences(self, self.headline_metric(metric), treatment))

    def headline_metric(self, metric: str | None = None) -> str:
        """``metric`` checked, or accuracy, or the first metric there is."""
        if metric is None:
            return "accuracy" if "accuracy" in self.metrics else self.metrics[0]
        return self._check_metric(metric)

    def sections(self, *, metric: str | None = None) -> list:
        """Tables and figures as :class:`~seqaug_sklearn.evaluation.Section` objects, for :func:`write_report`."""
        from seqaug_sklearn.evaluation._comparison_report import sections

        return sections(self, self.headline_metric(metric))

    def to_html(
        self, path: str | Path, *, title: str = "Comparison", metric: str | None = None, treatment: str | None = None
    ) -> Path:
        """Write one self-contained HTML file.

        Parameters
        ----------
        path : path
            File; replaced in one step.
        title : str, default="Comparison"
            Heading.
        metric, treatment : str, default=None
            As in :meth:`verdict`.

        Returns
        -------
        pathlib.Path
        """
        from seqaug_sklearn.evaluation._report import write_page

        verdict = self.verdict(metric=metric, treatment=treatment)
        return write_page(
            path, title=title, verdict=verdict, sections=self.sections(metric=metric), settings=self.settings
        )

    def to_csv(self, folder: str | Path) -> list[Path]:
        """Write folds, summary, tests, hardest rows, and each estimator's predictions and confusion counts.

        Parameters
        ----------
        folder : path
            Made where it is missing; files of the same names are replaced.

        Returns
        -------
        list of pathlib.Path
        """
        from seqaug_sklearn.evaluation._report import file_name

        if not str(folder).strip():
            raise OutputFolderError("the name of the folder to write to is empty; give one, for example 'tables'")
        folder = Path(folder)
        with explained(folder, OutputFolderError):
            folder.mkdir(parents=True, exist_ok=True)
        metric = self.headline_metric()
        tables = {"folds": self.folds.set_index("estimator"), "summary": self.summary(), "hardest": self.hardest()}
        tables[f"tests {metric}"] = self.tests(metric=metric)
        for name in self.estimators:
            tables[f"predictions {name}"] = self.predictions(name).set_index("row")
            tables[f"confusion {name}"] = self.confusion_matrix(name)
        paths: list[Path] = []
        for name, table in tables.items():
            paths.append(folder / file_name(name, "csv", {p.name for p in paths}))
            with replaced_file(paths[-1], text=True) as file:
                table.to_csv(file)
        return paths

    def _check_estimator(self, name):
        if name not in self.rows:
            raise DataFormatError(f"no estimator {name!r} in this comparison; there are {self.estimators}")
        return name

    def _check_metric(self, metric):
        if metric not in self.metrics:
            raise DataFormatError(f"metric {metric!r} was not scored; there are {list(self.metrics)}")
        return metric

    def _partners(self, reference):
        if reference is None:
            return self.partners
        if isinstance(reference, str):
            reference = {name: reference for name in self.estimators if name != reference}
        for name in (*reference, *reference.values()):
            self._check_estimator(name)
        return dict(reference)

    def _places(self):
        return self.folds.loc[self.folds["estimator"] == self.estimators[0], ["repeat", "fold"]]

    def _verdict_per_row(self, name):
        frames = []
        for fold, test in zip(self.rows[name], self.test_rows, strict=True):
            of_true = fold.scores[np.arange(len(test)), fold.true] if fold.probability else np.full(len(test), np.nan)
            wrong = (fold.predicted != fold.true).astype(float)
            columns = {"row": test, "predicted": fold.predicted, "misclassified": wrong, "true_probability": of_true}
            frames.append(pd.DataFrame(columns))
        return pd.concat(frames, ignore_index=True)

    def _named_groups(self, row):
        """Columns that name the groups of rows."""
        if self.group_names is None:
            return {}
        found = self.group_names[self.groups[row]]
        if found.ndim == 1:
            return {"group": found}
        return dict(zip(("first_member", "second_member"), found.T, strict=True))

    def _name_rows(self, table):
        row = table.index.to_numpy()
        names = {"row": row}
        if self.identifiers is not None:
            names["identifier"] = self.identifiers[row]
        names |= self._named_groups(row)
        names["label"] = self.classes[self.labels[row]]
        return pd.concat([pd.DataFrame(names), table.reset_index(drop=True)], axis=1)
