"""Numbers that compare genotypes of two groups of individuals; pure functions of arrays.

*Units* are what distances are taken between: rows of 0 and 1. Haplotypes are units as they are; allele counts become
units by :func:`unary`, so that the share of differing columns is the share of differing alleles.
"""

import numpy as np

__all__ = [
    "adversarial_accuracy",
    "average_with_interval",
    "bin_centers",
    "correlation",
    "differences",
    "distance_bins",
    "inbreeding",
    "ld_correlation",
    "ld_scores",
    "mean_difference",
    "membership",
    "membership_auc",
    "nearest_differences",
    "unary",
    "wasserstein",
]

BLOCK = 2048


def unary(counts: np.ndarray) -> np.ndarray:
    """Turn allele counts (n, n_variants) into 0 and 1, (n, 2 * n_variants): at least one copy, two copies."""
    return np.concatenate([counts >= 1, counts >= 2], axis=1).astype(np.int8)


def differences(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the share of columns in which rows of A and rows of B differ, float32 (len(A), len(B))."""
    A, B = A.astype(np.float32), B.astype(np.float32)
    # |a - b| = a + b - 2ab for 0 and 1; sums of integers below 2 ** 24 are exact in float32
    counts = A @ B.T
    counts *= -2
    counts += A.sum(axis=1)[:, None]
    counts += B.sum(axis=1)
    return counts / np.float32(A.shape[1])


def nearest_differences(A: np.ndarray, B: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest difference of each row of A to B, and of each row of B to A, in blocks of A."""
    to_b = np.empty(len(A), np.float32)
    to_a = np.full(len(B), np.inf, np.float32)
    for start in range(0, len(A), BLOCK):
        block = differences(A[start : start + BLOCK], B)
        to_b[start : start + BLOCK] = block.min(axis=1)
        np.minimum(to_a, block.min(axis=0), out=to_a)
    return to_b, to_a


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Return Pearson's correlation, 0 where one of the two does not vary."""
    a, b = a - np.mean(a), b - np.mean(b)
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else 0.0


def mean_difference(units: np.ndarray) -> float:
    """Return the mean share of columns in which two different rows differ."""
    # two rows drawn with replacement differ in a column with chance 2 p (1 - p); n / (n - 1) leaves out the draws that
    # take the same row twice
    ones = units.mean(axis=0, dtype=np.float64)
    return float(np.mean(2 * ones * (1 - ones)) * len(units) / (len(units) - 1))


def inbreeding(counts: np.ndarray) -> float:
    """Return Wright's F of allele counts: 1 - observed / expected heterozygotes, each summed over the variants.

    0 in Hardy-Weinberg proportions, negative with too many heterozygotes; NaN where nothing varies.

    References
    ----------
    Nei (1978), Genetics 89, 583-590: of n individuals with frequency p, 2 p (1 - p) * 2n / (2n - 1) heterozygotes are
    expected, which is unbiased for few individuals.
    """
    n_alleles = 2 * len(counts)
    frequencies = counts.mean(axis=0, dtype=np.float64) / 2
    expected = np.sum(2 * frequencies * (1 - frequencies)) * n_alleles / (n_alleles - 1)
    if not expected > 0:
        return np.nan
    # a ratio of sums, not a mean of ratios: rare variants, whose own F is mostly noise, weigh little
    observed = np.sum(np.mean(counts == 1, axis=0))
    return float(1 - observed / expected)


def adversarial_accuracy(
    within_real: np.ndarray, real_to_other: np.ndarray, within_other: np.ndarray
) -> tuple[float, float]:
    """Return both halves of the nearest-neighbour adversarial accuracy.

    Parameters
    ----------
    within_real, within_other : ndarray of shape (n, n)
        Differences within the groups.
    real_to_other : ndarray of shape (n, n)
        Differences between them, real individuals in rows.

    Returns
    -------
    real, other : float
        Share of the real (other) rows whose nearest neighbour among the rest of their own group is nearer than the
        nearest in the other group, ties counting half. Both .5 where the groups are alike; near 0 and 1 where one of
        the groups has collapsed.

    References
    ----------
    Yale et al. (2020), Neurocomputing 416, 244-255, doi 10.1016/j.neucom.2019.12.136, equation 1; there, ties count
    nothing. Haplotypes have many ties.
    """
    # equation 1: AA = (mean of 1[d_TS(i) > d_TT(i)] + mean of 1[d_ST(i) > d_SS(i)]) / 2, with T real, S other, and
    # d_AB(i) the difference of i of A to its nearest neighbour in B, itself left out
    return (
        _farther(real_to_other.min(axis=1), _nearest_within(within_real)),
        _farther(real_to_other.min(axis=0), _nearest_within(within_other)),
    )


def membership_auc(members: np.ndarray, others: np.ndarray) -> float:
    """Return the AUC of separating training individuals from others by their nearest synthetic one."""
    return float(np.mean(_placements(members, others)[0]))


def membership(rounds, n_individuals: int) -> tuple[float, float]:
    """Return the AUC of :func:`membership_auc`, averaged over rounds, and its standard error.

    Parameters
    ----------
    rounds : iterable of (members, member_distances, others, other_distances)
        Of each round the numbers of the individuals trained on and held out, one per unit, and the difference of each
        unit to the nearest synthetic one. The same individuals may be members in one round and others in the next.
    n_individuals : int
        Individuals of the population; their numbers are below it.

    Returns
    -------
    auc, error : float

    Notes
    -----
    The error is that of DeLong et al. (1988), Biometrics 44, 837-845, doi 10.2307/2531595, with individuals in place of
    rows: the two haplotypes of an individual, and all rounds of the same individual, make one term. What an
    individual's haplotypes have by themselves, being common or rare, cancels where the individual is a member in one
    round and held out in another, so that the error of individuals who take both parts is much smaller.
    """
    # DeLong's estimate is var(V10) / m + var(V01) / n, with the placements V10 of each of m members (share of others
    # that are farther) and V01 of each of n others (share of members that are nearer). The same as a sum over
    # individuals:
    # the AUC's error is, to first order, the mean of V10 - AUC over members plus that of V01 - AUC over others
    aucs, terms = [], np.zeros(n_individuals)
    for members, nearest_members, others, nearest_others in rounds:
        farther, nearer = _placements(nearest_members, nearest_others)
        auc = np.mean(farther)
        terms += np.bincount(members, farther - auc, n_individuals) * n_individuals / len(members)
        terms += np.bincount(others, nearer - auc, n_individuals) * n_individuals / len(others)
        aucs.append(auc)
    terms /= len(aucs)
    # variance of a mean of n_individuals independent terms, which sum to 0: sum of squares / (n (n - 1))
    return float(np.mean(aucs)), float(np.sqrt(terms @ terms / (n_individuals * max(n_individuals - 1, 1))))


def average_with_interval(values: np.ndarray, errors: np.ndarray, freedom: int) -> tuple[float, float, float]:
    """Return the mean of independent values and the ends of its 95 % interval, by Student's t."""
    from scipy.special import stdtrit

    mean = float(np.mean(values))
    # errors of independent values add as squares; Student's t because they were estimated themselves
    half = float(stdtrit(max(freedom, 1), 0.975)) * float(np.sqrt(np.sum(np.square(errors)))) / len(values)
    return mean, mean - half, mean + half


def wasserstein(A: np.ndarray, B: np.ndarray) -> float:
    """Return the mean over columns of the one-dimensional Wasserstein distance."""
    from scipy.stats import wasserstein_distance

    return float(np.mean([wasserstein_distance(a, b) for a, b in zip(A.T, B.T, strict=True)]))


def distance_bins(positions: np.ndarray, n_bins: int = 20) -> np.ndarray:
    """Return edges of bins of equal width in the logarithm of the distance, up to the largest.

    They start at 1/500 of the largest, or at the smallest step if that is wider: the few closest pairs share a bin.
    """
    steps = np.diff(np.sort(positions))
    largest = steps.sum()
    if not largest > 0:
        return np.array([0.0, 1.0])
    return np.geomspace(max(largest / 500, steps[steps > 0].min()), np.nextafter(largest, np.inf), n_bins + 1)


def bin_centers(edges: np.ndarray) -> np.ndarray:
    """Return the geometric middles of :func:`distance_bins`; of one that starts at 0, half its end is the start."""
    return np.sqrt(np.maximum(edges[:-1], edges[1] / 2) * edges[1:])


def ld_scores(A, B, positions, edges) -> tuple[float, np.ndarray, np.ndarray]:
    """Compare linkage disequilibrium, the squared correlation of all pairs of variants.

    Parameters
    ----------
    A, B : ndarray of shape (n, n_variants)
        Haplotypes or allele counts of two groups, with the same variants.
    positions : ndarray of shape (n_variants,)
        Positions, in any unit.
    edges : ndarray of shape (n_bins + 1,)
        Bins of distance; smaller and larger distances go into the first and the last.

    Returns
    -------
    correlation : float
        Of the two groups' r² over all pairs; a variant that does not vary has r² 0. NaN for fewer than two variants.
    decay_a, decay_b : ndarray of float of shape (n_bins,)
        Mean r² of the pairs in each bin; NaN where there are none.

    Notes
    -----
    Works in blocks of variants: time grows with the square of their number, memory does not.
    """
    n_bins = len(edges) - 1
    sums = np.zeros(6)  # n, sum a, sum b, sum a², sum b², sum ab: all that a correlation needs, block by block
    pairs, total_a, total_b = np.zeros(n_bins), np.zeros(n_bins), np.zeros(n_bins)
    A, B = _standardised(A), _standardised(B)
    for start in range(0, A.shape[1], BLOCK):
        stop = min(start + BLOCK, A.shape[1])
        # pairs above the diagonal: of variants start to stop with all from start on, each pair in one block only
        row, column = np.triu_indices(stop - start, 1, A.shape[1] - start)
        a, b = (_squared(Z[:, start:stop].T @ Z[:, start:], row, column) for Z in (A, B))
        sums += len(a), a.sum(), b.sum(), a @ a, b @ b, a @ b
        # edges[bin] <= distance < edges[bin + 1]
        bins = np.searchsorted(edges, np.abs(positions[start + column] - positions[start + row]), side="right") - 1
        np.clip(bins, 0, n_bins - 1, out=bins)
        pairs += np.bincount(bins, minlength=n_bins)
        total_a += np.bincount(bins, a, n_bins)
        total_b += np.bincount(bins, b, n_bins)
    with np.errstate(invalid="ignore"):  # 0 / 0 in bins without pairs
        return _correlation_of_sums(*sums), total_a / pairs, total_b / pairs


def ld_correlation(A: np.ndarray, B: np.ndarray) -> float:
    """Return the correlation that :func:`ld_scores` returns, of so few variants that all pairs stand in memory."""
    above = np.triu_indices(A.shape[1], 1)
    a, b = (_squared(Z.T @ Z, *above) for Z in (_standardised(A), _standardised(B)))
    return _correlation_of_sums(len(a), a.sum(), b.sum(), a @ a, b @ b, a @ b)


def _placements(members, others):
    """Share of the others farther than each member, and of the members nearer than each other; ties count half."""
    # ranks from the left count those strictly smaller, from the right ties too; their mean counts ties half
    a, b = np.sort(members), np.sort(others)
    farther = 1 - sum(np.searchsorted(b, members, side) for side in ("left", "right")) / (2 * len(b))
    nearer = sum(np.searchsorted(a, others, side) for side in ("left", "right")) / (2 * len(a))
    return farther, nearer


def _standardised(values):
    """Center and scale columns so that their product is the correlation; columns that do not vary become 0."""
    centered = values - values.mean(axis=0, dtype=np.float64)
    norms = np.sqrt(np.sum(centered**2, axis=0))
    return np.divide(centered, norms, out=np.zeros_like(centered), where=norms > 1e-9).astype(np.float32)


def _squared(matrix, row, column):
    return matrix[row, column].astype(np.float64) ** 2


def _correlation_of_sums(n, a, b, aa, bb, ab):
    if n == 0:
        return np.nan
    # n times variances and covariance: sum a² - (sum a)² / n; the threshold is above what rounding leaves of 0
    variance_a, variance_b = aa - a * a / n, bb - b * b / n
    if min(variance_a, variance_b) <= 1e-12 * n:
        return 0.0
    return float((ab - a * b / n) / np.sqrt(variance_a * variance_b))


def _nearest_within(square):
    square = square.copy()  # nobody is their own neighbour
    np.fill_diagonal(square, np.inf)
    return square.min(axis=1)


def _farther(to_other, to_own):
    return float(np.mean(to_other > to_own) + 0.5 * np.mean(to_other == to_own))
