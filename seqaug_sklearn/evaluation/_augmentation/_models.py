"""The models of ``compare_augmentations``, each with every augmentation asked for and without."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from seqaug_sklearn.evaluation._augmentation._line_up import ANOTHER_NETWORK, BASELINES, MODELS, models_of
from seqaug_sklearn.evaluation._model_parts import (
    NETWORKS,
    POOLED,
    TUNED,
    PerTargetClassifier,
    Size,
    average_of_classifiers,
    bag_size,
    behind,
    features_of,
    fit_seconds,
    flat_one_hot,
    grown,
    network,
    regressor_of,
    regressor_of_windows,
    rounds_of,
    trivial_model,
    tuned_classifier,
    whole_size,
    windows_size,
)
from seqaug_sklearn.evaluation._thinned_training import ThinnedTraining
from seqaug_sklearn.similarity import NearestSequenceRegressor, memoriser
from seqaug_sklearn.utils import Target

__all__ = [
    "AUGMENTATIONS",
    "NO_WINDOWS",
    "Line",
    "Plan",
    "count_classes",
    "model_of",
    "models_of_blocks",
    "models_of_parents",
    "named_edits",
    "seconds_of",
    "usual_edits",
]

_OF_TEXT = ("kmers", "positional-kmers", *TUNED, "average")
"""Models that read whole sequences without an encoder, and have no form on bags of windows."""
_COPIES = 4
"""Edited copies of each sequence for the classifiers that do not train in epochs."""
# windows of all sequences together that a model trains in reasonable time: (in full, in a quick look)
_BUDGETS = {"neural": (20_000, 2400), "svm": (4000, 1200), "logistic": (20_000, 2400), "boosting": (8000, 1200)}
AUGMENTATIONS = (None, "windows", "edits", "orthologs", "orthologs + edits")
"""What a model can be trained on beside whole sequences."""
NO_WINDOWS = (*_OF_TEXT, *BASELINES)
"""Models that have no form on bags of windows."""
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
        Window length, sequences, classes (2 where there are none), windows of the longest sequence.
    quick : bool
        Whether few epochs and windows will do.
    device : str
        Where networks are trained.
    shortest : int
        Residues of the shortest sequence.
    edits : RandomAugmentation or bool
        Whether random edits are compared too, and which.
    orthologs : OrthologAugmenter or None
        Whether orthologs are compared too, and which.
    strand : {"both", "single"}
        Whether both strands mean the same: reverse complements among the edits, k-mers of both strands.
    sized : bool
        Whether the sizes are those of the data, so that no later sequence need be longer.
    task : {"classes", "number", "labels"}
        What is predicted.
    n_targets : int
        Numbers or labels of a row; 1 of classes.
    covariates : bool
        Whether numbers stand beside the sequences; windows have none, so whole sequences alone are compared then.
    motifs : dict of str to ndarray or None
        Known motifs as shares by name.
    language_model : str, path-like, LanguageModelEmbedder or None
        Folder of a language model, or what embeds by it.
    """

    alphabet: str
    window: int
    n_samples: int
    n_classes: int
    longest: int
    quick: bool
    device: str
    shortest: int = 40
    edits: Any = False
    orthologs: Any = None
    strand: str = "both"
    sized: bool = True
    task: str = "classes"
    n_targets: int = 1
    covariates: bool = False
    motifs: Any = None
    language_model: Any = None

    @property
    def both_strands(self) -> bool:
        """Whether the sequences have two strands that mean the same."""
        return self.strand == "both" and self.alphabet != "protein"

    @property
    def n_motifs(self) -> int:
        """Known motifs."""
        return 0 if self.motifs is None else len(self.motifs)

    def max_windows(self, model: str) -> int | None:
        """Most windows per sequence; None: all."""
        budget = _BUDGETS["neural" if model in NETWORKS else model][self.quick]
        most = max(_MIN_WINDOWS, budget // self.n_samples)
        if model in POOLED:
            # one answer for the bag: windows that overlap by half hold all that there is to see
            most = min(most, 1 + math.ceil((self.longest - 1) / max(1, self.window // 2)))
        return None if most >= self.longest else most


def count_classes(target: Target) -> int:
    """Classes of a target; 2 of numbers and labels, as many as sizes and costs are those of."""
    return len(np.unique(target.values)) if target.kind == "classes" else 2


@dataclass
class Line:
    """What is fitted, who is compared with whom, and which estimators stand for which augmentation.

    Attributes
    ----------
    models : dict of str to estimator
        By name.
    partners : dict of str to str
        The reference of each augmented model.
    treatments : dict of str to list of str
        Names of the models with each augmentation.
    left_out : list of str
        Models that would take too long.
    keys : dict of str to str
        Key of each model in ``MODELS``.
    seconds : dict of str to float
        What a fit of each takes about, by size.
    task : {"classes", "number", "labels"}
        What they predict.
    """

    models: dict[str, Any] = field(default_factory=dict)
    partners: dict[str, str] = field(default_factory=dict)
    treatments: dict[str, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    task: str = "classes"

    def add(self, key: str, name: str, model: Any, size: Size) -> None:
        """Add a model."""
        self.models[name] = model
        self.keys[name] = key
        self.seconds[name] = fit_seconds(key, size)

    def compare(self, name: str, partner: str, treatment: str) -> None:
        """Say what an augmented model is compared with."""
        self.partners[name] = partner
        self.treatments.setdefault(treatment, []).append(name)

    def treatments_among(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Return the treatments of these augmented models alone."""
        names = set(names)
        found = {treatment: [m for m in members if m in names] for treatment, members in self.treatments.items()}
        return {treatment: members for treatment, members in found.items() if members}


def models_of_parents(names: list[str], plan: Plan) -> Line:
    """Models of text, one row per sequence."""
    line = Line(task=plan.task)
    for key in names:
        name = models_of(plan.task)[key]
        whole = whole_size(key, plan)
        if key in BASELINES:
            line.add(key, name, model_of(key, plan), whole)
            continue
        reference = f"{name}, whole"
        if key == "bag-cnn-bilstm":
            line.add(key, f"{name}, windows", model_of(key, plan, "windows"), bag_size(key, plan))
            _compare_bags(line, f"{name}, windows", names)
            continue
        if (
            key not in NO_WINDOWS and not plan.covariates
        ):  # counts of k-mers do not see where a window was cut, positions start anew there
            line.add(key, f"{name}, windows", model_of(key, plan, "windows"), bag_size(key, plan))
            line.compare(f"{name}, windows", reference, "Windows")
        for treatment, suffix, steps in _row_augmentations(plan):
            line.add(key, f"{name}, {suffix}", model_of(key, plan, suffix), grown(whole, key, plan, steps))
            line.compare(f"{name}, {suffix}", reference, treatment)
        line.add(key, reference, model_of(key, plan), whole)
    return line


def model_of(key: str, plan: Plan, augmentation: str | None = None) -> Any:
    """Return a model of whole sequences, with one of :data:`AUGMENTATIONS`; the plan holds what it asks for."""
    if key == "memoriser":
        return _lookup(plan)
    made = _model_of(key, plan, augmentation)
    # networks and regressors take several targets
    return PerTargetClassifier(made) if plan.task == "labels" and key not in NETWORKS else made


def _model_of(key, plan, augmentation):
    if key in BASELINES:
        return _single(key, plan)
    if augmentation == "windows":
        return _on_bags(key, plan)
    steps = {suffix: augmenters for _, suffix, augmenters in _row_augmentations(plan)}
    return _on_whole(key, plan, steps[augmentation] if augmentation else ())


def seconds_of(key: str, plan: Plan, augmentation: str | None = None) -> float:
    """Return what a fit of such a model takes about, by the sizes of the data."""
    whole = whole_size(key, plan)
    if augmentation == "windows":
        return fit_seconds(key, bag_size(key, plan))
    steps = {suffix: augmenters for _, suffix, augmenters in _row_augmentations(plan)}
    return fit_seconds(key, grown(whole, key, plan, steps[augmentation]) if augmentation else whole)


def _compare_bags(line, name, names):
    """Say what the network that knows bags only is compared with.

    Its own kind on whole sequences where that is run. Otherwise the motif CNN, which is what one would train on whole
    sequences instead; two things differ then, and the title says so.
    """
    if "cnn-bilstm" in names:
        line.compare(name, f"{MODELS['cnn-bilstm']}, whole", "Windows")
    elif "motif-cnn" in names:
        line.compare(name, f"{MODELS['motif-cnn']}, whole", ANOTHER_NETWORK)


def models_of_blocks(names: list[str], plan: Plan, n_rows: int) -> Line:
    """Classifiers of exploded windows on overlapping windows and tiles.

    The cost of the SVM grows with the square of the windows, that of boosting with the classes. A sample is a single
    window here, so the network of bags is the window paper's.
    """
    names = list(dict.fromkeys("cnn-bilstm" if key == "bag-cnn-bilstm" else key for key in names))
    many_classes = plan.n_classes > _MAX_BLOCK_CLASSES
    slow = {"svm": n_rows > _MAX_BLOCK_ROWS}
    slow |= dict.fromkeys(("boosting", *_OF_TEXT, "composition", "positions"), many_classes)
    line = Line(left_out=[MODELS[key] for key in names if slow.get(key)])
    for key in names:
        name = MODELS[key]
        if slow.get(key):
            continue
        windows = windows_size(key, plan, n_rows)
        if key in BASELINES:
            line.add(key, name, model_of(key, plan), windows)
            continue
        tiles, model = f"{name}, tiles", _on_windows(key, plan, windows.rounds)
        line.add(key, f"{name}, overlapping", model, windows)
        line.compare(f"{name}, overlapping", tiles, "Overlapping windows")
        for treatment, suffix, steps in _row_augmentations(plan):
            edited = f"{name}, overlapping + {suffix}"
            line.add(key, edited, _on_windows(key, plan, windows.rounds, steps), grown(windows, key, plan, steps))
            line.compare(edited, tiles, f"Overlapping windows with {treatment.lower()}")
        thinned = ThinnedTraining(model, "tiles", window=plan.window)
        line.add(key, tiles, thinned, replace(windows, rows=n_rows / plan.window))
    return line


def _row_augmentations(plan):
    """Yield the augmentations that add or edit rows: name, short name, augmenters in the order of use."""
    edits = []
    if plan.edits:
        edits = [usual_edits(plan) if plan.edits is True else plan.edits]
    orthologs = [] if plan.orthologs is None else [plan.orthologs]
    if edits:
        yield "Random edits", "edits", edits
    if orthologs:
        yield "Orthologs", "orthologs", orthologs
    if edits and orthologs:
        yield "Orthologs and random edits", "orthologs + edits", [*orthologs, *edits]


def usual_edits(plan: Plan):
    """EvoAug's edits as DeepDifE uses them, as they suit the sequences."""
    return named_edits("evoaug", plan.shortest, plan.alphabet, plan.strand)


def named_edits(words: str, shortest: int, alphabet: str, strand: str):
    """A preset or edits in words, for sequences of at least so many residues."""
    from seqaug_sklearn.augmentation import make_edits

    return make_edits(words, shortest, alphabet=alphabet, strand=strand, n_copies=_COPIES)


def _single(key, plan):
    from sklearn.dummy import DummyClassifier

    if plan.task == "number":
        return regressor_of(key, plan)
    if key in ("composition", "positions", "covariates"):
        return trivial_model(key, plan.alphabet, covariates=plan.covariates)
    return DummyClassifier(strategy="most_frequent" if plan.task == "classes" else "prior")


def _lookup(plan):
    if plan.task != "classes":
        return NearestSequenceRegressor(alphabet=plan.alphabet, both_strands=False if plan.strand == "single" else None)
    return memoriser(alphabet=plan.alphabet, canonical=False if plan.strand == "single" else None)


def _classical(key, plan):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    if key == "svm":
        return SVC()
    if key == "logistic":
        return LogisticRegression(max_iter=200, tol=1e-3)
    # its own early stopping would split windows at random
    return HistGradientBoostingClassifier(max_iter=rounds_of(key, plan), early_stopping=False)


def _on_bags(key, plan):
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.augmentation import WindowAugmenter
    from seqaug_sklearn.classification import WindowVotingClassifier
    from seqaug_sklearn.encoding import OneHotEncoder

    windows = WindowAugmenter(plan.window, **_rules(plan), max_windows=plan.max_windows(key))
    if key in NETWORKS:
        pooled = {"bag_pooling": "log_sum_exp", **_epochs(plan, rounds_of(key, plan))} if key in POOLED else {}
        return make_pipeline(windows, network(key, plan, **pooled))
    if plan.task == "number":
        return regressor_of_windows(key, plan, windows)
    voting = "hard" if key == "svm" else "soft"
    encoder = OneHotEncoder(plan.alphabet, flatten=True)
    return make_pipeline(windows, encoder, WindowVotingClassifier(_classical(key, plan), voting=voting))


def _rules(plan):
    """Admit every stride-1 window, as the augmenter's defaults do for windows of 40, for windows of any length."""
    return {"overlap": (0, min(20, plan.window - 1)), "min_shared": min(15, plan.window)}


def _on_whole(key, plan, augmenters=()):
    if plan.task == "number" and key not in NETWORKS:
        return regressor_of(key, plan, augmenters)
    if key in _OF_TEXT:
        return _of_text(key, plan, augmenters)
    if key not in NETWORKS:
        return behind(augmenters, flat_one_hot(plan), _classical(key, plan))
    # an ortholog may be as long as the longest sequence of all, also where that one is held out
    known = plan.sized and (plan.orthologs is not None or plan.covariates)
    length = {"pad_to": plan.longest + plan.window - 1} if known else {}
    made = network(key, plan, **_training_on_whole(key, plan), **length, **_augment(augmenters))
    # an encoder would read the sequences alone
    return made if plan.covariates else _encoded(plan, made)


def _training_on_whole(key, plan):
    if key in POOLED:
        return _epochs(plan, rounds_of(key, plan, whole=True))
    # few rows: small batches and more epochs give the network as many steps as it can use
    patience = {} if plan.quick else {"patience": 15}
    return {"max_epochs": rounds_of(key, plan, whole=True), "lr": 1e-3, "batch_size": 16, **patience}


def _on_windows(key, plan, rounds, augmenters=()):
    if key in _OF_TEXT:
        return _of_text(key, plan, augmenters)
    if key in NETWORKS:
        made = network(key, plan, **(_epochs(plan, rounds) if key in POOLED else {}), **_augment(augmenters))
        return _encoded(plan, made) if augmenters else made
    return behind(augmenters, flat_one_hot(plan), _classical(key, plan))


def _epochs(plan, rounds):
    """In full the networks of one answer know the rows that they train on, and choose by themselves."""
    return {"max_epochs": rounds} if plan.quick else {}


def _augment(augmenters):
    return {"augment": list(augmenters)} if augmenters else {}


def _encoded(plan, model):
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.encoding import OneHotEncoder

    return make_pipeline(OneHotEncoder(plan.alphabet, truncate=True), model)


def _of_text(key, plan, augmenters=()):
    if key == "average":
        return average_of_classifiers(plan, augmenters)
    if key in TUNED:
        return tuned_classifier(key, plan, augmenters)
    # the penalty is scikit-learn's default, nothing is tuned
    from sklearn.linear_model import LogisticRegression

    linear = LogisticRegression(max_iter=1000) if key == "kmers" else _classical("logistic", plan)
    return behind(augmenters, features_of(key, plan), linear)
