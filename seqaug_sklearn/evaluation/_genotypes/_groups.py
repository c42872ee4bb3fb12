"""Groups of people that ``genotype_fidelity`` compares: reading, filling of missing calls, and controls."""

import dataclasses

import numpy as np

from seqaug_sklearn.genotypes import check_genotypes, from_haplotypes, genotype_metrics, to_haplotypes
from seqaug_sklearn.utils import check_class_labels

__all__ = ["People", "bootstrap_copies", "independent_variants", "read_people"]


@dataclasses.dataclass(frozen=True)
class People:
    """Complete genotypes and the population of each person.

    Attributes
    ----------
    counts : ndarray of int8 of shape (n, n_variants)
        Copies of allele 1.
    haplotypes : ndarray of int8 of shape (2 * n, n_variants) or None
        Rows 2i and 2i + 1 of person i; None where phase is unknown.
    labels : ndarray of shape (n,)
        Populations.
    n_imputed : int
        Missing values that were filled.
    """

    counts: np.ndarray
    haplotypes: np.ndarray | None
    labels: np.ndarray
    n_imputed: int = 0

    def __len__(self):
        return len(self.labels)

    @property
    def alleles(self):
        """Haplotypes, or allele counts where there are none: what LD is computed from."""
        return self.counts if self.haplotypes is None else self.haplotypes

    @property
    def units(self):
        """Rows of 0 and 1 for distances: haplotypes, or unary allele counts."""
        return genotype_metrics.unary(self.counts) if self.haplotypes is None else self.haplotypes

    @property
    def unit_labels(self):
        return self.labels if self.haplotypes is None else np.repeat(self.labels, 2)

    def take(self, people):
        """Return some of the people, by number or mask."""
        people = np.arange(len(self))[people]
        pairs = np.stack([2 * people, 2 * people + 1], axis=1).ravel()
        return People(
            self.counts[people], None if self.haplotypes is None else self.haplotypes[pairs], self.labels[people]
        )

    def of(self, population):
        """Return the people of one population."""
        return self.take(self.labels == population)


def read_people(X, labels, encoding, *, missing, name):
    """Check genotypes and labels of one group.

    Parameters
    ----------
    X : array-like or GenotypeSet
        Genotypes in ``encoding``.
    labels : array-like or None
        Population of each row; None takes those of the GenotypeSet.
    encoding : {"dosage", "phased", "haplotype"}
        Of X.
    missing : {"error", "impute"}
        What to do about -1.
    name : str
        Of the group, for messages.

    Returns
    -------
    People
    """
    values = check_genotypes(X, encoding, name, allow_missing=missing == "impute")
    labels = _check_labels(X, labels, len(values), encoding, name)
    if encoding == "dosage":
        counts, n_imputed = _impute(values, labels)
        return People(counts, None, labels, n_imputed)
    haplotypes, n_imputed = _impute(to_haplotypes(values, encoding), np.repeat(labels, 2))
    return People(from_haplotypes(haplotypes, "dosage"), haplotypes, labels, n_imputed)


def independent_variants(people, rng):
    """Draw every allele on its own from its frequency in the population: right frequencies, no linkage."""
    shape = (2 * len(people), people.counts.shape[1])
    haplotypes = np.empty(shape, np.int8)
    for population in np.unique(people.labels):
        rows = np.repeat(people.labels == population, 2)
        frequencies = people.counts[people.labels == population].mean(axis=0) / 2
        haplotypes[rows] = rng.random((rows.sum(), shape[1])) < frequencies
    counts = from_haplotypes(haplotypes, "dosage")
    return People(counts, None if people.haplotypes is None else haplotypes, people.labels)


def bootstrap_copies(people, rng):
    """Draw people with replacement, population by population: real people, so no privacy."""
    drawn = [rng.choice(rows, len(rows)) for rows in _rows_by_population(people.labels)]
    return people.take(np.concatenate(drawn))


def _rows_by_population(labels):
    return [np.flatnonzero(labels == population) for population in np.unique(labels)]


def _check_labels(X, labels, n_rows, encoding, name):
    per_person = labels is None
    if labels is None:
        labels = getattr(X, "populations", None)
    if labels is None:
        raise ValueError(f"{name} has no population labels; pass them (see populations) or give a labelled GenotypeSet")
    n_expected = n_rows // 2 if per_person and encoding == "haplotype" else n_rows
    labels = check_class_labels(labels, name=f"y of {name}")
    if labels.shape != (n_expected,):
        raise ValueError(f"the labels of {name} must have shape ({n_expected},), one per row, got {labels.shape}")
    return labels if per_person or encoding != "haplotype" else labels[::2]


def _impute(values, labels):
    """Fill missing values by the population's most common one (the smallest of several; 0 where all are missing)."""
    missing = values < 0
    if not missing.any():
        return values, 0
    filled = values.copy()
    for rows in _rows_by_population(labels):
        present = values[rows]
        counts = np.stack([(present == state).sum(axis=0) for state in range(values.max() + 1)])
        filled[rows] = np.where(missing[rows], counts.argmax(axis=0).astype(np.int8), present)
    return filled, int(missing.sum())
