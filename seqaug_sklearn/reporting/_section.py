"""What a report is made of: sections with tables and figures, and cards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from seqaug_sklearn.reporting._figures import Picture

__all__ = ["Card", "Code", "Link", "PageTable", "Section"]


@dataclass
class Section:
    """A part of a report.

    Parameters
    ----------
    title : str
        Heading.
    text : str, default=""
        Plain text; empty lines part paragraphs. A paragraph whose lines all begin with a hyphen and a blank is a list,
        and words in backticks are code.
    tables : dict of str to DataFrame, default={}
        Tables by caption. The index is shown, unless it is a plain range.
    figures : dict of str to matplotlib Figure, default={}
        Figures by caption.
    data : dict of str to DataFrame, default={}
        Numbers behind the figure of the same caption (or further downloads).
    alt : dict of str to str, default={}
        What a figure shows, for those who cannot see it; its caption by default.
    notes : str or list of str, default=()
        Small print.
    page_tables : dict of str to PageTable, default={}
        Tables by caption of which no CSV is written; their cells may hold pictures.
    pictures : dict of str to Picture, default={}
        Pictures by caption of which no file is written.
    cards : list of Card, default=()
        Things of one kind that are shown one by one, below all else.
    folded : bool, default=False
        Whether the page shows the heading alone until it is opened.
    """

    title: str
    text: str = ""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    alt: Mapping[str, str] = field(default_factory=dict)
    notes: str | Sequence[str] = ()
    page_tables: Mapping[str, "PageTable"] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    cards: Sequence["Card"] = ()
    folded: bool = False


@dataclass
class PageTable:
    """A table that only the page shows, all its rows.

    Parameters
    ----------
    frame : DataFrame
        Cells: text, numbers, or a :class:`Picture`, :class:`Link` or :class:`Code`. Line ends in a column's name are
        kept.
    numbers : collection of str, default=()
        Columns of text that are set like numbers, to the right.
    """

    frame: pd.DataFrame
    numbers: Collection[str] = ()


@dataclass
class Card:
    """One thing in a frame of its own: pictures side by side, and tables below them.

    Parameters
    ----------
    title : str
        Heading.
    anchor : str
        What a :class:`Link` leads to.
    code : str, default=""
        Letters that stand before the heading, all of one width.
    tag : str, default=""
        Word in a coloured field behind the heading.
    is_warm : bool, default=False
        Whether that field is brown instead of blue.
    text : str, default=""
        Line below the heading.
    pictures : dict of str to Picture, default={}
        Pictures by caption.
    tables : dict of str to PageTable, default={}
        Tables by caption.
    notes : list of str, default=()
        Sentences below.
    """

    title: str
    anchor: str
    code: str = ""
    tag: str = ""
    is_warm: bool = False
    text: str = ""
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    tables: Mapping[str, PageTable] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Link:
    """A cell that leads to a card of the page."""

    text: str
    anchor: str


@dataclass(frozen=True)
class Code:
    """A cell whose letters are all of one width: a sequence."""

    code: str
