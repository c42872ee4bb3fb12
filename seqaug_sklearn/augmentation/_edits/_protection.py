"""Reading ``protect``: positions, masks, intervals, slices and motifs, for all rows or by identifier."""

import numpy as np

from seqaug_sklearn.utils import is_whole, name_row

__all__ = ["protection_mask"]

_FORMS = (
    "positions such as [3, 4, 5], a boolean mask, an interval (start, end), a slice, a motif such as 'TATAWA', "
    "or a list of these"
)


def protection_mask(protect, shape, identifiers=None, *, longest=None, find=None):
    """Mark the protected positions.

    Parameters
    ----------
    protect : None, slice, tuple, str, array-like or dict
        A tuple of two integers is an interval, a list of integers holds positions; text is a motif; a dict has
        identifiers as keys.
    shape : (n_samples, width)
        Shape of the batch.
    identifiers : sequence of length n_samples, default=None
        Names of the rows.
    longest : int, default=None
        Residues of the longest row, where the batch is padded to more: a boolean mask may have either length.
    find : callable, default=None
        Takes a motif and returns the bool ndarray (n_samples, width) of its sites, for motifs.

    Returns
    -------
    mask : bool ndarray of shape (n_samples, width) or None
        None where nothing is protected, wherever the motifs lie; read-only where the rows share it.

    Raises
    ------
    ValueError
        If an entry has another form or lies outside the sequences, or a dict comes without identifiers.
    """
    n_samples, width = shape
    if protect is None or (isinstance(protect, dict) and not protect):
        return None
    if not isinstance(protect, dict):
        motifs, places = _parted(protect)
        mask = _mark(places, width, "protect", longest)
        if motifs:
            # which rows have a site differs from batch to batch, so there is always a mask
            return np.logical_or.reduce([find(motif) for motif in motifs]) | mask
        # one mask for all rows, without a copy for each
        return np.broadcast_to(mask, (n_samples, width)) if mask.any() else None
    if identifiers is None:
        raise ValueError(
            "protect is given by identifier, but the rows have none: pass X as a Series or one-column DataFrame with "
            "an index, or identifiers= with one entry per row"
        )
    mask, found = np.zeros((n_samples, width), bool), {}
    for row, identifier in enumerate(identifiers):
        entry = protect.get(identifier)
        if entry is None:
            continue
        motifs, places = _parted(entry)
        mask[row] = _mark(places, width, f"protect of {name_row(row, identifiers)}", longest)
        for motif in motifs:
            if motif not in found:
                found[motif] = find(motif)
            mask[row] |= found[motif][row]
    return mask


def _parted(protect):
    """Motifs, and all else."""
    if isinstance(protect, str):
        return [protect], []
    if not isinstance(protect, (list, np.ndarray)):
        return [], protect
    motifs = [entry for entry in protect if isinstance(entry, str)]
    # numbers stay as they are: what is no motif may be a mask
    return motifs, [entry for entry in protect if not isinstance(entry, str)] if motifs else protect


def _mark(protect, width, name, longest):
    mask = np.zeros(width, bool)
    # a tuple is an interval, so it is one entry and not two positions
    if isinstance(protect, (slice, tuple)) or not hasattr(protect, "__len__"):
        protect = [protect]
    elif len(protect) and all(isinstance(p, (bool, np.bool_)) for p in protect):
        if len(protect) not in (width, longest):
            raise ValueError(
                f"{name}: the boolean mask has {len(protect)} entries, the longest sequence {longest or width} "
                "residues; give one entry for each"
            )
        protect = np.flatnonzero(protect)
    for entry in protect:
        _mark_entry(mask, entry, name)
    return mask


def _mark_entry(mask, entry, name):
    width = len(mask)
    if isinstance(entry, slice):
        # NumPy would cut such a slice in silence, and a site would lose its protection
        if any(bound is not None and not -width <= bound <= width for bound in (entry.start, entry.stop)):
            raise ValueError(f"{name}: {entry} reaches beyond the sequences of length {width}")
        mask[entry] = True
    elif is_whole(entry) and not isinstance(entry, bool):
        if not 0 <= entry < width:
            raise ValueError(f"{name}: position {entry} is outside the sequences of length {width}; count from 0")
        mask[entry] = True
    elif np.shape(entry) == (2,) and all(is_whole(bound) for bound in entry):
        start, end = entry
        if start >= end:
            raise ValueError(
                f"{name}: the interval ({start}, {end}) is empty; its end is the first position that is free again, so "
                "it must lie behind the start"
            )
        if not 0 <= start <= end <= width:
            raise ValueError(
                f"{name}: the interval ({start}, {end}) is outside the sequences of length {width}; "
                "start is counted from 0, end is the first position that is free again"
            )
        mask[start:end] = True
    else:
        raise ValueError(f"{name} must hold {_FORMS}, got {entry!r}")
