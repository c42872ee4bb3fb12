from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from seqaug_sklearn.plotting import WindowCoverageDisplay


def naive_depth(starts, window, length):
    return [sum(s <= i < s + window for s in set(starts)) for i in range(length)]


@pytest.mark.parametrize(
    ("starts", "window", "length"),
    [([0], 1, 1), ([0], 5, 5), ([3, 0, 7], 4, 20), (range(261), 40, 300), ([0, 5, 5, 20], 10, 30)],
)
def test_depth_counts_distinct_windows_over_each_residue(starts, window, length):
    display = WindowCoverageDisplay.from_starts(list(starts), window, length)
    assert display.depth.tolist() == naive_depth(list(starts), window, length)


def test_rows_hold_no_overlap_and_are_as_few_as_possible(rng):
    for _ in range(5):
        starts = rng.choice(200, size=60, replace=False)
        display = WindowCoverageDisplay.from_starts(starts, 17, 220)
        for _, row in display.windows.groupby("row"):
            assert (np.diff(np.sort(row["start"])) >= 17).all()
        assert display.windows["row"].nunique() == display.depth.max()
        assert len(display.bars_) == display.depth.max()
        assert sorted(display.windows["start"]) == sorted(starts)


def test_families_get_their_own_rows_labels_and_one_depth():
    display = WindowCoverageDisplay.from_starts({"overlap 5": [0, 15], "overlap 10": [0, 10, 20]}, 20, 40)
    rows = display.windows.groupby("group")["row"].agg(set)
    assert not rows["overlap 5"] & rows["overlap 10"]
    assert [label.get_text() for label in display.ax_[0].get_yticklabels()] == ["overlap 5", "overlap 10"]
    assert display.depth.tolist() == naive_depth([0, 10, 15, 20], 20, 40)


def test_each_bar_lies_where_its_window_does():
    display = WindowCoverageDisplay.from_starts([0, 3, 10], 5, 20)
    spans = sorted(
        (path.vertices[:, 0].min(), path.vertices[:, 0].max()) for bar in display.bars_ for path in bar.get_paths()
    )
    assert spans == [(0, 5), (3, 8), (10, 15)]


def test_window_set_gives_the_windows_of_one_source():
    windows = SimpleNamespace(
        windows=np.array(["ACG", "CGT", "AAA", "AAC"]), starts=np.array([0, 1, 0, 4]), sources=np.array([0, 0, 2, 2])
    )
    display = WindowCoverageDisplay.from_window_set(windows, 2)
    assert display.windows["start"].tolist() == [0, 4]
    assert display.window == 3
    assert display.depth.tolist() == [1, 1, 1, 0, 1, 1, 1]
    assert len(WindowCoverageDisplay.from_window_set(windows, 0, length=9).depth) == 9
    with pytest.raises(ValueError, match=r"source=1 has no windows in the set; sources are 0 to 2"):
        WindowCoverageDisplay.from_window_set(windows, 1)


def test_windows_of_one_source_must_have_one_length():
    windows = SimpleNamespace(windows=["ACG", "AC"], starts=[0, 1], sources=[0, 0])
    with pytest.raises(ValueError, match=r"must have one length, got lengths \[2, 3\]"):
        WindowCoverageDisplay.from_window_set(windows, 0)


def test_real_window_set():
    from seqaug_sklearn.augmentation import WindowAugmenter

    windows = WindowAugmenter(window=5).set_params(overlap=(1, 2), min_shared=3).explode(["ACGTACGGTCA", "ACGTTGCA"])
    display = WindowCoverageDisplay.from_window_set(windows, 1)
    assert display.depth.tolist() == [1, 2, 3, 4, 4, 3, 2, 1]


@pytest.mark.parametrize("given", ["one", "two"])
def test_draws_on_given_axes(given, assert_on_page):
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    display = WindowCoverageDisplay.from_starts([0, 2], 4, 8, ax=axes if given == "two" else axes[1])
    assert display.figure_ is figure
    assert display.ax_.shape == (2,)
    assert all(ax.figure is figure for ax in display.ax_)
    assert (display.ax_[0] is axes[0]) == (given == "two")
    assert plt.get_fignums() == [figure.number]
    assert_on_page(figure)


def test_axes_without_a_grid_are_divided_inside_their_box():
    figure = plt.figure()
    ax = figure.add_axes((0.5, 0.5, 0.4, 0.4))
    display = WindowCoverageDisplay.from_starts([0, 2], 4, 8, ax=ax)
    boxes = [one.get_position() for one in display.ax_]
    assert all(box.x0 >= 0.499 and box.x1 <= 0.901 and box.y0 >= 0.499 and box.y1 <= 0.901 for box in boxes)


def test_plot_returns_itself_and_redraws_the_same_picture(pixels, assert_on_page):
    display = WindowCoverageDisplay.from_starts({"a family with a rather long name of its own": [0, 7]}, 9, 30)
    first = pixels(display.figure_)
    assert_on_page(display.figure_)
    assert display.plot() is display
    assert pixels(display.figure_) == first


@pytest.mark.parametrize(
    ("starts", "window", "length", "message"),
    [
        ([], 4, 8, r"starts holds no windows"),
        ({}, 4, 8, r"starts holds no windows"),
        ({"a": [0], "b": []}, 4, 8, r"starts holds no windows \(or a family without any\)"),
        ([0, 5], 4, 8, r"window of 4 residues at start 5 does not lie within the sequence of 8"),
        ([-1], 4, 8, r"at start -1 does not lie within"),
        ([0.5], 4, 8, r"starts must be 1-D whole numbers"),
        ([[0]], 4, 8, r"starts must be 1-D whole numbers, got shape \(1, 1\)"),
        ([0], 0, 8, r"window must be a whole number of residues, at least 1, got 0"),
    ],
)
def test_bad_windows_are_named(starts, window, length, message):
    with pytest.raises(ValueError, match=message):
        WindowCoverageDisplay.from_starts(starts, window, length)


def test_wrong_number_of_axes():
    _, axes = plt.subplots(1, 3)
    with pytest.raises(ValueError, match=r"ax holds 3 axes, but 2 panels are drawn; pass one axes or 2"):
        WindowCoverageDisplay.from_starts([0], 4, 8, ax=axes)


def test_ax_that_is_no_axes():
    with pytest.raises(TypeError, match=r"ax must be a matplotlib Axes or an array of them, got str"):
        WindowCoverageDisplay.from_starts([0], 4, 8, ax="left")
