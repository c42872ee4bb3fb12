import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Annotation, Text

from seqaug_sklearn.plotting import ClusterDisplay, ClusterMatrixDisplay
from seqaug_sklearn.plotting._label_placement import place_labels
from seqaug_sklearn.similarity import cluster_sequences


def overlap(one, other):
    return one.x0 < other.x1 and one.x1 > other.x0 and one.y0 < other.y1 and one.y1 > other.y0


@pytest.fixture(scope="module")
def clusters():
    rng = np.random.default_rng(5)
    ancestors = rng.integers(0, 4, (3, 120))
    rows = [np.where(rng.random(120) < 0.1, rng.integers(0, 4, 120), ancestors[i % 3]) for i in range(14)]
    return cluster_sequences(["".join(np.array(list("ACGT"))[row]) for row in rows], n_shuffles=19)


def test_placed_labels_touch_nothing(rng):
    anchors, sizes = rng.uniform(0, 400, (80, 2)), np.column_stack([rng.uniform(15, 40, 80), np.full(80, 9)])
    centres = place_labels(anchors, sizes, (0, 0, 400, 400))
    assert np.isfinite(centres).all()
    low, high = centres - sizes / 2, centres + sizes / 2
    assert low.min() >= 0
    assert high.max() <= 400
    for i, j in itertools.combinations(range(80), 2):
        assert not ((low[i] < high[j]) & (high[i] > low[j])).all()
    inside = (anchors[:, None] > low) & (anchors[:, None] < high)
    assert not inside.all(axis=2).any()


def test_a_lone_label_stands_right_beside_its_point():
    (centre,) = place_labels([(50, 50)], [(20, 8)], (0, 0, 100, 100))
    assert centre.tolist() == [64, 50]
    # at the right edge there is room at the left only
    (centre,) = place_labels([(97, 50)], [(20, 8)], (0, 0, 100, 100))
    assert centre[0] == 83


def test_obstacles_are_not_covered():
    (centre,) = place_labels([(50, 50)], [(20, 8)], (0, 0, 100, 100), obstacles=[(60, 50)])
    assert not (abs(centre[0] - 60) < 10 and abs(centre[1] - 50) < 4)


def test_no_room_is_said():
    centres = place_labels([(5, 5), (6, 5)], [(9, 4), (900, 4)], (0, 0, 30, 10))
    assert np.isnan(centres).any(axis=1).tolist() == [False, True]


@pytest.mark.parametrize(("n", "spread"), [(3, 1.0), (60, 1.0), (100, 1.0), (90, 40.0)])
def test_names_overlap_neither_each_other_nor_the_edge(rng, assert_on_page, drawn_texts, n, spread):
    coordinates = rng.normal(size=(n, 2))
    coordinates[: n // 20] *= spread
    display = ClusterDisplay.from_coordinates(coordinates, np.arange(n) % 9, [f"trnK-{i:03}" for i in range(n)])
    assert_on_page(display.figure_)
    boxes = [Text.get_window_extent(text) for text in display.texts_]
    assert len(boxes) + len(display.left_out_) == n
    assert len(display.left_out_) <= n / 20
    for one, other in itertools.combinations(boxes, 2):
        assert not overlap(one, other)
    frame = display.ax_.get_window_extent()
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1 for box in boxes)
    written = {text.get_text() for text, _ in drawn_texts(display.figure_)}
    assert {f"trnK-{i:03}" for i in range(n)} - set(display.left_out_) <= written


def test_far_names_have_a_leader_line(rng):
    names = [f"a rather long name {i}" for i in range(25)]
    display = ClusterDisplay.from_coordinates(rng.normal(scale=0.02, size=(25, 2)), np.zeros(25, int), names)
    gaps = {text.get_text(): np.abs(text.xyann) for text in display.texts_}
    with_line = [text.get_text() for text in display.texts_ if text.arrow_patch is not None]
    assert with_line
    without = [name for name in gaps if name not in with_line]
    assert max(gaps[name][1] for name in without) <= max(gaps[name][1] for name in with_line)


def test_names_fit_saved_pictures_of_any_resolution(rng, tmp_path):
    coordinates = rng.normal(size=(30, 2))
    display = ClusterDisplay.from_coordinates(coordinates, np.zeros(30, int), [f"gene{i}" for i in range(30)])
    display.figure_.savefig(tmp_path / "map.png", dpi=192)
    boxes = [Text.get_window_extent(text) for text in display.texts_]
    assert not any(overlap(one, other) for one, other in itertools.combinations(boxes, 2))


def test_clusters_have_their_own_colour_and_marker(rng):
    display = ClusterDisplay.from_coordinates(rng.normal(size=(60, 2)), np.arange(60) % 20, range(60), show=[])
    styles = {(line.get_color(), line.get_marker()) for line in display.ax_.lines}
    assert len(styles) == 20
    assert display.texts_ == []
    entries = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert entries[:2] == ["cluster 0: 3", "cluster 1: 3"]


def test_sequences_without_relatives_are_grey(rng):
    labels = np.array([0, 0, 0, 1, 2, 3])
    display = ClusterDisplay.from_coordinates(rng.normal(size=(6, 2)), labels, list("abcdef"))
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == ["cluster 0: 3", "alone: 3"]
    assert [len(line.get_xdata()) for line in display.ax_.lines] == [3, 3]
    grey = display.ax_.lines[1].get_color()
    assert {text.get_text() for text in display.texts_ if text.get_color() == grey} == set("def")


def test_long_legends_are_cut(rng, assert_on_page):
    display = ClusterDisplay.from_coordinates(rng.normal(size=(120, 2)), np.arange(120) % 60, range(120), show=[])
    assert len(display.ax_.get_legend().get_texts()) == 24
    assert display.ax_.get_legend().get_title().get_text() == "members\n(the first 24 of 60)"
    assert_on_page(display.figure_)


def test_from_clusters(clusters, assert_on_page):
    display = ClusterDisplay.from_clusters(clusters)
    assert "14 sequences, 3 clusters" in display.ax_.get_title()
    assert "p = 0.050" in display.ax_.get_title()
    assert f"({clusters.explained[0]:.1%} of the variance)" in display.ax_.get_xlabel()
    assert {text.get_text() for text in display.texts_} == set(map(str, range(14)))
    drawn = np.concatenate([line.get_xydata() for line in display.ax_.lines])
    np.testing.assert_allclose(np.sort(drawn[:, 0]), np.sort(clusters.coordinates[:, 0]))
    assert_on_page(display.figure_)
    some = ClusterDisplay.from_clusters(clusters, names=[0, 5])
    assert [text.get_text() for text in some.texts_] == ["0", "5"]


def test_outliers_do_not_push_the_rest_together(rng):
    coordinates = np.vstack([rng.normal(size=(50, 2)), [[80, 0]]])
    display = ClusterDisplay.from_coordinates(coordinates, np.zeros(51, int), range(51), show=[])
    assert display.ax_.get_xscale() == "asinh"
    assert display.ax_.get_yscale() == "linear"
    assert "outer part compressed" in display.ax_.get_xlabel()
    places = display.ax_.transData.transform(coordinates)[:, 0]
    assert np.ptp(places[:50]) > 0.3 * np.ptp(places)


def test_given_axes_and_same_picture(clusters, pixels):
    figure, axes = plt.subplots(1, 2, figsize=(14, 6), layout="constrained")
    display = ClusterDisplay.from_clusters(clusters, ax=axes[0])
    matrix = ClusterMatrixDisplay.from_clusters(clusters, ax=axes[1])
    assert display.ax_ is axes[0]
    assert display.figure_ is matrix.figure_ is figure
    assert pixels(display.plot().figure_) == pixels(display.plot().figure_)
    assert len(display.ax_.findobj(Annotation)) == len(display.texts_)


def test_matrix_is_ordered_by_cluster(clusters, assert_on_page):
    display = ClusterMatrixDisplay.from_clusters(clusters)
    order = display.order_
    assert sorted(order) == list(range(14))
    assert (np.diff(clusters.labels[order]) >= 0).all()
    np.testing.assert_allclose(display.im_.get_array(), 1 - clusters.distance[np.ix_(order, order)])
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == [str(i) for i in order]
    widths = [patch.get_width() for patch in display.ax_.patches]
    assert widths == np.bincount(clusters.labels).tolist()
    assert_on_page(display.figure_)


def test_single_sequences_have_no_outline():
    display = ClusterMatrixDisplay(np.eye(4), np.array([0, 1, 0, 2]), list("abcd")).plot()
    assert [patch.get_width() for patch in display.ax_.patches] == [2]


def test_large_matrix_names_what_fits(rng, assert_on_page):
    similarity = rng.uniform(0, 0.1, (300, 300))
    np.fill_diagonal(similarity, 1)
    labels = np.arange(300) // 30
    display = ClusterMatrixDisplay(similarity, labels, [f"gene{i}" for i in range(300)]).plot()
    ticks = display.ax_.get_yticklabels()
    assert 10 < len(ticks) < 100
    assert "one name in" in display.ax_.get_ylabel()
    assert_on_page(display.figure_)


def test_bad_input_is_explained():
    with pytest.raises(ValueError, match=r"labels has 1, names has 2"):
        ClusterDisplay.from_coordinates([[0, 0], [1, 1]], [0], ["a", "b"])
    with pytest.raises(ValueError, match=r"at least 2\), got shape \(2, 1\)"):
        ClusterDisplay.from_coordinates([[0], [1]], [0, 0], ["a", "b"])
    with pytest.raises(ValueError, match="coordinates must be finite"):
        ClusterDisplay.from_coordinates([[0, np.nan], [1, 1]], [0, 0], ["a", "b"])
    with pytest.raises(ValueError, match="labels must be cluster numbers from 0 on, got int64"):
        ClusterDisplay.from_coordinates([[0, 0], [1, 1]], [-1, 0], ["a", "b"])
    with pytest.raises(ValueError, match="'c' is not among the 2 names"):
        ClusterDisplay.from_coordinates([[0, 0], [1, 1]], [0, 0], ["a", "b"], show=["c"])
    with pytest.raises(ValueError, match="similarity has 2, labels has 1"):
        ClusterMatrixDisplay(np.eye(2), [0], ["a", "b"]).plot()
