"""Reports: one self-contained page of sections, tables and figures, with the CSV files behind them; and what pages and
figures have in common: colours, words for numbers, pictures.
"""

from seqaug_sklearn.reporting._figures import Picture, detached
from seqaug_sklearn.reporting._page import file_name, write_page, write_report
from seqaug_sklearn.reporting._palette import (
    BAND,
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALETTE,
    PINK,
    SKY,
    SLATE,
    VERMILLION,
    YELLOW,
)
from seqaug_sklearn.reporting._result import Result, Shown
from seqaug_sklearn.reporting._section import Card, Code, Link, PageTable, Section
from seqaug_sklearn.reporting._words import joined, number, p_equals, p_number, percent

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
    "Card",
    "Code",
    "Link",
    "PageTable",
    "Picture",
    "Result",
    "Section",
    "Shown",
    "detached",
    "file_name",
    "joined",
    "number",
    "p_equals",
    "p_number",
    "percent",
    "write_page",
    "write_report",
]
