"""Loss and scores over the epochs of several trainings (Figures 3 and 11)."""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._style import GREY, PALETTE, axes_for

__all__ = ["LearningCurvesDisplay"]

_PARTS = {"train": "training", "valid": "validation"}
_NAMES = {"loss": "Loss", "accuracy": "Accuracy", "f1": "F1", "recall": "Recall"}


class LearningCurvesDisplay:
    """Training and validation curves over the epochs: the mean of all folds, with a band of one standard deviation.

    Folds that stopped early leave the mean at their last epoch, so the end of a curve may rest on few of them: the
    number still running is written above each panel wherever it changes. Draws Figures 3 and 11 of the window
    augmentation paper. Make it with :meth:`from_histories`.

    Parameters
    ----------
    curves : pandas.DataFrame
        One row per ``metric``, ``part`` ("train" or "valid") and ``epoch``: ``mean``, ``std`` (sample standard
        deviation, NaN for a single fold) and ``count`` (folds behind it).
    n_histories : int
        Number of folds.
    color : matplotlib colour, default=None
        One colour for both curves (training solid, validation dashed), where colours mean something else on the page.

    Attributes
    ----------
    ax_ : ndarray of matplotlib Axes of shape (n_metrics,)
        One panel per metric.
    figure_ : matplotlib Figure
        Figure of the axes.
    lines_ : dict of (str, str) to matplotlib Line2D
        Mean curve of each metric and part.
    bands_ : dict of (str, str) to matplotlib PolyCollection
        Band of each metric and part; none where no epoch has two folds.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, Figures 3, 11.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> from seqaug_sklearn.plotting import LearningCurvesDisplay
    >>> long = pd.DataFrame({"epoch": [1, 2, 3], "train_loss": [3.0, 2.0, 1.0]})
    >>> display = LearningCurvesDisplay.from_histories([long, long.head(2) + [0, 2]])
    >>> display.curves["mean"].tolist(), display.curves["count"].tolist()
    ([4.0, 3.0, 1.0], [2, 2, 1])
    >>> plt.close(display.figure_)
    """

    def __init__(self, curves, *, n_histories, color=None):
        self.curves = curves
        self.n_histories = n_histories
        self.color = color

    @classmethod
    def from_histories(cls, histories, *, metrics=("loss", "accuracy", "f1", "recall"), color=None, ax=None):
        """Average the histories of several fits, and plot them.

        Parameters
        ----------
        histories : list of pandas.DataFrame
            One per fold, such as the ``history_`` of fitted classifiers: a column ``epoch`` and, for each metric,
            ``train_<metric>`` and ``valid_<metric>``. A metric without values in any fold is left out.
        metrics : sequence of str, default=("loss", "accuracy", "f1", "recall")
            Metrics to draw, one panel each.
        color : matplotlib colour, default=None
            One colour for both curves.
        ax : matplotlib Axes or array of one Axes per panel, default=None
            Where to draw; a single Axes is divided; None makes a figure.

        Returns
        -------
        LearningCurvesDisplay

        Raises
        ------
        DataFormatError
            If there is no history, one lacks ``epoch`` or repeats one, or none has a metric.
        """
        import pandas as pd

        histories = [histories] if hasattr(histories, "columns") else list(histories)
        if not histories:
            raise DataFormatError("histories is empty; pass one DataFrame per fold")
        for i, history in enumerate(histories):
            check_frame(history, ["epoch"], name=f"histories[{i}]")
            if history["epoch"].duplicated().any():
                raise DataFormatError(f"histories[{i}] repeats an epoch; pass one DataFrame per fold")
        curves = [_average(histories, metric, part) for metric in metrics for part in _PARTS]
        curves = [curve for curve in curves if len(curve)]
        if not curves:
            wanted = [f"{part}_{metric}" for metric in metrics for part in _PARTS]
            have = list(dict.fromkeys(column for history in histories for column in history.columns))
            raise DataFormatError(f"histories hold no values in any of {wanted}; their columns are {have}")
        return cls(pd.concat(curves, ignore_index=True), n_histories=len(histories), color=color).plot(ax)

    def plot(self, ax=None):
        """Draw one panel per metric.

        Parameters
        ----------
        ax : matplotlib Axes or array of one Axes per panel, default=None
            Where to draw; a single Axes is divided; None makes a figure.

        Returns
        -------
        self : LearningCurvesDisplay
        """
        metrics = list(dict.fromkeys(self.curves["metric"]))
        n_columns = len(metrics) if len(metrics) <= 3 else 2
        n_rows = -(-len(metrics) // n_columns)
        if ax is None or np.size(ax) == 1:
            size = (4.4 * n_columns + 0.6, 3.2 * n_rows + 0.3)
            axes, self.figure_ = axes_for(ax, n_rows=n_rows, n_columns=n_columns, figsize=size)
            for spare in axes[len(metrics) :]:
                spare.remove()
        else:
            axes, self.figure_ = axes_for(ax, n_columns=len(metrics))
        self.ax_ = axes[: len(metrics)]
        self.lines_, self.bands_ = {}, {}
        for one, metric in zip(self.ax_, metrics, strict=True):
            self._plot_metric(one, metric)
        return self

    def _plot_metric(self, ax, metric):
        mine = self.curves[self.curves["metric"] == metric]
        for i, (part, label) in enumerate(_PARTS.items()):
            curve = mine[mine["part"] == part]
            if not len(curve):
                continue
            color = PALETTE[i] if self.color is None else self.color
            style = {"color": color, "linestyle": ("-", "--")[i], "marker": "o" if len(curve) == 1 else None}
            (self.lines_[metric, part],) = ax.plot(curve["epoch"], curve["mean"], label=label, **style)
            band = curve[curve["count"] > 1]
            if len(band):
                low, high = band["mean"] - band["std"], band["mean"] + band["std"]
                fill = {"color": color, "alpha": 0.2, "linewidth": 0}
                self.bands_[metric, part] = ax.fill_between(band["epoch"], low, high, **fill)
        told = f"mean of {self.n_histories} folds ± 1 sd" if self.n_histories > 1 else "one fit"
        many_counts = len(set(mine["count"])) > 1
        ax.set_title(f"{_NAMES.get(metric, metric)} ({told})", pad=18 if many_counts else 6, fontsize=11)
        ax.set_xlabel("epoch")
        ax.set_ylabel(_NAMES.get(metric, metric))
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(fontsize=9, framealpha=0.8)
        if many_counts:
            self._write_counts(ax, mine.groupby("epoch")["count"].max())

    def _write_counts(self, ax, counts):
        """Write above the panel how many folds still run, at each change that has room."""
        changes = counts[counts.diff().ne(0)]
        room = 0.07 * (counts.index.max() - counts.index.min())
        free_from = -np.inf
        for i, (epoch, count) in enumerate(changes.items()):
            if i:
                ax.axvline(epoch - 0.5, color=GREY, linewidth=0.6, linestyle=":", zorder=0)
            if epoch < free_from:
                continue
            label = f"{count} folds" if i == 0 else f"{count}"
            above = ax.get_xaxis_transform()
            ax.text(epoch, 1.01, label, transform=above, fontsize=8, color=GREY, ha="left", va="bottom")
            free_from = epoch + room * (3.0 if i == 0 else 1.0)


def _average(histories, metric, part):
    """Mean, sd and count per epoch of one column; no rows where no fold has it."""
    import pandas as pd

    name = f"{part}_{metric}"
    columns = [history.set_index("epoch")[name] for history in histories if name in history.columns]
    values = pd.concat(columns, axis=1).sort_index() if columns else pd.DataFrame()
    values = values.dropna(how="all")
    averages = {"mean": values.mean(axis=1), "std": values.std(axis=1, ddof=1), "count": values.count(axis=1)}
    table = pd.DataFrame({"metric": metric, "part": part, **averages}, index=values.index)
    return table.rename_axis("epoch").reset_index()
