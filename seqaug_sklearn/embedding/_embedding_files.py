"""Embeddings as files: ``.npz`` to keep and share, ``.npy`` to grow."""

import contextlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Parameter, damaged_row, invalid_data, invalid_parameter, replaced_file

__all__ = ["Embeddings", "GrowingArray", "read_embeddings", "save_embeddings"]


@dataclass(frozen=True)
class Embeddings:
    """Embeddings read from a file.

    Attributes
    ----------
    values : float ndarray of shape (n_samples, n_columns)
        Vectors; of a pair, the first and the second side by side.
    identifiers : ndarray of shape (n_samples,) or None
        Names of the rows.
    y : ndarray of shape (n_samples,) or None
        Labels.
    source : str
        What made them, as given; "" where nothing was said.
    """

    values: np.ndarray
    identifiers: np.ndarray | None = None
    y: np.ndarray | None = None
    source: str = ""


def save_embeddings(path, values, *, identifiers=None, y=None, source="", layout="values"):
    """Write embeddings to an ``.npz`` file, which any NumPy reads without pickles.

    Parameters
    ----------
    path : str or path-like
        File; it appears when it is complete, and replaces an older one.
    values : float array-like of shape (n_samples, n_columns)
        Vectors.
    identifiers : array-like of shape (n_samples,), default=None
        Names of the rows, for example the index of the sequences.
    y : array-like of shape (n_samples,), default=None
        Labels: numbers or text.
    source : str, default=""
        What made them: model, revision, settings.
    layout : {"values", "pairs"}, default="values"
        "pairs": arrays ``seq1, seq2, labels``, the two vectors of each pair, as the DNA-BERT pair system reads them; y
        must be given then, and identifiers are not kept.

    Raises
    ------
    ValueError
        If lengths differ, labels or names are neither numbers nor text, a row holds NaN or an infinite value, or
        layout="pairs" gets an odd number of columns or no labels.
    FileNotFoundError
        If the folder of the path is not there.
    OutputError
        If the file cannot be written; an older one is still there.

    See Also
    --------
    read_embeddings : The way back.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "genes.npz")
    ...     save_embeddings(path, [[0.5, 1.0]], identifiers=["rbcL"], source="DNABERT, k = 6")
    ...     read_embeddings(path)
    Embeddings(values=array([[0.5, 1. ]]), identifiers=array(['rbcL'], dtype='<U4'), y=None, source='DNABERT, k = 6')
    """
    values = np.asarray(values)
    if values.ndim != 2 or values.dtype.kind != "f":
        raise invalid_data(
            "values", f"must be floats of shape (n_samples, n_columns), got {values.dtype} {values.shape}"
        )
    bad = damaged_row(values)
    if bad is not None:
        raise DataFormatError(
            f"row {bad[0]} of values holds {bad[1]}: embed it again or drop the row; nothing was saved"
        )
    columns = (("identifiers", identifiers), ("y", y))
    arrays = {name: _plain(column, name, len(values)) for name, column in columns if column is not None}
    if layout == "pairs":
        arrays = _as_pairs(values, arrays)
    elif layout == "values":
        arrays |= {"values": values, "source": np.array(str(source))}
    else:
        raise invalid_parameter("layout", f"must be 'values' or 'pairs', got {layout!r}")
    with _replacement(path) as file:
        np.savez(file, **arrays)


def read_embeddings(path):
    """Read what :func:`save_embeddings` wrote, or the DNA-BERT pair system's arrays ``seq1, seq2, labels``.

    Parameters
    ----------
    path : str or path-like
        File.

    Returns
    -------
    Embeddings

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DataFormatError
        If it is damaged, or holds something else.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}")
    try:
        # numpy leaves a file it opened itself open where the archive is broken
        with open(path, "rb") as handle, np.load(handle, allow_pickle=False) as file:
            found = _from_pairs(file) if "seq1" in file else _from_values(file)
    except (ValueError, KeyError, OSError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
        raise DataFormatError(
            f"{str(path)!r} is no file of embeddings, or is damaged ({error}); save it again"
        ) from error
    lengths = {len(column) for column in (found.values, found.identifiers, found.y) if column is not None}
    if found.values.ndim != 2 or len(lengths) > 1:
        raise DataFormatError(f"{str(path)!r} is no file of embeddings: its columns differ in length; save it again")
    return found


def _as_pairs(values, arrays):
    if values.shape[1] % 2 or "y" not in arrays:
        raise invalid_parameter(
            Parameter("layout", "pairs"), f"needs y and an even number of columns, got {values.shape[1]} columns"
        )
    first, second = np.hsplit(values, 2)
    return {"seq1": first, "seq2": second, "labels": arrays["y"]}


def _from_values(file):
    columns = {name: file.get(name) for name in ("identifiers", "y")}
    return Embeddings(values=file["values"], source=str(file["source"]), **columns)


def _from_pairs(file):
    sides = [file["seq1"], file["seq2"]]
    if any(side.ndim != 2 or side.dtype.kind not in "fiu" for side in sides):
        raise DataFormatError("seq1 and seq2 are no matrices of numbers; read_pairs reads sequences")
    return Embeddings(values=np.hstack(sides), y=file.get("labels"))


def _plain(column, name, length):
    """Numbers or text as an array that needs no pickle."""
    column = np.asarray(column)
    if column.dtype == object and all(isinstance(entry, str) for entry in column.flat):
        column = column.astype(np.str_)
    if column.shape != (length,) or column.dtype.kind not in "biufU":
        raise invalid_data(
            name, f"must be {length} numbers or texts, one per row of values, got {column.dtype} {column.shape}"
        )
    return column


def _replacement(path):
    """A binary file that takes the place of ``path`` when the block ends well."""
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise FileNotFoundError(f"the folder of {str(path)!r} does not exist; make it first")
    return replaced_file(path)


class GrowingArray:
    """A float32 ``.npy`` file that gets its rows block by block, and its name when the block ends well.

    Parameters
    ----------
    path : str or path-like
        File.
    width : int
        Columns.
    """

    def __init__(self, path, *, width):
        self._writing = _replacement(path)
        self.width, self.n_rows = width, 0

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        self._file = self._stack.enter_context(self._writing)
        self._stack.push(self._complete)
        self._write_header()
        return self

    def append(self, block):
        """Write rows, float32 (n, width)."""
        self._file.write(np.ascontiguousarray(block, "<f4").data)
        self.n_rows += len(block)

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def _complete(self, error, *_):
        if error is None:
            # numpy pads the header so that a longer number of rows fits into the same place
            self._file.seek(0)
            self._write_header()

    def _write_header(self):
        header = {"descr": "<f4", "fortran_order": False, "shape": (self.n_rows, self.width)}
        np.lib.format.write_array_header_1_0(self._file, header)
