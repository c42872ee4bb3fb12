"""ColdPairKFold against brute force: what no training pair may hold, and what must not be lost."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_validate

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.model_selection import ColdPairKFold
from seqaug_sklearn.similarity import KmerSimilarity, similarity_groups

SETTINGS = ["one", "first", "second", "both"]


def named(groups, symmetric):
    """Each pair as a set of members: bare values where columns share names, else with their column."""
    return [({a, b} if symmetric else {(a, 0), (b, 1)}) for a, b in np.asarray(groups).tolist()]


def unseen_sides(members, train, row, groups, symmetric):
    """Which members of a test pair no training pair holds, by looking at every training pair."""
    known = set().union(*(members[i] for i in train))
    a, b = np.asarray(groups)[row].tolist()
    first, second = (a, b) if symmetric else ((a, 0), (b, 1))
    return first not in known, second not in known


GROUPS = st.tuples(st.integers(10, 60), st.integers(3, 15), st.integers(3, 15), st.integers(0, 10**6))


@settings(max_examples=80, deadline=None)
@given(GROUPS, st.sampled_from(SETTINGS), st.booleans(), st.booleans(), st.integers(2, 4))
def test_no_training_pair_holds_a_held_out_member(sizes, unseen, symmetric, shuffle, n_splits):
    n_rows, n_first, n_second, seed = sizes
    rng = np.random.default_rng(seed)
    groups = np.column_stack([rng.integers(0, n_first, n_rows), rng.integers(0, n_second, n_rows)])
    cv = ColdPairKFold(
        n_splits, unseen=unseen, symmetric=symmetric, shuffle=shuffle, random_state=seed * shuffle or None
    )
    try:
        folds = list(cv.split(np.zeros(n_rows), groups=groups))
    except ValueError:
        assume(False)  # impossible splits have a test of their own
    members = named(groups, symmetric)
    assert len(folds) == cv.get_n_splits() == n_splits
    times = np.zeros(n_rows, int)
    for fold, (train, test) in enumerate(folds):
        assert len(train)
        assert len(test)
        assert (np.diff(train) > 0).all()
        assert (np.diff(test) > 0).all()
        assert not set(train) & set(test)
        times[test] += 1
        for row in test:
            first, second = unseen_sides(members, train, row, groups, symmetric)
            assert {"one": first or second, "first": first, "second": second, "both": first and second}[unseen]
        assert cv.n_dropped_[fold] == n_rows - len(train) - len(test)
    assert times.max() == 1
    assert cv.n_untested_ == (times == 0).sum()
    if unseen != "both":
        assert cv.n_untested_ == 0


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("unseen", SETTINGS)
def test_no_pair_is_dropped_without_need(unseen, symmetric, rng):
    """Putting any dropped pair back into training would make a member known that must be unseen."""
    groups = rng.integers(0, 30, (200, 2))
    members = named(groups, symmetric)
    for train, test in ColdPairKFold(4, unseen=unseen, symmetric=symmetric).split(np.zeros(200), groups=groups):
        sides = [unseen_sides(members, train, row, groups, symmetric) for row in test]
        needed = set()
        for row, (first, second) in zip(test, sides, strict=True):
            a, b = groups[row].tolist()
            for name, side, new in ((a, 0, first), (b, 1, second)):
                if new and unseen in ("one", "both", ("first", "second")[side]):
                    needed.add(name if symmetric else (name, side))
        for row in np.setdiff1d(np.arange(200), np.concatenate([train, test])):
            assert members[row] & needed


def test_first_and_second_lose_no_training_pair(rng):
    groups = rng.integers(0, 20, (150, 2))
    for unseen in ("first", "second"):
        cv = ColdPairKFold(5, unseen=unseen)
        list(cv.split(groups, groups=groups))
        assert cv.n_dropped_ == [0] * 5


def test_unlinked_parts_are_tested_whole_with_both(rng):
    part = np.repeat(np.arange(10), 6)
    groups = np.column_stack([part * 10 + rng.integers(0, 2, 60), part * 10 + rng.integers(0, 3, 60)])
    cv = ColdPairKFold(5, unseen="both")
    tests = [test for _, test in cv.split(groups, groups=groups)]
    assert cv.n_untested_ == 0
    assert cv.n_dropped_ == [0] * 5
    assert [len(test) for test in tests] == [12] * 5


def test_a_full_matrix_tests_one_block_per_fold_with_both():
    groups = np.array([(a, b) for a in range(20) for b in range(20)])
    cv = ColdPairKFold(5, unseen="both")
    for train, test in cv.split(groups, groups=groups):
        assert len(test) == 16
        assert len(train) == 256
    assert cv.n_untested_ == 400 - 80


@pytest.mark.parametrize("unseen", ["one", "first", "second"])
def test_folds_are_of_similar_size(unseen, rng):
    groups = np.column_stack([rng.zipf(1.6, 500) % 50, rng.integers(0, 80, 500)])
    sizes = [len(test) for _, test in ColdPairKFold(5, unseen=unseen).split(groups, groups=groups)]
    most_frequent = max(np.bincount(groups[:, 0]).max(), np.bincount(groups[:, 1]).max())
    assert max(sizes) - min(sizes) <= most_frequent


def test_names_are_shared_by_both_columns_and_numbers_are_not():
    numbers = np.array([(i, (i + 1) % 8) for i in range(8)])
    dropped = {}
    for label, groups, symmetric in (
        ("numbers", numbers, None),
        ("told", numbers, True),
        ("names", numbers.astype(str), None),
        ("apart", numbers.astype(str), False),
        ("frame", pd.DataFrame(numbers.astype(str)), None),
    ):
        cv = ColdPairKFold(4, unseen="first", symmetric=symmetric)
        list(cv.split(np.zeros(8), groups=groups))
        dropped[label] = sum(cv.n_dropped_)
    assert dropped["numbers"] == dropped["apart"] == 0
    assert dropped["told"] == dropped["names"] == dropped["frame"] > 0


def test_a_pair_of_a_member_with_itself():
    groups = np.array([["a", "a"], ["b", "b"], ["a", "b"], ["c", "c"], ["d", "d"], ["c", "d"]])
    tested = [test.tolist() for _, test in ColdPairKFold(2, unseen="both").split(groups, groups=groups)]
    assert sorted(map(tuple, tested)) == [(0, 1, 2), (3, 4, 5)]


def test_shuffle_and_seed(rng):
    groups = rng.integers(0, 40, (200, 2))

    def tests(**options):
        return [test.tolist() for _, test in ColdPairKFold(4, **options).split(groups, groups=groups)]

    for unseen in SETTINGS:
        plain, again = tests(unseen=unseen), tests(unseen=unseen)
        one, same, other = (tests(unseen=unseen, shuffle=True, random_state=seed) for seed in (0, 0, 1))
        assert plain == again
        assert one == same
        assert one != other


def test_relatives_as_groups_of_each_side(random_dna):
    """Near-copies of a first member stay on one side of the split, on the groups that similarity gives."""
    parents = random_dna(8, 40)
    first = [parent[:i] + "A" + parent[i + 1 :] for parent in parents for i in (3, 20, 35)]
    second = random_dna(24, 40)
    similarity = KmerSimilarity(k=6, metric="containment")
    groups = np.column_stack([similarity_groups(side, 0.4, similarity=similarity) for side in (first, second)])
    for train, test in ColdPairKFold(4, unseen="both").split(first, groups=groups):
        assert not {row // 3 for row in train} & {row // 3 for row in test}


def some_pairs(rng, n=120):
    X = rng.normal(size=(n, 4))
    return X, np.where(X[:, 0] > 0, "bound", "free"), rng.integers(0, 25, (n, 2))


@pytest.mark.parametrize("unseen", SETTINGS)
@pytest.mark.parametrize("form", [np.asarray, pd.DataFrame])
def test_cross_validate(unseen, form, rng):
    X, y, groups = some_pairs(rng)
    cv = ColdPairKFold(3, unseen=unseen)
    scores = cross_validate(LogisticRegression(), X, y, groups=form(groups), cv=cv)
    assert (scores["test_score"] > 0.8).all()


def test_cross_val_predict_needs_every_pair_tested(rng):
    X, y, groups = some_pairs(rng)
    assert len(cross_val_predict(LogisticRegression(), X, y, groups=groups, cv=ColdPairKFold(3))) == 120
    with pytest.raises(ValueError, match="partitions"):
        cross_val_predict(LogisticRegression(), X, y, groups=groups, cv=ColdPairKFold(3, unseen="both"))


def test_metadata_routing_hands_groups_to_inner_and_outer_splits(rng):
    X, y, groups = some_pairs(rng)
    with sklearn.config_context(enable_metadata_routing=True):
        search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=ColdPairKFold(2, unseen="first"))
        nested = cross_validate(search, X, y, cv=ColdPairKFold(3), params={"groups": groups})
    assert nested["test_score"].shape == (3,)


@pytest.mark.parametrize(
    ("options", "groups", "message"),
    [
        ({"n_splits": 1}, None, "n_splits must be an int of at least 2, got 1"),
        ({"unseen": "neither"}, None, "unseen must be one of 'one', 'first', 'second', 'both', got 'neither'"),
        ({"symmetric": "yes"}, None, "symmetric must be True, False or None, got 'yes'"),
        ({"random_state": 0}, None, "random_state=0 has no effect without shuffle=True"),
        ({}, None, "groups must be given"),
        ({}, np.arange(8), r"shape \(8, 2\)"),
        ({"unseen": "first"}, [[i % 3, i] for i in range(8)], "as many different first members, but groups holds 3"),
        ({}, [["a", "b"]] * 8, "as many different members, but groups holds 2"),
        ({"unseen": "both"}, [[0, i] for i in range(8)], "fold [0-4] of unseen='both' would have .* in 8 of 8 pairs"),
        ({"n_splits": 2}, [["a", "b"], ["b", "a"]] * 4, "no training pair is left"),
    ],
)
def test_errors_say_why(options, groups, message):
    with pytest.raises(ValueError, match=message):
        ColdPairKFold(**options).split(np.zeros(8), groups=groups)


def test_a_class_that_would_not_be_trained():
    groups = np.column_stack([np.repeat(np.arange(4), 5), np.arange(20)])
    y = ["rare"] * 5 + ["common"] * 15
    with pytest.raises(
        ValueError, match=r"fold \d of unseen='first' tests class rare, of which its training pairs hold"
    ):
        ColdPairKFold(4, unseen="first").split(np.zeros(20), y, groups)


@pytest.mark.realdata
@pytest.mark.parametrize("unseen", SETTINGS)
def test_real_micro_rna_pairs(real_data, unseen):
    table = pd.read_csv(real_data / "pairs" / "mirna_target_pairs_balanced.csv.gz")
    groups = table[["seq1", "seq2"]].to_numpy(dtype=str)
    cv = ColdPairKFold(5, unseen=unseen)
    for train, test in cv.split(groups, table["label"], groups):
        first, second = (~np.isin(groups[test, side], groups[train, side]) for side in (0, 1))
        assert {"one": first | second, "first": first, "second": second, "both": first & second}[unseen].all()
        assert len(test) > 1900
        assert 0.45 < table["label"].to_numpy()[test].mean() < 0.55
    assert cv.n_untested_ < 0.2 * len(table)


def test_the_task_says_what_whole_numbers_are():
    members = np.array([[i, i] for i in range(12)])
    y = np.array([1] * 11 + [9])
    with pytest.raises(InvalidParameterError, match="tests class 9"):
        list(ColdPairKFold(3, unseen="first").split(np.zeros((12, 1)), y, members))
    assert len(list(ColdPairKFold(3, unseen="first", task="number").split(np.zeros((12, 1)), y, members))) == 3
