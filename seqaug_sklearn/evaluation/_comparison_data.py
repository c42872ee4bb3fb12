"""What a comparison kept of its folds: predictions, groups, and what can be read off them without a test."""

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._lineage_warnings import Finding
from seqaug_sklearn.evaluation._metrics import FoldRows, squared_errors
from seqaug_sklearn.evaluation._statistics import calibration_error
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import ShortcutReport

__all__ = ["ComparisonData"]


@dataclass(repr=False)
class ComparisonData:
    """Scores and predictions of every fold; ``Comparison``, which it is the base of, describes the attributes."""

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
    lineage: Finding = field(default_factory=Finding)
    shortcuts: ShortcutReport | None = None
    unrelated: bool = False
    unfitted: dict[str, Any] = field(default_factory=dict)

    def __repr__(self):
        names = [name if len(name) <= 30 else f"{name[:29]}…" for name in self.estimators]
        shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        units = "rows"
        if self.group_names is not None:
            units = "groups" if self.groups.ndim == 1 else "pairs"
        return (
            f"<Comparison of {shown}: {len(self.labels)} rows, {len(self.classes)} classes, {len(self.test_rows)} "
            f"folds, {units} as units; see scores(), tests(), verdict(), fit_best(), to_html()>"
        )

    @property
    def estimators(self) -> list[str]:
        """Names, in the order given."""
        return list(self.rows)

    @property
    def repeats(self) -> dict[str, int]:
        """How often each estimator went through all folds."""
        return self.folds.groupby("estimator")["repeat"].nunique().loc[self.estimators].to_dict()

    def shared(self, *estimators: str) -> "ComparisonData":
        """Return these estimators alone, with the repeats that all of them have."""
        n_folds = min(len(self.rows[name]) for name in estimators)
        # folds come repeat by repeat, so what all have is the beginning
        if n_folds == len(self.test_rows):
            return self
        n_repeats = min(self.repeats[name] for name in estimators)
        wanted = self.folds["estimator"].isin(estimators) & (self.folds["repeat"] < n_repeats)
        cut = {
            "folds": self.folds[wanted],
            "rows": {name: self.rows[name][:n_folds] for name in estimators},
            "test_rows": self.test_rows[:n_folds],
        }
        return ComparisonData(**{f.name: getattr(self, f.name) for f in fields(ComparisonData)} | cut)

    @property
    def n_groups(self) -> int:
        """Groups among the test rows: the independent pieces of evidence. Of pairs: members of the side with fewer."""
        tested = self.groups[np.concatenate(self.test_rows)]
        return min(len(np.unique(column)) for column in tested.reshape(len(tested), -1).T)

    def chance(self) -> dict[str, float]:
        """Accuracy without learning: ``majority`` (always the commonest training class) and ``uniform``."""
        majority = self.folds["majority_accuracy"].mean()
        return {"majority": float(majority), "uniform": 1 / len(self.classes)}

    def chance_of(self, metric: str) -> float:
        """Score without learning, what verdicts, tables and figures call chance.

        Parameters
        ----------
        metric : str
            Name of the score.

        Returns
        -------
        float
            Of accuracy that of the better of two ways, always answering the commonest training class and drawing
            classes evenly; of balanced accuracy one divided by the number of classes, which both have. NaN for other
            scores.
        """
        ways = {"accuracy": max(self.chance().values()), "balanced_accuracy": 1 / len(self.classes)}
        return ways.get(metric, float("nan"))

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
        test_rows = self.test_rows[: len(folds)]
        places = self.folds.loc[self.folds["estimator"] == estimator, ["repeat", "fold"]].to_numpy()
        row = np.concatenate(test_rows)
        frame = pd.DataFrame(np.repeat(places, [len(r) for r in test_rows], axis=0), columns=["repeat", "fold"])
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

    def calibration(self) -> pd.DataFrame:
        """Whether probabilities mean what they say: of all rows that get .8, 80 % should be of that class.

        Returns
        -------
        DataFrame
            Index: estimator. Over the test rows of the first repeat, all folds together: ``brier`` (mean squared
            distance of probabilities and outcomes, halved; between 0 and 1), ``calibration_error`` (see
            :func:`~seqaug_sklearn.evaluation.calibration_error`) and ``n``, the number of rows. NaN where an estimator
            gives no probabilities.
        """
        records = {name: self._calibration_of(name) for name in self.estimators}
        columns = ["brier", "calibration_error", "n"]
        return pd.DataFrame.from_dict(records, orient="index", columns=columns).rename_axis("estimator")

    def confusion_matrix(self, estimator: str) -> pd.DataFrame:
        """Counts over all folds and repeats: true classes in rows, predicted classes in columns."""
        counts = np.zeros((len(self.classes), len(self.classes)), int)
        for fold in self.rows[self._check_estimator(estimator)]:
            np.add.at(counts, (fold.true, fold.predicted), 1)
        labels = [pd.Index(self.classes, name=name) for name in ("true", "predicted")]
        return pd.DataFrame(counts, index=labels[0], columns=labels[1])

    def hardest(self, n: int = 10) -> pd.DataFrame:
        """Rows that most estimators get wrong, lookups left out where there are others.

        Parameters
        ----------
        n : int, default=10
            Number of rows.

        Returns
        -------
        DataFrame
            Columns ``row``, ``identifier`` and ``group`` where there are some, ``label``, ``misclassified`` (share of
            the predictions, a mean over the estimators), ``true_probability`` (mean over the estimators that give one),
            ``most_predicted``.
        """
        names = [name for name in self.estimators if name not in self.memorisers] or self.estimators
        frame = pd.concat([self._verdict_per_row(name).assign(estimator=name) for name in names], ignore_index=True)
        # one vote for each estimator, however often it was repeated
        of_each = frame.groupby(["estimator", "row"])[["misclassified", "true_probability"]].mean()
        table = of_each.groupby("row").mean()
        share = 1 / frame.groupby(["estimator", "row"])["predicted"].transform("size")
        guesses = share.groupby([frame["row"], frame["predicted"]]).sum().round(9).rename("count").reset_index()
        guesses = guesses.sort_values(["count", "predicted"], ascending=[False, True]).drop_duplicates("row")
        table["most_predicted"] = self.classes[guesses.set_index("row").loc[table.index, "predicted"]]
        order = ["misclassified", "true_probability", "row"]
        return self._name_rows(table.sort_values(order, ascending=[False, True, True]).head(n))

    def headline_metric(self, metric: str | None = None) -> str:
        """``metric`` checked, or accuracy, or the first metric there is."""
        if metric is None:
            return "accuracy" if "accuracy" in self.metrics else self.metrics[0]
        return self._check_metric(metric)

    def _calibration_of(self, name):
        # repeats test the same rows again, and come one after another
        n_folds = int((self.folds.loc[self.folds["estimator"] == name, "repeat"] == 0).sum())
        folds = self.rows[name][:n_folds]
        true = np.concatenate([fold.true for fold in folds])
        if not all(fold.probability for fold in folds):
            return np.nan, np.nan, len(true)
        probabilities = np.concatenate([fold.scores for fold in folds])
        # what a user's own predict_proba gives need be none; a comparison goes on without
        if not ((probabilities >= 0) & (probabilities <= 1)).all():
            return np.nan, np.nan, len(true)
        return float(squared_errors(probabilities, true).mean()), calibration_error(probabilities, true), len(true)

    def _check_estimator(self, name):
        if name not in self.rows:
            raise DataFormatError(f"no estimator {name!r} in this comparison; there are {self.estimators}")
        return name

    def _check_metric(self, metric):
        if metric not in self.metrics:
            raise DataFormatError(f"metric {metric!r} was not scored; there are {list(self.metrics)}")
        return metric

    def _verdict_per_row(self, name):
        frames = []
        for fold, test in zip(self.rows[name], self.test_rows, strict=False):  # it may have fewer repeats
            of_true = np.full(len(test), np.nan)
            if fold.scores is not None and fold.probability:
                of_true = fold.scores[np.arange(len(test)), fold.true]
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
