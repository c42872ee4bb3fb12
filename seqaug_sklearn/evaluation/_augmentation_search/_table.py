"""What a search for an augmentation found: a table of its candidates, and a sentence."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._augmentation_search._decision import Contest, paired
from seqaug_sklearn.evaluation._augmentation_search._recipes import Recipe
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.utils import counted

__all__ = ["sentences", "table_of"]


def table_of(
    recipes: Sequence[Recipe],
    rungs: Sequence[Comparison],
    reference: str,
    metric: str,
    contest: Contest | None,
    best: str,
) -> pd.DataFrame:
    """Tabulate the candidates; NaN where nothing was fitted.

    Parameters
    ----------
    recipes : list of Recipe
        Candidates.
    rungs : list of Comparison
        Those that were scored on each rung.
    reference : str
        The best one without augmentation.
    metric : str
        What was judged by.
    contest : Contest or None
        The last comparison.
    best : str
        What was chosen.
    """
    found = pd.DataFrame(
        {
            "policy": [recipe.policy for recipe in recipes],
            "copies": pd.array([recipe.copies for recipe in recipes], dtype="Int64"),
            "epochs": pd.array([recipe.epochs for recipe in recipes], dtype="Int64"),
            "score": np.nan,
            "n_folds": 0,
            "difference": np.nan,
            "standard_error": np.nan,
            "seconds": np.nan,
            "rung": 0,
            "fresh_score": np.nan,
            "chosen": [recipe.name == best for recipe in recipes],
        },
        index=pd.Index([recipe.name for recipe in recipes], name="candidate"),
    )
    for number, comparison in enumerate(rungs):
        after = rungs[number + 1].estimators if number + 1 < len(rungs) else []
        folds = comparison.folds.groupby("estimator")
        for name in comparison.estimators:
            if name in after:
                continue
            about = {"score": folds[metric].mean()[name], "seconds": folds["fit_seconds"].mean()[name]}
            about |= {"n_folds": len(comparison.test_rows), "rung": number + 1}
            if name != reference:
                pair = paired(comparison, name, reference, metric)
                about |= {"difference": pair.estimate, "standard_error": pair.standard_error}
            for column, value in about.items():
                found.loc[name, column] = value
    if contest is not None:
        found.loc[contest.challenger, "fresh_score"] = contest.score
        found.loc[contest.reference, "fresh_score"] = contest.reference_score
    return found


def sentences(
    contest: Contest | None, results: pd.DataFrame, metric: str, alpha: float | None, left_out: Sequence[str]
) -> list[str]:
    """Say what was chosen and why, and what was left out."""
    if contest is None:
        return ["Nothing was compared: a class, or all rows, are one sequence or group, so none is taken."]
    n_augmented = int((results["policy"] != "none").sum())
    among = f"the best of {counted(n_augmented, 'candidate')}" if n_augmented > 1 else "the only candidate"
    moved = (
        f"{metric} {contest.score:.3f} against {contest.reference_score:.3f} of {contest.reference!r}, a difference of "
        f"{contest.gain:+.3f} (standard error {contest.standard_error:.3f})"
    )
    chance = (
        f"the margin is {contest.margin:.1f} standard errors"
        if alpha is None
        else f"the margin is {contest.margin:.1f} standard errors, which chance exceeds in {alpha:.0%} of searches "
        "where nothing helps"
    )
    if not contest.above_chance:
        chance += "; and it is itself not shown to be better than chance"
    if contest.is_won:
        found = [f"{contest.challenger!r} helps: {among} has {moved} on fresh folds; {chance}."]
    else:
        chosen = results.index[results["chosen"]][0]
        found = [
            f"No augmentation is shown to help, so {chosen!r} is taken: {among}, {contest.challenger!r}, has {moved} "
            f"on fresh folds; {chance}."
        ]
    if len(left_out):
        found.append(f"Left out, because the budget does not pay for them: {'; '.join(left_out)}.")
    return found
