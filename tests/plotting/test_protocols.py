import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.plotting import ProtocolGapDisplay


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "protocol": ["published: random windows", "blocks", "across genomes", "tiles"],
            "accuracy": [0.972, 0.015, 0.031, 0.012],
            "low": [0.969, 0.009, 0.020, np.nan],
            "high": [0.975, 0.023, 0.050, np.nan],
            "chance": [1 / 113, 1 / 113, 1 / 70, 1 / 113],
            "leaks": [True, False, False, False],
        }
    )


COLUMNS = {"score": "accuracy", "lower": "low", "upper": "high"}


def test_points_and_intervals_lie_at_their_values(table, assert_on_page):
    display = ProtocolGapDisplay.from_frame(table, chance="chance", leaks="leaks", **COLUMNS)
    assert [float(p.get_xdata()[0]) for p in display.points_] == table["accuracy"].tolist()
    assert [list(line.get_xdata()) for line in display.intervals_] == [[0.969, 0.975], [0.009, 0.023], [0.020, 0.050]]
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == table["protocol"].tolist()
    heights = [display.ax_.transData.transform((0, p.get_ydata()[0]))[1] for p in display.points_]
    assert heights == sorted(heights, reverse=True)
    assert_on_page(display.figure_)


def test_values_are_written_and_keep_off_the_points(table):
    display = ProtocolGapDisplay.from_frame(table, **COLUMNS)
    texts = [text.get_text() for text in display.ax_.texts]
    assert texts == ["0.972  (0.969 to 0.975)", "0.015  (0.009 to 0.023)", "0.031  (0.020 to 0.050)", "0.012"]
    display.figure_.canvas.draw()
    for text, point in zip(display.ax_.texts, display.points_, strict=True):
        at = display.ax_.transData.transform((point.get_xdata()[0], 0))[0]
        box = text.get_window_extent()
        assert box.x1 < at - 4 or box.x0 > at + 4
        assert box.x0 >= display.ax_.bbox.x0
        assert box.x1 <= display.ax_.bbox.x1


def test_one_chance_line_or_one_tick_each(table):
    one = ProtocolGapDisplay.from_frame(table, score="accuracy", chance=0.01)
    assert [line.get_xdata()[0] for line in one.chance_lines_] == [0.01]
    each = ProtocolGapDisplay.from_frame(table, score="accuracy", chance="chance")
    assert [line.get_xdata()[0] for line in each.chance_lines_] == table["chance"].tolist()
    none = ProtocolGapDisplay.from_frame(table, score="accuracy")
    assert none.chance_lines_ == []
    assert none.ax_.get_legend() is None


def test_leaking_splits_differ_in_colour_and_marker(table):
    display = ProtocolGapDisplay.from_frame(table, score="accuracy", leaks="leaks")
    looks = [(p.get_color(), p.get_marker()) for p in display.points_]
    assert looks[1] == looks[2] == looks[3]
    assert looks[0][0] != looks[1][0]
    assert looks[0][1] != looks[1][1]
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert legend == ["split leaks", "split cannot leak"]


def test_scores_beyond_one(table):
    display = ProtocolGapDisplay(["a", "b"], [-0.5, 12.0], lower=[-2, 11], upper=[0, 13], chance=0).plot()
    low, high = display.ax_.get_xlim()
    assert low < -2
    assert high > 13


def test_given_axes_and_same_picture(table, pixels):
    figure, axes = plt.subplots(1, 2)
    display = ProtocolGapDisplay.from_frame(table, ax=axes[0], **COLUMNS)
    assert display.ax_ is axes[0]
    assert display.figure_ is figure
    assert pixels(display.plot().figure_) == pixels(display.plot().figure_)


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (lambda t: t, {"score": "f1"}, r"frame has no column 'f1'"),
        (lambda t: t, {"chance": "guess"}, r"frame has no column 'guess'"),
        (lambda t: t.iloc[:0], {}, r"frame is empty"),
        (lambda t: t, {"upper": None}, r"lower and upper belong together"),
        (lambda t: t.assign(accuracy=np.nan), {}, r"protocol 'published: random windows' has nan"),
        (
            lambda t: t.assign(high=0.97),
            {"upper": "low", "lower": "high"},
            r"the interval must hold the score",
        ),
    ],
)
def test_bad_tables_are_explained(table, change, arguments, message):
    with pytest.raises(DataFormatError, match=message):
        ProtocolGapDisplay.from_frame(change(table), **(COLUMNS | arguments))


def test_unequal_lengths():
    with pytest.raises(ValueError, match=r"protocols has 2, scores has 1"):
        ProtocolGapDisplay(["a", "b"], [0.5]).plot()
    with pytest.raises(ValueError, match=r"protocols and scores must hold at least one entry"):
        ProtocolGapDisplay([], []).plot()


def test_protocols_keep_their_colours():
    table = pd.DataFrame({"protocol": ["a", "b"], "score": [0.9, 0.1], "leaks": [True, False], "c": ["red", "blue"]})
    display = ProtocolGapDisplay.from_frame(table, leaks="leaks", colors="c")
    assert [point.get_color() for point in display.points_] == ["red", "blue"]
    assert [point.get_marker() for point in display.points_] == ["X", "o"]
