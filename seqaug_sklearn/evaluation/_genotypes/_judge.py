"""Scores groups of individuals against real ones, population by population."""

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from seqaug_sklearn.genotypes import NEAR_COPY
from seqaug_sklearn.genotypes import genotype_metrics as metrics

__all__ = ["Judge"]

COMMON = 0.05
"""Minor-allele frequency from which a variant counts for LD; rarer ones give noise."""


N_DRAWS = 10
"""Draws of equal numbers of units over which adversarial accuracy is averaged."""


class Judge:
    """Holds the real individuals and scores groups against them.

    Parameters
    ----------
    train, test : GenotypeSet
        Real individuals, those that generators saw and held-out ones.
    positions : ndarray of shape (n_variants,)
        Positions of the variants.
    seed : int
        For halves and draws; the same for every group, so that a group's score depends on no other.
    """

    def __init__(self, train, test, positions, seed):
        self.train, self.test, self.positions, self.seed = train, test, positions, seed
        self.populations = np.unique(train.populations)
        self.edges = metrics.distance_bins(positions)
        self.pca = _fitted(PCA(min(10, len(train) - 1, train.n_variants), random_state=0), train)
        self.real_distances = self._pca_distances(train)

    def real(self):
        """Score the training individuals; privacy of one half against the other, and held-out individuals as copies."""
        realism, decay = self._realism(self.train)
        first = self._half()
        privacy, _ = self._privacy(self.train.take(first), self.train.take(~first))
        nearest = metrics.nearest_differences(self.test.units, self.train.units)[0]
        copies = self._copies(nearest, self.test.unit_populations)
        return pd.concat([realism, privacy, copies], axis=1), decay

    def synthetic(self, people):
        """Score synthetic individuals."""
        realism, decay = self._realism(people)
        privacy, nearest = self._privacy(self.train, people)
        copies = self._copies(nearest, people.unit_populations)
        return pd.concat([realism, privacy, copies], axis=1), decay

    def held_out_decay(self):
        """Return LD decay of the held-out individuals."""
        return self._realism_of_ld(self.test)[1]

    def _realism(self, people):
        ld, decay = self._realism_of_ld(people)
        frame = pd.DataFrame([self._frequencies(people.of(p), self.test.of(p)) for p in self.populations])
        frame.index = self.populations
        frame = frame.join(ld)
        with np.errstate(divide="ignore", invalid="ignore"):  # where all training individuals are alike
            frame["pca_distance"] = self._pca_distances(people) / self.real_distances
        frame["train_on_synthetic"] = self._recalls(people)
        return frame, decay

    def _frequencies(self, people, real):
        # half of the mean copies: of two alleles per individual
        own, other = (group.dosages.mean(axis=0, dtype=np.float64) / 2 for group in (people, real))
        real_difference = metrics.mean_difference(real.units)
        difference = metrics.mean_difference(people.units)
        return {
            "n": len(people),
            "af_r2": metrics.correlation(own, other) ** 2,
            "af_mae": np.abs(own - other).mean(),
            "diversity": difference / real_difference if real_difference else np.nan,
            "inbreeding": metrics.inbreeding(people.dosages),
        }

    def _realism_of_ld(self, people):
        scores, decays = [], []
        for population in self.populations:
            # within populations: pooled, their differences in frequency would look like linkage
            real = self.test.of(population)
            frequencies = real.dosages.mean(axis=0) / 2
            common = np.minimum(frequencies, 1 - frequencies) >= COMMON
            score, expected, decay = metrics.ld_scores(
                real.alleles[:, common], people.of(population).alleles[:, common], self.positions[common], self.edges
            )
            known = ~np.isnan(expected)  # bins with pairs, the same for both groups
            error = np.abs(decay - expected)[known].mean() if known.any() else np.nan
            scores.append({"ld_correlation": score, "ld_decay_error": error})
            rows = {"population": population, "distance": metrics.bin_centers(self.edges), "r2": decay}
            decays.append(pd.DataFrame(rows)[known])
        return pd.DataFrame(scores, index=self.populations), pd.concat(decays, ignore_index=True)

    def _pca_distances(self, people):
        own, real = (self.pca.transform(group.dosages.astype(np.float32)) for group in (people, self.test))
        return np.array(
            [
                metrics.wasserstein(own[people.populations == p], real[self.test.populations == p])
                for p in self.populations
            ]
        )

    def _recalls(self, people):
        """Recall of real individuals by a classifier trained on these: what holds for them must hold for real ones."""
        if len(self.populations) < 2:
            return np.nan
        n_components = min(20, len(people) - 1, people.n_variants)
        model = make_pipeline(PCA(n_components, random_state=0), StandardScaler(), LogisticRegression(max_iter=5000))
        right = _fitted(model, people).predict(self.test.dosages.astype(np.float32)) == self.test.populations
        return [right[self.test.populations == population].mean() for population in self.populations]

    def _half(self):
        """Draw half of each population's training individuals, bool: members, where a generator made the other half."""
        rng = np.random.default_rng(self.seed)
        first = np.zeros(len(self.train), bool)
        for population in self.populations:
            members = rng.permutation(np.flatnonzero(self.train.populations == population))
            first[members[: len(members) // 2]] = True
        return first

    def _privacy(self, members, people):
        """Score how much nearer individuals are to members, whom a generator saw, than to held-out individuals."""
        units = people.units
        # to all populations' units: copies may have been given another label
        nearest, of_members = metrics.nearest_differences(units, members.units)
        of_others = metrics.nearest_differences(units, self.test.units)[1]
        rows = []
        for population in self.populations:
            row = self._adversarial(members.of(population), self.test.of(population), people.of(population))
            attack = _attack(members, self.test, population, of_members, of_others)
            n_individuals = np.sum(members.populations == population) + np.sum(self.test.populations == population)
            row["membership_auc"], row["membership_se"] = metrics.membership([attack], n_individuals)
            rows.append(row)
        return pd.DataFrame(rows, index=self.populations), nearest

    def _adversarial(self, members, others, people):
        """Adversarial accuracy and privacy loss of one population.

        Yale et al. (2020): privacy loss = AA against held-out individuals - AA against members, above 0 where the
        generator is nearer to the individuals that it saw. The nearest neighbour among more individuals is nearer, so
        all three groups are cut to the size of the smallest, at random and several times over.
        """
        rng = np.random.default_rng(self.seed)
        groups = [group.units for group in (members, others, people)]
        if len(groups[2]) > len(groups[0]):  # differences take the square of the number: no more than can be used
            groups[2] = groups[2][rng.choice(len(groups[2]), len(groups[0]), replace=False)]
        sizes = [len(units) for units in groups]
        within = [metrics.differences(units, units) for units in groups]
        across = [metrics.differences(units, groups[2]) for units in groups[:2]]
        halves = []
        for _ in range(N_DRAWS):
            # a of members, b of held-out individuals, c of the individuals scored
            a, b, c = (rng.choice(size, min(sizes), replace=False) for size in sizes)
            own = within[2][np.ix_(c, c)]
            halves.append(
                metrics.adversarial_accuracy(within[0][np.ix_(a, a)], across[0][np.ix_(a, c)], own)
                + metrics.adversarial_accuracy(within[1][np.ix_(b, b)], across[1][np.ix_(b, c)], own)
            )
        # per draw four numbers: both halves of AA against members, and both against held-out individuals
        *of_members, real, synthetic = np.mean(halves, axis=0)
        aa = (real + synthetic) / 2
        return {"aa_real": real, "aa_synthetic": synthetic, "aa": aa, "privacy_loss": aa - np.mean(of_members)}

    def _copies(self, nearest, labels):
        by_population = [nearest[labels == population] for population in self.populations]
        shares = [{"exact_copies": np.mean(d == 0), "near_copies": np.mean(d <= NEAR_COPY)} for d in by_population]
        return pd.DataFrame(shares, index=self.populations)


def _attack(members, others, population, of_members, of_others):
    """Numbers of the individuals behind the units of one population, and how near the synthetic ones are.

    As a round of :func:`membership` takes them: members are numbered from 0, the others behind them.
    """
    numbers, distances, first = [], [], 0
    for people, nearest in ((members, of_members), (others, of_others)):
        n_individuals = np.sum(people.populations == population)
        units_per_person = len(people.unit_populations) // len(people)
        numbers.append(np.repeat(first + np.arange(n_individuals), units_per_person))
        distances.append(nearest[people.unit_populations == population])
        first += n_individuals
    return numbers[0], distances[0], numbers[1], distances[1]


def _fitted(model, people):
    """Fit to allele counts; quietly where all individuals are the same and have no variance to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return model.fit(people.dosages.astype(np.float32), people.populations)
