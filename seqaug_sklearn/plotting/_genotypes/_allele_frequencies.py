"""Allele frequencies of synthetic against real individuals."""

import numpy as np

from seqaug_sklearn.plotting._genotypes._groups import read_groups
from seqaug_sklearn.plotting._genotypes._panels import panels_for, population_legend, scatter_populations
from seqaug_sklearn.plotting._style import CHANCE, short_labels

__all__ = ["AlleleFrequencyDisplay"]


class AlleleFrequencyDisplay:
    """Frequency of every variant in each population, synthetic against real individuals.

    One panel per generator, one point per variant and population; on the diagonal both are the same. The spread that
    chance alone gives is what real individuals show: put the training individuals beside the generators and held-out
    individuals on the axis. Make it with :meth:`from_genotypes`.

    Parameters
    ----------
    real : float ndarray of shape (n_populations, n_variants)
        Frequencies of allele 1 in the real individuals.
    synthetic : dict of str to float ndarray of shape (n_populations, n_variants)
        The same in the synthetic individuals; NaN in a population that has none.
    populations : list
        Populations of the rows.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per generator.
    ax_ : matplotlib Axes
        The first.
    figure_ : matplotlib Figure
        Figure of the axes.
    r2_ : dict of str to float
        Squared correlation, mean over the populations; 0 where nothing varies.
    mean_error_ : dict of str to float
        Mean absolute difference, mean over the populations.

    See Also
    --------
    seqaug_sklearn.evaluation.genotype_fidelity : Both numbers beside ceiling and controls.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.datasets import make_genotypes
    >>> from seqaug_sklearn.plotting import AlleleFrequencyDisplay
    >>> individuals = make_genotypes(10, n_variants=30, random_state=0)
    >>> display = AlleleFrequencyDisplay.from_genotypes(individuals, {"the same individuals": individuals})
    >>> round(display.r2_["the same individuals"], 3), display.mean_error_["the same individuals"]
    (1.0, 0.0)
    >>> plt.close(display.figure_)
    """

    def __init__(self, real, synthetic, populations):
        self.real = real
        self.synthetic = synthetic
        self.populations = populations

    @classmethod
    def from_genotypes(cls, real, synthetic, *, encoding="phased", ax=None):
        """Count the alleles and plot them.

        Parameters
        ----------
        real : (X, y) or GenotypeSet
            Real individuals with their populations, nothing missing; held-out ones for a fair picture.
        synthetic : dict of str to (X, y) or GenotypeSet, or one of these
            Synthetic individuals by name of the generator.
        encoding : {"phased", "haplotype", "dosage"}, default="phased"
            Of all genotypes.
        ax : matplotlib Axes or array-like of one Axes per generator, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        AlleleFrequencyDisplay

        Raises
        ------
        DataFormatError, ValueError
            If genotypes are not in ``encoding`` or miss values, labels do not fit, or groups differ in their variants.
        """
        known, groups, populations = read_groups(real, synthetic, encoding)
        frequencies = {name: _frequencies(people, populations) for name, people in groups.items()}
        return cls(_frequencies(known, populations), frequencies, populations).plot(ax)

    def plot(self, ax=None):
        """Draw one panel per generator.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of one Axes per generator, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : AlleleFrequencyDisplay
        """
        names, self.r2_, self.mean_error_ = list(self.synthetic), {}, {}
        self.axes_, self.figure_, beside = panels_for(ax, len(names), size=(3.2, 3.7))
        self.ax_ = self.axes_[0]
        for panel, name in zip(self.axes_, names, strict=True):
            self._plot_one(panel, name)
        self.ax_.set_ylabel("frequency in the panel's individuals")
        population_legend(beside, self.populations)
        return self

    def _plot_one(self, ax, name):
        values = np.asarray(self.synthetic[name], float)
        self.r2_[name] = float(np.nanmean([_r2(a, b) for a, b in zip(self.real, values, strict=True)]))
        self.mean_error_[name] = float(np.nanmean(np.abs(self.real - values).mean(axis=1)))
        ax.plot([0, 1], [0, 1], **CHANCE)
        codes = np.repeat(np.arange(len(values)), values.shape[1])
        places = np.stack([np.ravel(self.real), values.ravel()], axis=1)
        scatter_populations(ax, places, codes, size=7, alpha=0.6)
        ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
        ax.set_xlabel("frequency in the real individuals")
        numbers = f"r² {self.r2_[name]:.3f}, mean error {self.mean_error_[name]:.3f}"
        ax.set_title(f"{short_labels([name], 30)[0]}\n{numbers}", fontsize=11)
        ax.spines[["top", "right"]].set_visible(False)


def _frequencies(people, populations):
    frequencies = np.full((len(populations), people.n_variants), np.nan)  # of nobody: NaN
    for row, population in zip(frequencies, populations, strict=True):
        members = people.populations == population
        if members.any():
            row[:] = people.dosages[members].mean(axis=0) / 2
    return frequencies


def _r2(a, b):
    a, b = a - a.mean(), b - b.mean()
    scale = (a @ a) * (b @ b)
    return (a @ b) ** 2 / scale if scale > 0 else scale  # 0, or NaN where a population has no individuals
