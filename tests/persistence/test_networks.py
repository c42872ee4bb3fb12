"""Networks come back with the weights, strands, members and pooling that they were trained with."""

import numpy as np
import pytest

from seqaug_sklearn import OneHotEncoder, WindowAugmenter
from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation
from seqaug_sklearn.classification import (
    CNNBiLSTMClassifier,
    MotifCNNClassifier,
    PromoterCNNClassifier,
    ResidualMLPClassifier,
)
from seqaug_sklearn.persistence import load_model, save_model

TEXTS = ["".join(np.random.default_rng(i).choice(list("ACGT"), 30)) for i in range(20)]
LABELS = np.array([3, 7] * 10)
BAGS = WindowAugmenter(window=12, overlap=(1, 3), min_shared=6, max_windows=4).fit_transform(TEXTS)
SOFT = OneHotEncoder().fit_transform(TEXTS) * 0.9 + 0.02
ROWS = np.random.default_rng(0).normal(size=(20, 6))
SMALL = {"max_epochs": 1, "device": "cpu", "validation_fraction": None, "random_state": 0}
MOTIF = {**SMALL, "n_filters": 3, "kernel_size": 5}
BILSTM = {**SMALL, "conv_channels": (3,), "hidden_size": 3, "dense_units": (3,), "num_layers": 2}
PROMOTER = {**SMALL, "conv_channels": (3,), "kernel_size": 3, "pool_size": 3, "dense_units": (3,)}

CASES = {
    "motif": (MotifCNNClassifier(**MOTIF, initial_filters="enriched"), TEXTS),
    "members": (MotifCNNClassifier(**MOTIF, n_members=3), TEXTS),
    "spacing, one strand": (MotifCNNClassifier(**MOTIF, spacing_filters=2, strand="single"), TEXTS),
    "edits": (MotifCNNClassifier(**MOTIF, augment=RandomAugmentation([RandomMutation()])), TEXTS),
    "soft one-hot": (MotifCNNClassifier(**MOTIF), SOFT),
    "early stopping": (MotifCNNClassifier(**{**MOTIF, "max_epochs": 3, "validation_fraction": 0.3}), TEXTS),
    **{
        pooling: (MotifCNNClassifier(**MOTIF, bag_pooling=pooling), BAGS)
        for pooling in ("max", "log_sum_exp", "attention", "noisy_or")
    },
    "bag votes": (MotifCNNClassifier(**MOTIF), BAGS),
    "bilstm": (CNNBiLSTMClassifier(**BILSTM, standardize=True), TEXTS),
    "promoter": (PromoterCNNClassifier(**PROMOTER, strand="both"), TEXTS),
    "residual": (ResidualMLPClassifier(**SMALL, hidden_sizes=(4,), sampling="balanced"), ROWS),
    "pairs": (
        ResidualMLPClassifier(
            **{**SMALL, "validation_fraction": 0.3},
            architecture="residual_fcnn",
            hidden_sizes=(4, 3),
            pair_features=("first", "product"),
            scaling="global",
            threshold="f1",
        ),
        ROWS,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_networks_come_back(case, tmp_path):
    model, X = CASES[case]
    model.fit(X, LABELS)
    loaded = load_model(save_model(model, tmp_path / "model"))
    for method in ("predict_proba", "predict"):
        np.testing.assert_array_equal(getattr(loaded, method)(X), getattr(model, method)(X))
    assert loaded.history_.equals(model.history_)
    assert loaded.get_params().keys() == model.get_params().keys()
    if X is BAGS:
        np.testing.assert_array_equal(loaded.bag_weights(X), model.bag_weights(X))
    # what was loaded can be explained, saved and trained again
    if X is TEXTS:
        assert loaded.logits_module() is not None
    again = load_model(save_model(loaded, tmp_path / "again"))
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(loaded.fit(X, LABELS).predict_proba(X), model.predict_proba(X))


@pytest.mark.gpu
def test_networks_trained_on_a_gpu_come_back_on_the_cpu(tmp_path):
    model = MotifCNNClassifier(**{**MOTIF, "device": "cuda"}, n_members=2).fit(TEXTS, LABELS)
    loaded = load_model(save_model(model, tmp_path / "model"))
    assert {str(tensor.device) for net in loaded.members_ for tensor in net.module_.state_dict().values()} == {"cpu"}
    np.testing.assert_allclose(loaded.predict_proba(TEXTS), model.predict_proba(TEXTS), atol=1e-4)
