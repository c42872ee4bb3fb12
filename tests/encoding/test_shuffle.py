import itertools
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare

from seqaug_sklearn.encoding import dinucleotide_shuffle
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
