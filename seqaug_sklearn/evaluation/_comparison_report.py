"""Tables and figures of a comparison, as sections of a report."""

import itertools

import numpy as np

from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.evaluation._verdict import METRIC_NAMES
from seqaug_sklearn.reporting import Section

__all__ = ["sections"]

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6e7781"
"""From the Okabe-Ito palette: told apart with any colour vision."""
PALETTE = (BLUE, ORANGE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MAX_CLASSES = 30
"""A confusion matrix with more classes cannot be read as a picture."""
MAX_CURVES = 6
"""More curves in one figure cannot be told apart."""

_SIZES = ["reference", "mean", "reference_mean", "difference", "low", "high", "detectable"]
_TESTS = [
    "p_corrected_t", "p_corrected_t_holm", "p_permutation", "p_permutation_holm", "p_student", "p_chance",
]  # fmt: skip


def sections(comparison: JudgedComparison, metric: str) -> list[Section]:
    """All sections that a comparison gives by itself."""
    found = [_scores(comparison, metric), _differences(comparison, metric), _errors(comparison, metric)]
    return [section for section in found if section is not None]


def _scores(comparison, metric):
    summary, everything = comparison.summary(metric), comparison.summary()
    name = METRIC_NAMES.get(metric, metric)
    figure_name = f"{name[0].upper()}{name[1:]} of each model"
    means = everything["mean"].unstack("metric").loc[comparison.estimators, list(comparison.metrics)]
    extra = [c for c in ("train_accuracy", "fit_seconds", "score_seconds") if c in comparison.folds]
    means = means.join(comparison.folds.groupby("estimator")[extra].mean())
    return Section(
        "Scores",
        figures={figure_name: _score_figure(comparison, summary, metric, name)},
        data={figure_name: summary, "All scores with errors and intervals": everything, "Every fold": comparison.folds},
        tables={"Means over folds": means},
        alt={figure_name: "; ".join(f"{n}: {row['mean']:.3f}" for n, row in summary.iterrows())},
        notes=[
            "Dots are means over folds; bars are 95 % intervals from drawing whole groups with replacement, small dots "
            "are single folds.",
            "Classes without predictions or without test rows in a fold count as 0 in macro precision, recall and F1; "
            "Precision, recall and F1 without more, AUROC and AUPRC are those of the second class where there are two; "
            "with more classes AUROC and AUPRC are means over the classes present.",
        ],
    )


def _score_figure(comparison, summary, metric, name):
    names = list(summary.index)
    figure, ax = _axes(len(names))
    chance = comparison.chance()
    if metric == "accuracy":
        ax.axvline(chance["majority"], color=GREY, linestyle="--", linewidth=1, label="commonest class")
    if metric in ("accuracy", "balanced_accuracy"):
        ax.axvline(chance["uniform"], color=GREY, linestyle=":", linewidth=1, label="guessing")
    for i, estimator in enumerate(names):
        scores = comparison.folds.loc[comparison.folds["estimator"] == estimator, metric]
        colour = ORANGE if estimator in comparison.memorisers else BLUE
        ax.plot(scores, np.full(len(scores), i + 0.18), ".", color=colour, alpha=0.35, markersize=4)
        _dot(ax, summary.loc[estimator, "mean"], summary.loc[estimator, ["low", "high"]], i, colour)
    _finish(ax, names, name)
    if ax.get_legend_handles_labels()[0]:
        figure.legend(loc="outside lower right", frameon=False, fontsize=9, ncols=2)
    return figure


def _differences(comparison, metric):
    tests = comparison.tests(metric=metric)
    pairs = tests[tests["reference"].notna()]
    if not len(pairs):
        return None
    name = METRIC_NAMES.get(metric, metric)
    caption = f"Difference in {name} from the reference"
    alt = "; ".join(f"{n} minus {row['reference']}: {row['difference']:+.3f}" for n, row in pairs.iterrows())
    return Section(
        "Differences",
        figures={caption: _difference_figure(pairs, name)},
        tables={f"Differences in {name}": tests[_SIZES], f"Tests of {name}": tests[["reference", *_TESTS]]},
        data={caption: pairs},
        alt={caption: alt},
        notes=[
            "low, high: 95 % interval from drawing whole groups; it keeps the fitted models, so it is narrower than "
            "one that counts the luck of training.",
            "p corrected t: resampled t-test over folds, corrected for the training rows that folds share (Nadeau and "
            "Bengio 2003); the one to read. Student's t-test ignores that and is too optimistic.",
            "p permutation: predictions of the two swapped group by group; it does not count the luck of training.",
            "holm: adjusted for the number of comparisons. p chance: labels permuted between groups.",
            "detectable: smallest true difference that the corrected t-test finds with power 0.8 (grey bars; those "
            "that fill their row end beyond the figure).",
        ],
    )


def _difference_figure(pairs, name):
    labels = [f"{n}\n− {row['reference']}" for n, row in pairs.iterrows()]
    figure, ax = _axes(len(labels) * 1.4)
    ax.axvline(0, color=GREY, linewidth=1)
    for i, (_, row) in enumerate(pairs.iterrows()):
        if np.isfinite(row["detectable"]):
            ax.barh(i, 2 * row["detectable"], left=-row["detectable"], height=0.6, color="#e6e9ed", zorder=0)
        _dot(ax, row["difference"], row[["low", "high"]], i, BLUE)
    # the results decide the axis: where the grey bar fills the row, the data could show next to nothing
    reach = 1.15 * np.nanmax([*pairs[["difference", "low", "high"]].abs().to_numpy().ravel(), 0.02])
    ax.set_xlim(-reach, reach)
    _finish(ax, labels, f"difference in {name} (grey: too small for this data to show)")
    return figure


def _errors(comparison, metric):
    means = comparison.summary(metric)["mean"].drop(list(comparison.memorisers))
    best = means.idxmax() if means.notna().any() else comparison.estimators[0]
    counts = comparison.confusion_matrix(best)
    caption, figures = f"Confusion matrix of {best}", {}
    if len(comparison.classes) <= MAX_CLASSES:
        figures[caption] = _confusion_figure(counts)
    if len(comparison.classes) == 2 and comparison.rows[best][0].scores is not None:
        drawn = _drawn(comparison, metric)
        name = METRIC_NAMES.get(metric, metric)
        few = len(drawn) < len(comparison.estimators)
        which = f" of the {len(drawn)} best of {len(comparison.estimators)} models by {name}" if few else ""
        figures[f"ROC and precision-recall curves{which}"] = _curve_figure(comparison, drawn)
    confused = _confused(counts)
    tables = {"Hardest rows": comparison.hardest(10)}
    if len(comparison.classes) > 2 and len(confused):
        tables[f"Most frequent confusions of {best}"] = confused
    notes = (
        "Counts and curves put the test rows of all folds and repeats together; the scores above are means over folds."
    )
    return Section("Errors", figures=figures, tables=tables, data={caption: counts}, notes=notes)


def _confused(counts):
    """Ten most frequent off-diagonal cells."""
    long = counts.stack().rename("count").reset_index()
    long = long[(long["true"] != long["predicted"]) & (long["count"] > 0)]
    return long.sort_values("count", ascending=False, kind="stable").head(10).reset_index(drop=True)


def _confusion_figure(counts):
    from matplotlib.figure import Figure
    from sklearn.metrics import ConfusionMatrixDisplay

    n = len(counts)
    size = min(3.5 + 0.28 * n, 10)
    figure = Figure(figsize=(size + 0.8, size), layout="constrained")
    display = ConfusionMatrixDisplay(counts.to_numpy(), display_labels=list(counts.index))
    display.plot(ax=figure.subplots(), cmap="Blues", include_values=n <= 15, xticks_rotation=90 if n > 4 else 0)
    return figure


def _drawn(comparison, metric):
    """Estimators whose curves are drawn: all that have scores, or the best of many."""
    names = [n for n in comparison.estimators if all(fold.scores is not None for fold in comparison.rows[n])]
    if len(names) <= MAX_CURVES:
        return names
    means = comparison.folds.groupby("estimator")[metric].mean().loc[names]
    best = means.sort_values(ascending=False, kind="stable").index[:MAX_CURVES]
    return [name for name in names if name in best]


def _curve_figure(comparison, names):
    """Curves of all test predictions together, for two classes."""
    from matplotlib.figure import Figure
    from sklearn.metrics import PrecisionRecallDisplay, RocCurveDisplay

    n_models = len(names)
    figure = Figure(figsize=(8, 4.2 + 0.17 * n_models * (n_models > 4)), layout="constrained")
    axes = figure.subplots(1, 2)
    styles = itertools.cycle([(colour, line) for line in ("-", "--", ":") for colour in PALETTE])
    for estimator in names:
        folds = comparison.rows[estimator]
        true = np.concatenate([f.true for f in folds])
        score = np.concatenate([f.scores[:, 1] for f in folds])
        colour, line = next(styles)
        for display, ax in zip((RocCurveDisplay, PrecisionRecallDisplay), axes, strict=True):
            display.from_predictions(true, score, name=estimator, ax=ax)
            # the argument that styles the line is not the same in every release of scikit-learn
            ax.lines[-1].set(color=colour, linestyle=line)
    positive = comparison.classes[1]
    axes[0].set(xlabel="false positive rate", ylabel=f"true positive rate ({positive})")
    axes[1].set(xlabel=f"recall ({positive})", ylabel=f"precision ({positive})")
    for ax in axes:
        # many names would cover the curves
        below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16)} if n_models > 4 else {}
        ax.legend(fontsize=8, frameon=False, **below)
    return figure


def _axes(n_rows):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 1.2 + 0.42 * n_rows), layout="constrained")
    return figure, figure.subplots()


def _dot(ax, value, interval, y, colour):
    low, high = interval
    if np.isfinite(low):
        ax.plot([low, high], [y, y], color=colour, linewidth=2, solid_capstyle="butt")
    ax.plot(value, y, "o", color=colour, markersize=7)


def _finish(ax, labels, xlabel):
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlabel(xlabel)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#e6e9ed", linewidth=0.8)
    ax.set_axisbelow(True)
