"""Simulated individuals of several populations."""

from collections.abc import Sequence
from numbers import Integral

import numpy as np
import pandas as pd

from seqaug_sklearn.genotypes import GenotypeSet, from_haplotypes, minor_allele_frequencies, trusted_set
from seqaug_sklearn.utils import check_generator, draw_seed, import_optional, invalid_parameter

__all__ = ["make_genotypes"]

_MIN_MAF = 0.01
_RATE = 1e-8  # recombinations and mutations per base and generation
_ENGINES = ("numpy", "msprime")
_ENCODINGS = ("phased", "haplotype", "dosage")

_TRANSITION = {"A": "G", "C": "T", "G": "A", "T": "C"}
_TRANSVERSION = {"A": "C", "C": "A", "G": "T", "T": "G"}

# of the NumPy engine
_POOL = 64  # haplotypes of the ancestors, and of those who left Africa
_SWITCH = 2e-4  # per base, divided by the haplotypes to copy from; linkage then fades as in 1000 Genomes
_LEAST_SWITCH = 2e-5  # per base; keeps large samples from consisting of copies
_FST = {"first": 0.02, "leavers": 0.15, "others": 0.04}


def make_genotypes(
    n_per_population: int | Sequence[int] = 50,
    n_variants: int = 200,
    n_populations: int = 5,
    *,
    length: int = 140_000,
    encoding: str = "phased",
    engine: str = "numpy",
    random_state=None,
) -> GenotypeSet:
    """Simulate individuals of several populations in one region, with population structure and linkage.

    The populations resemble human ones: ``POP1`` is the most diverse and has the shortest linkage, as in Africa; the
    others descend from a small group that left it, and differ less from each other. Within a population individuals
    mate at random, so genotypes are in Hardy-Weinberg equilibrium.

    Parameters
    ----------
    n_per_population : int or sequence of int of length n_populations, default=50
        Individuals of each population.
    n_variants : int, default=200
        Biallelic SNPs with a minor-allele frequency of at least 1 % among all individuals, evenly spread at random.
    n_populations : int, default=5
        Populations, named ``POP1`` and so on.
    length : int, default=140_000
        Region, in bases. Linkage fades over some 50,000; the default is the length of the 1000 Genomes region that
        this project measures on.
    encoding : {"phased", "haplotype", "dosage"}, default="phased"
        Encoding of the genotypes, see :class:`GenotypeSet`.
    engine : {"numpy", "msprime"}, default="numpy"
        ``"numpy"`` copies haplotypes from ancestors; it needs nothing but NumPy. ``"msprime"`` simulates the coalescent
        with recombination under an out-of-Africa demography (extra ``genotypes``); it is nearer to nature. There is no
        automatic choice, because the same seed must not give different individuals on another machine.
    random_state : None, int, RandomState or Generator, default=None
        Seed. Same seed and engine, same individuals (for msprime: with equal versions).

    Returns
    -------
    GenotypeSet
        With ``populations``. Reference alleles are the ancestral ones; positions are 1-based on chromosome ``"1"``.

    Raises
    ------
    MissingDependencyError
        For ``engine="msprime"`` without the extra ``genotypes``.
    ValueError
        If a parameter is out of range, or the region too short for so many variants.

    See Also
    --------
    read_genotypes : Real individuals.

    Notes
    -----
    NumPy engine: 64 ancestral haplotypes are built one after the other, each a mosaic of those before it with new
    mutations (Li and Stephens' product of approximate conditionals). The haplotypes of a population are drawn from a
    Polya urn along the sequence: between switches each copies an ancestor, or one drawn before it. At a single variant
    this gives the allele frequencies of Balding and Nichols, beta distributed with the chosen F_ST (0.02 for POP1;
    0.15 for the leavers, 0.04 more for each of their populations).

    msprime engine: mutation and recombination 1e-8 per base and generation; ancestors 7,300 individuals, POP1 14,500;
    the others leave 2,000 generations ago through a bottleneck of 1,900 individuals and part 900 generations ago,
    growing from 1,000 individuals by 0.4 % a generation (rounded from Gravel et al.). If the region then holds too few
    variants, mutations are drawn anew at twice the rate on the same genealogy.

    References
    ----------
    Li and Stephens, "Modeling linkage disequilibrium and identifying recombination hotspots using single-nucleotide
    polymorphism data", Genetics 2003, doi 10.1093/genetics/165.4.2213.
    Balding and Nichols, "A method for quantifying differentiation between populations at multi-allelic loci",
    Genetica 1995, doi 10.1007/BF01441146.
    Gravel et al., "Demographic history and rare allele sharing among human populations", PNAS 2011,
    doi 10.1073/pnas.1019276108.
    Baumdicker et al., "Efficient ancestry and mutation simulation with msprime 1.0", Genetics 2022,
    doi 10.1093/genetics/iyab229.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_genotypes
    >>> individuals = make_genotypes(20, n_variants=100, n_populations=3, random_state=0)
    >>> individuals.genotypes.shape, individuals.populations[[0, 20, 40]].tolist()
    ((60, 100), ['POP1', 'POP2', 'POP3'])
    >>> individuals.variants[["chrom", "pos", "ref", "alt"]].shape
    (100, 4)
    """
    sizes = _check_parameters(n_per_population, n_variants, n_populations, length, encoding, engine)
    rng = check_generator(random_state)
    draw = _draw_with_msprime if engine == "msprime" else _draw_with_numpy
    haplotypes, positions = draw(sizes, n_variants, length, rng)
    labels = np.repeat([f"POP{number}" for number in range(1, n_populations + 1)], sizes)
    width = len(str(len(labels)))
    return trusted_set(
        from_haplotypes(haplotypes, encoding),
        encoding,
        samples=np.array([f"sim{number:0{width}d}" for number in range(1, len(labels) + 1)]),
        variants=_variant_table(positions, minor_allele_frequencies(haplotypes, "haplotype"), rng),
        populations=labels,
    )


def _check_parameters(n_per_population, n_variants, n_populations, length, encoding, engine):
    """Return the individuals of each population."""
    _check_whole("n_variants", n_variants)
    _check_whole("n_populations", n_populations)
    _check_whole("length", length)
    several = not isinstance(n_per_population, Integral) and hasattr(n_per_population, "__len__")
    sizes = list(n_per_population) if several else [n_per_population] * n_populations
    for size in sizes:
        _check_whole("n_per_population", size)
    if len(sizes) != n_populations:
        raise ValueError(f"n_per_population has {len(sizes)} entries, but n_populations={n_populations}")
    if sum(sizes) < 2:
        raise invalid_parameter(
            "n_per_population", "must give at least two individuals; one individual has no frequencies"
        )
    if n_variants > length // 2:
        raise invalid_parameter("length", f"must be at least twice n_variants={n_variants}, got {length}")
    for name, value, choices in (("encoding", encoding, _ENCODINGS), ("engine", engine, _ENGINES)):
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return sizes


def _check_whole(name, value):
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}")


def _variant_table(positions, maf, rng):
    reference = rng.choice(list("ACGT"), len(positions))
    transition = rng.random(len(positions)) < 2 / 3
    alternative = [
        (_TRANSITION if is_transition else _TRANSVERSION)[base]
        for base, is_transition in zip(reference, transition, strict=True)
    ]
    names = [f"sim{number}" for number in range(1, len(positions) + 1)]
    return pd.DataFrame({"chrom": "1", "pos": positions, "id": names, "ref": reference, "alt": alternative, "maf": maf})


def _choose(haplotypes, positions, n_variants, rng):
    """Return n_variants of the common variants in their order, or None where there are too few."""
    common = np.flatnonzero(minor_allele_frequencies(haplotypes, "haplotype") >= _MIN_MAF)
    if len(common) < n_variants:
        return None
    chosen = np.sort(rng.choice(common, n_variants, replace=False))
    return np.ascontiguousarray(haplotypes[:, chosen]), positions[chosen]


def _draw_with_numpy(sizes, n_variants, length, rng):
    n_sites = 2 * n_variants
    while True:
        n_sites = min(n_sites, length)
        positions = np.sort(rng.choice(length, n_sites, replace=False)) + 1
        chosen = _choose(_populations(sizes, positions, rng), positions, n_variants, rng)
        if chosen is not None:
            return chosen
        if n_sites == length:
            raise ValueError(f"length={length} is too short for n_variants={n_variants}; make it ten times as long")
        n_sites *= 2


def _populations(sizes, positions, rng):
    """Return the haplotypes of all populations: int8 (2 * n_samples, n_sites)."""
    ancestors = _ancestors(positions, rng)
    leavers = _copies(ancestors, _POOL, _FST["leavers"], positions, rng) if len(sizes) > 1 else None
    parts = []
    for number, size in enumerate(sizes):
        pool, fst = (leavers, _FST["others"]) if number else (ancestors, _FST["first"])
        # rows 2i and 2i + 1 are one individual, and the order of drawing says who was copied from whom: partners are
        # random
        parts.append(rng.permutation(_copies(pool, 2 * size, fst, positions, rng)))
    return np.concatenate(parts)


def _ancestors(positions, rng):
    """Return haplotypes, each a mosaic of those before it; a mutation is new in one of them and passed on."""
    steps = np.arange(1, _POOL)
    origin = rng.choice(steps, len(positions), p=(1 / steps) / (1 / steps).sum())
    pool = np.zeros((_POOL, len(positions)), np.int8)
    for step in steps:
        source = _mosaic(lambda n, step=step: rng.integers(0, step, n), step, positions, rng)
        pool[step] = pool[source, np.arange(len(positions))]
        pool[step, origin == step] = 1
    return pool


def _copies(base, n_copies, fst, positions, rng):
    """Draw haplotypes from a Polya urn over the base: allele frequencies are beta distributed with this F_ST."""
    concentration = 1 / fst - 1
    pool = np.concatenate([base, np.empty((n_copies, base.shape[1]), np.int8)])
    for step in range(n_copies):

        def draw(n, step=step):
            from_base = rng.random(n) * (concentration + step) < concentration
            return np.where(from_base, rng.integers(0, len(base), n), len(base) + rng.integers(0, max(step, 1), n))

        source = _mosaic(draw, concentration + step, positions, rng)
        pool[len(base) + step] = pool[source, np.arange(len(positions))]
    return pool[len(base) :]


def _mosaic(draw, n_sources, positions, rng):
    """Return the source copied at each site; it changes with a rate per base that falls with the number of sources."""
    rate = max(_SWITCH / n_sources, _LEAST_SWITCH)
    switch = rng.random(len(positions)) < -np.expm1(-rate * np.diff(positions, prepend=0))
    segment = np.cumsum(switch)
    return draw(segment[-1] + 1)[segment]


def _draw_with_msprime(sizes, n_variants, length, rng):
    msprime = import_optional("msprime", extra="genotypes", purpose="engine='msprime'")
    genealogy = msprime.sim_ancestry(
        samples={f"POP{number}": size for number, size in enumerate(sizes, start=1)},
        demography=_out_of_africa(msprime, len(sizes)),
        sequence_length=length,
        recombination_rate=_RATE,
        random_seed=draw_seed(rng) + 1,
    )
    rate = _RATE
    while rate < 1e-2:
        mutated = msprime.sim_mutations(
            genealogy, rate=rate, model=msprime.BinaryMutationModel(), random_seed=draw_seed(rng) + 1
        )
        positions = mutated.tables.sites.position.astype(np.int64) + 1
        chosen = _choose(mutated.genotype_matrix().T.astype(np.int8), positions, n_variants, rng)
        if chosen is not None:
            return chosen
        rate *= 2
    raise ValueError(f"length={length} is too short for n_variants={n_variants}; make it ten times as long")


def _out_of_africa(msprime, n_populations):
    demography = msprime.Demography()
    demography.add_population(name="POP1", initial_size=14_500)
    demography.add_population(name="ANCESTORS", initial_size=7_300)
    others = [f"POP{number}" for number in range(2, n_populations + 1)]
    if others:
        demography.add_population(name="LEAVERS", initial_size=1_900)
        for name in others:
            demography.add_population(name=name, initial_size=1_000 * np.exp(0.004 * 900), growth_rate=0.004)
        demography.add_population_split(time=900, derived=others, ancestral="LEAVERS")
        demography.add_population_split(time=2_000, derived=["LEAVERS"], ancestral="POP1")
    demography.add_population_split(time=5_900, derived=["POP1"], ancestral="ANCESTORS")
    return demography
