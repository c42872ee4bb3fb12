"""Kinds of relatives follow identity and coverage, not the luck of where residues were exchanged."""

import sys

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.model_selection import audit_leakage, find_contradictions
from seqaug_sklearn.model_selection._leakage._near_copies import is_near, laid_over, renamed


def exchanged(rng, text, share, letters="ACGT"):
    new = list(text)
    for place in rng.permutation(len(text))[: round(share * len(text))]:
        new[place] = rng.choice([letter for letter in letters if letter != text[place]])
    return "".join(new)


@pytest.fixture(params=["with parasail", "without"])
def aligner(request, monkeypatch):
    if request.param == "without":
        monkeypatch.setitem(sys.modules, "parasail", None)
    else:
        pytest.importorskip("parasail", reason="parasail is not installed: pip install 'seqaug-sklearn[audit]'")
    return request.param


@pytest.mark.parametrize("share", [0.01, 0.03, 0.07])
def test_few_exchanges_make_a_near_copy_wherever_they_lie(aligner, share, random_dna, rng, reverse_complement):
    train = random_dna(40, 150)
    test = [exchanged(rng, text, share) for text in train]
    test = [reverse_complement(text) if i % 2 else text for i, text in enumerate(test)]
    report = audit_leakage(train, test)
    assert report.leaked.all()
    # exchanges that lie at one end leave a run that reaches the other one
    assert set(report.kind) <= {"near copy", "shifted copy"}
    assert (report.kind == "near copy").mean() > 0.8
    assert set(report.grade) == {"high"}
    assert np.isnan(report.identity).all() == (aligner == "without")
    assert "near copies" in report.summary()


def test_the_kinds_in_between(random_dna, rng):
    pytest.importorskip("parasail", reason="parasail is not installed: pip install 'seqaug-sklearn[audit]'")
    parents, other = random_dna(4, 300), random_dna(4, 300)
    test = [
        exchanged(rng, parents[0], 0.2),
        other[1][:60] + exchanged(rng, parents[1][60:240], 0.04) + other[1][240:],
        other[2][:100] + parents[2][100:180] + other[2][180:],
        # a near copy of the shorter row, within a longer one
        other[3] + exchanged(rng, parents[3], 0.04) + other[0],
    ]
    report = audit_leakage(parents, test)
    assert report.kind.tolist() == ["homolog", "homolog", "overlap", "near copy"]
    told = report.summary()
    assert "identical over" in told


@pytest.mark.usefixtures("aligner")
def test_order_of_rows_does_not_matter(random_dna, rng):
    train = random_dna(12, 150)
    test = [exchanged(rng, text, share) for text, share in zip(train, np.linspace(0, 0.2, 12), strict=True)]
    kinds, order = audit_leakage(train, test).kind, rng.permutation(12)
    assert audit_leakage(train, [test[i] for i in order]).kind.tolist() == kinds[order].tolist()
    assert audit_leakage(train[::-1], test).kind.tolist() == kinds.tolist()


@pytest.mark.parametrize("shift", [-7, 0, 4])
def test_laid_over_equals_a_loop(shift, random_dna):
    first, second = random_dna(5, 20), random_dna(5, 26)
    identity, size = laid_over(first, second, np.full(5, 10 + shift), np.full(5, 10))
    for pair, (one, other) in enumerate(zip(first, second, strict=True)):
        met = [one[i + shift] == other[i] for i in range(26) if 0 <= i + shift < 20]
        assert size[pair] == len(met)
        assert identity[pair] == pytest.approx(np.mean(met))


def test_rows_that_do_not_meet():
    identity, size = laid_over(["ACG"], ["ACG"], np.array([5]), np.array([0]))
    assert (identity.tolist(), size.tolist()) == ([0.0], [0])


def test_edges_of_the_kinds():
    identity, extent = np.array([0.9, 0.9, 0.89, 0.9, 0.9, np.nan]), np.array([0.8, 0.79, 1, 0.5, 0.49, np.nan])
    assert is_near(identity, extent).tolist() == [True] + [False] * 5
    near = np.zeros(6, bool)
    expected = ["near copy", "homolog", "homolog", "homolog", "overlap", "overlap"]
    assert renamed(np.array(["overlap"] * 6, dtype="U18"), near, identity, extent).tolist() == expected
    kept = np.array(["copy", "shifted copy", "reverse complement", "none", "tag", "same parent"], dtype="U18")
    assert renamed(kept, ~near, identity, extent).tolist() == kept.tolist()


def test_contradictions_say_how_close(random_dna, rng):
    pytest.importorskip("parasail", reason="parasail is not installed: pip install 'seqaug-sklearn[audit]'")
    train = pd.Series(random_dna(6, 200), index=[f"t{i}" for i in range(6)])
    test = [exchanged(rng, text, 0.05) for text in train]
    report = audit_leakage(train, test, y_train=[0] * 6, y_test=[1, 1, 1, 1, 0, 0])
    told = report.summary()
    assert "4 of 6 copies and close relatives (half of the row or more is found again) have another label" in told
    assert "0 (1) and training row 't0' (0), a near copy, 9" in told
    assert told.count("a near copy, 9") == 3
    assert "(and others)" in told
    assert report.contradictions["identity"].between(0.9, 1).all()
    both = find_contradictions([*train, *test], [0] * 6 + [1] * 6, relatives=True)
    assert "a near copy, 9" in both.tell_relatives()
