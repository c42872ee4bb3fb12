"""Confusion matrices of many classes (Figure 9)."""

import numpy as np

from seqaug_sklearn.plotting._checks import check_same_length
from seqaug_sklearn.plotting._style import axes_for, points, short_labels
from seqaug_sklearn.reporting import ORANGE, VERMILLION
from seqaug_sklearn.utils import check_class_labels

__all__ = ["LargeConfusionMatrixDisplay"]

# pale for a few rows to dark for all; no row at all stays white
_MOST_COUNTED = 20
"""Classes whose cells have room for their counts."""
_RAMP = ("#F7CF7A", ORANGE, VERMILLION, "#7B3B6E", "#00406B")


class LargeConfusionMatrixDisplay:
    """Confusion matrix of many classes: a heat map with few tick labels, and the strongest confusions in words.

    Cells are shares of their row (of the true class) and white where empty, so that single errors stand out among a
    hundred classes. Of at most 20 classes each cell holds its count. Draws Figure 9 of the window augmentation paper.
    Make it with :meth:`from_predictions`.

    Parameters
    ----------
    confusion_matrix : int ndarray of shape (n_classes, n_classes)
        Counts; rows are true classes, columns predicted ones.
    display_labels : array-like of shape (n_classes,), default=None
        Class labels; None numbers them.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The heat map; the list of confusions stands right of it.
    figure_ : matplotlib Figure
        Figure of the axes.
    im_ : matplotlib AxesImage
        The heat map.
    text_ : list of matplotlib Text
        Heading and body of the list.
    counts_ : list of matplotlib Text
        Counts in the cells, of at most 20 classes.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, Figure 9.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.plotting import LargeConfusionMatrixDisplay
    >>> display = LargeConfusionMatrixDisplay.from_predictions(list("aabbc"), list("abbbb"))
    >>> display.strongest_confusions().to_dict("list")
    {'true': ['c', 'a'], 'predicted': ['b', 'b'], 'count': [1, 1], 'share': [1.0, 0.5]}
    >>> plt.close(display.figure_)
    """

    def __init__(self, confusion_matrix, *, display_labels=None):
        self.confusion_matrix = confusion_matrix
        self.display_labels = display_labels

    @classmethod
    def from_predictions(cls, y_true, y_pred, *, labels=None, n_confusions=12, ax=None):
        """Count the confusions, and plot them.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_samples,)
            True and predicted labels.
        labels : array-like, default=None
            Classes in the order of rows and columns; None takes all that occur, sorted.
        n_confusions : int, default=12
            Longest list of confusions.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        LargeConfusionMatrixDisplay

        Raises
        ------
        ValueError
            If lengths differ, nothing is given, or a label is not among ``labels``.
        """
        from sklearn.metrics import confusion_matrix

        y_true = check_class_labels(y_true, name="y_true", subset=True)
        y_pred = check_class_labels(y_pred, name="y_pred", subset=True)
        check_same_length(y_true=y_true, y_pred=y_pred)
        seen = np.unique(np.concatenate([y_true, y_pred]))
        labels = seen if labels is None else np.asarray(labels)
        unknown = np.setdiff1d(seen, labels)
        if len(unknown):
            raise ValueError(
                f"y_true or y_pred holds {unknown.tolist()[0]!r}, which is not among the {len(labels)} labels"
            )
        counts = confusion_matrix(y_true, y_pred, labels=labels)
        return cls(counts, display_labels=labels).plot(ax, n_confusions=n_confusions)

    def strongest_confusions(self, n=12):
        """Return the confusions with the most rows, then the largest share of their true class.

        Parameters
        ----------
        n : int, default=12
            Most rows to return.

        Returns
        -------
        pandas.DataFrame
            Columns ``true``, ``predicted``, ``count`` and ``share`` (of the rows of the true class). Empty where
            nothing is confused.
        """
        import pandas as pd

        counts, labels = np.asarray(self.confusion_matrix), self._labels()
        true, predicted = np.nonzero(counts - np.diag(np.diag(counts)))
        count, share = counts[true, predicted], self._shares()[true, predicted]
        # ties in the order of the classes, so that the same matrix always gives the same list
        best = np.lexsort((predicted, true, -share, -count))[:n]
        columns = {"true": labels[true], "predicted": labels[predicted], "count": count, "share": share}
        return pd.DataFrame({name: values[best] for name, values in columns.items()})

    def plot(self, ax=None, *, n_confusions=12):
        """Draw the heat map and the list.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; leave room at its right for the list. None makes a figure.
        n_confusions : int, default=12
            Longest list of confusions.

        Returns
        -------
        self : LargeConfusionMatrixDisplay
        """
        counts = np.asarray(self.confusion_matrix)
        if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
            raise ValueError(f"confusion_matrix must be square, with at least one class, got shape {counts.shape}")
        if len(self._labels()) != len(counts):
            raise ValueError(f"display_labels has {len(self._labels())} labels for {len(counts)} classes")
        axes, self.figure_ = axes_for(ax, figsize=(10, 7.4))
        self.ax_ = axes[0]
        self._plot_matrix(self.ax_)
        self._write_confusions(self.ax_, n_confusions)
        return self

    def _labels(self):
        n_classes = len(self.confusion_matrix)
        return np.arange(n_classes) if self.display_labels is None else np.asarray(self.display_labels)

    def _shares(self):
        counts = np.asarray(self.confusion_matrix, dtype=float)
        return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    def _plot_matrix(self, ax):
        from matplotlib.colors import LinearSegmentedColormap

        counts = np.asarray(self.confusion_matrix)
        colors = LinearSegmentedColormap.from_list("confusions", _RAMP).with_extremes(bad="white")
        shares = np.ma.masked_equal(self._shares(), 0)
        # square cells would keep the layout from finding room for the list
        self.im_ = ax.imshow(shares, cmap=colors, vmin=0, vmax=1, interpolation="nearest", aspect="auto")
        self.counts_ = self._write_counts(ax, counts) if len(counts) <= _MOST_COUNTED else []
        self._label_classes(ax)
        right, total = int(np.trace(counts)), int(counts.sum())
        ax.set_title(
            f"Confusion matrix, {len(counts)} classes\n{right:,} of {total:,} right ({right / max(total, 1):.1%})"
        )
        bar = ax.figure.colorbar(self.im_, ax=ax, location="bottom", shrink=0.7, aspect=30, pad=0.02)
        bar.set_label("share of the true class (white: none)")

    def _write_counts(self, ax, counts):
        """Count of each cell that holds rows, light on dark cells."""
        shares, size = self._shares(), 11 if len(counts) <= 10 else 8
        cells = zip(*np.nonzero(counts), strict=True)
        colors = {(i, j): "white" if shares[i, j] > 0.6 else "black" for i, j in cells}
        style = {"ha": "center", "va": "center", "fontsize": size}
        return [ax.text(j, i, f"{counts[i, j]:,}", color=color, **style) for (i, j), color in colors.items()]

    def _label_classes(self, ax):
        """Label as many classes as have room."""
        labels = short_labels(self._labels(), 20)
        fitting = max(int(0.7 * min(points(ax)) / 11), 2)
        every = -(-len(labels) // fitting)
        ticks, shown = np.arange(0, len(labels), every), labels[::every]
        ax.set_xticks(ticks, shown, rotation=90 if max(map(len, shown)) > 3 else 0, fontsize=8)
        ax.set_yticks(ticks, shown, fontsize=8)
        some = "" if every == 1 else f" (one label in {every})"
        ax.set(xlabel=f"predicted class{some}", ylabel=f"true class{some}")

    def _write_confusions(self, ax, n_confusions):
        """List the strongest confusions right of the matrix, at a fixed distance, for which the layout makes room."""
        strongest = self.strongest_confusions(n_confusions)
        n_wrong = int(np.sum(self.confusion_matrix) - np.trace(self.confusion_matrix))
        lines = [f"{row['pair']}   {row['count']:,} ({row['share']:.0%})" for row in self._named(strongest)]
        heading = f"strongest confusions\n(true → predicted; {n_wrong:,} in all)" if n_wrong else "no confusions"
        place = {"xy": (1, 1), "xycoords": "axes fraction", "textcoords": "offset points", "va": "top"}
        self.text_ = [ax.annotate(heading, xytext=(16, 0), fontsize=10, weight="bold", **place)]
        self.text_.append(ax.annotate("\n".join(lines), xytext=(16, -36), fontsize=9, linespacing=1.6, **place))

    def _named(self, confusions):
        name = dict(zip(self._labels().tolist(), short_labels(self._labels(), 24), strict=True))
        pairs = [f"{name[a]} → {name[b]}" for a, b in zip(confusions["true"], confusions["predicted"], strict=True)]
        return confusions.assign(pair=pairs).to_dict("records")
