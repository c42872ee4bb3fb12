"""What an audit found: similarity of the test rows to the training rows, and the leaked share of each split."""

import numpy as np

from seqaug_sklearn.plotting._checks import check_same_length
from seqaug_sklearn.plotting._style import axes_for, fill_style, place_legend, short_labels
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["LeakageDisplay"]

_KINDS = ("copy", "reverse complement", "shifted copy", "overlap", "homolog", "same parent", "near copy")
_CLEAN = {"facecolor": "#C9C9C9", "edgecolor": "black", "linewidth": 0.6}
_LOW = "low complexity"
_LOW_STYLE = {"facecolor": "white", "edgecolor": "black", "linewidth": 0.6, "hatch": "...."}


class LeakageDisplay:
    """Similarity of test rows to their nearest training row, and the share of leaked rows per split, by kind.

    Make it with :meth:`from_reports`.

    Parameters
    ----------
    similarity : list of array-like of float of shape (n_test,)
        For each split, the share of each test row's k-mers that the nearest training row holds.
    kinds : list of array-like of str of shape (n_test,)
        For each split, the kind of each row's leak; "none" or "low complexity" for rows that do not leak.
    names : sequence of str, default=None
        Names of the splits; "split 0", ... by default.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (2,)
        Histogram, and bars per split.
    ax_ : matplotlib Axes
        The histogram's.
    figure_ : matplotlib Figure
        Figure of the axes.
    bars_ : dict of str to list of matplotlib Rectangle
        For each kind that occurs, one bar per split.

    See Also
    --------
    seqaug_sklearn.model_selection.audit_leakage : The audit.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.model_selection import audit_leakage
    >>> from seqaug_sklearn.plotting import LeakageDisplay
    >>> report = audit_leakage(["ACGTTGCAGGATCCATTACGG"], ["CCGTAATGGATCCTGCAACGT", "GATTCGGCATTTTCACGCAAC"])
    >>> display = LeakageDisplay.from_reports(report)
    >>> [float(bar.get_height()) for bar in display.bars_["reverse complement"]]
    [0.5]
    >>> plt.close(display.figure_)
    """

    def __init__(self, similarity, kinds, *, names=None):
        self.similarity = similarity
        self.kinds = kinds
        self.names = names

    @classmethod
    def from_reports(cls, reports, *, names=None, ax=None):
        """Take one report, or one per split (``LeakageGuard.reports_``), and plot them.

        Parameters
        ----------
        reports : LeakageReport or list of LeakageReport
            What the audit found.
        names : sequence of str, default=None
            Names of the splits.
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        LeakageDisplay
        """
        reports = list(reports) if isinstance(reports, (list, tuple)) else [reports]
        return cls([report.kmer_share for report in reports], [report.kind for report in reports], names=names).plot(ax)

    def plot(self, ax=None):
        """Draw the histogram and the bars.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : LeakageDisplay
        """
        similarity, kinds = self._checked()
        self.axes_, self.figure_ = axes_for(ax, n_columns=2, figsize=(11, 4.2), width_ratios=(1.2, 1))
        self.ax_ = self.axes_[0]
        self._plot_similarity(np.concatenate(similarity), np.concatenate(kinds))
        self._plot_splits(kinds)
        return self

    def _checked(self):
        check_same_length(similarity=self.similarity, kinds=self.kinds)
        if self.names is not None:
            check_same_length(kinds=self.kinds, names=self.names)
        similarity = [np.asarray(values, dtype=float) for values in self.similarity]
        kinds = [np.asarray(values) for values in self.kinds]
        for values, own in zip(similarity, kinds, strict=True):
            check_same_length(similarity=values, kinds=own)
            unknown = set(own.tolist()) - {*_KINDS, _LOW, "none"}
            if unknown:
                raise invalid_parameter(
                    "kinds", f"must be 'none', '{_LOW}' or one of {_KINDS}, got {sorted(unknown)[0]!r}"
                )
        return similarity, kinds

    def _plot_similarity(self, similarity, kinds):
        parts = [("no leak", kinds == "none", _CLEAN), ("leak", np.isin(kinds, _KINDS), fill_style(1))]
        if (kinds == _LOW).any():
            parts.insert(1, (f"{_LOW} only", kinds == _LOW, _LOW_STYLE))
        bins, bottom = np.linspace(0, 1, 26), np.zeros(25)
        for name, rows, style in parts:
            heights = np.histogram(similarity[rows], bins)[0] / len(similarity)
            label = f"{name} ({rows.sum():,})"
            self.ax_.bar(bins[:-1], heights, 0.04, bottom=bottom, align="edge", label=label, **style)
            bottom += heights
        self.ax_.set_xlim(0, 1)
        self.ax_.set_xlabel("share of the row's k-mers in its nearest training row")
        self.ax_.set_ylabel("share of test rows")
        self.ax_.set_title("How similar test rows are to training rows", fontsize=11)
        self.ax_.legend(fontsize=9, frameon=False, loc="upper center")
        self.ax_.spines[["top", "right"]].set_visible(False)

    def _plot_splits(self, kinds):
        ax = self.axes_[1]
        names = [f"split {i}" for i in range(len(kinds))] if self.names is None else self.names
        places, bottom, self.bars_ = np.arange(len(kinds)), np.zeros(len(kinds)), {}
        for number, kind in enumerate(_KINDS):
            shares = np.array([(own == kind).mean() for own in kinds])
            if shares.any():
                bars = ax.bar(places, shares, 0.7, bottom=bottom, label=kind, **fill_style(number))
                self.bars_[kind] = list(bars)
                bottom += shares
        for place, share in zip(places, bottom, strict=True):
            ax.annotate(f"{share:.1%}", (place, share), (0, 3), textcoords="offset points", ha="center", fontsize=9)
        ax.set_xticks(places, short_labels(names, 16), rotation=30 if len(kinds) > 4 else 0)
        ax.set_xlim(-0.6, max(len(kinds), 3) - 0.4)
        ax.set_ylim(0, max(1.12 * bottom.max(), 0.05))
        ax.set_ylabel("share of test rows that leak")
        ax.set_title("Leaks per split", fontsize=11)
        ax.spines[["top", "right"]].set_visible(False)
        if self.bars_:
            place_legend(ax, title="kind of leak")
