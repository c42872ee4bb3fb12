"""GenotypeSet: people and variants stay together."""

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.datasets import GenotypeSet, make_genotypes
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.genotypes import check_genotypes

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
    assert repr(_people()) == "GenotypeSet(3 people, 2 variants, encoding='phased', populations: x 2, y 1)"
    assert repr(_people(populations=None)) == "GenotypeSet(3 people, 2 variants, encoding='phased')"
    assert repr(make_genotypes(1, 10, 12, random_state=0)).endswith(", ...)")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"samples": ["a", "b"]}, "samples has 2 entries, but the genotypes are of 3 people"),
        ({"populations": ["x"]}, "populations has 1 entries, but the genotypes are of 3 people"),
        ({"variants": VARIANTS[:1]}, "variants has 1 entries, but the genotypes are of 2 variants"),
        ({"variants": VARIANTS.drop(columns=["id", "maf"])}, r"variants lacks the column\(s\) id, maf"),
        ({"encoding": "dosage"}, "genotypes: row 1, variant 0 is 3"),
    ],
)
def test_parts_that_do_not_fit(changes, message):
    with pytest.raises(DataFormatError, match=message):
        _people(**changes)
