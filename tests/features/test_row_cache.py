"""Rows that are known are not computed again, and memory is bounded."""

import numpy as np
import pytest

from seqaug_sklearn.features import MotifOccupancy, _motif_occupancy
from seqaug_sklearn.features._row_cache import RowCache


class Counting:
    """Computes rows, and remembers which."""

    def __init__(self, sequences):
        self.sequences, self.computed = sequences, []

    def __call__(self, places):
        self.computed += [self.sequences[place] for place in places]
        return np.array([[len(self.sequences[place]), 0.5] for place in places], np.float32)


def ask(cache, sequences, key=b"key"):
    compute = Counting(sequences)
    rows = cache.rows(key, sequences, 2, compute)
    np.testing.assert_array_equal(rows, [[len(one), 0.5] for one in sequences])
    return compute.computed


def test_each_sequence_is_computed_once_for_a_key():
    cache = RowCache(10_000)
    assert ask(cache, [b"a", b"bbb", b"a"]) == [b"a", b"bbb"]
    assert ask(cache, [b"bbb", b"cc", b"a"]) == [b"cc"]
    assert ask(cache, [b"a"], key=b"another") == [b"a"]


def test_the_oldest_make_room():
    cache = RowCache(2 * 158)
    ask(cache, [b"a", b"b"])
    assert ask(cache, [b"a"]) == []
    assert ask(cache, [b"c"]) == [b"c"]
    assert ask(cache, [b"a"]) == []  # asked for later than b
    assert ask(cache, [b"b"]) == [b"b"]
    assert ask(RowCache(0), [b"a", b"a", b"b"]) == [b"a", b"b"]


@pytest.mark.parametrize(
    "change", [{"score": "max"}, {"strand": "single"}, {"pseudocount": 0.1}, {"motifs": {"b": "TAT"}}]
)
def test_scores_of_other_settings_are_others(change, random_dna, monkeypatch):
    settings = {"motifs": {"a": "CACGTG", "b": "TATA"}}
    X = random_dna(6, 30)
    MotifOccupancy(**settings).fit_transform(X)
    again = MotifOccupancy(**settings | change).fit_transform(X)
    monkeypatch.setattr(_motif_occupancy, "_KNOWN", RowCache(0))
    np.testing.assert_array_equal(again, MotifOccupancy(**settings | change).fit_transform(X))


def test_no_score_depends_on_other_rows(rng, random_dna, monkeypatch):
    monkeypatch.setattr(_motif_occupancy, "_KNOWN", RowCache(0))
    X = [random_dna(1, int(n))[0] for n in rng.integers(2, 70, 20)]
    occupancy = MotifOccupancy({"a": "CACGTG", "b": "TATAWA", "c": "GA"}).fit(X)
    alone = np.concatenate([occupancy.transform([text]) for text in X])
    np.testing.assert_array_equal(occupancy.transform(X), alone)
