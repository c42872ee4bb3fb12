"""How close generated individuals are to held-out ones: the score that stops the training of a GAN."""

import numpy as np
from sklearn.utils.extmath import randomized_svd

__all__ = ["HeldOutScore"]

_COMMON = 0.05
_N_LAGS = 12
_LONGEST_LAG = 512  # variants
_N_COMPONENTS = 10
_QUANTILES = np.linspace(0.025, 0.975, 20)
_FLOOR = 1e-3


class HeldOutScore:
    """Distance of individuals to the held-out individuals, in units of the training individuals' own distance.

    Three errors, each averaged over the populations that have held-out individuals:

    - allele frequency: mean absolute difference over variants;
    - linkage: mean absolute difference of the mean r² at distances of 1 to 512 variants, among pairs of variants of
      which both have a minor allele frequency of at least 5 % in the held-out individuals; r² is corrected for the
      number of haplotypes, ``(r² - 1/n) / (1 - 1/n)``, because few haplotypes look linked by chance;
    - structure: mean absolute difference of 20 quantiles on each of the first 10 principal components of the training
      dosages, in standard deviations of the held-out individuals.

    The score is the geometric mean of the three ratios to the same errors of the training individuals. At 1 the
    generated individuals are as close to the held-out ones as real individuals are; the geometric mean counts a tenth
    less of either error the same.

    Parameters
    ----------
    train, held_out : ndarray of int8 of shape (2 * n_individuals, n_variants)
        Haplotypes, rows paired.
    train_codes, held_out_codes : ndarray of int of shape (n_individuals,)
        Population of each individual.
    """

    def __init__(self, train, train_codes, held_out, held_out_codes):
        self.populations = np.unique(held_out_codes)
        n_individuals, n_variants = len(train_codes), train.shape[1]
        longest = min(n_variants - 1, _LONGEST_LAG)
        self.lags = np.unique(np.geomspace(1, longest, _N_LAGS).astype(int)) if longest else np.array([], int)
        n_components = min(_N_COMPONENTS, n_individuals - 1, n_variants)
        self.mean = _dosages(train).mean(axis=0)
        self.components = randomized_svd(_dosages(train) - self.mean, n_components, random_state=0)[2].T
        self.spread = np.maximum(self._project(held_out).std(axis=0), 1e-12)
        rows = [held_out[np.repeat(held_out_codes == p, 2)] for p in self.populations]
        self.common = [np.minimum(h.mean(axis=0), 1 - h.mean(axis=0)) >= _COMMON for h in rows]
        self.target = self._describe(held_out, held_out_codes)
        self.real = self._errors(train, train_codes)

    def __call__(self, haplotypes, codes):
        """Return the three errors and the score of individuals with haplotypes (2 * n, n_variants) and codes (n,).

        Returns
        -------
        dict of str to float
            ``"frequency_error"``, ``"ld_error"``, ``"pca_error"`` and ``"score"``; smaller is better.
        """
        errors = self._errors(haplotypes, codes)
        # the floor lets an error of 0 count as very good, not as infinitely good
        score = np.exp(np.log((errors + _FLOOR) / (self.real + _FLOOR)).mean())
        return dict(
            zip(("frequency_error", "ld_error", "pca_error", "score"), (*errors.tolist(), float(score)), strict=True)
        )

    def _errors(self, haplotypes, codes):
        described = self._describe(haplotypes, codes)
        return np.array(
            [np.mean(np.abs(a - b)) if a.size else 0.0 for a, b in zip(described, self.target, strict=True)]
        )

    def _describe(self, haplotypes, codes):
        """Frequencies (populations, variants), r² by lag (populations, lags), quantiles of the components."""
        scores = self._project(haplotypes) / self.spread
        frequencies, linkage, quantiles = [], [], []
        for population, common in zip(self.populations, self.common, strict=True):
            people = codes == population
            rows = haplotypes[np.repeat(people, 2)].astype(np.float32)
            frequencies.append(rows.mean(axis=0))
            linkage.append(mean_r2_by_lag(rows, self.lags, common))
            quantiles.append(np.quantile(scores[people], _QUANTILES, axis=0))
        return np.array(frequencies), np.array(linkage), np.array(quantiles)

    def _project(self, haplotypes):
        return (_dosages(haplotypes) - self.mean) @ self.components


def mean_r2_by_lag(rows, lags, common):
    """Mean r² of pairs of common variants at each distance in variants; 0 where there is no pair.

    Parameters
    ----------
    rows : ndarray of float32 of shape (n_haplotypes, n_variants)
        Haplotypes.
    lags : ndarray of int of shape (n_lags,)
        Distances.
    common : ndarray of bool of shape (n_variants,)
        Variants that count.

    Returns
    -------
    ndarray of float of shape (n_lags,)
    """
    # r² = cov(a, b)² / (var(a) var(b)), of a variant and the one that stands lag places on
    n = len(rows)
    rows = rows - rows.mean(axis=0)
    variance = np.einsum("ij,ij->j", rows, rows) / n
    means = np.zeros(len(lags))
    for i, lag in enumerate(lags):
        pairs = common[:-lag] & common[lag:]
        covariance = np.einsum("ij,ij->j", rows[:, :-lag], rows[:, lag:])[pairs] / n
        product = (variance[:-lag] * variance[lag:])[pairs]
        r2 = covariance**2 / np.where(product > 0, product, np.inf)  # 0 where a variant does not vary
        means[i] = r2.mean() if len(r2) else 0.0
    # n haplotypes of unlinked variants have an r² of about 1 / n by chance: that is to be 0, and 1 to stay 1
    return (means - 1 / n) / (1 - 1 / n)


def _dosages(haplotypes):
    """Copies of allele 1: rows 2i and 2i + 1 are individual i."""
    return (haplotypes[0::2] + haplotypes[1::2]).astype(np.float32)
