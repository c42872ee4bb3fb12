"""Text as one buffer of UCS4 code points, from which windows are cut without a Python loop."""

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from seqaug_sklearn.utils._containers import marked_bag
from seqaug_sklearn.utils._memory import require_memory

__all__ = ["TextBuffer"]

# the byte order of uint32, without a byte order mark
_UTF32 = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
_CHUNK = 64  # sequences
_PIECE = 1 << 13  # windows
_FEWER_WINDOWS = "take fewer windows per sequence, with max_windows= or a larger step"


@dataclass(frozen=True, slots=True)
class TextBuffer:
    """Sequences laid end to end, four bytes per residue.

    Attributes
    ----------
    points : uint32 ndarray of shape (n_residues,)
        Code points of all sequences; read-only.
    offsets : intp ndarray of shape (n_samples + 1,)
        Sequence ``i`` is ``points[offsets[i]:offsets[i + 1]]``.
    """

    points: Any
    offsets: Any

    @classmethod
    def from_text(cls, values, *, upper=False):
        """Copy text into a buffer.

        Parameters
        ----------
        values : list of str or ndarray of str of shape (n_samples,)
            Text.
        upper : bool, default=False
            Write ASCII letters in upper case.

        Returns
        -------
        TextBuffer
        """
        n_samples = len(values)
        offsets = np.zeros(n_samples + 1, np.intp)
        if isinstance(values, np.ndarray):
            lengths = np.char.str_len(values)
        else:
            lengths = np.fromiter(map(len, values), np.intp, n_samples)
        np.cumsum(lengths, out=offsets[1:])
        points = np.empty(offsets[-1], np.uint32)
        for begin in range(
            0, n_samples, _CHUNK
        ):  # in pieces, so that no second copy of the text stands beside the buffer
            piece = "".join(values[begin : begin + _CHUNK])
            target = points[offsets[begin] : offsets[min(begin + _CHUNK, n_samples)]]
            target[:] = np.frombuffer(piece.encode(_UTF32, "surrogatepass"), np.uint32)
            if upper:
                # of ASCII only: str.upper makes two letters of some others
                target -= 32 * ((target >= ord("a")) & (target <= ord("z"))).astype(np.uint32)
        points.flags.writeable = False
        return cls(points, offsets)

    @property
    def lengths(self):
        """Intp ndarray (n_samples,): residues per sequence."""
        return np.diff(self.offsets)

    def strided(self, window, step=1):
        """View sequences of equal length as bags of windows, without a copy.

        Parameters
        ----------
        window, step : int
            Window length and distance of starts, in residues.

        Returns
        -------
        bag : read-only ndarray of str of shape (n_samples, n_windows)
        """
        length = int(self.offsets[1])
        shape = (len(self.offsets) - 1, (length - window) // step + 1)
        # four bytes per symbol: windows of one sequence overlap in memory, sequences lie 4 * length bytes apart
        bag = np.ndarray(shape, f"U{window}", buffer=self.points, strides=(4 * length, 4 * step))
        bag.flags.writeable = False
        return marked_bag(bag)

    def cut(self, sources, starts, window):
        """Cut windows out as a flat copy.

        Parameters
        ----------
        sources, starts : int ndarray of shape (n,)
            Row of the sequence and start in it.
        window : int
            Window length in residues.

        Returns
        -------
        windows : ndarray of str of shape (n,)
        """
        require_memory(
            4.0 * len(sources) * window, f"the text of {len(sources)} windows of {window} symbols", _FEWER_WINDOWS
        )
        windows = np.empty(len(sources), f"U{window}")
        self._fill(windows, np.arange(len(sources)), sources, starts, window)
        return windows

    def bag(self, sources, starts, window):
        """Cut windows out as bags, padded right with empty strings.

        Parameters
        ----------
        sources, starts : int ndarray of shape (n,)
            Row of the sequence (ascending) and start in it.
        window : int
            Window length in residues.

        Returns
        -------
        bag : ndarray of str of shape (n_samples, n_windows)
        """
        counts = np.bincount(sources, minlength=len(self.offsets) - 1)
        shape = len(counts), int(counts.max())
        require_memory(
            4.0 * shape[0] * shape[1] * window,
            f"the text of {shape[0]} x {shape[1]} windows of {window} symbols",
            f"{_FEWER_WINDOWS}; every sequence is padded to the windows of the longest",
        )
        bag = np.zeros(shape, f"U{window}")
        # place of the window within its bag
        rank = np.arange(len(sources)) - np.repeat(np.cumsum(counts) - counts, counts)
        self._fill(bag.reshape(-1), sources * bag.shape[1] + rank, sources, starts, window)
        return marked_bag(bag)

    def _fill(self, target, where, sources, starts, window):
        # (n_residues - window + 1, window), without a copy; those that span two sequences are never asked for
        runs = np.lib.stride_tricks.sliding_window_view(self.points, window)
        # text of a fixed width is a table of code points: (n, window)
        target = target.view(np.uint32).reshape(-1, window)
        begins = self.offsets[sources] + starts
        for begin in range(0, len(where), _PIECE):
            part = slice(begin, begin + _PIECE)
            target[where[part]] = runs[begins[part]]
