"""Missing calls of what was read: individuals with too many, and values drawn for the others."""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.genotypes import GenotypeSet, from_haplotypes, to_haplotypes, trusted_set
from seqaug_sklearn.utils import Message, Parameter, Ways

__all__ = ["drop_incomplete", "impute", "keep_variants", "missing_calls"]


def missing_calls(individuals: GenotypeSet):
    """Whether each call is missing, wholly or one allele of it: bool (n_individuals, n_variants)."""
    missing = individuals.genotypes < 0
    return missing[0::2] | missing[1::2] if individuals.encoding == "haplotype" else missing


def drop_incomplete(individuals: GenotypeSet, limit, min_maf, file) -> GenotypeSet:
    """Return the individuals of whose calls at most a share is missing, and the variants still frequent among them.

    Parameters
    ----------
    individuals : GenotypeSet
        With names and variants; its ``counts`` are raised.
    limit : float
        Largest share.
    min_maf : float or None
        Frequency that a variant needs.
    file : str
        For messages.

    Raises
    ------
    DataFormatError
        If no individual is left.
    """
    shares = missing_calls(individuals).mean(axis=1)
    keep = shares <= limit
    if not keep.any():
        raise DataFormatError(
            Message(
                f"{file}: of every individual's calls at least {shares.min():.1%} are missing, more than ",
                Parameter("max_missing_per_individual", limit),
                " allows; ",
                Ways(
                    Message("raise it, or drop variants first with a lower ", Parameter("max_missing_per_variant", ...))
                ),
            )
        )
    individuals.counts["people_above_max_missing"] = int((~keep).sum())
    if keep.all():
        return individuals
    kept = individuals.take(keep)
    if min_maf is None:
        return kept
    return keep_variants(kept, kept.variants["maf"].to_numpy() >= min_maf, "below_min_maf")


def keep_variants(individuals: GenotypeSet, keep, reason=None) -> GenotypeSet:
    """Return some of the variants, by a mask or in another order; what is left out is counted under a reason."""
    numbers = np.arange(individuals.n_variants)[keep]
    if reason is not None:
        individuals.counts[reason] += individuals.n_variants - len(numbers)
    variants = individuals.variants.iloc[numbers].reset_index(drop=True)
    return _with(individuals, individuals.genotypes[:, numbers], variants)


def _with(individuals, genotypes, variants):
    return trusted_set(
        genotypes,
        individuals.encoding,
        samples=individuals.samples,
        variants=variants,
        populations=individuals.populations,
        counts=individuals.counts,
    )


def impute(individuals: GenotypeSet, rng) -> GenotypeSet:
    """Draw each missing allele from its frequency in the individual's population.

    Alleles are drawn one by one, so neither linkage nor family is kept. Where no one of the population was called, the
    frequency is that of all individuals; variants at which no one at all was called are dropped. Without labels all
    individuals are one population.

    Parameters
    ----------
    individuals : GenotypeSet
        Its ``counts`` are raised.
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    GenotypeSet
        Nothing is missing; ``maf`` stays that of the calls.
    """
    if not individuals.has_missing:
        return individuals
    individuals = keep_variants(individuals, (individuals.genotypes >= 0).any(axis=0), "with_missing")
    if not individuals.n_variants:
        return individuals
    individuals.counts["imputed_calls"] = int(missing_calls(individuals).sum())
    is_count = individuals.encoding == "dosage"
    values = individuals.genotypes if is_count else to_haplotypes(individuals.genotypes, individuals.encoding)
    values = np.array(values)  # the set's own array stays as it is
    populations = individuals.populations if is_count else individuals.unit_populations
    names, rows_of = np.zeros(1), np.zeros(len(values), int)
    if populations is not None:
        names, rows_of = np.unique(populations, return_inverse=True)
    frequencies = _frequencies(values, rows_of, len(names), 2 if is_count else 1)
    rows, columns = np.nonzero(values < 0)
    chances = frequencies[rows_of[rows], columns]
    values[rows, columns] = rng.binomial(2 if is_count else 1, chances)
    genotypes = values if is_count else from_haplotypes(values, individuals.encoding)
    return _with(individuals, genotypes, individuals.variants)


def _frequencies(values, rows_of, n_populations, n_alleles):
    """Frequency of the alternative allele: (n_populations, n_variants)."""
    overall = _frequency(values, n_alleles)
    own = [_frequency(values[rows_of == number], n_alleles) for number in range(n_populations)]
    return np.where(np.isnan(own), overall, own)


def _frequency(values, n_alleles):
    called = values >= 0
    with np.errstate(invalid="ignore"):  # 0 / 0 where no one was called
        return np.where(called, values, 0).sum(axis=0, dtype=np.int64) / (n_alleles * called.sum(axis=0))
