"""Figures of a comparison of models: scores, differences, curves and confusions, for pages and not for pyplot."""

import numpy as np

from seqaug_sklearn.plotting._style import line_style
from seqaug_sklearn.reporting import BAND, BLUE, SLATE, VERMILLION

__all__ = ["confusion_figure", "curve_figure", "difference_figure", "score_figure", "two_splits_figure"]

_MANY_CURVES = 4
"""More names than this would cover the curves; they stand below them."""
_MANY_CLASSES = 15
"""More classes leave no room for counts in the cells."""


def score_figure(folds, summary, name, *, chance, standouts=()):
    """Draw a row per model: its mean over folds with interval, and each fold.

    Parameters
    ----------
    folds : dict of str to array-like of shape (n_folds,)
        Scores of each model.
    summary : DataFrame
        One row per model, from top to bottom; columns "mean", "low" and "high".
    name : str
        Name of the score.
    chance : dict of str to (float, str)
        Vertical lines by label: where, and in which line style.
    standouts : collection of str, default=()
        Models in another colour.

    Returns
    -------
    matplotlib Figure
    """
    figure, ax = _rows(len(summary))
    for label, (value, line) in chance.items():
        ax.axvline(value, color=SLATE, linestyle=line, linewidth=1, label=label)
    for i, (model, row) in enumerate(summary.iterrows()):
        color = VERMILLION if model in standouts else BLUE
        # beside the mean, so that the interval hides no fold
        ax.plot(folds[model], np.full(len(folds[model]), i + 0.18), ".", color=color, alpha=0.35, markersize=4)
        _dot(ax, row["mean"], row[["low", "high"]], i, color)
    _finish(ax, list(summary.index), name)
    if chance:
        figure.legend(loc="outside lower right", frameon=False, fontsize=9, ncols=2)
    return figure


def difference_figure(pairs, name):
    """Draw a row per pair: the difference with its interval, on what the data could not show.

    Parameters
    ----------
    pairs : DataFrame
        One row per model that has a reference; columns "reference", "difference", "low", "high" and "detectable".
    name : str
        Name of the score.

    Returns
    -------
    matplotlib Figure
    """
    labels = [f"{model}\n− {row['reference']}" for model, row in pairs.iterrows()]
    figure, ax = _rows(len(labels) * 1.4)
    ax.axvline(0, color=SLATE, linewidth=1)
    for i, (_, row) in enumerate(pairs.iterrows()):
        if np.isfinite(row["detectable"]):
            ax.barh(i, 2 * row["detectable"], left=-row["detectable"], height=0.6, color=BAND, zorder=0)
        _dot(ax, row["difference"], row[["low", "high"]], i, BLUE)
    # the results decide the axis: where the grey bar fills the row, the data could show next to nothing
    reach = 1.15 * np.nanmax([*pairs[["difference", "low", "high"]].abs().to_numpy().ravel(), 0.02])
    ax.set_xlim(-reach, reach)
    _finish(ax, labels, f"difference in {name} (grey: too small for this data to show)")
    return figure


def two_splits_figure(scores, name, *, labels=("as split", "relatives together"), chance=None):
    """Draw a row per model: its score under a leaking split, and where relatives are together.

    Parameters
    ----------
    scores : DataFrame
        One row per model, from top to bottom; a column for each of the two `labels`.
    name : str
        Name of the score.
    labels : pair of str, default=("as split", "relatives together")
        Names of the two; the first one is not to be believed.
    chance : float, default=None
        Where guessing scores; a line is drawn there.

    Returns
    -------
    matplotlib Figure
    """
    figure, ax = _rows(len(scores))
    rows = np.arange(len(scores))
    if chance is not None:
        ax.axvline(chance, color=SLATE, linestyle="--", linewidth=1, label="chance")
    ax.hlines(rows, *scores[list(labels)].to_numpy().T, color=SLATE, linewidth=1.2)
    # hollow: not to be believed
    hollow = {"color": VERMILLION, "markerfacecolor": "white", "markeredgewidth": 1.6}
    ax.plot(scores[labels[0]], rows, "o", markersize=7, label=labels[0], **hollow)
    ax.plot(scores[labels[1]], rows, "o", markersize=7, color=BLUE, label=labels[1])
    _finish(ax, list(scores.index), name)
    figure.legend(loc="outside lower right", frameon=False, fontsize=9, ncols=2 if chance is None else 3)
    return figure


def curve_figure(predictions, positive):
    """Draw ROC and precision-recall curves of two classes, side by side.

    Parameters
    ----------
    predictions : dict of str to (array-like of shape (n_rows,), array-like of shape (n_rows,))
        By model: true labels, and scores of the positive class.
    positive : object
        The positive class, for the labels of the axes.

    Returns
    -------
    matplotlib Figure
    """
    from matplotlib.figure import Figure
    from sklearn.metrics import PrecisionRecallDisplay, RocCurveDisplay

    below, height = {}, 4.2
    if len(predictions) > _MANY_CURVES:
        below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16)}
        height += 0.17 * len(predictions)  # a line of the legend
    figure = Figure(figsize=(8, height), layout="constrained")
    axes = figure.subplots(1, 2)
    for i, (model, (true, score)) in enumerate(predictions.items()):
        for display, ax in zip((RocCurveDisplay, PrecisionRecallDisplay), axes, strict=True):
            display.from_predictions(true, score, name=model, ax=ax)
            # the argument that styles the line is not the same in every release of scikit-learn
            ax.lines[-1].set(**line_style(i))
    axes[0].set(xlabel="false positive rate", ylabel=f"true positive rate ({positive})")
    axes[1].set(xlabel=f"recall ({positive})", ylabel=f"precision ({positive})")
    for ax in axes:
        ax.legend(fontsize=8, frameon=False, **below)
    return figure


def confusion_figure(counts):
    """Draw counts by true and predicted class, the cells with numbers where there is room.

    Parameters
    ----------
    counts : DataFrame
        Rows are true classes, columns predicted ones.

    Returns
    -------
    matplotlib Figure
    """
    from matplotlib.figure import Figure
    from sklearn.metrics import ConfusionMatrixDisplay

    n = len(counts)
    size = min(3.5 + 0.28 * n, 10)
    figure = Figure(figsize=(size + 0.8, size), layout="constrained")  # the colour bar stands in the rest
    display = ConfusionMatrixDisplay(counts.to_numpy(), display_labels=list(counts.index))
    turn = 90 if n > 4 else 0
    display.plot(ax=figure.subplots(), cmap="Blues", include_values=n <= _MANY_CLASSES, xticks_rotation=turn)
    return figure


def _rows(n_rows):
    # not of pyplot, which would keep it and show it in a notebook
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 1.2 + 0.42 * n_rows), layout="constrained")
    return figure, figure.subplots()


def _dot(ax, value, interval, y, color):
    low, high = interval
    if np.isfinite(low):
        ax.plot([low, high], [y, y], color=color, linewidth=2, solid_capstyle="butt")
    ax.plot(value, y, "o", color=color, markersize=7)


def _finish(ax, labels, xlabel):
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlabel(xlabel)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color=BAND, linewidth=0.8)
    ax.set_axisbelow(True)
