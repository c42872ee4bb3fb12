"""Naive implementations, straight from the definitions, and sequences that are hard to count."""

import math
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

COMPLEMENTS = {"dna": str.maketrans("ACGT", "TGCA"), "rna": str.maketrans("ACGU", "UGCA")}
SYMBOLS = {"dna": "ACGT", "rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def reverse_complement(text, alphabet="dna"):
    return text.translate(COMPLEMENTS[alphabet])[::-1]


def count_kmers(text, ks, alphabet="dna", canonical=False):
    counts = Counter()
    for k in ks:
        for i in range(len(text) - k + 1):
            kmer = text[i : i + k].upper()
            if set(kmer) <= set(SYMBOLS[alphabet]):
                counts[min(kmer, reverse_complement(kmer, alphabet)) if canonical else kmer] += 1
    return counts


def similarity(a, b, metric, k):
    """Similarity of two Counters of k-mers."""
    if metric == "shared":
        return sum(min(count, b[kmer]) for kmer, count in a.items())
    both, union = len(set(a) & set(b)), len(set(a) | set(b))
    if both == 0:
        return 0.0
    if metric == "jaccard":
        return both / union
    if metric == "containment":
        return max(both / len(a), both / len(b))
    if metric == "cosine":
        dot = sum(count * b[kmer] for kmer, count in a.items())
        return dot / math.sqrt(sum(c * c for c in a.values()) * sum(c * c for c in b.values()))
    distance = -math.log(2 * (both / union) / (1 + both / union)) / k
    return 1 - min(max(distance, 0), 1)


def distance(score, metric, identical, no_shared=1.0):
    if identical:
        return 0.0
    if metric == "shared":
        return 1 / score if score else no_shared
    return 1 - score


def matrix(left, right, ks, metric, output="similarity", alphabet="dna", canonical=False, no_shared=1.0):
    """All pairs, shape (len(left), len(right))."""
    a = [count_kmers(text, ks, alphabet, canonical) for text in left]
    b = [count_kmers(text, ks, alphabet, canonical) for text in right]
    scores = np.zeros((len(left), len(right)))
    for i, j in np.ndindex(*scores.shape):
        scores[i, j] = similarity(a[i], b[j], metric, ks[0])
        if output == "distance":
            texts = {left[i].upper(), right[j].upper()}
            if canonical:
                texts = {min(text, reverse_complement(text, alphabet)) for text in texts}
            scores[i, j] = distance(scores[i, j], metric, len(texts) == 1, no_shared)
    return scores


def shares_substring(a, b, length, alphabet="dna", both_strands=True):
    """Whether two texts have `length` consecutive known symbols in common."""
    other = set(count_kmers(b, [length], alphabet))
    if both_strands:
        other |= {reverse_complement(kmer, alphabet) for kmer in other}
    return bool(other & set(count_kmers(a, [length], alphabet)))


def longest_shared(a, b, alphabet="dna", both_strands=True):
    """Length of the longest run of known symbols in common."""
    length = 0
    while shares_substring(a, b, length + 1, alphabet, both_strands):
        length += 1
    return length


@pytest.fixture
def naive():
    """The naive implementations."""
    return SimpleNamespace(
        count_kmers=count_kmers,
        matrix=matrix,
        reverse_complement=reverse_complement,
        shares_substring=shares_substring,
        longest_shared=longest_shared,
    )


@pytest.fixture
def hard_sequences(rng):
    """Factory: about 20 sequences with repeats, unknown symbols, copies, unequal lengths and both strands."""

    def make(alphabet="dna"):
        symbols = list(SYMBOLS[alphabet])

        def random(length):
            return "".join(rng.choice(symbols, size=length))

        unknown = "X" if alphabet == "protein" else "N"
        parent = random(60)
        sequences = [random(int(n)) for n in rng.integers(9, 60, size=8)]
        sequences += [parent, parent[7:40], parent.lower(), parent[:20] + unknown + parent[21:], parent + parent[:30]]
        sequences += [
            symbols[0] * 30,
            symbols[0] * 12,
            (symbols[0] + symbols[1]) * 14,
            symbols[0] * 10 + "-" + random(9),
        ]
        sequences += [unknown * 15, random(4)]
        if alphabet != "protein":
            sequences += [reverse_complement(parent, alphabet), reverse_complement(parent[10:50], alphabet)]
        return sequences

    return make
