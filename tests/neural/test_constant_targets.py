"""One of several targets that does not vary: predicted as it is, with one warning, and the others as without it."""

import numpy as np
import pytest

from seqaug_sklearn.classification import MotifCNNClassifier
from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.regression import MotifCNNRegressor
from seqaug_sklearn.similarity import NearestSequenceRegressor

TINY = {"n_filters": 4, "kernel_size": 4, "max_epochs": 3, "random_state": 0}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice(list("ACGT"), 24)) for _ in range(32)]
    return X, np.column_stack([rng.gamma(2.0, size=32), np.full(32, 3.5), rng.normal(size=32)])


@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
def test_a_constant_number_among_others_is_predicted(loss, data):
    X, y = data
    y = abs(y)
    y[:4, 1] = np.nan
    with pytest.warns(SeqAugWarning, match="the same in all training rows: 'y1'; there is nothing to learn") as said:
        model = MotifCNNRegressor(loss=loss, **TINY).fit(X, y)
    assert len(said) == 1
    predicted = model.predict(X)
    np.testing.assert_array_equal(predicted[:, 1], 3.5)
    assert (predicted[:, [0, 2]].std(axis=0) > 0).all()


def test_the_lookup_predicts_it_too(data):
    np.testing.assert_array_equal(NearestSequenceRegressor().fit(*data).predict(data[0][:3])[:, 1], 3.5)


def test_a_constant_label_among_others_is_predicted(data):
    labels = np.column_stack([np.arange(32) % 2, np.ones(32)])
    with pytest.warns(SeqAugWarning, match="the same in all training rows: 'y1'"):
        model = MotifCNNClassifier(**TINY | {"max_epochs": 10, "lr": 0.05}).fit(data[0], labels)
    np.testing.assert_array_equal(model.predict(data[0])[:, 1], 1)


@pytest.mark.parametrize(
    ("columns", "message"),
    [([1, 1], "one value only for each of 2 targets; none can be learned"), ([0, 3], "holds no value for 'y1'")],
    ids=["all constant", "unknown"],
)
def test_nothing_to_learn_is_an_error(columns, message, data):
    y = np.column_stack([data[1], np.full(32, np.nan)])
    with pytest.raises(ValueError, match=message):
        MotifCNNRegressor(**TINY).fit(data[0], y[:, columns])
