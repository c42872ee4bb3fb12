"""Motifs in ``protect``: their sites, against regular expressions, stay where and as they are under every edit."""

import re

import numpy as np
import pandas as pd
import pytest
import torch

from seqaug_sklearn.alphabets import DNA, PROTEIN, RNA
from seqaug_sklearn.augmentation import (
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomInversion,
    RandomMutation,
    RandomReverseComplement,
    RandomShift,
    RandomTranslocation,
    SubstitutionMatrixMutation,
    SynonymousMutation,
)
from seqaug_sklearn.encoding import reverse_complement

EDITS = [
    RandomMutation(0.9),
    RandomInsertion(),
    RandomDeletion(),
    RandomTranslocation(),
    RandomInversion(),
    RandomShift(),
    RandomShift(fill="pad"),
    SynonymousMutation(1),
    SubstitutionMatrixMutation("HOXD70", temperature=100, rate=0.9),
]


def sites(text, motif, alphabet):
    """Positions of all sites, overlapping ones too, by a regular expression."""
    found = set()
    for pattern in {motif, reverse_complement([motif])[0] if alphabet is DNA else motif}:
        letters = "".join(f"[{alphabet.ambiguity.get(c, c)}]" for c in pattern)
        for match in re.finditer(f"(?={letters})", text):
            found |= set(range(match.start(), match.start() + len(pattern)))
    return found


@pytest.mark.parametrize(
    ("alphabet", "motif"), [(DNA, "TAWAA"), (DNA, "acg"), (DNA, "SNNS"), (RNA, "AUG"), (PROTEIN, "KB")], ids=str
)
@pytest.mark.parametrize("form", ["text", "batch"])
def test_the_sites_are_those_of_a_regular_expression(alphabet, motif, form, rng):
    """Mutations at rate 1 change every known letter outside the sites, and none inside."""
    texts = ["".join(rng.choice(list(alphabet.symbols[:9]), n)) for n in (80, 61, 3, 2)]
    augmentation = RandomAugmentation([RandomMutation(1)], protect=motif, alphabet=alphabet.name, random_state=0)
    if form == "text":
        rows = augmentation.fit_resample(texts, [0] * 4)[0][4:]
    else:
        letters = np.array([list(text.ljust(80)) for text in texts])
        X = torch.from_numpy((letters[..., None] == list(alphabet.symbols)).astype(np.float32))
        found = augmentation.augment_batch(X, rng).argmax(-1)
        rows = ["".join(alphabet.symbols[c] for c in row)[: len(text)] for text, row in zip(texts, found, strict=True)]
    for before, after in zip(texts, rows, strict=True):
        assert {p for p, (a, b) in enumerate(zip(before, after, strict=True)) if a == b} == sites(
            before, motif.upper(), alphabet
        )


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_every_edit_leaves_the_sites_alone(edit, random_dna):
    texts = [text[:20] + "TATAAA" + text[20:40] + "TTTATA" + text[40:] for text in random_dna(30, 60)]
    rows = RandomAugmentation([edit], protect=["TATAAA", 0], n_copies=3, random_state=0)
    for number, row in enumerate(rows.fit_resample(texts, [0] * 30)[0]):
        text = texts[number % 30]
        kept = sites(text, "TATAAA", DNA) | {0}
        assert [row[p] for p in kept] == [text[p] for p in kept]
        assert {*range(20, 26), *range(46, 52)} <= kept


def test_motifs_by_identifier_and_beside_positions():
    X = pd.Series({"a": "TATAAACCCCCC", "b": "TATAAACCCCCC"})
    sampler = RandomAugmentation([RandomMutation(1)], protect={"a": ["TATAAA", (10, 12)]}, random_state=0)
    first, second = sampler.fit_resample(X, [0, 0])[0].iloc[2:]
    assert [p for p in range(12) if first[p] == X["a"][p]] == [0, 1, 2, 3, 4, 5, 10, 11]
    assert not any(second[p] == X["b"][p] for p in range(12))


@pytest.mark.parametrize(
    ("protect", "message"),
    [
        ("", "protect must not hold an empty motif"),
        ("TAUA", "protect must hold motifs of the symbols ACGT and IUPAC's codes, but 'TAUA' has 'U'"),
        (["TATA", 99], "position 99 is outside"),
        ((3, "TATA"), "must hold positions .* a motif such as 'TATAWA'"),
    ],
)
def test_bad_motifs(protect, message):
    with pytest.raises(ValueError, match=message):
        RandomAugmentation([RandomMutation()], protect=protect).fit_resample(["ACGTACGT"], [0])


def test_a_reverse_complement_moves_any_motif():
    """An error that does not depend on whether a batch happens to hold a site."""
    sampler = RandomAugmentation([RandomReverseComplement()], protect="TATAAA")
    with pytest.raises(ValueError, match="protect cannot be kept"):
        sampler.fit_resample(["CCCC"], [0])
