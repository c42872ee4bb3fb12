"""Linkage disequilibrium of real and synthetic individuals: heat maps."""

import numpy as np

from seqaug_sklearn.plotting._genotypes._groups import read_groups
from seqaug_sklearn.plotting._genotypes._panels import panels_for
from seqaug_sklearn.plotting._style import short_labels
from seqaug_sklearn.utils import Parameter, invalid_parameter

__all__ = ["COMMON", "LinkageMatrixDisplay", "choose_population", "common_variants", "r2_matrix", "unit_of"]

COMMON = 0.05


class LinkageMatrixDisplay:
    """Heat maps of r² between variants: real individuals above the diagonal, synthetic ones below.

    One panel per generator. A good one is a mirror image. Make it with :meth:`from_genotypes`.

    Parameters
    ----------
    real : float ndarray of shape (n_variants, n_variants)
        Squared correlation of each pair of variants in the real individuals.
    synthetic : dict of str to float ndarray of shape (n_variants, n_variants)
        The same in the synthetic individuals.
    positions : array-like of shape (n_variants,), default=None
        Positions of the variants in base pairs, for the axes; None numbers them.
    title : str, default=""
        What the variants and individuals are.

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
    >>> individuals = make_genotypes(60, n_variants=60, random_state=0)
    >>> new = HaplotypeMosaic(random_state=0).fit(individuals).sample(100)
    >>> display = LinkageMatrixDisplay.from_genotypes(individuals, {"mosaic": new}, population="POP2")
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
            Real individuals with their populations, nothing missing.
        synthetic : dict of str to (X, y) or GenotypeSet, or one of these
            Synthetic individuals by name of the generator.
        encoding : {"phased", "haplotype", "dosage"}, default="phased"
            Of all genotypes. Without phase (``"dosage"``) the correlation is that of allele counts.
        population : label, default=None
            Population that is compared; None takes the one with most real individuals. Populations are never pooled:
            their differences alone would look like linkage.
        positions : array-like of shape (n_variants,), default=None
            Positions of the variants in base pairs; None takes those of a GenotypeSet.
        max_variants : int, default=300
            Of the variants with a minor-allele frequency of at least 5 % in the real individuals of the population this
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
        population = choose_population(population, populations, known, groups)
        real_individuals = known.of(population)
        common = common_variants(real_individuals.dosages)
        if len(common) < 2 or max_variants < 2:
            raise ValueError(
                f"a heat map needs two variants with a minor-allele frequency of at least {COMMON:.0%} in population "
                f"{population!r}; there are {len(common)}, and max_variants={max_variants}"
            )
        shown = common_variants(real_individuals.dosages, max_variants)
        variants = getattr(real, "variants", None)
        if positions is None and variants is not None and len(set(variants["chrom"])) == 1:
            positions = variants["pos"]
        return cls(
            r2_matrix(real_individuals.alleles[:, shown]),
            {name: r2_matrix(people.of(population).alleles[:, shown]) for name, people in groups.items()},
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
        ax.set_title("above: real individuals", fontsize=10, loc="right")
        ax.annotate(f"below: {name}", (0, 0), (0, -18), "axes fraction", "offset points", fontsize=10, va="top")
        self._label_positions(ax)
        return image

    def _label_positions(self, ax):
        n_variants = len(self.real)
        places = np.unique(np.linspace(0, n_variants - 1, 5).astype(int))
        if self.positions is None:
            labels = [str(place + 1) for place in places]
            ax.set_ylabel("variants in order")
        else:
            scale, unit = unit_of(self.positions[-1])
            values = np.asarray(self.positions)[places] / scale
            digits = int(np.clip(np.ceil(-np.log10(max(np.ptp(values) / 5, 1e-9))), 0, 6))
            labels = [f"{value:.{digits}f}" for value in values]
            ax.set_ylabel(f"variants in order, position ({unit})")
        ax.set_yticks(places, labels)
        ax.set_xticks([])


def common_variants(counts, most=None):
    """Return the numbers of the variants common enough for r², or of some of them, evenly chosen."""
    frequencies = counts.mean(axis=0) / 2
    common = np.flatnonzero(np.minimum(frequencies, 1 - frequencies) >= COMMON)
    if most is None or len(common) <= most:
        return common
    return common[np.unique(np.linspace(0, len(common) - 1, most).astype(int))]


def choose_population(population, populations, real, groups):
    """Return the population (None: the one with most real individuals), which every group must have."""
    if population is None:
        labels, sizes = np.unique(real.populations, return_counts=True)
        population = labels.tolist()[sizes.argmax()]
    if population not in populations:
        raise invalid_parameter(Parameter("population", population), f"is not among the real ones: {populations}")
    for name, people in groups.items():
        if population not in people.populations.tolist():
            raise ValueError(
                f"synthetic[{name!r}] has no individual of population {population!r}; choose another population"
            )
    return population


def _shown_of(n_shown, n_common):
    of = f"{n_shown:,}" if n_shown == n_common else f"{n_shown:,} of {n_common:,}"
    return f"{of} variants with a\nminor-allele frequency of at least {COMMON:.0%}"


def r2_matrix(alleles):
    """Squared correlation of columns; 0 where a column does not vary."""
    centered = alleles - alleles.mean(axis=0)
    norms = np.sqrt((centered**2).sum(axis=0))
    scaled = np.divide(centered, norms, out=np.zeros_like(centered), where=norms > 1e-9)
    return (scaled.T @ scaled) ** 2


def unit_of(largest):
    """Divisor and name of a readable unit of base pairs."""
    if largest >= 1e6:
        return 1e6, "Mb"
    if largest >= 1e3:
        return 1e3, "kb"
    return 1, "bp"
