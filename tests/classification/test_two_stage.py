"""Augmented training, then fine-tuning on clean rows: weights, rates, augmenters, seeds, for both classifiers."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
import torch
from skorch.callbacks import Callback

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import CNNBiLSTMClassifier, PromoterCNNClassifier

SMALL = {"batch_size": 16, "precision": "float32", "device": "cpu", "random_state": 0}
NETWORKS = [
    (PromoterCNNClassifier, {"conv_channels": (4,), "kernel_size": 4, "pool_size": 3, "dense_units": (8,)}),
    (CNNBiLSTMClassifier, {"conv_channels": (4,), "hidden_size": 4, "num_layers": 1, "dense_units": (8,)}),
]
both_classifiers = pytest.mark.parametrize(("cls", "network"), NETWORKS, ids=["promoter", "bilstm"])


@pytest.fixture
def data(rng):
    """48 random sequences of 24 nt with random labels, and names: validation soon gets worse."""
    X = ["".join(rng.choice(list("ACGT"), 24)) for _ in range(48)]
    return pd.Series(X, index=[f"gene{i}" for i in range(48)]), rng.permutation(np.arange(48) % 2)


@dataclass
class Flip:
    """Turns sequences round and writes down what it saw."""

    pad_to: int | None = None
    log: list = field(default_factory=list)

    def augment_batch(self, X, rng, *, identifiers=None):
        self.log.append((tuple(X.shape), identifiers, rng.random()))
        return X.flip(1)


@dataclass
class Bound:
    """Asks for the training rows once, as an augmenter with a table does."""

    asked: list = field(default_factory=list)
    labels: list = field(default_factory=list)
    used: list = field(default_factory=list)

    def for_training(self, identifiers, y):
        if identifiers is None:
            raise ValueError("Bound needs identifiers; pass X as a Series")
        self.asked.append(identifiers)
        self.labels.append(y)
        return _Swapper(set(identifiers), self.used)

    def augment_batch(self, X, rng, *, identifiers=None):
        raise AssertionError("the bound object is to be used")


@dataclass
class _Swapper:
    names: set
    used: list

    def augment_batch(self, X, rng, *, identifiers=None):
        assert set(identifiers) <= self.names
        self.used.extend(identifiers)
        return X


class Batches(Callback):
    """Counts the rows of each training batch."""

    def __init__(self):
        self.sizes = []

    def on_batch_end(self, net, batch, training, **kwargs):
        if training:
            self.sizes.append(len(batch[0]["x"]))


def overfits(cls, network, **options):
    """A classifier whose best epoch is not its last."""
    settings = {"lr": 0.05, "max_epochs": 12, "patience": 5, "validation_fraction": 0.3, "dropout": 0.0}
    return cls(**(SMALL | network | settings | options))


def valid_loss(clf, X, y):
    rows = clf.validation_split_.valid_rows
    proba = clf.predict_proba(X.iloc[rows])[np.arange(len(rows)), y[rows]]
    return -np.log(proba).mean()


@both_classifiers
def test_second_stage_starts_from_the_best_weights_of_the_first(data, cls, network):
    X, y = data
    one = overfits(cls, network).fit(X, y)
    assert one.history_["valid_loss"].argmin() < len(one.history_) - 1
    two = overfits(cls, network, finetune_epochs=2, finetune_lr=1e-12).fit(X, y)
    first = two.history_.query("stage == 0")
    np.testing.assert_array_equal(first["train_loss"], one.history_["train_loss"])
    np.testing.assert_allclose(two.predict_proba(X), one.predict_proba(X), atol=1e-6)
    np.testing.assert_allclose(two.history_.query("stage == 1")["valid_loss"], first["valid_loss"].min(), rtol=1e-4)


@both_classifiers
def test_without_validation_rows_it_starts_from_the_last_weights(data, cls, network):
    X, y = data
    options = {"validation_fraction": None, "max_epochs": 3}
    one = overfits(cls, network, **options).fit(X, y)
    two = overfits(cls, network, finetune_epochs=1, finetune_lr=1e-12, **options).fit(X, y)
    np.testing.assert_allclose(two.predict_proba(X), one.predict_proba(X), atol=1e-6)
    assert two.history_["stage"].tolist() == [0, 0, 0, 1]


@both_classifiers
def test_the_best_of_the_second_stage_is_kept_even_if_worse(data, cls, network):
    """Steps of 30 leave wild weights, sure of labels that are random."""
    X, y = data
    clf = overfits(cls, network, finetune_epochs=8, finetune_lr=30).fit(X, y)
    best = clf.history_.groupby("stage")["valid_loss"].min()
    assert best[0] < best[1]
    assert clf.history_["valid_loss"].iloc[-1] > best[1]
    assert valid_loss(clf, X, y) == pytest.approx(best[1], rel=1e-3)


@both_classifiers
def test_history_names_stage_epoch_and_rate(data, cls, network):
    options = {"max_epochs": 2, "validation_fraction": None, "finetune_epochs": 3, "lr": 1e-2}
    history = overfits(cls, network, **options).fit(*data).history_
    assert history["stage"].tolist() == [0, 0, 1, 1, 1]
    assert history["epoch"].tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(history["lr"], [1e-2] * 2 + [1e-3] * 3)
    history = overfits(cls, network, finetune_lr=1e-5, **options).fit(*data).history_
    np.testing.assert_allclose(history["lr"], [1e-2] * 2 + [1e-5] * 3)


@both_classifiers
def test_second_stage_has_its_own_batches_and_optimizer(data, cls, network):
    batches = Batches()
    options = {"max_epochs": 2, "validation_fraction": None, "finetune_epochs": 3, "callbacks": [batches]}
    clf = overfits(cls, network, finetune_batch_size=40, **options).fit(*data)
    assert batches.sizes == [16, 16, 16] * 2 + [40, 8] * 3
    steps = {int(state["step"]) for state in clf.net_.optimizer_.state.values()}
    assert steps == {6}
    batches.sizes.clear()
    overfits(cls, network, **options).fit(*data)
    assert batches.sizes == [16] * 15


@both_classifiers
def test_augmenters_take_turns_in_the_first_stage_only(data, cls, network):
    X, y = data
    first, second, bound = Flip(), Flip(), Bound()
    clf = overfits(cls, network, augment=[first, bound, second], max_epochs=3, finetune_epochs=2).fit(X, y)
    names = X.index[clf.validation_split_.train_rows]
    n_batches = 3 * -(-len(names) // 16)
    assert len(first.log) == len(second.log) == n_batches
    assert {shape[1:] for shape, _, _ in first.log} == {(24, 4)}
    assert len(bound.used) == 3 * len(names)
    assert len(bound.asked) == 1
    assert bound.asked[0].dtype == object
    assert bound.asked[0].tolist() == names.tolist()
    # turned twice, the rows are the rows
    plain = overfits(cls, network, max_epochs=3, finetune_epochs=2).fit(X, y)
    np.testing.assert_array_equal(plain.predict_proba(X), clf.predict_proba(X))
    once = overfits(cls, network, augment=(first,), max_epochs=3, finetune_epochs=2).fit(X, y)
    assert np.abs(once.predict_proba(X) - plain.predict_proba(X)).max() > 1e-4


@both_classifiers
@pytest.mark.parametrize("own", [None, 26, 40])
def test_rows_are_packed_to_what_an_augmenter_asks_for(data, cls, network, own):
    X, y = data
    flip = Flip(pad_to=30)
    options = {"augment": [Flip(), flip], "pad_to": own, "max_epochs": 1, "finetune_epochs": 1}
    clf = overfits(cls, network, **options).fit(X, y)
    assert clf.length_ == max(30, own or 0)
    assert {shape[1:] for shape, _, _ in flip.log} == {(clf.length_, 4)}
    assert overfits(cls, network, **(options | {"augment": Flip(pad_to=5), "pad_to": None})).fit(X, y).length_ == 24


@both_classifiers
def test_windows_bring_the_identifier_of_their_parent(data, cls, network):
    X, y = data
    bags = WindowAugmenter(12, overlap=(2, 4), min_shared=None).fit_transform(X)
    flip, bound = Flip(), Bound()
    clf = overfits(cls, network, augment=[flip, bound], max_epochs=1, batch_size=64)
    clf.fit(bags, y, identifiers=X.index)
    split = clf.validation_split_
    seen = np.concatenate([names for _, names, _ in flip.log])
    assert sorted(seen) == sorted(X.index[split.train[:, 0]])
    assert bound.asked[0].tolist() == X.index[split.train_rows].tolist()
    assert bound.labels[0].tolist() == np.asarray(y)[split.train_rows].tolist()


@both_classifiers
def test_same_seed_same_bits(data, cls, network):
    X, y = data
    logs, probas = [], []
    for seed in (0, 0, 1):
        flip = Flip()
        options = {"augment": flip, "max_epochs": 2, "finetune_epochs": 2, "dropout": 0.3, "random_state": seed}
        torch.manual_seed(len(logs))
        probas.append(overfits(cls, network, **options).fit(X, y).predict_proba(X))
        logs.append([draw for _, _, draw in flip.log])
    np.testing.assert_array_equal(probas[0], probas[1])
    assert logs[0] == logs[1] != logs[2]
    assert np.abs(probas[0] - probas[2]).max() > 1e-4


class Broken:
    """Gives back what it was told to make of the batch."""

    def __init__(self, change):
        self.change = change

    def augment_batch(self, X, rng, *, identifiers=None):
        return self.change(X)


@both_classifiers
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X: X[1:], r"shape \(16, 24, 4\) and returned \(15, 24, 4\)"),
        (lambda X: X[:, :20], r"returned \(16, 20, 4\); it must return a tensor of the same shape \(use pad_to"),
        (lambda X: X[..., :3], r"returned \(16, 24, 3\)"),
        (lambda X: None, "returned NoneType"),
        (lambda X: X.numpy(), r"returned \(16, 24, 4\); it must return a tensor"),
    ],
)
def test_augmenters_are_held_to_their_promise(data, cls, network, change, message):
    with pytest.raises(ValueError, match=r"augment: Broken\.augment_batch was given a batch of " + ".*" + message):
        overfits(cls, network, augment=[Flip(), Broken(change)], validation_fraction=None).fit(*data)


@both_classifiers
@pytest.mark.parametrize(
    ("augment", "error", "message"),
    [
        ([Flip(), "mutate"], TypeError, r"augment\[1\] is of type str, which has no method augment_batch"),
        ("mutate", TypeError, "augment is of type str, which has no method augment_batch"),
        (
            pd.DataFrame({"identifier": ["a"] * 99}),
            TypeError,
            "augment is of type DataFrame.*OrthologAugmenter.table.$",
        ),
        (Bound(), ValueError, "Bound needs identifiers"),
    ],
)
def test_bad_augmenters_before_any_training(data, cls, network, augment, error, message):
    X, y = data
    clf = overfits(cls, network, augment=augment)
    with pytest.raises(error, match=message):
        clf.fit(X.tolist(), y)
    assert not hasattr(clf, "net_")


@both_classifiers
@pytest.mark.parametrize(
    "options", [{"finetune_epochs": -1}, {"finetune_lr": 0}, {"finetune_batch_size": 0}, {"pad_to": 0}]
)
def test_parameters_out_of_range(data, cls, network, options):
    with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
        overfits(cls, network, **options).fit(*data)
