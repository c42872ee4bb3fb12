"""One self-contained HTML report, written in one step beside the CSVs behind its tables and figures."""

import base64
import contextlib
import os
import platform
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from seqaug_sklearn.exceptions import OutputFolderError
from seqaug_sklearn.reporting._cells import MAX_ROWS, cell, cells, shows_index
from seqaug_sklearn.reporting._figures import Picture, png_of
from seqaug_sklearn.reporting._provenance import provenance
from seqaug_sklearn.reporting._section import Section
from seqaug_sklearn.utils import check_output_folder, explained, replaced_file, replaced_folder

__all__ = ["file_name", "write_page", "write_report"]

MAX_EMBEDDED = 500_000
"""Characters of a CSV that the page of a folder carries inside; larger ones are linked."""

_PACKAGES = ("seqaug-sklearn", "numpy", "scipy", "pandas", "scikit-learn", "torch", "skorch", "biopython", "matplotlib")


def write_report(
    folder: str | Path,
    *,
    title: str,
    verdict: str | Sequence[str],
    sections: Sequence[Section],
    settings: Mapping[str, Any],
    more: Callable[[Path], None] | None = None,
    files: Sequence[str] = (),
    packages: Sequence[str] = (),
    inputs: Iterable[str | Path | None] = (),
    kind: str = "report",
    status: str = "",
) -> Path:
    """Write a report: ``report.html``, ``tables/*.csv`` and ``figures/*.png`` of what its sections hold.

    All is built in a temporary folder beside the target and put in place when complete, so an interruption leaves no
    half of a report. The files of an earlier report in the folder are replaced: those that its manifest
    (``.seqaug-report``) names and that have not changed since. Everything else in the folder stays, under another
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
    files : list of str, default=()
        Those of these files that the page links below the verdict, for example ``"tables/sites.tsv"``.
    packages : list of str, default=()
        Packages whose versions count for this report, besides those that are always named.
    inputs, kind
        As in :func:`check_output_folder`.
    status : str, default=""
        What stands above the verdict: that the page is not the last one, for example.

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
    folder = check_output_folder(folder, inputs=inputs, kind=kind)
    with replaced_folder(folder, kind=kind) as new:
        _fill(new, title, verdict, sections, settings, files, packages, status)
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
    status: str = "",
) -> Path:
    """Write the page alone, every CSV inside it; parameters as in :func:`write_report`."""
    if not str(path).strip():
        raise OutputFolderError("the name of the file to write to is empty; give one, for example 'report.html'")
    path = Path(path).expanduser().absolute()
    with explained(path, OutputFolderError):
        path.parent.mkdir(parents=True, exist_ok=True)
    html = _render(title, verdict, [_part(s, None) for s in _files_of(sections)], settings, status=status)
    with explained(path, OutputFolderError), replaced_file(path, text=True) as file:
        file.write(html)
    return path


def file_name(name: str, suffix: str, taken: Collection[str] = ()) -> str:
    """Portable file name for a caption, different from those taken."""
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60] or "table"
    names = (f"{stem}{'' if i == 1 else f'_{i}'}.{suffix}" for i in range(1, len(taken) + 2))
    return next(n for n in names if n not in taken)


def _fill(partial, title, verdict, sections, settings, files, packages, status):
    named = _files_of(sections)
    for section in named:
        for name, text in section["csv"].values():
            (partial / name).parent.mkdir(exist_ok=True)
            (partial / name).write_text(text, encoding="utf-8")
        for name, png in section["png"].values():
            (partial / name).parent.mkdir(exist_ok=True)
            (partial / name).write_bytes(png)
    html = _render(title, verdict, [_part(s, MAX_EMBEDDED) for s in named], settings, files, packages, status)
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
            entry["csv"][caption] = (f"tables/{name}", table.to_csv(index=shows_index(table)))
        for caption, figure in section.figures.items():
            name = file_name(caption, "png", taken)
            taken.add(name)
            entry["png"][caption] = (f"figures/{name}", png_of(figure))
        named.append(entry)
    return named


def _part(entry, max_embedded):
    """What the template needs of one section."""
    section = entry["section"]
    links = {caption: _link(name, text, max_embedded) for caption, (name, text) in entry["csv"].items()}
    figures = [
        {"caption": caption, "picture": Picture(png, section.alt.get(caption, caption)), "link": links.get(caption)}
        for caption, (_, png) in entry["png"].items()
    ]
    figures += [{"caption": caption, "picture": picture} for caption, picture in section.pictures.items()]
    tables = [{"caption": c, "link": links[c], **cells(table)} for c, table in section.tables.items()]
    shown = {*section.tables, *section.figures}
    return {
        "title": section.title,
        "folded": section.folded,
        "anchor": file_name(section.title, "x")[:-2],
        "blocks": _blocks(section.text),
        "tables": tables + _page_tables(section.page_tables),
        "figures": figures,
        "downloads": [{"caption": c, "link": links[c]} for c in section.data if c not in shown],
        "notes": [_pieces(note) for note in ([section.notes] if isinstance(section.notes, str) else section.notes)],
        "cards": [{"card": card, "tables": _page_tables(card.tables)} for card in section.cards],
    }


def _page_tables(tables):
    return [{"caption": c, **cells(t.frame, max_rows=len(t.frame), numbers=t.numbers)} for c, t in tables.items()]


def _blocks(text):
    """Paragraphs and lists of a text, in pieces of which every second one is code."""
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    return [_block(block.split("\n"), block) for block in blocks]


def _block(lines, block):
    if all(line.startswith("- ") for line in lines):
        return {"items": [_pieces(line.removeprefix("- ")) for line in lines]}
    return {"text": _pieces(block)}


def _pieces(text):
    # a pattern with a group leaves what it found between the rest
    return re.split(r"`([^`\n]+)`", text)


def _link(name, text, max_embedded):
    if max_embedded is not None and len(text) > max_embedded:
        return {"href": name, "file": name.split("/")[-1]}
    content = base64.b64encode(text.encode()).decode()
    return {"href": f"data:text/csv;base64,{content}", "file": name.split("/")[-1]}


def _versions(packages):
    versions = {"Python": platform.python_version()}
    for package in (*_PACKAGES, *packages):
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    return versions | {"system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"}


def _render(title, verdict, parts, settings, files=(), packages=(), status=""):
    import jinja2

    loader = jinja2.PackageLoader("seqaug_sklearn.reporting", package_path="")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report.html.jinja").render(
        title=title,
        status=status,
        verdict=[verdict] if isinstance(verdict, str) else list(verdict),
        parts=parts,
        settings={key: cell(value) for key, value in (provenance() | dict(settings)).items()},
        versions=_versions(packages),
        files=[{"href": name, "file": name.split("/")[-1]} for name in files],
        max_rows=MAX_ROWS,
    )
