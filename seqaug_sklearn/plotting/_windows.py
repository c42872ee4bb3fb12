"""Windows laid over their sequence (Figure 1)."""

import numbers
from collections.abc import Mapping

import numpy as np

from seqaug_sklearn.plotting._style import GREY, PALETTE, axes_for, shorten
from seqaug_sklearn.utils import Parameter, counted, invalid_parameter

__all__ = ["WindowCoverageDisplay"]


class WindowCoverageDisplay:
    """Windows laid over the sequence they were cut from, and how many of them cover each residue.

    Windows are packed into the fewest rows in which none overlap, so neighbours that share residues lie in different
    rows. It draws what Figure 1 of the window augmentation paper sketches. Make it with :meth:`from_window_set` or
    :meth:`from_starts`.

    Parameters
    ----------
    windows : pandas.DataFrame
        One row per window: ``start`` (residue, 0-based), ``row`` (int, where it is drawn, 0 at the top) and ``group``
        (label of its family of windows, such as an overlap; the empty string where there is one family only).
    depth : int ndarray of shape (length,)
        Number of distinct window starts that cover each residue.
    window : int
        Window length in residues.

    Attributes
    ----------
    ax_ : ndarray of matplotlib Axes of shape (2,)
        Windows above, depth below.
    figure_ : matplotlib Figure
        Figure of the axes.
    bars_ : list of matplotlib PolyCollection
        One per row of windows.
    depth_line_ : matplotlib StepPatch
        The depth.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, Figure 1.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import WindowCoverageDisplay
    >>> display = WindowCoverageDisplay.from_starts([0, 2, 4], window=4, length=8)
    >>> display.depth.tolist()
    [1, 1, 2, 2, 2, 2, 1, 1]
    >>> display.windows["row"].tolist()
    [0, 1, 0]
    >>> plt.close(display.figure_)
    """

    def __init__(self, windows, depth, *, window):
        self.windows = windows
        self.depth = depth
        self.window = window

    @classmethod
    def from_starts(cls, starts, window, length, *, ax=None):
        """Lay out windows given by their starts, and plot them.

        Parameters
        ----------
        starts : array-like of int of shape (n_windows,), or dict of str to such arrays
            Window starts, 0-based. A dict draws one labelled family of rows per entry, for example per overlap.
        window : int
            Window length in residues.
        length : int
            Sequence length in residues.
        ax : matplotlib Axes or array of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        WindowCoverageDisplay

        Raises
        ------
        ValueError
            If there is no window, or one reaches beyond the sequence.
        """
        import pandas as pd

        families = starts if isinstance(starts, Mapping) else {"": starts}
        families = {str(label): _check_starts(family, window, length) for label, family in families.items()}
        if not families or any(len(family) == 0 for family in families.values()):
            raise ValueError("starts holds no windows (or a family without any); at least one start is needed")
        frames, first_row = [], 0
        for label, family in families.items():
            rows = first_row + pack_rows(family, window)
            frames.append(pd.DataFrame({"group": label, "start": family, "row": rows}))
            first_row = rows.max() + 1
        depth = _depth(np.unique(np.concatenate(list(families.values()))), window, length)
        return cls(pd.concat(frames, ignore_index=True), depth, window=window).plot(ax)

    @classmethod
    def from_window_set(cls, window_set, source=0, *, length=None, ax=None):
        """Lay out the windows of one sequence of a window set, and plot them.

        Parameters
        ----------
        window_set : WindowSet
            What ``WindowAugmenter.explode`` gives; its ``windows``, ``starts`` and ``sources`` are read.
        source : int, default=0
            Row of the parent sequence.
        length : int, default=None
            Length of that sequence in residues; None takes the end of its last window.
        ax : matplotlib Axes or array of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        WindowCoverageDisplay

        Raises
        ------
        ValueError
            If the source has no window, or its windows differ in length.
        """
        mine = np.flatnonzero(np.asarray(window_set.sources) == source)
        if len(mine) == 0:
            known = np.unique(window_set.sources)
            span = f"{known[0]} to {known[-1]}" if len(known) else "none"
            raise invalid_parameter(Parameter("source", source), f"has no windows in the set; sources are {span}")
        sizes = {len(window_set.windows[i]) for i in mine}
        if len(sizes) > 1:
            raise ValueError(f"windows of source {source!r} must have one length, got lengths {sorted(sizes)}")
        window, starts = sizes.pop(), np.asarray(window_set.starts)[mine]
        return cls.from_starts(starts, window, int(starts.max()) + window if length is None else length, ax=ax)

    def plot(self, ax=None):
        """Draw the windows and the depth.

        Parameters
        ----------
        ax : matplotlib Axes or array of two Axes, default=None
            Where to draw; a single Axes is divided in two; None makes a figure.

        Returns
        -------
        self : WindowCoverageDisplay
        """
        n_rows = int(self.windows["row"].max()) + 1
        height = float(np.clip(2.4 + 0.12 * n_rows, 3.5, 9))
        axes, self.figure_ = axes_for(ax, n_rows=2, figsize=(8, height), height_ratios=(3, 1))
        self.ax_ = axes
        self._plot_windows(axes[0], n_rows)
        self._plot_depth(axes[1])
        for one in axes:
            one.set_xlim(0, len(self.depth))
            one.spines[["top", "right"]].set_visible(False)
        return self

    def _plot_windows(self, ax, n_rows):
        groups = list(dict.fromkeys(self.windows["group"]))
        color = {group: PALETTE[i % len(PALETTE)] for i, group in enumerate(groups)}
        edge = {"edgecolor": "white", "linewidth": 0.6 if n_rows <= 60 else 0.0}
        self.bars_ = []
        for row, inside in self.windows.groupby("row"):
            spans = [(start, self.window) for start in sorted(inside["start"])]
            fill = color[inside["group"].iloc[0]]
            self.bars_.append(ax.broken_barh(spans, (row - 0.4, 0.8), facecolor=fill, **edge))
        ax.set_ylim(n_rows - 0.4, -0.6)
        if groups == [""]:
            ax.set_yticks([])
            ax.set_ylabel(f"windows in {counted(n_rows, 'row')}")
        else:
            middles = self.windows.groupby("group", sort=False)["row"].agg(lambda rows: (rows.min() + rows.max()) / 2)
            ax.set_yticks(middles.to_numpy(), [shorten(group, 24) for group in middles.index], fontsize=9)
            ax.tick_params(axis="y", length=0)
        ax.tick_params(labelbottom=False)
        n_windows = len(np.unique(self.windows["start"]))
        ax.set_title(f"{n_windows:,} windows of {self.window} residues over a sequence of {len(self.depth):,}")

    def _plot_depth(self, ax):
        edges = np.arange(len(self.depth) + 1)
        self.depth_line_ = ax.stairs(self.depth, edges, fill=True, facecolor="#C9C9C9", edgecolor=GREY)
        ax.set_ylim(0, max(1, self.depth.max()) * 1.08)
        ax.yaxis.get_major_locator().set_params(integer=True, nbins=4)
        ax.set_ylabel("depth")
        ax.set_xlabel(f"position (residues, 0-based); depth {self.depth.min()} to {self.depth.max()}")


def pack_rows(starts, window):
    """Row of each window so that no two of a row overlap; first fit from the left, the fewest rows possible.

    Parameters
    ----------
    starts : int ndarray of shape (n_windows,)
        Window starts in residues, any order.
    window : int
        Window length in residues.

    Returns
    -------
    rows : int ndarray of shape (n_windows,)
    """
    rows = np.zeros(len(starts), int)
    ends: list[int] = []
    for i in np.argsort(starts, kind="stable"):
        row = next((row for row, end in enumerate(ends) if end <= starts[i]), len(ends))
        ends[row : row + 1] = [starts[i] + window]
        rows[i] = row
    return rows


def _depth(starts, window, length):
    steps = np.zeros(length + 1, int)
    np.add.at(steps, starts, 1)
    np.add.at(steps, starts + window, -1)
    return np.cumsum(steps)[:length]


def _check_starts(starts, window, length):
    if not isinstance(window, numbers.Integral) or window < 1:
        raise invalid_parameter("window", f"must be a whole number of residues, at least 1, got {window!r}")
    starts = np.asarray(starts)
    if starts.ndim != 1 or (starts.size and starts.dtype.kind not in "iu"):
        raise invalid_parameter("starts", f"must be 1-D whole numbers, got shape {starts.shape} of {starts.dtype}")
    outside = starts[(starts < 0) | (starts + window > length)]
    if len(outside):
        raise ValueError(
            f"the window of {window} residues at start {outside[0]} does not lie within the sequence of {length}; "
            "starts are 0-based, and length counts residues"
        )
    return starts.astype(int)
