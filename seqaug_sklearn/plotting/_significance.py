"""Significance marks: stars, and brackets stacked so that none overlap."""

import math

__all__ = ["draw_bracket", "fit_brackets", "stack_brackets", "stars"]

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
    placed = []
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
