"""Pictures of motifs for the report: logos, pairs of logos, places, contributions."""

import numpy as np

from seqaug_sklearn.motifs import draw_logo, information
from seqaug_sklearn.reporting import BLUE, GREY, VERMILLION, Picture

__all__ = ["contribution_bars", "contribution_logo", "match_logos", "site_histogram"]

_AROUND = 2  # positions shown on either side of the informative ones
_INCHES = 0.19  # of a position


def contribution_logo(motif, *, reverse=False):
    """Picture of the contribution weight matrix around its informative positions, as it is or reverse complemented."""
    cwm, start = _around(motif, motif.cwm)
    if reverse:
        cwm, start = cwm[::-1, ::-1], len(motif.cwm) - start - len(cwm)
    figure, ax = _figure(len(cwm), 1.45)
    draw_logo(ax, cwm, motif.alphabet.symbols, positions=start + np.arange(len(cwm)))
    _style(ax, "contribution")
    ax.xaxis.get_major_locator().set_params(integer=True, nbins=8)
    ax.yaxis.get_major_locator().set_params(nbins=4)
    return Picture.of(figure, "The same, reverse complement" if reverse else f"Contributions of {motif.consensus}")


def match_logos(motif, known, match):
    """Picture of the motif above a known one, aligned, in bits; ``match`` is a row of the table of matches."""
    own, start = _around(motif, motif.ppm)
    known = known[::-1, ::-1] if match.strand < 0 else known
    first = {"own": start - motif.informative[0], "known": -match.offset}
    low, high = min(first.values()), max(first["own"] + len(own), first["known"] + len(known))
    figure, axes = _figure(high - low, 1.6, n_rows=2)
    for ax, shares, begin, label in ((axes[0], own, first["own"], "found"), (axes[1], known, first["known"], "known")):
        heights = shares * information(shares)[:, None]
        draw_logo(ax, heights, motif.alphabet.symbols, positions=begin + np.arange(len(shares)), limits=(0, 2))
        ax.set_xlim(low - 0.5, high - 0.5)
        _style(ax, label)
        ax.set_xticks([])
        ax.set_yticks([0, 2])
    return Picture.of(figure, f"{motif.consensus} aligned with {match.match}")


def site_histogram(motif, length):
    """Picture of where the sites lie in the sequences."""
    middles = (motif.seqlets["site_start"] + motif.seqlets["site_end"]) / 2
    figure, ax = _figure(9, 1.45)
    ax.hist(middles, bins=np.linspace(0, length, 31), color=GREY)
    ax.set_xlim(0, length)
    ax.set_xlabel("position (residues, 0-based)", fontsize=8)
    ax.yaxis.get_major_locator().set_params(integer=True, nbins=3)
    _style(ax, "sites")
    return Picture.of(figure, "Where the sites lie")


def contribution_bars(table, labels):
    """Picture of bars of the column ``contribution``, one per row of the table."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 0.8 + 0.28 * len(table)), layout="constrained")
    ax = figure.add_subplot()
    values = table["contribution"].to_numpy(float)
    ax.barh(np.arange(len(table)), values, color=np.where(values >= 0, BLUE, VERMILLION), height=0.7)
    ax.set_yticks(np.arange(len(table)), labels, fontsize=8)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set_xlabel("contribution of all sites to the explained output", fontsize=8)
    _style(ax, "")
    return Picture.of(figure, "Contribution of each known motif")


def _around(motif, matrix):
    start, end = max(0, motif.informative[0] - _AROUND), min(len(matrix), motif.informative[1] + _AROUND)
    return matrix[start:end], start


def _figure(n_positions, height, n_rows=1):
    """A figure whose letters have the same width in all pictures."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(0.7 + _INCHES * n_positions, height), layout="constrained")
    axes = figure.subplots(n_rows, 1, squeeze=False)[:, 0]
    return figure, axes if n_rows > 1 else axes[0]


def _style(ax, label):
    ax.set_ylabel(label, fontsize=8)
    ax.tick_params(labelsize=7, length=2)
    ax.spines[["top", "right"]].set_visible(False)
