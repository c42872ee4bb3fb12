"""Local alignments of pairs of rows: their scores, and where the best ones lie."""

from typing import Any, NamedTuple

import numpy as np

from seqaug_sklearn.similarity._homologs._scoring import Scoring
from seqaug_sklearn.utils import import_optional

__all__ = ["Aligner", "Alignments"]

# letters that no score is looked up by but the one meant
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Alignments(NamedTuple):
    """Best local alignments of pairs of rows, arrays of shape (n_pairs,).

    Attributes
    ----------
    scores : int64 ndarray
        Scores.
    identity : float ndarray
        Share of the columns of the alignment, gaps included, in which both rows have the same known residue.
    coverage : float ndarray
        Share of the first row that lies in the alignment.
    """

    scores: np.ndarray
    identity: np.ndarray
    coverage: np.ndarray


class Aligner:
    """Smith-Waterman alignments with affine gaps, striped over the lanes of the processor (parasail).

    Parameters
    ----------
    scoring : Scoring
        Scores of residues and gaps.

    Raises
    ------
    MissingDependencyError
        If parasail is not installed.

    References
    ----------
    J. Daily, Parasail: SIMD C library for global, semi-global, and local pairwise sequence alignments, BMC
    Bioinformatics 17 (2016), :doi:`10.1186/s12859-016-0930-z`.
    """

    def __init__(self, scoring: Scoring):
        self.parasail: Any = import_optional("parasail", extra="audit", purpose="the alignment of homologs")
        self.scoring = scoring
        n = len(scoring.matrix)
        # the unknown symbol of the second row has a letter of its own, so that two unknown residues are not the same
        self.matrix = self.parasail.matrix_create(_LETTERS[: n + 1], 1, -1)
        for i, j in np.ndindex(n + 1, n + 1):
            self.matrix[i, j] = int(scoring.matrix[min(i, n - 1), min(j, n - 1)])
        # parasail's first residue of a gap costs all of `open`
        self.gaps = scoring.gap_open + scoring.gap_extend, scoring.gap_extend
        letters = np.frombuffer(_LETTERS[: n + 1].encode(), np.uint8)
        self.letters = letters[:n], letters[[*range(n - 1), n]]

    def text(self, codes, side: int = 0) -> str:
        """Codes of one row as the text that is aligned; `side` is 1 for the second row of a pair."""
        return self.letters[side][codes].tobytes().decode()

    def scores(self, query, targets) -> list[int]:
        """Scores of one row against others, all made by :meth:`text`."""
        if not query:
            return [0] * len(targets)
        profile = self.parasail.profile_create_sat(query, self.matrix)
        align, gaps = self.parasail.sw_striped_profile_sat, self.gaps
        return [align(profile, target, *gaps).score if target else 0 for target in targets]

    def align(self, first, second) -> Alignments:
        """Align pairs of rows.

        Parameters
        ----------
        first, second : list of uint8 ndarray
            Codes; the n-th of both are a pair.

        Returns
        -------
        Alignments
        """
        found = [self._trace(a, b) for a, b in zip(first, second, strict=True)]
        scores, identity, coverage = np.array(found, float).reshape(-1, 3).T
        return Alignments(scores.astype(np.int64), identity, coverage)

    def _trace(self, a, b):
        if len(a) == 0 or len(b) == 0:
            return 0, 0.0, 0.0
        texts = self.text(a), self.text(b, 1)
        result = self.parasail.sw_trace_striped_16(*texts, *self.gaps, self.matrix)
        if result.saturated:
            result = self.parasail.sw_trace_striped_32(*texts, *self.gaps, self.matrix)
        # parasail's lowest number stands for no alignment
        if result.score <= 0:
            return 0, 0.0, 0.0
        steps = np.array(result.cigar.seq, np.int64)
        # of htslib's numbers: 1 consumes the first row only, 2 the second only, 7 both with the same letter, 8 both
        kinds, counts = steps & 15, steps >> 4
        # parasail goes on to the start of a row with a gap that is no part of the local alignment
        inside = slice(*(np.flatnonzero(kinds > 2)[[0, -1]] + [0, 1]))
        kinds, counts = kinds[inside], counts[inside]
        in_first, columns = counts[kinds != 2].sum(), counts.sum()
        return result.score, counts[kinds == 7].sum() / columns, in_first / len(a)
