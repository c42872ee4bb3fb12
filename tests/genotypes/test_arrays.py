"""Genotype arrays: what each encoding allows, and conversions against the meaning of VCF's GT field."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.genotypes import check_genotypes, dosages, from_haplotypes, recode_genotypes, to_haplotypes

HIGHEST = {"dosage": 2, "phased": 3, "haplotype": 1}


def _naive_haplotypes(phased):
    calls = {0: "0|0", 1: "0|1", 2: "1|0", 3: "1|1", -1: ".|."}
    rows = []
    for person in phased:
        for side in (0, 1):
            alleles = [calls[int(g)].split("|")[side] for g in person]
            rows.append([-1 if allele == "." else int(allele) for allele in alleles])
    return rows


@pytest.mark.parametrize("encoding", HIGHEST)
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float64, object])
def test_every_value_of_an_encoding_passes(encoding, dtype, rng):
    lowest = 0 if dtype is np.uint8 else -1
    values = rng.integers(lowest, HIGHEST[encoding] + 1, size=(4, 9))
    checked = check_genotypes(values.astype(dtype), encoding)
    assert checked.dtype == np.int8
    np.testing.assert_array_equal(checked, values)


@pytest.mark.parametrize(
    "form", [np.asarray, pd.DataFrame, list, lambda g: SimpleNamespace(genotypes=g, encoding="dosage")]
)
def test_every_form_passes(form):
    values = np.array([[0, 1, 2], [2, -1, 0]], np.int8)
    np.testing.assert_array_equal(check_genotypes(form(values), "dosage"), values)


def test_int8_is_passed_through_and_booleans_are_alleles():
    values = np.zeros((2, 3), np.int8)
    assert check_genotypes(values, "haplotype") is values
    assert check_genotypes(values == 0, "haplotype").tolist() == [[1, 1, 1], [1, 1, 1]]


@pytest.mark.parametrize(
    ("values", "encoding", "message"),
    [
        ([[0, 1], [2, 3]], "dosage", r"X: row 1, variant 1 is 3, but encoding='dosage' has 0, 1, 2 copies"),
        ([[0, 4]], "phased", r"variant 1 is 4, but encoding='phased' has 0, 1, 2, 3 for 0\|0, 0\|1"),
        ([[0, 1], [2, 1]], "haplotype", r"row 1, variant 0 is 2, but encoding='haplotype'"),
        ([[0, -2]], "dosage", r"variant 1 is -2.*-1 for missing"),
        ([[0.5, 1.0]], "dosage", r"variant 0 is 0\.5"),
        ([[0.0, np.nan]], "dosage", r"variant 1 is nan.*missing genotypes are -1, not NaN"),
        (pd.DataFrame({"a": [0, None]}, dtype=object), "dosage", "missing genotypes are -1, not NaN"),
        ([["0|1"]], "phased", r"must hold whole numbers.*values of type <U3"),
        ([0, 1], "dosage", r"individuals by variants.*got shape \(2,\)"),
        (np.zeros((2, 3, 4)), "phased", r"got shape \(2, 3, 4\)"),
        (np.zeros((0, 3)), "phased", r"at least one of each; got shape \(0, 3\)"),
        ([[0, 1], [0]], "phased", "rows of equal length"),
        (np.zeros((3, 2), int), "haplotype", r"holds 3 haplotypes, but every individual has two"),
        (
            SimpleNamespace(genotypes=np.zeros((1, 1)), encoding="phased"),
            "dosage",
            r"convert it with X\.recode\('dosage'\)",
        ),
    ],
)
def test_what_breaks_an_encoding_is_named(values, encoding, message):
    with pytest.raises(DataFormatError, match=message):
        check_genotypes(values, encoding)


def test_unknown_encoding():
    with pytest.raises(ValueError, match=r"encoding must be one of 'dosage', 'phased', 'haplotype', got 'counts'"):
        check_genotypes([[0]], "counts")
    with pytest.raises(ValueError, match="target must be one of"):
        recode_genotypes([[0]], source="phased", target="alleles")


def test_missing_values_can_be_refused():
    with pytest.raises(DataFormatError, match=r"G has 2 missing genotypes \(-1\) in 1 rows"):
        check_genotypes([[-1, 0, -1], [0, 0, 0]], "dosage", "G", allow_missing=False)
    check_genotypes([[1, 0]], "dosage", "G", allow_missing=False)


def test_phased_to_haplotypes_follows_the_calls(rng):
    phased = rng.integers(-1, 4, size=(7, 11))
    np.testing.assert_array_equal(to_haplotypes(phased, "phased"), _naive_haplotypes(phased))


def test_phased_and_haplotypes_round_trip(rng):
    phased = rng.integers(-1, 4, size=(7, 11))
    there = recode_genotypes(phased, source="phased", target="haplotype")
    np.testing.assert_array_equal(recode_genotypes(there, source="haplotype", target="phased"), phased)
    haplotypes = rng.integers(0, 2, size=(8, 5))
    back = recode_genotypes(haplotypes, source="haplotype", target="phased")
    np.testing.assert_array_equal(recode_genotypes(back, source="phased", target="haplotype"), haplotypes)


def test_counts_are_sums_of_haplotypes(rng):
    haplotypes = rng.integers(0, 2, size=(10, 6))
    expected = haplotypes.reshape(5, 2, 6).sum(axis=1)
    np.testing.assert_array_equal(dosages(haplotypes, "haplotype"), expected)
    np.testing.assert_array_equal(dosages(from_haplotypes(haplotypes, "phased"), "phased"), expected)


def test_half_a_call_is_missing_outside_haplotypes():
    half = [[0, 1, -1], [-1, 1, -1]]
    assert from_haplotypes(half, "phased").tolist() == [[-1, 3, -1]]
    assert from_haplotypes(half, "dosage").tolist() == [[-1, 2, -1]]
    assert dosages([[-1, 0, 1, 2, 3]], "phased").tolist() == [[-1, 0, 1, 1, 2]]


@pytest.mark.parametrize("target", ["phased", "haplotype"])
def test_counts_have_no_phase(target):
    with pytest.raises(DataFormatError, match="do not say which chromosome carries an allele; read phased genotypes"):
        recode_genotypes([[0, 1, 2]], source="dosage", target=target)


@pytest.mark.parametrize(
    ("source", "target"), [("dosage", "dosage"), *((s, t) for s in ("phased", "haplotype") for t in HIGHEST)]
)
def test_the_result_never_shares_memory(source, target):
    values = np.zeros((2, 3), np.int8)
    recoded = recode_genotypes(values, source=source, target=target)
    assert not np.shares_memory(recoded, values)
    assert recoded.dtype == np.int8
