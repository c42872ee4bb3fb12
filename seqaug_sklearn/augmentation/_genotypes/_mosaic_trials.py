"""Mosaics of most of the training individuals, measured on the others: what a setting keeps and what it reveals."""

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from seqaug_sklearn.augmentation._genotypes._copying_model import allele_frequencies, make_haplotypes, nearest_people
from seqaug_sklearn.genotypes import dosages, many_copies_fault, membership_fault, most_exposed_fault
from seqaug_sklearn.genotypes import genotype_metrics as metrics

__all__ = ["MosaicTrials"]

N_PARTS = 5
"""Parts of the individuals, each held out in turn: the larger the rest, the more it is like all of them."""

MANY_PEOPLE = 1000
FEW_ROUNDS = 2
"""Of more individuals than that, so many parts are held out: the interval is narrow enough, and it takes less time."""

MOST_SETS = 4
"""Sets of mosaics in each round, where all of them together are at most ``MANY_PEOPLE``: the more, the less chance."""

MOST_PEOPLE = 2000
"""Most individuals used to try settings; fewer donors reveal more, so the choice errs on the safe side."""

COMMON = 0.05
"""Minor-allele frequency from which a variant counts for linkage, as in ``genotype_fidelity``."""

N_COMPONENTS = 10

N_STRETCHES, STRETCH, N_SPREAD = 2, 250, 500
"""Linkage is taken from pairs of so many neighbouring variants and others spread evenly; of fewer, from all pairs."""


class MosaicTrials:
    """Measures settings of :class:`HaplotypeMosaic` on individuals who were held out of its donors.

    Parameters
    ----------
    haplotypes : ndarray of int8 of shape (2 * n_individuals, n_variants)
        Of the training individuals, rows paired.
    codes : ndarray of int of shape (n_individuals,)
        Population of each, as index into ``names``.
    names : ndarray of shape (n_populations,)
        Labels, for the sentences.
    switch_rate, mutation_rate : float
        As in :class:`HaplotypeMosaic`.
    seed : int
        For the parts and the mosaics. All settings meet the same parts and draws, so that their differences are theirs.

    Attributes
    ----------
    rows : dict of (match_length, n_neighbors) to dict
        What was tried, in order: the figures, and ``fault``, what they say against the setting.
    real : DataFrame
        ``exact_copies`` and ``ld_correlation`` of real individuals, by population.
    n_donors : int
        Individuals of the largest population who are copied from at a time; as many neighbours are all of them.
    """

    def __init__(self, haplotypes, codes, names, *, switch_rate, mutation_rate, seed):
        rng = np.random.default_rng([seed, N_PARTS])
        people = _some(codes, rng)
        haplotypes, codes = haplotypes[np.stack([2 * people, 2 * people + 1], axis=1).ravel()], codes[people]
        parts = _deal(codes, rng)
        n_rounds = min(FEW_ROUNDS if len(codes) > MANY_PEOPLE else N_PARTS, parts.max() + 1)
        options = {"switch_rate": switch_rate, "mutation_rate": mutation_rate}
        n_sets = max(1, min(MOST_SETS, MANY_PEOPLE // len(codes)))
        self.names, self.sizes = names, np.bincount(codes)
        self.rounds = [
            _Round(haplotypes, codes, parts == part, options, n_sets, [seed, part]) for part in range(n_rounds)
        ]
        self.n_donors = max(np.bincount(one.known).max() for one in self.rounds)
        self.real = _averaged([one.real() for one in self.rounds])
        self.rows = {}

    def __call__(self, match_length, n_neighbors):
        """Return the figures of a setting, means over populations, and ``fault``."""
        key = match_length, n_neighbors
        if key not in self.rows:
            self.rows[key] = self._row([scored for one in self.rounds for scored in one(*key)])
        return self.rows[key]

    def to_frame(self):
        """Return what was tried as a table, a row per setting."""
        frame = pd.DataFrame(list(self.rows.values()))
        lengths, neighbors = zip(*self.rows, strict=True)
        frame.insert(0, "match_length", lengths)
        frame.insert(1, "n_neighbors", pd.array(neighbors, dtype="Int64"))
        return frame

    def _row(self, scored):
        """Put the rounds together; the membership attack is one on all of them."""
        figures = _averaged([figures for figures, _ in scored])
        attacked = [
            metrics.membership([attack[code] for _, attack in scored if code in attack], self.sizes[code])
            for code in figures.index
        ]
        figures["membership_auc"], figures["membership_se"] = zip(*attacked, strict=True)
        freedom = self.sizes.sum() - len(self.sizes)
        attack = metrics.average_with_interval(figures["membership_auc"], figures["membership_se"], freedom)
        return {
            "ld_correlation": figures["ld_correlation"].mean(),
            "ld_correlation_real": self.real["ld_correlation"].mean(),
            "pca_distance": figures["pca_distance"].mean(),
            "exact_copies": figures["exact_copies"].mean(),
            "exact_copies_real": self.real["exact_copies"].mean(),
            **dict(zip(("membership_auc", "membership_low", "membership_high"), attack, strict=True)),
            "fault": self._fault(figures, attack),
        }

    def _fault(self, figures, attack):
        names, sizes = self.names[figures.index].tolist(), self.sizes[figures.index]
        found = [
            many_copies_fault(figures["exact_copies"], self.real["exact_copies"], 2 * sizes, names),
            membership_fault(*attack)
            or most_exposed_fault(figures["membership_auc"], figures["membership_se"], sizes, names),
        ]
        return "; ".join(text for text in found if text)


class _Round:
    """One part of the individuals held out, the others copied from."""

    def __init__(self, haplotypes, codes, held_out, options, n_sets, seed):
        self.options, self.n_sets, self.seed = options, n_sets, seed
        self.known, self.codes = codes[~held_out], codes[held_out]
        self.populations = np.intersect1d(self.known, self.codes)
        self.donors = np.asfortranarray(haplotypes[np.repeat(~held_out, 2)])
        self.others = haplotypes[np.repeat(held_out, 2)]
        place = _places(codes)
        self.members, self.strangers = place[~held_out], place[held_out]
        self.frequencies = allele_frequencies(self.donors, self.known, codes.max() + 1)
        self.columns = _columns(haplotypes.shape[1])
        self.pca = _components(_counts(self.donors))
        self.places = None if self.pca is None else self.pca.transform(_counts(self.others))
        self.real_distances = self._distances(self.donors)

    def real(self):
        """Score the held-out individuals as if they had been made, and the linkage of the donors."""
        return {
            code: {
                "exact_copies": _copies(self._held_out(code), self._made(self.donors, code)),
                "ld_correlation": self._linkage(self.donors, code),
            }
            for code in self.populations
        }

    def __call__(self, match_length, n_neighbors):
        """Yield of each set of mosaics the figures by population, and what the membership attack sees."""
        neighbors = None
        if n_neighbors is not None:
            neighbors = nearest_people(_counts(self.donors), self.known, n_neighbors, 0)
        new = make_haplotypes(
            self.donors,
            self.known,
            np.tile(self.known, self.n_sets),
            neighbors=neighbors,
            match_length=match_length,
            frequencies=self.frequencies,
            rng=np.random.default_rng(self.seed),
            **self.options,
        )
        sets = np.split(new, self.n_sets)
        realism = self._realism(sets[0])  # takes most of the time, and needs no second set
        for made in sets:
            copies = {code: _copies(self._made(made, code), self._made(self.donors, code)) for code in self.populations}
            figures = {code: realism[code] | {"exact_copies": copies[code]} for code in self.populations}
            yield figures, {code: self._attack(made, code) for code in self.populations}

    def _realism(self, new):
        with np.errstate(divide="ignore", invalid="ignore"):  # where all individuals are alike
            distances = self._distances(new) / self.real_distances
        return {
            code: {"ld_correlation": self._linkage(new, code), "pca_distance": distance}
            for code, distance in zip(self.populations, distances, strict=True)
        }

    def _attack(self, new, code):
        """Return the haplotypes of members and of non-members: whose they are, and how far the nearest mosaic is."""
        made = self._made(new, code)
        people = np.repeat(self.members[self.known == code], 2), np.repeat(self.strangers[self.codes == code], 2)
        groups = self._made(self.donors, code), self._held_out(code)
        members, strangers = (metrics.nearest_differences(made, group)[1] for group in groups)
        return people[0], members, people[1], strangers

    def _made(self, haplotypes, code):
        return haplotypes[np.repeat(self.known == code, 2)]

    def _held_out(self, code):
        return self.others[np.repeat(self.codes == code, 2)]

    def _linkage(self, new, code):
        """Correlation of r² of all pairs of common variants with that of the held-out individuals."""
        real, made = self._held_out(code)[:, self.columns], self._made(new, code)[:, self.columns]
        frequencies = real.mean(axis=0)
        common = np.minimum(frequencies, 1 - frequencies) >= COMMON
        return metrics.ld_correlation(real[:, common], made[:, common])

    def _distances(self, haplotypes):
        """Distance to the held-out individuals on the donors' principal components, by population."""
        if self.pca is None or self.places is None:
            return np.full(len(self.populations), np.nan)
        own, real = self.pca.transform(_counts(haplotypes)), self.places
        return np.array([metrics.wasserstein(own[self.known == c], real[self.codes == c]) for c in self.populations])


def _some(codes, rng):
    """Draw at most ``MOST_PEOPLE``, of each population its share."""
    if len(codes) <= MOST_PEOPLE:
        return np.arange(len(codes))
    share = MOST_PEOPLE / len(codes)  # of every population, but two individuals at least: one alone has no others
    drawn = [rng.permutation(np.flatnonzero(codes == code)) for code in np.unique(codes)]
    return np.sort(np.concatenate([people[: max(round(share * len(people)), 2)] for people in drawn]))


def _deal(codes, rng):
    """Deal the individuals of each population into parts that differ by one individual at most."""
    parts = np.empty(len(codes), int)
    for code in np.unique(codes):
        people = rng.permutation(np.flatnonzero(codes == code))
        parts[people] = np.arange(len(people)) % N_PARTS
    return parts


def _places(codes):
    """Number the individuals of each population."""
    places = np.empty(len(codes), int)
    for code in np.unique(codes):
        people = np.flatnonzero(codes == code)
        places[people] = np.arange(len(people))
    return places


def _counts(haplotypes):
    return dosages(haplotypes, "haplotype").astype(np.float32)


def _components(counts):
    n_components = min(N_COMPONENTS, len(counts) - 1, counts.shape[1])
    if n_components < 1:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):  # where all individuals are alike
        return PCA(n_components, random_state=0).fit(counts)


def _columns(n_variants):
    """Return the variants whose pairs count for linkage."""
    if n_variants <= N_STRETCHES * STRETCH + N_SPREAD:
        return np.arange(n_variants)
    starts = np.linspace(0, n_variants - STRETCH, N_STRETCHES).astype(int)
    spread = np.linspace(0, n_variants - 1, N_SPREAD).astype(int)
    return np.union1d(starts[:, None] + np.arange(STRETCH), spread)


def _copies(haplotypes, donors):
    """Share of haplotypes that equal a donor's."""
    known = {row.tobytes() for row in np.ascontiguousarray(donors)}
    return np.mean([row.tobytes() in known for row in np.ascontiguousarray(haplotypes)])


def _averaged(rounds):
    """Average figures by population; a population may be too small to be in all rounds."""
    rows = [row | {"code": code} for figures in rounds for code, row in figures.items()]
    return pd.DataFrame(rows).groupby("code").mean()
