"""Labels dealt anew between whole groups."""

import numpy as np

__all__ = ["exchanges"]


def exchanges(columns, groups, n, rng):
    """Deal the target's rows anew, whole groups together.

    Where all rows of each group have one value, values are dealt to groups. Else the rows stand in a line, group by
    group: the groups of the line are shuffled, and the line is laid on the rows as they were, so that neighbours stay
    neighbours whatever the sizes of groups are.

    Parameters
    ----------
    columns : ndarray of float of shape (n_rows, n_columns)
        Target; rows stay whole.
    groups : int ndarray of shape (n_rows,)
        Group of each row, from 0 on.
    n : int
        Exchanges.
    rng : numpy.random.Generator
        Source of randomness.

    Yields
    ------
    ndarray of shape (n_rows, n_columns)
    """
    first = np.unique(groups, return_index=True)[1]
    if len(first) == len(groups) or np.array_equal(columns, columns[first][groups], equal_nan=True):
        for _ in range(n):
            yield columns[first][rng.permutation(len(first))][groups]
        return
    line = np.argsort(groups, kind="stable")
    parts = np.split(line, np.flatnonzero(np.diff(groups[line])) + 1)
    for _ in range(n):
        dealt = np.empty_like(columns)
        dealt[line] = columns[np.concatenate([parts[i] for i in rng.permutation(len(parts))])]
        yield dealt
