"""The audit against planted leaks, unrelated sequences and a naive reading of its two rules."""

import time

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.exceptions import LeakageError, SequenceError, SequenceTypeError
from seqaug_sklearn.model_selection import audit_leakage, check_no_leakage

KINDS = {
    "copy": {"copy"},
    "lower case": {"copy"},
    "shift": {"shifted copy"},
    "reverse complement": {"reverse complement"},
    "shift on the other strand": {"shifted copy"},
    "overlap": {"overlap"},
    "homolog": {"homolog", "near copy"},
    "homolog on the other strand": {"homolog", "near copy"},
}
OTHER_STRAND = {"reverse complement", "shift on the other strand", "homolog on the other strand"}


def kmers(text, k, complement):
    words = {text[i : i + k] for i in range(len(text) - k + 1)}
    words = {word for word in words if set(word) <= set("ACGT")}
    return {min(word, complement(word)) for word in words}


def naive(train, test, k, threshold, min_run, complement):
    """Leaked and share of k-mers in the best training row, pair by pair."""
    leaked, shares = [], []
    for row in test:
        own, runs = kmers(row, k, complement), kmers(row, min_run, complement)
        shared = [len(own & kmers(other, k, complement)) for other in train]
        needed = max(threshold * len(own), min_run - k + 1, 1)
        by_run = any(runs & kmers(other, min_run, complement) for other in train)
        equal = any(row in (other, complement(other)) for other in train)
        leaked.append(max(shared) >= needed or by_run or equal)
        shares.append(max(shared) / max(len(own), 1))
    return leaked, shares


@pytest.mark.parametrize("kind", KINDS)
def test_planted_leaks_are_found_and_named(kind, leaks, random_dna, rng):
    train = random_dna(150, 300)
    parents = rng.permutation(150)
    test = [leaks[kind](train[i]) for i in parents]
    report = audit_leakage(train, test)
    assert report.leaked.all()
    assert report.nearest.tolist() == parents.tolist()
    assert set(report.kind) <= KINDS[kind]
    assert set(report.strand) == {"-" if kind in OTHER_STRAND else "+"}
    assert report.leaked_share == 1.0


def test_kinds_of_homologs_are_mostly_homologs(mutate, random_dna):
    train = random_dna(100, 300)
    kinds = audit_leakage(train, [mutate(text, 0.2) for text in train]).kind
    assert (kinds == "homolog").mean() > 0.8


@pytest.mark.parametrize("p", [None, [0.4, 0.1, 0.1, 0.4], [0.1, 0.4, 0.1, 0.4]])
def test_unrelated_sequences_are_clean(p, rng):
    train, test = (["".join(row) for row in rng.choice(list("ACGT"), (700, 300), p=p)] for _ in range(2))
    report = audit_leakage(train, test)
    assert report.leaked_share <= 0.01
    assert set(report.kind[~report.leaked]) == {"none"}
    assert report.longest_run[~report.leaked].max() < report.min_run


@pytest.mark.parametrize("k", [4, 7])
@pytest.mark.parametrize("threshold", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("min_run", [3, 9, 15])
def test_equals_the_naive_rules(k, threshold, min_run, random_dna, rng, mutate, reverse_complement):
    train = [*random_dna(12, 40), "ACGT" * 8, "A" * 30, "ACG", "N" * 12]
    test = random_dna(6, 30) + [mutate(text, 0.3) for text in train[:4]] + [reverse_complement(train[5])[4:30]]
    test += ["A" * 12, "CGT", "NNN", train[2][:14] + "N" + train[2][15:], "N" * 12, "GC"]
    options = {"k": k, "threshold": threshold, "mask_low_complexity": False}
    report = audit_leakage(train, test, min_run=min_run, **options)
    leaked, shares = naive(train, test, k, threshold, min_run, reverse_complement)
    assert report.leaked.tolist() == leaked
    nearest_by_kmers = ~np.isin(report.kind, ["copy", "reverse complement"])
    no_runs = audit_leakage(train, test, min_run=300, **options)
    np.testing.assert_allclose(no_runs.kmer_share[nearest_by_kmers], np.array(shares)[nearest_by_kmers])


@pytest.mark.parametrize("min_run", [14, 20, 31])
@pytest.mark.parametrize("threshold", [0.04, 1.0])
def test_a_run_of_exactly_min_run_leaks(min_run, threshold, random_dna, holding):
    parent = random_dna(1, 120)[0]
    options = {"threshold": threshold, "min_run": min_run}
    test = [holding(parent, [(40, run)], 900) for run in (min_run - 1, min_run)]
    report = audit_leakage([random_dna(1, 120)[0], parent], test, **options)
    assert report.longest_run.tolist() == [min_run - 1, min_run]
    assert report.leaked.tolist() == [False, True]
    assert report.kind.tolist() == ["none", "overlap"]
    with pytest.raises(LeakageError, match="training row 1"):
        check_no_leakage([random_dna(1, 120)[0], parent], test, **options)


def test_a_share_of_kmers_exactly_at_the_threshold_leaks(random_dna, holding):
    # 7 of 100 12-mers, in runs of 15 and 14 that are not leaks by themselves; 0.07 * 100 is above 7 in floating point
    parent = random_dna(1, 200)[0]
    row = holding(parent, [(30, 15), (90, 14)], 111)
    at, above = (audit_leakage([parent], [row], threshold=share, min_run=18) for share in (0.07, 0.0701))
    assert at.kmer_share.tolist() == [0.07]
    assert at.leaked.tolist() == [True]
    assert at.kind.tolist() == ["homolog"]
    assert above.leaked.tolist() == [False]


def test_as_many_kmers_as_a_run_holds_are_needed_and_enough(random_dna, holding):
    # 7 12-mers, as many as a run of 18 holds, whatever share they are
    parent = random_dna(1, 200)[0]
    row = holding(parent, [(30, 15), (90, 14)], 900)
    found = [audit_leakage([parent], [row], threshold=0.001, min_run=run).leaked[0] for run in (17, 18, 19)]
    assert found == [True, True, False]


def test_half_of_a_row_is_a_shifted_copy_and_less_an_overlap(random_dna):
    parent = random_dna(1, 100)[0]
    rows = [parent[100 - size :] + random_dna(1, 60 - size)[0] for size in (29, 30)]
    report = audit_leakage([parent], rows)
    assert report.kind.tolist() == ["overlap", "shifted copy"]


def test_evidence_of_the_nearest_row(random_dna):
    a, b = random_dna(2, 100)
    test = random_dna(1, 30)[0] + a[20:55] + random_dna(1, 35)[0]
    report = audit_leakage([b, a], [test])
    assert report.kind.tolist() == ["overlap"]
    assert report.nearest.tolist() == [1]
    assert 35 <= report.longest_run[0] <= 39
    assert report.kmer_share[0] == pytest.approx((report.longest_run[0] - 11) / 89)


def test_exact_copies_win_over_longer_rows_that_hold_them(random_dna):
    (long,) = random_dna(1, 200)
    copy = long[50:150]
    report = audit_leakage([long, copy], [copy])
    assert report.nearest.tolist() == [1]
    assert report.kind.tolist() == ["copy"]
    assert audit_leakage([long], [copy]).kind.tolist() == ["shifted copy"]


@pytest.mark.parametrize("text", ["A", "NNNNN", "ACGTN"])
def test_copies_are_found_at_any_length(text, random_dna):
    report = audit_leakage([*random_dna(3, 50), text], [text, random_dna(1, 40)[0]])
    assert report.leaked.tolist() == [True, False]
    assert report.kind.tolist() == ["copy", "none"]
    assert report.nearest[0] == 3


def test_shifted_windows_of_40(random_dna, windows_of):
    windows, positions = windows_of(random_dna(30, 120))
    odd = positions[:, 1] % 2 == 1
    report = audit_leakage(windows[odd], windows[~odd])
    assert report.leaked.all()
    assert set(report.kind) == {"shifted copy"}
    assert (report.longest_run == 39).all()
    other = positions[:, 0] < 15
    assert not audit_leakage(windows[other], windows[~other]).leaked.any()


@pytest.mark.parametrize(("alphabet", "symbols"), [("protein", "ACDEFGHIKLMNPQRSTVWY"), ("rna", "ACGU")])
def test_other_alphabets(alphabet, symbols, random_dna, rng):
    train, others = random_dna(60, 150, symbols), random_dna(60, 150, symbols)
    homologs = ["".join(rng.choice(list(symbols)) if rng.random() < 0.1 else c for c in text) for text in train]
    assert audit_leakage(train, homologs, alphabet=alphabet).leaked.all()
    assert audit_leakage(train, [text[20:] for text in train], alphabet=alphabet).leaked.all()
    assert not audit_leakage(train, others, alphabet=alphabet).leaked.any()
    reversed_rows = [text[::-1] for text in train]
    assert not audit_leakage(train, reversed_rows, alphabet=alphabet).leaked.any()


@pytest.mark.parametrize("form", [list, np.array, lambda x: pd.Series(x), lambda x: pd.DataFrame({"s": x})])
def test_every_form_of_text(form, random_dna):
    train = random_dna(5, 60)
    report = audit_leakage(form(train), form([train[3][2:], *random_dna(1, 60)]))
    assert report.leaked.tolist() == [True, False]


def test_window_sets_are_named_by_parent_and_start(random_dna):
    X = pd.Series(random_dna(4, 60), index=["a", "b", "c", "d"])
    augmenter = WindowAugmenter(40).fit(X)
    train, test = augmenter.explode(X.iloc[:3]), augmenter.explode(X.iloc[2:])
    report = audit_leakage(train, test)
    assert report.leaked.tolist() == [True] * 21 + [False] * 21
    table = report.to_frame()
    assert table.index[3] == "c:3"
    assert table["nearest"].iloc[3] == "c:3"


def test_rows_of_an_augmenter_leak_through_their_parent(random_dna):
    X = np.array(random_dna(20, 50))[:, None]
    y = np.array([0] * 14 + [1] * 6)
    sampler = RandomOverSampler(random_state=0)
    resampled, _ = sampler.fit_resample(X, y)
    parents = sampler.sample_indices_
    train, test = np.arange(0, len(parents), 2), np.arange(1, len(parents), 2)
    other_text = random_dna(len(test), 50)  # nothing in common but the parent
    plain = audit_leakage(resampled[train, 0], other_text)
    report = audit_leakage(resampled[train, 0], other_text, train_parents=parents[train], test_parents=parents[test])
    assert not plain.leaked.any()
    assert plain.same_parent is None
    expected = np.isin(parents[test], parents[train])
    assert 0 < expected.sum() < len(expected)
    assert report.leaked.tolist() == report.same_parent.tolist() == expected.tolist()
    assert set(report.kind[expected]) == {"same parent"}
    assert set(report.kind[~expected]) == {"none"}
    unshared = expected & (report.strand == "")
    assert (parents[train][report.nearest[unshared]] == parents[test][unshared]).all()
    assert "same_parent" in report.to_frame()
    assert "same parent" in report.summary()


def test_shared_sequence_names_the_kind_before_the_parent(random_dna):
    text = random_dna(1, 50)
    report = audit_leakage(text, text, train_parents=["p"], test_parents=["p"])
    assert report.kind.tolist() == ["copy"]
    assert report.same_parent.tolist() == [True]


def test_summary_names_the_worst_rows(random_dna, reverse_complement):
    train = pd.Series(random_dna(3, 80), index=["t1", "t2", "t3"])
    test = pd.Series(
        [train["t2"][5:] + "ACGTA", *random_dna(1, 80), reverse_complement(train["t3"])], index=list("xyz")
    )
    report = audit_leakage(train, test)
    summary = report.summary()
    assert summary.startswith("2 of 3 test rows (66.7%) leak: ")
    assert "1 shifted copy" in summary
    assert "1 reverse complement" in summary
    assert "test row 'z' and training row 't3' (reverse complement, 80 consecutive residues on the other" in summary
    assert summary.index("row 'z'") < summary.index("row 'x'")
    assert report.worst(1).index.tolist() == ["z"]
    table = report.to_frame()
    assert table.index.tolist() == ["x", "y", "z"]
    assert table.loc["x", "nearest"] == "t2"
    clean = audit_leakage(train, test[["y"]]).summary()
    assert clean.startswith("No leak found: none of 1 test rows shares 20 consecutive residues or 4% of its 12-mers")


def test_check_no_leakage(random_dna):
    train, test = random_dna(4, 60), random_dna(4, 60)
    check_no_leakage(train, test)
    with pytest.raises(
        LeakageError, match=r"1 of 5 test rows \(20\.0%\) leak: 1 copy\. .*test row 4 and training row 2"
    ):
        check_no_leakage(train, [*test, train[2]])
    with pytest.raises(LeakageError, match="same parent"):
        check_no_leakage(train, test, train_parents=[0, 1, 2, 3], test_parents=[9, 8, 7, 3])
    check_no_leakage(train, [train[0][:30] + test[0][:30]], min_run=50, threshold=0.9)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"k": 61}, SequenceError, r"k=61 asks for k-mers of 61 residues, but the longest sequence has 60; lower k"),
        ({"k": 0}, ValueError, "k must be an int of at least 1.*got 0"),
        ({"k": (5, 12)}, ValueError, r"k must be an int of at least 1.*got \(5, 12\)"),
        ({"threshold": 0}, ValueError, "threshold must be a share of k-mers above 0 and at most 1, got 0"),
        ({"threshold": 4}, ValueError, "above 0 and at most 1, got 4"),
        ({"min_run": 2.5}, ValueError, "min_run must be an int of at least 1.*got 2.5"),
        ({"alphabet": "klingon"}, ValueError, "alphabet must be one of"),
        ({"train_parents": [0, 1, 2]}, ValueError, "belong together"),
        ({"train_parents": [0, 1], "test_parents": [0]}, ValueError, r"one entry per row of train: shape \(3,\), got"),
        ({"train_parents": [0, 1, 2], "test_parents": ["a"]}, ValueError, "must be of one type"),
        ({"train": "ACGT"}, SequenceTypeError, "single sequence"),
        ({"train": []}, SequenceError, "train holds no sequences"),
        ({"test": []}, SequenceError, "test holds no sequences"),
        ({"test": ["ACGT", None]}, SequenceTypeError, "test: sequence number 1 is missing"),
        ({"test": ["ACGT", "MKLE"]}, SequenceError, r"'test: 1', position 2: symbol 'L'.*alphabet='protein'"),
        ({"test": np.array([["ACGT", "ACGT"]])}, SequenceError, r"1-D text.*shape \(1, 2\)"),
    ],
)
def test_bad_input(arguments, error, match, random_dna):
    defaults = {"train": random_dna(3, 60), "test": random_dna(1, 60)}
    with pytest.raises(error, match=match):
        audit_leakage(**defaults | arguments)


def test_one_sequence_on_each_side():
    assert audit_leakage(["ACGTTGCA"], ["ACGTTGCA"]).leaked.tolist() == [True]
    assert audit_leakage(["A"], ["C"]).leaked.tolist() == [False]


def test_row_order_does_not_matter(random_dna, leaks, rng):
    train = random_dna(40, 120)
    test = [leaks["homolog"](text) for text in train[:20]] + random_dna(20, 120)
    report = audit_leakage(train, test)
    a, b = rng.permutation(40), rng.permutation(40)
    again = audit_leakage([train[i] for i in a], [test[i] for i in b])
    assert again.leaked.tolist() == report.leaked[b].tolist()
    leaked = again.leaked
    assert a[again.nearest[leaked]].tolist() == report.nearest[b][leaked].tolist()


def test_low_complexity_stays_in_memory_and_time():
    rows = ["A" * 40] * 3000 + ["AC" * 20] * 3000
    begin = time.perf_counter()
    report = audit_leakage(rows, rows[::2])
    assert report.leaked.all()
    assert time.perf_counter() - begin < 30


def gapped(text, rng, gaps="-."):
    """The text with a gap after every tenth letter, and some elsewhere."""
    pieces = [text[i : i + 10] for i in range(0, len(text), 10)]
    return "".join(piece + gaps[rng.integers(len(gaps))] * rng.integers(1, 4) for piece in pieces)


@pytest.mark.parametrize("alphabet", ["dna", "protein"])
def test_gaps_of_an_alignment_hide_no_copy(alphabet, random_dna, rng):
    letters = "ACGT" if alphabet == "dna" else "ACDEFGHIKLMNPQRSTVWY"
    train = ["".join(rng.choice(list(letters), 120)) for _ in range(10)]
    test = [*train, "".join(rng.choice(list(letters), 120)), train[0][:60]]
    plain = audit_leakage(train, test, alphabet=alphabet)
    assert plain.leaked.tolist() == [True] * 10 + [False, True]
    for ours, theirs in ((train, test), (test[:10], [gapped(text, rng) for text in test])):
        report = audit_leakage(ours, [gapped(text, rng) for text in theirs], alphabet=alphabet)
        pd.testing.assert_frame_equal(report.to_frame(), plain.to_frame())
    assert (plain.kind[:10] == "copy").all()
    # a row of gaps alone is like no sequence, and places in messages are those of the rows as given
    assert not audit_leakage(train, ["-" * 40], alphabet=alphabet).leaked.any()
    with pytest.raises(SequenceError, match="position 12: symbol '1'"):
        audit_leakage(train, ["AC-GT-AC--GT1AACCGGTTAA"], alphabet=alphabet)
