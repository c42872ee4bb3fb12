"""The card has a line for every fact, and says which nobody gave."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqaug_sklearn import OneHotEncoder
from seqaug_sklearn.persistence import save_model

TEXTS = ["".join(np.random.default_rng(i).choice(list("ACGT"), 20)) for i in range(8)]
ABOUT = {
    "chosen": "motif CNN",
    "verdict": ["Warning: copies.", "The best_model is it."],
    "baselines": {"nearest_lookup": 0.5},
    "command": "seqaug fit promoters.fa --labels labels.csv",
    "data": {"promoters.fa": "sha256 1234"},
    "sequences": 8,
    "lengths": {"shortest": 20, "median": 20.0, "longest": 20},
    "score": {"metric": "accuracy", "value": 0.812345678, "interval": [0.7, 0.9]},
    "split": "5 folds, families held out",
    "leaks": ["two copies", "one relative"],
    "shortcuts": [{"length": 0.6}],
    "calibration": "Platt on held-out folds",
    "limits": "promoters of plants",
    "funding": "none | <b>none</b>",
}


def card(tmp_path, about):
    model = make_pipeline(OneHotEncoder(flatten=True), LogisticRegression()).fit(TEXTS, ["up", "down"] * 4)
    return (save_model(model, tmp_path / "model", about=about) / "MODEL_CARD.md").read_text()


def test_every_fact_is_told(tmp_path):
    text = card(tmp_path, ABOUT)
    assert "not said when" not in text
    for line in (
        "onehotencoder: OneHotEncoder → logisticregression: LogisticRegression",
        "**Takes**: sequences as text",
        "**Alphabet**: dna",
        "in the order of the probabilities**: down, up",
        "  - promoters.fa: sha256 1234",
        "  - value: 0.812346\n  - interval: 0.7, 0.9",
        "**Verdict**: \n  - Warning: copies.\n  - The best\\_model is it.",
        "  - nearest lookup: 0.5",
        "**Leaks**: two copies, one relative",
        "  - length 0.6",
        "**funding**: none \\| &lt;b>none&lt;/b>",
        "seqaug predict model/ new.fa --out predictions.csv",
        "**Left out, as only training needs it**: nothing",
    ):
        assert line in text


@pytest.mark.parametrize("about", [None, {}, dict.fromkeys(ABOUT)])
def test_a_fact_that_nobody_gave_is_said_to_be_missing(about, tmp_path):
    text = card(tmp_path, about)
    assert text.count("*not said when the model was saved*") == 13 + ("funding" in (about or {}))
