"""Rows of text under edit."""

import numpy as np

from seqaug_sklearn.augmentation._edits._arrays import gathered, mirrored, put
from seqaug_sklearn.augmentation._edits._rows import EditableRows

__all__ = ["LetterRows"]


class LetterRows(EditableRows):
    """Rows of text: a residue is an upper-case byte, 0 is padding; ambiguity codes and gaps are letters like others.

    Parameters
    ----------
    values : uint8 ndarray of shape (n, width)
        Letters.
    lengths : int64 ndarray of shape (n,) or None
        True length of each row; None where every row is full.
    alphabet : Alphabet
        Symbols and complement.
    **options
        As for :class:`EditableRows`.
    """

    is_text = True
    _symbols = None

    def __init__(self, values, lengths, alphabet, **options):
        super().__init__(values, lengths, len(alphabet), alphabet=alphabet, **options)
        self.has_complement = alphabet.complement is not None
        self._symbols = np.frombuffer(alphabet.symbols.encode(), np.uint8)
        # tables by byte, (256,) and (n_symbols, 256): ambiguity codes turn into their complements, and letters without
        # one stay
        self._mirror = np.arange(256, dtype=np.uint8)
        for letter, other in (alphabet.complement or {}).items():
            self._mirror[ord(letter)] = ord(other)
        # letter after so many steps through the symbols; other letters stay
        self._ladder = np.tile(np.arange(256, dtype=np.uint8), (len(alphabet), 1))
        for step in range(len(alphabet)):
            self._ladder[step, self._symbols] = np.roll(self._symbols, -step)

    def read(self, letters):
        return letters

    def unknown(self, n):
        return np.full(n, ord(self.alphabet.unknown_symbol), np.uint8)

    def letters(self):
        """Copy of the letters, uint8 ndarray (n, width)."""
        return self._residues.reshape(self._shape).copy()

    def codes(self, position):
        return self.alphabet.table[self._residues[position]]

    def _complement(self, residues):
        return self._mirror[residues]

    def _turn(self, rows):
        letters = self._by_row(self._residues)
        put(letters, rows, self._mirror[mirrored(gathered(letters, rows))])

    def _stepped(self, residues, steps):
        return self._ladder[steps, residues]
