"""Sequence logos: letters as high as their value, negative ones upside down."""

import numpy as np

from seqaug_sklearn.reporting import BLUE, GREEN, ORANGE, VERMILLION
from seqaug_sklearn.utils import import_optional

__all__ = ["SYMBOL_COLORS", "draw_logo", "logo_maker", "stack_limits"]

_DARK = "#3A3A3A"

SYMBOL_COLORS = {
    "nucleotides": dict(zip("ACGTU", (GREEN, BLUE, ORANGE, VERMILLION, VERMILLION), strict=True)),
    # acidic, basic, polar, small or turning; the rest is hydrophobic
    "amino acids": {
        symbol: color
        for symbols, color in (("DE", VERMILLION), ("KRH", BLUE), ("STNQCY", GREEN), ("GP", ORANGE), ("AVLIMFW", _DARK))
        for symbol in symbols
    },
}
"""Symbol -> colour; Okabe and Ito's colours, distinguished by colour-blind readers."""

_LEAST = 0.004
"""Letters lower than this share of the highest stack are left out: they would be thinner than a line."""


def logo_maker():
    """Return logomaker, or raise `MissingDependencyError`; call it before a figure is made that would stay open."""
    return import_optional("logomaker", extra="explain", purpose="a sequence logo")


def draw_logo(ax, matrix, symbols, *, positions=None, limits=None):
    """Draw a logo on axes that belong to the caller.

    Parameters
    ----------
    ax : matplotlib Axes
        Where to draw.
    matrix : array-like of shape (length, n_symbols)
        Heights of the letters: contributions, or information in bits.
    symbols : str
        One letter per column.
    positions : array-like of shape (length,), default=None
        Where each column of letters stands; 0, 1, 2 ... by default.
    limits : (float, float), default=None
        Lower and upper end of the y axis; what the letters need by default.

    Returns
    -------
    list of matplotlib PathPatch
        The letters, from left to right and upwards.

    Raises
    ------
    MissingDependencyError
        If logomaker is missing.
    """
    logomaker = logo_maker()
    matrix = np.asarray(matrix, dtype=float)
    positions = np.arange(len(matrix)) if positions is None else np.asarray(positions)
    colors = SYMBOL_COLORS["nucleotides" if set(symbols) <= set("ACGTU") else "amino acids"]
    low, high = stack_limits(matrix) if limits is None else limits
    least = _LEAST * max(high, -low)
    patches = []
    for position, heights in zip(positions, matrix, strict=True):
        for column, floor, ceiling in _stacked(heights, least):
            glyph = logomaker.Glyph(
                position,
                symbols[column],
                ax=ax,
                floor=floor,
                ceiling=ceiling,
                color=colors.get(symbols[column], _DARK),
                flip=bool(heights[column] < 0),
                width=0.95,
            )
            patches.append(glyph.patch)
    ax.axhline(0, color="black", linewidth=0.5, zorder=-1)
    ax.set_xlim(positions.min() - 0.5, positions.max() + 0.5)
    ax.set_ylim(low, high)
    return patches


def stack_limits(matrix):
    """Lowest and highest end of the stacks, with a little room; (0, 1) where all is zero."""
    low, high = np.minimum(matrix, 0).sum(axis=1).min(), np.maximum(matrix, 0).sum(axis=1).max()
    if not high > low:
        return 0.0, 1.0
    room = 0.03 * (high - low)
    return low - room if low < 0 else 0.0, high + room


def _stacked(heights, least):
    """Yield (column, floor, ceiling) of each letter: small ones next to zero, on either side."""
    # stacked outwards from zero on either side
    order = np.argsort(np.abs(heights), kind="stable")
    top, bottom = 0.0, 0.0
    for column in order:
        height = float(heights[column])
        if abs(height) < least:
            continue
        if height > 0:
            yield column, top, top + height
            top += height
        else:
            yield column, bottom + height, bottom
            bottom += height
