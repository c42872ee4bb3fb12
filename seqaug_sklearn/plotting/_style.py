"""Colours, line styles, labels and legends shared by all displays."""

import itertools
from typing import Any

import numpy as np

from seqaug_sklearn.reporting import GREY, PALETTE

__all__ = [
    "CHANCE",
    "GREY",
    "PALETTE",
    "axes_for",
    "category_ticks",
    "fill_style",
    "line_style",
    "place_legend",
    "points",
    "root_figure",
    "short_labels",
    "shorten",
]


def axes_for(ax, *, n_rows=1, n_columns=1, figsize=None, height_ratios=None, width_ratios=None):
    """Return the axes of a display's panels and their figure.

    Parameters
    ----------
    ax : matplotlib Axes, array-like of Axes, or None
        None makes a figure with constrained layout. One Axes for several panels is divided (and itself hidden).
    n_rows, n_columns : int, default=1
        Grid of panels.
    figsize : tuple of float, default=None
        Size of a new figure in inches.
    height_ratios, width_ratios : sequence of float, default=None
        Relative sizes of the rows and columns.

    Returns
    -------
    axes : ndarray of Axes of shape (n_rows * n_columns,)
    figure : matplotlib Figure or SubFigure

    Raises
    ------
    ValueError
        If the number of Axes given is neither one nor the number of panels.
    """
    import matplotlib.pyplot as plt

    ratios = {"height_ratios": height_ratios, "width_ratios": width_ratios}
    if ax is None:
        figure, axes = plt.subplots(n_rows, n_columns, figsize=figsize, squeeze=False, layout="constrained", **ratios)
        return axes.ravel(), figure
    given = np.asarray(ax, dtype=object).ravel()
    n_panels = n_rows * n_columns
    if given.size not in (1, n_panels):
        raise ValueError(f"ax holds {given.size} axes, but {n_panels} panels are drawn; pass one axes or {n_panels}")
    if not all(hasattr(one, "get_subplotspec") for one in given):
        raise TypeError(f"ax must be a matplotlib Axes or an array of them, got {type(given[0]).__name__}")
    figure = given[0].figure
    if given.size < n_panels:
        grid = _grid_inside(given[0], n_rows, n_columns, ratios)
        given = np.array([figure.add_subplot(cell) for cell in grid], dtype=object)
    return given, figure


def root_figure(artist):
    """Figure at the top of an artist's subfigures, as ``get_figure(root=True)`` gives it from matplotlib 3.10 on."""
    return artist.figure.figure


def _grid_inside(ax, n_rows, n_columns, ratios):
    ax.set_axis_off()
    # a layout engine finds the gaps between panels itself, and set ones would stop it
    engine = root_figure(ax).get_layout_engine()
    gaps = {"wspace": 0.35, "hspace": 0.5} if engine is None else {}
    cell = ax.get_subplotspec()
    if cell is not None:
        return cell.subgridspec(n_rows, n_columns, **ratios, **gaps)
    box = ax.get_position()
    edges = {"left": box.x0, "right": box.x1, "bottom": box.y0, "top": box.y1}
    return ax.figure.add_gridspec(n_rows, n_columns, **edges, **ratios, **gaps)


CHANCE: dict[str, Any] = {"color": GREY, "linestyle": (0, (4, 2)), "linewidth": 1.2}

_N_LINE_COLORS = 7  # yellow is too pale for lines
_DASHES = ("-", "--", ":", "-.")
_HATCHES = ("", "///", "...", "xxx")


def line_style(i):
    """Colour and dash of the i-th curve; the first 28 differ."""
    return {"color": PALETTE[i % _N_LINE_COLORS], "linestyle": _DASHES[i // _N_LINE_COLORS % len(_DASHES)]}


def fill_style(i):
    """Colour and hatch of the i-th kind of bar; the first 32 differ."""
    color, hatch = PALETTE[i % len(PALETTE)], _HATCHES[i // len(PALETTE) % len(_HATCHES)]
    return {"facecolor": color, "hatch": hatch, "edgecolor": "black", "linewidth": 0.6}


def shorten(text, width=32):
    """Text of at most ``width`` characters, its middle replaced by an ellipsis where it is longer.

    Both ends are kept, because gene names differ at either.

    Examples
    --------
    >>> shorten("psbA"), shorten("NADH-dehydrogenase-subunit-5", 11)
    ('psbA', 'NADH-…nit-5')
    """
    text = str(text)
    if len(text) <= width:
        return text
    head = width // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def short_labels(labels, width=32):
    """Labels of at most ``width`` characters, distinct where they were.

    Where shortening makes some equal, their beginning and the place where they start to differ are kept, and if that is
    not enough they are numbered.

    Examples
    --------
    >>> short_labels(["petA", "ribosomal protein S12 large", "ribosomal protein S14 large"], 12)
    ['petA', 'ribo…2 larg…', 'ribo…4 larg…']
    """
    labels = [str(label) for label in labels]
    short = {label: shorten(label, width) for label in labels}
    for tell_apart in (_from_difference_on, _numbered):
        alike: dict[str, list[str]] = {}
        for label, text in short.items():
            alike.setdefault(text, []).append(label)
        short |= tell_apart([group for group in alike.values() if len(group) > 1], width)
    return [short[label] for label in labels]


def _from_difference_on(groups, width):
    head = width // 3
    short: dict[str, str] = {}
    for group in groups:
        differ = next(i for i, letters in enumerate(itertools.zip_longest(*group)) if len(set(letters)) > 1)
        short |= {label: f"{label[:head]}…{label[differ : differ + width - head - 2]}…" for label in group}
    return short


def _numbered(groups, width):
    labels = [label for group in groups for label in group]
    return {label: f"{shorten(label, width - 6)} [{i}]" for i, label in enumerate(labels, start=1)}


def points(ax):
    """Width and height of an axes in points."""
    box = ax.get_window_extent()
    return box.width * 72 / ax.figure.dpi, box.height * 72 / ax.figure.dpi


def category_ticks(ax, labels, *, width=24):
    """Label the x axis at 0, 1, 2 ...; labels that would run into each other are slanted."""
    labels = short_labels(labels, width)
    size = 10
    # a legend beside the axes takes its room when the figure is laid out
    room = 0.7 * points(ax)[0] / max(len(labels), 1)
    slanted = max(map(len, labels)) * size * 0.62 > room
    slant = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    ax.set_xticks(range(len(labels)), labels, fontsize=size, **slant)


def place_legend(ax, *, title=None, handles=None, n_columns=1):
    """Put the legend beside the axes where a layout engine makes room for it, else inside."""
    keywords = {"title": title, "handles": handles, "ncols": n_columns, "fontsize": 9, "title_fontsize": 9}
    if root_figure(ax).get_layout_engine() is None:
        return ax.legend(loc="best", framealpha=0.85, **keywords)
    return ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, frameon=False, **keywords)
