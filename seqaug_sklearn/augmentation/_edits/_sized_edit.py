"""Edits of a stretch of residues: between which lengths it is drawn, and where."""

from typing import Any, ClassVar, NamedTuple

import numpy as np

from seqaug_sklearn.augmentation._edits._base import RandomEdit
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import name_row
from seqaug_sklearn.utils._sklearn import Integral, Interval

__all__ = ["SizedEdit"]


class Stretches(NamedTuple):
    """Drawn stretches, one per row; ``symbols`` (int32 columns) lie end to end, ``sizes[i]`` of them for row i."""

    starts: Any
    sizes: Any
    symbols: Any = None


class SizedEdit(RandomEdit):
    """Base of the edits that act on ``min_length`` to ``max_length`` residues."""

    _writes = False  # random symbols

    _parameter_constraints: ClassVar[dict] = {
        "min_length": [Interval(Integral, 0, None, closed="left")],
        "max_length": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(self, min_length=0, max_length=20):
        self.min_length = min_length
        self.max_length = max_length

    def _validate_params(self):
        super()._validate_params()
        if self.min_length > self.max_length:
            raise ValueError(
                f"{type(self).__name__}: min_length must not be above max_length, got min_length={self.min_length} and "
                f"max_length={self.max_length}; raise max_length"
            )

    def _check_rows(self, rows):
        if self.min_length <= 1:
            return
        short = np.flatnonzero((rows.lengths > 0) & (rows.lengths < self.min_length))
        if short.size:
            raise SequenceError(
                f"{type(self).__name__}: {name_row(short[0], rows.identifiers)} has {rows.lengths[short[0]]} residues, "
                f"fewer than min_length={self.min_length}; lower min_length or remove it ({short.size} of {len(rows)} "
                "sequences are too short)"
            )

    def _span(self):
        """The sizes in words."""
        if self.min_length == self.max_length:
            return f"{self.max_length} residues"
        return f"{self.min_length} to {self.max_length} residues"

    def _phrase(self):
        return f"{self._name} of {self._span()}"

    def _draw_sizes(self, spans, uniform):
        """Sizes between the two parameters, or what fits into the stretch."""
        smaller = min if isinstance(spans, int) else np.minimum
        least, most = smaller(spans, self.min_length), smaller(spans, self.max_length)
        return least + _below(most - least + 1, uniform)

    def _draw(self, rows, which, low, high, rng):
        # two numbers for each row, whatever comes of them: a draw never shifts those of later rows
        for_size, for_start = rng.random((2, len(which)))
        sizes = self._draw_sizes(high - low, for_size)
        starts = low + _below(high - low - sizes + 1, for_start)
        if not self._writes:
            return Stretches(starts, sizes)
        return Stretches(starts, sizes, rng.integers(rows.n_symbols, size=sizes.sum(), dtype=np.int32))


def _below(limits, uniform):
    """Turn uniform numbers into integers from 0 to each of ``limits``, exclusive."""
    return (uniform * limits).astype(np.int64)
