"""Members of pairs: as numbers, and dealt to parts of nearly equal weight."""

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

__all__ = ["deal_linked_members", "deal_members", "member_codes"]


def member_codes(groups, n_rows, *, symmetric=None):
    """Number the members of pairs: equal numbers are the same member, in whichever column.

    Parameters
    ----------
    groups : array-like of shape (n_rows, 2)
        Name, or group, of both members of each pair.
    n_rows : int
        Rows that there must be.
    symmetric : bool, default=None
        Whether a value that stands in both columns is one member. None: names (text) are, numbers count for each column
        on its own, as group labels of each side do.

    Returns
    -------
    intp ndarray of shape (n_rows, 2)
        0, 1, ... without gaps.

    Raises
    ------
    ValueError
        If the shape does not fit, or a member is missing.

    Examples
    --------
    >>> member_codes([["a", "b"], ["c", "a"]], 2).tolist()
    [[0, 1], [2, 0]]
    >>> member_codes([[0, 1], [2, 0]], 2).tolist()
    [[0, 2], [1, 3]]
    """
    values = groups.to_numpy(dtype=object) if hasattr(groups, "iloc") else np.array(groups, dtype=object)
    if values.shape != (n_rows, 2):
        raise ValueError(
            f"groups must name both members of each pair, shape ({n_rows}, 2) to fit X, got {values.shape}"
        )
    missing = np.argwhere(pd.isna(values))
    if len(missing):
        raise ValueError(f"groups: member {missing[0][1]} of pair {missing[0][0]} is missing; name it or drop the pair")
    if symmetric is None:
        symmetric = all(isinstance(value, str) for value in values.flat)
    if symmetric:
        return pd.factorize(values.ravel())[0].reshape(n_rows, 2)
    first, second = (pd.factorize(column)[0] for column in values.T)
    return np.column_stack([first, second + first.max(initial=-1) + 1])


def deal_members(weights, n_parts, rng=None):
    """Deal members to parts, each to the lightest part so far, the heaviest member first.

    Parameters
    ----------
    weights : int ndarray of shape (n_members,)
        Pairs of each member; those without are not dealt.
    n_parts : int
        Parts.
    rng : numpy.random.Generator, default=None
        Source of another order, which only leans to the heaviest first.

    Returns
    -------
    intp ndarray of shape (n_members,)
        Part of each member, -1 for those that are not dealt.
    """
    part, load = np.full(len(weights), -1), np.zeros(n_parts)
    for member in _heaviest_first(weights, rng):
        part[member] = load.argmin()
        load[part[member]] += weights[member]
    return part


def deal_linked_members(members, n_parts, rng=None):
    """Deal members to parts of nearly equal weight so that few pairs have theirs in different parts.

    Members that are linked through pairs stay together where they fill one and a half parts at most. Of more than that,
    each goes where most of its partners are, less where little room is left.

    Parameters
    ----------
    members : intp ndarray of shape (n_pairs, 2)
        As :func:`member_codes` gives them.
    n_parts : int
        Parts.
    rng : numpy.random.Generator, default=None
        As in :func:`deal_members`.

    Returns
    -------
    intp ndarray of shape (n_members,)
        Part of each member.

    References
    ----------
    Linear deterministic greedy partitioning: Stanton and Kliot 2012, doi 10.1145/2339530.2339722.
    """
    weights = np.bincount(members.ravel())
    n, room = len(weights), weights.sum() / n_parts
    # members are nodes and pairs edges
    links = sparse.coo_array((np.ones(len(members), np.intp), (members[:, 0], members[:, 1])), shape=(n, n))
    cluster = connected_components(links, directed=False)[1]
    cluster_weight = np.bincount(cluster, weights)
    fits = cluster_weight <= 1.5 * room
    part_of_cluster, load = np.full(len(fits), -1), np.zeros(n_parts)
    # clusters that fit are kept whole, heaviest first to the lightest part: no pair of theirs is lost
    for number in _heaviest_first(np.where(fits, cluster_weight, 0), rng):
        part_of_cluster[number] = load.argmin()
        load[part_of_cluster[number]] += cluster_weight[number]
    part, partners = part_of_cluster[cluster], (links + links.T).tocsr()
    for member in _heaviest_first(np.where(fits[cluster], 0, weights), rng):
        placed = part[partners.indices[partners.indptr[member] : partners.indptr[member + 1]]]
        # partners in each part times the share of room that it has left: the score of Stanton and Kliot
        near = np.bincount(placed[placed >= 0], minlength=n_parts) * np.maximum(1 - load / room, 0)
        part[member] = near.argmax() if near.any() else load.argmin()
        load[part[member]] += weights[member]
    return part


def _heaviest_first(weights, rng):
    """Indices of the positive weights, falling; with rng, in an order that only leans that way."""
    # a random factor between a half and one and a half: another order, still with the heavy ones in front
    keys = weights if rng is None else weights * rng.uniform(0.5, 1.5, len(weights))
    order = np.argsort(-keys, kind="stable")
    return order[weights[order] > 0]
