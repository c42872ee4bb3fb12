"""Which rows of a feature matrix early stopping may look at: pairs with members that training does not know."""

import numpy as np

from seqaug_sklearn.classification._packing import equal_rows
from seqaug_sklearn.classification._validation_split import (
    ValidationSplit,
    check_groups,
    hold_out_families,
    link_families,
)
from seqaug_sklearn.utils import deal_linked_members, deal_members, member_codes, repeated_identifiers

__all__ = ["split_pair_validation"]


def split_pair_validation(X, y, groups, fraction, rng, identifiers=None):
    """Choose validation rows.

    Without two-column groups, whole groups are held out (rows of equal content are one group) while every class keeps a
    training group. With two, the members of pairs are held out, and a pair with one held-out member is used for neither
    training nor validation. That is done with members of both sides where it costs at most as many pairs as it
    validates on, else with members of the side that has more of them.

    Parameters
    ----------
    X : float32 ndarray of shape (n_rows, n_features)
        Features.
    y : intp ndarray of shape (n_rows,)
        Class codes.
    groups : array-like of shape (n_rows,) or (n_rows, 2) or None
        Group of each row, or both members of each pair.
    fraction : float or None
        Share of rows to hold out, about; None holds nothing out.
    rng : numpy.random.Generator
        Source of the choice.
    identifiers : array-like of shape (n_rows,), default=None
        Names of the rows; without groups, rows of one name are a group.

    Returns
    -------
    state : int8 ndarray of shape (n_rows,)
        0 training, 1 validation, 2 used for neither.
    split : ValidationSplit
        The same for users; the windows of a row are one, number 0.

    Raises
    ------
    ValueError
        If the groups do not fit X.
    """
    pairs = np.ndim(groups) == 2 and np.shape(groups)[1] == 2
    members = member_codes(groups, len(X)) if pairs else None
    families = None if pairs else check_groups(groups, len(X))[0]
    if groups is None:
        families = repeated_identifiers(identifiers)
    state, kind = np.zeros(len(X), np.int8), "none"
    if fraction is not None:
        keys = equal_rows(X)
        if pairs:
            state, kind = _hold_out_members(members, keys, y, fraction, rng)
        else:
            state[hold_out_families(link_families(len(X), families, keys), y, fraction, rng)] = 1
            held = "rows" if families is None else "parents"
            kind = held if state.any() else "none"
    rows = np.stack([np.arange(len(X)), np.zeros(len(X), int)], axis=1)
    return state, ValidationSplit(kind, *(rows[state == which] for which in range(3)))


def _hold_out_members(members, keys, y, fraction, rng):
    """State of each pair, and which members of the validation pairs training does not know."""
    n_parts = max(2, round(1 / fraction))
    n_members = [len(np.unique(column)) for column in members.T]
    side = int(n_members[1] > n_members[0])
    part = deal_linked_members(members, n_parts, rng)
    found = _choose(part, members, keys, y, n_parts, rng, slice(None), affordable=True)
    if found is not None:
        return found, "both members"
    part = deal_members(np.bincount(members[:, side], minlength=members.max() + 1), n_parts, rng)
    found = _choose(part, members, keys, y, n_parts, rng, [side])
    if found is not None:
        return found, ("first members", "second members")[side]
    return np.zeros(len(members), np.int8), "none"


def _choose(part, members, keys, y, n_parts, rng, sides, *, affordable=False):
    """State of each pair with the first part that leaves every class trained; None where no part does.

    ``sides`` must both be held out in a validation pair; ``affordable`` refuses to drop more pairs than are validated.
    """
    for held in rng.permutation(n_parts):
        valid = (part[members[:, sides]] == held).all(axis=1)
        new = np.zeros(len(part), bool)
        new[members[valid]] = part[members[valid]] == held
        state = np.where(new[members].any(axis=1), 2, 0).astype(np.int8)
        state[valid] = 1
        # equal content under other names
        state[(state == 1) & np.isin(keys, keys[state == 0])] = 2
        n_valid, n_dropped = np.count_nonzero(state == 1), np.count_nonzero(state == 2)
        trained = np.isin(y, y[state == 0]).all()
        if n_valid and trained and (n_dropped <= n_valid or not affordable):
            return state
    return None
