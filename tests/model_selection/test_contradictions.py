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
        ({"y": [0.12, 0.5, float("inf")]}, DataFormatError, "y holds infinity in row 2"),
        ({"y": [0.1, 0.5, 0.7], "groups": [0, 0, 1]}, ValueError, "groups hold relatives, whose numbers may differ"),
        ({"y": [0.1, 0.5, 0.7], "relatives": True}, ValueError, "relatives compares classes; numbers and several"),
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


def replicates(random_dna, rng, n=60, noise=0.3):
    """Rows of sequences measured two to four times, some on the other strand, as many measured once; and their sets."""
    sets = np.concatenate([np.repeat(np.arange(n), rng.integers(2, 5, n)), np.arange(n, 2 * n)])
    texts = np.array(random_dna(2 * n, 40))
    y = rng.normal(size=2 * n)[sets] + noise * rng.normal(size=len(sets))
    return pd.Series(texts[sets], index=[f"r{i}" for i in range(len(sets))]), y, sets


def test_numbers_contradict_beyond_the_noise_of_replicates(random_dna, rng, reverse_complement):
    X, y, sets = replicates(random_dna, rng)
    clean = find_contradictions(X, y)
    assert len(clean) == 0
    known = clean.replicates.loc["y"]
    assert (known["n_sets"], known["n_rows"]) == (60, (sets < 60).sum())
    assert known["spread"] == pytest.approx(0.3, rel=0.25)
    assert known["pooled"] == pytest.approx(0.3, rel=0.15)
    assert known["r2_ceiling"] == pytest.approx(1 - 0.3**2 / y.var(), abs=0.03)
    assert known["pearson_ceiling"] == pytest.approx(known["r2_ceiling"] ** 0.5)
    assert f"an R² of {known['r2_ceiling']:.2f} and a Pearson" in clean.summary()
    assert np.isnan(clean.accuracy_bound)

    planted = np.flatnonzero(sets == 7)
    y[planted[0]] += 3
    X.iloc[planted[0]] = reverse_complement(X.iloc[planted[0]])
    report = find_contradictions(X, y)
    assert report.table.index.tolist() == X.index[planted].tolist()
    assert report.table["label"].tolist() == y[planted].tolist()
    assert report.table["difference"].unique() == pytest.approx([np.ptp(y[planted])])
    assert "rows whose value differs by more than noise explains, in 1 set: 'r" in report.verdict()[0]
    order = rng.permutation(len(y))
    again = find_contradictions(X.iloc[order], y[order])
    assert set(again.table.index) == set(report.table.index)
    pd.testing.assert_frame_equal(again.replicates, report.replicates)


def test_the_ceiling_is_what_a_perfect_model_reaches(random_dna):
    """A model that knows the values without noise, over many data sets."""
    reached, promised = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X, y, sets = replicates(random_dna, rng, n=30, noise=0.8)
        rng = np.random.default_rng(seed)
        # the same draws give the values before noise
        rng.integers(2, 5, 30)
        truth = rng.normal(size=60)[sets]
        reached.append(np.corrcoef(truth, y)[0, 1] ** 2)
        promised.append(find_contradictions(X, y).replicates["r2_ceiling"].iloc[0])
    assert np.mean(promised) == pytest.approx(np.mean(reached), abs=0.04)


def test_noise_alone_rarely_contradicts(random_dna):
    """By the rule one data set of twenty at most has a finding."""
    found = [
        len(find_contradictions(*replicates(random_dna, np.random.default_rng(seed), n=20)[:2])) for seed in range(50)
    ]
    assert np.count_nonzero(found) <= 5


def test_copies_listed_twice_and_few_replicates(random_dna, rng):
    X, y = random_dna(40, 40), rng.normal(size=40)
    twice, values = [*X[:20], *X], np.array([*y[:20], *y])
    assert len(find_contradictions(twice, values)) == 0
    values[0] += 0.05
    assert len(find_contradictions(twice, values)) == 0, "a twentieth of the standard deviation"
    values[0] += 1
    assert len(find_contradictions(twice, values)) == 2, "where all others agree"
    few = find_contradictions([*X[:2], *X], [y[0] + 1, y[1] + 4, *y])
    assert few.table.index.tolist() == [1, 3], "two sets say nothing of the noise"
    assert (few.noise, few.replicates["n_sets"].tolist()) == ("", [2])
    assert few.replicates["r2_ceiling"].isna().all()


def test_several_numbers_are_judged_by_their_own_noise(random_dna, rng):
    X, first, sets = replicates(random_dna, rng)
    y = pd.DataFrame({"strong": first, "weak": 1000 * rng.normal(size=len(X)), "none": rng.normal(size=len(X))})
    y.loc[sets < 60, "none"] = np.nan
    assert len(find_contradictions(X, y)) == 0
    planted = np.flatnonzero(sets == 5)[:1]
    y.loc[planted, "strong"] -= 4
    report = find_contradictions(X, y)
    assert set(report.table["target"]) == {"strong"}
    assert "(strong = " in report.summary()
    assert report.replicates["n_sets"].tolist() == [60, 60, 0]
    assert "Replicates of 'weak' vary" in report.summary(), "the noisiest"


def test_labels_contradict_where_both_are_known(random_dna, reverse_complement):
    a, b, c = random_dna(3, 40)
    y = pd.DataFrame({"liver": [1, np.nan, 0, 1, 1, 0], "brain": [0, 1, np.nan, np.nan, 0, 1]})
    report = find_contradictions(pd.Series([a, a, reverse_complement(a), b, b, c], index=list("uvwxyz")), y)
    assert report.table.index.tolist() == ["u", "w"], "v is not known in the liver, which speaks for the set"
    assert report.table["target"].tolist() == ["liver"] * 2
    assert report.table["label"].tolist() == [1, 0]
    assert report.table["label_share"].tolist() == [0.5, 0.5]
    assert report.accuracy_bound == 7 / 9, "of nine known entries one of either label is wrong"
    assert "2 of 6 rows (33.3%) are identical to rows of which a label is known to be another" in report.summary()
    assert "'u' (liver = 1), 'w' (liver = 0)" in report.summary()
    y.loc[2, "liver"] = np.nan
    y.loc[1, "brain"] = 0
    assert len(find_contradictions([a, a, a, b, b, c], y)) == 0
