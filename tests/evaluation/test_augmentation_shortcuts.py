"""What one trivial feature tells is the first sentence of a comparison, and nothing is then said to do harm."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation import compare_augmentations
from seqaug_sklearn.evaluation._shortcuts import beside_shortcut, look_for_shortcuts, shortcut_section
from seqaug_sklearn.model_selection import audit_shortcuts


def draw(rng, n, length, gc=0.5):
    weights = [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]
    return ["".join(rng.choice(list("ACGT"), size, p=weights)) for size in np.broadcast_to(length, n)]


@pytest.fixture(scope="module")
def lengths():
    """Case 39: classes that differ in length alone; windows see nothing of it."""
    rng = np.random.default_rng(0)
    X = draw(rng, 40, rng.integers(70, 80, 40)) + draw(rng, 40, rng.integers(45, 55, 40))
    return compare_augmentations(X, np.repeat(["a", "b"], 40), models=["logistic", "majority"], window=20, quick=True)


def test_the_first_sentence_says_that_length_alone_gives_the_score(lengths):
    first = lengths.verdict()[0]
    assert first.startswith("Warning: length alone gives an AUROC of 1.000 (0.912 to 1.000), of the ")
    assert "the classes are explained by length (median " in first
    assert lengths.headline()[0] == first
    assert lengths.shortcuts.best == "length"
    # the older warning of lengths would say it twice
    assert sum("length" in line for line in lengths.verdict() if line.startswith("Warning")) == 1


def test_an_augmentation_that_removes_the_artefact_does_no_harm(lengths):
    answer = lengths.headline()[1]
    assert "scored lower in 1 of 1 comparisons" in answer
    assert "Length explains the classes, so a lower score may only mean seeing less of it." in answer
    assert "harm" not in " ".join(lengths.verdict())
    assert lengths.answers().to_numpy()[0, 0].startswith("lower (−0.")


def test_the_page_shows_table_and_figure(lengths, tmp_path, drawn):
    page = lengths.to_html(tmp_path / "report").read_text()
    assert "Which trivial feature explains the labels?" in page
    assert "information about the labels" in page or "What each trait and each position predicts" in page
    assert list((tmp_path / "report" / "tables").glob("every_position*.csv"))


class _Comparison:
    """What a comparison of one model holds, its predictions given."""

    def __init__(self, y, scores, area):
        self.estimators, self.memorisers, self.classes, self.seed = ["model"], (), np.array(["a", "b"]), 0
        self.folds = pd.DataFrame({"estimator": ["model"], "auroc": [area]})
        self.groups, self.task, self.target_names = np.arange(len(y)), "classes", ("y",)
        self._told = pd.DataFrame({"repeat": 0, "row": np.arange(len(y)), "y_true": y})
        self._told["score_a"], self._told["score_b"] = -scores, scores

    def predictions(self, _):
        return self._told


@pytest.mark.parametrize("has_motif", [True, False])
def test_what_is_left_beyond_is_told(has_motif):
    rng = np.random.default_rng(1)
    y = np.repeat(["a", "b"], 150)
    X = draw(rng, 150, 80, 0.46) + draw(rng, 150, 80, 0.54)
    report = audit_shortcuts(X, y)
    assert report.best == "GC content"
    motif = 10 * (rng.random(300) < np.where(y == "b", 0.7, 0.1)) if has_motif else 0
    told = beside_shortcut(report, _Comparison(y, report.values("GC content") + motif, 0.99 if has_motif else 0.82))
    assert told.explains is not has_motif
    beyond = told.beyond
    assert beyond.low <= (0.8 if has_motif else 0.5) <= beyond.high
    if has_motif:
        assert told.told().startswith("GC content alone gives an AUROC of 0.8")
        assert "partly explained" in told.told()
        # as good as the model, which knows something else
        first = dataclasses.replace(told, area=0.82).told()
        assert first.startswith("Warning: GC content alone gives")
        assert "partly explained" in first
        assert "Among sequences similar in it the model scores 0." in told.told()
    else:
        assert told.told().startswith("Warning: GC content alone gives")
        assert told.told().endswith("where 0.5 is chance.")


def test_without_scores_or_rows_nothing_is_said():
    rng = np.random.default_rng(2)
    X, y = draw(rng, 18, 30), np.repeat(["a", "b"], 9)
    assert look_for_shortcuts(X, y, None, "dna", 0) is None
    assert look_for_shortcuts(X * 2, ["c", *y, *y[1:]], None, "dna", 0) is None
    assert beside_shortcut(None, None) is None
    assert shortcut_section(None) == []
    y = np.repeat(["a", "b"], 30)
    report = audit_shortcuts(draw(rng, 30, 30) + draw(rng, 30, 40), y)
    comparison = _Comparison(y, np.arange(60.0), np.nan)
    alone = beside_shortcut(report, comparison)
    assert alone.told().startswith("Warning: length alone gives an AUROC of 1.000")
    assert alone.told().endswith(", and no model gives one to compare it with.")
    comparison = _Comparison(y, np.arange(60.0), 0.7)
    comparison._told = comparison._told.drop(columns=["score_a", "score_b"])
    told = beside_shortcut(report, comparison)
    assert told.beyond is None
    assert ", more than the 0.700 of the best model (model)" in told.told()
