import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting import SanityDisplay

SCORES = pd.DataFrame(
    {
        "check": ["true labels"] * 2
        + ["memoriser"] * 2
        + ["guessing"] * 2
        + ["exchanged labels"] * 3
        + ["noise sequences"],
        "score": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.5, 0.6, 0.4, 0.45],
    }
)
BINS = pd.DataFrame(
    {
        "low": [0, 0.2, 0.6],
        "high": [0.2, 0.6, 1.0],
        "n_rows": [30, 0, 10],
        "accuracy": [0.5, np.nan, 0.9],
        "memoriser_accuracy": [0.4, np.nan, 1.0],
    }
)


def test_means_chance_and_lines(assert_on_page):
    display = SanityDisplay(SCORES, BINS, score_name="accuracy", verdict="clean").plot()
    means = {name: float(line.get_xdata()[0]) for name, line in display.means_.items()}
    expected = {"true labels": 0.85, "memoriser": 0.65, "exchanged labels": 0.5, "noise sequences": 0.45}
    assert means == pytest.approx(expected)
    assert display.ax_.get_legend().get_texts()[0].get_text() == "chance (0.450)"
    assert display.ax_.get_title(loc="left") == "Verdict: clean"
    assert display.lines_["model"].get_xydata().tolist() == [[0, 0.5], [2, 0.9]]
    assert display.lines_["memoriser"].get_xydata().tolist() == [[0, 0.4], [2, 1.0]]
    assert [bar.get_height() for bar in display.axes_[1].patches] == [0.75, 0, 0.25]
    assert [tick.get_text() for tick in display.axes_[1].get_xticklabels()] == ["0–20 %", "20–60 %", "60–100 %"]
    assert_on_page(display.figure_)


def test_bins_of_few_rows_have_no_accuracy():
    display = SanityDisplay(SCORES, BINS.assign(n_rows=[30, 0, 9])).plot()
    assert display.lines_["model"].get_xydata().tolist() == [[0, 0.5]]


def test_checks_that_were_not_done_are_left_out():
    display = SanityDisplay(SCORES[SCORES["check"] != "exchanged labels"], BINS).plot()
    assert list(display.means_) == ["true labels", "memoriser", "noise sequences"]
    assert len(display.ax_.get_yticklabels()) == 3


def test_one_axes_is_divided(assert_on_page):
    figure, ax = plt.subplots(figsize=(12, 5), layout="constrained")
    display = SanityDisplay(SCORES, BINS).plot(ax)
    assert len(display.axes_) == 2
    assert display.figure_ is figure
    assert_on_page(figure)


def test_bad_tables():
    with pytest.raises(DataFormatError, match="scores has no column 'check'"):
        SanityDisplay(SCORES[["score"]], BINS).plot()
    with pytest.raises(DataFormatError, match="by_similarity is empty"):
        SanityDisplay(SCORES, BINS[:0]).plot()
    with pytest.raises(TypeError, match="scores must be a pandas DataFrame"):
        SanityDisplay([1], BINS).plot()
