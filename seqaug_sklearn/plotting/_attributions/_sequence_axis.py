"""What displays along a sequence share: coordinates, residues that no window holds, what they are made from."""

import re

import numpy as np

from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.plotting._style import GREY, shorten
from seqaug_sklearn.utils import warn

__all__ = ["POSITIONS", "check_count", "check_made_by", "coordinates_of", "shade_unseen", "tick_distance"]

POSITIONS = "position (residues, 0-based)"
_PLACE = re.compile(r"(?P<name>.*)::(?P<chromosome>[^:]+):(?P<start>\d+)-(?P<end>\d+)(\((?P<strand>[-+.])\))?")


def coordinates_of(attributions, row):
    """Name of a row, the coordinate of each residue, and what the coordinates are.

    Those of the genome where the identifier carries the place as bedtools writes it (``gene::chr:start-end(strand)``).
    """
    length = attributions.codes.shape[1]
    known = np.flatnonzero(attributions.codes[row] < len(attributions.alphabet))
    identifier = f"row {row}" if attributions.identifiers is None else str(attributions.identifiers[row])
    plain = shorten(identifier, 80), np.arange(length), POSITIONS
    place = _PLACE.fullmatch(identifier)
    if place is None or known.size == 0:
        return plain
    start, end, strand = int(place["start"]), int(place["end"]), place["strand"]
    padded, bare = int(attributions.lengths[row]), int(known[-1] + 1 - known[0])
    if end - start not in (padded, bare):
        warn(
            f"{identifier!r} names a place of {end - start} residues, but the sequence has {padded}; positions in the "
            "sequence are drawn",
            SeqAugWarning,
        )
        return plain
    steps = np.arange(length) - (0 if end - start == padded else known[0])
    coordinates = end - 1 - steps if strand == "-" else start + steps
    written = {"+": ", gene on strand +", "-": ", gene on strand −"}.get(strand, "")
    return shorten(place["name"], 80), coordinates, f"{place['chromosome']} (residues, 0-based){written}"


def tick_distance(n_residues):
    """Round distance of ticks, of which about twelve have room."""
    return next((step for step in (5, 10, 20, 50, 100) if n_residues / step <= 12), 200)


def shade_unseen(ax, unseen, first):
    """Shade the residues that no window holds; ``first`` is the place of the first of ``unseen`` on the axis."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.asarray(unseen, bool), [False]]).astype(int)))
    for begin, end in edges.reshape(-1, 2):
        span = first + begin - 0.5, first + end - 0.5
        ax.axvspan(*span, facecolor="#EDEDED", edgecolor=GREY, hatch="////", linewidth=0, alpha=0.6, zorder=-2)


def check_made_by(value, attributes, *, name, maker):
    """Raise TypeError for anything without the attributes of what ``maker`` returns."""
    if not all(hasattr(value, attribute) for attribute in attributes):
        kind = f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__
        raise TypeError(f"{name} must be what {maker} returned, got {kind}")


def check_count(value, name):
    """Raise ValueError for anything but a whole number of at least 1."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, got {value!r}")
