"""What a comparison on a fixed split says: what makes it worthless, the answer, and what the answer rests on."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import norm

from seqaug_sklearn.evaluation._augmentation import tell_contradictions
from seqaug_sklearn.evaluation._verdict import BEST_MODEL, MEAN_NOTHING, NO_MODEL, QUICK, WARNING, as_high, best_of_many
from seqaug_sklearn.evaluation._verdict_of_pairs import METRIC_NAMES, gains, signed
from seqaug_sklearn.model_selection import describe_leaks
from seqaug_sklearn.utils import counted

__all__ = ["headline_of", "verdict_of"]

_LEVEL = 0.05

_FITTED = (
    "Intervals and tests draw the test rows, relatives among them together, and take the fitted models as given: they "
    "say whether these models would differ on other rows of this kind, not whether retraining would give the same."
)


def headline_of(result) -> list[str]:
    """Warnings, the answer, and the best models: what a reader must know who reads nothing else."""
    before, behind = tell_contradictions(result.contradictions, over="all rows, those of training and test together")
    best, learned = _best(result)
    # nothing is said of pairs of models where none has learned anything
    answer = [line for line in (_answer(result), best) if line] if learned else [best]
    quick = [f"{QUICK} few epochs and windows."] if result.quick else []
    found = [] if result.shortcut is None else [result.shortcut.told()]
    first, beside = (found, []) if result.explained_by else ([], found)
    rest = [*_clean(result), *filter(None, [result.differs]), *behind, *quick, *filter(None, [result.reading])]
    return [*_leaks(result), *before, *first, *_looked_up(result), *answer, *beside, *rest]


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
    told = f"{WARNING}{told}, so the scores of the published split may be memorisation."
    yield f"{told} {_both(result)}" if result.cleaned is not None else f"{told} {result.why_not_cleaned}"


def _both(result):
    """The best model as published, what it has without leaks, and the best one then."""
    name, published, cleaned = _name(result), result.published["score"], result.cleaned["score"]
    models = _models(result)
    best, now = published[models].idxmax(), cleaned[models].idxmax()
    n_left = int((~result.audit.leaked).sum())
    told = (
        f"As published the best model is {best} with {published[best]:.3f} ({name}); on the {n_left:,} test rows "
        f"without a known relative it scores {cleaned[best]:.3f}"
    )
    told += " and is still the best." if best == now else f", and the best is {now} with {cleaned[now]:.3f}."
    return f"{told} {result.audit.limits}"


def _models(result):
    models = [name for name in result.published.index if name not in result.memorisers]
    return models or list(result.published.index)


def _clean(result) -> Iterator[str]:
    if not result.audit.leaked.any():
        yield "The audit found no test row that shares sequence with a training row."


def _looked_up(result) -> Iterator[str]:
    scores = result.judged["score"]
    models = _models(result)
    best = scores[models].idxmax()
    motif = (
        " No shared sequence was found, so a short motif or the composition may explain it."
        if _is_clean(result)
        else ""
    )
    for name in result.memorisers:
        # where no model has learned anything, the answer tells of the lookup
        if name not in models and scores[name] >= scores[best] and _p_of(result, best, len(models)) < _LEVEL:
            yield (
                f"{WARNING}{name}, which only looks up the most similar training sequence, scores {scores[name]:.3f}, "
                f"{as_high(scores[name], scores[best])} the best model ({best}, {scores[best]:.3f}).{motif}"
            )


def _is_clean(result):
    """Whether no row that decides shares sequence with training, as far as the audit sees."""
    return not result.audit.leaked[result.judged_rows].any()


def _p_of(result, name, n_models):
    """P-value of a score against chance, one-sided chance of that many models; NaN where chance has no score."""
    row = result.judged.loc[name]
    above = row["score"] - result.chance
    if not above > 0:
        return 1.0 if np.isfinite(result.chance) else np.nan
    error = (row["score"] - row["low"]) / norm.ppf(0.975)
    # the best of many is the luckiest of many: Bonferroni
    return min(1.0, 2 * n_models * norm.sf(above / error)) if error > 0 else 0.0


def _answer(result):
    if result.leaks_matter and result.cleaned is None:
        return "Whether an augmentation helps cannot be said: the scores would measure memorisation."
    told = []
    # what scores lower may only see less of the trivial feature
    helped, harmed = ("scored higher", "scored lower") if result.explained_by else ("helped", "did harm")
    for treatment, members in result.treatments.items():
        outcomes = result.tests.loc[members, "outcome"]
        better, worse = (list(outcomes.index[outcomes == kind]) for kind in ("better", "worse"))
        n = counted(len(members), "comparison")
        gained = result.tests["difference"]
        parts = [f"{helped} in {len(better)} of {n} ({gains(gained[better])})"] if better else []
        parts += [f"{harmed} in {len(worse)} of {n} ({gains(gained[worse])})"] if worse else []
        if all(_same(result, name) for name in members):
            told.append(f"{treatment}: no difference, the answers are the same in every row.")
        elif parts:
            told.append(f"{treatment} {' and '.join(parts)}.")
        else:
            spread = result.tests.loc[members, ["low", "high"]]
            between = f"{signed(spread['low'].min())} and {signed(spread['high'].max())}"
            told.append(f"{treatment}: inconclusive in {n}, between {between}.")
    where = "the cleaned test set" if result.leaks_matter else "the test set"
    return f"On {where} of {len(result.judged_rows):,} rows: {' '.join(told)}" if told else ""


def _same(result, name):
    """Whether a model and the one that it is compared with give the same answers on the rows that decide."""
    row, rows = result.tests.loc[name], result.comparison.rows
    pairs = zip(rows[name], rows[row["reference"]], strict=True)
    kept = result.judged_rows
    return row["difference"] == 0 and all(np.array_equal(a.predicted[kept], b.predicted[kept]) for a, b in pairs)


def _best(result):
    """The best model in a sentence, and whether it has learned anything, as far as one can tell."""
    scores, name, models = result.judged, _name(result), _models(result)
    best = scores.loc[models, "score"].idxmax()
    row = scores.loc[best]
    if result.leaks_matter and result.cleaned is None:
        return f"The highest score, {row['score']:.3f} ({name}) of {best}, may be memorisation too.", True
    level = f"{row['score']:.3f} ({name}; 95 % interval {row['low']:.3f} to {row['high']:.3f}"
    if not np.isfinite(result.chance):
        return f"{BEST_MODEL} {best} with {level}).", True
    by_chance, p_value = f"chance {result.chance:.3f}", _p_of(result, best, len(models))
    if p_value < _LEVEL:
        return f"{BEST_MODEL} {best} with {level}; {by_chance}).", True
    lookups = [one for one in result.memorisers if one not in models]
    found = [one for one in lookups if _p_of(result, one, len(lookups)) < _LEVEL]
    if found:
        return _only_looked_up(result, found, f"{best}, scores {level}; {by_chance})"), True
    why = f"which is no more than chance ({by_chance})"
    if row["low"] > result.chance:
        why = best_of_many(len(models), p_value, by_chance)
    n = counted(len(models), "model")
    return f"{NO_MODEL} is shown to beat chance: {best}, the best of {n}, scores {level}), {why}. {MEAN_NOTHING}", False


def _only_looked_up(result, found, other):
    scores = result.judged["score"]
    name = scores[found].idxmax()
    why = "relatives are on both sides"
    if _is_clean(result):
        why = "no shared sequence was found, so there is something to learn"
    return (
        f"{NO_MODEL} is shown to beat chance except {name}, a lookup of the most similar training sequence, which "
        f"scores {scores[name]:.3f}: {why}. The best other model, {other}."
    )


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


def _name(result):
    return METRIC_NAMES.get(result.metric, result.metric)
