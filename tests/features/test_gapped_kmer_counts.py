"""GappedKmerCounts against dictionaries."""

from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.exceptions import InsufficientMemoryError, InvalidParameterError, SequenceError
from seqaug_sklearn.features import GappedKmerCounts, KmerCounts
from seqaug_sklearn.utils import _memory

SYMBOLS = {"dna": "ACGT", "rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def naive_counts(text, length, k, alphabet, canonical):
    """Counts by name; of both strands the name whose mask, then whose letters come first."""
    counts = Counter()
    for window in (text.upper()[i : i + length] for i in range(len(text) - length + 1)):
        for mask in combinations(range(length), k):
            if {window[place] for place in mask} <= set(SYMBOLS[alphabet]):
                name = "".join(letter if place in mask else "-" for place, letter in enumerate(window))
                names = [name, *(reverse_complement([name], alphabet) if canonical else [])]
                counts[min(names, key=lambda name: (mask_of(name), name))] += 1
    return counts


def mask_of(name):
    return tuple(place for place, letter in enumerate(name) if letter != "-")


@pytest.fixture
def hard_texts(rng):
    """Factory: rows of several lengths, repeats, lower case, unknown residues, gaps, shorter than a gapped k-mer."""

    def make(alphabet):
        unknown = "X" if alphabet == "protein" else "N"
        symbols = list(SYMBOLS[alphabet])[:5]
        texts = ["".join(rng.choice(symbols, n)) for n in (*rng.integers(1, 30, 8), 20, 20)]
        return [*texts, texts[-1].lower(), unknown * 9, symbols[0] * 20, texts[0] + unknown + texts[1] + "-" + texts[2]]

    return make


@pytest.mark.parametrize(
    ("alphabet", "length", "k", "canonical"),
    [
        ("dna", 4, 2, True),
        ("dna", 5, 3, True),
        ("dna", 5, 4, False),
        ("dna", 6, 6, True),
        ("dna", 14, 12, True),  # searched for, no longer looked up in a table
        ("dna", 1, 1, True),
        ("rna", 4, 3, True),
        ("rna", 4, 3, False),
        ("protein", 5, 2, False),
        ("protein", 9, 8, False),
    ],
)
def test_equals_dictionaries(alphabet, length, k, canonical, hard_texts):
    X = hard_texts(alphabet)
    expected = [naive_counts(text, length, k, alphabet, canonical) for text in X]
    model = GappedKmerCounts(length, k, alphabet=alphabet, canonical=canonical).fit(X[::2])
    names = model.get_feature_names_out().tolist()
    assert names == sorted({name for row in expected[::2] for name in row}, key=lambda name: (mask_of(name), name))
    table = [[row[name] for name in names] for row in expected]
    np.testing.assert_array_equal(model.transform(X).toarray(), table)


def test_without_gaps_they_are_kmers(random_dna):
    X = random_dna(5, 40)
    gapped, plain = GappedKmerCounts(4, 4).fit(X), KmerCounts(4).fit(X)
    assert gapped.get_feature_names_out().tolist() == plain.get_feature_names_out().tolist()
    np.testing.assert_array_equal(gapped.transform(X).toarray(), plain.transform(X).toarray())


def test_both_strands_are_one(random_dna):
    X = random_dna(5, 40)
    model = GappedKmerCounts(6, 3).fit(X)
    np.testing.assert_array_equal(model.transform(X).toarray(), model.transform(reverse_complement(X)).toarray())
    with pytest.raises(ValueError, match="no complement"):
        GappedKmerCounts(3, 2, alphabet="protein", canonical=True).fit(["MKV"])


def test_weights(random_dna):
    X = random_dna(6, 30)
    counts = GappedKmerCounts(5, 3).fit_transform(X).toarray()
    shares = GappedKmerCounts(5, 3, weighting="frequency").fit_transform(X).toarray()
    np.testing.assert_allclose(shares, counts / counts.sum(axis=1, keepdims=True), rtol=1e-6)
    presence = GappedKmerCounts(5, 3, weighting="binary").fit_transform(X).toarray()
    np.testing.assert_array_equal(presence, counts > 0)


def test_those_of_most_rows_are_kept(random_dna):
    X = random_dna(9, 30)
    every, some = GappedKmerCounts(4, 2).fit(X), GappedKmerCounts(4, 2, max_features=7).fit(X)
    often = (every.transform(X).toarray() > 0).sum(axis=0)
    best = np.sort(np.argsort(-often, kind="stable")[:7])
    assert some.get_feature_names_out().tolist() == every.get_feature_names_out()[best].tolist()
    np.testing.assert_array_equal(some.transform(X).toarray(), every.transform(X).toarray()[:, best])


def test_hashed_columns_hold_the_same_counts(random_dna):
    X = random_dna(6, 40)
    counts = GappedKmerCounts(4, 3).fit_transform(X).toarray()
    model = GappedKmerCounts(4, 3, n_features=50).fit(X[:1])
    hashed = model.transform(X)
    assert hashed.shape == (6, 50)
    np.testing.assert_array_equal(hashed.toarray().sum(axis=1), counts.sum(axis=1))
    # with many columns nothing is shared, and the products are those of the counts
    wide = GappedKmerCounts(4, 3, n_features=2**22).fit_transform(X)
    np.testing.assert_array_equal((wide @ wide.T).toarray(), counts @ counts.T)
    assert model.get_feature_names_out()[[0, -1]].tolist() == ["hash0", "hash49"]


def test_data_frames_of_dense_output(random_dna):
    X = pd.Series(random_dna(3, 20), index=list("abc"))
    frame = GappedKmerCounts(3, 2, sparse_output=False).set_output(transform="pandas").fit_transform(X)
    assert frame.index.tolist() == list("abc")
    assert "A-C" in frame.columns


@pytest.mark.parametrize(
    ("params", "X", "error", "message"),
    [
        ({"l": 3, "k": 4}, ["ACGT"], InvalidParameterError, "k must be at most l=3, got 4"),
        ({"l": 40, "k": 32}, ["ACGT"], InvalidParameterError, "k must be at most 31 for the dna alphabet, got 32"),
        (
            {"l": 5, "k": 2},
            ["ACGT"],
            SequenceError,
            "l=5 asks for gapped k-mers that no .*4 residues",
        ),
        ({"l": 3, "k": 2, "n_features": 9, "max_features": 3}, ["ACGT"], InvalidParameterError, "max_features chooses"),
        ({"l": 3, "k": 2}, ["ACGT", "ACEF"], SequenceError, "number 1, position 2: symbol 'E'"),
    ],
)
def test_what_cannot_be_is_said(params, X, error, message):
    with pytest.raises(error, match=message):
        GappedKmerCounts(**params).fit(X)


def test_too_much_is_refused_before_it_is_counted(monkeypatch):
    monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
    monkeypatch.setattr(_memory, "free_memory", lambda: 1000.0)
    with pytest.raises(InsufficientMemoryError, match=r"gapped k-mers of 200 residues under 110 masks.*lower l"):
        GappedKmerCounts().fit(["A" * 200])
