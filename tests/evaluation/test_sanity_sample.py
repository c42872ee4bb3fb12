"""Samples for the sanity checks: relatives stay together, classes keep their shares, order decides nothing."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.evaluation._sanity_sample import sample_of_relatives


@pytest.fixture
def families(random_dna):
    """A hundred families of six shifted copies each, two thirds of them of one class."""
    parents, ends = random_dna(100, 60), random_dna(600, 10)
    rows = [parents[i // 6][i % 6 :] + ends[i][: i % 6] for i in range(600)]
    return pd.Series(rows), np.where(np.arange(600) // 6 % 3 == 0, "b", "a"), np.arange(600) // 6


def test_whole_families_are_taken(families):
    text, y, family = families
    rows, told = sample_of_relatives(text, y, None, "dna", 0)
    assert 285 <= len(rows) <= 301
    assert (np.bincount(family[rows]) % 6 == 0).all()
    assert np.mean(y[rows] == "b") == pytest.approx(np.mean(y == "b"), abs=0.02)
    assert (np.diff(rows) > 0).all()
    assert f"Checked on {len(rows)} of the 600 sequences: {len(rows) // 6} of 100 groups of relatives" in told
    assert "part was taken" not in told


def test_the_order_of_the_rows_changes_nothing(families, rng):
    text, y, _ = families
    order = rng.permutation(600)
    rows, _ = sample_of_relatives(text, y, None, "dna", 0)
    again, _ = sample_of_relatives(text.iloc[order], y[order], None, "dna", 0)
    assert sorted(order[again]) == rows.tolist()
    other, _ = sample_of_relatives(text, y, None, "dna", 1)
    assert other.tolist() != rows.tolist()


def test_given_groups_are_whole_too(random_dna):
    groups = np.arange(400) // 10
    rows, _ = sample_of_relatives(pd.Series(random_dna(400, 40)), np.arange(400) % 2, groups, "dna", 0)
    assert (np.bincount(groups[rows]) % 10 == 0).all()
    assert len(rows) >= 280


def test_a_class_of_one_family_is_there_and_its_parting_said(families):
    text, y, _ = families
    y = y.copy()
    y[:] = "a"
    vector = text[0]
    text = pd.Series([*text, *(vector[:50] + text[i][:10] for i in range(200, 350))])
    rows, told = sample_of_relatives(text, np.array([*y, *["b"] * 150]), None, "dna", 0)
    assert np.sum(rows >= 600) == pytest.approx(300 * 150 / 750, abs=2)
    assert "Of groups too large for that a part was taken" in told


def test_few_rows_are_all_taken(random_dna):
    rows, told = sample_of_relatives(pd.Series(random_dna(20, 40)), np.arange(20) % 2, None, "dna", 0)
    assert (rows.tolist(), told) == (list(range(20)), "")
