"""The lookup baseline against a naive reference, and what must not change its answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold, cross_val_predict, cross_val_score

from seqaug_sklearn import evaluation
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.similarity import NearestSequenceClassifier, memoriser

COMPLEMENT = str.maketrans("ACGTU", "TGCAA")


def other_strand(text):
    return text.translate(COMPLEMENT)[::-1]


def counts_of(text, k, both_strands):
    counts = {}
    for start in range(len(text) - k + 1):
        kmer = text[start : start + k]
        kmer = min(kmer, other_strand(kmer)) if both_strands else kmer
        counts[kmer] = counts.get(kmer, 0) + 1
    return counts


def naive_proba(train, y, test, k, both_strands):
    """The contract, word by word, with dictionaries."""
    classes = sorted(set(y))
    prior = [sum(label == c for label in y) / len(y) for c in classes]
    rows = []
    for text in test:
        strands = (False, True) if both_strands else (False,)
        held = [{strand: counts_of(t, k, strand) for strand in strands} for t in train]
        own = {strand: counts_of(text, k, strand) for strand in strands}
        shared = [sum(min(n, own[s].get(kmer, 0)) for s in strands for kmer, n in h[s].items()) for h in held]
        sizes = [sum(h[False].values()) for h in held]
        nearest = [i for i, t in enumerate(train) if t == text]
        if not nearest and max(shared):
            fewest = min(size for s, size in zip(shared, sizes, strict=True) if s == max(shared))
            nearest = [i for i in range(len(train)) if shared[i] == max(shared) and sizes[i] == fewest]
        if not nearest and both_strands:
            nearest = [i for i, t in enumerate(train) if t == other_strand(text)]
        rows.append([sum(y[i] == c for i in nearest) / len(nearest) for c in classes] if nearest else prior)
    return np.array(rows)


texts = st.text(alphabet="ACGT", min_size=1, max_size=14)


@settings(max_examples=60, deadline=None)
@given(
    train=st.lists(st.tuples(texts, st.sampled_from("xyz")), min_size=1, max_size=8),
    test=st.lists(texts, min_size=1, max_size=5),
    k=st.integers(1, 4),
    both_strands=st.booleans(),
    seed=st.integers(0, 100),
)
def test_equals_the_naive_reference_in_any_order_of_rows(train, test, k, both_strands, seed):
    X, y = [text for text, _ in train], [label for _, label in train]
    X[0] = X[0] + "ACGT"  # k is never longer than all rows
    X.append("TT")
    y.append("last")  # never one class only
    expected = naive_proba(X, y, test, k, both_strands)
    order = np.random.default_rng(seed).permutation(len(X))
    model = NearestSequenceClassifier(k, both_strands=both_strands)
    given = model.fit(X, y).predict_proba(test)
    np.testing.assert_allclose(given, expected, rtol=0, atol=1e-12)
    shuffled = model.fit([X[i] for i in order], [y[i] for i in order])
    assert shuffled.predict_proba(test).tolist() == given.tolist()
    assert shuffled.predict_proba(test[::-1]).tolist() == given[::-1].tolist()


def test_unrelated_rows_get_the_class_prior_whatever_comes_first(random_dna):
    X, y = random_dna(40, 60), np.array(["a"] * 10 + ["b"] * 30)
    for order in (np.arange(40), np.arange(40)[::-1]):
        model = NearestSequenceClassifier(16).fit([X[i] for i in order], y[order])
        new = ["".join(reversed(text)) for text in X]
        assert model.predict_proba(new).tolist() == [[0.25, 0.75]] * 40
        assert set(model.predict(new)) == {"b"}


def test_a_file_sorted_by_class_scores_as_a_shuffled_one(random_dna):
    """Half of the rows unrelated to any other: their predictions must not hang on the order of the file."""
    families = random_dna(20, 80)
    X = np.array([*families, *(text[5:] + text[:5] for text in families), *random_dna(40, 80)])
    y = np.array(["p", "n"] * 10 + ["p", "n"] * 10 + ["p", "n"] * 20)
    folds = list(StratifiedKFold(4, shuffle=True, random_state=0).split(X, y))
    predicted = {}
    for name, order in {"sorted": np.argsort(y, kind="stable"), "reversed": np.argsort(y)[::-1]}.items():
        place = np.argsort(order)
        moved = [(place[train], place[test]) for train, test in folds]
        proba = cross_val_predict(memoriser(), X[order], y[order], cv=moved, method="predict_proba")
        predicted[name] = proba[place]
    assert predicted["sorted"].tolist() == predicted["reversed"].tolist()


@pytest.mark.realdata
def test_the_order_of_a_public_benchmark_changes_nothing(real_data):
    """UCI promoters, sorted by class as published: 1-NN by the first training row had .962 or .603."""
    table = pd.read_csv(real_data / "benchmarks" / "uci_promoters.csv")
    X, y = table["sequence"].str.upper().to_numpy(), table["label"].to_numpy()
    folds = list(StratifiedKFold(10, shuffle=True, random_state=0).split(X, y))
    scores = set()
    for order in (np.arange(len(y)), np.arange(len(y))[::-1], np.random.default_rng(0).permutation(len(y))):
        place = np.argsort(order)
        moved = [(np.sort(place[train]), np.sort(place[test])) for train, test in folds]
        scores.add(tuple(cross_val_score(memoriser(), X[order], y[order], cv=moved)))
    assert len(scores) == 1


def test_tied_neighbours_are_averaged_and_the_commoner_class_is_predicted():
    X, y = ["ACGTACGGTT", "ACGTACGGTT", "ACGTACGGTT", "GGGGGGGGGG"], ["b", "b", "a", "a"]
    model = NearestSequenceClassifier(6).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(["ACGTACGGTT"]), [[1 / 3, 2 / 3]])
    model = NearestSequenceClassifier(6).fit([*X[1:], "CCCCCCTTTT"], ["b", "a", "b", "b"])
    assert model.predict(["ACGTACGGTT"]).tolist() == ["b"], "one each, and b is commoner"


def test_a_copy_is_nearer_than_a_longer_sequence_that_contains_it():
    long, short = "TTTACGTTGCATTT", "ACGTTGCA"
    model = NearestSequenceClassifier(5).fit([long, short], ["long", "short"])
    assert model.predict([short, long]).tolist() == ["short", "long"]


def test_the_same_strand_goes_before_the_other(random_dna):
    """Neighbouring genes on opposite strands: one place, two classes."""
    place = random_dna(1, 60)[0]
    X = [place[2:42], other_strand(place[:40])]
    model = memoriser().fit(X, ["forward", "reverse"])
    assert model.predict([place[:40], other_strand(place[2:42])]).tolist() == ["forward", "reverse"]
    assert memoriser().fit([*X[1:], "ACGT" * 10], ["reverse", "other"]).predict([place[:40]]).tolist() == ["reverse"]


def test_copies_shorter_than_k_are_found(random_dna):
    model = NearestSequenceClassifier().fit([*random_dna(3, 40), "ACGTAC"], list("aaab"))
    assert model.predict(["ACGTAC", "GTACGT", "ACGTAA"]).tolist() == ["b", "b", "a"]


@pytest.mark.parametrize(("alphabet", "both"), [("dna", True), ("rna", False), ("protein", False)])
def test_strands_and_k_follow_the_alphabet(alphabet, both, random_dna):
    symbols = {"dna": "ACGT", "rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}[alphabet]
    X, y = random_dna(20, 60, symbols), np.arange(20)
    model = memoriser(alphabet=alphabet).fit(X, y)
    assert (model.k_, model.both_strands_) == (5 if alphabet == "protein" else 12, both)
    assert model.predict([text[7:] + text[:7] for text in X]).tolist() == y.tolist()
    if alphabet == "dna":
        assert model.predict([other_strand(text) for text in X]).tolist() == y.tolist()


def test_strands_can_be_chosen(random_dna):
    X, y = random_dna(20, 60), np.arange(20)
    mirrored = [other_strand(text) for text in X]
    assert (memoriser(canonical=False).fit(X, y).predict(mirrored) == y).mean() == 0.05
    rna = [text.replace("T", "U") for text in X]
    mirrored = [text.replace("T", "U") for text in mirrored]
    assert memoriser(alphabet="rna", canonical=True).fit(rna, y).predict(mirrored).tolist() == y.tolist()


def test_protein_families_at_70_percent_identity_are_looked_up(random_dna, rng):
    symbols = "ACDEFGHIKLMNPQRSTVWY"
    parents, y = random_dna(30, 150, symbols), np.arange(30) % 2
    relatives = ["".join(c if rng.random() < 0.7 else rng.choice(list(symbols)) for c in text) for text in parents]
    assert memoriser(alphabet="protein").fit(parents, y).score(relatives, y) == 1.0
    assert memoriser(12, "protein").fit(parents, y).score(relatives, y) < 0.8


def test_k_is_at_most_the_longest_training_sequence():
    model = memoriser().fit(["ACGTACG", "TTGGT"], ["a", "b"])
    assert model.k_ == 7
    assert model.predict(["ACGTACG", "TTGGT"]).tolist() == ["a", "b"]


def test_series_frames_and_lower_case(random_dna):
    X, y = random_dna(6, 30), list("ababab")
    frame = pd.DataFrame({"sequence": X}, index=list("uvwxyz"))
    model = memoriser().fit(frame, y)
    for form in (X, pd.Series(X), frame, np.array(X), [text.lower() for text in X]):
        assert model.predict(form).tolist() == y


def test_blocks_of_rows_change_nothing(random_dna, monkeypatch):
    X, y = random_dna(30, 40), np.arange(30) % 3
    whole = memoriser(4).fit(X, y).predict_proba(X[::-1])
    monkeypatch.setattr("seqaug_sklearn.similarity._sequence_lookup._BLOCK_ENTRIES", 70)
    assert memoriser(4).fit(X, y).predict_proba(X[::-1]).tolist() == whole.tolist()


def test_wrong_input():
    with pytest.raises(SequenceError, match="longest sequence has 4"):
        memoriser(9).fit(["ACGT", "ACG"], [0, 1])
    with pytest.raises(ValueError, match="X has 2 rows but y has 3 labels"):
        memoriser(2).fit(["ACGT", "ACG"], [0, 1, 1])
    with pytest.raises(ValueError, match="one class only \\('x'\\)"):
        memoriser(2).fit(["ACGT", "ACG"], ["x", "x"])
    for measured in ([0.5, 1.25], np.array([0.5, 1.25], dtype=object)):
        with pytest.raises(ValueError, match="looks like a measurement"):
            memoriser(2).fit(["ACGT", "ACG"], measured)


def test_there_is_one():
    assert evaluation.memoriser is memoriser
