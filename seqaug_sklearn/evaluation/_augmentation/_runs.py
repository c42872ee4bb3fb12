"""The comparison of the models under one split: whole sequences, or blocks of windows, held out."""

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.evaluation._augmentation._contradictions import look_for_contradictions
from seqaug_sklearn.evaluation._augmentation._models import MODELS, Line, models_of_blocks, models_of_parents
from seqaug_sklearn.evaluation._augmentation._split import draw_folds
from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._sanity_section import WHOLE, SanityOfSplits, check_rows, check_windows
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import WindowBlockKFold
from seqaug_sklearn.utils import check_sequences

__all__ = ["Run", "audit_parents", "first_splits", "run_blocks", "run_parents"]


@dataclass(frozen=True)
class Run:
    """What was run under one split.

    Attributes
    ----------
    comparison : Comparison
        Scores.
    line : Line
        The models.
    limits : DataFrame
        Most windows per sequence of each model.
    notes : list of str
        What a reader must know.
    sanity : SanityOfSplits
        The audit and the sanity checks.
    """

    comparison: Comparison
    line: Line
    limits: pd.DataFrame
    notes: list[str]
    sanity: SanityOfSplits


def audit_parents(X, y, split, plan, how, name: str = WHOLE) -> SanityOfSplits:
    """Audit and check the split of whole sequences that :func:`run_parents` will make."""
    folds = draw_folds(X, y, split, how["n_repeats"], how["random_state"])
    sanity = check_rows(
        check_sequences(X),
        y,
        [(fold.train, fold.test) for fold in folds if fold.repeat == 0],
        groups=split.groups,
        alphabet=plan.alphabet,
        random_state=how["random_state"],
        name=name,
    )
    return sanity if name != WHOLE else replace(sanity, contradictions=look_for_contradictions(X, y, plan.alphabet))


def run_parents(X, y, split, names, plan, how, sanity: SanityOfSplits) -> Run:
    """Compare models of whole sequences, each sequence with its group on one side."""
    line = models_of_parents(names, plan)
    comparison = _run(line, X, y, cv=split.n_splits, groups=split.groups, **how)
    most = {MODELS[key]: plan.max_windows(key) for key in names if key not in ("kmers", "memoriser", "majority")}
    limits = pd.DataFrame({"windows per sequence": {k: "all" if v is None else v for k, v in most.items()}})
    return Run(comparison, line, limits.rename_axis("model"), [], sanity)


def run_blocks(X, y, split, names, plan, how) -> Run:
    """Compare models of windows, contiguous blocks of each sequence held out."""
    # every stride-1 window: the augmenter's second rule admits them all
    windows = WindowAugmenter(plan.window, overlap=(0, 0), min_shared=max(1, plan.window - 1)).explode(X, y)
    line = models_of_blocks(names, plan, len(windows))
    shared = min(20, plan.window)
    cv = WindowBlockKFold(split.n_splits, window=plan.window, shared=shared, on_empty="skip", alphabet=plan.alphabet)
    skipped = cv.report(windows.windows, groups=windows.positions)["n_skipped_parents"]
    notes = [f"{', '.join(line.left_out)} left out: too slow for {len(windows)} windows."] if line.left_out else []
    if skipped.any():
        notes.append(
            f"Up to {skipped.max()} of {plan.n_samples} sequences were not tested in a fold, because the purge leaves "
            "them no training window."
        )
    comparison = _run(line, windows.windows, windows.y, cv=cv, groups=windows.positions, **how)
    sanity = check_windows(
        windows,
        windows.y,
        window=plan.window,
        n_splits=split.n_splits,
        shared=shared,
        alphabet=plan.alphabet,
        random_state=how["random_state"],
    )
    sanity = replace(sanity, contradictions=look_for_contradictions(X, y, plan.alphabet))
    return Run(comparison, line, pd.DataFrame(), notes, sanity)


def first_splits(comparison: Comparison) -> list[tuple[np.ndarray, np.ndarray]]:
    """Training and test rows of the first repeat; whole sequences are purged of none."""
    rows = comparison.predictions(comparison.estimators[0], scores=False)
    folds = rows.loc[rows["repeat"] == 0].groupby("fold")["row"]
    return [(np.setdiff1d(rows["row"], test), test.to_numpy()) for _, test in folds]


def _run(line: Line, X, y, **how):
    from sklearn.exceptions import ConvergenceWarning

    reference: Any = line.partners or next(iter(line.models))
    with warnings.catch_warnings():
        # a number of iterations is the budget, as epochs are for the networks
        warnings.simplefilter("ignore", ConvergenceWarning)
        # all rows are audited, and the verdict begins with what leaks
        warnings.filterwarnings("ignore", "no groups were given, and", LeakageWarning)
        return compare(line.models, X, y, reference=reference, return_train_score=False, **how)
