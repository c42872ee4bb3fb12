"""Alphabets: the symbols of DNA, RNA and proteins, their ambiguity codes, complements and lookup tables.

An :class:`Alphabet` owns everything that depends on the symbols. Text becomes ``uint8`` codes through one
256-entry table: ``0 .. n_symbols - 1`` are the symbols in column order, ``n_symbols`` (:attr:`Alphabet.unknown`)
stands for ambiguity codes, gaps and padding, and 255 (:data:`INVALID`) for anything else.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

__all__ = ["DNA", "INVALID", "PROTEIN", "RNA", "Alphabet", "get_alphabet"]

INVALID = 255
"""Code of a byte that no alphabet accepts."""


@dataclass(frozen=True)
class Alphabet:
    """Symbols of one kind of sequence.

    Parameters
    ----------
    name : str
        Name used in messages and in ``alphabet=`` parameters.
    symbols : str
        One character per symbol, in one-hot column order. Upper case.
    ambiguity : dict of str to str, default={}
        Ambiguity code -> the symbols it may stand for (IUPAC). Encoded as unknown.
    complement : dict of str to str or None, default=None
        Complement of every symbol and ambiguity code; None where there is no second strand.
    gaps : str, default="-."
        Characters accepted as "no residue". Encoded as unknown.

    Raises
    ------
    ValueError
        If symbols repeat, are not single upper-case ASCII characters, clash with an ambiguity code or gap, or if the
        complement is not an involution over symbols and ambiguity codes.

    Examples
    --------
    >>> from seqaug_sklearn.alphabets import DNA
    >>> DNA.table[list(b"ACGTN")].tolist()
    [0, 1, 2, 3, 4]
    >>> DNA.complement_codes.tolist()
    [3, 2, 1, 0, 4]
    """

    name: str
    symbols: str
    ambiguity: dict = field(default_factory=dict, hash=False)
    complement: dict | None = field(default=None, hash=False)
    gaps: str = "-."

    def __post_init__(self):
        every = [*self.symbols, *self.ambiguity, *self.gaps]
        if not self.symbols or len(set(every)) != len(every):
            raise ValueError(
                f"alphabet {self.name!r}: symbols, ambiguity codes and gaps must be distinct and not empty"
            )
        if any(len(c) != 1 or not c.isascii() or c != c.upper() for c in every):
            raise ValueError(f"alphabet {self.name!r}: symbols must be single upper-case ASCII characters")
        if self.complement is not None:
            letters = {*self.symbols, *self.ambiguity}
            if set(self.complement) != letters or any(self.complement[self.complement[c]] != c for c in letters):
                raise ValueError(f"alphabet {self.name!r}: complement must pair every symbol and ambiguity code")

    def __len__(self):
        return len(self.symbols)

    @property
    def n_symbols(self):
        """Number of one-hot columns."""
        return len(self.symbols)

    @property
    def unknown(self):
        """Code of ambiguity symbols, gaps and padding: an all-zero one-hot row."""
        return len(self.symbols)

    @cached_property
    def table(self):
        """uint8 array (256,): byte -> code; lower case counts as upper case."""
        table = np.full(256, INVALID, np.uint8)
        for letters, codes in ((self.symbols, range(len(self))), ([*self.ambiguity, *self.gaps], None)):
            for i, letter in enumerate(letters):
                table[[ord(letter), ord(letter.lower())]] = self.unknown if codes is None else codes[i]
        table.flags.writeable = False
        return table

    @cached_property
    def letters(self):
        """uint8 array (n_symbols + 1,): code -> upper-case byte; unknown gives N (nucleotides) or X (proteins)."""
        letters = np.frombuffer((self.symbols + self.unknown_symbol).encode(), np.uint8)
        return letters

    @property
    def unknown_symbol(self):
        """Letter written for an unknown residue."""
        return next((c for c in "NX" if c in self.ambiguity), "-")

    @cached_property
    def complement_codes(self):
        """uint8 array (n_symbols + 1,): code -> code of the complement.

        Raises
        ------
        ValueError
            If the alphabet has no complement.
        """
        complement = self._checked_complement()
        pairs = [self.symbols.index(complement[c]) for c in self.symbols]
        return np.array([*pairs, self.unknown], np.uint8)

    @cached_property
    def complement_table(self):
        """Dict for :meth:`str.translate`: letter -> complement, case kept, gaps unchanged."""
        complement = self._checked_complement()
        pairs = complement | {a.lower(): b.lower() for a, b in complement.items()}
        return str.maketrans(pairs)

    def check_has_complement(self):
        """Raise ValueError if sequences of this alphabet have no second strand."""
        self._checked_complement()

    def _checked_complement(self):
        if self.complement is None:
            raise ValueError(
                f"alphabet {self.name!r} has no complement: reverse complements exist for 'dna' and 'rna' only"
            )
        return self.complement


def _nucleotides(name, fourth):
    ambiguity = {
        "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
        "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
    }  # fmt: skip
    pairs = dict(zip("ACGTRYSWKMBDHVN", "TGCAYRSWMKVHDBN", strict=True))
    swap = str.maketrans("T", fourth)
    return Alphabet(
        name,
        "ACGT".translate(swap),
        {code: letters.translate(swap) for code, letters in ambiguity.items()},
        {a.translate(swap): b.translate(swap) for a, b in pairs.items()},
    )


DNA = _nucleotides("dna", "T")
"""DNA, columns A, C, G, T."""

RNA = _nucleotides("rna", "U")
"""RNA, columns A, C, G, U."""

PROTEIN = Alphabet(
    "protein",
    "ACDEFGHIKLMNPQRSTVWY",
    # U (selenocysteine), O (pyrrolysine) and the stop sign are known, but not among the 20 columns
    {"B": "DN", "Z": "EQ", "J": "IL", "X": "ACDEFGHIKLMNPQRSTVWY", "U": "C", "O": "K", "*": ""},
)
"""The 20 amino acids, columns in alphabetical order of their one-letter codes."""

_BY_NAME = {alphabet.name: alphabet for alphabet in (DNA, RNA, PROTEIN)}


def get_alphabet(alphabet):
    """Return the :class:`Alphabet` for a name or an Alphabet.

    Parameters
    ----------
    alphabet : {"dna", "rna", "protein"} or Alphabet
        What to look up.

    Returns
    -------
    Alphabet

    Raises
    ------
    ValueError
        If the name is not known.

    Examples
    --------
    >>> get_alphabet("rna").symbols
    'ACGU'
    """
    if isinstance(alphabet, Alphabet):
        return alphabet
    try:
        return _BY_NAME[alphabet]
    except (KeyError, TypeError):
        raise ValueError(f"alphabet must be one of {sorted(_BY_NAME)} or an Alphabet, got {alphabet!r}") from None
