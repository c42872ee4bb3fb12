"""The sentences that follow from a comparison."""

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.evaluation._inference import FEWEST_GROUPS_OF_R2
from seqaug_sklearn.evaluation._verdict_of_pairs import (
    limits,
    name_of,
    same_answers,
    span_of,
    tell_pair,
    tell_treatments,
)
from seqaug_sklearn.reporting import p_equals

__all__ = [
    "BEST_MODEL",
    "MANY",
    "MEAN_NOTHING",
    "NO_MODEL",
    "QUICK",
    "WARNING",
    "above_chance",
    "answer_end",
    "as_high",
    "best_of_many",
    "headline",
    "leaks_by_itself",
    "sentences",
    "warnings_first",
]

WARNING = "Warning: "
"""How a sentence begins that says what would make the answer worthless."""

MEAN_NOTHING = "Differences between models mean nothing here."
"""How the sentence ends that says that nothing was learned."""

QUICK = "This was a quick look:"
"""How the sentence begins that says so."""

BEST_MODEL = "The best model is"
"""How the sentence on the best model begins."""

NO_MODEL = "No model"
"""How it begins where there is none: none beats chance, or none has a score."""

MANY = 0.01
"""Share of contradicting rows from which the verdict begins with them."""

FEW_GROUPS = 10
"""With fewer groups than this, how much they vary is hardly known."""
_WELL = 0.05
"""From this difference on a score is not as high as another, but well above it."""


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
    expected: Callable[[int], float] | None = None,
) -> list[str]:
    """Build the verdict: the answer, one sentence per pair (unless a table says that), then what weakens it.

    ``unrelated`` says that an audit found no test row that shares sequence with a training row, ``leaks`` that it found
    some: nothing is then said to help; ``contradictions`` whether identical rows of two classes are named here;
    ``shortcut`` names a trivial feature that explains the classes: what scores lower may only have taken that away.
    ``expected`` says which difference so many comparisons could be expected to show before anything was fitted.
    :func:`warnings_first` puts them into the order in which they are to be read.
    """
    tests = comparison.tests(metric=metric)
    pairs = tests[tests["reference"].notna() & ~tests.index.isin(comparison.memorisers)]
    span = span_of(comparison, metric)
    leaks = leaks or leaks_by_itself(comparison)
    learned, is_luck = _learned(comparison, tests, metric, leaks, unrelated)
    # of classes "helped" says enough
    score, what = ("", "classes") if comparison.task == "classes" else (name_of(metric), "target")
    same = {name for name, row in pairs.iterrows() if same_answers(comparison, name, row["reference"])}
    told = [
        *tell_treatments(pairs, treatment, span, _why_not(leaks, shortcut, what), same, expected, score),
        learned,
        *(
            tell_pair(name, row, metric, span, name in same)
            for name, row in pairs.iterrows()
            if each_pair and row[["mean", "reference_mean"]].notna().any()
        ),
    ]
    if is_luck:
        # that is the answer, and no more is said of pairs of models
        limit = limits(pairs["detectable"], span.widest, expected, span.large) if treatment else ""
        limit = f"{limit[0].upper()}{limit[1:]}. " if limit else ""
        told = [f"{learned} {limit}{MEAN_NOTHING}"]
    return [*told, *_memorised(comparison, tests, metric, unrelated), *_split(comparison, contradictions)]


def warnings_first(lines: Sequence[str]) -> list[str]:
    """Put what would make the answer worthless before the answer; the order is kept otherwise."""
    return sorted(lines, key=lambda line: not line.startswith(WARNING))


def headline(lines: Sequence[str]) -> list[str]:
    """The leading warnings of a verdict, its answer and the best model: what one must know who reads nothing else."""
    return list(lines[: answer_end(lines)])


def answer_end(lines: Sequence[str]) -> int:
    """Place behind the answer, to which the sentence on the best model belongs: it need not be one that was helped."""
    n_warnings = sum(1 for _ in itertools.takewhile(lambda line: line.startswith(WARNING), lines))
    following = lines[n_warnings + 1 : n_warnings + 2]
    return n_warnings + 1 + sum(line.startswith((BEST_MODEL, NO_MODEL)) for line in following)


def leaks_by_itself(comparison: JudgedComparison) -> bool:
    """Whether the folds alone say that the scores may be memorisation: the same groups, pairs or rows on both sides."""
    facts = comparison.folds[comparison.folds["estimator"] == comparison.estimators[0]]
    if "n_shared_groups" in facts and not comparison.positions and (facts["n_shared_groups"] > 0).any():
        return True
    if "n_known_pairs" in facts and facts["n_known_pairs"].sum() > 0:
        return True
    return "n_identical_rows" in facts and facts["n_identical_rows"].sum() > 0.01 * facts["n_test"].sum()


def _why_not(leaks, shortcut, what="classes"):
    """Why a difference does not say what helps; empty where it does."""
    if leaks:
        return " The split leaks, so this does not say what helps with new sequences."
    if shortcut:
        return (
            f" {shortcut[0].upper()}{shortcut[1:]} explains the {what}, so a lower score may only mean seeing less of "
            "it."
        )
    return ""


def as_high(score: float, best: float) -> str:
    """How a lookup's score stands to that of the best model, which it is not below."""
    return "well above" if score - best >= _WELL else "as high as"


def _learned(comparison, tests, metric, leaks, unrelated):
    """Whether anything was learned at all, and whether differences mean nothing because it is all chance."""
    models = tests.drop(index=list(comparison.memorisers)) if len(comparison.memorisers) < len(tests) else tests
    if models["mean"].isna().all() and comparison.task == "number":
        needs = f"{name_of(metric)} needs several values among the test rows of a fold"
        return f"{NO_MODEL} has a score: {needs}; use fewer folds, or see pooled().", False
    if models["mean"].isna().all():
        return f"{NO_MODEL} gives the output that {name_of(metric)} needs; choose another metric.", False
    best = models["mean"].idxmax()
    row, chance = models.loc[best], comparison.chance_of(metric)
    chances = f"chance {chance:.3f}" if np.isfinite(chance) else ""
    level = f" ({name_of(metric)}; {chances})" if chances else f" ({name_of(metric)})"
    if not np.isfinite(row["p_chance"]):
        return f"{BEST_MODEL} {best} with {row['mean']:.3f}{level}.", False
    interval = comparison.scores(metric).loc[best]
    told = f"95 % interval {interval['low']:.3f} to {interval['high']:.3f}"
    if np.isnan(interval["low"]):
        told = f"no interval, which takes {FEWEST_GROUPS_OF_R2} groups"
    if above_chance(row) and leaks:
        memory = "the split leaks, so this may be memorisation"
        return f"{BEST_MODEL} {best} with {row['mean']:.3f}{level}; {memory} ({told}).", False
    if above_chance(row):
        return f"{BEST_MODEL} {best} with {row['mean']:.3f}{level}, above chance ({told}).", False
    looked_up = tests.drop(index=list(models.index))
    looked_up = looked_up[[above_chance(one) for _, one in looked_up.iterrows()]]
    if len(looked_up):
        return _only_looked_up(looked_up["mean"], f"{best}, scores {row['mean']:.3f}{level}", leaks, unrelated), False
    chances = chances or f"chance {row['chance']:.3f}"
    has = f"the best, {best}, scores {row['mean']:.3f} ({name_of(metric)}; {told})"
    if row["p_chance"] < 0.05 and row["mean"] > row["chance"]:
        luckiest = best_of_many(len(models), row["p_chance_best"], chances)
        return f"{NO_MODEL} beats chance: {has}, {luckiest}.", True
    return f"{NO_MODEL} beats chance: {has}, which is no more than chance ({chances}).", True


def best_of_many(n_models: int, p_value: float, chances: str) -> str:
    """Say why a score whose own interval leaves out chance may still be chance."""
    return (
        f"above chance by itself ({chances}), but as the best of {n_models} models it may be the luckiest (adjusted "
        f"{p_equals(p_value)})"
    )


def _only_looked_up(lookups, other, leaks, unrelated):
    """Where a lookup beats chance there is something to find, so differences do not mean nothing."""
    name = lookups.idxmax()
    meaning = "something reveals the label, either relatives on both sides of the split or what there is to learn"
    if leaks:
        meaning = "the split leaks, so that may be memorisation"
    elif unrelated:
        meaning = "no test row shares a long run with a training row, so there is something to learn"
    return (
        f"{NO_MODEL} beats chance except {name}, a lookup of the most similar training sequence, which scores "
        f"{lookups[name]:.3f}: {meaning}. The best other model, {other}."
    )


def above_chance(row: pd.Series) -> bool:
    """Whether a model scores better than its answers would by chance, however many models it was picked from."""
    return bool(row["p_chance_best"] < 0.05 and row["mean"] > row["chance"])


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
            continue  # no model has a score that could be memorisation
        elif against["difference"] <= 0:
            high = as_high(score, against["mean"])
            yield _warn(name, f"scores {score:.3f}, {high} the best model {model}", unrelated)
        elif not against["low"] > 0:
            yield _warn(name, f"scores {score:.3f} and cannot be distinguished from the best model {model}", unrelated)


def _warn(name, finding, unrelated):
    told = f"{WARNING}{name}, which only looks up the most similar training sequence, {finding}."
    if unrelated:
        return f"{told} No test row shares a long run with a training row, so a shared short motif may explain it."
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
            f"{WARNING if share >= MANY else ''}{n} of {len(comparison.labels)} rows ({share:.1%}) are identical to a "
            f"row with another label: no model can exceed an accuracy of {bound:.1%} on all rows."
        )
    if "n_untrained_class" in facts and facts["n_untrained_class"].sum() > 0:
        yield (
            f"{int(facts['n_untrained_class'].sum())} of {n_test} test rows belong to a class without training rows in "
            "their fold; no model can get them right."
        )
    if comparison.n_groups < FEW_GROUPS:
        unit = "rows"
        if comparison.group_names is not None:
            unit = "members of one side" if comparison.groups.ndim == 2 else "groups"
        yield (
            f"Only {comparison.n_groups} {unit} were tested: how much they vary is hardly known, and intervals are "
            "uncertain."
        )
