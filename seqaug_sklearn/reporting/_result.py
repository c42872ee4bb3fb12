"""What every result has: words, a table, a page, and a short form for terminals and notebooks."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from seqaug_sklearn.reporting._page import write_page, write_report
from seqaug_sklearn.reporting._section import Section

__all__ = ["Result", "Shown"]

_LONGEST = 160
"""Characters of a result's short form."""
_SHOWN = 10
"""Rows of a table that a notebook shows."""
_LONGEST_CELL = 40
"""Characters of a cell in a notebook: a sequence would push all other columns out of sight."""


class Shown:
    """Short forms, for terminals and notebooks, of what has a table: a sentence or a few, and the first rows."""

    def _sentences(self) -> list[str]:
        """What to say of it, the most important first."""
        raise NotImplementedError

    def to_frame(self) -> pd.DataFrame:
        """Return the table."""
        raise NotImplementedError

    def _table(self) -> pd.DataFrame:
        """The table that a notebook shows the beginning of."""
        return self.to_frame()

    def __repr__(self) -> str:
        first = next(iter(self._sentences()), "").partition("\n")[0]
        text = f"<{type(self).__name__}: {first}>"
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 5].rstrip()} ...>"

    def _repr_html_(self) -> str:
        """Sentences and the first rows of the table, for notebooks."""
        first, *others = map(html.escape, self._sentences() or [""])
        parts = [f"<p><strong>{first}</strong></p>"]
        if others:
            parts.append("<ul>" + "".join(f"<li>{sentence}</li>" for sentence in others) + "</ul>")
        table = self._table()
        if len(table):
            first_rows = table.head(_SHOWN).map(_shortened)
            parts.append(first_rows.to_html(border=0, float_format=_plain_number, na_rep=""))
        if len(table) > _SHOWN:
            parts.append(f"<p>The first {_SHOWN} of {len(table):,} rows; <code>to_frame()</code> has all.</p>")
        # notebooks colour text and tables by their own theme, so nothing is coloured here
        return f'<div class="seqaug-result" style="max-width: 60rem; overflow-x: auto">{"".join(parts)}</div>'


class Result(Shown):
    """Base of all results.

    A class of results gives :meth:`verdict`, the sentences a reader needs, and :meth:`to_frame`. The rest follows from
    these two: :meth:`summary`, :meth:`sections`, :meth:`to_html`, and what terminals and notebooks show. A figure that
    sums the result up is drawn by ``plot()`` where there is one.
    """

    _title = "Result"
    """Heading of the page."""

    def verdict(self) -> list[str]:
        """Return what to believe, and why, one sentence each: the most important first."""
        raise NotImplementedError

    def _sentences(self) -> list[str]:
        return self.verdict()

    def summary(self) -> str:
        """Return the verdict as one text."""
        return " ".join(self.verdict())

    def sections(self) -> list[Section]:
        """Return the parts of a page, for :func:`~seqaug_sklearn.reporting.write_report`."""
        return [Section(self._title, tables={self._title: self.to_frame()})]

    def _settings(self) -> Mapping[str, Any]:
        """What was run, for the foot of the page."""
        return {}

    def to_html(self, path: str | Path, *, title: str | None = None) -> Path:
        """Write a page that holds all it shows.

        Parameters
        ----------
        path : path
            A name that ends in ``.html`` is written as this one file. Anything else is a folder: ``report.html``,
            ``tables/*.csv`` and ``figures/*.png``.
        title : str, default=None
            Heading; one that fits the result by default.

        Returns
        -------
        pathlib.Path
            Path of the page.
        """
        return self._write(path, title or self._title, self.verdict(), self.sections(), **self._page_options())

    def _page_options(self) -> dict[str, Any]:
        """Further arguments of :func:`write_report`."""
        return {}

    def _write(self, path, title, verdict, sections, *, settings=None, **options):
        """Write the page; options are those that :func:`write_report` has for folders."""
        page: dict[str, Any] = {"title": title, "verdict": verdict, "sections": sections}
        page["settings"] = self._settings() if settings is None else settings
        if Path(path).suffix.lower() in (".html", ".htm"):
            return write_page(path, **page, status=options.get("status", ""))
        return write_report(path, **page, **options)


def _shortened(value):
    is_long = isinstance(value, str) and len(value) > _LONGEST_CELL
    return f"{value[: _LONGEST_CELL - 1]}…" if is_long else value


def _plain_number(value):
    """Three decimals, and what they would show as zero in powers of ten."""
    return f"{value:.1e}" if 0 < abs(value) < 0.0005 else f"{value:.3f}"
