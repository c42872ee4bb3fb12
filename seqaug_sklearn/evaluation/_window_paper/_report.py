"""The sections of a reproduction's report."""

from dataclasses import replace

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._window_paper._genomes import WINDOW, counts_table, explain_counts
from seqaug_sklearn.evaluation._window_paper._models import MEMORISER, tiled
from seqaug_sklearn.evaluation._window_paper._published import PAPER
from seqaug_sklearn.evaluation._window_paper._results import (
    ACROSS,
    BLOCKS,
    PUBLISHED,
    Results,
    beside_paper,
    network_in,
    network_pearson,
    pearson_table,
    protocol_scores,
    score_table,
)
from seqaug_sklearn.reporting import Section, detached

__all__ = ["bar_figures", "bar_scores", "curve_figures", "gap_figure", "network_figure", "sections", "window_figure"]

_BARS = {
    "accuracy": "Accuracy",
    "auprc": "AUPRC (mean over classes)",
    "f1_macro": "Macro F1",
    "pearson": "Pearson coefficient of codes",
}


def window_figure(results: Results):
    """Windows of the first sequence of the first genome (Fig. 1)."""
    from seqaug_sklearn.plotting import WindowCoverageDisplay

    genome = results.genomes[0]
    length = len(genome.used["sequence"].iloc[0])
    return detached(WindowCoverageDisplay.from_window_set(genome.windows, 0, length=length))


def gap_figure(results: Results):
    """Accuracy under each protocol, the leaking one marked."""
    from seqaug_sklearn.plotting import ProtocolGapDisplay

    table = protocol_scores(results)
    place = table["protocol"] + (": " + table["genome"] if len(results.genomes) > 1 else "")
    table["name"] = table["model"].where(table["model"] != MEMORISER, "memoriser") + ", " + place
    display = ProtocolGapDisplay.from_frame(
        table, protocol="name", score="accuracy", lower="lower", upper="upper", chance="chance", leaks="leaks"
    )
    return detached(display)


def bar_scores(results: Results) -> pd.DataFrame:
    """Scores behind the bars: one row per genome, setting and fold or trial."""
    frames = [_whole_rows(results)]
    on_blocks = {results.network: "overlapping, held-out blocks", tiled(results.network): "tiles, held-out blocks"}
    settings = {PUBLISHED: {results.network: "windows, random split"}, BLOCKS: on_blocks}
    for (genome, protocol), comparison in results.comparisons().items():
        for model, setting in settings.get(protocol, {}).items():
            rows = comparison.folds[comparison.folds["estimator"] == model]
            scores = rows[["fold", "accuracy", "auprc", "f1_macro"]].assign(genome=genome, setting=setting)
            if model == results.network:
                values = [network_pearson(results, comparison, protocol, fold).value for fold in rows["fold"]]
                scores["pearson"] = values
            frames.append(scores)
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


def _whole_rows(results):
    """Without augmentation, as published: nothing can be right but genes that share a name."""
    if not len(results.whole):
        return pd.DataFrame()
    accuracy = results.whole["highest possible accuracy"]
    return pd.DataFrame(
        {
            "genome": results.whole["genome"],
            "setting": "whole sequences, random split",
            "fold": results.whole["trial"],
            "accuracy": accuracy,
        }
    )


def bar_figures(results: Results) -> tuple[dict, dict]:
    """Bars over genomes (Figs. 2, 4, 6, 8) and the scores behind them, by caption."""
    from seqaug_sklearn.plotting import ScoreBarsDisplay

    scores, figures, data = bar_scores(results), {}, {}
    pairs = _significance(results)
    for column, title in _BARS.items():
        rows = scores[scores[column].notna()] if column in scores else scores.iloc[:0]
        if not len(rows):
            continue
        there = set(zip(rows["genome"], rows["setting"], strict=True))
        marks = pairs if column == "accuracy" and len(pairs) else None
        display = ScoreBarsDisplay.from_frame(
            rows.rename(columns={column: title}), x="genome", score=title, hue="setting",
            significance=None if marks is None or not _all_there(marks, there) else marks,
        )  # fmt: skip
        caption = f"{title} in each genome"
        figures[caption] = detached(display)
        data[caption] = rows[["genome", "setting", "fold", column]].reset_index(drop=True)
    return figures, data


def _significance(results):
    """Overlapping windows against tiles on the same test windows: the corrected test of accuracy."""
    rows = []
    for genome, comparison in results.blocks.items():
        p = comparison.tests().loc[results.network, "p_corrected_t"]
        if np.isfinite(p):
            rows.append(
                {
                    "genome": genome,
                    "first": "overlapping, held-out blocks",
                    "second": "tiles, held-out blocks",
                    "p_value": p,
                }
            )
    return pd.DataFrame(rows)


def _all_there(pairs, bars):
    return all((row["genome"], row[side]) in bars for _, row in pairs.iterrows() for side in ("first", "second"))


def curve_figures(results: Results) -> dict:
    """Learning curves (Figs. 3, 11), precision-recall of ten classes (5), confusions (9), mean curves (10)."""
    from seqaug_sklearn.plotting import (
        LargeConfusionMatrixDisplay,
        LearningCurvesDisplay,
        MeanCurvesDisplay,
        PrecisionRecallByClassDisplay,
    )

    figures, mean = {}, None
    for (genome, protocol), comparison in results.comparisons().items():
        if genome not in (results.genomes[0].name, "all genomes"):
            continue
        network, place = network_in(results, protocol), f"{genome}, {protocol}"
        curves = [table for (name, *_), table in comparison.kept.items() if name == network]
        if curves and protocol != ACROSS:
            figures[f"Learning curves of the {results.network}, {place}"] = detached(
                LearningCurvesDisplay.from_histories(curves)
            )
        frame = comparison.predictions(network)
        frame = frame[frame["fold"] == 0] if protocol == PUBLISHED else frame
        if protocol != ACROSS:
            score = frame[[f"score_{c}" for c in comparison.classes]].to_numpy()
            arguments = (frame["y_true"].to_numpy(), score, comparison.classes)
            mean = MeanCurvesDisplay.from_predictions(*arguments, name=protocol, ax=None if mean is None else mean.ax_)
        if protocol == PUBLISHED:
            seed = results.setup.random_state
            display = PrecisionRecallByClassDisplay.from_predictions(*arguments, random_state=seed)
            figures[f"Precision and recall of ten random classes, {place}"] = detached(display)
        display = LargeConfusionMatrixDisplay.from_predictions(frame["y_true"], frame["y_pred"])
        figures[f"Confusion matrix of the {results.network}, {place}"] = detached(display)
    if mean is not None:
        figures[f"ROC and precision-recall curves, mean over classes, {results.genomes[0].name}"] = detached(mean)
    return figures


def network_figure(results: Results):
    """The network that is trained (Fig. 13), built for the classes of the first genome."""
    from seqaug_sklearn.plotting import NetworkDisplay

    genome = results.genomes[0]
    # a fit is what gives the layers their shapes; a few windows of each class are enough
    first = np.concatenate([np.flatnonzero(genome.windows.sources == row)[:3] for row in range(len(genome.used))])
    model = results.setup.network(max_epochs=1, validation_fraction=None, device="cpu", random_state=0)
    model.fit(genome.windows.windows[first], genome.windows.y[first])
    return detached(NetworkDisplay.from_estimator(model))


_TEXTS = {
    PUBLISHED: (
        "As published: windows are split at random, so nearly every test window is a training window shifted by one "
        "residue, and early stopping looks at such copies as well. The memoriser copies the label of the training "
        "window with most 12-mers in common."
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
    made += [_whole(results), _genome_figures(results), _method(results), _pearson(results)]
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
            f"The paper's network ({PAPER}). Found, difference (found minus published, from a range's nearer end) "
            "and memoriser are those of windows split at random; tiles are non-overlapping windows on held-out blocks."
        ),
        tables={"Published figures and honest ones": table},
        notes=_quick_note(results),
    )


def _data(results):
    molecule = results.setup.molecule
    text = "\n\n".join(explain_counts(genome, molecule) for genome in results.genomes)
    caption = f"Windows of {results.genomes[0].used.index[0]}, {results.genomes[0].name}"
    # a column per genome: there are more facts than genomes
    counts = counts_table(results.genomes, molecule).astype(object).T.rename_axis("count")
    shared = {} if results.shared is None else {"Genes across genomes": results.shared.left_out}
    notes = (
        f"Windows of {WINDOW} residues at every position: the paper's second rule (15 shared symbols) admits all of "
        "them, so its range of overlaps changes nothing. A window text with two labels cannot be told apart by any "
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
    tables = {f"Scores, {protocol}, {genome}": score_table(comparison)}
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
            "p_corrected_t_holm",
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


def _whole(results):
    if not len(results.whole):
        return None
    return Section(
        "Without augmentation, as published",
        text=(
            "The paper's control splits whole sequences 80/20 at random. With one sequence per class, a class in the "
            "test rows has no training row, so the accuracy is 0 whatever the model: arithmetic, not a result. Only "
            "genes that share a name with another can be right, which is how 0.476 % comes about: one hit in 210."
        ),
        tables={"Test sequences that could be right at all": results.whole},
    )


def _genome_figures(results):
    if not results.published and not results.blocks:
        return None
    figures, data = bar_figures(results)
    return Section(
        "Bars over genomes (Figures 2, 4, 6 and 8 of the paper)",
        figures=figures,
        data=data,
        notes="Error bars are standard errors over trials or folds. The bracket is the corrected resampled t-test of "
        "overlapping windows against tiles.",
    )


def _method(results):
    figures = {f"The {results.network} (Figure 13)": network_figure(results)}
    if results.comparisons():
        figures = curve_figures(results) | figures
    return Section("Training, curves and confusions (Figures 3, 5, 9, 10, 11 and 13)", figures=figures)


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
        "Scores of networks are lower bounds."
    ]
