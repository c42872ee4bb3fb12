"""The sentences that follow from a comparison."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.reporting import joined, p_equals
from seqaug_sklearn.utils import counted

__all__ = ["MEAN_NOTHING", "METRIC_NAMES", "WARNING", "headline", "outcome", "sentences", "warnings_first"]

WARNING = "Warning: "
"""How a sentence begins that says what would make the answer worthless."""

MEAN_NOTHING = "Differences between models mean nothing here."
"""How the sentence ends that says that nothing was learned."""

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

FEW_GROUPS = 20
"""Below this many groups a percentile interval is too narrow to be trusted."""


def sentences(
    comparison: JudgedComparison,
    metric: str,
    treatment: str | Mapping[str, list[str]] | None,
    *,
    each_pair: bool = True,
    unrelated: bool = False,
) -> list[str]:
    """Build the verdict: the answer, one sentence per pair (unless a table says that), then what weakens it.

    ``unrelated`` says that an audit found no test row that shares sequence with a training row. :func:`warnings_first`
    puts them into the order in which they are to be read.
    """
    tests = comparison.tests(metric=metric)
    pairs = tests[tests["reference"].notna() & ~tests.index.isin(comparison.memorisers)]
    outcomes = {name: outcome(row) for name, row in pairs.iterrows()}
    learned = _learned(comparison, tests, metric)
    told = [
        *_answers(outcomes, treatment),
        learned,
        *(_pair(name, row, outcomes[name], metric) for name, row in pairs.iterrows() if each_pair),
    ]
    if learned.endswith(MEAN_NOTHING):
        # that is the answer, and no more is said of pairs of models
        told = [learned]
    return [*told, *_memorised(comparison, tests, metric, unrelated), *_split(comparison)]


def warnings_first(lines: Sequence[str]) -> list[str]:
    """Put what would make the answer worthless before the answer; the order is kept otherwise."""
    return sorted(lines, key=lambda line: not line.startswith(WARNING))


def headline(lines: Sequence[str]) -> list[str]:
    """The leading warnings of a verdict, and its answer: what a reader must know who reads nothing else."""
    n_warnings = sum(1 for _ in itertools.takewhile(lambda line: line.startswith(WARNING), lines))
    return list(lines[: n_warnings + 1])


def outcome(row: pd.Series) -> str:
    """``"better"``, ``"worse"`` or ``"unclear"``: the adjusted test and the interval must both exclude 0."""
    p = row["p_corrected_t_holm"] if np.isfinite(row["p_corrected_t_holm"]) else row["p_permutation_holm"]
    if p < 0.05 and row["difference"] > 0 and not row["low"] <= 0:
        return "better"
    return "worse" if p < 0.05 and row["difference"] < 0 and not row["high"] >= 0 else "unclear"


def _answers(outcomes, treatment):
    """One sentence for all treatments together, so that the first sentence of a verdict is the whole answer."""
    if not outcomes or not treatment:
        return []
    if isinstance(treatment, str):
        treatment = {treatment: list(outcomes)}
    chosen = {name: {e: outcomes[e] for e in members if e in outcomes} for name, members in treatment.items()}
    chosen = {name: members for name, members in chosen.items() if members}
    unclear = [name for name, members in chosen.items() if {*members.values()} == {"unclear"}]
    told = [_answer(members, name) for name, members in chosen.items() if len(unclear) < 2 or name not in unclear]
    if len(unclear) > 1:
        n = sum(len(chosen[name]) for name in unclear)
        told.append(
            f"Not shown to help or harm: {'; '.join(unclear)} (no difference in {n} comparisons is larger than luck "
            "explains)."
        )
    return [" ".join(told)]


def _answer(outcomes, treatment):
    better = [name for name, result in outcomes.items() if result == "better"]
    worse = [name for name, result in outcomes.items() if result == "worse"]
    n = len(outcomes)
    helped = f"{treatment} helped in {len(better)} of {n} comparisons ({joined(better)})"
    harmed = f"did harm in {len(worse)} of {n} comparisons ({joined(worse)})"
    if better:
        return f"{helped} and {harmed}." if worse else f"{helped}."
    if worse:
        return f"{treatment} {harmed} and could be shown to help in none."
    return (
        f"{treatment} could not be shown to help or harm: no difference in {counted(n, 'comparison')} is larger than "
        "luck explains."
    )


def _learned(comparison, tests, metric):
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
    if row["p_chance"] < 0.05:
        tested = f"permutation {p_equals(row['p_chance'])}"
        return f"The best model is {best} with {row['mean']:.3f}{level}, above chance ({tested})."
    return (
        f"No model beats chance: the best, {best}, has {row['mean']:.3f}{level}, and permuted labels do as well "
        f"({p_equals(row['p_chance'])}). {MEAN_NOTHING}"
    )


def _pair(name, row, result, metric):
    word = {"better": "is better than", "worse": "is worse than", "unclear": "is not shown to differ from"}[result]
    text = (
        f"{name} {word} {row['reference']}: {_name(metric)} {row['mean']:.3f} against {row['reference_mean']:.3f} "
        f"(difference {row['difference']:+.3f}"
    )
    if np.isfinite(row["low"]):
        text += f", 95 % interval {row['low']:+.3f} to {row['high']:+.3f}"
    if np.isfinite(row["p_corrected_t_holm"]):
        text += f", corrected t-test adjusted {p_equals(row['p_corrected_t_holm'])}"
    elif np.isfinite(row["p_permutation_holm"]):
        text += f", permutation test adjusted {p_equals(row['p_permutation_holm'])}"
    if np.isfinite(row["detectable"]):
        text += f"; this data could only show differences above {row['detectable']:.3f}"
    return f"{text})."


def _memorised(comparison, tests, metric, unrelated):
    """Whether looking up the nearest training sequence does as well as the models."""
    models = tests.drop(index=list(comparison.memorisers))
    if models["mean"].isna().all():
        return
    best = models["mean"].idxmax()
    for name in comparison.memorisers:
        against = comparison.tests({best: name}, metric).loc[best]
        score, model = against["reference_mean"], f"({best}, {against['mean']:.3f})"
        if not tests.loc[name, "p_chance"] < 0.05:
            yield f"{name}, which only looks up the most similar training sequence, is at chance ({score:.3f})."
        elif not tests.loc[best, "p_chance"] < 0.05:
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


def _split(comparison):
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
    if facts["n_untrained_class"].sum() > 0:
        yield (
            f"{int(facts['n_untrained_class'].sum())} of {n_test} test rows belong to a class without training rows in "
            "their fold; no model can get them right."
        )
    if comparison.n_groups < FEW_GROUPS:
        unit = "rows"
        if comparison.group_names is not None:
            unit = "members of one side" if comparison.groups.ndim == 2 else "groups"
        yield f"Only {comparison.n_groups} {unit} were tested: the intervals are too narrow to be trusted."


def _name(metric):
    return METRIC_NAMES.get(metric, metric)
