"""Figures on their way to a page: out of pyplot, into PNG, into the page's own text."""

import base64
import io
from dataclasses import dataclass
from typing import Any

__all__ = ["Picture", "detached", "png_of"]

DPI = 192
"""Resolution of figures: twice what a page shows, for sharp print."""


@dataclass(frozen=True)
class Picture:
    """A figure that only the page shows: on a card, in a cell of a table, or in a section; no file is written of it.

    Parameters
    ----------
    png : bytes
        The picture.
    alt : str
        What it shows, for those who cannot see it.
    """

    png: bytes
    alt: str

    @classmethod
    def of(cls, figure: Any, alt: str) -> "Picture":
        """Picture of a figure, which is no longer needed then."""
        return cls(png_of(figure), alt)

    @property
    def source(self) -> str:
        """The picture as a data URI, so that the page needs no other file."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"

    @property
    def width(self) -> int:
        """Pixels of CSS (96 per inch) that show it at the size it was drawn in."""
        # a PNG's header holds its width in bytes 16 to 19
        return round(int.from_bytes(self.png[16:20], "big") * 96 / DPI)


def png_of(figure: Any) -> bytes:
    """PNG of a figure, the same bytes for the same figure on one machine."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def detached(display: Any) -> Any:
    """Return the figure of a display, taken out of pyplot.

    pyplot keeps every figure for ever, and a notebook shows those that are left at the end of a cell.
    """
    import matplotlib.pyplot as plt

    plt.close(display.figure_)
    return display.figure_
