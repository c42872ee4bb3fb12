"""The gapped k-mer kernel against the products of counts, and against all pairs of words."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.svm import SVC

from seqaug_sklearn.exceptions import InsufficientMemoryError, InvalidParameterError
from seqaug_sklearn.features import GappedKmerCounts, _gapped_kmer_kernel, gapped_kmer_kernel
from seqaug_sklearn.utils import _memory


@pytest.mark.parametrize(
    ("alphabet", "length", "k", "canonical"),
    [
        ("dna", 6, 3, True),
        ("dna", 5, 4, False),
        ("dna", 10, 8, True),
        ("rna", 5, 3, False),
        ("protein", 4, 2, False),
        ("protein", 6, 5, False),
    ],
)
@pytest.mark.parametrize("block", [1, 100, 2**24])
def test_equals_products_of_counts(alphabet, length, k, canonical, block, rng, monkeypatch):
    monkeypatch.setattr(_gapped_kmer_kernel, "_BLOCK_CELLS", block)
    symbols = list("MKVLX-" if alphabet == "protein" else "ACGCN-")
    X = ["".join(rng.choice(symbols, n, p=[0.3, 0.2, 0.2, 0.2, 0.05, 0.05])) for n in rng.integers(8, 30, 7)]
    params = {"l": length, "k": k, "alphabet": alphabet, "canonical": canonical}
    counts = GappedKmerCounts(**params, dtype=np.float64).fit_transform(X).toarray()
    found = gapped_kmer_kernel(X, normalize=False, **params)
    np.testing.assert_array_equal(found, counts @ counts.T)
    np.testing.assert_array_equal(gapped_kmer_kernel(X[:3], X, normalize=False, **params), found[:3])
    np.testing.assert_allclose(gapped_kmer_kernel(X, **params), cosine_similarity(counts), atol=1e-12)
    np.testing.assert_allclose(gapped_kmer_kernel(X[2:], X, **params), gapped_kmer_kernel(X, **params)[2:], atol=1e-15)


def test_equals_a_count_over_all_pairs_of_words(random_dna):
    """Two words with m mismatches share C(l - m, k) masks."""
    from math import comb

    first, second = random_dna(2, 25)
    words = [[text[i : i + 10] for i in range(16)] for text in (first, second)]
    pairs = [(a, b) for a in words[0] for b in words[1]]
    shared = sum(comb(sum(x == y for x, y in zip(a, b, strict=True)), 6) for a, b in pairs)
    assert gapped_kmer_kernel([first], [second], canonical=False, normalize=False) == shared > 0


def test_large_counts_stay_exact():
    X = ["A" * 9000, "A" * 8000]
    n = np.array([8999.0, 7999.0])
    found = gapped_kmer_kernel(X, l=2, k=1, canonical=False, normalize=False)
    np.testing.assert_array_equal(found, 2 * np.outer(n, n))


def test_rows_without_gapped_kmers_resemble_nothing():
    found = gapped_kmer_kernel(["ACGTACGTACGT", "ACG", "N" * 20])
    np.testing.assert_allclose(found, [[1, 0, 0], [0, 0, 0], [0, 0, 0]], atol=1e-12)


def test_a_support_vector_machine_finds_a_site_that_varies(rng):
    letters = rng.choice(list("ACGT"), (60, 60))
    for row in letters[::2]:
        for place in (10, 30):
            row[place : place + 8] = list("TGACGTCA")
            row[place + rng.integers(0, 8)] = rng.choice(list("ACGT"))
    X, y = ["".join(row) for row in letters], np.arange(60) % 2
    model = SVC(kernel="precomputed").fit(gapped_kmer_kernel(X[:40], l=8, k=5), y[:40])
    assert model.score(gapped_kmer_kernel(X[40:], X[:40], l=8, k=5), y[40:]) > 0.85


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"l": 3, "k": 4}, "k must be at most l=3, got 4"),
        ({"l": 0}, "l must be a whole number of at least 1, got 0"),
        ({"k": 2.5}, r"k must be a whole number of at least 1, got 2\.5"),
        ({"k": True}, "k must be a whole number of at least 1, got True"),
    ],
)
def test_what_cannot_be_is_said(params, message):
    with pytest.raises(InvalidParameterError, match=message):
        gapped_kmer_kernel(["ACGTACGTACGT"], **params)
    with pytest.raises(ValueError, match="no complement"):
        gapped_kmer_kernel(["MKV"], alphabet="protein", canonical=True)


def test_too_much_is_refused_before_it_is_computed(monkeypatch):
    monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
    monkeypatch.setattr(_memory, "free_memory", lambda: 70.0)
    with pytest.raises(InsufficientMemoryError, match=r"the kernel of 3 x 3 sequences: 72 bytes.*pass fewer"):
        gapped_kmer_kernel(["ACGTACGTACGT"] * 3)
