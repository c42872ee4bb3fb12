"""GenotypeGAN as an estimator: what it learns, repeats, resumes and refuses."""

import copy
import errno
import os
import pickle
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.pipeline import make_pipeline
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from seqaug_sklearn.augmentation import PG_CGAN_PUBLISHED, GenotypeGAN
from seqaug_sklearn.augmentation._genotypes._gan_checkpoint import _FORMAT, Checkpoint, fingerprint
from seqaug_sklearn.augmentation._genotypes._gan_setup import TrainingRows, hold_out, resolve_settings
from seqaug_sklearn.exceptions import DataFormatError, DeviceError, NoValidationWarning, OutputError
from seqaug_sklearn.genotypes import dosages, to_haplotypes

SMALL = {"device": "cpu", "random_state": 0, "max_epochs": 3}
SMALL_MLP = {**SMALL, "generator_units": (24,), "critic_units": (16, 16)}
SMALL_PG = {**SMALL, "architecture": "pg_cgan", "batch_size": 16, "dropout": 0.1}
BOTH = pytest.mark.parametrize("params", [SMALL_MLP, SMALL_PG], ids=["mlp", "pg_cgan"])


def opposite_people(n_individuals=40, n_variants=12, seed=0):
    """Two populations, alleles frequent in one and rare in the other; every other variant follows a founder."""
    rng = np.random.default_rng(seed)
    y = np.repeat(["south", "north"], [n_individuals, n_individuals // 2])
    frequency = np.where((y == "north")[:, None], 0.85, 0.15) * np.ones(n_variants)
    founder = rng.random((len(y), 2, 1)) < frequency[:, None, :1]
    own = rng.random((len(y), 2, n_variants)) < frequency[:, None, :]
    alleles = np.where(np.arange(n_variants) % 2, founder, own)
    return (2 * alleles[:, 0] + alleles[:, 1]).astype(np.int8), y


@pytest.fixture(scope="module")
def people():
    return opposite_people()


def assert_same_weights(one, other):
    assert one.n_epochs_ == other.n_epochs_
    assert one.best_epoch_ == other.best_epoch_
    for name in ("generator_", "critic_"):
        states = [getattr(gan, name).state_dict() for gan in (one, other)]
        assert states[0].keys() == states[1].keys()
        for key, value in states[0].items():
            assert torch.equal(value, states[1][key]), (name, key)
    pd.testing.assert_frame_equal(*(gan.history_.drop(columns="seconds") for gan in (one, other)))


@pytest.mark.parametrize("loss", ["wgan_gp", "wgan_clip", "hinge"])
@BOTH
def test_every_loss_trains_both_networks(people, params, loss):
    params = {**params, "loss": loss, "validation_fraction": None}
    trained = GenotypeGAN(**params).fit(*people)
    assert len(trained.history_) == trained.n_epochs_ == 3
    assert np.isfinite(trained.history_).all(axis=None)
    once = GenotypeGAN(**{**params, "max_epochs": 1}).fit(*people)
    for name in ("generator_", "critic_"):
        pairs = zip(getattr(trained, name).parameters(), getattr(once, name).parameters(), strict=True)
        assert not all(torch.equal(a, b) for a, b in pairs)


def test_populations_are_learnt():
    """Opposite alleles, so labels that are ignored or exchanged are off by .7; half of the variants are linked."""
    X, y = opposite_people(300, 24)
    gan = GenotypeGAN(
        generator_units=(64, 64), critic_units=(64, 32), max_epochs=60, lr=1e-3, device="cpu", random_state=0
    ).fit(X, y)
    for population, frequency in (("north", 0.85), ("south", 0.15)):
        new, labels = gan.sample(1000, population)
        assert set(labels) == {population}
        haplotypes = to_haplotypes(new, "phased")
        real = to_haplotypes(X[y == population], "phased").mean(axis=0)
        assert abs(haplotypes.mean() - frequency) < 0.05
        assert np.abs(haplotypes.mean(axis=0) - real).mean() < 0.07
        r2 = np.corrcoef(haplotypes.T) ** 2
        assert r2[1::2, 1::2].mean() > 0.6
        assert r2[::2, ::2][np.triu_indices(12, 1)].mean() < 0.1
        counts = dosages(new, "phased")
        p = counts.mean(axis=0) / 2
        f = 1 - (counts == 1).mean(axis=0).sum() / (2 * p * (1 - p)).sum()
        assert abs(f) < 0.05  # Hardy-Weinberg
    scores = gan.history_["score"].dropna()
    assert scores.iloc[-1] < scores.iloc[0] / 2


@BOTH
def test_same_seed_same_people(people, params):
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = (GenotypeGAN(**params).fit(*people) for _ in range(2))
    assert_same_weights(first, second)
    np.testing.assert_array_equal(first.sample(50)[0], second.sample(50)[0])
    other = GenotypeGAN(**{**params, "random_state": 1}).fit(*people)
    assert (other.sample(50)[0] != first.sample(50)[0]).any()
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert np.array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002


def test_threads_do_not_disturb_each_other(people):
    alone = [GenotypeGAN(**{**SMALL_MLP, "random_state": seed}).fit(*people) for seed in range(3)]
    together = [GenotypeGAN(**{**SMALL_MLP, "random_state": seed}) for seed in range(3)]
    threads = [threading.Thread(target=gan.fit, args=people) for gan in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together, strict=True):
        assert_same_weights(one, other)


@BOTH
def test_clone_and_pickle(people, params):
    gan = GenotypeGAN(**params).fit(*people)
    again = pickle.loads(pickle.dumps(gan))
    assert_same_weights(gan, again)
    np.testing.assert_array_equal(gan.sample(20, "north")[0], again.sample(20, "north")[0])
    copied = clone(gan)
    assert not hasattr(copied, "generator_")
    assert_same_weights(copied.fit(*people), gan)


def test_sampling_falls_back_to_the_cpu(people):
    gan = GenotypeGAN(**SMALL_MLP).fit(*people)
    expected = gan.sample(20)[0]
    moved = gan.set_params(device="cuda:99")
    np.testing.assert_array_equal(moved.sample(20)[0], expected)
    with pytest.raises(DeviceError, match="is not there"):
        moved.fit(*people)


@pytest.mark.gpu
@BOTH
def test_trained_on_a_gpu(people, params, tmp_path):
    path = tmp_path / "gan.pt"
    gan = GenotypeGAN(**{**params, "device": "cuda", "checkpoint": path, "checkpoint_every": 1}).fit(*people)
    assert {p.device.type for p in gan.generator_.parameters()} == {"cpu"}
    assert {p.device.type for p in gan.critic_.parameters()} == {"cpu"}
    assert_same_weights(clone(gan).fit(*people), gan)
    on_gpu = gan.sample(200)[0]
    on_cpu = pickle.loads(pickle.dumps(gan)).set_params(device="cpu").sample(200)[0]
    assert (on_gpu != on_cpu).mean() < 1e-3


class StopTrainingError(Exception):
    pass


@BOTH
def test_interrupted_training_ends_with_the_same_weights(people, params, tmp_path, monkeypatch):
    params = {**params, "max_epochs": 5, "monitor_every": 2}
    path = tmp_path / "gan.pt"
    uninterrupted = GenotypeGAN(**params).fit(*people)
    kept = GenotypeGAN(**params, checkpoint=path, checkpoint_every=1)
    save, n_saved = Checkpoint.save, []

    def save_and_stop(checkpoint, state):
        save(checkpoint, state)
        n_saved.append(len(state["history"]))
        if len(n_saved) == 2:
            raise StopTrainingError

    monkeypatch.setattr(Checkpoint, "save", save_and_stop)
    with pytest.raises(StopTrainingError):
        kept.fit(*people)
    assert not hasattr(kept, "generator_")
    resumed = kept.fit(*people)
    assert n_saved == [1, 2, 3, 4, 5]
    assert_same_weights(resumed, uninterrupted)
    np.testing.assert_array_equal(resumed.sample(20)[0], uninterrupted.sample(20)[0])
    assert_same_weights(clone(resumed).fit(*people), uninterrupted)  # nothing is left to train
    assert n_saved == [1, 2, 3, 4, 5]
    assert [file.name for file in tmp_path.iterdir()] == ["gan.pt"]


KILLED = """
import os, signal, sys
import torch
torch.set_num_threads(1)
sys.path.insert(0, sys.argv[1])
from test_genotypes_gan import SMALL_MLP, opposite_people
from seqaug_sklearn.augmentation import PG_CGAN_PUBLISHED, GenotypeGAN
from seqaug_sklearn.augmentation._genotypes._gan_training import TrainingRun

train_epoch = TrainingRun._train_epoch

def train_or_die(run, *data):
    if len(run.history) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    train_epoch(run, *data)

TrainingRun._train_epoch = train_or_die
GenotypeGAN(**{**SMALL_MLP, "max_epochs": 9}, checkpoint=sys.argv[2], checkpoint_every=2).fit(*opposite_people())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_process_resumes_to_the_same_weights(people, tmp_path):
    path = tmp_path / "gan.pt"
    command = [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(path)]
    killed = subprocess.run(command, capture_output=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert len(torch.load(path, weights_only=True)["state"]["history"]) == 4
    params = {**SMALL_MLP, "max_epochs": 9}
    resumed = GenotypeGAN(**params, checkpoint=path, checkpoint_every=2).fit(*people)
    assert_same_weights(resumed, GenotypeGAN(**params).fit(*people))


def test_without_a_seed_the_checkpoint_s_is_taken_up(people, tmp_path, monkeypatch):
    path = tmp_path / "gan.pt"
    gan = GenotypeGAN(**{**SMALL_MLP, "random_state": None}, checkpoint=path).fit(*people)
    assert_same_weights(clone(gan).fit(*people), gan)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"lr": 1e-3}, "lr"),
        ({"random_state": 1}, "random_state"),
        ({"critic_units": (16, 17)}, "critic_units"),
        ({"validation_fraction": 0.2}, "validation_fraction"),
    ],
)
def test_checkpoint_of_other_settings(people, tmp_path, change, named):
    path = tmp_path / "gan.pt"
    gan = GenotypeGAN(**SMALL_MLP, checkpoint=path).fit(*people)
    before = path.read_bytes()
    with pytest.raises(DataFormatError, match=rf"another training: (.*, )?{named}\b.* differ"):
        gan.set_params(**change).fit(*people)
    assert path.read_bytes() == before


def test_a_finished_training_goes_on_to_more_epochs(people, tmp_path):
    """With the weights of one training of that length, its history and its best epoch."""
    path, params = tmp_path / "gan.pt", {**SMALL_MLP, "monitor_every": 1}
    GenotypeGAN(**{**params, "max_epochs": 2}, checkpoint=path).fit(*people)
    longer = GenotypeGAN(**{**params, "max_epochs": 5}, checkpoint=path).fit(*people)
    whole = GenotypeGAN(**{**params, "max_epochs": 5}).fit(*people)
    assert_same_weights(longer, whole)
    assert longer.history_["epoch"].tolist() == [1, 2, 3, 4, 5]
    assert longer.best_epoch_ == whole.best_epoch_


@pytest.mark.parametrize(
    ("first", "then", "message"),
    [
        ({"max_epochs": 3}, {"max_epochs": 2}, "has 3 epochs already, more than max_epochs=2"),
        ({"monitor_every": 1}, {"monitor_every": 2, "max_epochs": 9}, "pass monitor_every=1 to continue from it"),
        ({"monitor_every": 2, "max_epochs": 3}, {"max_epochs": 9}, "a score out of turn"),
    ],
)
def test_a_training_that_would_end_otherwise_does_not_go_on(people, tmp_path, first, then, message):
    path, params = tmp_path / "gan.pt", {**SMALL_MLP, **first}
    GenotypeGAN(**params, checkpoint=path).fit(*people)
    before = path.read_bytes()
    with pytest.raises(DataFormatError, match=message):
        GenotypeGAN(**{**params, **then}, checkpoint=path).fit(*people)
    assert path.read_bytes() == before


@pytest.mark.parametrize("named", ["X", "y"])
def test_checkpoint_of_other_data(people, tmp_path, named):
    X, y = (values.copy() for values in people)
    gan = GenotypeGAN(**SMALL_MLP, checkpoint=tmp_path / "gan.pt").fit(X, y)
    if named == "X":
        X[3, 4] ^= 1
    else:
        y[[0, -1]] = y[[-1, 0]]
    with pytest.raises(DataFormatError, match=f"another training: {named} differ"):
        gan.fit(X, y)


@pytest.mark.parametrize("content", [b"", b"not torch", pickle.dumps({"format": 1}, protocol=2)])
def test_damaged_checkpoint(people, tmp_path, content):
    path = tmp_path / "gan.pt"
    path.write_bytes(content)
    with pytest.raises(DataFormatError, match="is no checkpoint of GenotypeGAN, or is damaged"):
        GenotypeGAN(**SMALL_MLP, checkpoint=path).fit(*people)
    assert path.read_bytes() == content


def test_truncated_checkpoint(people, tmp_path):
    path = tmp_path / "gan.pt"
    gan = GenotypeGAN(**SMALL_MLP, checkpoint=path).fit(*people)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(DataFormatError, match="damaged"):
        gan.fit(*people)


def test_another_torch_file_is_no_checkpoint(people, tmp_path):
    torch.save({"weights": torch.zeros(2)}, tmp_path / "gan.pt")
    with pytest.raises(DataFormatError, match="no checkpoint of this version of GenotypeGAN"):
        GenotypeGAN(**SMALL_MLP, checkpoint=tmp_path / "gan.pt").fit(*people)


def test_fingerprints_tell_shapes_and_types_with_the_same_bytes_apart():
    bits = np.array([0, 1, 1, 0, 1, 0], np.int8)
    forms = [bits, bits.reshape(2, 3), bits.reshape(3, 2), bits.astype(bool), bits.view(np.int16)]
    assert len({fingerprint(form) for form in forms}) == len(forms)
    assert fingerprint(np.asfortranarray(forms[1])) == fingerprint(forms[1])


def test_checkpoint_in_a_folder_that_is_not_there(people, tmp_path):
    with pytest.raises(ValueError, match=r"checkpoint=.*does not exist; make it first"):
        GenotypeGAN(**SMALL_MLP, checkpoint=tmp_path / "none" / "gan.pt").fit(*people)


def test_failed_write_leaves_the_last_checkpoint(people, tmp_path, monkeypatch):
    path = tmp_path / "gan.pt"
    path.write_bytes(b"the last one")

    def fail(content, file):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        Checkpoint(path, {}).save({})
    assert path.read_bytes() == b"the last one"
    assert [file.name for file in tmp_path.iterdir()] == ["gan.pt"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_names_the_checkpoint_and_keeps_the_last(people, tmp_path, monkeypatch, number):
    path, params = tmp_path / "gan.pt", {**SMALL_MLP, "monitor_every": 1}
    GenotypeGAN(**{**params, "max_epochs": 2}, checkpoint=path).fit(*people)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(number, "full")))
    with pytest.raises(OutputError, match=rf"gan\.pt cannot be written: {os.strerror(number)}; [^\n]*$"):
        GenotypeGAN(**{**params, "max_epochs": 4}, checkpoint=path).fit(*people)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["gan.pt"]
    longer = GenotypeGAN(**{**params, "max_epochs": 4}, checkpoint=path).fit(*people)
    assert longer.history_["epoch"].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "content",
    [{"format": _FORMAT}, {"format": _FORMAT, "identity": 3, "state": {}}, {"format": _FORMAT, "identity": {}}, [1], 3],
)
def test_a_file_like_a_checkpoint_is_none(people, tmp_path, content):
    torch.save(content, tmp_path / "gan.pt")
    with pytest.raises(DataFormatError, match=r"gan\.pt' is no checkpoint of this version of GenotypeGAN"):
        GenotypeGAN(**SMALL_MLP, checkpoint=tmp_path / "gan.pt").fit(*people)


def test_a_checkpoint_damaged_anywhere_is_named(people, tmp_path):
    """Whatever torch stumbles over."""
    path = tmp_path / "gan.pt"
    GenotypeGAN(**SMALL_MLP, checkpoint=path).fit(*people)
    whole = path.read_bytes()
    checkpoint = Checkpoint(path, torch.load(path, weights_only=True)["identity"])
    with zipfile.ZipFile(path) as file:
        places = [
            entry.header_offset + 200 + entry.file_size // 2 for entry in file.infolist() if entry.file_size > 500
        ]
    assert len(places) > 5
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DataFormatError, match=r"gan\.pt' is no checkpoint of GenotypeGAN, or is damaged"):
            checkpoint.load("cpu")


def test_held_out_people_are_a_share_of_each_population(people):
    X, y = people
    gan = GenotypeGAN(**{**SMALL_MLP, "validation_fraction": 0.2}).fit(X, y)
    assert len(set(gan.held_out_)) == len(gan.held_out_)
    assert pd.Series(y[gan.held_out_]).value_counts().to_dict() == {"south": 8, "north": 4}
    assert gan.population_counts_.tolist() == [20, 40]


def test_two_people_of_each_population_stay_for_training():
    codes = np.repeat([0, 1, 2], [2, 5, 40])
    held_out = hold_out(codes, 0.9, np.random.default_rng(0))
    assert np.bincount(codes[held_out], minlength=3).tolist() == [0, 3, 36]


def test_nobody_held_out(people):
    gan = GenotypeGAN(**{**SMALL_MLP, "validation_fraction": None}).fit(*people)
    assert gan.history_.columns.tolist() == ["epoch", "critic_loss", "generator_loss", "seconds"]
    assert gan.best_epoch_ is None
    assert len(gan.held_out_) == 0


def test_too_few_people_for_a_score_warn():
    X, y = opposite_people(18)  # 10 % of 18 is one
    with pytest.warns(NoValidationWarning, match=r"validation_fraction=0\.1 is fewer than two individuals"):
        gan = GenotypeGAN(**SMALL_MLP).fit(X, y)
    assert gan.n_epochs_ == 3


def test_few_people_get_as_many_steps():
    few, many = (resolve_settings(GenotypeGAN(), n_individuals)["max_epochs"] for n_individuals in (70, 1753))
    assert many == 50
    assert few * (2 * 70 // 128) >= 50 * (2 * 1753 // 128)


def test_pg_cgan_as_published_trains_on_everyone_and_keeps_the_last_weights(monkeypatch):
    settings = {key: value for key, value in PG_CGAN_PUBLISHED.items() if key != "architecture"}
    default = GenotypeGAN("pg_cgan").get_params()
    # what differs from the architecture's own defaults, which stop by held-out individuals and clip the whole critic
    assert {k for k, v in settings.items() if default[k] is not None and default[k] != v} == {
        "clip", "validation_fraction", "patience",
    }  # fmt: skip
    X, y = np.random.default_rng(0).integers(0, 4, (40, 12), dtype=np.int8), np.repeat(["a", "b"], 20)
    gan = GenotypeGAN(**PG_CGAN_PUBLISHED | {"max_epochs": 2}, random_state=0).fit(X, y)
    assert (gan.n_epochs_, gan.best_epoch_, len(gan.held_out_)) == (2, None, 0)
    kernels = [m.weight.detach() for m in gan.critic_.modules() if isinstance(m, torch.nn.Conv1d | torch.nn.Conv2d)]
    assert len(kernels) == 2
    assert all(float(weight.abs().max()) <= 0.01 for weight in kernels)
    assert max(float(weight.detach().abs().max()) for weight in gan.critic_.parameters()) > 0.01


@pytest.mark.parametrize("architecture", ["mlp", "pg_cgan"])
def test_rows_of_an_epoch(people, architecture):
    X, y = people
    haplotypes, codes = to_haplotypes(X, "phased"), (y == "south").astype(int)
    expected = haplotypes if architecture == "mlp" else X
    plain, first, second = (
        TrainingRows(
            {"architecture": architecture, "recombine": recombine}, haplotypes, codes, seed, torch.device("cpu")
        )
        for recombine, seed in ((False, 0), (True, 0), (True, 0))
    )
    for epoch in (1, 2):
        states, labels = plain(epoch)
        np.testing.assert_array_equal(states, expected)
        np.testing.assert_array_equal(labels, np.repeat(codes, 2) if architecture == "mlp" else codes)
    first(1)
    mosaics, labels = first(2)
    assert torch.equal(mosaics, second(2)[0])  # of seed and epoch alone
    assert not torch.equal(mosaics, first(3)[0])
    np.testing.assert_array_equal(labels, plain(1)[1])
    assert mosaics.shape == states.shape
    assert (mosaics != states).any()
    alleles = [
        to_haplotypes(values.numpy(), "haplotype" if architecture == "mlp" else "phased")
        for values in (mosaics, states)
    ]
    for code in (0, 1):
        made, real = (values[np.repeat(codes, 2) == code].mean(axis=0) for values in alleles)
        assert np.abs(made - real).mean() < 0.1


def test_haplotypes_in_haplotypes_out(people):
    X, y = people
    gan = GenotypeGAN(**SMALL_MLP).fit(X, y)
    of_haplotypes = GenotypeGAN(**SMALL_MLP, encoding="haplotype").fit(to_haplotypes(X, "phased"), np.repeat(y, 2))
    assert_same_weights(gan, of_haplotypes)
    new, labels = of_haplotypes.sample(10, "north")
    assert new.shape == (20, X.shape[1])
    assert len(labels) == 20
    np.testing.assert_array_equal(new, to_haplotypes(gan.sample(10, "north")[0], "phased"))


@BOTH
def test_fills_up_a_population_in_a_pipeline(people, params):
    X, y = people
    gan = GenotypeGAN(**params)
    X_filled, y_filled = gan.fit_resample(X, y)
    np.testing.assert_array_equal(X_filled[: len(X)], X)
    assert pd.Series(y_filled).value_counts().to_dict() == {"south": 40, "north": 40}
    assert set(y_filled[len(X) :]) == {"north"}
    assert set(np.unique(X_filled)) <= {0, 1, 2, 3}
    assert make_pipeline(gan, LogisticRegression()).fit(X, y).score(X, y) > 0.9


def test_labels_of_any_type(people):
    X, y = people
    gan = GenotypeGAN(**SMALL_MLP).fit(X, (y == "north").astype(int) + 5)
    assert set(gan.sample(10)[1]) == {5, 6}


def test_one_population_one_variant():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, (30, 1)).astype(np.int8)
    for params in (SMALL_MLP, SMALL_PG):
        gan = GenotypeGAN(**params).fit(X, np.full(30, "all"))
        assert gan.sample(7)[0].shape == (7, 1)
        assert np.isfinite(gan.history_["score"]).all()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"architecture": "pg_cgan", "generator_units": (8,)}, "generator_units=.* belongs to architecture='mlp'"),
        ({"architecture": "pg_cgan", "critic_units": (8,)}, "critic_units=.* belongs to architecture='mlp'"),
        ({"loss": "hinge", "clip": "conv"}, "clip='conv' belongs to architecture='pg_cgan'"),
        ({"loss": "wgan_clip", "clip": None}, "clip=None leaves the critic"),
        ({"generator_units": (8, 0)}, "generator_units must be"),
        ({"critic_units": ()}, "critic_units must be"),
        ({"architecture": "cnn"}, "'architecture' parameter of GenotypeGAN must be"),
        ({"averaging": 1.0}, "'averaging' parameter"),
    ],
)
def test_settings_that_do_not_fit(people, params, message):
    with pytest.raises(ValueError, match=message):
        GenotypeGAN(**SMALL, **params).fit(*people)


@pytest.mark.parametrize("encoding", ["dosage"])
def test_allele_counts_are_refused(people, encoding):
    X, y = people
    with pytest.raises(DataFormatError, match="do not say which chromosome"):
        GenotypeGAN(**SMALL_MLP, encoding=encoding).fit(dosages(X, "phased"), y)


def test_divergence_is_said(people):
    gan = GenotypeGAN(**{**SMALL_MLP, "lr": 1e30})
    with pytest.raises(ValueError, match=r"training diverged in epoch 1.*lower lr"):
        gan.fit(*people)


def test_progress_is_shown_only_when_asked(people, capsys):
    GenotypeGAN(**SMALL_MLP).fit(*people)
    assert capsys.readouterr() == ("", "")
    GenotypeGAN(**SMALL_MLP, verbose=1).fit(*people)
    assert "3/3" in capsys.readouterr().err


def test_input_is_left_alone(people):
    before = copy.deepcopy(people)
    GenotypeGAN(**SMALL_MLP).fit(*people)
    for values, copied in zip(people, before, strict=True):
        np.testing.assert_array_equal(values, copied)
