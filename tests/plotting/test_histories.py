import statistics

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting import LearningCurvesDisplay

ALL = [f"{part}_{metric}" for metric in ("loss", "accuracy", "f1", "recall") for part in ("train", "valid")]


@pytest.fixture
def histories(rng):
    """Five folds that stop after 10, 8, 8, 5 and 10 epochs."""
    return [
        pd.DataFrame({"epoch": np.arange(1, n + 1), **{c: rng.uniform(size=n) for c in ALL}}) for n in (10, 8, 8, 5, 10)
    ]


def test_mean_sd_and_count_use_the_folds_still_running(histories):
    display = LearningCurvesDisplay.from_histories(histories)
    curve = display.curves.query("metric == 'f1' and part == 'valid'").set_index("epoch")
    assert list(curve.index) == list(range(1, 11))
    for epoch, running in ((1, [0, 1, 2, 3, 4]), (5, [0, 1, 2, 3, 4]), (6, [0, 1, 2, 4]), (9, [0, 4])):
        values = [float(histories[i]["valid_f1"][epoch - 1]) for i in running]
        assert curve.loc[epoch, "mean"] == pytest.approx(statistics.mean(values))
        assert curve.loc[epoch, "std"] == pytest.approx(statistics.stdev(values))
        assert curve.loc[epoch, "count"] == len(running)


def test_four_panels_with_two_curves_and_bands_each(histories, assert_on_page):
    display = LearningCurvesDisplay.from_histories(histories)
    assert [ax.get_ylabel() for ax in display.ax_] == ["Loss", "Accuracy", "F1", "Recall"]
    assert len(display.lines_) == len(display.bands_) == 8
    line = display.lines_["loss", "train"]
    expected = display.curves.query("metric == 'loss' and part == 'train'")
    np.testing.assert_allclose(line.get_ydata(), expected["mean"])
    low, high = expected["mean"] - expected["std"], expected["mean"] + expected["std"]
    vertices = display.bands_["loss", "train"].get_paths()[0].vertices
    assert vertices[:, 1].min() == pytest.approx(low.min())
    assert vertices[:, 1].max() == pytest.approx(high.max())
    assert_on_page(display.figure_)


def test_counts_are_written_where_they_change(histories):
    display = LearningCurvesDisplay.from_histories(histories)
    for ax in display.ax_:
        assert [text.get_text() for text in ax.texts] == ["5 folds", "4", "2"]
        assert [round(text.get_position()[0]) for text in ax.texts] == [1, 6, 9]


def test_equal_lengths_write_no_counts(histories):
    display = LearningCurvesDisplay.from_histories([histories[0], histories[4]])
    assert not any(ax.texts for ax in display.ax_)
    assert "mean of 2 folds" in display.ax_[0].get_title()


def test_metrics_without_values_are_left_out(histories):
    histories = [
        h.drop(columns=["train_accuracy", "train_recall", "valid_recall"]).assign(valid_f1=np.nan, train_f1=np.nan)
        for h in histories
    ]
    display = LearningCurvesDisplay.from_histories(histories)
    assert [ax.get_ylabel() for ax in display.ax_] == ["Loss", "Accuracy"]
    assert set(display.lines_) == {("loss", "train"), ("loss", "valid"), ("accuracy", "valid")}
    assert len(display.figure_.axes) == 2


def test_column_of_some_folds_only(histories):
    histories[0] = histories[0].drop(columns="valid_loss")
    curve = LearningCurvesDisplay.from_histories(histories).curves.query("metric == 'loss' and part == 'valid'")
    assert curve["count"].tolist() == [4] * 5 + [3] * 3 + [1] * 2


def test_single_fit_has_lines_and_no_bands(histories):
    display = LearningCurvesDisplay.from_histories(histories[0])
    assert len(display.lines_) == 8
    assert not display.bands_
    assert display.curves["std"].isna().all()
    assert "one fit" in display.ax_[0].get_title()


def test_single_epoch_is_a_point(histories):
    display = LearningCurvesDisplay.from_histories([h.head(1) for h in histories], metrics=["loss"])
    assert display.lines_["loss", "train"].get_marker() == "o"


@pytest.mark.parametrize("n_metrics", [1, 2, 3, 4])
def test_one_axes_is_divided_and_an_array_is_used(histories, n_metrics):
    metrics = ["loss", "accuracy", "f1", "recall"][:n_metrics]
    figure, ax = plt.subplots(figsize=(8, 6), layout="constrained")
    display = LearningCurvesDisplay.from_histories(histories, metrics=metrics, ax=ax)
    assert display.figure_ is figure
    assert len(display.ax_) == n_metrics
    other, axes = plt.subplots(1, n_metrics, squeeze=False)
    assert list(display.plot(axes).ax_) == list(axes.ravel())
    assert display.figure_ is other


def test_redraws_the_same_picture(histories, pixels):
    display = LearningCurvesDisplay.from_histories(histories)
    assert pixels(display.figure_) == pixels(display.plot().figure_)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda hs: [], r"histories is empty; pass one DataFrame per fold"),
        (lambda hs: [hs[0], hs[1].iloc[:0]], r"histories\[1\] is empty"),
        (lambda hs: [h.rename(columns={"epoch": "step"}) for h in hs], r"histories\[0\] has no column 'epoch'"),
        (lambda hs: [pd.concat(hs)], r"histories\[0\] repeats an epoch"),
        (
            lambda hs: [hs[0][["epoch"]].assign(dur=1)],
            r"in any of \['train_loss', .* columns are \['epoch', 'dur'\]",
        ),
    ],
)
def test_bad_histories_are_explained(histories, change, message):
    with pytest.raises(DataFormatError, match=message):
        LearningCurvesDisplay.from_histories(change(histories))


def test_history_that_is_no_frame():
    with pytest.raises(TypeError, match=r"histories\[0\] must be a pandas DataFrame, got dict"):
        LearningCurvesDisplay.from_histories([{"epoch": [1]}])


def test_axes_that_do_not_match_the_panels(histories):
    _, axes = plt.subplots(1, 3)
    with pytest.raises(ValueError, match=r"ax holds 3 axes, but 4 panels are drawn"):
        LearningCurvesDisplay.from_histories(histories, ax=axes)


def test_one_colour_for_both_curves():
    history = pd.DataFrame({"epoch": [1, 2], "train_loss": [2.0, 1.0], "valid_loss": [2.0, 3.0]})
    display = LearningCurvesDisplay.from_histories([history], color="#009E73")
    assert {line.get_color() for line in display.lines_.values()} == {"#009E73"}
    assert len({line.get_linestyle() for line in display.lines_.values()}) == 2
