"""Real and synthetic individuals as the genotype displays take them."""

from collections.abc import Mapping

import numpy as np

from seqaug_sklearn.genotypes import is_genotype_set, read_individuals

__all__ = ["check_matches", "read_group", "read_groups"]


def read_groups(real, synthetic, encoding, *, allow_missing=False):
    """Check real and synthetic individuals of the same variants.

    Parameters
    ----------
    real : (X, y) or GenotypeSet
        Real individuals with their populations.
    synthetic : dict of str to (X, y) or GenotypeSet, or one of these
        Synthetic individuals by name of the generator; ``"synthetic"`` without a name.
    encoding : {"dosage", "phased", "haplotype"}
        Of all genotypes.
    allow_missing : bool, default=False
        Whether values may be missing.

    Returns
    -------
    real : GenotypeSet
    synthetic : dict of str to GenotypeSet
    populations : list
        Of the real individuals, sorted.

    Raises
    ------
    DataFormatError, ValueError
        If genotypes are not in ``encoding``, labels are absent or of another length, or groups have other variants or
        populations that no real individual is of.
    """
    known = read_group(real, encoding, "real", allow_missing=allow_missing)
    populations = np.unique(known.populations).tolist()
    named = synthetic if isinstance(synthetic, Mapping) else {"synthetic": synthetic}
    groups = {
        name: read_group(given, encoding, f"synthetic[{name!r}]", allow_missing=allow_missing)
        for name, given in named.items()
    }
    for name, people in groups.items():
        check_matches(people, known, f"synthetic[{name!r}]")
    return known, groups, populations


def check_matches(people, real, name):
    """Raise ValueError unless individuals have the variants of the real ones, and none but their populations."""
    if people.n_variants != real.n_variants:
        raise ValueError(
            f"{name} has {people.n_variants} variants, real has {real.n_variants}; they must be the same "
            "variants in the same order"
        )
    populations = np.unique(real.populations).tolist()
    unknown = set(people.populations.tolist()) - set(populations)
    if unknown:
        raise ValueError(
            f"{name} has the population {sorted(unknown, key=str)[0]!r}, which is not among the real ones: "
            f"{populations}"
        )


def read_group(given, encoding, name, *, allow_missing=False):
    """Check one group, (X, y) or a GenotypeSet; the name is for messages."""
    if isinstance(given, tuple) and len(given) == 2:
        X, populations = given
    elif is_genotype_set(given):
        X, populations = given, None
    else:
        raise ValueError(f"{name} must be (X, y) or a GenotypeSet, got {type(given).__name__}")
    return read_individuals(X, populations, encoding, name=name, allow_missing=allow_missing)
