"""k-mers that stand in more rows of one class than of the others: where motif filters may start."""

import numpy as np

__all__ = ["enriched_kmers"]

_BLOCK_RESIDUES = 1 << 21
_CANDIDATES = 40
"""Candidates looked at for each k-mer wanted: neighbours of one that is taken are left out."""
_NEAR_SHIFT = 2
"""Two k-mers that agree but for a shift of so many residues are one motif."""


def enriched_kmers(codes, labels, weights, *, n_symbols, k, most, complement=None):
    """Find the k-mers that separate classes best.

    A k-mer counts once for each row that holds it. Its score is the largest, over the classes in which it stands more
    often than elsewhere, of the log-likelihood ratio of its rows (a G-test of two shares). Of k-mers that are shifts of
    each other by one or two residues, or differ in one, the best is taken.

    Parameters
    ----------
    codes : uint8 ndarray of shape (n_rows, length)
        Codes; ``n_symbols`` and above are unknown, and no k-mer holds them.
    labels : intp ndarray of shape (n_rows,)
        Class codes.
    weights : float ndarray of shape (n_rows,)
        How much each row counts; rows of weight 0 do not.
    n_symbols, k : int
        Size of the alphabet, width.
    most : int
        Most k-mers to give.
    complement : uint8 ndarray of shape (n_symbols,), default=None
        Code of each symbol's complement: a k-mer and its reverse complement are one.

    Returns
    -------
    uint8 ndarray of shape (n_found, k)
        Best first; none that is not enriched anywhere.
    """
    if codes.shape[1] < k or most < 1:
        return np.empty((0, k), np.uint8)
    counts, totals = _rows_with(codes, labels, weights, n_symbols, k, complement)
    scores = _log_likelihood_ratios(counts, totals)
    # the stable order makes equal scores go by the k-mers themselves, not by the rows
    order = np.argsort(-scores, kind="stable")[: _CANDIDATES * most]
    candidates = _letters(order[scores[order] > 0], n_symbols, k)
    return _distinct(candidates, most, complement)


def _rows_with(codes, labels, weights, n_symbols, k, complement):
    """Weight of the rows with each k-mer, (n_classes, n_symbols**k), and of all rows, (n_classes,)."""
    n_kmers, n_classes = n_symbols**k, int(labels.max()) + 1
    # weights that average 1, so that scores are those of so many rows
    weights = weights * (np.count_nonzero(weights) / weights.sum())
    counts = np.zeros(n_classes * n_kmers)
    step = max(1, _BLOCK_RESIDUES // codes.shape[1])
    for start in range(0, len(codes), step):
        part = slice(start, start + step)
        numbers, known = _numbers(codes[part], n_symbols, k, complement)
        rows = np.broadcast_to(np.arange(len(numbers))[:, None], numbers.shape)[known]
        # each k-mer once in a row
        present = np.unique(rows * n_kmers + numbers[known])
        rows, numbers = np.divmod(present, n_kmers)
        where = labels[part][rows] * n_kmers + numbers
        counts += np.bincount(where, weights[part][rows], minlength=len(counts))
    return counts.reshape(n_classes, n_kmers), np.bincount(labels, weights, minlength=n_classes)


def _numbers(codes, n_symbols, k, complement):
    """Number of the k-mer at each place (n, length - k + 1), its symbols being digits, and whether all are known."""
    n_places = codes.shape[1] - k + 1
    forward, backward = (np.zeros((len(codes), n_places), np.int64) for _ in range(2))
    known = np.ones(forward.shape, bool)
    # the complement of the unknown code is never looked at
    turned = np.arange(256) if complement is None else np.append(complement, np.zeros(256 - n_symbols, np.uint8))
    for i in range(k):
        symbols = codes[:, i : i + n_places]
        known &= symbols < n_symbols
        forward = forward * n_symbols + symbols
        backward += turned[symbols].astype(np.int64) * n_symbols**i
    return forward if complement is None else np.minimum(forward, backward), known


def _log_likelihood_ratios(counts, totals):
    """G of each k-mer, the largest over the classes that it is enriched in; 0 where it is in none."""
    best, everywhere = np.zeros(counts.shape[1]), counts.sum(axis=0)
    for inside, total in zip(counts, totals, strict=True):
        outside, rest = everywhere - inside, totals.sum() - total
        expected = everywhere / totals.sum()
        cells = [(inside, total * expected), (total - inside, total * (1 - expected))]
        cells += [(outside, rest * expected), (rest - outside, rest * (1 - expected))]
        ratio = sum(_terms(seen, hoped) for seen, hoped in cells)
        best = np.maximum(best, np.where(inside > total * expected, ratio, 0))
    return best


def _terms(seen, expected):
    # 0 log 0 counts as 0; rounding may leave shares a little below 0
    possible = (seen > 1e-9) & (expected > 1e-9)
    return 2 * seen * np.log(np.where(possible, seen, 1) / np.where(possible, expected, 1)) * possible


def _letters(numbers, n_symbols, k):
    digits = n_symbols ** np.arange(k - 1, -1, -1)
    return (numbers[:, None] // digits % n_symbols).astype(np.uint8)


def _distinct(candidates, most, complement):
    """Take candidates in their order, leaving out the neighbours of those taken."""
    taken: list[int] = []
    free = np.ones(len(candidates), bool)
    for number in range(len(candidates)):
        if not free[number] or len(taken) == most:
            continue
        taken.append(number)
        strands = [candidates[number]]
        if complement is not None:
            strands.append(complement[candidates[number]][::-1])
        for kmer in strands:
            free &= ~_near(candidates, kmer)
    return candidates[taken]


def _near(candidates, kmer):
    """Whether each candidate is ``kmer`` shifted a little, or differs from it in one symbol."""
    k = len(kmer)
    near = (candidates != kmer).sum(axis=1) <= 1
    for shift in range(1, min(_NEAR_SHIFT, k - 1) + 1):
        near |= (candidates[:, shift:] == kmer[: k - shift]).all(axis=1)
        near |= (candidates[:, : k - shift] == kmer[shift:]).all(axis=1)
    return near
