"""Genotypes as a picture: a row per individual, a column per variant, a colour per state."""

import numpy as np

from seqaug_sklearn.plotting._genotypes._groups import read_groups
from seqaug_sklearn.plotting._style import axes_for, short_labels
from seqaug_sklearn.reporting import ORANGE, PINK, SKY
from seqaug_sklearn.utils import check_generator

__all__ = ["GenotypePictureDisplay"]

_PHASED = {"0|0": "#EFEDE6", "0|1": ORANGE, "1|0": SKY, "1|1": "#1B1B1B"}
_COUNTS = {"0": "#EFEDE6", "1": SKY, "2": "#1B1B1B"}
_MISSING = {"missing": PINK}


class GenotypePictureDisplay:
    """Genotypes of some individuals of every population as a picture of four colours, real above synthetic.

    Rows are individuals, grouped by population and ordered so that similar ones are neighbours; columns are variants,
    the same in all panels. Linked variants are stripes that run through many rows. Allele counts, which have no phase,
    have three colours. The picture shows real individuals' genotypes: keep it as confidential as them. Make it with
    :meth:`from_genotypes`.

    Parameters
    ----------
    states : dict of str to int ndarray of shape (n_rows, n_variants)
        By name of the group: 0 to 3 for ``0|0``, ``0|1``, ``1|0``, ``1|1``, or 0 to 2 copies; -1 missing.
    labels : dict of str to list of length n_rows
        Population of each row, populations in one piece.
    phased : bool, default=True
        Whether states are phased.
    n_variants : int, default=None
        Variants that there are; those shown are evenly chosen. None: all are shown.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per group.
    ax_ : matplotlib Axes
        The first.
    figure_ : matplotlib Figure
        Figure of the axes.

    References
    ----------
    Chen et al., "Population-scale genomic data augmentation based on conditional generative adversarial networks",
    BCB 2020, doi 10.1145/3388440.3412475, and its notebook, which shows generated genotypes in four colours.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.augmentation import HaplotypeMosaic
    >>> from seqaug_sklearn.datasets import make_genotypes
    >>> from seqaug_sklearn.plotting import GenotypePictureDisplay
    >>> individuals = make_genotypes(60, n_variants=30, n_populations=2, random_state=0)
    >>> new = HaplotypeMosaic(random_state=0).fit(individuals).sample(100)
    >>> display = GenotypePictureDisplay.from_genotypes(individuals, {"mosaic": new}, n_individuals=4)
    >>> {name: states.shape for name, states in display.states.items()}
    {'real': (8, 30), 'mosaic': (8, 30)}
    >>> plt.close(display.figure_)
    """

    def __init__(self, states, labels, *, phased=True, n_variants=None):
        self.states = states
        self.labels = labels
        self.phased = phased
        self.n_variants = n_variants

    @classmethod
    def from_genotypes(
        cls, real, synthetic, *, encoding="phased", n_individuals=12, max_variants=300, random_state=0, ax=None
    ):
        """Draw some individuals of every population and plot them.

        Parameters
        ----------
        real : (X, y) or GenotypeSet
            Real individuals with their populations; calls may be missing.
        synthetic : dict of str to (X, y) or GenotypeSet, or one of these
            Synthetic individuals by name of the generator.
        encoding : {"phased", "haplotype", "dosage"}, default="phased"
            Of all genotypes.
        n_individuals : int, default=12
            Individuals shown of each population, or all where there are fewer.
        max_variants : int, default=300
            Variants shown, evenly chosen where there are more.
        random_state : int, RandomState, Generator or None, default=0
            Which individuals are shown.
        ax : matplotlib Axes or array-like of one Axes per group, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        GenotypePictureDisplay

        Raises
        ------
        DataFormatError, ValueError
            If genotypes are not in ``encoding``, labels do not fit, groups differ in their variants, or a number is
            below 1.
        """
        for name, number in (("n_individuals", n_individuals), ("max_variants", max_variants)):
            if number < 1:
                raise ValueError(f"{name} must be at least 1, got {number}")
        rng = check_generator(random_state)
        known, groups, populations = read_groups(real, synthetic, encoding, allow_missing=True)
        n_variants = known.n_variants
        columns = np.unique(np.linspace(0, n_variants - 1, min(n_variants, max_variants)).astype(int))
        states, labels = {}, {}
        for name, people in ({"real": known} | groups).items():
            rows = _chosen_rows(people, populations, n_individuals, columns, rng)
            states[name], labels[name] = _states(people)[rows][:, columns], people.populations[rows].tolist()
        return cls(states, labels, phased=encoding != "dosage", n_variants=n_variants).plot(ax)

    def plot(self, ax=None):
        """Draw one panel per group, one below the other.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of one Axes per group, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : GenotypePictureDisplay
        """
        heights = [len(states) for states in self.states.values()]
        figsize = (10, 0.9 + sum(max(0.035 * rows, 1.2) + 0.4 for rows in heights))
        self.axes_, self.figure_ = axes_for(ax, n_rows=len(heights), figsize=figsize, height_ratios=None)
        self.ax_ = self.axes_[0]
        colors = _PHASED if self.phased else _COUNTS
        if any((np.asarray(states) < 0).any() for states in self.states.values()):
            colors = colors | _MISSING
        for panel, (name, states) in zip(self.axes_, self.states.items(), strict=True):
            self._plot_one(panel, name, np.asarray(states), list(colors.values()))
        self.axes_[-1].set_xlabel(self._variants_shown())
        self._add_legend(colors)
        return self

    def _plot_one(self, ax, name, states, colors):
        from matplotlib.colors import ListedColormap

        codes = np.where(states < 0, len(colors) - 1, states)
        ax.imshow(codes, cmap=ListedColormap(colors), vmin=-0.5, vmax=len(colors) - 0.5, aspect="auto",
                  interpolation="nearest")  # fmt: skip
        labels = self.labels[name]
        starts = [row for row in range(len(labels)) if row == 0 or labels[row] != labels[row - 1]]
        for row in starts[1:]:
            ax.axhline(row - 0.5, color="white", linewidth=2)
        middles = (np.array(starts) + np.array([*starts[1:], len(labels)])) / 2 - 0.5
        ax.set_yticks(middles, short_labels([labels[row] for row in starts], 14), fontsize=9)
        ax.tick_params(length=0)
        ax.set_xticks([])
        ax.set_title(short_labels([name], 40)[0], fontsize=11, loc="left")
        ax.spines[:].set_visible(False)

    def _variants_shown(self):
        shown = next(iter(self.states.values())).shape[1]
        if self.n_variants in (None, shown):
            return f"{shown:,} variants, in the order of the genome"
        return f"{shown:,} of {self.n_variants:,} variants, in the order of the genome"

    def _add_legend(self, colors):
        from matplotlib.patches import Patch

        handles = [Patch(facecolor=color, edgecolor="#777777", label=label) for label, color in colors.items()]
        title = "genotype" if self.phased else "copies of allele 1"
        self.ax_.legend(
            handles=handles, title=title, ncols=len(handles), fontsize=9, title_fontsize=9, frameon=False,
            loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.1, alignment="right", handlelength=1.2,
        )  # fmt: skip


def _chosen_rows(people, populations, n_individuals, columns, rng):
    """Draw rows population by population, similar ones beside each other."""
    rows = []
    for population in populations:
        members = np.flatnonzero(people.populations == population)
        drawn = np.sort(rng.permutation(members)[:n_individuals])
        rows.append(drawn[_similar_first(people.dosages[drawn][:, columns])])
    return np.concatenate(rows)


def _similar_first(counts):
    from scipy.cluster.hierarchy import leaves_list, linkage

    if len(counts) < 3:
        return np.arange(len(counts))
    return leaves_list(linkage(counts, "average", optimal_ordering=True))


def _states(people):
    """Allele counts, or phased states where phase is known."""
    return people.dosages if people.haplotypes is None else people.recode("phased").genotypes
