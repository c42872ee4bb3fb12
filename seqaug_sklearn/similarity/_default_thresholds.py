"""What tells relatives from rows that have nothing in common: length of k-mers and of shared runs, share of k-mers."""

import math

import numpy as np

from seqaug_sklearn.alphabets import Alphabet

__all__ = ["USUAL_SHARE", "usual_k", "usual_run"]

USUAL_SHARE = 0.04
"""Share of its k-mers from which a row counts as a relative of another, in audits and by default."""

_NUCLEOTIDE_K, _PROTEIN_K = 12, 5
_NUCLEOTIDE_RUN, _PROTEIN_RUN = 20, 8
_FALSE_ALARMS = 0.05


def usual_k(alphabet: Alphabet, longest: int) -> int:
    """Length of the k-mers that an audit counts: 12 residues, 5 where there is no second strand.

    Parameters
    ----------
    alphabet : Alphabet
        Alphabet of the sequences.
    longest : int
        Length of the longest sequence, which the k-mers never exceed.

    Returns
    -------
    int

    Examples
    --------
    >>> from seqaug_sklearn.alphabets import DNA, PROTEIN
    >>> from seqaug_sklearn.similarity import usual_k
    >>> usual_k(DNA, 300), usual_k(PROTEIN, 300), usual_k(DNA, 8)
    (12, 5, 8)
    """
    return min(_PROTEIN_K if alphabet.complement is None else _NUCLEOTIDE_K, longest)


def usual_run(codes: np.ndarray, lengths: np.ndarray, n_kmers: int, alphabet: Alphabet, *, share: float = 0.5) -> int:
    """Shortest run in common that an audit counts.

    It is 20 residues (8 where there is no second strand), at most half the median row (or another `share` of it), and
    more where chance alone gives longer runs.

    With n distinct k-mers in all, training and test rows form at most n²/4 pairs of places; a run of L symbols starts
    at a pair by chance with probability (1 - p) p^L, p the probability that two symbols drawn from the composition
    match, on the same strand or on opposite ones (Karlin and Altschul's extreme value argument, without gaps). A run
    by chance is expected in fewer than 0.05 pairs of all, so an audit of unrelated sequences is clean as a rule,
    whatever their number, and more rows never give a shorter run.

    Parameters
    ----------
    codes : int ndarray of any shape
        Codes of all residues; those of the alphabet's size and above (padding, ambiguity codes) do not count.
    lengths : int ndarray of shape (n_rows,)
        Lengths of the rows.
    n_kmers : int
        Distinct k-mers of all rows.
    alphabet : Alphabet
        Their alphabet.
    share : float, default=0.5
        Most of the median row.

    Returns
    -------
    int

    Examples
    --------
    >>> from seqaug_sklearn.alphabets import DNA
    >>> from seqaug_sklearn.similarity import usual_run
    >>> codes = np.arange(40) % 4
    >>> [usual_run(codes, np.full(10, 600), n_kmers, DNA) for n_kmers in (1_000, 1_000_000)]
    [20, 22]
    """
    # codes from n_symbols on are padding and ambiguity
    counts = np.bincount(codes.ravel(), minlength=alphabet.n_symbols)[: alphabet.n_symbols]
    frequencies = counts / max(counts.sum(), 1)
    usual = _PROTEIN_RUN if alphabet.complement is None else _NUCLEOTIDE_RUN
    most = math.ceil(share * int(np.median(lengths)))
    return max(min(usual, most), _run_by_chance(n_kmers, _matches(frequencies, alphabet)))


def _matches(frequencies, alphabet):
    """Probability that two symbols match: (n_strands, 1)."""
    others = [frequencies]
    if alphabet.complement is not None:
        # on the other strand a symbol matches its complement
        others.append(frequencies[alphabet.complement_codes[:-1]])
    return np.array([[frequencies @ other] for other in others])


def _run_by_chance(n_kmers, matches):
    lengths = np.arange(1, 10_000)
    # n**2 / 4 pairs at most, training and test rows being halves; (1 - p) p**L is a run that begins here and goes on
    # for L symbols or more (Karlin and Altschul 1990, doi 10.1073/pnas.87.6.2264). Strands add up
    expected = (n_kmers**2 / 4 * (1 - matches) * matches**lengths).sum(axis=0)
    return int(lengths[np.argmax(expected < _FALSE_ALARMS)])
