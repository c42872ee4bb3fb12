"""Presets and edits in words: what each kind of sequence gets, and what is refused."""

import numpy as np
import pytest
from Bio.Seq import Seq

from seqaug_sklearn.augmentation import (
    EDIT_PRESETS,
    RandomAugmentation,
    RandomDeletion,
    RandomInsertion,
    RandomMutation,
    RandomReverseComplement,
    RandomShift,
    RandomTranslocation,
    SubstitutionMatrixMutation,
    SynonymousMutation,
    describe_edits,
    make_edits,
)
from seqaug_sklearn.exceptions import DataFormatError


def made(*arguments, **options):
    return repr(make_edits(*arguments, **options).transforms)


def test_evoaug_is_that_of_the_comparisons_before():
    moving = [RandomInsertion(), RandomDeletion(), RandomTranslocation()]
    assert made() == made("evoaug") == repr([*moving, RandomMutation(), RandomReverseComplement()])
    assert make_edits().max_per_sequence == 2
    assert make_edits().exactly
    short = [cls(0, 4) for cls in (RandomInsertion, RandomDeletion, RandomTranslocation)]
    for X in (12, ["ACGT" * 3, "A" * 99], np.array(["A" * 14])):
        assert made("evoaug", X, strand="single") == repr([*short, RandomMutation()])
    assert made("evoaug", alphabet="rna", protect=[3]) == made("evoaug", strand="single")


def test_gentle_changes_little(rng):
    texts = ["".join(rng.choice(list("ACGT"), 200)) for _ in range(200)]
    edits = make_edits("gentle", texts, strand="single", random_state=0)
    assert repr(edits.transforms) == repr([RandomMutation(0.02), RandomShift(0, 5)])
    assert not edits.exactly
    copies = edits.fit_resample(texts, [0] * 200)[0][200:]
    # the best overlay of at most five residues to the left or right agrees in nearly all places
    for text, copy in zip(texts, copies, strict=True):
        assert max(sum(map(str.__eq__, ("-" * 5 + text + "-" * 5)[s:], copy)) for s in range(11)) > 180
    assert made("gentle", 8, strand="single") == repr([RandomMutation(0.02)])


@pytest.mark.parametrize("preset", EDIT_PRESETS)
def test_each_kind_of_sequence_gets_what_it_stands(preset, rng):
    protein = make_edits(preset, alphabet="protein").transforms
    assert any(isinstance(edit, SubstitutionMatrixMutation) for edit in protein)
    assert not any(isinstance(edit, (RandomMutation, RandomReverseComplement)) for edit in protein)
    for alphabet, kind in (("dna", RandomMutation), ("protein", SubstitutionMatrixMutation)):
        (edit,) = make_edits(preset, alphabet=alphabet, aligned=True).transforms
        assert isinstance(edit, kind)
    texts = ["".join(rng.choice(list("ACGT"), 90)) for _ in range(5)]
    for aligned in (False, True):
        coding = make_edits(preset, texts, coding=True, aligned=aligned, n_copies=20, random_state=0)
        assert isinstance(coding.transforms[0], SynonymousMutation)
        copies = coding.fit_resample(texts, [0] * 5)[0]
        assert [Seq(copy).translate() for copy in copies] == [Seq(text).translate() for text in texts] * 21
        assert len(set(copies)) > 50


@pytest.mark.parametrize(
    ("words", "transforms"),
    [
        ("mutation", [RandomMutation()]),
        ("mutation(rate=0.1)", [RandomMutation(0.1)]),
        (" Mutation( rate = 1e-1 ) , deletion( max = 7 )", [RandomMutation(0.1), RandomDeletion(0, 7)]),
        ("deletion(min_length=1,max_length=7),mutation()", [RandomDeletion(1, 7), RandomMutation()]),
        ("reverse-complement(probability=1)", [RandomReverseComplement(1)]),
        ("shift(max=3,fill=pad)", [RandomShift(0, 3, fill="pad")]),
        ("synonymous(table=11,usage=data)", [SynonymousMutation(table=11, usage="data")]),
        ("substitution(matrix=HOXD70,temperature=2)", [SubstitutionMatrixMutation("HOXD70", temperature=2)]),
        ("gentle", [RandomMutation(0.02), RandomShift(0, 5), RandomReverseComplement()]),
        (
            "gentle,mutation(rate=0.1),deletion",
            [RandomMutation(0.1), RandomShift(0, 5), RandomReverseComplement(), RandomDeletion()],
        ),
    ],
)
def test_edits_in_words(words, transforms):
    assert made(words) == repr(transforms)


def test_settings_in_words():
    edits = make_edits("mutation,deletion,insertion,copies=4,per_sequence=1", n_copies=2, random_state=5)
    wanted = {"n_copies": 4, "max_per_sequence": 1, "exactly": True, "random_state": 5}
    assert edits.get_params().items() >= wanted.items()
    assert make_edits("evoaug,per_sequence=3", n_copies=2).n_copies == 2
    assert made("gentle,coding") == made("gentle", coding=True) == repr([SynonymousMutation(0.05)])
    assert made("evoaug,aligned") == made("evoaug", aligned=True) == repr([RandomMutation()])
    with pytest.raises(DataFormatError, match="must not be deletion, which change the protein"):
        make_edits("deletion,coding")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "strong",
            r"preset \(gentle, evoaug\), edits \(mutation, .*copies=, per_sequence=, aligned, cod.*got 'strong'",
        ),
        ("rate=3", "settings .*got 'rate'"),
        ("", "must name a preset .gentle, evoaug. or an edit, got ''"),
        ("copies=2", "or an edit"),
        ("mutation,gentle", "must begin with its one preset, 'gentle'"),
        ("gentle(rate=1)", "got 'gentle'"),
        ("mutation,mutation(rate=0.1)", "'mutation' twice"),
        ("mutation(speed=3)", "must give mutation some of rate= in brackets, got 'speed=3'"),
        ("deletion(5)", "min_length=, max_length= in brackets, got '5'"),
        ("deletion(max=)", "a value in 'max='"),
        ("mutation(rate=0.1", r"'mutation\(rate=0.1' cannot be read"),
        ("mutation(rate=often)", "'rate' parameter of RandomMutation"),
        ("mutation(rate=7)", "'rate' parameter of RandomMutation"),
        ("deletion(min=5,max=2)", "min_length must not be above"),
        ("synonymous(table=7)", "genetic code of NCBI"),
        ("shift(fill=context)", "context"),
        ("mutation,copies=0", "n_copies"),
        ("mutation,copies=many", "n_copies"),
        (7, "must be one of gentle, evoaug or edits in words"),
    ],
)
def test_words_that_are_no_edits(words, message):
    with pytest.raises(ValueError, match=message):
        make_edits(words)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"coding": True}, "edits of coding sequences must not be mutation, shift, which change the protein; take syn"),
        ({"aligned": True}, "edits of aligned sequences must not be shift, which move.*take mutation, substitution, s"),
        ({"coding": True, "alphabet": "protein"}, "coding sequences are DNA or RNA, but alphabet is 'protein'"),
    ],
)
def test_edits_that_do_not_suit(options, message):
    with pytest.raises(DataFormatError, match=message):
        make_edits("mutation,shift", **options)


def test_wrong_strand():
    with pytest.raises(ValueError, match=r"strand.*must be 'both' or 'single', got 'one'"):
        make_edits(strand="one")


def test_the_description_names_sizes_rates_and_numbers():
    everything = (
        "mutation(rate=0.015),substitution(temperature=2),synonymous(rate=0.3,table=11,usage=data),insertion(min=2,max=2),"
        "deletion,translocation,shift(fill=pad),inversion,reverse_complement,noise(std=0.1),per_sequence=4"
    )
    text = describe_edits(make_edits(everything))
    for phrase in (
        "4 per sequence of: mutation of 1.5 % of the residues, to any other;",
        "; substitution of 5 % of the residues by BLOSUM62 (temperature 2);",
        "; synonymous exchange of 30 % of the codons (genetic code 11, by the codon usage of the data);",
        "; insertion of 2 residues; deletion of 0 to 20 residues; translocation of 0 to 20 residues;",
        "; shift by 0 to 20 residues, filled with unknown residues; inversion of 0 to 20 residues;",
        "; reverse complement with probability 0.5; noise with standard deviation 0.1",
    ):
        assert phrase in text
    given = RandomAugmentation([SynonymousMutation(usage={"AAA": 1}), RandomShift()], exactly=False)
    assert describe_edits(given).startswith("1 to 2 per sequence of: synonymous exchange of 10 % of the codons (gen")
    assert "code 1, by a given codon usage)" in describe_edits(given)
