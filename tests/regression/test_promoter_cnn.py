"""The promoter network of numbers learns by default, where the published sizes and training learn nothing."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from seqaug_sklearn.regression import PromoterCNNRegressor


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice(list("ACGT"), 80)) for _ in range(400)]
    has_site = rng.random(400) < 0.5
    for row in np.flatnonzero(has_site):
        start = rng.integers(0, 70)
        X[row] = X[row][:start] + "TGACGTCATT" + X[row][start + 10 :]
    return np.array(X), 2.0 * has_site + rng.normal(0, 0.3, 400)


def test_a_site_anywhere_is_learned_from_few_rows(data):
    X, y = data
    model = PromoterCNNRegressor(max_epochs=10, random_state=0).fit(X[:250], y[:250])
    assert spearmanr(model.predict(X[250:]), y[250:]).statistic > 0.6


@pytest.mark.parametrize(("length", "width"), [(17, 1), (80, 13), (200, 36), (620, 36)])
def test_the_pooling_follows_the_length(length, width):
    assert PromoterCNNRegressor()._pool_size(length) == width
