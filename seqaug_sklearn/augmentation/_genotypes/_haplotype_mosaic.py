"""New haplotypes as mosaics of a population's own: Li and Stephens' copying, turned into a generator."""

import copy
from typing import ClassVar

import numpy as np

from seqaug_sklearn.augmentation._genotypes._base import GenotypeSampler
from seqaug_sklearn.augmentation._genotypes._copying_model import allele_frequencies, make_haplotypes, nearest_people
from seqaug_sklearn.augmentation._genotypes._mosaic_choice import choose, match_lengths
from seqaug_sklearn.augmentation._genotypes._mosaic_trials import MosaicTrials
from seqaug_sklearn.exceptions import PrivacyWarning
from seqaug_sklearn.genotypes import dosages, from_haplotypes, to_haplotypes
from seqaug_sklearn.utils import draw_seed, warn
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions

__all__ = ["HaplotypeMosaic"]

_AUTO = StrOptions({"auto"})

_DECISIVE = ("switch_rate", "match_length", "n_neighbors")
"""Parameters that decide how much is copied."""


class HaplotypeMosaic(GenotypeSampler):
    """Make new individuals whose haplotypes are copied, piece by piece, from those of their population.

    A mosaic is no anonymisation: every piece is a real individual's, and a rare haplotype that no one else shares is
    copied at length. ``fit`` warns where more is revealed than its rule allows (see Notes). Measure with
    ``genotype_fidelity`` before synthetic individuals are shared.

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
    match_length : int, "auto" or None, default="auto"
        Alleles before the seam on which donors must agree; 0 lets every donor of the population in, which breaks
        linkage. Near the start, all alleles so far. A shorter match reveals less about individuals and keeps less
        linkage. "auto" (None is the same) chooses it on held-out training individuals, see Notes; at most 40, or an
        eighth of the variants where that is less (but 10 where there are 40 variants or more, and a quarter of them
        where there are fewer).
    n_neighbors : int, "auto" or None, default="auto"
        Take the donors of one new individual from this many individuals of the population only: a random one and the
        nearest to that one on the first 10 principal components of the training dosages. Keeps structure within
        populations where variants are unlinked. None takes all individuals of the population. "auto" does so too,
        unless structure or linkage is lost by it and the match is chosen as well. Populations with fewer individuals
        use all of them.
    mutation_rate : float, default=0
        Probability, per allele, of drawing it anew from the population's allele frequency. Does not mend privacy.
    encoding : {"phased", "haplotype"}, default="phased"
        What the values of X mean, and of what is returned: 0 to 3 for ``0|0``, ``0|1``, ``1|0``, ``1|1``, or haplotypes
        of 0 and 1 with two neighbouring rows per individual. Allele counts (``"dosage"``) are refused: they do not say
        which chromosome carries an allele.
    sampling_strategy : float, str, dict or callable, default="auto"
        Which populations ``fit_resample`` fills up, as in imbalanced-learn; it counts individuals. "auto" brings all to
        the size of the largest.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness.

    Attributes
    ----------
    match_length_ : int
        The match that is used.
    n_neighbors_ : int or None
        The number of neighbours that is used; None for all individuals of the population.
    switch_rate_ : float
        The rate that is used.
    tuning_ : DataFrame
        What was tried, a row per setting, each figure the mean over populations: ``match_length``, ``n_neighbors``;
        ``ld_correlation`` and ``pca_distance``, as in ``genotype_fidelity``; ``exact_copies``, the share of haplotypes
        that equal a training haplotype; ``membership_auc`` with the ends ``membership_low`` and ``membership_high`` of
        its 95 % interval; and ``fault``, what that says against the setting ("" where it passes).
        ``ld_correlation_real`` and ``exact_copies_real`` are those of real individuals.
    copying_ : str
        What is said against the setting that is used; "" where it passes.
    populations_ : ndarray of shape (n_populations,)
        Sorted labels.
    population_counts_ : ndarray of int of shape (n_populations,)
        Individuals of each in training.
    haplotypes_ : ndarray of int8 of shape (2 * n_individuals, n_variants)
        The donors: the training individuals themselves.
    codes_ : ndarray of int of shape (n_individuals,)
        Index into ``populations_`` of each training individual.
    frequencies_ : ndarray of float of shape (n_populations, n_variants)
        Frequency of allele 1.
    neighbors_ : ndarray of int of shape (n_individuals, n_neighbors) or None
        Training individuals from whose haplotypes a new individual like this one is made, itself first; -1 fills up.
    seed_ : int
        Seed that ``sample`` uses.
    sampling_strategy_ : dict
        New individuals per population of the last ``fit_resample``.
    sample_indices_ : ndarray of int of shape (n_samples_new,)
        Row of X behind each row of the last ``fit_resample``; -1 for new individuals, who have many parents.
    n_features_in_ : int
        Number of variants.
    feature_names_in_ : ndarray of str of shape (n_variants,)
        Names of the variants, where X was a DataFrame with such.

    Warns
    -----
    PrivacyWarning
        Where the setting that is used does not pass, given or chosen, with the figures.

    See Also
    --------
    GenotypeGAN : A generator that is trained.
    seqaug_sklearn.evaluation.genotype_fidelity : How real and how private the new individuals are.

    Notes
    -----
    Donors that agree are found by a hash of their last alleles that is moved along by one variant: random 64-bit
    weights are added and taken off, and sorting the donors by hash and population puts those that agree side by side.
    A step costs the sorting of all donors and one look-up per switch, for all new haplotypes at once.

    **Why a match can copy.** Agreement on the last alleles leaves few donors, and where variants are unlinked, very
    soon one: n haplotypes whose alleles agree by chance with probability a leave about ``n * a ** match_length``. With
    120 haplotypes and a = .6 that is one donor after nine alleles. From there on every switch leads back to the same
    haplotype, which is then copied to the end. Where variants are linked, many donors share a stretch, and the match
    may be longer. So the right match depends on the linkage and on the number of individuals, and is measured.

    **The rule.** The individuals of each population are dealt into five parts. Each part is held out in turn, of more
    than 1,000 individuals two of them, and the others are the donors of as many new individuals as they are (of up to
    four such sets, where individuals are few). At most 2,000 individuals are used, drawn by population. A setting
    passes if

    - the upper end of the 95 % interval of the membership attack's AUC, averaged over populations, is at most .56
      (the attack: an individual whose haplotypes lie near a new one is said to have been a donor);
    - in none of several populations the whole interval lies above .56, which an average would hide;
    - in no population more new haplotypes equal a donor's than held-out ones do, but for 1.96 standard errors of that
      share, or for one in as many haplotypes as were held out, if that is more.

    The interval is DeLong's [2]_, by individuals, with Student's t. As everyone is a donor in some rounds and held out
    in another, what lies in the individual cancels, and the interval is narrower than one of donors against non-donors.
    Fewer individuals are exposed more and are harder to judge, so a setting that is not shown to be safe does
    not pass.

    **The choice.** Of the matches that pass without neighbours, the longest is found by bisection, then the shortest
    that keeps as much linkage. Linkage kept is the correlation of r² of all pairs of variants with that of held-out
    individuals, differences up to .002 counting as none; of more than 1,000 variants, a part is taken. Neighbours are
    tried where new individuals are more than 1.25 times as far from held-out ones on principal components as donors
    are, or keep .1 less linkage, because groups within a population make linkage of their own. Where nothing passes,
    the longest match is used that makes no copies and reveals hardly more than the shortest (an AUC up to .02
    higher, or .56), with a warning.

    Longer matches than 40 alleles are not tried: on 1000 Genomes, 742 variants in strong linkage, 1,226 individuals
    trained on and 526 others to measure by, matches of 30, 40 and 60 alleles gave correlations of linkage of .96, .97
    and .98, and privacy losses of .015, .017 and .031; a rate of 0.3 instead of 1 gave a loss of .026 for the same
    linkage.

    References
    ----------
    .. [1] Li, N. and Stephens, M., Modeling linkage disequilibrium and identifying recombination hotspots using
       single-nucleotide polymorphism data, Genetics 165 (2003), 2213-2233, doi 10.1093/genetics/165.4.2213.
    .. [2] DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L., Comparing the areas under two or more correlated
       receiver operating characteristic curves: a nonparametric approach, Biometrics 44 (1988), 837-845,
       doi 10.2307/2531595.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.augmentation import HaplotypeMosaic
    >>> rng = np.random.default_rng(0)
    >>> X = rng.integers(0, 4, (150, 8), dtype=np.int8)
    >>> y = np.repeat(["north", "south"], [100, 50])
    >>> mosaic = HaplotypeMosaic(random_state=0).fit(X, y)
    >>> mosaic.copying_
    ''
    >>> mosaic.sample(3, "south")[0].shape
    (3, 8)
    >>> X_filled, y_filled = mosaic.fit_resample(X, y)
    >>> np.unique(y_filled, return_counts=True)[1].tolist()
    [100, 100]
    """

    _parameter_constraints: ClassVar[dict] = {
        **GenotypeSampler._parameter_constraints,
        "switch_rate": [Interval(Real, 0, 1, closed="both")],
        "match_length": [Interval(Integral, 0, None, closed="left"), _AUTO, None],
        "n_neighbors": [Interval(Integral, 2, None, closed="left"), _AUTO, None],
        "mutation_rate": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        *,
        switch_rate=1.0,
        match_length="auto",
        n_neighbors="auto",
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
        self._choose(haplotypes, codes, rng)
        # one variant of all donors is contiguous, as sampling reads it
        self.haplotypes_ = np.array(haplotypes, order="F")
        self.codes_ = codes
        self.frequencies_ = allele_frequencies(haplotypes, codes, len(self.populations_))
        self.neighbors_ = None
        if self.n_neighbors_ is not None:
            self.neighbors_ = nearest_people(dosages(X, self.encoding), codes, self.n_neighbors_, draw_seed(rng))

    def _choose(self, haplotypes, codes, rng):
        """Try settings on held-out individuals; given ones too, for what they reveal."""
        self.switch_rate_ = self.switch_rate
        # a copy of the generator: that settings are tried must not change the individuals they make
        trials = MosaicTrials(
            haplotypes,
            codes,
            self.populations_,
            switch_rate=self.switch_rate,
            mutation_rate=self.mutation_rate,
            seed=draw_seed(copy.deepcopy(rng)),
        )
        lengths, n_neighbors = match_lengths(haplotypes.shape[1]), self.n_neighbors
        if not self._is_free("match_length"):
            lengths, n_neighbors = [self.match_length], None if n_neighbors == "auto" else n_neighbors
        chosen = choose(trials, lengths, n_neighbors)
        self.match_length_, self.n_neighbors_ = chosen
        self.tuning_ = trials.to_frame()
        self.copying_ = trials(*chosen)["fault"]

    def _is_free(self, name):
        value = getattr(self, name)
        return value == "auto" or (name, value) in (("match_length", None), ("switch_rate", 1))

    def _after_fit(self):
        if not self.copying_:
            return
        given = [f"{name}={getattr(self, name)}" for name in _DECISIVE if not self._is_free(name)]
        if given:
            advice = f"Leave {' and '.join(given)} out: the setting that reveals least is then chosen"
        else:
            advice = (
                f"No setting that was tried passes (see tuning_); match_length={self.match_length_} is used. More "
                "individuals, fewer variants or merged populations help"
            )
        warn(
            f"HaplotypeMosaic exposes its training individuals: {self.copying_}. {advice}",
            PrivacyWarning,
        )

    def _sample(self, codes, rng):
        new = make_haplotypes(
            self.haplotypes_,
            self.codes_,
            codes,
            neighbors=self.neighbors_,
            switch_rate=self.switch_rate_,
            match_length=self.match_length_,
            frequencies=self.frequencies_,
            mutation_rate=self.mutation_rate,
            rng=rng,
        )
        return from_haplotypes(new, self.encoding)
