import itertools
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError

from seqaug_sklearn.plotting import NetworkDisplay

LAYERS = [
    ("Input (one-hot)", (40, 4), 0),
    ("Conv1d 64, kernel 3", (64, 40), 832),
    ("Max-pool 2", (64, 20), 0),
    ("LSTM × 2, bidirectional, last step", (256,), 659456),
    ("Dense 113", (113,), 9153),
]


class TinyClassifier(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.net_ = SimpleNamespace(module_=SimpleNamespace(layer_table=lambda: LAYERS))
        return self


def test_one_box_per_layer_with_its_texts(assert_on_page):
    display = NetworkDisplay.from_layers(LAYERS)
    assert len(display.boxes_) == 5
    texts = [[text.get_text() for text in row] for row in display.text_]
    assert texts[1] == ["Conv1d 64, kernel 3", "64 × 40", "832"]
    assert texts[2] == ["Max-pool 2", "64 × 20", "–"]
    assert display.ax_.get_title() == f"Network: {832 + 659456 + 9153:,} parameters"
    assert_on_page(display.figure_)


def test_boxes_follow_the_data_downwards():
    display = NetworkDisplay.from_layers(LAYERS)
    tops = [box.get_window_extent().y1 for box in display.boxes_]
    assert tops == sorted(tops, reverse=True)


def assert_texts_inside_boxes(display):
    display.figure_.canvas.draw()
    for box, row in zip(display.boxes_, display.text_, strict=True):
        outer = box.get_window_extent()
        extents = [text.get_window_extent() for text in row]
        for extent in extents:
            assert outer.x0 <= extent.x0
            assert extent.x1 <= outer.x1
            assert outer.y0 - 1 <= extent.y0
            assert extent.y1 <= outer.y1 + 1
        assert all(one.x1 < other.x0 for one, other in itertools.pairwise(extents))


@pytest.mark.parametrize("figsize", [(7, 4), (4, 3), (3, 8)])
def test_texts_fit_their_boxes(figsize):
    _, ax = plt.subplots(figsize=figsize, layout="constrained")
    layers = [*LAYERS, ("A layer with quite a long name, such as none has", (1024, 1024, 8), 123_456_789)]
    display = NetworkDisplay.from_layers(layers, ax=ax)
    assert display.ax_ is ax
    assert_texts_inside_boxes(display)


def test_fitted_estimator():
    display = NetworkDisplay.from_estimator(TinyClassifier().fit(None, None))
    assert display.layers == LAYERS
    assert display.title == "TinyClassifier"


def test_real_network():
    from seqaug_sklearn.networks import CNNBiLSTM

    module = CNNBiLSTM(4, 40, 113)
    estimator = TinyClassifier().fit(None, None)
    estimator.net_.module_ = module
    display = NetworkDisplay.from_estimator(estimator)
    assert sum(n for _, _, n in display.layers) == sum(p.numel() for p in module.parameters())
    assert_texts_inside_boxes(display)


def test_unfitted_estimator():
    with pytest.raises(NotFittedError, match=r"TinyClassifier instance is not fitted yet"):
        NetworkDisplay.from_estimator(TinyClassifier())


def test_network_without_table():
    estimator = TinyClassifier().fit(None, None)
    estimator.net_ = SimpleNamespace(module_=object())
    with pytest.raises(TypeError, match=r"estimator=TinyClassifier has a network without layer_table\(\)"):
        NetworkDisplay.from_estimator(estimator)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([], r"layers is empty"),
        (
            [("dense", (3,))],
            r"layers\[0\] must be \(name, output shape, number of parameters\), got \('dense'",
        ),
        ([LAYERS[0], ("dense", "wide", 3)], r"layers\[1\] must be"),
        ([("dense", 3, 3)], r"layers\[0\] must be"),
    ],
)
def test_bad_layers_are_named(layers, message):
    with pytest.raises(ValueError, match=message):
        NetworkDisplay.from_layers(layers)


def test_same_picture(pixels):
    display = NetworkDisplay.from_layers(iter(LAYERS))
    assert pixels(display.figure_) == pixels(display.plot().figure_)
