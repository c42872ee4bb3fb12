"""The networks and baselines of a reproduction, all with the same windows, split and budget."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqaug_sklearn.evaluation._running import FoldStore
from seqaug_sklearn.evaluation._thinned_training import ThinnedTraining
from seqaug_sklearn.evaluation._window_paper._genomes import WINDOW
from seqaug_sklearn.similarity import memoriser

__all__ = ["MEMORISER", "Setup", "across_models", "published_models", "tiled", "tiled_pairs"]

MEMORISER = "nearest-window lookup"
"""Name of the look-up baseline in all tables."""

_QUICK = {"max_epochs": 12, "lr": 1e-3}
_MAX_BAG = 60
"""Windows per sequence for classifiers that hold bags in memory as padded one-hot."""


@dataclass(frozen=True)
class Setup:
    """How a reproduction is run; fields as the parameters of ``reproduce_window_paper``."""

    molecule: str
    n_trials: int
    baselines: bool
    quick: bool
    device: str
    precision: str
    store: str | Path | FoldStore | None
    progress: bool
    n_jobs: int | None
    random_state: int

    @property
    def network_name(self) -> str:
        """The paper's name of its network."""
        return "CNN-BiLSTM" if self.molecule == "dna" else "CNN-LSTM"

    @property
    def trials(self) -> int:
        """Trials that are run."""
        return 1 if self.quick else self.n_trials

    @property
    def folds(self) -> int:
        """Folds of the block protocol, and of the published one for proteins."""
        return 3 if self.quick else 5

    def network(self, **changes) -> Any:
        """Build the paper's network and training, with changes."""
        from seqaug_sklearn.classification import PAPER_DNA, PAPER_PROTEIN, CNNBiLSTMClassifier

        paper = PAPER_DNA if self.molecule == "dna" else PAPER_PROTEIN
        run = {"device": self.device, "precision": self.precision}
        return CNNBiLSTMClassifier(**paper | (_QUICK if self.quick else {}) | run | changes)


def published_models(setup: Setup) -> dict[str, Any]:
    """Classifiers of exploded windows (text): the network, its variants for proteins, baselines, the lookup."""
    name = setup.network_name
    models = {name: setup.network()}
    if setup.molecule == "protein":
        plain = setup.network(class_weight=None)
        models |= {
            f"{name}, no remedy": plain,
            f"{name}, balanced windows": ThinnedTraining(plain, "balanced", window=WINDOW),
            f"{name}, weights and balanced": ThinnedTraining(setup.network(), "balanced", window=WINDOW),
            f"{name}, focal loss": setup.network(class_weight=None, loss="focal"),
        }
    return models | (_baselines(setup) if setup.baselines else {}) | {MEMORISER: memoriser(alphabet=setup.molecule)}


def _baselines(setup):
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    return {
        "CNN": setup.network(num_layers=0),
        "RNN": setup.network(conv_channels=(), pool=None),
        "MLP": setup.network(conv_channels=(), num_layers=0, pool=None),
        "logistic regression": _flat(setup, LogisticRegression(max_iter=200, tol=1e-3)),
        "SVM": _flat(setup, SVC()),
    }


def _flat(setup, classifier):
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.encoding import OneHotEncoder

    return make_pipeline(OneHotEncoder(setup.molecule, flatten=True), classifier)


def tiled(name: str) -> str:
    """Name of a classifier that is trained on non-overlapping tiles."""
    return f"{name}, tiles"


def tiled_pairs(setup: Setup) -> tuple[dict[str, Any], dict[str, str]]:
    """Classifiers trained on overlapping windows, each followed by the same on tiles, and who is compared with whom."""
    models = {setup.network_name: setup.network()} | (_baselines(setup) if setup.baselines else {})
    both: dict[str, Any] = {}
    for name, model in models.items():
        both |= {name: model, tiled(name): ThinnedTraining(model, "tiles", window=WINDOW)}
    return both | {MEMORISER: memoriser(alphabet=setup.molecule)}, {name: tiled(name) for name in models}


def across_models(setup: Setup, *, single_source: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """Classifiers of whole sequences (text), with windows and without, and who is compared with whom.

    Parameters
    ----------
    setup : Setup
        How to run.
    single_source : bool
        Whether one genome trains: then a class has one whole sequence and none is left for early stopping.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.augmentation import WindowAugmenter
    from seqaug_sklearn.classification import WindowVotingClassifier
    from seqaug_sklearn.encoding import OneHotEncoder

    name, logistic = setup.network_name, LogisticRegression(max_iter=200, tol=1e-3)
    # proteins differ in length: longer test sequences than any in training are cut
    encoder = OneHotEncoder(setup.molecule, truncate=True)
    # without windows there are few rows: small batches give as many training steps as the epochs allow
    early_stopping = {"validation_fraction": None} if single_source else {}
    whole = setup.network(batch_size=8, **early_stopping)
    models = {
        f"{name}, windows": make_pipeline(WindowAugmenter(WINDOW), setup.network()),
        f"{name}, whole sequences": make_pipeline(encoder, whole),
    }
    if setup.baselines:
        bags = WindowAugmenter(WINDOW, max_windows=_MAX_BAG)
        flat = OneHotEncoder(setup.molecule, flatten=True)
        models |= {
            "logistic regression, windows": make_pipeline(bags, flat, WindowVotingClassifier(logistic)),
            "logistic regression, whole sequences": make_pipeline(
                OneHotEncoder(setup.molecule, flatten=True, truncate=True), logistic
            ),
        }
    names = list(models)
    partners = dict(zip(names[::2], names[1::2], strict=True))
    return models | {MEMORISER: memoriser(alphabet=setup.molecule)}, partners
