"""Members of pairs: numbers, and parts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqaug_sklearn.utils import deal_linked_members, deal_members, member_codes


def same_partition(codes, names):
    """Whether equal codes and equal names go together."""
    both = list(zip(codes, names, strict=True))
    return len(set(both)) == len(set(codes)) == len(set(names))


@pytest.mark.parametrize("kind", [np.array, list, pd.DataFrame])
@pytest.mark.parametrize(
    ("rows", "symmetric", "shared"),
    [
        ([["a", "b"], ["b", "c"], ["a", "a"]], None, True),
        ([["a", "b"], ["b", "c"], ["a", "a"]], False, False),
        ([[0, 1], [1, 2], [0, 0]], None, False),
        ([[0, 1], [1, 2], [0, 0]], True, True),
    ],
)
def test_codes(kind, rows, symmetric, shared):
    codes = member_codes(kind(rows), 3, symmetric=symmetric)
    names = [(value, None if shared else side) for row in rows for side, value in enumerate(row)]
    assert codes.shape == (3, 2)
    assert same_partition(codes.ravel().tolist(), names)
    assert sorted(set(codes.ravel())) == list(range(codes.max() + 1))


def test_columns_of_different_kinds():
    frame = pd.DataFrame({"gene": ["a", "b", "a"], "cluster": [0, 0, 1]})
    codes = member_codes(frame, 3)
    assert codes[:, 0].tolist() == [0, 1, 0]
    assert codes[:, 1].tolist() == [2, 2, 3]


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([0, 1, 2], r"shape \(3, 2\) to fit X, got \(3,\)"),
        (np.zeros((2, 2)), r"got \(2, 2\)"),
        (np.zeros((3, 3)), r"got \(3, 3\)"),
        ([["a", "b"], ["c", None], ["d", "e"]], "member 1 of pair 1 is missing"),
        (np.array([[0, 1], [2, 3], [np.nan, 4]]), "member 0 of pair 2 is missing"),
    ],
)
def test_bad_groups(groups, message):
    with pytest.raises(ValueError, match=message):
        member_codes(groups, 3)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=40), st.integers(2, 6), st.booleans())
def test_dealt_parts_are_balanced(weights, n_parts, shuffle):
    weights = np.array(weights)
    part = deal_members(weights, n_parts, np.random.default_rng(0) if shuffle else None)
    assert ((part >= 0) == (weights > 0)).all()
    load = np.bincount(part[part >= 0], weights[part >= 0], minlength=n_parts)
    assert load.max() - load.min() <= weights.max()


def test_another_seed_deals_otherwise():
    weights = np.arange(1, 30)
    dealt = [deal_members(weights, 3, np.random.default_rng(seed)).tolist() for seed in (0, 0, 1)]
    assert dealt[0] == dealt[1] != dealt[2]


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_linked_members_stay_together_where_they_fit(seed):
    """Twelve parts of 3 × 2 members, in random order: none is cut, and the folds are equal."""
    rows = np.array([(10 * c + a, 10 * c + 3 + b) for c in range(12) for a in range(3) for b in range(2)])
    members = np.unique(np.random.default_rng(5).permutation(rows), return_inverse=True)[1].reshape(-1, 2)
    part = deal_linked_members(members, 4, None if seed is None else np.random.default_rng(seed))
    assert (part[members[:, 0]] == part[members[:, 1]]).all()
    assert np.bincount(part[members[:, 0]]).tolist() == [18] * 4


def test_a_large_linked_part_is_cut_where_it_is_thin():
    """Eight hubs of 20 partners, neighbouring hubs joined by one pair: only such pairs can be lost."""
    spokes = [(hub, 100 + 20 * hub + i) for hub in range(8) for i in range(20)]
    bridges = [(hub + 1, 100 + 20 * hub) for hub in range(7)]
    members = np.unique(np.array(spokes + bridges), return_inverse=True)[1].reshape(-1, 2)
    part = deal_linked_members(members, 4)
    apart = part[members[:, 0]] != part[members[:, 1]]
    assert apart[: len(spokes)].sum() <= 7
    assert apart.sum() <= 7
    sizes = np.bincount(part[members[:, 0]], minlength=4)
    assert sizes.min() >= 30
