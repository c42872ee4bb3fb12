"""What a comparison kept of its folds: predictions, groups, and what can be read off them without a test."""

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._lineage_warnings import Finding
from seqaug_sklearn.evaluation._metrics import HEADLINES, joined_rows, metrics_of, score_rows, squared_errors
from seqaug_sklearn.evaluation._statistics import calibration_error
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import ContradictionReport, ShortcutReport

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
    rows: dict[str, list[Any]]
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
    task: str = "classes"
    target_names: tuple[str, ...] = ("y",)
    reading: str = ""
    sequences: np.ndarray | None = None
    contradictions: ContradictionReport | None = None

    def __repr__(self):
        names = [name if len(name) <= 30 else f"{name[:29]}…" for name in self.estimators]
        shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        units = "rows"
        if self.group_names is not None:
            units = "groups" if self.groups.ndim == 1 else "pairs"
        return (
            f"<Comparison of {shown}: {len(self.labels)} rows, {self._what()}, {len(self.test_rows)} folds, {units} as "
            f"units; see scores(), tests(), verdict(), fit_best(), to_html()>"
        )

    def _what(self):
        """What was predicted, in a word or two."""
        many = len(self.target_names)
        if self.task == "classes":
            return f"{len(self.classes)} classes"
        if self.task == "labels":
            return f"{many} labels"
        return "numbers" if many == 1 else f"{many} numbers each"

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
        """Accuracy without learning: ``majority`` (always the commonest training class) and ``uniform``.

        Raises
        ------
        DataFormatError
            If numbers or several labels were predicted.
        """
        self._check_classes("chance", "chance_of(metric)")
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
            classes evenly; of balanced accuracy one divided by the number of classes, which both have. Of numbers that
            of always answering the mean of the training rows (of ``neg_mae`` their median); of labels that of the
            better of always answering what is commoner for each and of drawing evenly. NaN for other scores.
        """
        return self._chances().get(metric, float("nan"))

    def _chances(self):
        if self.task == "classes":
            return {"accuracy": max(self.chance().values()), "balanced_accuracy": 1 / len(self.classes)}
        if self.task == "labels":
            majority = max(self.folds["majority_accuracy"].mean(), 0.5)
            return {"auroc": 0.5, "accuracy": float(majority), "balanced_accuracy": 0.5}
        known = {fact: -float(self.folds[fact].mean()) for fact in ("mean_rmse", "median_mae") if fact in self.folds}
        renamed = {"neg_rmse": known.get("mean_rmse", np.nan), "neg_mae": known.get("median_mae", np.nan)}
        return dict.fromkeys(("spearman", "pearson", "spearman_within", "r2"), 0.0) | renamed

    def predictions(self, estimator: str, *, scores: bool = True) -> pd.DataFrame:
        """Test predictions of one estimator, one row per prediction.

        Parameters
        ----------
        estimator : str
            Name.
        scores : bool, default=True
            Add a column ``score_<class>`` per class (probabilities, or decision values), where there are scores; of
            labels one column ``score``.

        Returns
        -------
        DataFrame
            Columns ``repeat, fold, row``, ``identifier`` and ``group`` (of pairs: ``first_member, second_member``)
            where there are some, ``y_true, y_pred``. Of several targets or labels there is a row for each of them, with
            its name in ``target``; ``y_true`` is NaN where nothing is known.
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
        if self.task != "classes":
            return self._with_targets(frame, folds, scores)
        frame["y_true"] = self.classes[self.labels[row]]
        frame["y_pred"] = self.classes[np.concatenate([f.predicted for f in folds])]
        if scores and all(f.scores is not None for f in folds):
            columns = [f"score_{c}" for c in self.classes]
            frame = frame.join(pd.DataFrame(np.concatenate([f.scores for f in folds]), columns=columns))
        return frame

    def _with_targets(self, frame, folds, scores):
        """The frame of rows with what was to be predicted and the answers, target by target."""
        parts = {"y_true": [fold.true for fold in folds], "y_pred": [fold.predicted for fold in folds]}
        if scores and all(fold.scores is not None for fold in folds):
            parts["score"] = [fold.scores for fold in folds]
        columns = {name: np.concatenate(values) for name, values in parts.items()}
        frames = [
            frame.assign(**({"target": target} if len(self.target_names) > 1 else {})).assign(
                **{name: values[:, place] for name, values in columns.items()}
            )
            for place, target in enumerate(self.target_names)
        ]
        return pd.concat(frames, ignore_index=True)

    def pooled(self, metric: str | None = None) -> pd.DataFrame:
        """Score all test rows of a repeat together, beside the mean over folds.

        The two differ. A mean over folds asks whether each model ranks the rows that it was tested on; all rows
        together also ask whether the models of several folds answer on one scale, and rows of groups with high and low
        values are ranked against each other: knowing the group then scores. On the other hand a fold of few rows has no
        steady correlation of its own. The mean over folds is what verdicts and tests are about.

        Parameters
        ----------
        metric : str, default=None
            A score that is computed from predictions; the usual one by default.

        Returns
        -------
        DataFrame
            Index: estimator. ``pooled`` (mean over repeats), ``mean`` (over folds), ``difference``.

        Raises
        ------
        DataFormatError
            If there is no such score, or it is a scorer of whole folds.
        """
        metric = self.headline_metric(metric)
        if metric not in metrics_of(self.task):
            raise DataFormatError(f"{metric!r} scores whole folds; it cannot be had of all test rows together")
        found = {}
        for name in self.estimators:
            own = self.folds[self.folds["estimator"] == name]
            parts = [np.flatnonzero(own["repeat"] == repeat) for repeat in own["repeat"].unique()]
            together = [joined_rows([self.rows[name][i] for i in part]) for part in parts]
            pooled = np.mean([score_rows(rows, (metric,))[metric] for rows in together])
            found[name] = (pooled, own[metric].mean(), pooled - own[metric].mean())
        columns = ["pooled", "mean", "difference"]
        return pd.DataFrame.from_dict(found, orient="index", columns=columns).rename_axis("estimator")

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
        self._check_classes("calibration", "scores('neg_brier_score')" if self.task == "labels" else "scores()")
        records = {name: self._calibration_of(name) for name in self.estimators}
        columns = ["brier", "calibration_error", "n"]
        return pd.DataFrame.from_dict(records, orient="index", columns=columns).rename_axis("estimator")

    def confusion_matrix(self, estimator: str) -> pd.DataFrame:
        """Counts over all folds and repeats: true classes in rows, predicted classes in columns."""
        self._check_classes("confusion_matrix", "predictions(estimator)")
        counts = np.zeros((len(self.classes), len(self.classes)), int)
        for fold in self.rows[self._check_estimator(estimator)]:
            np.add.at(counts, (fold.true, fold.predicted), 1)
        labels = [pd.Index(self.classes, name=name) for name in ("true", "predicted")]
        return pd.DataFrame(counts, index=labels[0], columns=labels[1])

    def hardest(self, n: int = 10) -> pd.DataFrame:
        """Rows that most estimators get wrong, or furthest from right; lookups are left out where there are others.

        Parameters
        ----------
        n : int, default=10
            Number of rows.

        Returns
        -------
        DataFrame
            Columns ``row``, ``identifier`` and ``group`` where there are some, ``label``, ``misclassified`` (share of
            the predictions, a mean over the estimators), ``true_probability`` (mean over the estimators that give one),
            ``most_predicted``. Of numbers: ``y_true``, ``predicted`` (mean over the estimators) and ``error`` (mean of
            the absolute differences, of several targets each in units of its spread, and ``worst_target``); of labels
            ``misclassified`` (share of the known labels) and ``worst_target``.
        """
        names = [name for name in self.estimators if name not in self.memorisers] or self.estimators
        if self.task != "classes":
            return self._hardest_targets(names, n)
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
        """``metric`` checked, or the usual one (accuracy, of numbers Spearman, of labels AUROC), or the first."""
        if metric is None:
            usual = HEADLINES[self.task]
            return usual if usual in self.metrics else self.metrics[0]
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

    def _check_classes(self, what, instead):
        if self.task != "classes":
            raise DataFormatError(f"{what} is of classes, and {self._what()} were predicted here; see {instead}")

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

    def _hardest_targets(self, names, n):
        frames = [self.predictions(name, scores=False).assign(estimator=name) for name in names]
        frame = pd.concat(frames, ignore_index=True).dropna(subset="y_true")
        several = "target" in frame
        frame["error"] = (frame["y_true"] - frame["y_pred"]).abs()
        if self.task == "number" and several:
            spread = dict(zip(self.target_names, np.nanstd(self.labels, axis=0), strict=True))
            frame["error"] /= frame["target"].map(spread)
        by = ["row", "target"] if several else ["row"]
        # one vote for each estimator, however often it was repeated
        of_each = frame.groupby(["estimator", *by])[["y_true", "y_pred", "error"]].mean().groupby(by).mean()
        error = "misclassified" if self.task == "labels" else "error"
        table = of_each["error"].groupby("row").mean().rename(error).to_frame()
        if several:
            worst = of_each["error"].reset_index().sort_values(["error"], ascending=False, kind="stable")
            table["worst_target"] = worst.drop_duplicates("row").set_index("row")["target"]
        else:
            table.insert(0, "predicted", of_each["y_pred"])
            table.insert(0, "y_true", of_each["y_true"])
        return self._name_rows(table.sort_values([error, "row"], ascending=[False, True]).head(n))

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
        if self.task == "classes":
            names["label"] = self.classes[self.labels[row]]
        return pd.concat([pd.DataFrame(names), table.reset_index(drop=True)], axis=1)
