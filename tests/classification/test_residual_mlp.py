"""ResidualMLPClassifier: contract, learning, early stopping on pairs, scikit-learn's tools, bad input."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
import torch
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import estimator_checks_generator
from skorch.callbacks import Callback

from seqaug_sklearn.classification import ResidualMLPClassifier
from seqaug_sklearn.embedding import PairFeatures
from seqaug_sklearn.exceptions import DeviceError, NoValidationWarning
from seqaug_sklearn.model_selection import ColdPairKFold
from seqaug_sklearn.neural._net import WindowBatches, WindowData

TINY = {"hidden_sizes": (8,), "max_epochs": 3, "batch_size": 16, "precision": "float32", "device": "cpu",
        "random_state": 0}  # fmt: skip


def tiny(**options):
    return ResidualMLPClassifier(**(TINY | options))


@pytest.fixture
def data(rng):
    """80 pairs of two vectors side by side, labelled by the sign of a product."""
    X = rng.uniform(-1, 1, (80, 6))
    return X, np.where(X[:, 0] * X[:, 3] > 0, "bound", "free"), rng.integers(0, 30, (80, 2))


def test_learns_what_a_linear_model_cannot(rng):
    X = rng.uniform(-1, 1, (600, 6))
    y = X[:, 0] * X[:, 3] > 0
    options = {"hidden_sizes": (32, 16), "dropout": 0.0, "max_epochs": 25, "batch_size": 50, "lr": 0.01}
    network = tiny(**options, validation_fraction=None)
    assert network.fit(X[:400], y[:400]).score(X[400:], y[400:]) > 0.85
    assert LogisticRegression().fit(X[:400], y[:400]).score(X[400:], y[400:]) < 0.65


@pytest.mark.parametrize("labels", [["no", "yes"], [False, True], [-3, 7], [0, 1, 2]])
def test_labels_of_any_type(data, labels):
    X, _, _ = data
    y = np.array(labels)[np.arange(80) % len(labels)]
    fitted = tiny().fit(X, y)
    assert fitted.classes_.tolist() == sorted(labels)
    assert fitted.predict(X).dtype == y.dtype
    assert fitted.predict_proba(X).shape == (80, len(labels))
    np.testing.assert_allclose(fitted.predict_proba(X).sum(axis=1), 1)


def test_history_and_net(data):
    X, y, groups = data
    fitted = tiny(max_epochs=4, patience=None).fit(X, y, groups=groups)
    assert fitted.history_["epoch"].tolist() == [1, 2, 3, 4]
    assert {"train_loss", "valid_loss", "valid_accuracy", "valid_f1", "lr", "seconds"} <= set(fitted.history_)
    logits = fitted.net_.module_(torch.tensor(X, dtype=torch.float32)).detach().double()
    np.testing.assert_allclose(torch.softmax(logits, dim=1).numpy(), fitted.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize("kind", ["both members", "second members", "parents", "rows", "none"])
def test_groups_decide_what_is_validated_on(kind):
    X = np.random.default_rng(0).normal(size=(120, 3))
    y = np.arange(120) % 7 % 2
    groups = {
        "both members": [[f"a{i // 3}", f"b{i // 3}"] for i in range(120)],
        "second members": np.array([(a, b) for a in range(6) for b in range(20)]),
        "parents": np.arange(120) // 4,
        "rows": None,
        "none": None,
    }[kind]
    fitted = tiny(validation_fraction=None if kind == "none" else 0.1).fit(X, y, groups=groups)
    assert fitted.validation_split_.kind == kind
    assert ("valid_loss" in fitted.history_) == (kind != "none")


def test_early_stopping_puts_the_best_weights_back(data):
    X, _, groups = data
    y = np.random.default_rng(1).integers(0, 2, 80)  # noise: validation soon gets worse
    fitted = tiny(max_epochs=60, patience=5, lr=0.02).fit(X, y, groups=groups)
    losses = fitted.history_["valid_loss"]
    assert len(losses) < 60
    assert losses.argmin() == len(losses) - 6
    rows = fitted.validation_split_.valid_rows
    of_true = fitted.predict_proba(X[rows])[np.arange(len(rows)), y[rows]]
    assert -np.log(of_true).mean() == pytest.approx(losses.min(), rel=1e-4)


def test_no_validation_pair_is_a_warning(data):
    X, _, _ = data
    y = (np.arange(80) == 0).astype(int)
    with pytest.warns(NoValidationWarning, match="pass groups= with finer groups"):
        tiny().fit(X, y, groups=np.column_stack([np.arange(80) > 0, np.arange(80) > 0]).astype(int))


def test_same_seed_same_bits(data):
    X, y, groups = data
    state = torch.get_rng_state()
    once, again, other = (tiny(random_state=seed).fit(X, y, groups=groups).predict_proba(X) for seed in (0, 0, 1))
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, other)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(("n_rows", "sizes"), [(33, [16, 17]), (32, [16, 16]), (34, [16, 16, 2]), (5, [5])])
def test_no_batch_has_a_single_row(n_rows, sizes):
    batches = WindowBatches(WindowData(torch.arange(n_rows)[:, None]), 16, smallest=2)
    rows = [batch["rows"] for batch, _ in batches]
    assert [len(part) for part in rows] == sizes
    assert len(batches) == len(sizes)
    assert torch.cat(rows).tolist() == list(range(n_rows))


@pytest.mark.parametrize("n_rows", [2, 17, 33])
def test_any_number_of_rows_trains(n_rows):
    X = np.random.default_rng(0).normal(size=(n_rows, 3))
    fitted = tiny(validation_fraction=None).fit(X, np.arange(n_rows) % 2)
    assert np.isfinite(fitted.predict_proba(X)).all()


def test_sample_weights_and_class_weights_count(data):
    X, y, _ = data
    options = {"max_epochs": 20, "lr": 0.01, "validation_fraction": None}
    plain = tiny(**options).fit(X, y).predict_proba(X)[:, 0].mean()
    weighted = tiny(**options).fit(X, y, sample_weight=np.where(y == "bound", 10.0, 1.0))
    assert weighted.predict_proba(X)[:, 0].mean() > plain + 0.1
    by_class = tiny(**options, class_weight={"bound": 10.0, "free": 1.0}).fit(X, y)
    np.testing.assert_allclose(by_class.predict_proba(X), weighted.predict_proba(X), atol=1e-6)


def test_weight_decay_shrinks_weights(data):
    X, y, _ = data
    sizes = [
        tiny(weight_decay=decay, lr=0.01, max_epochs=20, validation_fraction=None).fit(X, y).net_.module_.output.weight
        for decay in (0.0, 0.5)
    ]
    assert sizes[1].abs().sum() < 0.5 * sizes[0].abs().sum()


def test_column_names_are_kept_and_checked(data):
    X, y, _ = data
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(6)])
    fitted = tiny().fit(frame, y)
    assert fitted.feature_names_in_.tolist() == list(frame.columns)
    assert fitted.n_features_in_ == 6
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(frame.rename(columns={"x0": "other"}))
    with pytest.raises(ValueError, match="5 features, but ResidualMLPClassifier is expecting 6"):
        tiny().fit(X, y).predict(X[:, :5])


def test_pickle_and_clone(data):
    X, y, groups = data
    fitted = tiny().fit(X, y, groups=groups)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict_proba(X), fitted.predict_proba(X))
    assert not hasattr(clone(fitted), "net_")


class _CountEpochs(Callback):
    seen = 0

    def on_epoch_end(self, net, **kwargs):
        _CountEpochs.seen += 1


def test_callbacks_take_part(data):
    X, y, _ = data
    tiny(callbacks=[_CountEpochs()]).fit(X, y)
    assert _CountEpochs.seen == 3


def test_pipeline_in_cross_validate_and_grid_search(data):
    """Members reach the splitters of both levels and the early stopping, and scaling sees training rows only."""
    X, y, groups = data
    model = make_pipeline(MinMaxScaler((-1, 1)), PairFeatures(), tiny())
    with sklearn.config_context(enable_metadata_routing=True):
        grid = {"residualmlpclassifier__lr": [1e-3, 1e-2], "residualmlpclassifier__hidden_sizes": [(8,), (8, 4)]}
        search = GridSearchCV(model, grid, cv=ColdPairKFold(2, unseen="first"))
        scores = cross_validate(
            search, X, y, cv=ColdPairKFold(2, unseen="first"), params={"groups": groups}, return_estimator=True
        )
    for found, (train, _) in zip(
        scores["estimator"], ColdPairKFold(2, unseen="first").split(X, groups=groups), strict=True
    ):
        assert len(found.cv_results_["params"]) == 4
        best = found.best_estimator_
        np.testing.assert_allclose(best[0].data_min_, X[train].min(axis=0))
        split = best[-1].validation_split_
        own = groups[train]
        sides = {"both members": (0, 1), "first members": (0,), "second members": (1,)}[split.kind]
        for side in sides:
            assert not set(own[split.train_rows, side]) & set(own[split.valid_rows, side])


def test_cross_val_score_without_groups(data):
    X, y, _ = data
    assert cross_val_score(tiny(), X, y, cv=3).shape == (3,)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": np.full((80, 6), np.nan)}, ValueError, "row 0 of X holds NaN.*embed it again or drop the row"),
        ({"X": np.full((80, 6), np.inf)}, ValueError, "infinity"),
        ({"X": np.zeros(80)}, ValueError, "Expected 2D array"),
        ({"X": [["ACGT", "ACGT"]] * 80}, ValueError, "takes numbers: embed first"),
        ({"y": ["bound"] * 80}, ValueError, "one class only"),
        ({"y": np.linspace(0, 1, 80)}, ValueError, "continuous"),
        ({"sample_weight": np.ones(3)}, ValueError, "sample_weight must hold 80"),
        ({"groups": np.zeros((3, 2))}, ValueError, r"shape \(80, 2\) to fit X"),
        ({"groups": np.zeros((80, 3))}, ValueError, "groups must be of shape"),
        ({"batch_size": 1}, ValueError, "batch_size"),
        ({"hidden_sizes": ()}, ValueError, "hidden_sizes is empty"),
        ({"dropout": 1.0}, ValueError, "dropout"),
        ({"device": "cuda:77"}, DeviceError, "cuda:77"),
        ({"class_weight": {"other": 2.0}}, ValueError, "class_weight names classes that y does not hold"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_bad_input(data, change, error, message):
    X, y, _ = data
    given = {"X": X, "y": y} | {k: v for k, v in change.items() if k in ("X", "y", "sample_weight", "groups")}
    with pytest.raises(error, match=message):
        tiny(**{k: v for k, v in change.items() if k not in given}).fit(**given)


@pytest.mark.gpu
def test_trains_on_a_gpu_and_predicts_alike_on_the_processor(data):
    X, y, groups = data
    fitted = ResidualMLPClassifier(hidden_sizes=(8,), max_epochs=2, device="cuda", random_state=0).fit(
        X, y, groups=groups
    )
    expected = fitted.predict_proba(X)
    fitted.net_.module_.to("cpu")
    np.testing.assert_allclose(fitted.predict_proba(X), expected, atol=1e-4)


# scikit-learn's own checks

FAILED = {
    "check_sample_weight_equivalence_on_dense_data": "a repeated row is drawn into other batches than a heavy one, so "
    "stochastic training ends with other weights",
}
CHECKS = list(
    estimator_checks_generator(
        ResidualMLPClassifier(
            hidden_sizes=(16,), dropout=0.0, max_epochs=15, lr=0.05, batch_size=32, device="cpu", random_state=0,
            precision="float32", validation_fraction=None,
        ),
        mark="skip",
        expected_failed_checks=FAILED,
    )
)  # fmt: skip


@pytest.mark.parametrize(("estimator", "check"), CHECKS, ids=[getattr(c, "func", c).__name__ for _, c in CHECKS])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_only_one_check_has_an_excuse():
    assert len(CHECKS) > 50
    skipped = [check for _, check in CHECKS if not hasattr(check, "func")]
    assert len(skipped) == len(FAILED)
