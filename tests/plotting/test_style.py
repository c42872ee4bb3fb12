import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from seqaug_sklearn.plotting._style import PALETTE, category_ticks, fill_style, line_style, short_labels, shorten

# Okabe and Ito 2008, "Color universal design"
OKABE_ITO_RGB = {
    (0, 0, 0),
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
}


def test_palette_is_okabe_and_itos():
    assert {tuple(int(color[i : i + 2], 16) for i in (1, 3, 5)) for color in PALETTE} == OKABE_ITO_RGB


def test_styles_differ_and_stay_within_the_palette():
    lines = [line_style(i) for i in range(28)]
    assert len({tuple(style.values()) for style in lines}) == 28
    assert {to_hex(style["color"]).upper() for style in lines} < set(PALETTE)
    assert len({(style["facecolor"], style["hatch"]) for style in map(fill_style, range(32))}) == 32


@pytest.mark.parametrize("width", [5, 6, 20])
@pytest.mark.parametrize("text", ["", "psbA", "ribosomal", "NADH-dehydrogenase-subunit-5"])
def test_shortened_text_keeps_both_ends(text, width):
    short = shorten(text, width)
    assert len(short) == min(len(text), width)
    assert short == text or (text.startswith(short.split("…")[0]) and text.endswith(short.split("…")[1]))


@pytest.mark.parametrize(
    "labels",
    [
        ["a", "b"],
        ["x" * 50 + str(i) + "y" * 50 for i in range(12)],
        ["x" * n for n in range(40, 60)],
        ["x" * 50 + f"{i:02d}" * 30 + "y" * 50 + str(j) for i in range(3) for j in range(3)],
        ["same", "same"],
    ],
)
def test_short_labels_fit_and_tell_apart_what_differs(labels):
    short = short_labels(labels, 20)
    assert all(len(label) <= 21 for label in short)
    assert len(set(short)) == len(set(labels))


@pytest.mark.parametrize(("labels", "slanted"), [(["a", "b", "c"], False), (["chloroplast"] * 20, True)])
def test_category_labels_are_slanted_where_they_have_no_room(labels, slanted):
    _, ax = plt.subplots(figsize=(6, 4))
    category_ticks(ax, labels)
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {40.0 if slanted else 0.0}
    assert np.array_equal(ax.get_xticks(), range(len(labels)))


def test_import_loads_neither_matplotlib_nor_torch():
    code = "import sys, seqaug_sklearn.plotting as p; assert p.__all__ == sorted(p.__all__)\n"
    code += "print(sorted({'matplotlib', 'torch', 'shap', 'skorch'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
