"""What a report on synthetic people says first: what is wrong with them, and what the figures do not prove."""

import numpy as np

from seqaug_sklearn.evaluation._genotype_verdict import CONTROLS, COPIES, REAL, shares_of_copies

__all__ = ["DOES_NOT_MEAN", "MEANS_PRIVATE", "PEOPLE_FOLDER", "verdict"]

PEOPLE_FOLDER = "people"
"""Folder of the synthetic people beside the report."""

_MUCH = 0.03
"""Allowance for chance from which the verdict speaks of it."""

_SHORTER = "lower match_length (on the command line, --match-length)"

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
_CONFIDENTIAL = (
    "Keep this page as confidential as the input: it shows real people's genotypes. The files in the folder "
    f"'{PEOPLE_FOLDER}' hold synthetic people only."
)


def verdict(comparison) -> list[str]:
    """Say what is wrong with each generator, whether the checks would have seen it, and what private means."""
    fidelity = comparison.fidelity
    names = list(comparison.measured)
    sentences = [_answer(names, fidelity.faults)]
    sentences += [f"{name}: {_sentence(fault)}" for name in names for fault in fidelity.faults[name].values()]
    sentences += [_numbers(name, fidelity.averages) for name in names if not fidelity.faults[name]]
    copying = [comparison.generators[name] for name in names if "copies" in fidelity.faults[name]]
    if copying:
        sentences.append(_on_copies(comparison.train, copying))
    sentences += [*_on_controls(fidelity), *_on_chance(comparison)]
    return [*sentences, MEANS_PRIVATE, _CONFIDENTIAL]


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
    n_variants = len(train.variants)
    matches = [match for model in generators if (match := getattr(model, "match_length_", None)) is not None]
    advice = [
        f"HaplotypeMosaic copies pieces that match on {match} alleles, and there are {n_variants} variants, so a piece "
        f"is a large part of a haplotype: {_SHORTER} to {max(n_variants // 8, 1)} or less, or take a longer region."
        for match in matches
        if 8 * match > n_variants
    ]
    if not advice:
        advice = [
            f"It happens where few people were trained on (population {names[sizes.argmin()]}: {sizes.min()}): add "
            "people, or merge populations."
        ]
        if any(matches):
            advice.append(f"For HaplotypeMosaic, {_SHORTER}: less is given away, and less linkage is kept.")
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
