"""Planted leaks, and what two rows share, read from the definitions."""

import numpy as np
import pytest

COMPLEMENT = str.maketrans("ACGT", "TGCA")


@pytest.fixture
def reverse_complement():
    return lambda text: text.translate(COMPLEMENT)[::-1]


@pytest.fixture
def mutate(rng):
    """Factory: replace exactly this share of a DNA sequence's residues."""

    def make(text, share):
        letters = list(text)
        for i in rng.choice(len(text), round(share * len(text)), replace=False):
            letters[i] = rng.choice([c for c in "ACGT" if c != letters[i]])
        return "".join(letters)

    return make


@pytest.fixture
def leaks(rng, random_dna, mutate, reverse_complement):
    """Kind of leak -> function that makes a leaking row of a DNA sequence."""

    def shift(text):
        by = int(rng.integers(1, 21))
        new = random_dna(1, by)[0]
        return text[by:] + new if rng.random() < 0.5 else new + text[:-by]

    return {
        "copy": lambda text: text,
        "lower case": str.lower,
        "shift": shift,
        "reverse complement": reverse_complement,
        "shift on the other strand": lambda text: reverse_complement(shift(text)),
        "overlap": lambda text: random_dna(1, len(text) - 60)[0] + text[:60],
        "homolog": lambda text: mutate(text, 0.1),
        "homolog on the other strand": lambda text: reverse_complement(mutate(text, 0.1)),
    }


@pytest.fixture
def windows_of():
    """Factory: all windows of all sequences, text (n,) and positions (n, 2)."""

    def cut(sequences, window=40, step=1):
        rows = [(s[i : i + window], p, i) for p, s in enumerate(sequences) for i in range(0, len(s) - window + 1, step)]
        return np.array([row[0] for row in rows]), np.array([row[1:] for row in rows])

    return cut
