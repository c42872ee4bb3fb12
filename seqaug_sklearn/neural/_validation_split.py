"""Which rows early stopping may look at: never a relative of a training row."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from seqaug_sklearn.neural._packing import equal_rows, hashed_rows
from seqaug_sklearn.utils import (
    deal_linked_members,
    deal_members,
    infer_starts,
    invalid_data,
    is_mapped,
    member_codes,
    overlaps_any,
    repeated_identifiers,
)

__all__ = [
    "ValidationSplit",
    "check_groups",
    "hold_out_families",
    "link_families",
    "split_pair_validation",
    "split_validation",
]


def split_pair_validation(X, strata, groups, fraction, rng, identifiers=None, known=None):
    """Choose validation rows.

    Without two-column groups, whole groups are held out (rows of equal content are one group) while every class keeps a
    training group. With two, the members of pairs are held out, and a pair with one held-out member is used for neither
    training nor validation. That is done with members of both sides where it costs at most as many pairs as it
    validates on, else with members of the side that has more of them.

    Parameters
    ----------
    X : float32 ndarray of shape (n_rows, n_features)
        Features.
    strata : Strata
        What is held out in equal shares: classes, or bins of numbers.
    groups : array-like of shape (n_rows,) or (n_rows, 2) or None
        Group of each row, or both members of each pair.
    fraction : float or None
        Share of rows to hold out, about; None holds nothing out.
    rng : numpy.random.Generator
        Source of the choice.
    identifiers : array-like of shape (n_rows,), default=None
        Names of the rows; without groups, rows of one name are a group.
    known : bool ndarray of shape (n_rows,), default=None
        Rows whose target is known; the others are used for neither. None: all.

    Returns
    -------
    state : int8 ndarray of shape (n_rows,)
        0 training, 1 validation, 2 used for neither.
    split : ValidationSplit
        The same for users; the windows of a row are one, number 0.

    Raises
    ------
    DataFormatError
        If the groups do not fit X.
    """
    pairs = np.ndim(groups) == 2 and np.shape(groups)[1] == 2
    members = member_codes(groups, len(X)) if pairs else None
    families = None if pairs else check_groups(groups, len(X))[0]
    if groups is None:
        families = repeated_identifiers(identifiers)
    known = np.ones(len(X), bool) if known is None else known
    state, kind = np.where(known, 0, 2).astype(np.int8), "none"
    if fraction is not None:
        # sorting a matrix that lies on disk would take it into memory
        keys = equal_rows(hashed_rows(X) if is_mapped(X) else X)
        if pairs:
            state, kind = _hold_out_members(members, keys, strata, known, fraction, rng)
        else:
            state[hold_out_families(link_families(len(X), families, keys), strata, known, fraction, rng)] = 1
            held = "rows" if families is None else "parents"
            kind = held if (state == 1).any() else "none"
    rows = np.stack([np.arange(len(X)), np.zeros(len(X), int)], axis=1)
    return state, ValidationSplit(kind, *(rows[state == which] for which in range(3)))


def _hold_out_members(members, keys, strata, known, fraction, rng):
    """State of each pair, and which members of the validation pairs training does not know."""
    # members are dealt to parts of about `fraction` of the pairs each, as for cross-validation; one part is held out
    n_parts = max(2, round(1 / fraction))
    n_members = [len(np.unique(column)) for column in members.T]
    side = int(n_members[1] > n_members[0])
    # new members on both sides are the harder test, but a pair across the border is lost to both sets: only where such
    # pairs are no more than those validated on
    part = deal_linked_members(members, n_parts, rng)
    data = members, keys, strata, known
    found = _choose(part, data, n_parts, rng, slice(None), affordable=True)
    if found is not None:
        return found, "both members"
    part = deal_members(np.bincount(members[:, side], minlength=members.max() + 1), n_parts, rng)
    found = _choose(part, data, n_parts, rng, [side])
    if found is not None:
        return found, ("first members", "second members")[side]
    return np.where(known, 0, 2).astype(np.int8), "none"


def _choose(part, data, n_parts, rng, sides, *, affordable=False):
    """State of each pair with the first part that leaves every class trained; None where no part does.

    ``sides`` must both be held out in a validation pair; ``affordable`` refuses to drop more pairs than are validated.
    """
    members, keys, strata, known = data
    for held in rng.permutation(n_parts):
        valid = (part[members[:, sides]] == held).all(axis=1)
        # members that validation pairs hold out; training must not know them
        new = np.zeros(len(part), bool)
        new[members[valid]] = part[members[valid]] == held
        # 0 training, 1 validation, 2 neither
        state = np.where(new[members].any(axis=1), 2, 0).astype(np.int8)
        state[valid] = 1
        # equal content under other names
        state[(state == 1) & np.isin(keys, keys[state == 0])] = 2
        n_valid, n_dropped = np.count_nonzero(known & (state == 1)), np.count_nonzero(known & (state == 2))
        state[~known] = 2
        trained = (state == 0).any() and not strata.lost(state == 0, state != 0)
        if n_valid and trained and (n_dropped <= n_valid or not affordable):
            return state
    return None


@dataclass(frozen=True, slots=True, repr=False)
class ValidationSplit:
    """What a fit trained on and what it validated on.

    Attributes
    ----------
    kind : str
        What was held out. "parents": whole groups, or all rows with the same identifier. "rows": whole rows of X, where
        neither groups nor identifiers say which of them belong together; only equal rows do then, and relatives may be
        trained on. "blocks": contiguous blocks of windows of parents that are alone in their class; "parents and
        blocks" and "rows and blocks": both. "none": nothing. Of pairs "both members" of each validation pair, or
        "first members" or "second members".
    train, valid, purged : intp ndarray of shape (n, 2)
        Windows as (row of X, position of the window in that row's bag; 0 where X holds no bags). Purged windows
        overlap a validation window, or equal a training window, and are used for neither; so are pairs with one
        held-out member, or equal to a training pair, and rows whose target is not known.
    """

    kind: str
    train: np.ndarray
    valid: np.ndarray
    purged: np.ndarray

    def __repr__(self):
        sizes = (f"{name}={len(getattr(self, name))}" for name in ("train", "valid", "purged"))
        return f"ValidationSplit(kind={self.kind!r}, {', '.join(sizes)})"

    @property
    def train_rows(self):
        """Sorted rows of X with a training window."""
        return np.unique(self.train[:, 0])

    @property
    def valid_rows(self):
        """Sorted rows of X with a validation window."""
        return np.unique(self.valid[:, 0])


def check_groups(groups, n_rows):
    """Return ``(parents, starts)`` for 1-D groups or (n, 2) positions; both None without groups.

    Raises
    ------
    DataFormatError
        If the shape does not fit X, or positions are not whole numbers.
    """
    if groups is None:
        return None, None
    groups = groups.to_numpy() if hasattr(groups, "iloc") else np.asarray(groups)
    if not 0 < groups.ndim <= 2 or len(groups) != n_rows or (groups.ndim == 2 and groups.shape[1] not in (1, 2)):
        raise invalid_data(
            "groups", f"must be of shape ({n_rows},) or ({n_rows}, 2) (parent, start) to fit X, got {groups.shape}"
        )
    starts = None
    if groups.ndim == 2:
        if groups.shape[1] == 2:
            starts = groups[:, 1].astype(np.intp)
            if (starts != groups[:, 1].astype(float)).any():
                raise invalid_data("groups", "must hold whole numbers in column 1, the starts of windows")
        groups = groups[:, 0]
    return np.unique(groups, return_inverse=True)[1], starts


def split_validation(packed, strata, parents, starts, fraction, rng, strands=(), known=None):
    """Choose validation windows.

    Whole parents are held out (rows of one group, and rows of equal content, are one parent) while every class keeps a
    training parent. A class with a single parent gives a contiguous block from one end of its windows, and the
    windows that overlap the block are purged; that needs bags, or groups of shape (n, 2). Numbers need no value on both
    sides, so they do so where there is a single parent.

    Parameters
    ----------
    packed : PackedWindows
        The windows.
    strata : Strata
        What is held out in equal shares: classes, or bins of numbers.
    parents : intp ndarray of shape (n_rows,) or None
        Group of each row; None where not known which rows belong together.
    starts : intp ndarray of shape (n_rows,) or None
        Start of each row in its parent, for rows that are windows.
    fraction : float or None
        Share of rows to hold out; None holds nothing out.
    rng : numpy.random.Generator
        Source of the choice.
    strands : sequence of ndarray, default=()
        Data of the windows on each strand that is trained on; a window whose other strand is another row's window is
        its copy. Empty: as given.
    known : bool ndarray of shape (n_rows,), default=None
        Rows whose target is known; the others are used for neither. None: all.

    Returns
    -------
    state : int8 ndarray of shape (n_windows,)
        0 training, 1 validation, 2 purged.
    split : ValidationSplit
        The same for users.
    """
    known = np.ones(packed.n_rows, bool) if known is None else known
    without = np.where(known[packed.sources], 0, 2).astype(np.int8)
    state, kind = without.copy(), "none"
    if fraction is not None:
        keys = packed.keys(strands)
        row_keys = packed.row_keys(keys)
        families = link_families(packed.n_rows, parents, row_keys)
        by_parent = hold_out_families(families, strata, known, fraction, rng)
        state[by_parent[packed.sources]] = 1
        by_block = _hold_out_blocks(packed, state, strata, families, parents, starts, row_keys, fraction, rng)
        state = np.maximum(state, without)
        _purge_copies(keys, state)
        held = "rows" if parents is None else "parents"
        kinds = [name for name, found in ((held, by_parent.any()), ("blocks", by_block)) if found]
        kind = " and ".join(kinds) if (state == 1).any() else "none"
        if kind == "none":
            state = without
    names = np.stack([packed.sources, _position_in_row(packed.sources)], axis=1)
    return state, ValidationSplit(kind, *(names[state == which] for which in range(3)))


def _position_in_row(sources):
    first = np.searchsorted(sources, sources)
    return np.arange(len(sources)) - first


def link_families(n_rows, parents, row_keys):
    """Label rows that are linked through a shared group or equal content."""
    if parents is None:
        return row_keys
    n_groups = parents.max() + 1
    # a bipartite graph of groups and contents, each row an edge: equal rows of two groups make one family of both
    links = coo_array((np.ones(n_rows, bool), (parents, n_groups + row_keys)), shape=(n_groups + n_rows,) * 2)
    return np.unique(connected_components(links, directed=False)[1][parents], return_inverse=True)[1]


def hold_out_families(families, strata, known, fraction, rng):
    """Bool (n_rows,): rows of the families held out, about ``fraction`` of each stratum; no unknown rows."""
    n_families = families.max() + 1
    # (n_families, n_strata): rows of each family in each stratum; of unknown rows none
    rows = np.zeros((n_families, len(strata.names)), np.intp)
    np.add.at(rows, families[known], strata.members[known])
    sizes = np.bincount(families[known], minlength=n_families)
    # where a family stands for itself only: in the strata that training needs, and in the whole
    needed = np.column_stack([rows[:, strata.needed], sizes]) > 0
    # families that each of them still trains with; the last one is never held out
    left = needed.sum(0)
    held = np.zeros(n_families, bool)
    in_stratum = np.zeros(rows.shape[1], np.intp)
    quota, total, target = fraction * rows.sum(0), 0, max(1.0, fraction * np.count_nonzero(known))

    def may_go(family):
        return sizes[family] > 0 and (left[needed[family]] > 1).all()

    def hold(family):
        nonlocal total
        held[family] = True
        left[needed[family]] -= 1
        in_stratum[:] += rows[family]
        total += sizes[family]

    order = rng.permutation(n_families)
    # first pass: at most the quota of every stratum that the family has rows in
    for family in order:
        if may_go(family) and (in_stratum + rows[family] <= quota)[rows[family] > 0].all():
            hold(family)
    # second pass, smallest families first: fill up to the target; where nothing is held out yet, the first one is
    # whatever its size
    for family in order[np.argsort(sizes[order], kind="stable")]:
        fits = total + sizes[family] <= target or total == 0
        if not held[family] and fits and may_go(family):
            hold(family)
    return held[families] & known


def _hold_out_blocks(packed, state, strata, families, parents, starts, row_keys, fraction, rng):
    """Mark blocks of the classes with one family; return whether any was held out."""
    # a class of one family has no other one to train with: an end of its sequences is held out instead
    alone = _alone(strata, families)
    found = False
    if starts is not None:
        # windows of one parent, whose starts are known
        for parent in np.unique(parents[alone]):
            windows = np.flatnonzero(parents[packed.sources] == parent)
            found |= _hold_out_block(state, [windows], starts[packed.sources[windows]], packed.length, fraction, rng)
    elif packed.is_bag:
        # bags that are all copies of one: starts follow from the content of the windows in their order
        for family in np.unique(families[alone]):
            rows = np.flatnonzero(families == family)
            # different bags of one family have no common coordinate, and soft one-hot cannot be compared exactly
            if len(np.unique(row_keys[rows])) > 1 or packed.data.dtype != np.uint8:
                continue
            copies = [np.flatnonzero(packed.sources == row) for row in rows]
            inferred = infer_starts(packed.data[copies[0]])
            found |= _hold_out_block(state, copies, inferred, packed.length, fraction, rng)
    return found


def _alone(strata, families):
    """Rows of a class, or of the whole where there are no classes, that is one family."""
    # a label with one family keeps it in training: a block of it would be validated with its other labels trained
    if strata.kind != "classes":
        return np.full(len(families), families.max() == 0)
    members = strata.members[:, strata.needed]
    single = [len(np.unique(families[rows])) == 1 for rows in members.T]
    return members[:, single].any(axis=1)


def _hold_out_block(state, copies, starts, length, fraction, rng):
    """Hold out the first or last windows of one parent, if that leaves it training windows."""
    distinct = np.unique(starts)
    # distinct starts, as copies of a window have the same one
    size = max(1, round(fraction * len(distinct)))
    # an end, not the middle: a block with one border costs half of the purge
    held_starts = distinct[:size] if rng.integers(2) else distinct[-size:]
    held = np.isin(starts, held_starts)
    purged = ~held & overlaps_any(starts, held_starts, length)
    if (held | purged).all():
        return False
    for windows in copies:
        state[windows[held]] = 1
        state[windows[purged]] = 2
    return True


def _purge_copies(keys, state):
    """Drop validation windows that equal a training window."""
    # a table of marks by key
    trained = np.zeros(keys.max() + 1, bool)
    trained[keys[state == 0]] = True
    state[(state == 1) & trained[keys]] = 2
