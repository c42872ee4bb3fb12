"""Real and synthetic individuals as ``genotype_fidelity`` takes them: read, filled, same variants, no one twice."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from seqaug_sklearn.evaluation._genotypes._faults import AVERAGE, CONTROLS, REAL
from seqaug_sklearn.genotypes import is_genotype_set, read_individuals, trusted_set, warn_of_encoding
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["check_positions", "fill_missing", "read_real_and_synthetic"]

_VARIANT = ("chrom", "pos", "ref", "alt")


def read_real_and_synthetic(real_train, real_test, synthetic, populations, encoding, *, impute):
    """Check everything that :func:`genotype_fidelity` is given of individuals.

    Parameters
    ----------
    real_train, real_test, synthetic, populations, encoding
        As in :func:`genotype_fidelity`.
    impute : bool
        Whether missing values are filled; otherwise they are an error.

    Returns
    -------
    train, test : GenotypeSet
        Real individuals, nothing missing.
    groups : dict of str to GenotypeSet
        Synthetic individuals by name.
    n_imputed : dict of str to int
        Missing values filled per group.
    """
    y_train, y_test = _two_labels(populations)
    given = {"real_train": (real_train, y_train), "real_test": (real_test, y_test)}
    named = _named(synthetic)
    given |= {f"synthetic[{name!r}]": _with_labels(group) for name, group in named.items()}
    read = {name: read_individuals(X, y, encoding, name=name, allow_missing=impute) for name, (X, y) in given.items()}
    train = read["real_train"]
    if not is_genotype_set(real_train):
        warn_of_encoding(train.genotypes, encoding, "real_train")
    filled, n_filled = zip(*map(fill_missing, read.values()), strict=True)
    read = dict(zip(read, filled, strict=True))
    train, test, *groups = filled
    for name, group in read.items():
        _check_same_variants(train, group, name)
    for name, group in read.items():
        _check_sizes(group, train, name, 4 if group is train else 2)
    _check_held_out(train, test)
    n_imputed = dict(zip(["real_train", "real_test", *named], n_filled, strict=True))
    return train, test, dict(zip(named, groups, strict=True)), n_imputed


def fill_missing(individuals):
    """Fill missing values by the most common one of the population: the smallest of several, 0 where all are missing.

    Parameters
    ----------
    individuals : GenotypeSet
        With populations.

    Returns
    -------
    filled : GenotypeSet
        The same where nothing is missing; else with haplotypes, where phase is known, as each allele is filled by
        itself.
    n_filled : int
        Alleles filled; allele counts, where phase is unknown.
    """
    if not individuals.has_missing:
        return individuals, 0
    values, populations = individuals.alleles, individuals.unit_populations
    missing, filled = values < 0, values.copy()
    for population in np.unique(populations):
        rows = np.flatnonzero(populations == population)
        present = values[rows]
        # how often each state stands at each variant; argmax takes the first, so the smallest, of equally frequent ones
        frequent = np.stack([(present == state).sum(axis=0) for state in range(max(values.max(), 0) + 1)])
        filled[rows] = np.where(missing[rows], frequent.argmax(axis=0).astype(np.int8), present)
    complete = trusted_set(
        filled,
        "dosage" if individuals.haplotypes is None else "haplotype",
        samples=individuals.samples,
        variants=individuals.variants,
        populations=individuals.populations,
    )
    return complete, int(missing.sum())


def check_positions(positions, train):
    """Return the positions of the variants as float: as given, of the one chromosome of ``train``, or their order."""
    n_variants = train.n_variants
    if positions is None:
        if train.variants is not None and len(set(train.variants["chrom"])) == 1:
            return train.variants["pos"].to_numpy(np.float64)
        return np.arange(n_variants, dtype=np.float64)
    positions = np.asarray(positions, dtype=np.float64)
    if positions.shape != (n_variants,) or not np.isfinite(positions).all():
        raise invalid_parameter(
            "positions", f"must be {n_variants} finite numbers, one per variant, got shape {positions.shape}"
        )
    return positions


def _with_labels(group):
    """Return X and y of a synthetic group; of a set, y is None."""
    return group if isinstance(group, tuple) else (group, None)


def _two_labels(populations):
    if populations is None:
        return None, None
    if not isinstance(populations, (tuple, list)) or len(populations) != 2:
        raise ValueError(
            "populations must be a pair, the labels of real_train and of real_test; "
            f"got {type(populations).__name__} of length {len(populations)}"
        )
    return populations


def _named(synthetic):
    groups = synthetic if isinstance(synthetic, Mapping) else {"synthetic": synthetic}
    for name, given in groups.items():
        if name in (REAL, "held-out", *CONTROLS):
            raise ValueError(
                f"the name {name!r} in synthetic is taken by a row of the table; call the generator otherwise"
            )
        if not (isinstance(given, tuple) and len(given) == 2) and not is_genotype_set(given):
            raise ValueError(
                f"synthetic[{name!r}] must be (X, y) as sample() gives it, or a GenotypeSet; got {type(given).__name__}"
            )
    return groups


def _check_sizes(people, train, name, smallest):
    if people.n_variants != train.n_variants:
        raise ValueError(
            f"{name} has {people.n_variants} variants, real_train has {train.n_variants}; "
            "they must be the same variants in the same order"
        )
    labels, counts = np.unique(people.populations, return_counts=True)
    if AVERAGE in labels.tolist():
        raise ValueError(f"{name} has a population called {AVERAGE!r}, which is a row of the table; rename it")
    different = set(labels.tolist()) ^ set(np.unique(train.populations).tolist())
    if different:
        raise ValueError(
            f"{name} and real_train differ in the populations {sorted(different, key=str)}; "
            "all groups must have the same"
        )
    if counts.min() < smallest:
        raise ValueError(
            f"{name} has {counts.min()} individuals of population {labels.tolist()[counts.argmin()]!r}, at least "
            f"{smallest} are needed; leave the population out everywhere or merge it with another"
        )


def _check_same_variants(train, other, name):
    """Refuse individuals whose variants are not those of ``train``, position by position and allele by allele.

    Nothing is known of the variants of arrays; another number of them is said elsewhere.
    """
    expected, found = train.variants, other.variants
    if expected is None or found is None or len(expected) != len(found):
        return
    columns = [column for column in _VARIANT if column in expected.columns and column in found.columns]
    expected, found = (frame[columns].astype(str).to_numpy() for frame in (expected, found))
    different = np.flatnonzero((expected != found).any(axis=1))
    if len(different):
        first = different[0]
        raise ValueError(
            f"{name} has other variants than real_train: {len(different)} of {len(found)} differ, the first is number "
            f"{first + 1}, {_place(found[first])} where real_train has {_place(expected[first])}; read both with "
            "the same variants in the same order, and the same reference and alternative alleles"
        )


def _check_held_out(train, test):
    """Refuse held-out individuals who are training individuals, by name where both have names.

    Without names, individuals with the same genotypes are counted: in a short region there are some in any real data,
    so the training individuals themselves say how many to expect.
    """
    if train.samples is not None and test.samples is not None:
        shared = sorted(set(map(str, train.samples)) & set(map(str, test.samples)))
        more = ", ..." if len(shared) > 5 else ""
        if shared:
            raise ValueError(
                f"{len(shared)} individuals are in both real_train and real_test: {', '.join(shared[:5])}{more}; "
                "held-out individuals must differ from those trained on"
            )
        return
    n_same, limit = _same_people(train, test)
    if n_same > limit:
        raise ValueError(
            f"{n_same} of {len(test)} individuals of real_test have the same genotypes as one of real_train, where at "
            f"most {limit:.0f} are expected by chance (as many as such pairs within real_train); held-out individuals "
            "must be others than those trained on"
        )


def _same_people(train, test):
    """Count held-out individuals who equal a training individual, and how many there may be by chance."""
    own = [row.tobytes() for row in np.ascontiguousarray(train.dosages)]
    times = Counter(own)
    base = np.mean([times[row] > 1 for row in own])
    n_same = sum(row.tobytes() in times for row in np.ascontiguousarray(test.dosages))
    # both shares of doubles, in train and in test, are binomial: the variance of their difference, times len(test)
    spread = len(test) * np.sqrt(base * (1 - base) * (1 / len(test) + 1 / len(train)))
    return n_same, len(test) * base + 3 * spread + 1


def _place(variant):
    """Write chromosome and position, and the alleles where they are known: ``6:123 A>G``."""
    place, alleles = ":".join(variant[:2]), ">".join(variant[2:])
    return f"{place} {alleles}".rstrip()
