"""Displays of a comparison: what is drawn where."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting import (
    BinaryCurvesDisplay,
    ScoreDifferencesDisplay,
    ScoreDotsDisplay,
    TwoSplitsDisplay,
    confusion_figure,
)
from seqaug_sklearn.reporting import BLUE, VERMILLION, detached

SUMMARY = pd.DataFrame({"mean": [0.6, 0.8], "low": [0.5, np.nan], "high": [0.7, np.nan]}, index=["plain", "memory"])


def test_scores_are_rows_of_folds_and_means():
    folds = {"plain": [0.5, 0.7], "memory": [0.8, 0.8]}
    about = {"score_name": "accuracy", "chance": {"guessing": (0.5, ":")}, "standouts": ["memory"]}
    display = ScoreDotsDisplay(SUMMARY, folds, **about).plot()
    figure = detached(display)
    (ax,) = figure.axes
    assert ax is display.ax_
    assert [label.get_text() for label in ax.get_yticklabels()] == ["plain", "memory"]
    assert ax.get_xlabel() == "accuracy"
    means = [line for line in ax.lines if line.get_marker() == "o"]
    assert [(line.get_xdata()[0], line.get_ydata()[0], to_hex(line.get_color())) for line in means] == [
        (0.6, 0, BLUE.lower()), (0.8, 1, VERMILLION.lower()),
    ]  # fmt: skip
    intervals = [line for line in ax.lines if line.get_linewidth() == 2]
    assert [list(line.get_xdata()) for line in intervals] == [[0.5, 0.7]], "none where there is no interval"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["guessing"]
    assert plt.get_fignums() == []


def test_without_chance_there_is_no_legend():
    assert detached(ScoreDotsDisplay(SUMMARY).plot()).legends == []


def test_axes_of_the_users_own_keep_their_figure():
    figure, axes = plt.subplots(1, 3)
    chance = {"guessing": (0.5, ":")}
    assert ScoreDotsDisplay(SUMMARY, chance=chance).plot(axes[0]).figure_ is figure
    assert [text.get_text() for text in axes[0].get_legend().get_texts()] == ["guessing"]
    assert figure.legends == []
    plt.close(figure)


def test_the_axis_of_differences_is_symmetric_and_that_of_the_results():
    pairs = pd.DataFrame(
        {"reference": "plain", "difference": [0.1], "low": [-0.1], "high": [0.2], "detectable": [5.0]}, index=["new"]
    )
    (ax,) = detached(ScoreDifferencesDisplay(pairs, score_name="accuracy").plot()).axes
    assert ax.get_xlim() == pytest.approx((-0.23, 0.23))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["new\n− plain"]
    assert [patch.get_width() for patch in ax.patches] == [10.0]


@pytest.mark.parametrize(("n", "taller"), [(2, False), (6, True)])
def test_curves_name_many_models_below(n, taller):
    true, score = np.array(["a", "b"] * 10), np.linspace(0, 1, 20)
    figure = detached(BinaryCurvesDisplay({f"model {i}": (true == "b", score) for i in range(n)}, "b").plot())
    first, second = figure.axes
    assert len({(line.get_color(), line.get_linestyle()) for line in first.lines}) == n
    assert (first.get_ylabel(), second.get_xlabel()) == ("true positive rate (b)", "recall (b)")
    assert (figure.get_figheight() > 4.2) == taller


@pytest.mark.parametrize(("n", "n_texts"), [(2, 4), (16, 0)])
def test_counts_are_written_where_there_is_room(n, n_texts):
    names = [f"class {i}" for i in range(n)]
    figure = confusion_figure(pd.DataFrame(np.eye(n, dtype=int), index=names, columns=names))
    assert len(figure.axes[0].texts) == n_texts
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == names


def test_both_splits_stand_in_one_row_per_model():
    scores = pd.DataFrame({"as split": [0.9, 0.8], "relatives together": [0.6, 0.85]}, index=["words", "places"])
    figure = detached(TwoSplitsDisplay(scores, score_name="accuracy").plot())
    (ax,) = figure.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["words", "places"]
    hollow, filled = ax.lines
    assert hollow.get_xdata().tolist() == [0.9, 0.8]
    assert filled.get_xdata().tolist() == [0.6, 0.85]
    assert hollow.get_markerfacecolor() == "white"
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["as split", "relatives together"]


def test_an_empty_table_is_named():
    with pytest.raises(DataFormatError, match="scores is empty"):
        ScoreDotsDisplay(SUMMARY.head(0)).plot()
    with pytest.raises(DataFormatError, match="differences has no column 'detectable'"):
        ScoreDifferencesDisplay(SUMMARY.assign(reference="", difference=0.0)).plot()
