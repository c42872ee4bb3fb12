"""On noise only a leak scores; on real signal only the true labels do."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import SanityReport, WindowBlockKFold, audit_leakage, sanity_checks
from seqaug_sklearn.model_selection._null_data import exchange_labels, noise_like, parents_of, starts_of
from seqaug_sklearn.model_selection._sanity_checks import _by_similarity as by_similarity

RANDOM = KFold(3, shuffle=True, random_state=0)


def kmer_model(k=6, estimator=None):
    estimator = MultinomialNB() if estimator is None else estimator
    return make_pipeline(CountVectorizer(analyzer="char", ngram_range=(k, k)), estimator)


@pytest.fixture
def noise_windows(random_dna, rng, windows_of):
    """40-nt windows of 24 random sequences with random labels: text, labels and positions."""
    windows, positions = windows_of(random_dna(24, 120))
    return windows, rng.permutation([0, 1] * 12)[positions[:, 0]], positions


def test_random_window_split_is_memorised_on_noise(noise_windows):
    windows, y, positions = noise_windows
    report = sanity_checks(kmer_model(), windows, y, RANDOM, positions, n_permutations=3, random_state=0)
    assert report.finding == "memorised"
    assert report.leaked_share > 0.99
    assert report.mean("true labels") > 0.95
    assert report.mean("noise sequences") > 0.95
    assert report.mean("exchanged labels") > 0.95
    assert report.mean("memoriser") > 0.99
    assert "is memorised: under this split random sequences" in report.summary()
    assert "no less than the model" in report.summary()
    assert report.by_similarity["n_rows"].iloc[:3].sum() == 0


def test_grouped_split_is_clean_and_at_chance_on_noise(noise_windows):
    windows, y, positions = noise_windows
    cv = StratifiedGroupKFold(4)
    report = sanity_checks(
        kmer_model(), windows, y, cv, positions[:, 0], positions=positions, n_permutations=5, random_state=0
    )
    assert report.finding == "clean"
    assert report.leaked_share == 0
    assert 0.3 < report.mean("true labels") < 0.7
    assert 0.3 < report.mean("noise sequences") < 0.7
    assert report.p_value > 0.1
    assert "no test row shares sequence with a training row" in report.summary()
    assert "not distinguished" in report.summary()
    assert report.by_similarity["n_rows"].iloc[0] == len(windows)


def test_block_split_is_clean_and_at_chance_on_noise(random_dna, windows_of):
    windows, positions = windows_of(random_dna(12, 200))
    cv = WindowBlockKFold(4, window=40)
    model = kmer_model(estimator=KNeighborsClassifier(1))
    report = sanity_checks(model, windows, positions[:, 0], cv, positions, random_state=0)
    assert report.finding == "clean"
    assert report.leaked_share == 0
    assert report.mean("noise sequences") < 0.25
    assert np.isnan(report.p_value)
    assert "exchanged labels" not in set(report.scores["check"])
    assert "each class has one sequence" in report.summary()
    leaky = sanity_checks(model, windows, positions[:, 0], RANDOM, positions, n_noise=1, random_state=0)
    assert leaky.finding == "memorised"


def test_the_memoriser_looks_on_both_strands(random_dna, reverse_complement):
    parents = random_dna(20, 80)
    X = parents + [reverse_complement(text) for text in parents]
    cv = [(np.arange(20), np.arange(20, 40))]
    with pytest.warns(LeakageWarning, match="no groups were given, and 20 of 20 test rows share sequence"):
        report = sanity_checks(kmer_model(), X, [0, 1] * 20, cv, n_permutations=1, n_noise=1, random_state=0)
    assert report.mean("memoriser") == 1
    assert report.leaked_share == 1


def test_a_real_signal_stands_out(rng):
    motif = "TGACGTCA"
    X = ["".join(row) for row in rng.choice(list("ACGT"), (60, 80))]
    y = np.array(["off", "on"] * 30)
    X = [
        text[:i] + motif + text[i + 8 :] if label == "on" else text
        for i, (text, label) in enumerate(zip(X, y, strict=True))
    ]
    model = kmer_model(8, LogisticRegression(C=100))
    report = sanity_checks(model, pd.Series(X), y, 5, n_permutations=19, random_state=0)
    assert report.finding == "clean"
    assert report.mean("true labels") > 0.75
    assert report.p_value == 0.05
    assert "not explained by a leak" in report.summary()
    assert "not distinguished" not in report.summary()


def test_too_few_exchanges_to_tell_are_said_to_be():
    scores = pd.DataFrame(
        [("true labels", 0, 0.9), ("guessing", 0, 0.5), ("memoriser", 0, 0.5), ("noise sequences", 0, 0.5)]
        + [("exchanged labels", repeat, 0.5) for repeat in range(4)],
        columns=["check", "repeat", "score"],
    )
    clean = audit_leakage(["ACGTTGCAGGATCCATTACGG"], ["GATTCGGCATTTTCACGCAAC"])
    report = SanityReport(scores, pd.DataFrame(), [clean], "accuracy")
    assert report.p_value == 0.2
    assert "although none is as far off: 4 exchanges give no smaller p, n_permutations=19 does" in report.summary()
    scores.loc[scores["repeat"] == 3, "score"] = 0.95
    assert "although" not in report.summary()
    assert "not distinguished" in report.summary()
    assert repr(report).startswith(f"<SanityReport: {report.verdict()[0][:60]}")


def test_leaks_without_memory_are_leaking(noise_windows):
    windows, y, positions = noise_windows
    report = sanity_checks(DummyClassifier(), windows, y, RANDOM, positions, n_permutations=1, random_state=0)
    assert report.finding == "leaking"
    assert "is not free of leaks" in report.summary()
    assert report.mean("true labels") == report.mean("guessing") <= report.chance


def test_balanced_unrelated_rows_are_never_memorised(random_dna):
    """The commonest training class is the rarer test class, so that guessing it scores below one half."""
    X, y = np.array(random_dna(20, 60)), np.array(["a", "b"] * 10)
    for seed in range(4):
        cv = KFold(10, shuffle=True, random_state=seed)
        report = sanity_checks(kmer_model(), X, y, cv, n_permutations=1, random_state=seed)
        assert report.mean("guessing") < 0.45
        assert report.chance == pytest.approx(0.5, abs=0.08)
        assert report.leaked_share == 0
        assert report.finding == "clean"
        assert "memorised" not in report.summary()


def test_classes_of_different_lengths_are_a_shortcut_and_no_memory(rng):
    y = np.array(["long", "short"] * 20)
    X = ["".join(rng.choice(list("ACGT"), 150 if label == "long" else 110)) for label in y]
    lengths = make_pipeline(
        FunctionTransformer(lambda texts: [[len(text)] for text in texts]), DecisionTreeClassifier()
    )
    report = sanity_checks(lengths, X, y, RANDOM, n_permutations=1, random_state=0)
    assert report.mean("noise sequences") == 1.0
    assert report.finding == "shortcut"
    assert "may come from the lengths of the sequences alone" in report.summary()
    assert "memorised" not in report.summary()
    # one copy under another name is a leak, and does not make memory of it
    report = sanity_checks(lengths, [*X, X[0]], [*y, y[0]], RANDOM, n_permutations=1, random_state=0)
    assert report.leaked_share > 0
    assert report.finding == "shortcut"


@pytest.mark.filterwarnings("ignore::seqaug_sklearn.exceptions.LeakageWarning")
@pytest.mark.parametrize("scoring", ["accuracy", "roc_auc"])
def test_below_chance_is_as_strange_as_above(scoring, random_dna):
    """Each test row has a copy with the other label in training: what is looked up is always wrong."""
    X, y = np.repeat(random_dna(40, 60), 2), np.tile([0, 1], 40)
    fold = (np.arange(80) % 2) ^ (np.arange(80) // 2 % 2)
    cv = [(np.flatnonzero(fold != side), np.flatnonzero(fold == side)) for side in (0, 1)]
    report = sanity_checks(kmer_model(), X, y, cv, scoring=scoring, n_permutations=5, random_state=0)
    assert report.mean("noise sequences") < 0.1
    assert report.below_chance
    assert report.finding == "leaking"
    assert "below chance (0.5" in report.summary()


def test_intervals_of_the_checks(random_dna):
    X, y = np.array(random_dna(80, 60)), np.tile([0, 1], 40)
    cv = StratifiedKFold(4, shuffle=True, random_state=0)
    report = sanity_checks(kmer_model(4), X, y, cv, n_permutations=5, random_state=0)
    assert not report.below_chance
    table = report.to_frame()
    assert (table["low"] <= table["mean"]).all()
    assert (table["high"] >= table["mean"]).all()
    noise, chance = table.loc["noise sequences"], report.chance
    assert noise["low"] <= chance <= noise["high"]
    scores = report.scores.copy()
    scores.loc[scores["check"] == "noise sequences", "score"] = 0.1
    against = dataclasses.replace(report, scores=scores)
    assert against.below_chance
    assert "below chance (0.5" in against.summary()
    assert against.finding == "clean"


def test_table_of_scores(noise_windows):
    windows, y, positions = noise_windows
    report = sanity_checks(
        kmer_model(), windows, y, RANDOM, positions, n_permutations=2, n_noise=1, scoring="roc_auc", random_state=1
    )
    counts = report.scores.groupby("check")["score"].count().to_dict()
    once = dict.fromkeys(("true labels", "memoriser", "guessing", "noise sequences", "memoriser on noise"), 3)
    assert counts == once | {"exchanged labels": 6, "random guessing": 60}
    assert report.to_frame()["n_fits"].to_dict() == counts
    assert report.to_frame().loc["guessing", "mean"] == report.chance == 0.5
    assert report.by_similarity["n_rows"].sum() == len(windows)
    weights = report.by_similarity["n_rows"] / len(windows)
    assert 0.9 < (weights * report.by_similarity["memoriser_accuracy"].fillna(0)).sum() <= 1
    again = sanity_checks(
        kmer_model(), windows, y, RANDOM, positions, n_permutations=2, n_noise=1, scoring="roc_auc", random_state=1
    )
    pd.testing.assert_frame_equal(report.scores, again.scores)


def test_a_share_at_the_edge_counts_from_there_on():
    shares = np.array([0.0, 0.049, 0.05, 0.2, 0.4, 0.6, 0.8, 1.0])
    right = {"true labels": np.ones(8), "memoriser": np.zeros(8)}
    table = by_similarity([SimpleNamespace(kmer_share=shares)], right)
    assert table["n_rows"].tolist() == [2, 1, 1, 1, 1, 2]
    assert table["low"].tolist() == [0, 0.05, 0.2, 0.4, 0.6, 0.8]


def test_every_form_gives_the_same(noise_windows, random_dna):
    windows, y, positions = noise_windows
    y = np.array(["a", "b"])[y]
    options = {"n_permutations": 1, "n_noise": 1, "random_state": 3}
    expected = sanity_checks(kmer_model(), windows, y, RANDOM, positions, **options).scores
    series = pd.Series(windows, index=[f"w{i}" for i in range(len(windows))])
    for X in (windows.tolist(), series):
        found = sanity_checks(kmer_model(), X, y, RANDOM, pd.DataFrame(positions), **options)
        pd.testing.assert_frame_equal(found.scores, expected)
    assert found.leakage[0].to_frame().index[0].startswith("w")


def test_a_window_set_brings_its_positions(random_dna):
    parents = random_dna(10, 80)
    y = np.array([0, 1] * 5)
    windows = WindowAugmenter(40).fit(parents).explode(parents, y)
    cv = GroupKFold(5)
    report = sanity_checks(kmer_model(), windows, windows.y, cv, windows.groups, n_permutations=1, random_state=0)
    assert report.finding == "clean"
    by_hand = sanity_checks(
        kmer_model(),
        windows.windows,
        windows.y,
        cv,
        windows.groups,
        positions=windows.positions,
        n_permutations=1,
        random_state=0,
    )
    pd.testing.assert_frame_equal(report.scores, by_hand.scores)


def test_noise_overlaps_where_the_windows_do(random_dna, rng, windows_of):
    sequences = [random_dna(1, length)[0] for length in (50, 70, 41)]
    windows, positions = windows_of(sequences, 40)
    texts = windows.tolist()
    parents = parents_of(texts, positions)
    noise = noise_like(texts, parents, starts_of(texts, positions, parents, DNA), DNA, rng)
    assert list(map(len, noise)) == [40] * len(texts)
    for i, j in zip(range(len(noise)), range(1, len(noise)), strict=False):
        assert (noise[i][1:] == noise[j][:-1]) == (parents[i] == parents[j])
    assert not set(noise) & set(texts)


def test_starts_are_read_off_the_windows(random_dna, windows_of):
    windows, positions = windows_of(random_dna(4, 60), 40, step=3)
    parents = parents_of(windows.tolist(), positions[:, 0])
    assert starts_of(windows.tolist(), positions[:, 0], parents, DNA).tolist() == positions[:, 1].tolist()
    assert starts_of(["ACGT", "ACG"], np.array([0, 0]), np.array([0, 0]), DNA) is None
    assert starts_of(windows.tolist(), None, parents, DNA) is None


def test_noise_keeps_equal_rows_equal_and_the_composition(rng):
    texts = ["A" * 300 + "C" * 100, "A" * 300 + "C" * 100, "A" * 350 + "CG" * 25]
    noise = noise_like(texts, parents_of(texts, None), None, DNA, rng)
    assert noise[0] == noise[1] != noise[2]
    assert "T" not in "".join(noise)
    assert 0.7 < "".join(noise).count("A") / 1200 < 0.9


def test_whole_parents_exchange_labels(rng):
    parents = np.repeat(np.arange(10), 4)
    codes = np.repeat([0, 1] * 5, 4)
    different = 0
    for _ in range(20):
        exchanged = exchange_labels(codes, parents, rng)
        per_parent = exchanged.reshape(10, 4)
        assert (per_parent == per_parent[:, :1]).all()
        assert per_parent[:, 0].sum() == 5
        different += (exchanged != codes).any()
    assert different > 15
    assert exchange_labels(parents, parents, rng) is None


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"y": [0.5] * 4}, "y holds one value only"),
        ({"y": [0, 1, 0]}, "X has 4 rows but y has 3 labels"),
        ({"y": ["a", "b", None, "a"]}, r"y is missing for row 2 \(1 of 4 rows\)"),
        ({"cv": [0, 1, 0, 1]}, r"cv must be an int, a splitter or pairs of \(train, test\) rows, got 0"),
        ({"y": [1, 1, 1, 1]}, "at least two classes, got"),
        ({"groups": [0, 1]}, r"groups must have shape \(4,\) or \(4, 2\), got \(2,\)"),
        ({"groups": np.zeros((4, 3))}, r"got \(4, 3\)"),
        ({"positions": [0, 1, 2, 3]}, r"positions must be integers of shape \(4, 2\)"),
        ({"X": ["ACGT", "ACGT", None, "ACGT"]}, "number 2 is missing"),
        ({"X": ["ACGT", "ACGT", "MKLE", "ACGT"]}, "symbol 'M'|symbol 'L'"),
    ],
)
def test_bad_input(arguments, match):
    defaults = {"X": ["ACGT", "CCGT", "GGAT", "TTGA"], "y": [0, 1, 0, 1], "cv": 2}
    with pytest.raises((ValueError, TypeError), match=match):
        sanity_checks(kmer_model(2), **defaults | arguments)


def test_a_shortcut_is_said_first_and_can_be_left_out():
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice(list("ACGT"), n)) for n in [40] * 20 + [50] * 20]
    y = np.repeat(["short", "long"], 20)
    model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2)), MultinomialNB())
    cv = KFold(2, shuffle=True, random_state=0)
    options = {"n_permutations": 1, "n_noise": 1, "random_state": 0}
    report = sanity_checks(model, X, y, cv, **options)
    assert report.shortcuts.best == "length"
    assert report.summary().startswith("The classes are explained by length (median 40 in short, 50 in long)")
    without = sanity_checks(model, X, y, cv, shortcuts=False, **options)
    assert without.shortcuts is None
    assert without.summary().startswith("The accuracy of ")
    assert sanity_checks(model, X[11:29], y[11:29], cv, **options).shortcuts is None
