"""One-hot arrays of text, and back."""

import math

import numpy as np

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils import (
    check_text,
    codes_to_text,
    invalid_parameter,
    name_row,
    one_hot_to_codes,
    require_memory,
    text_to_codes,
)

__all__ = ["check_longest", "check_size", "decode", "expand_codes", "longest_text", "one_hot", "text_lengths"]

_ITEM = 32  # bytes; NumPy's take copies items of up to this size in one go, so two residues of DNA are taken at once
_PIECE = 1 << 16


def one_hot(X, alphabet="dna", *, length=None, flatten=False, unknown="ignore", truncate=False, dtype=np.float32):
    """Encode text or bags of windows as one-hot arrays.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,) or (n_samples, n_windows)
        Text or bags; the empty string is a missing window.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the text. Lower case counts as upper case.
    length : int, default=None
        Positions in the output; the longest sequence by default. Shorter sequences are padded right with zeros.
    flatten : bool, default=False
        Join the last two axes, position-major.
    unknown : {"ignore", "error"}, default="ignore"
        Whether ambiguity codes and gaps become all-zero rows or raise. Other symbols always raise.
    truncate : bool, default=False
        Cut sequences longer than ``length`` instead of raising.
    dtype : numeric dtype, default=np.float32
        Type of the output.

    Returns
    -------
    ndarray of shape (n_samples, length, n_symbols) or (n_samples, n_windows, length, n_symbols)
        With ``flatten``: (n_samples, length * n_symbols) or (n_samples, n_windows, length * n_symbols).

    Raises
    ------
    SequenceError, SequenceTypeError
        If X is not text, a symbol is outside the alphabet, or a sequence is longer than ``length``.
    InsufficientMemoryError
        If the array is larger than the memory that is free; nothing is allocated then.

    See Also
    --------
    OneHotEncoder : The same as a transformer, which learns the length.
    decode : The way back.

    Examples
    --------
    >>> one_hot(["AC", "N"]).tolist()
    [[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]], [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]
    >>> one_hot(["AC", "GT"], flatten=True, dtype=int)
    array([[1, 0, 0, 0, 0, 1, 0, 0],
           [0, 0, 1, 0, 0, 0, 0, 1]])
    """
    if unknown not in ("ignore", "error"):
        raise invalid_parameter("unknown", f"must be 'ignore' or 'error', got {unknown!r}")
    alphabet = get_alphabet(alphabet)
    values, identifiers = check_text(X)
    if length is not None and not truncate:
        check_longest(values, length, identifiers)
    check_size(values, longest_text(values) if length is None else length, alphabet, dtype)
    codes = text_to_codes(values, alphabet, length=length, identifiers=identifiers, unknown=unknown)
    return expand_codes(codes, alphabet.n_symbols, dtype=dtype, flatten=flatten)


def decode(X, alphabet="dna"):
    """Decode one-hot arrays to text.

    All-zero rows become N (X for proteins); at the right end they are padding and dropped, so ambiguity codes at the
    right end are lost, and an all-zero window becomes the empty string.

    Parameters
    ----------
    X : array-like of shape (..., length, n_symbols)
        Exact one-hot rows: one 1 and else 0, or only 0.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of the columns.

    Returns
    -------
    ndarray of str of shape (...)

    Raises
    ------
    SequenceError
        If the last axis has not one column per symbol, or a row is not one-hot.

    See Also
    --------
    one_hot : The way there.

    Examples
    --------
    >>> decode(one_hot(["ACGT", "GNA"])).tolist()
    ['ACGT', 'GNA']
    """
    X, alphabet = np.asarray(X), get_alphabet(alphabet)
    if X.ndim < 2 or X.shape[-1] != alphabet.n_symbols:
        raise SequenceError(
            f"X must have shape (..., length, {alphabet.n_symbols}) for the {alphabet.name} alphabet, got {X.shape}"
        )
    codes = one_hot_to_codes(X)
    if codes is None:
        where = np.argwhere(((X != 0) & (X != 1)).any(-1) | ((X == 1).sum(-1) > 1))[0].tolist()
        raise SequenceError(
            f"X is not one-hot at {where}: {X[tuple(where)].tolist()}; each row must hold one 1 and else 0, or only 0"
        )
    return codes_to_text(codes, alphabet)


def text_lengths(values):
    """Intp ndarray of the shape of ``values``: residues of each text or window."""
    if isinstance(values, np.ndarray):
        return np.char.str_len(values)
    return np.fromiter(map(len, values), np.intp, len(values))


def longest_text(values):
    """Residues of the longest text or window; in pieces, because bags that are views have many windows."""
    step = max(1, _PIECE // max(1, np.size(values[0]) if len(values) else 1))
    return max(int(text_lengths(values[start : start + step]).max()) for start in range(0, len(values), step))


def check_longest(values, length, identifiers):
    """Raise if a sequence has more than ``length`` residues."""
    if isinstance(values, np.ndarray) and values.dtype.itemsize <= 4 * length:
        return
    lengths = text_lengths(values)
    if lengths.max() > length:
        row = np.argwhere(lengths > length)[0]
        raise SequenceError(
            f"{name_row(row[0], identifiers)} has {lengths[tuple(row)]} residues, more than the length of {length}; "
            "pass truncate=True to cut longer sequences, or fit on the longest"
        )


def check_size(values, length, alphabet, dtype):
    """Raise, before anything is allocated, if the one-hot array of text or bags cannot fit into memory.

    Parameters
    ----------
    values : list or ndarray of str of shape (n_samples,) or (n_samples, n_windows)
        Text.
    length : int
        Positions of the array.
    alphabet : Alphabet
        Its symbols are the columns.
    dtype : numeric dtype
        Type of the array.

    Raises
    ------
    InsufficientMemoryError
        With the size, what is free, and the way out.
    """
    shape = np.shape(values) if isinstance(values, np.ndarray) else (len(values),)
    needed = float(math.prod(shape)) * length * (alphabet.n_symbols * np.dtype(dtype).itemsize + 1)
    networks = "leave the one-hot encoding out: the networks of this package take text and bags of text as they are"
    if len(shape) == 2:
        what, way_out = "windows", f"take fewer windows per sequence, WindowAugmenter(max_windows=...), or {networks}"
    else:
        what, way_out = "sequences", f"encode fewer sequences at a time, or {networks}"
    require_memory(needed, f"the one-hot array of {' x '.join(map(str, shape))} {what} of {length} symbols", way_out)


def expand_codes(codes, n_symbols, *, dtype=np.float32, flatten=False):
    """Expand ``uint8`` codes to one-hot.

    Parameters
    ----------
    codes : uint8 ndarray of shape (..., length)
        Codes; ``n_symbols`` gives an all-zero row.
    n_symbols : int
        Columns of the output.
    dtype : numeric dtype, default=np.float32
        Type of the output.
    flatten : bool, default=False
        Join the last two axes.

    Returns
    -------
    ndarray of shape (..., length, n_symbols) or (..., length * n_symbols)
    """
    # row n_symbols, of unknown residues and padding, is all zeros
    rows = np.eye(n_symbols + 1, n_symbols, dtype=dtype)
    flat = np.ascontiguousarray(codes).reshape(-1)
    # two codes are read as one uint16, which halves the number of copies
    if codes.size % 2 == 0 and 2 * rows[0].nbytes <= _ITEM:
        rows, flat = _pair_rows(rows), flat.view(np.uint16)
    items = np.empty((flat.size, rows.shape[1]), dtype)
    for begin in range(0, flat.size, _PIECE):  # take makes 8-byte indices of the codes
        part = slice(begin, begin + _PIECE)
        np.take(rows, flat[part], axis=0, out=items[part], mode="clip")
    return items.reshape((*codes.shape[:-1], -1) if flatten else (*codes.shape, n_symbols))


def _pair_rows(rows):
    """Row for each pair of codes, addressed by the two bytes read as one uint16."""
    # all pairs of codes; the view as uint16 gives their address in the machine's own byte order
    first, second = np.indices((len(rows), len(rows))).reshape(2, -1)
    pairs = np.stack([first, second], axis=1).astype(np.uint8).view(np.uint16)[:, 0]
    table = np.zeros((int(pairs.max()) + 1, 2 * rows.shape[1]), rows.dtype)
    table[pairs] = np.concatenate([rows[first], rows[second]], axis=1)
    return table
