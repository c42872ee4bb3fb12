"""Colours of all figures: Okabe and Ito's palette, distinguished with any colour vision, and what each is for.

It lies here, below all that draws: logos (`motifs`), displays (`plotting`) and pages share it. The accent of the page
itself stays in the CSS of ``report.html.jinja``: it belongs to no figure.
"""

__all__ = [
    "BAND",
    "BLACK",
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "PALETTE",
    "PINK",
    "SKY",
    "SLATE",
    "VERMILLION",
    "YELLOW",
]

BLUE = "#0072B2"
"""Results; what speaks for a class."""
VERMILLION = "#D55E00"
"""What must not be overlooked: the nearest-neighbour lookup, the chosen one; what speaks against a class."""
GREEN = "#009E73"
PINK = "#CC79A7"
ORANGE = "#E69F00"
SKY = "#56B4E9"
BLACK = "#000000"
YELLOW = "#F0E442"

PALETTE = (BLUE, VERMILLION, GREEN, PINK, ORANGE, SKY, BLACK, YELLOW)
"""Okabe and Ito's colour-blind-safe colours (https://jfly.uni-koeln.de/color/); yellow last, too pale for lines."""

GREY = "#5A5A5A"
"""What stands beside the results: chance, counts, outlines."""
SLATE = "#6e7781"
"""Lines to measure against, in the figures of a page."""
BAND = "#e6e9ed"
"""Grids, and what chance alone would reach."""
