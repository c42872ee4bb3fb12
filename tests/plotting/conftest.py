"""Figures are closed after each test; a drawn figure can be searched for text that leaves the page."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

mpl.use("agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def drawn_texts(monkeypatch):
    """Factory: draw a figure and return the texts that appear on it, with their boxes in pixels."""

    def find(figure):
        drawn = {}
        draw = Text.draw
        with monkeypatch.context() as patch:
            patch.setattr(Text, "draw", lambda text, renderer: (drawn.update({id(text): text}), draw(text, renderer)))
            figure.canvas.draw()
        shown = [text for text in drawn.values() if text.get_visible() and text.get_text().strip()]
        assert shown
        return [(text, text.get_window_extent()) for text in shown]

    return find


@pytest.fixture
def assert_on_page(drawn_texts):
    """Check that no text of a figure is cut off by its edge."""

    def check(figure):
        page = figure.bbox
        for text, box in drawn_texts(figure):
            inside = box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1 and box.y0 >= page.y0 - 1 and box.y1 <= page.y1 + 1
            assert inside, f"{text.get_text()!r} is cut off: {np.round(box.extents)} on {np.round(page.extents)}"

    return check


@pytest.fixture
def pixels():
    """Factory: the picture of a figure as bytes."""

    def render(figure):
        figure.canvas.draw()
        return bytes(figure.canvas.buffer_rgba())

    return render
