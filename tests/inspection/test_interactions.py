# ruff: noqa: PD011 (values of attributions, not of a data frame)

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.classification import WindowVotingClassifier
from seqaug_sklearn.exceptions import InsufficientMemoryError
from seqaug_sklearn.inspection import shap_interactions
from seqaug_sklearn.utils import _memory

TEXT = "CACGTGA"
BACKGROUNDS = ["TTTTTTT", "ACACACA"]


def by_definition(value, n):
    result = np.zeros((n, n))
    for i, j in combinations(range(n), 2):
        others = [k for k in range(n) if k not in (i, j)]
        for size in range(n - 1):
            weight = factorial(size) * factorial(n - size - 2) / factorial(n - 1)
            for kept in map(set, combinations(others, size)):
                second = value(kept | {i, j}) - value(kept | {i}) - value(kept | {j}) + value(kept)
                result[i, j] += weight * second
    return result + result.T


@pytest.fixture(scope="module")
def value(kmers):
    known = {}

    def value(kept):
        kept = frozenset(kept)
        if kept not in known:
            mixed = ["".join(TEXT[i] if i in kept else b[i] for i in range(7)) for b in BACKGROUNDS]
            known[kept] = kmers.decision_function(mixed).mean()
        return known[kept]

    return value


def test_all_coalitions_give_the_definition(kmers, value):
    result = shap_interactions(kmers, [TEXT], background=BACKGROUNDS)
    np.testing.assert_allclose(result.values[0], by_definition(value, 7), atol=1e-10)
    assert result.quantity == "Shapley interaction index"
    assert result.standard_error is None
    assert np.abs(result.values).max() > 0.1


def test_drawn_coalitions_come_close(kmers, value):
    result = shap_interactions(kmers, [TEXT], background=BACKGROUNDS, n_samples=200, random_state=0)
    exact = by_definition(value, 7)
    error = result.standard_error[0] + np.eye(7)
    assert (np.abs(result.values[0] - exact) <= 4 * error + 1e-9).all()
    assert np.abs(result.values[0] - exact).max() < 0.3 * np.abs(exact).max()
    np.testing.assert_array_equal(result.values[0], result.values[0].T)
    assert result.quantity == "Shapley interaction index, 200 coalitions drawn"
    again = shap_interactions(kmers, [TEXT], background=BACKGROUNDS, n_samples=200, random_state=0)
    np.testing.assert_array_equal(result.values, again.values)


@pytest.mark.parametrize("n_samples", [None, 3])
def test_nothing_interacts_in_a_sum(linear, n_samples):
    result = shap_interactions(linear[0], ["ACGTTGCA", "GGN"], target="b", n_samples=n_samples, random_state=0)
    np.testing.assert_allclose(result.values, 0, atol=2e-5)


def test_only_the_positions_asked_for_are_exchanged(kmers, value):
    result = shap_interactions(kmers, [TEXT], positions=[4, 1, 2], background=BACKGROUNDS)
    others = {0, 3, 5, 6}
    expected = by_definition(lambda kept: value({(4, 1, 2)[k] for k in kept} | others), 3)
    np.testing.assert_allclose(result.values[0], expected, atol=1e-10)


def test_table_names_the_features(kmers):
    X = pd.Series([TEXT, "CANGTGA"], index=["one", "two"])
    result = shap_interactions(kmers, X, positions=[0, 2, 5], target="no", background="zeros", progress=False)
    frame = result.to_frame()
    assert list(frame) == ["row", "identifier", "first", "second", "interaction"]
    assert frame["first"].tolist() == ["0_C", "0_C", "2_C", "0_C", "0_C", "2_N"]
    assert frame["second"].tolist() == ["2_C", "5_G", "5_G", "2_N", "5_G", "5_G"]
    assert frame.identifier.tolist() == ["one"] * 3 + ["two"] * 3
    assert frame.interaction[3] == frame.interaction[5] == 0
    assert set(result.target) == {"no"}
    drawn = shap_interactions(kmers, X, n_samples=2, random_state=0).to_frame()
    assert "standard_error" in drawn
    assert len(drawn) == 2 * 21


def test_networks(lstm):
    result = shap_interactions(lstm, ["ACGTACGTAC"], positions=[1, 2, 3])
    assert result.values.any()
    assert result.symbols.tolist() == [["C", "G", "T"]]


@pytest.mark.parametrize("positions", [[1], [1, 1], [0, 7], [-1, 2], [0.5, 1], [[0, 1]]])
def test_bad_positions(kmers, positions):
    with pytest.raises(ValueError, match="positions must be at least two different ints from 0 to 6, got"):
        shap_interactions(kmers, [TEXT], positions=positions)


def test_bad_input(kmers, lstm, training_data):
    with pytest.raises(ValueError, match="background must be text or exactly one-hot"):
        shap_interactions(lstm, ["ACGT"], background=np.full((1, 4, 4), 0.25))
    with pytest.raises(ValueError, match="n_samples must be an int of at least 1"):
        shap_interactions(kmers, [TEXT], n_samples=0)
    X, y = training_data
    windows = make_pipeline(WindowAugmenter(8, overlap=(2, 4), min_shared=None), WindowVotingClassifier(kmers))
    with pytest.raises(ValueError, match=r"pass the pipeline behind it, estimator\[1:\]"):
        shap_interactions(windows.fit(X, y), X)


def test_interactions_that_memory_does_not_hold(kmers, monkeypatch):
    monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
    monkeypatch.setattr(_memory, "free_memory", lambda: 20e3)
    X = ["ACGTACGTACGTACG"] * 10
    with pytest.raises(
        InsufficientMemoryError, match=r"interactions of 105 pairs of positions in 10 rows: .* choose fewer positions="
    ):
        shap_interactions(kmers, X, n_samples=2, random_state=0)
    assert shap_interactions(kmers, X, positions=[1, 2]).values.shape == (10, 2, 2)
