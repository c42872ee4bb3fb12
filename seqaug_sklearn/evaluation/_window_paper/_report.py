"""The sections of a reproduction's report."""

import re
from dataclasses import replace

import pandas as pd

from seqaug_sklearn.evaluation._window_paper._figures import (
    bar_figures,
    gap_figure,
    genome_figures,
    network_figure,
    window_figure,
)
from seqaug_sklearn.evaluation._window_paper._genomes import WINDOW, counts_table, explain_counts
from seqaug_sklearn.evaluation._window_paper._published import PAPER, reported, reported_without
from seqaug_sklearn.evaluation._window_paper._results import (
    ACROSS,
    BLOCKS,
    PUBLISHED,
    Results,
    beside_paper,
    pearson_of_codes,
    pearson_table,
    protocol_scores,
    score_table,
)
from seqaug_sklearn.evaluation._window_paper._whole_network import whole_scores
from seqaug_sklearn.published import WINDOW_PAPER
from seqaug_sklearn.reporting import Section

__all__ = ["sections"]

_TEXTS = {
    PUBLISHED: (
        "As published: windows are split at random, so nearly every test window is a training window shifted by one "
        "residue, and early stopping looks at such copies as well. The nearest-neighbour lookup copies the label of "
        "the training window with most 12-mers in common."
    ),
    BLOCKS: (
        "The same sequences and classes. Each fold tests one contiguous block of every sequence's windows; training "
        "windows that overlap it, or share 20 symbols in a row with any test window (DNA: either strand), are purged. "
        "Early stopping knows the parents. Each model is trained twice, on all overlapping windows and on "
        "non-overlapping tiles of the same stretch, and tested on identical windows: the fair control."
    ),
    ACROSS: (
        "Classes are gene names that at least two genomes have, upper and lower case alike. One genome is held out at "
        "a time and each of its sequences is one row: with windows it is the bag of its windows, which vote."
    ),
}


def sections(results: Results) -> list[Section]:
    """All sections, in the order of reading."""
    made = [_gap(results), _beside(results), _sanity(results), _data(results)]
    made += [_protocol(results, *key) for key in results.comparisons()]
    made += [_whole(results), _bars(results)]
    made += [_curves(results, name) for name in dict.fromkeys(name for name, _ in results.comparisons())]
    made += [_network(results), _pearson(results)]
    return [section for section in made if section is not None]


def _gap(results):
    if not results.comparisons():
        return None
    caption, table = "Accuracy under each protocol", protocol_scores(results)
    alt = "; ".join(f"{r['model']}, {r['protocol']}, {r['genome']}: {r['accuracy']:.3f}" for _, r in table.iterrows())
    return Section(
        "The gap",
        figures={caption: gap_figure(results)},
        data={caption: table},
        alt={caption: alt},
        notes="Lines are two standard errors over trials or folds; folds share training rows, so they are too short.",
    )


def _beside(results):
    table = beside_paper(results)
    if not len(table):
        return None
    return Section(
        "Beside the paper",
        text=(
            f"The paper's network ({PAPER}). Found, difference (found minus published, from a range's nearer end) and "
            "nearest-neighbour lookup are those of windows split at random; tiles are non-overlapping windows on "
            "held-out blocks."
        ),
        tables={"Published and held-out figures": table},
        notes=_quick_note(results),
    )


def _data(results):
    molecule = results.setup.molecule
    text = "\n\n".join(explain_counts(genome, molecule) for genome in results.genomes)
    caption = f"Windows of {results.genomes[0].used.index[0]}, {results.genomes[0].name} (Figure 1)"
    # a column per genome: there are more facts than genomes
    counts = counts_table(results.genomes, molecule).astype(object).T.rename_axis("count")
    shared = {} if results.shared is None else {"Genes across genomes": results.shared.left_out}
    notes = (
        f"Windows of {WINDOW} residues at every position: the paper's second rule (15 shared symbols) admits all of "
        "them, so its range of overlaps changes nothing. A window text with two labels cannot be distinguished by any "
        "model."
    )
    return Section(
        "Data",
        text=text,
        tables={"Classes and windows": counts} | shared,
        figures={caption: window_figure(results)},
        notes=[notes, *_quick_note(results)],
    )


def _sanity(results):
    if results.sanity is None:
        return None
    section = results.sanity.section()
    first = f"The windows are those of {results.genomes[0].name}."
    return replace(section, text=f"{section.text}\n\n{first}") if len(results.genomes) > 1 else section


def _protocol(results, genome, protocol):
    comparison = results.comparisons()[genome, protocol]
    tables = {f"Scores, {protocol}, {genome}": _scores_beside_paper(results, genome, protocol)}
    if protocol != PUBLISHED:
        tests = comparison.tests(metric="accuracy")
        columns = [
            "reference",
            "mean",
            "reference_mean",
            "difference",
            "low",
            "high",
            "detectable",
            "p_value_holm",
        ]
        tables[f"With and without overlapping windows, {protocol}, {genome}"] = tests.loc[
            tests["reference"].notna(), columns
        ]
    report = results.block_reports.get(genome, (None, ""))[0] if protocol == BLOCKS else None
    if report is not None:
        tables[f"What the block split leaves, {genome}"] = report
    return Section(
        f"{protocol[0].upper()}{protocol[1:]}: {genome}",
        text=_TEXTS[protocol],
        tables=tables,
        data={f"Every fold, {protocol}, {genome}": comparison.folds},
        notes=[*(_remedies(results) if protocol == PUBLISHED else []), *_quick_note(results)],
    )


def _remedies(results):
    if results.setup.molecule == "dna":
        return []
    return [
        f"{results.network} is the published training, weighted by inverse class frequency. Balanced windows: every "
        "class trains as many windows as the smallest, spread evenly (less overlap where proteins are long); the test "
        "windows stay the same."
    ]


def _scores_beside_paper(results, genome, protocol):
    """Scores of all models; of the published split with what the paper says of their accuracy."""
    table = score_table(results.comparisons()[genome, protocol])
    accession = next((g.accession for g in results.genomes if g.name == genome), "")
    figure = reported(results.setup.molecule, "accuracy", accession)
    if protocol != PUBLISHED or figure is None:
        return table
    bound = f"below {WINDOW_PAPER['baseline_accuracy_below']:.2f}"
    said = {results.network: str(figure)} | dict.fromkeys(("SVM", "MLP", "RNN", "CNN"), bound)
    table.insert(0, "accuracy in the paper", [said.get(model, "") for model in table.index])
    return table


def _whole(results):
    if not len(results.whole):
        return None
    tables = {"Test sequences that could be right at all": results.whole}
    if results.whole_runs:
        tables = {"The network on whole sequences, and the paper's figures": _whole_table(results)} | tables
    found = {
        g.name: whole_scores(g, results.whole_runs[g.name]) for g in results.genomes if g.name in results.whole_runs
    }
    return Section(
        "Without augmentation, as published",
        text=(
            "The paper's control splits whole sequences 80/20 at random. With one sequence per class, a class in the "
            "test rows has no training row, so the accuracy is 0 whatever the model: arithmetic, not a result. Only "
            "genes that share a name with another can be right, which is how 0.476 % comes about: one hit in 5 times "
            "42 test sequences. The network trained so still ranks the test sequences, by chance: averaged over all "
            "classes, those without a test sequence as 0, its AUPRC is a few per cent."
        ),
        tables=tables,
        data={f"Every trial without augmentation, {name}": table for name, table in found.items()},
    )


def _whole_table(results):
    """Mean scores of the network on whole sequences, each followed by what the paper has."""
    rows = {}
    for genome in results.genomes:
        runs = results.whole_runs.get(genome.name)
        if runs is None:
            continue
        means = whole_scores(genome, runs)
        pearson = [pearson_of_codes(run.y_true, run.y_pred, 1).value for run in runs]
        found = {"accuracy": means["accuracy"], "auprc": means["auprc"], "pearson": pd.Series(pearson).fillna(0.0)}
        row: dict[str, float | str] = {
            "trials": len(runs),
            "test sequences": len(runs[0].y_true),
            "classes": len(runs[0].classes),
        }
        for metric, values in found.items():
            row |= {metric: float(values.mean()), f"{metric} in the paper": reported_without(metric, genome.accession)}
        rows[genome.name] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("genome")


def _bars(results):
    if not results.published and not results.blocks:
        return None
    figures, data = bar_figures(results)
    return Section(
        "Bars over genomes (Figures 2, 4, 6 and 8 of the paper)",
        figures=figures,
        data=data,
        notes="Error bars are standard errors over trials or folds. The bracket is the test over sequences of "
        "overlapping windows against tiles. Whole sequences score 0 by arithmetic, and their AUPRC is that of a "
        "ranking by chance.",
    )


def _curves(results, genome):
    """Curves, confusions and values of one genome."""
    figures = genome_figures(results, genome)
    if not figures:
        return None
    notes = []
    if any("Figure 7" in caption for caption in figures):
        notes.append(
            f"Figure 7: KernelSHAP with {WINDOW_PAPER['shap_background']} background windows on "
            f"{WINDOW_PAPER['shap_samples']} windows, as published, for the network of the first trial. The paper's "
            "second panel shows values of single features too; here it is what it is called, the Shapley interaction "
            "index of the positions with the largest values. Most of these windows were trained on."
        )
    if any("Figure 10" in caption for caption in figures):
        notes.append(
            "Figure 10: curves of held-out blocks pool the test windows of all folds, where the tables average over "
            "folds, so their areas differ a little."
        )
    numbers = sorted({number for caption in figures for number in _figure_numbers(caption)})
    heading = ", ".join(map(str, numbers[:-1])) + (f" and {numbers[-1]}" if len(numbers) > 1 else "")
    told = f" (Figures {heading})" if len(numbers) > 1 else "".join(f" (Figure {n})" for n in numbers)
    return Section(f"Curves and confusions: {genome}{told}", figures=figures, notes=notes)


def _figure_numbers(caption):
    return (
        [int(number) for number in re.findall(r"\d+", caption.rpartition("(Figure")[2])] if "(Figure" in caption else []
    )


def _network(results):
    return Section("The network (Figure 13)", figures={f"The {results.network} (Figure 13)": network_figure(results)})


def _pearson(results):
    table = pearson_table(results)
    if not len(table):
        return None
    return Section(
        "Pearson coefficient, as the paper computes it",
        text=(
            "The paper correlates integer codes of the class names in alphabetical order. Names have no order: other "
            "orders of the same names give other coefficients for the same predictions."
        ),
        tables={"Coefficient and its spread over 1,000 random orders of the names": table},
    )


def _quick_note(results):
    if not results.setup.quick:
        return []
    return [
        "Quick look: few genes spread over the genome, 12 epochs at a higher learning rate, one trial, three folds. "
        "Its scores may be higher or lower than those of the full run."
    ]
