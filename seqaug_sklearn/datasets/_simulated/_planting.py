"""What simulators of regulatory sequences share: families, backgrounds, mutations, letters of sites, names."""

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import DNA
from seqaug_sklearn.utils import codes_to_text, invalid_parameter, is_number, is_whole

__all__ = [
    "check_motifs",
    "check_shares",
    "check_sizes",
    "draw_background",
    "draw_families",
    "draw_instances",
    "identifiers_of",
    "letters_of",
    "mutate",
    "name_families",
    "ortholog_table",
]


def check_sizes(n_samples, length, n_families, n_orthologs):
    """Raise ValueError where a number of rows, residues, families or orthologs cannot be."""
    least = {"n_samples": (n_samples, 2), "length": (length, 1), "n_families": (n_families, 2)}
    for name, (value, minimum) in (least | {"n_orthologs": (n_orthologs, 0)}).items():
        if not is_whole(value) or isinstance(value, bool) or value < minimum:
            raise invalid_parameter(name, f"must be a whole number of at least {minimum}, got {value!r}")
    if n_families > n_samples:
        raise invalid_parameter("n_families", f"must be at most n_samples={n_samples}, got {n_families}")


def check_shares(**shares):
    """Raise ValueError where a named share is not from 0 to 1."""
    for name, share in shares.items():
        if not is_number(share) or not 0 <= share <= 1:
            raise invalid_parameter(name, f"must be a share from 0 to 1, got {share!r}")


def check_motifs(motifs):
    """Raise ValueError unless each name has a consensus in IUPAC letters."""
    letters = {*DNA.symbols, *DNA.ambiguity}
    for name, consensus in motifs.items():
        if not consensus or not set(consensus) <= letters:
            raise ValueError(
                f"motifs[{name!r}] must be a consensus in upper-case IUPAC letters of DNA, got {consensus!r}"
            )
    if not motifs:
        raise invalid_parameter("motifs", "must name at least one consensus; the target depends on them")


def draw_families(n_samples, n_families, rng):
    """Family of each row, int (n_samples,): of nearly equal size, in random order."""
    return np.sort(np.arange(n_samples) % n_families)[rng.permutation(n_samples)]


def draw_background(n, length, shares, rng):
    """Random codes, uint8 (n, length), at given shares of A, C, G and T, (4,) or (n, 4)."""
    cut = np.cumsum(shares, axis=-1)
    drawn = rng.random((n, length))
    return sum((drawn >= cut[..., letter, None]).astype(np.uint8) for letter in range(3))


def mutate(codes, rate, shares, rng):
    """Substitute a share of the residues, the same or (n, length) of them, by draws from the background.

    A substitute may equal what it replaces, so ``rate`` is corrected for it.
    """
    same = (shares**2).sum(axis=-1, keepdims=True)
    # a draw from the background hits the same letter with probability sum(p**2)
    hit = rng.random(codes.shape) < rate / (1 - same)
    return np.where(hit, draw_background(len(codes), codes.shape[1], shares, rng), codes)


def letters_of(letter):
    """Codes that an IUPAC letter of DNA may stand for, uint8."""
    return np.array([DNA.symbols.index(symbol) for symbol in DNA.ambiguity.get(letter, letter)], np.uint8)


def draw_instances(consensus, n, rng):
    """Sites of a motif, uint8 (n, width), each ambiguous letter drawn anew."""
    return np.stack([rng.choice(letters_of(letter), n) for letter in consensus], axis=1)


def identifiers_of(n):
    """Index of the rows: sim001, sim002, ..."""
    width = len(str(n))
    return pd.Index([f"sim{i:0{width}d}" for i in range(1, n + 1)], name="identifier")


def name_families(family, index):
    """Name of each row's family, as a Series."""
    names = np.array([f"family{i:02d}" for i in range(1, family.max() + 2)], dtype=object)
    return pd.Series(names[family], index=index, name="family")


def ortholog_table(index, relatives):
    """``identifier, ortholog, species, sequence`` of each ortholog, from codes (n_samples, length) of each species."""
    if not relatives:
        return pd.DataFrame(columns=["identifier", "ortholog", "species", "sequence"])
    tables = [_of_species(index, codes, number) for number, codes in enumerate(relatives, start=1)]
    return pd.concat(tables, ignore_index=True)


def _of_species(index, codes, number):
    columns = {"identifier": index, "ortholog": index + f"-{number}", "species": f"simulated {number}"}
    return pd.DataFrame(columns | {"sequence": codes_to_text(codes, DNA)})
