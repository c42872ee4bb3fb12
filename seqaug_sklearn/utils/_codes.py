"""Text to ``uint8`` codes and back, through the alphabet's lookup table."""

import math

import numpy as np

from seqaug_sklearn.alphabets import INVALID, get_alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils._memory import require_memory
from seqaug_sklearn.utils._sequences import name_row
from seqaug_sklearn.utils._words import Message, Parameter

__all__ = ["codes_to_text", "one_hot_to_codes", "text_to_codes"]


def text_to_codes(values, alphabet, *, length=None, identifiers=None, unknown="ignore"):
    """Encode text as ``uint8`` codes, padded right with the alphabet's unknown code.

    Parameters
    ----------
    values : list of str or ndarray of str, any shape
        Text (n,) or bags (n, n_windows); strided views are read without a copy of the text.
    alphabet : {"dna", "rna", "protein"} or Alphabet
        Alphabet of the text. Lower case counts as upper case.
    length : int, default=None
        Length of the last axis; the longest sequence by default. Longer sequences are cut.
    identifiers : sequence, default=None
        Names for messages.
    unknown : {"ignore", "error"}, default="ignore"
        Whether ambiguity codes and gaps become the unknown code or raise.

    Returns
    -------
    codes : ndarray of uint8 of shape values.shape + (length,)

    Raises
    ------
    SequenceError
        If a symbol is outside the alphabet; the message names sequence, position (0-based) and symbol.
    InsufficientMemoryError
        If the codes are larger than the memory that is free.
    """
    alphabet = get_alphabet(alphabet)
    _check_size(values, length)
    if isinstance(values, np.ndarray) and values.dtype.kind == "U":
        codes = _array_codes(values, alphabet, length, identifiers)
    else:
        codes = _list_codes(list(values), alphabet, length, identifiers)
    if unknown == "error":
        _check_no_ambiguity(values, codes, alphabet, identifiers)
    return codes


def _check_size(values, length):
    """Refuse what cannot fit before it is allocated: one byte for each symbol, padding included."""
    is_array = isinstance(values, np.ndarray) and values.dtype.kind == "U"
    shape = values.shape if is_array else (len(values),)
    if length is None:
        length = values.dtype.itemsize // 4 if is_array else max(map(len, values), default=0)
    bags = len(shape) > 1
    require_memory(
        float(math.prod(shape)) * length,
        f"the codes of {' x '.join(map(str, shape))} {'windows' if bags else 'sequences'} of {length} symbols",
        "take fewer windows per sequence, WindowAugmenter(max_windows=...)"
        if bags
        else "every sequence is padded to the longest: take out or cut the longest ones, or pass fewer sequences",
    )


def _list_codes(values, alphabet, length, identifiers):
    lengths = np.fromiter(map(len, values), np.intp, len(values))
    # bytearray.translate is six times as fast as indexing the table, and its result stays writeable
    # codes of all texts one after the other
    flat = np.frombuffer(bytearray("".join(values), "latin-1", "replace").translate(alphabet.table.tobytes()), np.uint8)
    if (flat == INVALID).any():
        _raise_invalid(values, alphabet, identifiers)
    length = int(lengths.max(initial=0)) if length is None else length
    if (lengths == length).all():
        return flat.reshape(len(values), length)
    codes = np.full((len(values), length), alphabet.unknown, np.uint8)
    starts = np.cumsum(lengths) - lengths
    kept = np.minimum(lengths, length)
    inside = np.arange(length) < kept[:, None]
    # place in `flat` of each residue kept: its sequence's start plus its place in it
    codes[inside] = flat[np.repeat(starts - np.cumsum(kept) + kept, kept) + np.arange(kept.sum())]
    return codes


def _array_codes(values, alphabet, length, identifiers):
    step = _overlap_step(values)
    # windows that overlap in memory are looked up once per residue, not once per window
    points = _shared_points(values, step) if step else _code_points(values)
    width = values.dtype.itemsize // 4
    table = alphabet.table.copy()
    table[0] = alphabet.unknown  # NUL is NumPy's padding right of shorter strings
    # characters beyond the table have no entry that could be looked up
    if (points.size and int(points.max()) > 255) or ((codes := table[points]) == INVALID).any():
        _raise_invalid(values.ravel().tolist(), alphabet, identifiers, values.shape)
    if step:
        codes = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(codes, width, axis=1)[:, ::step])
    if length is None:
        length = int(np.char.str_len(values).max(initial=0))
    if length <= width:
        return codes[..., :length]
    pad = np.full((*values.shape, length - width), alphabet.unknown, np.uint8)
    return np.concatenate([codes, pad], axis=-1)


def _overlap_step(values):
    """Distance of windows, in residues, where the bag is a view whose windows share memory; else 0."""
    if values.ndim != 2 or values.size == 0 or not values.dtype.isnative:
        return 0
    # four bytes per symbol
    step, rest = divmod(values.strides[1], 4)
    return step if rest == 0 and 0 < step < values.dtype.itemsize // 4 and values.shape[1] > 1 else 0


def _shared_points(values, step):
    """uint32 code points (n_samples, span) under a bag of overlapping windows: each residue once."""
    span = (values.shape[1] - 1) * step + values.dtype.itemsize // 4
    first = _code_points(values[:, :1])[:, 0]
    return np.lib.stride_tricks.as_strided(first, (len(values), span), (values.strides[0], 4), writeable=False)


def _code_points(values):
    """uint32 code points (..., width) of an array of str, as a view, strided or not."""
    width = values.dtype.itemsize // 4
    if width == 0 or values.size == 0:
        return np.zeros((*values.shape, width), np.uint32)
    if not values.dtype.isnative:
        values = values.astype(values.dtype.newbyteorder("="))
    # a structured type keeps the strides, where a plain view of uint32 would need contiguous memory
    return values.view(np.dtype([("points", np.uint32, (width,))]))["points"]


def _raise_invalid(values, alphabet, identifiers, shape=None):
    for row, text in enumerate(values):
        for position, symbol in enumerate(text):
            if ord(symbol) > 255 or alphabet.table[ord(symbol)] == INVALID:
                parent = row if shape is None or len(shape) == 1 else row // shape[1]
                window = "" if shape is None or len(shape) == 1 else f", window {row % shape[1]}"
                raise SequenceError(
                    Message(
                        f"{name_row(parent, identifiers)}{window}, position {position}: symbol {symbol!r} is not in "
                        f"the {alphabet.name} alphabet ({alphabet.symbols} and the codes "
                        f"{''.join(alphabet.ambiguity)}{alphabet.gaps})",
                        *_hint(text, alphabet),
                    )
                )


def _hint(text, alphabet):
    letters = set(text.upper())
    for name in ("dna", "rna", "protein"):
        other = get_alphabet(name)
        if other != alphabet and letters <= {*other.symbols, *other.ambiguity, *other.gaps}:
            return f"; if this is {name}, pass ", Parameter("alphabet", name)
    return ()


def _check_no_ambiguity(values, codes, alphabet, identifiers):
    lengths = np.char.str_len(np.asarray(values, dtype=np.str_))
    bad = (codes == alphabet.unknown) & (np.arange(codes.shape[-1]) < lengths[..., None])
    if bad.any():
        *row, position = np.argwhere(bad)[0].tolist()
        text = values[tuple(row)] if isinstance(values, np.ndarray) else values[row[0]]
        raise SequenceError(
            f"{name_row(row[0], identifiers)}, position {position}: symbol {text[position]!r} is ambiguous or a gap; "
            f"pass unknown='ignore' to encode it as an all-zero row"
        )


def codes_to_text(codes, alphabet, *, strip=True):
    """Decode ``uint8`` codes (..., length) to an ndarray of str (...).

    Unknown codes become N (X for proteins); on the right end they are padding and dropped when ``strip``.
    """
    alphabet = get_alphabet(alphabet)
    codes = np.minimum(codes, alphabet.unknown)
    if codes.shape[-1] == 0:
        return np.full(codes.shape[:-1], "", dtype="U1")
    points = alphabet.letters[codes].astype(np.uint32)
    if strip:
        known = codes != alphabet.unknown
        kept = np.where(known.any(-1), codes.shape[-1] - np.argmax(known[..., ::-1], axis=-1), 0)
        points[np.arange(codes.shape[-1]) >= kept[..., None]] = 0
    return np.ascontiguousarray(points).view(f"U{codes.shape[-1]}")[..., 0]


def one_hot_to_codes(X):
    """Pack exact one-hot (..., length, n_symbols) to ``uint8`` codes, or return None where X is not exactly one-hot.

    Rows hold one 1 and else 0 (code = its column) or only 0 (code = n_symbols).
    """
    X = np.asarray(X)
    n_symbols = X.shape[-1]
    ones = X == 1
    # one byte per residue in place of eight
    count = ones.sum(-1, dtype=np.uint8) if n_symbols < 255 else ones.sum(-1)
    if (count > 1).any() or not ((X == 0) | ones).all():
        return None
    codes = ones.argmax(-1).astype(np.uint8)
    codes[count == 0] = n_symbols
    return codes
