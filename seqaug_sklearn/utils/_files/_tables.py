"""Tables of text: the one reader of CSV, TSV and their kin, in which no column is ever shifted."""

import re
from pathlib import Path

import pandas as pd

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils._files._columns import is_heading, place_of
from seqaug_sklearn.utils._files._excel import cells_of_workbook, is_workbook
from seqaug_sklearn.utils._files._missing_words import is_missing_word
from seqaug_sklearn.utils._files._table_rows import rows_of_cells, rows_of_text
from seqaug_sklearn.utils._files._text_files import read_text
from seqaug_sklearn.utils._words import counted, warn

__all__ = ["parse_table", "read_table", "separator_of", "table_column"]

_SEQUENCE = re.compile(r"[A-Za-z*.-]+")


def read_table(path, *, heading: bool | None = True, whitespace: bool = False, name_column=None, names=None):
    """Read a table from a file: text, gzip too, or a workbook of Excel.

    Parameters and errors are those of `parse_table`.
    """
    file = Path(path).name
    if is_workbook(path):
        return _table(rows_of_cells(cells_of_workbook(path)), file, "\t", heading, name_column, names)
    return parse_table(
        read_text(path), file, heading=heading, whitespace=whitespace, name_column=name_column, names=names
    )


def parse_table(
    text: str, file: str, *, heading: bool | None = True, whitespace: bool = False, name_column=None, names=None
) -> pd.DataFrame:
    """Read a table whose rows all have the fields that the heading names.

    Fields are separated by what a first line ``sep=;`` says, else by tabs if the first line holds one, else by comma or
    semicolon, whichever divides the first lines into equally many fields, else by ``|`` or blanks. Quoted fields may
    hold separators and line breaks. Any kind of line end is read; blank lines, lines of separators alone, and lines
    that begin with ``#`` are left out (a heading may begin so). A row with more or fewer fields than the heading is
    refused, because it is unclear which field is the surplus or the missing one. Two forms are read: fields that every
    row has beyond the heading, all of them empty (ignored, with a warning), and the row names of R, which have no
    heading, where the content shows them for certain.

    Parameters
    ----------
    text : str
        Content of the file.
    file : str
        Its name, for messages.
    heading : bool or None, default=True
        Whether the first line names the columns; otherwise they are numbered. None: it does, unless it holds a sequence
        like those below it; columns are then numbered from "1".
    whitespace : bool, default=False
        Whether blanks separate where the first line holds none of the other separators, in whatever number.
    name_column : str, default=None
        Column of the rows' names, without which R's row names are not looked for.
    names : set of str, default=None
        Names that the table is about, to tell R's row names from a surplus last column.

    Returns
    -------
    pandas.DataFrame
        Text without blanks around it, an empty cell as ``""``; the index, "line", is the line of each row in the file.
        ``attrs["heading"]`` says whether there is one.

    Raises
    ------
    DataFormatError
        If there is no line, quotes are not closed, or a row has another number of fields.
    """
    rows, separator = rows_of_text(text, file, heading=heading is not False, whitespace=whitespace)
    return _table(rows, file, separator, heading, name_column, names)


def _table(rows, file, separator, heading, name_column, names):
    if not rows:
        raise DataFormatError(f"{file} is empty; a table has {'a heading and ' if heading else ''}one row per entry")
    has_heading = is_heading([row.fields for row in rows]) if heading is None else heading
    if has_heading:
        columns = rows[0].fields
        rows = rows[1:]
        columns, cells = _under_heading(columns, rows, file, separator, name_column, names)
    else:
        cells = _without_heading(rows, file)
        columns = range(len(cells[0]))
        columns = columns if heading is False else [str(place + 1) for place in columns]
    lines = pd.Index([row.line for row in rows], name="line", dtype=int)
    table = pd.DataFrame(cells, index=lines, columns=pd.Index(columns), dtype=object)
    table.attrs["heading"] = has_heading
    return table


def table_column(table: pd.DataFrame, column: str, file: str) -> pd.Series:
    """Return a column that is there, once.

    Raises
    ------
    DataFormatError
        If several columns have that name, or a field holds a line break: quotes that are closed too late swallow rows.
    """
    count = list(table.columns).count(column)
    if count > 1:
        raise DataFormatError(f"{file} has {count} columns {column!r}; rename the others")
    values = table[column]
    broken = [row for row, value in values.items() if isinstance(value, str) and "\n" in value]
    if broken:
        place = f"line {broken[0]}" if values.index.name == "line" else repr(broken[0])
        raise DataFormatError(
            f"{file}, {place}: the field of column {column!r} holds a line break; check its double quotes"
        )
    return values


def _without_heading(rows, file):
    width = len(rows[0].fields)
    for row in rows:
        if len(row.fields) != width:
            raise DataFormatError(
                f"{file}, {_place(row)}: {len(row.fields)} fields, but line {rows[0].line} has {width}; all rows need "
                "the same, and a field that holds a separator needs double quotes"
            )
    filled = max(_filled(row.fields) for row in rows)
    return [row.fields[:filled] for row in rows]


def _under_heading(columns, rows, file, separator, name_column, names):
    """Columns that have a name or content, and their cells."""
    filled = max((_filled(row.fields) for row in rows), default=0)
    width = max(_filled(columns), min(len(columns), filled))
    if _has_row_names(columns[:width], rows, separator, name_column, names):
        return _named(columns[:width]), [row.fields[1:] for row in rows]
    lengths = {len(row.fields) for row in rows} - {width}
    # the same number of empty fields behind every row is a habit of some programs; in some rows, anything may be meant
    if lengths and (len({len(row.fields) for row in rows}) > 1 or min(lengths) < width or filled > width):
        raise DataFormatError(_unequal(columns[:width], rows, file))
    if lengths and max(lengths) > len(columns):
        surplus = max(lengths) - width
        warn(
            f"{file}: every row ends in {counted(surplus, 'empty field')} more than the {width} of the heading; they "
            "are ignored",
            SeqAugWarning,
        )
    return _named(columns[:width]), [row.fields[:width] for row in rows]


def _filled(fields):
    """Number of fields up to the last one that is not empty."""
    return max((place for place, field in enumerate(fields, start=1) if field), default=0)


def _named(columns):
    return [name or f"column {place}" for place, name in enumerate(columns, start=1)]


def _unequal(columns, rows, file):
    width = len(columns)
    row = next(row for row in rows if len(row.fields) != width)
    found = len(row.fields)
    told = f"{file}, {_place(row)}: {counted(found, 'field')}, but the heading has {width}"
    told += f" ({', '.join(_named(columns))})"
    if found < width:
        return f"{told}; write the separators of empty fields too, so that it is clear which ones are missing"
    if all(len(other.fields) == found for other in rows):
        return (
            f"{told}, and so has every row; name all columns in the heading (from R: write.table with col.names=NA, "
            "or row.names=FALSE) or remove the surplus one"
        )
    return f"{told}; remove the surplus, or put a field that holds a separator into double quotes"


def _place(row):
    return f"line {row.line} ({row.fields[0][:40]!r})"


def _has_row_names(columns, rows, separator, name_column, names):
    """Whether every row begins with R's row name, of which the heading knows nothing.

    A surplus last column has the same number of fields, so the content must tell: with row names, the names and the
    sequences stand one field later than the heading says. Where commas separate, the first field may also be a piece of
    the name, so only numbers from 1 count.
    """
    width = len(columns)
    place = None if name_column is None else place_of(columns, name_column, "name")
    if place is None or not rows or any(len(row.fields) != width + 1 for row in rows):
        return False
    row_names, numbers = [row.fields[0] for row in rows], [str(i) for i in range(1, len(rows) + 1)]
    if row_names != numbers and (separator in ",;|" or "" in row_names or len(set(row_names)) < len(rows)):
        return False
    here, later = _here_and_later(rows, place)
    if "" in later:
        return False
    if names is not None:
        return not names.intersection(here) and bool(names.intersection(later))
    place = place_of(columns, "sequence", "sequence")
    if place is None:
        return False
    here, later = _here_and_later(rows, place)
    like_names = sum(not _like_sequence(text) and not is_missing_word(text) for text in here)
    return like_names > len(rows) / 2 and all(map(_like_sequence, later))


def _here_and_later(rows, place):
    return [row.fields[place] for row in rows], [row.fields[place + 1] for row in rows]


def _like_sequence(text):
    return _SEQUENCE.fullmatch(text) is not None and not is_missing_word(text)


def separator_of(path) -> str:
    """What separates the columns of a table to write: tabs where its name ends in .tsv or .tsv.gz, else commas."""
    return "\t" if ".tsv" in [suffix.lower() for suffix in Path(path).suffixes[-2:]] else ","
