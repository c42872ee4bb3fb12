"""Attributions of overlapping windows, added up on their parents."""

from dataclasses import replace

import numpy as np

from seqaug_sklearn.exceptions import InvalidParameterError, SeqAugWarning, SequenceError
from seqaug_sklearn.inspection._attributions import Attributions, check_attributions
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    check_sequences,
    invalid_data,
    invalid_parameter,
    name_row,
    text_to_codes,
    warn,
)

__all__ = ["add_up", "stitch_windows", "warn_of_gaps"]


def stitch_windows(attributions, window_set=None, *, combine="sum", parents=None):
    """Add attributions of windows up on the coordinates of the sequences they were cut from.

    The picture that windows alone cannot show: where in the promoter the evidence lies. Motif discovery needs it too,
    because windows are too short for it.

    Parameters
    ----------
    attributions : Attributions
        Of windows, one row each.
    window_set : WindowSet or None, default=None
        What ``WindowAugmenter.explode`` gave, row for row: ``sources``, ``starts`` and ``identifiers`` are read. None
        where ``attributions`` knows its ``sources`` and ``starts``.
    combine : {"sum", "mean"}, default="sum"
        "sum" adds the windows up. "mean" divides by the number of windows of the parent, as predictions average over
        windows: the explained output is then the mean output of the windows, and values add up to it as they do in a
        window.
    parents : array-like of str of shape (n_parents,), default=None
        The parents' text, row ``sources`` of which each window is part of. By default residues right of a parent's last
        window are unknown to the result, and residues between windows are N.

    Returns
    -------
    Attributions
        One row per parent, with ``coverage``: how many windows hold each residue. Residues near the ends are in fewer
        windows: divide by ``coverage`` to see the mean of the windows that hold a residue.

    Raises
    ------
    DataFormatError
        If the windows do not match ``window_set``, or windows of one parent were explained for different classes.
    SequenceError
        If a window is not what its parent reads there.
    TypeError
        If ``attributions`` or ``window_set`` is something else.

    Warns
    -----
    SeqAugWarning
        If residues lie in no window, as where repeated windows were dropped (``unique=True``): their values are zero
        because nothing is known of them.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import WindowAugmenter
    >>> from seqaug_sklearn.classification import CNNBiLSTMClassifier
    >>> from seqaug_sklearn.inspection import sequence_attributions, stitch_windows
    >>> windows = WindowAugmenter(8, overlap=(2, 4), min_shared=7).explode(["ACGTACGTAC", "GGTTGGTTGG"], y=["a", "b"])
    >>> clf = CNNBiLSTMClassifier(hidden_size=4, max_epochs=2, validation_fraction=None, random_state=0)
    >>> clf = clf.fit(windows.windows, windows.y, groups=windows.positions)
    >>> parents = stitch_windows(sequence_attributions(clf, windows.windows), windows)
    >>> parents.values.shape
    (2, 10, 4)
    >>> parents.coverage[0].tolist()
    [1, 2, 3, 3, 3, 3, 3, 3, 2, 1]
    """
    if combine not in ("sum", "mean"):
        raise invalid_parameter("combine", f"must be 'sum' or 'mean', got {combine!r}")
    check_attributions(attributions)
    sources, starts, identifiers = _lineage(attributions, window_set)
    if parents is None:
        codes, lengths = _parents_of_windows(attributions, sources, starts)
    else:
        sequences = check_sequences(parents, name="parents")
        codes, lengths = text_to_codes(sequences.values, attributions.alphabet), sequences.lengths()
        if sources.max() >= len(codes):
            raise invalid_data("parents", f"holds {len(codes)} sequences, but a window comes from row {sources.max()}")
    _check_windows(attributions, sources, starts, codes, lengths)
    stitched = add_up(attributions, sources, starts, codes, lengths, combine)
    inside = np.arange(codes.shape[1]) < lengths[:, None]
    warn_of_gaps(stitched.coverage, inside if parents is None else codes < len(attributions.alphabet))
    if identifiers is None:
        return stitched
    names = np.empty(len(codes), object)
    names[sources] = identifiers
    return replace(stitched, identifiers=names)


def _lineage(attributions, window_set):
    """Parent row, start and identifier (or None) of each window."""
    if window_set is not None and not (hasattr(window_set, "sources") and hasattr(window_set, "starts")):
        raise TypeError(
            "window_set must be the WindowSet that WindowAugmenter.explode returned, which knows where each window "
            f"lies (not its windows alone), got {type(window_set).__name__}"
        )
    holder = attributions if window_set is None else window_set
    if holder.sources is None or holder.starts is None:
        raise InvalidParameterError(
            Message(
                "the windows' places in their parents are not known; pass ",
                Parameter("window_set", ...),
                ", what WindowAugmenter.explode gave",
            )
        )
    if len(holder.sources) != len(attributions):
        raise invalid_data(
            "window_set",
            f"holds {len(holder.sources)} windows, but attributions has {len(attributions)} rows; pass the "
            "windows in the same order",
        )
    identifiers = attributions.identifiers if holder.identifiers is None else holder.identifiers
    return np.asarray(holder.sources), np.asarray(holder.starts), identifiers


def _places(attributions, sources, starts):
    """(row of the window, position in it, row of the parent, position in that) of every residue of the windows."""
    windows, offsets = np.nonzero(np.arange(attributions.codes.shape[1]) < attributions.lengths[:, None])
    return windows, offsets, sources[windows], starts[windows] + offsets


def _parents_of_windows(attributions, sources, starts):
    """Codes (n_parents, length) and lengths, as far as the windows reach."""
    lengths = np.zeros(sources.max() + 1, np.intp)
    np.maximum.at(lengths, sources, starts + attributions.lengths)
    codes = np.full((len(lengths), lengths.max()), len(attributions.alphabet), np.uint8)
    windows, offsets, parents, positions = _places(attributions, sources, starts)
    codes[parents, positions] = attributions.codes[windows, offsets]
    return codes, lengths


def _check_windows(attributions, sources, starts, codes, lengths):
    beyond = starts + attributions.lengths > lengths[sources]
    windows, offsets, parents, positions = _places(attributions.take(~beyond), sources[~beyond], starts[~beyond])
    wrong = codes[parents, positions] != attributions.codes[~beyond][windows, offsets]
    if beyond.any() or wrong.any():
        window = int(np.argmax(beyond)) if beyond.any() else int(np.flatnonzero(~beyond)[windows[np.argmax(wrong)]])
        raise SequenceError(
            f"window {window} is not what its parent ({name_row(sources[window])}) reads from position "
            f"{starts[window]} on; pass the windows in the order of window_set, and the parents they were cut from"
        )
    first = np.full(len(codes), -1)
    first[sources[::-1]] = np.arange(len(sources))[::-1]
    mixed = attributions.target != attributions.target[first[sources]]
    if mixed.any():
        raise invalid_data(
            "attributions",
            f"of windows of {name_row(sources[np.argmax(mixed)])} were explained for different classes; pass ",
            Parameter("target", ...),
            " to sequence_attributions",
        )


def warn_of_gaps(coverage, there):
    """Warn of residues that no window holds, between the first and the last that one does.

    Both arrays have the shape (n, length); ``there`` says which residues are known. That the ends may be left over is
    no news.
    """
    held = coverage > 0
    # whether any window lies here or before, and here or behind
    before = np.maximum.accumulate(held, axis=1)
    after = np.maximum.accumulate(held[:, ::-1], axis=1)[:, ::-1]
    gaps = ~held & before & after & there
    if gaps.any():
        warn(
            f"{gaps.sum()} residues of {gaps.any(axis=1).sum()} sequences lie in no window (coverage 0), so their "
            "values are zero without meaning that they do not matter; WindowAugmenter leaves windows out that repeat "
            "another (unless unique=False) or that exceed max_windows",
            SeqAugWarning,
        )


def add_up(attributions, sources, starts, codes, lengths, combine):
    """Stitch checked windows onto parents of known codes (n_parents, length); see :func:`stitch_windows`."""
    windows, offsets, parents, positions = _places(attributions, sources, starts)
    # (parent, position) as one number: bincount then adds up all windows at once
    flat = parents * codes.shape[1] + positions
    counts = np.bincount(sources, minlength=len(codes))
    divisor = np.maximum(counts, 1) if combine == "mean" else np.ones(len(codes))

    def on_parents(values):
        if values is None:
            return None
        columns = [np.bincount(flat, values[windows, offsets, s], codes.size) for s in range(values.shape[2])]
        return (np.stack(columns, axis=-1).reshape(*codes.shape, -1) / divisor[:, None, None]).astype(np.float32)

    def of_parents(values):
        return np.bincount(sources, values, len(codes)) / divisor

    target = np.full(len(codes), attributions.target[0])
    target[sources] = attributions.target
    return Attributions(
        values=on_parents(attributions.values),
        codes=codes,
        lengths=lengths,
        alphabet=attributions.alphabet,
        target=target,
        method=attributions.method,
        output=of_parents(attributions.output),
        baseline_output=of_parents(attributions.baseline_output),
        delta=of_parents(attributions.delta),
        hypothetical=on_parents(attributions.hypothetical),
        coverage=np.bincount(flat, minlength=codes.size).reshape(codes.shape),
        kind=attributions.kind,
    )
