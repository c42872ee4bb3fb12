"""Confusion matrix of a page, as large as its classes need."""

__all__ = ["confusion_figure"]

_MANY_CLASSES = 15
"""More classes leave no room for counts in the cells."""


def confusion_figure(counts):
    """Draw counts by true and predicted class, the cells with numbers where there is room.

    Parameters
    ----------
    counts : DataFrame
        Rows are true classes, columns predicted ones.

    Returns
    -------
    matplotlib Figure
        Not of pyplot, which would keep it and show it in a notebook.
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
