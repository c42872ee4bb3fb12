"""New haplotypes as mosaics of a population's own: Li and Stephens' copying, turned into a generator."""

import warnings
from typing import ClassVar

import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from seqaug_sklearn.augmentation._genotype_sampler import GenotypeSampler
from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.utils import dosages, draw_seed, from_haplotypes, to_haplotypes
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real

__all__ = ["HaplotypeMosaic"]

SHORT_MATCH = 9
"""Matches up to this are never warned of: in any region, many haplotypes agree on so few alleles."""

N_COMPONENTS = 10
"""Principal components in which the nearest people are sought."""

LONGEST_MATCH = 40
"""Default in a long region; see the notes of :class:`HaplotypeMosaic`."""


class HaplotypeMosaic(GenotypeSampler):
    """Make new people whose haplotypes are copied, piece by piece, from those of their population.

    A mosaic is no anonymisation: every piece is a real person's, and a rare haplotype that nobody else shares is
    copied at length. Measure with ``genotype_fidelity`` before synthetic people are given away.

    A new haplotype starts as a copy of a random one of its population. Before each further variant it switches with
    probability ``switch_rate`` to another haplotype, but only to one that agrees with it on the last ``match_length``
    alleles, so that linkage survives the seam. Copying with switches is the model of Li and Stephens [1]_; the match
    is what their recombination map is in theirs, learned from the data. There is nothing to train.

    Parameters
    ----------
    switch_rate : float, default=1.0
        Probability, per variant, of drawing a donor anew among the matching haplotypes (the present one included). At
        1, each allele is drawn given the last ``match_length`` alleles of the new haplotype (a Markov chain of that
        order), and nothing is copied for longer than the match makes necessary. Smaller rates copy longer pieces.
    match_length : int or None, default=None
        Alleles before the seam on which donors must agree; 0 lets every donor of the population in, which breaks
        linkage. Near the start, all alleles so far. A shorter match gives less away about people and keeps less
        linkage: see Notes. None: 40, or an eighth of the variants where that is less (but 10 where there are 40
        variants or more, and a quarter of them where there are fewer). More than a quarter of the variants, and more
        than 9, gives copies of whole haplotypes, with a warning.
    n_neighbors : int or None, default=None
        Take the donors of one new person from this many people of the population only: a random one and the nearest
        to that one on the first 10 principal components of the training dosages. Keeps structure within populations
        where variants are unlinked (50 to 100 on an ancestry panel); leave it out for a single region. Populations
        with fewer people use all of them.
    mutation_rate : float, default=0
        Probability, per allele, of drawing it anew from the population's allele frequency. Does not mend privacy.
    encoding : {"phased", "haplotype"}, default="phased"
        What the values of X mean, and of what is returned: 0 to 3 for ``0|0``, ``0|1``, ``1|0``, ``1|1``, or haplotypes
        of 0 and 1 with two neighbouring rows per person. Allele counts (``"dosage"``) are refused: they do not say
        which chromosome carries an allele.
    sampling_strategy : float, str, dict or callable, default="auto"
        Which populations ``fit_resample`` fills up, as in imbalanced-learn; it counts people. "auto" brings all to the
        size of the largest.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness.

    Attributes
    ----------
    populations_ : ndarray of shape (n_populations,)
        Sorted labels.
    population_counts_ : ndarray of int of shape (n_populations,)
        People of each in training.
    haplotypes_ : ndarray of int8 of shape (2 * n_people, n_variants)
        The donors: the training people themselves.
    codes_ : ndarray of int of shape (n_people,)
        Index into ``populations_`` of each training person.
    frequencies_ : ndarray of float of shape (n_populations, n_variants)
        Frequency of allele 1.
    neighbors_ : ndarray of int of shape (n_people, n_neighbors) or None
        Training people from whose haplotypes a new person like this one is made, itself first; -1 fills up.
    match_length_ : int
        The match that is used.
    seed_ : int
        Seed that ``sample`` uses.
    sampling_strategy_ : dict
        New people per population of the last ``fit_resample``.
    sample_indices_ : ndarray of int of shape (n_samples_new,)
        Row of X behind each row of the last ``fit_resample``; -1 for new people, who have many parents.
    n_features_in_ : int
        Number of variants.
    feature_names_in_ : ndarray of str of shape (n_variants,)
        Names of the variants, where X was a DataFrame with such.

    See Also
    --------
    GenotypeGAN : A generator that is trained.
    seqaug_sklearn.evaluation.genotype_fidelity : How real and how private the new people are.

    Notes
    -----
    Donors that agree are found by a hash of their last alleles that is moved along by one variant: random 64-bit
    weights are added and taken off, and sorting the donors by hash and population puts those that agree side by side.
    A step costs the sorting of all donors and one look-up per switch, for all new haplotypes at once.

    The defaults were chosen on 1000 Genomes, 742 variants in strong linkage, 1,226 people trained on and 526 others to
    measure by, three splits of training people only: a rate of 1 instead of 0.3 lowers the privacy loss of
    ``genotype_fidelity`` from .026 to .017 and leaves the correlation of linkage at .97; matches of 30 and 60 alleles
    in place of 40 give losses of .015 and .031 and correlations of .96 and .98.

    What counts is the match as a share of the region: in stretches of 145 of these variants, a match of an eighth of
    them gave a third of the privacy loss that copies of people have, with correlations of .93 and .97; a quarter gave
    two thirds of it, and more than half of the new haplotypes were a training person's, to the letter.

    References
    ----------
    .. [1] Li, N. and Stephens, M., Modeling linkage disequilibrium and identifying recombination hotspots using
       single-nucleotide polymorphism data, Genetics 165 (2003), 2213-2233, doi 10.1093/genetics/165.4.2213.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.augmentation import HaplotypeMosaic
    >>> rng = np.random.default_rng(0)
    >>> X = rng.integers(0, 4, (30, 8), dtype=np.int8)
    >>> y = np.repeat(["north", "south"], [20, 10])
    >>> mosaic = HaplotypeMosaic(match_length=2, random_state=0).fit(X, y)
    >>> mosaic.sample(3, "south")[0].shape
    (3, 8)
    >>> X_filled, y_filled = mosaic.fit_resample(X, y)
    >>> np.unique(y_filled, return_counts=True)[1].tolist()
    [20, 20]
    """

    _parameter_constraints: ClassVar[dict] = {
        **GenotypeSampler._parameter_constraints,
        "switch_rate": [Interval(Real, 0, 1, closed="both")],
        "match_length": [Interval(Integral, 0, None, closed="left"), None],
        "n_neighbors": [Interval(Integral, 2, None, closed="left"), None],
        "mutation_rate": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        *,
        switch_rate=1.0,
        match_length=None,
        n_neighbors=None,
        mutation_rate=0,
        encoding="phased",
        sampling_strategy="auto",
        random_state=None,
    ):
        self.switch_rate = switch_rate
        self.match_length = match_length
        self.n_neighbors = n_neighbors
        self.mutation_rate = mutation_rate
        self.encoding = encoding
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _fit(self, X, codes, rng):
        haplotypes = to_haplotypes(X, self.encoding)
        self.match_length_ = self._resolve_match(haplotypes.shape[1])
        # one variant of all donors is contiguous, as sampling reads it
        self.haplotypes_ = np.array(haplotypes, order="F")
        self.codes_ = codes
        per_person = haplotypes.reshape(len(codes), 2, -1).mean(axis=1)
        self.frequencies_ = np.stack([per_person[codes == k].mean(axis=0) for k in range(len(self.populations_))])
        self.neighbors_ = None
        if self.n_neighbors is not None:
            self.neighbors_ = nearest_people(dosages(X, self.encoding), codes, self.n_neighbors, draw_seed(rng))

    def _sample(self, codes, rng):
        people = draw_people(codes, self.codes_, rng)
        switch = draw_match if self.neighbors_ is None else MatchAmongNeighbors(self.neighbors_[people])
        populations = np.repeat(self.codes_, 2)
        new = copy_mosaic(self.haplotypes_.T, populations, people, switch, self.switch_rate, self.match_length_, rng)
        if self.mutation_rate:
            mutate(new, np.repeat(codes, 2), self.frequencies_.T, self.mutation_rate, rng)
        return from_haplotypes(np.ascontiguousarray(new.T), self.encoding)

    def _resolve_match(self, n_variants):
        quarter = n_variants // 4
        if self.match_length is None:
            return min(LONGEST_MATCH, max(n_variants // 8, min(10, quarter)))
        if self.match_length > max(quarter, SHORT_MATCH):
            warnings.warn(
                f"match_length={self.match_length} is more than a quarter of the {n_variants} variants: many new "
                f"haplotypes will be copies of a training person's. Take at most {quarter}, or leave it out",
                SeqAugWarning,
                stacklevel=6,
            )
        return self.match_length


def draw_people(codes, known, rng):
    """Draw a training person of the population of each entry of ``codes``."""
    order = np.argsort(known, kind="stable")
    counts = np.bincount(known)
    first = np.cumsum(counts) - counts
    return order[first[codes] + rng.integers(0, counts[codes])]


def copy_mosaic(donors, populations, people, switch, rate, match_length, rng):
    """Copy new haplotypes along the variants.

    Parameters
    ----------
    donors : ndarray of int8 of shape (n_variants, n_donors)
        Haplotypes to copy from; those of person i are 2i and 2i + 1.
    populations : ndarray of int of shape (n_donors,)
        Their populations.
    people : ndarray of int of shape (n_people,)
        A training person for each new one, from whose haplotypes the copying starts.
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
    ndarray of int8 of shape (n_variants, 2 * n_people)
    """
    n_variants = len(donors)
    new = np.empty((n_variants, 2 * len(people)), np.int8)
    # population and last alleles of each donor as one number; sums wrap around
    hashes = rng.integers(0, 2**64, populations.max() + 1, dtype=np.uint64)[populations]
    weights = rng.integers(1, 2**64, n_variants, dtype=np.uint64)
    alleles = donors.view(np.uint8)
    current = np.repeat(2 * people, 2) + rng.integers(0, 2, 2 * len(people))
    for j in range(n_variants):
        # the first switch has nothing to match, and frees the start from the person
        chosen = np.flatnonzero(rng.random(len(current)) < (rate if j else 1.0))
        if len(chosen):
            current[chosen] = switch(hashes, current, chosen, rng)
        new[j] = donors[j, current]
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
    edges = np.concatenate([[True], np.diff(hashes[order]) != 0])
    starts = np.flatnonzero(edges)
    sizes = np.diff(starts, append=len(order))
    group = np.empty(len(order), np.intp)
    group[order] = np.cumsum(edges) - 1
    of_chosen = group[current[chosen]]
    return order[starts[of_chosen] + rng.integers(0, sizes[of_chosen])]


class MatchAmongNeighbors:
    """As :func:`draw_match`, among given people (-1: none) of each new person only."""

    def __init__(self, neighbors):
        # (n_people, 2 * n_neighbors) donors; a person's two new haplotypes share them
        self.donors = np.where(neighbors[..., None] < 0, -1, 2 * neighbors[..., None] + [0, 1]).reshape(
            len(neighbors), -1
        )

    def __call__(self, hashes, current, chosen, rng):
        donors = self.donors[chosen // 2]
        fits = (hashes[donors] == hashes[current[chosen], None]) & (donors >= 0)
        nth = rng.integers(0, fits.sum(axis=1))
        return donors[np.arange(len(chosen)), (fits.cumsum(axis=1) > nth[:, None]).argmax(axis=1)]


def nearest_people(counts, codes, n_neighbors, seed):
    """Return the nearest people of the same population on principal components, oneself first; -1 fills up."""
    n_components = min(N_COMPONENTS, len(counts) - 1, counts.shape[1])
    scores = PCA(n_components, random_state=seed).fit_transform(counts.astype(np.float64))
    neighbors = np.full((len(counts), min(n_neighbors, np.bincount(codes).max())), -1)
    for code in np.unique(codes):
        members = np.flatnonzero(codes == code)
        n_others = min(neighbors.shape[1], len(members)) - 1
        neighbors[members, 0] = members
        found = NearestNeighbors(n_neighbors=n_others).fit(scores[members]).kneighbors(return_distance=False)
        neighbors[members[:, None], np.arange(1, n_others + 1)] = members[found]
    return neighbors


def mutate(haplotypes, codes, frequencies, rate, rng):
    """Draw some alleles anew, in place; haplotypes (n_variants, n), frequencies (n_variants, n_populations)."""
    for row, frequency in zip(haplotypes, frequencies, strict=True):
        hit = np.flatnonzero(rng.random(len(row)) < rate)
        row[hit] = rng.random(len(hit)) < frequency[codes[hit]]
