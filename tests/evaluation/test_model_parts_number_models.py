"""Every model that is no network learns a planted rule: one number, several with gaps, and several labels."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from seqaug_sklearn.evaluation import make_model
from seqaug_sklearn.evaluation._augmentation._line_up import BASELINES, SOURCES, models_of
from seqaug_sklearn.evaluation._model_parts import NETWORKS, fit_seconds, whole_size
from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.similarity import NearestSequenceRegressor

LEARNING = ("svm", "logistic", "positional-kmers", "boosting", "average", "positions")
KEYS = [key for key in models_of("number") if key not in (*NETWORKS, *SOURCES, "covariates")]


@pytest.fixture(scope="module")
def guides():
    """Two hundred 20-mers; a number that eight positions decide, in thousands, and half of them to test on."""
    rng = np.random.default_rng(0)
    letters = rng.integers(0, 4, (200, 20))
    effects = np.zeros((20, 4))
    effects[[1, 4, 7, 9, 12, 15, 17, 19]] = rng.normal(size=(8, 4))
    y = 5000 + 1000 * effects[np.arange(20), letters].sum(axis=1)
    return ["".join(np.array(list("ACGT"))[row]) for row in letters], y


@pytest.mark.parametrize("key", KEYS)
def test_one_number(key, guides):
    X, y = guides
    predicted = make_model(key, task="number", X=X[:120], y=y[:120], random_state=0, window=8).fit(X[:120], y[:120])
    predicted = predicted.predict(X[120:])
    assert predicted.shape == (80,)
    if key in LEARNING:
        assert spearmanr(predicted, y[120:])[0] > 0.6
        assert abs(np.mean(predicted - y[120:])) < 500  # in its own unit
    if key == "majority":
        np.testing.assert_allclose(predicted, y[:120].mean())


@pytest.mark.parametrize("key", ["svm", "kmers", "boosting", "memoriser", "majority", "composition"])
def test_several_numbers_and_labels_with_gaps(key, guides):
    X, values = guides
    y = np.column_stack([values, -values])[:60]
    y[::3, 1] = np.nan
    model = make_model(key, X=X[:60], y=y, quick=True, random_state=0, window=8).fit(X[:60], y)
    assert model.predict(X[60:70]).shape == (10, 2)
    labels = np.where(np.isnan(y), np.nan, y > np.nanmedian(y, axis=0))
    model = make_model(key, X=X[:60], y=labels, quick=True, random_state=0, window=8).fit(X[:60], labels)
    scores = model.predict_proba(X[60:]) if hasattr(model, "predict_proba") else model.predict(X[60:])
    assert scores.shape == (140, 2)
    assert ((scores >= 0) & (scores <= 1)).all()
    if key == "svm":
        assert np.mean((model.decision_function(X[60:])[:, 0] > 0) == (values[60:] > np.median(values))) > 0.6


@pytest.mark.parametrize(("strand", "expected"), [("both", "both"), ("single", "single")])
def test_the_promoter_network_reads_both_strands_of_numbers(strand, expected, guides):
    X, y = guides
    assert make_model("promoter-cnn", X=X, y=y, strand=strand)[-1].strand == expected
    # the classifier is the published one
    assert make_model("promoter-cnn", X=X, y=np.arange(200) % 2, strand=strand)[-1].strand == "single"


@pytest.mark.parametrize("key", ["svm", "logistic"])
def test_windows_vote_for_a_number(key, guides):
    X, y = guides
    model = make_model(f"{key} + windows", X=X[:40], y=y[:40], quick=True, random_state=0, window=19)
    predicted = model.fit(X[:40], y[:40]).predict(X[40:])
    assert predicted.shape == (160,)
    assert spearmanr(predicted, y[40:])[0] > 0.3


@pytest.mark.parametrize("key", NETWORKS)
def test_networks_take_several_numbers_and_labels_with_gaps(key, guides):
    X, values = guides
    y = np.column_stack([values, -values])[:16]
    y[::3, 1] = np.nan
    labels = np.where(np.isnan(y), np.nan, y > np.nanmedian(y, axis=0))
    for target, kind in ((values[:16], "Regressor"), (y, "Regressor"), (labels, "Classifier")):
        augmentation = "windows" if key == "bag-cnn-bilstm" else None
        options = {"augmentation": augmentation, "quick": True, "window": 8, "device": "cpu", "random_state": 0}
        model = make_model(key, X=X[:16], y=target, **options)
        assert type(model[-1]).__name__.endswith(kind)
        model[-1].set_params(max_epochs=1)
        predicted = model.fit(X[:16], target).predict(X[16:20])
        assert predicted.shape == (4, *target.shape[1:])


@pytest.mark.parametrize("key", ["svm", "positional-kmers", "average"])
def test_edited_copies_are_trained_on(key, guides):
    X, y = guides
    model = make_model(f"{key} + edits", X=X[:40], y=y[:40], quick=True, random_state=0, window=8)
    assert np.isfinite(model.fit(X[:40], y[:40]).predict(X[40:50])).all()


def test_other_names_and_what_is_not_there():
    ridge, logistic = (make_model(name, task="number") for name in ("Ridge", "logistic"))
    assert repr(ridge) == repr(logistic)
    assert ridge.settings[0].keys() == {"alpha"}
    assert isinstance(make_model("memoriser", task="labels"), NearestSequenceRegressor)
    with pytest.raises(InvalidParameterError, match=r"got 'Ridge' \(ridge is for numbers\)"):
        make_model("Ridge")
    with pytest.raises(InvalidParameterError, match="task must be one of 'auto', 'classes', 'number', 'labels'"):
        make_model("svm", task="regression")
    with pytest.raises(InvalidParameterError, match="augmentation must be None for the baseline 'majority'"):
        make_model("mean + edits", task="number")


@pytest.mark.parametrize("key", [key for key in KEYS if key not in BASELINES])
def test_costs_grow_with_targets(key):
    from seqaug_sklearn.evaluation._augmentation._models import Plan

    one, three = (
        fit_seconds(key, whole_size(key, Plan("dna", 10, 500, 2, 41, False, "cpu", task="number", n_targets=n)))
        for n in (1, 3)
    )
    assert 2.9 < three / one < 3.1
