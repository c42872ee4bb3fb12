"""Windows that speak for the label of their sequence: how they vote, and which labels the others are given."""

import numpy as np

__all__ = ["deal_sequences", "pool_votes", "relabelled", "top_votes"]

_PARTS = 3


def pool_votes(votes, counts):
    """Mean of the votes (n_windows, n_classes) of each sequence, whose windows are neighbours: (n, n_classes)."""
    first = np.cumsum(counts) - counts
    shares = np.add.reduceat(votes, first, axis=0, dtype=np.float64)
    # of float32 features the probabilities add up to 1 in float32 only, which log_loss warns of
    return shares / shares.sum(axis=1, keepdims=True)


def top_votes(votes, counts, k):
    """Mean of the ``k`` largest votes of each sequence, for each class; all where a sequence has no more.

    Of two classes that is done for the second, and the first gets the rest: a sequence without evidence holds many
    windows that speak for the first, and one with evidence just as many.

    Parameters
    ----------
    votes : ndarray of shape (n_windows, n_classes)
        Probabilities.
    counts : intp ndarray of shape (n,)
        Windows of each sequence.
    k : int
        Windows that count.

    Returns
    -------
    float64 ndarray of shape (n, n_classes)
        Rows add up to 1.
    """
    votes = np.asarray(votes, np.float64)
    is_binary = votes.shape[1] == 2
    columns = [_top_means(column, counts, k) for column in (votes.T[1:] if is_binary else votes.T)]
    if is_binary:
        columns.insert(0, 1 - columns[0])
    shares = np.stack(columns, axis=1)
    return shares / shares.sum(axis=1, keepdims=True)


def _top_means(votes, counts, k):
    sources, first = np.repeat(np.arange(len(counts)), counts), np.cumsum(counts) - counts
    # within each sequence the largest first
    order = np.lexsort((-votes, sources))
    ranks = np.arange(len(votes)) - np.repeat(first, counts)
    counted = np.where(ranks < k, votes[order], 0)
    return np.add.reduceat(counted, first) / np.minimum(counts, k)


def relabelled(codes, votes, counts):
    """Labels of windows by what the current model says of them.

    A window keeps the label of its sequence where no other class has a larger vote, and so does each sequence's best
    window, whatever its vote. Of two classes, windows of the first keep theirs, and the others of the second get the
    first: they look like sequences that hold nothing. Of more classes, the others have none.

    Parameters
    ----------
    codes : intp ndarray of shape (n,)
        Class code of each sequence.
    votes : ndarray of shape (n_windows, n_classes)
        Probabilities, or single votes of 0 and 1.
    counts : intp ndarray of shape (n,)
        Windows of each sequence.

    Returns
    -------
    intp ndarray of shape (n_windows,)
        Class codes; -1 for none.
    """
    labels = np.repeat(codes, counts)
    own = votes[np.arange(len(votes)), labels]
    best = np.repeat(np.maximum.reduceat(own, np.cumsum(counts) - counts), counts)
    keeps = (own >= votes.max(axis=1)) | (own == best)
    if votes.shape[1] == 2:
        return np.where(keeps, labels, 0)
    return np.where(keeps, labels, -1)


def deal_sequences(codes):
    """Deal sequences to three parts, those of each class evenly, fewer where a class has fewer; None where one has one.

    Parameters
    ----------
    codes : intp ndarray of shape (n,)
        Class code of each sequence.

    Returns
    -------
    intp ndarray of shape (n,) or None
    """
    n_parts = min(_PARTS, np.bincount(codes).min())
    if n_parts < 2:
        return None
    order = np.argsort(codes, kind="stable")
    parts = np.empty(len(codes), np.intp)
    # neighbours of a class, in the order of the rows, in turn
    parts[order] = np.concatenate([np.arange(n) for n in np.bincount(codes)]) % n_parts
    return parts
