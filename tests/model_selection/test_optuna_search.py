"""OptunaSearch: a search that scikit-learn could have made, resumes exactly, and hides no failure."""

import functools
import pickle
import shutil
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone, is_classifier
from sklearn.datasets import make_classification
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score, make_scorer
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from seqaug_sklearn.classification import CNNBiLSTMClassifier
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.exceptions import MissingDependencyError
from seqaug_sklearn.model_selection import OptunaSearch, SimilarityGroupKFold

CV = StratifiedKFold(3, shuffle=True, random_state=0)
SPACE = {"max_depth": IntDistribution(1, 6), "min_impurity_decrease": FloatDistribution(1e-4, 0.1, log=True)}
TREE = DecisionTreeClassifier(random_state=0)


@pytest.fixture(scope="module")
def data():
    return make_classification(90, 6, flip_y=0.2, random_state=0)


def make(n_trials=4, estimator=TREE, space=SPACE, **params):
    return OptunaSearch(estimator, space, **{"cv": CV, "n_trials": n_trials, "random_state": 0, **params})


def scores(search):
    """What must be equal in a search that was interrupted."""
    skipped = {"mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time"}
    return {
        name: np.ma.filled(values, -1).tolist() for name, values in search.cv_results_.items() if name not in skipped
    }


# what a search of scikit-learn gives


def test_each_trial_has_the_scores_of_cross_validate(data):
    search = make(return_train_score=True, scoring="roc_auc").fit(*data)
    for number, params in enumerate(search.cv_results_["params"]):
        expected = cross_validate(
            clone(TREE).set_params(**params), *data, cv=CV, scoring="roc_auc", return_train_score=True
        )
        for kind in ("test", "train"):
            got = [search.cv_results_[f"split{fold}_{kind}_score"][number] for fold in range(3)]
            np.testing.assert_array_equal(got, expected[f"{kind}_score"])
            assert search.cv_results_[f"mean_{kind}_score"][number] == expected[f"{kind}_score"].mean()
            assert search.cv_results_[f"std_{kind}_score"][number] == expected[f"{kind}_score"].std()


@pytest.mark.parametrize(
    ("scoring", "refit"), [(None, True), (["accuracy", "roc_auc"], "roc_auc"), ("accuracy", False)], ids=str
)
def test_results_are_those_of_a_grid_search_over_the_same_parameters(data, scoring, refit):
    search = make(6, scoring=scoring, refit=refit, return_train_score=True).fit(*data)
    grid = [{name: [value] for name, value in params.items()} for params in search.cv_results_["params"]]
    expected = GridSearchCV(TREE, grid, cv=CV, scoring=scoring, refit=refit, return_train_score=True).fit(*data)
    assert search.cv_results_.keys() == expected.cv_results_.keys() | {"state"}
    for name, values in expected.cv_results_.items():
        if "time" not in name and name != "params":
            np.testing.assert_array_equal(np.ma.getdata(search.cv_results_[name]), np.ma.getdata(values), name)
            assert search.cv_results_[name].dtype == values.dtype
    assert search.best_index_ == expected.best_index_
    assert search.best_params_ == expected.best_params_
    assert search.best_score_ == expected.best_score_
    assert search.n_splits_ == expected.n_splits_ == 3
    assert search.multimetric_ == expected.multimetric_
    assert type(search.scorer_) is type(expected.scorer_)
    assert (search.cv_results_["mean_fit_time"] > 0).all()


def test_the_best_estimator_answers(data):
    X, y = data
    search = make(estimator=make_pipeline(StandardScaler(), TREE), space={"decisiontreeclassifier__max_depth": [1, 3]})
    search.fit(X, y)
    direct = clone(search.estimator).set_params(**search.best_params_).fit(X, y)
    np.testing.assert_array_equal(search.predict(X), direct.predict(X))
    np.testing.assert_array_equal(search.predict_proba(X), direct.predict_proba(X))
    assert search.score(X, y) == direct.score(X, y)
    assert search.classes_.tolist() == [0, 1]
    assert search.n_features_in_ == 6
    assert search.refit_time_ > 0
    assert is_classifier(search)
    assert not hasattr(search, "decision_function")
    assert not hasattr(search, "transform")


def test_methods_follow_the_estimator(data):
    X, y = data
    svc = make(1, LinearSVC(random_state=0), {"C": [1.0]}).fit(X, y)
    np.testing.assert_array_equal(svc.decision_function(X), svc.best_estimator_.decision_function(X))
    assert not hasattr(svc, "predict_proba")
    counts = make(1, Column(), {"column": [2]}, cv=2).fit(X)
    np.testing.assert_array_equal(counts.transform(X), X[:, [2]])
    assert not is_classifier(make(estimator=Ridge(), space={"alpha": [1.0]}))


def test_column_names_are_passed_on(data):
    frame = pd.DataFrame(data[0], columns=list("abcdef"))
    assert make(1).fit(frame, data[1]).feature_names_in_.tolist() == list("abcdef")


def test_scoring_with_several_scores(data):
    own = {"a": "accuracy", "b": make_scorer(balanced_accuracy_score)}
    search = make(scoring=own, refit="b").fit(*data)
    assert search.best_score_ == search.cv_results_["mean_test_b"].max()
    assert search.score(*data) == balanced_accuracy_score(data[1], search.predict(data[0]))
    assert search.scorer_.keys() == {"a", "b"}
    with pytest.raises(ValueError, match=r"refit must name the one to optimise, one of \['a', 'b'\], got True"):
        make(scoring=own).fit(*data)
    with pytest.raises(ValueError, match=r"refit='b' names a score, but scoring is a single one"):
        make(refit="b").fit(*data)


def test_a_scoring_function_is_taken_and_a_dict_of_scores_explained(data):
    search = make(scoring=lambda estimator, X, y: float(estimator.get_depth())).fit(*data)
    assert search.best_score_ == search.cv_results_["mean_test_score"].max() > 1
    for error_score in ("raise", np.nan):
        with pytest.raises(ValueError, match=r"scoring must return one number; for several scores pass scoring=\{"):
            make(scoring=lambda *_: {"a": 1.0}, error_score=error_score).fit(*data)


def test_without_refit_nothing_is_left_to_predict(data):
    search = make().fit(*data).set_params(refit=False).fit(*data)
    assert not hasattr(search, "best_estimator_")
    assert search.best_params_
    with pytest.raises(AttributeError, match="predict"):
        search.predict(data[0])
    with pytest.raises(AttributeError, match="refit=False leaves it unfitted"):
        search.score(*data)
    assert not hasattr(search, "n_features_in_")
    with pytest.raises(NotFittedError, match="not fitted"):
        make().predict(data[0])


def test_clone_and_pickle(data):
    search = make(sampler=optuna.samplers.RandomSampler).fit(*data)
    again = clone(search).fit(*data)
    assert scores(again) == scores(search)
    loaded = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(loaded.predict(data[0]), search.predict(data[0]))
    assert [trial.params for trial in loaded.study_.trials] == search.cv_results_["params"]


def test_folds_in_parallel_give_the_same(data):
    assert scores(make(3, n_jobs=2, cv=2).fit(*data)) == scores(make(3, cv=2).fit(*data))


def test_nested_in_cross_validate(data):
    search = make(2)
    outer = cross_validate(search, *data, cv=KFold(2), return_estimator=True)
    for (train, test), found, score in zip(KFold(2).split(*data), outer["estimator"], outer["test_score"], strict=True):
        by_hand = clone(search).fit(data[0][train], data[1][train])
        assert found.best_params_ == by_hand.best_params_
        assert score == by_hand.score(data[0][test], data[1][test])


# the folds


def test_all_trials_see_the_same_folds(data):
    """Of a splitter without a seed, too."""
    constant = {"max_depth": [3]}
    search = make(5, space=constant, cv=KFold(3, shuffle=True)).fit(*data)
    for fold in range(3):
        assert len(set(search.cv_results_[f"split{fold}_test_score"])) == 1


def test_splits_as_a_list_and_an_empty_one(data):
    splits = [(np.arange(60), np.arange(60, 90))]
    assert make(1, cv=splits).fit(*data).n_splits_ == 1
    with pytest.raises(ValueError, match="cv gave no folds"):
        make(1, cv=[]).fit(*data)


class Recorder(ClassifierMixin, BaseEstimator):
    """Keeps what its ``fit`` was given, and scores by a parameter."""

    def __init__(self, value=0):
        self.value = value

    def fit(self, X, y, groups=None, identifiers=None, sample_weight=None):
        self.classes_ = np.unique(y)
        rows = np.asarray(X)[:, 0].astype(int)
        LOG.append({"rows": rows, "groups": groups, "identifiers": identifiers, "sample_weight": sample_weight})
        return self

    def predict(self, X):
        return np.repeat(self.classes_[0], len(X))

    def score(self, X, y, sample_weight=None):
        LOG.append({"tested": np.asarray(X)[:, 0].astype(int), "sample_weight": sample_weight})
        return float(self.value)


LOG = []


class Column(TransformerMixin, BaseEstimator):
    """Takes one column; its score is its number."""

    def __init__(self, column=0):
        self.column = column

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        return np.asarray(X)[:, [self.column]]

    def score(self, X, y=None):
        return self.column


@pytest.fixture
def log():
    LOG.clear()
    yield LOG
    LOG.clear()


ROWS = np.arange(12)
METADATA = {"identifiers": [f"g{row}" for row in ROWS], "sample_weight": ROWS / 2}


def recorded(log, X, y, routing, **params):
    estimator = Recorder()
    with config_context(enable_metadata_routing=routing):
        if routing:
            estimator.set_fit_request(groups=True, identifiers=True, sample_weight=True)
            estimator.set_score_request(sample_weight=True)
        make(2, estimator, {"value": [0, 1]}, cv=GroupKFold(3)).fit(X, y, **params)
    return [entry for entry in log if "rows" in entry], [entry for entry in log if "tested" in entry]


@pytest.mark.parametrize("routing", [False, True])
def test_groups_and_metadata_reach_their_places(log, routing):
    groups = np.repeat(list("abcdef"), 2)
    fits, tests = recorded(log, ROWS[:, None], ROWS % 2, routing, groups=groups, **METADATA)
    assert len(fits) == 2 * 3 + 1
    assert len(tests) == 2 * 3
    for fit, test in zip(fits, tests, strict=False):
        assert not set(groups[fit["rows"]]) & set(groups[test["tested"]])
    assert fits[-1]["rows"].tolist() == ROWS.tolist()
    for fit in fits:
        assert list(fit["identifiers"]) == [METADATA["identifiers"][row] for row in fit["rows"]]
        np.testing.assert_array_equal(fit["sample_weight"], fit["rows"] / 2)
        if routing:
            np.testing.assert_array_equal(fit["groups"], groups[fit["rows"]])
        else:
            assert fit["groups"] is None
    for test in tests:
        if routing:
            np.testing.assert_array_equal(test["sample_weight"], test["tested"] / 2)
        else:
            assert test["sample_weight"] is None


def test_groups_for_the_splitter_only_under_routing(log, data):
    """The estimator does not ask for them, and no trial fails for that."""
    groups = np.repeat(range(30), 3)
    with config_context(enable_metadata_routing=True):
        routed = make(cv=GroupKFold(3)).fit(*data, groups=groups)
    assert scores(routed) == scores(make(cv=GroupKFold(3)).fit(*data, groups=groups))


def test_an_alias_is_routed(log):
    with config_context(enable_metadata_routing=True):
        estimator = Recorder().set_fit_request(sample_weight="importance")
        make(1, estimator, {"value": [0]}, cv=KFold(3)).fit(ROWS[:, None], ROWS % 2, importance=ROWS * 3)
    fits = [entry for entry in log if "rows" in entry]
    assert len(fits) == 4
    for fit in fits:
        np.testing.assert_array_equal(fit["sample_weight"], fit["rows"] * 3)


def test_metadata_that_nobody_asks_for_is_an_error(data):
    with config_context(enable_metadata_routing=True), pytest.raises(TypeError, match="identifiers"):
        make().fit(*data, identifiers=np.arange(90))


def test_score_takes_metadata_with_routing_only(data):
    weights = np.linspace(0, 1, 90)
    estimator = clone(TREE).set_params(max_depth=1)
    with pytest.raises(ValueError, match=r"score takes \['sample_weight'\] only with sklearn.set_config"):
        make(1, estimator).fit(*data).score(*data, sample_weight=weights)
    with config_context(enable_metadata_routing=True):
        estimator.set_score_request(sample_weight=True).set_fit_request(sample_weight=False)
        search = make(1, estimator).fit(*data, sample_weight=weights)
        weighted = search.score(*data, sample_weight=weights)
    assert weighted == np.average(search.predict(data[0]) == data[1], weights=weights) != search.score(*data)


def test_nested_search_with_routing_gets_groups_inside_and_outside(log):
    groups = np.repeat(list("abcdef"), 2)
    with config_context(enable_metadata_routing=True):
        search = make(2, Recorder().set_fit_request(groups=True), {"value": [0, 1]}, cv=GroupKFold(2))
        cross_validate(search, ROWS[:, None], ROWS % 2, cv=GroupKFold(3), params={"groups": groups})
    fits = [entry for entry in log if "rows" in entry]
    assert len(fits) == 3 * (2 * 2 + 1)
    for fit in fits:
        np.testing.assert_array_equal(fit["groups"], groups[fit["rows"]])
        assert np.isin(groups, groups[fit["rows"]]).sum() == len(fit["rows"]), "a group was divided"


# sequences


def relatives(rng):
    """Eight families of three near-copies, as a Series."""
    ancestors = rng.choice(list("ACGT"), (8, 60))
    texts = ["".join(np.where(rng.random(60) < 0.03, "A", row)) for row in np.repeat(ancestors, 3, axis=0)]
    return pd.Series(texts, index=[f"gene{i}" for i in range(24)]), np.repeat([0, 1] * 4, 3)


@pytest.mark.parametrize("form", [list, np.array, pd.Series, pd.Series.to_frame])
def test_text_in_a_pipeline_with_similarity_folds(rng, form):
    X, y = relatives(rng)
    X = form(X)
    if isinstance(X, pd.DataFrame):
        X.columns = ["sequence"]
    pipeline = make_pipeline(OneHotEncoder(flatten=True), MultinomialNB())
    cv = SimilarityGroupKFold(2, threshold=0.1)
    search = make(3, pipeline, {"multinomialnb__alpha": FloatDistribution(0.1, 10, log=True)}, cv=cv).fit(X, y)
    for train, test in cv.split(X, y):
        assert not set(train // 3) & set(test // 3), "the data do not test what they should"
    best = clone(pipeline).set_params(**search.best_params_)
    assert search.best_score_ == cross_validate(best, X, y, cv=cv)["test_score"].mean()
    assert search.predict(X).tolist() == best.fit(X, y).predict(X).tolist()


def test_a_network_with_groups_and_choices_of_tuples(rng):
    X, y = relatives(rng)
    network = CNNBiLSTMClassifier(
        hidden_size=4, num_layers=1, dense_units=(4,), max_epochs=1, validation_fraction=0.3, random_state=0
    )
    space = {"conv_channels": [(4,), (4, 4)], "kernel_size": [3, 5], "lr": FloatDistribution(1e-4, 1e-1, log=True)}
    with config_context(enable_metadata_routing=True):
        search = make(2, network.set_params(device="cpu"), space, cv=StratifiedGroupKFold(2))
        search.fit(X, y, groups=np.repeat(range(8), 3))
        again = clone(search).fit(X, y, groups=np.repeat(range(8), 3))
    assert search.best_estimator_.conv_channels in [(4,), (4, 4)]
    assert search.best_estimator_.validation_split_.kind == "parents"
    assert scores(search) == scores(again)


# the space


def test_choices_may_be_anything():
    listed = [(64, 64), (64, 64, 32), None, "both", 3, np.float64(0.5)]
    search = make(40, Anything(), {"value": listed}, sampler=optuna.samplers.RandomSampler)
    got = search.fit(np.zeros((9, 1)), [0, 1, 0] * 3).cv_results_["param_value"]
    assert {repr(value) for value in got} == {repr(value) for value in listed}
    assert all(any(value is choice for choice in listed) for value in got)


class Anything(Recorder):
    def score(self, X, y):
        return 0.0


@pytest.mark.parametrize("listed", [[1, True], [0.0, False], [1, 2, 1]])
def test_equal_choices_are_kept_apart(listed):
    search = make(30, Anything(), {"value": listed}, sampler=optuna.samplers.RandomSampler)
    got = {type(value) for value in search.fit(np.zeros((9, 1)), [0, 1, 0] * 3).cv_results_["param_value"].tolist()}
    assert got == set(map(type, listed))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (CategoricalDistribution(["gini", "entropy"]), {"gini", "entropy"}),
        (np.array([2, 4]), {2, 4}),
        (range(2, 4), {2, 3}),
        (IntDistribution(50, 200, step=25), set(range(50, 201, 25))),
    ],
    ids=repr,
)
def test_forms_of_a_space(values, expected):
    search = make(40, Anything(), {"value": values}, sampler=optuna.samplers.RandomSampler)
    got = set(search.fit(np.zeros((9, 1)), [0, 1, 0] * 3).cv_results_["param_value"].tolist())
    assert got == expected
    assert {type(value) for value in got} == {type(value) for value in expected}


def depth_of_two_kinds(trial):
    kind = trial.suggest_categorical("kind", ["stump", "tree"])
    return {"max_depth": 1} if kind == "stump" else {"max_depth": trial.suggest_int("depth", 2, 6), "splitter": "best"}


def test_a_space_may_be_a_function(data):
    search = make(8, space=depth_of_two_kinds).fit(*data)
    for trial, params in zip(search.study_.trials, search.cv_results_["params"], strict=True):
        assert params == depth_of_two_kinds(optuna.trial.FixedTrial(trial.params))
    stumps = search.cv_results_["param_max_depth"] == 1
    assert 0 < stumps.sum() < 8
    np.testing.assert_array_equal(search.cv_results_["param_splitter"].mask, stumps)


def test_parts_of_a_pipeline_may_be_exchanged(data):
    space = {"logisticregression": [GaussianNB(), LogisticRegression()], "standardscaler": ["passthrough"]}
    search = make(6, make_pipeline(StandardScaler(), LogisticRegression()), space).fit(*data)
    assert {type(one).__name__ for one in search.cv_results_["param_logisticregression"]} == {
        "GaussianNB",
        "LogisticRegression",
    }
    assert not hasattr(space["logisticregression"][0], "classes_"), "the user's own object was fitted"


@pytest.mark.parametrize(
    ("space", "error", "message"),
    [
        ({}, ValueError, "space is empty"),
        (
            {"max_dept": [1]},
            ValueError,
            "'max_dept' is not a parameter of DecisionTreeClassifier; did you mean max_dep",
        ),
        ({"tree__max_depth": [1]}, ValueError, "'tree__max_depth' is not a parameter"),
        ({5: [1]}, ValueError, "5 is not a parameter"),
        ({"max_depth": (1, 6)}, ValueError, r"got \(1, 6\); for choices write \[1, 6\], for a range a distribution"),
        ({"max_depth": 3}, ValueError, r"space\['max_depth'\] must be a list of choices or an Optuna distribution"),
        ({"max_depth": []}, ValueError, r"space\['max_depth'\] must be a list of choices"),
        ({"max_depth": {"low": 1}}, ValueError, r"space\['max_depth'\] must be a list of choices"),
        (lambda trial: {"depth": 1}, ValueError, "'depth' is not a parameter"),
        (lambda trial: None, TypeError, r"space\(trial\) must return a dict of parameters of the estimator, got None"),
    ],
    ids=str,
)
def test_a_wrong_space_is_refused_before_any_fit(log, space, error, message):
    estimator = Unfittable()
    with pytest.raises(error, match=message):
        make(estimator=estimator, space=space, error_score=np.nan).fit(np.zeros((9, 1)), [0, 1, 0] * 3)


class Unfittable(DecisionTreeClassifier):
    def fit(self, X, y):
        raise KeyboardInterrupt("must not be fitted")


Unfittable.__name__ = "DecisionTreeClassifier"


# seeds and samplers


def test_seeds(data):
    assert scores(make().fit(*data)) == scores(make().fit(*data))
    assert scores(make().fit(*data))["params"] != scores(make(random_state=1).fit(*data))["params"]
    generator, other = np.random.default_rng(3), np.random.default_rng(3)
    assert scores(make(random_state=generator).fit(*data)) == scores(make(random_state=other).fit(*data))
    drawn = scores(make(8, random_state=0).fit(*data))["param_min_impurity_decrease"]
    assert len(set(drawn)) == 8, "trials of one seed must differ"


def test_tpe_is_the_default_and_learns():
    def peak(estimator, X, y):
        return -((estimator.value - 0.3) ** 2)

    space = {"value": FloatDistribution(0, 1)}
    found = {}
    for name, sampler in (("default", None), ("random", optuna.samplers.RandomSampler)):
        search = make(30, Anything(), space, scoring=peak, sampler=sampler).fit(np.zeros((9, 1)), [0, 1, 0] * 3)
        found[name] = np.abs(search.cv_results_["param_value"].astype(float) - 0.3)
    assert found["default"][10:].mean() < found["random"][10:].mean() / 2
    np.testing.assert_array_equal(found["default"][:10] == found["random"][:10], True)


def test_sampler_is_made_anew_for_each_trial(data):
    seeds = []

    def sampler(seed):
        seeds.append(seed)
        return optuna.samplers.RandomSampler(seed=seed)

    make(3, sampler=sampler).fit(*data)
    assert len(set(seeds)) == 3
    longer, seeds = seeds, []
    make(2, sampler=sampler).fit(*data)
    assert seeds == longer[:2]


# a storage


STORAGES = {
    "file": lambda folder: folder / "search.db",
    "journal": lambda folder: optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(folder / "search.log"))
    ),
    "memory": lambda folder: optuna.storages.InMemoryStorage(),
}


@pytest.fixture
def journal(tmp_path):
    """A storage that is quicker to set up than a database."""
    return STORAGES["journal"](tmp_path)


SPACES = {
    "ranges": SPACE,
    "function": depth_of_two_kinds,
    "choices": {"class_weight": [None, {0: 1, 1: 2}, "balanced"]},
}


@pytest.mark.parametrize(
    ("kind", "space"), [*((kind, "ranges") for kind in STORAGES), ("file", "function"), ("file", "choices")]
)
def test_resumed_equals_uninterrupted(data, tmp_path, kind, space):
    """With as many trials as it takes for TPE to use what it has learned."""
    space = SPACES[space]
    whole = make(14, space=space).fit(*data)
    storage = STORAGES[kind](tmp_path)
    first = make(11, space=space, storage=storage).fit(*data)
    assert len(first.study_.trials) == 11
    resumed = make(14, space=space, storage=storage).fit(*data)
    assert scores(resumed) == scores(whole)
    assert resumed.best_params_ == whole.best_params_
    assert [trial.number for trial in resumed.study_.trials] == list(range(14))
    times = ("mean_fit_time", "std_fit_time", "mean_score_time")
    assert all((resumed.cv_results_[name][:11] == first.cv_results_[name]).all() for name in times)


@pytest.mark.parametrize(
    "sampler", [optuna.samplers.RandomSampler, functools.partial(optuna.samplers.TPESampler, n_startup_trials=2)]
)
def test_other_samplers_resume_too(data, tmp_path, sampler):
    make(4, storage=tmp_path / "a.db", sampler=sampler).fit(*data)
    resumed = make(8, storage=tmp_path / "a.db", sampler=sampler).fit(*data)
    assert scores(resumed) == scores(make(8, sampler=sampler).fit(*data))


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_a_sampler_that_cannot_resume_is_refused_with_a_storage(data, journal):
    sampler = functools.partial(optuna.samplers.QMCSampler, warn_independent_sampling=False)
    assert len(make(2, sampler=sampler).fit(*data).study_.trials) == 2
    with pytest.raises(ValueError, match="QMCSampler counts points beside the trials"):
        make(2, sampler=sampler, storage=journal).fit(*data)


def test_a_file_may_be_named_in_three_ways(data, tmp_path):
    file = tmp_path / "a.db"
    for n_trials, storage in enumerate([file, str(file), f"sqlite:///{file}"], start=1):
        make(n_trials, storage=storage).fit(*data)
    (study,) = optuna.get_all_study_summaries(f"sqlite:///{file}")
    assert study.n_trials == 3


def test_n_trials_counts_all(log, journal):
    def fit(n_trials):
        log.clear()
        search = make(n_trials, Recorder(), {"value": IntDistribution(0, 99)}, storage=journal, cv=3)
        search.fit(ROWS[:, None], ROWS % 2)
        return len(search.cv_results_["params"]), len([entry for entry in log if "rows" in entry])

    assert fit(3) == (3, 10)
    assert fit(5) == (5, 7)
    assert fit(5) == (5, 1), "nothing is missing but the refit"
    assert fit(2) == (2, 1), "the first two, as a search of two trials has them"


def test_an_interrupted_trial_is_done_again(data, tmp_path):
    class Stops(DecisionTreeClassifier):
        left = 7

        def fit(self, X, y):
            Stops.left -= 1
            if Stops.left == 0:
                raise KeyboardInterrupt
            return super().fit(X, y)

    estimator = Stops(random_state=0)
    with pytest.raises(KeyboardInterrupt):
        make(5, estimator, storage=tmp_path / "a.db").fit(*data)
    stored = optuna.load_study(study_name=None, storage=f"sqlite:///{tmp_path}/a.db")
    assert [trial.state.name for trial in stored.trials] == ["COMPLETE"] * 2
    resumed = make(5, estimator, storage=tmp_path / "a.db").fit(*data)
    assert scores(resumed) == scores(make(5).fit(*data))


KILLED = """
import sys, time
from pathlib import Path
import numpy as np
from optuna.distributions import FloatDistribution
from sklearn.linear_model import LogisticRegression
from seqaug_sklearn.model_selection import OptunaSearch


class Slow(LogisticRegression):
    def fit(self, X, y):
        fits = Path("fits")
        fits.write_text(fits.read_text() + "x")
        if sys.argv[1] == "sleep" and len(fits.read_text()) == 6:
            Path("waiting").touch()
            time.sleep(60)
        return super().fit(X, y)


X = np.random.default_rng(0).normal(size=(40, 3))
y = (X[:, 0] + np.random.default_rng(1).normal(size=40) > 0).astype(int)
space = {"C": FloatDistribution(1e-3, 1e3, log=True)}
search = OptunaSearch(Slow(), space, cv=2, n_trials=4, storage="a.db", study_name="killed", random_state=0).fit(X, y)
print(search.cv_results_["param_C"].tolist(), search.cv_results_["mean_test_score"].tolist(), search.best_params_)
"""


def test_a_killed_search_goes_on_as_if_nothing_had_happened(tmp_path):
    (tmp_path / "search.py").write_text(KILLED)
    fits = tmp_path / "fits"
    fits.touch()
    process = subprocess.Popen([sys.executable, "search.py", "sleep"], cwd=tmp_path)
    try:
        end = time.monotonic() + 120
        while not (tmp_path / "waiting").exists():
            assert process.poll() is None, "ended before it could be killed"
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        process.kill()
    assert process.wait() == -signal.SIGKILL
    assert len(fits.read_text()) == 6, "killed in the second fold of the third trial"

    def run():
        command = [sys.executable, "search.py", "go on"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    resumed = run()
    assert len(fits.read_text()) == 6 + 2 * 2 + 1, "two trials of two folds and the refit"
    (tmp_path / "a.db").unlink()
    assert resumed == run() != ""


def test_a_failed_trial_and_a_failing_search_resume(data, tmp_path):
    """The trial that stops a search is not stored; trials that were scored by error_score are."""
    with pytest.raises(ZeroDivisionError, match="depth 4"):
        make(8, FailsAt(random_state=0), storage=tmp_path / "a.db").fit(*data)
    n_stored = len(optuna.load_study(study_name=None, storage=f"sqlite:///{tmp_path}/a.db").trials)
    assert n_stored == make(8).fit(*data).cv_results_["param_max_depth"].tolist().index(4)
    with pytest.warns(FitFailedWarning, match="fits failed"):
        whole = make(8, FailsAt(random_state=0), error_score=np.nan).fit(*data)
    for n_trials in (5, 8):
        with pytest.warns(FitFailedWarning, match="fits failed"):
            resumed = make(n_trials, FailsAt(random_state=0), error_score=np.nan, storage=tmp_path / "b.db").fit(*data)
    assert repr(scores(resumed)) == repr(scores(whole))


DIFFERENT = {
    "space": ({"space": {**SPACE, "max_depth": IntDistribution(1, 7)}}, r"space\['max_depth'\] \(IntDist.* there, Int"),
    "parameters": ({"estimator": DecisionTreeClassifier(random_state=1)}, r"estimator.random_state \(0 there, 1 here"),
    "estimator": ({"estimator": Unfittable(random_state=0)}, r"estimator \(sklearn.tree"),
    "seed": ({"random_state": 1}, r"random_state \(seed \d+ there, seed \d+ here\)"),
    "cv": ({"cv": StratifiedKFold(3)}, r"cv \(StratifiedKFold\(n_splits=3, random_state=0, shuffle=True\) there"),
    "scoring": ({"scoring": "roc_auc"}, r"scoring \(None there, 'roc_auc' here"),
    "sampler": ({"sampler": optuna.samplers.RandomSampler}, "sampler.*RandomSampler here"),
    "pruner": ({"pruner": optuna.pruners.MedianPruner()}, "pruner.*MedianPruner"),
    "train": ({"return_train_score": True}, "return_train_score"),
    "error": ({"error_score": 0.0}, r"error_score \('raise' there, 0.0 here"),
}


@pytest.mark.parametrize("kind", DIFFERENT)
def test_the_study_of_another_search_is_refused(data, journal, kind):
    make(2, storage=journal, study_name="mine").fit(*data)
    changed, message = DIFFERENT[kind]
    with pytest.raises(ValueError, match=f"study 'mine'.*belongs to another search, which differs in.*{message}"):
        make(2, storage=journal, study_name="mine", **changed).fit(*data)


def test_other_data_are_refused(data, journal):
    X, y = data
    groups = np.repeat(range(30), 3)
    keep = {"storage": journal, "study_name": "mine", "cv": GroupKFold(3)}
    make(2, **keep).fit(X, y, groups=groups)
    changed = X.copy()
    changed[5, 2] += 1e-9
    for others, message in (
        ((changed, y, groups), "differs in data X "),
        ((X, 1 - y, groups), "differs in data y "),
        ((X, y, groups[::-1]), "differs in data groups .*, folds "),
    ):
        with pytest.raises(ValueError, match=message):
            make(2, **keep).fit(*others[:2], groups=others[2])


@pytest.mark.parametrize("form", [list, np.array, pd.Series, pd.Series.to_frame])
def test_equal_sequences_are_the_same_data(rng, journal, form):
    """Built anew, as another process would."""
    model = make_pipeline(CountVectorizer(analyzer="char"), MultinomialNB())
    for n_trials in (1, 2):
        X, y = relatives(np.random.default_rng(0))
        search = make(n_trials, model, {"multinomialnb__alpha": [1.0, 2.0]}, storage=journal, study_name="s")
        search.fit(form(X) if form is not pd.Series.to_frame else X, y)
    X.iloc[3] = X.iloc[3][:-1] + "T" if X.iloc[3][-1] != "T" else X.iloc[3][:-1] + "A"
    with pytest.raises(ValueError, match="data X"):
        search.fit(form(X) if form is not pd.Series.to_frame else X, y)


def test_what_changes_nothing_may_change(data, journal):
    model = make_pipeline(StandardScaler(), LogisticRegression(verbose=0))
    space = {
        "logisticregression__C": FloatDistribution(1e-3, 10, log=True),
        "logisticregression__tol": FloatDistribution(1e-4, 1e-2, log=True),
    }
    make(2, model, space, storage=journal, study_name="s").fit(*data)
    changed = clone(model).set_params(logisticregression__C=5.0, logisticregression__n_jobs=None, memory=None)
    search = make(3, changed, dict(reversed(space.items())), storage=journal, study_name="s", n_jobs=2)
    assert scores(search.fit(*data)) == scores(make(3, model, space).fit(*data))


def test_folds_without_a_seed_cannot_resume(data, journal):
    cv = KFold(3, shuffle=True)
    make(1, cv=cv, storage=journal, study_name="s").fit(*data)
    with pytest.raises(ValueError, match=r"differs in folds .*the same cv gave other folds: fix its random_state"):
        make(2, cv=cv, storage=journal, study_name="s").fit(*data)


def test_without_a_seed_the_stored_one_counts(data, tmp_path):
    def fit(name, n_trials):
        return make(n_trials, random_state=None, storage=tmp_path / name, study_name="s").fit(*data)

    fit("a.db", 2)
    shutil.copy(tmp_path / "a.db", tmp_path / "b.db")
    assert scores(fit("a.db", 5)) == scores(fit("b.db", 5))
    assert scores(fit("c.db", 5)) != scores(fit("a.db", 5)), "fresh entropy"


def test_a_function_that_draws_something_else_is_noticed(data, journal):
    def space(high):
        def draw(trial):
            return {"max_depth": trial.suggest_int("depth", 1, high)}

        return draw

    def other(trial):
        return {"max_depth": trial.suggest_int("levels", 1, 3)}

    keep = {"storage": journal, "study_name": "s"}
    make(2, space=space(3), **keep).fit(*data)
    assert len(make(3, space=space(3), **keep).fit(*data).study_.trials) == 3
    with pytest.raises(ValueError, match="space now draws depth from something else than in the stored trial 0"):
        make(4, space=space(30), **keep).fit(*data)
    other.__qualname__ = space(3).__qualname__
    with pytest.raises(ValueError, match="space now asks for something else than in the stored trial 0"):
        make(4, space=other, **keep).fit(*data)


@pytest.mark.filterwarnings("ignore:Choices for a categorical distribution:UserWarning")
def test_a_function_may_not_store_what_changes_in_storage(data, journal):
    def space(trial):
        return {"class_weight": dict(enumerate(trial.suggest_categorical("weights", [(1, 1), (1, 2)])))}

    assert make(2, space=space).fit(*data).best_params_["class_weight"].keys() == {0, 1}
    with pytest.raises(ValueError, match=r"space suggests weights from choices such as \(1, 1\), which no storage"):
        make(2, space=space, storage=journal).fit(*data)


def test_without_a_name_each_search_has_its_own_study(data, tmp_path):
    storage = tmp_path / "a.db"
    make(2, storage=storage).fit(*data)
    make(3, storage=storage).fit(*data)
    make(2, storage=storage, random_state=1).fit(*data)
    make(2, storage=storage).fit(data[0][:60], data[1][:60])
    summaries = optuna.get_all_study_summaries(f"sqlite:///{storage}")
    assert sorted(summary.n_trials for summary in summaries) == [2, 2, 3]
    assert all(summary.study_name.startswith("DecisionTreeClassifier-") for summary in summaries)


def test_a_nested_search_resumes_in_one_storage(log, journal):
    search = make(2, Recorder(), {"value": [0, 1]}, cv=2, storage=journal)
    first = cross_validate(search, ROWS[:, None], ROWS % 2, cv=KFold(2))
    n_fits = len([entry for entry in log if "rows" in entry])
    log.clear()
    again = cross_validate(search, ROWS[:, None], ROWS % 2, cv=KFold(2))
    assert again["test_score"].tolist() == first["test_score"].tolist()
    assert (n_fits, len([entry for entry in log if "rows" in entry])) == (2 * (2 * 2 + 1), 2)


def test_outer_folds_beside_each_other_share_a_new_file(data, tmp_path):
    """All of them make the tables."""
    expected = cross_validate(make(2), *data, cv=4, error_score="raise")["test_score"]
    for number in range(2):
        search = make(2, storage=tmp_path / f"{number}.db")
        got = cross_validate(search, *data, cv=4, n_jobs=4, error_score="raise")["test_score"]
        np.testing.assert_array_equal(got, expected)
        assert len(optuna.get_all_study_summaries(f"sqlite:///{tmp_path}/{number}.db")) == 4


def test_two_searches_on_one_study_are_noticed(data, tmp_path):
    keep = {"storage": tmp_path / "a.db", "study_name": "s"}

    class Overtaken(DecisionTreeClassifier):
        n_fits = 0

        def fit(self, X, y):
            Overtaken.n_fits += 1
            if Overtaken.n_fits == 5:
                make(3, Overtaken(random_state=0), **keep).fit(*data)
            return super().fit(X, y)

    with pytest.raises(
        RuntimeError, match="study 's' got 2 trials from elsewhere during trial 1: only one search at a"
    ):
        make(6, Overtaken(random_state=0), **keep).fit(*data)
    resumed = make(6, Overtaken(random_state=0), **keep).fit(*data)
    assert scores(resumed) == scores(make(6).fit(*data))


def test_studies_made_by_others_are_left_alone(data, tmp_path):
    url = f"sqlite:///{tmp_path}/a.db"
    optuna.create_study(storage=url, study_name="theirs").optimize(lambda trial: trial.suggest_float("x", 0, 1), 1)
    with pytest.raises(ValueError, match="study 'theirs' in the storage was not made by OptunaSearch"):
        make(2, storage=url, study_name="theirs").fit(*data)


def test_a_missing_folder_is_said(data, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"the folder of '.*nowhere.a\.db' does not exist"):
        make(2, storage=tmp_path / "nowhere" / "a.db").fit(*data)


def test_timeout_stops_and_the_next_search_goes_on(data, journal):
    class Slow(DecisionTreeClassifier):
        def fit(self, X, y):
            time.sleep(0.02)
            return super().fit(X, y)

    keep = {"estimator": Slow(random_state=0), "storage": journal}
    short = make(6, timeout=0.01, **keep).fit(*data)
    assert len(short.cv_results_["params"]) == 1, "the first trial always runs"
    assert scores(make(6, **keep).fit(*data)) == scores(make(6).fit(*data))


# pruning


class Prunes(optuna.pruners.BasePruner):
    """Gives up trials whose first fold is below 0.5, and keeps the steps it was asked at."""

    def __init__(self):
        self.asked = []

    def prune(self, study, trial):
        self.asked.append((trial.number, trial.last_step, trial.intermediate_values[trial.last_step]))
        return trial.intermediate_values[0] < 0.5


def by_value(estimator, X, y):
    """The value of the parameter plus a hundredth for each row number's third."""
    return estimator.value + 0.01 * (X[0, 0] // 3)


def test_pruning_happens_between_folds_only(log):
    pruner = Prunes()
    space = {"value": FloatDistribution(0, 1)}
    fitting = {"scoring": by_value, "cv": KFold(4), "estimator": Recorder(), "space": space}
    search = make(12, pruner=pruner, **fitting).fit(ROWS[:, None], ROWS % 2)
    plain = make(12, sampler=optuna.samplers.RandomSampler, **fitting)
    results = search.cv_results_
    pruned = results["state"] == "pruned"
    assert 0 < pruned.sum() < 12
    np.testing.assert_array_equal(pruned, results["split0_test_score"] < 0.5)
    for fold in range(1, 4):
        np.testing.assert_array_equal(np.isnan(results[f"split{fold}_test_score"]), pruned)
    np.testing.assert_array_equal(np.isnan(results["mean_test_score"]), pruned)
    assert (results["rank_test_score"][pruned] == (~pruned).sum() + 1).all()
    assert np.isfinite(results["mean_fit_time"]).all()
    assert search.best_score_ == results["mean_test_score"][~pruned].max()
    # the running mean, after each fold but the last
    expected = []
    for number, value in enumerate(results["param_value"]):
        folds = [value + 0.01 * fold for fold in range(4)]
        expected += [(number, step, np.mean(folds[: step + 1])) for step in ([0] if pruned[number] else [0, 1, 2])]
    np.testing.assert_allclose(pruner.asked, expected)
    assert len([entry for entry in log if "rows" in entry]) == pruned.sum() + 4 * (~pruned).sum() + 1
    assert np.isfinite(plain.fit(ROWS[:, None], ROWS % 2).cv_results_["mean_test_score"]).all()


def test_a_pruned_trial_is_never_the_best(log):
    class First(optuna.pruners.BasePruner):
        def prune(self, study, trial):
            return trial.params["value"] == 1

    search = make(6, Recorder(), {"value": [0, 1]}, scoring=by_value, cv=KFold(2), pruner=First())
    search.fit(ROWS[:, None], ROWS % 2)
    assert set(search.cv_results_["state"]) == {"complete", "pruned"}
    assert search.best_params_ == {"value": 0}


def test_all_pruned_is_an_error(log):
    class Always(optuna.pruners.BasePruner):
        def prune(self, study, trial):
            return True

    with pytest.raises(ValueError, match="none of the 3 trials has a score"):
        make(3, Recorder(), {"value": [0, 1]}, pruner=Always()).fit(ROWS[:, None], ROWS % 2)


def test_a_pruned_search_resumes(data, journal):
    pruner = optuna.pruners.MedianPruner(n_startup_trials=2)
    whole = make(12, pruner=pruner).fit(*data)
    assert "pruned" in whole.cv_results_["state"]
    make(7, pruner=pruner, storage=journal).fit(*data)
    resumed = make(12, pruner=pruner, storage=journal).fit(*data)
    assert repr(scores(resumed)) == repr(scores(whole))


def test_pruning_and_folds_beside_each_other_exclude_each_other(data):
    with pytest.raises(ValueError, match="pass n_jobs=None with a pruner, got n_jobs=2"):
        make(pruner=Prunes(), n_jobs=2).fit(*data)


# failures


class FailsAt(DecisionTreeClassifier):
    """Fails at one depth."""

    def fit(self, X, y):
        if self.max_depth == 4:
            raise ZeroDivisionError("depth 4\nis not for me")
        return super().fit(X, y)


def test_a_failing_trial_stops_the_search_with_its_own_error(data):
    with pytest.raises(ZeroDivisionError, match="depth 4") as caught:
        make(12, FailsAt(random_state=0)).fit(*data)
    assert any("of OptunaSearch" in note and "'max_depth': 4" in note for note in caught.value.__notes__)


def test_a_failing_trial_stops_folds_beside_each_other(data):
    with pytest.raises(ValueError, match="'max_depth' parameter of DecisionTreeClassifier must") as caught:
        make(2, space={"max_depth": [-1]}, n_jobs=2, cv=2).fit(*data)
    assert any("in trial 0 of OptunaSearch" in note for note in caught.value.__notes__)


@pytest.mark.parametrize("routing", [False, True])
def test_a_failing_trial_stops_the_search_with_groups_too(data, routing):
    """Where OptunaSearchCV fails every trial in silence and refits the defaults."""
    with config_context(enable_metadata_routing=routing), pytest.raises(ValueError, match="'max_depth'"):
        make(2, TREE, {"max_depth": [-1]}, cv=GroupKFold(3)).fit(*data, groups=np.repeat(range(30), 3))


@pytest.mark.parametrize("error_score", [np.nan, -1.0])
def test_error_score_counts_failures_and_goes_on(data, error_score):
    whole = make(12).fit(*data)
    n_failed = (whole.cv_results_["param_max_depth"][:10] == 4).sum()
    assert n_failed > 0
    message = f"{3 * n_failed} of 30 fits failed, in {n_failed} of 10 trials; the first: ZeroDivisionError: depth 4 is"
    with pytest.warns(FitFailedWarning, match=message) as caught:
        search = make(10, FailsAt(random_state=0), error_score=error_score).fit(*data)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    results = search.cv_results_
    failed = results["param_max_depth"] == 4
    np.testing.assert_array_equal(results["state"] == "failed", failed)
    np.testing.assert_array_equal(results["mean_test_score"][failed], [error_score] * n_failed)
    assert np.isnan(results["mean_fit_time"][failed]).all()
    assert search.best_score_ == results["mean_test_score"][~failed].max()


def test_one_failing_fold(data):
    class FailsOnce(DecisionTreeClassifier):
        def fit(self, X, y):
            if self.max_depth == 3 and X[0, 0] == data[0][0, 0]:
                raise RuntimeError("first row")
            return super().fit(X, y)

    cv = KFold(3)
    with pytest.warns(FitFailedWarning, match="2 of 6 fits failed, in 1 of 2 trials"):
        search = make(
            2, FailsOnce(random_state=0), {"max_depth": IntDistribution(3, 4)}, cv=cv, error_score=0.0, random_state=1
        ).fit(*data)
    (row,) = np.flatnonzero(search.cv_results_["state"] == "failed")
    folds = [search.cv_results_[f"split{fold}_test_score"][row] for fold in range(3)]
    assert folds[0] > 0
    assert folds[1:] == [0, 0]
    assert search.cv_results_["mean_test_score"][row] == np.mean(folds)


@pytest.mark.parametrize("error_score", [np.nan, 0.5])
def test_if_all_trials_fail_so_does_the_search(data, error_score):
    search = make(3, FailsAt(), {"max_depth": [4]}, error_score=error_score)
    with pytest.raises(ValueError, match="9 of 9 fits failed, in 3 of 3 trials; the first: ZeroDivisionError"):
        search.fit(*data)
    assert not hasattr(search, "best_estimator_")


def test_scores_that_are_no_numbers_do_not_win(data):
    def deep_is_nothing(estimator, X, y):
        return float("nan") if estimator.max_depth > 3 else 0.1 * estimator.max_depth

    search = make(10, scoring=deep_is_nothing).fit(*data)
    assert (search.cv_results_["state"] == "failed").tolist() == (search.cv_results_["param_max_depth"] > 3).tolist()
    assert search.best_params_["max_depth"] <= 3
    with pytest.raises(ValueError, match="none of the 2 trials has a score"):
        make(2, space={"max_depth": [5]}, scoring=deep_is_nothing).fit(*data)


def test_lengths_that_differ(data):
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        make().fit(data[0], data[1][:-1])


def test_y_may_be_missing():
    X = np.arange(12.0)[:, None]
    search = make(2, Column(), {"column": [0]}, cv=2).fit(X)
    assert search.best_score_ == 0
    assert search.score(X) == 0


# surroundings


def test_optuna_is_needed_in_fit_only(data, monkeypatch):
    search = make()
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingDependencyError, match=r"OptunaSearch needs .*'optuna'.*seqaug-sklearn\[tune\]"):
        search.fit(*data)


def test_importing_the_search_loads_no_optuna():
    code = "import sys; from seqaug_sklearn.model_selection import OptunaSearch; sys.exit('optuna' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_quiet_unless_asked(data, tmp_path, capfd):
    before = optuna.logging.get_verbosity()
    make(storage=tmp_path / "a.db").fit(*data)
    assert capfd.readouterr() == ("", "")
    make(verbose=1).fit(*data)
    assert "trials: 100%" in capfd.readouterr().err
    assert optuna.logging.get_verbosity() == before


def test_the_study_serves_optunas_own_tools(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search = make(6).fit(*data)
    assert search.study_.best_value == search.best_score_
    assert search.study_.trials_dataframe()["value"].tolist() == search.cv_results_["mean_test_score"].tolist()
    assert search.study_.best_trial.number == search.best_index_
