"""Whole groups dealt to the parts of a split, so that classes, bins of numbers or labels keep their shares."""

import numpy as np

__all__ = ["deal_groups", "in_one_group", "sizes_of_groups"]

_TRIES = 10


def sizes_of_groups(groups, strata) -> np.ndarray:
    """Count the rows of each stratum in each group.

    Parameters
    ----------
    groups : int ndarray of shape (n_rows,)
        Group of each row, from 0 on.
    strata : Strata
        What the rows hold.

    Returns
    -------
    int64 ndarray of shape (n_groups, n_strata)
    """
    sizes = np.zeros((groups.max() + 1, len(strata.names)), np.int64)
    np.add.at(sizes, groups, strata.members.astype(np.int64))
    return sizes


def in_one_group(sizes, needed) -> np.ndarray:
    """Numbers of the needed strata that stand in one group only, so that they cannot be both trained and tested."""
    return np.flatnonzero(needed & ((sizes > 0).sum(axis=0) == 1))


def deal_groups(sizes, shares, needed, rng) -> np.ndarray | None:
    """Deal groups to parts: the heaviest first, the best of some random orders.

    Each goes to the part where the sum over parts and strata of ``(rows - wanted)² / (share of the part * rows of the
    stratum²)`` grows least. At last groups are moved into parts without rows, and those of a needed stratum that one
    part alone holds into another.

    Parameters
    ----------
    sizes : int ndarray of shape (n_groups, n_strata)
        Rows of each stratum.
    shares : float ndarray of shape (n_parts,)
        Share of the rows that each part should have.
    needed : bool ndarray of shape (n_strata,)
        Strata that two parts at least must hold.
    rng : numpy.random.Generator
        Source of the orders.

    Returns
    -------
    int ndarray of shape (n_groups,) or None
        Part of each group; None where a part stays empty, or a needed stratum in one part.
    """
    # (n_parts, n_strata)
    wanted = shares[:, None] * sizes.sum(axis=0)
    weights = 1 / (shares[:, None] * np.maximum(sizes.sum(axis=0), 1) ** 2)
    # a group is as heavy as the share of the strata that it holds, so the rarest label is dealt first
    heaviness = (sizes / np.maximum(sizes.sum(axis=0), 1)).sum(axis=1)
    best, least = np.zeros(len(sizes), np.intp), (np.inf, np.inf)
    for _ in range(_TRIES):
        # a random factor between a half and one and a half: another order, still with the heavy ones in front
        order = np.argsort(-heaviness * rng.uniform(0.5, 1.5, len(sizes)), kind="stable")
        part = _greedy(sizes, order, wanted, weights)
        part = _repaired(part, sizes, wanted, weights, needed)
        load = _loads(part, sizes, len(shares))
        missing = _lacking(load, needed)
        cost = (missing, float((weights * (load - wanted) ** 2).sum()))
        if cost < least:
            best, least = part, cost
        if missing == 0 and np.abs(load - wanted).max() <= 1:
            break
    return None if least[0] else best


def _greedy(sizes, order, wanted, weights):
    part, load = np.empty(len(sizes), np.intp), np.zeros_like(wanted)
    for group in order:
        rows = sizes[group]
        # growth of the sum of squares: (load + rows - wanted)² - (load - wanted)²
        growth = (weights * rows * (2 * (load - wanted) + rows)).sum(axis=1)
        part[group] = growth.argmin()
        load[part[group]] += rows
    return part


def _loads(part, sizes, n_parts):
    load = np.zeros((n_parts, sizes.shape[1]))
    np.add.at(load, part, sizes)
    return load


def _repaired(part, sizes, wanted, weights, needed):
    """Move groups into parts without rows, and of strata that one part alone holds into another, the cheapest ones."""
    part = part.copy()
    # each move mends a part or a stratum, unless it cannot be mended
    for _ in range(sum(wanted.shape)):
        load = _loads(part, sizes, len(wanted))
        if not _lacking(load, needed):
            break
        empty, alone = np.flatnonzero(load.sum(axis=1) == 0), np.flatnonzero(needed & ((load > 0).sum(axis=0) == 1))
        groups = np.arange(len(sizes)) if len(empty) else np.flatnonzero(sizes[:, alone[0]])
        moves = []
        for group in groups:
            for target in np.delete(np.arange(len(wanted)), part[group]):
                moved = load.copy()
                moved[part[group]] -= sizes[group]
                moved[target] += sizes[group]
                cost = float((weights * (moved - wanted) ** 2).sum())
                moves.append((_lacking(moved, needed), cost, int(group), int(target)))
        _, _, best, place = min(moves)
        part[best] = place
    return part


def _lacking(load, needed):
    """Number of parts without rows, and of needed strata that one part alone holds."""
    empty, alone = (load.sum(axis=1) == 0).sum(), (needed & ((load > 0).sum(axis=0) == 1)).sum()
    return int(empty) + int(alone)
