"""Runs of low complexity: no leak by themselves, never a way for a leak to hide."""

import numpy as np
import pytest
from sklearn.model_selection import KFold

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.exceptions import LeakageError
from seqaug_sklearn.model_selection import LeakageGuard, SimilarityGroupKFold, audit_leakage, check_no_leakage
from seqaug_sklearn.similarity._substrings import low_complexity
from seqaug_sklearn.similarity._vocabulary import flatten
from seqaug_sklearn.utils import check_sequences

REPEATS = ["A" * 60, "AT" * 30, "CA" * 30, "GAA" * 20, "AATG" * 15, "A" * 25 + "T" * 35, "AAAAAT" * 10]


def insert(text, repeat, at):
    return text[:at] + repeat + text[at + len(repeat) :]


@pytest.fixture
def with_repeats(random_dna, rng):
    """Factory: random rows of 300 nt, each with two repeats of 45 apart from each other."""

    def make(n):
        rows = []
        for text in random_dna(n, 210):
            first, second = (repeat[:45] for repeat in rng.permutation(REPEATS)[:2])
            cut, other = sorted(rng.choice(np.arange(20, 161, 20), 2, replace=False))
            rows.append(text[:cut] + first + text[cut:other] + second + text[other:])
        return rows

    return make


@pytest.mark.parametrize("repeat", REPEATS)
def test_rows_that_share_a_repeat_only_are_told_apart(repeat, random_dna, reverse_complement):
    train = [insert(text, repeat, 100) for text in random_dna(30, 300)]
    test = [insert(text, repeat, 30) for text in random_dna(30, 300)]
    test += [reverse_complement(insert(text, repeat, 200)) for text in random_dna(30, 300)]
    report = audit_leakage(train, test)
    assert not report.leaked.any()
    assert set(report.kind) == {"low complexity"}
    assert (report.longest_run >= 59).all()
    assert report.low_complexity_share == 1.0
    assert "No leak found" in report.summary()
    assert "Not counted: 60 rows (100.0%) that share only sequence of low complexity" in report.summary()
    check_no_leakage(train, test)
    counted = audit_leakage(train, test, mask_low_complexity=False)
    assert counted.leaked.all()
    assert counted.low_complexity_share == 0
    with pytest.raises(LeakageError, match="60 of 60 test rows"):
        check_no_leakage(train, test, mask_low_complexity=False)


@pytest.mark.parametrize("repeat", REPEATS)
def test_a_sequence_of_repeats_still_leaks(repeat, reverse_complement, random_dna):
    row = repeat * 3
    others = random_dna(20, 180)
    assert audit_leakage([*others, row], [row]).kind.tolist() == ["copy"]
    assert audit_leakage([*others, row], [reverse_complement(row)]).leaked.all()
    shifted = audit_leakage([*others, row], [row[5:] + random_dna(1, 5)[0]])
    assert shifted.leaked.all()
    assert shifted.nearest.tolist() == [20]


def test_planted_leaks_among_repeats_are_found(with_repeats, leaks, rng):
    train = with_repeats(150)
    for kind in ("copy", "shift", "reverse complement", "shift on the other strand", "homolog"):
        parents = rng.permutation(150)
        report = audit_leakage(train, [leaks[kind](train[i]) for i in parents])
        assert report.leaked.all(), kind
        assert (report.nearest == parents).mean() > 0.95, kind


@pytest.mark.parametrize("half", ["test", "train"])
def test_half_of_either_row_is_a_leak(half, random_dna):
    """Nothing else tells such a row from a shifted copy."""
    rows = {"short": random_dna(1, 20)[0] + "CA" * 20, "long": random_dna(1, 250)[0] + "CA" * 20}
    sides = ["long", "short"] if half == "test" else ["short", "long"]
    report = audit_leakage([rows[sides[0]], *random_dna(9, 300)], [rows[sides[1]], *random_dna(9, 300)])
    assert report.leaked.tolist() == [True] + [False] * 9
    assert report.nearest[0] == 0
    assert report.kind[0] in ("homolog", "shifted copy")


def test_a_run_counts_with_as_little_as_half_of_it_unrepeated(random_dna):
    a, b, c = random_dna(3, 200)
    tail = random_dna(1, 24)[0]
    report = audit_leakage([a + "A" * 40 + tail], [b + "A" * 40 + tail + c, b + "A" * 40 + c])
    assert report.kind.tolist() == ["overlap", "low complexity"]


def test_real_evidence_names_the_nearest_row(random_dna):
    """The row that shares 30 unrepeated residues, not the one that shares 60 repeated ones."""
    a, b, c = random_dna(3, 240)
    report = audit_leakage([a + "AATG" * 15, b + c[:30]], [c + "AATG" * 15])
    assert report.leaked.all()
    assert report.nearest.tolist() == [1]
    assert 30 <= report.longest_run[0] <= 34


@pytest.mark.parametrize("min_run", [14, 20])
def test_equals_the_naive_rule(min_run, random_dna, reverse_complement, rng):
    """A run counts where less than half of it is repeats, or where one row is mostly a stretch of them."""
    repeats, blocks = ["A" * 22, "CA" * 12, "GAT" * 9, "TTAGGG" * 5], random_dna(2, 25)
    rows = ["".join([*random_dna(1, 40), rng.choice(repeats), *random_dna(1, 40)]) for _ in range(50)]
    rows = [row if rng.random() < 0.8 else row + rng.choice(blocks) for row in rows]
    rows += ["".join(rng.choice(repeats[:3], 2)) + random_dna(1, 20)[0] for _ in range(3)]
    rows = list(rng.permutation(rows))
    train, test = rows[:26], rows[26:]

    def words(text, k):
        return [min(word, reverse_complement(word)) for word in (text[i : i + k] for i in range(len(text) - k + 1))]

    flat = flatten(check_sequences(rows), DNA)
    marked = np.split(low_complexity(flat, DNA), np.cumsum(flat.lengths)[:-1])

    def low_words(k):
        return {
            word
            for text, inside in zip(rows, marked, strict=True)
            for i, word in enumerate(words(text, k))
            if 2 * inside[i : i + k].sum() >= k
        }

    low, low_kmers = low_words(min_run), low_words(13)

    def mostly_low(text):
        n = sum(word in low for word in words(text, min_run))
        return n > 0 and 2 * (n + min_run - 1) >= len(text)

    def leaks(row, other):
        everything = mostly_low(row) or mostly_low(other)
        runs = set(words(row, min_run)) & set(words(other, min_run))
        kmers = set(words(row, 13)) & set(words(other, 13))
        n_kmers = len(kmers) if everything else min(len(kmers), 2 * len(kmers - low_kmers))
        needed = max(0.1 * len(set(words(row, 13))), min_run - 12)
        return n_kmers >= needed or bool(runs if everything else runs - low)

    expected = [any(leaks(row, other) for other in train) for row in test]
    report = audit_leakage(train, test, threshold=0.1, k=13, min_run=min_run)
    every = audit_leakage(train, test, threshold=0.1, k=13, min_run=min_run, mask_low_complexity=False)
    assert report.leaked.tolist() == expected
    assert (report.leaked | (report.kind == "low complexity")).tolist() == every.leaked.tolist()
    assert sum(expected) > 3
    assert (report.kind == "low complexity").sum() > 3


def test_proteins_with_poly_glutamine(random_dna):
    symbols = "ACDEFGHIKLMNPQRSTVWY"
    train = [insert(text, "Q" * 25, 40) for text in random_dna(20, 150, symbols)]
    test = [insert(text, "Q" * 25, 90) for text in random_dna(20, 150, symbols)]
    report = audit_leakage(train, test, alphabet="protein")
    assert set(report.kind) == {"low complexity"}
    assert audit_leakage(train, [text[20:] for text in train], alphabet="protein").leaked.all()


def test_same_parent_goes_before_low_complexity(random_dna):
    a, b = (text + "AT" * 20 for text in random_dna(2, 200))
    report = audit_leakage([a], [b], train_parents=[7], test_parents=[7])
    assert report.kind.tolist() == ["same parent"]
    assert report.leaked.tolist() == [True]


def test_guard_purges_rows_with_repeats_on_demand_only(with_repeats):
    X = with_repeats(30)
    guard = LeakageGuard(KFold(3))
    for fold, other in zip(guard.split(X), KFold(3).split(X), strict=True):
        assert [rows.tolist() for rows in fold] == [rows.tolist() for rows in other]
    assert all(report.low_complexity_share > 0.5 for report in guard.reports_)
    with pytest.raises(LeakageError, match="3 of 3 splits leak"):
        LeakageGuard(KFold(3), mask_low_complexity=False).split(X)


def test_repeats_do_not_join_groups(with_repeats):
    """Groups rest on distinct k-mers, of which a repeat has few."""
    X = with_repeats(40)
    cv = SimilarityGroupKFold(4, threshold=0.1, stratified=False)
    list(cv.split(X))
    assert len(np.unique(cv.groups_)) == 40


def test_short_representation(random_dna):
    report = audit_leakage(random_dna(50, 60), random_dna(50, 60))
    assert repr(report).startswith(f"<LeakageReport: {report.summary()[:100]}")
    assert len(repr(report)) <= 160
