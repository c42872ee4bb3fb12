"""Text files, gzip or plain: read in pieces, with one clear error for what is damaged, not text, or too large."""

import codecs
import contextlib
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from seqaug_sklearn.exceptions import DataFormatError, InsufficientMemoryError, SeqAugWarning
from seqaug_sklearn.utils._memory import free_memory, readable
from seqaug_sklearn.utils._words import warn

__all__ = ["check_line_lengths", "open_text", "read_text"]

_GZIP_MAGIC = b"\x1f\x8b"
_MARKS = {
    # the mark of UTF-16 is the beginning of that of UTF-32
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NO_TEXT = {
    b"PK\x03\x04": ("a zip archive or a workbook of a spreadsheet program", "unpack it, or save it as CSV"),
    b"\xd0\xcf\x11\xe0": ("a workbook of an old Excel", "save it as .xlsx or CSV"),
    b"BZh": ("packed with bzip2", "unpack it with bunzip2"),
    b"\xfd7zXZ": ("packed with xz", "unpack it with unxz"),
    b"\x28\xb5\x2f\xfd": ("packed with zstd", "unpack it with unzstd"),
    b"\x89PNG": ("a picture", "look for the file that holds the data"),
    b"%PDF": ("a PDF file", "copy the sequences or the table out of it"),
    b"{\\rtf": ("a rich-text file of a word processor", "save it as plain text"),
    b"PAR1": ("a Parquet file", "read it with pandas.read_parquet, or write it as CSV"),
    b"\x89HDF": ("an HDF5 file", "read it with h5py"),
    b"\x93NUMPY": ("an array of NumPy", "read it with numpy.load"),
}
"""First bytes of what is often taken for text -> what it is, and the way out."""
_LOOKED_AT = 256
"""First bytes by which the encoding is guessed."""
_PAGE = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
_PIECE = 2**18
_MOST_RATIO = 200
"""Gzip packs what repeats after more than 512 characters at 130:1 at best (near-identical genomes), other sequences and
tables at 3 to 30:1. Only runs of a few letters, and files made to do harm, come to 1,000:1."""
_HIGHEST_RATIO = 1032
"""Of deflate, whatever is packed."""
_COPIES_OF_A_LINE = 5
"""Of htslib, which lengthens its buffers by half, and of its parser."""
_BLOCK = 2**16
"""Bytes that a block of bgzip holds at most."""
_ALWAYS_READ = 2**28
"""Characters that are unpacked whatever the ratio: no assembly has longer runs of N."""
_OBJECTS_PER_BYTE = 40
"""Memory for a byte of text at most: rows of empty cells and features of a GenBank file become small objects."""


@contextlib.contextmanager
def open_text(path, *, newline: str | None = None, copies: float = 2) -> Iterator[io.TextIOWrapper]:
    r"""Open a text file for reading; gzip is recognised by its first bytes, whatever the file is called.

    UTF-8 and UTF-16 are read with and without a byte-order mark, UTF-32 with one. Bytes that are not UTF-8 are taken
    for Windows-1252 (comments in old GenBank files, tables from old spreadsheets), which is said in a warning. Nothing
    is unpacked ahead of the reader.

    Parameters
    ----------
    path : str or path-like
        File to read.
    newline : None or "", default=None
        As in :func:`open`: None gives every line end as ``\n``, those of old Macs too; "" leaves them as they are.
    copies : float, default=2
        How many times the reader will hold the text in memory: it is refused once that is more than is free.

    Yields
    ------
    file : io.TextIOWrapper
        Its methods raise the errors below while they read.

    Raises
    ------
    DataFormatError
        If the gzip stream is damaged, cut off, or unpacks to far more than text does, or the content is not text.
    InsufficientMemoryError
        If the text is larger than the memory that is free.

    Warns
    -----
    SeqAugWarning
        If the encoding is a guess.
    """
    path = Path(path)
    with path.open("rb") as packed:
        counted = _Counted(packed)
        is_gzip = packed.peek(2).startswith(_GZIP_MAGIC)
        # packed bytes are counted below gzip and unpacked ones above it: their ratio tells a bomb early
        content = gzip.GzipFile(fileobj=cast(IO[bytes], counted), mode="rb") if is_gzip else counted
        checked = _Checked(content, path.name, _Limit(path.name, counted, copies))
        buffered = io.BufferedReader(checked, _PIECE)
        buffered.peek(2)
        errors = _WINDOWS_1252 if checked.encoding == "utf-8-sig" else "strict"
        with io.TextIOWrapper(buffered, encoding=checked.encoding, errors=errors, newline=newline) as file:
            try:
                yield file
            except UnicodeDecodeError as error:
                name = checked.encoding[:6].upper()
                raise DataFormatError(f"{path.name} is damaged: it begins as {name} text and is none") from error
    if checked.strange is not None:
        warn(
            f"{path.name} is not in UTF-8; its other letters are read as Windows-1252 ({checked.strange!r}). If they "
            "look wrong, save the file as UTF-8",
            SeqAugWarning,
        )


def read_text(path) -> str:
    """Return the whole text of a file, its line ends as they are; :func:`open_text` says what is read and refused."""
    with open_text(path, newline="", copies=3) as file:
        return file.read()


def check_line_lengths(path) -> None:
    """Refuse a gzip or bgzip file with a line that memory does not hold, before another library reads it.

    Rows of many individuals without a variant pack as well as files that were made to do harm, so only the length of a
    line separates them. Contents are unpacked, piece by piece, only where they may be more than 200 times the file.

    Parameters
    ----------
    path : str or path-like
        File. Others than gzip pass, and damage is left to the reader.

    Raises
    ------
    InsufficientMemoryError
        Naming the file, the line, and its length.
    """
    path = Path(path)
    limit = free_memory() / _COPIES_OF_A_LINE
    if not path.is_file() or path.stat().st_size * _HIGHEST_RATIO <= limit:
        return
    with path.open("rb") as packed:
        if not packed.peek(2).startswith(_GZIP_MAGIC) or _packs_as_usual(packed, path.stat().st_size):
            return
        packed.seek(0)
        with contextlib.suppress(gzip.BadGzipFile, EOFError, zlib.error), gzip.GzipFile(fileobj=packed) as content:
            _check_lines(content, path.name, limit)


def _check_lines(content, name, limit):
    number, length = 1, 0
    if content.peek(3).startswith(b"BCF"):  # binary: it has no lines
        return
    while piece := content.read(_PIECE):
        first, *others = piece.split(b"\n")
        length += len(first)
        if length > limit:
            raise InsufficientMemoryError(
                f"{name}: line {number} has more than {length / 1e6:,.0f} million characters, and reading it takes "
                f"{_COPIES_OF_A_LINE} times that, but {readable(_COPIES_OF_A_LINE * limit)} of memory are free; "
                "this is no usual file, look at its beginning"
            )
        number += len(others)
        length = len(others[-1]) if others else length


def _packs_as_usual(packed, size):
    """Whether the blocks of a bgzip file cannot hold more than usual; plain gzip does not tell."""
    n_blocks = _count_blocks(packed, size)
    return n_blocks is not None and n_blocks * _BLOCK <= _MOST_RATIO * size


def _count_blocks(packed, size):
    """Blocks of a bgzip file, from the lengths that they begin with; None where it is plain gzip."""
    n_blocks, place = 0, 0
    while place < size:
        packed.seek(place)
        head = packed.read(18)
        if head[:4] != b"\x1f\x8b\x08\x04" or head[12:14] != b"BC":
            return None
        # BSIZE of the format: length of the block less one
        place += int.from_bytes(head[16:18], "little") + 1
        n_blocks += 1
    return n_blocks


class _Counted:
    """What gzip needs of a file, and how many bytes it has taken."""

    def __init__(self, file: IO[bytes]):
        self._file = file
        self.taken = 0

    def read(self, size: int) -> bytes:
        piece = self._file.read(size)
        self.taken += len(piece)
        return piece


class _Limit:
    """How much a file may unpack to, beside what it was packed in and the memory that is free."""

    def __init__(self, name, counted, copies):
        self._name = name
        self._counted = counted
        self._copies = copies
        self._free = free_memory()
        self.always_read = min(_ALWAYS_READ, self._free / _OBJECTS_PER_BYTE)
        self.total = 0

    def add(self, n_bytes):
        """Count unpacked bytes; raise where they are too many."""
        self.total += n_bytes
        if self.total > max(_MOST_RATIO * self._counted.taken, self.always_read):
            raise DataFormatError(
                f"{self._name}: its first {readable(self._counted.taken)} unpack to more than {readable(self.total)}; "
                "text does not pack like that, so it is not read (if you trust the file, unpack it with gunzip first)"
            )
        if self._copies * self.total > self._free:
            raise InsufficientMemoryError(
                f"{self._name} holds more than {readable(self.total)} of text, and reading it takes "
                f"{self._copies:g} times that, but {readable(self._free)} of memory are free; split the file"
            )


class _Checked(io.RawIOBase):
    """Bytes of a text file, checked piece by piece before anybody holds more of them.

    Attributes
    ----------
    encoding : str
        What the first bytes say.
    strange : str or None
        The first letters that are not UTF-8, as they are read, and some before them.
    """

    def __init__(self, content, name, limit):
        self._content = content
        self._name = name
        self._limit = limit
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self.encoding = "utf-8-sig"
        self.strange: str | None = None

    def readable(self):
        return True

    def readinto(self, buffer):
        try:
            piece = self._content.read(len(buffer))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataFormatError(
                f"{self._name}: the gzip file is damaged or cut off ({error}); copy it again"
            ) from error
        if not self._limit.total:
            self._look_at_beginning(piece)
        if self.encoding == "utf-8-sig":
            if b"\x00" in piece:
                raise DataFormatError(f"{self._name} is a binary file, not text; unpack or export it first")
            self._look_for_other_letters(piece)
        self._limit.add(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)

    def _look_at_beginning(self, piece):
        what = next((what for magic, what in _NO_TEXT.items() if piece.startswith(magic)), None)
        if what is not None:
            raise DataFormatError(f"{self._name} is {what[0]}, not text; {what[1]} first")
        if _PAGE.match(piece):
            raise DataFormatError(f"{self._name} is a web page, not data; the download went wrong, look at it")
        self.encoding = next((name for mark, name in _MARKS.items() if piece.startswith(mark)), "utf-8-sig")
        if self.encoding == "utf-8-sig":
            first, second = piece[:_LOOKED_AT:2], piece[1:_LOOKED_AT:2]
            # of letters of European languages one of two bytes is zero, and always the same one
            if _is_mostly_zero(second) and 0 not in first:
                self.encoding = "utf-16-le"
            elif _is_mostly_zero(first) and 0 not in second:
                self.encoding = "utf-16-be"

    def _look_for_other_letters(self, piece):
        if self.strange is not None or (piece.isascii() and not self._utf8.getstate()[0]):
            return
        try:
            self._utf8.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            around = error.object[max(error.start - 12, 0) : error.end + 12].splitlines()
            self.strange = next(part for part in around if not part.isascii()).decode("utf-8", _WINDOWS_1252)


def _is_mostly_zero(content):
    return len(content) > 1 and content.count(0) >= 0.8 * len(content)


_WINDOWS_1252 = "seqaug_windows_1252"


def _decode_windows_1252(error):
    """Letters for the bytes that are not UTF-8; what Windows-1252 leaves open is taken from Latin-1."""
    strange = error.object[error.start : error.end]
    try:
        return strange.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return strange.decode("latin-1"), error.end


codecs.register_error(_WINDOWS_1252, _decode_windows_1252)
