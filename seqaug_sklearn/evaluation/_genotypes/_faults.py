"""What is wrong with synthetic individuals, in words."""

import numpy as np
import pandas as pd

__all__ = ["AVERAGE", "CONTROLS", "COPIES", "REAL", "describe", "find_faults", "shares_of_copies"]

REAL = "real"
"""Row of the real training individuals."""

AVERAGE = "average"
"""Population of the rows that hold the mean over populations."""

COPIES = "bootstrap copies"
"""Row of the resampled training individuals: no privacy at all."""

CONTROLS = {"independent SNPs": "linkage", COPIES: "copies"}
"""Control -> the fault it is there to show."""

_NO_COPYING = {"privacy_loss": 0.0, "membership_auc": 0.5}
"""What new individuals score on average."""

_TARGETS = {"privacy_loss": 0.03, "membership_auc": 0.53}
_LARGEST_SHARE = 1 / 3

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
        Held-out haplotypes (or individuals, without phase), for the allowance that is made for chance.

    Returns
    -------
    dict of str to dict of str to str
        Generator -> fault -> sentence; empty where nothing is wrong.
    """
    averages = table.xs(AVERAGE, level="population")
    real, copies, allowance = averages.loc[REAL], averages.loc[COPIES], 1 / np.sqrt(n_units)
    return {
        name: {
            fault: sentence
            for fault, sentence in (
                ("copies", _copies(row, real, copies, allowance)),
                ("frequencies", _frequencies(row, real)),
                ("linkage", _linkage(row, real)),
                ("structure", _structure(row, real, allowance)),
                ("collapse", _collapse(table.loc[name], table.loc[REAL], allowance)),
                ("scatter", _scatter(row)),
                ("hardy-weinberg", _hardy_weinberg(table.loc[name], table.loc[REAL], allowance)),
                ("substructure", _substructure(table.loc[name], table.loc[REAL], allowance)),
                ("told apart", _told_apart(row)),
            )
            if sentence
        }
        for name, row in averages.iterrows()
    }


def describe(table: pd.DataFrame, faults: dict[str, dict[str, str]]) -> list[str]:
    """Return the verdict on each generator, and whether the controls show what they must; one text each."""
    averages = table.xs(AVERAGE, level="population")
    lines = [_one_generator(name, row, faults[name]) for name, row in averages.iterrows() if name not in CONTROLS]
    return lines + [_one_control(name, fault, faults[name]) for name, fault in CONTROLS.items()]


def shares_of_copies(row: pd.Series, copies: pd.Series) -> pd.Series:
    """Say how far a generator is on the way from new individuals (0) to bootstrap copies (1).

    Parameters
    ----------
    row, copies : Series
        Metrics of the generator and of the bootstrap copies.

    Returns
    -------
    Series
        ``privacy_loss`` and ``membership_auc``; NaN where even copies score like new individuals.
    """
    nothing = pd.Series(_NO_COPYING)
    room = copies[nothing.index].astype(float) - nothing
    return (row[nothing.index].astype(float) - nothing) / room.where(room > 0)


def _one_generator(name, row, faults):
    if faults:
        return f"{name}: {len(faults)} fault(s)\n" + "\n".join(f"  - {text}" for text in faults.values())
    title = f"{name} (training individuals against held-out individuals: the ceiling)" if name == REAL else name
    return (
        f"{title}: nothing wrong found; frequency r2 {row.af_r2:.3f}, LD correlation {row.ld_correlation:.2f}, "
        f"PCA distance {row.pca_distance:.1f}, privacy loss {row.privacy_loss:+.3f}, "
        f"membership AUC {row.membership_auc:.2f}, near-copies {row.near_copies:.0%}, "
        f"train on it, test on real {row.train_on_synthetic:.3f}"
    )


def _one_control(name, fault, faults):
    if fault in faults:
        return f"control, {name}: detected, as it must be ({faults[fault]})"
    return f"control, {name}: NOT detected, so on these data the absence of '{fault}' above says little"


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


def _collapse(rows, real, allowance):
    # real individuals of few are less diverse than others by chance: they are the measure, and chance comes on top
    limits = 0.8 * real.diversity.clip(upper=1) - _chances(rows, allowance)
    apart = 0.5 + (real.aa_synthetic - real.aa_real).clip(lower=0) + _chances(rows, allowance)
    on_average = 0.9 * min(real.diversity[AVERAGE], 1) - allowance
    bad = rows[(rows.diversity < limits) | (rows.aa_synthetic - rows.aa_real > apart)]
    if len(bad) or rows.diversity[AVERAGE] < on_average:
        at = (rows.diversity / real.diversity).idxmin()
        worst = rows.loc[at]
        return (
            f"collapse: individuals too alike{_where(bad)}; diversity down to {worst.diversity:.2f} of held-out "
            f"individuals' (limit {limits[at]:.2f}, {on_average:.2f} on average), adversarial accuracy "
            f"{worst.aa_real:.2f} from the real side and {worst.aa_synthetic:.2f} from the synthetic one (limit "
            f"{apart[at]:.2f} above)"
        )
    return ""


def _scatter(row):
    if row.diversity > 1.1:
        return f"individuals too different from each other: diversity {row.diversity:.2f} of real (limit 1.1)"
    return ""


def _hardy_weinberg(rows, real, allowance):
    bad = _other_inbreeding(rows, real, allowance)
    bad = bad[bad.inbreeding.abs() >= real.inbreeding[bad.index].abs()]
    if not len(bad):
        return ""
    worst = (bad.inbreeding - real.inbreeding[bad.index]).abs().idxmax()
    many = "many" if bad.inbreeding[worst] < real.inbreeding[worst] else "few"
    return (
        f"Hardy-Weinberg proportions are broken: too {many} heterozygotes{_where(bad)}, inbreeding F "
        f"{bad.inbreeding[worst]:+.2f} where real individuals have {real.inbreeding[worst]:+.2f} (limit .1 apart, .05 "
        "on average, beside chance)"
    )


def _substructure(rows, real, allowance):
    """Synthetic individuals nearer to Hardy-Weinberg proportions than real ones: substructure was mixed away."""
    lost = _other_inbreeding(rows, real, allowance)
    lost = lost[lost.inbreeding.abs() < real.inbreeding[lost.index].abs()]
    if not len(lost):
        return ""
    worst = (lost.inbreeding - real.inbreeding[lost.index]).abs().idxmax()
    cause = "groups that mate among themselves" if real.inbreeding[worst] > 0 else "an excess of heterozygotes"
    return (
        f"population substructure (F {real.inbreeding[worst]:+.2f}) was lost{_where(lost)}: real individuals have "
        f"{cause}, synthetic ones are nearer to Hardy-Weinberg proportions (F {lost.inbreeding[worst]:+.2f})"
    )


def _other_inbreeding(rows, real, allowance):
    """Return the populations, or their average, whose inbreeding F is not the real one."""
    excess = (rows.inbreeding - real.inbreeding).abs()
    limits = 0.1 + _chances(rows, allowance)
    limits[AVERAGE] = 0.05 + allowance
    return rows[excess > limits]


def _told_apart(row):
    if row.aa > 0.8 or row.aa_real - row.aa_synthetic > 0.5:
        return (
            f"the nearest neighbour separates them from real individuals: adversarial accuracy {row.aa_real:.2f} from "
            f"the real side, {row.aa_synthetic:.2f} from the synthetic one (limits: mean .8, .5 apart)"
        )
    return ""


def _copies(row, real, copies, allowance):
    limits = {
        "exact_copies": real.exact_copies + 0.05 + allowance,
        "near_copies": real.near_copies + 0.1 + allowance,
    }
    shares = shares_of_copies(row, copies)
    parts = [_nearness(name, row[name], share, allowance) for name, share in shares.items()]
    return _sentence("copies of training individuals", [*filter(None, parts), *_beyond(row, limits)])


def _nearness(name, value, share, allowance):
    """Name a privacy metric beyond its target, or beyond a third of what copies reveal."""
    limit, excess = _TARGETS[name] + allowance, value - _NO_COPYING[name]
    far = share > _LARGEST_SHARE and excess > allowance
    if not far and not value > limit:
        return ""
    said = [f"{share:.0%} of the way to copies, a third is too far"] if far else []
    said += [f"limit {limit:.3f}"] if value > limit else []
    return f"{LABELS[name]} {value:.3f} ({'; '.join(said)})"


def _beyond(row, limits, sign=1):
    """Name the metrics above their limits (below, with sign -1)."""
    wrong = [name for name, limit in limits.items() if sign * row[name] > sign * limit]
    return [f"{LABELS[name]} {row[name]:.2f} (limit {limits[name]:.2f})" for name in wrong]


def _chances(rows, allowance):
    """Allowance for chance in one population; they are taken for equally large."""
    return pd.Series(allowance * np.sqrt(max(len(rows) - 1, 1)), rows.index)


def _sentence(title, parts):
    return f"{title}: {', '.join(parts)}" if parts else ""


def _where(rows):
    names = [str(name) for name in rows.index if name != AVERAGE]
    return f" in {', '.join(names)}" if names else ""
