"""What is said of models that are compared with a reference: which are better, by how much, and what is unclear."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.evaluation._metrics import ERROR_METRICS
from seqaug_sklearn.reporting import p_equals

__all__ = [
    "CANNOT_SHOW",
    "METRIC_NAMES",
    "OfPair",
    "Span",
    "gains",
    "limits",
    "name_of",
    "outcome",
    "same_answers",
    "signed",
    "span_of",
    "tell_pair",
    "tell_treatments",
]

METRIC_NAMES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "precision_macro": "macro precision",
    "recall_macro": "macro recall",
    "f1_macro": "macro F1",
    "precision_weighted": "weighted precision",
    "recall_weighted": "weighted recall",
    "f1_weighted": "weighted F1",
    "mcc": "Matthews correlation",
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "neg_log_loss": "negative log-loss",
    "neg_brier_score": "negative Brier score",
    "spearman": "Spearman correlation",
    "pearson": "Pearson correlation",
    "r2": "R²",
    "neg_rmse": "negative root mean squared error",
    "neg_mae": "negative mean absolute error",
    "spearman_within": "Spearman correlation within groups",
}
"""Names of metrics in running text."""
_SAME_FIGURE = 0.015
"""Figures with two digits that differ by less are one figure."""
CANNOT_SHOW = "cannot show a difference below"
"""What a sentence says that names the smallest difference the data can show."""
LARGE = 0.1
"""A difference that users would wish to know of; where only larger ones can be shown, it is said."""


def outcome(row: pd.Series) -> str:
    """``"better"``, ``"worse"`` or ``"unclear"``, by the adjusted test."""
    if not row["p_value_holm"] < 0.05:
        return "unclear"
    return "better" if row["difference"] > 0 else "worse"


class Span(NamedTuple):
    """Differences between two models, in the unit of a metric.

    Attributes
    ----------
    widest : float
        Largest that there can be where none is worse than chance.
    large : float
        One that users would wish to know of.
    """

    widest: float
    large: float = LARGE


def span_of(comparison: JudgedComparison, metric: str) -> Span:
    """Which differences there can be between two models, and which are large."""
    if comparison.task == "number":
        if metric not in ERROR_METRICS:
            return Span(1.0)
        # from the error of always answering the mean to none, in a unit of the user's own
        widest = abs(comparison.chance_of(metric))
        return Span(widest, LARGE * widest)
    even = 0.5 if comparison.task == "labels" else comparison.chance()["uniform"]
    if metric in ("accuracy", "balanced_accuracy"):
        return Span(1 - even)
    # equal probabilities of all classes score (1/K - 1) / 2, and a right answer for certain scores 0
    return Span({"auroc": 0.5, "neg_log_loss": np.inf, "neg_brier_score": (1 - even) / 2}.get(metric, 1.0))


def same_answers(comparison: JudgedComparison, name: str, other: str) -> bool:
    """Whether two models give the same answer for every test row: what is then left of a difference is none."""
    both = comparison.shared(name, other)
    pairs = zip(both.rows[name], both.rows[other], strict=True)
    return all(np.array_equal(one.predicted, two.predicted) for one, two in pairs)


def gains(differences: pd.Series) -> str:
    """Names and how much each gained: a helped model may still be worse than another."""
    return "; ".join(f"{name} {signed(value)}" for name, value in differences.items())


def tell_treatments(pairs, treatment, span, why_not, same, expected, score: str = "") -> list[str]:
    """One sentence for all treatments together, so that the first sentence of a verdict is the whole answer.

    ``score`` names what was raised or lowered; without, it is said that the treatment helped or did harm.
    """
    if not len(pairs) or not treatment:
        return []
    if isinstance(treatment, str):
        treatment = {treatment: list(pairs.index)}
    chosen = {name: pairs.loc[[e for e in members if e in pairs.index]] for name, members in treatment.items()}
    chosen = {name: rows for name, rows in chosen.items() if len(rows)}
    unclear = [name for name, rows in chosen.items() if {*rows.apply(outcome, axis=1)} == {"unclear"}]
    told = [_found(rows, name, why_not, score) for name, rows in chosen.items() if name not in unclear]
    if unclear:
        rows = pd.concat([chosen[name] for name in unclear])
        alike = {*rows.index} <= same and not rows["difference"].any()
        treatments = "; ".join(unclear)
        told.append(
            f"{treatments}: no difference, the answers are the same in every row."
            if alike
            else _inconclusive(treatments, rows, span, expected)
        )
    return [" ".join(told)] if told else []


def _found(rows, treatment, why_not, score):
    outcomes = rows.apply(outcome, axis=1)
    better, worse = ([*rows.index[outcomes == kind]] for kind in ("better", "worse"))
    n = len(rows)
    words = ("scored higher", "scored lower") if why_not else ("helped", "did harm")
    if score and not why_not:
        words = (f"raised the {score}", f"lowered the {score}")
    told = [
        f"{word} in {len(names)} of {n} comparisons ({gains(rows.loc[names, 'difference'])})"
        for word, names in zip(words, (better, worse), strict=True)
        if names
    ]
    none = "" if better or why_not else " and was shown to help in none"
    return f"{treatment} {' and '.join(told)}{none}.{why_not}"


def _inconclusive(treatments, rows, span, expected):
    """What could not be shown, and between what it lies."""
    between = f"{signed(rows['low_holm'].min())} and {signed(rows['high_holm'].max())}"
    if not np.isfinite(rows["low_holm"]).any():
        return f"{treatments}: inconclusive; there are too few groups to conclude anything."
    if len(rows) == 1:
        told = f"{treatments}: inconclusive, the true difference lies between {between}"
    else:
        told = f"{treatments}: inconclusive in {len(rows)} comparisons, the true differences lie between {between}"
    limit = limits(rows["detectable"], span.widest, expected, span.large)
    return f"{told}{'; ' + limit if limit else ''}."


def limits(
    detectable: pd.Series, span: float, expected: Callable[[int], float] | None = None, large: float = LARGE
) -> str:
    """What a comparison cannot show, in words; empty where that is small.

    One figure is what counts; where another one was named beforehand, it is said why it differs.

    Parameters
    ----------
    detectable : Series of float
        Smallest differences that the tests would find.
    span : float
        Largest difference that there can be.
    expected : callable, default=None
        Which difference a number of comparisons could be expected to show, from the size of the data alone.
    large : float, default=0.1
        Difference that users would wish to know of; where a smaller one can be shown, nothing is said.
    """
    smallest = detectable.dropna()
    if not len(smallest) or smallest.min() < min(large, span):
        return ""
    if smallest.min() >= span:
        return "these data cannot show any difference"
    told, found = f"these data {CANNOT_SHOW} {smallest.min():.2f}", smallest.min()
    if expected is None:
        return told
    before = expected(1)
    if not before < span or abs(found - before) < _SAME_FIGURE:
        return told
    # more comparisons than one ask for more; what they do not explain is that these models agree less, or more
    why = "several comparisons are made"
    if len(smallest) == 1 or found > expected(len(smallest)) + _SAME_FIGURE or found < before:
        why = f"these models vary {'more' if found > before else 'less'}"
    return f"{told} with power 0.8 ({before:.2f} was expected for one comparison, but {why})"


class OfPair(str):
    """The sentence on a model and the one it is compared with.

    Attributes
    ----------
    model : str
        The first of both.
    differ : bool
        Whether one is shown to be better.
    """

    model: str
    differ: bool

    def __new__(cls, text, model, differ):
        sentence = super().__new__(cls, text)
        sentence.model, sentence.differ = model, differ
        return sentence

    def __getnewargs__(self):
        return str(self), self.model, self.differ


def tell_pair(name, row, metric, span, same) -> OfPair:
    """One sentence of a model and the one it is compared with."""
    is_same = same and row["difference"] == 0
    return OfPair(_pair(name, row, metric, span, is_same), name, not is_same and outcome(row) != "unclear")


def _pair(name, row, metric, span, is_same):
    result = outcome(row)
    if is_same:
        return f"{name} and {row['reference']} give the same answer in every row ({name_of(metric)} {row['mean']:.3f})."
    scores = f"{name_of(metric)} {row['mean']:.3f} against {row['reference_mean']:.3f}"
    adjusted = f", adjusted {p_equals(row['p_value_holm'])}" if np.isfinite(row["p_value_holm"]) else ""
    if result == "unclear":
        if not np.isfinite(row["low_holm"]):
            return (
                f"{name} against {row['reference']} is inconclusive: {scores}, and too few groups to conclude anything."
            )
        limit = limits(pd.Series([row["detectable"]]), span.widest, large=span.large)
        return (
            f"{name} against {row['reference']} is inconclusive: the true difference lies between "
            f"{signed(row['low_holm'])} and {signed(row['high_holm'])} ({scores}{adjusted})"
            f"{'; ' + limit if limit else ''}."
        )
    return (
        f"{name} is {result} than {row['reference']}: {scores} (difference {signed(row['difference'])}, 95 % interval "
        f"{signed(row['low'])} to {signed(row['high'])}{adjusted})."
    )


def signed(value: float) -> str:
    """Return it with a sign that is a minus, not a hyphen; no -0.000."""
    return f"{round(value, 3) + 0.0:+.3f}".replace("-", "−")


def name_of(metric: str) -> str:
    """Name of a metric in running text."""
    return METRIC_NAMES.get(metric, metric)
