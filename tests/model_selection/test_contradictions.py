"""Rows that say the same and are labelled differently: naive counting, groups, and the bound."""

import collections

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError, SequenceError
from seqaug_sklearn.model_selection import find_contradictions


def naive_bound(texts, labels):
    counts = collections.defaultdict(collections.Counter)
    for text, label in zip(texts, labels, strict=True):
        counts[text][label] += 1
    return sum(max(counter.values()) for counter in counts.values()) / len(texts)


def test_planted_contradictions(random_dna, reverse_complement):
    a, b, c = random_dna(3, 40)
    X = pd.Series([a, a.lower(), reverse_complement(a), b, b, c], index=list("uvwxyz"))
    report = find_contradictions(X, ["p", "p", "n", "p", "p", "n"])
    table = report.to_frame()
    assert table.index.tolist() == ["u", "v", "w"]
    assert table["n_rows"].tolist() == [3, 3, 3]
    assert table["label"].tolist() == ["p", "p", "n"]
    np.testing.assert_allclose(table["label_share"], [2 / 3, 2 / 3, 1 / 3])
    assert report.accuracy_bound == 5 / 6
    assert report.share == 0.5
    assert len(report) == 3
    assert report.summary().startswith(
        "3 of 6 rows (50.0%) are identical to rows with another label, in 1 set: 'u' (p)"
    )
    assert "can exceed an accuracy of 83.3%" in report.summary()
    assert "<ContradictionReport: 3 of 6" in repr(report)


def test_the_bound_equals_naive_counting_in_any_order(rng):
    texts = ["".join(rng.choice(list("ACDE"), 3)) for _ in range(300)]
    labels = rng.choice(list("abc"), 300).tolist()
    report = find_contradictions(texts, labels, alphabet="protein")
    assert report.accuracy_bound == pytest.approx(naive_bound(texts, labels))
    order = rng.permutation(300)
    again = find_contradictions([texts[i] for i in order], [labels[i] for i in order], alphabet="protein")
    assert again.accuracy_bound == pytest.approx(report.accuracy_bound)
    assert sorted(order[again.table.index]) == sorted(report.table.index)


def test_no_model_can_beat_the_bound(rng):
    texts = ["".join(rng.choice(list("AC"), 3)) for _ in range(60)]
    labels = rng.integers(0, 2, 60)
    bound = find_contradictions(texts, labels, alphabet="protein").accuracy_bound
    distinct = sorted(set(texts))
    for answers in range(2 ** len(distinct)):
        answer = {text: answers >> i & 1 for i, text in enumerate(distinct)}
        assert np.mean([answer[text] == label for text, label in zip(texts, labels, strict=True)]) <= bound + 1e-12


def test_groups_of_relatives_bound_nothing(random_dna):
    X = random_dna(5, 40)
    report = find_contradictions(X, [0, 1, 0, 0, 1], groups=["f", "f", "g", "g", "h"])
    assert report.within_groups
    assert report.table.index.tolist() == [0, 1]
    assert report.accuracy_bound == 1.0
    assert "are in one group with rows with another label" in report.summary()
    assert "can exceed" not in report.summary()


def test_one_row_and_nothing_contradicting(random_dna):
    for X in (random_dna(1, 30), random_dna(4, 30), ["NNN", "NNNN"]):
        report = find_contradictions(X, [0] * len(X))
        assert len(report) == 0
        assert report.accuracy_bound == 1.0
        assert report.summary() == f"0 of {len(X)} rows (0.0%) are identical to rows with another label."


def test_proteins_have_one_strand():
    assert find_contradictions(["ACGT", "ACGA"], [0, 1], alphabet="protein").accuracy_bound == 1.0
    assert find_contradictions(["AACC", "GGTT"], [0, 1]).accuracy_bound == 0.5


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"y": [0]}, DataFormatError, "y"),
        ({"y": [0.12, 0.5, 0.77]}, DataFormatError, "y"),
        ({"y": [0, None, 1]}, DataFormatError, "missing"),
        ({"groups": [0]}, DataFormatError, r"one entry per row: shape \(3,\), got \(1,\)"),
        ({"X": []}, SequenceError, "no sequences"),
        ({"alphabet": "klingon"}, ValueError, "alphabet must be one of"),
    ],
)
def test_bad_input(arguments, error, match):
    with pytest.raises(error, match=match):
        find_contradictions(**{"X": ["ACGT", "ACGA", "CCCC"], "y": [0, 1, 0]} | arguments)


@pytest.fixture
def related(random_dna, rng):
    """Thirty unrelated rows, and behind them relatives of the first four, all labelled differently from these."""
    base = random_dna(30, 200)
    changed = list(base[2])
    for place in range(0, 200, 12):
        changed[place] = "ACGT"["ACGT".index(changed[place]) - 1]
    more = [base[0], base[1][7:] + base[29][:7], "".join(changed), base[3][:30] + base[28][:29:-1]]
    X = pd.Series([*base, *more], index=[f"s{i}" for i in range(34)])
    return X, np.array([*["p", "n"] * 15, "n", "p", "n", "p"])


def test_close_relatives_with_another_label_are_named(related):
    X, y = related
    found = find_contradictions(X, y, relatives=True)
    table = found.relatives
    pairs = {frozenset(pair) for pair in zip(table.index, table["nearest"], strict=True)}
    expected = {frozenset(("s0", "s30")), frozenset(("s1", "s31"))}
    # every 12-mer of the third one is gone: only an alignment finds it. The fourth shares too little to be close
    try:
        import parasail  # noqa: F401

        expected |= {frozenset(("s2", "s32"))}
        assert table.loc["s32", "identity"] == pytest.approx(1 - 17 / 200, abs=0.02)
    except ImportError:
        pass
    assert pairs == expected
    assert (table["label"] != table["nearest_label"]).all()
    assert table["kind"].tolist()[:2] == ["copy", "copy"]
    told = found.tell_relatives()
    assert told.startswith(f"{len(table)} of 34 sequences ({len(table) / 34:.1%}) have a copy or close relative with")
    assert "'s0' (p) and 's30' (n), a copy; 's1' (n) and 's31' (p), a shifted copy" in told
    assert "2 are identical to one with another label, so no model can exceed an accuracy of 97.1%" in told
    assert found.accuracy_bound == 33 / 34
    assert found.alike_bound == 1 - len(expected) / 34
    assert f"gives close relatives the same answer cannot exceed {found.alike_bound:.1%}" in told


def test_relatives_are_the_same_in_any_order(related, rng):
    X, y = related
    order = rng.permutation(34)
    one, other = find_contradictions(X, y, relatives=True), find_contradictions(X.iloc[order], y[order], relatives=True)
    columns = ["label", "nearest", "nearest_label", "kind"]
    pd.testing.assert_frame_equal(one.relatives[columns].sort_index(), other.relatives[columns].sort_index())
    assert one.alike_bound == other.alike_bound


def test_relatives_of_one_label_are_no_contradiction(related):
    X, _ = related
    y = np.array([*["p", "n"] * 15, "p", "n", "p", "n"])
    found = find_contradictions(X, y, relatives=True)
    assert not len(found.relatives)
    assert (found.accuracy_bound, found.alike_bound, found.tell_relatives()) == (1, 1, "")
    assert find_contradictions(X, y).relatives is None


def test_copies_of_a_row_that_is_nobodys_nearest_are_alike_too(random_dna):
    a, b = random_dna(2, 60)
    # a stands three times, twice as p: one answer for all three is wrong once
    found = find_contradictions([a, a, a, b], list("ppnn"), relatives=True)
    assert found.alike_bound == found.accuracy_bound == 3 / 4
    assert len(found.relatives) == 3
