"""What all neural regressors promise of their targets: units, gaps, names, losses, one or several."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
import torch
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_score

from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, WindowAugmenter
from seqaug_sklearn.encoding import OneHotEncoder, reverse_complement
from seqaug_sklearn.regression import (
    CNNBiLSTMRegressor,
    MotifCNNRegressor,
    PromoterCNNRegressor,
    ResidualMLPRegressor,
)

FEW = {"max_epochs": 3, "batch_size": 16, "validation_fraction": None, "device": "cpu", "precision": "float32"}
FEW["random_state"] = 0
TINY = {
    MotifCNNRegressor: {"n_filters": 4, "kernel_size": 5},
    CNNBiLSTMRegressor: {"conv_channels": (4,), "kernel_size": 3, "hidden_size": 4, "num_layers": 1, "pool": "global"},
    PromoterCNNRegressor: {"conv_channels": (4, 4), "kernel_size": 4, "pool_size": 3, "dense_units": (4,)},
    ResidualMLPRegressor: {"hidden_sizes": (8,)},
}
SEQUENCE = [MotifCNNRegressor, CNNBiLSTMRegressor, PromoterCNNRegressor]


def by_name(cls):
    return cls.__name__ if isinstance(cls, type) else str(cls)


def tiny(cls, **options):
    return cls(**(FEW | TINY[cls] | options))


@pytest.fixture
def data(rng):
    """48 sequences of 24 nt, and two numbers of each: its A and its C."""
    X = ["".join(rng.choice(list("ACGT"), 24)) for _ in range(48)]
    return X, np.array([[text.count("A"), text.count("C")] for text in X], float)


def input_of(cls, X):
    """The sequences, or counts of their letters for networks of features."""
    return X if cls in SEQUENCE else np.array([[text.count(letter) for letter in "ACGT"] for text in X], float)


@pytest.mark.parametrize("cls", TINY, ids=by_name)
def test_predictions_are_in_the_unit_of_y(cls, data):
    X, Y = data
    X, y = input_of(cls, X), Y[:, 0]
    plain, other = tiny(cls).fit(X, y), tiny(cls).fit(X, 1000 * y + 5)
    assert np.ptp(plain.predict(X)) > 0
    np.testing.assert_allclose(other.predict(X), 1000 * plain.predict(X) + 5, rtol=1e-3)
    assert plain.target_mean_ == pytest.approx(y.mean())
    assert plain.target_scale_ == pytest.approx(y.std())
    np.testing.assert_allclose(other.history_["train_loss"], plain.history_["train_loss"], rtol=1e-3)


@pytest.mark.parametrize("loss", ["squared_error", "huber", "poisson"])
@pytest.mark.parametrize("cls", TINY, ids=by_name)
def test_one_target_two_targets_and_names(cls, loss, data):
    X, Y = data
    X = input_of(cls, X)
    one, two = tiny(cls, loss=loss).fit(X, Y[:, 0]), tiny(cls, loss=loss).fit(X, pd.DataFrame(Y, columns=["a", "c"]))
    assert one.predict(X).shape == (48,)
    assert two.predict(X).shape == (48, 2)
    assert (one.n_targets_, one.target_names_) == (1, ("y",))
    assert (two.n_targets_, two.target_names_) == (2, ("a", "c"))
    assert tiny(cls, max_epochs=1).fit(X, pd.Series(Y[:, 0], name="expression")).target_names_ == ("expression",)
    if loss == "poisson":
        assert two.predict(X).min() > 0
        np.testing.assert_allclose(two.target_scale_, Y.mean(axis=0))
    assert two.score(X, Y) == pytest.approx(r2_score(Y, two.predict(X)))
    assert np.ptp(two.predict(X)[:, 0] - two.predict(X)[:, 1]) > 0


@pytest.mark.parametrize("cls", TINY, ids=by_name)
def test_rows_without_any_number_change_nothing(cls, data):
    X, Y = data
    X = input_of(cls, X)
    Y[::3, 1] = np.nan
    Y[5] = np.nan
    with_gap = tiny(cls).fit(X, Y)
    kept = [row for row in range(48) if row != 5]
    without = tiny(cls).fit([X[row] for row in kept] if cls in SEQUENCE else X[kept], Y[kept])
    np.testing.assert_array_equal(with_gap.predict(X), without.predict(X))
    assert with_gap.validation_split_.purged[:, 0].tolist() == [5]
    assert np.isfinite(with_gap.history_.to_numpy(float)).all()
    assert with_gap.score(X, Y) == pytest.approx(without.score(X, Y))


@pytest.mark.parametrize("cls", TINY, ids=by_name)
def test_weights_seed_pickle(cls, data):
    X, Y = data
    X, y = input_of(cls, X), Y[:, 0]
    first, again, other = (tiny(cls, random_state=seed).fit(X, y) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.predict(X), again.predict(X))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(first)).predict(X), first.predict(X))
    assert (first.predict(X) != other.predict(X)).any()
    # rows of weight zero could hold anything; one batch, because they stay in it
    weight, strange = np.ones(48), y.copy()
    weight[:6], strange[:6] = 0, 1e4
    options = {"batch_size": 64, "max_epochs": 2}
    plain, weighed = (tiny(cls, **options).fit(X, values, sample_weight=weight) for values in (y, strange))
    np.testing.assert_allclose(weighed.predict(X), plain.predict(X))


@pytest.mark.parametrize("cls", TINY, ids=by_name)
def test_early_stopping_looks_at_other_parents_and_at_all_sizes(cls, data):
    X, Y = data
    X, y = input_of(cls, X), Y[:, 0] + np.linspace(0, 30, 48)  # parents of small and of large numbers
    groups = np.repeat(np.arange(24), 2)
    options = {"validation_fraction": 0.25, "patience": 3, "monitor": "valid_spearman", "max_epochs": 4}
    split = tiny(cls, **options).fit(X, y, groups=groups).validation_split_
    assert split.kind == "parents"
    assert not set(groups[split.train_rows]) & set(groups[split.valid_rows])
    fifths = (y[split.valid_rows, None] > np.quantile(y, [0.2, 0.4, 0.6, 0.8])).sum(axis=1)
    assert set(fifths) == {0, 1, 2, 3, 4}


def test_early_stopping_puts_the_best_weights_back(data):
    X, _ = data
    y = np.random.default_rng(1).normal(size=48)  # noise: validation soon gets worse
    model = tiny(MotifCNNRegressor, max_epochs=40, patience=4, lr=0.02, validation_fraction=0.25).fit(X, y)
    losses, rows = model.history_["valid_loss"], model.validation_split_.valid_rows
    assert len(losses) == losses.argmin() + 5
    errors = (model.predict(X)[rows] - y[rows]) / model.target_scale_
    assert (errors**2).mean() == pytest.approx(losses.min(), rel=1e-4)


@pytest.mark.parametrize("pooling", [None, "mean", "max", "log_sum_exp", "attention"])
@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
def test_bags_of_windows(pooling, loss, data):
    X, Y = data
    bags = WindowAugmenter(10, overlap=(4, 5), min_shared=None).fit_transform(X)
    model = tiny(MotifCNNRegressor, bag_pooling=pooling, loss=loss).fit(bags, Y)
    assert model.predict(bags).shape == Y.shape
    weights = model.bag_weights(bags, target="y1")
    np.testing.assert_allclose(np.nansum(weights, axis=1), 1)
    alone = np.stack([model.predict(bags[:, [window]]) for window in range(3)])
    if pooling in (None, "mean"):
        # the mean of the windows, in the unit of the targets: of rates, too
        np.testing.assert_allclose(model.predict(bags[:, :3]), alone.mean(axis=0), rtol=1e-5)
    else:
        assert (model.predict(bags[:, :3]) <= alone.max(axis=0) + 1e-5).all()
    with pytest.raises(ValueError, match="target must be one of target_names_"):
        model.bag_weights(bags)


@pytest.mark.parametrize("cls", [MotifCNNRegressor, PromoterCNNRegressor], ids=by_name)
def test_both_strands_edits_and_fine_tuning(cls, data):
    X, Y = data
    edits = RandomAugmentation([RandomMutation(0.1)], random_state=0)
    model = tiny(cls, strand="both", augment=edits, finetune_epochs=2).fit(X, Y)
    np.testing.assert_allclose(model.predict(X), model.predict(reverse_complement(X)), atol=1e-5)
    assert model.history_["stage"].tolist() == [0, 0, 0, 1, 1]
    one_hot = OneHotEncoder().fit_transform(X)
    np.testing.assert_array_equal(model.predict(one_hot), model.predict(X))


def test_augmenters_are_given_the_numbers(data):
    X, Y = data
    seen = []

    class Asks:
        def for_training(self, identifiers, y):
            seen.append(y)
            return self

        def augment_batch(self, X, rng, *, identifiers=None):
            return X

    Y[4] = np.nan
    for y in (Y, Y[:, 0]):
        tiny(MotifCNNRegressor, max_epochs=1, augment=Asks()).fit(X, y)
        np.testing.assert_array_equal(seen.pop(), np.delete(y, 4, axis=0))


@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
@pytest.mark.parametrize("cls", SEQUENCE, ids=by_name)
def test_the_module_that_is_explained_gives_the_predictions(cls, loss, data):
    X, Y = data
    options = {"n_members": 2} if cls is MotifCNNRegressor else {}
    options |= {"strand": "both"} if cls is PromoterCNNRegressor else {}
    model = tiny(cls, loss=loss, **options).fit(X, 100 * Y)
    one_hot = torch.from_numpy(OneHotEncoder().fit_transform(X))
    module = model.logits_module()
    np.testing.assert_allclose(module(one_hot).detach().numpy(), model.predict(X), rtol=1e-4)
    torch.testing.assert_close(module.head(module.stem(one_hot)), module(one_hot), rtol=1e-4, atol=1e-3)


def test_several_members_are_averaged(data):
    X, Y = data
    model = tiny(MotifCNNRegressor, n_members=3, max_epochs=1).fit(X, Y[:, 0])
    members = model.member_predictions(X)
    assert members.shape == (3, 48)
    np.testing.assert_allclose(model.predict(X), members.mean(axis=0))
    assert set(model.history_["member"]) == {0, 1, 2}


@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        (np.full(48, 2.5), {}, "y holds one value only"),
        (np.full(48, np.nan), {}, "y holds no value"),
        ([1.5] + [np.nan] * 47, {}, "y holds numbers for one sample only"),
        ([*np.arange(47.0), np.inf], {}, "y holds infinity in row 47"),
        (["high", *np.arange(47.0)], {}, "y holds 'high' in row 0, which is no number"),
        (np.arange(-1.0, 47), {"loss": "poisson"}, "y holds -1 in row 0, but loss='poisson' is for counts"),
        (np.arange(47.0), {}, "X has 48 rows but y has 47 targets"),
        (np.arange(48.0), {"bag_pooling": "noisy_or"}, "'bag_pooling' parameter .* must be a str among"),
        (np.arange(48.0), {"monitor": "valid_f1"}, "'monitor' parameter .* must be a str among"),
    ],
    ids=["constant", "unknown", "single", "infinite", "text", "negative", "short", "noisy_or", "f1"],
)
def test_bad_targets_and_settings_are_named(y, options, message, data):
    with pytest.raises(ValueError, match=message):
        tiny(MotifCNNRegressor, **options).fit(data[0], y)


@pytest.mark.parametrize("cls", TINY, ids=by_name)
def test_there_are_no_settings_of_classes(cls):
    assert not {"class_weight", "label_smoothing", "threshold", "sampling"} & set(cls().get_params())


def test_groups_reach_fit_under_routing(data):
    X, Y = data
    model = tiny(MotifCNNRegressor, max_epochs=1)
    with sklearn.config_context(enable_metadata_routing=True):
        scores = cross_val_score(model, X, Y[:, 0], cv=2, params={"groups": np.arange(48) // 2}, scoring="r2")
    assert np.isfinite(scores).all()


def test_covariates_beside_the_sequence(data):
    X = data[0]
    size = np.random.default_rng(3).normal(size=48)
    frame = pd.DataFrame({"sequence": X, "size": size})
    model = tiny(MotifCNNRegressor, max_epochs=30, lr=0.02).fit(frame, 7 * size + 100)
    assert model.score(frame, 7 * size + 100) > 0.8


@pytest.mark.gpu
def test_trains_on_a_gpu_and_predicts_alike_on_the_processor(data):
    X, Y = data
    Y[::3, 1] = np.nan
    model = tiny(MotifCNNRegressor, device="cuda", n_members=2).fit(X, Y)
    expected, explained = model.predict(X), model.logits_module("cpu")
    one_hot = torch.from_numpy(OneHotEncoder().fit_transform(X))
    np.testing.assert_allclose(explained(one_hot).detach(), expected, atol=1e-3)
    moved = pickle.loads(pickle.dumps(model))
    for net in moved.members_:
        net.module_.to("cpu")
    np.testing.assert_allclose(moved.predict(X), expected, atol=1e-4)
