"""What a fit of each model takes about, from the sizes alone: from it follow the order of fits and their repeats.

A clock would give other repeats on another machine, or on the same one another day.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from seqaug_sklearn.utils import tidy_orthologs

__all__ = [
    "AVERAGED_NUMBERS",
    "INNER_FOLDS",
    "NETWORKS",
    "PENALTIES",
    "POOLED",
    "REPEATS",
    "SHORTEST_OF_PARTS",
    "TUNED",
    "Size",
    "averaged_keys",
    "bag_size",
    "fit_seconds",
    "grown",
    "penalties_of",
    "repeats_by_size",
    "rounds_of",
    "strengths_of",
    "usual_epochs",
    "whole_size",
    "windows_size",
]

REPEATS = 10
"""Repeats of models that are cheap: with one run of five folds hardly any true gain is seen."""

_STEPS = (REPEATS, 5, 3, 2)
_SECONDS_OF_REPEATS = 45.0
"""What all repeats of one model may take, if they are more than one."""

NETWORKS = {
    "motif-cnn": 1e-6,
    "bag-cnn-bilstm": 3e-6,
    "cnn-bilstm": 3e-6,
    "cnn": 7e-7,
    "rnn": 4e-6,
    "mlp": 1e-7,
    "promoter-cnn": 5e-7,
}
"""Seconds of a residue in an epoch."""
POOLED = ("motif-cnn", "bag-cnn-bilstm")
"""Networks that give one answer for a bag, and train a number of steps, on any number of rows."""
_OF_NO_FIT = 1e-4
_OF_WHOLE = (
    "kmers",
    "gapped-kmers",
    "positional-kmers",
    "motif-occupancies",
    "language-model",
    "average",
    "composition",
    "positions",
    "covariates",
    "memoriser",
    "majority",
)
"""Models that have no form on bags of windows."""

SHORTEST_OF_PARTS = 120
"""Residues from which on a sequence has parts in which features are counted, too."""
INNER_FOLDS = 3
"""Folds on which a penalty is chosen, and the members of an average."""
_STRENGTHS = {
    "kmers": (0.1, 1.0, 10.0),
    "gapped-kmers": (0.1, 1.0, 10.0),
    "positional-kmers": (0.01, 0.1, 1.0),
    "motif-occupancies": (0.1, 1.0, 10.0, 100.0),
    "language-model": (1e-4, 1e-3, 1e-2, 0.1),
}
"""Values of C of logistic regression to choose from: large ones where a row's features are small."""
PENALTIES = {
    "logistic": (3.0, 30.0, 300.0, 3000.0),
    "kmers": (0.03, 0.3, 3.0, 30.0),
    "gapped-kmers": (0.03, 0.3, 3.0, 30.0),
    "positional-kmers": (30.0, 300.0, 3000.0, 30000.0),
    "motif-occupancies": (0.01, 0.1, 1.0, 10.0),
    "language-model": (10.0, 100.0, 1000.0, 10000.0),
    "composition": (1.0, 10.0, 100.0, 1000.0),
    "positions": (3.0, 30.0, 300.0, 3000.0),
    "covariates": (1.0, 10.0, 100.0, 1000.0),
}
"""Penalties of ridge regression to choose from: weak ones where a row's features are small, strong ones of many."""
TUNED = ("gapped-kmers", "motif-occupancies", "language-model")
"""Classifiers that choose their penalty themselves."""
AVERAGED_NUMBERS = ("svm", "boosting")
"""Models of the average of numbers: two kinds, which err on different rows."""
_BOOSTING_ROUNDS = (300, 100)
"""Of numbers: small steps. In full, in a quick look."""

_EPOCHS, _WHOLE_EPOCHS = (50, 8), (100, 12)
"""Most epochs on windows (the networks' own default) and on whole sequences: in full, in a quick look."""
_TRAINING_STEPS, _MOST_STEPS = (800, 400), (5000, 2500)
_USUAL_EPOCHS, _FEWEST_EPOCHS, _MOST_EPOCHS = (40, 15), (20, 10), (200, 100)
"""What the networks of one answer train: `MotifCNNClassifier` chooses so by itself in full."""
_ROWS_OF_STEP, _BAGS_OF_STEP = 16, 8
_WITH_AUGMENTATION = 1.5


@dataclass(frozen=True)
class Size:
    """What a model is fitted on.

    Attributes
    ----------
    rows : float
        Training rows, windows and added ones included.
    width : int
        Residues of a row.
    symbols : int
        Letters of the alphabet, so a row has ``width * symbols`` columns.
    classes : int
        Classes.
    rounds : int
        Epochs of a network, rounds of boosting; no matter for the others.
    fits : int
        Fits that one takes, of what is no network: of each target, and on inner folds.
    motifs : int
        Known motifs.
    members : tuple of str
        Keys of the models of an average.
    """

    rows: float
    width: int
    symbols: int
    classes: int
    rounds: int = 1
    fits: int = 1
    motifs: int = 0
    members: tuple[str, ...] = ()


def fit_seconds(key: str, size: Size) -> float:
    """Seconds of fitting a model and predicting with it on one core of an ordinary machine, good to a factor of two.

    Parameters
    ----------
    key : str
        Key of ``MODELS``.
    size : Size
        What it is fitted on.
    """
    cells = size.rows * size.width * size.symbols
    if key in NETWORKS:
        return NETWORKS[key] * size.rows * size.width * size.rounds
    seconds = {
        "svm": 4e-10 * size.rows * cells,
        "logistic": 2e-8 * cells * max(1, size.classes - 1),
        "kmers": 2.2e-6 * size.rows * size.width * math.sqrt(max(1, size.classes - 1)),
        # tens of columns for each residue, one or two of them new in each row
        "positional-kmers": 2e-6 * size.rows * size.width * max(1, size.classes - 1),
        # a tree per round, or with more than two classes one per class and round
        "boosting": 3e-8 * cells * size.rounds * (1 if size.classes == 2 else size.classes),
        "composition": (5e-7 * size.width + 2e-5 * max(1, size.classes - 1)) * size.rows,
        "positions": (5e-8 * size.width + 5e-5 * max(1, size.classes - 1)) * size.rows,
        "covariates": 2e-5 * size.rows,
        # about ten gapped words begin at a residue; a matrix product for each motif; a forward pass
        "gapped-kmers": 1e-5 * size.rows * size.width * max(1, size.classes - 1),
        "motif-occupancies": (1e-8 * size.width + 1e-6 * max(1, size.classes - 1)) * size.rows * size.motifs,
        "language-model": 1e-4 * size.rows * size.width,
        "memoriser": 2e-7 * size.rows * size.width,
        "majority": 0.0,
    }
    seconds["average"] = sum(seconds[one] for one in size.members)
    return _OF_NO_FIT + size.fits * seconds[key]


def strengths_of(key: str, plan: Any) -> list[float]:
    """Return the values of C that logistic regression chooses from."""
    columns = max(1, _columns_of_motifs(plan)) if key == "motif-occupancies" else 1
    return [strength / columns for strength in _STRENGTHS[key]]


def penalties_of(key: str, plan: Any) -> list[float]:
    """Return the penalties that ridge regression chooses from."""
    columns = _columns_of_motifs(plan) if key == "motif-occupancies" else 1
    return [penalty * columns for penalty in PENALTIES[key]]


def _columns_of_motifs(plan):
    """Standardised columns add up: the more there are, the less each is to weigh."""
    return plan.n_motifs * (4 if plan.shortest >= SHORTEST_OF_PARTS else 1)


def repeats_by_size(seconds: float, n_splits: int) -> int:
    """Return how often a model with fits of so many seconds is repeated."""
    return next((n for n in _STEPS if n * n_splits * seconds <= _SECONDS_OF_REPEATS), 1)


def rounds_of(key: str, plan: Any, *, whole: bool = False) -> int:
    """Return the epochs of a network, or the rounds of boosting, of which each takes a tree per class.

    Parameters
    ----------
    key : str
        Key of ``MODELS``.
    plan : Plan
        Size of the data.
    whole : bool, default=False
        Whether a network trains on whole sequences: few rows, so more epochs give it as many steps as it can use.
    """
    if key in ("boosting", "average") and plan.task == "number":
        return _BOOSTING_ROUNDS[plan.quick]
    if key == "boosting":
        return min(max(2000 // plan.n_classes, 10), 25 if plan.quick else 100)
    if key not in NETWORKS:
        return 1
    if key in POOLED:
        return usual_epochs(plan.n_samples, plan.quick, of_bags=not whole)
    return (_WHOLE_EPOCHS if whole else _EPOCHS)[plan.quick]


def usual_epochs(n_rows: int, quick: bool = False, *, of_bags: bool = False) -> int:
    """Return the epochs that the networks of one answer train on so many rows, or bags, without augmentation."""
    n_steps = math.ceil(n_rows / (_BAGS_OF_STEP if of_bags else _ROWS_OF_STEP))
    epochs = _TRAINING_STEPS[quick] / n_steps
    if not of_bags:
        epochs = max(epochs, min(_USUAL_EPOCHS[quick], _MOST_STEPS[quick] / n_steps))
    return min(max(round(epochs), _FEWEST_EPOCHS[quick]), _MOST_EPOCHS[quick])


def whole_size(key: str, plan: Any) -> Size:
    """Return the size of a model of whole sequences."""
    width = plan.longest + plan.window - 1
    rounds = rounds_of(key, plan, whole=True)
    return Size(plan.n_samples, width, _n_symbols(plan), plan.n_classes, rounds, _n_fits(key, plan), **_sources(plan))


def bag_size(key: str, plan: Any) -> Size:
    """Return the size of a model of the windows of all sequences."""
    rows = 0 if key in _OF_WHOLE else plan.n_samples * (plan.max_windows(key) or plan.longest)
    fits = _n_fits(key, plan)
    rounds = rounds_of(key, plan)
    return Size(rows, plan.window, _n_symbols(plan), plan.n_classes, rounds, fits, **_sources(plan))


def windows_size(key: str, plan: Any, n_rows: int) -> Size:
    """Return the size of a model of single windows, so many of them."""
    size = replace(bag_size(key, plan), rows=n_rows)
    return replace(size, rounds=usual_epochs(n_rows, plan.quick)) if key in POOLED else size


def grown(size: Size, key: str, plan: Any, augmenters: Sequence[Any]) -> Size:
    """Return the size behind augmenters that add rows; networks draw theirs anew in each epoch instead."""
    if key in NETWORKS:
        more = _WITH_AUGMENTATION if augmenters and key in POOLED and not plan.quick else 1
        return replace(size, rounds=round(size.rounds * more))
    return replace(size, rows=size.rows * math.prod(1 + _added(augmenter, plan) for augmenter in augmenters))


def _added(augmenter, plan):
    """Rows that an augmenter adds for each row."""
    if augmenter is plan.orthologs:
        return len(tidy_orthologs(augmenter.orthologs)) / plan.n_samples
    return augmenter.n_copies


def averaged_keys(plan: Any) -> tuple[str, ...]:
    """Return the models that an average is made of: of numbers both, of classes and labels those to choose from."""
    if plan.task == "number":
        return AVERAGED_NUMBERS
    known = {"motif-occupancies": plan.motifs, "language-model": plan.language_model}
    return tuple(key for key in _STRENGTHS if known.get(key, True) is not None)


def _sources(plan):
    return {"motifs": plan.n_motifs, "members": averaged_keys(plan)}


def _n_fits(key, plan):
    if key == "memoriser":
        return 1
    if plan.task == "number":
        chosen = key in PENALTIES
        return plan.n_targets * (INNER_FOLDS * len(PENALTIES[key]) + 1 if chosen else 1)
    n_targets = plan.n_targets if plan.task == "labels" else 1
    if key in TUNED:
        # features are computed once for all penalties, and take most of the time
        return n_targets * (INNER_FOLDS + 1)
    # those of the average count their own
    return n_targets * (INNER_FOLDS + 1 if key == "average" else 1)


def _n_symbols(plan):
    return 20 if plan.alphabet == "protein" else 4
