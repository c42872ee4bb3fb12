"""One score under several ways of splitting: what leaks, and what is left without the leak."""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting._checks import check_frame, check_same_length
from seqaug_sklearn.plotting._style import CHANCE, GREY, PALETTE, axes_for, place_legend, short_labels

__all__ = ["ProtocolGapDisplay"]

_MARKERS = {True: ("X", PALETTE[1], "split leaks"), False: ("o", PALETTE[0], "split cannot leak")}


class ProtocolGapDisplay:
    """The same network's score under each protocol of splitting, with interval and chance: the gap is the leak.

    A random split of windows puts shifted copies of the training windows into the test set and scores 0.97 where a
    split by blocks, genomes or tiles scores 0.01; one picture shows both. Make it with :meth:`from_frame`.

    Parameters
    ----------
    protocols : sequence of str
        Names of the protocols, drawn from top to bottom.
    scores : array-like of float of shape (n_protocols,)
        Score under each.
    lower, upper : array-like of float of shape (n_protocols,), default=None
        Ends of the intervals; NaN: no interval.
    chance : float or array-like of shape (n_protocols,), default=None
        Chance score, one for all or one for each.
    leaks : array-like of bool of shape (n_protocols,), default=None
        Whether the split of the protocol leaks: other colour and marker.
    score_name : str, default="score"
        Name of the score, for the axis.
    colors : sequence of matplotlib colours of length n_protocols, default=None
        Colour of each protocol, where it has one in other figures; the marker then says alone whether the split leaks.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    points_ : list of matplotlib Line2D
        One per protocol.
    intervals_ : list of matplotlib Line2D
        One per protocol that has an interval.
    chance_lines_ : list of matplotlib Line2D
        One line for all, or one tick per protocol.

    See Also
    --------
    ScoreBarsDisplay : Grouped bars of scores.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> from seqaug_sklearn.plotting import ProtocolGapDisplay
    >>> table = pd.DataFrame({"protocol": ["random windows", "blocks"], "score": [0.97, 0.01]})
    >>> display = ProtocolGapDisplay.from_frame(table, chance=0.009)
    >>> [tick.get_text() for tick in display.ax_.get_yticklabels()]
    ['random windows', 'blocks']
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        protocols,
        scores,
        *,
        lower=None,
        upper=None,
        chance=None,
        leaks=None,
        score_name="score",
        colors=None,
    ):
        self.protocols = protocols
        self.scores = scores
        self.lower = lower
        self.upper = upper
        self.chance = chance
        self.leaks = leaks
        self.score_name = score_name
        self.colors = colors

    @classmethod
    def from_frame(
        cls,
        frame,
        *,
        protocol="protocol",
        score="score",
        lower=None,
        upper=None,
        chance=None,
        leaks=None,
        colors=None,
        ax=None,
    ):
        """Take the columns of a table with one row per protocol, and plot them.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row per protocol.
        protocol, score : str, default="protocol", "score"
            Columns of the names and scores.
        lower, upper : str, default=None
            Columns of the interval's ends.
        chance : float or str, default=None
            Chance score, or the column that holds it.
        leaks : str, default=None
            Column that says whether the split leaks.
        colors : str, default=None
            Column of colours.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ProtocolGapDisplay

        Raises
        ------
        DataFormatError
            If a column is missing, there is no row, or only one end of the interval is named.
        """
        optional = [name for name in (lower, upper, chance, leaks, colors) if isinstance(name, str)]
        check_frame(frame, [protocol, score, *optional], name="frame")
        columns = {"lower": lower, "upper": upper, "chance": chance, "leaks": leaks, "colors": colors}
        values = {key: frame[name].to_numpy() if isinstance(name, str) else name for key, name in columns.items()}
        return cls(list(frame[protocol]), frame[score].to_numpy(), score_name=score, **values).plot(ax)

    def plot(self, ax=None):
        """Draw one line per protocol.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : ProtocolGapDisplay
        """
        scores, intervals = self._checked()
        axes, self.figure_ = axes_for(ax, figsize=(8.5, min(1.7 + 0.55 * len(scores), 16)))
        self.ax_ = axes[0]
        self._plot_chance(len(scores))
        self.points_, self.intervals_ = [], []
        for i, score in enumerate(scores):
            marker, color, _ = ("o", PALETTE[0], "") if self.leaks is None else _MARKERS[bool(self.leaks[i])]
            color = color if self.colors is None else self.colors[i]
            low, high = intervals[i]
            if np.isfinite(low) and np.isfinite(high):
                style = {"color": color, "linewidth": 2.5, "marker": "|", "markersize": 9}
                self.intervals_ += self.ax_.plot([low, high], [i, i], **style)
            self.points_ += self.ax_.plot(score, i, marker, color=color, markersize=9, markeredgecolor="white")
        self._plot_frame(scores, intervals)
        self._write_scores(scores, intervals)
        return self

    def _checked(self):
        scores = np.asarray(self.scores, dtype=float)
        given = {"lower": self.lower, "upper": self.upper, "leaks": self.leaks}
        check_same_length(protocols=self.protocols, scores=scores, **{k: v for k, v in given.items() if v is not None})
        if (self.lower is None) != (self.upper is None):
            raise DataFormatError("lower and upper belong together: name both ends of the interval, or neither")
        if not np.isfinite(scores).all():
            row = np.flatnonzero(~np.isfinite(scores))[0]
            raise DataFormatError(f"scores must be finite, but protocol {self.protocols[row]!r} has {scores[row]}")
        if self.lower is None:
            return scores, np.full((len(scores), 2), np.nan)
        intervals = np.column_stack([np.asarray(self.lower, dtype=float), np.asarray(self.upper, dtype=float)])
        outside = np.flatnonzero((scores < intervals[:, 0] - 1e-9) | (scores > intervals[:, 1] + 1e-9))
        if len(outside):
            row = outside[0]
            raise DataFormatError(
                f"the interval must hold the score, but protocol {self.protocols[row]!r} has score {scores[row]:.4g} "
                f"and interval {intervals[row, 0]:.4g} to {intervals[row, 1]:.4g}"
            )
        return scores, intervals

    def _plot_chance(self, n_protocols):
        self.chance_lines_ = []
        if self.chance is None:
            return
        chance = np.broadcast_to(np.asarray(self.chance, dtype=float), n_protocols)
        if np.unique(chance).size == 1:
            self.chance_lines_.append(self.ax_.axvline(chance[0], zorder=0, **CHANCE))
            return
        for i, value in enumerate(chance):
            self.chance_lines_ += self.ax_.plot([value, value], [i - 0.4, i + 0.4], zorder=0, **CHANCE)

    def _plot_frame(self, scores, intervals):
        ax = self.ax_
        ax.set_ylim(len(scores) - 0.4, -0.7)
        ax.set_yticks(range(len(scores)), short_labels(self.protocols, 44))
        chance = np.zeros(0) if self.chance is None else np.ravel(self.chance)
        seen = np.concatenate([scores, intervals[np.isfinite(intervals)], chance])
        low, high = (0.0, 1.0) if seen.min() >= 0 and seen.max() <= 1 else (min(0.0, seen.min()), seen.max())
        ax.set_xlim(low - 0.04 * (high - low), high + 0.04 * (high - low))
        ax.set_xlabel(self.score_name)
        ax.set_title("One task, several protocols: how the split decides the score")
        ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
        ax.set_axisbelow(True)
        ax.tick_params(axis="y", length=0)
        ax.spines[["top", "right", "left"]].set_visible(False)
        handles = self._handles()
        if handles:
            place_legend(ax, handles=handles)

    def _write_scores(self, scores, intervals):
        """Write score and interval beside each point, on the side with more room."""
        middle = np.mean(self.ax_.get_xlim())
        for i, (score, ends) in enumerate(zip(scores, intervals, strict=True)):
            there = np.isfinite(ends).all()
            told = f"{score:.3f}" + (f"  ({ends[0]:.3f} to {ends[1]:.3f})" if there else "")
            right = score <= middle
            x = score
            if there:  # the text begins where the interval ends
                x = ends[1] if right else ends[0]
            place = {"textcoords": "offset points", "ha": "left" if right else "right", "va": "center", "fontsize": 9}
            self.ax_.annotate(told, (x, i), (11 if right else -11, 0), **place)

    def _handles(self):
        from matplotlib.lines import Line2D

        handles = []
        if self.leaks is not None:
            for leaking in sorted({bool(value) for value in self.leaks}, reverse=True):
                marker, color, label = _MARKERS[leaking]
                color = color if self.colors is None else GREY
                handles.append(Line2D([], [], linestyle="", marker=marker, color=color, label=label, markersize=8))
        if self.chance is not None:
            values = np.unique(self.chance)
            told = f"{values[0]:.3g}" if len(values) == 1 else "per protocol"
            handles.append(Line2D([], [], label=f"chance ({told})", **CHANCE))
        return handles
