"""SequenceComposition against counting by hand."""

import numpy as np
import pytest

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.features import SequenceComposition

SYMBOLS = {"dna": "ACGT", "rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def naive_row(text, symbols):
    text = text.upper()
    pairs = [first + second for first in symbols for second in symbols]
    neighbours = [text[i : i + 2] for i in range(len(text) - 1)]
    shares = [[text.count(symbol) for symbol in symbols], [neighbours.count(pair) for pair in pairs]]
    return np.concatenate([np.array(part) / max(sum(part), 1) for part in shares])


@pytest.mark.parametrize("alphabet", SYMBOLS)
def test_equals_counting(alphabet, rng):
    symbols = SYMBOLS[alphabet]
    unknown = "X" if alphabet == "protein" else "N"
    X = ["".join(rng.choice([*symbols, unknown, symbols[0].lower()], n)) for n in rng.integers(1, 60, 20)]
    X.append(unknown)
    model = SequenceComposition(alphabet, dtype=np.float64).fit(X[:3])
    np.testing.assert_allclose(model.transform(X), [naive_row(text, symbols) for text in X], atol=1e-15)
    names = model.get_feature_names_out().tolist()
    assert names[: len(symbols)] == list(symbols)
    assert len(names) == len(symbols) + len(symbols) ** 2 == model.n_features_out_


def test_groups_and_length():
    model = SequenceComposition(symbols=False, pairs=False, groups="usual", length=True)
    assert model.fit_transform(["GGCN", "ATTT"]).tolist() == pytest.approx(np.array([[1, 2 / 3, 4], [0, 1 / 4, 4]]))
    assert model.get_feature_names_out().tolist() == ["GC", "purines", "length"]
    own = SequenceComposition(pairs=False, groups={"weak": "at"}).fit(["ACGT"])
    assert own.groups_ == {"weak": "AT"}
    assert own.transform(["AATG"])[0, -1] == 0.75


def test_protein_groups_are_amino_acids():
    model = SequenceComposition("protein", symbols=False, pairs=False, groups="usual").fit(["MKV"])
    assert set("".join(model.groups_.values())) < set(SYMBOLS["protein"])
    named = dict(zip(model.get_feature_names_out(), model.transform(["DEDK"])[0].tolist(), strict=True))
    assert (named["negative"], named["positive"], named["aromatic"]) == (0.75, 0.25, 0)


def test_data_frames(random_dna):
    frame = SequenceComposition(pairs=False).set_output(transform="pandas").fit_transform(random_dna(3, 20))
    assert frame.columns.tolist() == list("ACGT")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"symbols": False, "pairs": False}, "symbols is False, and nothing else is asked for"),
        ({"groups": {"odd": "AZ"}}, "groups must map names to symbols of the dna alphabet.*'odd': 'AZ'"),
        ({"groups": {"none": ""}}, "groups must map names to symbols"),
        ({"groups": {3: "A"}}, "groups must map names to symbols"),
    ],
)
def test_what_cannot_be_is_said(params, message):
    with pytest.raises(InvalidParameterError, match=message):
        SequenceComposition(**params).fit(["ACGT"])


def test_usual_groups_of_another_alphabet_are_not_known():
    from seqaug_sklearn.alphabets import Alphabet

    with pytest.raises(InvalidParameterError, match="groups 'usual' is known for dna, rna, protein"):
        SequenceComposition(Alphabet("binary", "XY"), groups="usual").fit(["XYX"])
