"""Scores of local alignments and what they are worth: expected numbers of as good ones by chance."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtr

from seqaug_sklearn.alphabets import Alphabet

__all__ = ["Scoring", "scoring_of"]

# halvings until the length of a chance alignment is known to less than a residue
_HALVINGS = 40
# lambdas that are tried, as shares of the usual one
_LEAST_FACTOR, _FACTORS = 0.3, np.linspace(0.3, 1.0, 71)
# alpha and its variance of BLOSUM62 without gaps
_UNGAPPED_SLOPE, _UNGAPPED_SPREAD = 0.7916, 4.96466


@dataclass(frozen=True, eq=False)
class Scoring:
    """Scores of residues and gaps, and the statistics that belong to them.

    Attributes
    ----------
    matrix : int64 ndarray of shape (n_symbols + 1, n_symbols + 1)
        Score of two codes; the last one is the unknown symbol.
    gap_open, gap_extend : int
        A gap of n residues costs ``gap_open + n * gap_extend``.
    decay, scale : float
        Lambda and K of gapped alignments.
    length_slope, length_intercept : float
        Alpha and beta: mean length of chance alignments.
    length_spreads : pair of float, default=None
        How the variance of the length in either row, and the covariance of both, grow with the score. None: rows are
        shortened by the mean length only, whatever the score.
    whole_steps : int
        Scores are rounded down to a multiple of it.
    trigger : int
        Score that a stretch without gaps needs before it is aligned.
    ungapped_decay : float
        Lambda without gaps at the composition that the others were published for.
    """

    matrix: np.ndarray
    gap_open: int
    gap_extend: int
    decay: float
    scale: float
    length_slope: float
    length_intercept: float
    whole_steps: int
    trigger: int
    ungapped_decay: float
    length_spreads: tuple[float, float] | None = None

    def length_adjustments(self, lengths, n_residues: int, n_sequences: int) -> np.ndarray:
        """Residues at the ends of each sequence in which no alignment as good as wanted can begin.

        Parameters
        ----------
        lengths : int ndarray of shape (n_queries,)
            Lengths of the queries.
        n_residues, n_sequences : int
            Size of what is searched.

        Returns
        -------
        adjustments : int64 ndarray of shape (n_queries,)
        """
        lengths = np.asarray(lengths, float)
        # the search space must stay above the longer side: K (m - l) (n - N l) >= max(m, n), a quadratic in l
        total, longer = lengths * n_sequences + n_residues, np.maximum(lengths, n_residues)
        room = np.maximum(lengths * n_residues - longer / self.scale, 0)
        highest = 2 * room / (total + np.sqrt(np.maximum(total**2 - 4 * n_sequences * room, 0)))
        low, high = np.zeros_like(lengths), highest
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            space = self.scale * (lengths - middle) * (n_residues - n_sequences * middle)
            longest = self.length_slope / self.decay * np.log(np.maximum(space, 1)) + self.length_intercept
            fits = middle <= longest
            low, high = np.where(fits, middle, low), np.where(fits, high, middle)
        # a hair above, so that a whole number approached from below is not cut
        return np.floor(low + 1e-6).astype(np.int64)

    def bits(self, scores) -> np.ndarray:
        """Scores in bits, which no longer depend on the matrix."""
        rounded = np.asarray(scores) // self.whole_steps * self.whole_steps
        return (self.decay * rounded - np.log(self.scale)) / np.log(2)

    def composition_factors(self, first, second) -> np.ndarray:
        """By how much the scores of pairs of rows count less because their compositions make chance hits likely.

        Lambda without gaps is that of the two compositions, the root of ``sum p_i q_j exp(lambda s_ij) = 1``, divided
        by the usual one. Compositions that make chance hits unlikely are left at one.

        Parameters
        ----------
        first, second : float ndarray of shape (n_pairs, n_symbols)
            Shares of the symbols in either row.

        Returns
        -------
        factors : float ndarray of shape (n_pairs,)
            At most 1.

        References
        ----------
        A. A. Schäffer et al., Improving the accuracy of PSI-BLAST protein database searches with composition-based
        statistics, Nucleic Acids Research 29 (2001), :doi:`10.1093/nar/29.14.2994`.
        """
        factors, matrix = np.full(len(first), _LEAST_FACTOR), self.matrix[:-1, :-1]
        before = np.full(len(first), np.nan)
        step = _FACTORS[1] - _FACTORS[0]
        # the sum falls from 1 at lambda 0 and crosses 1 again at the root: the last crossing on the way up is that one
        for factor in _FACTORS:
            total = ((first @ np.exp(factor * self.ungapped_decay * matrix)) * second).sum(axis=1) - 1
            crossing = (before < 0) & (total >= 0)
            factors[crossing] = factor - step * total[crossing] / (total - before)[crossing]
            before = total
        factors[before < 0] = 1.0
        return factors

    def evalues(self, scores, lengths, targets, n_residues: int, n_sequences: int) -> np.ndarray:
        """Number of alignments at least as good that a query finds by chance in all that is searched.

        Parameters
        ----------
        scores : int or float ndarray of shape (n,)
            Scores of alignments.
        lengths, targets : int ndarray of shape (n,)
            Lengths of their queries and of the sequences that they were found in.
        n_residues, n_sequences : int
            Size of what is searched.

        Returns
        -------
        evalues : float ndarray of shape (n,)
            ``area / 2**bits``, the area being that of the places where the alignment can begin: ``(m - l) (n - N l)``,
            or, where the spread of lengths is known, the expectation over alignments of that score, times the number of
            such sequences in all that is searched.
        """
        lengths, targets = np.asarray(lengths, np.int64), np.asarray(targets, np.int64)
        if self.length_spreads is None:
            distinct, places = np.unique(lengths, return_inverse=True)
            cut = self.length_adjustments(distinct, n_residues, n_sequences)[places]
            area = np.maximum(lengths - cut, 1.0) * np.maximum(n_residues - n_sequences * cut, 1.0)
        else:
            area = self._area(np.asarray(scores), lengths, targets, self.length_spreads) * n_residues / targets
        return area * 2.0 ** -self.bits(scores)

    def _area(self, scores, lengths, targets, spreads):
        """Expectation of the area that is left to alignments of two rows with a score, in squared residues."""
        # the costs of a gap of one residue turn the slopes into intercepts
        gap = 2 * (self.gap_open + self.gap_extend)
        mean = self.length_slope * scores + gap * (_UNGAPPED_SLOPE - self.length_slope)
        spread, covariance = (
            np.maximum(2 * slope / self.decay, slope * scores + gap * (_UNGAPPED_SPREAD - slope)) for slope in spreads
        )
        deviation = np.sqrt(spread)
        left, inside = [], []
        for size in (lengths, targets):
            rest = size - mean
            share = ndtr(rest / deviation)
            inside.append(share)
            # expectation of what is left of the row, where something is
            left.append(rest * share + deviation * np.exp(-(rest**2) / (2 * spread)) / np.sqrt(2 * np.pi))
        return np.maximum(left[0] * left[1] + covariance * inside[0] * inside[1], 1.0)


def scoring_of(alphabet: Alphabet) -> Scoring | None:
    """Scores that fit an alphabet: those of nucleotides, of proteins, or None where there are no published ones.

    Parameters
    ----------
    alphabet : Alphabet
        The alphabet.

    Returns
    -------
    Scoring or None

    References
    ----------
    S. Henikoff and J. G. Henikoff, PNAS 89 (1992), :doi:`10.1073/pnas.89.22.10915` (BLOSUM62). Lambda, K, alpha and
    beta for gaps of 11 + n (BLOSUM62) and 5 + 2 n (match 2, mismatch -3): those that NCBI BLAST publishes with its
    sources; S. F. Altschul and W. Gish, Methods in Enzymology 266 (1996), :doi:`10.1016/S0076-6879(96)66029-7`. Y. Park
    et al., New finite-size correction for local alignment score distributions, BMC Research Notes 5 (2012),
    :doi:`10.1186/1756-0500-5-286` (the area of proteins).
    """
    return _scoring(alphabet.symbols)


@cache
def _scoring(symbols):
    if symbols in ("ACGT", "ACGU"):
        matrix = np.full((5, 5), -3)
        np.fill_diagonal(matrix[:4, :4], 2)
        return Scoring(matrix, 5, 2, 0.625, 0.41, 0.8, -2.0, 2, 26, 0.634)
    if symbols == "ACDEFGHIKLMNPQRSTVWY":
        return Scoring(_blosum62(symbols), 11, 1, 0.267, 0.041, 1.9, -30.0, 1, 38, 0.3176, (42.6028, 43.6362))
    return None


def _blosum62(symbols):
    from Bio.Align import substitution_matrices

    table = substitution_matrices.load("BLOSUM62")
    places = [table.alphabet.index(letter) for letter in symbols]
    # unknown residues score -1 against everything
    matrix = np.full((len(symbols) + 1, len(symbols) + 1), -1)
    matrix[:-1, :-1] = np.asarray(table)[np.ix_(places, places)]
    return matrix
