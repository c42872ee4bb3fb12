"""The default network's classifier: learns from little, members, schedules, strands, every form of X, bad input."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import config_context
from sklearn.model_selection import GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback

from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, WindowAugmenter
from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.encoding import OneHotEncoder, reverse_complement
from seqaug_sklearn.inspection import sequence_attributions

TINY = {"n_filters": 6, "kernel_size": 7, "max_epochs": 2, "batch_size": 16, "device": "cpu", "random_state": 0}


def tiny(**options):
    return MotifCNNClassifier(**(TINY | options))


@pytest.fixture
def data(rng):
    """48 sequences of 30 to 40 nt in two classes."""
    X = ["".join(rng.choice(list("ACGT"), 30 + i % 11)) for i in range(48)]
    return X, np.arange(48) % 2


def planted(rng, n, length=100, width=10):
    """Rows of random letters; every other one holds the same motif somewhere. Also where it starts."""
    X, y = rng.choice(list("ACGT"), (n, length)), np.arange(n) % 2
    motif = np.random.default_rng(1).choice(list("ACGT"), width)
    starts = rng.integers(0, length - width, n)
    for row in np.flatnonzero(y):
        X[row, starts[row] : starts[row] + width] = motif
    return ["".join(row) for row in X], y, starts


def test_defaults_learn_a_motif_planted_anywhere_and_show_it(rng):
    X, y, _ = planted(rng, 60)
    test, labels, starts = planted(rng, 200)
    clf = MotifCNNClassifier(n_filters=48, max_epochs=100, device="cpu", random_state=0).fit(X, y)
    assert clf.score(test, labels) > 0.95
    assert clf.score(reverse_complement(test), labels) > 0.95
    positive = np.flatnonzero(labels)[:20]
    attributions = sequence_attributions(clf, [test[i] for i in positive], target=1, n_steps=16, random_state=0)
    peaks = np.abs(attributions.values).sum(2).argmax(1)
    hits = (peaks >= starts[positive]) & (peaks < starts[positive] + 10)
    assert hits.mean() >= 0.95
    assert np.abs(attributions.delta).max() < 0.05


@pytest.mark.parametrize(
    ("n_rows", "batch_size", "epochs", "augmented"),
    [
        (400, 32, 62, 92),
        (400, 16, 40, 60),
        (2000, 16, 40, 60),
        (3200, 16, 25, 38),
        (9000, 16, 20, 20),
        (50, 32, 200, 200),
        (96, 16, 133, 200),
    ],
)
def test_epochs_follow_the_number_of_rows(n_rows, batch_size, epochs, augmented):
    clf = MotifCNNClassifier(batch_size=batch_size, finetune_epochs=3)
    assert [stage[0] for stage in clf._stages(None, range(n_rows))] == [epochs, 3]
    edited = MotifCNNClassifier(batch_size=batch_size, augment=RandomAugmentation([RandomMutation()]))
    assert edited._stages(None, range(n_rows))[0][0] == augmented
    pooled = MotifCNNClassifier(batch_size=batch_size, bag_pooling="max")
    assert pooled._stages(None, range(n_rows))[0][0] == np.clip(round(800 / np.ceil(n_rows / batch_size)), 20, 200)
    assert clf.set_params(max_epochs=7)._stages(None, range(n_rows))[0][0] == 7


class Rates(Callback):
    """Learning rate of each training step."""

    def __init__(self):
        self.rates = []

    def on_batch_end(self, net, training, **kwargs):
        if training:
            self.rates.append(net.optimizer_.param_groups[0]["lr"])


def test_one_cycle_then_a_constant_rate(data):
    rates = Rates()
    tiny(max_epochs=10, lr=0.01, finetune_epochs=2, callbacks=[rates]).fit(*data)
    schedule, parameter = [], torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.AdamW([parameter], lr=0.01)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=30)
    for _ in range(30):
        schedule.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(schedule) < 30:
            cycle.step()
    # a callback of the user's comes after the schedule has moved on
    np.testing.assert_allclose(rates.rates, [*schedule[1:], schedule[-1], *[0.001] * 6])


def test_members_are_averaged(data):
    X, y = data
    clf = tiny(n_members=3).fit(X, y)
    assert len(clf.members_) == 3
    assert clf.net_ is clf.members_[0]
    assert clf.history_["member"].tolist() == [0, 0, 1, 1, 2, 2]
    one_hot = torch.from_numpy(OneHotEncoder().fit_transform(X))
    with torch.no_grad():
        logits = torch.stack([net.module_.eval()(one_hot) for net in clf.members_])
    np.testing.assert_allclose(clf.predict_proba(X), logits.softmax(2).mean(0), atol=1e-6)
    assert (logits[0] - logits[1]).abs().max() > 0.01
    torch.testing.assert_close(clf.logits_module()(one_hot), logits.mean(0))
    # the first member is the classifier of one member
    np.testing.assert_array_equal(tiny().fit(X, y).history_["train_loss"], clf.history_["train_loss"][:2])


def test_label_smoothing_is_for_training_losses_only(data):
    X, y = data
    clf = tiny(label_smoothing=0.4, validation_fraction=0.3, dropout=0.0).fit(X, y)
    rows = clf.validation_split_.valid_rows
    proba = clf.predict_proba([X[i] for i in rows])[np.arange(len(rows)), y[rows]]
    np.testing.assert_allclose(-np.log(proba).mean(), clf.history_["valid_loss"].iloc[-1], rtol=1e-4)
    other = tiny(label_smoothing=0.0, validation_fraction=0.3, dropout=0.0).fit(X, y)
    assert not np.array_equal(clf.predict_proba(X), other.predict_proba(X))


@pytest.mark.parametrize("kind", ["ema", "swa"])
def test_average_weights(data, kind):
    X, y = data
    clf = tiny(average_weights=kind, max_epochs=8).fit(X, y)
    assert not np.array_equal(clf.predict_proba(X), tiny(max_epochs=8).fit(X, y).predict_proba(X))
    with pytest.raises(ValueError, match=r"average_weights='\w+' keeps an average .* patience=3"):
        tiny(average_weights=kind, patience=3, validation_fraction=0.3).fit(X, y)


@pytest.mark.parametrize(
    ("options", "both"),
    [
        ({}, True),
        ({"strand": "single"}, False),
        ({"alphabet": "rna"}, False),
        ({"alphabet": "rna", "strand": "both"}, True),
    ],
)
def test_strands(data, options, both):
    X, y = data
    X = [x.replace("T", "U") for x in X] if "alphabet" in options else X
    clf = tiny(**options).fit(X, y)
    turned = reverse_complement(X, options.get("alphabet", "dna"))
    same = np.allclose(clf.predict_proba(turned), clf.predict_proba(X), atol=1e-5)
    assert same is both


def test_proteins_have_one_strand():
    X = ["MKLVMKLVMKLV", "ACDEACDEACDE"] * 8
    clf = tiny(alphabet="protein", initial_filters="enriched").fit(X, [0, 1] * 8)
    assert clf.net_.module_.complement is None
    encoded = OneHotEncoder("protein").fit_transform(X)
    assert tiny().fit(encoded, [0, 1] * 8).net_.module_.complement is None
    with pytest.raises(ValueError, match="X has 20 symbols and alphabet='protein'; use strand='single'"):
        tiny(alphabet="protein", strand="both").fit(X, [0, 1] * 8)


def test_a_row_and_its_reverse_complement_are_never_on_both_sides(random_dna):
    half = random_dna(20, 30)
    X, y = half + reverse_complement(half) + random_dna(60, 30), np.arange(100) % 2
    split = tiny(max_epochs=1, validation_fraction=0.3).fit(X, y).validation_split_
    train, valid = (set(rows[rows < 40] % 20) for rows in (split.train_rows, split.valid_rows))
    assert len(valid) > 2
    assert valid.isdisjoint(train)


def test_every_form_of_x_gives_the_same_predictions(data):
    X, y = data
    encoded = OneHotEncoder().fit_transform(X)
    expected = tiny(initial_filters="enriched").fit(X, y).predict_proba(X)
    for form in (np.array(X), pd.Series(X), encoded, encoded.astype(float)):
        np.testing.assert_array_equal(tiny(initial_filters="enriched").fit(form, y).predict_proba(form), expected)


def test_bags_augmentation_fine_tuning_and_early_stopping(data):
    X, y = data
    edits = RandomAugmentation([RandomMutation(0.1)])
    options = {"validation_fraction": 0.3, "patience": 2, "finetune_epochs": 2, "augment": edits, "n_members": 2}
    pipeline = make_pipeline(WindowAugmenter(20, overlap=(5, 10), min_shared=None), tiny(**options))
    pipeline.fit(X, y)
    assert pipeline[-1].history_["stage"].tolist() == [0, 0, 1, 1] * 2
    assert pipeline.predict_proba(X).shape == (48, 2)
    np.testing.assert_array_equal(pipeline.predict_proba(X), pipeline.fit(X, y).predict_proba(X))


def test_pickle_holds_no_data(data):
    X, y = data
    clf = tiny(n_members=2, average_weights="swa", initial_filters="enriched").fit(X, y)
    stored = pickle.dumps(clf)
    np.testing.assert_array_equal(pickle.loads(stored).predict_proba(X), clf.predict_proba(X))
    assert len(stored) < 100_000


def test_zero_weight_rows_do_not_change_what_filters_start_from(data):
    X, y = data
    wrong = ["TATAAATATA" * 3] * 20
    labels = np.concatenate([y, np.zeros(20, int)])
    weights = [1.0] * 48 + [0.0] * 20
    start = {"initial_filters": "enriched", "lr": 1e-9, "max_epochs": 1}
    first = tiny(**start).fit(X, y).net_.module_.filters
    second = tiny(**start).fit(X + wrong, labels, sample_weight=weights).net_.module_.filters
    torch.testing.assert_close(first, second, atol=1e-6, rtol=0)
    third = tiny(**start).fit(X + wrong, labels).net_.module_.filters
    assert (first - third).abs().max() > 0.01


def test_groups_are_routed_by_default(data):
    X, y = data
    seen = []

    class Spy(MotifCNNClassifier):
        def fit(self, X, y, sample_weight=None, groups=None, identifiers=None):
            seen.append(groups)
            return super().fit(X, y, sample_weight, groups, identifiers)

    with config_context(enable_metadata_routing=True):
        pipeline = make_pipeline(OneHotEncoder(), Spy(**TINY))
        params = {"groups": np.arange(48) // 4}
        cross_validate(pipeline, X, y, cv=GroupKFold(3), params=params, error_score="raise")
    assert [len(groups) for groups in seen] == [32, 32, 32]


def test_rows_shorter_than_a_filter():
    X = ["ACG", "TTTA", "ACGG", "TTT"] * 4
    clf = tiny(max_epochs=30, lr=0.05, strand="single").fit(X, [0, 1] * 8)
    assert clf.score(X, [0, 1] * 8) == 1


@pytest.mark.gpu
def test_gpu_learns_and_unpickles_on_the_cpu(rng):
    X, y, _ = planted(rng, 60)
    clf = MotifCNNClassifier(max_epochs=60, device="cuda", n_members=2, random_state=0).fit(X, y)
    assert clf.score(X, y) > 0.9
