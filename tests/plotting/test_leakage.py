import matplotlib.pyplot as plt
import numpy as np
import pytest

from seqaug_sklearn.model_selection import audit_leakage
from seqaug_sklearn.plotting import LeakageDisplay


@pytest.fixture
def reports(random_dna):
    train = random_dna(10, 60)
    complement = train[3].translate(str.maketrans("ACGT", "TGCA"))[::-1]
    tests = [[train[0], train[1][3:], *random_dna(2, 60)], [complement, *random_dna(4, 60)], random_dna(3, 60)]
    return [audit_leakage(train, test) for test in tests]


def test_bars_add_up_to_the_leaked_share(reports, assert_on_page):
    display = LeakageDisplay.from_reports(reports)
    heights = {kind: [bar.get_height() for bar in bars] for kind, bars in display.bars_.items()}
    assert heights == {"copy": [0.25, 0, 0], "shifted copy": [0.25, 0, 0], "reverse complement": [0, 0.2, 0]}
    total = np.sum(list(heights.values()), axis=0)
    np.testing.assert_allclose(total, [report.leaked_share for report in reports])
    assert [text.get_text() for text in display.axes_[1].texts] == ["50.0%", "20.0%", "0.0%"]
    assert [tick.get_text() for tick in display.axes_[1].get_xticklabels()] == ["split 0", "split 1", "split 2"]
    assert_on_page(display.figure_)


def test_histogram_holds_every_row_once(reports):
    display = LeakageDisplay.from_reports(reports)
    assert sum(bar.get_height() for bar in display.ax_.patches) == pytest.approx(1)
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["no leak (9)", "leak (3)"]


def test_low_complexity_is_no_leak_but_shown(random_dna, assert_on_page):
    train, test = ([text + "CA" * 20 for text in random_dna(6, 150)] for _ in range(2))
    display = LeakageDisplay.from_reports(audit_leakage([*train, test[0]], test))
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["no leak (0)", "low complexity only (5)", "leak (1)"]
    assert sum(bar.get_height() for bar in display.ax_.patches) == pytest.approx(1)
    assert list(display.bars_) == ["copy"]
    assert display.axes_[1].texts[0].get_text() == "16.7%"
    assert_on_page(display.figure_)


def test_a_clean_report_and_given_axes(reports, assert_on_page):
    figure, axes = plt.subplots(1, 2, layout="constrained")
    display = LeakageDisplay.from_reports(reports[2], names=["my split"], ax=axes)
    assert display.bars_ == {}
    assert display.figure_ is figure
    assert display.axes_[1].get_legend() is None
    assert display.axes_[1].get_xticklabels()[0].get_text() == "my split"
    assert_on_page(figure)


def test_plot_again_gives_the_same_picture(reports, pixels):
    display = LeakageDisplay.from_reports(reports)
    first = pixels(display.figure_)
    assert pixels(display.plot().figure_) == first


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (([], []), "at least one entry"),
        (([[0.5]], [["copy"], ["none"]]), "similarity has 1, kinds has 2"),
        (([[0.5, 0.1]], [["copy"]]), "similarity has 2, kinds has 1"),
        (([[0.5]], [["twin"]]), "kinds must be 'none', 'low complexity' or one of .*got 'twin'"),
    ],
)
def test_bad_data(arguments, match):
    with pytest.raises(ValueError, match=match):
        LeakageDisplay(*arguments).plot()


def test_names_fit_the_splits(reports):
    with pytest.raises(ValueError, match="kinds has 3, names has 1"):
        LeakageDisplay.from_reports(reports, names=["a"])
