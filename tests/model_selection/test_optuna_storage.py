"""OptunaSearch: a stored search goes on as if it had never stopped, and with nothing but itself."""

import functools
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.distributions import FloatDistribution, IntDistribution
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, cross_validate
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

SPACE = {"max_depth": IntDistribution(1, 6), "min_impurity_decrease": FloatDistribution(1e-4, 0.1, log=True)}
ROWS = np.arange(12)


def depth_of_two_kinds(trial):
    kind = trial.suggest_categorical("kind", ["stump", "tree"])
    return {"max_depth": 1} if kind == "stump" else {"max_depth": trial.suggest_int("depth", 2, 6), "splitter": "best"}


class FailsAt(DecisionTreeClassifier):
    """Fails at one depth."""

    def fit(self, X, y, check_input=True):
        if self.max_depth == 4:
            raise ZeroDivisionError("depth 4\nis not for me")
        return super().fit(X, y)


SPACES = {
    "ranges": SPACE,
    "function": depth_of_two_kinds,
    "choices": {"class_weight": [None, {0: 1, 1: 2}, "balanced"]},
}


@pytest.mark.parametrize(
    ("kind", "space"),
    [("file", "ranges"), ("journal", "ranges"), ("memory", "ranges"), ("file", "function"), ("file", "choices")],
)
def test_resumed_equals_uninterrupted(make_search, outcome, data, tmp_path, journal, kind, space):
    """With as many trials as it takes for TPE to use what it has learned."""
    space = SPACES[space]
    whole = make_search(14, space=space).fit(*data)
    storage = {"file": tmp_path / "a.db", "journal": journal, "memory": optuna.storages.InMemoryStorage()}[kind]
    first = make_search(11, space=space, storage=storage).fit(*data)
    assert len(first.study_.trials) == 11
    resumed = make_search(14, space=space, storage=storage).fit(*data)
    assert outcome(resumed) == outcome(whole)
    assert resumed.best_params_ == whole.best_params_
    assert [trial.number for trial in resumed.study_.trials] == list(range(14))
    times = ("mean_fit_time", "std_fit_time", "mean_score_time")
    assert all((resumed.cv_results_[name][:11] == first.cv_results_[name]).all() for name in times)


@pytest.mark.parametrize(
    "sampler", [optuna.samplers.RandomSampler, functools.partial(optuna.samplers.TPESampler, n_startup_trials=2)]
)
def test_other_samplers_resume_too(make_search, outcome, data, tmp_path, sampler):
    make_search(4, storage=tmp_path / "a.db", sampler=sampler).fit(*data)
    resumed = make_search(8, storage=tmp_path / "a.db", sampler=sampler).fit(*data)
    assert outcome(resumed) == outcome(make_search(8, sampler=sampler).fit(*data))


@pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")
def test_a_sampler_that_cannot_resume_is_refused_with_a_storage(make_search, data, journal):
    sampler = functools.partial(optuna.samplers.QMCSampler, warn_independent_sampling=False)
    assert len(make_search(2, sampler=sampler).fit(*data).study_.trials) == 2
    with pytest.raises(ValueError, match="QMCSampler counts points beside the trials"):
        make_search(2, sampler=sampler, storage=journal).fit(*data)


def test_a_file_may_be_named_in_three_ways(make_search, data, tmp_path):
    file = tmp_path / "a.db"
    for n_trials, storage in enumerate([file, str(file), f"sqlite:///{file}"], start=1):
        make_search(n_trials, storage=storage).fit(*data)
    (study,) = optuna.get_all_study_summaries(f"sqlite:///{file}")
    assert study.n_trials == 3


def test_n_trials_counts_all(make_search, journal, valued):
    def fit(n_trials):
        valued.n_fits = 0
        search = make_search(n_trials, valued(), {"value": IntDistribution(0, 99)}, storage=journal, cv=3)
        search.fit(ROWS[:, None], ROWS % 2)
        return len(search.cv_results_["params"]), valued.n_fits

    assert fit(3) == (3, 10)
    assert fit(5) == (5, 7)
    assert fit(5) == (5, 1), "nothing is missing but the refit"
    assert fit(2) == (2, 1), "the first two, as a search of two trials has them"


def test_an_interrupted_trial_is_done_again(make_search, outcome, data, tmp_path):
    class Stops(DecisionTreeClassifier):
        left = 7

        def fit(self, X, y, check_input=True):
            Stops.left -= 1
            if Stops.left == 0:
                raise KeyboardInterrupt
            return super().fit(X, y)

    estimator = Stops(random_state=0)
    with pytest.raises(KeyboardInterrupt):
        make_search(5, estimator, storage=tmp_path / "a.db").fit(*data)
    stored = optuna.load_study(study_name=None, storage=f"sqlite:///{tmp_path}/a.db")
    assert [trial.state.name for trial in stored.trials] == ["COMPLETE"] * 2
    resumed = make_search(5, estimator, storage=tmp_path / "a.db").fit(*data)
    assert outcome(resumed) == outcome(make_search(5).fit(*data))


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


def test_a_failed_trial_and_a_failing_search_resume(make_search, outcome, data, tmp_path):
    """The trial that stops a search is not stored; trials that were scored by error_score are."""
    with pytest.raises(ZeroDivisionError, match="depth 4"):
        make_search(8, FailsAt(random_state=0), storage=tmp_path / "a.db").fit(*data)
    n_stored = len(optuna.load_study(study_name=None, storage=f"sqlite:///{tmp_path}/a.db").trials)
    assert n_stored == make_search(8).fit(*data).cv_results_["param_max_depth"].tolist().index(4)
    with pytest.warns(FitFailedWarning, match="fits failed"):
        whole = make_search(8, FailsAt(random_state=0), error_score=np.nan).fit(*data)
    for n_trials in (5, 8):
        with pytest.warns(FitFailedWarning, match="fits failed"):
            resumed = make_search(n_trials, FailsAt(random_state=0), error_score=np.nan, storage=tmp_path / "b.db").fit(
                *data
            )
    assert repr(outcome(resumed)) == repr(outcome(whole))


DIFFERENT = {
    "space": ({"space": {**SPACE, "max_depth": IntDistribution(1, 7)}}, r"space\['max_depth'\] \(IntDist.* there, Int"),
    "parameters": ({"estimator": DecisionTreeClassifier(random_state=1)}, r"estimator.random_state \(0 there, 1 here"),
    "estimator": ({"estimator": DecisionTreeRegressor(random_state=0)}, r"estimator \(sklearn.tree.*Regressor here"),
    "seed": ({"random_state": 1}, r"random_state \(seed \d+ there, seed \d+ here\)"),
    "cv": ({"cv": StratifiedKFold(3)}, r"cv \(StratifiedKFold\(n_splits=3, random_state=0, shuffle=True\) there"),
    "scoring": ({"scoring": "roc_auc"}, r"scoring \(None there, 'roc_auc' here"),
    "sampler": ({"sampler": optuna.samplers.RandomSampler}, "sampler.*RandomSampler here"),
    "pruner": ({"pruner": optuna.pruners.MedianPruner()}, "pruner.*MedianPruner"),
    "train": ({"return_train_score": True}, "return_train_score"),
    "error": ({"error_score": 0.0}, r"error_score \('raise' there, 0.0 here"),
}


@pytest.mark.parametrize("kind", DIFFERENT)
def test_the_study_of_another_search_is_refused(make_search, data, journal, kind):
    make_search(2, storage=journal, study_name="mine").fit(*data)
    changed, message = DIFFERENT[kind]
    with pytest.raises(ValueError, match=f"study_name='mine'.*belongs to another search, which differs in.*{message}"):
        make_search(2, storage=journal, study_name="mine", **changed).fit(*data)


def test_other_data_are_refused(make_search, data, journal):
    X, y = data
    groups = np.repeat(range(30), 3)
    keep = {"storage": journal, "study_name": "mine", "cv": GroupKFold(3)}
    make_search(2, **keep).fit(X, y, groups=groups)
    changed = X.copy()
    changed[5, 2] += 1e-9
    for others, message in (
        ((changed, y, groups), "differs in data X "),
        ((X, 1 - y, groups), "differs in data y "),
        ((X, y, groups[::-1]), "differs in data groups .*, folds "),
    ):
        with pytest.raises(ValueError, match=message):
            make_search(2, **keep).fit(*others[:2], groups=others[2])


@pytest.mark.parametrize("form", [list, np.array, pd.Series, pd.Series.to_frame])
def test_equal_sequences_are_the_same_data(make_search, relatives, journal, form):
    """Built anew, as another process would."""
    model = make_pipeline(CountVectorizer(analyzer="char"), MultinomialNB())
    for n_trials in (1, 2):
        X, y = relatives()
        search = make_search(n_trials, model, {"multinomialnb__alpha": [1.0, 2.0]}, storage=journal, study_name="s")
        search.fit(form(X) if form is not pd.Series.to_frame else X, y)
    X.iloc[3] = X.iloc[3][:-1] + "T" if X.iloc[3][-1] != "T" else X.iloc[3][:-1] + "A"
    with pytest.raises(ValueError, match="data X"):
        search.fit(form(X) if form is not pd.Series.to_frame else X, y)


def test_what_changes_nothing_may_change(make_search, outcome, data, tmp_path, journal):
    model = make_pipeline(StandardScaler(), LogisticRegression(verbose=0))
    space = {
        "logisticregression__C": FloatDistribution(1e-3, 10, log=True),
        "logisticregression__tol": FloatDistribution(1e-4, 1e-2, log=True),
    }
    make_search(2, model, space, storage=journal, study_name="s").fit(*data)
    changed = clone(model).set_params(logisticregression__C=5.0, memory=str(tmp_path / "cache"))
    search = make_search(3, changed, dict(reversed(space.items())), storage=journal, study_name="s", n_jobs=2)
    assert outcome(search.fit(*data)) == outcome(make_search(3, model, space).fit(*data))


def test_folds_without_a_seed_cannot_resume(make_search, data, journal):
    cv = KFold(3, shuffle=True)
    make_search(1, cv=cv, storage=journal, study_name="s").fit(*data)
    with pytest.raises(ValueError, match=r"differs in folds .*the same cv gave other folds: fix its random_state"):
        make_search(2, cv=cv, storage=journal, study_name="s").fit(*data)


def test_without_a_seed_the_stored_one_counts(make_search, outcome, data, tmp_path):
    def fit(name, n_trials):
        return make_search(n_trials, random_state=None, storage=tmp_path / name, study_name="s").fit(*data)

    fit("a.db", 2)
    shutil.copy(tmp_path / "a.db", tmp_path / "b.db")
    assert outcome(fit("a.db", 5)) == outcome(fit("b.db", 5))
    assert outcome(fit("c.db", 5)) != outcome(fit("a.db", 5)), "fresh entropy"


def test_a_function_that_draws_something_else_is_noticed(make_search, data, journal):
    def space(high):
        def draw(trial):
            return {"max_depth": trial.suggest_int("depth", 1, high)}

        return draw

    def other(trial):
        return {"max_depth": trial.suggest_int("levels", 1, 3)}

    keep = {"storage": journal, "study_name": "s"}
    make_search(2, space=space(3), **keep).fit(*data)
    assert len(make_search(3, space=space(3), **keep).fit(*data).study_.trials) == 3
    with pytest.raises(ValueError, match="space now draws depth from something else than in the stored trial 0"):
        make_search(4, space=space(30), **keep).fit(*data)
    other.__qualname__ = space(3).__qualname__
    with pytest.raises(ValueError, match="space now asks for something else than in the stored trial 0"):
        make_search(4, space=other, **keep).fit(*data)


@pytest.mark.filterwarnings("ignore:Choices for a categorical distribution:UserWarning")
def test_a_function_may_not_store_what_changes_in_storage(make_search, data, journal):
    def space(trial):
        return {"class_weight": dict(enumerate(trial.suggest_categorical("weights", [(1, 1), (1, 2)])))}

    assert make_search(2, space=space).fit(*data).best_params_["class_weight"].keys() == {0, 1}
    with pytest.raises(ValueError, match=r"space suggests weights from choices such as \(1, 1\), which no storage"):
        make_search(2, space=space, storage=journal).fit(*data)


def test_without_a_name_each_search_has_its_own_study(make_search, data, tmp_path):
    storage = tmp_path / "a.db"
    make_search(2, storage=storage).fit(*data)
    make_search(3, storage=storage).fit(*data)
    make_search(2, storage=storage, random_state=1).fit(*data)
    make_search(2, storage=storage).fit(data[0][:60], data[1][:60])
    summaries = optuna.get_all_study_summaries(f"sqlite:///{storage}")
    assert sorted(summary.n_trials for summary in summaries) == [2, 2, 3]
    assert all(summary.study_name.startswith("DecisionTreeClassifier-") for summary in summaries)


def test_a_nested_search_resumes_in_one_storage(make_search, journal, valued):
    search = make_search(2, valued(), {"value": [0, 1]}, cv=2, storage=journal)
    first = cross_validate(search, ROWS[:, None], ROWS % 2, cv=KFold(2))
    n_fits = valued.n_fits
    valued.n_fits = 0
    again = cross_validate(search, ROWS[:, None], ROWS % 2, cv=KFold(2))
    assert again["test_score"].tolist() == first["test_score"].tolist()
    assert (n_fits, valued.n_fits) == (2 * (2 * 2 + 1), 2)


def test_outer_folds_beside_each_other_share_a_new_file(make_search, data, tmp_path):
    """All of them make the tables."""
    expected = cross_validate(make_search(2), *data, cv=2, error_score="raise")["test_score"]
    for number in range(2):
        search = make_search(2, storage=tmp_path / f"{number}.db")
        got = cross_validate(search, *data, cv=2, n_jobs=2, error_score="raise")["test_score"]
        np.testing.assert_array_equal(got, expected)
        assert len(optuna.get_all_study_summaries(f"sqlite:///{tmp_path}/{number}.db")) == 2


def test_two_searches_on_one_study_are_noticed(make_search, outcome, data, tmp_path):
    keep = {"storage": tmp_path / "a.db", "study_name": "s"}

    class Overtaken(DecisionTreeClassifier):
        n_fits = 0

        def fit(self, X, y, check_input=True):
            Overtaken.n_fits += 1
            if Overtaken.n_fits == 5:
                make_search(3, Overtaken(random_state=0), **keep).fit(*data)
            return super().fit(X, y)

    with pytest.raises(
        RuntimeError, match="study 's' got 2 trials from elsewhere during trial 1: only one search at a"
    ):
        make_search(6, Overtaken(random_state=0), **keep).fit(*data)
    resumed = make_search(6, Overtaken(random_state=0), **keep).fit(*data)
    assert outcome(resumed) == outcome(make_search(6).fit(*data))


def test_studies_made_by_others_are_left_alone(make_search, data, tmp_path):
    url = f"sqlite:///{tmp_path}/a.db"
    optuna.create_study(storage=url, study_name="theirs").optimize(lambda trial: trial.suggest_float("x", 0, 1), 1)
    with pytest.raises(ValueError, match="study_name='theirs' in the storage was not made by OptunaSearch"):
        make_search(2, storage=url, study_name="theirs").fit(*data)


def test_a_missing_folder_is_said(make_search, data, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"the folder of '.*nowhere.a\.db' does not exist"):
        make_search(2, storage=tmp_path / "nowhere" / "a.db").fit(*data)


def test_timeout_stops_and_the_next_search_goes_on(make_search, outcome, data, journal):
    class Slow(DecisionTreeClassifier):
        def fit(self, X, y, check_input=True):
            time.sleep(0.02)
            return super().fit(X, y)

    keep = {"estimator": Slow(random_state=0), "storage": journal}
    short = make_search(6, timeout=0.01, **keep).fit(*data)
    assert len(short.cv_results_["params"]) == 1, "the first trial always runs"
    assert outcome(make_search(6, **keep).fit(*data)) == outcome(make_search(6).fit(*data))


@pytest.mark.parametrize("name", ["sqlite:///{}/absent/search.db", "{}", "{}/text.db", "sqllite:///{}/search.db"])
def test_a_storage_that_cannot_be_opened_is_one_clear_line(name, make_search, data, tmp_path):
    (tmp_path / "text.db").write_text("no database " * 200)
    with pytest.raises(ValueError, match=r"cannot be opened .*pass a file such as 'search.db' in a folder") as caught:
        make_search(1, storage=name.format(tmp_path)).fit(*data)
    assert "\n" not in str(caught.value)


def test_missing_groups_are_named_with_the_way_to_pass_them(make_search, data):
    with pytest.raises(ValueError, match=r"needs groups; pass them to fit\(X, y, groups=...\)"):
        make_search(1, cv=GroupKFold(2)).fit(*data)
