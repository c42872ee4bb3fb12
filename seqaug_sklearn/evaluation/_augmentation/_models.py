"""The classifiers of ``compare_augmentations``, each with every augmentation asked for and without."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from seqaug_sklearn.evaluation._augmentation._costs import (
    POOLED,
    Size,
    bag_size,
    fit_seconds,
    grown,
    rounds_of,
    whole_size,
    windows_size,
)
from seqaug_sklearn.evaluation._augmentation._line_up import ANOTHER_NETWORK, BASELINES, MODELS
from seqaug_sklearn.evaluation._augmentation._trivial_models import trivial_model
from seqaug_sklearn.evaluation._thinned_training import ThinnedTraining
from seqaug_sklearn.similarity import memoriser

__all__ = [
    "AUGMENTATIONS",
    "NO_WINDOWS",
    "Line",
    "Plan",
    "model_of",
    "models_of_blocks",
    "models_of_parents",
    "seconds_of",
    "usual_edits",
]

_NEURAL: dict[str, dict[str, Any]] = {
    "motif-cnn": {},
    "bag-cnn-bilstm": {},
    "cnn-bilstm": {},
    "cnn": {"num_layers": 0},
    "rnn": {"conv_channels": (), "pool": None},
    "mlp": {"conv_channels": (), "num_layers": 0, "pool": None},
    "promoter-cnn": {},
}
_KMERS = {"protein": (2, 3)}
"""Shortest and longest k-mers of an alphabet, 5 and 6 for the others."""
_POSITIONAL_KMERS = {"protein": (1, 2)}
"""The same of k-mers by position, 1 to 5 for the others."""
_OF_TEXT = ("kmers", "positional-kmers")
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
        Window length, sequences, classes, windows of the longest sequence.
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

    @property
    def both_strands(self) -> bool:
        """Whether the sequences have two strands that mean the same."""
        return self.strand == "both" and self.alphabet != "protein"

    def max_windows(self, model: str) -> int | None:
        """Most windows per sequence; None: all."""
        budget = _BUDGETS["neural" if model in _NEURAL else model][self.quick]
        most = max(_MIN_WINDOWS, budget // self.n_samples)
        if model in POOLED:
            # one answer for the bag: windows that overlap by half hold all that there is to see
            most = min(most, 1 + math.ceil((self.longest - 1) / max(1, self.window // 2)))
        return None if most >= self.longest else most


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
    """

    models: dict[str, Any] = field(default_factory=dict)
    partners: dict[str, str] = field(default_factory=dict)
    treatments: dict[str, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

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
    """Classifiers of text, one row per sequence."""
    line = Line()
    for key in names:
        name = MODELS[key]
        whole = whole_size(key, plan)
        if key in BASELINES:
            line.add(key, name, model_of(key, plan), whole)
            continue
        reference = f"{name}, whole"
        if key == "bag-cnn-bilstm":
            line.add(key, f"{name}, windows", model_of(key, plan, "windows"), bag_size(key, plan))
            _compare_bags(line, f"{name}, windows", names)
            continue
        if key not in NO_WINDOWS:  # counts of k-mers do not see where a window was cut, positions start anew there
            line.add(key, f"{name}, windows", model_of(key, plan, "windows"), bag_size(key, plan))
            line.compare(f"{name}, windows", reference, "Windows")
        for treatment, suffix, steps in _row_augmentations(plan):
            line.add(key, f"{name}, {suffix}", model_of(key, plan, suffix), grown(whole, key, plan, steps))
            line.compare(f"{name}, {suffix}", reference, treatment)
        line.add(key, reference, model_of(key, plan), whole)
    return line


def model_of(key: str, plan: Plan, augmentation: str | None = None) -> Any:
    """Return a model of whole sequences, with one of :data:`AUGMENTATIONS`; the plan holds what it asks for."""
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
            line.add(key, name, _single(key, plan), windows)
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
    """EvoAug's edits as DeepDifE uses them, shorter where sequences are short; noise is for networks alone."""
    from seqaug_sklearn import augmentation

    # an edit of a third of the sequence leaves little of it
    longest = min(20, plan.shortest // 3)
    transforms = [
        augmentation.RandomInsertion(0, longest),
        augmentation.RandomDeletion(0, longest),
        augmentation.RandomTranslocation(0, longest),
        augmentation.RandomMutation(0.05),
    ]
    if plan.alphabet == "dna" and plan.both_strands:
        transforms.append(augmentation.RandomReverseComplement(0.5))
    return augmentation.RandomAugmentation(transforms, n_copies=_COPIES, alphabet=plan.alphabet)


def _single(key, plan):
    from sklearn.dummy import DummyClassifier

    if key in ("composition", "positions"):
        return trivial_model(key, plan.alphabet)
    if key == "majority":
        return DummyClassifier(strategy="most_frequent")
    return memoriser(alphabet=plan.alphabet, canonical=False if plan.strand == "single" else None)


def _network(key, plan, **changes):
    from seqaug_sklearn.classification import CNNBiLSTMClassifier, PromoterCNNClassifier

    if key in POOLED:
        return _pooled_network(key, plan, **changes)
    quick = {"max_epochs": rounds_of(key, plan), "batch_size": 32, "lr": 1e-3} if plan.quick else {}
    run = {"alphabet": plan.alphabet, "device": plan.device}
    kind = PromoterCNNClassifier if key == "promoter-cnn" else CNNBiLSTMClassifier
    return kind(**_NEURAL[key] | quick | run | changes)


def _pooled_network(key, plan, **changes):
    """Networks whose epochs follow from the rows, and that make one answer of the windows of a bag."""
    from seqaug_sklearn.classification import BAG_DNA, CNNBiLSTMClassifier, MotifCNNClassifier

    run = {"alphabet": plan.alphabet, "device": plan.device}
    if key == "bag-cnn-bilstm":
        settings = BAG_DNA | {"max_epochs": rounds_of(key, plan)}
        return CNNBiLSTMClassifier(**settings | run | changes)
    strand = "both" if plan.both_strands else "single"
    return MotifCNNClassifier(strand=strand, **run | changes)


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
    if key in _NEURAL:
        pooled = {"bag_pooling": "log_sum_exp", **_epochs(plan, rounds_of(key, plan))} if key in POOLED else {}
        return make_pipeline(windows, _network(key, plan, **pooled))
    voting = "hard" if key == "svm" else "soft"
    encoder = OneHotEncoder(plan.alphabet, flatten=True)
    return make_pipeline(windows, encoder, WindowVotingClassifier(_classical(key, plan), voting=voting))


def _rules(plan):
    """Admit every stride-1 window, as the augmenter's defaults do for windows of 40, for windows of any length."""
    return {"overlap": (0, min(20, plan.window - 1)), "min_shared": min(15, plan.window)}


def _on_whole(key, plan, augmenters=()):
    if key in _OF_TEXT:
        return _of_text(key, plan, augmenters)
    if key not in _NEURAL:
        return _flat(plan, _classical(key, plan), augmenters)
    # an ortholog may be as long as the longest sequence of all, also where that one is held out
    length = {"pad_to": plan.longest + plan.window - 1} if plan.orthologs is not None and plan.sized else {}
    network = _network(key, plan, **_training_on_whole(key, plan), **length, **_augment(augmenters))
    return _encoded(plan, network)


def _training_on_whole(key, plan):
    if key in POOLED:
        return _epochs(plan, rounds_of(key, plan, whole=True))
    # few rows: small batches and more epochs give the network as many steps as it can use
    patience = {} if plan.quick else {"patience": 15}
    return {"max_epochs": rounds_of(key, plan, whole=True), "lr": 1e-3, "batch_size": 16, **patience}


def _on_windows(key, plan, rounds, augmenters=()):
    if key in _OF_TEXT:
        return _of_text(key, plan, augmenters)
    if key in _NEURAL:
        network = _network(key, plan, **(_epochs(plan, rounds) if key in POOLED else {}), **_augment(augmenters))
        return _encoded(plan, network) if augmenters else network
    return _flat(plan, _classical(key, plan), augmenters)


def _epochs(plan, rounds):
    """In full the networks of one answer know the rows that they train on, and choose by themselves."""
    return {"max_epochs": rounds} if plan.quick else {}


def _augment(augmenters):
    return {"augment": list(augmenters)} if augmenters else {}


def _encoded(plan, network):
    from sklearn.pipeline import make_pipeline

    from seqaug_sklearn.encoding import OneHotEncoder

    return make_pipeline(OneHotEncoder(plan.alphabet, truncate=True), network)


def _flat(plan, classifier, augmenters=()):
    from seqaug_sklearn.encoding import OneHotEncoder

    return _behind(augmenters, OneHotEncoder(plan.alphabet, flatten=True, truncate=True), classifier)


def _of_text(key, plan, augmenters=()):
    return _on_kmers(plan, augmenters) if key == "kmers" else _on_positions(plan, augmenters)


def _on_kmers(plan, augmenters=()):
    """Logistic regression on weighted counts of k-mers; its penalty is scikit-learn's default, nothing is tuned."""
    from sklearn.linear_model import LogisticRegression

    from seqaug_sklearn.features import KmerCounts

    counts = KmerCounts(
        _KMERS.get(plan.alphabet, (5, 6)),
        alphabet=plan.alphabet,
        canonical=plan.both_strands,
        weighting="tfidf",
        sublinear=True,
    )
    return _behind(augmenters, counts, LogisticRegression(max_iter=1000))


def _on_positions(plan, augmenters=()):
    """Logistic regression on k-mers by their position from the start; nothing is tuned."""
    from seqaug_sklearn.features import PositionalKmers

    kmers = PositionalKmers(_POSITIONAL_KMERS.get(plan.alphabet, (1, 5)), alphabet=plan.alphabet)
    return _behind(augmenters, kmers, _classical("logistic", plan))


def _behind(augmenters, *steps):
    if augmenters:
        from imblearn.pipeline import make_pipeline
    else:
        from sklearn.pipeline import make_pipeline
    return make_pipeline(*augmenters, *steps)
