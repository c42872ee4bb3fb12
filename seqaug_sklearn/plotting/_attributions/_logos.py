"""Saliency logos: the letters of a sequence, as high as they contribute."""

from typing import Any, NamedTuple

import numpy as np

from seqaug_sklearn.motifs import draw_logo, logo_maker, stack_limits
from seqaug_sklearn.plotting._attributions._sequence_axis import (
    check_count,
    check_made_by,
    coordinates_of,
    shade_unseen,
    tick_distance,
)
from seqaug_sklearn.plotting._style import axes_for
from seqaug_sklearn.utils import Parameter, invalid_parameter

__all__ = ["LogoPanel", "SaliencyLogoDisplay"]

_STRANDS = {"forward": ("forward",), "reverse": ("reverse",), "both": ("forward", "reverse")}
_MOST_PANELS = 150


class LogoPanel(NamedTuple):
    """One row of letters."""

    title: str
    """Above the row; empty where it continues the one above."""
    strand: str
    """``"forward"`` (as given) or ``"reverse"`` (reverse complement)."""
    heights: Any
    """DataFrame: one row per residue in reading order, index its coordinate, one column per symbol."""
    limits: tuple
    """Ends of the y axis, the same for all rows of a sequence."""
    axis: str
    """What the coordinates are."""
    unseen: Any = ()
    """Bool, one per residue: whether no window holds it, which is shaded; empty where windows have no part in it."""


class SaliencyLogoDisplay:
    """Saliency logos of one sequence or a page of them, on one strand or both.

    Each letter is as high as its residue contributes to the classifier's answer; letters upside down speak against the
    class explained. Long sequences are cut into rows with a common scale; the reverse complement stands under each row
    and is read from left to right as well, so that a motif can be read on either strand. Padding is left out. Residues
    that lie in no window (``coverage`` 0) are hatched: nothing is known of them. Where identifiers carry the place in
    the genome, as bedtools writes it (``gene::chr:start-end(strand)``), coordinates are those of the genome.

    ``display.figure_.savefig("logo.svg")`` writes SVG, ``"logo.png"`` PNG. Make it with :meth:`from_attributions`.

    Parameters
    ----------
    panels : list of LogoPanel
        Rows of letters, from top to bottom.
    residues_per_row : int, default=100
        Letters for which a row has room.

    Attributes
    ----------
    ax_ : ndarray of matplotlib Axes of shape (n_panels,)
        One per row.
    figure_ : matplotlib Figure
        Figure of the axes.
    letters_ : list of list of matplotlib PathPatch
        Letters of each row.

    See Also
    --------
    seqaug_sklearn.inspection.sequence_attributions : Computes contributions.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.inspection import sequence_attributions
    >>> from seqaug_sklearn.plotting import SaliencyLogoDisplay
    >>> X, y = ["AACGTGAA", "TTCACGTG", "ATCCATAA", "TTAACCTA"], ["G-box", "G-box", "none", "none"]
    >>> kmers = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(4, 4)), LogisticRegression()).fit(X, y)
    >>> attributions = sequence_attributions(kmers, X, method="mutagenesis", target="G-box")
    >>> display = SaliencyLogoDisplay.from_attributions(attributions, rows=0, strand="both")
    >>> [(panel.strand, int(panel.heights.index[0])) for panel in display.panels]
    [('forward', 0), ('reverse', 7)]
    >>> plt.close(display.figure_)
    """

    def __init__(self, panels, *, residues_per_row=100):
        self.panels = panels
        self.residues_per_row = residues_per_row

    @classmethod
    def from_attributions(cls, attributions, *, rows=0, strand="forward", span=None, residues_per_row=100, ax=None):
        """Select sequences, and plot their logos.

        Parameters
        ----------
        attributions : Attributions
            Contributions of residues.
        rows : int, str, or list of them, default=0
            Sequences to draw, by row number or identifier.
        strand : {"forward", "reverse", "both"}, default="forward"
            As given, reverse complement, or the one under the other.
        span : (int, int), default=None
            Start and end of the residues to draw, 0-based and half-open in the sequence as given; all by default.
        residues_per_row : int, default=100
            Letters in a row.
        ax : matplotlib Axes or array of them, default=None
            Where to draw, one for each row; a single one is divided; None makes a figure.

        Returns
        -------
        SaliencyLogoDisplay

        Raises
        ------
        ValueError
            If a row, strand or span does not exist, there are more than 150 rows of letters, or proteins are asked for
            their reverse strand.
        MissingDependencyError
            If logomaker is missing.

        Warns
        -----
        SeqAugWarning
            If the place in an identifier has another length than its sequence; positions are then drawn instead.
        """
        check_made_by(
            attributions,
            ("per_position", "codes"),
            name="attributions",
            maker="sequence_attributions or stitch_windows",
        )
        if strand not in _STRANDS:
            raise invalid_parameter("strand", f"must be 'forward', 'reverse' or 'both', got {strand!r}")
        check_count(residues_per_row, "residues_per_row")
        panels = [
            panel
            for row in _row_numbers(attributions, rows)
            for panel in _panels(attributions, row, _STRANDS[strand], span, residues_per_row)
        ]
        if len(panels) > _MOST_PANELS:
            raise ValueError(
                f"{len(panels)} rows of letters are too many for one figure ({_MOST_PANELS} at most); draw fewer rows, "
                "a span, or more residues_per_row"
            )
        return cls(panels, residues_per_row=residues_per_row).plot(ax)

    def plot(self, ax=None):
        """Draw the letters.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw, one for each row; a single one is divided; None makes a figure.

        Returns
        -------
        self : SaliencyLogoDisplay
        """
        logo_maker()
        n_panels = len(self.panels)
        room = min(self.residues_per_row, max(len(panel.heights) for panel in self.panels))
        size = (1.2 + 0.11 * max(room, 30), 0.4 + 1.25 * n_panels)
        self.ax_, self.figure_ = axes_for(ax, n_rows=n_panels, figsize=size)
        self.letters_ = [self._plot_panel(one, panel, room) for one, panel in zip(self.ax_, self.panels, strict=True)]
        return self

    @staticmethod
    def _plot_panel(ax, panel, room):
        heights = panel.heights
        letters = draw_logo(ax, heights.to_numpy(), "".join(heights.columns), limits=panel.limits)
        ax.set_xlim(-0.5, room - 0.5)
        shade_unseen(ax, panel.unseen, 0)
        coordinates = heights.index.to_numpy()
        every = tick_distance(room)
        ticks = np.flatnonzero(coordinates % every == 0)
        ax.set_xticks(ticks, [f"{coordinates[i]:,}" for i in ticks], fontsize=8)
        ax.tick_params(axis="y", labelsize=8)
        ax.yaxis.get_major_locator().set_params(nbins=4)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_ylabel(f"contribution\n{panel.strand}", fontsize=8)
        if panel.title:
            ax.set_title(panel.title, fontsize=10, loc="left", fontweight="bold")
        if panel.axis:
            ax.set_xlabel(panel.axis, fontsize=9)
        return letters


def _row_numbers(attributions, rows):
    """Row numbers from numbers and identifiers."""
    given = [rows] if isinstance(rows, (str, int, np.integer)) else list(rows)
    names = [] if attributions.identifiers is None else list(attributions.identifiers)
    numbers = []
    for row in given:
        if isinstance(row, str):
            if row not in names:
                raise invalid_parameter("rows", f"names {row!r}, which is not among the {len(names)} identifiers")
            row = names.index(row)
        if not -len(attributions) <= row < len(attributions):
            raise ValueError(f"rows asks for row {row}, but there are {len(attributions)} sequences")
        numbers.append(int(row) % len(attributions))
    if not numbers:
        raise ValueError("rows is empty; at least one sequence is needed")
    return numbers


def _panels(attributions, row, strands, span, residues_per_row):
    """Rows of letters of one sequence: each stretch as given, then its reverse complement."""
    import pandas as pd

    known = np.flatnonzero(attributions.codes[row] < len(attributions.alphabet))
    if known.size == 0:
        raise ValueError(f"row {row} holds no known residue; there is nothing to draw")
    first, last = _within(span, int(known[0]), int(known[-1]) + 1)
    title, coordinates, axis = coordinates_of(attributions, row)
    one = attributions.take([row])
    heights = pd.DataFrame(one.actual()[0], index=coordinates, columns=list(one.alphabet.symbols))[first:last]
    limits = stack_limits(heights.to_numpy())
    unseen = np.zeros(len(heights), bool) if one.coverage is None else one.coverage[0, first:last] == 0
    axis += "; hatched: in no window" if unseen.any() else ""
    panels = []
    for start in range(0, len(heights), residues_per_row):
        stretch = heights.iloc[start : start + residues_per_row]
        both = {"forward": stretch}
        if "reverse" in strands:
            both["reverse"] = _reverse_complement(stretch, one.alphabet)
        hidden = unseen[start : start + residues_per_row]
        sides = {"forward": hidden, "reverse": hidden[::-1]}
        panels += [LogoPanel("", strand, both[strand], limits, "", sides[strand]) for strand in strands]
    panels[0] = panels[0]._replace(title=title)
    panels[-1] = panels[-1]._replace(axis=axis)
    return panels


def _within(span, first, last):
    if span is None:
        return first, last
    start, end = span
    if not 0 <= start < end or max(first, start) >= min(last, end):
        raise invalid_parameter(
            Parameter("span", span), f"must lie within the residues {first} to {last} (0-based, half-open)"
        )
    return max(first, start), min(last, end)


def _reverse_complement(heights, alphabet):
    """The same letters on the other strand, read in its direction."""
    order = alphabet.complement_codes[:-1]
    flipped = heights.iloc[::-1, order]
    return flipped.set_axis(heights.columns, axis=1)
