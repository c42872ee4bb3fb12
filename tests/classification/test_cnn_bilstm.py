"""The classifier: contract, seeds, threads, weights, callbacks, scikit-learn's tools, bad input."""

import pickle
import subprocess
import sys
import threading

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline
from skorch.callbacks import EarlyStopping

from seqaug_sklearn import CNNBiLSTMClassifier, OneHotEncoder, WindowAugmenter
from seqaug_sklearn.classification import PAPER_DNA, PAPER_PROTEIN
from seqaug_sklearn.exceptions import DeviceError, NoValidationWarning, SequenceError, SequenceTypeError

TINY = {
    "conv_channels": (4,), "hidden_size": 4, "num_layers": 1, "dense_units": (8,), "max_epochs": 2, "batch_size": 16,
    "precision": "float32", "device": "cpu", "random_state": 0,
}  # fmt: skip
LEARNS = {
    "hidden_size": 16,
    "dropout": 0.0,
    "max_epochs": 40,
    "lr": 0.02,
    "lr_decay": None,
    "validation_fraction": None,
}


def tiny(**options):
    return CNNBiLSTMClassifier(**(TINY | options))


@pytest.fixture
def data(rng):
    """40 sequences of 20 nt; class 1 carries TATAAA."""
    X = ["".join(rng.choice(list("ACG"), 20)) for _ in range(40)]
    y = np.arange(40) % 2
    return [s[:7] + "TATAAA" + s[13:] if c else s for s, c in zip(X, y, strict=True)], y


def test_learns_a_planted_motif(data):
    X, y = data
    clf = tiny(**LEARNS).fit(X, y)
    assert clf.score(X, y) == 1
    assert clf.history_["train_loss"].iloc[-1] < 0.2 < clf.history_["train_loss"].iloc[0]


@pytest.mark.parametrize("labels", [["no", "yes"], [False, True], [-3, 7]])
def test_labels_of_any_type(data, labels):
    X, y = data
    y = np.array(labels)[y]
    clf = tiny().fit(X, y)
    assert clf.classes_.tolist() == sorted(labels)
    assert clf.predict(X).dtype == y.dtype
    proba = clf.predict_proba(X)
    assert proba.shape == (40, 2)
    np.testing.assert_allclose(proba.sum(1), 1)


def test_every_form_of_x_gives_the_same_predictions(data):
    X, y = data
    encoded = OneHotEncoder().fit_transform(X)
    expected = tiny().fit(X, y).predict_proba(X)
    for form in (np.array(X), pd.Series(X), encoded, encoded.astype(float)):
        np.testing.assert_array_equal(tiny().fit(form, y).predict_proba(form), expected)


def test_bags_are_averaged_over_their_windows(data):
    X, y = data
    bags = WindowAugmenter(8, overlap=(2, 4), min_shared=None).fit_transform(X)
    clf = tiny(validation_fraction=None).fit(bags, y)
    windows = clf.predict_proba(bags.ravel()).reshape(*bags.shape, 2)
    np.testing.assert_allclose(clf.predict_proba(bags), windows.mean(1), rtol=1e-6)
    bags = np.array([["ACGTACGT", ""], ["ACGTACGT", "TTTTACGT"]])
    first, second = clf.predict_proba(bags)
    np.testing.assert_allclose(first, clf.predict_proba(["ACGTACGT"])[0], rtol=1e-6)
    np.testing.assert_allclose(2 * second - first, clf.predict_proba(["TTTTACGT"])[0], rtol=1e-5)


def test_same_seed_same_bits_and_global_generators_untouched(data):
    X, y = data
    torch.manual_seed(11)
    np.random.seed(11)  # noqa: NPY002
    before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first = tiny().fit(X, y).predict_proba(X)
    assert torch.equal(before[0], torch.get_rng_state())
    np.testing.assert_array_equal(before[1], np.random.get_state()[1])  # noqa: NPY002
    np.testing.assert_array_equal(first, tiny().fit(X, y).predict_proba(X))
    assert not np.array_equal(first, tiny(random_state=1).fit(X, y).predict_proba(X))
    refit = tiny(random_state=1).fit(X, y)
    np.testing.assert_array_equal(refit.set_params(random_state=0).fit(X, y).predict_proba(X), first)


def test_a_new_process_gives_the_same_bits():
    code = (
        "import torch; torch.set_num_threads(1)\n"
        "from seqaug_sklearn import CNNBiLSTMClassifier as C\n"
        "X = ['ACGTACGTACGT', 'ACGTTCGTACGA', 'TTGTACGAACGT', 'CCGTACGTAAGT'] * 5; y = [0, 1, 1, 0] * 5\n"
        "for precision in ('float32', 'auto'):\n"
        "    clf = C(hidden_size=4, max_epochs=2, precision=precision, device='cpu', validation_fraction=None,"
        " random_state=3)\n"
        "    print(clf.fit(X, y).predict_proba(X).tobytes().hex())"
    )
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1
    assert len(runs.pop()) > 100


def test_fits_in_threads_do_not_disturb_each_other(data):
    X, y = data
    alone = {seed: tiny(random_state=seed).fit(X, y).predict_proba(X) for seed in range(4)}
    together = {}

    def work(seed):
        together[seed] = tiny(random_state=seed).fit(X, y).predict_proba(X)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in range(4):
        np.testing.assert_array_equal(alone[seed], together[seed])


def test_early_stopping_puts_the_best_weights_back(data):
    X, y = data
    y = np.random.default_rng(0).permutation(y)  # nothing to learn: validation loss soon rises
    clf = tiny(max_epochs=60, patience=3, lr=0.05, lr_decay=None, validation_fraction=0.3).fit(X, y)
    losses = clf.history_["valid_loss"].to_numpy()
    assert len(losses) == losses.argmin() + 4 < 60
    valid = clf.validation_split_.valid_rows
    proba = clf.predict_proba([X[i] for i in valid])[np.arange(len(valid)), y[valid]]
    np.testing.assert_allclose(-np.log(proba).mean(), losses.min(), rtol=1e-4)


def test_without_patience_the_last_weights_stay(data):
    X, y = data
    clf = tiny(max_epochs=30, patience=None, lr=0.05, lr_decay=None, validation_fraction=0.3).fit(X, y)
    assert len(clf.history_) == 30
    valid = clf.validation_split_.valid_rows
    proba = clf.predict_proba([X[i] for i in valid])[np.arange(len(valid)), y[valid]]
    np.testing.assert_allclose(-np.log(proba).mean(), clf.history_["valid_loss"].iloc[-1], rtol=1e-4)


def test_learning_rate_decays_as_the_paper_says(data):
    clf = tiny(max_epochs=12, lr=5e-4, lr_decay=0.85, lr_decay_every=5, validation_fraction=None).fit(*data)
    np.testing.assert_allclose(clf.history_["lr"], 5e-4 * 0.85 ** (np.arange(12) // 5))


def test_history_matches_sklearn_scores(data):
    from sklearn.metrics import accuracy_score, f1_score, recall_score

    X, y = data
    clf = tiny(max_epochs=1, validation_fraction=0.5, patience=1).fit(X, y)
    valid = clf.validation_split_.valid_rows
    predicted, row = clf.predict([X[i] for i in valid]), clf.history_.iloc[0]
    assert row["valid_accuracy"] == pytest.approx(accuracy_score(y[valid], predicted))
    assert row["valid_f1"] == pytest.approx(f1_score(y[valid], predicted, average="macro"))
    assert row["valid_recall"] == pytest.approx(recall_score(y[valid], predicted, average="macro"))


def test_zero_weight_rows_do_not_matter(data):
    X, y = data
    wrong = ["TATAAATATAAATATAAATA"] * 40
    weight = [1.0] * 40 + [0.0] * 40
    options = {"max_epochs": 30, "lr": 0.02, "validation_fraction": None, "batch_size": 80}
    clf = tiny(**options).fit(X + wrong, np.concatenate([y, np.zeros(40, int)]), sample_weight=weight)
    assert clf.predict(wrong[:1]) == [1]
    assert tiny(**options).fit(X + wrong, np.concatenate([y, np.zeros(40, int)])).predict(wrong[:1]) == [0]


def test_class_weights_are_inverse_frequencies():
    clf = tiny(class_weight="balanced")
    clf.classes_ = np.array(["a", "b"])
    labels = np.array([0, 0, 0, 1])
    np.testing.assert_allclose(clf._head().class_weights(labels), [4 / 6, 4 / 2])
    assert clf.set_params(class_weight={"a": 3, "b": 1})._head().class_weights(labels).tolist() == [3, 1]


def test_standardize_is_scikit_learns_scaler(data):
    from sklearn.preprocessing import StandardScaler

    X, y = data
    clf = tiny(standardize=True, validation_fraction=None).fit(X, y)
    flat = OneHotEncoder(flatten=True).fit_transform(X)
    scaler, module = StandardScaler().fit(flat), clf.net_.module_
    np.testing.assert_allclose(module.input_mean.numpy().ravel(), scaler.mean_, atol=1e-6)
    np.testing.assert_allclose(module.input_scale.numpy().ravel(), scaler.scale_, atol=1e-6)


class Recorder:
    """Augmentation that writes down what it was given."""

    def __init__(self):
        self.rows, self.identifiers, self.draws = 0, [], []

    def augment_batch(self, X, rng, *, identifiers=None):
        assert X.shape[1:] == (20, 4)
        self.rows += len(X)
        self.identifiers.extend(identifiers)
        self.draws.append(rng.random())
        return X.flip(1)


def test_augment_sees_training_rows_only_then_fine_tunes(data):
    X, y = data
    recorder, names = Recorder(), np.array([f"gene{i}" for i in range(40)])
    clf = tiny(augment=recorder, max_epochs=3, finetune_epochs=2, finetune_lr=1e-3, validation_fraction=0.25)
    clf.fit(pd.Series(X, index=names), y)
    train = clf.validation_split_.train_rows
    assert recorder.rows == 3 * len(train)  # fine-tuning is clean
    assert set(recorder.identifiers) == set(names[train])
    assert clf.history_["stage"].tolist() == [0, 0, 0, 1, 1]
    draws = list(recorder.draws)
    recorder.draws.clear()
    clf.fit(pd.Series(X, index=names), y)
    assert recorder.draws == draws


def test_pickle_and_clone(data):
    X, y = data
    clf = tiny().fit(X, y)
    stored = pickle.dumps(clf)
    np.testing.assert_array_equal(pickle.loads(stored).predict_proba(X), clf.predict_proba(X))
    assert not hasattr(clone(clf), "net_")
    assert len(stored) < 100_000  # no training data inside


def test_the_two_contract_pipelines_run_everywhere(random_dna):
    from sklearn.svm import SVC

    from seqaug_sklearn.classification import WindowVotingClassifier

    X = pd.Series(random_dna(12, 60), index=[f"s{i}" for i in range(12)])
    y = np.arange(12) % 2
    network = make_pipeline(WindowAugmenter(), OneHotEncoder(), tiny())
    svm = make_pipeline(WindowAugmenter(), OneHotEncoder(flatten=True), WindowVotingClassifier(SVC(), voting="hard"))
    for pipeline in (network, svm):
        result = cross_validate(pipeline, X, y, cv=3, n_jobs=2, error_score="raise")
        assert np.isfinite(result["test_score"]).all()
    space = {"windowaugmenter__window": [30, 40], "cnnbilstmclassifier__hidden_size": [4],
             "cnnbilstmclassifier__lr": [1e-3]}  # fmt: skip
    search = GridSearchCV(network, space, cv=2, error_score="raise").fit(X, y)
    assert search.best_params_["windowaugmenter__window"] in (30, 40)


def test_groups_are_routed_by_default(random_dna):
    X, y, groups = random_dna(24, 40), np.arange(24) % 2, np.arange(24) // 4
    seen = []

    class Spy(CNNBiLSTMClassifier):
        def fit(self, X, y, sample_weight=None, groups=None, identifiers=None):
            seen.append(groups)
            return super().fit(X, y, sample_weight, groups, identifiers)

    with config_context(enable_metadata_routing=True):
        pipeline = make_pipeline(OneHotEncoder(), Spy(**TINY))
        cross_validate(pipeline, X, y, cv=GroupKFold(3), params={"groups": groups}, error_score="raise")
    assert [len(g) for g in seen] == [16, 16, 16]


def test_random_oversampler_on_a_column(random_dna):
    from imblearn.over_sampling import RandomOverSampler
    from imblearn.pipeline import make_pipeline as make_resampling_pipeline

    X = np.array(random_dna(20, 50))[:, None]
    y = [0] * 14 + [1] * 6
    clf = tiny(validation_fraction=None)
    pipeline = make_resampling_pipeline(RandomOverSampler(random_state=0), WindowAugmenter(), OneHotEncoder(), clf)
    assert pipeline.fit(X, y).predict(X).shape == (20,)


def test_users_callbacks_and_their_early_stopping(data):
    clf = tiny(max_epochs=50, callbacks=[EarlyStopping(monitor="train_loss", patience=2, threshold=10)], patience=None)
    assert len(clf.fit(*data).history_) < 10


def test_ctrl_c_is_not_swallowed(data, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("seqaug_sklearn.neural._net.Net.get_loss", interrupt)
    with pytest.raises(KeyboardInterrupt):
        tiny().fit(*data)


def test_no_validation_rows_warn(random_dna):
    with pytest.warns(NoValidationWarning, match="no early stopping"):
        clf = tiny().fit(random_dna(2, 30), ["a", "b"])
    assert clf.validation_split_.kind == "none"


@pytest.mark.parametrize("preset", [PAPER_DNA, PAPER_PROTEIN])
def test_paper_training_tables(preset):
    """facts.md, table "Paper's protocol": the numbers of the Training and Split rows."""
    expected = {
        "dna": (50, 32, 5e-4, 0.85, 8, 0.1, None),
        "protein": (50, 32, 1e-3, None, None, 0.2, "balanced"),
    }[preset["alphabet"]]
    keys = ("max_epochs", "batch_size", "lr", "lr_decay", "patience", "validation_fraction", "class_weight")
    assert tuple(preset[key] for key in keys) == expected
    assert CNNBiLSTMClassifier(**preset).get_params()["lr"] == preset["lr"]


@pytest.mark.parametrize(
    ("options", "X", "y", "error", "message"),
    [
        ({"device": "cuda:99"}, ["ACGT"] * 4, [0, 1] * 2, DeviceError, "is not there"),
        ({"device": "tpu"}, ["ACGT"] * 4, [0, 1] * 2, DeviceError, "device must be"),
        ({}, ["ACGT"] * 4, [0] * 4, ValueError, "one class only"),
        ({}, ["ACGT"] * 4, [0, 1], ValueError, "4 rows but y has 2"),
        ({}, np.zeros((4, 16)), [0, 1] * 2, SequenceTypeError, "plain matrix"),
        ({}, np.ones((4, 3, 16)), [0, 1] * 2, SequenceError, "flattened bag"),
        ({}, ["ACGT", "MKLV"] * 2, [0, 1] * 2, SequenceError, "pass alphabet='protein'"),
        ({"monitor": "loss"}, ["ACGT"] * 4, [0, 1] * 2, ValueError, "'monitor' parameter"),
        ({"class_weight": {5: 1}}, ["ACGT"] * 4, [0, 1] * 2, ValueError, "classes that y does not hold"),
        ({"lr": -1}, ["ACGT"] * 4, [0, 1] * 2, ValueError, "'lr' parameter"),
    ],
)
def test_bad_input_before_any_training(options, X, y, error, message):
    clf = tiny(validation_fraction=None, **options)
    with pytest.raises(error, match=message):
        clf.fit(X, y)
    assert not hasattr(clf, "net_")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sample_weight": [1, 2]}, "sample_weight must hold 4"),
        ({"sample_weight": [0] * 4}, "sample_weight must hold 4"),
        ({"identifiers": ["a"]}, "identifiers must be of shape"),
        ({"groups": [1, 2]}, "groups must be of shape"),
    ],
)
def test_bad_fit_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        tiny(validation_fraction=None).fit(["ACGT"] * 4, [0, 1] * 2, **arguments)


def test_longer_rows_at_predict_are_refused(data):
    with pytest.raises(SequenceError, match="fit saw 20"):
        tiny().fit(*data).predict(["ACGT" * 6])


@pytest.mark.gpu
def test_gpu_learns_and_unpickles_on_the_cpu(data):
    X, y = data
    clf = tiny(device="cuda", **LEARNS).fit(X, y)
    assert clf.score(X, y) == 1
    assert next(clf.net_.module_.parameters()).device.type == "cuda"
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer).predict(['ACGT' * 5])[0])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(clf),
        capture_output=True,
        env={"CUDA_VISIBLE_DEVICES": ""},
        check=True,
    )
    assert done.stdout.strip().decode() == str(clf.predict(["ACGT" * 5])[0])
