"""Four channels of phased genotypes."""

import numpy as np
import pytest

from seqaug_sklearn.encoding import genotype_one_hot, recode_genotypes
from seqaug_sklearn.exceptions import DataFormatError


def test_one_channel_per_state(rng):
    phased = rng.integers(0, 4, size=(6, 10))
    encoded = genotype_one_hot(phased)
    assert (encoded.shape, encoded.dtype) == ((6, 10, 4), np.float32)
    assert (encoded.sum(axis=2) == 1).all()
    np.testing.assert_array_equal(encoded.argmax(axis=2), phased)


def test_missing_is_an_all_zero_row():
    assert genotype_one_hot([[-1, 3]]).tolist() == [[[0, 0, 0, 0], [0, 0, 0, 1]]]


def test_haplotypes_give_the_same_channels(rng):
    phased = rng.integers(-1, 4, size=(5, 8))
    haplotypes = recode_genotypes(phased, source="phased", target="haplotype")
    np.testing.assert_array_equal(
        genotype_one_hot(haplotypes, source="haplotype", dtype=np.uint8), genotype_one_hot(phased, dtype=np.uint8)
    )


def test_counts_are_refused():
    with pytest.raises(DataFormatError, match="holds allele counts"):
        genotype_one_hot([[0, 1, 2]], source="dosage")
