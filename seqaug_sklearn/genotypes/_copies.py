"""When individuals that a generator made are copies of its training individuals: one rule for whoever asks."""

import numpy as np

from seqaug_sklearn.genotypes._metrics import average_with_interval

__all__ = ["MEMBERSHIP_LIMIT", "NEAR_COPY", "many_copies_fault", "membership_fault", "most_exposed_fault"]

NEAR_COPY = 0.01
"""Share of the alleles in which a near-copy may differ from a training haplotype; an exact copy differs in none."""

MEMBERSHIP_LIMIT = 0.56
"""AUC of the membership attack that the whole 95 % interval must stay below; .5 is chance."""


def many_copies_fault(made, real, n_units, names) -> str:
    """Say that copies are more frequent than among real individuals; "" where they are not.

    Parameters
    ----------
    made, real : array-like of float of shape (n_populations,)
        Share that equals a training haplotype: of those made, of held-out ones.
    n_units : array-like of int of shape (n_populations,)
        Held-out haplotypes.
    names : list of shape (n_populations,)
        Populations.

    Returns
    -------
    str

    Notes
    -----
    Chance is 1.96 standard errors of the real share of a population, but one haplotype at least: what is rarer than
    that cannot be seen in the real individuals.
    """
    made, real, n_units = np.asarray(made, float), np.asarray(real, float), np.asarray(n_units)
    excess = made - real - np.maximum(1.96 * np.sqrt(real * (1 - real) / n_units), 1 / n_units)
    if not (excess > 0).any():
        return ""
    worst = int(excess.argmax())
    where = f"in {names[worst]!r} " if len(names) > 1 else ""
    return (
        f"{where}{made[worst]:.1%} of the new haplotypes equal a training individual's, where {real[worst]:.1%} of "
        "other real individuals' do"
    )


def membership_fault(auc: float, low: float, high: float) -> str:
    """Say that the membership attack succeeds, or that it cannot be excluded; "" where neither holds."""
    if not high > MEMBERSHIP_LIMIT:
        return ""
    told = f"an AUC of {_with_interval(auc, low, high)}"
    if auc > MEMBERSHIP_LIMIT:
        return f"the membership attack has {told}"
    return f"the individuals are too few to show that no one is exposed (the membership attack has {told})"


def most_exposed_fault(aucs, errors, sizes, names) -> str:
    """Say in which one of several populations the membership attack succeeds beyond chance; "" where in none.

    Parameters
    ----------
    aucs, errors : array-like of float of shape (n_populations,)
        AUC of the membership attack and its standard error.
    sizes : array-like of int of shape (n_populations,)
        Individuals.
    names : list of shape (n_populations,)
        Populations.

    Returns
    -------
    str
    """
    if len(names) < 2:
        return ""
    ends = [
        average_with_interval(np.array([auc]), np.array([error]), size - 1)
        for auc, error, size in zip(aucs, errors, sizes, strict=True)
    ]
    worst = int(np.argmax([low for _, low, _ in ends]))
    if not ends[worst][1] > MEMBERSHIP_LIMIT:
        return ""
    people = f"in {names[worst]!r}, of {np.asarray(sizes)[worst]} individuals,"
    return f"{people} the membership attack has an AUC of {_with_interval(*ends[worst])}"


def _with_interval(auc, low, high):
    return f"{auc:.2f} (95 % interval {low:.2f} to {high:.2f}, at most {MEMBERSHIP_LIMIT} is allowed)"
