"""The display of the audit of shortcuts: traits with intervals, information by position."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from seqaug_sklearn.model_selection import audit_shortcuts
from seqaug_sklearn.plotting import ShortcutDisplay


@pytest.fixture(scope="module")
def report():
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice(list("ACGT"), size)) for size in rng.integers(30, 34, 60)]
    y = np.repeat([0, 1], 30)
    return audit_shortcuts([f"{'GA'[label]}{text}" for text, label in zip(X, y, strict=True)], y)


def test_the_display_shows_the_table_and_the_positions(report):
    display = ShortcutDisplay.from_report(report, n_traits=5)
    assert [*display.marks_] == report.table.index[:5].tolist()
    assert [float(mark.get_xdata()[0]) for mark in display.marks_.values()] == report.table["score"][:5].tolist()
    assert {*display.lines_} == {"start", "end"}
    bits = report.positions.loc[report.positions["end"] == "start", "bits"]
    np.testing.assert_array_equal(display.lines_["start"].get_ydata(), bits)
    hollow = display.marks_["order in the file"]
    assert hollow.get_markerfacecolor() == "white"
    plt.close(display.figure_)


def test_numbers_are_drawn_from_zero_and_axes_can_be_given(report):
    rng = np.random.default_rng(1)
    X = ["".join(row) for row in rng.choice(list("ACGT"), (50, 20))]
    figure, axes = plt.subplots(1, 2)
    display = ShortcutDisplay.from_report(audit_shortcuts(X, rng.normal(size=50)), ax=axes)
    assert display.axes_.tolist() == axes.tolist()
    assert display.ax_.get_xlim()[0] == pytest.approx(-0.1)
    plt.close(figure)


def test_a_table_without_scores_is_refused(report):
    with pytest.raises(ValueError, match="score"):
        ShortcutDisplay(report.table.drop(columns="score"), report.positions).plot()
