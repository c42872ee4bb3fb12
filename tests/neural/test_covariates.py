"""Networks that read numbers beside the sequence: both together, kept, refused where they do not fit."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation
from seqaug_sklearn.classification import CNNBiLSTMClassifier, MotifCNNClassifier, PromoterCNNClassifier
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.inspection import sequence_attributions
from seqaug_sklearn.persistence import load_model, save_model
from seqaug_sklearn.regression import CNNBiLSTMRegressor, MotifCNNRegressor, PromoterCNNRegressor

FAST = {"max_epochs": 2, "device": "cpu", "random_state": 0}
NETWORKS = {
    "motif": (MotifCNNClassifier, {"n_filters": 4, "kernel_size": 5, **FAST}),
    "members": (MotifCNNClassifier, {"n_filters": 4, "kernel_size": 5, "n_members": 2, **FAST}),
    "lstm": (
        CNNBiLSTMClassifier,
        {"conv_channels": (4,), "hidden_size": 4, "num_layers": 1, "dense_units": (4,), **FAST},
    ),
    "both strands": (
        PromoterCNNClassifier,
        {"conv_channels": (4, 4), "kernel_size": 4, "pool_size": 3, "dense_units": (4,), "strand": "both", **FAST},
    ),
}
each = pytest.mark.parametrize("key", NETWORKS)


def make(key, **more):
    cls, settings = NETWORKS[key]
    return cls(**{**settings, **more})


def planted(n=60, seed=0):
    """Class 1 where a motif and a covariate together pass a threshold."""
    rng = np.random.default_rng(seed)
    has_motif = rng.random(n) < 0.5
    texts = np.array(["".join(row) for row in rng.choice(list("ACGT"), (n, 30))])
    texts = np.where(has_motif, [f"{text[:10]}TGACTCA{text[17:]}" for text in texts], texts)
    dose = rng.normal(50, 20, n)
    y = (has_motif * 20 + dose > 60).astype(int)
    return pd.DataFrame({"dose": dose, "text": texts, "noise": rng.normal(size=n)}), y


@each
def test_columns_by_name_seeds_and_folders(key, tmp_path):
    X, y = planted()
    model = make(key).fit(X, y)
    expected = model.predict_proba(X)
    assert make(key).fit(X, y).predict_proba(X).tolist() == expected.tolist()
    turned = X[["noise", "text", "dose"]]
    assert make(key).fit(turned, y).predict_proba(turned).tolist() == expected.tolist()
    order = np.random.default_rng(1).permutation(len(X))
    np.testing.assert_allclose(model.predict_proba(X.iloc[order]), expected[order], rtol=1e-5)
    # they are read
    assert not np.allclose(model.predict_proba(X.assign(dose=X["dose"] + 40)), expected)
    loaded = load_model(save_model(model, tmp_path / "model"))
    assert loaded.predict_proba(X).tolist() == expected.tolist()
    with pytest.raises(DataFormatError, match="X lacks covariate 'dose'"):
        loaded.predict(X.drop(columns="dose"))
    with pytest.raises(DataFormatError, match="X lacks covariate 'dose'"):
        model.predict(X["text"])
    with pytest.raises(DataFormatError, match="X holds covariate 'age', which the model was not fitted with"):
        model.predict(X.assign(age=1))
    with pytest.raises(DataFormatError, match="X lacks covariate 'dose', which the model was fitted with"):
        sequence_attributions(model, X["text"][:2])


def test_a_model_of_the_text_alone_has_no_place_for_numbers():
    X, y = planted(20)
    model = make("motif").fit(X["text"], y)
    assert model.covariates_ is None
    with pytest.raises(DataFormatError, match="X holds covariate 'dose', which the model was not fitted with"):
        model.predict(X)
    # a second fit forgets the first
    again = make("motif").fit(X, y).fit(X["text"], y)
    assert again.predict_proba(X["text"]).tolist() == model.predict_proba(X["text"]).tolist()


def test_scales_are_those_of_the_rows_that_train():
    X, y = planted()
    model = make("motif", validation_fraction=0.3, patience=2).fit(X, y)
    train = np.unique(model.validation_split_.train[:, 0])
    assert 0 < len(train) < len(X)
    np.testing.assert_allclose(model.covariates_.means_, X.iloc[train][["dose", "noise"]].mean(), rtol=1e-9)
    # what the validation rows hold does not move them
    assert model.covariates_.scales_ == pytest.approx(X.iloc[train][["dose", "noise"]].std(ddof=0).to_numpy())


def test_edits_touch_sequences_only():
    seen = []

    class Look:
        def augment_batch(self, X, rng, *, identifiers=None):
            seen.append(tuple(X.shape))
            return X

    X, y = planted()
    edits = RandomAugmentation([RandomMutation(0.1)])
    model = make("motif", augment=[edits, Look()], finetune_epochs=1).fit(X, y)
    assert {shape[1:] for shape in seen} == {(30, 4)}
    assert model.predict(X).shape == (60,)


def test_bags_carry_none():
    X, y = planted(20)
    with pytest.raises(
        InvalidParameterError, match=r"bag_pooling='max' pools the windows of bags.*set bag_pooling=None"
    ):
        make("motif", bag_pooling="max").fit(X, y)


def test_a_planted_covariate_is_learned():
    X, y = planted(360)
    train, test = slice(0, 280), slice(280, None)
    settings = {"n_filters": 16, "kernel_size": 9, "strand": "single", "max_epochs": 30, "lr": 0.01}

    def accuracy(X):
        return make("motif", **settings).fit(X[train], y[train]).score(X[test], y[test])

    both, text = accuracy(X), accuracy(X["text"])
    assert both > 0.85
    assert both > text + 0.1


@pytest.mark.parametrize("cls", [MotifCNNRegressor, CNNBiLSTMRegressor, PromoterCNNRegressor])
def test_regressors_learn_a_shift_by_a_covariate(cls):
    X, _ = planted(80)
    y = np.column_stack([100 + X["dose"], np.where(np.arange(80) < 20, np.nan, -5 * X["dose"])])
    settings = {"strand": "single"} if cls is not CNNBiLSTMRegressor else {"conv_channels": (4,), "hidden_size": 4}
    settings |= {"max_epochs": 40, "lr": 0.02, "validation_fraction": None, "device": "cpu", "random_state": 0}
    if cls is PromoterCNNRegressor:
        settings |= {"conv_channels": (4, 4), "kernel_size": 4, "pool_size": 3, "dense_units": (4,)}
    model = cls(**settings).fit(X, y)
    predicted = model.predict(X)
    assert predicted.shape == (80, 2)
    high, low = (model.predict(X.assign(dose=dose)).mean(axis=0) for dose in (80.0, 20.0))
    assert 30 < (high - low)[0] < 90
    assert -450 < (high - low)[1] < -150
