"""Copies and relatives with another label: named first where they matter, with the bound, whatever the split."""

import re

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation import _sanity_section, compare_augmentations
from seqaug_sklearn.evaluation._augmentation._contradictions import look_for_contradictions, tell_contradictions

OPTIONS = {"window": 20, "n_splits": 3, "n_repeats": 1, "models": ["majority", "memoriser"], "relatives": "ignore"}


@pytest.fixture(autouse=True)
def _audit_only(monkeypatch):
    """Nothing here is about the checks beyond the audit."""
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)


@pytest.fixture
def data(random_dna):
    """Fifty unrelated rows; the last one is the first again, with another label."""
    texts = random_dna(49, 60)
    return pd.Series([*texts, texts[0]], index=[f"s{i}" for i in range(50)]), np.array(["p", "n"] * 25)


def test_they_are_said_first_and_bound_the_score(data, tmp_path, drawn):
    X, y = data
    # one group: the copies are always on the same side, where no audit of a split sees them
    groups = np.minimum(np.arange(50), 49) % 49
    result = compare_augmentations(X, y, groups=groups, **OPTIONS)
    assert result.sanity.leaked_share("held-out sequences") == 0
    first = result.headline()[0]
    assert first.startswith("Warning: 2 of 50 sequences (4.0%) have a copy or close relative with another label: ")
    assert "'s0' (p) and 's49' (n), a copy." in first
    assert "no model can exceed an accuracy of 98.0% on all rows" in first
    assert result.contradictions.accuracy_bound == 0.98
    page = result.to_html(tmp_path / "out").read_text()
    assert page.index("have a copy or close relative with another label") < page.index("Scores")
    table = pd.read_csv(tmp_path / "out" / "tables" / "contradicting_rows.csv")
    assert table[["sequence", "nearest", "label", "nearest_label"]].to_numpy().tolist() == [
        ["s0", "s49", "p", "n"],
        ["s49", "s0", "n", "p"],
    ]


def test_without_any_nothing_is_said(data, tmp_path):
    X, y = data
    result = compare_augmentations(X[:49], y[:49], **OPTIONS)
    assert not any("another label" in line for line in result.verdict())
    assert "contradict" not in result.to_html(tmp_path / "out").read_text()


def test_few_follow_the_answer(random_dna):
    texts = random_dna(249, 40)
    before, behind = tell_contradictions(look_for_contradictions([*texts, texts[0]], np.arange(250) % 2, "dna"))
    assert before == []
    assert re.match(r"2 of 250 sequences \(0.8%\)", behind[0])


def test_long_sequences_are_identical_only_as_wholes(random_dna):
    texts = random_dna(4, 2100)
    y = np.array([0, 1, 0, 1, 1])
    report = look_for_contradictions([*texts, texts[0][:2050] + texts[1][2050:]], y, "dna")
    assert report.accuracy_bound == 1
    assert report.alike_bound == 0.8
    assert len(report.relatives) == 2


def test_rows_too_short_for_an_audit_are_compared_as_wholes():
    report = look_for_contradictions(["ACGTAC", "ACGTAC", "TTTGAC"], np.array([0, 1, 1]), "dna")
    assert report.relatives is None
    before, _ = tell_contradictions(report)
    assert "2 of 3 rows (66.7%) are identical to rows with another label" in before[0]
