"""Gapped k-mers: k residues of l positions, as numbers, at each place of a row of codes."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.utils import Message, Parameter, flat_codes, invalid_parameter, longest_packed, unpack_kmers

__all__ = ["GappedKmers", "check_gapped", "gapped_names", "masks_of", "read_gapped"]

Mask = tuple[int, ...]


def check_gapped(l: int, k: int, alphabet: Alphabet) -> None:  # noqa: E741
    """Raise InvalidParameterError if there are no gapped k-mers of these lengths, or no number holds them."""
    if k > l:
        raise invalid_parameter("k", Message("must be at most ", Parameter("l"), f"={l}, got {k}"))
    if k > longest_packed(alphabet):
        raise invalid_parameter(
            "k", f"must be at most {longest_packed(alphabet)} for the {alphabet.name} alphabet, got {k}"
        )


def masks_of(l: int, k: int, *, canonical: bool) -> list[Mask]:  # noqa: E741
    """Return the informative positions of each mask; of a mask and its mirror image the first, where both are one."""
    masks = list(combinations(range(l), k))
    return [mask for mask in masks if not canonical or mask <= mirrored(mask, l)]


def mirrored(mask: Mask, l: int) -> Mask:  # noqa: E741
    """Return the mask as the other strand sees it."""
    return tuple(l - 1 - place for place in reversed(mask))


@dataclass(frozen=True)
class GappedKmers:
    """Codes of sequences, one after the other, and where each begins.

    Attributes
    ----------
    codes : uint8 ndarray of shape (n_residues,)
        Codes.
    starts, sizes : int64 ndarray of shape (n_sequences,)
        Where the places of each sequence begin, and how many there are.
    length, k : int
        Positions, and informative ones.
    alphabet : Alphabet
        Alphabet.
    canonical : bool
        Whether a gapped k-mer and its reverse complement are one.
    """

    codes: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray
    length: int
    k: int
    alphabet: Alphabet
    canonical: bool

    @property
    def n_words(self) -> int:
        """Words of a mask: keys are below."""
        return max(self.alphabet.n_symbols, 2) ** self.k

    def keys(self, mask: Mask) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the keys of all places under a mask, ``n_words`` where a residue is unknown; starts and sizes of rows.

        Where both strands are one, a place has two keys, unless the mask is its own mirror image: then its key is the
        smaller one of both strands, as for k-mers without gaps.
        """
        n_places = max(len(self.codes) - self.length + 1, 0)
        given = self._packed(self.codes, mask, n_places)
        if not self.canonical:
            return given, self.starts, self.sizes
        # the other strand's word under the mask reads the complement under the mirror image, backwards
        complement = self.alphabet.complement_codes[self.codes]
        mirror = mirrored(mask, self.length)
        other = self._packed(complement, tuple(reversed(mirror)), n_places)
        if mask == mirror:
            return np.minimum(given, other), self.starts, self.sizes
        return np.stack([given, other], axis=1).ravel(), 2 * self.starts, 2 * self.sizes

    def _packed(self, codes, places, n_places):
        kind = np.int32 if self.n_words < 2**31 else np.int64
        base = max(self.alphabet.n_symbols, 2)
        keys, unknown = np.zeros(n_places, kind), np.zeros(n_places, bool)
        for place in places:
            read = codes[place : place + n_places]
            unknown |= read == self.alphabet.unknown
            keys *= base
            keys += read
        keys[unknown] = self.n_words
        return keys


def read_gapped(sequences, l: int, k: int, alphabet: Alphabet, *, canonical: bool) -> GappedKmers:  # noqa: E741
    """Read validated sequences."""
    codes, lengths = flat_codes(sequences, alphabet)
    sizes = np.maximum(lengths - l + 1, 0)
    return GappedKmers(codes, np.cumsum(lengths) - lengths, sizes, l, k, alphabet, canonical)


def gapped_names(words: np.ndarray, mask: Mask, l: int, alphabet: Alphabet) -> list[str]:  # noqa: E741
    """Return the text of the words under a mask, "-" where any residue may stand."""
    names = []
    for text in unpack_kmers(words, len(mask), alphabet).tolist():
        letters = ["-"] * l
        for place, letter in zip(mask, text, strict=True):
            letters[place] = letter
        names.append("".join(letters))
    return names
