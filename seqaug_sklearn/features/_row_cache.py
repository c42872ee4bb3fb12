"""Rows of features that were computed before in this process, by what they are of and by sequence."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from seqaug_sklearn.utils import short_digest

__all__ = ["RowCache"]

_KEY_BYTES = 150
"""What an entry takes beside its numbers."""


class RowCache:
    """Keeps rows of float32 by a key and the codes of a sequence, those that were asked for last.

    Folds of a cross-validation hold the same sequences again and again. It is for features whose rows depend on no
    other row, to the last bit; otherwise what is found would depend on what was asked for first.

    Parameters
    ----------
    most_bytes : int
        Memory of all rows together.
    """

    def __init__(self, most_bytes: int):
        self.most_bytes = most_bytes
        self._rows: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self._bytes = 0

    def rows(
        self, key: bytes, sequences: Sequence[bytes], n_columns: int, compute: Callable[[np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Return the rows of sequences, computing those that are not known.

        Parameters
        ----------
        key : bytes
            All that decides a row beside its sequence.
        sequences : sequence of bytes
            Codes of each.
        n_columns : int
            Numbers of a row.
        compute : callable
            Gives the rows of sequences by their places, which all differ: (n_places, n_columns).

        Returns
        -------
        float32 ndarray of shape (n_sequences, n_columns)
        """
        digests = [short_digest(key + codes) for codes in sequences]
        out = np.empty((len(sequences), n_columns), np.float32)
        asked: dict[bytes, list[int]] = {}
        for place, digest in enumerate(digests):
            known = self._rows.pop(digest, None)
            if known is None:
                asked.setdefault(digest, []).append(place)
            else:
                # the one asked for last stands at the end
                self._rows[digest] = known
                out[place] = known
        if asked:
            computed = compute(np.array([places[0] for places in asked.values()]))
            for (digest, places), row in zip(asked.items(), computed, strict=True):
                out[places] = row
                self._keep(digest, row.copy())
        return out

    def _keep(self, digest, row):
        if digest not in self._rows:
            self._bytes += row.nbytes + _KEY_BYTES
        self._rows[digest] = row
        while self._bytes > self.most_bytes and self._rows:
            _, oldest = self._rows.popitem(last=False)
            self._bytes -= oldest.nbytes + _KEY_BYTES
