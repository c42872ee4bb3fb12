"""Real and synthetic people as the genotype displays take them."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from seqaug_sklearn.genotypes import check_genotypes, dosages, to_haplotypes
from seqaug_sklearn.utils import check_class_labels

__all__ = ["People", "check_matches", "read_groups", "read_people"]


class People(NamedTuple):
    """Genotypes of a group: ``values`` as given, allele counts, haplotypes (None without phase), populations."""

    values: np.ndarray
    counts: np.ndarray
    haplotypes: np.ndarray | None
    labels: np.ndarray

    def of(self, population):
        """Return counts and alleles (haplotypes, or counts without phase) of one population."""
        rows = self.labels == population
        alleles = self.counts[rows] if self.haplotypes is None else self.haplotypes[np.repeat(rows, 2)]
        return self.counts[rows], alleles

    def units(self):
        """Return rows of 0 and 1 between which differences are counted, and their populations.

        Haplotypes; without phase, people with two columns per variant: at least one copy, and two.
        """
        if self.haplotypes is not None:
            return self.haplotypes, np.repeat(self.labels, 2)
        return np.concatenate([self.counts >= 1, self.counts == 2], axis=1).astype(np.int8), self.labels


def read_groups(real, synthetic, encoding, *, allow_missing=False):
    """Check real and synthetic people of the same variants.

    Parameters
    ----------
    real : (X, y) or GenotypeSet
        Real people with their populations.
    synthetic : dict of str to (X, y) or GenotypeSet, or one of these
        Synthetic people by name of the generator; ``"synthetic"`` without a name.
    encoding : {"dosage", "phased", "haplotype"}
        Of all genotypes.
    allow_missing : bool, default=False
        Whether values may be missing.

    Returns
    -------
    real : People
    synthetic : dict of str to People
    populations : list
        Of the real people, sorted.

    Raises
    ------
    DataFormatError, ValueError
        If genotypes are not in ``encoding``, labels are absent or of another length, or groups have other variants or
        populations that no real person is of.
    """
    known = read_people(real, encoding, "real", allow_missing=allow_missing)
    populations = np.unique(known.labels).tolist()
    named = synthetic if isinstance(synthetic, Mapping) else {"synthetic": synthetic}
    groups = {
        name: read_people(given, encoding, f"synthetic[{name!r}]", allow_missing=allow_missing)
        for name, given in named.items()
    }
    for name, people in groups.items():
        check_matches(people, known, f"synthetic[{name!r}]")
    return known, groups, populations


def check_matches(people, real, name):
    """Raise ValueError unless people have the variants of the real ones, and none but their populations."""
    if people.counts.shape[1] != real.counts.shape[1]:
        raise ValueError(
            f"{name} has {people.counts.shape[1]} variants, real has {real.counts.shape[1]}; they must be the same "
            "variants in the same order"
        )
    populations = np.unique(real.labels).tolist()
    unknown = set(people.labels.tolist()) - set(populations)
    if unknown:
        raise ValueError(
            f"{name} has the population {sorted(unknown, key=str)[0]!r}, which is not among the real ones: "
            f"{populations}"
        )


def read_people(given, encoding, name, *, allow_missing=False):
    """Check one group, (X, y) or a GenotypeSet; the name is for messages."""
    if isinstance(given, tuple) and len(given) == 2:
        X, labels = given
    elif hasattr(given, "genotypes"):
        X, labels = given, None
    else:
        raise ValueError(f"{name} must be (X, y) or a GenotypeSet, got {type(given).__name__}")
    values = check_genotypes(X, encoding, name, allow_missing=allow_missing)
    haplotypes = None if encoding == "dosage" else to_haplotypes(values, encoding)
    counts = dosages(values, encoding)
    return People(values, counts, haplotypes, _labels(given, labels, values, len(counts), name))


def _labels(given, labels, values, n_people, name):
    """Return one label per person; rows of haplotypes may have one each."""
    if labels is None:
        labels = getattr(given, "populations", None)
        if labels is None:
            raise ValueError(f"{name} has no population labels; give (X, y), or a GenotypeSet with populations")
    labels = check_class_labels(labels, name=f"y of {name}")
    if labels.shape == (len(values),) and len(values) != n_people:
        return labels[::2]
    if labels.shape != (n_people,):
        raise ValueError(f"the labels of {name} must have shape ({len(values)},), one per row, got {labels.shape}")
    return labels
