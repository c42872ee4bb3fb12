"""Whole groups, dealt so that classes keep their shares, the same for every order of the rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import PredefinedSplit

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import split_by_groups


@pytest.fixture
def families(random_dna, rng):
    """Named sequences of 60 families of one to eight members, two classes of 70 % and 30 %, one class per family."""
    groups = np.repeat(np.arange(60), rng.integers(1, 9, 60))
    X = pd.Series(random_dna(len(groups), 30), index=[f"gene{i}" for i in range(len(groups))])
    return X, np.where(groups % 10 < 3, "rare", "common"), groups


def fold_of(X, test_fold):
    return {name: int(fold) for name, fold in zip(X.index, test_fold, strict=True)}


@pytest.mark.parametrize("how", [{"test_size": 0.2}, {"test_size": 0.5}, {"n_splits": 2}, {"n_splits": 5}])
def test_groups_are_whole_and_classes_keep_their_shares(families, how):
    X, y, groups = families
    test_fold = split_by_groups(X, y, groups=groups, random_state=0, **how)
    for train, test in PredefinedSplit(test_fold).split():
        assert not set(groups[train]) & set(groups[test])
        share = how.get("test_size", 1 / how.get("n_splits", 1))
        for name in ("rare", "common"):
            # no class is off by more than half of the largest family
            assert abs((y[test] == name).sum() - share * (y == name).sum()) <= 4
    expected = {0, -1} if "test_size" in how else set(range(how["n_splits"]))
    assert set(test_fold.tolist()) == expected


@pytest.mark.parametrize("how", [{"test_size": 0.3}, {"n_splits": 3}])
@pytest.mark.parametrize("named", [True, False])
def test_the_order_of_rows_and_the_names_of_groups_play_no_part(families, rng, how, named):
    X, y, groups = families
    order = rng.permutation(len(X))
    others = pd.factorize(groups[order])[0]
    straight = split_by_groups(X if named else list(X), y, groups=groups, random_state=3, **how)
    shuffled = X.iloc[order]
    found = split_by_groups(shuffled if named else list(shuffled), y[order], groups=others, random_state=3, **how)
    assert fold_of(shuffled, found) == fold_of(X, straight)


def test_same_seed_same_split_and_another_seed_another(families):
    X, y, groups = families
    first, again, other = (split_by_groups(X, y, groups=groups, test_size=0.2, random_state=s) for s in (1, 1, 2))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_large_and_small_groups_are_on_both_sides(random_dna):
    """A test set of nothing but singletons would ask another question than the training set answers."""
    groups = np.concatenate([np.repeat(np.arange(20), 10), np.arange(20, 220)])
    test_fold = split_by_groups(random_dna(400, 20), groups=groups, test_size=0.2, random_state=0)
    assert (test_fold == 0).sum() == pytest.approx(80, abs=1)
    large = pd.Series(test_fold[:200]).groupby(groups[:200]).first()
    assert 2 <= (large == 0).sum() <= 6


def test_a_rare_class_is_on_both_sides(random_dna):
    """Two families of a rare class: a fifth of it would round to nothing."""
    y = np.array(["rare"] * 2 + ["common"] * 38)
    for seed in range(5):
        test_fold = split_by_groups(random_dna(40, 20), y, groups=np.arange(40), test_size=0.2, random_state=seed)
        assert sorted(test_fold[:2].tolist()) == [-1, 0]
        folds = split_by_groups(random_dna(40, 20), y, groups=np.arange(40), n_splits=3, random_state=seed)
        assert len(set(folds[:2].tolist())) == 2


def test_one_group_holds_most(random_dna):
    groups = [0] * 70 + [1] * 10 + [2] * 10 + [3] * 10
    test_fold = split_by_groups(random_dna(100, 20), groups=groups, test_size=0.2, random_state=0)
    assert (test_fold == 0).sum() == 20
    assert (test_fold[:70] == -1).all()


def test_no_part_is_empty(random_dna):
    """A tenth of three groups rounds to none."""
    test_fold = split_by_groups(random_dna(18, 20), groups=np.repeat([0, 1, 2], 6), test_size=0.1, random_state=0)
    assert (test_fold == 0).sum() == 6
    folds = split_by_groups(random_dna(9, 20), groups=[0, 0, 0, 0, 0, 0, 1, 2, 3], n_splits=4, random_state=0)
    assert sorted(np.bincount(folds).tolist()) == [1, 1, 1, 6]


def test_measurements_keep_the_shares_of_their_fifths(random_dna, rng):
    y = rng.normal(size=200)
    test_fold = split_by_groups(random_dna(200, 20), y, groups=np.arange(200), n_splits=4, random_state=0)
    for fold in range(4):
        assert np.quantile(y[test_fold == fold], [0.2, 0.5, 0.8]) == pytest.approx([-0.84, 0, 0.84], abs=0.35)


def test_labels_keep_their_shares_and_gaps_are_spread(random_dna, rng):
    """Dealt at random, an eighth of the seeds leaves a label of 6 rows out of the test rows."""
    y = (rng.random((200, 3)) < [0.5, 0.2, 0.03]).astype(float)
    y[:6, 2] = 1
    y[rng.random(y.shape) < 0.2] = np.nan
    X, order = np.array(random_dna(200, 20)), rng.permutation(200)
    for how, share in (({"n_splits": 4}, 0.25), ({"test_size": 0.3}, 0.3)):
        test_fold = split_by_groups(X, y, groups=np.arange(200) // 2, random_state=0, **how)
        for value in (0, 1):
            rows = y == value
            assert np.abs(rows[test_fold == 0].sum(axis=0) - share * rows.sum(axis=0)).max() <= 1.5
        moved = split_by_groups(X[order], y[order], groups=order // 2, random_state=0, **how)
        assert moved.tolist() == test_fold[order].tolist()


def test_numbers_that_were_not_measured_are_spread(random_dna, rng):
    y = rng.normal(size=100)
    y[:20] = np.nan
    test_fold = split_by_groups(random_dna(100, 20), y, groups=np.arange(100), n_splits=4, random_state=0)
    assert np.bincount(test_fold[:20]).tolist() == [5] * 4


def test_groups_of_windows_are_their_parents(random_dna):
    positions = np.column_stack([np.repeat(np.arange(6), 5), np.tile(np.arange(5), 6)])
    test_fold = split_by_groups(random_dna(30, 20), groups=positions, test_size=1 / 3, random_state=0)
    assert (test_fold.reshape(6, 5) == test_fold.reshape(6, 5)[:, :1]).all()
    assert (test_fold == 0).sum() == 10


@pytest.mark.parametrize(
    ("y", "groups", "how", "match"),
    [
        (None, [0] * 6, {"test_size": 0.5}, "6 rows in 1 group cannot be dealt to 2 parts that share no group"),
        (
            None,
            [0, 0, 0, 1, 1, 1],
            {"n_splits": 3},
            "in 2 groups cannot be dealt to 3 parts that share no group: make smaller groups, or ask for fewer parts",
        ),
        (list("aabbbb"), [0, 0, 1, 1, 2, 2], {"n_splits": 2}, r"class 'a' \(2 rows\) is in one group only, so it"),
        (
            [[0, 1], [0, 1], [1, 0], [1, 0], [1, 0], [0, 0]],
            [0, 0, 1, 1, 2, 2],
            {"n_splits": 2},
            r"label 'y1 = 1' \(2 rows\) is in one group only, so it cannot be .*smaller groups, leave the label out",
        ),
        (
            list("aabbcc"),
            [0, 0, 1, 1, 2, 2],
            {"n_splits": 2},
            r"is in one group only \(the same holds for 'b', 'c'\), so it cannot",
        ),
        (list("ababab"), [0, 0, 1, 1, 2, 2], {}, "pass either test_size, for one split, or n_splits, for folds"),
        (None, range(6), {"n_splits": 2, "test_size": 0.2}, "pass either test_size"),
        (None, range(6), {"n_splits": 1}, "n_splits must be an int of at least 2, got 1"),
        (None, range(6), {"n_splits": True}, "n_splits must be an int of at least 2, got True"),
        (None, range(6), {"test_size": 1}, "test_size must be a share of the rows above 0 and below 1, got 1"),
        (None, range(5), {"test_size": 0.2}, "groups must have one entry per row of X: 6, got shape"),
    ],
)
def test_what_cannot_be_split_says_the_way_out(random_dna, y, groups, how, match):
    with pytest.raises(ValueError, match=match):
        split_by_groups(random_dna(6, 20), y, groups=np.array(groups), **how)


def test_groups_that_hold_each_others_classes_may_allow_no_split(random_dna):
    y, groups = list("abacbc"), [0, 0, 1, 1, 2, 2]
    with pytest.raises(ValueError, match="the 3 groups allow no split in which every part holds rows and every class"):
        split_by_groups(random_dna(6, 20), y, groups=groups, test_size=0.2, random_state=0)


def test_a_missing_label_is_named(random_dna):
    with pytest.raises(DataFormatError, match="y is missing for row 1"):
        split_by_groups(random_dna(3, 20), ["a", None, "b"], groups=[0, 1, 2], test_size=0.3)


def test_whole_numbers_as_numbers():
    """A number of one row only is no class of one group."""
    rng = np.random.default_rng(0)
    X = ["".join(row) for row in rng.choice(list("ACGT"), (30, 12))]
    y = np.r_[np.zeros(14), np.ones(15), 7]
    folds = split_by_groups(X, y, groups=np.arange(30), n_splits=3, task="number")
    assert np.unique(folds).tolist() == [0, 1, 2]
