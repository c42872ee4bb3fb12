import itertools
import statistics

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.plotting import ScoreBarsDisplay
from seqaug_sklearn.plotting._scores import stack_brackets, stars


@pytest.fixture
def folds(rng):
    rows = itertools.product(["G. max", "A. thaliana"], ["windows", "tiles", "none"], range(4))
    return pd.DataFrame(
        [
            {"genome": g, "augmentation": a, "fold": f, "accuracy": 0.0 if a == "none" else rng.uniform(0.2, 1)}
            for g, a, f in rows
        ]
    )


@pytest.fixture
def pairs():
    rows = [
        ("G. max", "windows", "tiles", 0.0004),
        ("G. max", "windows", "none", 0.02),
        ("G. max", "tiles", "none", 0.7),
        ("A. thaliana", "tiles", "none", 0.004),
    ]
    return pd.DataFrame(rows, columns=["genome", "first", "second", "p_value"])


def test_means_and_standard_errors_by_hand(folds):
    display = ScoreBarsDisplay.from_frame(folds, x="genome", hue="augmentation", score="accuracy")
    assert list(display.means.index) == ["G. max", "A. thaliana"]
    assert list(display.means.columns) == ["windows", "tiles", "none"]
    for (genome, kind), part in folds.groupby(["genome", "augmentation"]):
        scores = part["accuracy"].tolist()
        assert display.means.loc[genome, kind] == pytest.approx(statistics.mean(scores))
        assert display.errors.loc[genome, kind] == pytest.approx(statistics.stdev(scores) / 4**0.5)
        assert display.counts.loc[genome, kind] == 4


def test_bars_stand_for_the_means(folds):
    display = ScoreBarsDisplay.from_frame(folds, x="genome", hue="augmentation", score="accuracy", chance=0.1)
    assert len(display.bars_) == 3
    for j, bars in enumerate(display.bars_):
        assert [bar.get_height() for bar in bars] == pytest.approx(display.means.iloc[:, j].tolist())
    assert display.chance_line_.get_ydata()[0] == 0.1
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert legend == ["windows", "tiles", "none", "chance (0.1)"]


def test_order_of_categories_and_missing_bars():
    folds = pd.DataFrame({"g": ["b", "a", "a"], "k": ["x", "x", "y"], "s": [0.5, 0.25, 0.75]})
    folds["g"] = pd.Categorical(folds["g"], ["a", "b", "unused"])
    display = ScoreBarsDisplay.from_frame(folds, x="g", hue="k", score="s")
    assert list(display.means.index) == ["a", "b"]
    assert np.isnan(display.means.loc["b", "y"])
    assert display.counts.to_numpy().tolist() == [[1, 1], [1, 0]]
    assert [len(bars) for bars in display.bars_] == [2, 1]
    assert display.errors.isna().all(axis=None)


def test_missing_scores_are_left_out_of_the_mean():
    folds = pd.DataFrame({"g": ["a", "a", "a"], "s": [0.2, None, 0.4]})
    display = ScoreBarsDisplay.from_frame(folds, x="g", score="s")
    assert display.means.iloc[0, 0] == pytest.approx(0.3)
    assert "n = 2" in display.ax_.get_ylabel()


def test_bars_of_zero_are_labelled(folds):
    display = ScoreBarsDisplay.from_frame(folds, x="genome", hue="augmentation", score="accuracy")
    assert [text.get_text() for text in display.ax_.texts] == ["0", "0"]


def test_scores_up_to_one_have_no_tick_above_one(folds, pairs):
    display = ScoreBarsDisplay.from_frame(folds, x="genome", hue="augmentation", score="accuracy", significance=pairs)
    assert max(display.ax_.get_yticks()) <= 1
    assert display.ax_.get_ylim()[1] > 1


@pytest.mark.parametrize(
    ("p_value", "mark"), [(0, "***"), (0.001, "**"), (0.01, "*"), (0.05, "ns"), (1, "ns"), (float("nan"), "n/a")]
)
def test_stars(p_value, mark):
    assert stars(p_value) == mark


def test_brackets_carry_their_marks_over_their_bars(folds, pairs):
    display = ScoreBarsDisplay.from_frame(folds, x="genome", hue="augmentation", score="accuracy", significance=pairs)
    assert [text.get_text() for _, text in display.brackets_] == ["***", "*", "ns", "**"]
    bar = dict(zip(display.means.columns, display.bars_, strict=True))
    ends = [("windows", "tiles", 0), ("windows", "none", 0), ("tiles", "none", 0), ("tiles", "none", 1)]
    for (line, _), (first, second, group) in zip(display.brackets_, ends, strict=True):
        centres = [bar[kind][group].get_x() + bar[kind][group].get_width() / 2 for kind in (first, second)]
        assert sorted(set(line.get_xdata())) == pytest.approx(sorted(centres))


def assert_brackets_apart(display):
    """No bracket, with its mark, touches another or a bar."""
    display.figure_.canvas.draw()
    boxes = []
    for line, text in display.brackets_:
        points = line.get_transform().transform(line.get_xydata())
        mark = text.get_window_extent()
        # stars fill only the upper part of their line of text
        boxes.append((points[:, 0].min(), points[:, 0].max(), points[:, 1].min(), max(points[:, 1].max(), mark.y1 - 3)))
    for one, other in itertools.combinations(boxes, 2):
        apart = one[1] < other[0] or other[1] < one[0] or one[3] <= other[2] or other[3] <= one[2]
        assert apart, (one, other)
    for left, right, foot, _ in boxes:
        for bar in (bar for bars in display.bars_ for bar in bars):
            box = bar.get_window_extent()
            assert box.x1 <= left or box.x0 >= right or box.y1 <= foot


@pytest.mark.parametrize("figsize", [(6, 4), (4, 3)])
def test_brackets_of_every_pair_do_not_overlap(rng, figsize):
    kinds = list("abcd")
    rows = itertools.product(["one", "two"], kinds, range(3))
    folds = pd.DataFrame([(g, k, rng.uniform(0, 1)) for g, k, _ in rows], columns=["genome", "kind", "score"])
    pairs = itertools.product(["one", "two"], itertools.combinations(kinds, 2))
    significance = pd.DataFrame(
        [(g, *pair, rng.uniform(0, 0.1)) for g, pair in pairs], columns=["genome", "first", "second", "p_value"]
    )
    _, ax = plt.subplots(figsize=figsize)
    display = ScoreBarsDisplay.from_frame(
        folds, x="genome", hue="kind", score="score", significance=significance, ax=ax
    )
    assert len(display.brackets_) == 12
    assert_brackets_apart(display)
    top = max(line.get_ydata().max() for line, _ in display.brackets_)
    assert top < ax.get_ylim()[1]


def test_brackets_between_groups_do_not_overlap(rng, assert_on_page):
    names = [f"estimator with a long name {i}" for i in range(8)]
    folds = pd.DataFrame([(n, rng.uniform(0, 1)) for n in names for _ in range(3)], columns=["estimator", "f1"])
    significance = pd.DataFrame({"first": names[0], "second": names[1:], "p_value": 0.01})
    display = ScoreBarsDisplay.from_frame(folds, x="estimator", score="f1", significance=significance, chance=0.2)
    assert_brackets_apart(display)
    assert_on_page(display.figure_)


@pytest.mark.parametrize("step", [0.01, 0.2])
def test_stacked_brackets_keep_a_step_between_them(rng, step):
    spans = [tuple(sorted(rng.choice(10, 2, replace=False).astype(float))) for _ in range(12)]
    bars = [(float(x), rng.uniform()) for x in range(10)]
    heights = stack_brackets(spans, bars, step)
    for (one, h), (other, k) in itertools.combinations(zip(spans, heights, strict=True), 2):
        if one[0] <= other[1] and other[0] <= one[1]:
            assert abs(h - k) >= step - 1e-12
    assert all(h >= max(top for x, top in bars if a <= x <= b) for (a, b), h in zip(spans, heights, strict=True))


def test_bracket_of_low_bars_stays_low():
    bars = [(0.0, 1.0), (1.0, 0.2), (2.0, 0.1)]
    assert stack_brackets([(0.0, 1.0), (1.0, 2.0)], bars, 0.1)[1] == 0.2


def test_negative_scores_fit_with_their_errors():
    folds = pd.DataFrame({"g": list("aabb"), "pearson": [-0.4, -0.6, 0.1, 0.2]})
    display = ScoreBarsDisplay.from_frame(folds, x="g", score="pearson")
    assert display.ax_.get_ylim()[0] < -0.6


def test_many_long_names_stay_on_the_page_and_differ(rng, assert_on_page):
    names = [f"Chlamydomonas-reinhardtii-strain-number-{i}-of-the-collection" for i in range(8)]
    kinds = [f"kind {i}" for i in range(10)]
    folds = pd.DataFrame([(n, k, rng.uniform()) for n in names for k in kinds], columns=["genome", "kind", "score"])
    display = ScoreBarsDisplay.from_frame(folds, x="genome", hue="kind", score="score")
    assert_on_page(display.figure_)
    labels = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert len(set(labels)) == 8
    styles = {(bars[0].get_facecolor(), bars[0].get_hatch()) for bars in display.bars_}
    assert len(styles) == 10


def test_draws_on_given_axes_and_redraws_the_same_picture(folds, pixels):
    figure, axes = plt.subplots(1, 2)
    display = ScoreBarsDisplay.from_frame(folds, x="genome", hue="augmentation", score="accuracy", ax=axes[1])
    assert display.ax_ is axes[1]
    assert display.figure_ is figure
    assert plt.get_fignums() == [figure.number]
    assert pixels(display.plot().figure_) == pixels(display.plot().figure_)


def test_input_is_not_modified(folds, pairs):
    before, pairs_before = folds.copy(), pairs.copy()
    ScoreBarsDisplay.from_frame(folds, x="genome", hue="augmentation", score="accuracy", significance=pairs)
    pd.testing.assert_frame_equal(folds, before)
    pd.testing.assert_frame_equal(pairs, pairs_before)


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (lambda f: f, {"x": "genom"}, r"folds has no column 'genom'; its columns are \['genome', 'augmentation'"),
        (lambda f: f, {"hue": "kind"}, r"folds has no column 'kind'"),
        (lambda f: f, {"score": "f1"}, r"folds has no column 'f1'"),
        (lambda f: f.iloc[:0], {}, r"folds is empty"),
        (lambda f: f.assign(accuracy="high"), {}, r"column 'accuracy' of folds must hold numbers"),
        (lambda f: f.assign(accuracy=np.nan), {}, r"means holds no score: every one is missing"),
        (lambda f: f.assign(genome=None), {}, r"column 'genome' of folds holds missing values"),
    ],
)
def test_bad_frames_are_explained(folds, change, arguments, message):
    arguments = {"x": "genome", "hue": "augmentation", "score": "accuracy"} | arguments
    with pytest.raises(DataFormatError, match=message):
        ScoreBarsDisplay.from_frame(change(folds), **arguments)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.drop(columns="genome"), r"significance has no column 'genome'"),
        (lambda p: p.drop(columns="p_value"), r"significance has no column 'p_value'"),
        (lambda p: p.assign(first="copies"), r"significance names 'copies', which is not drawn; drawn are \['windows'"),
        (lambda p: p.assign(genome="Z. mays"), r"significance names 'Z. mays', which is not drawn"),
    ],
)
def test_bad_pairs_are_explained(folds, pairs, change, message):
    with pytest.raises((DataFormatError, InvalidParameterError), match=message):
        ScoreBarsDisplay.from_frame(folds, x="genome", hue="augmentation", score="accuracy", significance=change(pairs))


def test_pair_without_score_is_explained():
    folds = pd.DataFrame({"g": ["a", "a", "b"], "k": ["x", "y", "x"], "s": [0.1, 0.2, 0.3]})
    pairs = pd.DataFrame({"g": ["b"], "first": ["x"], "second": ["y"], "p_value": [0.1]})
    with pytest.raises(InvalidParameterError, match=r"significance names 'b' with 'y', for which there is no score"):
        ScoreBarsDisplay.from_frame(folds, x="g", hue="k", score="s", significance=pairs)


def test_folds_that_are_no_frame():
    with pytest.raises(TypeError, match=r"folds must be a pandas DataFrame, got list"):
        ScoreBarsDisplay.from_frame([1, 2], x="g", score="s")


def test_a_kind_keeps_its_colour():
    from matplotlib.colors import to_hex

    folds = pd.DataFrame({"genome": ["A"] * 4, "split": list("xxyy"), "accuracy": [0.8, 1.0, 0.5, 0.7]})
    colors = {"y": "#d55e00"}
    display = ScoreBarsDisplay.from_frame(folds, x="genome", score="accuracy", hue="split", colors=colors)
    assert [to_hex(bars[0].get_facecolor()) for bars in display.bars_] == ["#0072b2", "#d55e00"]
