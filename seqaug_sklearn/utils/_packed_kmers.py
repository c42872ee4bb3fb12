"""K-mers as numbers in the base of their alphabet, in the narrowest type that holds them, and their counts in rows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.exceptions import SequenceError
from seqaug_sklearn.utils._codes import text_to_codes
from seqaug_sklearn.utils._sequences import Sequences

__all__ = [
    "CountedKmers",
    "count_keys",
    "count_kmers",
    "flat_codes",
    "join_kmers",
    "longest_packed",
    "pack_afresh",
    "pack_kmers",
    "unpack_kmers",
]

# a packed k-mer is a non-negative int64 with a bit to spare
_KEY_BITS = 62
# keys that are sorted at a time: as many as the caches hold
_BLOCK_KEYS = 2**18


def longest_packed(alphabet: Alphabet) -> int:
    """Longest k-mer whose key is a number in the base of the alphabet, whatever other k-mers there are."""
    return int(_KEY_BITS / np.log2(_base(alphabet)) + 1e-9)


def _base(alphabet):
    return max(alphabet.n_symbols, 2)


def flat_codes(sequences: Sequences, alphabet: Alphabet) -> tuple[np.ndarray, np.ndarray]:
    """Encode validated sequences as one row of codes.

    Returns
    -------
    codes : uint8 ndarray of shape (n_residues,)
        Codes of all sequences, one after the other.
    lengths : int64 ndarray of shape (n_sequences,)
        Residues per sequence.

    Raises
    ------
    SequenceError
        If a symbol is outside the alphabet; the message names sequence, position and symbol.
    """
    values = sequences.values.tolist() if isinstance(sequences.values, np.ndarray) else sequences.values
    try:
        # one long sequence: a table by sequences would be padded to the longest
        codes = text_to_codes(["".join(values)], alphabet)[0]
    except SequenceError:
        # once more, row by row, for a message that names the sequence
        text_to_codes(values, alphabet, identifiers=sequences.identifiers)
        raise
    return codes, np.fromiter(map(len, values), np.int64, len(values))


def join_kmers(first, second, length: int, grow: int, base: int) -> list[np.ndarray]:
    """Keys of `length + grow` symbols from those of `length` and, starting right behind them, of `grow`, per strand."""
    n_starts = len(first[0]) - grow
    joined = [first[0][:n_starts] * base**grow + second[0][length : length + n_starts]]
    if len(first) == 2:
        # the other strand reads backwards: what comes later stands first
        joined.append(second[1][length : length + n_starts] * base**length + first[1][:n_starts])
    return joined


def pack_afresh(strands: list[np.ndarray], k: int, base: int) -> list[np.ndarray]:
    """Keys of all places, per strand, from the codes of one symbol, by doubling."""
    if k == 1:
        return strands
    first = pack_afresh(strands, k - k // 2, base)
    second = first if k % 2 == 0 else pack_afresh(strands, k // 2, base)
    return join_kmers(first, second, k - k // 2, k // 2, base)


def pack_kmers(codes: np.ndarray, k: int, alphabet: Alphabet, *, canonical: bool = False) -> tuple[np.ndarray, int]:
    """Return the key of the k-mer at each place of a row of codes.

    Keys of one length stand in the order of the alphabet, and two rows of codes give the same k-mer the same key.

    Parameters
    ----------
    codes : uint8 ndarray of shape (n,)
        Codes.
    k : int
        Length, at most :func:`longest_packed`.
    alphabet : Alphabet
        Alphabet of the codes.
    canonical : bool, default=False
        Give a k-mer and its reverse complement the smaller key of both.

    Returns
    -------
    keys : ndarray of shape (n - k + 1,)
        Of the narrowest type, because keys are sorted.
    missing : int
        The key of places where a symbol is unknown; larger than all others.
    """
    base = _base(alphabet)
    kind = next(kind for kind in (np.uint16, np.uint32, np.int64) if base**k <= np.iinfo(kind).max)
    missing = int(np.iinfo(kind).max)
    if len(codes) < k:
        return np.zeros(0, kind), missing
    strands = [codes.astype(kind)]
    if canonical:
        strands.append(_complement(codes, alphabet).astype(kind))
    packed = pack_afresh(strands, k, base)
    keys = np.minimum(*packed) if canonical else packed[0]
    unknown = codes == alphabet.unknown
    if unknown.any():
        keys = keys.copy() if k == 1 else keys
        before = np.concatenate([[0], np.cumsum(unknown)])
        keys[before[k:] > before[:-k]] = missing
    return keys, missing


def _complement(codes, alphabet):
    # bytes.translate is many times as fast as indexing a table
    table = np.arange(256, dtype=np.uint8)
    table[: alphabet.n_symbols + 1] = alphabet.complement_codes
    return np.frombuffer(codes.tobytes().translate(table.tobytes()), np.uint8)


def unpack_kmers(keys: np.ndarray, k: int, alphabet: Alphabet) -> np.ndarray:
    """Return the text of packed k-mers: ndarray of str of shape (n_keys,)."""
    places = _base(alphabet) ** np.arange(k - 1, -1, -1, dtype=np.int64)
    codes = keys.astype(np.int64)[:, None] // places % _base(alphabet)
    letters = np.array(list(alphabet.symbols))[codes]
    return np.ascontiguousarray(letters).view(f"U{k}")[:, 0]


@dataclass(frozen=True, slots=True)
class CountedKmers:
    """K-mers of one length in each row, once each, in the order of their keys.

    Attributes
    ----------
    indptr : int64 ndarray of shape (n_rows + 1,)
        Where the k-mers of each row begin.
    keys : ndarray of shape (n_entries,)
        K-mers.
    counts : int32 ndarray of shape (n_entries,)
        How often each stands in its row.
    """

    indptr: np.ndarray
    keys: np.ndarray
    counts: np.ndarray


def count_kmers(
    codes: np.ndarray, lengths: np.ndarray, k: int, alphabet: Alphabet, *, canonical: bool = False
) -> CountedKmers:
    """Count the k-mers without unknown symbols of each sequence.

    Parameters
    ----------
    codes, lengths : ndarray
        As :func:`flat_codes` gives them.
    k : int
        Length, at most :func:`longest_packed`.
    alphabet : Alphabet
        Alphabet of the codes.
    canonical : bool, default=False
        Whether a k-mer and its reverse complement are one.
    """
    keys, missing = pack_kmers(codes, k, alphabet, canonical=canonical)
    return count_keys(keys, missing, np.cumsum(lengths) - lengths, np.maximum(lengths - k + 1, 0))


def count_keys(keys: np.ndarray, missing: int, starts: np.ndarray, sizes: np.ndarray) -> CountedKmers:
    """Count the keys of each row.

    Parameters
    ----------
    keys : ndarray of shape (n,)
        One after the other.
    missing : int
        The key that does not count; larger than all others.
    starts, sizes : int64 ndarray of shape (n_rows,)
        Where the keys of each row begin, and how many there are.
    """
    if (sizes == sizes[0]).all():
        return _joined([_count_sorted(block) for _, block in _sorted_blocks(keys, starts, sizes, missing)])
    # rows of like length together, so that little is padding
    order = np.argsort(-sizes, kind="stable")
    ordered = _joined([_count_sorted(block) for _, block in _sorted_blocks(keys, starts[order], sizes[order], missing)])
    return _reordered(ordered, np.argsort(order))


def _sorted_blocks(keys, starts, sizes, missing) -> Iterator[tuple[int, tuple[np.ndarray, np.ndarray]]]:
    """Yield the keys of some rows, sorted within each: number of the first row, (keys, keys per row)."""
    widest = int(sizes.max())
    if starts.max() + widest > len(keys):
        keys = np.concatenate([keys, np.full(starts.max() + widest - len(keys), missing, keys.dtype)])
    has_missing, row = bool((keys == missing).any()), 0
    while row < len(starts):
        width = int(sizes[row])
        rows = slice(row, row + max(1, _BLOCK_KEYS // max(width, 1)))
        table = np.lib.stride_tricks.sliding_window_view(keys, width)[starts[rows]] if width else keys[:0]
        table = table.reshape(len(starts[rows]), width)
        is_ragged = bool(width) and int(sizes[rows][-1]) < width
        if is_ragged:
            table[np.arange(width) >= sizes[rows, None]] = missing
        # sorting many short rows is much faster than one long one
        table.sort(axis=1)
        kept = table != missing if has_missing or is_ragged else None
        row = rows.stop
        if kept is None:
            yield rows.start, (table.ravel(), np.full(len(table), width))
        else:
            yield rows.start, (table[kept], kept.sum(axis=1))


def _count_sorted(block):
    keys, sizes = block
    ends = np.cumsum(sizes)
    first = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    first[(ends - sizes)[sizes > 0]] = True
    repeats = np.flatnonzero(~first)
    # entries so far: keys less the repeats among them
    indptr = ends - np.searchsorted(repeats, ends)
    counts = np.ones(len(keys) - len(repeats), np.int32)
    if len(repeats):
        counts += np.bincount(repeats - np.arange(1, len(repeats) + 1), minlength=len(counts)).astype(np.int32)
    return np.diff(indptr, prepend=0), keys[first], counts


def _joined(blocks):
    sizes, keys, counts = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return CountedKmers(np.concatenate([[0], np.cumsum(sizes)]), keys, counts)


def _reordered(counted, order):
    sizes = np.diff(counted.indptr)[order]
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    # place of each entry: that of its row before, and its own within the row
    entries = np.repeat(counted.indptr[:-1][order] - indptr[:-1], sizes) + np.arange(indptr[-1])
    return CountedKmers(indptr, counted.keys[entries], counted.counts[entries])
