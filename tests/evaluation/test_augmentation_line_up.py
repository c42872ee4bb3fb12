"""Which models ``compare_augmentations`` runs, by default and by name, and what each is compared with."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.augmentation import OrthologAugmenter, RandomAugmentation
from seqaug_sklearn.classification import CNNBiLSTMClassifier, MotifCNNClassifier
from seqaug_sklearn.evaluation import _sanity_section, compare_augmentations, make_model
from seqaug_sklearn.evaluation._augmentation import _repeats
from seqaug_sklearn.evaluation._augmentation._line_up import ANOTHER_NETWORK, DEFAULT, MODELS, check_models
from seqaug_sklearn.evaluation._augmentation._models import Plan, models_of_blocks, models_of_parents
from seqaug_sklearn.evaluation._augmentation._split import SplitPlan
from seqaug_sklearn.evaluation._model_parts import _costs
from seqaug_sklearn.evaluation._model_parts._costs import NETWORKS, POOLED, rounds_of
from seqaug_sklearn.exceptions import InvalidParameterError

PUBLISHED = ["cnn-bilstm", "cnn", "rnn", "promoter-cnn"]
TUNED = ["gapped-kmers", "average"]
ASK_FOR_MORE = ["covariates", "motif-occupancies", "language-model"]


def plan(**changes):
    arguments = {"alphabet": "dna", "window": 40, "n_samples": 200, "n_classes": 2, "longest": 261, "quick": False}
    return Plan(**arguments | {"device": "cpu", "shortest": 300} | changes)


# which


def test_the_default_models_are_these():
    keys = ["motif-cnn", "bag-cnn-bilstm", "mlp", "svm", "logistic", "kmers", "positional-kmers", "boosting"]
    keys += ["composition", "positions", "memoriser", "majority"]
    assert [*DEFAULT] == check_models(None) == check_models("default") == keys
    assert [*models_of_parents(keys, plan(edits=True)).models] == [
        "motif CNN, windows",
        "motif CNN, edits",
        "motif CNN, whole",
        "bag CNN-BiLSTM, windows",
        "MLP, windows",
        "MLP, edits",
        "MLP, whole",
        "SVM, windows",
        "SVM, edits",
        "SVM, whole",
        "logistic regression, windows",
        "logistic regression, edits",
        "logistic regression, whole",
        "k-mer logistic regression, edits",
        "k-mer logistic regression, whole",
        "positional k-mers, edits",
        "positional k-mers, whole",
        "gradient boosting, windows",
        "gradient boosting, edits",
        "gradient boosting, whole",
        "composition alone",
        "positions alone",
        "nearest-sequence lookup",
        "commonest class",
    ]


def test_published_networks_and_what_is_fitted_often_come_by_name_or_with_all():
    assert set(check_models("all")) - set(check_models(None)) == {*PUBLISHED, *TUNED}
    without_covariates = [key for key in MODELS if key not in ASK_FOR_MORE]
    assert check_models("all") == check_models(["all"]) == without_covariates
    left_out = {"bag-cnn-bilstm", *ASK_FOR_MORE} - {"covariates"}
    assert check_models("all", covariates=True) == [key for key in MODELS if key not in left_out]
    assert check_models("kmers", covariates=True) == ["kmers", "covariates"]
    assert check_models(["rnn", "Default"]) == [key for key in MODELS if key in DEFAULT or key == "rnn"]
    for key in without_covariates:
        assert check_models([key]) == check_models(key.upper()) == [key]


@pytest.mark.parametrize(("key", "source"), [("motif-occupancies", "motifs"), ("language-model", "language_model")])
def test_models_that_need_something_come_with_it(key, source):
    given = {source: "somewhere"}
    assert check_models("svm", **given) == ["svm", key]
    assert check_models(None, "number", **given) == [
        name for name in MODELS if name in {*check_models(None, "number"), key}
    ]
    with pytest.raises(InvalidParameterError, match=f"models cannot be '{key}' without {source}, "):
        check_models([key])
    with pytest.raises(InvalidParameterError, match=f"name cannot be '{key}' without {source}, "):
        make_model(key)


def test_the_average_of_numbers_is_usual_and_that_of_classes_chooses():
    assert "average" in check_models(None, "number")
    assert "average" not in check_models(None, "labels")


def test_models_come_in_one_order_and_unknown_ones_are_refused():
    assert check_models(["SVM", "cnn"]) == ["cnn", "svm"]
    with pytest.raises(InvalidParameterError, match=r"some of motif-cnn, bag-cnn-bilstm, .*, all, default; got forest"):
        check_models(["svm", "forest"])
    with pytest.raises(InvalidParameterError, match="got none"):
        check_models([])


# against what


@pytest.mark.parametrize("names", [None, "all"])
def test_every_model_has_its_partner_and_windows_that_of_its_own_kind(names):
    line = models_of_parents(check_models(names), plan())
    own = {name: partner for name, partner in line.partners.items() if not name.startswith("bag ")}
    augmented = [name for key, name in MODELS.items() if key in check_models(names)]
    augmented = [name for name in augmented if f"{name}, windows" in own]
    assert own == {f"{name}, windows": f"{name}, whole" for name in augmented}
    assert set(line.partners) == {name for name in line.models if name.endswith(", windows")}
    assert all(partner in line.models for partner in line.partners.values())


@pytest.mark.parametrize(
    ("names", "partner", "treatment"),
    [
        (None, "motif CNN, whole", ANOTHER_NETWORK),
        ("all", "CNN-BiLSTM, whole", "Windows"),
        (["bag-cnn-bilstm", "cnn-bilstm"], "CNN-BiLSTM, whole", "Windows"),
        (["bag-cnn-bilstm", "svm"], None, None),
    ],
)
def test_the_network_of_bags_is_set_against_its_own_kind_or_says_that_it_is_not(names, partner, treatment):
    line = models_of_parents(check_models(names), plan())
    name = "bag CNN-BiLSTM, windows"
    assert line.partners.get(name) == partner
    titles = [title for title, members in line.treatments.items() if name in members]
    assert titles == ([] if treatment is None else [treatment])


# how they are built


def test_windows_of_our_networks_are_pooled_and_those_of_published_ones_vote():
    line = models_of_parents(check_models("all"), plan())
    pooling = {name: model[-1].bag_pooling for name, model in line.models.items() if hasattr(model, "steps")
               and hasattr(model[-1], "bag_pooling") and name.endswith(", windows")}  # fmt: skip
    assert pooling == {
        "motif CNN, windows": "log_sum_exp",
        "bag CNN-BiLSTM, windows": "log_sum_exp",
        "CNN-BiLSTM, windows": None,
        "CNN, windows": None,
        "RNN, windows": None,
        "MLP, windows": None,
        "promoter CNN, windows": None,
    }
    assert isinstance(line.models["bag CNN-BiLSTM, windows"][-1], CNNBiLSTMClassifier)
    assert isinstance(line.models["motif CNN, whole"][-1], MotifCNNClassifier)


def test_edits_and_orthologs_reach_the_motif_network():
    orthologs = OrthologAugmenter({"a": ["ACGT"]})
    line = models_of_parents(["motif-cnn", "bag-cnn-bilstm"], plan(edits=True, orthologs=orthologs))
    network = line.models["motif CNN, orthologs + edits"][-1]
    assert network.augment[0] is orthologs
    assert isinstance(network.augment[1], RandomAugmentation)
    assert network.pad_to == 300
    assert [name for name in line.models if name.startswith("bag")] == ["bag CNN-BiLSTM, windows"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "both"),
        ({"strand": "single"}, "single"),
        ({"alphabet": "rna"}, "both"),
        ({"alphabet": "protein"}, "single"),
    ],
)
def test_the_motif_network_reads_the_strands_that_mean_the_same(options, expected):
    line = models_of_parents(["motif-cnn"], plan(**options))
    assert {model[-1].strand for model in line.models.values()} == {expected}


def test_bags_hold_windows_that_overlap_by_half():
    assert plan().max_windows("motif-cnn") == plan().max_windows("bag-cnn-bilstm") == 14
    bags = models_of_parents(["motif-cnn"], plan()).models["motif CNN, windows"][0].fit_transform(["ACGTTGCA" * 40] * 2)
    assert bags.shape[1] <= 14
    assert plan(n_samples=10_000).max_windows("motif-cnn") == 4


@pytest.mark.parametrize("n_samples", [40, 400, 4000])
def test_epochs_follow_from_the_rows(n_samples):
    for key in POOLED:
        full, quick = (rounds_of(key, plan(n_samples=n_samples, quick=quick), whole=True) for quick in (False, True))
        assert rounds_of(key, plan(n_samples=n_samples)) == np.clip(round(800 / np.ceil(n_samples / 8)), 20, 200)
        steps = np.ceil(n_samples / 16)
        assert full == np.clip(round(max(800 / steps, min(40, 5000 / steps))), 20, 200)
        assert quick < full
    network = models_of_parents(["motif-cnn"], plan(n_samples=n_samples)).models["motif CNN, whole"][-1]
    assert network.max_epochs is None  # it knows the rows that it is trained on


def test_blocks_of_windows_know_no_bags():
    line = models_of_blocks(check_models(None), plan(), n_rows=500)
    names = [name for name in line.models if name.endswith("overlapping")]
    assert names[:3] == ["motif CNN, overlapping", "CNN-BiLSTM, overlapping", "MLP, overlapping"]
    assert not any(name.startswith("bag") for name in line.models)
    assert line.models["motif CNN, overlapping"].bag_pooling is None
    assert [*models_of_blocks(["bag-cnn-bilstm", "cnn-bilstm"], plan(), 500).models] == [
        "CNN-BiLSTM, overlapping",
        "CNN-BiLSTM, tiles",
    ]


# what it costs


def test_600_rows_of_600_take_less_than_a_quarter_of_an_hour():
    of_item = plan(n_samples=600, longest=561, shortest=600, edits=True)
    split = SplitPlan("parents", 5, None, ())

    def seconds(names):
        line = models_of_parents(check_models(names), of_item)
        repeats = _repeats.wanted_repeats("auto", line, split)
        return sum(5 * repeats[name] * line.seconds[name] for name in line.models)

    # on two cores
    assert seconds(None) / 2 < 15 * 60
    assert seconds("all") > 3 * seconds(None)
    assert set(NETWORKS) >= set(POOLED)


# whole runs


@pytest.fixture
def planted(rng, monkeypatch):
    """48 sequences of 60; half of them hold a site of 12 somewhere."""
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)  # the audit alone
    letters, y = rng.choice(list("ACGT"), (48, 60)), np.tile(["no", "yes"], 24)
    for row in np.flatnonzero(y == "yes"):
        start = rng.integers(49)
        letters[row, start : start + 12] = list("ACGTGGCACCTA")
    return pd.Series(["".join(row) for row in letters]), y


def test_our_networks_learn_in_a_quick_look(planted):
    models = ["motif-cnn", "majority"]
    result = compare_augmentations(*planted, n_splits=2, window=20, models=models, quick=True, device="cpu")
    scores = result.comparison.scores("accuracy")["mean"]
    assert scores[["motif CNN, whole", "motif CNN, windows"]].min() > 0.9
    assert scores["commonest class"] == 0.5


def test_another_network_is_set_against_the_motif_network(planted, monkeypatch):
    monkeypatch.setattr(_costs, "_MOST_EPOCHS", (1, 1))
    models = ["motif-cnn", "bag-cnn-bilstm", "majority"]
    X, y = planted
    options = {"n_splits": 2, "window": 40, "models": models, "quick": True, "device": "cpu"}
    result = compare_augmentations(X[:12], y[:12], **options)
    assert result.answers().columns.tolist() == ["Windows", ANOTHER_NETWORK]
    assert result.answers().loc["motif CNN", ANOTHER_NETWORK] == "–"
    assert "against the motif CNN on whole sequences" in result.sections()[0].text
    alone = dataclasses.replace(result, treatments={"Windows": result.treatments["Windows"]})
    assert ANOTHER_NETWORK not in alone.sections()[0].text


def test_short_windows_and_single_windows_suit_the_motif_network(random_dna, monkeypatch):
    monkeypatch.setattr(_costs, "_MOST_EPOCHS", (2, 2))
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)  # the audit alone
    options = {"models": ["motif-cnn"], "quick": True, "n_splits": 2, "device": "cpu", "n_repeats": 1}
    assert len(compare_augmentations(random_dna(8, 30), [0, 1] * 4, window=5, **options).comparison.estimators) == 2
    blocks = compare_augmentations(random_dna(2, 60), [0, 1], window=10, **options)
    assert blocks.comparison.estimators == ["motif CNN, overlapping", "motif CNN, tiles"]
