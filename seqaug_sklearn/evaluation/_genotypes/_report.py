"""Tables and figures of a report on synthetic individuals."""

import re
from numbers import Integral

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._genotypes._controls import bootstrap_copies
from seqaug_sklearn.evaluation._genotypes._faults import AVERAGE, CONTROLS, COPIES, REAL, shares_of_copies
from seqaug_sklearn.genotypes import NEAR_COPY
from seqaug_sklearn.reporting import BLUE, SLATE, VERMILLION, Section, detached, file_name

__all__ = [
    "DOES_NOT_MEAN",
    "MEANS_PRIVATE",
    "NOT_WRITTEN",
    "PEOPLE_FOLDER",
    "WRITTEN",
    "file_stem",
    "sections",
    "verdict",
    "warning_of",
]

PEOPLE_FOLDER = "people"
"""Folder of the synthetic individuals beside the report."""

_MUCH = 0.03
"""Allowance for chance from which the verdict speaks of it."""

_FAULTS = {
    "frequencies": "allele frequencies are off",
    "linkage": "linkage is lost",
    "structure": "population structure is lost",
    "collapse": "individuals are too alike",
    "scatter": "individuals are too different",
    "hardy-weinberg": "Hardy-Weinberg proportions are broken",
    "substructure": "substructure within populations is lost",
    "told apart": "they are easily distinguished from real individuals",
    "copies": "they are too near to the training individuals",
}

MEANS_PRIVATE = (
    "Private means one thing here: on average, and to the nearest-neighbour attack, synthetic individuals are no "
    "nearer to the training individuals than to other individuals of their populations. It does not mean anonymous."
)
DOES_NOT_MEAN = (
    "Not measured: a long copied piece of one individual's genome, which an average does not show; attackers who know "
    "relatives, or who attack in another way. Nothing here is a guarantee like that of differential privacy, and "
    "properties of a population (its frequencies, its linkage) are passed on by design. Every piece of a mosaic comes "
    "from a real individual. Whether synthetic individuals may be shared is for the owners of the real data to decide; "
    "these figures do not settle it."
)
_CHOSEN = ("match_length", "n_neighbors")
"""Parameters that HaplotypeMosaic chooses where they are not given."""

NOT_WRITTEN = "No individuals of {names} were written; force=True (on the command line, --force) writes them anyway."
WRITTEN = (
    "The individuals of {names} were written anyway, as requested. They are not synthetic individuals: keep them as "
    "confidential as the input."
)
_CONFIDENTIAL = "Keep this page as confidential as the input: it shows real individuals' genotypes."
_SYNTHETIC_ONLY = f"The files in the folder '{PEOPLE_FOLDER}' hold synthetic individuals only."


def verdict(comparison) -> list[str]:
    """Say what is wrong with each generator, whether the checks would have seen it, and what private means."""
    fidelity = comparison.fidelity
    names = list(comparison.measured)
    sentences = [warning_of(name, reasons) for name, reasons in comparison.copying.items()]
    sentences.append(_answer(names, fidelity.faults))
    sentences += [comparison.judged] if comparison.judged else []
    sentences += [f"{name}: {_sentence(fault)}" for name in names for fault in fidelity.faults[name].values()]
    sentences += [_numbers(name, fidelity.averages) for name in names if not fidelity.faults[name]]
    if comparison.copying:
        sentences.append(_on_copies(comparison.train, [comparison.generators[name] for name in comparison.copying]))
    sentences += [*_on_controls(fidelity), *_on_chance(comparison)]
    sentences += [MEANS_PRIVATE, _CONFIDENTIAL]
    return sentences if comparison.copying else [*sentences, _SYNTHETIC_ONLY]


def warning_of(name: str, reasons: str) -> str:
    """Say that the individuals of a generator must not be shared, and why."""
    return f"The individuals of {name} must not be shared as synthetic: {reasons}."


def _answer(names, faults):
    if not any(faults[name] for name in names):
        return (
            f"No fault was found in the synthetic individuals of {' and '.join(names)}. Passing does not prove that "
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
        f"{row.membership_auc:.2f} (0.5 is chance{way})."
    )


def _on_copies(train, generators):
    """What too near means, and what helps: the advice depends on the cause."""
    names, sizes = np.unique(train.populations, return_counts=True)
    given = [[name for name in _CHOSEN if isinstance(getattr(model, name, None), Integral)] for model in generators]
    advice = [
        f"{' and '.join(f'{name}={getattr(model, name)}' for name in named)} was requested: leave it out (on the "
        "command line, --match-length and --neighbors), and HaplotypeMosaic chooses a value that exposes no one, where "
        "that is possible."
        for model, named in zip(generators, given, strict=True)
        if named
    ]
    if not all(given):
        advice.append(
            f"It happens where there are few training individuals (population {names[sizes.argmin()]}: {sizes.min()}), "
            "and more so with many unlinked variants: add individuals, merge populations, or use fewer variants."
        )
    return (
        "Too near means that anyone who holds a training individual's genotypes can often infer that the individual "
        f"was in the data. {' '.join(advice)}"
    )


def _on_controls(fidelity):
    """Whether the ceiling passes and the controls fail, as they must."""
    if fidelity.faults[REAL]:
        broken = ", ".join(_FAULTS[fault] for fault in fidelity.faults[REAL])
        yield (
            f"Warning: the real training individuals fail the same checks ({broken}): there are too few individuals to "
            "judge."
        )
    missed = [name for name, fault in CONTROLS.items() if fault not in fidelity.faults[name]]
    for name in missed:
        yield (
            f"Warning: the control '{name}' was not detected, so on these data the absence of its fault "
            f"({_FAULTS[CONTROLS[name]]}) above says little."
        )
    if not missed:
        yield "Both controls were detected: independent SNPs (no linkage) and bootstrap copies (no privacy)."


def _on_chance(comparison):
    """What the limits of the verdict allow for chance, where it is much."""
    allowance = 1 / np.sqrt(2 * len(comparison.test))
    if allowance > _MUCH:
        yield (
            f"Only {len(comparison.test):,} individuals were held out. The limits allow {allowance:.2f} for chance, so "
            "a smaller fault would go undetected."
        )


_METRICS = {
    "af_r2": ("allele frequency, squared correlation", "1"),
    "af_mae": ("allele frequency, mean error", "0"),
    "ld_correlation": ("linkage (r² of all pairs), correlation", "1"),
    "ld_decay_error": ("linkage, error of the decay with distance", "0"),
    "pca_distance": ("distance on 10 principal components, multiples of real", "1"),
    "train_on_synthetic": ("classification of populations: trained on these, tested on real", "as real"),
    "diversity": ("diversity, multiples of real", "1"),
    "inbreeding": ("inbreeding F", "as real"),
    "aa_real": ("nearest neighbour of real individuals is real", "0.5"),
    "aa_synthetic": ("nearest neighbour of synthetic individuals is synthetic", "0.5"),
    "privacy_loss": ("privacy loss", "0"),
    "membership_auc": ("membership attack, AUC", "0.5"),
    "membership_se": ("membership attack, standard error of the AUC", "0"),
    "exact_copies": ("equal to a training {unit}", "as real"),
    "near_copies": (f"within {100 * NEAR_COPY:.0f} % of a training {{unit}}", "as real"),
}
"""Metric -> what it is, and its best value."""

_REALISM = {
    "n": "individuals",
    "af_r2": "frequency r²",
    "af_mae": "frequency error",
    "ld_correlation": "linkage correlation",
    "ld_decay_error": "linkage decay error",
    "pca_distance": "PCA distance",
    "train_on_synthetic": "train on it, test on real",
    "diversity": "diversity",
    "inbreeding": "inbreeding F",
}
_PRIVACY = {
    "aa_real": "nearest of real is real",
    "aa_synthetic": "nearest of synthetic is synthetic",
    "privacy_loss": "privacy loss",
    "membership_auc": "membership AUC",
    "membership_se": "its standard error",
    "exact_copies": "equal to training",
    "near_copies": f"within {100 * NEAR_COPY:.0f} %",
}
"""Metric -> head of its column in the tables by population."""


def file_stem(name: str) -> str:
    """Portable name of a generator's files: ``GenotypeGAN`` gives ``genotype_gan``."""
    return file_name(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(name)), "x")[:-2]


def sections(comparison) -> list[Section]:
    """All sections of the report; figures are made anew."""
    parts = [
        _figures_section(comparison),
        _structure(comparison),
        _frequencies(comparison),
        _linkage(comparison),
        _picture(comparison),
        _privacy(comparison),
        *(_training(name, generator) for name, generator in comparison.generators.items()),
        _populations(comparison),
    ]
    return [part for part in parts if part is not None]


def _figures_section(comparison):
    fidelity = comparison.fidelity
    averages = fidelity.averages
    n_measured, asked = len(next(iter(comparison.measured.values()))), comparison.n_samples
    rows = {text.format(unit=fidelity.unit): averages[metric] for metric, (text, _) in _METRICS.items()}
    table = pd.DataFrame(rows).T
    table.insert(0, "best", [best for _, best in _METRICS.values()])
    table = table.rename_axis("metric").rename(columns={REAL: "real training individuals"})
    of_more = f" The {asked:,} individuals asked for are the first of these." if asked < n_measured else ""
    return Section(
        "How real, how private?",
        text=(
            f"{n_measured:,} synthetic individuals of each generator against {len(comparison.test):,} held-out real "
            f"individuals; means over populations.{of_more} The real training individuals are the ceiling. Two "
            "controls must fail: alleles drawn one by one from their frequencies have no linkage, and copies of "
            "training individuals have no privacy."
        ),
        tables={"Means over populations": table},
        notes=[
            "Privacy loss: how much better the nearest neighbour separates synthetic individuals from held-out than "
            "from training individuals. In the column of the real individuals, half of them stand in for the synthetic "
            "ones.",
            f"Copies: a {fidelity.unit} can equal a training {fidelity.unit} by chance; the column of the real "
            "individuals gives the rate for held-out ones.",
        ],
    )


def _structure(comparison):
    from seqaug_sklearn.plotting import PopulationPCADisplay

    display = PopulationPCADisplay.from_genotypes(
        comparison.train, comparison.measured, encoding=comparison.train.encoding
    )
    caption = "Principal components"
    frames = [
        pd.DataFrame(places, columns=["component_1", "component_2"]).assign(group=name, population=display.labels[name])
        for name, places in display.coordinates.items()
    ]
    return Section(
        "Population structure",
        text=(
            "The components are those of the real training individuals' allele counts. Grey behind the colours: these "
            "real individuals. Good synthetic individuals cover the grey, and nothing else."
        ),
        figures={caption: detached(display)},
        data={caption: pd.concat(frames, ignore_index=True)},
        alt={
            caption: "Two principal components; one panel for the real individuals and one each for "
            f"{_names(comparison)}."
        },
    )


def _frequencies(comparison):
    from seqaug_sklearn.plotting import AlleleFrequencyDisplay

    groups = {"real training individuals": comparison.train, **comparison.measured}
    display = AlleleFrequencyDisplay.from_genotypes(comparison.test, groups, encoding=comparison.train.encoding)
    caption = "Allele frequencies"
    variants = comparison.train.variants[["chrom", "pos", "ref", "alt"]]
    frames = [
        variants.assign(population=population, held_out=display.real[i])
        .assign(**{name: values[i] for name, values in display.synthetic.items()})
        for i, population in enumerate(display.populations)
    ]  # fmt: skip
    told = "; ".join(f"{name}: r² {display.r2_[name]:.3f}" for name in groups)
    return Section(
        "Allele frequencies",
        text=(
            "One point per variant and population; real means held out. The left panel shows the spread that chance "
            "alone gives."
        ),
        figures={caption: detached(display)},
        data={caption: pd.concat(frames, ignore_index=True)},
        alt={caption: f"Scatter along the diagonal. {told}."},
    )


def _linkage(comparison):
    from seqaug_sklearn.plotting import LinkageDecayDisplay, LinkageMatrixDisplay

    fidelity, encoding = comparison.fidelity, comparison.train.encoding
    by_position = len(set(comparison.train.variants["chrom"])) == 1
    curves, squares = "Linkage by distance", "Linkage of pairs of variants"
    figures, notes = {}, []
    try:
        display = LinkageMatrixDisplay.from_genotypes(comparison.test, comparison.measured, encoding=encoding)
        figures[squares] = detached(display)
    except ValueError as error:
        notes.append(f"No heat map: {error}.")
    if len(fidelity.ld_decay):
        display = LinkageDecayDisplay.from_frame(fidelity.ld_decay, unit="bp" if by_position else "variants")
        figures[curves] = detached(display)
    return Section(
        "Linkage disequilibrium",
        text=(
            "How well one variant predicts another within a population. The heat map shows the largest population: "
            "below the diagonal, a good generator mirrors the held-out individuals above it."
        ),
        figures=figures,
        data={curves: fidelity.ld_decay},
        alt={
            squares: "Heat maps of r², held-out individuals above and synthetic individuals below; "
            f"{_names(comparison)}.",
            curves: "Mean r² falls with distance; one curve per generator beside real individuals and controls.",
        },
        notes=notes,
    )


def _picture(comparison):
    from seqaug_sklearn.plotting import GenotypePictureDisplay

    caption = "Genotypes of some individuals"
    display = GenotypePictureDisplay.from_genotypes(
        comparison.train, comparison.measured, encoding=comparison.train.encoding
    )
    return Section(
        "Genotypes",
        text=(
            "A row per individual, a column per variant, the same variants in all panels; similar individuals are "
            "neighbours. Stripes that run through many rows are linkage, differences between the blocks are "
            "populations. The first panel is of real individuals."
        ),
        figures={caption: detached(display)},
        alt={caption: f"Four-colour picture of phased genotypes: real individuals, {_names(comparison)}."},
    )


def _privacy(comparison):
    from seqaug_sklearn.plotting import GenotypePrivacyDisplay

    train = comparison.train
    display = GenotypePrivacyDisplay.from_genotypes(
        train,
        comparison.test,
        {**comparison.measured, COPIES: bootstrap_copies(train, np.random.default_rng(0))},
        encoding=train.encoding,
    )
    caption = "Nearest training individuals"
    curves = pd.concat(
        [
            pd.DataFrame({"generator": name, "false_positive_rate": false, "true_positive_rate": true})
            for name, (false, true) in display.attack.items()
        ],
        ignore_index=True,
    )
    told = "; ".join(f"{name} {area:.2f}" for name, area in display.auc_.items())
    return Section(
        "Privacy: what the figures mean, and what they do not",
        text=f"{MEANS_PRIVATE}\n\n{DOES_NOT_MEAN}",
        figures={caption: detached(display)},
        data={caption: curves},
        alt={caption: f"Differences to the nearest training {display.unit}, and the attack's curves; areas: {told}."},
        notes=[
            f"Left: a curve above the black one lies nearer to training {display.unit}s than held-out individuals do; "
            "a curve that starts at the top means copies. Right: on the diagonal the attack does no better than "
            "chance. The bootstrap copies are drawn anew for the figure, so their area may differ a little from the "
            "table's.",
            "More synthetic individuals reveal more: measure again when more are made.",
        ],
    )


def _training(name, generator):
    """Curves of a generator that was trained, or None."""
    history = getattr(generator, "history_", None)
    if history is None:
        return None
    caption = f"Training of {name}"
    best = getattr(generator, "best_epoch_", None)
    kept = "the last epoch's weights are kept" if best is None else f"the weights of epoch {best} are kept"
    return Section(
        caption,
        text=f"{len(history)} epochs in {history['seconds'].sum():,.0f} seconds; {kept}.",
        figures={f"{caption}, by epoch": _training_figure(history, best)},
        data={f"{caption}, by epoch": history},
        alt={f"{caption}, by epoch": "Score on held-out training individuals, and losses."},
        notes=(
            "Score: distance to individuals held out of the training, as a multiple of real individuals'; 1 is as good "
            "as real."
        ),
    )


def _training_figure(history, best):
    from matplotlib.figure import Figure

    scored = history.dropna(subset="score") if "score" in history else history[:0]
    figure = Figure(figsize=(9 if len(scored) else 5, 3.2), layout="constrained")
    *left, right = figure.subplots(1, 2 if len(scored) else 1, squeeze=False)[0]
    for ax in left:
        _plot_scores(ax, scored, best)
    for column, color in (("critic_loss", BLUE), ("generator_loss", VERMILLION)):
        right.plot(history["epoch"], history[column], color=color, label=column.replace("_", " "))
    right.set(xlabel="epoch", ylabel="loss")
    right.legend(frameon=False, fontsize=9)
    for ax in (*left, right):
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.spines[["top", "right"]].set_visible(False)
    return figure


def _plot_scores(ax, scored, best):
    ax.plot(scored["epoch"], scored["score"], ".-", color=BLUE)
    kept = scored[scored["epoch"] == best]
    ax.plot(kept["epoch"], kept["score"], "D", color=VERMILLION, label=f"kept: epoch {best}")
    ax.axhline(1, color=SLATE, linewidth=0.8, linestyle="--")
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("{x:.2g}")
    ax.set(xlabel="epoch", ylabel="score (1 = real individuals)")
    ax.legend(frameon=False, fontsize=9)


def _populations(comparison):
    table = comparison.fidelity.table
    by_population = table[table.index.get_level_values("population") != AVERAGE]
    shown = by_population.drop(index=list(CONTROLS), level="generator")
    return Section(
        "By population",
        text="The same figures for each population: a mean hides a population that is missed.",
        tables={
            "How real, by population": shown[list(_REALISM)].rename(columns=_REALISM),
            "How private, by population": shown[list(_PRIVACY)].rename(columns=_PRIVACY),
        },
        data={"All figures, controls too": table},
    )


def _names(comparison):
    return ", ".join(comparison.measured)
