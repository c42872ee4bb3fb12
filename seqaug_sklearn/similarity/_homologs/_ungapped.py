"""The best stretch without gaps around a seed."""

import numpy as np

from seqaug_sklearn.similarity._homologs._scoring import Scoring
from seqaug_sklearn.similarity._homologs._seeds import PaddedRows

__all__ = ["StretchScores"]

# residues to the left of the seed's begin and to the right of it, looked at two by two
_BEFORE, _BEHIND = 26, 34
_BLOCK = 2**15


class StretchScores:
    """Scores of the best stretches without gaps near seeds, on their diagonals.

    Two neighbouring residues are one code, and their two scores one entry of a table: a stretch begins and ends at
    pairs, which costs it a point or two, and takes half the time.

    Parameters
    ----------
    test, train : PaddedRows
        Both sides.
    scoring : Scoring
        Scores of residues.
    """

    def __init__(self, test: PaddedRows, train: PaddedRows, scoring: Scoring):
        width = len(scoring.matrix)
        scores = scoring.matrix.astype(np.int8)
        # (width, width, width, width) of first and second residue of the test row, then of the training row
        pairs = scores[:, None, :, None] + scores[None, :, None, :]
        self.table = pairs.ravel()
        # codes of pairs, those of the test rows times the number of codes, so that a sum is an entry of the table
        self.test = _pair_codes(test.codes, width) * np.int32(width**2)
        self.train = _pair_codes(train.codes, width)

    def __call__(self, test_places: np.ndarray, train_places: np.ndarray) -> np.ndarray:
        """Score the stretches around seeds that begin at these places.

        Returns
        -------
        scores : int16 ndarray of shape (n_seeds,)
        """
        blocks = range(0, len(test_places), _BLOCK)
        parts = [self._best(test_places[i : i + _BLOCK], train_places[i : i + _BLOCK]) for i in blocks]
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)

    def _best(self, i, j):
        best, running = np.zeros((2, len(i)), np.int16)
        i, j = i.astype(np.intp) - _BEFORE, j.astype(np.intp) - _BEFORE
        for _ in range(0, _BEFORE + _BEHIND, 2):
            running += self.table.take(self.test.take(i) + self.train.take(j))
            # a stretch that has lost all it had begins anew
            np.maximum(running, 0, out=running)
            np.maximum(best, running, out=best)
            i += 2
            j += 2
        return best


def _pair_codes(codes, width):
    return codes.astype(np.int32) * width + np.roll(codes, -1)
