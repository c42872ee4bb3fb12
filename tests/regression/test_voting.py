"""Averages over windows against a plain loop, gaps among the targets, weights, and what is refused."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import BaseEstimator, RegressorMixin, clone, is_regressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge, SGDRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_validate
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from seqaug_sklearn.exceptions import DataFormatError, LeakageWarning, SequenceError
from seqaug_sklearn.regression import WindowVotingRegressor

NAN = np.nan


@pytest.fixture
def bags(rng):
    """Ragged bags (12, 5, 6) of features, and two numbers per sequence that their sums explain in part."""
    X = rng.normal(size=(12, 5, 6))
    for row in range(12):
        X[row, 5 - row % 4 :] = 0
    X[7, 1] = 0
    return X, X.sum(axis=1)[:, :2] + rng.normal(0, 0.1, (12, 2))


def windows_of(bag):
    return [window for window in bag if window.any()]


def plain_fit(model, X, y, weights):
    """Windows one by one, those of rows without a number left out."""
    rows = [
        (window, y[i], weights[i]) for i, bag in enumerate(X) if not np.isnan(y[i]).all() for window in windows_of(bag)
    ]
    windows, targets, of_rows = (np.array(part) for part in zip(*rows, strict=True))
    return model.fit(windows, targets, sample_weight=of_rows)


@pytest.mark.parametrize("several", [False, True], ids=["one target", "two"])
@pytest.mark.parametrize("gaps", [False, True], ids=["all measured", "gaps"])
def test_equals_a_loop_over_windows(bags, rng, several, gaps):
    X, y = bags
    y = y.copy() if several else y[:, 0].copy()
    if gaps:
        y[[2, 7]] = NAN
    weights = rng.uniform(0.1, 3, 12)
    plain = plain_fit(Ridge(), X, y, weights)
    expected = np.array([np.mean([plain.predict(w[None])[0] for w in windows_of(bag)], axis=0) for bag in X])
    model = WindowVotingRegressor(Ridge()).fit(X, y, sample_weight=weights)
    found = model.predict(X)
    assert found.shape == y.shape
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert model.target_names_ == (("y0", "y1") if several else ("y",))
    known = ~np.isnan(y.reshape(12, -1)).any(axis=1)
    assert model.score(X, y) == pytest.approx(r2_score(y[known], expected[known]))
    assert model.score(X, y, weights) == pytest.approx(
        r2_score(y[known], expected[known], sample_weight=weights[known])
    )
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(X), found)


def test_what_is_not_measured_changes_nothing(bags):
    X, y = bags
    y = np.where(np.arange(12) % 3 == 0, NAN, y[:, 0])
    known = ~np.isnan(y)
    model = WindowVotingRegressor(Ridge()).fit(X, y)
    np.testing.assert_array_equal(model.predict(X), WindowVotingRegressor(Ridge()).fit(X[known], y[known]).predict(X))
    assert model.score(X, y) == model.score(X[known], y[known])


class Column(RegressorMixin, BaseEstimator):
    """Ridge regression for each target, on the rows that have it."""

    def fit(self, X, y):
        known = ~np.isnan(y)
        self.models_ = [Ridge().fit(X[rows], column[rows]) for column, rows in zip(y.T, known.T, strict=True)]
        return self

    def predict(self, X):
        return np.stack([model.predict(X) for model in self.models_], axis=1)


def test_gaps_among_several_targets(bags):
    X, y = bags
    y = y.copy()
    y[1, 0] = y[5, 1] = NAN
    y[8] = NAN
    with pytest.raises(
        DataFormatError, match=r"gaps in 2 of 2 targets, and Ridge cannot.*NaN.*one WindowVotingRegressor"
    ):
        WindowVotingRegressor(Ridge()).fit(X, y)
    model = WindowVotingRegressor(Column()).fit(X, y)
    single = [WindowVotingRegressor(Ridge()).fit(X, column) for column in y.T]
    np.testing.assert_array_equal(model.predict(X), np.stack([one.predict(X) for one in single], axis=1))
    assert model.score(X, y) == pytest.approx(np.mean([one.score(X, t) for one, t in zip(single, y.T, strict=True)]))
    # a target that one row has no R²; the other counts
    thin = y.copy()
    thin[1:, 0] = NAN
    assert model.score(X, thin) == pytest.approx(single[1].score(X, y[:, 1]))


def test_constant_targets_may_be_scored(bags):
    X, y = bags
    model = WindowVotingRegressor(Ridge()).fit(X, y[:, 0])
    assert model.score(X[:3], [1.0, 1.0, 1.0]) == 0
    for wrong, match in (
        ([NAN] * 3, "holds no value"),
        (y[:3], "should hold 1 target,"),
        ([1, 2], "3 rows but y has 2"),
    ):
        with pytest.raises(DataFormatError, match=match):
            model.score(X[:3], wrong)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.score(X[:3], [1.0, 2.0, 3.0], sample_weight=[1.0, 1.0])


@pytest.mark.parametrize(
    ("y", "match"),
    [
        ([1.5] * 12, r"one value only \(1.5"),
        ([NAN] * 12, "no value"),
        ([1.0, np.inf, *range(10)], "infinity in row 1"),
        ([1.0, "high", *range(10)], "'high' in row 1"),
        (np.arange(11.0), "12 rows but y has 11"),
        (None, "y is missing|target y is None"),
    ],
    ids=["constant", "nothing", "infinity", "text", "short", "none"],
)
def test_bad_targets(bags, y, match):
    with pytest.raises(ValueError, match=match):
        WindowVotingRegressor(Ridge()).fit(bags[0], y)


def test_what_is_refused(bags):
    X, y = bags
    with pytest.raises(ValueError, match=r"must be a regressor, got LogisticRegression; WindowVotingC"):
        WindowVotingRegressor(LogisticRegression()).fit(X, y)
    with pytest.raises(ValueError, match=r"KNeighborsRegressor\.fit does not take it"):
        WindowVotingRegressor(KNeighborsRegressor()).fit(X, y, sample_weight=np.ones(12))
    with pytest.raises(SequenceError, match="before WindowVotingRegressor in the pipeline"):
        WindowVotingRegressor(Ridge()).fit(X[:, 0], y)
    stops = SGDRegressor(early_stopping=True, max_iter=5, tol=None)
    with pytest.warns(
        LeakageWarning, match=r"SGDRegressor stops early.*around WindowVotingRegressor, over windowvotingr"
    ):
        WindowVotingRegressor(stops).fit(X, y[:, 0])


def test_tags_clone_and_names(bags):
    X, y = bags
    model = WindowVotingRegressor(Ridge(3))
    tags = sklearn.utils.get_tags(model)
    assert is_regressor(model)
    assert (tags.input_tags.three_d_array, tags.input_tags.string, tags.target_tags.multi_output) == (True, True, True)
    assert clone(model).get_params()["estimator__alpha"] == 3
    named = model.fit(X, pd.DataFrame(y, columns=["leaf", "root"]))
    assert named.target_names_ == ("leaf", "root")
    assert model.fit(X, pd.Series(y[:, 0], name="leaf")).target_names_ == ("leaf",)
    # another fit forgets the first, and one column is one target
    assert model.fit(X, y[:, :1]).predict(X).shape == (12,)


def test_in_scikit_learns_tools(bags):
    X, y = bags
    search = GridSearchCV(WindowVotingRegressor(Ridge()), {"estimator__alpha": [1e-3, 1e6]}, cv=3).fit(X, y)
    assert search.best_params_ == {"estimator__alpha": 1e-3}
    assert cross_val_predict(search.best_estimator_, X, y, cv=3).shape == (12, 2)
    with sklearn.config_context(enable_metadata_routing=True):
        model = WindowVotingRegressor(Ridge().set_fit_request(sample_weight=True)).set_score_request(sample_weight=True)
        given = {"groups": np.arange(12) % 4, "sample_weight": np.arange(1.0, 13)}
        scores = cross_validate(model, X, y[:, 0], cv=GroupKFold(2), params=given, error_score="raise")
    assert np.isfinite(scores["test_score"]).all()


def test_routed_weights_reach_a_pipeline_inside(bags, rng):
    X, y = bags
    y, weights = np.where(np.arange(12) == 4, NAN, y[:, 0]), rng.uniform(0.1, 3, 12)
    with sklearn.config_context(enable_metadata_routing=True):
        inner = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), Ridge())
        inner[-1].set_fit_request(sample_weight=True)
        model = WindowVotingRegressor(inner).fit(X, y, sample_weight=weights)
    known = ~np.isnan(y)
    scaled = StandardScaler().fit(np.concatenate([windows_of(bag) for bag in X[known]]))
    again = plain_fit(Ridge(), [scaled.transform(windows_of(bag)) for bag in X], y, weights)
    np.testing.assert_allclose(model.estimator_[-1].coef_, again.coef_, rtol=1e-9)


def test_text_behind_the_projects_own_steps(rng):
    from seqaug_sklearn.augmentation import WindowAugmenter

    share = rng.uniform(0.2, 0.8, 24)
    X = ["".join(rng.choice(list("ACGT"), 60, p=[(1 - s) / 2, s / 2, s / 2, (1 - s) / 2])) for s in share]
    kmers = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(1, 1)), Ridge())
    model = make_pipeline(WindowAugmenter(window=25), WindowVotingRegressor(kmers))
    assert cross_validate(model, X, share, cv=4)["test_score"].mean() > 0.5
    # a tree that remembers all windows gives the training values back
    tree = WindowVotingRegressor(make_pipeline(CountVectorizer(analyzer="char"), DecisionTreeRegressor(random_state=0)))
    assert tree.fit([["A", "AA"], ["C", ""]], [1.0, 3.0]).predict([["AA", "C"]]).tolist() == [2.0]
