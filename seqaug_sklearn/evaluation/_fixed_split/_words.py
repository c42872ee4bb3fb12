"""What a comparison on a fixed split says: what makes it worthless, the answer, and what the answer rests on."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import norm

from seqaug_sklearn.evaluation._augmentation import tell_contradictions
from seqaug_sklearn.evaluation._verdict import MEAN_NOTHING, WARNING
from seqaug_sklearn.evaluation._verdict_of_pairs import METRIC_NAMES
from seqaug_sklearn.model_selection import describe_leaks
from seqaug_sklearn.reporting import joined
from seqaug_sklearn.utils import counted

__all__ = ["headline_of", "verdict_of"]

_FITTED = (
    "Intervals and tests draw the test rows, relatives among them together, and take the fitted models as given: they "
    "say whether these models would differ on other rows of this kind, not whether training again would give the same."
)


def headline_of(result) -> list[str]:
    """Warnings, the answer, and the best models: what a reader must know who reads nothing else."""
    before, behind = tell_contradictions(result.contradictions)
    best, learned = _best(result)
    # nothing is said of pairs of models where none has learned anything
    answer = [_answer(result), best] if learned else [best]
    return [*_leaks(result), *before, *_looked_up(result), *answer, *behind]


def verdict_of(result) -> list[str]:
    """All sentences."""
    return [*headline_of(result), *_rest(result)]


def _leaks(result) -> Iterator[str]:
    audit = result.audit
    if not audit.leaked.any():
        return
    told = (
        f"{audit.leaked.sum():,} of {len(audit):,} test rows ({audit.leaked_share:.1%}) share sequence with a training "
        f"row ({describe_leaks([audit])})"
    )
    if not result.leaks_matter:
        yield f"{told}: too few to decide the result."
        return
    told = f"{WARNING}{told}, so the scores of the published split may be memory."
    yield f"{told} {_both(result)}" if result.cleaned is not None else f"{told} {result.why_not_cleaned}"


def _both(result):
    """The best model as published, what it has without leaks, and the best one then."""
    name, published, cleaned = _name(result), result.published["score"], result.cleaned["score"]
    models = _models(result)
    best, now = published[models].idxmax(), cleaned[models].idxmax()
    n_left = int((~result.audit.leaked).sum())
    told = (
        f"As published the best model is {best} with {published[best]:.3f} ({name}); on the {n_left:,} test rows in "
        f"which no relative was found it has {cleaned[best]:.3f}"
    )
    told += " and is still the best." if best == now else f", and the best is {now} with {cleaned[now]:.3f}."
    return f"{told} {result.audit.limits}"


def _models(result):
    models = [name for name in result.published.index if name not in result.memorisers]
    return models or list(result.published.index)


def _looked_up(result) -> Iterator[str]:
    scores = result.judged["score"]
    models = _models(result)
    best = scores[models].idxmax()
    for name in result.memorisers:
        if name not in models and scores[name] >= scores[best] and scores[name] > result.chance:
            yield (
                f"{WARNING}{name}, which only looks up the most similar training sequence, scores {scores[name]:.3f}, "
                f"as high as the best model ({best}, {scores[best]:.3f})."
            )


def _answer(result):
    if result.leaks_matter and result.cleaned is None:
        return "Whether an augmentation helps cannot be said: what would be scored is memory."
    told = []
    for treatment, members in result.treatments.items():
        outcomes = result.tests.loc[members, "outcome"]
        better, worse = (list(outcomes.index[outcomes == kind]) for kind in ("better", "worse"))
        n = counted(len(members), "comparison")
        parts = [f"helped in {len(better)} of {n} ({joined(better)})"] if better else []
        parts += [f"did harm in {len(worse)} of {n} ({joined(worse)})"] if worse else []
        if parts:
            told.append(f"{treatment} {' and '.join(parts)}.")
        else:
            spread = result.tests.loc[members, ["low", "high"]]
            told.append(
                f"{treatment}: inconclusive in {n}, between {spread['low'].min():+.3f} and {spread['high'].max():+.3f}."
            )
    where = "the cleaned test set" if result.leaks_matter else "the test set"
    return f"On {where} of {len(result.judged_rows):,} rows: {' '.join(told)}" if told else f"Judged on {where}."


def _best(result):
    """The best model in a sentence, and whether it has learned anything, as far as one can tell."""
    scores, name = result.judged, _name(result)
    best = scores.loc[_models(result), "score"].idxmax()
    row = scores.loc[best]
    level = f"{row['score']:.3f} ({name}; 95 % interval {row['low']:.3f} to {row['high']:.3f}"
    if not np.isfinite(result.chance):
        return f"The best model is {best} with {level}).", True
    level += f"; guessing {result.chance:.3f})"
    # the best of many is the luckiest of many: its interval is stretched as Bonferroni does
    stretch = norm.ppf(1 - 0.025 / len(_models(result))) / norm.ppf(0.975)
    if row["score"] - stretch * (row["score"] - row["low"]) > result.chance:
        return f"The best model is {best} with {level}.", True
    n = counted(len(_models(result)), "model")
    return f"No model is shown to beat guessing: {best}, the best of {n}, has {level}. {MEAN_NOTHING}", False


def _rest(result) -> Iterator[str]:
    yield _FITTED
    if not (result.leaks_matter and result.cleaned is not None):
        yield f"The test rows were audited. {result.audit.limits}"
    if result.n_seeds > 1:
        yield f"Every model was trained {result.n_seeds} times with other seeds; scores are means over these."
    n_groups, n_rows = result.n_groups, len(result.judged_rows)
    if n_groups < n_rows:
        yield f"The {n_rows:,} rows that decide are {counted(n_groups, 'group')} of relatives."
    if result.untrained:
        yield f"{counted(result.untrained, 'test row')} of a class without training rows: no model can get them right."
    if result.quick:
        yield "This was a quick look: few epochs and windows. Scores are lower bounds."


def _name(result):
    return METRIC_NAMES.get(result.metric, result.metric)
