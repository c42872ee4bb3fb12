"""Bags that learn as bags, for every neural classifier of sequences."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch

from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, WindowAugmenter
from seqaug_sklearn.classification import BAG_DNA, CNNBiLSTMClassifier, MotifCNNClassifier, PromoterCNNClassifier
from seqaug_sklearn.encoding import OneHotEncoder, reverse_complement
from seqaug_sklearn.inspection import sequence_attributions
from seqaug_sklearn.networks._bag_pooling import BAG_POOLINGS

SMALL = {"max_epochs": 2, "batch_size": 16, "device": "cpu", "random_state": 0, "validation_fraction": None}
NETWORKS = {
    "bilstm": (
        CNNBiLSTMClassifier,
        {"conv_channels": (4,), "hidden_size": 4, "num_layers": 1, "dense_units": (4,), "precision": "float32"},
    ),
    "motif": (MotifCNNClassifier, {"n_filters": 6, "kernel_size": 7, "n_members": 2}),
    "promoter": (
        PromoterCNNClassifier,
        {"conv_channels": (4,), "kernel_size": 4, "pool_size": 3, "dense_units": (4,), "strand": "both"},
    ),
}
every_network = pytest.mark.parametrize("network", NETWORKS)


def small(network, **options):
    cls, settings = NETWORKS[network]
    return cls(**(SMALL | settings | options))


@pytest.fixture
def bags(rng):
    """30 bags of one to six windows of 20 nt, missing ones anywhere, in two classes."""
    windows = ["".join(row) for row in rng.choice(list("ACGT"), (30 * 6, 20))]
    bags = np.array(windows).reshape(30, 6)
    bags[np.arange(6)[None, :] >= rng.integers(1, 7, 30)[:, None]] = ""
    # the first window of some is the missing one
    bags[:5] = bags[:5, ::-1]
    return bags, np.arange(30) % 2


def outputs_of(clf, net, windows):
    """What one net says of windows: float64 (n, n_outputs)."""
    one_hot = torch.from_numpy(OneHotEncoder().fit_transform(list(windows)))
    with torch.no_grad():
        return net.module_.eval()(one_hot).double()


@every_network
@pytest.mark.parametrize("kind", BAG_POOLINGS)
def test_predictions_pool_the_outputs_of_the_windows(bags, network, kind):
    X, y = bags
    clf = small(network, bag_pooling=kind, max_epochs=1).fit(X, y)
    nets = getattr(clf, "members_", [clf.net_])
    strands = [X, reverse_complement(X)] if network == "promoter" else [X]
    expected = []
    for row in range(0, 30, 7):
        answers = []
        for strand in strands:
            windows = [window for window in strand[row] if window]
            for net in nets:
                pooling = net.module_.pooling.double()
                logits = pooling(outputs_of(clf, net, windows), torch.zeros(len(windows), dtype=torch.int64))
                answers.append(torch.softmax(logits, dim=1)[0].detach().numpy())
                pooling.float()
        expected.append(np.mean(answers, axis=0))
    np.testing.assert_allclose(clf.predict_proba(X)[::7], expected, atol=1e-5)


@every_network
@pytest.mark.parametrize("kind", [None, *BAG_POOLINGS])
def test_weights_of_windows(bags, network, kind):
    X, y = bags
    clf = small(network, bag_pooling=kind, max_epochs=1).fit(X, y)
    weights = clf.bag_weights(X)
    assert weights.shape == X.shape
    np.testing.assert_array_equal(np.isnan(weights), X == "")
    np.testing.assert_allclose(np.nansum(weights, axis=1), 1)
    proba = clf.predict_proba(X)
    for row in range(3):
        own = clf.bag_weights(X[row : row + 1], target=proba[row].argmax())
        np.testing.assert_allclose(own[0], weights[row], atol=1e-6)
    with pytest.raises(ValueError, match="target must be one of classes_"):
        clf.bag_weights(X, target="up")
    with pytest.raises(ValueError, match=r"X must hold bags .* for bag_weights"):
        clf.bag_weights([X[0, 5]])


def test_weights_of_votes_are_shares_of_the_probabilities(bags):
    X, y = bags
    clf = small("bilstm").fit(X, y)
    weights = clf.bag_weights(X, target=1)
    windows = np.array([clf.predict_proba([w])[0, 1] if w else np.nan for w in X[7]])
    np.testing.assert_allclose(weights[7], windows / np.nansum(windows), atol=1e-5)


@pytest.mark.parametrize("kind", ["max", "log_sum_exp", "noisy_or", "attention"])
def test_a_motif_in_one_window_is_learnt_and_found(rng, kind):
    X, y = rng.choice(list("ACGT"), (120, 120)), np.arange(120) % 2
    starts = rng.integers(0, 6, 120) * 20 + rng.integers(0, 10, 120)
    for row in np.flatnonzero(y):
        X[row, starts[row] : starts[row] + 10] = list("TGACGTCATT")
    bags = np.array(["".join(row[i : i + 20]) for row in X for i in range(0, 120, 20)]).reshape(120, 6)
    clf = MotifCNNClassifier(bag_pooling=kind, n_filters=24, max_epochs=30, device="cpu", random_state=0)
    clf.fit(bags[:80], y[:80])
    assert clf.score(bags[80:], y[80:]) >= 0.9
    positive = np.flatnonzero(y)[40:]
    top = np.nanargmax(clf.bag_weights(bags[positive], target=1), axis=1)
    assert (top == starts[positive] // 20).mean() >= 0.9


@every_network
def test_windows_alone_are_bags_of_one(bags, network):
    """Flat rows train and answer as before; of one window, the mean is the window."""
    X, y = bags
    flat, labels = X[X != ""], np.repeat(y, (X != "").sum(1))
    clf = small(network, bag_pooling="mean").fit(flat, labels)
    alone = clf.predict_proba(flat[:3])
    np.testing.assert_allclose(clf.predict_proba(flat[:3, None]), alone, atol=1e-7)


@every_network
def test_seeds_pickles_and_every_stage(bags, network):
    X, y = bags
    options = {
        "bag_pooling": "attention",
        "validation_fraction": 0.3,
        "patience": 2,
        "finetune_epochs": 1,
        "augment": RandomAugmentation([RandomMutation(0.1)]),
        "class_weight": "balanced",
    }
    clf = small(network, **options).fit(pd.DataFrame(X), y, groups=np.arange(30) // 2)
    assert np.isfinite(clf.history_["valid_loss"]).all()
    assert set(clf.history_["stage"]) == {0, 1}
    proba = clf.predict_proba(X)
    again = small(network, **options).fit(pd.DataFrame(X), y, groups=np.arange(30) // 2)
    np.testing.assert_array_equal(again.predict_proba(X), proba)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(clf)).predict_proba(X), proba)


def test_losses_are_those_of_the_bags(bags):
    X, y = bags
    options = {"validation_fraction": 0.4, "patience": None, "bag_pooling": "log_sum_exp", "max_epochs": 1}
    clf = small("bilstm", **options).fit(X, y)
    rows = clf.validation_split_.valid_rows
    proba = clf.predict_proba(X[rows])[np.arange(len(rows)), y[rows]]
    np.testing.assert_allclose(-np.log(proba).mean(), clf.history_["valid_loss"].iloc[-1], rtol=1e-4)
    assert clf.history_["valid_accuracy"].iloc[-1] == pytest.approx(clf.score(X[rows], y[rows]))


def test_weights_of_rows_are_weights_of_bags(bags):
    X, y = bags
    wrong = np.concatenate([X, X[::-1]])
    labels, weights = np.concatenate([y, 1 - y[::-1]]), np.repeat([1.0, 0.0], 30)
    options = {"bag_pooling": "mean", "max_epochs": 6, "dropout": 0.0, "batch_size": 9999, "lr": 0.05}
    losses = small("bilstm", **options).fit(X, y).history_["train_loss"]
    weighted = small("bilstm", **options).fit(wrong, labels, sample_weight=weights).history_["train_loss"]
    np.testing.assert_allclose(weighted, losses, rtol=1e-5)
    unweighted = small("bilstm", **options).fit(wrong, labels).history_["train_loss"]
    assert np.abs(unweighted - losses).max() > 1e-4


@every_network
@pytest.mark.parametrize("kind", ["attention", "noisy_or"])
def test_attributions_explain_windows(bags, network, kind):
    X, y = bags
    clf = small(network, bag_pooling=kind, max_epochs=1).fit(X, y)
    windows = [window for window in X[10] if window]
    found = sequence_attributions(clf, windows, target=1, n_steps=8, random_state=0)
    assert len(found) == len(windows)
    nets = getattr(clf, "members_", [clf.net_])
    if network != "promoter":
        logits = torch.stack([outputs_of(clf, net, windows)[:, :2] for net in nets]).mean(0)
        np.testing.assert_allclose(found.output, (logits[:, 1] - logits[:, 0]).numpy(), atol=1e-4)


def test_keras_weights_answer_for_bags():
    clf = PromoterCNNClassifier(conv_channels=(4,), kernel_size=4, pool_size=3, dense_units=(), device="cpu")
    plain = clf.set_params(bag_pooling=None)
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in [(4, 4, 1, 4), (4,), (20, 1), (1,)]]
    X = np.array([["ACGTACGTACGTACGTAC", "TTTTACGTACGGGGTACA"], ["ACGTAAAAACGTACGTAC", ""]])
    options = {"classes": ["no", "yes"], "length": 18}
    windows = plain.load_keras(weights, **options).predict_proba([w for w in X.ravel() if w])
    bags = plain.set_params(bag_pooling="mean").load_keras(weights, **options).predict_proba(X)
    np.testing.assert_allclose(bags, [windows[:2].mean(0), windows[2]], atol=1e-6)
    with pytest.raises(ValueError, match="reads an output that published weights do not have"):
        plain.set_params(bag_pooling="attention").load_keras(weights, **options)


def test_the_flagship_with_bags(random_dna):
    from sklearn.pipeline import make_pipeline

    X, y = random_dna(16, 60), np.arange(16) % 2
    pipeline = make_pipeline(
        WindowAugmenter(20, min_shared=None, overlap=(10, 10)), small("bilstm", bag_pooling="log_sum_exp")
    )
    assert pipeline.fit(X, y).predict_proba(X).shape == (16, 2)


def test_the_preset_of_bags_is_read_at_every_step(bags):
    X, y = bags
    clf = CNNBiLSTMClassifier(**BAG_DNA | {"max_epochs": 1}, random_state=0).fit(X, y)
    names = [name for name, _, _ in clf.net_.module_.layer_table()]
    assert names[:3] == ["Input (one-hot)", "Conv1d 64, kernel 13", "ReLU"]
    assert "LSTM × 1, bidirectional, every step" in names
    assert names[-1] == "Bag: log_sum_exp"
    assert clf.validation_split_.kind == "none"
    assert np.nansum(clf.bag_weights(X)) == pytest.approx(len(X))


def layers(clf):
    return [tuple(row[:1]) for row in clf.net_.module_.layer_table()]


def test_defaults_of_the_recurrent_network_follow_the_pooling(bags):
    X, y = bags
    own = {"max_epochs": 1, "random_state": 0, "precision": "float32"}
    pooled = CNNBiLSTMClassifier(bag_pooling="log_sum_exp", **own).fit(X, y)
    preset = CNNBiLSTMClassifier(**BAG_DNA | own).fit(X, y)
    np.testing.assert_array_equal(pooled.predict_proba(X), preset.predict_proba(X))
    assert pooled.validation_split_.kind == "none"
    # what is set stays
    assert layers(CNNBiLSTMClassifier(bag_pooling="max", hidden_size=4, **own).fit(X, y)) != layers(pooled)


def test_without_pooling_the_defaults_are_the_papers(bags):
    X, y = bags
    own = {"max_epochs": 1, "random_state": 0, "precision": "float32"}
    said = {"conv_channels": (64, 128), "kernel_size": 3, "pool": "once", "hidden_size": 128, "num_layers": 2}
    said |= {"patience": 8, "validation_fraction": 0.1}
    found, spelt = (CNNBiLSTMClassifier(**more, **own).fit(X, y) for more in ({}, said))
    np.testing.assert_array_equal(found.predict_proba(X), spelt.predict_proba(X))
    assert found.validation_split_.kind == spelt.validation_split_.kind != "none"
