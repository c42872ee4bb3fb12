"""The window paper's network on rows that the caller deals to training and validation."""

import numpy as np

from seqaug_sklearn.classification._cnn_bilstm import CNNBiLSTMClassifier
from seqaug_sklearn.neural import ValidationSplit

__all__ = ["FixedSplitCNNBiLSTM"]


class FixedSplitCNNBiLSTM(CNNBiLSTMClassifier):
    """:class:`CNNBiLSTMClassifier` whose output knows the classes of rows that it does not train.

    The published control needs it: whole sequences, one per class, are split at random, so validation and test classes
    have no training row, but the network has an output for each. No other fit should do that.
    """

    def fit_on(self, X, y, train, valid):
        """Train on the rows ``train`` and stop by the rows ``valid``; the other rows only name their classes.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,)
            Labels of all rows; each has an output.
        train, valid : array-like of int
            Rows.

        Returns
        -------
        self : FixedSplitCNNBiLSTM
        """
        self._dealt = np.asarray(train), np.asarray(valid)
        try:
            return self.fit(X, y)
        finally:
            del self._dealt

    def _split(self, packed, codes, parents, starts, rng):
        state = np.full(packed.n_rows, 2, np.int8)
        for which, rows in enumerate(self._dealt):
            state[rows] = which
        rows = np.stack([np.arange(packed.n_rows), np.zeros(packed.n_rows, int)], axis=1)
        return state, ValidationSplit("rows", *(rows[state == which] for which in range(3)))
