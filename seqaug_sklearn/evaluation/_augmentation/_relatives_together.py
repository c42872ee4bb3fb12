"""The second figure: relatives together, where a split without groups leaks."""

import sys
from dataclasses import replace

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._augmentation._split import SplitPlan, draw_folds, units_of
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._sanity_section import audited_text
from seqaug_sklearn.evaluation._verdict_of_pairs import METRIC_NAMES, outcome
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import leakage_groups
from seqaug_sklearn.reporting import joined
from seqaug_sklearn.utils import check_sequences, counted, invalid_parameter

__all__ = [
    "LEAKS_MATTER",
    "best_of_both",
    "check_relatives",
    "only_as_split",
    "plan_together",
    "scores_of_both",
    "tell_cost",
    "wants_groups",
]

LEAKS_MATTER = 0.01
"""Share of leaking test rows from which the verdict begins with them."""

_CHOICES = ("auto", "together", "ignore")


def check_relatives(relatives: str, groups, kind: str) -> str:
    """Return what was chosen, if it fits the data.

    Parameters
    ----------
    relatives : str
        As in ``compare_augmentations``.
    groups : array-like or None
        Groups given.
    kind : {"parents", "blocks"}
        Kind of the split.
    """
    if relatives not in _CHOICES:
        raise invalid_parameter("relatives", f"must be one of {', '.join(map(repr, _CHOICES))}; got {relatives!r}")
    if relatives == "together" and groups is not None:
        raise DataFormatError("relatives='together' makes groups itself: leave groups out, or relatives at 'auto'")
    if relatives == "together" and kind == "blocks":
        raise DataFormatError(
            "relatives='together' needs classes with several sequences: here each class has a single one, and blocks "
            "of each are held out; leave relatives at 'auto'"
        )
    return relatives


def wants_groups(relatives: str, share: float) -> bool:
    """Whether so large a share of leaking test rows asks for a second comparison with relatives together."""
    return share > 0 if relatives == "together" else relatives == "auto" and share >= LEAKS_MATTER


def plan_together(
    X, y, split: SplitPlan, alphabet: str, n_repeats: int, random_state: int, *, at_least: int, task: str = "classes"
):
    """Plan the split of as many folds in which relatives stay together, or say why there is none.

    Groups are what the audit links, and numbered by what they hold, so that the order of the rows changes nothing.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
        Classes, numbers or labels.
    split : SplitPlan
        The split as given, of whole sequences.
    alphabet : str
        Alphabet of the sequences.
    n_repeats : int
        Most repeats of a model.
    random_state : int
        As in ``compare_augmentations``.
    at_least : int
        Repeats that must be had: with fewer there is no such split.
    task : {"classes", "number", "labels"}, default="classes"
        What y holds.

    Returns
    -------
    plan : SplitPlan or None
        None where there is none.
    why_not : str
        Why there is none; else empty.
    """
    text = audited_text(check_sequences(X))
    groups = _numbered_by_content(leakage_groups(text, alphabet=alphabet), text.tolist())
    why_not = _too_few(units_of(y, groups, task), y, split.n_splits, task)
    if why_not:
        return None, why_not
    sizes = np.bincount(groups)
    told = (
        f"With relatives together: {counted(len(sizes), 'group')} of the {len(y)} sequences, the largest of "
        f"{sizes.max()}, formed from what the audit finds to share sequence, directly or indirectly. No group is on "
        "both sides of a split; windows stay with their sequence."
    )
    plan = SplitPlan("parents", split.n_splits, groups.astype(str), (told, *split.sentences[1:]))
    try:
        folds = draw_folds(X, y, plan, n_repeats, random_state, at_least=at_least, task=task)
    except DataFormatError:
        return None, _unequal(sizes, split.n_splits)
    # the repeats before the first that leaves a class untrained
    most = min([fold.repeat for fold in folds if fold.facts.get("n_untrained_class", 0)], default=folds[-1].repeat + 1)
    if most < at_least:
        return None, _unequal(sizes, split.n_splits)
    return replace(plan, most_repeats=most), ""


def _numbered_by_content(groups, texts):
    """Numbers of groups in the order of each one's first sequence by the alphabet."""
    first = pd.Series([text.upper() for text in texts]).groupby(groups).min()
    return first.rank(method="first").astype(int).to_numpy()[groups] - 1


def _too_few(units, y, n_splits, task):
    if units.min() >= n_splits:
        return ""
    name, fewest = units.idxmin(), int(units.min())
    rows = f"the {counted(len(y), 'sequence')}"
    if task == "classes":
        rows = f"the {counted(int((y == name).sum()), 'sequence')} of class {str(name)!r}"
    if fewest == 1:
        return f"{rows} are all relatives of each other, directly or through others"
    return (
        f"{rows} are in {fewest} groups of relatives, too few for {n_splits} folds; "
        f"n_splits={fewest}, on the command line --folds {fewest}, would do"
    )


def _unequal(sizes, n_splits):
    return (
        f"the groups of relatives are too unequal for {n_splits} folds (the largest holds {sizes.max()} of "
        f"{sizes.sum()} sequences): a fold would have nothing to test, or a class nothing to train on; fewer may do"
    )


def tell_cost(share: float, n_fits: int) -> None:
    """Say on the error stream, above any bar, that every model is fitted twice."""
    from tqdm import tqdm

    tqdm.write(
        f"{share:.1%} of the test rows share sequence with a training row and no groups were given: the {n_fits} fits "
        "as split are done again with relatives together (relatives='ignore', on the command line --relatives ignore, "
        "leaves these out).",
        file=sys.stderr,
    )


def best_of_both(apart: Comparison, together: Comparison, metric: str) -> str:
    """Say which model is best as split, what it has with relatives together, and which is best then."""
    before, after = _means(apart, metric), _means(together, metric)
    if before.isna().all() or after.isna().all():
        return ""
    best, now = before.idxmax(), after.idxmax()
    told = (
        f"As split the best model is {best} with {before[best]:.3f} ({METRIC_NAMES.get(metric, metric)}); in groups "
        f"that keep relatives together it scores {after[best]:.3f}"
    )
    if best == now:
        return f"{told} and is still the best."
    return f"{told}, and the best is {now} with {after[now]:.3f}."


def _means(comparison, metric):
    means = comparison.folds.groupby("estimator")[metric].mean().loc[comparison.estimators]
    models = means.drop(list(comparison.memorisers))
    return models if len(models) else means


def only_as_split(apart: Comparison, together: Comparison, metric: str, treatments: dict[str, list[str]]) -> list[str]:
    """Name the gains that are shown as split only."""
    tests = [comparison.tests(metric=metric) for comparison in (apart, together)]
    lines = []
    for treatment, members in treatments.items():
        helped = [[name for name in members if outcome(of.loc[name]) == "better"] for of in tests]
        lost = [name for name in helped[0] if name not in helped[1]]
        if lost:
            lines.append(
                f"{treatment} seemed to help {joined(lost)} only while relatives were on both sides of the split; with "
                "relatives together no such gain is shown."
            )
    return lines


def scores_of_both(apart: Comparison, together: Comparison, metric: str) -> pd.DataFrame:
    """Mean score of each model as split and with relatives together, and the change."""
    means = [comparison.folds.groupby("estimator")[metric].mean() for comparison in (apart, together)]
    frame = pd.DataFrame({"as split": means[0], "relatives together": means[1]}).loc[apart.estimators]
    frame["change"] = frame["relatives together"] - frame["as split"]
    return frame.rename_axis("model")
