"""What figures of numbers share: the values of each target, a panel for each, clouds of points."""

import math

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting._checks import check_same_length
from seqaug_sklearn.plotting._style import axes_for, points
from seqaug_sklearn.reporting import BLUE
from seqaug_sklearn.utils import invalid_data

__all__ = ["axis_name", "cloud", "panel_title", "panels_for", "read_values", "values_of_comparison"]

_MANY = 600
"""More points than this cover each other; their density is drawn."""
_LONGEST = 24
"""Letters of a name that has room beside an axis."""
_ROW = 3
"""Most panels side by side."""


def read_values(y_true, y_pred, names=None):
    """Numbers and predictions of each target.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_rows,) or (n_rows, n_targets)
        Missing values of `y_true` are left out.
    names : sequence of str, default=None
        Names of the targets; those of the columns by default.

    Returns
    -------
    dict of str to (ndarray, ndarray)
        True and predicted values of the rows that are known; the key of one target without a name is "".

    Raises
    ------
    ValueError
        If shapes differ, a prediction is not finite, or fewer than two rows of a target are known.
    """
    if names is None:
        named = getattr(y_true, "columns", None)
        names = [getattr(y_true, "name", None) or ""] if named is None else [str(name) for name in named]
    true, predicted = _columns(y_true, "y_true"), _columns(y_pred, "y_pred")
    check_same_length(y_true=true, y_pred=predicted)
    if true.shape != predicted.shape:
        raise invalid_data(
            "y_pred", f"should have one column for each of {true.shape[1]} targets, got {predicted.shape[1]}"
        )
    if len(names) != true.shape[1]:
        names = [f"target {i}" for i in range(1, true.shape[1] + 1)]
    if not np.isfinite(predicted).all():
        row = np.flatnonzero(~np.isfinite(predicted).all(axis=1))[0]
        raise invalid_data("y_pred", f"holds NaN or infinity in row {row}; each prediction must be finite")
    known = ~np.isnan(true)
    few = [name for name, n in zip(names, known.sum(axis=0), strict=True) if n < 2]
    if few:
        of = f" of {few[0]!r}" if few[0] else ""
        raise invalid_data("y_true", f"has fewer than two known values{of}; there is nothing to draw")
    return {name: (true[known[:, i], i], predicted[known[:, i], i]) for i, name in enumerate(names)}


def _columns(values, name):
    values = np.asarray(values, float)
    if values.ndim not in (1, 2):
        raise invalid_data(name, f"should have the shape (n_rows,) or (n_rows, n_targets), got {values.shape}")
    return values.reshape(len(values), -1)


def values_of_comparison(comparison, estimator, targets=None):
    """Rows of the first repeat of a comparison: a table with ``row, fold, y_true, y_pred`` of each target, by name.

    Raises
    ------
    DataFormatError
        If no numbers were predicted, or there is no such target.
    """
    if comparison.task != "number":
        raise DataFormatError(f"predicted numbers are to be drawn, but the comparison predicts {comparison.task}")
    table = comparison.predictions(estimator)
    table = table[table["repeat"] == 0]  # repeats test the same rows again
    names = comparison.target_names if targets is None else targets
    unknown = [name for name in names if name not in comparison.target_names]
    if unknown:
        raise DataFormatError(f"no target {unknown[0]!r}; there are {', '.join(comparison.target_names)}")
    if "target" not in table:
        return {comparison.target_names[0]: table}
    return {name: table[table["target"] == name] for name in names}


def axis_name(what, name):
    """What is on an axis, and of which target: "measured expression"; a long name stands in the title only."""
    # "y" is what a target without a name is called
    return f"{what} {name}" if name not in ("", "y") and len(name) <= _LONGEST else what


def panels_for(ax, n_panels, *, size):
    """Axes of so many panels, in rows of three at most, and their figure."""
    n_rows = math.ceil(n_panels / _ROW)
    n_columns = math.ceil(n_panels / n_rows)
    if ax is not None and n_rows * n_columns > n_panels and np.size(ax) == n_panels:
        n_rows, n_columns = 1, n_panels
    axes, figure = axes_for(ax, n_rows=n_rows, n_columns=n_columns, figsize=(size[0] * n_columns, size[1] * n_rows))
    for empty in axes[n_panels:]:
        empty.set_axis_off()
    return axes[:n_panels], figure


def panel_title(ax, text):
    """Title of a panel, smaller where the panel is narrow."""
    longest = max(map(len, text.split("\n")))
    ax.set_title(text, fontsize=float(np.clip(points(ax)[0] / (0.55 * longest), 6, 10)), loc="left")


def cloud(ax, x, y, *, extent=None):
    """Draw points, or their density where there are many; returns the collection."""
    if len(x) <= _MANY:
        return ax.scatter(x, y, s=14, color=BLUE, alpha=0.45, linewidths=0)
    from matplotlib.colors import LinearSegmentedColormap

    # the palest cell still stands out from the page, and the darkest is the colour of results
    shades = LinearSegmentedColormap.from_list("density", ["#cfe3f1", BLUE, "#00263d"])
    return ax.hexbin(x, y, gridsize=40, bins="log", cmap=shades, mincnt=1, linewidths=0.2, extent=extent)
