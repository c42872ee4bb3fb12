"""MotifCNNRegressor learns a planted number from few sequences, with the settings that it comes with."""

import numpy as np
from scipy.stats import spearmanr

from seqaug_sklearn.regression import MotifCNNRegressor


def test_learns_how_often_a_motif_stands_there():
    rng = np.random.default_rng(7)
    letters = rng.choice(list("ACGT"), (500, 100))
    y = rng.integers(0, 5, 500)
    for row, count in enumerate(y):
        for start in 20 * rng.permutation(5)[:count] + rng.integers(0, 12, count):
            letters[row, start : start + 7] = list("TGACTCA")
    X = ["".join(row) for row in letters]
    model = MotifCNNRegressor(device="cpu", random_state=0).fit(X[:300], y[:300])
    assert spearmanr(model.predict(X[300:]), y[300:])[0] > 0.9
