"""The figures of a reproduction, drawn by the displays of ``plotting``."""

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._window_paper_models import MEMORISER, tiled
from seqaug_sklearn.evaluation._window_paper_results import (
    ACROSS,
    BLOCKS,
    PUBLISHED,
    Results,
    network_in,
    network_pearson,
    protocol_scores,
)

__all__ = ["bar_figures", "bar_scores", "curve_figures", "gap_figure", "network_figure", "window_figure"]

_BARS = {
    "accuracy": "Accuracy",
    "auprc": "AUPRC (mean over classes)",
    "f1_macro": "Macro F1",
    "pearson": "Pearson coefficient of codes",
}


def _figure(display):
    """Take the figure out of pyplot, which would keep it for ever."""
    import matplotlib.pyplot as plt

    plt.close(display.figure_)
    return display.figure_


def window_figure(results: Results):
    """Windows of the first sequence of the first genome (Fig. 1)."""
    from seqaug_sklearn.plotting import WindowCoverageDisplay

    genome = results.genomes[0]
    length = len(genome.used["sequence"].iloc[0])
    return _figure(WindowCoverageDisplay.from_window_set(genome.windows, 0, length=length))


def gap_figure(results: Results):
    """Accuracy under each protocol, the leaking one marked."""
    from seqaug_sklearn.plotting import ProtocolGapDisplay

    table = protocol_scores(results)
    place = table["protocol"] + (": " + table["genome"] if len(results.genomes) > 1 else "")
    table["name"] = table["model"].where(table["model"] != MEMORISER, "memoriser") + ", " + place
    display = ProtocolGapDisplay.from_frame(
        table, protocol="name", score="accuracy", lower="lower", upper="upper", chance="chance", leaks="leaks"
    )
    return _figure(display)


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
        figures[caption] = _figure(display)
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
            figures[f"Learning curves of the {results.network}, {place}"] = _figure(
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
            figures[f"Precision and recall of ten random classes, {place}"] = _figure(display)
        display = LargeConfusionMatrixDisplay.from_predictions(frame["y_true"], frame["y_pred"])
        figures[f"Confusion matrix of the {results.network}, {place}"] = _figure(display)
    if mean is not None:
        figures[f"ROC and precision-recall curves, mean over classes, {results.genomes[0].name}"] = _figure(mean)
    return figures


def network_figure(results: Results):
    """The network that is trained (Fig. 13), built for the classes of the first genome."""
    from seqaug_sklearn.plotting import NetworkDisplay

    genome = results.genomes[0]
    # a fit is what gives the layers their shapes; a few windows of each class are enough
    first = np.concatenate([np.flatnonzero(genome.windows.sources == row)[:3] for row in range(len(genome.used))])
    model = results.setup.network(max_epochs=1, validation_fraction=None, device="cpu", random_state=0)
    model.fit(genome.windows.windows[first], genome.windows.y[first])
    return _figure(NetworkDisplay.from_estimator(model))
