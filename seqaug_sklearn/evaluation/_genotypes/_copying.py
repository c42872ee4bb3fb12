"""Whose synthetic individuals must not be shared, because they are copies or cannot be shown to be none."""

import numpy as np

from seqaug_sklearn.evaluation._genotypes._faults import AVERAGE, REAL
from seqaug_sklearn.genotypes import (
    genotype_metrics,
    many_copies_fault,
    membership_fault,
    most_exposed_fault,
)

__all__ = ["find_copying"]


def find_copying(fidelity, generators, train, held_out) -> dict[str, str]:
    """Say of each generator what forbids sharing its individuals.

    Parameters
    ----------
    fidelity : GenotypeFidelity
        Of the generators and their controls.
    generators : dict of str to estimator
        Fitted. One that has measured itself on held-out training individuals (``copying_``) is taken at its word: the
        same individuals are trained on and held out in turn there, so that fewer of them tell more.
    train, held_out : GenotypeSet
        Real individuals.

    Returns
    -------
    dict of str to str
        Name -> reasons; generators without any are absent.
    """
    found = {}
    for name, generator in generators.items():
        own = getattr(generator, "copying_", None)
        reasons = [
            _on_held_out(fidelity.table.loc[name], fidelity.table.loc[REAL], train, held_out) if own is None else own
        ]
        reasons += [fidelity.faults[name].get("copies", "")]
        if any(reasons):
            found[name] = "; ".join(reason for reason in reasons if reason)
    return found


def _on_held_out(rows, real, train, held_out):
    """Apply the rule of HaplotypeMosaic to the figures of :class:`GenotypeFidelity`."""
    rows = rows.drop(index=AVERAGE)
    names = rows.index.tolist()
    trained, tested = (np.array([np.sum(group.populations == name) for name in names]) for group in (train, held_out))
    # held-out individuals who equal a training individual, and training individuals who equal another: few of either
    # say little
    shares = np.array([real["exact_copies"][names], _shared_haplotypes(train, names)])
    real_share = np.sum(shares * [tested, trained], axis=0) / (tested + trained)
    people = trained + tested
    attack = genotype_metrics.average_with_interval(
        rows["membership_auc"], rows["membership_se"], people.sum() - len(names)
    )
    reasons = [
        many_copies_fault(rows["exact_copies"], real_share, 2 * people, names),
        membership_fault(*attack) or most_exposed_fault(rows["membership_auc"], rows["membership_se"], people, names),
    ]
    return "; ".join(reason for reason in reasons if reason)


def _shared_haplotypes(people, populations):
    """Share of each population's haplotypes that another individual has too."""
    haplotypes = [haplotype.tobytes() for haplotype in np.ascontiguousarray(people.haplotypes)]
    owners: dict[bytes, set[int]] = {}
    for row, haplotype in enumerate(haplotypes):
        owners.setdefault(haplotype, set()).add(row // 2)  # rows 2i and 2i + 1 are individual i
    shared = np.array([len(owners[haplotype]) > 1 for haplotype in haplotypes])
    return [shared[people.unit_populations == population].mean() for population in populations]
