"""Copying of new haplotypes along the variants, with switches between donors that agree on the last alleles."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

__all__ = [
    "MatchAmongNeighbors",
    "allele_frequencies",
    "copy_mosaic",
    "draw_match",
    "make_haplotypes",
    "nearest_people",
]

N_COMPONENTS = 10
"""Principal components in which the nearest individuals are sought."""

FEW_AGREE = 0.05
"""Share of blind draws that agree, from which on looking through all neighbours takes less time."""


def make_haplotypes(donors, known, codes, *, neighbors, switch_rate, match_length, frequencies, mutation_rate, rng):
    """Make one new individual per entry of ``codes``.

    Parameters
    ----------
    donors : ndarray of int8 of shape (2 * n_donors, n_variants)
        Haplotypes to copy from, rows paired; fastest where one variant of all is contiguous.
    known : ndarray of int of shape (n_donors,)
        Population of each donor.
    codes : ndarray of int of shape (n_individuals,)
        Population of each new individual.
    neighbors : ndarray of int of shape (n_donors, n_neighbors) or None
        Of :func:`nearest_people`; None lets all donors of the population in.
    switch_rate, match_length, mutation_rate
        As in :class:`HaplotypeMosaic`.
    frequencies : ndarray of float of shape (n_populations, n_variants)
        Frequency of allele 1, which mutation draws from.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int8 of shape (2 * n_individuals, n_variants)
    """
    people = draw_people(codes, known, rng)
    switch = draw_match if neighbors is None else MatchAmongNeighbors(neighbors[people])
    new = copy_mosaic(donors.T, np.repeat(known, 2), people, switch, switch_rate, match_length, rng)
    if mutation_rate:
        mutate(new, np.repeat(codes, 2), frequencies.T, mutation_rate, rng)
    return np.ascontiguousarray(new.T)


def draw_people(codes, known, rng):
    """Draw a training individual of the population of each entry of ``codes``."""
    # individuals sorted by population, and where each population begins: a draw is a number within it
    order = np.argsort(known, kind="stable")
    counts = np.bincount(known)
    first = np.cumsum(counts) - counts
    return order[first[codes] + rng.integers(0, counts[codes])]


def copy_mosaic(donors, populations, people, switch, rate, match_length, rng):
    """Copy new haplotypes along the variants.

    Parameters
    ----------
    donors : ndarray of int8 of shape (n_variants, n_donors)
        Haplotypes to copy from; those of individual i are 2i and 2i + 1.
    populations : ndarray of int of shape (n_donors,)
        Their populations.
    people : ndarray of int of shape (n_individuals,)
        A training individual for each new one, from whose haplotypes the copying starts.
    switch : callable
        Draws the next donors, as :func:`draw_match` does.
    rate : float
        Probability of a switch per variant.
    match_length : int
        Alleles on which the next donor agrees with the present one.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int8 of shape (n_variants, 2 * n_individuals)
    """
    # Li and Stephens (2003): a haplotype is a walk along the variants that copies one donor and sometimes goes over to
    # another; here only to one that agrees on the last alleles, which keeps the linkage across the seam
    n_variants = len(donors)
    new = np.empty((n_variants, 2 * len(people)), np.int8)
    # population and last alleles of each donor as one number; sums wrap around
    hashes = rng.integers(0, 2**64, populations.max() + 1, dtype=np.uint64)[populations]
    weights = rng.integers(1, 2**64, n_variants, dtype=np.uint64)
    alleles = donors.view(np.uint8)
    current = np.repeat(2 * people, 2) + rng.integers(0, 2, 2 * len(people))
    for j in range(n_variants):
        # the first switch has nothing to match, and frees the start from the individual
        chosen = np.flatnonzero(rng.random(len(current)) < (rate if j else 1.0))
        if len(chosen):
            current[chosen] = switch(hashes, current, chosen, rng)
        new[j] = donors[j, current]
        # the window of match_length alleles moves on by one: the newest comes in, the oldest goes out
        hashes += alleles[j] * weights[j]
        if j >= match_length:
            hashes -= alleles[j - match_length] * weights[j - match_length]
    return new


def draw_match(hashes, current, chosen, rng):
    """Draw for each chosen new haplotype a donor with the hash of its present one.

    Parameters
    ----------
    hashes : ndarray of uint64 of shape (n_donors,)
        Equal where donors agree.
    current : ndarray of int of shape (n_new,)
        Present donor of each new haplotype.
    chosen : ndarray of int of shape (n_chosen,)
        New haplotypes that switch.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int of shape (n_chosen,)
    """
    order = np.argsort(hashes, kind="stable")  # the same order on every machine
    # donors with one hash are a group, one stretch of the order
    edges = np.concatenate([[True], np.diff(hashes[order]) != 0])
    starts = np.flatnonzero(edges)
    sizes = np.diff(starts, append=len(order))
    group = np.empty(len(order), np.intp)
    group[order] = np.cumsum(edges) - 1
    of_chosen = group[current[chosen]]
    return order[starts[of_chosen] + rng.integers(0, sizes[of_chosen])]


class MatchAmongNeighbors:
    """As :func:`draw_match`, among given individuals (-1 at the end: none) of each new individual only."""

    def __init__(self, neighbors):
        # (n_individuals, 2 * n_neighbors) donors; an individual's two new haplotypes share them
        self.donors = np.where(neighbors[..., None] < 0, -1, 2 * neighbors[..., None] + [0, 1]).reshape(
            len(neighbors), -1
        )
        self.sizes = np.count_nonzero(self.donors >= 0, axis=1)

    def __call__(self, hashes, current, chosen, rng):
        people, wanted = chosen // 2, hashes[current[chosen]]
        drawn, left = np.empty(len(chosen), np.intp), np.arange(len(chosen))
        # to draw until one agrees is to draw among those that agree; where few do, they are looked for instead
        while len(left):
            drawn[left] = self.donors[people[left], rng.integers(0, self.sizes[people[left]])]
            still = left[hashes[drawn[left]] != wanted[left]]
            if len(still) > (1 - FEW_AGREE) * len(left):
                drawn[still] = self._look_through(hashes, people[still], wanted[still], rng)
                break
            left = still
        return drawn

    def _look_through(self, hashes, people, wanted, rng):
        donors = self.donors[people]
        rows, columns = np.nonzero((hashes[donors] == wanted[:, None]) & (donors >= 0))
        counts = np.bincount(rows, minlength=len(people))
        # the agreeing donors of each individual stand in one stretch; there is always one, the present donor
        nth = np.cumsum(counts) - counts + rng.integers(0, counts)
        return donors[np.arange(len(people)), columns[nth]]


def nearest_people(counts, codes, n_neighbors, seed):
    """Return the nearest individuals of the same population on principal components, oneself first; -1 fills up."""
    n_components = min(N_COMPONENTS, len(counts) - 1, counts.shape[1])
    scores = PCA(n_components, random_state=seed).fit_transform(counts.astype(np.float64))
    neighbors = np.full((len(counts), min(n_neighbors, np.bincount(codes).max())), -1)
    for code in np.unique(codes):
        members = np.flatnonzero(codes == code)
        n_others = min(neighbors.shape[1], len(members)) - 1
        neighbors[members, 0] = members
        if not n_others:
            continue
        found = NearestNeighbors(n_neighbors=n_others).fit(scores[members]).kneighbors(return_distance=False)
        neighbors[members[:, None], np.arange(1, n_others + 1)] = members[found]
    return neighbors


def allele_frequencies(haplotypes, codes, n_populations):
    """Return the frequency of allele 1 in each population; 0 where it has no one."""
    per_person = haplotypes.reshape(len(codes), 2, -1).mean(axis=1)
    frequencies = np.zeros((n_populations, haplotypes.shape[1]))
    for code in np.unique(codes):
        frequencies[code] = per_person[codes == code].mean(axis=0)
    return frequencies


def mutate(haplotypes, codes, frequencies, rate, rng):
    """Draw some alleles anew, in place; haplotypes (n_variants, n), frequencies (n_variants, n_populations)."""
    for row, frequency in zip(haplotypes, frequencies, strict=True):
        hit = np.flatnonzero(rng.random(len(row)) < rate)
        row[hit] = rng.random(len(hit)) < frequency[codes[hit]]
