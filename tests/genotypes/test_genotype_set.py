"""GenotypeSet: individuals and variants stay together."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.datasets import GenotypeSet, make_genotypes
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.genotypes import check_genotypes, read_individuals

VARIANTS = pd.DataFrame(
    {"chrom": "6", "pos": [3, 8], "id": ["rs1", "."], "ref": ["A", "C"], "alt": ["G", "T"], "maf": [0.25, 0.5]}
)


def _people(**changes):
    options = {"genotypes": [[0, 1], [3, -1], [1, 2]], "encoding": "phased", "samples": ["a", "b", "c"]}
    return GenotypeSet(**(options | {"variants": VARIANTS, "populations": ["x", "y", "x"]} | changes))


def test_length_is_people_in_every_encoding():
    people = _people()
    assert [len(people.recode(encoding)) for encoding in ("phased", "haplotype", "dosage")] == [3, 3, 3]
    assert people.recode("haplotype").genotypes.shape == (6, 2)
    assert people.recode("haplotype").recode("phased").genotypes.tolist() == people.genotypes.tolist()
    with pytest.raises(DataFormatError, match="do not say which chromosome"):
        people.recode("dosage").recode("phased")


@pytest.mark.parametrize("encoding", ["phased", "haplotype", "dosage"])
@pytest.mark.parametrize("people", [[2, 0], [False, True, True]])
def test_take_keeps_people_and_their_rows(encoding, people):
    whole = _people()
    part = whole.recode(encoding).take(people)
    rows = np.arange(3)[people]
    assert part.samples.tolist() == whole.samples[rows].tolist()
    assert part.populations.tolist() == whole.populations[rows].tolist()
    expected = GenotypeSet(whole.genotypes[rows], "phased", whole.samples[rows], VARIANTS).recode(encoding)
    assert part.genotypes.tolist() == expected.genotypes.tolist()


def test_frequencies_follow_the_people_taken():
    part = _people().take([0, 2])
    assert part.variants["maf"].tolist() == [0.25, 0.5]  # 0|0, 0|1 and 0|1, 1|0
    assert part.take([1]).variants["maf"].tolist() == [0.5, 0.5]
    assert np.isnan(_people().take([1]).variants["maf"][1])  # nobody is called
    assert _people().variants["maf"].tolist() == [0.25, 0.5]


def test_tables():
    people = _people()
    frame = people.to_frame()
    assert frame.columns.tolist() == ["6:3:A:G", "6:8:C:T"]
    assert frame.loc["b"].tolist() == [3, -1]
    assert people.recode("haplotype").to_frame().loc[("b", 1)].tolist() == [1, -1]
    assert people.people().to_dict("list") == {"sample": ["a", "b", "c"], "population": ["x", "y", "x"]}
    assert list(_people(populations=None).people().columns) == ["sample"]


def test_it_stands_for_its_array():
    people = _people()
    assert check_genotypes(people, "phased") is people.genotypes
    with pytest.raises(DataFormatError, match=r"convert it with X\.recode\('dosage'\)"):
        check_genotypes(people, "dosage")


def test_repr_is_short():
    assert repr(_people()) == "<GenotypeSet: 3 individuals, 2 variants, encoding 'phased', populations: x 2, y 1.>"
    assert repr(_people(populations=None)) == "<GenotypeSet: 3 individuals, 2 variants, encoding 'phased'.>"
    assert repr(make_genotypes(1, 10, 12, random_state=0)).endswith("POP5 1 and 4 more.>")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"samples": ["a", "b"]}, "samples has 2 entries, but the genotypes are of 3 individuals"),
        ({"populations": ["x"]}, "populations has 1 entries, but the genotypes are of 3 individuals"),
        ({"variants": VARIANTS[:1]}, "variants has 1 entries, but the genotypes are of 2 variants"),
        ({"variants": VARIANTS.drop(columns=["id", "maf"])}, r"variants lacks the column\(s\) id, maf"),
        ({"encoding": "dosage"}, "genotypes: row 1, variant 0 is 3"),
    ],
)
def test_parts_that_do_not_fit(changes, message):
    with pytest.raises(DataFormatError, match=message):
        _people(**changes)


@pytest.mark.parametrize("encoding", ["phased", "haplotype", "dosage"])
def test_what_is_computed_from_the_values(encoding):
    people = make_genotypes(4, 10, 2, random_state=0).recode(encoding)
    phased = make_genotypes(4, 10, 2, random_state=0)
    haplotypes = phased.recode("haplotype").genotypes
    assert people.n_variants == 10
    assert not people.has_missing
    assert people.dosages.tolist() == (haplotypes[::2] + haplotypes[1::2]).tolist()
    assert people.dosages is people.dosages, "computed once"
    if encoding == "dosage":
        assert people.haplotypes is None
        assert people.alleles is people.dosages
        assert people.units.tolist() == np.hstack([people.dosages >= 1, people.dosages == 2]).astype(int).tolist()
        assert people.unit_populations is people.populations
    else:
        assert people.haplotypes.tolist() == people.alleles.tolist() == people.units.tolist() == haplotypes.tolist()
        assert people.unit_populations.tolist() == np.repeat(people.populations, 2).tolist()


def test_a_part_does_not_keep_what_was_computed_from_the_whole():
    people = _people()
    assert len(people.dosages) == 3
    assert people.has_missing
    part = people.of("x")
    assert part.dosages.tolist() == [[0, 1], [1, 1]]
    assert not part.has_missing
    assert part.recode("haplotype").dosages.tolist() == [[0, 1], [1, 1]]


@pytest.mark.parametrize("encoding", ["phased", "haplotype", "dosage"])
def test_names_and_variants_may_be_absent(encoding):
    people = GenotypeSet([[0, 1], [1, 1], [0, 0], [1, 0]], encoding)
    n_individuals = 2 if encoding == "haplotype" else 4
    assert repr(people) == f"<GenotypeSet: {n_individuals} individuals, 2 variants, encoding '{encoding}'.>"
    assert people.people().to_dict("list") == {"sample": [f"sample{i}" for i in range(1, n_individuals + 1)]}
    assert people.to_frame().shape == (4, 2)
    part = people.take([1])
    assert len(part) == 1
    assert part.samples is part.variants is part.populations is None
    assert part.unit_populations is None


def test_reading_gives_arrays_and_sets_one_type():
    people = make_genotypes(4, 10, 2, random_state=0)
    array = read_individuals(people.genotypes, people.populations, "phased", name="X")
    assert array.samples is array.variants is None
    known = read_individuals(people, None, "phased", name="X")
    assert known.samples is people.samples
    assert known.variants is people.variants
    for read in (array, known):
        assert read.genotypes is people.genotypes
        assert read.populations.tolist() == people.populations.tolist()
    other = read_individuals(people, ["a"] * 8, "phased", name="X")
    assert set(other.populations) == {"a"}
    rows = people.recode("haplotype").genotypes
    for labels in (people.populations, np.repeat(people.populations, 2)):
        read = read_individuals(rows, labels, "haplotype", name="X")
        assert read.populations.tolist() == people.populations.tolist()


@pytest.mark.parametrize(
    ("X", "populations", "message"),
    [
        (_people(), None, "G has 1 missing genotypes"),
        (_people().recode("dosage"), None, "G has the encoding 'dosage', but 'phased' was asked for"),
        (_people().take([0, 2]), ["a"], r"the labels of G must have shape \(2,\), one per row, got \(1,\)"),
        ([[0, 4]], ["a"], "G: row 0, variant 1 is 4"),
        ([[0, 3]], None, "G has no population labels"),
        ([[0, 3], [1, 1]], ["a", None], "y of G is missing for row 1"),
    ],
)
def test_individuals_that_cannot_be_read(X, populations, message):
    with pytest.raises(ValueError, match=message):
        read_individuals(X, populations, "phased", name="G")
