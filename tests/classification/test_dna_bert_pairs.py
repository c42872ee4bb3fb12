"""The pair system's training as published: one step equals plain torch, and its rules are the preset's."""

import copy

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score
from skorch.callbacks import Callback

from seqaug_sklearn.classification import DNA_BERT_PAIRS, ResidualMLPClassifier
from seqaug_sklearn.networks import ResidualFCNN
from seqaug_sklearn.neural import WindowBatches, WindowData

SMALL = {"hidden_sizes": (8, 6, 4), "max_epochs": 3, "batch_size": 16, "device": "cpu", "random_state": 0}


class FirstWeights(Callback):
    """Copy the network before its first step."""

    def __init__(self, found):
        self.found = found

    def on_train_begin(self, net, **kwargs):
        self.found.append(copy.deepcopy(net.module_.state_dict()))


@pytest.fixture
def data(rng):
    X = rng.normal(size=(120, 8)).astype(np.float32)
    return X, np.where(X[:, 0] * X[:, 4] > 0, "bound", "free")


def test_one_step_equals_plain_torch(data):
    X, y = data
    found = []
    options = DNA_BERT_PAIRS | SMALL | {"max_epochs": 1, "batch_size": 120, "dropout": 0.0, "sampling": "shuffle"}
    options |= {"validation_fraction": None, "weight_decay": 0.1, "lr": 0.01, "gradient_clip": 0.05}
    fitted = ResidualMLPClassifier(**options, callbacks=[FirstWeights(found)]).fit(X, y)
    network = ResidualFCNN(8, 2, (8, 6, 4), dropout=0.0)
    network.load_state_dict(found[0])
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01, weight_decay=0.1)
    codes = torch.from_numpy(np.unique(y, return_inverse=True)[1])
    torch.nn.functional.cross_entropy(network(torch.from_numpy(X)), codes).backward()
    norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 0.05)
    optimizer.step()
    assert norm > 0.05
    for name, value in network.state_dict().items():
        # a bias before batch normalisation has a gradient of rounding only, and Adam makes a whole step of it
        if name.startswith("levels") and name.endswith(".0.bias"):
            continue
        torch.testing.assert_close(fitted.net_.module_.state_dict()[name], value, rtol=1e-4, atol=1e-6, msg=name)


def test_the_preset_is_the_published_training(data):
    fitted = ResidualMLPClassifier(**DNA_BERT_PAIRS | SMALL).fit(*data, groups=np.arange(120))
    assert isinstance(fitted.net_.module_, ResidualFCNN)
    assert isinstance(fitted.net_.optimizer_, torch.optim.AdamW)
    assert (fitted.lr, fitted.weight_decay, fitted.gradient_clip, fitted.patience) == (1e-4, 1e-5, 1.0, 7)
    names = dict(fitted.net_.callbacks_)
    assert not names["keep_best"].restore
    assert (names["plateau"].policy, names["clip"].gradient_clip_value) == ("ReduceLROnPlateau", 1.0)


def test_the_last_weights_are_kept_where_asked(data):
    X, y = data
    X, y = X[:60], y[:60]
    options = SMALL | {"max_epochs": 12, "lr": 0.1, "patience": 3, "precision": "float32"}
    best, last = (
        ResidualMLPClassifier(**options, keep=keep).fit(X, y, groups=np.arange(60)) for keep in ("best", "last")
    )
    assert best.history_["valid_loss"].equals(last.history_["valid_loss"])
    assert best.history_["valid_loss"].idxmin() < len(best.history_) - 1
    assert not np.array_equal(best.predict_proba(X), last.predict_proba(X))
    until = len(last.history_)
    plain = ResidualMLPClassifier(**options | {"patience": None, "max_epochs": until}).fit(X, y, groups=np.arange(60))
    np.testing.assert_array_equal(plain.predict_proba(X), last.predict_proba(X))


def test_rows_are_drawn_by_inverse_class_frequency():
    labels = torch.tensor([0] * 950 + [1] * 50)
    data = WindowData(torch.arange(1000.0)[:, None], labels)
    weights = 1 / torch.bincount(labels)[labels].double()
    torch.manual_seed(0)
    drawn = torch.cat([batch[1][0] for batch in WindowBatches(data, 100, draw_weights=weights)])
    assert len(drawn) == 1000
    assert abs(drawn.double().mean() - 0.5) < 0.05


def test_balanced_drawing_raises_the_rare_class(rng):
    X = rng.normal(size=(400, 4)).astype(np.float32)
    y = (rng.random(400) < 0.1).astype(int)
    options = SMALL | {"max_epochs": 8, "validation_fraction": None}
    shares = [
        ResidualMLPClassifier(**options, sampling=s).fit(X, y).predict_proba(X)[:, 1].mean()
        for s in ("shuffle", "balanced")
    ]
    assert shares[0] < 0.25 < shares[1]


def test_the_threshold_has_the_best_f1_of_the_validation_rows(rng):
    X = rng.normal(size=(300, 4)).astype(np.float32)
    y = (X[:, 0] + rng.normal(size=300) > 1).astype(int)
    fitted = ResidualMLPClassifier(**SMALL, threshold="f1", validation_fraction=0.3).fit(X, y, groups=np.arange(300))
    rows = fitted.validation_split_.valid_rows
    p = fitted.predict_proba(X)[:, 1]
    grid = np.linspace(0.1, 0.9, 17)
    scores = [f1_score(y[rows], p[rows] >= t, zero_division=0) for t in grid]
    assert fitted.threshold_ == pytest.approx(grid[int(np.argmax(scores))])
    np.testing.assert_array_equal(fitted.predict(X), (p >= fitted.threshold_).astype(int))


def test_a_threshold_needs_two_classes_and_rows(rng):
    X, y = rng.normal(size=(30, 4)), np.arange(30) % 3
    with pytest.raises(ValueError, match="threshold='f1' needs two classes, and y has 3"):
        ResidualMLPClassifier(**SMALL, threshold="f1").fit(X, y)
    fitted = ResidualMLPClassifier(**SMALL, threshold="f1", validation_fraction=None).fit(X, y > 0)
    assert fitted.threshold_ == 0.5
    fitted.set_params(threshold=None).fit(X, y)
    assert not hasattr(fitted, "threshold_")


# pairs from a file


@pytest.fixture
def pairs(tmp_path, rng):
    X = rng.uniform(-2, 3, (200, 12)).astype(np.float32)
    np.save(tmp_path / "pairs.npy", X)
    return X, (X[:, 0] * X[:, 6] > 0.5).astype(int), np.load(tmp_path / "pairs.npy", mmap_mode="r")


FEATURES = {"pair_features": ("first", "second", "difference", "product"), "scaling": "global"}


def test_a_mapped_file_trains_the_same_bits_as_memory(pairs):
    X, y, mapped = pairs
    members = np.arange(400).reshape(200, 2) % 90
    fits = [ResidualMLPClassifier(**SMALL, **FEATURES).fit(data, y, groups=members) for data in (X, mapped)]
    np.testing.assert_array_equal(fits[0].predict_proba(X), fits[1].predict_proba(mapped))
    np.testing.assert_array_equal(fits[1].predict_proba(X[:9]), fits[1].predict_proba(mapped[:9]))


def test_features_of_batches_equal_the_transformers(pairs):
    from seqaug_sklearn.embedding import GlobalMinMaxScaler, PairFeatures

    X, y, _ = pairs
    options = SMALL | {"validation_fraction": None, "precision": "float32"}
    inside = ResidualMLPClassifier(**options, **FEATURES).fit(X, y)
    Z = PairFeatures().fit_transform(GlobalMinMaxScaler().fit_transform(X))
    outside = ResidualMLPClassifier(**options).fit(Z, y)
    np.testing.assert_allclose(inside.predict_proba(X), outside.predict_proba(Z), atol=1e-4)


def test_the_range_is_that_of_the_training_rows(pairs):
    X, y, _ = pairs
    fitted = ResidualMLPClassifier(**SMALL, **FEATURES, validation_fraction=0.3).fit(X, y, groups=np.arange(200))
    inputs = fitted.net_.module_[0]
    rows = X[fitted.validation_split_.train_rows]
    assert (float(inputs.low), float(inputs.span)) == pytest.approx((rows.min(), rows.max() - rows.min()))


@pytest.mark.parametrize(
    ("options", "columns", "message"),
    [
        ({"pair_features": ("first", "first")}, 4, "each once"),
        ({"pair_features": ()}, 4, "at least one"),
        ({"pair_features": ("sum",)}, 4, "must name"),
        ({"pair_features": ("first",)}, 5, "an odd number"),
    ],
)
def test_features_that_cannot_be_made(options, columns, message):
    with pytest.raises(ValueError, match=message):
        ResidualMLPClassifier(**SMALL, **options).fit(np.eye(columns), np.arange(columns) % 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_damaged_row_of_a_file_is_named(tmp_path, rng, bad):
    X = rng.normal(size=(50, 4)).astype(np.float32)
    X[33, 2] = bad
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(ValueError, match="row 33 of X holds"):
        ResidualMLPClassifier(**SMALL).fit(np.load(tmp_path / "x.npy", mmap_mode="r"), np.arange(50) % 2)
