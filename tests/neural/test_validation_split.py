"""Early stopping never sees a window, an identical row or a group member of a training row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqaug_sklearn.neural._packing import pack_windows
from seqaug_sklearn.neural._validation_split import check_groups, split_validation
from seqaug_sklearn.utils import read_target, strata_of


def run(X, y, groups=None, fraction=0.2, seed=0):
    packed = pack_windows(X, alphabet="dna")
    parents, starts = check_groups(groups, packed.n_rows)
    strata = strata_of(read_target(y, task="classes"))
    return split_validation(packed, strata, parents, starts, fraction, np.random.default_rng(seed))[1]


def windows_of(sequences, window=10):
    """Exploded stride-1 windows, labels (one class per parent), positions."""
    rows = [(s[i : i + window], p, i) for p, s in enumerate(sequences) for i in range(len(s) - window + 1)]
    return [r[0] for r in rows], np.array([r[1] for r in rows]), np.array([[r[1], r[2]] for r in rows])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(4, 60), st.integers(1, 12), st.integers(2, 4))
def test_no_relative_of_a_training_row_is_seen(seed, n_rows, n_groups, n_classes):
    rng = np.random.default_rng(seed)
    X = ["".join(rng.choice(list("AC"), 3)) for _ in range(n_rows)]  # many identical rows
    y = rng.integers(0, n_classes, n_rows)
    groups = rng.integers(0, n_groups, n_rows)
    split = run(X, y, groups, seed=seed)
    train, valid = split.train_rows, split.valid_rows
    assert not set(train) & set(valid)
    assert not set(groups[train]) & set(groups[valid])
    assert not {X[i] for i in train} & {X[i] for i in valid}
    assert set(y[train]) == set(y)  # every class keeps a training parent
    assert len(train) + len(valid) + len(split.purged) == n_rows


def test_identical_rows_are_one_parent():
    X, y = ["ACGT"] * 10 + ["TTTT"] * 10 + ["CCCC"] * 10, [0] * 20 + [1] * 10
    split = run(X, y, fraction=0.4)
    assert split.kind == "rows"
    assert set(split.valid_rows) in ({*range(10)}, {*range(10, 20)})


def test_held_out_share_is_near_the_fraction(random_dna):
    y = np.repeat(np.arange(4), 100)
    split = run(random_dna(400, 30), y, fraction=0.1)
    assert np.bincount(y[split.valid_rows]).tolist() == [10, 10, 10, 10]


def test_more_classes_than_validation_rows(random_dna):
    y = np.repeat(np.arange(50), 2)
    split = run(random_dna(100, 30), y, fraction=0.1)
    assert len(split.valid_rows) == 10
    assert set(y[split.train_rows]) == set(range(50))


@pytest.mark.parametrize("seed", range(5))
def test_single_parents_give_purged_blocks(random_dna, seed):
    X, y, positions = windows_of(random_dna(4, 60))
    split = run(X, y, positions, fraction=0.1, seed=seed)
    assert split.kind == "blocks"
    train, valid = positions[split.train[:, 0]], positions[split.valid[:, 0]]
    for parent in range(4):
        kept = train[train[:, 0] == parent, 1]
        held = np.sort(valid[valid[:, 0] == parent, 1])
        assert len(held) == 5
        assert (np.diff(held) == 1).all()
        assert np.abs(kept[:, None] - held).min() >= 10  # not one residue in common


def test_bags_of_single_parents_infer_their_starts(random_dna):
    sequences = random_dna(3, 60)
    bags = np.array([[s[i : i + 10] for i in range(51)] for s in sequences])
    split = run(bags, [0, 1, 2], fraction=0.1)
    assert split.kind == "blocks"
    for row in range(3):
        kept = split.train[split.train[:, 0] == row, 1]
        held = split.valid[split.valid[:, 0] == row, 1]
        assert len(held) == 5
        assert np.abs(kept[:, None] - held).min() >= 10


def test_one_group_of_different_rows_is_not_cut(random_dna):
    """Members of a family are not windows of one sequence: without positions nothing can be purged."""
    split = run(random_dna(20, 30), [0] * 10 + [1] * 10, groups=[0] * 10 + [1] * 10)
    assert split.kind == "none"
    assert len(split.valid) == 0
    assert len(split.train) == 20


def test_windows_shared_between_bags_are_not_validated():
    common = "ACGTTGCAAC"
    others = ["ACGGTTACGA", "TTGCAACGTT", "AACCGGATCG", "ATTACGGCAT", "TAGCCAATGG", "CATACGATCG"]
    bags = np.array([[common, other] for other in others])
    split = run(bags, [0, 1] * (len(bags) // 2), fraction=0.4)
    assert split.kind == "rows"
    assert not any(bags[r, w] == common for r, w in split.valid)
    assert any(bags[r, w] == common for r, w in split.purged)


def test_too_short_parents_leave_no_validation(random_dna):
    X, y, positions = windows_of(random_dna(3, 12))
    split = run(X, y, positions)
    assert split.kind == "none"
    assert len(split.purged) == 0


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([0, 1], "must be of shape"),
        (np.zeros((3, 3)), "must be of shape"),
        (np.array([[0, 0.5], [0, 1], [1, 2]]), "must hold whole numbers in column 1"),
    ],
)
def test_bad_groups(groups, message):
    with pytest.raises(ValueError, match=message):
        check_groups(groups, 3)


def run_numbers(X, y, groups=None, fraction=0.2, seed=0, known=None):
    packed = pack_windows(X, alphabet="dna")
    parents, starts = check_groups(groups, packed.n_rows)
    strata = strata_of(read_target(y, task="number"))
    rng = np.random.default_rng(seed)
    return split_validation(packed, strata, parents, starts, fraction, rng, known=known)[1]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(10, 60), st.integers(2, 12))
def test_of_numbers_no_relative_is_seen_and_no_value_is_needed(seed, n_rows, n_groups):
    rng = np.random.default_rng(seed)
    X = ["".join(rng.choice(list("ACGT"), 12)) for _ in range(n_rows)]
    groups = np.concatenate([[0, 1], rng.integers(0, n_groups, n_rows - 2)])
    y = groups + rng.normal(0, 0.01, n_rows)  # every parent has values of its own
    split = run_numbers(X, y, groups, seed=seed)
    assert split.kind == "parents"
    assert not set(groups[split.train_rows]) & set(groups[split.valid_rows])
    assert len(split.train_rows)
    assert len(split.train_rows) + len(split.valid_rows) == n_rows


def test_numbers_are_held_out_in_equal_shares(random_dna):
    y = np.random.default_rng(1).exponential(size=100)
    split = run_numbers(random_dna(100, 30), y, fraction=0.2)
    fifths = (y[:, None] > np.quantile(y, [0.2, 0.4, 0.6, 0.8])).sum(axis=1)
    assert np.bincount(fifths[split.valid_rows]).tolist() == [4, 4, 4, 4, 4]


def test_a_single_parent_of_numbers_gives_a_block(random_dna):
    rows, _, positions = windows_of(random_dna(1, 60))
    split = run_numbers(rows, np.arange(len(rows)) * 0.5, positions)
    assert split.kind == "blocks"
    assert len(split.valid) == 10
    train, valid = (positions[found[:, 0], 1] for found in (split.train, split.valid))
    assert np.abs(train[:, None] - valid).min() >= 10


def test_rows_without_a_target_are_on_neither_side(random_dna):
    known = np.arange(40) % 4 > 0
    y = np.where(known, np.arange(40) / 3, np.nan)
    for fraction in (0.3, None):
        split = run_numbers(random_dna(40, 20), y, np.arange(40) // 2, fraction, known=known)
        assert split.purged[:, 0].tolist() == np.flatnonzero(~known).tolist()
        assert bool(len(split.valid)) == (fraction is not None)
        assert len(split.train) + len(split.valid) == 30
