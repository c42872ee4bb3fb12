"""Models of features by key: for classes, numbers and labels, saved, explained, searched."""

import numpy as np
import pytest

from seqaug_sklearn.embedding import LanguageModelEmbedder, kmer_vocabulary
from seqaug_sklearn.evaluation import BestAverageClassifier, ModelSearch, compare_augmentations, make_model
from seqaug_sklearn.evaluation._augmentation._models import Plan
from seqaug_sklearn.evaluation._model_parts._costs import averaged_keys, fit_seconds, whole_size
from seqaug_sklearn.evaluation._model_parts._language_models import cached_embedder
from seqaug_sklearn.inspection import sequence_attributions
from seqaug_sklearn.persistence import load_model, save_model

MOTIFS = {"G-box": "CACGTG", "W-box": "TTGACC", "TATA": "TATAWA"}


@pytest.fixture
def boxes(random_dna):
    """Thirty families of two; half of them hold a G-box in the last third of 130 residues."""
    texts = [text[:100] + "CACGTG" + text[106:] if i % 2 else text for i, text in enumerate(random_dna(30, 130))]
    X = [text[:at] + "A" + text[at + 1 :] for text in texts for at in (7, 60)]
    return X, np.repeat(np.arange(30) % 2, 2), np.repeat(np.arange(30), 2)


def targets(y):
    noise = np.linspace(0, 0.1, len(y))
    return {"classes": np.array(["no", "yes"])[y], "number": y + noise, "labels": np.column_stack([y, 1 - y])}


@pytest.mark.parametrize("task", ["classes", "number", "labels"])
@pytest.mark.parametrize("key", ["gapped-kmers", "motif-occupancies"])
def test_they_learn_come_back_and_are_explained(boxes, key, task, tmp_path):
    X, y, family = boxes
    target = targets(y)[task]
    model = make_model(key, X=X, y=target, motifs=MOTIFS, task=task, random_state=0)
    model.fit(X, target, groups=family)
    found = np.asarray(model.predict(X))
    right = (found > 0.5) == (target > 0.5) if task != "classes" else found == target
    assert right.mean() > 0.9
    loaded = load_model(save_model(model, tmp_path / "model"))
    np.testing.assert_array_equal(loaded.predict(X), found)
    if key == "motif-occupancies" and task != "number":
        told = sequence_attributions(model, X[2:4], target="y0" if task == "labels" else None, hypothetical=False)
        strength = np.abs(told.values).sum(axis=2)[1]
        assert set(np.argsort(strength)[-4:]) <= set(range(100, 106))


@pytest.mark.parametrize("task", ["classes", "labels"])
def test_the_average_is_of_what_is_there(boxes, task, tmp_path):
    X, y, family = boxes
    target = targets(y)[task]
    model = make_model("average", X=X, y=target, motifs=MOTIFS, task=task, random_state=0).fit(X, target, groups=family)
    averages = [model] if task == "classes" else model.estimators_
    for average in averages:
        assert isinstance(average, BestAverageClassifier)
        assert set(average.inner_losses_) == {"kmers", "gapped-kmers", "positional-kmers", "motif-occupancies"}
        assert average.members_[0] in ("positional-kmers", "motif-occupancies")
    loaded = load_model(save_model(model, tmp_path / "model"))
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    told = sequence_attributions(model, X[3:4], target="y0" if task == "labels" else None, hypothetical=False)
    assert np.abs(told.values).sum(axis=2).argmax() in range(100, 106)


def test_a_search_has_motifs_among_its_candidates_where_they_are_given(boxes):
    X, y, family = boxes
    search = ModelSearch(motifs=MOTIFS, max_seconds=1e-9).fit(X, y, groups=family)
    assert "motif occupancies" in {*search.left_out_, *search.cv_results_["candidate"]}
    search = ModelSearch(["kmers", "motif-occupancies"], motifs=MOTIFS, cv=2, rule="best", ensemble=1)
    assert search.fit(X, y, groups=family).best_name_ == "motif occupancies"


def test_compare_has_a_model_of_motifs(boxes):
    X, y, family = boxes
    result = compare_augmentations(
        X, y, groups=family, models="majority", motifs=MOTIFS, quick=True, n_splits=2, edits=True
    )
    names = ["motif occupancies, edits", "motif occupancies, whole", "commonest class"]
    assert result.comparison.estimators == names
    assert result.comparison.scores("accuracy")["mean"]["motif occupancies, whole"] > 0.8


# language models


@pytest.fixture
def dnabert(tmp_path, monkeypatch):
    """Folder of a tiny model of random weights that reads 3-mers, and an empty cache."""
    transformers = pytest.importorskip("transformers")
    monkeypatch.setenv("SEQAUG_CACHE", str(tmp_path / "cache"))
    config = transformers.BertConfig(
        vocab_size=69, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
    )
    transformers.BertModel(config).save_pretrained(tmp_path / "model")
    (tmp_path / "model" / "vocab.txt").write_text("\n".join(kmer_vocabulary(3)))
    return tmp_path / "model"


def test_a_language_model_is_read_by_its_kmers_and_embeds_once(dnabert, boxes, monkeypatch):
    X, y, family = boxes
    assert cached_embedder(dnabert).kmer == 3
    (dnabert / "vocab.txt").write_text("[PAD]\nACGT")
    assert cached_embedder(dnabert).kmer is None
    (dnabert / "vocab.txt").write_text("\n".join(kmer_vocabulary(3)))
    model = make_model("language-model", X=X, y=y, language_model=dnabert, device="cpu", random_state=0)
    model.fit(X, y, groups=family)
    assert (dnabert.parent / "cache" / "embeddings").is_dir()

    def never(*args, **kwargs):
        raise AssertionError("embedded again")

    monkeypatch.setattr("seqaug_sklearn.embedding._embedding_run.EmbeddingRun._compute", never, raising=True)
    again = make_model("language-model", X=X, y=y, language_model=dnabert, device="cpu", random_state=0)
    np.testing.assert_array_equal(again.fit(X, y, groups=family).predict_proba(X), model.predict_proba(X))


def test_an_embedder_of_ones_own_keeps_its_settings(tmp_path):
    own = LanguageModelEmbedder("somewhere", kmer=6, pooling="max", cache_dir=tmp_path)
    made = cached_embedder(own)
    assert made is not own
    assert made.get_params() == own.get_params()


# costs


def test_costs_grow_with_motifs_and_members():
    def seconds(key, **changes):
        plan = Plan("dna", 40, 500, 2, 561, False, "cpu", shortest=600, **changes)
        return fit_seconds(key, whole_size(key, plan))

    few, many = ({str(i): np.full((6, 4), 0.25) for i in range(n)} for n in (20, 2000))
    assert seconds("motif-occupancies", motifs=many) > 20 * seconds("motif-occupancies", motifs=few)
    assert seconds("average", motifs=many) > seconds("average") > seconds("gapped-kmers") > seconds("kmers")
    assert averaged_keys(Plan("dna", 40, 500, 2, 561, False, "cpu")) == ("kmers", "gapped-kmers", "positional-kmers")
