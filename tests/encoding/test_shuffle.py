import itertools
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare

from seqaug_sklearn.encoding import dinucleotide_shuffle, kmer_shuffle
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError


def pair_counts(text):
    return Counter(itertools.pairwise(text))


def every_shuffle(text):
    """All sequences with the same first symbol and pair counts, by trying every order."""
    orders = {"".join(order) for order in itertools.permutations(text)}
    return sorted(order for order in orders if pair_counts(order) == pair_counts(text) and order[0] == text[0])


@pytest.mark.parametrize("symbols", ["ACGT", "ACGTN", "ACDEFGHIKLMNPQRSTVWY", "AC"])
@pytest.mark.parametrize("length", [1, 2, 3, 4, 7, 50, 300])
def test_pairs_and_ends_are_kept(random_dna, rng, symbols, length):
    texts = random_dna(10, length, symbols)
    for text, shuffled in zip(texts, dinucleotide_shuffle(texts, rng), strict=True):
        assert pair_counts(shuffled) == pair_counts(text)
        assert (shuffled[0], shuffled[-1]) == (text[0], text[-1])


@pytest.mark.parametrize(
    "text", ["AAAAAAAAAAAAAAAAAAAAC", "CAAAAAAAAAAA", "ACGTACGTACGT", "AAAA", "A" * 500 + "CG" + "A" * 500]
)
def test_repetitive_sequences(text, rng):
    (shuffled,) = dinucleotide_shuffle([text], rng)
    assert pair_counts(shuffled) == pair_counts(text)


@pytest.mark.parametrize("text", ["ACAGATA", "AACCACAC", "ACABCACB", "AABABBAB"])
def test_every_possible_sequence_is_equally_likely(text):
    possible = every_shuffle(text)
    assert len(possible) > 2
    n = 400 * len(possible)
    drawn = Counter(dinucleotide_shuffle([text] * n, np.random.default_rng(7)))
    assert set(drawn) == set(possible)
    assert chisquare([drawn[one] for one in possible]).pvalue > 1e-3


def test_long_words_are_destroyed(random_dna, rng):
    (text,) = random_dna(1, 300)
    (shuffled,) = dinucleotide_shuffle([text], rng)
    words = [{one[i : i + 8] for i in range(293)} for one in (text, shuffled)]
    assert len(words[0] & words[1]) < 15


def test_same_seed_same_sequences(random_dna):
    texts = random_dna(5, 60)
    first, again, other = (dinucleotide_shuffle(texts, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    rng = np.random.default_rng(1)
    assert dinucleotide_shuffle(texts, rng) != dinucleotide_shuffle(texts, rng)


def test_forms_and_case(rng):
    series = pd.Series(["acgtACGGT", "GGCA"], index=["x", "y"], name="promoter")
    shuffled = dinucleotide_shuffle(series, rng)
    assert shuffled.index.equals(series.index)
    assert shuffled.name == "promoter"
    assert pair_counts(shuffled["x"]) == pair_counts("ACGTACGGT")
    assert dinucleotide_shuffle(series.to_frame(), rng).name == "promoter"
    assert dinucleotide_shuffle(series.to_numpy(dtype=str), rng).dtype.kind == "U"
    assert series["x"] == "acgtACGGT"


def test_bad_input_is_explained(rng):
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, got 3; pass numpy.random.default_rng"):
        dinucleotide_shuffle(["ACGT"], 3)
    with pytest.raises(SequenceTypeError, match="sequences is a single sequence"):
        dinucleotide_shuffle("ACGT", rng)
    with pytest.raises(SequenceError, match="sequences holds no sequences"):
        dinucleotide_shuffle([], rng)


def word_counts(text, k):
    return Counter(text[i : i + k] for i in range(len(text) - k + 1))


@pytest.mark.parametrize("k", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("symbols", ["ACGT", "AC", "ACDEFGHIKLMNPQRSTVWY"])
def test_words_of_every_length_are_kept(random_dna, rng, k, symbols):
    texts = [text for length in (1, 2, 3, 5, 40) for text in random_dna(4, length, symbols)]
    for text, shuffled in zip(texts, kmer_shuffle(texts, k, rng), strict=True):
        assert all(word_counts(shuffled, n) == word_counts(text, n) for n in range(1, k + 1))
        assert (shuffled[: k - 1], shuffled[len(text) - k + 1 :]) == (text[: k - 1], text[len(text) - k + 1 :])


@pytest.mark.parametrize(
    ("text", "k"), [("AABC", 1), ("AACACGA", 2), ("AACAACACA", 3), ("ABABBABAAB", 3), ("AABAAABABAABA", 4)]
)
def test_every_order_with_the_same_words_is_equally_likely(text, k):
    ends = (text[: k - 1], text[len(text) - k + 1 :])
    inner = text[k - 1 : len(text) - k + 1]
    orders = {ends[0] + "".join(order) + ends[1] for order in itertools.permutations(inner)}
    possible = sorted(order for order in orders if word_counts(order, k) == word_counts(text, k))
    assert len(possible) > 1
    n = 300 * len(possible)
    drawn = Counter(kmer_shuffle([text] * n, k, np.random.default_rng(3)))
    assert set(drawn) == set(possible)
    assert chisquare([drawn[one] for one in possible]).pvalue > 1e-3


def test_two_is_the_dinucleotide_shuffle(random_dna):
    texts = random_dna(5, 60)
    first, other = np.random.default_rng(0), np.random.default_rng(0)
    assert kmer_shuffle(texts, 2, first) == dinucleotide_shuffle(texts, other)


@pytest.mark.parametrize("k", [0, 1.5, "2"])
def test_a_word_has_a_length(rng, k):
    with pytest.raises(ValueError, match="k must be a whole number of at least 1"):
        kmer_shuffle(["ACGT"], k, rng)
