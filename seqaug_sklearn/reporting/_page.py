"""One self-contained HTML report, written in one step beside the CSVs behind its tables and figures."""

import base64
import contextlib
import io
import os
import platform
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import OutputFolderError
from seqaug_sklearn.utils import check_output_folder, explained, replaced_file, replaced_folder

__all__ = ["Section", "file_name", "write_page", "write_report"]

MAX_ROWS = 50
"""Rows of a table that the page shows; the CSV holds all."""
MAX_EMBEDDED = 500_000
"""Characters of a CSV that the page of a folder carries inside; larger ones are linked."""

DPI = 192
"""Resolution of figures: twice what a page shows, for sharp print."""

_PACKAGES = ("seqaug-sklearn", "numpy", "scipy", "pandas", "scikit-learn", "torch", "skorch", "biopython", "matplotlib")


@dataclass
class Section:
    """A part of a report.

    Parameters
    ----------
    title : str
        Heading.
    text : str, default=""
        Plain text; empty lines part paragraphs.
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
    """

    title: str
    text: str = ""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    alt: Mapping[str, str] = field(default_factory=dict)
    notes: str | Sequence[str] = ()


def write_report(
    folder: str | Path,
    *,
    title: str,
    verdict: str | Sequence[str],
    sections: Sequence[Section],
    settings: Mapping[str, Any],
    more: Callable[[Path], None] | None = None,
) -> Path:
    """Write a report: ``report.html``, ``tables/*.csv`` and ``figures/*.png``.

    All is built in a temporary folder beside the target and put in place when complete, so an interruption leaves no
    half of a report. The files of an earlier report in the folder are replaced: those that its manifest
    (``.seqaug-report``) names and that nobody has changed since. Everything else in the folder stays, under another
    name (``x.kept.csv``) where the new report has a file of that name.

    Parameters
    ----------
    folder : path
        As in :func:`check_output_folder`.
    title : str
        Heading.
    verdict : str or list of str
        What to believe; the first sentence is set large.
    sections : list of Section
        Parts.
    settings : dict
        What was run; versions are added.
    more : callable, default=None
        Called with the folder that is being written, to put further files of the report into it.

    Returns
    -------
    pathlib.Path
        Path of ``report.html``.

    Raises
    ------
    OutputFolderError
        As in :func:`check_output_folder`.

    Warns
    -----
    SeqAugWarning
        If a file is kept under another name.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> path = write_report(folder, title="Test", verdict="Nothing helped.", sections=[], settings={})
    >>> path.name
    'report.html'
    """
    folder = check_output_folder(folder)
    with replaced_folder(folder) as new:
        _fill(new, title, verdict, sections, settings)
        if more is not None:
            more(new)
    return folder / "report.html"


def write_page(
    path: str | Path,
    *,
    title: str,
    verdict: str | Sequence[str],
    sections: Sequence[Section],
    settings: Mapping[str, Any],
) -> Path:
    """Write the page alone, every CSV inside it; parameters as in :func:`write_report`."""
    if not str(path).strip():
        raise OutputFolderError("the name of the file to write to is empty; give one, for example 'report.html'")
    path = Path(path).expanduser().absolute()
    with explained(path, OutputFolderError):
        path.parent.mkdir(parents=True, exist_ok=True)
    html = _render(title, verdict, [_part(s, None) for s in _files_of(sections)], settings)
    with explained(path, OutputFolderError), replaced_file(path, text=True) as file:
        file.write(html)
    return path


def file_name(name: str, suffix: str, taken: Collection[str] = ()) -> str:
    """Portable file name for a caption, different from those taken."""
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60] or "table"
    names = (f"{stem}{'' if i == 1 else f'_{i}'}.{suffix}" for i in range(1, len(taken) + 2))
    return next(n for n in names if n not in taken)


def _fill(partial, title, verdict, sections, settings):
    named = _files_of(sections)
    for section in named:
        for name, text in section["csv"].values():
            (partial / name).parent.mkdir(exist_ok=True)
            (partial / name).write_text(text, encoding="utf-8")
        for name, png in section["png"].values():
            (partial / name).parent.mkdir(exist_ok=True)
            (partial / name).write_bytes(png)
    html = _render(title, verdict, [_part(s, MAX_EMBEDDED) for s in named], settings)
    (partial / "report.html").write_text(html, encoding="utf-8")


def _files_of(sections):
    """Per section: the section, and by caption the name and content of each CSV and PNG."""
    taken: set[str] = set()
    named = []
    for section in sections:
        entry = {"section": section, "csv": {}, "png": {}}
        for caption, table in {**section.data, **section.tables}.items():
            name = file_name(caption, "csv", taken)
            taken.add(name)
            entry["csv"][caption] = (f"tables/{name}", table.to_csv(index=_shows_index(table)))
        for caption, figure in section.figures.items():
            name = file_name(caption, "png", taken)
            taken.add(name)
            entry["png"][caption] = (f"figures/{name}", _png(figure))
        named.append(entry)
    return named


def _png(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def _part(entry, max_embedded):
    """What the template needs of one section."""
    section = entry["section"]
    links = {caption: _link(name, text, max_embedded) for caption, (name, text) in entry["csv"].items()}
    figures = [
        {
            "caption": caption,
            "alt": section.alt.get(caption, caption),
            "width": round(int.from_bytes(png[16:20], "big") * 96 / DPI),  # of the PNG header
            "source": f"data:image/png;base64,{base64.b64encode(png).decode()}",
            "link": links.get(caption),
        }
        for caption, (_, png) in entry["png"].items()
    ]
    tables = [{"caption": c, "link": links[c], **_cells(table)} for c, table in section.tables.items()]
    shown = {*section.tables, *section.figures}
    return {
        "title": section.title,
        "anchor": file_name(section.title, "x")[:-2],
        "paragraphs": [p.strip() for p in section.text.split("\n\n") if p.strip()],
        "tables": tables,
        "figures": figures,
        "downloads": [{"caption": c, "link": links[c]} for c in section.data if c not in shown],
        "notes": [section.notes] if isinstance(section.notes, str) else list(section.notes),
    }


def _link(name, text, max_embedded):
    if max_embedded is not None and len(text) > max_embedded:
        return {"href": name, "file": name.split("/")[-1]}
    content = base64.b64encode(text.encode()).decode()
    return {"href": f"data:text/csv;base64,{content}", "file": name.split("/")[-1]}


def _shows_index(table):
    return not (isinstance(table.index, pd.RangeIndex) and table.index.name is None)


def _cells(table):
    """Header and rows as text, numbers rounded, with which columns hold numbers."""
    shown = table.head(MAX_ROWS)
    shown = shown.reset_index() if _shows_index(shown) else shown
    columns = [shown.iloc[:, i] for i in range(shown.shape[1])]
    return {
        "header": [_header(c) for c in shown.columns],
        "numeric": [pd.api.types.is_numeric_dtype(c) and not pd.api.types.is_bool_dtype(c) for c in columns],
        "rows": list(zip(*(_column(c) for c in columns), strict=True)),
        "n_rows": len(table),
    }


def _header(name):
    name = " ".join(map(str, name)) if isinstance(name, tuple) else str(name)
    return name.replace("_", " ")


def _column(column):
    """Cells of a column; beside larger numbers a tiny one is zero in as many decimals, not a power of ten."""
    floats = pd.api.types.is_float_dtype(column)
    largest = column.abs().max() if floats else 0
    fixed = 0.001 <= largest < 1e6
    return [_cell(value, str(column.name), fixed=fixed) for value in column]


def _cell(value, column="", *, fixed=False):
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA or value is pd.NaT:
        return "–"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.floating)):
        return _number(float(value), is_p=column.startswith("p_"), fixed=fixed)
    return str(value)


def _number(value, *, is_p, fixed):
    if is_p and value < 0.001:
        return "< 0.001"
    size = abs(value)
    if size != 0 and not fixed and (size < 0.001 or size >= 1e6):
        return f"{value:.1e}"
    # the sum turns -0.0 into 0.0
    return f"{round(value, 3) + 0.0:.3f}" if size < 100 else f"{value:.1f}"


def _versions():
    versions = {"Python": platform.python_version()}
    for package in _PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    return versions | {"system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"}


def _render(title, verdict, parts, settings):
    import jinja2

    loader = jinja2.PackageLoader("seqaug_sklearn.reporting", package_path="")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report.html.jinja").render(
        title=title,
        verdict=[verdict] if isinstance(verdict, str) else list(verdict),
        parts=parts,
        settings={key: _cell(value) for key, value in settings.items()},
        versions=_versions(),
        max_rows=MAX_ROWS,
    )
