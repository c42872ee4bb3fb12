"""MotifOccupancy against loops over positions and against Biopython."""

import itertools

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.encoding import reverse_complement
from seqaug_sklearn.exceptions import InsufficientMemoryError, SequenceError
from seqaug_sklearn.features import MotifOccupancy, _motif_scores
from seqaug_sklearn.utils import _memory

SYMBOLS = {"dna": "ACGT", "rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def naive_sites(text, matrix, symbols):
    """Log-odds of each position without an unknown residue."""
    windows = [text[i : i + len(matrix)] for i in range(len(text) - len(matrix) + 1)]
    known = [window for window in windows if set(window) <= set(symbols)]
    return [sum(row[symbols.index(letter)] for row, letter in zip(matrix, window, strict=True)) for window in known]


def naive_score(text, matrix, alphabet, score, strand, threshold):
    texts = [text.upper()]
    texts += [] if strand == "single" else list(reverse_complement(texts, alphabet))
    sites = [naive_sites(text, matrix, SYMBOLS[alphabet]) for text in texts]
    if not sites[0]:
        return 0.0
    if strand == "both":
        sites = [[*sites[0], *sites[1]]]
    told = {
        "occupancy": lambda scores: np.log(np.sum(np.exp(scores))),
        "max": max,
        "count": lambda scores: np.sum(np.array(scores) >= threshold),
    }[score]
    return max(map(told, sites))


@pytest.fixture
def some_motifs(rng):
    """Factory: motifs of several widths, some sharp, some with residues that never occur."""

    def make(n_symbols, widths=(1, 3, 3, 8, 12, 30)):
        shares = {f"m{i}": rng.dirichlet(np.full(n_symbols, 0.3), width) for i, width in enumerate(widths)}
        return shares | {"sharp": np.eye(n_symbols)[rng.integers(0, n_symbols, 7)]}

    return make


@pytest.fixture
def some_texts(rng):
    """Factory: rows of several lengths, lower case, unknown residues, gaps, shorter than a motif, all unknown."""

    def make(alphabet):
        unknown = "X" if alphabet == "protein" else "N"
        symbols = list(SYMBOLS[alphabet])
        texts = ["".join(rng.choice(symbols, n)) for n in [*rng.integers(30, 60, 6), 40, 40, 1]]
        return [*texts, texts[0].lower(), unknown * 35, texts[1][:15] + unknown + texts[2] + "-" + texts[3], unknown]

    return make


@pytest.mark.parametrize("score", ["occupancy", "max", "count"])
@pytest.mark.parametrize(
    ("alphabet", "strand"),
    [("dna", "better"), ("dna", "both"), ("dna", "single"), ("rna", "single"), ("rna", "both"), ("protein", "single")],
)
@pytest.mark.parametrize("block", [1, 12_000])
def test_equals_loops(alphabet, strand, score, block, some_motifs, some_texts, monkeypatch):
    monkeypatch.setattr(_motif_scores, "_BLOCK_RESIDUES", block)
    X, motifs = some_texts(alphabet), some_motifs(len(SYMBOLS[alphabet]))
    model = MotifOccupancy(motifs, alphabet=alphabet, strand=strand, score=score, p_value=0.01).fit(X[:3])
    thresholds = np.zeros(len(motifs)) if model.thresholds_ is None else model.thresholds_
    expected = [
        [
            naive_score(text, matrix, alphabet, score, strand, threshold)
            for matrix, threshold in zip(model.log_odds_, thresholds, strict=True)
        ]
        for text in X
    ]
    found = model.transform(X)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert model.get_feature_names_out().tolist() == list(motifs)


def test_equals_biopython(some_motifs, random_dna):
    from Bio.motifs import Motif
    from Bio.motifs.matrix import FrequencyPositionMatrix

    X, shares = random_dna(5, 60), some_motifs(4, (4, 9, 15))
    found = MotifOccupancy(shares, score="max").fit_transform(X)
    for column, matrix in enumerate(shares.values()):
        counts = FrequencyPositionMatrix("ACGT", dict(zip("ACGT", matrix.T.tolist(), strict=True)))
        pssm = Motif(alphabet="ACGT", counts=counts).counts.normalize(pseudocounts=0.01).log_odds()
        best = [max(strand.calculate(text).max() for strand in (pssm, pssm.reverse_complement())) for text in X]
        np.testing.assert_allclose(found[:, column], np.array(best) * np.log(2), rtol=1e-5, atol=1e-5)


def test_far_sites_neither_vanish_nor_overflow():
    sharp = np.eye(4)[[0] * 100]
    model = MotifOccupancy({"A": sharp}, strand="single", pseudocount=1e-4).fit(["A" * 100])
    best, worst = model.transform(["A" * 100, "C" * 100])[:, 0]
    matrix = model.log_odds_[0]
    np.testing.assert_allclose([best, worst], [matrix.max(axis=1).sum(), matrix.min(axis=1).sum()], rtol=1e-5)


def test_strands_are_one_unless_asked_for(some_motifs, random_dna):
    X, motifs = random_dna(6, 50), some_motifs(4)
    other = reverse_complement(X)
    for strand in (None, "better"):
        model = MotifOccupancy(motifs, strand=strand).fit(X)
        np.testing.assert_allclose(model.transform(X), model.transform(other), rtol=1e-5, atol=1e-5)
    assert model.strand_ == "better"
    assert MotifOccupancy(motifs).fit(X).strand_ == "both"
    with pytest.raises(ValueError, match="no complement"):
        MotifOccupancy({"m": np.ones((2, 20))}, alphabet="protein", strand="both").fit(["MKV"])


def test_the_background_of_training_rows():
    model = MotifOccupancy({"m": "AC"}, background="train", strand="single").fit(["AAAAAN", "AC"])
    np.testing.assert_allclose(model.background_, np.array([7, 2, 1, 1]) / 11)
    shares = np.array([[1.01, 0.01, 0.01, 0.01], [0.01, 1.01, 0.01, 0.01]]) / 1.04
    np.testing.assert_allclose(model.log_odds_[0], np.log(shares / model.background_))
    both = MotifOccupancy({"m": "AC"}, background="train").fit(["AAAAAN", "AC"])
    np.testing.assert_allclose(both.background_, np.array([8, 3, 3, 8]) / 22)


@pytest.mark.parametrize("p_value", [0.001, 0.02, 0.3])
def test_thresholds_hold_their_p_value(p_value, rng):
    background = np.array([0.4, 0.1, 0.2, 0.3])
    for width in (1, 4, 6):
        matrix = _motif_scores.log_odds(rng.dirichlet(np.ones(4), width), background, 0.01)
        threshold = _motif_scores.score_threshold(matrix, background, p_value)
        sites = list(itertools.product(range(4), repeat=width))
        scores = np.array([matrix[range(width), site].sum() for site in sites])
        chances = np.array([background[list(site)].prod() for site in sites])
        best = scores >= scores.max() - 1e-4
        assert chances[scores >= threshold].sum() <= max(p_value, chances[best].sum()) + 1e-9
        # the next lower score that the steps can tell apart would be too frequent
        assert chances[scores >= threshold - 0.011 * (width + 1)].sum() > p_value or p_value > 0.2


def test_files_discovered_motifs_and_frames(tmp_path, motif_set, random_dna):
    X = pd.Series(random_dna(3, 80), index=list("abc"))
    path = tmp_path / "motifs.meme"
    motif_set.write_meme(path)
    of_set = MotifOccupancy(motif_set).set_output(transform="pandas").fit_transform(X)
    of_file = MotifOccupancy(path).fit_transform(X)
    assert of_set.index.tolist() == list("abc")
    assert of_set.columns.tolist() == [motif.name for motif in motif_set]
    np.testing.assert_allclose(of_set.to_numpy(), of_file, atol=1e-3)  # the file rounds


@pytest.mark.parametrize(
    ("params", "X", "error", "message"),
    [
        ({"motifs": {}}, ["ACGT"], ValueError, "motifs is empty; at least one known motif is needed"),
        ({"motifs": "nowhere.meme"}, ["ACGT"], FileNotFoundError, "motifs='nowhere.meme' is neither a collection"),
        ({"motifs": {"a": np.ones((2, 5))}}, ["ACGT"], ValueError, r"motifs\['a'\] must have the shape \(width, 4\)"),
        ({"motifs": {"a": "AC"}, "pseudocount": 0}, ["ACGT"], ValueError, "pseudocount"),
        ({"motifs": {"a": "AC"}}, ["ACGT", "ACEF"], SequenceError, "number 1, position 2: symbol 'E'"),
    ],
)
def test_what_cannot_be_is_said(params, X, error, message):
    with pytest.raises(error, match=message):
        MotifOccupancy(**params).fit(X)


def test_too_much_is_refused_before_it_is_scored(monkeypatch):
    monkeypatch.setattr(_memory, "_NEVER_ASKED", 0)
    monkeypatch.setattr(_memory, "free_memory", lambda: 100.0)
    with pytest.raises(InsufficientMemoryError, match=r"the scores of 10 motifs in 3 sequences.*pass fewer motifs"):
        MotifOccupancy({f"m{i}": "ACGT" for i in range(10)}).fit(["ACGTACGT"] * 3)


@pytest.mark.realdata
def test_promoters_and_known_motifs_of_plants(real_data):
    promoters = pd.read_csv(real_data / "promoters" / "promoters.csv.gz", nrows=3)["sequence"]
    model = MotifOccupancy(real_data / "motifs" / "plant_tf.meme").fit(promoters)
    assert model.n_features_out_ == 2016
    found = model.transform(promoters)
    for column in range(0, 2016, 200):
        expected = [naive_score(text, model.log_odds_[column], "dna", "occupancy", "both", 0) for text in promoters]
        np.testing.assert_allclose(found[:, column], expected, rtol=1e-5, atol=1e-5)


def test_alphabets_of_ones_own():
    binary = Alphabet("binary", "XY")
    assert MotifOccupancy({"m": [[1, 0]]}, alphabet=binary).fit_transform(["XY", "YY"]).shape == (2, 1)
