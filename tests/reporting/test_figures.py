"""Figures as PNG, and out of pyplot."""

import base64
from types import SimpleNamespace

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from seqaug_sklearn.reporting import Picture, detached


def test_a_picture_is_shown_in_the_size_it_was_drawn_in():
    figure = Figure(figsize=(3, 1))
    figure.add_axes((0, 0, 1, 1), frameon=False).set(xticks=[], yticks=[])  # fills the figure: nothing is cut off
    picture = Picture.of(figure, "a line")
    assert abs(picture.width - 3 * 96) < 20
    kind, content = picture.source.split(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(content) == picture.png
    assert picture == Picture.of(figure, "a line")


def test_pyplot_forgets_a_detached_figure():
    figure = plt.figure()
    assert detached(SimpleNamespace(figure_=figure)) is figure
    assert not plt.fignum_exists(figure.number)
