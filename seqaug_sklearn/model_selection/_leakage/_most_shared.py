"""Which training row shares most k-mers with each test row: sparse products, in blocks that fit into memory."""

import itertools

import numpy as np

__all__ = ["all_kmers", "blocks_of_rows", "kmers_that_count", "most_shared"]

# stored entries of one product of test rows with all training rows: a few hundred MB
_BLOCK_ENTRIES = 2 * 10**7
# one sparse product counts twice: bits 0 to 31 hold all k-mers in common, bits 32 to 63 those of them that are not of
# low complexity
_LOWER_HALF = 2**32 - 1


def all_kmers(packed):
    """How many k-mers are in common, whatever their complexity: the lower half."""
    return packed & _LOWER_HALF


def kmers_that_count(packed, all_count):
    """How many of the k-mers in common count, where the lower half holds all and the upper those not of low complexity.

    Those of low complexity count up to the number of the others, so both together are at most twice the others;
    ``all_count`` marks pairs in which all of them do.
    """
    shared, telling = all_kmers(packed), packed >> 32
    return np.where(all_count, shared, np.minimum(shared, 2 * telling))


def most_shared(train, test, needed, count=None):
    """Training row that shares most k-mers with each test row; `count` turns products (CSR) into what is counted.

    Returns
    -------
    nearest : int ndarray of shape (n_test,)
        The smallest row on ties, then the first; -1 where nothing is shared.
    shared : int ndarray of shape (n_test,)
        How many k-mers.
    guilty : bool ndarray of shape (n_train,)
        Training rows that share the number needed with some test row.
    """
    nearest, shared = np.full(test.shape[0], -1), np.zeros(test.shape[0], np.int64)
    guilty = np.zeros(train.shape[0], bool)
    # k-mers of each training row
    sizes = np.diff(train.indptr).astype(np.int64)
    # CSR (n_kmers, n_train), so that the products come out row by row
    columns = train.T.tocsr()
    for start, stop in blocks_of_rows(test, np.diff(columns.indptr)):
        counts = test[start:stop] @ columns
        if count is not None:
            counts = count(counts, start)
        per_row = np.diff(counts.indptr)
        held = np.flatnonzero(per_row)
        if len(held) == 0:
            continue
        guilty[counts.indices[counts.data >= np.repeat(needed[start:stop], per_row)]] = True
        # more k-mers first, then the smaller row, then the earlier one
        score = (counts.data * (sizes.max() + 1) - sizes[counts.indices]) * train.shape[0] - counts.indices
        # CSR stores entries row after row; reduceat takes no empty rows, hence `held`
        best = np.maximum.reduceat(score, counts.indptr[held])
        # undoes the packing: the score is a multiple of n_train less the place
        nearest[start + held] = -best % train.shape[0]
        shared[start + held] = np.maximum.reduceat(counts.data, counts.indptr[held])
    return nearest, shared, guilty


def blocks_of_rows(test, held):
    """Ranges of test rows whose products with all training rows, ``held`` of which hold each k-mer, fit into memory."""
    # multiplications of a test row: over its k-mers, how many training rows hold each. That bounds the entries of its
    # row of the product
    work = np.concatenate([[0], np.cumsum(held[test.indices])])[test.indptr]
    starts = [0]
    while starts[-1] < test.shape[0]:
        stop = int(np.searchsorted(work, work[starts[-1]] + _BLOCK_ENTRIES, side="right")) - 1
        starts.append(max(stop, starts[-1] + 1))
    return list(itertools.pairwise(starts))
