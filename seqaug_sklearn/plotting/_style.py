"""Colours, line styles, labels and legends shared by all displays."""

import itertools

from seqaug_sklearn.plotting._axes import root_figure

__all__ = [
    "CHANCE",
    "GREY",
    "PALETTE",
    "category_ticks",
    "fill_style",
    "line_style",
    "place_legend",
    "points",
    "short_labels",
    "shorten",
]

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
"""Okabe and Ito's colour-blind-safe colours (https://jfly.uni-koeln.de/color/); yellow last, too pale for lines."""

GREY = "#5A5A5A"
CHANCE = {"color": GREY, "linestyle": (0, (4, 2)), "linewidth": 1.2}

_N_LINE_COLORS = 7
_DASHES = ("-", "--", ":", "-.")
_HATCHES = ("", "///", "...", "xxx")


def line_style(i):
    """Colour and dash of the i-th curve; the first 28 differ."""
    return {"color": PALETTE[i % _N_LINE_COLORS], "linestyle": _DASHES[i // _N_LINE_COLORS % len(_DASHES)]}


def fill_style(i):
    """Colour and hatch of the i-th kind of bar; the first 32 differ."""
    color, hatch = PALETTE[i % len(PALETTE)], _HATCHES[i // len(PALETTE) % len(_HATCHES)]
    return {"facecolor": color, "hatch": hatch, "edgecolor": "black", "linewidth": 0.6}


def shorten(text, width=32):
    """Text of at most ``width`` characters, its middle replaced by an ellipsis where it is longer.

    Both ends are kept, because gene names differ at either.

    Examples
    --------
    >>> shorten("psbA"), shorten("NADH-dehydrogenase-subunit-5", 11)
    ('psbA', 'NADH-…nit-5')
    """
    text = str(text)
    if len(text) <= width:
        return text
    head = width // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def short_labels(labels, width=32):
    """Labels of at most ``width`` characters, distinct where they were.

    Where shortening makes some equal, their beginning and the place where they start to differ are kept, and if that is
    not enough they are numbered.

    Examples
    --------
    >>> short_labels(["petA", "ribosomal protein S12 large", "ribosomal protein S14 large"], 12)
    ['petA', 'ribo…2 larg…', 'ribo…4 larg…']
    """
    labels = [str(label) for label in labels]
    short = {label: shorten(label, width) for label in labels}
    for tell_apart in (_from_difference_on, _numbered):
        alike = {}
        for label, text in short.items():
            alike.setdefault(text, []).append(label)
        short |= tell_apart([group for group in alike.values() if len(group) > 1], width)
    return [short[label] for label in labels]


def _from_difference_on(groups, width):
    head, short = width // 3, {}
    for group in groups:
        differ = next(i for i, letters in enumerate(itertools.zip_longest(*group)) if len(set(letters)) > 1)
        short |= {label: f"{label[:head]}…{label[differ : differ + width - head - 2]}…" for label in group}
    return short


def _numbered(groups, width):
    labels = [label for group in groups for label in group]
    return {label: f"{shorten(label, width - 6)} [{i}]" for i, label in enumerate(labels, start=1)}


def points(ax):
    """Width and height of an axes in points."""
    box = ax.get_window_extent()
    return box.width * 72 / ax.figure.dpi, box.height * 72 / ax.figure.dpi


def category_ticks(ax, labels, *, width=24):
    """Label the x axis at 0, 1, 2 ...; labels that would run into each other are slanted."""
    labels = short_labels(labels, width)
    size = 10
    room = points(ax)[0] / max(len(labels), 1)
    slanted = max(map(len, labels)) * size * 0.62 > room
    slant = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    ax.set_xticks(range(len(labels)), labels, fontsize=size, **slant)


def place_legend(ax, *, title=None, handles=None, n_columns=1):
    """Put the legend beside the axes where a layout engine makes room for it, else inside."""
    keywords = {"title": title, "handles": handles, "ncols": n_columns, "fontsize": 9, "title_fontsize": 9}
    if root_figure(ax).get_layout_engine() is None:
        return ax.legend(loc="best", framealpha=0.85, **keywords)
    return ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, frameon=False, **keywords)
