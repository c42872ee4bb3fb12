"""PositionalKmers against loops over positions."""

import numpy as np
import pytest

from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.exceptions import InsufficientMemoryError, InvalidParameterError, SequenceError
from seqaug_sklearn.features import PositionalKmers
from seqaug_sklearn.utils import _memory

SYMBOLS = {"dna": "ACGT", "rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def naive_names(text, ks, anchors, n_positions, tolerance, alphabet):
    """Names of the columns that are 1."""
    text, names = text.upper(), set()
    for k in ks:
        for start in range(len(text) - k + 1):
            kmer = text[start : start + k]
            if not set(kmer) <= set(SYMBOLS[alphabet]):
                continue
            for place in range(start - tolerance, start + tolerance + 1):
                if "start" in anchors and 0 <= place <= n_positions - k:
                    names.add(f"{place}_{kmer}")
                from_end = place - len(text)
                if "end" in anchors and -n_positions <= from_end <= -k:
                    names.add(f"{from_end}_{kmer}")
    return names


@pytest.mark.parametrize("alphabet", SYMBOLS)
@pytest.mark.parametrize("tolerance", [0, 1, 3])
@pytest.mark.parametrize(("anchor", "n_positions"), [("start", 7), ("end", 7), ("both", 5), ("start", 60), ("end", 60)])
def test_equals_loops(alphabet, tolerance, anchor, n_positions, rng):
    unknown = "X" if alphabet == "protein" else "N"
    symbols = [*SYMBOLS[alphabet][:4], unknown, SYMBOLS[alphabet][1].lower()]
    X = ["".join(rng.choice(symbols, n)) for n in rng.integers(1, 25, 20)]
    anchors = ("start", "end") if anchor == "both" else (anchor,)
    model = PositionalKmers(
        (1, 3), anchor=anchor, n_positions=n_positions, tolerance=tolerance, alphabet=alphabet, dtype=np.float64
    )
    expected = [naive_names(text, range(1, 4), anchors, n_positions, tolerance, alphabet) for text in X]
    model.fit(X[:12])
    names = model.get_feature_names_out()
    assert len(set(names)) == len(names)
    assert set(names) == set.union(*expected[:12])
    matrix = model.transform(X)
    assert matrix.has_canonical_format
    assert [set(names[row > 0]) for row in matrix.toarray()] == [found & set(names) for found in expected]
    assert set(matrix.data) == {1.0}


def test_single_symbols_are_one_hot(random_dna):
    X = random_dna(30, 12)
    model = PositionalKmers(1).fit(X)
    encoder = OneHotEncoder(flatten=True).fit(X)
    assert model.get_feature_names_out().tolist() == encoder.get_feature_names_out().tolist()
    np.testing.assert_array_equal(model.transform(X).toarray(), encoder.transform(X))


def test_positions_follow_the_training_rows(random_dna):
    X = random_dna(4, 11)
    assert PositionalKmers(2).fit(X).n_positions_ == 11
    assert PositionalKmers(2, anchor="both").fit(X).n_positions_ == 6
    names = PositionalKmers(2, anchor="both", n_positions=2).fit(X).get_feature_names_out()
    assert {name.split("_")[0] for name in names} == {"0", "-2"}


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"k": (0, 2)}, InvalidParameterError, "k must be an int or a range"),
        ({"k": 9}, SequenceError, "k=9 asks for k-mers that no training row holds within 8 positions.*8 residues"),
        ({"k": 3, "n_positions": 2}, SequenceError, "within 2 positions"),
        ({"k": 28}, SequenceError, "k=28 asks"),
        ({"k": 31, "n_positions": 2**10}, InvalidParameterError, "k is too long for 1024 positions"),
    ],
)
def test_what_cannot_be_is_said(params, error, message):
    with pytest.raises(error, match=message):
        PositionalKmers(**params).fit(["ACGTACGT", "ACNNACGT"])


def test_too_much_is_refused_before_it_is_encoded(monkeypatch):
    monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
    monkeypatch.setattr(_memory, "free_memory", lambda: 1000.0)
    with pytest.raises(InsufficientMemoryError, match=r"the k-mers of 3 sequences at 90 positions.*lower n_positions"):
        PositionalKmers().fit(["A" * 90] * 3)
