"""Enriched k-mers against a count in plain Python."""

import math

import numpy as np
import pytest

from seqaug_sklearn.motifs import enriched_kmers

COMPLEMENT = np.array([3, 2, 1, 0], np.uint8)


def naive_scores(codes, labels, weights, k, both):
    """G of every k-mer that is enriched in a class, by its symbols."""
    weights = weights * (np.count_nonzero(weights) / weights.sum())
    held = {}
    for row, (text, weight, label) in enumerate(zip(codes.tolist(), weights, labels, strict=True)):
        kmers = set()
        for i in range(len(text) - k + 1):
            kmer = tuple(text[i : i + k])
            if max(kmer) < 4:
                kmers.add(min(kmer, tuple(3 - s for s in reversed(kmer))) if both else kmer)
        for kmer in kmers:
            held.setdefault(kmer, []).append((row, weight, label))
    scores = {}
    for kmer, rows in held.items():
        for label in np.unique(labels):
            total, rest = weights[labels == label].sum(), weights[labels != label].sum()
            a, b = (sum(w for _, w, own in rows if (own == label) == same) for same in (True, False))
            share = (a + b) / (total + rest)
            if a <= total * share + 1e-12:
                continue
            cells = [
                (a, total * share),
                (total - a, total * (1 - share)),
                (b, rest * share),
                (rest - b, rest * (1 - share)),
            ]
            g = sum(2 * o * math.log(o / e) for o, e in cells if o > 1e-9)
            scores[kmer] = max(scores.get(kmer, 0), g)
    return scores


@pytest.mark.parametrize("both", [False, True])
def test_the_best_is_that_of_a_plain_count(rng, both):
    codes = rng.integers(0, 4, (30, 40)).astype(np.uint8)
    codes[0, 5:9], codes[3, 30:] = 4, 4
    labels, weights = np.arange(30) % 3, rng.uniform(0, 2, 30)
    weights[4] = 0
    scores = naive_scores(codes, labels, weights, 4, both)
    options = {"n_symbols": 4, "k": 4, "complement": COMPLEMENT if both else None}
    found = enriched_kmers(codes, labels, weights, most=12, **options)
    assert found.dtype == np.uint8
    got = [scores[tuple(kmer)] for kmer in found.tolist()]
    assert got[0] == pytest.approx(max(scores.values()))
    assert got == sorted(got, reverse=True)
    # nothing better was left out but neighbours of what was taken
    taken = [tuple(kmer) for kmer in found.tolist()]
    for kmer, score in scores.items():
        if score > got[-1] + 1e-9 and kmer not in taken:
            assert any(near(kmer, other, both) for other in taken), kmer


def near(kmer, other, both):
    turned = tuple(3 - s for s in reversed(other))
    for one in (other, turned) if both else (other,):
        if sum(a != b for a, b in zip(kmer, one, strict=True)) <= 1:
            return True
        if any(kmer[s:] == one[:-s] or kmer[:-s] == one[s:] for s in (1, 2)):
            return True
    return False


@pytest.mark.parametrize("both", [False, True])
def test_a_planted_motif_is_found(rng, both):
    codes = rng.integers(0, 4, (50, 120)).astype(np.uint8)
    motif, labels = rng.integers(0, 4, 12).astype(np.uint8), np.arange(50) % 2
    for row in np.flatnonzero(labels):
        start = rng.integers(0, 108)
        turned = both and row % 4 == 1
        codes[row, start : start + 12] = 3 - motif[::-1] if turned else motif
    found = enriched_kmers(
        codes, labels, np.ones(50), n_symbols=4, k=8, most=5, complement=COMPLEMENT if both else None
    )
    strands = [motif, 3 - motif[::-1]] if both else [motif]
    pieces = [tuple(strand[i : i + 8].tolist()) for strand in strands for i in range(5)]
    assert tuple(found[0].tolist()) in pieces


def test_order_of_rows_and_blocks_do_not_matter(rng, monkeypatch):
    codes = rng.integers(0, 4, (40, 30)).astype(np.uint8)
    labels, options = np.arange(40) % 2, {"n_symbols": 4, "k": 5, "most": 10, "complement": COMPLEMENT}
    expected = enriched_kmers(codes, labels, np.ones(40), **options)
    order = rng.permutation(40)
    monkeypatch.setattr("seqaug_sklearn.motifs._enriched_kmers._BLOCK_RESIDUES", 70)
    np.testing.assert_array_equal(enriched_kmers(codes[order], labels[order], np.ones(40), **options), expected)


def test_too_short_and_nothing_enriched():
    codes, labels = np.zeros((4, 6), np.uint8), np.array([0, 0, 1, 1])
    assert enriched_kmers(codes, labels, np.ones(4), n_symbols=4, k=8, most=3).shape == (0, 8)
    assert enriched_kmers(codes, labels, np.ones(4), n_symbols=4, k=3, most=3).shape == (0, 3)
