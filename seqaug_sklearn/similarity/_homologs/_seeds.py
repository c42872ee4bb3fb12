"""Places where two sequences may be related: words in common whose surroundings agree, too.

A word is a few residues at fixed distances (a spaced seed). Two rows share many words by chance, so the residues
around each are compared at once: 21 of them lie in one integer of 64 bits, three bits each, and one exclusive or with a
count of bits says how much they differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seqaug_sklearn.alphabets import Alphabet

__all__ = ["PAD", "PaddedRows", "SeedPlan", "count_seed_pairs", "pad_rows", "seed_pairs", "seed_plan"]

PAD = 48
"""Unknown residues before, between and behind the rows: no window around a seed reaches from one row into another."""

# pairs of one word from which on their outer product is cheaper than their list
_OUTER = 512
# pairs at a time: some 50 MB
_BLOCK, _OUTER_BLOCK = 2**19, 2**15
# residues in a packed word, and bits of each
_WIDTH, _BITS = 21, 3


@dataclass(frozen=True)
class SeedPlan:
    """How the words of an alphabet are made, and how the residues around them are compared.

    Attributes
    ----------
    classes : uint8 ndarray of shape (n_symbols + 1,)
        Class of each code: residues that replace each other easily are one class.
    n_classes : int
        Number of classes.
    patterns : tuple of tuple of int
        Places of the residues of each kind of word.
    signatures : uint8 ndarray of shape (2, n_symbols + 1)
        Three bits for each code, of test rows and of training rows: the less two residues have in common, the more bits
        differ.
    strictness : tuple of float
        Standard deviations below the mean of chance by which the surroundings of a word must differ less, to one side
        of it or to both.
    """

    classes: np.ndarray
    n_classes: int
    patterns: tuple
    signatures: np.ndarray
    strictness: tuple


def seed_plan(alphabet: Alphabet) -> SeedPlan:
    """Words for nucleotides, or for proteins in ten classes of amino acids.

    The signatures of nucleotides differ in two bits where the nucleotides differ. Those of amino acids are, of all that
    were tried, the ones whose differing bits best tell columns of homologs (30 % identical, the others as BLOSUM62 has
    them) from columns by chance: 21 residues of three bits tell more than 16 of four with equality in ten classes.

    Parameters
    ----------
    alphabet : Alphabet
        DNA, RNA or protein.

    Returns
    -------
    SeedPlan

    References
    ----------
    B. Ma, J. Tromp and M. Li, PatternHunter: faster and more sensitive homology search, Bioinformatics 18 (2002),
    :doi:`10.1093/bioinformatics/18.3.440` (spaced seeds). L. R. Murphy, A. Wallqvist and R. M. Levy, Simplified amino
    acid alphabets for protein fold recognition, Protein Engineering 13 (2000), :doi:`10.1093/protein/13.3.149`.
    """
    if alphabet.complement is not None:
        signs = [0b000, 0b011, 0b101, 0b110]
        # eight of eleven: every run of eleven residues in common holds one
        return SeedPlan(np.arange(5, dtype=np.uint8), 4, (_places("11010110111"),), _signatures(signs), (3.5, 3.3))
    groups = ("LVIM", "C", "A", "G", "ST", "P", "FYW", "EDNQ", "KR", "H")
    classes = [next(i for i, group in enumerate(groups) if letter in group) for letter in alphabet.symbols]
    by_sign = ("C", "GP", "HW", "DEN", "ILMV", "AST", "FY", "KQR")
    signs = [next(i for i, group in enumerate(by_sign) if letter in group) for letter in alphabet.symbols]
    patterns = ("11111", "1101011", "1011101", "11001011")
    return SeedPlan(
        np.array([*classes, 10], np.uint8), 10, tuple(map(_places, patterns)), _signatures(signs), (2.6, 2.3)
    )


def _signatures(signs):
    # the unknown residues of both sides differ from each other
    return np.array([[*signs, 0b111], [*signs, 0b001]], np.uint8)


def _places(pattern):
    return tuple(i for i, letter in enumerate(pattern) if letter == "1")


@dataclass(frozen=True, slots=True)
class PaddedRows:
    """Rows laid end to end with room between them.

    Attributes
    ----------
    codes : uint8 ndarray of shape (n_places,)
        Codes; the unknown one between the rows.
    rows : int32 ndarray of shape (n_places,)
        Row of each place, -1 between the rows.
    known : bool ndarray of shape (n_places,)
        Where a word may lie.
    """

    codes: np.ndarray
    rows: np.ndarray
    known: np.ndarray


def pad_rows(codes, lengths, unknown: int) -> PaddedRows:
    """Lay rows end to end.

    Parameters
    ----------
    codes : uint8 ndarray of shape (n_residues,)
        Codes of all rows, one after the other.
    lengths : int64 ndarray of shape (n_rows,)
        Their lengths.
    unknown : int
        Code of the unknown symbol.

    Returns
    -------
    PaddedRows
    """
    before = np.cumsum(lengths) - lengths
    starts = before + PAD * (1 + np.arange(len(lengths)))
    places = np.arange(len(codes)) + np.repeat(starts - before, lengths)
    size = len(codes) + PAD * (len(lengths) + 1)
    padded, rows = np.full(size, unknown, np.uint8), np.full(size, -1, np.int32)
    padded[places], rows[places] = codes, np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return PaddedRows(padded, rows, padded != unknown)


class _Words:
    """Words of one pattern in the order of their keys, with the residues to either side of their middle."""

    def __init__(self, padded, plan, pattern, packed=None):
        base, span = plan.n_classes, pattern[-1] + 1
        classes = plan.classes[padded.codes].astype(np.int32)
        n = max(len(classes) - span + 1, 0)
        keys, usable = np.zeros(n, np.int32), np.ones(n, bool)
        for place in pattern:
            keys *= base
            keys += classes[place : place + n]
            usable &= padded.known[place : place + n]
        places = np.flatnonzero(usable)
        keys = keys[places]
        # those of key i are bounds[i] to bounds[i + 1]
        self.counts = np.bincount(keys, minlength=base ** len(pattern))
        self.bounds = np.concatenate([[0], np.cumsum(self.counts)])
        if packed is not None:
            self.places = places[np.argsort(keys, kind="stable")].astype(np.int32)
            middle = self.places + span // 2
            self.left, self.right = packed[middle - _WIDTH], packed[middle]


def _pack(signs):
    """Signatures of the 21 residues from each place on, in one uint64: (n_places,), the last ones wrapped round."""
    words = {1: signs.astype(np.uint64)}
    width = 1
    while width < _WIDTH:
        # a longer word is two shorter ones side by side
        step = max(size for size in words if width + size <= _WIDTH)
        words[width + step] = words[width] | (np.roll(words[step], -width) << np.uint64(width * _BITS))
        width += step
    return words[_WIDTH]


def count_seed_pairs(test: PaddedRows, train: PaddedRows, plan: SeedPlan) -> int:
    """How many pairs of equal words there are, which is what a search costs."""
    sides = ([_Words(rows, plan, pattern).counts for pattern in plan.patterns] for rows in (test, train))
    return sum(int(first @ second) for first, second in zip(*sides, strict=True))


def seed_pairs(
    test: PaddedRows, train: PaddedRows, plan: SeedPlan, *, done=lambda n: None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield places of equal words whose surroundings agree better than by chance, in blocks.

    Parameters
    ----------
    test, train : PaddedRows
        Both sides.
    plan : SeedPlan
        The words.
    done : callable, default=nothing
        Called with the number of pairs that were looked at.

    Yields
    ------
    test_places, train_places : int32 ndarray of shape (n_pairs,)
        Where the words begin.
    """
    packed = [_pack(signs[rows.codes]) for rows, signs in zip((test, train), plan.signatures, strict=True)]
    for pattern in plan.patterns:
        words = _Words(test, plan, pattern, packed[0]), _Words(train, plan, pattern, packed[1])
        yield from _agreeing(*words, _limits(test, train, plan, len(pattern)), done)


def _limits(test, train, plan, n_equal):
    """Most bits that may differ to one side of a word, and to both."""
    shares = []
    for padded in (test, train):
        counts = np.bincount(padded.codes[padded.known], minlength=len(plan.classes))[:-1]
        shares.append(counts / max(counts.sum(), 1))
    # (n_symbols, n_symbols) bits that differ between two residues, and how often they meet by chance
    bits = np.bitwise_count(plan.signatures[0, :-1, None] ^ plan.signatures[1, None, :-1])
    chance = np.outer(*shares)
    mean = (chance * bits).sum()
    spread = np.sqrt(max((chance * bits**2.0).sum() - mean**2, 0))
    # residues that are not known to be equal, to one side and to both
    n = np.array([_WIDTH - n_equal / 2, 2 * _WIDTH - n_equal])
    return np.floor(n * mean - np.array(plan.strictness) * spread * np.sqrt(n)).astype(int)


def _differences(test, train):
    return np.bitwise_count(test ^ train)


def _agree(left, right, limits):
    # bits that differ to the left and to the right of each word: uint8, 126 at most in all
    return (left + right <= limits[1]) | (np.minimum(left, right) <= limits[0])


def _agreeing(test, train, limits, done):
    """Pairs of places of equal words whose surroundings differ in no more bits than that."""
    sizes = test.counts * train.counts
    for key in np.flatnonzero(sizes >= _OUTER):
        a, b = slice(*test.bounds[key : key + 2]), slice(*train.bounds[key : key + 2])
        rows = max(_OUTER_BLOCK // int(train.counts[key]), 1)
        for start in range(a.start, a.stop, rows):
            part = slice(start, min(start + rows, a.stop))
            left = _differences(test.left[part, None], train.left[b])
            found = np.flatnonzero(_agree(left, _differences(test.right[part, None], train.right[b]), limits))
            if len(found):
                i, j = np.divmod(found, b.stop - b.start)
                yield test.places[part][i], train.places[b][j]
        done(int(sizes[key]))
    small = np.flatnonzero((sizes > 0) & (sizes < _OUTER))
    before = np.cumsum(sizes[small])
    for keys in np.split(small, np.searchsorted(before, np.arange(_BLOCK, before[-1], _BLOCK)) if len(small) else []):
        yield _listed(test, train, keys, sizes[keys], limits)
        done(int(sizes[keys].sum()))


def _listed(test, train, keys, sizes, limits):
    # pair number p of a key is its word p // n of the test rows and its word p % n of the n ones of the training rows
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    i, j = np.divmod(within, np.repeat(train.counts[keys], sizes))
    i, j = i + np.repeat(test.bounds[keys], sizes), j + np.repeat(train.bounds[keys], sizes)
    agree = _agree(_differences(test.left[i], train.left[j]), _differences(test.right[i], train.right[j]), limits)
    return test.places[i[agree]], train.places[j[agree]]
