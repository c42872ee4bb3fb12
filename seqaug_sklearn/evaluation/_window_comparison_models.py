"""The classifiers of ``compare_windows``, each with windows and without."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqaug_sklearn.evaluation._memoriser import memoriser
from seqaug_sklearn.evaluation._window_paper_training import ThinnedTraining
from seqaug_sklearn.exceptions import DataFormatError

__all__ = ["MODELS", "Plan", "check_models", "models_of_blocks", "models_of_parents"]

MODELS = {
    "cnn-bilstm": "CNN-BiLSTM",
    "cnn": "CNN",
    "rnn": "RNN",
    "mlp": "MLP",
    "svm": "SVM",
    "logistic": "logistic regression",
    "boosting": "gradient boosting",
    "memoriser": "memoriser (1-NN on 12-mers)",
    "majority": "commonest class",
}
"""Keys and names of the classifiers."""

_NEURAL = {
    "cnn-bilstm": {},
    "cnn": {"num_layers": 0},
    "rnn": {"conv_channels": (), "pool": None},
    "mlp": {"conv_channels": (), "num_layers": 0, "pool": None},
}
# windows of all sequences together that a model trains in reasonable time: (in full, in a quick look)
_BUDGETS = {"neural": (20_000, 2400), "svm": (4000, 1200), "logistic": (20_000, 2400), "boosting": (8000, 1200)}
_MIN_WINDOWS = 4
_MAX_BLOCK_ROWS = 10_000
_MAX_BLOCK_CLASSES = 20


@dataclass(frozen=True)
class Plan:
    """What decides the size of the models.

    Attributes
    ----------
    alphabet : str
        Alphabet of the sequences.
    window, n_samples, n_classes, longest : int
        Window length, sequences, classes, windows of the longest sequence.
    quick : bool
        Whether few epochs and windows will do.
    device : str
        Where networks are trained.
    """

    alphabet: str
    window: int
    n_samples: int
    n_classes: int
    longest: int
    quick: bool
    device: str

    def max_windows(self, model: str) -> int | None:
        """Most windows per sequence; None: all."""
        budget = _BUDGETS["neural" if model in _NEURAL else model][self.quick]
        most = max(_MIN_WINDOWS, budget // self.n_samples)
        return None if most >= self.longest else most


def check_models(names) -> list[str]:
    """Return the keys of the models asked for, all by default, in the order of :data:`MODELS`.

    Raises
    ------
    DataFormatError
        If a name is unknown or there is none.
    """
    names = list(MODELS) if names is None else [str(name).lower() for name in names]
    unknown = [name for name in names if name not in MODELS]
    if unknown or not names:
        raise DataFormatError(f"models must be some of {', '.join(MODELS)}; got {', '.join(unknown) or 'none'}")
    return [name for name in MODELS if name in names]


def models_of_parents(names: list[str], plan: Plan) -> tuple[dict[str, Any], dict[str, str]]:
    """Classifiers of text, one row per sequence, and who is compared with whom."""
    models, partners = {}, {}
    for key in names:
        if key in ("memoriser", "majority"):
            models[MODELS[key]] = _single(key, plan)
            continue
        with_windows, whole = f"{MODELS[key]}, windows", f"{MODELS[key]}, whole"
        models |= {with_windows: _on_bags(key, plan), whole: _on_whole(key, plan)}
        partners[with_windows] = whole
    return models, partners


def models_of_blocks(names: list[str], plan: Plan, n_rows: int) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Classifiers of exploded windows on overlapping windows and tiles, who is compared with whom, and who is left out.

    The cost of the SVM grows with the square of the windows, that of boosting with the classes.
    """
    slow = {"svm": n_rows > _MAX_BLOCK_ROWS, "boosting": plan.n_classes > _MAX_BLOCK_CLASSES}
    left_out = [MODELS[key] for key in names if slow.get(key)]
    models, partners = {}, {}
    for key in names:
        if slow.get(key):
            continue
        if key in ("memoriser", "majority"):
            models[MODELS[key]] = _single(key, plan)
            continue
        overlapping, tiles = f"{MODELS[key]}, overlapping", f"{MODELS[key]}, tiles"
        model = _network(key, plan) if key in _NEURAL else _flat(plan, _classical(key, plan))
        models |= {overlapping: model, tiles: ThinnedTraining(model, "tiles", window=plan.window)}
        partners[overlapping] = tiles
    return models, partners, left_out


def _single(key, plan):
    from sklearn.dummy import DummyClassifier

    return memoriser(alphabet=plan.alphabet) if key == "memoriser" else DummyClassifier(strategy="most_frequent")


def _network(key, plan, **changes):
    from seqaug_sklearn.classification import CNNBiLSTMClassifier

    quick = {"max_epochs": 8, "batch_size": 32, "lr": 1e-3} if plan.quick else {}
    run = {"alphabet": plan.alphabet, "device": plan.device}
    return CNNBiLSTMClassifier(**_NEURAL[key] | quick | run | changes)


def _classical(key, plan):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    if key == "svm":
        return SVC()
    if key == "logistic":
        return LogisticRegression(max_iter=200, tol=1e-3)
    # a tree per class and round; its own early stopping would split windows at random
    rounds = int(np.clip(2000 // plan.n_classes, 10, 25 if plan.quick else 100))
    return HistGradientBoostingClassifier(max_iter=rounds, early_stopping=False)


def _on_bags(key, plan):
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.augmentation import WindowAugmenter
    from seqaug_sklearn.classification import WindowVotingClassifier
    from seqaug_sklearn.encoding import OneHotEncoder

    windows = WindowAugmenter(plan.window, **_rules(plan), max_windows=plan.max_windows(key))
    if key in _NEURAL:
        return make_pipeline(windows, _network(key, plan))
    voting = "hard" if key == "svm" else "soft"
    encoder = OneHotEncoder(plan.alphabet, flatten=True)
    return make_pipeline(windows, encoder, WindowVotingClassifier(_classical(key, plan), voting=voting))


def _rules(plan):
    """Admit every stride-1 window, as the augmenter's defaults do for windows of 40, for windows of any length."""
    return {"overlap": (0, min(20, plan.window - 1)), "min_shared": min(15, plan.window)}


def _on_whole(key, plan):
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.encoding import OneHotEncoder

    if key not in _NEURAL:
        return _flat(plan, _classical(key, plan))
    # few rows: small batches and more epochs give the network as many steps as it can use
    budget = {"max_epochs": 12, "lr": 1e-3} if plan.quick else {"max_epochs": 100, "patience": 15, "lr": 1e-3}
    network = _network(key, plan, batch_size=16, **budget)
    return make_pipeline(OneHotEncoder(plan.alphabet, truncate=True), network)


def _flat(plan, classifier):
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.encoding import OneHotEncoder

    return make_pipeline(OneHotEncoder(plan.alphabet, flatten=True, truncate=True), classifier)
