"""The order of rows, of folds and the names of classes decide nothing: in baselines, splitters, audits and verdicts."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.evaluation import compare
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import (
    ColdPairKFold,
    LeakageGuard,
    SimilarityGroupKFold,
    WindowBlockKFold,
    audit_leakage,
    describe_leaks,
    leakage_groups,
    sanity_checks,
    split_by_groups,
)
from seqaug_sklearn.similarity import NearestSequenceClassifier, find_relatives, memoriser, similarity_groups

SEEDS = range(3)


@pytest.fixture(scope="module")
def public_file():
    """A file as public ones are: sorted by class, half of the rows unrelated, copies and shifts, some relabelled.

    24 rows have no relative, 9 pairs are shifted copies with one label, 3 pairs are copies with two labels.
    """
    rng = np.random.default_rng(1)

    def random(n, length=90):
        return ["".join(row) for row in rng.choice(list("ACGT"), (n, length))]

    rows = [(sequence, label) for sequence, label in zip(random(24), ["a", "b"] * 12, strict=True)]
    for sequence, label in zip(random(9, 97), ["a", "b", "a"] * 3, strict=True):
        rows += [(sequence[:90], label), (sequence[7:], label)]
    for sequence in random(3):
        rows += [(sequence, "a"), (sequence, "b")]
    names = [f"row {number:02d}" for number in rng.permutation(len(rows))]
    table = pd.DataFrame(rows, columns=["sequence", "label"], index=names)
    return table.sort_values("label", kind="stable")


@pytest.fixture(params=SEEDS)
def shuffled(request, public_file):
    return public_file.sample(frac=1, random_state=request.param)


def partition(labels):
    """Groups as sets of names."""
    return {frozenset(rows.index) for _, rows in labels.groupby(labels)}


def folds(splitter, table, groups=None):
    """Test folds as sets of names, in no order."""
    return {
        (frozenset(table.index[train]), frozenset(table.index[test]))
        for train, test in splitter.split(table["sequence"], table["label"], groups)
    }


def test_similarity_groups(public_file, shuffled):
    threshold = 0.3
    expected, found = (
        partition(pd.Series(similarity_groups(table["sequence"], threshold), index=table.index))
        for table in (public_file, shuffled)
    )
    assert found == expected
    assert sorted(map(len, expected)) == [1] * 24 + [2] * 12


def test_groups_by_the_rules_of_the_audit(public_file, shuffled):
    expected, found = (
        partition(pd.Series(leakage_groups(table["sequence"]), index=table.index)) for table in (public_file, shuffled)
    )
    assert found == expected
    assert sorted(map(len, expected)) == [1] * 24 + [2] * 12


@pytest.mark.parametrize("options", [{"test_size": 0.3}, {"n_splits": 3}], ids=str)
def test_parts_of_whole_groups(options, public_file, shuffled):
    def parts(table):
        X = table["sequence"]
        folds = split_by_groups(X, table["label"], groups=leakage_groups(X), random_state=0, **options)
        return partition(pd.Series(folds, index=table.index))

    assert parts(shuffled) == parts(public_file)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stratified": False},
        {"shuffle": True, "random_state": 3},
        {"stratified": False, "shuffle": True, "random_state": 3},
    ],
    ids=str,
)
def test_similarity_folds(options, public_file, shuffled):
    if options.get("shuffle"):
        options = {"random_state": 3} | options
    splitter = SimilarityGroupKFold(4, threshold=0.3, **options)
    assert folds(splitter, shuffled) == folds(splitter, public_file)


def test_similarity_folds_whatever_the_case_and_the_names(public_file):
    splitter = SimilarityGroupKFold(4, threshold=0.3)
    renamed = public_file.assign(
        sequence=public_file["sequence"].str.lower(), label=public_file["label"].map({"a": "1", "b": "2"})
    )
    assert folds(splitter, renamed) == folds(splitter, public_file)


def test_folds_of_given_groups(public_file, shuffled):
    groups = pd.Series(np.arange(len(public_file)) // 2, index=public_file.index)
    splitter = SimilarityGroupKFold(4, threshold=0.3)
    assert folds(splitter, shuffled, groups[shuffled.index]) == folds(splitter, public_file, groups)


@pytest.mark.parametrize("seed", SEEDS)
def test_blocks_of_windows(seed, public_file):
    joined = ["".join(public_file["sequence"].iloc[i : i + 4]) for i in range(0, 16, 4)]
    windows = WindowAugmenter(40, min_shared=15).explode(joined)
    order = np.random.default_rng(seed).permutation(len(windows.windows))
    splitter = WindowBlockKFold(3, window=40, shared=20, on_empty="skip")

    def blocks(rows):
        positions = windows.positions[rows]
        return {
            (frozenset(map(tuple, positions[train].tolist())), frozenset(map(tuple, positions[test].tolist())))
            for train, test in splitter.split(windows.windows[rows], None, positions)
        }

    assert blocks(order) == blocks(np.arange(len(order)))


def test_audit(public_file, shuffled):
    train = public_file.index[::2]

    def audit(table):
        inside = table.index.isin(train)
        report = audit_leakage(table["sequence"][inside], table["sequence"][~inside])
        return report.to_frame().sort_index(), describe_leaks([report])

    expected, found = audit(public_file), audit(shuffled)
    pd.testing.assert_frame_equal(found[0], expected[0])
    assert found[1] == expected[1]


@pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.LeakageWarning")
def test_purged_folds(public_file, shuffled):
    parts = [frozenset(public_file.index[part::3]) for part in range(3)]

    def purged(table):
        cv = [(np.flatnonzero(~table.index.isin(part)), np.flatnonzero(table.index.isin(part))) for part in parts]
        return folds(LeakageGuard(cv, on_leak="purge"), table)

    assert purged(shuffled) == purged(public_file)


def test_relatives(public_file, shuffled):
    def relatives(table):
        model = find_relatives_of(table)
        return model.sort_index()

    def find_relatives_of(table):
        from seqaug_sklearn.utils import text_to_codes

        codes = text_to_codes(table["sequence"].to_numpy(), "dna")
        half = np.flatnonzero(table.index < "row 24"), np.flatnonzero(table.index >= "row 24")
        found = find_relatives(codes, np.arange(len(table)), *half, alphabet="dna")
        return pd.Series(found.related, index=table.index[found.rows])

    pd.testing.assert_series_equal(relatives(shuffled), relatives(public_file))


@pytest.mark.parametrize("k", [6, 12])
def test_lookup(k, public_file, shuffled):
    def looked_up(table):
        train = table.index < "row 24"
        model = NearestSequenceClassifier(k).fit(table["sequence"][train], table["label"][train])
        return pd.DataFrame(model.predict_proba(table["sequence"][~train]), index=table.index[~train]).sort_index()

    pd.testing.assert_frame_equal(looked_up(shuffled), looked_up(public_file))


def models():
    counts = CountVectorizer(analyzer="char", ngram_range=(3, 3))
    return {"3-mers": make_pipeline(counts, LogisticRegression(max_iter=1000)), "lookup": memoriser()}


def compared(table, cv):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeakageWarning)
        return compare(models(), table["sequence"], table["label"], cv=cv, random_state=0)


def named_folds(table, parts):
    return [(np.flatnonzero(~table.index.isin(part)), np.flatnonzero(table.index.isin(part))) for part in parts]


def test_comparison(public_file, shuffled):
    parts = [frozenset(public_file.index[part::4]) for part in range(4)]
    expected = compared(public_file, named_folds(public_file, parts))
    for table, order in ((shuffled, [0, 1, 2, 3]), (public_file, [3, 1, 0, 2])):
        found = compared(table, named_folds(table, [parts[i] for i in order]))
        pd.testing.assert_series_equal(found.scores("accuracy")["mean"], expected.scores("accuracy")["mean"])
        pd.testing.assert_frame_equal(found.confusion_matrix("3-mers"), expected.confusion_matrix("3-mers"))
        assert [line.split(":")[0] for line in found.verdict()] == [line.split(":")[0] for line in expected.verdict()]


def test_comparison_with_renamed_classes(public_file):
    parts = [frozenset(public_file.index[part::4]) for part in range(4)]
    renamed = public_file.assign(label=public_file["label"].map({"a": "z", "b": "y"}))
    expected, found = (compared(table, named_folds(table, parts)) for table in (public_file, renamed))
    pd.testing.assert_series_equal(found.scores("accuracy")["mean"], expected.scores("accuracy")["mean"])


def test_sanity_checks(public_file, shuffled):
    def checked(table):
        parts = [frozenset(public_file.index[part::4]) for part in range(4)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LeakageWarning)
            return sanity_checks(
                models()["3-mers"], table["sequence"], table["label"], named_folds(table, parts), random_state=0
            )

    expected, found = checked(public_file), checked(shuffled)
    for check in ("true labels", "memoriser", "guessing"):
        assert found.mean(check) == pytest.approx(expected.mean(check))
    assert found.leaked_share == expected.leaked_share
    assert found.finding == expected.finding


@pytest.mark.parametrize("unseen", ["first", "second", "one", "both"])
@pytest.mark.parametrize("seed", SEEDS)
def test_folds_of_pairs(seed, unseen):
    pairs = pd.DataFrame({"first": list("ABCDEFGH") * 2, "second": list("stuvwxyz") + list("tuvwxyzs")})
    y = np.tile([0, 1], 8)
    order = np.random.default_rng(seed).permutation(len(pairs))

    def cold(rows):
        splitter = ColdPairKFold(2, unseen=unseen)
        names = pairs.iloc[rows].agg("".join, axis=1).to_numpy()
        split = splitter.split(names, y[rows], pairs.iloc[rows].to_numpy())
        return {(frozenset(names[train]), frozenset(names[test])) for train, test in split}

    assert cold(order) == cold(np.arange(len(pairs)))
