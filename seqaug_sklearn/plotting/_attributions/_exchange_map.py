"""Heat maps of exchanged residues: symbols by positions, in as many rows as a long sequence needs."""

import numpy as np

from seqaug_sklearn.plotting._attributions._sequence_axis import POSITIONS, check_count, tick_distance
from seqaug_sklearn.plotting._style import axes_for
from seqaug_sklearn.reporting import BAND

__all__ = ["ExchangeMap", "name_places"]


class ExchangeMap:
    """What each exchange of a residue does, as a heat map; subclasses say what is drawn and describe parameters."""

    _quantity = "change of output"
    _marked = "dot: the residue that is there"

    def __init__(self, changes, codes, symbols, *, start=0, per_row=100, title=None, coordinates=None, axis=None):
        self.changes = changes
        self.codes = codes
        self.symbols = symbols
        self.start = start
        self.per_row = per_row
        self.title = title
        self.coordinates = coordinates
        self.axis = axis

    def plot(self, ax=None):
        """Draw the heat map.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw, one axes for each row of the figure or one for all; None makes a figure.

        Returns
        -------
        self : MutagenesisDisplay
        """
        changes = np.asarray(self.changes, dtype=float)
        if changes.shape != (len(self.codes), len(self.symbols)):
            raise ValueError(
                f"changes must have shape {(len(self.codes), len(self.symbols))} to fit codes and symbols, got "
                f"{changes.shape}"
            )
        check_count(self.per_row, "per_row")
        n_rows = -(-len(changes) // self.per_row)
        height = 0.9 + n_rows * (0.55 + 0.2 * len(self.symbols))
        self.axes_, self.figure_ = axes_for(ax, n_rows=n_rows, figsize=(12, height))
        self.ax_ = self.axes_[0]
        known = np.abs(changes[np.isfinite(changes)])
        limit = known.max(initial=0) or 1.0
        self.im_ = [self._draw_row(axes, number, changes, limit) for number, axes in enumerate(self.axes_)]
        bar = self.figure_.colorbar(self.im_[0], ax=list(self.axes_), pad=0.01, aspect=12 * n_rows, fraction=0.05)
        bar.set_label(self._quantity)
        if self.title:
            self.ax_.set_title(self.title, fontsize=11)
        self.axes_[-1].set_xlabel(f"{self.axis or POSITIONS}; {self._marked}")
        return self

    def _draw_row(self, axes, number, changes, limit):
        from matplotlib import colormaps

        part = slice(number * self.per_row, (number + 1) * self.per_row)
        first, codes = self.start + part.start, np.asarray(self.codes)[part]
        extent = (first - 0.5, first + len(codes) - 0.5, len(self.symbols) - 0.5, -0.5)
        # purple and orange are told apart by every kind of colour vision
        how = {"cmap": colormaps["PuOr"].with_extremes(bad=BAND), "interpolation": "nearest"}
        image = axes.imshow(changes[part].T, vmin=-limit, vmax=limit, aspect="auto", extent=extent, **how)
        self._mark(axes, first, codes)
        axes.set_yticks(range(len(self.symbols)), list(self.symbols), fontsize=8, family="monospace")
        room = min(self.per_row, len(changes))
        if self.coordinates is not None:
            name_places(axes, self.coordinates[part], first, tick_distance(room))
        axes.set_xlim(first - 0.5, first + room - 0.5)
        axes.spines[["top", "right"]].set_visible(False)
        return image

    def _mark(self, axes, first, codes):
        known = np.flatnonzero(codes < len(self.symbols))
        axes.plot(first + known, codes[known], ".", color="black", markersize=2.5)


def name_places(axes, coordinates, first, every):
    """Ticks at round coordinates; the first stands at ``first`` on the axis."""
    shown = np.flatnonzero(np.asarray(coordinates) % every == 0)
    axes.set_xticks(first + shown, [f"{coordinates[i]:,}" for i in shown])
