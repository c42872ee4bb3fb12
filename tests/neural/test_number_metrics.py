"""Scores of numbers while training, by scikit-learn and SciPy on the known entries."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import r2_score

from seqaug_sklearn.neural._number_metrics import mean_r2, mean_spearman


def test_scores_of_the_known_entries(rng):
    values = rng.normal(size=(40, 3)).round(1)
    predictions = values + rng.normal(size=(40, 3))
    values[rng.random((40, 3)) < 0.3] = np.nan
    values[:, 2] = np.where(np.isnan(values[:, 2]), np.nan, 4.0)  # does not vary: no score
    known = [~np.isnan(column) for column in values.T]
    pairs = [(values[known[t], t], predictions[known[t], t]) for t in (0, 1)]
    assert mean_r2(values, predictions) == pytest.approx(np.mean([r2_score(*pair) for pair in pairs]))
    assert mean_spearman(values, predictions) == pytest.approx(np.mean([spearmanr(*pair)[0] for pair in pairs]))


@pytest.mark.parametrize("values", [[[1.0], [1.0]], [[np.nan], [np.nan]], [[1.0], [2.0]]], ids=["same", "none", "two"])
def test_what_has_no_score_is_no_gap_in_the_history(values):
    scores = [score(np.array(values), np.array([[3.0], [3.0]])) for score in (mean_r2, mean_spearman)]
    assert np.isfinite(scores).all()
    assert scores[1] == 0
