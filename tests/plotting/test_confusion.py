import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from seqaug_sklearn.plotting import LargeConfusionMatrixDisplay


@pytest.fixture
def labels(rng):
    """True and predicted labels of 113 genes, one in ten wrong."""
    names = np.array([f"NADH-plastoquinone-oxidoreductase-subunit-{i}-chloroplastic" for i in range(113)])
    y = np.r_[np.arange(113), rng.integers(0, 113, 1500)]
    return names[y], names[np.where(rng.random(len(y)) < 0.9, y, rng.integers(0, 113, len(y)))]


def test_counts_and_shares(labels):
    display = LargeConfusionMatrixDisplay.from_predictions(*labels)
    counts = confusion_matrix(*labels)
    np.testing.assert_array_equal(display.confusion_matrix, counts)
    shown = display.im_.get_array()
    np.testing.assert_allclose(shown.filled(0), counts / counts.sum(axis=1, keepdims=True))
    np.testing.assert_array_equal(shown.mask, counts == 0)
    right = np.trace(counts)
    assert f"{right:,} of {len(labels[0]):,} right" in display.ax_.get_title()


def test_strongest_confusions_by_hand():
    display = LargeConfusionMatrixDisplay([[5, 3, 0], [0, 7, 3], [1, 0, 0]], display_labels=["x", "y", "z"])
    found = display.strongest_confusions()
    # equal counts: the larger share of the true class comes first
    assert found["true"].tolist() == ["x", "y", "z"]
    assert found["predicted"].tolist() == ["y", "z", "x"]
    assert found["count"].tolist() == [3, 3, 1]
    assert found["share"].tolist() == pytest.approx([3 / 8, 0.3, 1.0])
    assert len(display.strongest_confusions(1)) == 1


def test_strongest_confusions_of_many_classes(labels):
    found = LargeConfusionMatrixDisplay.from_predictions(*labels).strongest_confusions(10**6)
    true, predicted = labels
    wrong = true != predicted
    assert found["count"].sum() == wrong.sum()
    assert (np.diff(found["count"]) <= 0).all()
    pairs, counts = np.unique(np.column_stack([true[wrong], predicted[wrong]]), axis=0, return_counts=True)
    expected = {tuple(pair): count for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)}
    assert {(a, b): n for a, b, n in zip(found["true"], found["predicted"], found["count"], strict=True)} == expected


def test_labels_are_sparse_distinct_and_on_the_page(labels, assert_on_page, drawn_texts):
    display = LargeConfusionMatrixDisplay.from_predictions(*labels)
    ticks = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert 5 < len(ticks) < 60
    assert len(set(ticks)) == len(ticks)
    assert_on_page(display.figure_)
    boxes = [box for text, box in drawn_texts(display.figure_) if text in display.ax_.get_yticklabels()]
    boxes.sort(key=lambda box: box.y0)
    assert all(one.y1 <= other.y0 + 2 for one, other in itertools.pairwise(boxes))


def test_few_classes_are_all_labelled(assert_on_page):
    display = LargeConfusionMatrixDisplay.from_predictions(list("abcb"), list("abcc"))
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["a", "b", "c"]
    assert "b → c   1 (50%)" in display.text_[1].get_text()
    assert_on_page(display.figure_)


def test_no_confusions():
    display = LargeConfusionMatrixDisplay.from_predictions([1, 2], [1, 2])
    assert display.text_[0].get_text() == "no confusions"
    assert len(display.strongest_confusions()) == 0


def test_list_has_the_length_asked_for(labels):
    display = LargeConfusionMatrixDisplay.from_predictions(*labels, n_confusions=5)
    assert display.text_[1].get_text().count("→") == 5


def test_given_labels_give_the_order():
    display = LargeConfusionMatrixDisplay.from_predictions(list("ab"), list("aa"), labels=["b", "a", "c"])
    assert np.asarray(display.confusion_matrix).tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]


def test_given_axes_and_same_picture(labels, pixels):
    figure, axes = plt.subplots(1, 2, figsize=(14, 6), layout="constrained")
    display = LargeConfusionMatrixDisplay.from_predictions(*labels, ax=axes[0])
    assert display.ax_ is axes[0]
    assert display.figure_ is figure
    assert pixels(display.plot().figure_) == pixels(display.plot().figure_)


def test_bad_input_is_explained():
    with pytest.raises(ValueError, match=r"y_true has 2, y_pred has 1"):
        LargeConfusionMatrixDisplay.from_predictions([1, 2], [1])
    with pytest.raises(ValueError, match=r"y_true and y_pred must hold at least one entry"):
        LargeConfusionMatrixDisplay.from_predictions([], [])
    with pytest.raises(ValueError, match=r"confusion_matrix must be square, .* got shape \(1, 2\)"):
        LargeConfusionMatrixDisplay(np.ones((1, 2))).plot()
    with pytest.raises(ValueError, match=r"display_labels has 1 labels for 2 classes"):
        LargeConfusionMatrixDisplay(np.eye(2), display_labels=["a"]).plot()
    with pytest.raises(ValueError, match=r"y_true or y_pred holds 'c', which is not among the 2 labels"):
        LargeConfusionMatrixDisplay.from_predictions(list("abc"), list("aba"), labels=["a", "b"])


def test_small_matrices_hold_their_counts(labels, assert_on_page):
    display = LargeConfusionMatrixDisplay.from_predictions(list("aaabbc"), list("aacbca"))
    written = {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in display.counts_}
    counts = display.confusion_matrix
    assert written == {(i, j): str(counts[i, j]) for i, j in zip(*np.nonzero(counts), strict=True)}
    assert_on_page(display.figure_)
    assert LargeConfusionMatrixDisplay.from_predictions(*labels).counts_ == []
