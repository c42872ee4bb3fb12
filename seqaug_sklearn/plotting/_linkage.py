"""Linkage disequilibrium of real and synthetic people: heat maps, and decay with distance."""

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting._checks import check_frame
from seqaug_sklearn.plotting._genotype_groups import read_groups
from seqaug_sklearn.plotting._genotype_panels import panels_for
from seqaug_sklearn.plotting._style import GREY, PALETTE, place_legend, short_labels

__all__ = ["LinkageDecayDisplay", "LinkageMatrixDisplay"]

_COMMON = 0.05
_MANY_PANELS = 11
_REFERENCE = {"color": "black", "linewidth": 2.6}
_MUTED = ({"color": GREY, "linestyle": "-"}, {"color": GREY, "linestyle": ":"}, {"color": GREY, "linestyle": "-."})


class LinkageMatrixDisplay:
    """Heat maps of r² between variants: real people above the diagonal, synthetic ones below.

    One panel per generator. A good one is a mirror image. Make it with :meth:`from_genotypes`.

    Parameters
    ----------
    real : float ndarray of shape (n_variants, n_variants)
        Squared correlation of each pair of variants in the real people.
    synthetic : dict of str to float ndarray of shape (n_variants, n_variants)
        The same in the synthetic people.
    positions : array-like of shape (n_variants,), default=None
        Positions of the variants in base pairs, for the axes; None numbers them.
    title : str, default=""
        What the variants and people are.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per generator.
    ax_ : matplotlib Axes
        The first.
    figure_ : matplotlib Figure
        Figure of the axes.

    See Also
    --------
    LinkageDecayDisplay : The mean by distance.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.augmentation import HaplotypeMosaic
    >>> from seqaug_sklearn.datasets import make_genotypes
    >>> from seqaug_sklearn.plotting import LinkageMatrixDisplay
    >>> people = make_genotypes(20, n_variants=60, random_state=0)
    >>> new = HaplotypeMosaic(random_state=0).fit(people).sample(100)
    >>> display = LinkageMatrixDisplay.from_genotypes(people, {"mosaic": new}, population="POP2")
    >>> display.real.shape == display.synthetic["mosaic"].shape
    True
    >>> plt.close(display.figure_)
    """

    def __init__(self, real, synthetic, *, positions=None, title=""):
        self.real = real
        self.synthetic = synthetic
        self.positions = positions
        self.title = title

    @classmethod
    def from_genotypes(
        cls, real, synthetic, *, encoding="phased", population=None, positions=None, max_variants=300, ax=None
    ):
        """Compute r² within populations and plot it.

        Parameters
        ----------
        real : (X, y) or GenotypeSet
            Real people with their populations, nothing missing.
        synthetic : dict of str to (X, y) or GenotypeSet, or one of these
            Synthetic people by name of the generator.
        encoding : {"phased", "haplotype", "dosage"}, default="phased"
            Of all genotypes. Without phase (``"dosage"``) the correlation is that of allele counts.
        population : label, default=None
            Population that is compared; None takes the one with most real people. Populations are never pooled: their
            differences alone would look like linkage.
        positions : array-like of shape (n_variants,), default=None
            Positions of the variants in base pairs; None takes those of a GenotypeSet.
        max_variants : int, default=300
            Of the variants with a minor-allele frequency of at least 5 % in the real people of the population this
            many are shown, evenly chosen.
        ax : matplotlib Axes or array-like of one Axes per generator, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        LinkageMatrixDisplay

        Raises
        ------
        DataFormatError, ValueError
            If genotypes are not in ``encoding`` or miss values, labels do not fit, groups differ in their variants, the
            population is unknown or in a group absent, or fewer than two variants are common in it.
        """
        known, groups, populations = read_groups(real, synthetic, encoding)
        population = _chosen(population, populations, known, groups)
        counts, alleles = known.of(population)
        frequencies = counts.mean(axis=0) / 2
        common = np.flatnonzero(np.minimum(frequencies, 1 - frequencies) >= _COMMON)
        if len(common) < 2 or max_variants < 2:
            raise ValueError(
                f"a heat map needs two variants with a minor-allele frequency of at least {_COMMON:.0%} in population "
                f"{population!r}; there are {len(common)}, and max_variants={max_variants}"
            )
        shown = common[np.unique(np.linspace(0, len(common) - 1, min(len(common), max_variants)).astype(int))]
        variants = getattr(real, "variants", None)
        if positions is None and variants is not None and len(set(variants["chrom"])) == 1:
            positions = variants["pos"]
        return cls(
            _r2_matrix(alleles[:, shown]),
            {name: _r2_matrix(people.of(population)[1][:, shown]) for name, people in groups.items()},
            positions=None if positions is None else np.asarray(positions, float)[shown],
            title=f"population {population}: {_shown_of(len(shown), len(common))}",
        ).plot(ax)

    def plot(self, ax=None):
        """Draw one panel per generator.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of one Axes per generator, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : LinkageMatrixDisplay
        """
        self.axes_, self.figure_, beside = panels_for(ax, len(self.synthetic), size=(3.7, 4.1))
        self.ax_ = self.axes_[0]
        for panel, (name, matrix) in zip(self.axes_, self.synthetic.items(), strict=True):
            image = self._plot_one(panel, short_labels([name], 24)[0], np.asarray(matrix, float))
        self.figure_.colorbar(image, ax=beside, label="r²", shrink=0.75)
        if self.title:
            self.figure_.suptitle(self.title, fontsize=11)
        return self

    def _plot_one(self, ax, name, matrix):
        both = np.where(np.triu(np.ones(matrix.shape, bool), 1), self.real, matrix)
        np.fill_diagonal(both, np.nan)
        image = ax.imshow(both, cmap="magma_r", vmin=0, vmax=1, interpolation="nearest")
        ax.set_title("above: real people", fontsize=10, loc="right")
        ax.annotate(f"below: {name}", (0, 0), (0, -18), "axes fraction", "offset points", fontsize=10, va="top")
        self._label_positions(ax)
        return image

    def _label_positions(self, ax):
        n_variants = len(self.real)
        places = np.unique(np.linspace(0, n_variants - 1, 5).astype(int))
        if self.positions is None:
            labels = [str(place + 1) for place in places]
            ax.set_ylabel("variant")
        else:
            scale, unit = _unit(self.positions[-1])
            values = np.asarray(self.positions)[places] / scale
            digits = int(np.clip(np.ceil(-np.log10(max(np.ptp(values) / 5, 1e-9))), 0, 6))
            labels = [f"{value:.{digits}f}" for value in values]
            ax.set_ylabel(f"position ({unit})")
        ax.set_yticks(places, labels)
        ax.set_xticks([])


class LinkageDecayDisplay:
    """Mean r² between variants by their distance: how far linkage reaches.

    One panel for the mean of the populations and one for each. Make it with :meth:`from_frame`.

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
        frame : pandas.DataFrame
            Columns ``generator, population, distance, r2``.
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
        return cls(frame, unit=unit).plot(ax, populations=populations)

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
            raise ValueError(f"unit must be 'bp' or 'variants', got {self.unit!r}")
        if self.reference not in set(frame["generator"]):
            raise DataFormatError(f"frame has no rows of the generator {self.reference!r}, the measure of all others")
        shown = self._shown(frame, populations)
        self.axes_, self.figure_, beside = panels_for(ax, 1 + len(shown), size=(3.0, 2.7))
        self.ax_ = self.axes_[0]
        mean = frame.groupby(["generator", "distance"], sort=False)["r2"].mean().reset_index()
        self.lines_ = self._plot_one(self.ax_, mean, "mean of the populations" if shown else "all people")
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
        scale, unit = _unit(frame["distance"].max()) if self.unit == "bp" else (1, "variants")
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
        return styles | {name: {"color": PALETTE[i % 6], "linewidth": 1.8} for i, name in enumerate(others)}


def _label(generator):
    real = {"real": "real training people", "held-out": "real held-out people"}
    return real.get(generator, short_labels([generator], 28)[0])


def _chosen(population, populations, real, groups):
    if population is None:
        labels, sizes = np.unique(real.labels, return_counts=True)
        population = labels.tolist()[sizes.argmax()]
    if population not in populations:
        raise ValueError(f"population={population!r} is not among the real ones: {populations}")
    for name, people in groups.items():
        if population not in people.labels.tolist():
            raise ValueError(f"synthetic[{name!r}] has nobody of population {population!r}; choose another population")
    return population


def _shown_of(n_shown, n_common):
    of = f"{n_shown:,}" if n_shown == n_common else f"{n_shown:,} of {n_common:,}"
    return f"{of} variants with a\nminor-allele frequency of at least {_COMMON:.0%}"


def _r2_matrix(alleles):
    """Squared correlation of columns; 0 where a column does not vary."""
    centered = alleles - alleles.mean(axis=0)
    norms = np.sqrt((centered**2).sum(axis=0))
    scaled = np.divide(centered, norms, out=np.zeros_like(centered), where=norms > 1e-9)
    return (scaled.T @ scaled) ** 2


def _unit(largest):
    """Divisor and name of a readable unit of base pairs."""
    return (1e6, "Mb") if largest >= 1e6 else (1e3, "kb") if largest >= 1e3 else (1, "bp")
