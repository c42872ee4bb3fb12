"""Grouped bars of scores with standard errors and significance marks (Figures 2, 4, 6 and 8)."""

import math

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._style import (
    CHANCE,
    GREY,
    axes_for,
    category_ticks,
    fill_style,
    place_legend,
    points,
    short_labels,
)
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["ScoreBarsDisplay", "draw_bracket", "fit_brackets", "stack_brackets", "stars"]

_LEVELS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))


def stars(p_value):
    """Mark of a p-value: ``***`` below 0.001, ``**`` below 0.01, ``*`` below 0.05, else ``ns``; ``n/a`` for NaN.

    Examples
    --------
    >>> [stars(p) for p in (0.0005, 0.005, 0.04, 0.05, float("nan"))]
    ['***', '**', '*', 'ns', 'n/a']
    """
    if math.isnan(p_value):
        return "n/a"
    return next((mark for limit, mark in _LEVELS if p_value < limit), "ns")


def stack_brackets(spans, bars, step):
    """Height of each bracket: above the bars it spans and one step above every bracket that it meets.

    Parameters
    ----------
    spans : list of (float, float)
        Left and right end of each bracket.
    bars : list of (float, float)
        Centre and top of each bar.
    step : float
        Room one bracket takes, in y units.

    Returns
    -------
    heights : list of float
        In the order of ``spans``. Short brackets lie below long ones.
    """
    heights = [0.0] * len(spans)
    placed: list[int] = []
    bases = [max((top for x, top in bars if left <= x <= right), default=0.0) for left, right in spans]
    widths = [round(right - left, 9) for left, right in spans]
    for i in sorted(range(len(spans)), key=lambda i: (widths[i], bases[i], spans[i])):
        below = [heights[j] + step for j in placed if _meet(spans[i], spans[j])]
        heights[i] = max([bases[i], *below])
        placed.append(i)
    return heights


def fit_brackets(spans, centres, tops, lifts, *, low, step):
    """Heights of stacked brackets where a step and the lifts are shares of the y range, which grows with the stack.

    Parameters
    ----------
    spans : list of (float, float)
        Left and right end of each bracket.
    centres, tops : ndarray of shape (n_bars,)
        Centre and top of each bar, in data units.
    lifts : ndarray of shape (n_bars,)
        Room for the label over each bar, as a share of the y range.
    low : float
        Lower end of the y range.
    step : float
        Room of one bracket, as a share of the y range; made smaller where brackets would take more than 0.6 of it.

    Returns
    -------
    heights : list of float
        In data units.
    step : float
        Room of one bracket in data units.
    extent : float
        Length of the y range in data units.
    """
    crossings = max((sum(_meet(one, other) for other in spans) for one in spans), default=1)
    share = min(step, 0.6 / crossings)
    extent = (tops.max() - low) or 1.0
    # each round adds a smaller piece, because labels and brackets take less than the whole range
    for _ in range(60):
        step, raised = share * extent, tops + lifts * extent
        heights = stack_brackets(spans, list(zip(centres, raised, strict=True)), step)
        extent = max([raised.max() + 0.04 * extent, *(height + 1.2 * step for height in heights)]) - low or 1.0
    return heights, step, extent


def _meet(one, other):
    return one[0] <= other[1] and other[0] <= one[1]


def draw_bracket(ax, left, right, height, step, mark):
    """Draw one bracket with its mark; it takes ``step`` in y units.

    Returns
    -------
    line : matplotlib Line2D
    text : matplotlib Text
    """
    foot, bar = height + 0.15 * step, height + 0.35 * step
    (line,) = ax.plot([left, left, right, right], [foot, bar, bar, foot], color="black", linewidth=0.9, clip_on=False)
    # asterisks hang at the top of their line of text, so they are moved down to the bracket and may be larger
    asterisks = "*" in mark
    style = {"ha": "center", "va": "baseline", "fontsize": 11 if asterisks else 8}
    text = ax.text((left + right) / 2, bar + (-0.07 if asterisks else 0.1) * step, mark, **style)
    return line, text


# room of a bracket with its mark in the height, of the mark in the width
_BRACKET_POINTS = 15
_MARK_POINTS = 17


class ScoreBarsDisplay:
    """Mean scores as grouped bars with standard errors, significance brackets and a chance line.

    Bars too small to see carry their value, so that a score of zero is not taken for a missing one. Draws Figures 2, 4,
    6 and 8 of the window augmentation paper. Make it with :meth:`from_frame`.

    Parameters
    ----------
    means : pandas.DataFrame of shape (n_groups, n_kinds)
        Mean score; the index holds the groups along the x axis, the columns the kinds of bar. NaN: no bar.
    errors : pandas.DataFrame of shape (n_groups, n_kinds)
        Standard errors; NaN: no error bar.
    counts : pandas.DataFrame of shape (n_groups, n_kinds), default=None
        Number of scores behind each mean.
    score_name : str, default="score"
        Name of the score, for the axis.
    significance : pandas.DataFrame, default=None
        One row per pair that is compared: ``first``, ``second`` and ``p_value``. With several kinds of bar, ``first``
        and ``second`` are kinds and a column with the index's name holds the group; else they are groups.
    chance : float, default=None
        Chance score.
    colors : dict, default=None
        Kind of bar -> colour, so that a kind has the same one in all figures; the palette's order where it is missing.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn.
    figure_ : matplotlib Figure
        Figure of the axes.
    bars_ : list of matplotlib BarContainer
        One per kind of bar.
    brackets_ : list of (matplotlib Line2D, matplotlib Text)
        One per row of ``significance``.
    chance_line_ : matplotlib Line2D or None
        The chance line.

    See Also
    --------
    ProtocolGapDisplay : The same score under several ways of splitting.

    References
    ----------
    Scientific Reports (2025), doi:10.1038/s41598-025-12796-9, Figures 2, 4, 6, 8.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> from seqaug_sklearn.plotting import ScoreBarsDisplay
    >>> folds = pd.DataFrame({"genome": ["A", "A", "B", "B"], "accuracy": [0.8, 1.0, 0.5, 0.7]})
    >>> display = ScoreBarsDisplay.from_frame(folds, x="genome", score="accuracy")
    >>> display.means.iloc[:, 0].round(2).tolist(), display.errors.iloc[:, 0].round(2).tolist()
    ([0.9, 0.6], [0.1, 0.1])
    >>> plt.close(display.figure_)
    """

    def __init__(self, means, errors, *, counts=None, score_name="score", significance=None, chance=None, colors=None):
        self.means = means
        self.errors = errors
        self.counts = counts
        self.score_name = score_name
        self.significance = significance
        self.chance = chance
        self.colors = colors

    @classmethod
    def from_frame(cls, folds, *, x, score, hue=None, significance=None, chance=None, colors=None, ax=None):
        """Average scores per group and kind of bar, and plot them.

        Parameters
        ----------
        folds : pandas.DataFrame
            One row per score, for example per fold or trial. Missing scores are left out of the mean.
        x : str
            Column of the groups along the x axis, in order of appearance (of its categories, where it has any).
        score : str
            Column of the scores.
        hue : str, default=None
            Column of the kinds of bar.
        significance : pandas.DataFrame, default=None
            Pairs and their p-values: columns ``first``, ``second``, ``p_value`` and, with ``hue``, the column ``x``.
        chance : float, default=None
            Chance score, drawn as a line.
        colors : dict, default=None
            Kind of bar -> colour.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        ScoreBarsDisplay

        Raises
        ------
        DataFormatError
            If a column is missing, no score is left, or ``significance`` names a bar that is not there.
        """
        check_frame(folds, [x, score] if hue is None else [x, hue, score], name="folds")
        if folds[score].dtype.kind not in "fiub":
            raise DataFormatError(f"column {score!r} of folds must hold numbers, got {folds[score].dtype}")
        kind = folds[hue] if hue is not None else folds[x].map(lambda _: score).astype(object).rename("kind")
        grouped = folds[score].groupby([folds[x], kind], sort=False, observed=True)
        order = {"index": _levels(folds[x]), "columns": _levels(kind)}
        tables = [t.unstack().reindex(**order) for t in (grouped.mean(), grouped.sem(ddof=1), grouped.count())]
        return cls(
            *tables[:2],
            counts=tables[2].fillna(0).astype(int),
            score_name=score,
            significance=significance,
            chance=chance,
            colors=colors,
        ).plot(ax)

    def plot(self, ax=None):
        """Draw the bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : ScoreBarsDisplay
        """
        pairs = self._pairs()
        if not np.isfinite(self.means.to_numpy(dtype=float)).any():
            raise DataFormatError("means holds no score: every one is missing")
        n_bars = self.means.size
        axes, self.figure_ = axes_for(ax, figsize=(float(np.clip(3.5 + 0.3 * n_bars, 6, 14)), 4.8))
        self.ax_ = axes[0]
        self._plot_bars()
        self._plot_frame()
        self._plot_labels_and_brackets(pairs)
        return self

    def _centres(self):
        """Centre of each bar, shape (n_groups, n_kinds), and the width of a bar."""
        n_groups, n_kinds = self.means.shape
        width = 0.8 / n_kinds
        return np.arange(n_groups)[:, None] + (np.arange(n_kinds) - (n_kinds - 1) / 2) * width, width

    def _plot_bars(self):
        centres, width = self._centres()
        self.bars_ = []
        for j, label in enumerate(short_labels(self.means.columns)):
            there = self.means.iloc[:, j].notna().to_numpy()
            x, height, error = (a[there] for a in (centres[:, j], self._mean(j), self._error(j)))
            style = fill_style(j)
            if self.colors is not None and self.means.columns[j] in self.colors:
                style |= {"facecolor": self.colors[self.means.columns[j]], "hatch": ""}
            bars = self.ax_.bar(x, height, width * 0.94, label=label, **style)
            has_error = np.isfinite(error)
            if has_error.any():
                style = {"fmt": "none", "ecolor": "black", "capsize": min(4, 20 * width), "elinewidth": 1.1}
                self.ax_.errorbar(x[has_error], height[has_error], error[has_error], **style)
            self.bars_.append(bars)

    def _mean(self, j):
        return self.means.iloc[:, j].to_numpy(dtype=float)

    def _error(self, j):
        return self.errors.iloc[:, j].to_numpy(dtype=float)

    def _plot_frame(self):
        ax, x_name, kind_name = self.ax_, self.means.index.name, self.means.columns.name
        self.chance_line_ = None
        if self.chance is not None:
            label = f"chance ({self.chance:.3g})"
            self.chance_line_ = ax.axhline(self.chance, label=label, zorder=3, **CHANCE)
        if self.means.min(axis=None) < 0:
            ax.axhline(0, color="black", linewidth=0.8)
        ax.set_xlim(-0.6, len(self.means) - 0.4)
        category_ticks(ax, self.means.index)
        ax.set_xlabel(x_name or "")
        ax.set_ylabel(f"{self.score_name}\n(mean ± standard error{self._told_counts()})")
        several = self.means.shape[1] > 1
        by = " and ".join(str(name) for name in (x_name, kind_name if several else None) if name)
        ax.set_title(f"{self.score_name} by {by}" if by else self.score_name)
        ax.spines[["top", "right"]].set_visible(False)
        if several:
            place_legend(ax, title=kind_name, handles=[*self.bars_, *filter(None, [self.chance_line_])])
        elif self.chance is not None:
            # a single kind of bar is named by the axis already, so the line needs no legend
            place = {"transform": ax.get_yaxis_transform(), "va": "center", "fontsize": 9, "color": GREY}
            ax.text(1.01, self.chance, f"chance\n{self.chance:.3g}", **place)

    def _told_counts(self):
        if self.counts is None:
            return ""
        counts = self.counts.to_numpy()[self.means.notna().to_numpy()]
        low, high = counts.min(), counts.max()
        return f", n = {low}" if low == high else f", n = {low} to {high}"

    def _plot_labels_and_brackets(self, pairs):
        """Set the y range so that bars, value labels and brackets fit, then draw labels and brackets."""
        centres, width = self._centres()
        means, errors = self.means.to_numpy(dtype=float), np.nan_to_num(self.errors.to_numpy(dtype=float))
        there = np.isfinite(means)
        tops, low = np.maximum(means + errors, 0), min(0.0, (means - errors)[there].min())
        # the axes shrink when the layout makes room for labels
        wide, high = (0.8 * size for size in points(self.ax_))
        unit = wide / (len(means) + 0.2)
        labels = self._labels_of_small_bars(means, tops[there].max() - low)
        upright = any(6 * len(label) > width * unit for label in labels.values())
        room = (6 * max(map(len, labels.values()), default=0) + 4 if upright else 12) / high
        lifts = np.zeros(means.shape)
        for bar in labels:
            lifts[bar] = room
        ends = [sorted((centres[one], centres[other])) for one, other, _ in pairs]
        spans = [_at_least_as_wide(left, right, _MARK_POINTS / unit) for left, right in ends]
        bars = centres[there], tops[there], lifts[there]
        heights, step, extent = fit_brackets(spans, *bars, low=low, step=_BRACKET_POINTS / high)
        extent = max(extent, 1.05 * ((self.chance or 0) - low))
        self.ax_.set_ylim(low - (0.04 * extent if low < 0 else 0), low + extent)
        self._keep_ticks_below(tops[there].max())
        style = {"ha": "center", "va": "bottom", "fontsize": 8, "rotation": 90 if upright else 0}
        for place, label in labels.items():
            self.ax_.text(centres[place], tops[place] + 0.01 * extent, label, **style)
        marks = [stars(float(p_value)) for _, _, p_value in pairs]
        drawn = zip(ends, heights, marks, strict=True)
        self.brackets_ = [
            draw_bracket(self.ax_, left, right, height, step, mark) for (left, right), height, mark in drawn
        ]

    @staticmethod
    def _labels_of_small_bars(means, extent):
        small = np.isfinite(means) & (np.abs(np.nan_to_num(means)) < 0.02 * extent)
        return {(int(i), int(j)): f"{means[i, j]:.2g}" for i, j in np.argwhere(small)}

    def _keep_ticks_below(self, top):
        """Tick no value that the score cannot take: above 1 where no score is."""
        from matplotlib.ticker import MaxNLocator

        limit = 1.0 if top <= 1 else np.inf
        low, high = self.ax_.get_ylim()
        ticks = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, min(high, limit))
        self.ax_.set_yticks([tick for tick in ticks if low <= tick <= min(high, limit) + 1e-9])

    def _pairs(self):
        """Rows of ``significance`` as ((group, kind), (group, kind), p_value) with positions."""
        if self.significance is None:
            return []
        several = self.means.shape[1] > 1
        x_name = self.means.index.name
        columns = [x_name, "first", "second", "p_value"] if several else ["first", "second", "p_value"]
        check_frame(self.significance, columns, name="significance")
        pairs = []
        for record in self.significance[columns].to_dict("records"):
            if several:
                ends = [(record[x_name], record["first"]), (record[x_name], record["second"])]
            else:
                ends = [(record[end], self.means.columns[0]) for end in ("first", "second")]
            pairs.append((*(self._position(*end) for end in ends), record["p_value"]))
        return pairs

    def _position(self, group, kind):
        for level, axis in ((group, self.means.index), (kind, self.means.columns)):
            if level not in axis:
                raise invalid_parameter("significance", f"names {level!r}, which is not drawn; drawn are {list(axis)}")
        position = self.means.index.get_loc(group), self.means.columns.get_loc(kind)
        if not np.isfinite(self.means.iloc[position]):
            raise invalid_parameter("significance", f"names {group!r} with {kind!r}, for which there is no score")
        return position


def _at_least_as_wide(left, right, width):
    spare = max(0.0, (width - (right - left)) / 2)
    return left - spare, right + spare


def _levels(column):
    """Distinct values in order of the categories, else of appearance."""
    if column.isna().any():
        raise DataFormatError(f"column {column.name!r} of folds holds missing values; drop or name them")
    seen = column.unique()
    if hasattr(column, "cat"):
        return [level for level in column.cat.categories if level in set(seen)]
    return list(seen)
