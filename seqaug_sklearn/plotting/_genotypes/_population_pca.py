"""Principal components of real and synthetic individuals."""

import numpy as np

from seqaug_sklearn.plotting._checks import check_same_length
from seqaug_sklearn.plotting._genotypes._groups import read_groups
from seqaug_sklearn.plotting._genotypes._panels import panels_for, population_legend, scatter_populations
from seqaug_sklearn.plotting._style import short_labels

__all__ = ["PopulationPCADisplay"]

_BACKDROP = {"color": "#BDBDBD", "marker": "o", "s": 9, "linewidths": 0, "rasterized": True}


class PopulationPCADisplay:
    """Real and synthetic individuals on the real individuals' principal components, coloured by population.

    One panel for the real individuals and one for each generator, on the same axes; behind synthetic individuals the
    real ones are grey. Good synthetic individuals cover the grey and nothing else. The components are those of allele
    counts: on the codes 0 to 3 of phased genotypes they would depend on which chromosome is written first. Make it with
    :meth:`from_genotypes`.

    Parameters
    ----------
    coordinates : dict of str to float ndarray of shape (n_individuals, 2)
        Places by name of the group; the first group is the real one.
    labels : dict of str to ndarray of shape (n_individuals,)
        Population of each individual.
    explained : tuple of float, default=None
        Share of the real individuals' variance on each component, for the axes.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per group.
    ax_ : matplotlib Axes
        The first.
    figure_ : matplotlib Figure
        Figure of the axes.

    See Also
    --------
    seqaug_sklearn.evaluation.genotype_fidelity : The distance on ten components, as a number.

    References
    ----------
    Chen et al., "Population-scale genomic data augmentation based on conditional generative adversarial networks",
    BCB 2020, doi 10.1145/3388440.3412475, figure of the principal components.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.augmentation import HaplotypeMosaic
    >>> from seqaug_sklearn.datasets import make_genotypes
    >>> from seqaug_sklearn.plotting import PopulationPCADisplay
    >>> individuals = make_genotypes(60, n_variants=30, n_populations=2, random_state=0)
    >>> new = HaplotypeMosaic(random_state=0).fit(individuals).sample(20)
    >>> display = PopulationPCADisplay.from_genotypes(individuals, {"mosaic": new})
    >>> display.coordinates["mosaic"].shape
    (20, 2)
    >>> plt.close(display.figure_)
    """

    def __init__(self, coordinates, labels, *, explained=None):
        self.coordinates = coordinates
        self.labels = labels
        self.explained = explained

    @classmethod
    def from_genotypes(cls, real, synthetic=None, *, encoding="phased", ax=None):
        """Fit the components to the real individuals and plot all of them.

        Parameters
        ----------
        real : (X, y) or GenotypeSet
            Real individuals with their populations, nothing missing.
        synthetic : dict of str to (X, y) or GenotypeSet, or one of these, default=None
            Synthetic individuals by name of the generator. None shows the real individuals alone.
        encoding : {"phased", "haplotype", "dosage"}, default="phased"
            Of all genotypes.
        ax : matplotlib Axes or array-like of one Axes per group, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        PopulationPCADisplay

        Raises
        ------
        DataFormatError, ValueError
            If genotypes are not in ``encoding`` or miss values, labels do not fit, or groups differ in their variants.
        """
        from sklearn.decomposition import PCA

        known, groups, _ = read_groups(real, {} if synthetic is None else synthetic, encoding)
        if min(known.dosages.shape) < 2:
            raise ValueError(
                f"two components need two individuals and two variants, real has shape {known.dosages.shape}"
            )
        groups = {"real": known} | groups
        pca = PCA(2, random_state=0).fit(known.dosages.astype(np.float32))
        places = {name: pca.transform(people.dosages.astype(np.float32)) for name, people in groups.items()}
        labels = {name: people.populations for name, people in groups.items()}
        return cls(places, labels, explained=tuple(pca.explained_variance_ratio_.tolist())).plot(ax)

    def plot(self, ax=None, *, backdrop=True):
        """Draw one panel per group.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of one Axes per group, default=None
            Where to draw; None makes a figure.
        backdrop : bool, default=True
            Whether the real individuals stand in grey behind the synthetic ones.

        Returns
        -------
        self : PopulationPCADisplay
        """
        check_same_length(coordinates=self.coordinates, labels=self.labels)
        names = list(self.coordinates)
        self.axes_, self.figure_, beside = panels_for(ax, len(names), size=(3.4, 3.5))
        self.ax_ = self.axes_[0]
        populations = np.unique(self.labels[names[0]])
        limits = _limits(np.concatenate(list(self.coordinates.values())))
        for number, (name, panel) in enumerate(zip(names, self.axes_, strict=True)):
            if backdrop and number:
                panel.scatter(*self.coordinates[names[0]].T, **_BACKDROP)
            scatter_populations(panel, self.coordinates[name], np.searchsorted(populations, self.labels[name]))
            panel.set_title(f"{short_labels([name], 28)[0]} ({len(self.labels[name]):,} individuals)", fontsize=11)
            panel.set(xlim=limits[0], ylim=limits[1], xlabel=self._axis_name(0))
            panel.spines[["top", "right"]].set_visible(False)
        self.ax_.set_ylabel(self._axis_name(1))
        population_legend(beside, populations.tolist())
        return self

    def _axis_name(self, i):
        share = "" if self.explained is None else f" ({self.explained[i]:.0%} of the variance)"
        return f"component {i + 1}{share}"


def _limits(places):
    low, high = places.min(axis=0), places.max(axis=0)
    room = 0.05 * np.maximum(high - low, 1e-6)
    return list(zip(low - room, high + room, strict=True))
