"""What is wrong with synthetic people, in words."""

import numpy as np
import pandas as pd

__all__ = ["AVERAGE", "CONTROLS", "REAL", "describe", "find_faults"]

REAL = "real"
"""Row of the real training people."""

AVERAGE = "average"
"""Population of the rows that hold the mean over populations."""

CONTROLS = {"independent SNPs": "linkage", "bootstrap copies": "copies"}
"""Control -> the fault it is there to show."""


LABELS = {
    "exact_copies": "exact copies",
    "ld_correlation": "correlation",
    "ld_decay_error": "decay error",
    "membership_auc": "membership AUC",
    "near_copies": "near-copies",
    "pca_distance": "PCA distance in multiples of the real one",
    "privacy_loss": "privacy loss",
    "train_on_synthetic": "train on synthetic, test on real",
}


def find_faults(table: pd.DataFrame, n_units: int) -> dict[str, dict[str, str]]:
    """Apply the rules of :class:`GenotypeFidelity` to its table.

    Parameters
    ----------
    table : DataFrame
        Metrics by generator and population, averages included.
    n_units : int
        Held-out haplotypes (or people, without phase), for the allowance that is made for chance.

    Returns
    -------
    dict of str to dict of str to str
        Generator -> fault -> sentence; empty where nothing is wrong.
    """
    averages = table.xs(AVERAGE, level="population")
    real, allowance = averages.loc[REAL], 1 / np.sqrt(n_units)
    return {
        name: {
            fault: sentence
            for fault, sentence in (
                ("frequencies", _frequencies(row, real)),
                ("linkage", _linkage(row, real)),
                ("structure", _structure(row, real, allowance)),
                ("collapse", _collapse(table.loc[name])),
                ("scatter", _scatter(row)),
                ("hardy-weinberg", _hardy_weinberg(table.loc[name], table.loc[REAL], allowance)),
                ("told apart", _told_apart(row)),
                ("copies", _copies(row, real, allowance)),
            )
            if sentence
        }
        for name, row in averages.iterrows()
    }


def describe(table: pd.DataFrame, faults: dict[str, dict[str, str]]) -> str:
    """Return the verdict on each generator, and whether the controls show what they must."""
    averages = table.xs(AVERAGE, level="population")
    lines = [_one_generator(name, row, faults[name]) for name, row in averages.iterrows() if name not in CONTROLS]
    return "\n".join(lines + [_one_control(name, fault, faults[name]) for name, fault in CONTROLS.items()])


def _one_generator(name, row, faults):
    if faults:
        return f"{name}: {len(faults)} fault(s)\n" + "\n".join(f"  - {text}" for text in faults.values())
    title = f"{name} (training people against held-out people: the ceiling)" if name == REAL else name
    return (
        f"{title}: nothing wrong found; frequency r2 {row.af_r2:.3f}, LD correlation {row.ld_correlation:.2f}, "
        f"PCA distance {row.pca_distance:.1f}, privacy loss {row.privacy_loss:+.3f}, "
        f"membership AUC {row.membership_auc:.2f}, near-copies {row.near_copies:.0%}, "
        f"train on it, test on real {row.train_on_synthetic:.3f}"
    )


def _one_control(name, fault, faults):
    if fault in faults:
        return f"control, {name}: found out as it must be ({faults[fault]})"
    return f"control, {name}: NOT found out, so on these data the absence of '{fault}' above says little"


def _frequencies(row, real):
    limit = 1.5 * real.af_mae + 0.01
    if row.af_mae > limit:
        return (
            f"allele frequencies are off: mean absolute error {row.af_mae:.3f} (limit {limit:.3f}, real "
            f"{real.af_mae:.3f}), r2 {row.af_r2:.3f}"
        )
    return ""


def _linkage(row, real):
    below = _beyond(row, {"ld_correlation": real.ld_correlation - 0.1}, sign=-1)
    above = _beyond(row, {"ld_decay_error": real.ld_decay_error + 0.05})
    return _sentence("linkage disequilibrium is lost", below + above)


def _structure(row, real, allowance):
    above = _beyond(row, {"pca_distance": 2})
    below = _beyond(row, {"train_on_synthetic": real.train_on_synthetic - 0.05 - allowance}, sign=-1)
    return _sentence("population structure is lost", above + below)


def _collapse(rows):
    bad = rows[(rows.diversity < 0.8) | (rows.aa_synthetic - rows.aa_real > 0.5)]
    if len(bad) or rows.diversity[AVERAGE] < 0.9:
        worst = rows.loc[rows.diversity.idxmin()]
        return (
            f"collapse: people too alike{_where(bad)}; diversity down to {worst.diversity:.2f} of real (limit .8, .9 "
            f"on average), adversarial accuracy {worst.aa_real:.2f} from the real side and {worst.aa_synthetic:.2f} "
            "from the synthetic one (limit .5 above)"
        )
    return ""


def _scatter(row):
    if row.diversity > 1.1:
        return f"people too different from each other: diversity {row.diversity:.2f} of real (limit 1.1)"
    return ""


def _hardy_weinberg(rows, real, allowance):
    excess = rows.inbreeding - real.inbreeding
    bad = rows[excess.abs() > 0.1 + allowance * np.sqrt(len(rows) - 1)]
    if len(bad) or abs(excess[AVERAGE]) > 0.05 + allowance:
        worst = excess.abs().idxmax()
        many = "many" if excess[worst] < 0 else "few"
        return (
            f"Hardy-Weinberg proportions are broken: too {many} heterozygotes{_where(bad)}, inbreeding F "
            f"{rows.inbreeding[worst]:+.2f} where real people have {real.inbreeding[worst]:+.2f} (limit .1 apart, .05 "
            "on average)"
        )
    return ""


def _told_apart(row):
    if row.aa > 0.8 or row.aa_real - row.aa_synthetic > 0.5:
        return (
            "told apart from real people by the nearest neighbour: adversarial accuracy "
            f"{row.aa_real:.2f} from the real side, {row.aa_synthetic:.2f} from the synthetic one "
            "(limits: mean .8, .5 apart)"
        )
    return ""


def _copies(row, real, allowance):
    limits = {
        "privacy_loss": 0.05 + allowance,
        "membership_auc": 0.55 + allowance,
        "exact_copies": real.exact_copies + 0.05 + allowance,
        "near_copies": real.near_copies + 0.1 + allowance,
    }
    return _sentence("copies of training people", _beyond(row, limits))


def _beyond(row, limits, sign=1):
    """Name the metrics above their limits (below, with sign -1)."""
    wrong = [name for name, limit in limits.items() if sign * row[name] > sign * limit]
    return [f"{LABELS[name]} {row[name]:.2f} (limit {limits[name]:.2f})" for name in wrong]


def _sentence(title, parts):
    return f"{title}: {', '.join(parts)}" if parts else ""


def _where(rows):
    names = [str(name) for name in rows.index if name != AVERAGE]
    return f" in {', '.join(names)}" if names else ""
