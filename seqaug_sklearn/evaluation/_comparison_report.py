"""Tables and figures of a comparison, as sections of a report."""

from typing import Any

import numpy as np

from seqaug_sklearn.evaluation._comparison_tests import JudgedComparison
from seqaug_sklearn.evaluation._lineage_warnings import alphabet_of
from seqaug_sklearn.evaluation._metrics import ERROR_METRICS, HEADLINES, metrics_of
from seqaug_sklearn.evaluation._sanity_section import shortest_audited
from seqaug_sklearn.evaluation._verdict_of_pairs import METRIC_NAMES
from seqaug_sklearn.reporting import Section, detached

__all__ = ["HARDEST", "figures_of_numbers", "sections"]

MAX_CLASSES = 30
"""A confusion matrix with more classes cannot be read as a picture."""
MAX_CURVES = 6
"""More curves in one figure cannot be distinguished."""
MAX_PANELS = 12
"""Panels of one figure, one for each target; of more targets the first are drawn."""
FEWEST_IN_BIN = 10
"""Rows of a bin whose median says something."""
MAX_SEARCHED = 5000
"""Of more sequences the nearest training rows are not searched for: that would take longer than the page is worth."""

_SIZES = ["reference", "mean", "reference_mean", "difference", "low", "high", "p_value", "p_value_holm", "detectable"]
"""Columns of differences that the page shows; the file behind the figure holds all, among them other tests."""
_CHANCE = ["mean", "chance", "p_chance", "p_chance_best"]
_UNRELATED_LABELS = {
    "mean": "mean",
    "chance": "unrelated labels",
    "p_chance": "p unrelated labels",
    "p_chance_best": "p unrelated labels best",
}
"""What the page calls the columns of the tests of each model by itself: there, chance has one meaning."""


def sections(comparison: JudgedComparison, metric: str) -> list[Section]:
    """All sections that a comparison gives by itself."""
    parts = {
        "classes": (_scores, _differences, _errors, _calibration),
        "number": (_scores, _differences, _targets, _residuals),
        "labels": (_scores, _differences, _targets, _residuals),
    }[comparison.task]
    found = [part(comparison, metric) for part in parts]
    return [section for section in found if section is not None]


def _scores(comparison, metric):
    summary, everything, tests = comparison.scores(metric), comparison.scores(), comparison.tests(metric=metric)
    name = METRIC_NAMES.get(metric, metric)
    figure_name = f"{name[0].upper()}{name[1:]} of each model"
    means = everything["mean"].unstack("metric").loc[comparison.estimators, list(comparison.metrics)]
    # a reader expects errors as they are; scores are negative, so that greater is better
    errors = [metric for metric in ERROR_METRICS if metric in means]
    means[errors] = means[errors].abs()
    means = means.rename(columns={metric: metric.removeprefix("neg_").upper() for metric in errors})
    train = f"train_{HEADLINES[comparison.task]}"
    extra = [c for c in (train, "fit_seconds", "score_seconds") if c in comparison.folds]
    means = means.join(comparison.folds.groupby("estimator")[extra].mean())
    means.insert(0, "repeats", [comparison.repeats[name] for name in means.index])
    return Section(
        "Scores",
        figures={figure_name: detached(score_dots(comparison, metric))},
        data={figure_name: summary, "All scores with errors and intervals": everything, "Every fold": comparison.folds},
        tables={
            "Means over folds": means,
            **_against_chance(comparison, tests, figure_name),
        },
        alt={figure_name: "; ".join(f"{n}: {row['mean']:.3f}" for n, row in summary.iterrows())},
        notes=[
            "Dots are means over folds, small dots single folds. Bars are 95 % intervals of what models would score "
            "that are trained on other data sets of this size and tested on new groups: they include the chance "
            "variation of the training groups as well as that of the test groups, and repeats do not narrow them as if "
            "they were new data.",
            *_NOTES[comparison.task],
        ],
    )


def _against_chance(comparison, tests, name):
    if comparison.task == "number":
        return {f"{name}, against chance": tests[_CHANCE]}
    return {f"{name}, against unrelated labels": tests[_CHANCE].rename(columns=_UNRELATED_LABELS)}


_UNRELATED = (
    "unrelated labels: the score of a model's own answers if labels had nothing to do with them; p unrelated "
    "labels: whether the interval excludes it; p unrelated labels best: the same for a model that was picked "
    "among all of these."
)
_NOTES = {
    "classes": [
        "chance: of accuracy, the better of always answering the commonest training class and of drawing classes "
        "evenly; of balanced accuracy one divided by the number of classes.",
        _UNRELATED,
        "Classes without predictions or without test rows in a fold count as 0 in macro precision, recall and F1; "
        "Plain precision, recall and F1, AUROC and AUPRC are those of the second class where there are two; with "
        "more classes AUROC and AUPRC are means over the classes present.",
    ],
    "number": [
        "chance: always answering the mean of the training rows (of the mean absolute error, their median). "
        "Correlations and R² are then 0, and errors are those of the mean. A model that gives one number for all rows "
        "of a fold has the correlation 0.",
        "p chance: whether the interval excludes chance; p chance best: the same for a model that was picked among all "
        "of these.",
        "Scores are means over folds. Spearman within groups is the plain mean over groups of the rank correlation "
        "within each; groups of fewer than three rows, or with one value, are left out. Errors are in the unit of "
        "the target. In the table of means RMSE and MAE are as usual, smaller is better; as the score of figures and "
        "tests they are negative, so that greater is better.",
        "Scores of several targets are means over them; what was not measured counts for nothing.",
    ],
    "labels": [
        "chance: of accuracy, the better of always answering what is commoner for each label and of drawing evenly; of "
        "AUROC and balanced accuracy 0.5.",
        _UNRELATED,
        "Every score is a mean over the labels. A label with one value among the test rows of a fold is left out "
        "there, and what is not known counts for nothing.",
    ],
}


def score_dots(comparison: JudgedComparison, metric: str, ax: Any = None) -> Any:
    """Draw the scores of all models, and what chance scores."""
    from seqaug_sklearn.plotting import ScoreDotsDisplay

    chance = comparison.chance_of(metric)
    lines = {f"chance ({chance:.3f})": (chance, "--")} if np.isfinite(chance) else {}
    about = {"metric": metric, "score_name": METRIC_NAMES.get(metric, metric), "chance": lines}
    return ScoreDotsDisplay.from_comparison(comparison, **about, ax=ax)


def _differences(comparison, metric):
    from seqaug_sklearn.plotting import ScoreDifferencesDisplay

    tests = comparison.tests(metric=metric)
    pairs = tests[tests["reference"].notna()]
    if not len(pairs):
        return None
    name = METRIC_NAMES.get(metric, metric)
    caption = f"Difference in {name} from the reference"
    alt = "; ".join(f"{n} minus {row['reference']}: {row['difference']:+.3f}" for n, row in pairs.iterrows())
    return Section(
        "Differences",
        figures={caption: detached(ScoreDifferencesDisplay(pairs, score_name=name).plot())},
        tables={f"Differences in {name}": pairs[_SIZES]},
        data={caption: pairs, f"Tests of {name}": tests},
        alt={caption: alt},
        notes=[
            "low, high: 95 % interval of the difference between models trained on other data sets of this size.",
            "p value: t-test over groups that counts what they add as test groups and as training groups; the one to "
            "read. holm: adjusted for the number of comparisons.",
            "The file of tests also holds the interval at the level of the adjusted test (low holm, high holm), the "
            "resampled t-test over folds (p corrected t; Nadeau and Bengio 2003), for comparison with the literature, "
            "and p student, which ignores that folds share training rows and is too optimistic.",
            "detectable: smallest true difference that the adjusted test finds with power 0.8 (grey bars; those that "
            "fill their row end beyond the figure).",
        ],
    )


def _errors(comparison, metric):
    from seqaug_sklearn.plotting import BinaryCurvesDisplay, confusion_figure

    best = _best(comparison, metric)
    counts = comparison.confusion_matrix(best)
    caption, figures = f"Confusion matrix of {best}", {}
    if len(comparison.classes) <= MAX_CLASSES:
        figures[caption] = confusion_figure(counts)
    if len(comparison.classes) == 2 and comparison.rows[best][0].scores is not None:
        drawn = _drawn(comparison, metric)
        name = METRIC_NAMES.get(metric, metric)
        few = len(drawn) < len(comparison.estimators)
        which = f" of the {len(drawn)} best of {len(comparison.estimators)} models by {name}" if few else ""
        curves = BinaryCurvesDisplay.from_comparison(comparison, names=drawn)
        figures[f"ROC and precision-recall curves{which}"] = detached(curves)
    confused = _confused(counts)
    tables = {"Hardest rows": comparison.hardest(10)}
    if len(comparison.classes) > 2 and len(confused):
        tables[f"Most frequent confusions of {best}"] = confused
    notes = (
        "Counts and curves put the test rows of all folds and repeats together; the scores above are means over folds."
    )
    return Section("Errors", folded=True, figures=figures, tables=tables, data={caption: counts}, notes=notes)


def _best(comparison, metric):
    """The model to show: lookups are none, where there is another."""
    means = comparison.scores(metric)["mean"]
    learned = means.drop(list(comparison.memorisers))
    return str(learned.idxmax()) if learned.notna().any() else comparison.estimators[0]


def _targets(comparison, metric):
    """Each target or label by itself."""
    if len(comparison.target_names) < 2 or metric not in metrics_of(comparison.task):
        return None
    from seqaug_sklearn.plotting import TargetScoresDisplay

    name, what = METRIC_NAMES.get(metric, metric), "target" if comparison.task == "number" else "label"
    table = comparison.per_target(metric)
    caption, figures = f"{name[0].upper()}{name[1:]} of each {what}", {}
    if len(comparison.target_names) <= MAX_CLASSES:
        drawn = _best_of(comparison, metric, comparison.estimators)
        display = TargetScoresDisplay.from_comparison(comparison, metric=metric, names=drawn, score_name=name)
        figures[caption] = detached(display)
    wide = table["mean"].unstack("target").loc[comparison.estimators, list(comparison.target_names)]
    return Section(
        f"Each {what}",
        figures=figures,
        tables={f"{caption}, mean over folds": wide},
        data={caption: table},
        alt={c: "; ".join(f"{n}, {of}: {row['mean']:.3f}" for (n, of), row in table.iterrows()) for c in figures},
        notes=f"A {what} with one value among the test rows of a fold has no score there.",
    )


def _residuals(comparison, metric):
    """Predicted against true values of the best model, and the rows that models are furthest from."""
    best = _best(comparison, metric)
    tables, notes = {"Hardest rows": comparison.hardest(10)}, [HARDEST[comparison.task]]
    if metric in metrics_of(comparison.task):
        name = METRIC_NAMES.get(metric, metric)
        tables[f"{name[0].upper()}{name[1:]}, all test rows together and mean over folds"] = comparison.pooled(metric)
        notes.append(_POOLED)
    figures = figures_of_numbers(comparison, best) if comparison.task == "number" else {}
    caption = next(iter(figures), f"Predictions of {best}")
    data = {caption: comparison.predictions(best)}
    return Section("Errors", folded=True, figures=figures, tables=tables, data=data, notes=notes)


HARDEST = {
    "number": "Hardest rows: mean error over the models, lookups left out; of several targets in units of each one's "
    "spread.",
    "labels": "Hardest rows: share of wrong labels, a mean over the models, lookups left out.",
}
"""What the table of the hardest rows says, by task."""

_POOLED = (
    "All test rows together are scored as one, so that models of several folds are compared on one scale, and groups "
    "of high and low values with each other; the mean over folds asks what each model ranks among the rows that it was "
    "tested on."
)


def figures_of_numbers(comparison: JudgedComparison, best: str) -> dict[str, Any]:
    """Predicted against true values, and errors by similarity where the rows are sequences."""
    from seqaug_sklearn.plotting import PredictedTrueDisplay, ResidualsBySimilarityDisplay

    table = comparison.predictions(best)
    known = table[(table["repeat"] == 0) & table["y_true"].notna()]
    each = known["target"].value_counts() if "target" in known else {comparison.target_names[0]: len(known)}
    targets = [name for name in comparison.target_names if each.get(name, 0) >= 2][:MAX_PANELS]
    if not targets:
        return {}
    few = len(targets) < len(comparison.target_names)
    which = f", {len(targets)} of {len(comparison.target_names)} targets" if few else ""
    display = PredictedTrueDisplay.from_comparison(comparison, best, targets=targets)
    figures = {f"Predicted against true values, {best}{which}": detached(display)}
    text = comparison.sequences
    alphabet = None if text is None or len(text) > MAX_SEARCHED else alphabet_of(text)
    if text is not None and alphabet is not None and min(map(len, text)) >= shortest_audited(alphabet.name):
        n_bins = int(np.clip(min(each[name] for name in targets) // FEWEST_IN_BIN, 1, 6))
        about = {"alphabet": alphabet, "targets": targets, "n_bins": n_bins}
        display = ResidualsBySimilarityDisplay.from_comparison(comparison, best, text, **about)
        figures[f"Errors by similarity to the training rows, {best}{which}"] = detached(display)
    return figures


def _calibration(comparison, metric):
    from seqaug_sklearn.plotting import ReliabilityDisplay

    table = comparison.calibration()
    known = table.index[table["calibration_error"].notna()]
    if not len(known):
        return None
    means = comparison.scores(metric)["mean"].loc[known].drop(list(comparison.memorisers), errors="ignore")
    best = [means.idxmax()] if means.notna().any() else []
    drawn = [name for name in known if name in best or name in comparison.memorisers][:MAX_CURVES] or [known[0]]
    caption = f"Reliability of {', '.join(drawn)}"
    display = ReliabilityDisplay.from_comparison(comparison, names=drawn)
    return Section(
        "Calibration",
        folded=True,
        figures={caption: detached(display)},
        tables={"Calibration of probabilities": table},
        data={caption: display.to_frame()},
        alt={caption: "; ".join(f"{name}: calibration error {table['calibration_error'][name]:.3f}" for name in drawn)},
        notes=[
            "The test rows of all folds of the first repeat. Rows are sorted by the probability of the class that is "
            "answered and cut into bins of equal numbers; below the diagonal a model is too sure of itself. With few "
            "rows points stray from it by chance.",
            "brier: mean squared distance of probabilities and outcomes, halved; 0 is best. calibration error: mean "
            "distance of a bin's probability from its share of right answers. Models without probabilities have "
            "neither.",
        ],
    )


def _confused(counts):
    """Ten most frequent off-diagonal cells."""
    long = counts.stack().rename("count").reset_index()
    long = long[(long["true"] != long["predicted"]) & (long["count"] > 0)]
    return long.sort_values("count", ascending=False, kind="stable").head(10).reset_index(drop=True)


def _drawn(comparison, metric):
    """Estimators whose curves are drawn: all that have scores, or the best of many."""
    names = [n for n in comparison.estimators if all(fold.scores is not None for fold in comparison.rows[n])]
    return _best_of(comparison, metric, names)


def _best_of(comparison, metric, names):
    """As many as a figure can hold, in their order."""
    if len(names) <= MAX_CURVES:
        return names
    means = comparison.folds.groupby("estimator")[metric].mean().loc[names]
    best = means.sort_values(ascending=False, kind="stable").index[:MAX_CURVES]
    return [name for name in names if name in best]
