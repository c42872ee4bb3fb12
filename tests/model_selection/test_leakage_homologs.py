"""The audit's second stage, grades, tags and contradictions: planted cases and rows that have nothing in common."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold

from seqaug_sklearn.exceptions import DataFormatError, LeakageError, MissingDependencyError
from seqaug_sklearn.model_selection import LeakageGuard, audit_leakage, check_no_leakage, leakage_groups

AMINO = "ACDEFGHIKLMNPQRSTVWY"
TAG = "MGSSHHHHHHSSGLVPRGSHM"


def replaced(rng, text, identity, letters=AMINO):
    """So many residues, spread evenly, so that no long run is left."""
    hit = rng.permutation(len(text))[: round(len(text) * (1 - identity))]
    new = list(text)
    for place in hit:
        new[place] = rng.choice([letter for letter in letters if letter != text[place]])
    return "".join(new)


@pytest.fixture
def proteins(random_dna):
    return random_dna(60, 200, AMINO)


@pytest.fixture
def parasail():
    return pytest.importorskip("parasail", reason="parasail is not installed: pip install 'seqaug-sklearn[audit]'")


def without_parasail(monkeypatch):
    monkeypatch.setitem(sys.modules, "parasail", None)


@pytest.mark.usefixtures("parasail")
def test_distant_homologs_leak_and_are_told(proteins, random_dna, rng):
    test = [replaced(rng, text, 0.45) for text in proteins[:10]] + random_dna(10, 200, AMINO)
    train = pd.Series(proteins, index=[f"p{i}" for i in range(60)])
    report = audit_leakage(train, test, alphabet="protein")
    assert report.leaked.tolist() == [True] * 10 + [False] * 10
    assert report.nearest[:10].tolist() == list(range(10))
    assert set(report.kind[:10]) <= {"homolog", "overlap"}
    np.testing.assert_allclose(report.identity[:10], 0.45, atol=0.06)
    assert (report.coverage[:10] > 0.9).all()
    assert (report.evalue[:10] < 1e-10).all()
    assert np.isnan(report.identity[10:]).all()
    assert report.skipped == ""
    assert "% identical over 9" in report.summary() or "% identical over 100%" in report.summary()
    assert "an alignment (E-value below 0.001 over half of the row" in report.summary()
    table = report.to_frame()
    assert table.columns.tolist()[-4:] == ["grade", "identity", "coverage", "evalue"]
    assert table["nearest"].iloc[0] == "p0"
    with pytest.raises(LeakageError, match=r"10 of 20 test rows \(50.0%\) leak: .*homologs"):
        check_no_leakage(train, test, alphabet="protein")


@pytest.mark.usefixtures("parasail")
def test_kmers_alone_miss_them(proteins, rng):
    test = [replaced(rng, text, 0.45) for text in proteins[:10]]
    alone = audit_leakage(proteins, test, alphabet="protein", homologs=False)
    assert alone.leaked.mean() < 0.5
    assert np.isnan(alone.identity[~alone.leaked]).all()
    assert alone.skipped == "homologs=False"
    assert audit_leakage(proteins, test, alphabet="protein", homologs=True).leaked.all()


@pytest.mark.usefixtures("parasail")
def test_dna_homologs_on_either_strand(random_dna, rng, reverse_complement):
    train = random_dna(30, 300)
    test = [replaced(rng, text, 0.75, "ACGT") for text in train]
    mirrored = [reverse_complement(text) for text in test]
    plain, other = audit_leakage(train, test), audit_leakage(train, mirrored)
    assert plain.leaked.mean() > 0.95
    assert other.leaked.tolist() == plain.leaked.tolist()
    assert set(plain.strand[plain.leaked]) == {"+"}
    assert set(other.strand[other.leaked]) == {"-"}
    np.testing.assert_allclose(other.identity, plain.identity, atol=0.02)


@pytest.mark.usefixtures("parasail")
@pytest.mark.parametrize("letters", ["ACGT", AMINO])
def test_shuffled_rows_are_clean(letters, random_dna, rng):
    train = random_dna(150, 200, letters)
    test = ["".join(rng.permutation(list(text))) for text in train]
    report = audit_leakage(train, test, alphabet="protein" if letters == AMINO else "dna")
    assert report.leaked.sum() <= 1
    assert set(report.grade[~report.leaked]) == {"none"}


@pytest.mark.usefixtures("parasail")
@pytest.mark.parametrize("form", [list, np.array, pd.Series, lambda x: pd.DataFrame({"s": x})])
def test_order_and_container_do_not_matter(form, proteins, random_dna, rng):
    test = [replaced(rng, text, 0.5) for text in proteins[:8]] + random_dna(8, 200, AMINO)
    report = audit_leakage(proteins, test, alphabet="protein")
    a, b = rng.permutation(60), rng.permutation(16)
    again = audit_leakage(form([proteins[i] for i in a]), form([test[i] for i in b]), alphabet="protein")
    assert again.leaked.tolist() == report.leaked[b].tolist()
    np.testing.assert_allclose(again.evalue, report.evalue[b])
    assert again.grade.tolist() == report.grade[b].tolist()


def test_without_parasail_the_first_stage_alone_and_the_report_says_so(monkeypatch, proteins, random_dna):
    without_parasail(monkeypatch)
    report = audit_leakage(proteins, random_dna(3, 200, AMINO), alphabet="protein")
    assert not report.leaked.any()
    assert "pip install 'seqaug-sklearn[audit]'" in report.skipped
    assert "Distant homologs were not searched for by alignment: the alignment of homologs needs" in report.summary()
    assert "can miss proteins below some 70 % identity" in report.summary()
    copies = audit_leakage(proteins, proteins[:3], alphabet="protein")
    assert copies.grade.tolist() == ["high"] * 3
    assert "Distant homologs were not searched for" in copies.summary()
    with pytest.raises(MissingDependencyError, match=r"seqaug-sklearn\[audit\]"):
        audit_leakage(proteins, proteins, alphabet="protein", homologs=True)


@pytest.mark.usefixtures("parasail")
def test_auto_leaves_out_what_takes_minutes_and_says_how_long(monkeypatch, proteins):
    from seqaug_sklearn.similarity import HomologIndex

    monkeypatch.setattr(HomologIndex, "seconds", lambda self, test, train: 600.0)
    report = audit_leakage(proteins[:30], proteins[30:], alphabet="protein")
    assert report.skipped == "it would take some 10 minutes, and homologs=True does it"
    assert audit_leakage(proteins[:30], proteins[30:], alphabet="protein", homologs=True).skipped == ""


def test_auto_keeps_to_a_rule_of_the_users_own(random_dna):
    train, test = random_dna(4, 60), random_dna(1, 60)
    report = audit_leakage(train, [train[0][:30] + test[0][:30]], min_run=50, threshold=0.9)
    assert not report.leaked.any()
    assert report.skipped.startswith("threshold or min_run say how much must be shared")


def test_the_rule_that_is_used_is_printed(random_dna):
    train, test = random_dna(4, 60), random_dna(2, 60)
    report = audit_leakage(train, test, homologs=False)
    assert "20 consecutive residues or 4% of its 12-mers (at least 9)" in report.summary()
    assert "This search can miss homologs below some 85 % identity" in report.summary()


@pytest.mark.usefixtures("parasail")
def test_clean_says_what_it_cannot_see(random_dna):
    summary = audit_leakage(random_dna(4, 60), random_dna(2, 60)).summary()
    assert summary.startswith("No leak found")
    assert "This search can miss homologs below some 70 % identity, and closer ones where rows are shorter" in summary
    proteins = audit_leakage(random_dna(4, 60, AMINO), random_dna(2, 60, AMINO), alphabet="protein").summary()
    assert "miss proteins below some 40 % identity (30 % where changes are conservative), and closer" in proteins


@pytest.mark.parametrize("homologs", [False, "auto"])
def test_the_limits_are_told_after_leaks_too(homologs, random_dna):
    train = random_dna(4, 60)
    report = audit_leakage(train, [train[0], *random_dna(2, 60)], homologs=homologs)
    assert report.leaked.sum() == 1
    assert report.summary().endswith(f" {report.limits}")
    assert report.limits.endswith("or less than half of a row is shared.")


@pytest.mark.parametrize("homologs", [False, "auto"])
def test_two_short_overlaps_do_not_count_like_half_a_copy(homologs, random_dna):
    parent = random_dna(1, 600)[0]
    short = random_dna(1, 250)[0] + parent[100:124] + random_dna(1, 250)[0] + parent[400:424] + random_dna(1, 52)[0]
    half = random_dna(1, 298)[0] + parent[:302]
    report = audit_leakage([parent, *random_dna(3, 600)], [short, half, parent], homologs=homologs)
    assert report.leaked.all()
    assert report.grade.tolist() == ["low", "high", "high"]
    assert "Grades: 2 high (at least half of the row is found again), 1 low (less)." in report.summary()
    assert report.worst(3).index.tolist() == [2, 1, 0]
    assert "_rank" not in report.worst(3)


def test_a_motif_in_common_is_no_leak(random_dna):
    rows = [text[:20] + "ACGTGGCACGTGGC" + text[34:] for text in random_dna(40, 60)]
    assert audit_leakage(rows[:20], rows[20:]).leaked.sum() <= 1
    assert len(set(leakage_groups(rows).tolist())) >= 36


@pytest.mark.usefixtures("parasail")
def test_a_third_of_a_row_is_medium(random_dna):
    parent = random_dna(1, 300)[0]
    report = audit_leakage([parent], [parent[:100] + random_dna(1, 200)[0]])
    assert report.grade.tolist() == ["medium"]
    assert 0.3 < report.coverage[0] < 0.4


def test_tags_are_no_leak(random_dna):
    train = [TAG + text for text in random_dna(5, 150, AMINO)]
    test = [TAG + text for text in random_dna(3, 150, AMINO)]
    report = audit_leakage(train, [*test, train[2]], alphabet="protein")
    assert report.leaked.tolist() == [False] * 3 + [True]
    assert report.kind.tolist() == ["tag"] * 3 + ["copy"]
    assert report.grade.tolist() == ["none"] * 3 + ["high"]
    assert "Not counted: 3 rows (75.0%) that share only expression tags" in report.summary()
    assert audit_leakage(train, test, alphabet="protein", mask_tags=False).leaked.all()


def test_rows_that_are_mostly_tag_are_compared(random_dna):
    report = audit_leakage([TAG + "KNTEL", *random_dna(3, 60, AMINO)], [TAG + "KNTEL"[:3]], alphabet="protein")
    assert report.leaked.tolist() == [True]


def test_contradicting_labels_are_named(random_dna, reverse_complement):
    train = pd.Series(random_dna(4, 80), index=["t1", "t2", "t3", "t4"])
    test = [train["t1"], train["t2"], reverse_complement(train["t3"]), *random_dna(1, 80)]
    report = audit_leakage(train, test, y_train=["a", "a", "b", "b"], y_test=["a", "b", "a", "b"])
    assert report.contradictions.index.tolist() == [1, 2]
    assert report.contradictions["nearest"].tolist() == ["t2", "t3"]
    assert report.contradictions["label"].tolist() == ["b", "a"]
    assert report.contradictions["nearest_label"].tolist() == ["a", "b"]
    assert report.contradictions["kind"].tolist() == ["copy", "reverse complement"]
    told = report.summary()
    assert "Contradictions: 2 of 3 copies and close relatives (half of the row or more is found again) have" in told
    assert "1 (b) and training row 't2' (a), a copy; " in told


def test_of_several_copies_one_that_contradicts_is_named(random_dna):
    (text,) = random_dna(1, 80)
    report = audit_leakage([text, text, text], [text], y_train=[1, 1, 0], y_test=[1])
    assert report.contradictions["nearest"].tolist() == [2]
    assert report.nearest.tolist() == [0]


def test_copies_whose_numbers_differ_by_more_than_noise(random_dna, rng, reverse_complement):
    train = pd.Series(random_dna(12, 80), index=[f"t{i}" for i in range(12)])
    y = rng.normal(size=12)
    test, y_test = train.tolist(), y + rng.normal(size=12) / 20
    test[3], y_test[3] = reverse_complement(test[3]), y[3] + 3
    test[5], y_test[5] = test[5][:40] + random_dna(1, 40)[0], y[5] - 3
    y_test[7] = np.nan
    report = audit_leakage(train, test, y_train=y, y_test=y_test)
    assert report.contradictions.index.tolist() == [3], "a relative such as row 5 may differ"
    assert report.contradictions["nearest"].tolist() == ["t3"]
    assert report.contradictions["label"].tolist() == [y_test[3]]
    assert report.contradictions["nearest_label"].tolist() == [y[3]]
    assert "have another value than the training row, by more than noise explains: 3 (" in report.summary()
    several = audit_leakage(train, test, y_train=np.column_stack([y, -y]), y_test=np.column_stack([y_test, -y_test]))
    assert several.contradictions.index.tolist() == [3]
    assert several.contradictions["label"].iloc[0].startswith(f"y_train0 = {y_test[3]:.3g}, y_train1 = ")
    with pytest.raises(ValueError, match="y_test holds 1 targets per row, but y_train holds 2"):
        audit_leakage(train, test, y_train=np.column_stack([y, -y]), y_test=y_test)


def test_labels_that_are_known_to_be_another(random_dna):
    train = random_dna(3, 80)
    y_train = pd.DataFrame([[1, 0], [1, np.nan], [0, 1]], columns=["liver", "brain"])
    report = audit_leakage(train, train, y_train=y_train, y_test=[[1, 0], [1, 1], [1, np.nan]])
    assert report.contradictions.index.tolist() == [2]
    assert report.contradictions["label"].tolist() == ["liver = 1"]
    assert report.contradictions["nearest_label"].tolist() == ["liver = 0"]


def test_agreeing_labels_are_no_contradiction(random_dna):
    train = random_dna(4, 80)
    report = audit_leakage(train, train, y_train=list("abab"), y_test=list("abab"))
    assert len(report.contradictions) == 0
    assert "Contradictions" not in report.summary()
    assert audit_leakage(train, train).contradictions is None


@pytest.mark.usefixtures("parasail")
def test_a_purge_leaves_no_homolog(proteins, rng):
    rows = [*proteins[:20], *(replaced(rng, text, 0.5) for text in proteins[:20]), *proteins[20:40]]
    cv = KFold(3, shuffle=True, random_state=0)
    guard = LeakageGuard(cv, on_leak="purge", alphabet="protein")
    for train, test in guard.split(rows):
        texts = np.array(rows)
        assert not audit_leakage(texts[train], texts[test], alphabet="protein").leaked.any()
    assert sum(guard.n_purged_) > 0
    loose = LeakageGuard(cv, on_leak="purge", alphabet="protein", homologs=False)
    list(loose.split(rows))
    assert sum(loose.n_purged_) < sum(guard.n_purged_)


@pytest.mark.usefixtures("parasail")
def test_groups_keep_homologs_together(proteins, rng):
    rows = [*proteins[:15], *(replaced(rng, text, 0.45) for text in proteins[:15])]
    groups = leakage_groups(rows, alphabet="protein")
    assert groups.tolist() == [*range(15), *range(15)]
    assert len(set(leakage_groups(rows, alphabet="protein", homologs=False).tolist())) > 15
    texts = np.array(rows)
    assert not audit_leakage(texts[groups < 8], texts[groups >= 8], alphabet="protein").leaked.any()


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"homologs": "yes"}, ValueError, "homologs must be True, False or 'auto', got 'yes'"),
        ({"max_evalue": 0}, ValueError, "max_evalue must be a number above 0 and at most 10, got 0"),
        ({"max_evalue": True}, ValueError, "max_evalue must be a number"),
        ({"y_train": [0, 1, 0]}, ValueError, "y_train and y_test belong together"),
        ({"y_train": [0, 1], "y_test": [0]}, DataFormatError, "y_train"),
        ({"y_train": [0.1, 0.25, 0.37], "y_test": ["high"]}, DataFormatError, "y_test holds 'high' in row 0"),
    ],
)
def test_bad_input(arguments, error, match, random_dna):
    with pytest.raises(error, match=match):
        audit_leakage(random_dna(3, 60), random_dna(1, 60), **arguments)


def test_an_alphabet_without_scores_has_one_stage(random_dna):
    from seqaug_sklearn.alphabets import Alphabet

    letters = Alphabet("letters", "ABCD")
    rows = random_dna(3, 60, "ABCD")
    report = audit_leakage(rows, random_dna(2, 60, "ABCD"), alphabet=letters)
    assert report.skipped == "there are no published scores for the alphabet 'letters'"
    with pytest.raises(ValueError, match="DNA, RNA and proteins only"):
        audit_leakage(rows, rows, alphabet=letters, homologs=True)
