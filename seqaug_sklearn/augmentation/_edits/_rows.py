"""Rows under edit: stretches move, turn round, mutate or are written anew, by indices that text and one-hot share."""

import functools

import numpy as np
import torch

from seqaug_sklearn.augmentation._edits._arrays import (
    as_tensor,
    copied,
    gathered,
    mirrored,
    on_host,
    put,
    to_device,
    with_columns,
)

__all__ = ["EditableRows", "OneHotRows", "ragged_ranges", "true_lengths"]


class EditableRows:
    """Copy of a batch that edits change in place; subclasses know what a residue is.

    Edits hand over int64 arrays with one entry per row of ``rows``: all index arithmetic is done once on the host, for
    every representation and device. Residues beyond ``lengths`` stay as they are, except for :meth:`grow` and
    :meth:`fill_ends`.

    Parameters
    ----------
    values : ndarray or Tensor of shape (n, width, ...)
        Residues, as :func:`as_values` gives them; never modified, a copy is made before the first change.
    lengths : int64 ndarray of shape (n,) or None
        True length of each row, owned by this object; None where every row is full.
    n_symbols : int
        Symbols to draw from.
    protected : bool ndarray of shape (n, width), default=None
        Positions that no edit may change.
    growing : bool, default=False
        Whether an insertion lengthens a row (up to the width) instead of pushing its end out.
    identifiers : sequence of length n, default=None
        Names of the rows, for messages.
    alphabet : Alphabet, default=None
        Letters of the symbols, where they are known.
    journal : Journal, default=None
        Where edits are recorded; nowhere by default.

    Attributes
    ----------
    memory : dict
        What an edit (the key) learned of the rows before any of them was edited.
    """

    is_text = False

    def __init__(
        self,
        values,
        lengths,
        n_symbols,
        *,
        protected=None,
        growing=False,
        identifiers=None,
        alphabet=None,
        journal=None,
    ):
        self._shape = tuple(values.shape)
        self.width = self._shape[1]
        self._is_full = lengths is None
        if lengths is not None:
            self.lengths = lengths
        self.n_symbols = n_symbols
        self.protected = protected
        self.growing = growing
        self.identifiers = identifiers
        self.alphabet = alphabet
        self.journal = journal
        self.memory = {}
        # (n * width, ...): with rows end to end, one index of residues serves all rows at once
        self._residues = self._packed(values)
        self._is_copy = False

    def __len__(self):
        return self._shape[0]

    @functools.cached_property
    def lengths(self):
        """True length of each row, int64 ndarray of shape (n,)."""
        return np.full(len(self), self.width)

    def result(self):
        """The edited rows; never the tensor that was given."""
        self._own()
        return as_tensor(self._unpacked(self._residues, self._shape))

    def whole(self, rows):
        """Bounds (0, length) of rows; the length is one number where every row is full."""
        return 0, self.width if self._is_full else self.lengths[rows]

    def draw_stretches(self, rows, rng):
        """Bounds (low, high) of one unprotected stretch per row, each residue equally likely to lie in it.

        Without protection the stretch is the whole row. Where nothing is free, both bounds are 0.
        """
        if self.protected is None:
            return self.whole(rows)
        lengths = self.lengths[rows]
        position = np.arange(self.width)
        free = ~self.protected[rows] & (position < lengths[:, None])
        # (m, width): how many positions up to each one are free. The r-th free position, r drawn evenly, is the first
        # where more than r are, so a stretch is drawn in proportion to its length
        up_to = free.cumsum(axis=1)
        n_free = up_to[:, -1]
        inside = (up_to > (rng.random(len(rows)) * n_free).astype(np.int64)[:, None]).argmax(axis=1)[:, None]
        # its stretch lies between the last position to its left that is not free and the first to its right
        low = np.where(~free & (position < inside), position + 1, 0).max(axis=1)
        high = np.where(~free & (position > inside), position, self.width).min(axis=1)
        return low, np.where(n_free > 0, high, 0)

    def locate(self, rows, residues):
        """Flat positions of residues (ascending) that are counted over some rows laid end to end."""
        if self._is_full and len(rows) == len(self):
            return residues
        # `residues` counts true residues, flat positions count padding too: each row adds what the padding of the rows
        # before it, and the rows left out, put in between
        lengths = self.lengths[rows]
        ends = lengths.cumsum()
        counts = np.diff(residues.searchsorted(ends), prepend=0)
        return residues + (rows * self.width + lengths - ends).repeat(counts)

    def grow(self, rows, high, sizes):
        """Lengthen the rows whose stretch ends with the row; return the new ``high``."""
        if not self.growing:
            return high
        at_end = (high == self.lengths[rows]) & (high > 0)
        grown = np.where(at_end, np.minimum(high + sizes, self.width), high)
        self.lengths[rows] += grown - high
        return grown

    def move(self, rows, ends, offsets):
        """Fill rows block by block: residue ``p`` of a block comes from ``p + offset`` of its row.

        Parameters
        ----------
        rows : int64 ndarray of shape (m,)
            Rows to fill, ascending.
        ends : sequence of int64 ndarray of shape (m,)
            Where each block but the last ends, from left to right; the last one ends with the row and stays.
        offsets : sequence of int64 ndarray of shape (m,) or 0
            Offset of each of these blocks.
        """
        # borders (m, n_blocks + 1) and offsets (m, n_blocks) of the blocks of each row; repeated over the lengths of
        # the blocks, the offsets become one source index per residue: a single gather moves all rows
        m, width = len(rows), self.width
        bounds, by = np.zeros((m, len(ends) + 2), np.int64), np.zeros((m, len(ends) + 1), np.int64)
        for block, (end, offset) in enumerate(zip(ends, offsets, strict=True)):
            bounds[:, block + 1] = end
            by[:, block] = offset
        bounds[:, -1] = width
        if m < len(self):
            # `counting` below numbers the residues of the chosen rows only; this adds the rows left out before each
            by += ((rows - np.arange(m)) * width)[:, None]
        index = by.ravel().repeat((bounds[:, 1:] - bounds[:, :-1]).ravel())
        index += counting(m * width)
        self._fill(rows, gathered(self._residues, index))

    def exchange(self, rows, low, high, shift):
        """Cut the last ``shift`` residues of the stretch [low, high) off and put them in front of it."""
        # the last `shift` residues come to `low`; those before them move up behind them
        kept = high - low - shift
        self.move(rows, [low, low + shift, high], [0, kept, -shift])

    def reverse(self, rows, start, sizes):
        """Turn the stretch of ``sizes`` residues at ``start`` round: reverse complement, or reverse without one."""
        first = rows * self.width + start
        position = ragged_ranges(first, sizes)
        # place p of the stretch is read from first + (first + size - 1) - p
        from_behind = (2 * first + (sizes - 1)).repeat(sizes) - position
        self._own()
        put(self._residues, position, self._complement(gathered(self._residues, from_behind)))

    def reverse_whole(self, rows):
        """Turn whole rows round, up to their true length."""
        self._own()
        self._turn(rows)
        short = () if self._is_full else rows[self.lengths[rows] < self.width]
        if len(short):
            # the padding has come to the front
            self.exchange(short, 0, self.width, self.lengths[short])

    def write(self, position, symbols):
        """Write symbols (column numbers) at flat positions ``row * width + position``."""
        self._own()
        put(self._residues, position, gathered(self._symbols, symbols))

    def substitute(self, position, steps):
        """Replace the symbol at each flat position by the one ``steps`` columns further, round the end."""
        self._own()
        put(self._residues, position, self._stepped(gathered(self._residues, position), steps))

    def taken(self, position):
        """Copy of the residues at flat positions, as :meth:`place` takes them."""
        return gathered(self._residues, position)

    def place(self, position, residues):
        """Put residues that were taken or read at flat positions."""
        self._own()
        put(self._residues, position, residues)

    def read(self, letters):
        """Residues of upper-case bytes, uint8 ndarray (m,), in the form of these rows; other letters are unknown."""
        raise NotImplementedError

    def unknown(self, n):
        """So many unknown residues."""
        raise NotImplementedError

    def codes(self, position):
        """Column of the symbol at each flat position, ndarray (m,); ``n_symbols`` or more where there is none."""
        raise NotImplementedError

    def fill_ends(self, rng):
        """Lengthen every row that holds a residue to the full width with random symbols."""
        # a row without any residue is a missing sequence, and stays one
        padding = np.where(self.lengths > 0, self.width - self.lengths, 0)
        first = np.arange(len(self)) * self.width + self.lengths
        # int32 is part of what a seed gives: the dtype decides how much a draw takes from the generator
        self.write(ragged_ranges(first, padding), rng.integers(self.n_symbols, size=padding.sum(), dtype=np.int32))
        self.lengths = self.lengths + padding

    def _own(self):
        # copied at the first change only, so that a batch which no edit happens to touch costs nothing
        if not self._is_copy:
            self._residues, self._is_copy = copied(self._residues), True

    def _by_row(self, residues):
        return residues.reshape(-1, self.width, *residues.shape[1:])

    def _fill(self, rows, residues):
        """Replace whole rows."""
        if len(rows) == len(self):
            # all rows are new: keep them in place of the old ones instead of writing them over
            self._residues, self._is_copy = residues.reshape(self._residues.shape), True
        else:
            self._own()
            put(self._by_row(self._residues), rows, self._by_row(residues))

    def _packed(self, values):
        """View rows (n, width, ...) as residues (n * width, ...), in the form in which they move fastest."""
        return values.reshape(-1, *values.shape[2:])

    def _unpacked(self, residues, shape):
        return residues.reshape(shape)

    @property
    def _symbols(self):
        """The residue of each symbol."""
        raise NotImplementedError

    def _complement(self, residues):
        raise NotImplementedError

    def _turn(self, rows):
        """Replace whole rows by their reverse complement, padding in front."""
        raise NotImplementedError

    def _stepped(self, residues, steps):
        raise NotImplementedError


class OneHotRows(EditableRows):
    """Rows of one-hot, exact or soft: a residue is a vector over the symbols.

    Parameters
    ----------
    values : float32 ndarray or Tensor of shape (n, width, n_symbols)
        One-hot; all-zero residues are unknown, on the right end padding.
    lengths : int64 ndarray of shape (n,) or None
        True length of each row; None where every row is full.
    complement : list of int or None
        Column of each symbol's complement.
    **options
        As for :class:`EditableRows`.
    """

    def __init__(self, values, lengths, complement, **options):
        self.complement = complement
        self.has_complement = complement is not None
        # four float32 columns move as one number of 16 bytes: twice as fast as vectors (but mps has no complex128)
        self._as_words = values.shape[2] == 4 and (isinstance(values, np.ndarray) or values.device.type != "mps")
        super().__init__(values, lengths, values.shape[2], **options)

    def add(self, rows, noise):
        """Add float32 noise (len(rows), at most width, n_symbols) to the residues that are free; it is used up."""
        covered = noise.shape[1]
        if not self._is_full or self.protected is not None:
            # noise on padding would turn it into residues
            free = np.arange(covered) < self.lengths[rows][:, None]
            free = free if self.protected is None else free & ~self.protected[rows, :covered]
            noise *= free[..., None]
        if covered < self.width:
            # drawn up to the longest sequence only, to spare draws that padding would throw away
            noise = np.pad(noise, ((0, 0), (0, self.width - covered), (0, 0)))
        now = self._unpacked(self._residues, self._shape)
        sums = to_device(noise, now)
        sums += now if len(rows) == len(self) else gathered(now, rows)
        self._fill(rows, self._packed(sums))

    @property
    def _symbols(self):
        return self._packed(to_device(_unit_vectors(self.n_symbols)[:-1], self._residues))

    def read(self, letters):
        codes = np.minimum(self.alphabet.table[letters], self.n_symbols)
        return self._packed(to_device(_unit_vectors(self.n_symbols), self._residues)[codes])

    def unknown(self, n):
        return self._packed(to_device(_unit_vectors(self.n_symbols), self._residues)[np.full(n, self.n_symbols)])

    def codes(self, position):
        vectors = self._unpacked(gathered(self._residues, position), (-1, self.n_symbols))
        # of soft one-hot the symbol is the largest column
        return np.where(on_host(vectors.any(-1)), on_host(vectors.argmax(-1)), self.n_symbols)

    def _packed(self, values):
        if not self._as_words:
            return values.reshape(-1, self.n_symbols)
        word = np.complex128 if isinstance(values, np.ndarray) else torch.complex128
        return values.view(word).reshape(-1)

    def _unpacked(self, residues, shape):
        number = np.float32 if isinstance(residues, np.ndarray) else torch.float32
        return residues.view(number).reshape(shape)

    def _complement(self, residues):
        if self.complement is None:
            return residues
        return self._packed(with_columns(self._unpacked(residues, (-1, self.n_symbols)), self.complement))

    def _turn(self, rows):
        if self.complement == list(range(self.n_symbols))[::-1]:
            # both strands at once: positions and columns turn round together
            columns = self._unpacked(self._residues, (len(self), -1))
            put(columns, rows, mirrored(gathered(columns, rows)))
        else:
            vectors = self._unpacked(self._residues, self._shape)
            put(vectors, rows, with_columns(mirrored(gathered(vectors, rows)), self.complement))

    def _stepped(self, residues, steps):
        # (n_residues, n_symbols): where each column of the result is read in the flat values. Whole vectors are turned,
        # so that soft one-hot keeps its values
        origin = _origins(self.n_symbols).take(steps, axis=0)
        origin += self.n_symbols * counting(len(origin))[:, None]
        return self._packed(gathered(self._unpacked(residues, (-1,)), origin.ravel()).reshape(-1, self.n_symbols))


@functools.cache
def _unit_vectors(n_symbols):
    """float32 ndarray (n_symbols + 1, n_symbols): the vector of each symbol, and that of an unknown residue."""
    return np.eye(n_symbols + 1, n_symbols, dtype=np.float32)


@functools.cache
def _origins(n_symbols):
    """int64 ndarray (n_symbols, n_symbols): the column that comes to each column after so many steps."""
    columns = np.arange(n_symbols)
    return (columns - columns[:, None]) % n_symbols


def ragged_ranges(starts, sizes):
    """Lay ``arange(start, start + size)`` of all rows end to end: int64 ndarray (sizes.sum(),)."""
    # start of the row less the entries before it, so that one running number continues in every row
    ranges = (starts + sizes - sizes.cumsum()).repeat(sizes)
    ranges += counting(len(ranges))
    return ranges


def counting(n):
    """int64 ndarray 0 .. n - 1, a part of one that is kept for the next batch."""
    # arrays grow by powers of two, so that batches of all sizes share a few
    return _counting_to_power(max(n - 1, 0).bit_length())[:n]


@functools.lru_cache(maxsize=32)
def _counting_to_power(exponent):
    numbers = np.arange(1 << exponent)
    # callers share it
    numbers.flags.writeable = False
    return numbers


def true_lengths(values):
    """Length of each row of one-hot (n, width, n_symbols) without its zero padding on the right.

    Returns
    -------
    lengths : int64 ndarray of shape (n,) or None
        None where no row is padded.
    """
    # (n, n_symbols): a row whose last residue is known is full, which settles most batches at a glance
    last = on_host(values[:, -1])
    # four columns are looked at as one number: this is asked of every batch
    full = last.view(np.complex128)[:, 0] != 0 if last.shape[1] == 4 else last.any(axis=1)
    if full.all():
        return None
    n, width, n_symbols = values.shape
    lengths = np.full(n, width)
    short = np.flatnonzero(~full)
    occupied = on_host(gathered(values, short)).reshape(len(short), -1) != 0
    # zero values at the right end, n_symbols of them for each residue of padding
    from_end = occupied[:, ::-1].argmax(axis=1)
    # argmax of nothing but False is 0 and would call an all-zero row full
    empty = ~occupied[np.arange(len(short)), -1 - from_end]
    lengths[short] = np.where(empty, 0, width - from_end // n_symbols)
    return lengths
