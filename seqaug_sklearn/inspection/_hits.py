"""Hits: stretches of a sequence that contribute more than any stretch of shuffled sequences does, nearly."""

import numpy as np

from seqaug_sklearn.encoding import kmer_shuffle

__all__ = ["HIT_LENGTHS", "QUANTILE", "find_hits", "run_thresholds", "shuffled_texts"]

HIT_LENGTHS = (4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 25, 30)
"""Residues of the runs that are looked at."""
QUANTILE = 0.999
"""Share of equal-length runs of shuffled sequences that a hit exceeds."""
_RESIDUES = 20_000
"""Shuffled residues: some twenty runs of each length lie above the threshold."""
_FEW_SYMBOLS = 5
"""Symbols of an alphabet whose pairs recur in a sequence."""


def shuffled_texts(attributions, rng):
    """Shuffles of sequences, drawn until there are enough residues for the threshold: list of str, and int ndarray.

    The numbers say of which row each is a shuffle.

    Of nucleotides they keep the pairs of neighbours. In a protein most pairs stand once, so that a site would stay.
    """
    texts = attributions.text().tolist()
    k = 2 if len(attributions.alphabet) <= _FEW_SYMBOLS else 1
    shuffled: list = []
    origins: list = []
    n_residues = 0
    while n_residues < _RESIDUES:
        order = rng.permutation(len(texts))
        ends = n_residues + np.cumsum(attributions.lengths[order])
        drawn = order[: 1 + np.searchsorted(ends, _RESIDUES)]
        shuffled += kmer_shuffle([texts[row] for row in drawn], k, rng)
        origins += drawn.tolist()
        n_residues = int(ends[len(drawn) - 1])
    return shuffled, np.array(origins)


def run_thresholds(attributions):
    """Mean contribution that one run in a thousand exceeds, by length: dict; lengths that no sequence has are left out.

    Parameters
    ----------
    attributions : Attributions
        Of shuffled sequences.
    """
    sizes, thresholds = attributions.per_position().astype(np.float64), {}
    for length in HIT_LENGTHS:
        means = _run_means(sizes, attributions.lengths, length)
        if means.size and np.isfinite(means).any():
            thresholds[length] = float(np.nanquantile(means, QUANTILE))
    return thresholds


def find_hits(attributions, thresholds):
    """Yield (row, start, end, mean contribution) of runs above the threshold of their length, none over another.

    The run that exceeds its threshold the most, as a ratio, is taken first. Runs that touch are one: the middle of a
    site exceeds its threshold the most, and both sides of it exceed that of short runs.
    """
    sizes = attributions.per_position().astype(np.float64)
    ratios = np.full((len(thresholds), *sizes.shape), np.nan)
    for number, (length, threshold) in enumerate(thresholds.items()):
        means = _run_means(sizes, attributions.lengths, length)
        # of shuffles without any contribution everything is a hit, the highest run first
        floor = max(threshold, 1e-9 * max(np.abs(sizes).max(), 1e-300))
        ratios[number, :, : means.shape[1]] = means / floor
        # a whole sequence is no part of one
        ratios[number, attributions.lengths <= length] = np.nan
    lengths = np.array(list(thresholds))
    for row in np.flatnonzero((ratios > 1).any(axis=(0, 2))):
        runs = list(_runs(ratios[:, row], lengths))
        joined = _joined(sorted(runs))
        # of a sequence that is all hits the strongest run
        is_whole = joined == [(0, int(attributions.lengths[row]))]
        for start, end in runs[:1] if is_whole else joined:
            yield int(row), start, end, float(sizes[row, start:end].mean())


def _runs(ratios, lengths):
    """Yield (start, end) of the runs of a row, the highest ratio first."""
    ratios = np.where(ratios > 1, ratios, 0)
    while ratios.any():
        number, start = np.unravel_index(ratios.argmax(), ratios.shape)
        end = start + lengths[number]
        yield int(start), int(end)
        # what begins before its end and ends behind its start
        for other, length in enumerate(lengths):
            ratios[other, max(0, start - length + 1) : end] = 0


def _joined(runs):
    """Runs in their order, those that touch as one."""
    joined: list = []
    for start, end in runs:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _run_means(sizes, lengths, length):
    """Mean of each run of so many residues, by row and start; NaN where it reaches beyond the sequence."""
    if sizes.shape[1] < length:
        return np.empty((len(sizes), 0))
    sums = np.cumsum(np.pad(sizes, ((0, 0), (1, 0))), axis=1)
    means = (sums[:, length:] - sums[:, :-length]) / length
    return np.where(np.arange(means.shape[1]) + length <= lengths[:, None], means, np.nan)
