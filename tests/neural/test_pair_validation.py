"""Early stopping on pairs looks at members that training does not know, as far as that is to be had."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqaug_sklearn.neural._validation_split import split_pair_validation
from seqaug_sklearn.utils import read_target, strata_of


def classes(y):
    return strata_of(read_target(y, task="classes"))


def run(groups, y=None, X=None, fraction=0.1, seed=0):
    n = len(groups) if groups is not None else len(X)
    X = np.arange(n, dtype=np.float32)[:, None] if X is None else np.asarray(X, np.float32)
    y = np.arange(n) % 2 if y is None else y
    state, split = split_pair_validation(X, classes(y), groups, fraction, np.random.default_rng(seed))
    for which, rows in enumerate((split.train_rows, split.valid_rows, np.unique(split.purged[:, 0]))):
        assert rows.tolist() == np.flatnonzero(state == which).tolist()
    return split


def unseen(groups, split):
    """For each side, whether training knows no member of the validation pairs; numbers are named per column."""
    groups = np.asarray(groups)
    return [not set(groups[split.train_rows, side]) & set(groups[split.valid_rows, side]) for side in (0, 1)]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(6, 80), st.integers(2, 20), st.integers(2, 20), st.sampled_from([0.1, 0.3]))
def test_what_is_said_is_so(seed, n_rows, n_first, n_second, fraction):
    rng = np.random.default_rng(seed)
    groups = np.column_stack([rng.integers(0, n_first, n_rows), rng.integers(0, n_second, n_rows)])
    X, y = rng.integers(0, 6, (n_rows, 2)), rng.integers(0, 2, n_rows)
    split = run(groups, y, X, fraction, seed)
    train, valid = split.train_rows, split.valid_rows
    expected = {"both members": [True, True], "first members": [True], "second members": [True], "none": []}
    sides = {"both members": [0, 1], "first members": [0], "second members": [1], "none": []}[split.kind]
    assert [unseen(groups, split)[side] for side in sides] == expected[split.kind]
    assert bool(len(valid)) == (split.kind != "none")
    assert set(y[train]) == set(y)
    assert not {tuple(row) for row in X[train]} & {tuple(row) for row in X[valid]}
    if split.kind == "both members":
        assert len(split.purged) <= len(valid)
    assert len(train) + len(valid) + len(split.purged) == n_rows


def test_unlinked_pairs_lose_nothing():
    groups = [[f"a{i // 4}", f"b{i // 4}"] for i in range(200)]
    split = run(groups)
    assert split.kind == "both members"
    assert len(split.purged) == 0
    assert len(split.valid_rows) == 20


def test_a_few_links_are_worth_both_members(rng):
    """Forty first members with ten partners each, some of them shared."""
    first = np.repeat(np.arange(40), 10)
    second = np.where(rng.random(400) < 0.1, rng.integers(0, 400, 400), np.arange(400))
    split = run(np.column_stack([first, second]))
    assert split.kind == "both members"
    assert 25 <= len(split.valid_rows) <= 55
    assert 0 < len(split.purged) <= len(split.valid_rows)


@pytest.mark.parametrize(("n_first", "n_second", "kind"), [(10, 40, "second members"), (40, 10, "first members")])
def test_of_a_full_matrix_the_side_with_more_members_is_held_out(n_first, n_second, kind):
    groups = np.array([(a, b) for a in range(n_first) for b in range(n_second)])
    split = run(groups, y=np.random.default_rng(0).integers(0, 2, 400))
    assert split.kind == kind
    assert len(split.valid_rows) == 40
    assert len(split.purged) == 0


def test_names_in_both_columns_are_one_member():
    """A ring a0-a1-...: with the side alone held out, the pair that has it on the other side is dropped too."""
    numbers = np.array([(i, (i + 1) % 40) for i in range(40)] + [((i + 1) % 40, i) for i in range(40)])
    split = run(numbers.astype(str), y=np.arange(80) // 2 % 2)
    held = set(numbers[split.valid_rows].ravel()) - set(numbers[split.train_rows].ravel())
    assert split.kind == "both members"
    assert all(set(pair) <= held for pair in numbers[split.valid_rows])


def test_two_pairs_of_one_class_each_leave_nothing_to_validate_on():
    split = run([["a", "b"], ["c", "d"]], y=np.array([0, 1]))
    assert split.kind == "none"
    assert len(split.train_rows) == 2


def test_one_group_per_row_and_none():
    groups = np.repeat(np.arange(40), 3)
    split = run(groups, y=np.arange(120) // 60)
    assert split.kind == "parents"
    assert not set(groups[split.train_rows]) & set(groups[split.valid_rows])
    assert len(split.valid_rows) == 12
    X = np.repeat(np.arange(30), 2)[:, None]
    split = run(None, X=X, y=np.arange(60) // 2 % 2)
    assert split.kind == "rows"
    assert (
        repr(split)
        == f"ValidationSplit(kind='rows', train={60 - len(split.valid)}, valid={len(split.valid)}, purged=0)"
    )
    assert not set(X[split.train_rows, 0]) & set(X[split.valid_rows, 0])


def test_no_fraction_holds_out_nothing():
    split = run(np.zeros((6, 2)), fraction=None)
    assert split.kind == "none"
    assert len(split.train_rows) == 6


@pytest.mark.parametrize(
    ("groups", "fraction", "message"),
    [
        (np.zeros((5, 2)), 0.1, r"shape \(6, 2\) to fit X, got \(5, 2\)"),
        (np.zeros((6, 3)), 0.1, "groups must be of shape"),
        ([["a", None]] * 6, None, "member 1 of pair 0 is missing"),
        (np.zeros(5), None, "groups must be of shape"),
    ],
)
def test_bad_groups(groups, fraction, message):
    with pytest.raises(ValueError, match=message):
        split_pair_validation(
            np.zeros((6, 1), np.float32), classes(np.arange(6) % 2), groups, fraction, np.random.default_rng(0)
        )
