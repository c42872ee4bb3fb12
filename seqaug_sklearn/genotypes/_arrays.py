"""Genotype arrays from one encoding to another, and what is counted from them.

The arrays are trusted: they were checked where they came in (:func:`check_genotypes`, :class:`GenotypeSet`), or a
generator made them. One individual is one row of allele counts or phased states, and two neighbouring rows (2i, 2i + 1)
of haplotypes.
"""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError

__all__ = [
    "dosages",
    "from_haplotypes",
    "minor_allele_frequencies",
    "recoded",
    "rows_of_individuals",
    "to_haplotypes",
]


def recoded(G, source, target, name="X"):
    """Return valid genotypes in another encoding, as :func:`recode_genotypes` does; never the input itself."""
    if source == target:
        return G.copy()
    if target == "dosage":
        return dosages(G, source)
    return from_haplotypes(to_haplotypes(G, source, name), target)


def to_haplotypes(G, encoding, name="X"):
    """Return valid genotypes as haplotypes: int8 (2 * n_samples, n_variants), individual i in rows 2i and 2i + 1.

    Raises
    ------
    DataFormatError
        For dosages: which chromosome carries the allele is unknown.
    """
    if encoding == "haplotype":
        return G
    if encoding == "dosage":
        raise DataFormatError(
            f"{name} holds allele counts (encoding='dosage'), which do not say which chromosome carries an allele; "
            "read phased genotypes instead (encoding='phased' or 'haplotype'), or phase them with a phasing program"
        )
    G = np.asarray(G, np.int8)
    haplotypes = np.empty((2 * len(G), G.shape[1]), np.int8)
    # a phased state is a number of two bits: the upper one is the first chromosome's allele, the lower the second's
    np.right_shift(G, 1, out=haplotypes[0::2])  # -1 stays -1: the sign is shifted in
    np.bitwise_and(G, 1, out=haplotypes[1::2])
    haplotypes[1::2][G < 0] = -1  # the lowest bit of -1 is 1
    return haplotypes


def from_haplotypes(H, encoding):
    """Return valid haplotypes in the given encoding; an individual with one allele missing is missing in the others."""
    H = np.asarray(H, np.int8)
    if encoding == "haplotype":
        return H
    first, second = H[0::2], H[1::2]  # of individual i: rows 2i and 2i + 1
    # two bits of a phased state, or the plain sum; int8, or NumPy would make wider integers
    weight = {"phased": np.int8(2), "dosage": np.int8(1)}[encoding]
    G = first * weight + second
    G[(first < 0) | (second < 0)] = -1
    return G


def dosages(G, encoding):
    """Return the copies of the alternative allele: int8 (n_samples, n_variants), -1 missing."""
    if encoding == "haplotype":
        return from_haplotypes(G, "dosage")
    if encoding == "dosage":
        return G
    G = np.asarray(G, np.int8)
    copies = (G >> 1) + (G & 1)  # the two bits of a state, one for each chromosome
    copies[G < 0] = -1  # whose bits add up to 0
    return copies


def minor_allele_frequencies(G, encoding):
    """Return the minor-allele frequency per variant among alleles that were called; NaN where there are none."""
    alleles = G if encoding == "haplotype" else dosages(G, encoding)
    alleles_per_row = 1 if encoding == "haplotype" else 2
    called = alleles >= 0
    copies = np.where(called, alleles, 0).sum(axis=0, dtype=np.int64)
    with np.errstate(invalid="ignore"):  # 0 / 0 where no one was called
        alternative = copies / (called.sum(axis=0) * alleles_per_row)
    return np.minimum(alternative, 1 - alternative)


def rows_of_individuals(numbers, encoding):
    """Return the rows of individuals, by their numbers: of haplotypes 2i and 2i + 1 for individual i."""
    if encoding != "haplotype":
        return numbers
    return np.stack([2 * numbers, 2 * numbers + 1], axis=1).ravel()
