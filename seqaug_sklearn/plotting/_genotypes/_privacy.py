"""Privacy of synthetic individuals: nearness to the training individuals, and what an attacker reads from it."""

import numpy as np

from seqaug_sklearn.genotypes import genotype_metrics
from seqaug_sklearn.plotting._genotypes._groups import check_matches, read_group, read_groups
from seqaug_sklearn.plotting._style import CHANCE, GREY, PALETTE, axes_for, place_legend, short_labels

__all__ = ["GenotypePrivacyDisplay"]

_GRID = np.array([0, *np.linspace(0, 1, 201)])
_BASE = {"color": "black", "linewidth": 2.4}
_CONTROL = {"color": GREY, "linestyle": "-.", "linewidth": 1.4}


class GenotypePrivacyDisplay:
    """How near synthetic individuals are to the training individuals, and whether that tells who was trained on.

    Left: difference of each synthetic haplotype to the nearest training haplotype, cumulative; black is what held-out
    real individuals show, who were not copied from anybody. A curve above the black one lies nearer than chance. Right:
    the attack of someone who holds an individual's genotypes and infers from the nearest synthetic one whether the
    individual was in the training set; on the diagonal it is at chance.

    Curves on the diagonal mean that *this* attack fails on average. They do not mean that no one can be recognised:
    the rare haplotype of one individual may be copied where the mean shows nothing. Make it with
    :meth:`from_genotypes`.

    Parameters
    ----------
    to_training : dict of str to float ndarray of shape (n_units,)
        By name of the group: share of the alleles in which each haplotype (individual, without phase) differs from the
        nearest one of the training individuals. The first group is the held-out individuals.
    attack : dict of str to (float ndarray, float ndarray)
        By name of the generator: false and true positive rate.
    unit : {"haplotype", "person"}, default="haplotype"
        What was compared.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (2,)
        Differences, and attack.
    ax_ : matplotlib Axes
        The first.
    figure_ : matplotlib Figure
        Figure of the axes.
    auc_ : dict of str to float
        Area under the attack's curve; 0.5 is chance.

    See Also
    --------
    seqaug_sklearn.evaluation.genotype_fidelity : The same as numbers, with limits.

    References
    ----------
    Yelmen et al. (2021), Creating artificial human genomes using generative neural networks, PLOS Genetics 17,
    e1009303, doi 10.1371/journal.pgen.1009303, for the differences to the nearest training haplotype.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from seqaug_sklearn.datasets import make_genotypes
    >>> from seqaug_sklearn.plotting import GenotypePrivacyDisplay
    >>> individuals = make_genotypes(20, n_variants=60, random_state=0)
    >>> train, test = individuals.take(range(0, 100, 2)), individuals.take(range(1, 100, 2))
    >>> display = GenotypePrivacyDisplay.from_genotypes(train, test, {"copies": train})
    >>> display.auc_["copies"] > 0.7
    True
    >>> plt.close(display.figure_)
    """

    def __init__(self, to_training, attack, *, unit="haplotype"):
        self.to_training = to_training
        self.attack = attack
        self.unit = unit

    @classmethod
    def from_genotypes(cls, real_train, real_test, synthetic, *, encoding="phased", ax=None):
        """Find the nearest haplotypes and plot their differences.

        Parameters
        ----------
        real_train, real_test : (X, y) or GenotypeSet
            Real individuals with their populations, nothing missing: those that the generators saw, and held-out ones.
        synthetic : dict of str to (X, y) or GenotypeSet, or one of these
            Synthetic individuals by name of the generator; a name with "copies" in it is drawn as a control.
        encoding : {"phased", "haplotype", "dosage"}, default="phased"
            Of all genotypes.
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        GenotypePrivacyDisplay

        Notes
        -----
        The attack is made in each population that has held-out individuals, and its curves are averaged at
        equal false positive rates, so that their area is the mean of the populations' areas.

        Raises
        ------
        DataFormatError, ValueError
            If genotypes are not in ``encoding`` or miss values, labels do not fit, or groups differ in their variants.
        """
        train, groups, populations = read_groups(real_train, synthetic, encoding)
        test = read_group(real_test, encoding, "real_test")
        check_matches(test, train, "real_test")
        shared = [population for population in populations if population in test.populations.tolist()]
        to_training, attack = {"held-out individuals": _nearest(test, train)[0]}, {}
        for name, people in groups.items():
            if name in to_training:
                raise ValueError(
                    f"the name {name!r} in synthetic is taken by the real ones; call the generator otherwise"
                )
            to_training[name], members = _nearest(people, train)
            others, _ = _nearest(test, people)
            curves = [_roc(members[train.unit_populations == p], others[test.unit_populations == p]) for p in shared]
            attack[name] = (_GRID, np.mean(curves, axis=0))
        return cls(to_training, attack, unit="person" if train.haplotypes is None else "haplotype").plot(ax)

    def plot(self, ax=None):
        """Draw the differences and the attack.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of two Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        self : GenotypePrivacyDisplay
        """
        self.axes_, self.figure_ = axes_for(ax, n_columns=2, figsize=(10.5, 4.2))
        self.ax_ = self.axes_[0]
        self.auc_ = {name: float(np.trapezoid(true, false)) for name, (false, true) in self.attack.items()}
        styles = self._styles()
        self._plot_differences(self.axes_[0], styles)
        self._plot_attack(self.axes_[1], styles)
        for panel in self.axes_:
            panel.spines[["top", "right"]].set_visible(False)
        return self

    def _styles(self):
        base, *names = self.to_training
        controls = [name for name in names if "copies" in name]
        others = [name for name in names if name not in controls]
        styles = {name: {"color": PALETTE[i % 6], "linewidth": 1.8} for i, name in enumerate(others)}
        return {base: _BASE} | styles | dict.fromkeys(controls, _CONTROL)

    def _plot_differences(self, ax, styles):
        for name, style in styles.items():
            values = np.sort(np.asarray(self.to_training[name], float))
            shares = np.arange(1, len(values) + 1) / len(values)
            ax.step([0, *values], [0, *shares], where="post", **style)
        largest = max(np.quantile(self.to_training[name], 0.98) for name in styles)
        ax.set(xlim=(-0.01 * largest, max(largest, 1e-3)), ylim=(0, 1.02))
        ax.xaxis.set_major_formatter(lambda x, _: f"{x:.3g}")
        ax.set_xlabel(f"alleles that differ from the nearest training {self.unit} (share)")
        ax.set_ylabel(f"share of the group's {'haplotypes' if self.unit == 'haplotype' else 'individuals'}")
        ax.set_title("How near to the training individuals?", fontsize=11)

    def _plot_attack(self, ax, styles):
        base, *names = styles
        handles = ax.plot([], [], label=base, **styles[base])
        for name in names:
            label = f"{short_labels([name], 24)[0]} ({self.auc_[name]:.2f})"
            handles += ax.plot(*self.attack[name], label=label, **styles[name])
        handles += ax.plot([0, 1], [0, 1], label="chance (0.50)", **CHANCE)
        ax.set(xlim=(-0.01, 1), ylim=(0, 1.02), aspect="equal")
        ax.set_xlabel("held-out individuals taken for training individuals")
        ax.set_ylabel("training individuals recognised")
        ax.set_title("Are the training individuals recognised?", fontsize=11)
        place_legend(ax, title="in brackets: area\nunder the attack's curve", handles=handles)


def _nearest(people, others):
    """Share of alleles in which each unit differs from the nearest of the others, and of those from the individuals."""
    return genotype_metrics.nearest_differences(people.units, others.units)


def _roc(members, others):
    """True positive rates at the false positive rates of the grid; the smaller the difference, the surer the attack."""
    from sklearn.metrics import roc_curve

    truth = np.repeat([1, 0], [len(members), len(others)])
    false, true, _ = roc_curve(truth, -np.concatenate([members, others]), drop_intermediate=False)
    rates = np.interp(_GRID, false, true)
    rates[0] = 0  # where every curve starts
    return rates
