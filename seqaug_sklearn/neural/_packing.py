"""Every accepted X becomes one flat stack of windows: ``uint8`` codes, or float32 where X is not exactly one-hot."""

from dataclasses import dataclass, replace

import numpy as np

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import SequenceError, SequenceTypeError
from seqaug_sklearn.utils import Sequences, check_text, is_text, name_row, one_hot_to_codes, short_digest, text_to_codes

__all__ = ["PackedWindows", "equal_rows", "hashed_rows", "pack_windows", "pad_windows"]

_WAY_OUT = "pass one-hot of shape (n_samples, length, n_symbols), bags of one-hot with one axis more, or text"


@dataclass(frozen=True, slots=True)
class PackedWindows:
    """Windows of all rows, one after the other.

    Attributes
    ----------
    data : ndarray of uint8 of shape (n_windows, length) or float32 of shape (n_windows, length, n_symbols)
        Codes (``n_symbols`` = unknown or padding), or soft one-hot.
    sources : intp ndarray of shape (n_windows,)
        Row of X each window belongs to; ascending.
    n_rows, n_symbols : int
        Rows of X, one-hot columns.
    is_bag : bool
        Whether X held bags.
    text_lengths : intp ndarray of shape (n_windows,) or None
        Residues of each window where X is text.
    columns : intp ndarray of shape (n_windows,) or None
        Place of each window in its bag as X holds it, missing ones counted, where X holds bags.
    """

    data: np.ndarray
    sources: np.ndarray
    n_rows: int
    n_symbols: int
    is_bag: bool
    text_lengths: np.ndarray | None = None
    columns: np.ndarray | None = None

    @property
    def length(self):
        """Residues per window."""
        return self.data.shape[1]

    def true_lengths(self):
        """Intp ndarray (n_windows,): residues without padding; of one-hot input up to the last known residue."""
        if self.text_lengths is not None:
            return self.text_lengths
        # (n_windows, length) of bool; padding is on the right, so the last known residue ends the sequence
        is_coded = self.data.dtype == np.uint8
        known = np.asarray(self.data != self.n_symbols if is_coded else self.data.any(axis=-1))
        return self.length - known[:, ::-1].argmax(axis=1)

    def other_strand(self, alphabet):
        """Return ``data`` of the reverse complements; right padding stays at the right end.

        Parameters
        ----------
        alphabet : Alphabet
            Alphabet with a complement and ``n_symbols`` symbols.
        """
        # place that each residue of the other strand is read from; negative within the padding
        turned = self.true_lengths()[:, None] - 1 - np.arange(self.length)
        inside = turned >= 0
        if self.data.dtype == np.uint8:
            codes = alphabet.complement_codes[np.take_along_axis(self.data, turned.clip(0), axis=1)]
            return np.where(inside, codes, np.uint8(self.n_symbols))
        values = np.take_along_axis(self.data, turned.clip(0)[:, :, None], axis=1)
        # columns of soft one-hot turn with the residues; the last code, unknown, has no column
        return values[..., alphabet.complement_codes[:-1]] * inside[:, :, None]

    def keys(self, strands=()):
        """Int ndarray (n_windows,): equal numbers for windows of equal content, on any of the ``strands`` (data)."""
        strands = strands or [self.data]
        keys = equal_rows(np.concatenate(strands).reshape(len(strands) * len(self.data), -1))
        # the smallest number over both strands stands for a window and its reverse complement
        keys = keys.reshape(len(strands), -1).min(axis=0)
        return np.unique(keys, return_inverse=True)[1] if len(strands) > 1 else keys

    def row_keys(self, keys=None):
        """Int ndarray (n_rows,): equal numbers for rows of X of equal content; ``keys`` where they are known."""
        keys = self.keys() if keys is None else keys
        if not self.is_bag:
            return keys
        counts = np.bincount(self.sources, minlength=self.n_rows)
        # a bag is the list of its windows: rows of keys, -1 where a bag has fewer
        padded = np.full((self.n_rows, counts.max()), -1, np.int64)
        inside = np.arange(counts.max()) < counts[:, None]
        padded[inside] = keys
        return equal_rows(padded)


def equal_rows(rows):
    """Int ndarray (n,): equal numbers for rows of equal bytes; rows (n, ...) of at least one byte each."""
    rows = np.ascontiguousarray(rows)
    # a row as one opaque value, compared byte by byte; axis=0 of np.unique would make a structured type with a field
    # for each column
    void = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]
    return np.unique(void, return_inverse=True)[1]


def hashed_rows(rows, block=8192):
    """Keys of rows, uint64 (n, 2): equal for rows of equal bytes, and for others as good as never.

    For matrices that lie on disk: sorting them, as :func:`equal_rows` does, would take them into memory.
    """
    keys = np.empty((len(rows), 2), np.uint64)
    for start in range(0, len(rows), block):
        part = np.ascontiguousarray(rows[start : start + block])
        digests = b"".join(short_digest(row.tobytes()) for row in part)
        keys[start : start + len(part)] = np.frombuffer(digests, np.uint64).reshape(-1, 2)
    return keys


def pack_windows(X, *, alphabet, length=None, n_symbols=None):
    """Pack X.

    Parameters
    ----------
    X : array-like
        One-hot (n, length, n_symbols), bags of one-hot (n, n_windows, length, n_symbols), text (n,), or bags of text
        (n, n_windows).
    alphabet : str or Alphabet
        Alphabet of text.
    length, n_symbols : int, default=None
        What ``fit`` saw: shorter windows are padded right, longer ones and other alphabets are errors.

    Returns
    -------
    PackedWindows

    Raises
    ------
    SequenceTypeError, SequenceError
        If X is none of these forms, or a row has no known residue.
    """
    packed = _pack_text(X, alphabet) if is_text(X) else _pack_one_hot(X)
    if n_symbols is not None and packed.n_symbols != n_symbols:
        raise SequenceError(f"X has {packed.n_symbols} one-hot columns, but fit saw {n_symbols}; use the same alphabet")
    if length is not None:
        packed = _fit_length(packed, length)
    _check_no_empty_row(packed)
    return packed


def _pack_text(X, alphabet):
    alphabet = get_alphabet(alphabet)
    values, identifiers = check_text(X)
    if getattr(values, "ndim", 1) == 1:
        codes = text_to_codes(values, alphabet, identifiers=identifiers)
        lengths = Sequences(values).lengths()
        return PackedWindows(codes, np.arange(len(codes)), len(codes), len(alphabet), False, lengths)
    present = values != ""
    codes = text_to_codes(values, alphabet, identifiers=identifiers)
    # windows of all bags one after the other; missing ones (empty text) leave no trace
    codes = codes.reshape(-1, codes.shape[-1]) if present.all() else codes[present]
    lengths = np.char.str_len(values)[present]
    sources, columns = np.nonzero(present)
    return PackedWindows(codes, sources, len(values), len(alphabet), True, lengths, columns)


def _pack_one_hot(X):
    X = _numeric(X)
    if X.ndim not in (3, 4):
        raise SequenceTypeError(f"X has shape {X.shape}: a plain matrix is not read as sequences; {_WAY_OUT}")
    if 0 in X.shape or X.shape[-1] < 2:
        raise SequenceError(f"X has shape {X.shape}: each axis needs entries, the last at least 2 symbols; {_WAY_OUT}")
    data = one_hot_to_codes(X)
    if data is None:
        data = _soft_one_hot(X)
    # a window of nothing but zeros pads the bag
    known = (data != X.shape[-1]).any(-1) if data.dtype == np.uint8 else data.any(axis=(-2, -1))
    if X.ndim == 3:
        return PackedWindows(data, np.arange(len(X)), len(X), X.shape[-1], False)
    sources, columns = np.nonzero(known)
    return PackedWindows(data[known], sources, len(X), X.shape[-1], True, columns=columns)


def _numeric(X):
    try:
        X = np.asarray(X)
    except ValueError:
        raise SequenceTypeError(f"X is ragged; {_WAY_OUT}") from None
    if X.dtype.kind not in "buif":
        raise SequenceTypeError(f"X of dtype {X.dtype} is neither text nor numbers; {_WAY_OUT}")
    return X


def _soft_one_hot(X):
    """Accept rows that are distributions over the symbols; refuse everything else."""
    X = X.astype(np.float32)
    if not np.isfinite(X).all():
        raise SequenceError(f"X holds NaN or infinite entries; {_WAY_OUT}")
    total = X.sum(-1)
    # rounding in float32 may carry a distribution over 1
    if X.min() < 0 or total.max() > 1 + 1e-4:
        raise SequenceError(
            f"the last axis of X (shape {X.shape}) is not one-hot: a row sums to {total.max():g}, the smallest is "
            f"{X.min():g}; a flattened bag looks like this: use OneHotEncoder(flatten=False), or {_WAY_OUT}"
        )
    return X


def pad_windows(packed, length):
    """Pad the windows right with unknown residues to ``length``, which none of them exceeds."""
    if packed.length == length:
        return packed
    pad = [(0, 0)] * packed.data.ndim
    pad[1] = (0, length - packed.length)
    fill = packed.n_symbols if packed.data.dtype == np.uint8 else 0
    return replace(packed, data=np.pad(packed.data, pad, constant_values=fill))


def _fit_length(packed, length):
    if packed.length <= length:
        return pad_windows(packed, length)
    # what is longer than at fit may be padding
    tail = packed.data[:, length:]
    if (tail != packed.n_symbols).any() if tail.dtype == np.uint8 else tail.any():
        raise SequenceError(
            f"X holds windows of {packed.length} residues, but fit saw {length}; cut them, or encode them with "
            "OneHotEncoder(truncate=True) in one pipeline"
        )
    lengths = None if packed.text_lengths is None else np.minimum(packed.text_lengths, length)
    return replace(packed, data=packed.data[:, :length], text_lengths=lengths)


def _check_no_empty_row(packed):
    data = packed.data
    known = (data != packed.n_symbols).any(1) if data.dtype == np.uint8 else data.any(axis=(1, 2))
    per_row = np.bincount(packed.sources[known], minlength=packed.n_rows)
    empty = np.flatnonzero(per_row == 0)
    if empty.size:
        raise SequenceError(
            f"{name_row(empty[0])}: all of its windows are unknown or missing, so nothing can be learned from it; "
            f"remove it ({empty.size} of {packed.n_rows} rows)"
        )
