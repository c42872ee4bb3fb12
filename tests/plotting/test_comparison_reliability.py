"""Reliability diagrams."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

from seqaug_sklearn.evaluation import calibration_error, compare
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting import ReliabilityDisplay

CLASSES = np.array(["a", "b", "c"])


def predictions(rng, n_rows=83, n_classes=3):
    return CLASSES[rng.integers(n_classes, size=n_rows)], rng.dirichlet(np.ones(n_classes), n_rows)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_bins_are_those_of_a_plain_loop(rng):
    y, probabilities = predictions(rng)
    curve = ReliabilityDisplay.from_predictions(y, probabilities, CLASSES, n_bins=5).curves["model"]
    said, right = probabilities.max(axis=1), CLASSES[probabilities.argmax(axis=1)] == y
    for i, rows in enumerate(np.array_split(np.argsort(said), 5)):
        assert curve.loc[i].tolist() == pytest.approx([said[rows].mean(), right[rows].mean(), len(rows)])
    assert curve["n"].sum() == 83


def test_the_legend_gives_the_calibration_error(rng):
    y, probabilities = predictions(rng)
    display = ReliabilityDisplay.from_predictions(y, {"one": probabilities, "other": probabilities[::-1]}, CLASSES)
    codes = np.searchsorted(CLASSES, y)
    expected = [calibration_error(p, codes) for p in (probabilities, probabilities[::-1])]
    texts = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert texts == [f"one ({expected[0]:.3f})", f"other ({expected[1]:.3f})"]
    assert len({(line.get_color(), line.get_linestyle()) for line in display.lines_.values()}) == 2


def test_counts_stand_in_the_lower_panel(rng):
    y, probabilities = predictions(rng)
    display = ReliabilityDisplay.from_predictions(y, probabilities, CLASSES, n_bins=4)
    (points,) = display.axes_[1].lines
    assert points.get_ydata().tolist() == [21, 21, 21, 20]
    assert display.axes_[1].get_ylim()[0] == 0
    assert display.axes_[1].get_xlabel() == "probability of the answer"


def test_the_probability_of_one_class():
    y = np.array(["a", "a", "b", "b"])
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7]])
    display = ReliabilityDisplay.from_predictions(y, probabilities, ["a", "b"], positive="b", n_bins=2)
    curve = display.curves["model"]
    assert curve["probability"].tolist() == pytest.approx([0.15, 0.55])
    assert curve["share"].tolist() == [0, 1]
    assert display.ax_.get_ylabel() == "share of b"


def test_equal_probabilities_are_one_bin_in_any_order(rng):
    y = np.array(["a", "b"] * 20)
    probabilities = np.where((y == "a")[:, None], [0.9, 0.1], [0.9, 0.1])
    (row,) = ReliabilityDisplay.from_predictions(y, probabilities, ["a", "b"]).curves["model"].to_numpy()
    assert row == pytest.approx([0.9, 0.5, 40])


def test_axes_of_the_users_own(rng):
    y, probabilities = predictions(rng)
    figure, axes = plt.subplots(2, 1)
    display = ReliabilityDisplay.from_predictions(y, probabilities, CLASSES, ax=axes)
    assert display.figure_ is figure
    assert display.plot().figure_ is not figure


def test_a_comparison_gives_the_models_with_probabilities(rng):
    X = rng.normal(size=(60, 2))
    y = np.where(X[:, 0] + rng.normal(size=60) > 0, "b", "a")
    models = {"logistic": LogisticRegression(), "svm": LinearSVC()}
    result = compare(models, X, y, cv=KFold(3, shuffle=True), n_repeats=2, random_state=0)
    display = ReliabilityDisplay.from_comparison(result)
    assert [*display.curves] == ["logistic"]
    assert display.curves["logistic"]["n"].sum() == 60, "one repeat"
    table = result.predictions("logistic").query("repeat == 0")
    columns = table[["score_a", "score_b"]].to_numpy()
    direct = ReliabilityDisplay.from_predictions(table["y_true"].to_numpy(), columns, ["a", "b"]).curves["model"]
    pd.testing.assert_frame_equal(display.curves["logistic"], direct)
    with pytest.raises(DataFormatError, match=r"no model gave probabilities.*predict_proba"):
        ReliabilityDisplay.from_comparison(result, names=["svm"])
    with pytest.raises(DataFormatError, match="no estimator 'tree' in this comparison"):
        ReliabilityDisplay.from_comparison(result, names=["tree"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_bins": 0}, "n_bins must be at least 1, got 0"),
        ({"positive": "d"}, r"positive must be one of the classes \('a', 'b', 'c'\), got 'd'"),
        ({"y_proba": np.array([[2.0, -1.0, 0.0]] * 3)}, "y_proba must hold probabilities, from 0 to 1, got -1 to 2"),
        ({"classes": ["a", "b"]}, r"one column per class, shape \(n_samples, 2\)"),
    ],
)
def test_bad_values(change, message):
    good = {"y_true": ["a", "b", "c"], "y_proba": np.full((3, 3), 1 / 3), "classes": CLASSES}
    with pytest.raises(ValueError, match=message):
        ReliabilityDisplay.from_predictions(**(good | change))


def test_a_curve_without_a_column_is_named():
    with pytest.raises(DataFormatError, match="curve of 'x' has no column 'n'"):
        ReliabilityDisplay({"x": pd.DataFrame({"probability": [0.5], "share": [0.5]})}).plot()
