"""What a report on synthetic people says first: what is wrong with them, and what the figures do not prove."""

from numbers import Integral

import numpy as np

from seqaug_sklearn.evaluation._genotype_verdict import CONTROLS, COPIES, REAL, shares_of_copies

__all__ = ["DOES_NOT_MEAN", "MEANS_PRIVATE", "NOT_WRITTEN", "PEOPLE_FOLDER", "WRITTEN", "verdict", "warning_of"]

PEOPLE_FOLDER = "people"
"""Folder of the synthetic people beside the report."""

_MUCH = 0.03
"""Allowance for chance from which the verdict speaks of it."""

_FAULTS = {
    "frequencies": "allele frequencies are off",
    "linkage": "linkage is lost",
    "structure": "population structure is lost",
    "collapse": "people are too alike",
    "scatter": "people are too different",
    "hardy-weinberg": "Hardy-Weinberg proportions are broken",
    "substructure": "substructure within populations is lost",
    "told apart": "real people are easily told from them",
    "copies": "they are too near to the training people",
}

MEANS_PRIVATE = (
    "Private means one thing here: synthetic people are no nearer to the people that were trained on than to other "
    "people of their populations, on average and to the nearest-neighbour attack. It does not mean anonymous."
)
DOES_NOT_MEAN = (
    "Not measured: a rare piece of one person's genome that was copied at length, which an average does not show; "
    "attackers who know relatives, or who attack in another way. Nothing here is a guarantee such as differential "
    "privacy gives, and what is true of a population (its frequencies, its linkage) is passed on by design. Every "
    "piece of a mosaic is a real person's. Whether synthetic people may be given away is for those to say who answer "
    "for the real data; these figures do not settle it."
)
_CHOSEN = ("match_length", "n_neighbors")
"""Parameters that HaplotypeMosaic chooses where they are not given."""

NOT_WRITTEN = "No people of {names} were written; force=True (on the command line, --force) writes them all the same."
WRITTEN = (
    "The people of {names} were written all the same, because that was asked for. They are no synthetic people: keep "
    "them as confidential as the input."
)
_CONFIDENTIAL = "Keep this page as confidential as the input: it shows real people's genotypes."
_SYNTHETIC_ONLY = f"The files in the folder '{PEOPLE_FOLDER}' hold synthetic people only."


def verdict(comparison) -> list[str]:
    """Say what is wrong with each generator, whether the checks would have seen it, and what private means."""
    fidelity = comparison.fidelity
    names = list(comparison.measured)
    sentences = [warning_of(name, reasons) for name, reasons in comparison.copying.items()]
    sentences.append(_answer(names, fidelity.faults))
    sentences += [f"{name}: {_sentence(fault)}" for name in names for fault in fidelity.faults[name].values()]
    sentences += [_numbers(name, fidelity.averages) for name in names if not fidelity.faults[name]]
    if comparison.copying:
        sentences.append(_on_copies(comparison.train, [comparison.generators[name] for name in comparison.copying]))
    sentences += [*_on_controls(fidelity), *_on_chance(comparison)]
    sentences += [MEANS_PRIVATE, _CONFIDENTIAL]
    return sentences if comparison.copying else [*sentences, _SYNTHETIC_ONLY]


def warning_of(name: str, reasons: str) -> str:
    """Say that the people of a generator must not be given away, and why."""
    return f"The people of {name} must not be given away as synthetic: {reasons}."


def _answer(names, faults):
    if not any(faults[name] for name in names):
        return (
            f"No fault was found in the synthetic people of {' and '.join(names)}. That they pass is no proof that "
            "they are anonymous."
        )
    told = [f"{name}: {', '.join(_FAULTS[fault] for fault in faults[name]) or 'no fault found'}" for name in names]
    return f"{'; '.join(told)}."


def _sentence(text):
    return f"{text[0].upper()}{text[1:]}."


def _numbers(name, averages):
    row = averages.loc[name]
    share = shares_of_copies(row, averages.loc[COPIES]).max()
    way = f"; {max(share, 0):.0%} of the way to copies" if share == share else ""
    return (
        f"{name}: allele frequencies r² {row.af_r2:.3f}, linkage correlation {row.ld_correlation:.2f}, PCA distance "
        f"{row.pca_distance:.1f} times real, privacy loss {row.privacy_loss:+.3f}, membership AUC "
        f"{row.membership_auc:.2f} (0.5 is guessing{way})."
    )


def _on_copies(train, generators):
    """What too near means, and what helps: the advice depends on the cause."""
    names, sizes = np.unique(train.populations, return_counts=True)
    given = [[name for name in _CHOSEN if isinstance(getattr(model, name, None), Integral)] for model in generators]
    advice = [
        f"{' and '.join(f'{name}={getattr(model, name)}' for name in named)} was asked for: leave it out (on the "
        "command line, --match-length and --neighbors), and HaplotypeMosaic chooses it so that nobody is given away, "
        "where that is possible."
        for model, named in zip(generators, given, strict=True)
        if named
    ]
    if not all(given):
        advice.append(
            f"It happens where few people were trained on (population {names[sizes.argmin()]}: {sizes.min()}), the "
            "more so the more unlinked variants there are: add people, merge populations, or take fewer variants."
        )
    return (
        "Too near means that whoever holds a training person's genotypes can often tell that the person was in the "
        f"data. {' '.join(advice)}"
    )


def _on_controls(fidelity):
    """Whether the ceiling passes and the controls fail, as they must."""
    if fidelity.faults[REAL]:
        broken = ", ".join(_FAULTS[fault] for fault in fidelity.faults[REAL])
        yield f"Warning: the real training people fail the same checks ({broken}): these are too few people to judge."
    missed = [name for name, fault in CONTROLS.items() if fault not in fidelity.faults[name]]
    for name in missed:
        yield (
            f"Warning: the control '{name}' was not found out, so on these data it says little that the checks found "
            f"nothing of its kind ({_FAULTS[CONTROLS[name]]}) above."
        )
    if not missed:
        yield "Both controls were found out: independent SNPs (no linkage) and bootstrap copies (no privacy)."


def _on_chance(comparison):
    """What the limits of the verdict allow for chance, where it is much."""
    allowance = 1 / np.sqrt(2 * len(comparison.test))
    if allowance > _MUCH:
        yield (
            f"Only {len(comparison.test):,} people were held out. The limits allow {allowance:.2f} for chance, so a "
            "smaller fault would not be seen."
        )
