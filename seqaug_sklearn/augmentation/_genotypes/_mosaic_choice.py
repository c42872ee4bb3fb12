"""Choice of the match length and the number of neighbours of HaplotypeMosaic."""

import bisect

import numpy as np

from seqaug_sklearn.genotypes import MEMBERSHIP_LIMIT

__all__ = ["choose", "match_lengths"]

LONGEST_MATCH = 40
"""Longest match in a long region; see the notes of :class:`HaplotypeMosaic`."""

LADDER = (0, 1, 2, 3, 5, 7, 10, 14, 20, 28, LONGEST_MATCH)
NEIGHBORS = (250, 200, 170, 140, 120, 100, 85, 70, 60, 50)

STRUCTURE_LOST = 1.25
"""Distance on principal components, in multiples of real individuals', from which neighbours are tried."""

LINKAGE_LOST = 0.1
"""Linkage below real individuals' from which they are tried too: groups within a population make linkage."""

LESS_LINKAGE = 0.05
"""Linkage that may be given for structure."""

HARDLY_WORSE = 0.02
"""AUC of the membership attack, above the shortest match's, that is given for linkage where nothing passes."""

SAME_LINKAGE = 0.002
"""Difference in linkage that is not worth a longer match."""


def match_lengths(n_variants):
    """Return the matches to try, shortest first."""
    quarter = n_variants // 4
    longest = min(LONGEST_MATCH, max(n_variants // 8, min(10, quarter)))
    return [length for length in LADDER if length < longest] + [longest]


def choose(trials, lengths, n_neighbors):
    """Return the match length and the number of neighbours that keep most and expose no one.

    Parameters
    ----------
    trials : MosaicTrials
        Called for the settings that are worth it: the longer the match, the more is kept and revealed, so a few of
        them say where the limit is.
    lengths : list of int
        Matches to choose from, shortest first.
    n_neighbors : "auto", int or None
        "auto" tries neighbours where structure or linkage is lost without.

    Returns
    -------
    match_length : int
    n_neighbors : int or None
    """
    first = None if n_neighbors == "auto" else n_neighbors
    passes = _passes
    longest = _longest(trials, lengths, first, passes)
    if longest is None:
        passes = _hardly_worse(trials(lengths[0], first))
        longest = _longest(trials, lengths, first, passes)
    _try_shorter(trials, [length for length in lengths if length <= longest], first)
    best = _best(trials, passes)
    if passes is not _passes:
        return best
    if n_neighbors == "auto" and not _keeps(trials(*best)):
        _try_neighbors(trials, [length for length in lengths if length <= best[0]])
    return _best(trials, passes)


def _try_shorter(trials, lengths, n_neighbors):
    """Try the shortest match that keeps as much linkage as the longest of them, found by bisection."""
    enough = _linkage(trials(lengths[-1], n_neighbors)) - SAME_LINKAGE
    bisect.bisect_left(lengths, True, key=lambda length: _linkage(trials(length, n_neighbors)) >= enough)


def _try_neighbors(trials, lengths):
    """Try the largest number of neighbours that keeps structure and linkage, found by bisection: fewer tell more."""
    numbers = [number for number in NEIGHBORS if number < trials.n_donors]
    first = bisect.bisect_left(numbers, True, key=lambda number: _keeps(trials(lengths[-1], number)))
    if first < len(numbers):
        _longest(trials, lengths, numbers[first], _passes)


def _linkage(row):
    return np.nan_to_num(row["ld_correlation"])


def _keeps(row):
    return not _loses_structure(row) and not row["ld_correlation"] < row["ld_correlation_real"] - LINKAGE_LOST


def _loses_structure(row):
    return row["pca_distance"] > STRUCTURE_LOST


def _longest(trials, lengths, n_neighbors, passes):
    """Return the longest match that passes, by bisection; None if the shortest does not."""
    low, high = 0, len(lengths) - 1
    if passes(trials(lengths[high], n_neighbors)):
        return lengths[high]
    if high == 0 or not passes(trials(lengths[low], n_neighbors)):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if passes(trials(lengths[middle], n_neighbors)):
            low = middle
        else:
            high = middle
    return lengths[low]


def _passes(row):
    return not row["fault"]


def _hardly_worse(shortest):
    """Return the rule where no setting passes: no more copies than the shortest match makes, hardly more revealed."""
    limit = max(MEMBERSHIP_LIMIT, shortest["membership_auc"] + HARDLY_WORSE)
    copies = max(shortest["exact_copies_real"], shortest["exact_copies"])
    return lambda row: row["membership_auc"] <= limit and row["exact_copies"] <= copies


def _best(trials, passes):
    """Return the setting that keeps most; of those that keep as much, the one that reveals least."""
    rows = {key: row for key, row in trials.rows.items() if passes(row)}
    linkage = {key: _linkage(row) for key, row in rows.items()}
    most = max(linkage.values())
    kept = [
        key for key, row in rows.items()
        if linkage[key] >= most - LESS_LINKAGE and not _loses_structure(row)
    ] or list(rows)  # fmt: skip
    most = max(linkage[key] for key in kept)
    kept = [key for key in kept if linkage[key] >= most - SAME_LINKAGE]
    return min(kept, key=lambda key: (key[0], -(key[1] or np.inf)))
