"""Which trivial feature predicts the target: scores of the most informative traits, and information by position."""

import numpy as np

from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._style import CHANCE, GREY, PALETTE, axes_for, short_labels

__all__ = ["ShortcutDisplay"]


_ABOUT = {
    "classes": "the labels",
    "labels": "the best predicted label",
    "number": "high and low values",
    "numbers": "high and low values",
}
"""What the information of a position is about."""


class ShortcutDisplay:
    """Scores of the most informative traits with their intervals, and the information of each position.

    Make it with :meth:`from_report`.

    Parameters
    ----------
    table : DataFrame
        As ``ShortcutReport.table``: by trait ``score, low, high, p, seen``.
    positions : DataFrame
        As ``ShortcutReport.positions``: ``end, position, bits``.
    score_name : str, default="AUROC"
        Name of the score.
    chance : float, default=0.5
        Score of what says nothing.
    n_traits : int, default=12
        Traits that are shown.
    kind : {"classes", "number", "numbers", "labels"}, default="classes"
        What is predicted, for the words.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (2,)
        Traits, and positions.
    ax_ : matplotlib Axes
        The traits'.
    figure_ : matplotlib Figure
        Figure of the axes.
    marks_ : dict of str to matplotlib Line2D
        Mark of each trait.
    lines_ : dict of str to matplotlib Line2D
        Information by position, from the "start" and, where lengths differ, from the "end".

    See Also
    --------
    seqaug_sklearn.model_selection.audit_shortcuts : The audit.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.model_selection import audit_shortcuts
    >>> from seqaug_sklearn.plotting import ShortcutDisplay
    >>> X = ["ACGTAC", "AGGTCC", "ATTTAG", "TCGTTC", "TGGTAG", "TTTTCG"] * 3
    >>> display = ShortcutDisplay.from_report(audit_shortcuts(X, [0, 0, 0, 1, 1, 1] * 3, groups=range(18)))
    >>> display.lines_["start"].get_ydata().round(2).tolist()[0]
    0.96
    >>> plt.close(display.figure_)
    """

    def __init__(self, table, positions, *, score_name="AUROC", chance=0.5, n_traits=12, kind="classes"):
        self.table = table
        self.positions = positions
        self.score_name = score_name
        self.chance = chance
        self.n_traits = n_traits
        self.kind = kind

    @classmethod
    def from_report(cls, report, *, n_traits=12, ax=None):
        """Take a ShortcutReport and plot it.

        Parameters
        ----------
        report : ShortcutReport
            What :func:`~seqaug_sklearn.model_selection.audit_shortcuts` gives.
        n_traits : int, default=12
            Traits that are shown.
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ShortcutDisplay
        """
        chance = 0.5 if report.metric == "AUROC" else 0.0
        about = {"score_name": report.metric, "chance": chance, "n_traits": n_traits, "kind": report.kind}
        return cls(report.table, report.positions, **about).plot(ax)

    def plot(self, ax=None):
        """Draw the traits and the positions.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : ShortcutDisplay
        """
        check_frame(self.table, ["score", "low", "high", "p", "seen"], name="table")
        check_frame(self.positions, ["end", "position", "bits"], name="positions")
        self.axes_, self.figure_ = axes_for(ax, n_columns=2, figsize=(12, 4.4), width_ratios=(1, 1.3))
        self.ax_ = self.axes_[0]
        self._plot_traits()
        self._plot_positions()
        return self

    def _plot_traits(self):
        ax, shown, self.marks_ = self.ax_, self.table.head(self.n_traits), {}
        for place, (name, row) in enumerate(shown.iterrows()):
            color = PALETTE[1] if row["p"] <= 0.05 else GREY
            # what no model of the sequences sees is hollow
            face = color if row["seen"] else "white"
            if not np.isnan(row["low"]):
                ax.plot([row["low"], row["high"]], [place, place], color=color, linewidth=2)
            (self.marks_[name],) = ax.plot(row["score"], place, "o", color=color, markerfacecolor=face, markersize=7)
        ax.axvline(self.chance, **CHANCE)
        ax.set_yticks(range(len(shown)), short_labels(shown.index, 34))
        ax.set_ylim(len(shown) - 0.5, -0.5)
        ax.set_xlim(self.chance - 0.1, 1.02)
        ax.set_xlabel(f"{self.score_name} of one trait alone (95 % interval)")
        ax.set_title("What each trait alone tells", fontsize=11)
        ax.spines[["top", "right"]].set_visible(False)

    def _plot_positions(self):
        ax, self.lines_ = self.axes_[1], {}
        for number, (end, rows) in enumerate(self.positions.groupby("end", sort=False)):
            style = {"color": PALETTE[number], "linestyle": ("-", "--")[number % 2]}
            rows = rows.sort_values("position")
            label = f"from the {end}"
            (self.lines_[end],) = ax.plot(rows["position"], rows["bits"], marker=".", label=label, **style)
        ax.set_ylim(bottom=0)
        ax.set_xlabel("position (from 1 on)")
        ax.set_ylabel(f"information about {_ABOUT[self.kind]} (bits)")
        ax.set_title("What each position tells", fontsize=11)
        ax.spines[["top", "right"]].set_visible(False)
        if len(self.lines_) > 1:
            ax.legend(fontsize=9, frameon=False)
