"""Genetic codes as numbers: codon ``16 a + 4 b + c`` of the symbols A, C, G, T (U) in this order."""

import functools
import itertools

import numpy as np

from seqaug_sklearn.utils import invalid_parameter

__all__ = ["N_CODONS", "check_table", "codon_weights", "starts", "synonyms"]

N_CODONS = 64
_CODONS = ["".join(letters) for letters in itertools.product("ACGT", repeat=3)]


def check_table(table):
    """Biopython's table of a number of NCBI; raise where there is none."""
    from Bio.Data import CodonTable

    known = CodonTable.unambiguous_dna_by_id
    if isinstance(table, bool) or table not in known:
        numbers = ", ".join(map(str, sorted(known)))
        raise invalid_parameter("table", f"must be the number of a genetic code of NCBI ({numbers}), got {table!r}")
    return known[table]


@functools.cache
def synonyms(table):
    """Which codons mean the same: bool ndarray (64, 64), read-only.

    A codon that a table reads both as stop and as an amino acid means nothing but itself: no choice of its meaning is
    right for every gene.
    """
    code = check_table(table)
    stops = set(code.stop_codons)
    both = [codon in stops and codon in code.forward_table for codon in _CODONS]
    meanings = np.array(["*" if codon in stops else code.forward_table[codon] for codon in _CODONS])
    same = meanings[:, None] == meanings
    same[both] = False
    same[:, both] = False
    np.fill_diagonal(same, True)
    same.flags.writeable = False
    return same


@functools.cache
def starts(table):
    """Which codons may start a protein: bool ndarray (64,), read-only."""
    found = np.isin(_CODONS, check_table(table).start_codons)
    found.flags.writeable = False
    return found


def codon_weights(usage):
    """Weight of each codon, float64 ndarray (64,), from a mapping of codons to frequencies; others have 0."""
    weights = np.zeros(N_CODONS)
    numbers = {codon: number for number, codon in enumerate(_CODONS)}
    for codon, weight in dict(usage).items():
        number = numbers.get(str(codon).upper().replace("U", "T"))
        if number is None:
            raise invalid_parameter("usage", f"must have codons as keys, such as 'GCC', got {codon!r}")
        if isinstance(weight, (bool, str)) or not np.isreal(weight) or not 0 <= weight < np.inf:
            raise invalid_parameter("usage", f"must hold frequencies of at least 0, got {weight!r} for {codon!r}")
        weights[number] = weight
    if not weights.any():
        raise invalid_parameter("usage", "must give at least one codon a frequency above 0")
    return weights
