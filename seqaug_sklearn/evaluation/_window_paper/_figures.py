"""The figures of a reproduction, each with the number of the paper's figure that it redraws."""

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._window_paper._explained import explained_in, history_of
from seqaug_sklearn.evaluation._window_paper._models import MEMORISER, tiled
from seqaug_sklearn.evaluation._window_paper._results import (
    ACROSS,
    BLOCKS,
    PUBLISHED,
    Results,
    network_in,
    network_pearson,
    pearson_of_codes,
    protocol_scores,
)
from seqaug_sklearn.published import WINDOW_PAPER
from seqaug_sklearn.reporting import BLUE, GREEN, ORANGE, PINK, VERMILLION, detached
from seqaug_sklearn.utils import told_of_groups

__all__ = ["bar_figures", "bar_scores", "gap_figure", "genome_figures", "network_figure", "window_figure"]

_WHOLE, _RANDOM = "whole sequences, random split", "windows, random split"
_OVERLAPPING, _TILES = "overlapping, held-out blocks", "tiles, held-out blocks"
_COLORS = {_WHOLE: VERMILLION, _RANDOM: BLUE, _OVERLAPPING: GREEN, _TILES: ORANGE}
"""Setting -> colour in all figures of the page."""
_OF_PROTOCOL = {PUBLISHED: _COLORS[_RANDOM], BLOCKS: _COLORS[_OVERLAPPING], ACROSS: PINK}
"""Protocol -> colour: that of the paper's network under it."""

_BARS = {
    "accuracy": ("Accuracy", "2"),
    "auprc": ("AUPRC (mean over classes)", "4"),
    "pearson": ("Pearson coefficient of codes", "6"),
    "precision_macro": ("Macro precision", "8"),
    "recall_macro": ("Macro recall", "8"),
    "f1_macro": ("Macro F1", "8"),
    "precision_weighted": ("Weighted precision", "8"),
    "recall_weighted": ("Weighted recall", "8"),
    "f1_weighted": ("Weighted F1", "8"),
}
"""Score -> its name, and the number of its figure."""


def window_figure(results: Results):
    """Windows of the first sequence of the first genome (Figure 1)."""
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
    table["color"] = table["protocol"].map(_OF_PROTOCOL)
    display = ProtocolGapDisplay.from_frame(
        table,
        protocol="name",
        score="accuracy",
        lower="lower",
        upper="upper",
        chance="chance",
        leaks="leaks",
        colors="color",
    )
    return detached(display)


def bar_scores(results: Results) -> pd.DataFrame:
    """Scores behind the bars: one row per genome, setting and fold or trial."""
    frames = [_whole_rows(results)]
    on_blocks = {results.network: _OVERLAPPING, tiled(results.network): _TILES}
    settings = {PUBLISHED: {results.network: _RANDOM}, BLOCKS: on_blocks}
    columns = ["fold", *(column for column in _BARS if column != "pearson")]
    for (genome, protocol), comparison in results.comparisons().items():
        for model, setting in settings.get(protocol, {}).items():
            rows = comparison.folds[comparison.folds["estimator"] == model]
            scores = rows[columns].assign(genome=genome, setting=setting)
            if model == results.network:
                values = [network_pearson(results, comparison, protocol, fold).value for fold in rows["fold"]]
                scores["pearson"] = values
            frames.append(scores)
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


def _whole_rows(results):
    """The network trained on whole sequences: the paper's setting without augmentation."""
    rows = []
    for genome, runs in results.whole_runs.items():
        for trial, run in enumerate(runs):
            # no coefficient exists where one class only is predicted; the paper plots that as 0
            pearson = pearson_of_codes(run.y_true, run.y_pred, 1).value
            told = {"genome": genome, "setting": _WHOLE, "fold": trial, **run.scores()}
            rows.append(told | {"pearson": float(np.nan_to_num(pearson))})
    return pd.DataFrame(rows)


def bar_figures(results: Results) -> tuple[dict, dict]:
    """Bars over genomes (Figures 2, 4, 6 and the six panels of 8) and the scores behind them, by caption."""
    from seqaug_sklearn.plotting import ScoreBarsDisplay

    scores, figures, data = bar_scores(results), {}, {}
    pairs = _significance(results)
    for column, (title, number) in _BARS.items():
        rows = scores[scores[column].notna()] if column in scores else scores.iloc[:0]
        if not len(rows):
            continue
        there = set(zip(rows["genome"], rows["setting"], strict=True))
        marks = pairs if column == "accuracy" and len(pairs) and _all_there(pairs, there) else None
        display = ScoreBarsDisplay.from_frame(
            rows.rename(columns={column: title}),
            x="genome",
            score=title,
            hue="setting",
            significance=marks,
            colors=_COLORS,
        )
        caption = f"{title} in each genome (Figure {number})"
        figures[caption] = detached(display)
        data[caption] = rows[["genome", "setting", "fold", column]].reset_index(drop=True)
    return figures, data


def _significance(results):
    """Overlapping windows against tiles on the same test windows: the test of accuracy over sequences."""
    rows = []
    for genome, comparison in results.blocks.items():
        p = comparison.tests().loc[results.network, "p_value"]
        if np.isfinite(p):
            rows.append({"genome": genome, "first": _OVERLAPPING, "second": _TILES, "p_value": p})
    return pd.DataFrame(rows)


def _all_there(pairs, bars):
    return all((row["genome"], row[side]) in bars for _, row in pairs.iterrows() for side in ("first", "second"))


def genome_figures(results: Results, genome: str) -> dict:
    """Figures of one genome by caption: 3, 5, 7, 9, 10, 11, and the notebook's scatter; "all genomes": 9 only."""
    found = {protocol: c for (name, protocol), c in results.comparisons().items() if name == genome}
    figures = _without(results, genome)
    for protocol, comparison in found.items():
        figures |= _of_protocol(results, genome, protocol, comparison)
    return figures | _mean_curves(results, genome, found)


def _without(results, genome):
    """Panels A of Figures 3 and 5: whole sequences."""
    from seqaug_sklearn.plotting import LearningCurvesDisplay, PrecisionRecallByClassDisplay

    runs = results.whole_runs.get(genome, [])
    if not runs:
        return {}
    curves = LearningCurvesDisplay.from_histories([run.history for run in runs], color=_COLORS[_WHOLE])
    classes = PrecisionRecallByClassDisplay.from_predictions(
        runs[0].y_true, runs[0].probabilities, runs[0].classes, random_state=results.setup.random_state
    )
    return {
        f"Learning curves without augmentation, {genome} (Figure 3A)": detached(curves),
        f"Precision and recall of ten random classes without augmentation, {genome} (Figure 5A)": detached(classes),
    }


def _of_protocol(results, genome, protocol, comparison):
    from seqaug_sklearn.plotting import (
        LargeConfusionMatrixDisplay,
        LearningCurvesDisplay,
        PrecisionRecallByClassDisplay,
        PredictedCodesDisplay,
    )

    network, place = network_in(results, protocol), f"{genome}, {protocol}"
    color, published = _OF_PROTOCOL[protocol], protocol == PUBLISHED
    figures = {}
    curves = [history_of(table) for (name, *_), table in comparison.kept.items() if name == network]
    if curves and protocol != ACROSS:
        caption = f"Learning curves of the {results.network}, {place}" + (" (Figures 3B and 11)" if published else "")
        figures[caption] = detached(LearningCurvesDisplay.from_histories(curves, color=color))
    frame = comparison.predictions(network)
    if published:
        # one trial, as the paper shows
        frame = frame[frame["fold"] == 0]
        display = PrecisionRecallByClassDisplay.from_predictions(
            *_scores(frame, comparison), random_state=results.setup.random_state
        )
        figures[f"Precision and recall of ten random classes, {place} (Figure 5B)"] = detached(display)
        figures |= _shap(results, place, comparison)
    confusion = LargeConfusionMatrixDisplay.from_predictions(frame["y_true"], frame["y_pred"])
    caption = f"Confusion matrix of the {results.network}, {place}" + (" (Figure 9)" if published else "")
    figures[caption] = detached(confusion)
    if published:
        codes = PredictedCodesDisplay.from_predictions(frame["y_true"], frame["y_pred"], color=color)
        figures[f"Mean predicted class codes, {place} (notebook)"] = detached(codes)
    return figures


def _scores(frame, comparison):
    score = frame[[f"score_{c}" for c in comparison.classes]].to_numpy()
    return frame["y_true"].to_numpy(), score, comparison.classes


def _shap(results, place, comparison):
    """Figure 7 of the first trial that kept it."""
    from seqaug_sklearn.plotting import ShapInteractionDisplay, ShapSummaryDisplay

    kept = (table for (name, *_), table in comparison.kept.items() if name == results.network)
    explained = next((found for found in map(explained_in, kept) if found is not None), None)
    if explained is None:
        return {}
    summary = ShapSummaryDisplay(explained.values, explained.present, explained.names, max_features=12).plot()
    first = next(iter(explained.values))
    quantity = f"Shapley interaction index for {first}, mean over {WINDOW_PAPER['shap_samples']} windows"
    pairs = ShapInteractionDisplay(explained.interactions, explained.positions, quantity).plot()
    return {
        f"KernelSHAP values of single features, {place} (Figure 7, first panel)": detached(summary),
        f"Interactions of pairs of positions, {place} (Figure 7, second panel)": detached(pairs),
    }


def _mean_curves(results, genome, found):
    """Figure 10: mean curves of all protocols in one picture, each class behind them."""
    from seqaug_sklearn.plotting import MeanCurvesDisplay

    mean = None
    for protocol, comparison in found.items():
        if protocol == ACROSS:
            continue
        frame = comparison.predictions(network_in(results, protocol))
        frame = frame[frame["fold"] == 0] if protocol == PUBLISHED else frame
        mean = MeanCurvesDisplay.from_predictions(
            *_scores(frame, comparison),
            name=protocol,
            color=_OF_PROTOCOL[protocol],
            each=True,
            ax=None if mean is None else mean.ax_,
        )
    if mean is None:
        return {}
    return {f"ROC and precision-recall curves of each class and their mean, {genome} (Figure 10)": detached(mean)}


def network_figure(results: Results):
    """The network that is trained (Figure 13), built for the classes of the first genome."""
    from seqaug_sklearn.plotting import NetworkDisplay

    genome = results.genomes[0]
    # a fit is what gives the layers their shapes; a few windows of each class are enough
    first = np.concatenate([np.flatnonzero(genome.windows.sources == row)[:3] for row in range(len(genome.used))])
    model = results.setup.network(max_epochs=1, validation_fraction=None, device="cpu", random_state=0)
    # nothing is scored here, so that no windows are tested
    with told_of_groups():
        model.fit(genome.windows.windows[first], genome.windows.y[first])
    return detached(NetworkDisplay.from_estimator(model))
