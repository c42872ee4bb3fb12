"""What residues contribute to a classifier's answer, along one sequence."""

import numbers

import numpy as np

from seqaug_sklearn.plotting._attributions._exchange_map import ExchangeMap, name_places
from seqaug_sklearn.plotting._attributions._sequence_axis import (
    POSITIONS,
    check_made_by,
    coordinates_of,
    shade_unseen,
    tick_distance,
)
from seqaug_sklearn.plotting._style import GREY, PALETTE, axes_for, points, shorten
from seqaug_sklearn.utils import TARGET_WORDS, Parameter, invalid_parameter

__all__ = ["AttributionTrackDisplay", "MutagenesisDisplay"]

_MAKERS = "sequence_attributions or stitch_windows"
_LETTER_WIDTH = 7.5  # points that a letter of the sequence needs


class AttributionTrackDisplay:
    """Contribution of each residue of one sequence, as bars along it; known sites are shaded.

    Make it with :meth:`from_attributions`.

    Parameters
    ----------
    contributions : float ndarray of shape (length,)
        Contribution of each residue, in units of the explained output.
    text : str
        The residues.
    start : int, default=0
        Position of the first residue.
    coverage : int ndarray of shape (length,), default=None
        Windows that hold each residue; drawn below where given. Residues in none are hatched: nothing is known of them.
    sites : sequence of (int, int) or (int, int, str), default=()
        Start, end (0-based, half-open, in the sequence's positions) and name of what is shaded.
    title : str, default=None
        Title.
    coordinates : int ndarray of shape (length,), default=None
        What the ticks name instead of positions: the place of each residue in the genome.
    axis : str, default=None
        What the coordinates are.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (1,) or (2,)
        Contributions, and coverage where there is one.
    ax_ : matplotlib Axes
        The contributions' axes.
    figure_ : matplotlib Figure
        Figure of the axes.
    bars_ : tuple of two matplotlib StepPatch
        Residues that raise the output, and residues that lower it.

    See Also
    --------
    seqaug_sklearn.inspection.sequence_attributions : Computes them.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from seqaug_sklearn.plotting import AttributionTrackDisplay
    >>> display = AttributionTrackDisplay(np.array([0.1, 0.9, 0.8, -0.2]), "ACGT", sites=[(1, 3, "CG")]).plot()
    >>> display.bars_[0].get_data().values.tolist()
    [0.1, 0.9, 0.8, 0.0]
    >>> plt.close(display.figure_)
    """

    def __init__(
        self, contributions, text, *, start=0, coverage=None, sites=(), title=None, coordinates=None, axis=None
    ):
        self.contributions = contributions
        self.text = text
        self.start = start
        self.coverage = coverage
        self.sites = sites
        self.title = title
        self.coordinates = coordinates
        self.axis = axis

    @classmethod
    def from_attributions(cls, attributions, row=0, *, region=None, sites=(), ax=None):
        """Take one row of attributions and plot it.

        Parameters
        ----------
        attributions : Attributions
            What ``sequence_attributions`` or ``stitch_windows`` gave.
        row : int or label, default=0
            Row number, or identifier where attributions has them.
        region : (int, int), default=None
            Start and end of the part to draw; the whole sequence by default.
        sites : sequence of (int, int) or (int, int, str), default=()
            Start, end and name of what is shaded, in positions of the sequence.
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        AttributionTrackDisplay

        Raises
        ------
        ValueError
            If there is no such row or region, or a site is not (start, end) or (start, end, name) in the sequence.

        Warns
        -----
        SeqAugWarning
            If the place in an identifier has another length than its sequence; positions are then drawn instead.
        """
        check_made_by(attributions, ("per_position", "codes"), name="attributions", maker=_MAKERS)
        row = find_row(attributions, row)
        begin, end = check_region(region, int(attributions.lengths[row]))
        check_sites(sites, int(attributions.lengths[row]))
        _, coordinates, axis = coordinates_of(attributions, row)
        coverage = None if attributions.coverage is None else attributions.coverage[row, begin:end]
        text = str(attributions.take(row).text()[0])[begin:end]
        contributions = attributions.per_position()[row, begin:end]
        title = row_title(attributions, row)
        return cls(
            contributions,
            text,
            start=begin,
            coverage=coverage,
            sites=sites,
            title=title,
            coordinates=coordinates[begin:end] if axis != POSITIONS else None,
            axis=axis,
        ).plot(ax)

    def plot(self, ax=None):
        """Draw the bars, the sites and the coverage.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw, one axes for each panel or one for all; None makes a figure.

        Returns
        -------
        self : AttributionTrackDisplay
        """
        contributions = np.asarray(self.contributions, dtype=float)
        if contributions.shape != (len(self.text),):
            raise ValueError(f"contributions has shape {contributions.shape}, but text has {len(self.text)} residues")
        check_sites(self.sites)
        panels = {"n_rows": 1} if self.coverage is None else {"n_rows": 2, "height_ratios": (4, 1)}
        self.axes_, self.figure_ = axes_for(ax, figsize=(11, 3.0 if self.coverage is None else 3.8), **panels)
        self.ax_ = self.axes_[0]
        positions = self.start + np.arange(len(contributions))
        edges = self.start + np.arange(len(contributions) + 1) - 0.5
        raising = self.ax_.stairs(contributions.clip(min=0), edges, fill=True, color=PALETTE[0])
        self.bars_ = (raising, self.ax_.stairs(contributions.clip(max=0), edges, fill=True, color=PALETTE[1]))
        self.ax_.axhline(0, color="black", linewidth=0.6)
        self._shade_sites(contributions)
        for axes in self.axes_:
            axes.set_xlim(positions[0] - 0.5, positions[-1] + 0.5)
            axes.spines[["top", "right"]].set_visible(False)
        self.ax_.set_ylabel("contribution")
        if self.title:
            self.ax_.set_title(self.title, fontsize=11)
        self._draw_coverage(positions)
        self._label_positions(positions)
        return self

    def _shade_sites(self, contributions):
        low, high = min(contributions.min(), 0), max(contributions.max(), 0)
        room = (high - low) or 1.0
        end = self.start + len(contributions)
        places = []
        for begin, stop, *name in self.sites:
            if begin >= end or stop <= self.start:
                continue
            self.ax_.axvspan(begin - 0.5, stop - 0.5, color=PALETTE[4], alpha=0.3, linewidth=0, zorder=0)
            if name:
                places.append(((max(begin, self.start) + min(stop, end) - 1) / 2, str(name[0])))
        lines = _lines(places, len(contributions) / points(self.ax_)[0])
        for (middle, name), line in zip(sorted(places), lines, strict=True):
            self.ax_.text(middle, high + (0.17 + 0.13 * line) * room, name, ha="center", va="top", fontsize=9)
        above = 0.2 + 0.13 * max(lines) if lines else 0.05
        self.ax_.set_ylim(low - 0.05 * room, high + above * room)

    def _draw_coverage(self, positions):
        if self.coverage is None:
            return
        for axes in self.axes_:
            shade_unseen(axes, np.asarray(self.coverage) == 0, self.start)
        axes = self.axes_[1]
        axes.fill_between(positions, self.coverage, step="mid", color=GREY, alpha=0.5, linewidth=0)
        axes.set_ylim(0, max(np.max(self.coverage), 1) * 1.1)
        axes.yaxis.get_major_locator().set_params(integer=True, nbins=3)
        axes.set_ylabel("windows")
        self.ax_.tick_params(labelbottom=False)

    def _label_positions(self, positions):
        """Residues as letters where there is room; positions always."""
        from matplotlib.ticker import MaxNLocator

        for axes in self.axes_:
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
        axes = self.axes_[-1]
        letters = points(self.ax_)[0] / len(positions) >= _LETTER_WIDTH
        if self.coordinates is not None:
            for each in self.axes_:
                name_places(each, self.coordinates, self.start, tick_distance(len(positions)))
        unseen = self.coverage is not None and (np.asarray(self.coverage) == 0).any()
        axes.set_xlabel((self.axis or POSITIONS) + ("; hatched: in no window" if unseen else ""))
        if letters:
            axes.xaxis.remove_overlapping_locs = False  # letters stand at numbered positions too
            axes.set_xticks(positions, list(self.text), minor=True, fontsize=8, family="monospace")
            axes.tick_params(axis="x", which="minor", length=0, pad=2)
            axes.tick_params(axis="x", which="major", pad=14)


class MutagenesisDisplay(ExchangeMap):
    """What each exchange of a residue does to the output, as a heat map; dots mark the residues that are there.

    Make it with :meth:`from_attributions`.

    Parameters
    ----------
    changes : float ndarray of shape (length, n_symbols)
        Change of output for each symbol at each position.
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
    seqaug_sklearn.inspection.sequence_attributions : ``method="mutagenesis"`` computes the changes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from seqaug_sklearn.plotting import MutagenesisDisplay
    >>> changes = np.array([[0, -1.0, -1, -1], [0.2, 0, -0.1, 0]])
    >>> display = MutagenesisDisplay(changes, np.array([0, 1]), "ACGT").plot()
    >>> display.im_[0].get_array().shape
    (4, 2)
    >>> plt.close(display.figure_)
    """

    @classmethod
    def from_attributions(cls, attributions, row=0, *, region=None, per_row=100, ax=None):
        """Take one row of attributions by mutagenesis and plot it.

        Parameters
        ----------
        attributions : Attributions
            With ``method="mutagenesis"``.
        row : int or label, default=0
            Row number, or identifier where attributions has them.
        region : (int, int), default=None
            Start and end of the part to draw; the whole sequence by default.
        per_row : int, default=100
            Positions in a row of the figure.
        ax : matplotlib Axes or array-like of Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        MutagenesisDisplay

        Raises
        ------
        ValueError
            If the attributions are of another method, or there is no such row or region.
        """
        check_made_by(attributions, ("per_position", "codes"), name="attributions", maker=_MAKERS)
        if attributions.method != "mutagenesis":
            raise ValueError(
                f"attributions are by {attributions.method!r}, but the heat map shows exchanges of residues; use "
                "sequence_attributions(..., method='mutagenesis')"
            )
        row = find_row(attributions, row)
        begin, end = check_region(region, int(attributions.lengths[row]))
        _, coordinates, axis = coordinates_of(attributions, row)
        return cls(
            attributions.values[row, begin:end],
            attributions.codes[row, begin:end],
            attributions.alphabet.symbols,
            start=begin,
            per_row=per_row,
            title=row_title(attributions, row),
            coordinates=coordinates[begin:end] if axis != POSITIONS else None,
            axis=axis,
        ).plot(ax)


def check_sites(sites, length=None):
    """Raise ValueError for a site that is not (start, end) or (start, end, name), or not within the sequence."""
    for number, site in enumerate(sites):
        bounds = [] if isinstance(site, str) or not hasattr(site, "__len__") or len(site) not in (2, 3) else site[:2]
        if len(bounds) != 2 or not all(isinstance(bound, numbers.Real) for bound in bounds) or bounds[0] >= bounds[1]:
            raise ValueError(f"sites[{number}] must be (start, end) or (start, end, name), start < end, got {site!r}")
        if length is not None and not 0 <= bounds[0] < bounds[1] <= length:
            raise ValueError(
                f"sites[{number}]={site!r} does not lie within the {length} residues of the sequence; sites are given "
                "in its positions, 0-based"
            )


def _lines(places, residues_per_point):
    """Line of each name, from 0, so that none is printed over another; ``places`` are (middle, name)."""
    lines = []
    ends: list[float] = []
    for middle, name in sorted(places):
        half = (len(name) * 5.6 + 4) / 2 * residues_per_point
        free = next((line for line, end in enumerate(ends) if end <= middle - half), len(ends))
        ends[free:] = [middle + half, *ends[free + 1 :]]
        lines.append(free)
    return lines


def find_row(attributions, row):
    """Row number of a row number or identifier."""
    if attributions.identifiers is not None:
        named = [number for number, name in enumerate(attributions.identifiers) if name == row]
        if named:
            return named[0]
    whole = isinstance(row, numbers.Integral) and not isinstance(row, bool)
    if not whole or not -len(attributions) <= row < len(attributions):
        raise invalid_parameter(
            Parameter("row", row), f"is neither a row number below {len(attributions)} nor an identifier"
        )
    return int(row) % len(attributions)


def check_region(region, length):
    """Start and end of the part of a sequence to draw."""
    begin, end = (0, length) if region is None else region
    if not 0 <= begin < end <= length:
        raise invalid_parameter("region", f"must be (start, end) with 0 <= start < end <= {length}, got {region!r}")
    return begin, end


def row_title(attributions, row):
    """Name of a row, its target and the method."""
    name = f"sequence {row}" if attributions.identifiers is None else shorten(attributions.identifiers[row], 60)
    target = f"{TARGET_WORDS[attributions.kind]} {shorten(attributions.target[row], 40)}"
    return f"{name}: {target} ({attributions.method.replace('_', ' ')})"
