"""Shifts: residues move along, those beyond the end are lost, and the free places are filled."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from seqaug_sklearn.augmentation._edits._rows import ragged_ranges
from seqaug_sklearn.augmentation._edits._sized_edit import SizedEdit
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import invalid_parameter, text_to_codes
from seqaug_sklearn.utils._sklearn import StrOptions

__all__ = ["RandomShift"]


class Shifts(NamedTuple):
    """Drawn shifts, to the right where positive; ``uniform`` in [0, 1) lie end to end, one for each free place."""

    shifts: Any
    uniform: Any


class RandomShift(SizedEdit):
    """Move all residues to the right or to the left; those beyond the end are lost, and the free places are filled.

    A shift says that the site is in the sequence, but not exactly where: as if the sequence had been cut out of the
    genome a few residues earlier or later. Where positions are protected, this happens within one unprotected stretch.

    Parameters
    ----------
    min_length, max_length : int, default=0, 20
        Fewest and most residues of a shift, to either side with equal probability. On shorter sequences (stretches)
        their length is the most.
    fill : {"background", "pad", "context"}, default="background"
        What comes into the free places. "background": residues drawn from the sequence (the stretch) itself, so that
        its composition stays. "pad": unknown residues, N or X in text and zeros in one-hot. "context": what really lies
        beside the sequence, from `context`.
    context : mapping or None, default=None
        For ``fill="context"``: identifier -> (left, right), the text before and after the sequence on its strand. A
        shift is no longer than the text on its side, so sequences that are not in it stay as they are; so do stretches
        that do not reach the end of the sequence.

    See Also
    --------
    RandomTranslocation : Residues that leave at one end return at the other.
    RandomAugmentation : Combines edits, in batches and on text.

    Notes
    -----
    EvoAug [1]_ has no such edit: its translocation rolls the sequence, so that the end comes to the front and two
    residues become neighbours that never were. That is :class:`RandomTranslocation` here. A shift breaks no neighbours
    apart and makes none within what stays, but loses the residues at one end.

    References
    ----------
    .. [1] Lee et al., EvoAug, Genome Biology 24, 105 (2023), doi:10.1186/s13059-023-02941-w, Fig. 1.

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import RandomAugmentation, RandomShift
    >>> shift = RandomAugmentation([RandomShift(3, 3, fill="pad")], random_state=0)
    >>> shift.fit_resample(["AAAACCCCGGGGTTTT"], [1])[0]
    ['AAAACCCCGGGGTTTT', 'ACCCCGGGGTTTTNNN']
    >>> import pandas as pd
    >>> flanks = {"gene": ("GATC", "GAGA")}
    >>> shift = RandomAugmentation([RandomShift(3, 3, fill="context", context=flanks)], random_state=0)
    >>> shift.fit_resample(pd.Series({"gene": "AAAACCCCGGGGTTTT"}), [1])[0].tolist()
    ['AAAACCCCGGGGTTTT', 'ACCCCGGGGTTTTGAG']
    """

    _name = "shift"
    _parameter_constraints: ClassVar[dict] = {
        **SizedEdit._parameter_constraints,
        "fill": [StrOptions({"background", "pad", "context"})],
        "context": [Mapping, None],
    }

    def __init__(self, min_length=0, max_length=20, *, fill="background", context=None):
        super().__init__(min_length, max_length)
        self.fill = fill
        self.context = context

    def _validate_params(self):
        super()._validate_params()
        if (self.fill == "context") != (self.context is not None):
            raise invalid_parameter(
                "context", f"must be given with fill='context' and only there; fill is {self.fill!r}"
            )

    def _phrase(self):
        filled = {"background": "residues of the sequence", "pad": "unknown residues", "context": "the flanks"}
        return f"shift by {self._span()}, filled with {filled[self.fill]}"

    def _check_rows(self, rows):
        super()._check_rows(rows)
        if self.fill == "context":
            rows.memory[self] = _flanks(self.context, rows)

    def _draw(self, rows, which, low, high, rng):
        for_size, for_side = rng.random((2, len(which)))
        to_right = for_side >= 0.5
        span = high - low
        if self.fill == "context":
            span = np.minimum(span, self._reach(rows, which, low, high, to_right))
        sizes = self._draw_sizes(span, for_size)
        uniform = rng.random(sizes.sum()) if self.fill == "background" else None
        return Shifts(np.where(to_right, sizes, -sizes), uniform)

    def _reach(self, rows, which, low, high, to_right):
        """How much text there is beside each stretch, on the side that becomes free."""
        left, right = (np.array([len(flanks[row]) for row in which]) for flanks in rows.memory[self])
        return np.where(to_right, np.where(low == 0, left, 0), np.where(high == rows.lengths[which], right, 0))

    def _operations(self, rows, which, low, high, draws):
        free = np.where(draws.shifts > 0, low, high - np.abs(draws.shifts))
        return which, free, np.abs(draws.shifts), free, "+"

    def _apply(self, rows, which, low, high, draws):
        shifts = draws.shifts
        to_right = shifts > 0
        _, free, sizes, _, _ = self._operations(rows, which, low, high, draws)
        position = ragged_ranges(which * rows.width + free, sizes)
        filling = self._filling(rows, which, low, high, draws)
        # residues keep their order; the free places are written below
        rows.move(which, [np.where(to_right, low + sizes, low), np.where(to_right, high, high - sizes)], [0, -shifts])
        rows.place(position, filling)

    def _filling(self, rows, which, low, high, draws):
        sizes = np.abs(draws.shifts)
        if self.fill == "background":
            begin, span = ((which * rows.width + low).repeat(sizes), np.broadcast_to(high - low, len(which)))
            return rows.taken(begin + (draws.uniform * span.repeat(sizes)).astype(np.int64))
        if self.fill == "pad":
            return rows.unknown(int(sizes.sum()))
        left, right = rows.memory[self]
        pieces = [
            left[row][len(left[row]) - shift :] if shift > 0 else right[row][:-shift]
            for row, shift in zip(which.tolist(), draws.shifts.tolist(), strict=True)
        ]
        return rows.read(np.concatenate(pieces))


def _flanks(context, rows):
    """Letters to the left and to the right of each row, lists of uint8 ndarrays."""
    if rows.identifiers is None:
        raise ValueError(
            "RandomShift finds the context by identifier, but the rows have none: pass X as a Series or one-column "
            "DataFrame with an index, or identifiers= with one entry per row"
        )
    if rows.alphabet is None:
        raise SequenceError(
            f"RandomShift cannot read the letters of context into {rows.n_symbols} columns; "
            "put it into RandomAugmentation(..., alphabet=...)"
        )
    sides = []
    for side, name in enumerate(("left", "right")):
        texts = [_side(context, identifier, side) for identifier in rows.identifiers]
        text_to_codes(texts, rows.alphabet, identifiers=[f"{i} ({name} context)" for i in rows.identifiers])
        sides.append([np.frombuffer(text.upper().encode(), np.uint8) for text in texts])
    return sides


def _side(context, identifier, side):
    flanks = context.get(identifier, ("", ""))
    if isinstance(flanks, str) or len(flanks) != 2 or not all(isinstance(text, str) for text in flanks):
        raise invalid_parameter(
            "context", f"must have (left, right) texts as values, got {flanks!r:.60} of {identifier!r}"
        )
    return flanks[side]
