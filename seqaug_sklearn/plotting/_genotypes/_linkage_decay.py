"""Linkage disequilibrium of real and synthetic individuals: decay with distance."""

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.genotypes import genotype_metrics
from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._genotypes._groups import read_groups
from seqaug_sklearn.plotting._genotypes._linkage_matrix import (
    COMMON,
    choose_population,
    common_variants,
    r2_matrix,
    unit_of,
)
from seqaug_sklearn.plotting._genotypes._panels import panels_for
from seqaug_sklearn.plotting._style import GREY, PALETTE, place_legend, short_labels
from seqaug_sklearn.utils import invalid_parameter

__all__ = ["LinkageDecayDisplay"]

_MANY_PANELS = 11
_REFERENCE = {"color": "black", "linewidth": 2.6}
_REAL_PEOPLE = "real individuals"
_DASHES = ((0, (5, 1.5)), (0, (5, 1.5, 1, 1.5)), (0, (1, 1.2)), (0, (8, 2, 1, 2, 1, 2)))
"""Of the generators: gaps let the curves below be seen where several coincide."""

_MUTED = ({"color": GREY, "linestyle": "-"}, {"color": GREY, "linestyle": ":"}, {"color": GREY, "linestyle": "-."})


class LinkageDecayDisplay:
    """Mean r² between variants by their distance: how far linkage reaches.

    One panel for the mean of the populations and one for each. Make it with :meth:`from_genotypes`, or with
    :meth:`from_frame` from what ``genotype_fidelity`` found.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``generator, population, distance, r2``, as ``ld_decay`` of
        :class:`~seqaug_sklearn.evaluation.GenotypeFidelity`.
    unit : {"bp", "variants"}, default="bp"
        Of the distances.
    reference : str, default="held-out"
        Generator that is the measure: black.
    muted : tuple of str, default=("real", "independent SNPs", "bootstrap copies")
        Generators that are ceiling or controls: grey.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per panel.
    ax_ : matplotlib Axes
        The first.
    figure_ : matplotlib Figure
        Figure of the axes.
    lines_ : dict of str to matplotlib Line2D
        Line of each generator in the first panel.

    See Also
    --------
    seqaug_sklearn.evaluation.genotype_fidelity : Where the curves come from.

    Examples
    --------
    >>> import matplotlib.pyplot as plt, pandas as pd
    >>> from seqaug_sklearn.plotting import LinkageDecayDisplay
    >>> rows = [("held-out", "north", 100, 0.9), ("held-out", "north", 1000, 0.3)]
    >>> rows += [("mosaic", "north", 100, 0.8), ("mosaic", "north", 1000, 0.2)]
    >>> frame = pd.DataFrame(rows, columns=["generator", "population", "distance", "r2"])
    >>> display = LinkageDecayDisplay.from_frame(frame)
    >>> display.lines_["mosaic"].get_ydata().tolist()
    [0.8, 0.2]
    >>> plt.close(display.figure_)
    """

    def __init__(
        self, frame, *, unit="bp", reference="held-out", muted=("real", "independent SNPs", "bootstrap copies")
    ):
        self.frame = frame
        self.unit = unit
        self.reference = reference
        self.muted = muted

    @classmethod
    def from_frame(cls, frame, *, unit="bp", populations=None, ax=None):
        """Check the table and plot it.

        Parameters
        ----------
        frame : pandas.DataFrame or GenotypeFidelity
            Columns ``generator, population, distance, r2``; of a
            :class:`~seqaug_sklearn.evaluation.GenotypeFidelity`, its ``ld_decay`` is taken.
        unit : {"bp", "variants"}, default="bp"
            Of the distances.
        populations : list, default=None
            Populations that get a panel of their own, beside the mean of all. None: all, or none where there is only
            one or there are more than 11.
        ax : matplotlib Axes or array-like of one Axes per panel, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        LinkageDecayDisplay

        Raises
        ------
        TypeError, DataFormatError, ValueError
            If the table lacks columns, rows or the reference, or a population or the unit is unknown.
        """
        return cls(getattr(frame, "ld_decay", frame), unit=unit).plot(ax, populations=populations)

    @classmethod
    def from_genotypes(
        cls, real, synthetic, *, encoding="phased", positions=None, populations=None, max_variants=1000, ax=None
    ):
        """Compute the mean r² by distance within each population and plot it.

        Parameters
        ----------
        real : (X, y) or GenotypeSet
            Real individuals with their populations, nothing missing: the measure.
        synthetic : dict of str to (X, y) or GenotypeSet, or one of these
            Synthetic individuals by name of the generator, of all populations.
        encoding : {"phased", "haplotype", "dosage"}, default="phased"
            Of all genotypes. Without phase (``"dosage"``) the correlation is that of allele counts.
        positions : array-like of shape (n_variants,), default=None
            Positions of the variants in base pairs; None takes those of a GenotypeSet with one chromosome, otherwise
            distances are counted in variants.
        populations : list, default=None
            As in :meth:`from_frame`.
        max_variants : int, default=1000
            Of the variants with a minor-allele frequency of at least 5 % in the real individuals of a population this
            many are compared, evenly chosen.
        ax : matplotlib Axes or array-like of one Axes per panel, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        LinkageDecayDisplay

        Raises
        ------
        DataFormatError, ValueError
            If genotypes are not in ``encoding`` or miss values, labels do not fit, groups differ in their variants, a
            group lacks a population, or no population has two common variants.
        """
        known, groups, names = read_groups(real, synthetic, encoding)
        positions, unit = _places(positions, real, known.n_variants)
        edges = genotype_metrics.distance_bins(positions)
        frames = []
        for population in names:
            choose_population(population, names, known, groups)
            shown = common_variants(known.of(population).dosages, max_variants)
            if len(shown) > 1:
                of_all = {_REAL_PEOPLE: known, **groups}
                frames += [_decay(name, g, population, shown, positions, edges) for name, g in of_all.items()]
        if not frames:
            raise ValueError(f"no population has two variants with a minor-allele frequency of at least {COMMON:.0%}")
        frame = pd.concat(frames, ignore_index=True)
        return cls(frame, unit=unit, reference=_REAL_PEOPLE).plot(ax, populations=populations)

    def plot(self, ax=None, *, populations=None):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of one Axes per panel, default=None
            Where to draw; None makes a figure.
        populations : list, default=None
            As in :meth:`from_frame`.

        Returns
        -------
        self : LinkageDecayDisplay
        """
        frame = check_frame(self.frame, ("generator", "population", "distance", "r2"), name="frame")
        if self.unit not in ("bp", "variants"):
            raise invalid_parameter("unit", f"must be 'bp' or 'variants', got {self.unit!r}")
        if self.reference not in set(frame["generator"]):
            raise DataFormatError(f"frame has no rows of the generator {self.reference!r}, the measure of all others")
        shown = self._shown(frame, populations)
        self.axes_, self.figure_, beside = panels_for(ax, 1 + len(shown), size=(3.0, 2.7))
        self.ax_ = self.axes_[0]
        mean = frame.groupby(["generator", "distance"], sort=False)["r2"].mean().reset_index()
        self.lines_ = self._plot_one(self.ax_, mean, "mean of the populations" if shown else "all individuals")
        for panel, population in zip(self.axes_[1:], shown, strict=True):
            self._plot_one(panel, frame[frame["population"] == population], short_labels([population], 24)[0])
        top = 1.05 * frame["r2"].max() or 1
        for panel in self.axes_:
            panel.set_ylim(-0.03 * top, top)  # curves at 0 stay visible
        place_legend(beside, handles=list(self.lines_.values()))
        return self

    def _shown(self, frame, populations):
        known = list(dict.fromkeys(frame["population"]))
        if populations is None:
            return known if 1 < len(known) <= _MANY_PANELS else []
        unknown = [population for population in populations if population not in known]
        if unknown:
            raise ValueError(f"populations has {unknown[0]!r}, which is not in the frame; it has {known}")
        return list(populations)

    def _plot_one(self, ax, frame, title):
        scale, unit = unit_of(frame["distance"].max()) if self.unit == "bp" else (1, "variants")
        lines = {}
        for name, style in self._styles().items():
            rows = frame[frame["generator"] == name].sort_values("distance")
            (lines[name],) = ax.plot(rows["distance"] / scale, rows["r2"], label=_label(name), **style)
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter("{x:g}")
        ax.xaxis.set_minor_formatter("")
        ax.set(xlabel=f"distance ({unit})", ylabel="mean r²")
        ax.set_title(title, fontsize=11)
        ax.spines[["top", "right"]].set_visible(False)
        return lines

    def _styles(self):
        """Style of each generator, in the order in which they are drawn."""
        names = list(dict.fromkeys(self.frame["generator"]))
        muted = [name for name in names if name in self.muted]
        others = [name for name in names if name not in (*muted, self.reference)]
        styles = {self.reference: _REFERENCE}
        styles |= {name: _MUTED[i % len(_MUTED)] | {"linewidth": 1.4} for i, name in enumerate(muted)}
        return styles | {name: _line_of(i) for i, name in enumerate(others)}


def _decay(name, people, population, shown, positions, edges):
    """Mean r² of one population by distance, as rows of the frame; empty bins are left out."""
    squared = r2_matrix(people.of(population).alleles[:, shown].astype(np.float64))
    row, column = np.triu_indices(len(shown), 1)
    distances = np.abs(positions[shown[column]] - positions[shown[row]])
    bins = np.clip(np.searchsorted(edges, distances, side="right") - 1, 0, len(edges) - 2)
    pairs = np.bincount(bins, minlength=len(edges) - 1)
    sums = np.bincount(bins, squared[row, column], len(edges) - 1)
    there = np.flatnonzero(pairs)
    centers = genotype_metrics.bin_centers(edges)[there]
    return pd.DataFrame(
        {"generator": name, "population": population, "distance": centers, "r2": sums[there] / pairs[there]}
    )


def _label(generator):
    real = {"real": "real training individuals", "held-out": "real held-out individuals"}
    return real.get(generator, short_labels([generator], 28)[0])


def _places(positions, real, n_variants):
    """Positions of the variants and their unit: base pairs, or the variants' order where nothing is known."""
    variants = getattr(real, "variants", None)
    if positions is None and variants is not None and len(set(variants["chrom"])) == 1:
        positions = variants["pos"]
    if positions is None:
        return np.arange(n_variants, dtype=float), "variants"
    positions = np.asarray(positions, float)
    if positions.shape != (n_variants,):
        raise invalid_parameter(
            "positions", f"must be {n_variants} numbers, one per variant, got shape {positions.shape}"
        )
    return positions, "bp"


def _line_of(i):
    return {"color": PALETTE[i % 6], "linestyle": _DASHES[i % len(_DASHES)], "linewidth": 1.8}
