import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, KFold, StratifiedKFold, cross_validate
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.datasets import read_genbank, upstream_regions
from seqaug_sklearn.exceptions import InvalidParameterError, LeakageError, LeakageWarning
from seqaug_sklearn.model_selection import LeakageGuard, WindowBlockKFold, audit_leakage

MODEL = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(3, 3)), MultinomialNB())


@pytest.fixture
def families(random_dna, mutate):
    """Twenty families of a sequence and a homolog; X, y and the families."""
    parents = random_dna(20, 120)
    X = np.array(parents + [mutate(text, 0.05) for text in parents])
    return X, np.tile([0, 1], 20), np.tile(np.arange(20), 2)


def test_clean_splits_pass_unchanged(families):
    X, y, groups = families
    guard = LeakageGuard(GroupKFold(4))
    folds = list(guard.split(X, y, groups))
    for fold, other in zip(folds, GroupKFold(4).split(X, y, groups), strict=True):
        assert [rows.tolist() for rows in fold] == [rows.tolist() for rows in other]
    assert [report.leaked_share for report in guard.reports_] == [0.0] * 4
    assert guard.n_purged_ == [0] * 4
    assert guard.get_n_splits(X, y, groups) == 4


def test_reports_equal_the_audit_of_each_split(families):
    X, y, _ = families
    guard = LeakageGuard(KFold(4, shuffle=True, random_state=0), on_leak="warn")
    with pytest.warns(LeakageWarning, match=r"4 of 4 splits leak\. Split \d: \d+ of 10 test rows"):
        folds = list(guard.split(X, y))
    for (train, test), report in zip(folds, guard.reports_, strict=True):
        direct = audit_leakage(X[train], X[test])
        assert report.leaked.tolist() == direct.leaked.tolist()
        assert report.nearest.tolist() == direct.nearest.tolist()
        table = report.to_frame()
        assert table.index.tolist() == test.tolist()
        assert (table["nearest"] % 20 == table.index % 20)[table["leaked"]].all()


def test_every_split_is_audited_alike(random_dna):
    """Rows that share a run and nothing else, and repeat themselves: a split in a series equals the split alone."""
    shared = random_dna(6, 30)
    unique, units = random_dna(12, 60), random_dna(12, 7)
    X = [unique[i] + shared[i % 6] + units[i] * 10 for i in range(12)]
    splits = list(KFold(6, shuffle=True, random_state=0).split(X))
    series = LeakageGuard(splits, on_leak="purge", threshold=1.0, min_run=25)
    folds = list(series.split(X))
    for split, fold, report in zip(splits, folds, series.reports_, strict=True):
        alone = LeakageGuard([split], on_leak="purge", threshold=1.0, min_run=25)
        assert [rows.tolist() for rows in next(alone.split(X))] == [rows.tolist() for rows in fold]
        assert alone.reports_[0].leaked.tolist() == report.leaked.tolist()
    leaked = {int(row) for report in series.reports_ for row in report.test_names[report.leaked]}
    together = {row for _, test in splits for row in test if (row + 6) % 12 in test}
    assert leaked == set(range(12)) - together


def test_raise_names_split_and_rows(families):
    X, y, _ = families
    X = pd.Series(X, index=[f"g{i}" for i in range(40)])
    guard = LeakageGuard(KFold(2))
    with pytest.raises(LeakageError, match=r"2 of 2 splits leak.*test row 'g\d+' and training row 'g\d+'.*'purge'"):
        guard.split(X, y)
    assert [report.leaked_share for report in guard.reports_] == [1.0, 1.0]


def test_purge_removes_training_rows_only(families):
    X, y, _ = families
    inner = KFold(4, shuffle=True, random_state=1)
    guard = LeakageGuard(inner, on_leak="purge")
    purged = 0
    for number, ((train, test), (before, test_before)) in enumerate(
        zip(guard.split(X, y), inner.split(X, y), strict=True)
    ):
        assert test.tolist() == test_before.tolist()
        assert not set(train % 20) & set(test % 20), "the homolog of a test row is gone"
        assert set(before) - set(train) == {row for row in before if row % 20 in set(test % 20)}
        assert guard.n_purged_[number] == len(before) - len(train)
        assert not audit_leakage(X[train], X[test], min_run=guard.reports_[number].min_run).leaked.any()
        purged += guard.n_purged_[number]
    assert purged > 0


@pytest.mark.parametrize(("stretches", "length"), [([(30, 15), (90, 14)], 111), ([(30, 18)], 900)])
def test_purge_leaves_nothing_that_the_audit_calls_a_leak(stretches, length, random_dna, holding):
    # one row shares just enough k-mers, one a run of just the length that counts
    rows = random_dna(5, 200)[:3]
    rows.append(holding(rows[1], stretches, length))
    options = {"threshold": 0.07 if length == 111 else 1.0, "min_run": 18}
    guard = LeakageGuard([([0, 1, 2], [3])], on_leak="purge", **options)
    ((train, test),) = guard.split(rows)
    assert guard.reports_[0].leaked.tolist() == [True]
    assert guard.reports_[0].kmer_share[0] == 7 / (length - 11)
    assert train.tolist() == [0, 2]
    assert not audit_leakage([rows[i] for i in train], [rows[i] for i in test], **options).leaked.any()


def test_purge_may_not_end_the_training(random_dna):
    X, Z = random_dna(2, 80)
    with pytest.raises(LeakageError, match="split 0: all 2 training rows share sequence with test rows"):
        LeakageGuard(KFold(2), on_leak="purge").split([X] * 4)
    y = ["a", "b", "b", "a", "b", "b"]
    rows = [X, Z, random_dna(1, 80)[0], X, *random_dna(2, 80)]
    with pytest.raises(
        LeakageError, match="split 0: a purge of 1 training rows removes every training row of class 'a'"
    ):
        LeakageGuard(KFold(2), on_leak="purge").split(rows, y)
    continuous = np.linspace(0, 1, 6)
    assert len(list(LeakageGuard(KFold(2), on_leak="purge").split(rows, continuous))) == 2


def test_purge_may_not_end_a_label(random_dna):
    X, Z = random_dna(2, 80)
    rows = [X, Z, random_dna(1, 80)[0], X, *random_dna(2, 80)]
    y = [[1, 0], [0, 1], [0, np.nan], [1, 0], [0, 1], [0, 0]]
    with pytest.raises(LeakageError, match="1 training rows removes every training row of label 'y0 = 1'"):
        LeakageGuard(KFold(2), on_leak="purge").split(rows, y)
    y[4][0], y[1][0], y[2][1] = 1, 1, 0
    assert len(list(LeakageGuard(KFold(2), on_leak="purge").split(rows, y))) == 2


def test_int_stratifies_numbers(random_dna):
    """A file sorted by activity, as published ones are: folds in the order of the rows would test other values."""
    y = np.sort(np.random.default_rng(0).normal(size=60))
    for _, test in LeakageGuard(4).split(random_dna(60, 80), y):
        assert abs(y[test].mean() - y.mean()) < 0.35, "in the order of the rows: 1.2"


def test_int_and_lists_of_splits(families):
    X, y, _ = families
    guard = LeakageGuard(5, on_leak="purge")
    tests = [test.tolist() for _, test in guard.split(X, y)]
    assert tests == [test.tolist() for _, test in StratifiedKFold(5).split(X, y)]
    assert guard.get_n_splits() == 5
    splits = [([0, 1, 2], [3, 4]), ([5, 6], [7])]
    guard = LeakageGuard(splits)
    assert [(a.tolist(), b.tolist()) for a, b in guard.split(X)] == splits
    assert guard.get_n_splits() == 2


def test_around_the_block_splitter(random_dna, windows_of):
    windows, positions = windows_of(random_dna(5, 200))
    guard = LeakageGuard(WindowBlockKFold(4, window=40))
    scores = cross_validate(MODEL, windows, positions[:, 0], groups=positions, cv=guard, return_indices=True)
    assert len(scores["test_score"]) == 4
    expected = WindowBlockKFold(4, window=40).split(windows, groups=positions)
    for train, (rows, _) in zip(scores["indices"]["train"], expected, strict=True):
        assert train.tolist() == rows.tolist()
    with pytest.raises(LeakageError, match="5 of 5 splits leak"):
        cross_validate(MODEL, windows, positions[:, 0], cv=LeakageGuard(KFold(5, shuffle=True, random_state=0)))


def test_metadata_routing(families):
    X, y, groups = families
    guard = LeakageGuard(GroupShuffleSplit(3, random_state=0))
    with sklearn.config_context(enable_metadata_routing=True):
        scores = cross_validate(MODEL, X, y, params={"groups": groups}, cv=guard)
    assert np.isfinite(scores["test_score"]).all()


def test_bad_input(families):
    X, y, _ = families
    with pytest.raises(ValueError, match="on_leak must be 'raise', 'warn' or 'purge', got 'drop'"):
        LeakageGuard(KFold(2), on_leak="drop").split(X, y)
    with pytest.raises(TypeError, match="number 0 is"):
        LeakageGuard(KFold(2)).split(np.zeros(4), [0, 1, 0, 1])
    with pytest.raises(ValueError, match="1-D text"):
        LeakageGuard(KFold(2)).split(np.zeros((4, 3)))
    with pytest.raises(ValueError, match=r"as an integer.*cross-validation object.*Got five"):
        LeakageGuard("five").split(X, y)


def test_repr_and_pickle():
    guard = LeakageGuard(KFold(3), on_leak="warn", min_run=15)
    text = " ".join(repr(guard).split())
    assert "on_leak='warn'" in text
    assert "min_run=15" in text
    assert repr(pickle.loads(pickle.dumps(guard))) == repr(guard)


def quiet_reports(cv, X, y=None, groups=None):
    guard = LeakageGuard(cv, on_leak="warn")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeakageWarning)
        list(guard.split(X, y, groups))
    return guard.reports_


@pytest.mark.realdata
def test_real_promoters_leak_unless_split_by_family(real_data):
    table = pd.read_csv(real_data / "promoters" / "promoters.csv.gz", index_col="gene_id")
    X, groups = table["sequence"], table["orthogroup"]
    (random,) = quiet_reports(list(KFold(5, shuffle=True, random_state=0).split(X))[:1], X)
    (grouped,) = quiet_reports(list(GroupKFold(5).split(X, groups=groups))[:1], X)
    assert random.leaked_share > 0.5
    assert 0.01 < grouped.leaked_share < random.leaked_share / 2  # paralogs, and neighbours that share a promoter
    frame = random.to_frame().query("kind == 'homolog'")
    assert (groups[frame.index].to_numpy() == groups[frame["nearest"]].to_numpy()).mean() > 0.8


@pytest.mark.realdata
def test_real_plastome_is_clean_under_purged_blocks(real_data):
    regions = upstream_regions(read_genbank(real_data / "plastomes" / "NC_000932.1.gb"))["sequence"]
    windows = WindowAugmenter(40).fit(regions).explode(regions)
    leaked = {}
    for shared in (None, 20, 15):
        cv = WindowBlockKFold(5, window=40, shared=shared)
        reports = quiet_reports(cv, windows.windows, groups=windows.positions)
        leaked[shared] = np.concatenate([report.kind for report in reports])
    assert (leaked[None] != "none").mean() > 0.1
    # what is left at 20 are diverged repeats: runs of fewer than 20 residues, but many of them
    assert set(leaked[20]) == {"none", "homolog", "overlap", "low complexity"}
    assert (leaked[20] != "none").mean() < 0.01
    # and alignments find some more of those
    assert set(leaked[15]) <= {"none", "homolog", "overlap"}
    assert (leaked[15] != "none").mean() < 0.01


def test_the_task_says_what_whole_numbers_are(random_dna):
    """An int keeps fifths of numbers even; few whole numbers are classes unless asked for."""
    X, y = random_dna(40, 60), np.repeat(np.arange(8), 5)
    for task in ("auto", "number"):
        folds = list(LeakageGuard(4, task=task).split(X, y))
        counts = np.array([np.bincount(y[test], minlength=8) for _, test in folds])
        assert (counts.max() == 2) == (task == "auto")
        assert np.ptp([y[test].mean() for _, test in folds]) < 0.6
    with pytest.raises(InvalidParameterError, match="task must be one of"):
        list(LeakageGuard(4, task="regression").split(X, y))
