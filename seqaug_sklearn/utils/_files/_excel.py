"""Workbooks of Excel (.xlsx), read as the tables that they hold."""

import datetime
import warnings
import zipfile
from pathlib import Path

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils._optional import import_optional
from seqaug_sklearn.utils._words import warn

__all__ = ["cells_of_workbook", "is_workbook"]


def is_workbook(path) -> bool:
    """Whether a file is a workbook of Excel, by its content."""
    if not Path(path).is_file():
        return False  # what is piped is read once
    with Path(path).open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def cells_of_workbook(path) -> list[list[str]]:
    """Cells of the first sheet that holds something, as text: what Excel shows in its line of input.

    Raises
    ------
    DataFormatError
        If the workbook is damaged or empty.
    MissingDependencyError
        If openpyxl is missing.

    Warns
    -----
    SeqAugWarning
        If other sheets hold something, too, or cells are dates, which Excel makes of names such as SEPT1.
    """
    name = Path(path).name
    openpyxl = import_optional("openpyxl", extra="excel", purpose=f"{name} is a workbook of Excel. Reading it")
    try:
        # openpyxl judges a path by its name
        with warnings.catch_warnings(), Path(path).open("rb") as file:
            warnings.simplefilter("ignore")  # styles and validations of cells, of which nothing is read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheets = [(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in book]
            book.close()
    except (KeyError, ValueError, OSError, SyntaxError, zipfile.BadZipFile) as error:
        raise DataFormatError(f"{name} is a damaged workbook ({error}); save it again, or as CSV") from error
    filled = [(title, rows) for title, rows in sheets if any(cell is not None for row in rows for cell in row)]
    if not filled:
        raise DataFormatError(f"{name} is an empty workbook")
    (title, rows), *others = filled
    if others:
        left = ", ".join(repr(other) for other, _ in others[:5])
        warn(
            f"{name}: the sheet {title!r} is read, and {left} are not; move the one you mean to the front",
            SeqAugWarning,
        )
    dates = sum(isinstance(cell, (datetime.date, datetime.time)) for row in rows for cell in row)
    if dates:
        warn(
            f"{name}: {dates:,} cells are dates, which Excel makes of names such as SEPT1; make that column text and "
            "type the names again if they were no dates",
            SeqAugWarning,
        )
    width = max(map(len, rows))
    return [[_text(cell) for cell in row] + [""] * (width - len(row)) for row in rows]


def _text(cell):
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, (datetime.date, datetime.time)) else str(cell)
