"""What is said of names and positions on both sides of a split: sanity_checks, LeakageGuard, audits, searches."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GroupKFold, KFold, LeaveOneOut

from seqaug_sklearn import CNNBiLSTMClassifier, WindowAugmenter
from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import (
    ColdPairKFold,
    LeakageGuard,
    OptunaSearch,
    SimilarityGroupKFold,
    WindowBlockKFold,
    audit_leakage,
    sanity_checks,
)

RNG = np.random.default_rng(0)
NAMES = [f"s{i}" for i in range(12)]
TEXTS = ["".join(row) for row in RNG.choice(list("ACGT"), (12, 200))]
X = pd.Series(TEXTS, index=NAMES)
Y = pd.Series([0, 1] * 6, index=NAMES)
# every second residue is new, so that the names alone tell
COPIES, LABELS = RandomAugmentation([RandomMutation(0.7)], random_state=0).fit_resample(X, Y)
AT_RANDOM = KFold(3, shuffle=True, random_state=0)
NETWORK = CNNBiLSTMClassifier(
    conv_channels=(4,), hidden_size=4, num_layers=1, dense_units=(4,), max_epochs=1, device="cpu", random_state=0
)
NAMED = r"\d+ of 24 test rows carry the identifier of a training row \(for example 's\d+'\).*groups=X\.index"


def check(X, y, cv, groups=None, estimator=None, **options):
    estimator = DummyClassifier() if estimator is None else estimator
    return sanity_checks(estimator, X, y, cv, groups, n_permutations=1, n_noise=1, random_state=0, **options)


def test_copies_by_name():
    """Case 42: rows were added before the split."""
    with pytest.warns(LeakageWarning, match=NAMED):
        check(COPIES, LABELS, AT_RANDOM)
    with pytest.warns(LeakageWarning, match=NAMED):
        list(LeakageGuard(AT_RANDOM).split(COPIES, LABELS))


def test_no_word_where_names_are_kept_together_or_are_row_numbers():
    check(X, Y, AT_RANDOM)
    check(COPIES, LABELS, GroupKFold(3), COPIES.index)
    check(COPIES.reset_index(drop=True), LABELS, AT_RANDOM)
    check(pd.concat([X, X.str[::-1]], ignore_index=False).set_axis([*range(12)] * 2), LABELS, AT_RANDOM)
    list(LeakageGuard(AT_RANDOM).split(X, Y))
    list(LeakageGuard(GroupKFold(3)).split(COPIES, LABELS, COPIES.index))


def test_copies_by_what_an_augmenter_noted():
    """Row numbers repeat wherever tables are put together; those of copies are known to be their parents'."""
    numbered, labels = RandomAugmentation([RandomMutation(0.7)], random_state=0).fit_resample(
        X.reset_index(drop=True), Y.to_numpy()
    )
    told = r"\d+ of 24 test rows carry the identifier of a training row \(for example \d+\)"
    for rows in (COPIES, numbered):
        for look in (
            lambda rows: check(rows, labels, AT_RANDOM),
            lambda rows: list(LeakageGuard(AT_RANDOM).split(rows, labels)),
            lambda rows: list(SimilarityGroupKFold(3, threshold=0.9).split(rows, labels)),
            lambda rows: check(rows, labels, SimilarityGroupKFold(3, threshold=0.9)),
        ):
            with pytest.warns(LeakageWarning, match=r"test rows carry the identifier of a training row") as found:
                look(rows)
            assert len(found) == 1
    with pytest.warns(LeakageWarning, match=told):
        check(numbered, labels, AT_RANDOM)
    list(SimilarityGroupKFold(3, threshold=0.9).split(X, Y))
    list(SimilarityGroupKFold(3, threshold=0.9).split(numbered, labels, np.tile(np.arange(12), 2)))


def test_copies_whose_names_are_lost():
    copies, labels = RandomAugmentation([RandomMutation(0.05)], random_state=0).fit_resample(TEXTS, Y.to_numpy())
    with pytest.warns(LeakageWarning, match=r"no groups were given, and \d+ of 24 test rows share sequence") as found:
        check(copies, labels, AT_RANDOM)
    assert len(found) == 1
    check(copies, labels, GroupKFold(3), np.tile(np.arange(12), 2))


def test_copies_of_pairs_under_new_members():
    pairs = pd.DataFrame({"first": TEXTS, "second": TEXTS[::-1]}, index=NAMES)
    copies, _ = RandomAugmentation([RandomMutation(0.05)], random_state=0).fit_resample(pairs[["first"]], Y)
    rows = np.tile(np.arange(12), 2)
    list(ColdPairKFold(3, unseen="first").split(copies, groups=np.column_stack([rows, rows])))
    with pytest.warns(LeakageWarning, match="24 test rows carry the identifier of a training row"):
        list(ColdPairKFold(3, unseen="first").split(copies, groups=np.column_stack([np.arange(24), rows])))
    # an index that names one member is no pair's
    list(ColdPairKFold(3, unseen="second").split(pairs.set_axis(["m"] * 12), groups=np.column_stack([rows[:12]] * 2)))


def test_windows_of_a_frame_know_their_place():
    windows = WindowAugmenter().explode(X.str[:80], Y)
    column = windows.to_frame()["window"]
    told = r"\d+ of \d+ test windows overlap a training window of the same sequence"
    with pytest.warns(LeakageWarning, match=told) as found:
        check(column, windows.y, AT_RANDOM)
    assert len(found) == 1
    check(column, windows.y, list(GroupKFold(3).split(column, groups=windows.groups)))


def test_windows_without_groups():
    windows = WindowAugmenter().explode(X, Y)
    told = r"\d+ of \d+ test windows overlap a training window of the same sequence.*window_set\.positions"
    with pytest.warns(LeakageWarning, match=told):
        check(windows, windows.y, AT_RANDOM)
    with pytest.warns(LeakageWarning, match=told):
        check(windows.windows, windows.y, AT_RANDOM, positions=windows.positions)
    # one warning, and of the audit where that sees it too
    with pytest.warns(LeakageWarning, match="3 of 3 splits leak") as found:
        list(LeakageGuard(AT_RANDOM, on_leak="warn").split(windows, windows.y))
    assert len(found) == 1
    check(windows, windows.y, GroupKFold(3), windows.groups)
    check(windows, windows.y, WindowBlockKFold(3, window=40), windows.positions)


def test_purged_blocks_need_no_groups():
    windows = WindowAugmenter().explode(X, Y)
    folds = list(WindowBlockKFold(3, window=40).split(windows.windows, groups=windows.positions))
    check(windows, windows.y, folds)


def test_lineage_reaches_early_stopping():
    seen = []

    class Watched(CNNBiLSTMClassifier):
        def fit(self, X, y, sample_weight=None, groups=None, identifiers=None):
            seen.append(groups)
            return super().fit(X, y, sample_weight, groups, identifiers)

    watched = Watched(**NETWORK.get_params())
    families = np.arange(12) // 2
    check(X, Y, GroupKFold(3), families, watched)
    for groups, (train, _) in zip(seen[:3], GroupKFold(3).split(X, Y, families), strict=True):
        np.testing.assert_array_equal(groups, families[train])
    seen.clear()
    windows = WindowAugmenter(max_windows=5).explode(X.str[:80], Y)
    with pytest.warns(LeakageWarning, match="test windows overlap"):
        check(windows, windows.y, AT_RANDOM, estimator=watched)
    np.testing.assert_array_equal(seen[0], windows.positions[next(AT_RANDOM.split(windows.windows))[0]])


def test_an_audit_of_rows_with_the_same_names():
    told = r"4 of 4 test rows share little sequence with a training row of the same name \(for example 's0'\).*parents"
    train, test = X.iloc[:8], COPIES.iloc[12:16]
    with pytest.warns(LeakageWarning, match=told):
        audit_leakage(train, test)
    windows = [WindowAugmenter(max_windows=3).explode(side) for side in (X.str[:50].iloc[:8], X.str[60:].iloc[:2])]
    with pytest.warns(LeakageWarning, match=r"6 of 6 test rows share little sequence with a training row of the same"):
        audit_leakage(*windows)
    # said already, found already, or no names
    assert audit_leakage(train, test, train_parents=train.index, test_parents=test.index).leaked.all()
    assert audit_leakage(train, train).leaked.all()
    audit_leakage(train.tolist(), test.tolist())
    audit_leakage(train.reset_index(drop=True), test.reset_index(drop=True))
    audit_leakage(train, test.set_axis(["t1", "t2", "t3", "t4"]))


def test_a_search_tells_once_that_groups_stay_with_its_splitter():
    families = np.arange(12) // 2
    related = X.where(np.arange(12) % 2 == 0, X.shift().str[:100] + X.str[100:])
    search = OptunaSearch(NETWORK, {"lr": [1e-3, 1e-2]}, cv=GroupKFold(2), n_trials=2, random_state=0)
    with pytest.warns(LeakageWarning) as told:
        search.fit(related, Y, groups=families)
    assert [str(warning.message).partition(":")[0] for warning in told] == [
        "groups do not reach CNNBiLSTMClassifier in 'OptunaSearch'"
    ]
    with config_context(enable_metadata_routing=True):
        search.fit(related, Y, groups=families)
    without = OptunaSearch(DummyClassifier(), {"constant": [0, 1]}, cv=GroupKFold(2), n_trials=1, random_state=0)
    without.fit(related, Y, groups=families)
    OptunaSearch(NETWORK, {"lr": [1e-3]}, cv=LeaveOneOut(), n_trials=1).fit(X.iloc[:4], Y.iloc[:4])
