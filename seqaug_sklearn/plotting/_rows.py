"""Figures with a row for each model or target."""

import numpy as np

from seqaug_sklearn.plotting._style import axes_for
from seqaug_sklearn.reporting import BAND

__all__ = ["draw_dot", "finish_rows", "place_row_legend", "rows_for"]


def rows_for(ax, n_rows):
    """Axes and figure for so many rows; a figure of its own where ``ax`` is None."""
    (ax,), figure = axes_for(ax, figsize=(6.4, 1.2 + 0.42 * n_rows))
    return ax, figure


def draw_dot(ax, value, interval, y, color):
    """Draw a value with its interval."""
    low, high = interval
    if np.isfinite(low):
        ax.plot([low, high], [y, y], color=color, linewidth=2, solid_capstyle="butt")
    (dot,) = ax.plot(value, y, "o", color=color, markersize=7)
    return dot


def finish_rows(ax, labels, xlabel):
    """Name the rows, from top to bottom, and the axis."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlabel(xlabel)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color=BAND, linewidth=0.8)
    ax.set_axisbelow(True)


def place_row_legend(ax, figure, *, own, n_columns):
    """Put the legend below the rows: outside the axes where the figure is the display's own."""
    if own:
        figure.legend(loc="outside lower right", frameon=False, fontsize=9, ncols=n_columns)
    else:
        ax.legend(frameon=False, fontsize=8)
