"""Planted shortcuts are named, nothing is where nothing is, and words say "explained by"."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, WindowAugmenter
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError, SeqAugWarning
from seqaug_sklearn.model_selection import audit_shortcuts, score_beyond_shortcut


def draw(rng, n, length=60, gc=0.5):
    weights = [(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]
    lengths = np.broadcast_to(length, n)
    return ["".join(rng.choice(list("ACGT"), size, p=weights)) for size in lengths]


def planted(what, n, rng, is_class):
    """Sequences of which the rows of `is_class` have an artefact."""
    X = draw(rng, len(is_class), 60)
    marked = np.flatnonzero(is_class)
    repeats = ["AC", "AG", "AT", "CG", "CT", "GT"]
    changed = {
        "GC": lambda: draw(rng, n, 60, gc=0.8),
        "length": lambda: draw(rng, n, rng.integers(70, 80, n)),
        "adapter": lambda: [f"GATTACAG{X[i][8:]}" for i in marked],
        "tag": lambda: [f"{X[i][:-6]}CCGCGG" for i in marked],
        "N": lambda: [f"N{X[i][1:]}" for i in marked],
        "lower": lambda: [f"{X[i][:50]}{X[i][50:].lower()}" for i in marked],
        "repeats": lambda: [f"{X[i][:20]}{repeats[i % 6] * 10}{X[i][40:]}" for i in marked],
    }[what]()
    for place, text in zip(marked, changed, strict=True):
        X[place] = text
    return X


NAMED = {
    "GC": "GC content",
    "length": "length",
    "adapter": "the beginning GATTACAG",
    "tag": "the end CCGCGG",
    "N": "position 1",
    "lower": "share of lower case",
    "repeats": "share of low complexity",
}


@pytest.mark.parametrize("what", NAMED)
def test_a_planted_shortcut_is_named_first(what):
    rng = np.random.default_rng(1)
    y = rng.permutation(np.repeat(["a", "b"], 30))
    report = audit_shortcuts(planted(what, 30, rng, y == "a"), y)
    assert report.best == NAMED[what]
    assert report.found
    assert report.table.loc[report.best, "score"] > 0.95
    first = report.verdict()[0]
    assert first.startswith(f"The classes are explained by {NAMED[what]} (")
    assert "invalid" not in report.summary()


@pytest.mark.parametrize("kind", ["three classes", "number", "labels"])
@pytest.mark.parametrize("what", ["GC", "length", "adapter"])
def test_a_shortcut_is_named_for_every_kind_of_target(what, kind):
    rng = np.random.default_rng(2)
    if kind == "three classes":
        y = rng.permutation(np.repeat(["a", "b", "c"], 25))
        marked = y == "b"
    elif kind == "number":
        y = rng.normal(size=75)
        marked = y > np.quantile(y, 0.6)
    else:
        y = rng.integers(0, 2, (75, 3)).astype(float)
        y[rng.random(y.shape) < 0.1] = np.nan
        marked = y[:, 2] == 1
    report = audit_shortcuts(planted(what, int(marked.sum()), rng, marked), y)
    assert report.best == NAMED[what]
    assert report.table.loc[report.best, "told_best"] == {"three classes": "b", "number": "y", "labels": "y2"}[kind]
    assert report.kind == {"three classes": "classes"}.get(kind, kind)


def test_scores_are_those_of_scikit_learn_and_scipy():
    rng = np.random.default_rng(3)
    X = draw(rng, 60, rng.integers(30, 60, 60))
    lengths = np.array(list(map(len, X)), float)
    y = rng.integers(0, 2, 60)
    area = roc_auc_score(y, lengths)
    assert audit_shortcuts(X, y).table.loc["length", "score"] == pytest.approx(max(area, 1 - area))
    classes = rng.integers(0, 3, 60)
    areas = [roc_auc_score(classes == one, lengths) for one in range(3)]
    macro = np.mean([max(area, 1 - area) for area in areas])
    assert audit_shortcuts(X, classes).table.loc["length", "score"] == pytest.approx(macro)
    values = rng.normal(size=60)
    report = audit_shortcuts(X, values)
    assert report.table.loc["length", "score"] == pytest.approx(abs(spearmanr(lengths, values)[0]))
    inside = report.table.dropna()
    assert ((inside["low"] <= inside["score"]) & (inside["score"] <= inside["high"])).all()


def test_a_set_without_a_shortcut_is_rarely_accused():
    alarms = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        alarms += audit_shortcuts(draw(rng, 50, 40), rng.permutation(np.repeat([0, 1], 25)), random_state=seed).found
    # binomial with p = 0.05: four or more once in 60
    assert alarms <= 3


@pytest.mark.parametrize("kind", ["number", "several numbers"])
def test_numbers_without_a_shortcut_are_rarely_accused(kind):
    """Adjusted for all traits and targets: five percent of data sets at most."""
    alarms = 0
    for seed in range(12):
        rng = np.random.default_rng(seed + 100)
        y = rng.normal(size=60) if kind == "number" else rng.normal(size=(60, 4))
        alarms += audit_shortcuts(draw(rng, 60, 30), y, n_permutations=39, random_state=seed).found
    # binomial with p = 0.05: three or more once in 50
    assert alarms <= 2


def test_a_shortcut_of_one_number_among_several_with_gaps():
    rng = np.random.default_rng(3)
    X = draw(rng, 80)
    gc = np.array([text.count("G") + text.count("C") for text in X])
    y = pd.DataFrame(rng.normal(size=(80, 3)), columns=["first", "second", "third"])
    y["second"] = gc + rng.normal(size=80)
    y = y.mask(rng.random(y.shape) < 0.2)
    report = audit_shortcuts(X, y)
    assert (report.best, report.table["told_best"].iloc[0]) == ("GC content", "second")
    known = y["second"].notna()
    expected = abs(spearmanr(gc[known], y["second"][known])[0])
    assert report.table["score"].iloc[0] == pytest.approx(expected)
    assert "The values of 'second' are" in report.verdict()[0]
    assert "class" not in " ".join(report.verdict())
    alone = audit_shortcuts(X, y["second"])
    assert alone.table["score"].iloc[0] == pytest.approx(expected), "gaps of a single number are left out too"
    left = score_beyond_shortcut(y["second"], gc + rng.normal(size=80), report.values("GC content"))
    assert left.metric == "Spearman correlation"
    assert left.n_pairs == known.sum()
    assert left.beyond < left.score / 2


def test_members_of_a_group_are_no_witnesses_of_their_own():
    rng = np.random.default_rng(4)
    families = draw(rng, 10, 60)
    groups = np.repeat(np.arange(10), 12)
    X = [families[group][:55] + tail for group, tail in zip(groups, draw(rng, 120, 5), strict=True)]
    y = (groups % 2)[:]
    assert audit_shortcuts(X, y).found
    assert not audit_shortcuts(X, y, groups=groups).found


def test_equal_sequences_with_other_labels_come_first():
    rng = np.random.default_rng(5)
    X = draw(rng, 50)
    X[25:28] = X[:3]
    y = np.repeat(["a", "b"], 25)
    report = audit_shortcuts(X, y)
    assert report.found
    assert len(report.contradictions) == 6
    assert report.verdict()[0].startswith("6 of 50 rows (12.0%) are identical to rows with another label")
    values = rng.normal(size=50)
    values[:3], values[25:28] = -2, 2
    told = audit_shortcuts(X, values).verdict()[0]
    assert told.startswith("6 of 50 rows (12.0%) are identical to rows whose value differs by more than noise")
    values[25:28] = values[:3] + 0.1
    assert audit_shortcuts(X, values).contradictions is None
    labels = np.tile([0.0, 1.0], (50, 1))
    labels[rng.random(50) < 0.5, 1] = 0
    labels[:3], labels[25:28] = [0, 1], [1, 1]
    assert len(audit_shortcuts(X, labels).contradictions) == 6


def test_names_and_order_are_told_apart_from_what_a_model_sees():
    rng = np.random.default_rng(6)
    y = np.repeat(["a", "b"], 30)
    index = [f"plate{1 if label == 'a' else 2}_w{i}" for i, label in enumerate(y)]
    report = audit_shortcuts(pd.Series(draw(rng, 60), index=index), y)
    assert not report.found
    assert report.best is None
    assert set(report.findings.index) == {"order in the file", "part 1 of the name"}
    assert "shuffle before splitting" in report.summary()
    assert "part 1 of the name (1.000" in report.summary()
    assert report.verdict()[0].startswith("Nothing trivial explains the classes: none of ")
    assert set(audit_shortcuts(draw(rng, 60), y, names=index).findings.index) >= {"part 1 of the name"}


def test_properties_of_proteins_are_looked_at():
    rng = np.random.default_rng(7)
    symbols = list("ACDEFGHIKLMNPQRSTVWY")
    # lysine and arginine against aspartate and glutamate: no residue tells as much as the charge
    weights = np.array([np.isin(symbols, list(letters)) * 1.0 + 1 for letters in ("KR", "DE")])
    X = ["".join(rng.choice(symbols, 60, p=row / row.sum())) for row in np.repeat(weights, 30, axis=0)]
    X[0] = "X" * 60
    report = audit_shortcuts(X, np.repeat(["a", "b"], 30), alphabet="protein")
    assert report.best == "charge at pH 7 per residue"
    families = set(report.table["family"])
    assert {"property", "composition", "position", "unknown symbols"} <= families


def test_positions_are_counted_from_both_ends_only_where_lengths_differ():
    rng = np.random.default_rng(8)
    y = np.repeat([0, 1], 30)
    X = draw(rng, 60, rng.integers(40, 45, 60))
    X = [f"{text[:-3]}G{text[-2:]}" if label else text for text, label in zip(X, y, strict=True)]
    report = audit_shortcuts(X, y)
    assert report.best == "position 3 from the end"
    assert set(report.positions["end"]) == {"start", "end"}
    # beyond what 80 % of the rows reach, a position says how long rows are
    assert report.positions["position"].max() < 44
    assert report.positions["bits"].idxmax() == "position 3 from the end"
    assert set(audit_shortcuts(draw(rng, 60), y).positions["end"]) == {"start"}


def test_the_same_seed_gives_the_same_table_and_input_stays_as_it_is():
    rng = np.random.default_rng(9)
    X, y = pd.Series(draw(rng, 50)), rng.integers(0, 2, 50)
    before = X.copy(), y.copy()
    first, second, other = (audit_shortcuts(X, y, random_state=seed).to_frame() for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, second)
    assert not first["p"].equals(other["p"].loc[first.index])
    pd.testing.assert_series_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [0] * 20}, "y holds one class only"),
        ({"y": [0, 1] * 9}, "X has 20 rows but y has 18"),
        ({"y": np.arange(38.0).reshape(19, 2)}, "X has 20 rows but y has 19"),
        ({"y": np.full((20, 2), "a")}, "y holds 'a' for 'y0' in row 0, which is no number"),
        ({"y": np.full((20, 2), 1.0)}, "y holds one value only"),
        ({"y": np.r_[np.inf, np.arange(39)].reshape(20, 2)}, "y holds infinity for 'y0' in row 0"),
        ({"groups": [0, 1]}, "groups must have one entry per row"),
        ({"names": ["a"]}, "names must have one entry per row"),
        ({"n_permutations": 5}, "n_permutations must be a whole number of at least 19"),
    ],
)
def test_what_does_not_fit_is_named(change, message):
    X = draw(np.random.default_rng(0), 20)
    with pytest.raises((DataFormatError, InvalidParameterError), match=message):
        audit_shortcuts(X, **{"y": [0, 1] * 10} | change)


def test_one_position_is_looked_at_where_there_would_be_too_many(monkeypatch):
    from seqaug_sklearn.model_selection._shortcuts import _audit

    monkeypatch.setattr(_audit, "_WORK", 1.0)
    rng = np.random.default_rng(10)
    report = audit_shortcuts(draw(rng, 40), rng.permutation(np.repeat([0, 1], 20)))
    assert report.most_positions == 30
    assert len(report.positions) == 30
    assert "the first and last 30 positions of each sequence were examined" in report.summary()


def test_rows_made_of_one_sequence_are_no_witnesses_of_their_own(rng):
    X = pd.Series(["".join(row) for row in rng.choice(list("ACGT"), (30, 60))], index=[f"g{i}" for i in range(30)])
    copies, _ = RandomAugmentation([RandomMutation(0.05)], random_state=0).fit_resample(X, np.arange(30) % 2)
    windows = WindowAugmenter(30, overlap=(0, 10), min_shared=None).explode(X, y=np.arange(30) % 2)
    for rows, y in ((copies, np.tile(np.arange(30) % 2, 2)), (windows, windows.y), (pd.concat([X, X]), [0, 1] * 30)):
        assert audit_shortcuts(rows, y, n_permutations=19).n_groups == 30


def test_too_few_groups_to_tell_are_said_to_be(rng):
    X = ["".join(row) for row in rng.choice(list("ACGT"), (40, 60))]
    X = ["GATTACAG" + text[8:] if row < 20 else text for row, text in enumerate(X)]
    report = audit_shortcuts(X, [0] * 20 + [1] * 20, groups=np.repeat(["a", "b", "c", "d"], 10), n_permutations=39)
    assert not report.found
    assert report.undecided is not None
    assert "40 rows of 4 groups are too few to distinguish that from chance" in report.verdict()[0]
    assert "cannot be said" in report.verdict()[0]
    assert audit_shortcuts(X, [0] * 20 + [1] * 20, n_permutations=39).undecided is None


def test_whole_numbers_are_measured_and_read_once():
    """Rounded activity that rises with GC was taken for ninety classes, none of which anything explained."""
    rng = np.random.default_rng(0)
    gc = rng.uniform(0.2, 0.8, 90)
    X = [draw(rng, 1, 60, share)[0] for share in gc]
    report = audit_shortcuts(X, np.round(90 * gc + rng.normal(0, 5, 90)).astype(int), n_permutations=19)
    assert report.kind == "number"
    assert report.best == "GC content"
    with pytest.warns(SeqAugWarning, match="names of as many classes") as told:
        audit_shortcuts(X, ["1.1", "2.7", "3.4"] * 30, n_permutations=19)
    assert len(told) == 1


def test_each_of_several_labels_is_named_with_its_trait():
    """The sentence about other traits says whose they are, the strongest first."""
    rng = np.random.default_rng(0)
    y = pd.DataFrame(rng.integers(0, 2, (80, 2)), columns=["skin", "bone"])
    X = planted("GC", int(y["skin"].sum()), rng, y["skin"].to_numpy())
    X = [f"{x}{'A' * 9}" if there else x for x, there in zip(X, y["bone"], strict=True)]
    report = audit_shortcuts(X, y, n_permutations=19)
    others = next(line for line in report.verdict() if line.startswith("Other traits"))
    assert "explain too: 'skin' by " in others or "explain too: 'bone' by " in others
    figures = [float(figure) for figure in re.findall(r"\((\d\.\d+)\)", others)]
    assert figures == sorted(figures, reverse=True)
    assert "no more" not in others
    seen = report.findings[report.findings["seen"]]
    assert seen["score"].iloc[0] >= seen["score"].max() - 0.02
