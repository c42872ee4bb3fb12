"""The axes a display draws on: new ones, those given, or one given axes divided into panels."""

import numpy as np

__all__ = ["axes_for", "root_figure"]


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
