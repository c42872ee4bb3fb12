"""The sentences that follow from a comparison."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.reporting import joined, p_equals

__all__ = [
    "MEAN_NOTHING",
    "METRIC_NAMES",
    "WARNING",
    "above_chance",
    "headline",
    "leaks_by_itself",
    "limits",
    "outcome",
    "sentences",
    "span_of",
    "warnings_first",
]

WARNING = "Warning: "
"""How a sentence begins that says what would make the answer worthless."""

MEAN_NOTHING = "Differences between models mean nothing here."
"""How the sentence ends that says that nothing was learned."""

_MANY = 0.01
"""Share of contradicting rows from which the verdict begins with them."""

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
}
"""Names of metrics in running text."""

FEW_GROUPS = 10
"""With fewer groups than this, how much they vary is hardly known."""
LARGE = 0.1
"""A difference that somebody would wish to be told of; where only larger ones can be shown, it is said."""


def sentences(
    comparison: JudgedComparison,
    metric: str,
    treatment: str | Mapping[str, list[str]] | None,
    *,
    each_pair: bool = True,
    unrelated: bool = False,
    leaks: bool = False,
    contradictions: bool = True,
    shortcut: str = "",
) -> list[str]:
    """Build the verdict: the answer, one sentence per pair (unless a table says that), then what weakens it.

    ``unrelated`` says that an audit found no test row that shares sequence with a training row, ``leaks`` that it found
    some: nothing is then said to help; ``contradictions`` whether identical rows of two classes are told here;
    ``shortcut`` names a trivial thing that explains the classes: what scores lower may only have taken that away.
    :func:`warnings_first` puts them into the order in which they are to be read.
    """
    tests = comparison.tests(metric=metric)
    pairs = tests[tests["reference"].notna() & ~tests.index.isin(comparison.memorisers)]
    span = span_of(comparison, metric)
    leaks = leaks or leaks_by_itself(comparison)
    learned = _learned(comparison, tests, metric, leaks)
    told = [
        *_answers(pairs, treatment, span, _why_not(leaks, shortcut)),
        learned,
        *(_pair(name, row, metric, span) for name, row in pairs.iterrows() if each_pair),
    ]
    if learned.endswith(MEAN_NOTHING):
        # that is the answer, and no more is said of pairs of models
        limit = limits(pairs["detectable"], span) if treatment else ""
        limit = f"{limit[0].upper()}{limit[1:]}. " if limit else ""
        told = [f"{learned.removesuffix(MEAN_NOTHING)}{limit}{MEAN_NOTHING}"]
    return [*told, *_memorised(comparison, tests, metric, unrelated), *_split(comparison, contradictions)]


def warnings_first(lines: Sequence[str]) -> list[str]:
    """Put what would make the answer worthless before the answer; the order is kept otherwise."""
    return sorted(lines, key=lambda line: not line.startswith(WARNING))


def headline(lines: Sequence[str]) -> list[str]:
    """The leading warnings of a verdict, and its answer: what a reader must know who reads nothing else."""
    n_warnings = sum(1 for _ in itertools.takewhile(lambda line: line.startswith(WARNING), lines))
    return list(lines[: n_warnings + 1])


def outcome(row: pd.Series) -> str:
    """``"better"``, ``"worse"`` or ``"unclear"``, by the adjusted test."""
    if not row["p_value_holm"] < 0.05:
        return "unclear"
    return "better" if row["difference"] > 0 else "worse"


def span_of(comparison: JudgedComparison, metric: str) -> float:
    """Largest difference that there can be between two models, of which none is worse than guessing."""
    if metric in ("accuracy", "balanced_accuracy"):
        return 1 - comparison.chance()["uniform"]
    return {"auroc": 0.5, "neg_log_loss": np.inf}.get(metric, 1.0)


def leaks_by_itself(comparison: JudgedComparison) -> bool:
    """Whether the folds alone say that the scores may be memory: the same groups, pairs or rows on both sides."""
    facts = comparison.folds[comparison.folds["estimator"] == comparison.estimators[0]]
    if "n_shared_groups" in facts and not comparison.positions and (facts["n_shared_groups"] > 0).any():
        return True
    if "n_known_pairs" in facts and facts["n_known_pairs"].sum() > 0:
        return True
    return "n_identical_rows" in facts and facts["n_identical_rows"].sum() > 0.01 * facts["n_test"].sum()


def _why_not(leaks, shortcut):
    """Why a difference does not say what helps; empty where it does."""
    if leaks:
        return " The split leaks, so this does not say what helps with new sequences."
    if shortcut:
        return (
            f" {shortcut[0].upper()}{shortcut[1:]} explains the classes, and to score lower may be to see less of it."
        )
    return ""


def _answers(pairs, treatment, span, why_not):
    """One sentence for all treatments together, so that the first sentence of a verdict is the whole answer."""
    if not len(pairs) or not treatment:
        return []
    if isinstance(treatment, str):
        treatment = {treatment: list(pairs.index)}
    chosen = {name: pairs.loc[[e for e in members if e in pairs.index]] for name, members in treatment.items()}
    chosen = {name: rows for name, rows in chosen.items() if len(rows)}
    unclear = [name for name, rows in chosen.items() if {*rows.apply(outcome, axis=1)} == {"unclear"}]
    told = [_found(rows, name, why_not) for name, rows in chosen.items() if name not in unclear]
    if unclear:
        told.append(_inconclusive("; ".join(unclear), pd.concat([chosen[name] for name in unclear]), span))
    return [" ".join(told)]


def _found(rows, treatment, why_not):
    outcomes = rows.apply(outcome, axis=1)
    better, worse = ([*rows.index[outcomes == kind]] for kind in ("better", "worse"))
    n = len(rows)
    words = ("scored higher", "scored lower") if why_not else ("helped", "did harm")
    told = [
        f"{word} in {len(names)} of {n} comparisons ({joined(names)})"
        for word, names in zip(words, (better, worse), strict=True)
        if names
    ]
    none = "" if better or why_not else " and could be shown to help in none"
    return f"{treatment} {' and '.join(told)}{none}.{why_not}"


def _inconclusive(treatments, rows, span):
    """What could not be shown, and between what it lies."""
    between = f"{_signed(rows['low_holm'].min())} and {_signed(rows['high_holm'].max())}"
    if not np.isfinite(rows["low_holm"]).any():
        return f"{treatments}: inconclusive; there are too few groups to tell anything."
    if len(rows) == 1:
        told = f"{treatments}: inconclusive, the true difference lies between {between}"
    else:
        told = f"{treatments}: inconclusive in {len(rows)} comparisons, the true differences lie between {between}"
    limit = limits(rows["detectable"], span)
    return f"{told}{'; ' + limit if limit else ''}."


def limits(detectable: pd.Series, span: float) -> str:
    """What a comparison cannot show, in words; empty where that is small.

    Parameters
    ----------
    detectable : Series of float
        Smallest differences that the tests would find.
    span : float
        Largest difference that there can be.
    """
    smallest = detectable.dropna()
    if not len(smallest) or smallest.min() < min(LARGE, span):
        return ""
    if smallest.min() >= span:
        return "this data cannot show anything"
    return f"this data cannot show less than {smallest.min():.2f}"


def _learned(comparison, tests, metric, leaks):
    """Whether anything was learned at all."""
    models = tests.drop(index=list(comparison.memorisers)) if len(comparison.memorisers) < len(tests) else tests
    if models["mean"].isna().all():
        return f"No model gives what {_name(metric)} needs; judge by another metric."
    best = models["mean"].idxmax()
    row, chance = models.loc[best], comparison.chance()
    level = f" ({_name(metric)})"
    if metric in ("accuracy", "balanced_accuracy"):
        majority = f"the commonest class always scores {chance['majority']:.3f}, " if metric == "accuracy" else ""
        level = f" ({_name(metric)}; {majority}guessing {chance['uniform']:.3f})"
    if not np.isfinite(row["p_chance"]):
        return f"The best model is {best} with {row['mean']:.3f}{level}."
    interval = comparison.summary(metric).loc[best]
    told = f"95 % interval {interval['low']:.3f} to {interval['high']:.3f}"
    if above_chance(row) and leaks:
        memory = "the split leaks, so this may be memory"
        return f"The best model is {best} with {row['mean']:.3f}{level}; {memory} ({told})."
    if above_chance(row):
        return f"The best model is {best} with {row['mean']:.3f}{level}, above chance ({told})."
    many = f", and it is the best of {len(models)}" if row["p_chance"] < 0.05 and row["mean"] > row["chance"] else ""
    return (
        f"No model beats chance: the best, {best}, has {row['mean']:.3f}{level}, and {row['chance']:.3f} would be luck "
        f"({told}{many}). {MEAN_NOTHING}"
    )


def above_chance(row: pd.Series) -> bool:
    """Whether a model scores better than its answers would by chance, however many models it was picked from."""
    return bool(row["p_chance_best"] < 0.05 and row["mean"] > row["chance"])


def _pair(name, row, metric, span):
    result = outcome(row)
    scores = f"{_name(metric)} {row['mean']:.3f} against {row['reference_mean']:.3f}"
    adjusted = f", adjusted {p_equals(row['p_value_holm'])}" if np.isfinite(row["p_value_holm"]) else ""
    if result == "unclear":
        if not np.isfinite(row["low_holm"]):
            return f"{name} against {row['reference']} is inconclusive: {scores}, and too few groups to tell anything."
        limit = limits(pd.Series([row["detectable"]]), span)
        return (
            f"{name} against {row['reference']} is inconclusive: the true difference lies between "
            f"{_signed(row['low_holm'])} and {_signed(row['high_holm'])} ({scores}{adjusted})"
            f"{'; ' + limit if limit else ''}."
        )
    return (
        f"{name} is {result} than {row['reference']}: {scores} (difference {row['difference']:+.3f}, 95 % interval "
        f"{row['low']:+.3f} to {row['high']:+.3f}{adjusted})."
    )


def _signed(value):
    """With a sign that is a minus, not a hyphen; no -0.000."""
    return f"{round(value, 3) + 0.0:+.3f}".replace("-", "−")


def _memorised(comparison, tests, metric, unrelated):
    """Whether looking up the nearest training sequence does as well as the models."""
    models = tests.drop(index=list(comparison.memorisers))
    if models["mean"].isna().all():
        return
    best = models["mean"].idxmax()
    for name in comparison.memorisers:
        against = comparison.tests({best: name}, metric).loc[best]
        score, model = against["reference_mean"], f"({best}, {against['mean']:.3f})"
        if not above_chance(tests.loc[name]):
            yield f"{name}, which only looks up the most similar training sequence, is at chance ({score:.3f})."
        elif not above_chance(tests.loc[best]):
            continue  # no model has a score that could be memory
        elif against["difference"] <= 0:
            yield _warn(name, f"scores {score:.3f}, as high as the best model {model}", unrelated)
        elif not against["low"] > 0:
            yield _warn(name, f"scores {score:.3f} and cannot be told apart from the best model {model}", unrelated)


def _warn(name, finding, unrelated):
    told = f"{WARNING}{name}, which only looks up the most similar training sequence, {finding}."
    if unrelated:
        return f"{told} No test row shares a long run with a training row, so a short motif in common may decide."
    return (
        f"{told} The score may measure near-copies of test sequences among the training sequences rather than "
        "learning; check the split for leaks."
    )


def _split(comparison, contradictions):
    """What the folds themselves take away from the result."""
    facts = comparison.folds[comparison.folds["estimator"] == comparison.estimators[0]]
    n_folds, n_test = len(facts), int(facts["n_test"].sum())
    if "n_known_pairs" in facts:
        first, second, both = (int(facts[f"n_known_{which}"].sum()) for which in ("first", "second", "pairs"))
        if first or second:
            yield (
                f"{WARNING + 't' if both else 'T'}raining knows the first member of {first} of {n_test} test pairs, "
                f"the second of {second}, and both of {both}."
            )
    elif "n_shared_groups" in facts and (facts["n_shared_groups"] > 0).any():
        shared = int((facts["n_shared_groups"] > 0).sum())
        if comparison.positions:  # block splits are made so
            yield f"In {shared} of {n_folds} folds parts of one sequence are on both sides: no test of new sequences."
        else:
            yield (
                f"{WARNING}in {shared} of {n_folds} folds the same groups are in the training and the test rows, so "
                "the scores say nothing about new groups."
            )
    if "n_identical_rows" in facts and facts["n_identical_rows"].sum() > 0:
        yield (
            f"{WARNING}{int(facts['n_identical_rows'].sum())} of {n_test} test rows are identical to a training row of "
            "their fold."
        )
    if contradictions and "accuracy_bound" in facts:
        n, bound = int(facts["n_contradicting_rows"].iloc[0]), facts["accuracy_bound"].iloc[0]
        share = n / len(comparison.labels)
        yield (
            f"{WARNING if share >= _MANY else ''}{n} of {len(comparison.labels)} rows ({share:.1%}) are identical to a "
            f"row with another label: no model can exceed an accuracy of {bound:.1%} on all rows."
        )
    if facts["n_untrained_class"].sum() > 0:
        yield (
            f"{int(facts['n_untrained_class'].sum())} of {n_test} test rows belong to a class without training rows in "
            "their fold; no model can get them right."
        )
    if comparison.n_groups < FEW_GROUPS:
        unit = "rows"
        if comparison.group_names is not None:
            unit = "members of one side" if comparison.groups.ndim == 2 else "groups"
        yield f"Only {comparison.n_groups} {unit} were tested: how much they vary is hardly known, nor are intervals."


def _name(metric):
    return METRIC_NAMES.get(metric, metric)
