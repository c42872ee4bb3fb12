"""Mutations by a substitution matrix: the law of the draws against a plain reference."""

import math

import numpy as np
import pytest
import torch
from Bio.Align import substitution_matrices
from scipy import stats

from seqaug_sklearn.alphabets import PROTEIN
from seqaug_sklearn.augmentation import RandomAugmentation, SubstitutionMatrixMutation
from seqaug_sklearn.augmentation._edits._weighted_choice import chosen, running_shares

BLOSUM62 = substitution_matrices.load("BLOSUM62")


def one_hot(texts, symbols=PROTEIN.symbols):
    letters = np.array([list(text) for text in texts])
    return torch.from_numpy((letters[..., None] == list(symbols)).astype(np.float32))


def law(old, temperature, matrix=BLOSUM62, symbols=PROTEIN.symbols):
    """Probability of each new symbol, one at a time."""
    weights = [0.0 if new == old else math.exp(matrix[old, new] / temperature) for new in symbols]
    return np.array(weights) / sum(weights)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2 / math.log(2), 30.0])
def test_replacements_follow_the_scores(temperature, rng):
    mutation = SubstitutionMatrixMutation(temperature=temperature, rate=1)
    for column, old in [(0, "A"), (9, "L"), (18, "W"), (19, "Y")]:
        counts = mutation.augment_batch(one_hot([old * 500] * 20), rng).sum((0, 1)).numpy()
        expected = law(old, temperature)
        np.testing.assert_allclose(mutation.probabilities()[column], expected, atol=1e-12)
        assert counts.sum() == 10_000
        assert counts[column] == 0
        # rare ones together, so that the test is valid
        common = expected * 10_000 > 8
        seen, hoped = (np.append(values[common], values[~common].sum()) for values in (counts, expected * 10_000))
        kept = hoped > 0
        assert stats.chisquare(seen[kept], hoped[kept] * seen.sum() / hoped[kept].sum()).pvalue > 1e-3


def test_the_mean_score_of_replacements(rng):
    """What a replacement scores on average is what the law says, and above that of uniform mutations."""
    text = "".join(rng.choice(list(PROTEIN.symbols), 2000))
    edited = SubstitutionMatrixMutation(rate=0.5).augment_batch(one_hot([text] * 5), rng).argmax(-1).numpy()
    pairs = [(old, PROTEIN.symbols[new]) for row in edited for old, new in zip(text, row, strict=True)]
    table = {old: {new: BLOSUM62[old, new] for new in PROTEIN.symbols} for old in PROTEIN.symbols}
    scores = np.array([table[old][new] for old, new in pairs if old != new])
    means = {old: sum(law(old, 1.0) * [*table[old].values()]) for old in PROTEIN.symbols}
    expected = np.mean([means[old] for old in text])
    assert scores.mean() == pytest.approx(expected, abs=4 * scores.std() / len(scores) ** 0.5)
    assert scores.mean() > 0
    assert stats.binomtest(len(scores), 10_000, 0.5).pvalue > 1e-3


@pytest.mark.parametrize("name", ["PAM250", "GONNET1992", "BLOSUM45", "RISLER"])
def test_all_matrices_of_proteins(name):
    matrix = substitution_matrices.load(name)
    shares = SubstitutionMatrixMutation(name, temperature=3.0).probabilities()
    np.testing.assert_allclose(shares[5], law("G", 3.0, matrix), atol=1e-12)
    assert (np.diag(shares) == 0).all()
    np.testing.assert_array_equal(SubstitutionMatrixMutation(matrix, temperature=3.0).probabilities(), shares)


def test_arrays_and_nucleotides(rng):
    only_transitions = [[0, -9, 9, -9], [-9, 0, -9, 9], [9, -9, 0, -9], [-9, 9, -9, 0]]
    sampler = RandomAugmentation([SubstitutionMatrixMutation(only_transitions, rate=1)], random_state=0)
    assert sampler.fit_resample(["ACGTN-"], [0])[0][1] == "GTACN-"
    sampler.set_params(transforms=[SubstitutionMatrixMutation("HOXD70", rate=1, temperature=1e-3)], alphabet="rna")
    assert sampler.fit_resample(["ACGUR"], [0])[0][1] == "GUACR"
    X = one_hot(["abcab"] * 3, "abc") * 0.8 + 0.1
    edited = SubstitutionMatrixMutation(np.eye(3), rate=1).augment_batch(X, rng)
    assert torch.equal(edited.sort(-1).values, X.sort(-1).values)
    assert (edited.argmax(-1) != X.argmax(-1)).all()


def test_other_letters_and_protected_positions_stay():
    text = "MKXBZJUO*-W" * 6
    sampler = RandomAugmentation(
        [SubstitutionMatrixMutation(rate=1)], alphabet="protein", protect=[0, 21], random_state=0
    )
    after = sampler.fit_resample([text], [0])[0][1]
    changed = {position for position in range(66) if text[position] != after[position]}
    assert changed == {position for position in range(66) if text[position] in "MKW"} - {0, 21}


@pytest.mark.parametrize(
    ("parameters", "alphabet", "message"),
    [
        ({"matrix": "BLOSUM63"}, "protein", "matrix.*must be one of .*BLOSUM62.*got 'BLOSUM63'"),
        (
            {"matrix": "BLOSUM62"},
            "rna",
            "matrix.*sequences, ACGU, but has them for ARND.*'HOXD70' for DNA",
        ),
        ({"matrix": "BLOSUM62"}, "dna", "ACGT, but"),
        ({"matrix": "HOXD70"}, "protein", "but has them for ACGT"),
        ({"matrix": np.eye(4)}, "protein", r"shape \(20, 20\), got one of shape \(4, 4\)"),
        ({"matrix": np.full((4, 4), np.nan)}, "dna", "finite"),
        ({"temperature": 0}, "protein", "temperature"),
        ({"rate": 2}, "protein", "rate"),
    ],
    ids=str,
)
def test_bad_parameters(parameters, alphabet, message):
    sampler = RandomAugmentation([SubstitutionMatrixMutation(**parameters)], alphabet=alphabet)
    for _ in range(2):
        with pytest.raises(ValueError, match=message):
            sampler.fit_resample(["A" * 8], [0])


def test_draws_are_those_of_a_plain_search(rng):
    """The first column whose running share is above the number; at the very end never one without a share."""
    weights = rng.integers(0, 3, (64, 64)) * (1 - np.eye(64))
    shares, rows = running_shares(weights), rng.integers(64, size=2000)
    uniform = np.append(rng.random(1990), [np.nextafter(1, 0)] * 5 + [0.0] * 5)
    columns = chosen(shares, rows, uniform)
    assert columns.tolist() == [
        next(column for column, share in enumerate(shares[row]) if share > number)
        for row, number in zip(rows, uniform, strict=True)
    ]
    assert (weights[rows, columns] > 0).all()
    assert chosen(running_shares(np.zeros((3, 3))), np.arange(3), np.full(3, 0.9)).tolist() == [0, 1, 2]


def test_a_name_needs_known_symbols(rng):
    with pytest.raises(ValueError, match="5 symbols of the sequences in 'BLOSUM62'"):
        SubstitutionMatrixMutation().augment_batch(torch.ones(1, 3, 5), rng)
