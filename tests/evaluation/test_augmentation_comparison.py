"""Whether windows help: the choice of the split, the models and their limits, the verdict."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.augmentation import OrthologAugmenter, RandomAugmentation, RandomReverseComplement
from seqaug_sklearn.classification import CNNBiLSTMClassifier
from seqaug_sklearn.evaluation import compare_augmentations
from seqaug_sklearn.evaluation._augmentation_comparison_models import (
    MODELS,
    Plan,
    check_models,
    models_of_blocks,
    models_of_parents,
)
from seqaug_sklearn.evaluation._augmentation_comparison_split import plan_split
from seqaug_sklearn.exceptions import DataFormatError, DeviceError, SequenceError


def plan(**changes):
    arguments = {"alphabet": "dna", "window": 40, "n_samples": 200, "n_classes": 2, "longest": 261, "quick": False}
    return Plan(**arguments | {"device": "cpu"} | changes)


@pytest.fixture
def promoters(random_dna):
    """40 sequences; class 1 has a motif."""
    sequences = random_dna(40, 60)
    y = np.repeat(["no", "yes"], 20)
    sequences = [
        s[:20] + "ACGTGGCACGTGGC" + s[34:] if label == "yes" else s for s, label in zip(sequences, y, strict=True)
    ]
    return pd.Series(sequences, index=[f"p{i}" for i in range(40)]), y


# the split


def test_sequences_of_their_own_are_split_as_parents(random_dna):
    chosen = plan_split(random_dna(12, 30), np.repeat([0, 1], 6), None, 5)
    assert (chosen.kind, chosen.n_splits, chosen.groups) == ("parents", 5, None)


def test_copies_of_a_sequence_stay_together(random_dna):
    sequences = random_dna(10, 30)
    chosen = plan_split([*sequences, sequences[3].lower(), *sequences[:1]], [0, 1] * 6, None, 3)
    assert chosen.groups[3] == chosen.groups[10]
    assert chosen.groups[0] == chosen.groups[11]
    assert len(np.unique(chosen.groups)) == 10
    assert any("2 sequences are copies of others" in sentence for sentence in chosen.sentences)


def test_rare_classes_lower_the_number_of_folds(random_dna):
    chosen = plan_split(random_dna(11, 30), np.array(["a"] * 8 + ["rare"] * 3), None, 5)
    assert chosen.n_splits == 3
    assert any("3 folds instead of 5: class 'rare' has 3 sequences" in sentence for sentence in chosen.sentences)


def test_groups_count_where_there_are_groups(random_dna):
    groups = ["f", "g"] * 3 + list("hijklm")
    chosen = plan_split(random_dna(12, 30), np.repeat(["a", "b"], 6), groups, 5)
    assert chosen.n_splits == 2
    assert any("class 'a' has 2 groups" in sentence for sentence in chosen.sentences)


def test_one_sequence_per_class_means_blocks(random_dna):
    chosen = plan_split(random_dna(4, 300), np.array(list("abcd")), None, 5)
    assert (chosen.kind, chosen.n_splits) == ("blocks", 5)
    assert "non-overlapping tiles" in chosen.sentences[0]


@pytest.mark.parametrize(
    ("y", "groups", "message"),
    [
        (["a", "a", "a", "b"], None, "1 of 2 classes have a single sequence \\('b'\\)"),
        (["a", "a", "b", "b"], ["f", "g", "h", "h"], "1 of 2 classes have a single group \\('b'\\)"),
    ],
)
def test_classes_that_cannot_be_trained_and_tested_are_named(random_dna, y, groups, message):
    with pytest.raises(DataFormatError, match=message):
        plan_split(random_dna(4, 30), np.array(y), groups, 2)


# the models


def test_every_model_has_its_partner():
    line = models_of_parents(check_models(None), plan())
    assert len(line.models) == 7 * 2 + 2
    augmented = [name for key, name in MODELS.items() if key not in ("promoter-cnn", "memoriser", "majority")]
    assert line.partners == {f"{name}, windows": f"{name}, whole" for name in augmented}
    assert line.treatments == {"Windows": [f"{name}, windows" for name in augmented]}


def test_edits_and_orthologs_come_alone_and_together():
    orthologs = OrthologAugmenter({"a": ["ACGT"]})
    line = models_of_parents(["promoter-cnn", "logistic"], plan(edits=True, orthologs=orthologs))
    kinds = {"Windows": "windows", "Random edits": "edits", "Orthologs": "orthologs"}
    kinds["Orthologs and random edits"] = "orthologs + edits"
    names = ["promoter CNN", "logistic regression"]
    assert line.treatments == {kind: [f"{name}, {suffix}" for name in names] for kind, suffix in kinds.items()}
    assert {*line.partners.values()} == {f"{name}, whole" for name in names}
    network = line.models["promoter CNN, orthologs + edits"][-1]
    assert network.augment[0] is orthologs
    assert isinstance(network.augment[1], RandomAugmentation)
    steps = line.models["logistic regression, orthologs + edits"].named_steps
    assert [*steps][:2] == ["orthologaugmenter", "randomaugmentation"]


def test_edits_are_cut_to_short_sequences_and_keep_to_the_alphabet():
    line = models_of_parents(["logistic"], plan(edits=True, shortest=12, alphabet="protein"))
    edits = line.models["logistic regression, edits"][0].transforms
    assert [getattr(edit, "max_length", None) for edit in edits] == [4, 4, 4, None]
    assert not any(isinstance(edit, RandomReverseComplement) for edit in edits)


def test_limits_of_windows_keep_runs_short():
    assert plan(n_samples=20).max_windows("cnn") is None
    assert plan(n_samples=200).max_windows("svm") == 20
    assert plan(n_samples=200, quick=True).max_windows("svm") == 6
    assert plan(n_samples=10**6).max_windows("svm") == 4


def test_slow_models_are_left_out_of_large_blocks():
    line = models_of_blocks(list(MODELS), plan(n_classes=100, edits=True), n_rows=26_100)
    assert line.left_out == ["SVM", "gradient boosting"]
    assert not any(name.startswith(("SVM", "gradient")) for name in line.models)
    assert line.partners["CNN, overlapping"] == line.partners["CNN, overlapping + edits"] == "CNN, tiles"
    assert [*line.treatments] == ["Overlapping windows", "Overlapping windows with random edits"]
    assert models_of_blocks(["svm"], plan(), n_rows=100).left_out == []


def test_models_come_in_one_order_and_unknown_ones_are_refused():
    assert check_models(["SVM", "cnn"]) == ["cnn", "svm"]
    with pytest.raises(DataFormatError, match=r"models must be some of cnn-bilstm, .*; got forest"):
        check_models(["svm", "forest"])
    with pytest.raises(DataFormatError, match="got none"):
        check_models([])


# whole runs


def test_a_motif_is_found_and_the_answer_comes_first(promoters):
    X, y = promoters
    models = ["logistic", "memoriser", "majority"]
    result = compare_augmentations(X, y, window=20, n_splits=4, models=models, random_state=1)
    assert result.metric == "accuracy"
    assert result.comparison.chance()["majority"] == 0.5
    scores = result.comparison.summary("accuracy")["mean"]
    assert scores["logistic regression, windows"] > 0.8
    assert scores["commonest class"] == 0.5
    assert result.verdict()[0].startswith("Windows ")
    assert "could only have shown differences above" in result.verdict()[0]
    assert any("windows stay with theirs" in sentence for sentence in result.verdict())


def test_networks_run_in_both_forms(promoters, tmp_path):
    X, y = promoters
    result = compare_augmentations(X, y, window=20, n_splits=2, models=["cnn", "mlp"], quick=True, device="cpu")
    assert set(result.comparison.folds["fold"]) == {0, 1}
    assert any("quick look" in sentence for sentence in result.verdict())
    page = result.to_html(tmp_path / "report").read_text()
    assert "Windows that the models train on" in page
    assert list((tmp_path / "report" / "tables").glob("predictions_of_cnn_windows.csv"))


def test_edits_and_orthologs_have_their_own_answers(promoters):
    X, y = promoters
    table = {name: [sequence[1:] + "A"] for name, sequence in X.items()}
    options = {"window": 20, "n_splits": 2, "models": ["cnn", "logistic"], "quick": True}
    result = compare_augmentations(X, y, edits=True, orthologs=table, **options)
    assert len(result.comparison.estimators) == 2 * 5
    for treatment in ("Windows", "Random edits", "Orthologs", "Orthologs and random edits"):
        assert result.verdict()[0].count(f"{treatment} ") >= 1


def test_edits_join_blocks_and_orthologs_do_not(random_dna):
    X = pd.Series(random_dna(3, 80), index=list("abc"))
    options = {"n_splits": 2, "models": ["logistic"], "window": 20}
    result = compare_augmentations(X, list("abc"), edits=True, **options)
    assert [*result.treatments] == ["Overlapping windows", "Overlapping windows with random edits"]
    with pytest.raises(DataFormatError, match="orthologs need classes with several sequences"):
        compare_augmentations(X, list("abc"), orthologs={"a": ["ACGT" * 20]}, **options)


def test_orthologs_need_identifiers(promoters):
    X, y = promoters
    with pytest.raises(DataFormatError, match="pass X as a pandas Series"):
        compare_augmentations(X.tolist(), y, window=20, orthologs={"p0": [X.iloc[0]]})


def test_uneven_classes_are_judged_by_balanced_accuracy(promoters):
    X, _ = promoters
    y = np.array(["no"] * 32 + ["yes"] * 8)
    result = compare_augmentations(X, y, window=20, n_splits=2, models=["logistic"])
    assert result.metric == "balanced_accuracy"
    assert compare_augmentations(X, y, window=20, n_splits=2, models=["logistic"], metric="mcc").metric == "mcc"


def test_sequences_of_unequal_length_are_compared(promoters):
    X, y = promoters
    X = pd.Series([s[: 40 + i % 21] for i, s in enumerate(X)], index=X.index)
    result = compare_augmentations(X, y, window=20, n_splits=2, models=["logistic", "svm", "boosting"], quick=True)
    assert result.data["shortest"].min() == 40
    assert len(result.comparison.estimators) == 6


def test_groups_stay_on_one_side(promoters):
    X, y = promoters
    groups = np.arange(40) % 10
    result = compare_augmentations(X, y, groups=groups, window=20, n_splits=3, models=["logistic"])
    assert (result.comparison.folds["n_shared_groups"] == 0).all()
    for test in result.comparison.test_rows:
        assert not set(groups[test]) & set(np.delete(groups, test))


def test_one_sequence_per_class_compares_tiles(random_dna):
    X = pd.Series(random_dna(4, 200), index=list("abcd"))
    result = compare_augmentations(X, X.index.to_numpy(), n_splits=3, models=["logistic", "memoriser"])
    assert result.comparison.estimators[:2] == ["logistic regression, overlapping", "logistic regression, tiles"]
    assert result.verdict()[0].startswith("Overlapping windows")
    tested = np.concatenate(result.comparison.test_rows)
    np.testing.assert_array_equal(np.sort(tested), np.arange(4 * 161))


@pytest.mark.parametrize("window", [2, 10, 50])
def test_windows_of_any_length_are_admitted(random_dna, window):
    X = random_dna(8, 60)
    result = compare_augmentations(X, [0, 1] * 4, window=window, n_splits=2, models=["logistic"])
    assert len(result.comparison.predictions("logistic regression, windows")) == 8


def test_one_seed_gives_one_result(promoters):
    X, y = promoters
    first, second = (
        compare_augmentations(X, y, window=20, n_splits=2, models=["cnn"], quick=True, device="cpu", random_state=3)
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(*(r.comparison.predictions("CNN, windows") for r in (first, second)))


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"X": ["ACGT" * 10, "MKLV" * 10]}, SequenceError, "not in the dna alphabet|symbol"),
        ({"window": 61}, SequenceError, "fewer than window=61"),
        ({"window": 1}, DataFormatError, "window must be an int of at least 2 residues, got 1"),
        ({"y": [1] * 40}, DataFormatError, "one class only"),
        ({"y": [1, 2]}, DataFormatError, "one label for each of the 40 sequences"),
        ({"metric": "beauty"}, DataFormatError, "metric must be one of .*got 'beauty'"),
        ({"models": ["forest"]}, DataFormatError, "got forest"),
        ({"device": "cuda:99"}, DeviceError, "is not there"),
    ],
)
def test_bad_input_is_refused_before_any_fit(promoters, monkeypatch, changes, error, message):
    monkeypatch.setattr(CNNBiLSTMClassifier, "fit", lambda *a, **k: pytest.fail("fitted"))
    X, y = promoters
    arguments = {"X": X, "y": y, "window": 20} | changes
    with pytest.raises(error, match=message):
        compare_augmentations(arguments.pop("X"), arguments.pop("y"), **arguments)
