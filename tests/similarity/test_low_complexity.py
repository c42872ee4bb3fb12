"""Stretches of low complexity against the definition of perfect intervals, and what the index makes of them."""

from collections import Counter

import numpy as np
import pytest

from seqaug_sklearn.alphabets import DNA, PROTEIN
from seqaug_sklearn.similarity import SubstringIndex
from seqaug_sklearn.similarity import _substrings as complexity
from seqaug_sklearn.similarity._vocabulary import flatten
from seqaug_sklearn.utils import check_sequences

MIXED = "GATTACAGCCTAGT" + "A" * 12 + "GCATGCCA" + "CA" * 9 + "TTGGCCAGT" + "AAT" * 8 + "CGATCGGCTA" + "AAAATAAATAAAAT"


def score(text):
    triplets = Counter(text[i : i + 3] for i in range(len(text) - 2))
    n = sum(triplets.values())
    return sum(c * (c - 1) / 2 for c in triplets.values()) / (n - 1)


def naive(text, window=64, threshold=2):
    """Mark every interval that scores above the threshold and at least as much as each of its own intervals."""
    scores = {
        (i, j): score(text[i:j])
        for i in range(len(text))
        for j in range(i + 4, min(i + window, len(text)) + 1)
        if "N" not in text[i:j]
    }
    low = np.zeros(len(text), bool)
    for (i, j), own in scores.items():
        if own > threshold and all(scores[a, b] <= own for a in range(i, j - 3) for b in range(a + 4, j + 1)):
            low[i:j] = True
    return low


def low_of(*texts, alphabet=DNA):
    low = complexity.low_complexity(flatten(check_sequences(list(texts)), alphabet), alphabet)
    return np.split(low, np.cumsum(list(map(len, texts)))[:-1])


@pytest.mark.parametrize(
    "text",
    [MIXED, "A" * 70, "AC" * 35, "GAA" * 12, "AATG" * 15, "AAAAAAANAAAAAAAANAAAA", "T" * 7 + MIXED[:40] + "T" * 6],
    ids=["mixed", "one letter", "two", "three", "four", "unknown symbols", "ends"],
)
def test_equals_the_definition(text):
    (low,) = low_of(text)
    assert low.any()
    assert low.tolist() == naive(text).tolist()


def test_random_sequences_equal_the_definition(rng):
    for p in (None, [0.6, 0.1, 0.1, 0.2]):
        text = "".join(rng.choice(list("ACGT"), 90, p=p))
        assert low_of(text)[0].tolist() == naive(text).tolist()


@pytest.mark.parametrize(("letters", "marked"), [(6, 0), (7, 7), (30, 30)])
def test_shortest_run_of_one_letter(letters, marked):
    """Seven letters are five triplets, ten pairs, a score of 2.5; six are 2, which is not above 2."""
    assert low_of("GTCACTG" + "A" * letters + "CGTGCAC")[0].sum() == marked


def test_stretches_end_with_the_sequence():
    low = low_of("GTCACTGAAAA", "AAAACGTGCAC", "AA", "A", "AAAAAAA")
    assert [int(part.sum()) for part in low] == [0, 0, 0, 0, 7]


def test_the_other_strand_is_marked_alike():
    other = MIXED.translate(str.maketrans("ACGT", "TGCA"))[::-1]
    assert low_of(other)[0][::-1].tolist() == low_of(MIXED)[0].tolist()


@pytest.mark.parametrize("block", [1, 7, 64, 100])
def test_blocks_do_not_show(block, monkeypatch, random_dna):
    texts = [MIXED, *random_dna(2, 150), MIXED * 2, "AC" * 70]
    expected = low_of(*texts)
    monkeypatch.setattr(complexity, "_BLOCK", block)
    for found, wanted in zip(low_of(*texts), expected, strict=True):
        assert found.tolist() == wanted.tolist()


def test_proteins_are_marked_where_one_residue_repeats(random_dna):
    (text,) = random_dna(1, 60, "ACDEFGHIKLMNPQRSTVWY")
    (low,) = low_of(text + "Q" * 10 + text, alphabet=PROTEIN)
    assert low.tolist() == [False] * 60 + [True] * 10 + [False] * 60


def test_index_tells_substrings_that_lie_in_such_stretches_by_half():
    X = [MIXED, "ACGTN" * 6, "GATTACA", MIXED[::-1]]
    index = SubstringIndex(X, 20, low_share=0.5)
    low = {}
    for text in X:
        marked = naive(text)
        for i in range(len(text) - 19):
            word = text[i : i + 20]
            word = min(word, word.translate(str.maketrans("ACGT", "TGCA"))[::-1])
            low[word] = low.get(word, False) or marked[i : i + 20].sum() >= 10
    low = [low[word] for word in sorted(low) if "N" not in word]
    assert 0 < sum(low) < len(low)
    assert sorted(index.low_complexity.tolist()) == sorted(low)
    assert SubstringIndex(X, 20).low_complexity is None


def test_substrings_of_low_complexity_are_left_out_on_demand(random_dna):
    a, b, c = random_dna(3, 40)
    rows = [a + "AG" * 15, b + "CT" * 15, a[:25] + c]
    index = SubstringIndex(rows, 20, low_share=0.5)
    assert index.sharing([1, 2], [0]).tolist() == [True, True]
    assert index.sharing([1, 2], [0], complex_only=True).tolist() == [False, True]
    with pytest.raises(ValueError, match=r"complex_only=True needs an index.*low_share=0\.5"):
        SubstringIndex(rows, 20).sharing([1], [0], complex_only=True)
    with pytest.raises(ValueError, match="low_share must be above 0 and at most 1, or None, got 2"):
        SubstringIndex(rows, 20, low_share=2)


def test_share_that_makes_a_substring_low():
    X = ["GTCACTG" + "A" * 12 + "CGTGCAC"]
    n_low = [int(SubstringIndex(X, 12, low_share=share).low_complexity.sum()) for share in (1 / 12, 0.5, 11 / 12, 1.0)]
    assert n_low == [15, 13, 3, 1]


def test_substrings_of_which_exactly_the_share_is_low_count(rng):
    text = "".join(rng.choice(list("ACGT"), 60)) + "A" * 25 + "".join(rng.choice(list("ACGT"), 60))
    (low,) = low_of(text)
    inside = np.convolve(low, np.ones(20, int), "valid")
    assert {9, 10} <= set(inside)
    index = SubstringIndex([text], 20, low_share=0.5, both_strands=False)
    most = {}
    for start, n_low in enumerate(inside):
        most[text[start : start + 20]] = max(most.get(text[start : start + 20], 0), n_low)
    assert index.low_complexity.sum() == sum(n_low >= 10 for n_low in most.values())
