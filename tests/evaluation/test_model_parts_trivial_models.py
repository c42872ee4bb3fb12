"""Models that see one trivial feature: they find it, and nothing else."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score

from seqaug_sklearn.evaluation._augmentation._line_up import BASELINES
from seqaug_sklearn.evaluation._augmentation._models import Plan, models_of_blocks, models_of_parents
from seqaug_sklearn.evaluation._model_parts._trivial_models import trivial_model


def draw(rng, n, length, gc=0.5):
    weights = [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]
    return ["".join(row) for row in rng.choice(list("ACGT"), (n, length), p=weights)]


def score(key, X, y):
    return cross_val_score(trivial_model(key), X, y, cv=5, scoring="roc_auc").mean()


def test_each_finds_its_own_and_not_the_other():
    rng = np.random.default_rng(0)
    y = np.tile([0, 1], 60)
    X = draw(rng, 120, 150)
    # exchanged, so that the composition stays: only the order of two symbols at a place differs
    placed = [f"{text[:20]}{('GATTACA', 'ACATTAG')[label]}{text[27:]}" for text, label in zip(X, y, strict=True)]
    assert score("positions", placed, y) > 0.95
    assert score("composition", placed, y) < 0.7
    shares = [draw(rng, 1, 150, (0.4, 0.6)[label])[0] for label in y]
    assert score("composition", shares, y) > 0.95
    # neither sees the length
    assert score("composition", [text[: 150 - 30 * label] for text, label in zip(X, y, strict=True)], y) < 0.7


def test_the_last_positions_are_read_from_the_end():
    rng = np.random.default_rng(1)
    y = np.tile([0, 1], 40)
    X = [f"{text[:length]}{'GC'[label]}{'A' * 3}" for text, length, label in
         zip(draw(rng, 80, 90), rng.integers(30, 90, 80), y, strict=True)]  # fmt: skip
    assert score("positions", pd.Series(X), y) > 0.85


def test_lower_case_counts_as_upper_case_and_unknown_symbols_are_taken():
    X = ["ACGTN", "GGGTA", "acgta", "TTTTT"]
    for key in ("composition", "positions"):
        model = clone(trivial_model(key)).fit(X, [0, 1, 0, 1])
        np.testing.assert_allclose(model.predict_proba(X), model.predict_proba([text.lower() for text in X]))
        assert model.predict(["AC-RT"]).shape == (1,)


@pytest.mark.parametrize("key", ["composition", "positions"])
def test_they_stand_in_every_table_beside_the_lookup(key):
    plan = Plan("dna", 40, 200, 2, 261, False, "cpu")
    name = f"{key} alone"
    assert key in BASELINES
    for line in (models_of_parents([key, "memoriser"], plan), models_of_blocks([key, "memoriser"], plan, 5000)):
        assert [*line.models] == [name, "nearest-sequence lookup"]
        assert not line.treatments
        assert 0 < line.seconds[name] < 5
    many = Plan("dna", 40, 200, 100, 261, False, "cpu")
    assert models_of_blocks([key], many, 5000).left_out == [name]
