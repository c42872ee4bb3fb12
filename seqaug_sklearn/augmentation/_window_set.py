"""Windows as samples, with their lineage."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqaug_sklearn.reporting import Shown
from seqaug_sklearn.utils import counted, mark_made_windows

__all__ = ["WindowSet"]


@dataclass(frozen=True, eq=False, repr=False)
class WindowSet(Shown):
    """Windows as flat rows, each with its parent, made by :meth:`WindowAugmenter.explode`.

    Windows of one parent are near-copies: never split them at random. Pass ``groups`` to a group splitter, or
    ``positions`` to ``WindowBlockKFold``.

    Attributes
    ----------
    windows : ndarray of str of shape (n_windows,)
        Text of the windows, upper case; parents in their order, windows by start.
    sources : int ndarray of shape (n_windows,)
        Row of the parent sequence.
    starts : int ndarray of shape (n_windows,)
        Start in the parent, 0-based, in residues.
    groups : ndarray of shape (n_windows,)
        The parent's group; ``sources`` where no groups were given.
    y : ndarray of shape (n_windows,) or None
        The parent's label.
    sample_weight : float ndarray of shape (n_windows,) or None
        The parent's weight, undivided.
    identifiers : ndarray of shape (n_windows,) or None
        The parent's identifier: the index of the Series or frame, None for other input.
    left_out : int ndarray of shape (n_left_out,)
        Rows of sequences that are shorter than a window and were left out (``on_short="skip"``).

    Examples
    --------
    >>> from seqaug_sklearn.augmentation import WindowAugmenter
    >>> windows = WindowAugmenter(window=4, overlap=(1, 2), min_shared=2).explode(["ACGTAC", "GGATT"], y=["a", "b"])
    >>> len(windows)
    5
    >>> windows.y.tolist()
    ['a', 'a', 'a', 'b', 'b']
    >>> windows.positions.tolist()
    [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]]
    """

    windows: Any
    sources: Any
    starts: Any
    groups: Any
    y: Any = None
    sample_weight: Any = None
    identifiers: Any = None
    left_out: Any = ()

    def __len__(self):
        return len(self.windows)

    @property
    def positions(self):
        """Int ndarray (n_windows, 2): parent row and start, what ``WindowBlockKFold`` takes as groups."""
        return np.column_stack([self.sources, self.starts])

    def _sentences(self):
        n_parents, n_groups = len(np.unique(self.sources)), len(np.unique(self.groups))
        sentences = [f"{len(self):,} windows of {n_parents:,} sequences in {n_groups:,} groups."]
        if len(self.left_out):
            sentences.append(f"Left out, since shorter than a window: {counted(len(self.left_out), 'sequence')}.")
        return sentences

    def to_frame(self):
        """Return a table with one row per window.

        Returns
        -------
        pandas.DataFrame
            Columns ``window, y`` (``y0, y1, ...`` of several targets), ``group, sample_weight, identifier, source,
            start``; y, sample_weight and identifier only where they were given. ``attrs`` notes where each row lies:
            ``fit`` of this package warns of windows that were split at random.
        """
        import pandas as pd

        several = self.y is not None and np.ndim(self.y) == 2
        targets = {f"y{i}": column for i, column in enumerate(np.asarray(self.y).T)} if several else {"y": self.y}
        columns = {
            "window": self.windows,
            **targets,
            "group": self.groups,
            "sample_weight": self.sample_weight,
            "identifier": self.identifiers,
            "source": self.sources,
            "start": self.starts,
        }
        frame = pd.DataFrame({name: values for name, values in columns.items() if values is not None})
        mark_made_windows(frame, self.sources, self.starts, len(self.windows[0]) if len(self) else 0)
        return frame
