"""OptunaSearch: a search that scikit-learn could have made; groups and metadata reach their places."""

import pickle
import subprocess
import sys
import warnings

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.distributions import FloatDistribution
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.metrics import balanced_accuracy_score, make_scorer, roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    cross_validate,
)
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from seqaug_sklearn.classification import CNNBiLSTMClassifier
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.exceptions import MissingDependencyError
from seqaug_sklearn.model_selection import OptunaSearch, SimilarityGroupKFold
from seqaug_sklearn.similarity import NearestSequenceRegressor

TREE = DecisionTreeClassifier(random_state=0)
CV = StratifiedKFold(3, shuffle=True, random_state=0)


# what a search of scikit-learn gives


def test_each_trial_has_the_scores_of_cross_validate(make_search, data):
    search = make_search(return_train_score=True, scoring="roc_auc").fit(*data)
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
def test_results_are_those_of_a_grid_search_over_the_same_parameters(make_search, data, scoring, refit):
    search = make_search(6, scoring=scoring, refit=refit, return_train_score=True).fit(*data)
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


def test_the_best_estimator_answers(make_search, data):
    X, y = data
    search = make_search(
        estimator=make_pipeline(StandardScaler(), TREE), space={"decisiontreeclassifier__max_depth": [1, 3]}
    )
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


def test_methods_follow_the_estimator(make_search, data):
    X, y = data
    svc = make_search(1, LinearSVC(random_state=0), {"C": [1.0]}).fit(X, y)
    np.testing.assert_array_equal(svc.decision_function(X), svc.best_estimator_.decision_function(X))
    assert not hasattr(svc, "predict_proba")
    counts = make_search(1, Column(), {"column": [2]}, cv=2).fit(X)
    np.testing.assert_array_equal(counts.transform(X), X[:, [2]])
    assert not is_classifier(make_search(estimator=Ridge(), space={"alpha": [1.0]}))


def test_column_names_are_passed_on(make_search, data):
    frame = pd.DataFrame(data[0], columns=list("abcdef"))
    assert make_search(1).fit(frame, data[1]).feature_names_in_.tolist() == list("abcdef")


def test_scoring_with_several_scores(make_search, data):
    own = {"a": "accuracy", "b": make_scorer(balanced_accuracy_score)}
    search = make_search(scoring=own, refit="b").fit(*data)
    assert search.best_score_ == search.cv_results_["mean_test_b"].max()
    assert search.score(*data) == balanced_accuracy_score(data[1], search.predict(data[0]))
    assert search.scorer_.keys() == {"a", "b"}
    with pytest.raises(ValueError, match=r"refit must name the one to optimise, one of \['a', 'b'\], got True"):
        make_search(scoring=own).fit(*data)
    with pytest.raises(ValueError, match=r"refit='b' names a score, but scoring is a single one"):
        make_search(refit="b").fit(*data)


def test_a_scoring_function_is_taken_and_a_dict_of_scores_explained(make_search, data):
    search = make_search(scoring=lambda estimator, X, y: float(estimator.get_depth())).fit(*data)
    assert search.best_score_ == search.cv_results_["mean_test_score"].max() > 1
    for error_score in ("raise", np.nan):
        with pytest.raises(ValueError, match=r"scoring must return one number; for several scores pass scoring=\{"):
            make_search(scoring=lambda *_: {"a": 1.0}, error_score=error_score).fit(*data)


def test_without_refit_nothing_is_left_to_predict(make_search, data):
    search = make_search().fit(*data).set_params(refit=False).fit(*data)
    assert not hasattr(search, "best_estimator_")
    assert search.best_params_
    with pytest.raises(AttributeError, match="predict"):
        search.predict(data[0])
    with pytest.raises(AttributeError, match="refit=False leaves it unfitted"):
        search.score(*data)
    assert not hasattr(search, "n_features_in_")
    with pytest.raises(NotFittedError, match="not fitted"):
        make_search().predict(data[0])


def test_clone_and_pickle(make_search, outcome, data):
    search = make_search(sampler=optuna.samplers.RandomSampler).fit(*data)
    again = clone(search).fit(*data)
    assert outcome(again) == outcome(search)
    loaded = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(loaded.predict(data[0]), search.predict(data[0]))
    assert [trial.params for trial in loaded.study_.trials] == search.cv_results_["params"]


def test_folds_in_parallel_give_the_same(make_search, outcome, data):
    assert outcome(make_search(3, n_jobs=2, cv=2).fit(*data)) == outcome(make_search(3, cv=2).fit(*data))


def test_nested_in_cross_validate(make_search, data):
    search = make_search(2)
    outer = cross_validate(search, *data, cv=KFold(2), return_estimator=True)
    for (train, test), found, score in zip(KFold(2).split(*data), outer["estimator"], outer["test_score"], strict=True):
        by_hand = clone(search).fit(data[0][train], data[1][train])
        assert found.best_params_ == by_hand.best_params_
        assert score == by_hand.score(data[0][test], data[1][test])


# the folds


def test_all_trials_see_the_same_folds(make_search, data):
    """Of a splitter without a seed, too."""
    constant = {"max_depth": [3]}
    search = make_search(5, space=constant, cv=KFold(3, shuffle=True)).fit(*data)
    for fold in range(3):
        assert len(set(search.cv_results_[f"split{fold}_test_score"])) == 1


def test_splits_as_a_list_and_an_empty_one(make_search, data):
    splits = [(np.arange(60), np.arange(60, 90))]
    assert make_search(1, cv=splits).fit(*data).n_splits_ == 1
    with pytest.raises(ValueError, match="cv gave no folds"):
        make_search(1, cv=[]).fit(*data)


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


def recorded(make_search, log, X, y, routing, **params):
    estimator = Recorder()
    with config_context(enable_metadata_routing=routing):
        if routing:
            estimator.set_fit_request(groups=True, identifiers=True, sample_weight=True)
            estimator.set_score_request(sample_weight=True)
        make_search(2, estimator, {"value": [0, 1]}, cv=GroupKFold(3)).fit(X, y, **params)
    return [entry for entry in log if "rows" in entry], [entry for entry in log if "tested" in entry]


@pytest.mark.parametrize("routing", [False, True])
def test_groups_and_metadata_reach_their_places(make_search, log, routing):
    groups = np.repeat(list("abcdef"), 2)
    fits, tests = recorded(make_search, log, ROWS[:, None], ROWS % 2, routing, groups=groups, **METADATA)
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


def test_groups_for_the_splitter_only_under_routing(make_search, outcome, log, data):
    """The estimator does not ask for them, and no trial fails for that."""
    groups = np.repeat(range(30), 3)
    with config_context(enable_metadata_routing=True):
        routed = make_search(cv=GroupKFold(3)).fit(*data, groups=groups)
    assert outcome(routed) == outcome(make_search(cv=GroupKFold(3)).fit(*data, groups=groups))


def test_an_alias_is_routed(make_search, log):
    with config_context(enable_metadata_routing=True):
        estimator = Recorder().set_fit_request(sample_weight="importance")
        make_search(1, estimator, {"value": [0]}, cv=KFold(3)).fit(ROWS[:, None], ROWS % 2, importance=ROWS * 3)
    fits = [entry for entry in log if "rows" in entry]
    assert len(fits) == 4
    for fit in fits:
        np.testing.assert_array_equal(fit["sample_weight"], fit["rows"] * 3)


def test_metadata_that_nobody_asks_for_is_an_error(make_search, data):
    with config_context(enable_metadata_routing=True), pytest.raises(TypeError, match="identifiers"):
        make_search().fit(*data, identifiers=np.arange(90))


def test_score_takes_metadata_with_routing_only(make_search, data):
    weights = np.linspace(0, 1, 90)
    estimator = clone(TREE).set_params(max_depth=1)
    with pytest.raises(ValueError, match=r"sample_weight is taken by score only with sklearn.set_config"):
        make_search(1, estimator).fit(*data).score(*data, sample_weight=weights)
    with config_context(enable_metadata_routing=True):
        estimator.set_score_request(sample_weight=True).set_fit_request(sample_weight=False)
        search = make_search(1, estimator).fit(*data, sample_weight=weights)
        weighted = search.score(*data, sample_weight=weights)
    assert weighted == np.average(search.predict(data[0]) == data[1], weights=weights) != search.score(*data)


def test_nested_search_with_routing_gets_groups_inside_and_outside(make_search, log):
    groups = np.repeat(list("abcdef"), 2)
    with config_context(enable_metadata_routing=True):
        search = make_search(2, Recorder().set_fit_request(groups=True), {"value": [0, 1]}, cv=GroupKFold(2))
        cross_validate(search, ROWS[:, None], ROWS % 2, cv=GroupKFold(3), params={"groups": groups})
    fits = [entry for entry in log if "rows" in entry]
    assert len(fits) == 3 * (2 * 2 + 1)
    for fit in fits:
        np.testing.assert_array_equal(fit["groups"], groups[fit["rows"]])
        assert np.isin(groups, groups[fit["rows"]]).sum() == len(fit["rows"]), "a group was divided"


# sequences


@pytest.mark.parametrize("form", [list, np.array, pd.Series, pd.Series.to_frame])
def test_text_in_a_pipeline_with_similarity_folds(make_search, relatives, form):
    X, y = relatives()
    X = form(X)
    if isinstance(X, pd.DataFrame):
        X.columns = ["sequence"]
    pipeline = make_pipeline(OneHotEncoder(flatten=True), MultinomialNB())
    cv = SimilarityGroupKFold(2, threshold=0.1)
    search = make_search(3, pipeline, {"multinomialnb__alpha": FloatDistribution(0.1, 10, log=True)}, cv=cv).fit(X, y)
    for train, test in cv.split(X, y):
        assert not set(train // 3) & set(test // 3), "the data do not test what they should"
    best = clone(pipeline).set_params(**search.best_params_)
    assert search.best_score_ == cross_validate(best, X, y, cv=cv)["test_score"].mean()
    assert search.predict(X).tolist() == best.fit(X, y).predict(X).tolist()


def test_a_network_with_groups_and_choices_of_tuples(make_search, outcome, relatives):
    X, y = relatives()
    network = CNNBiLSTMClassifier(
        hidden_size=4, num_layers=1, dense_units=(4,), max_epochs=1, validation_fraction=0.3, random_state=0
    )
    space = {"conv_channels": [(4,), (4, 4)], "kernel_size": [3, 5], "lr": FloatDistribution(1e-4, 1e-1, log=True)}
    with config_context(enable_metadata_routing=True):
        search = make_search(2, network.set_params(device="cpu"), space, cv=StratifiedGroupKFold(2))
        search.fit(X, y, groups=np.repeat(range(8), 3))
        again = clone(search).fit(X, y, groups=np.repeat(range(8), 3))
    assert search.best_estimator_.conv_channels in [(4,), (4, 4)]
    assert search.best_estimator_.validation_split_.kind == "parents"
    assert outcome(search) == outcome(again)


def test_lengths_that_differ(make_search, data):
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        make_search().fit(data[0], data[1][:-1])


def test_y_may_be_missing(make_search):
    X = np.arange(12.0)[:, None]
    search = make_search(2, Column(), {"column": [0]}, cv=2).fit(X)
    assert search.best_score_ == 0
    assert search.score(X) == 0


# surroundings


def test_optuna_is_needed_in_fit_only(make_search, data, monkeypatch):
    search = make_search()
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingDependencyError, match=r"OptunaSearch needs .*'optuna'.*seqaug-sklearn\[tune\]"):
        search.fit(*data)


def test_importing_the_search_loads_no_optuna():
    code = "import sys; from seqaug_sklearn.model_selection import OptunaSearch; sys.exit('optuna' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_quiet_unless_asked(make_search, data, tmp_path, capfd):
    before = optuna.logging.get_verbosity()
    make_search(storage=tmp_path / "a.db").fit(*data)
    assert capfd.readouterr() == ("", "")
    make_search(verbose=1).fit(*data)
    assert "trials: 100%" in capfd.readouterr().err
    assert optuna.logging.get_verbosity() == before


def test_the_study_serves_optunas_own_tools(make_search, data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search = make_search(6).fit(*data)
    assert search.study_.best_value == search.best_score_
    assert search.study_.trials_dataframe()["value"].tolist() == search.cv_results_["mean_test_score"].tolist()
    assert search.study_.best_trial.number == search.best_index_


def texts_and_numbers(seed=0, n=48):
    rng = np.random.default_rng(seed)
    X = np.array(["".join(rng.choice(list("ACGT"), 30)) for _ in range(n)])
    return X, np.sort(np.array([text.count("GC") for text in X]) + rng.normal(size=n) / 10)


def test_regressors_of_numbers_with_gaps_in_a_sorted_file():
    X, y = texts_and_numbers()
    y[::9] = np.nan
    model = NearestSequenceRegressor(alphabet="dna")
    search = OptunaSearch(model, {"k": [2, 3]}, cv=3, n_trials=2, scoring="spearman", random_state=0).fit(X, y)
    assert isinstance(search.best_estimator_, NearestSequenceRegressor)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.score(X, y) > 0.9
    own = OptunaSearch(model, {"k": [2, 3]}, cv=3, n_trials=2, random_state=0).fit(X, y)
    assert own.score(X, y) == pytest.approx(own.best_estimator_.score(X, y)), "R², the estimator's own score"
    seen = []

    class Recorded(NearestSequenceRegressor):
        def fit(self, X, y):
            seen.append(np.nanmean(y))
            return super().fit(X, y)

    OptunaSearch(Recorded(), {"k": [3]}, cv=3, n_trials=1, refit=False).fit(X, y)
    assert np.ptp(seen) < 0.3, "training rows of all sizes, although the file is sorted"


def test_several_labels_are_judged_by_the_mean_area():
    X, y = texts_and_numbers(1)
    labels = np.column_stack([y > np.median(y), np.arange(len(y)) % 2]).astype(int)
    model = DecisionTreeClassifier(max_depth=2, random_state=0)
    counts = np.array([[text.count(a + b) for a in "ACGT" for b in "ACGT"] for text in X])
    search = OptunaSearch(model, {"max_depth": [1, 3]}, cv=3, n_trials=2, scoring="auroc", random_state=0)
    search.fit(counts, labels)
    proba = search.best_estimator_.predict_proba(counts)
    expected = np.mean([roc_auc_score(labels[:, i], proba[i][:, 1]) for i in range(2)])
    assert search.score(counts, labels) == pytest.approx(expected)
