"""The promoter classifier: both strands, L2, plateaus, padding, every form of X, scikit-learn's tools, bad input."""

import pickle
import subprocess
import sys
from types import SimpleNamespace

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback
from torch import nn

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import CNNBiLSTMClassifier, PromoterCNNClassifier
from seqaug_sklearn.encoding import OneHotEncoder, reverse_complement
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.networks import PromoterCNN
from seqaug_sklearn.neural._net import ReduceOnPlateau

TINY = {
    "conv_channels": (8, 4), "kernel_size": 6, "pool_size": 3, "dense_units": (8,), "max_epochs": 2, "batch_size": 16,
    "precision": "float32", "device": "cpu", "random_state": 0,
}  # fmt: skip
LEARNS = {"max_epochs": 30, "lr": 0.01, "dropout": 0.0, "plateau_patience": None, "validation_fraction": None}


def tiny(**options):
    return PromoterCNNClassifier(**(TINY | options))


def naive_reverse_complement(text):
    return "".join({"A": "T", "C": "G", "G": "C", "T": "A"}.get(c, c) for c in reversed(text))


@pytest.fixture
def data(rng):
    """48 sequences of 40 nt; class 1 carries TATAAA."""
    X = ["".join(rng.choice(list("ACGT"), 40)) for _ in range(48)]
    y = np.arange(48) % 2
    places = rng.integers(0, 34, 48)
    return [s[:p] + "TATAAA" + s[p + 6 :] if c else s for s, c, p in zip(X, y, places, strict=True)], y


@pytest.fixture
def ragged(rng):
    """12 sequences of 25 to 36 nt with N at either end."""
    X = ["".join(rng.choice(list("ACGT"), 25 + i)) for i in range(12)]
    X[0], X[1], X[2] = X[0][:-2] + "NN", "N" + X[1][1:], "NNN" + X[2][3:-1] + "N"
    return X, np.arange(12) % 2


def test_learns_on_both_strands(data):
    X, y = data
    clf = tiny(strand="both", **LEARNS).fit(X, y)
    assert clf.score(X, y) == 1
    assert clf.score(reverse_complement(X), y) == 1


def test_predictions_do_not_depend_on_the_strand(ragged):
    X, y = ragged
    clf = tiny(strand="both", pad_to=40, validation_fraction=None).fit(X, y)
    proba = clf.predict_proba(X)
    np.testing.assert_allclose(clf.predict_proba(reverse_complement(X)), proba, atol=1e-6)
    assert proba.std(axis=0).min() > 1e-3
    single = clf.set_params(strand="single").predict_proba(X)
    turned = clf.predict_proba([naive_reverse_complement(x) for x in X])
    assert np.abs(single - turned).max() > 1e-3
    np.testing.assert_allclose((single + turned) / 2, proba, atol=1e-6)


@pytest.mark.parametrize("soft", [False, True])
def test_strands_of_one_hot_turn_within_their_length(ragged, soft):
    X, y = ragged
    X = [x.replace("N", "A") for x in X]
    encoded, turned = (
        OneHotEncoder().fit_transform(form) * (0.9 if soft else 1) for form in (X, reverse_complement(X))
    )
    clf = tiny(strand="both", validation_fraction=None).fit(encoded, y)
    np.testing.assert_allclose(clf.predict_proba(turned), clf.predict_proba(encoded), atol=1e-6)
    if not soft:
        np.testing.assert_allclose(clf.predict_proba(X), clf.predict_proba(encoded), atol=1e-6)


def test_strands_of_bags(data):
    X, y = data
    bags = WindowAugmenter(20, overlap=(2, 4), min_shared=None).fit_transform(X)
    clf = tiny(strand="both").fit(bags, y)
    np.testing.assert_allclose(clf.predict_proba(reverse_complement(bags)), clf.predict_proba(bags), atol=1e-6)
    windows = clf.predict_proba(bags.ravel()).reshape(*bags.shape, 2)
    np.testing.assert_allclose(clf.predict_proba(bags), windows.mean(1), atol=1e-6)


class Recorder:
    """Augmentation that writes down the rows it was given."""

    def __init__(self):
        self.rows = []

    def augment_batch(self, X, rng, *, identifiers=None):
        letters = np.where(X.any(-1), np.array(list("ACGT"))[X.argmax(-1)], ".")
        self.rows += [(name, "".join(row).rstrip(".")) for name, row in zip(identifiers, letters, strict=True)]
        return X


def test_both_strands_of_training_rows_train(ragged):
    X, y = ragged
    X = [x.replace("N", "A") for x in X]
    names, recorder = np.array([f"gene{i}" for i in range(len(X))]), Recorder()
    clf = tiny(strand="both", augment=recorder, max_epochs=1, pad_to=50, validation_fraction=0.4)
    clf.fit(pd.Series(X, index=names), y)
    rows = clf.validation_split_.train_rows
    assert 0 < len(rows) < len(X)
    expected = [(names[i], turn(X[i])) for i in rows for turn in (str, naive_reverse_complement)]
    assert sorted(recorder.rows) == sorted(expected)


@pytest.mark.parametrize("groups", [None, np.arange(100)])
def test_a_row_and_its_reverse_complement_are_never_on_both_sides(random_dna, groups):
    half = random_dna(20, 30)
    X, y = half + reverse_complement(half) + random_dna(60, 30), np.arange(100) % 2
    for seed in range(3):
        clf = tiny(strand="both", max_epochs=1, validation_fraction=0.3, random_state=seed)
        split = clf.fit(X, y, groups=groups).validation_split_
        train, valid = (set(rows[rows < 40] % 20) for rows in (split.train_rows, split.valid_rows))
        assert len(valid) > 2
        assert valid.isdisjoint(train)


class Start(Callback):
    """Keeps the weights that training starts from."""

    def on_train_begin(self, net, **kwargs):
        self.weights = {name: value.clone() for name, value in net.module_.state_dict().items()}


@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_l2_is_the_penalty_of_keras(data, l2):
    """Five full-batch steps of Adam on the loss + l2 * sum of squares of all kernels but the last, by autograd."""
    X, y = data
    start = Start()
    clf = tiny(l2=l2, dropout=0, batch_size=len(X), max_epochs=5, validation_fraction=None, callbacks=[start]).fit(X, y)
    options = {key: TINY[key] for key in ("conv_channels", "kernel_size", "pool_size", "dense_units")}
    module = PromoterCNN(4, 40, 2, dropout=0, **options)
    module.load_state_dict(start.weights)
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3)
    one_hot, labels = torch.from_numpy(OneHotEncoder().fit_transform(X)), torch.from_numpy(y)
    for _ in range(5):
        kernels = [p for name, p in module.named_parameters() if p.ndim > 1 and not name.startswith("output")]
        assert len(kernels) == 3
        penalty = l2 * sum((kernel**2).sum() for kernel in kernels)
        optimizer.zero_grad()
        (nn.functional.cross_entropy(module(one_hot), labels) + penalty).backward()
        optimizer.step()
    for name, value in module.state_dict().items():
        torch.testing.assert_close(clf.net_.module_.state_dict()[name], value, rtol=0, atol=2e-5)


def run_plateau(callback, values):
    """Learning rate of each epoch, when ``monitor`` takes these values."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    net = SimpleNamespace(optimizer_=optimizer, history={})
    callback.on_train_begin(net)
    rates = []
    for value in values:
        rates.append(optimizer.param_groups[0]["lr"])
        net.history[-1, callback.monitor] = value
        callback.on_epoch_end(net)
    return rates


@pytest.mark.parametrize(
    ("monitor", "values", "rates"),
    [
        ("valid_loss", [1, 0.9, 0.8, 0.7, 0.6, 0.5], [1, 1, 1, 1, 1, 1]),
        ("valid_loss", [1, 1, 1, 1, 1, 1], [1, 1, 1, 0.5, 0.5, 0.25]),
        ("valid_loss", [1, 1.1, 0.9, 1, 1, 0.8], [1, 1, 1, 1, 1, 0.5]),
        ("valid_loss", [1, 0.99995, 0.99991, 0.9], [1, 1, 1, 0.5]),
        ("valid_loss", [float("nan")] * 4, [1, 1, 0.5, 0.5]),
        ("valid_f1", [0.1, 0.2, 0.2, 0.1, 0.3], [1, 1, 1, 1, 0.5]),
    ],
)
def test_plateau_on_a_given_course(monitor, values, rates):
    assert run_plateau(ReduceOnPlateau(monitor, 0.5, 2), values) == rates
    assert run_plateau(ReduceOnPlateau(monitor, 0.5, 9), values) == [1] * len(values)


@pytest.mark.parametrize("validation_fraction", [None, 0.25])
def test_plateau_in_training(data, validation_fraction):
    """A rate of 1e-9 improves nothing: after the first epoch, every second one ends a plateau of two."""
    options = {"lr": 1e-9, "dropout": 0, "max_epochs": 7, "finetune_epochs": 4, "finetune_lr": 1e-6}
    options["validation_fraction"] = validation_fraction
    history = tiny(plateau_factor=0.5, plateau_patience=2, **options).fit(*data).history_
    np.testing.assert_allclose(history["lr"], [1e-9] * 3 + [5e-10] * 2 + [2.5e-10] * 2 + [1e-6] * 4)
    history = tiny(plateau_patience=None, **options).fit(*data).history_
    np.testing.assert_allclose(history["lr"], [1e-9] * 7 + [1e-6] * 4)


def test_defaults_are_the_published_recipe():
    """model_single.json, and DeepDifE's training with random edits."""
    expected = {
        "conv_channels": (64, 64, 32), "kernel_size": 12, "pool_size": 6, "dense_units": (256, 128), "dropout": 0.25,
        "l2": 1e-6, "lr": 1e-3, "batch_size": 100, "max_epochs": 100, "patience": 20, "plateau_factor": 0.1,
        "plateau_patience": 5,
    }  # fmt: skip
    params = PromoterCNNClassifier().get_params()
    assert {key: params[key] for key in expected} == expected


def test_every_form_of_x_gives_the_same_predictions(data):
    X, y = data
    encoded = OneHotEncoder().fit_transform(X)
    expected = tiny(strand="both").fit(X, y).predict_proba(X)
    for form in (np.array(X), pd.Series(X), encoded, encoded.astype(float)):
        np.testing.assert_array_equal(tiny(strand="both").fit(form, y).predict_proba(form), expected)


@pytest.mark.parametrize("cls", [PromoterCNNClassifier, CNNBiLSTMClassifier])
def test_fixed_length(ragged, cls):
    X, y = ragged
    clf = cls(pad_to=45, max_epochs=1, validation_fraction=None, device="cpu", random_state=0).fit(X, y)
    assert clf.length_ == clf.net_.module_.input_shape[0] == 45
    padded = np.zeros((len(X), 45, 4), np.float32)
    encoded = OneHotEncoder().fit_transform(X)
    padded[:, : encoded.shape[1]] = encoded
    np.testing.assert_array_equal(clf.predict_proba(X), clf.predict_proba(padded))
    np.testing.assert_array_equal(clone(clf).fit(padded, y).predict_proba(X), clf.predict_proba(X))
    with pytest.raises(ValueError, match=r"pad_to=30 is shorter than the longest row of X, which has 36 residues"):
        cls(pad_to=30).fit(X, y)
    with pytest.raises(SequenceError, match="fit saw 45"):
        clf.predict(["ACGT" * 12])


@pytest.mark.parametrize("labels", [["down", "same", "up"], [-1, 0, 1]])
def test_three_classes(data, labels):
    X, _ = data
    y = np.array(labels)[np.arange(48) % 3]
    clf = tiny(strand="both").fit(X, y)
    assert clf.classes_.tolist() == labels
    assert clf.predict_proba(X).shape == (48, 3)
    np.testing.assert_allclose(clf.predict_proba(X).sum(1), 1)
    assert clf.predict(X).dtype == y.dtype


def test_zero_weight_rows_do_not_matter(data):
    X, y = data
    wrong = ["TATAAA" * 6 + "TATA"] * 48
    options = {**LEARNS, "batch_size": 96}
    X, y = X + wrong, np.concatenate([y, np.zeros(48, int)])
    clf = tiny(**options).fit(X, y, sample_weight=[1.0] * 48 + [0.0] * 48)
    assert clf.predict(wrong[:1]) == [1]
    assert tiny(**options).fit(X, y).predict(wrong[:1]) == [0]


def test_pickle(data):
    X, y = data
    clf = tiny(strand="both", finetune_epochs=1, augment=[Recorder()]).fit(pd.Series(X), y)
    clf.augment[0].rows.clear()
    stored = pickle.dumps(clf)
    np.testing.assert_array_equal(pickle.loads(stored).predict_proba(X), clf.predict_proba(X))
    assert len(stored) < 100_000  # no training data inside


def test_cross_validation_and_search(data):
    X, y = pd.Series(data[0], index=[f"s{i}" for i in range(48)]), data[1]
    result = cross_validate(tiny(strand="both"), X, y, cv=3, error_score="raise")
    assert np.isfinite(result["test_score"]).all()
    windows = make_pipeline(WindowAugmenter(20, overlap=(2, 4), min_shared=None), OneHotEncoder(), tiny())
    space = {"promotercnnclassifier__kernel_size": [4, 8], "promotercnnclassifier__conv_channels": [(4, 4, 4)]}
    search = GridSearchCV(windows, space, cv=2, error_score="raise").fit(X, y)
    assert search.best_params_["promotercnnclassifier__kernel_size"] in (4, 8)


def test_groups_are_routed_by_default_and_identifiers_on_request(data):
    X, y = data
    names, seen = np.array([f"gene{i}" for i in range(48)]), []
    params = {"groups": np.arange(48) // 4, "identifiers": names}
    with config_context(enable_metadata_routing=True):

        class Spy(PromoterCNNClassifier):
            def fit(self, X, y, sample_weight=None, groups=None, identifiers=None):
                seen.append((groups, identifiers))
                return super().fit(X, y, sample_weight, groups, identifiers)

        spy = Spy(**TINY).set_fit_request(identifiers=True)
        cross_validate(make_pipeline(OneHotEncoder(), spy), X, y, cv=GroupKFold(3), params=params, error_score="raise")
    for groups, identifiers in seen:
        assert len(groups) == len(identifiers) == 32
        np.testing.assert_array_equal(groups, [int(name[4:]) // 4 for name in identifiers])


@pytest.mark.parametrize(
    ("options", "X", "message"),
    [
        (
            {"strand": "both", "alphabet": "protein"},
            ["MKLVMKLVMKLV"] * 4,
            "strand='both' needs sequences with a comple",
        ),
        ({"strand": "both"}, np.tile(np.eye(20, dtype=int), (4, 1, 1)), "X has 20 symbols and alphabet='dna'"),
        ({"strand": "twice"}, ["ACGT" * 5] * 4, "'strand' parameter"),
        ({}, ["ACGTACG"] * 4, "rows of 7 residues are too short for kernel_size=6 and pool_size=3, which need 8"),
        ({"conv_channels": ()}, ["ACGT" * 5] * 4, "conv_channels is empty"),
        ({"l2": -1}, ["ACGT" * 5] * 4, "'l2' parameter"),
        ({"plateau_factor": 1}, ["ACGT" * 5] * 4, "'plateau_factor' parameter"),
        ({"plateau_patience": 0}, ["ACGT" * 5] * 4, "'plateau_patience' parameter"),
    ],
)
def test_bad_input_before_any_training(options, X, message):
    clf = tiny(validation_fraction=None, **options)
    with pytest.raises(ValueError, match=message):
        clf.fit(X, [0, 1] * 2)
    assert not hasattr(clf, "net_")


def test_proteins_and_rna():
    X = ["MKLVMKLVMKLV", "ACDEACDEACDE"] * 8
    assert tiny(alphabet="protein", validation_fraction=None).fit(X, [0, 1] * 8).n_symbols_ == 20
    X = ["ACGUUCGUACGU", "GGCCUUAACCUU"] * 8
    clf = tiny(alphabet="rna", strand="both", validation_fraction=None).fit(X, [0, 1] * 8)
    proba = clf.predict_proba(reverse_complement(X, "rna"))
    np.testing.assert_allclose(proba, clf.predict_proba(X), atol=1e-6)


@pytest.mark.gpu
def test_gpu_learns_and_unpickles_on_the_cpu(data):
    X, y = data
    clf = tiny(device="cuda", strand="both", finetune_epochs=1, **LEARNS).fit(X, y)
    assert clf.score(X, y) == 1
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer).predict(['TATAAACG' * 5])[0])"
    environment = {"CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(clf), capture_output=True, env=environment,
                          check=True)  # fmt: skip
    assert done.stdout.strip().decode() == str(clf.predict(["TATAAACG" * 5])[0])


@pytest.mark.realdata
@pytest.mark.parametrize("strand", ["single", "both"])
def test_published_weights_make_a_fitted_classifier(real_data, strand):
    path = real_data / "promoters/weights_single.h5"
    X = pd.read_csv(real_data / "promoters/promoters.csv.gz")["sequence"].iloc[::400]
    with h5py.File(path) as file:
        model = PromoterCNNClassifier(strand=strand, device="cpu").load_keras(file, classes=["no", "yes"], length=620)
        network = PromoterCNN(4, 620, 2).load_keras(file).eval()

    def reference(text):
        x = np.zeros((1, 620, 4), np.float32)
        for position, symbol in enumerate(text):
            if symbol in "ACGT":
                x[0, position, "ACGT".index(symbol)] = 1
        with torch.no_grad():
            return torch.softmax(network(torch.from_numpy(x)), 1)[0, 1].item()

    expected = np.array([reference(text) for text in X])
    if strand == "both":
        expected = (expected + [reference(text) for text in reverse_complement(X)]) / 2
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], expected, atol=1e-5)
    assert model.predict(X).tolist() == ["yes" if p > 0.5 else "no" for p in expected]
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), model.predict_proba(X))


def test_weights_of_another_size_leave_the_classifier_unfitted():
    model = PromoterCNNClassifier(device="cpu")
    with pytest.raises(ValueError, match="holds 1 arrays, but this network has 12"):
        model.load_keras([np.zeros(3)], classes=[0, 1], length=620)
    with pytest.raises(ValueError, match="at least two distinct labels"):
        model.load_keras([], classes=[1, 1], length=620)
    with pytest.raises(TypeError, match=r"must be an open file: with h5py\.File"):
        model.load_keras("weights.h5", classes=[0, 1], length=620)
    assert not hasattr(model, "net_")
