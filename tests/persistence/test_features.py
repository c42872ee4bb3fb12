"""Features and kept models in folders: the same bits after a round trip."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.evaluation import (
    AveragedClassifier,
    ModelSearch,
    PerTargetClassifier,
    PerTargetRegressor,
    SequenceModel,
)
from seqaug_sklearn.features import (
    GappedKmerCounts,
    KmerCounts,
    MotifOccupancy,
    PositionalKmers,
    SequenceComposition,
    SequenceParts,
)
from seqaug_sklearn.persistence import load_model, save_model


def some_text(n=24, seed=0):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("ACGT"), rng.integers(20, 30))) for _ in range(n)], np.arange(n) % 2


FEATURES = [
    KmerCounts((2, 3)),
    KmerCounts(4, weighting="tfidf", sublinear=True, max_features=20),
    KmerCounts(13),
    GappedKmerCounts(4, 3, max_features=20),
    GappedKmerCounts(4, 3, n_features=20),
    MotifOccupancy({"box": "CACGTG", "own": np.full((3, 4), 0.25) + np.eye(3, 4)}),
    MotifOccupancy({"box": "CACG"}, score="count", background="train", p_value=0.01),
    PositionalKmers((1, 3)),
    PositionalKmers(2, anchor="both", tolerance=1, sparse_output=False),
    SequenceComposition(groups="usual", length=True),
    SequenceParts(KmerCounts(2)),
]


@pytest.mark.parametrize("features", FEATURES, ids=repr)
def test_features_come_back(features, tmp_path):
    fitted = features.fit(some_text()[0])
    loaded = load_model(save_model(fitted, tmp_path / "model"))
    new = some_text(seed=1)[0]
    first, second = (m.transform(new) for m in (fitted, loaded))
    first, second = (m.toarray() if sparse.issparse(m) else m for m in (first, second))
    np.testing.assert_array_equal(first, second)
    assert (loaded.get_feature_names_out() == fitted.get_feature_names_out()).all()


def test_a_kept_model_comes_back_without_its_data(tmp_path):
    X, y = some_text()
    candidates = {"two": make_pipeline(KmerCounts(2), LogisticRegression())}
    candidates["three"] = make_pipeline(KmerCounts(3), LogisticRegression())
    search = ModelSearch(candidates, cv=2, store=tmp_path / "folds")
    model = SequenceModel(search, cv=2, n_jobs=1, store=tmp_path / "folds").fit(X, y)
    loaded = load_model(save_model(model, tmp_path / "model", about=model.about()))
    assert (loaded.predict_proba(X) == model.predict_proba(X)).all()
    assert loaded.report(X).equals(model.report(X))
    assert loaded.verdict() == model.verdict()
    assert loaded.about() == model.about()
    assert not hasattr(loaded, "comparison_")
    assert (loaded.estimator, loaded.store) == (None, None)
    assert str(tmp_path) not in (tmp_path / "model" / "model.json").read_text()


def test_kept_models_of_numbers_and_labels_come_back(tmp_path):
    X, y = some_text()
    ridge = make_pipeline(KmerCounts(2), Ridge())
    numbers = np.random.default_rng(0).normal(size=(len(X), 2)) + (y == y[0])[:, None]
    numbers[3, 1] = np.nan
    search = ModelSearch({"ridge": PerTargetRegressor(ridge)}, cv=2)
    model = SequenceModel(search, cv=2).fit(X, pd.DataFrame(numbers, columns=["a", "b"]))
    labels = SequenceModel(PerTargetClassifier(make_pipeline(KmerCounts(2), LogisticRegression())), cv=2)
    labels.fit(X, np.where(np.isnan(numbers), np.nan, numbers > 0.5))
    for place, kept in enumerate((model, labels)):
        loaded = load_model(save_model(kept, tmp_path / str(place), about=kept.about()))
        assert (loaded.predict(X) == kept.predict(X)).all()
        assert loaded.report(X).equals(kept.report(X))
        assert loaded.about() == kept.about()
        assert (loaded.target_kind_, loaded.target_names_) == (kept.target_kind_, kept.target_names_)
    card = (tmp_path / "0" / "MODEL_CARD.md").read_text()
    assert "**Numbers or labels, in the order of the predictions**: a, b" in card
    assert "**Intervals around the predictions**" in card
    assert "probabilities" not in card
    assert "**Probability from which on a label is there**" in (tmp_path / "1" / "MODEL_CARD.md").read_text()


def test_averages_come_back(tmp_path):
    X, y = some_text()
    members = [("a", make_pipeline(KmerCounts(2), LogisticRegression()))]
    model = AveragedClassifier(members, temperatures=[2.0], shifts=[[0.0, 0.5]]).fit(X, y)
    loaded = load_model(save_model(model, tmp_path / "model"))
    assert (loaded.predict_proba(X) == model.predict_proba(X)).all()
