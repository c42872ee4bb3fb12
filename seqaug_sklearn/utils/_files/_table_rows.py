"""Rows of a table of text: what separates fields, which lines are comments, what quotes hold."""

import contextlib
import csv
import re
from dataclasses import dataclass
from itertools import islice, takewhile

from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils._words import warn

__all__ = ["Row", "rows_of_cells", "rows_of_text"]

_SAID = re.compile(r'"?sep=(\\t|.)"?\s*', re.IGNORECASE)
"""First line that Excel writes and reads."""
_LOOKED_AT = 50


@dataclass(frozen=True)
class Row:
    """Fields of a row without blanks around them, and the line of the file at which it begins."""

    line: int
    fields: list[str]


def rows_of_cells(cells) -> list[Row]:
    """Rows of a sheet that hold something."""
    rows = (Row(line, [cell.strip() for cell in row]) for line, row in enumerate(cells, start=1))
    return [row for row in rows if any(row.fields)]


def rows_of_text(text: str, file: str, *, heading: bool, whitespace: bool) -> tuple[list[Row], str]:
    """Rows of a text that hold something, and what separates their fields.

    Lines that begin with ``#`` are comments, except a last one before the rows that names as many columns as they
    have.

    Parameters
    ----------
    text : str
        Content of the file, with any line ends.
    file : str
        Its name, for messages.
    heading : bool
        Whether the first line may be a heading.
    whitespace : bool
        Whether blanks separate where the first line holds no other separator.

    Raises
    ------
    DataFormatError
        If quotes are not closed.

    Warns
    -----
    SeqAugWarning
        If a line is a comment that looks like a row.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator = _said_separator(lines)
    if separator is None:
        separator = _separator(list(islice(_not_comments(lines), _LOOKED_AT)), whitespace)
    if heading:
        _uncomment_heading(lines, separator)
    if separator == " ":
        lines = [" ".join(line.split()) for line in lines]
    comments: list[int] = []
    rows = list(_rows(lines, file, separator, comments))
    behind = [line for line in comments if rows and line > rows[0].line]
    like_rows = [line for line in behind if _count(lines[line - 1], separator) == len(rows[0].fields) > 1]
    if like_rows:
        warn(
            f"{file}, line {like_rows[0]}: the line begins with # and is left out as a comment, although it has as "
            f"many fields as the rows ({len(like_rows)} such lines); put a name that begins with # into double quotes",
            SeqAugWarning,
        )
    return rows, separator


def _said_separator(lines):
    """The separator that the first line names, as Excel writes it; that line is then empty."""
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    said = None if first is None else _SAID.fullmatch(lines[first])
    if said is None:
        return None
    lines[first] = ""
    return "\t" if said[1] == "\\t" else said[1]


def _not_comments(lines):
    return (line for line in lines if line.strip() and not line.startswith("#"))


def _uncomment_heading(lines, separator):
    """Take a heading that is written as a comment for one: the last line before the rows, with as many fields."""
    before = [number for number, line in enumerate(takewhile(_is_no_row, lines)) if line.strip()]
    first = next(_not_comments(lines), None)
    if not before or first is None or lines[before[-1]].startswith("##"):
        return
    heading = lines[before[-1]]
    # prose behind "# " may hold a comma
    is_prose = heading.startswith("# ") and separator != "\t"
    if _count(heading, separator) == _count(first, separator) > 1 and not is_prose:
        lines[before[-1]] = heading[1:]


def _is_no_row(line):
    return not line.strip() or line.startswith("#")


def _rows(lines, file, separator, comments):
    """Yield the rows that hold something, their fields stripped; numbers of lines that are comments are noted."""
    place = _Place(lines, comments)
    reader = csv.reader(place, delimiter=separator, strict=True, skipinitialspace=True)
    with _fields_of_any_length(sum(map(len, lines)) + len(lines)):
        try:
            while True:
                place.at_start = True
                fields = next(reader, None)
                if fields is None:
                    return
                fields = [field.strip() for field in fields]
                if any(fields):
                    yield Row(place.begin, fields)
        except csv.Error as error:
            raise DataFormatError(
                f"{file}, line {place.begin}: a field's double quotes are not closed or text follows them ({error}); "
                "double the quotes inside a quoted field"
            ) from error


class _Place:
    """Lines for the csv module, without comments where a row begins: a quoted field may hold such lines.

    Attributes
    ----------
    at_start : bool
        Whether the next line begins a row.
    begin : int
        Line at which the row began that is read.
    """

    def __init__(self, lines, comments):
        self._lines, self._comments = enumerate(lines, start=1), comments
        self.at_start, self.begin = True, 0

    def __iter__(self):
        return self

    def __next__(self):
        number, line = next(self._lines)
        while self.at_start and line.startswith("#"):
            self._comments.append(number)
            number, line = next(self._lines)
        if self.at_start:
            self.begin, self.at_start = number, False
        return f"{line}\n"


def _separator(lines, whitespace):
    """The mark that separates fields, from the first lines."""
    # blanks and tabs beside another mark are padding
    counts = [_marks(re.sub(r"[ \t]*([,;|])[ \t]*", r"\1", _unquoted(line))) for line in lines]
    if not counts:
        return ","
    if counts[0]["\t"]:
        return "\t"  # names and headings may hold commas, never tabs
    marks = [mark for mark in ",;" if counts[0][mark]]
    steady = [mark for mark in ",;|" if counts[0][mark] and all(count[mark] == counts[0][mark] for count in counts)]
    # names may hold bars, as those of GenBank do
    found = [mark for mark in steady if mark in marks] or steady or marks
    if found:
        return max(found, key=lambda mark: counts[0][mark])
    if counts[0]["|"]:
        return "|"
    n_words = [len(_unquoted(line).split()) for line in lines]
    # R's row names have no heading of their own
    is_even = n_words[0] > 1 and len(set(n_words[1:])) == 1 and n_words[1] - n_words[0] in (0, 1)
    return " " if whitespace or is_even else ","


def _unquoted(line):
    return re.sub(r'"[^"]*"', "Q", line)


def _marks(line):
    return {mark: line.count(mark) for mark in "\t,;|"}


def _count(line, separator):
    """Number of fields of a line, quotes apart."""
    text = _unquoted(line)
    return len(text.split()) if separator == " " else text.count(separator) + 1


@contextlib.contextmanager
def _fields_of_any_length(length):
    """Sequences are longer than the csv module's limit of 131,072 characters."""
    limit = csv.field_size_limit()
    csv.field_size_limit(max(limit, length))
    try:
        yield
    finally:
        csv.field_size_limit(limit)
