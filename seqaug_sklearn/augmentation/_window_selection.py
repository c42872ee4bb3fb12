"""Which windows of a sequence are admitted: the window paper's two rules, repeats, and caps.

Windows are flat arrays ``sources`` (row of the sequence, ascending) and ``starts`` (in residues, ascending within a
row). Repeats are found by a rolling hash and verified on the text.
"""

import numpy as np

__all__ = ["admit", "balance", "every_window", "overlap_starts", "row_seeds", "spread"]

_CHUNK = 1 << 13  # windows; bounds the memory beside the buffer
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, hence invertible modulo 2**64
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))


def overlap_starts(length, window, overlap):
    """Starts of the left, right and both-sided patterns for each overlap.

    Parameters
    ----------
    length, window : int
        Residues of the longest sequence and of a window. A shorter sequence has the same starts up to its end.
    overlap : (int, int)
        Smallest and largest overlap of neighbouring windows, in residues.

    Returns
    -------
    starts : int ndarray, ascending, distinct
    """
    # the paper's first rule: windows that overlap by s residues lie window - s apart; its three patterns begin at 0, at
    # s and at s // 2, which coincide for the smallest overlaps
    patterns = [
        np.arange(first, length - window + 1, window - shared)
        for shared in range(overlap[0], overlap[1] + 1)
        for first in {0, shared, shared // 2}
    ]
    return np.unique(np.concatenate(patterns))


def admit(buffer, window, starts, *, all_shifts, unique):
    """Admit windows sequence by sequence.

    Parameters
    ----------
    buffer : TextBuffer
        The sequences.
    window : int
        Window length in residues.
    starts : int ndarray, ascending
        Starts of the overlap rule in the longest sequence.
    all_shifts : {"no", "equal", "yes"}
        Beside ``starts``: no other window, those that equal one of ``starts``, or every stride-1 window.
    unique : bool
        Drop windows that repeat an earlier one of the same sequence.

    Yields
    ------
    sources, starts : int ndarray
        Admitted windows of the next sequences.
    complete : bool
        Whether these are all stride-1 windows of these sequences.
    """
    # (n_samples,): last possible start; candidates are the same for all sequences, cut off behind it
    last = buffer.lengths - window
    candidates = starts if all_shifts == "no" else np.arange(last.max() + 1)
    counts = np.searchsorted(candidates, last, side="right")
    for begin, end in _chunks(counts):
        sources = np.repeat(np.arange(begin, end), counts[begin:end])
        begins = candidates[_ranks(counts[begin:end])]
        kept = np.ones(len(begins), bool)
        # repeats go by content: for `unique`, and for the shifts that read like a window of the overlap rule
        if unique or all_shifts == "equal":
            labels = repeat_labels(buffer, sources, begins, window)
            if all_shifts == "equal":
                kept = np.isin(labels, labels[np.isin(begins, starts)])
            if unique:
                kept &= labels == np.arange(len(labels))
        # the caller can then give a view of the text in place of a copy of every window
        complete = bool(kept.all()) and len(kept) == (last[begin:end] + 1).sum()
        yield sources[kept], begins[kept], complete


def every_window(n_sequences, n_windows):
    """Sources and starts of all stride-1 windows of sequences that have ``n_windows`` of them each."""
    return np.repeat(np.arange(n_sequences), n_windows), np.tile(np.arange(n_windows), n_sequences)


def repeat_labels(buffer, sources, starts, window):
    """Label each window by the first one of the same sequence with the same text.

    Parameters
    ----------
    buffer : TextBuffer
        The sequences.
    sources, starts : int ndarray of shape (n,)
        Windows.
    window : int
        Window length in residues.

    Returns
    -------
    labels : int ndarray of shape (n,)
        Index of the first such window; its own index where there is none before.
    """
    begins = buffer.offsets[sources] + starts
    # only repeats within one sequence count: its number goes into the key, spread over all 64 bits
    keys = _hashes(buffer.points, begins, begins + window) + sources.astype(np.uint64) * _INVERSE
    labels = np.arange(len(keys))
    # a sort of the values alone is much cheaper than an argsort, and most data has no repeats
    ordered = np.sort(keys)
    if not (ordered[1:] == ordered[:-1]).any():
        return labels
    # equal windows become neighbours, the first of them in front (stable)
    order = np.argsort(keys, kind="stable")
    same_key = keys[order][1:] == keys[order][:-1]
    same = same_key.copy()
    same[same_key] = _same_text(buffer, begins, sources, order, np.flatnonzero(same_key), window)
    if (same != same_key).any():  # a collision may part equal windows in this order
        order = np.lexsort((buffer.cut(sources, starts, window), sources))
        same = _same_text(buffer, begins, sources, order, np.arange(len(order) - 1), window)
    # runs of equal windows; each takes the smallest index in it
    heads = np.flatnonzero(np.concatenate([[True], ~same]))
    firsts = np.minimum.reduceat(order, heads)
    labels[order] = np.repeat(firsts, np.diff(heads, append=len(order)))
    return labels


def _same_text(buffer, begins, sources, order, places, window):
    # (n_residues - window + 1, window): a view of all windows, nothing is copied
    runs = np.lib.stride_tricks.sliding_window_view(buffer.points, window)
    first, second = order[places], order[places + 1]
    return (sources[first] == sources[second]) & (runs[begins[first]] == runs[begins[second]]).all(axis=1)


def _hashes(points, begins, ends):
    """Polynomial hash modulo 2**64 of ``points[begin:end]``; equal text has equal hashes."""
    low, high = int(begins.min()), int(ends.max())
    # sum of point[i] * base**i, so that the hash of any stretch is a difference of two running sums, divided by
    # base**begin to make it independent of the place. uint64 wraps round, which is the arithmetic modulo 2**64 that is
    # meant
    powers = np.multiply.accumulate(np.full(high - low + 1, _BASE))
    sums = np.zeros(high - low + 1, np.uint64)
    np.cumsum(points[low:high] * powers[:-1], out=sums[1:])
    # a division by base**i is a product with the inverse of the base to the same power
    np.multiply.accumulate(np.full(high - low + 1, _INVERSE), out=powers)
    return (sums[ends - low] - sums[begins - low]) * powers[begins - low]


def _ranks(counts):
    """0, 1, ..., count - 1 for each count, end to end."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _chunks(counts):
    """Consecutive row ranges of about ``_CHUNK`` windows, one row at least."""
    done = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        before = done[begin] - counts[begin]
        end = max(int(np.searchsorted(done, before + _CHUNK, side="right")), begin + 1)
        yield begin, end
        begin = end


def spread(counts, caps, seeds=None):
    """Choose ``caps`` of ``counts`` windows in each sequence.

    Parameters
    ----------
    counts, caps : int ndarray of shape (n_samples,)
        Admitted windows, and how many of them to keep.
    seeds : uint64 ndarray of shape (n_samples,), default=None
        None keeps the first, the last and evenly spaced ones between (the middle one where one is kept). With seeds,
        one window is drawn from each of ``caps`` equal stretches.

    Returns
    -------
    chosen : int ndarray
        Indices into the flat array of all admitted windows.
    """
    kept = np.minimum(counts, caps)
    rank = _ranks(kept)
    n, k = np.repeat(counts, kept), np.repeat(kept, kept)
    if seeds is None:
        # rank * (n - 1) / (k - 1), rounded half up in whole numbers: no float decides a start
        gaps = np.maximum(k - 1, 1)
        chosen = np.where(k > 1, (2 * rank * (n - 1) + gaps) // (2 * gaps), (n - 1) // 2)
    else:
        # k stretches as equal as whole numbers allow, one window from each
        low, high = rank * n // k, (rank + 1) * n // k
        chosen = low + (_uniform(np.repeat(seeds, kept), rank) * (high - low)).astype(np.intp)
    return chosen + np.repeat(np.cumsum(counts) - counts, kept)


def row_seeds(buffer, seed):
    """Seed of each sequence, from its text: the draw does not depend on the other rows or their order."""
    return _hashes(buffer.points, buffer.offsets[:-1], buffer.offsets[1:]) + np.uint64(seed)


def _uniform(seeds, rank):
    """Float in [0, 1) for each seed and rank (splitmix64, doi 10.1145/2714064.2660195)."""
    # (seed, rank) as the state of the generator; uint64 wraps round
    mixed = seeds * _BASE + (rank + 1).astype(np.uint64) * _INVERSE
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (mixed ^ (mixed >> np.uint64(31))) / 2.0**64


def balance(counts, classes):
    """Caps that give every class the fewest windows of any class, evenly over its sequences.

    Parameters
    ----------
    counts : int ndarray of shape (n_samples,)
        Admitted windows.
    classes : int ndarray of shape (n_samples,)
        Class 0 .. n_classes - 1 of each sequence.

    Returns
    -------
    caps : int ndarray of shape (n_samples,)
        They sum to the same number in every class.
    """
    fewest = int(np.bincount(classes, weights=counts).min())
    caps = np.empty_like(counts)
    for label in range(classes.max() + 1):
        rows = np.flatnonzero(classes == label)
        caps[rows] = _fill_evenly(counts[rows], fewest)
    return caps


def _fill_evenly(counts, total):
    """Share ``total`` out as evenly as ``counts`` allow, rests to the first."""
    # water filling: with the i smallest sequences full, the others share the rest. The first one that its share does
    # not fill sets the level for all after it
    ascending = np.sort(counts)
    left = total - (np.cumsum(ascending) - ascending)  # once the smaller ones are full
    shares = left // np.arange(len(counts), 0, -1)
    full = ascending <= shares
    if full.all():
        return counts
    level = shares[np.argmin(full)]
    caps = np.minimum(counts, level)
    # the division left a rest smaller than the number of these sequences
    caps[np.flatnonzero(counts > level)[: total - caps.sum()]] += 1
    return caps
