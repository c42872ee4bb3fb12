"""A training that is interrupted and goes on ends with the same bits; other settings or data are refused."""

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from seqaug_sklearn.classification import ResidualMLPClassifier
from seqaug_sklearn.exceptions import DataFormatError

OPTIONS = {
    "hidden_sizes": (8,), "max_epochs": 7, "batch_size": 16, "device": "cpu", "precision": "float32", "random_state": 0,
    "plateau_factor": 0.5, "plateau_patience": 0, "patience": 5, "lr": 0.02,
}  # fmt: skip


class StopAt(Callback):
    """Break the training off after an epoch, as a power cut would."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch_begin(self, net, **kwargs):
        if len(net.history) > self.epoch:
            raise RuntimeError("interrupted")


@pytest.fixture
def data(rng):
    X = rng.normal(size=(90, 6)).astype(np.float32)
    return X, (X[:, 0] * X[:, 3] > 0).astype(int), np.arange(90)


@pytest.mark.parametrize("epoch", [1, 3, 5])
@pytest.mark.parametrize("sampling", ["shuffle", "balanced"])
def test_an_interrupted_training_ends_the_same(tmp_path, data, epoch, sampling):
    X, y, groups = data
    options = OPTIONS | {"sampling": sampling}
    whole = ResidualMLPClassifier(**options).fit(X, y, groups=groups)
    path = tmp_path / "training.pt"
    with pytest.raises(RuntimeError, match="interrupted"):
        ResidualMLPClassifier(**options, checkpoint=path, callbacks=[StopAt(epoch)]).fit(X, y, groups=groups)
    again = ResidualMLPClassifier(**options, checkpoint=path).fit(X, y, groups=groups)
    np.testing.assert_array_equal(again.predict_proba(X), whole.predict_proba(X))
    columns = ["epoch", "train_loss", "valid_loss", "lr"]
    assert again.history_[columns].equals(whole.history_[columns])


def test_a_finished_training_is_read(tmp_path, data):
    X, y, groups = data
    options = OPTIONS | {"patience": None, "checkpoint": tmp_path / "training.pt"}
    first = ResidualMLPClassifier(**options).fit(X, y, groups=groups)
    second = ResidualMLPClassifier(**options).fit(X, y, groups=groups)
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    longer = ResidualMLPClassifier(**options | {"max_epochs": 9}).fit(X, y, groups=groups)
    assert len(longer.history_) == 9


@pytest.mark.parametrize("change", ["data", "labels", "settings"])
def test_a_checkpoint_of_something_else_is_refused(tmp_path, data, change):
    X, y, groups = data
    path = tmp_path / "training.pt"
    ResidualMLPClassifier(**OPTIONS, checkpoint=path).fit(X, y, groups=groups)
    options = OPTIONS | ({"lr": 0.01} if change == "settings" else {})
    X = X + (change == "data")
    y = y[::-1] if change == "labels" else y
    with pytest.raises(DataFormatError, match="checkpoint of other settings or data"):
        ResidualMLPClassifier(**options, checkpoint=path).fit(X, y, groups=groups)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04"])
def test_a_damaged_file_is_named(tmp_path, data, content):
    X, y, groups = data
    path = tmp_path / "training.pt"
    path.write_bytes(content)
    with pytest.raises(DataFormatError, match=r"training\.pt is no checkpoint of a training, or is damaged"):
        ResidualMLPClassifier(**OPTIONS, checkpoint=path).fit(X, y, groups=groups)


def test_no_code_of_a_foreign_file_runs(tmp_path, data):
    X, y, groups = data
    ran = []

    class Trap:
        def __reduce__(self):
            return ran.append, (1,)

    path = tmp_path / "training.pt"
    torch.save({"identity": Trap()}, path)
    with pytest.raises(DataFormatError, match="no checkpoint"):
        ResidualMLPClassifier(**OPTIONS, checkpoint=path).fit(X, y, groups=groups)
    assert not ran


@pytest.mark.parametrize("seed", [None, np.random.default_rng(0)], ids=["none", "generator"])
def test_a_seed_that_cannot_be_drawn_again_is_refused(tmp_path, data, seed):
    X, y, groups = data
    model = ResidualMLPClassifier(**OPTIONS | {"random_state": seed}, checkpoint=tmp_path / "training.pt")
    with pytest.raises(ValueError, match="checkpoint= needs a whole number as random_state"):
        model.fit(X, y, groups=groups)


def test_what_is_chosen_after_training_is_free(tmp_path, data):
    X, y, groups = data
    path = tmp_path / "training.pt"
    options = OPTIONS | {"patience": None, "checkpoint": path}
    ResidualMLPClassifier(**options).fit(X, y, groups=groups)
    again = ResidualMLPClassifier(
        **options | {"hidden_sizes": [np.int64(8)], "random_state": np.int64(0)}, threshold="f1"
    )
    assert 0 < again.fit(X, y, groups=groups).threshold_ < 1
