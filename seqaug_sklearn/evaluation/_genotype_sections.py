"""Tables and figures of a report on synthetic people."""

import re

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._genotype_answer import DOES_NOT_MEAN, MEANS_PRIVATE
from seqaug_sklearn.evaluation._genotype_verdict import AVERAGE, CONTROLS, REAL
from seqaug_sklearn.evaluation._report import Section, file_name

__all__ = ["file_stem", "sections"]

_BLUE, _ORANGE = "#0072B2", "#D55E00"

_METRICS = {
    "af_r2": ("allele frequency, squared correlation", "1"),
    "af_mae": ("allele frequency, mean error", "0"),
    "ld_correlation": ("linkage (r² of all pairs), correlation", "1"),
    "ld_decay_error": ("linkage, error of the decay with distance", "0"),
    "pca_distance": ("distance on 10 principal components, multiples of real", "1"),
    "train_on_synthetic": ("populations told apart: trained on these, tested on real", "as real"),
    "diversity": ("diversity, multiples of real", "1"),
    "inbreeding": ("inbreeding F", "as real"),
    "aa_real": ("nearest neighbour of real people is real", "0.5"),
    "aa_synthetic": ("nearest neighbour of synthetic people is synthetic", "0.5"),
    "privacy_loss": ("privacy loss", "0"),
    "membership_auc": ("membership attack, AUC", "0.5"),
    "membership_se": ("membership attack, standard error of the AUC", "0"),
    "exact_copies": ("equal to a training {unit}", "as real"),
    "near_copies": ("within 1 % of a training {unit}", "as real"),
}
"""Metric -> what it is, and its best value."""

_REALISM = {
    "n": "people",
    "af_r2": "frequency r²",
    "af_mae": "frequency error",
    "ld_correlation": "linkage correlation",
    "ld_decay_error": "linkage decay error",
    "pca_distance": "PCA distance",
    "train_on_synthetic": "told apart",
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
    "near_copies": "within 1 %",
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
    table = table.rename_axis("metric").rename(columns={REAL: "real training people"})
    of_more = f" The {asked:,} people asked for are the first of these." if asked < n_measured else ""
    return Section(
        "How real, how private?",
        text=(
            f"{n_measured:,} synthetic people of each generator against {len(comparison.test):,} real people that no "
            f"generator saw; means over populations.{of_more} The real training people are the ceiling. Two controls "
            "must fail: alleles drawn one by one from their frequencies have no linkage, and copies of training people "
            "have no privacy."
        ),
        tables={"Means over populations": table},
        notes=[
            "Privacy loss: how much better synthetic people are told from held-out people than from training people, "
            "by the nearest neighbour. In the column of the real people, one half of them stands for the synthetic "
            "ones.",
            f"Copies: a {fidelity.unit} can equal a training {fidelity.unit} by chance; the column of the real people "
            "is the rate for held-out people.",
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
            "The components are those of the real training people's allele counts. Grey behind the colours: these real "
            "people. Good synthetic people cover the grey, and nothing else."
        ),
        figures={caption: _detached(display)},
        data={caption: pd.concat(frames, ignore_index=True)},
        alt={
            caption: f"Two principal components; one panel for the real people and one each for {_names(comparison)}."
        },
    )


def _frequencies(comparison):
    from seqaug_sklearn.plotting import AlleleFrequencyDisplay

    groups = {"real training people": comparison.train, **comparison.measured}
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
            "One point per variant and population; real means held out. What spread chance alone gives is seen on the "
            "left."
        ),
        figures={caption: _detached(display)},
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
        figures[squares] = _detached(display)
    except ValueError as error:
        notes.append(f"No heat map: {error}.")
    if len(fidelity.ld_decay):
        display = LinkageDecayDisplay.from_frame(fidelity.ld_decay, unit="bp" if by_position else "variants")
        figures[curves] = _detached(display)
    return Section(
        "Linkage disequilibrium",
        text=(
            "How much one variant says of another within a population. The heat map shows the largest population: a "
            "good generator mirrors the held-out people above the diagonal."
        ),
        figures=figures,
        data={curves: fidelity.ld_decay},
        alt={
            squares: f"Heat maps of r², held-out people above and synthetic people below; {_names(comparison)}.",
            curves: "Mean r² falls with distance; one curve per generator beside real people and controls.",
        },
        notes=notes,
    )


def _picture(comparison):
    from seqaug_sklearn.plotting import GenotypePictureDisplay

    caption = "Genotypes of some people"
    display = GenotypePictureDisplay.from_genotypes(
        comparison.train, comparison.measured, encoding=comparison.train.encoding
    )
    return Section(
        "Genotypes",
        text=(
            "A row per person, a column per variant, the same variants in all panels; similar people are neighbours. "
            "Stripes that run through many rows are linkage, differences between the blocks are populations. The first "
            "panel is of real people."
        ),
        figures={caption: _detached(display)},
        alt={caption: f"Four-colour picture of phased genotypes: real people, {_names(comparison)}."},
    )


def _privacy(comparison):
    from seqaug_sklearn.plotting import GenotypePrivacyDisplay

    train = comparison.train
    display = GenotypePrivacyDisplay.from_genotypes(
        train, comparison.test, {**comparison.measured, "bootstrap copies": _copies(train)}, encoding=train.encoding
    )
    caption = "Nearest training people"
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
        figures={caption: _detached(display)},
        data={caption: curves},
        alt={caption: f"Differences to the nearest training {display.unit}, and the attack's curves; areas: {told}."},
        notes=[
            f"Left: a curve above the black one lies nearer to training {display.unit}s than held-out people do; a "
            "curve at once at the top is copies. Right: on the diagonal the attack is a guess. The bootstrap copies "
            "are drawn anew for the figure, so their area may differ a little from the table's.",
            "More synthetic people give more away: measure again when more are made.",
        ],
    )


def _copies(train):
    rng = np.random.default_rng(0)
    populations = np.unique(train.populations)
    members = [np.flatnonzero(train.populations == population) for population in populations]
    return train.take(np.concatenate([rng.choice(rows, len(rows)) for rows in members]))


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
        alt={f"{caption}, by epoch": "Score on held-out training people, and losses."},
        notes=(
            "Score: distance to people held out of the training, as a multiple of real people's; 1 is as good as real."
        ),
    )


def _training_figure(history, best):
    from matplotlib.figure import Figure

    scored = history.dropna(subset="score") if "score" in history else history[:0]
    figure = Figure(figsize=(9 if len(scored) else 5, 3.2), layout="constrained")
    *left, right = figure.subplots(1, 2 if len(scored) else 1, squeeze=False)[0]
    for ax in left:
        _plot_scores(ax, scored, best)
    for column, color in (("critic_loss", _BLUE), ("generator_loss", _ORANGE)):
        right.plot(history["epoch"], history[column], color=color, label=column.replace("_", " "))
    right.set(xlabel="epoch", ylabel="loss")
    right.legend(frameon=False, fontsize=9)
    for ax in (*left, right):
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.spines[["top", "right"]].set_visible(False)
    return figure


def _plot_scores(ax, scored, best):
    ax.plot(scored["epoch"], scored["score"], ".-", color=_BLUE)
    kept = scored[scored["epoch"] == best]
    ax.plot(kept["epoch"], kept["score"], "D", color=_ORANGE, label=f"kept: epoch {best}")
    ax.axhline(1, color="#6e7781", linewidth=0.8, linestyle="--")
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter("{x:.2g}")
    ax.set(xlabel="epoch", ylabel="score (1 = real people)")
    ax.legend(frameon=False, fontsize=9)


def _populations(comparison):
    table = comparison.fidelity.table
    by_population = table[table.index.get_level_values("population") != AVERAGE]
    shown = by_population.drop(index=list(CONTROLS), level="generator")
    return Section(
        "By population",
        text="The same figures for each population: a mean hides where one of them is missed.",
        tables={
            "How real, by population": shown[list(_REALISM)].rename(columns=_REALISM),
            "How private, by population": shown[list(_PRIVACY)].rename(columns=_PRIVACY),
        },
        data={"All figures, controls too": table},
    )


def _detached(display):
    """Figure that pyplot no longer holds: it would show it at the end of a notebook cell."""
    import matplotlib.pyplot as plt

    plt.close(display.figure_)
    return display.figure_


def _names(comparison):
    return ", ".join(comparison.measured)
