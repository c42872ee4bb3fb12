"""Panels, colours and legends that the genotype displays share."""

import numpy as np

from seqaug_sklearn.plotting._style import axes_for, place_legend, short_labels
from seqaug_sklearn.reporting import BLACK, BLUE, GREEN, ORANGE, PINK, SKY, VERMILLION

__all__ = ["panels_for", "population_legend", "scatter_populations"]

_COLORS = (BLUE, ORANGE, GREEN, PINK, BLACK, SKY, VERMILLION)
"""Okabe and Ito's colours in an order of their own: five small clouds of points must not look alike."""

_MARKERS = "osD^vPX"
_POINTS = {"linewidths": 0, "rasterized": True}


def panels_for(ax, n_panels, *, size, n_columns=3):
    """Return the axes of equal panels and their figure.

    Parameters
    ----------
    ax : matplotlib Axes, array-like of Axes, or None
        As in ``axes_for``; given axes are filled in one row.
    n_panels : int
        Panels.
    size : tuple of float
        Width and height of a panel of a new figure in inches, without the legend.
    n_columns : int, default=3
        Panels side by side in a new figure; four are two by two.

    Returns
    -------
    axes : ndarray of Axes of shape (n_panels,)
    figure : matplotlib Figure or SubFigure
    beside : Axes
        The last panel of the first row, where a legend belongs.
    """
    if ax is not None:
        axes, figure = axes_for(ax, n_columns=n_panels)
        return axes, figure, axes[-1]
    n_columns = 2 if n_panels == 4 else min(n_panels, n_columns)
    n_rows = -(-n_panels // n_columns)
    figsize = (size[0] * n_columns + 1.3, size[1] * n_rows)
    axes, figure = axes_for(None, n_rows=n_rows, n_columns=n_columns, figsize=figsize)
    for spare in axes[n_panels:]:
        spare.remove()
    return axes[:n_panels], figure, axes[n_columns - 1]


def scatter_populations(ax, places, codes, *, size=9, alpha=0.7):
    """Draw points coloured by population, shuffled so that no population lies on top.

    Parameters
    ----------
    ax : matplotlib Axes
        Where.
    places : ndarray of shape (n, 2)
        Points.
    codes : ndarray of int of shape (n,)
        Number of each point's population; the first 49 differ in colour or marker.
    size, alpha : float
        Area of a point in square points, and opacity.
    """
    order = np.random.default_rng(0).permutation(len(places))
    places, codes = places[order], np.asarray(codes)[order]
    colors = np.array(_COLORS)[codes % 7]
    for number, marker in enumerate(_MARKERS):
        rows = codes // 7 % 7 == number
        if rows.any():
            ax.scatter(*places[rows].T, c=colors[rows].tolist(), marker=marker, s=size, alpha=alpha, **_POINTS)


def population_legend(ax, populations):
    """Put a legend of the populations beside the axes."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], linestyle="", markersize=6, color=_COLORS[i % 7], marker=_MARKERS[i // 7 % 7], label=label)
        for i, label in enumerate(short_labels(populations, 20))
    ]
    return place_legend(ax, title="population", handles=handles, n_columns=1 + (len(handles) - 1) // 18)
