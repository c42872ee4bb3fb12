"""AUROC and Spearman's correlation of one trait, with intervals by group."""

import numpy as np
from scipy.stats import norm, rankdata

__all__ = ["area_and_influence", "bits_of_codes", "encoded", "interval", "score_of", "score_of_codes"]


def area_and_influence(values, positive):
    """Area under the ROC curve, and what each row adds to its error.

    Parameters
    ----------
    values : ndarray of float of shape (n_rows,)
        Scores.
    positive : bool ndarray of shape (n_rows,)
        Rows of the class.

    Returns
    -------
    area : float
    influence : ndarray of float of shape (n_rows,)
        Terms whose sum, squared by group and added up, is the variance (DeLong's placements, as Obuchowski's for
        clustered rows).
    """
    n_positive = int(positive.sum())
    n_negative = len(values) - n_positive
    if not n_positive or not n_negative:
        return 0.5, np.zeros(len(values))
    ranks = rankdata(values)
    placement = np.empty(len(values))
    placement[positive] = (ranks[positive] - rankdata(values[positive])) / n_negative
    placement[~positive] = 1 - (ranks[~positive] - rankdata(values[~positive])) / n_positive
    area = placement[positive].mean()
    return float(area), (placement - area) / np.where(positive, n_positive, n_negative)


def _correlation_and_influence(values, target):
    """Correlation of what was ranked before."""
    first, second = ((one - one.mean()) / (one.std() or 1.0) for one in (values, target))
    correlation = float((first * second).mean())
    return correlation, (first * second - correlation * (first**2 + second**2) / 2) / len(values)


def encoded(codes, column):
    """Mean of the column among the rows of each symbol; NaN where a row has none, or nothing was measured."""
    known = (codes >= 0) & ~np.isnan(column)
    sums = np.bincount(codes[known], column[known], minlength=codes.max() + 1)
    means = sums / np.maximum(np.bincount(codes[known], minlength=codes.max() + 1), 1)
    return np.where(codes >= 0, means[np.maximum(codes, 0)], np.nan)


def _ranked(values):
    ranks = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    ranks[known] = rankdata(values[known])
    return ranks


def score_of(values, target, column, groups, *, is_codes=False, only_best=False):
    """Score of one trait and its 95 % interval.

    Classes: the AUROC, with more than two the mean over classes, each against the rest. Labels: the AUROC of the one
    that is predicted best. Numbers: the absolute value of Spearman's correlation with the one that is predicted best;
    of symbols the correlation ratio of its ranks.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        Numbers, or codes.
    target : Target
        What is predicted.
    column : int
        Column that is predicted best.
    groups : int ndarray of shape (n_rows,)
        Groups, which vary together.
    is_codes : bool, default=False
        Whether the values are symbols.
    only_best : bool, default=False
        Of classes only the one that is predicted best.

    Returns
    -------
    score, low, high : float
    """
    every = target.kind == "classes" and not only_best
    scores, influence, fewest = [], np.zeros(len(values)), len(values)
    used = range(target.columns.shape[1]) if every else [column]
    for number in used:
        wanted = _ranked(target.columns[:, number]) if target.is_number else target.columns[:, number]
        told = encoded(values, wanted) if is_codes else np.asarray(values, float)
        known = ~np.isnan(wanted) & ~np.isnan(told)
        if target.is_number and not is_codes:
            told = _ranked(np.where(known, told, np.nan))
        of = _correlation_and_influence if target.is_number else area_and_influence
        second = wanted[known] if target.is_number else wanted[known] > 0
        score, parts = of(told[known], second)
        middle = 0 if target.is_number else 0.5
        turned = score < middle
        scores.append(2 * middle - score if turned else score)
        influence[known] += (-parts if turned else parts) / len(used)
        sides = [known] if target.is_number else [known & (wanted > 0), known & (wanted <= 0)]
        fewest = min(fewest, *(len(np.unique(groups[side])) for side in sides))
    score = float(np.mean(scores))
    variance = float((np.bincount(groups, influence) ** 2).sum())
    return score, *interval(score, variance, fewest, lowest=-1.0 if target.is_number else 0.0)


def interval(score, variance, n_groups, *, lowest=0.0):
    """95 % interval of a score between `lowest` and 1 on a scale without ends.

    Where the score is perfect, no row varies: the lower end is then what would be perfect in 2.5 % of the samples of as
    many groups.
    """
    share = (score - lowest) / (1 - lowest)
    if not 0 < share < 1 or variance == 0:
        exact = 0.025 ** (1 / max(n_groups, 1))
        low = share - (1 - exact)
        return lowest + (1 - lowest) * max(low, 0.0), min(1.0, lowest + (1 - lowest) * (share + 1 - exact))
    # a correction for few groups, which vary less than they should
    error = np.sqrt(variance * n_groups / max(n_groups - 1, 1)) / (1 - lowest)
    place, half = np.log(share / (1 - share)), norm.ppf(0.975) * error / (share * (1 - share))
    low, high = 1 / (1 + np.exp(-(place + np.array([-half, half]))))
    return lowest + (1 - lowest) * float(low), lowest + (1 - lowest) * float(high)


def score_of_codes(codes, target, column, *, only_best=False):
    """Score of symbols as by :func:`score_of`, from counts alone."""
    every = target.kind == "classes" and not only_best
    used = range(target.columns.shape[1]) if every else [column]
    return float(np.mean([_of_counts(codes, target.columns[:, number], target.is_number) for number in used]))


def _of_counts(codes, wanted, is_number):
    if is_number:
        wanted = _ranked(wanted)
        told = encoded(codes, wanted)
        known = ~np.isnan(wanted) & ~np.isnan(told)
        return abs(_correlation_and_influence(told[known], wanted[known])[0])
    counts = _counts(codes, wanted)
    n = counts.sum(axis=1)
    if not n.all():
        return 0.5
    negative, positive = counts[:, np.argsort(counts[1] / np.maximum(counts.sum(axis=0), 1))]
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / n.prod())


def bits_of_codes(codes, target):
    """Information of symbols about the target in bits, less what chance gives (Miller and Madow).

    Of labels, and of numbers as to their half, that of the column predicted best.
    """
    if target.kind == "classes" and target.columns.shape[1] > 1:
        return _bits(np.stack([_counts(codes, column)[1] for column in target.columns.T]))
    middle = np.nanmedian(target.columns, axis=0) if target.is_number else np.zeros(target.columns.shape[1])
    above = np.where(np.isnan(target.columns), np.nan, target.columns > middle)
    return max(_bits(_counts(codes, column)) for column in above.T)


def _counts(codes, column):
    """Rows without and with the label, by symbol."""
    known = (codes >= 0) & ~np.isnan(column)
    n_codes = codes.max() + 1
    cells = np.bincount(codes[known] + n_codes * (column[known] > 0), minlength=2 * n_codes)
    return cells.reshape(2, n_codes)


def _bits(counts):
    n = counts.sum()
    if not n:
        return 0.0
    shares = counts / n
    expected = shares.sum(axis=1, keepdims=True) * shares.sum(axis=0, keepdims=True)
    at = shares > 0
    bits = (shares[at] * np.log2(shares[at] / expected[at])).sum()
    by_chance = ((counts.sum(axis=1) > 0).sum() - 1) * ((counts.sum(axis=0) > 0).sum() - 1) / (2 * n * np.log(2))
    return float(max(bits - by_chance, 0.0))
