"""Effects of all substitutions along one sequence."""

import numpy as np

from seqaug_sklearn.plotting._attributions._attributions import check_region
from seqaug_sklearn.plotting._attributions._exchange_map import ExchangeMap
from seqaug_sklearn.plotting._attributions._sequence_axis import check_made_by
from seqaug_sklearn.plotting._style import points, shorten
from seqaug_sklearn.utils import TARGET_WORDS, Parameter, invalid_parameter, listed

__all__ = ["VariantEffectsDisplay"]

_LETTER_WIDTH = 6.5
"""Points that a letter needs; where there are fewer, residues are dots."""
_MOST = 5000
"""Positions that a figure can show."""


class VariantEffectsDisplay(ExchangeMap):
    """Effects of the single substitutions of one sequence, as a heat map; letters mark the residues that are there.

    Make it with :meth:`from_effects`. What was not asked for is grey.

    Parameters
    ----------
    changes : float ndarray of shape (length, n_symbols)
        Effect of each symbol at each position; NaN where there is none.
    codes : int ndarray of shape (length,)
        Column of the residue that is there; ``n_symbols`` where it is unknown.
    symbols : str
        Letters of the columns.
    start : int, default=0
        Position of the first residue.
    per_row : int, default=100
        Positions in a row of the figure; longer sequences continue in further rows.
    title : str, default=None
        Title.
    coordinates : int ndarray of shape (length,), default=None
        What the ticks name instead of positions: the place of each residue in the genome.
    axis : str, default=None
        What the coordinates are.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per row of the figure.
    ax_ : matplotlib Axes
        The first.
    figure_ : matplotlib Figure
        Figure of the axes.
    im_ : list of matplotlib AxesImage
        One per row of the figure.

    See Also
    --------
    seqaug_sklearn.inspection.variant_effects : Computes the effects.
    MutagenesisDisplay : The same of attributions.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from seqaug_sklearn.plotting import VariantEffectsDisplay
    >>> changes = np.array([[np.nan, -1.0, -1, -1], [0.2, np.nan, -0.1, 0]])
    >>> display = VariantEffectsDisplay(changes, np.array([0, 1]), "ACGT").plot()
    >>> [text.get_text() for text in display.ax_.texts]
    ['A', 'C']
    >>> plt.close(display.figure_)
    """

    _quantity = "change of log-odds"
    _marked = "letter or dot: the residue that is there"

    @classmethod
    def from_effects(cls, effects, name=None, *, region=None, per_row=100, ax=None):
        """Take the substitutions of one sequence and plot what they do to the target.

        Parameters
        ----------
        effects : VariantEffects
            What ``variant_effects`` gave.
        name : str, default=None
            Sequence; that of the strongest substitution by default.
        region : (int, int), default=None
            Start and end of the part to draw, 0-based; by default from the first substitution to the last.
        per_row : int, default=100
            Positions in a row of the figure.
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        VariantEffectsDisplay

        Raises
        ------
        ValueError
            If there are no substitutions of that sequence or in that region, or they are too far apart for a figure.
        """
        check_made_by(effects, ("table", "effects", "lengths"), name="effects", maker="variant_effects")
        rows = effects.table.assign(effect=effects.effects)
        rows = rows[rows["kind"] == "substitution"]
        if not len(rows):
            raise invalid_parameter("effects", "holds no single substitution, and the heat map shows nothing else")
        strongest = rows["name"].to_numpy()[rows["effect"].abs().argmax()]
        name = strongest if name is None else str(name)
        rows = rows[rows["name"] == name]
        if not len(rows):
            known = effects.table["name"].unique()
            raise invalid_parameter(Parameter("name", name), f"has no substitution; there are {listed(known)}")
        whole = (int(rows["position"].min()), int(rows["position"].max()) + 1)
        begin, end = check_region(region or whole, int(effects.lengths[name]))
        rows = rows[rows["position"].between(begin, end - 1)]
        if end - begin > _MOST or not len(rows):
            told = f"{len(rows)} substitutions in {end - begin} positions"
            raise invalid_parameter(
                "region", f"must hold substitutions, and {_MOST} positions at most; there are {told}"
            )
        changes, codes = _arrays(rows, begin, end, effects.alphabet.symbols)
        title = f"{shorten(name, 60)}: {TARGET_WORDS[effects.kind]} {shorten(effects.target, 40)}"
        display = cls(changes, codes, effects.alphabet.symbols, start=begin, per_row=per_row, title=title)
        if effects.kind == "number":
            display._quantity = "change of prediction"
        return display.plot(ax)

    def _mark(self, axes, first, codes):
        room = points(axes)[0] / min(self.per_row, len(self.codes))
        if room < _LETTER_WIDTH:
            super()._mark(axes, first, codes)
            return
        for place in np.flatnonzero(codes < len(self.symbols)):
            letter = self.symbols[codes[place]]
            style = {"ha": "center", "va": "center", "fontsize": 8, "family": "monospace"}
            axes.text(first + place, codes[place], letter, **style)


def _arrays(rows, begin, end, symbols):
    """Effects (length, n_symbols) and codes (length,) of the positions from begin to end."""
    changes = np.full((end - begin, len(symbols)), np.nan)
    codes = np.full(end - begin, len(symbols))
    column = {symbol: code for code, symbol in enumerate(symbols)}
    places = rows["position"].to_numpy() - begin
    changes[places, rows["alt"].map(column)] = rows["effect"]
    codes[places] = rows["ref"].map(column)
    return changes, codes
