"""The two controls of ``genotype_fidelity``: individuals without linkage, and individuals without privacy."""

import numpy as np

from seqaug_sklearn.genotypes import from_haplotypes, trusted_set

__all__ = ["bootstrap_copies", "independent_variants"]


def independent_variants(people, rng):
    """Draw every allele on its own from its frequency in the population: right frequencies, no linkage."""
    haplotypes = np.empty((2 * len(people), people.n_variants), np.int8)
    for population in np.unique(people.populations):
        members = people.populations == population
        rows = np.repeat(members, 2)  # 2i and 2i + 1 of individual i
        frequencies = people.dosages[members].mean(axis=0) / 2
        haplotypes[rows] = rng.random((rows.sum(), people.n_variants)) < frequencies
    encoding = "dosage" if people.haplotypes is None else "haplotype"
    return trusted_set(from_haplotypes(haplotypes, encoding), encoding, populations=people.populations)


def bootstrap_copies(people, rng):
    """Draw individuals with replacement, population by population: real individuals, so no privacy."""
    members = [np.flatnonzero(people.populations == population) for population in np.unique(people.populations)]
    return people.take(np.concatenate([rng.choice(rows, len(rows)) for rows in members]))
