"""The sanity checks in one figure: scores with and without a signal, and accuracy against similarity to training."""

import numpy as np

from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._style import CHANCE, PALETTE, axes_for

__all__ = ["SanityDisplay"]

_CHECKS = {
    "true labels": ("true labels", PALETTE[0]),
    "memoriser": ("lookup: label of the\nmost similar training row", PALETTE[4]),
    "exchanged labels": ("labels exchanged\nbetween sequences", PALETTE[1]),
    "noise sequences": ("random sequences,\ncut the same way", PALETTE[1]),
}
_OF_NUMBERS = {
    "true labels": "true values",
    "memoriser": "lookup: mean of the\nmost similar training rows",
    "exchanged labels": "values exchanged\nbetween sequences",
}
_BY_CHANCE = ("guessing", "random guessing", "guessing the median")


class SanityDisplay:
    """Scores of the sanity checks beside chance, and accuracy against similarity to the training rows.

    Real scores drop to chance on random sequences and exchanged labels. Accuracy that rises with the similarity to
    the training rows is memorisation. Make it with :meth:`from_report`.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns ``check`` and ``score``, one row per fit, as in ``SanityReport.scores``.
    by_similarity : pandas.DataFrame
        Columns ``low, high, n_rows, accuracy, memoriser_accuracy``, or ``error`` and ``memoriser_error``, as in
        ``SanityReport.by_similarity``.
    score_name : str, default="score"
        Name of the score, for the axis.
    verdict : str, default=None
        Verdict for the title.
    chance : float, default=None
        Score without learning. None: the mean of "guessing" or "random guessing", whichever is higher.
    fewest : int, default=10
        Fewest test rows of which the accuracy is drawn.
    kind : {"classes", "number", "labels"}, default="classes"
        What was predicted, for the words.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (2,)
        Scores, and accuracy by similarity.
    ax_ : matplotlib Axes
        The scores'.
    figure_ : matplotlib Figure
        Figure of the axes.
    means_ : dict of str to matplotlib Line2D
        Mean of each check.
    lines_ : dict of str to matplotlib Line2D
        Accuracy by similarity, "model" and "memoriser".

    See Also
    --------
    seqaug_sklearn.model_selection.sanity_checks : The checks.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> from seqaug_sklearn.plotting import SanityDisplay
    >>> scores = pd.DataFrame({"check": ["true labels", "noise sequences", "guessing"], "score": [0.97, 0.95, 0.5]})
    >>> bins = {"low": [0.0, 0.5], "high": [0.5, 1.0], "n_rows": [10, 90]}
    >>> bins = pd.DataFrame(bins | {"accuracy": [0.5, 1.0], "memoriser_accuracy": [0.5, 1.0]})
    >>> display = SanityDisplay(scores, bins, verdict="memorised").plot()
    >>> float(display.means_["noise sequences"].get_xdata()[0])
    0.95
    >>> plt.close(display.figure_)
    """

    def __init__(
        self, scores, by_similarity, *, score_name="score", verdict=None, chance=None, fewest=10, kind="classes"
    ):
        self.scores = scores
        self.by_similarity = by_similarity
        self.score_name = score_name
        self.verdict = verdict
        self.chance = chance
        self.fewest = fewest
        self.kind = kind

    @classmethod
    def from_report(cls, report, *, ax=None):
        """Take a SanityReport and plot it.

        Parameters
        ----------
        report : SanityReport
            What :func:`~seqaug_sklearn.model_selection.sanity_checks` gives.
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        SanityDisplay
        """
        about = {"score_name": report.scoring, "verdict": report.finding, "chance": report.chance, "kind": report.kind}
        return cls(report.scores, report.by_similarity, **about).plot(ax)

    def plot(self, ax=None):
        """Draw the scores and the accuracy by similarity.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : SanityDisplay
        """
        check_frame(self.scores, ["check", "score"], name="scores")
        check_frame(
            self.by_similarity,
            ["low", "high", "n_rows", self._by_row, f"memoriser_{self._by_row}"],
            name="by_similarity",
        )
        self.axes_, self.figure_ = axes_for(ax, n_columns=2, figsize=(12, 4.4))
        self.ax_ = self.axes_[0]
        self._plot_scores()
        self._plot_by_similarity()
        return self

    @property
    def _by_row(self):
        return "accuracy" if self.kind == "classes" else "error"

    def _plot_scores(self):
        ax, self.means_ = self.ax_, {}
        groups = {name: rows.to_numpy(float) for name, rows in self.scores.groupby("check", sort=False)["score"]}
        shown = [name for name in _CHECKS if name in groups]
        for place, name in enumerate(shown):
            color = _CHECKS[name][1]
            spread = np.linspace(-0.16, 0.16, len(groups[name])) if len(groups[name]) > 1 else 0
            ax.plot(groups[name], place + spread, ".", color=color, alpha=0.45, markersize=7, markeredgewidth=0)
            mean = groups[name].mean()
            (self.means_[name],) = ax.plot(mean, place, "D", color=color, markersize=8, markeredgecolor="white")
            ax.annotate(f"{mean:.3f}", (mean, place), (0, 11), textcoords="offset points", ha="center", fontsize=9)
        guesses = [
            groups[name].mean() for name in ("guessing", "random guessing", "guessing the median") if name in groups
        ]
        guesses = guesses if self.chance is None else [self.chance]
        if guesses:
            ax.axvline(max(guesses), zorder=0, label=f"chance ({max(guesses):.3f})", **CHANCE)
            ax.legend(fontsize=9, frameon=False, loc="lower right", bbox_to_anchor=(1, 1.0), borderaxespad=0.2)
        words = {name: label for name, (label, _) in _CHECKS.items()} | (_OF_NUMBERS if self.kind == "number" else {})
        ax.set_yticks(range(len(shown)), [words[name] for name in shown])
        ax.set_ylim(len(shown) - 0.5, -0.6)
        values = np.concatenate([groups[name] for name in groups])
        ax.set_xlim(min(-0.04, values.min() - 0.04), max(1.06, values.max() + 0.06))
        ax.set_xlabel(f"{self.score_name} (points: fits; diamonds: means)")
        ax.set_title("" if self.verdict is None else f"Verdict: {self.verdict}", fontsize=12, loc="left")
        ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)

    def _plot_by_similarity(self):
        ax, table = self.axes_[1], self.by_similarity
        places = np.arange(len(table))
        counts = table["n_rows"].to_numpy()
        share = counts / max(counts.sum(), 1)
        ax.bar(places, share, 0.8, color="#DDDDDD", label="test rows (share, number)", zorder=0)
        styles = {
            "model": (self._by_row, "o-", 10, PALETTE[0]),
            "memoriser": (f"memoriser_{self._by_row}", "s--", 5, PALETTE[4]),
        }
        self.lines_ = {}
        for name, (column, style, size, color) in styles.items():
            values = table[column].to_numpy(float)
            # of a few rows the share says nothing
            seen = np.isfinite(values) & (counts >= self.fewest)
            label = f"{self._by_row} of the {name}"
            (self.lines_[name],) = ax.plot(places[seen], values[seen], style, color=color, label=label, markersize=size)
        for place, count in zip(places, counts, strict=True):
            ax.annotate(f"{count:,}", (place, 0), (0, 3), textcoords="offset points", ha="center", fontsize=8)
        ends = [f"{100 * low:.0f}–{100 * high:.0f} %" for low, high in zip(table["low"], table["high"], strict=True)]
        ax.set_xticks(places, ends, fontsize=9)
        drawn = np.concatenate([line.get_ydata() for line in self.lines_.values()])
        ax.set_ylim(0, 1.08 if self.kind == "classes" else max(1.08, 1.08 * drawn.max(initial=0)))
        ax.set_xlabel("share of the row's k-mers in its nearest training row")
        ax.set_title(f"{self._by_row.capitalize()} by similarity to training", fontsize=11, loc="left")
        ax.legend(fontsize=8.5, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
        ax.spines[["top", "right"]].set_visible(False)
