"""OptunaSearch: pruning between folds only, and failures that nobody can miss."""

import numpy as np
import optuna
import pytest
from optuna.distributions import FloatDistribution, IntDistribution
from sklearn import config_context
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GroupKFold, KFold
from sklearn.tree import DecisionTreeClassifier

TREE = DecisionTreeClassifier(random_state=0)
ROWS = np.arange(12)


class FailsAt(DecisionTreeClassifier):
    """Fails at one depth."""

    def fit(self, X, y, check_input=True):
        if self.max_depth == 4:
            raise ZeroDivisionError("depth 4\nis not for me")
        return super().fit(X, y)


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


def test_pruning_happens_between_folds_only(make_search, valued):
    pruner = Prunes()
    space = {"value": FloatDistribution(0, 1)}
    fitting = {"scoring": by_value, "cv": KFold(4), "estimator": valued(), "space": space}
    search = make_search(12, pruner=pruner, **fitting).fit(ROWS[:, None], ROWS % 2)
    plain = make_search(12, sampler=optuna.samplers.RandomSampler, **fitting)
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
    assert valued.n_fits == pruned.sum() + 4 * (~pruned).sum() + 1
    assert np.isfinite(plain.fit(ROWS[:, None], ROWS % 2).cv_results_["mean_test_score"]).all()


def test_a_pruned_trial_is_never_the_best(make_search, valued):
    class First(optuna.pruners.BasePruner):
        def prune(self, study, trial):
            return trial.params["value"] == 1

    search = make_search(6, valued(), {"value": [0, 1]}, scoring=by_value, cv=KFold(2), pruner=First())
    search.fit(ROWS[:, None], ROWS % 2)
    assert set(search.cv_results_["state"]) == {"complete", "pruned"}
    assert search.best_params_ == {"value": 0}


def test_all_pruned_is_an_error(make_search, valued):
    class Always(optuna.pruners.BasePruner):
        def prune(self, study, trial):
            return True

    with pytest.raises(ValueError, match="none of the 3 trials has a score"):
        make_search(3, valued(), {"value": [0, 1]}, pruner=Always()).fit(ROWS[:, None], ROWS % 2)


def test_a_pruned_search_resumes(make_search, outcome, data, journal):
    pruner = optuna.pruners.MedianPruner(n_startup_trials=2)
    whole = make_search(12, pruner=pruner).fit(*data)
    assert "pruned" in whole.cv_results_["state"]
    make_search(7, pruner=pruner, storage=journal).fit(*data)
    resumed = make_search(12, pruner=pruner, storage=journal).fit(*data)
    assert repr(outcome(resumed)) == repr(outcome(whole))


def test_pruning_and_folds_beside_each_other_exclude_each_other(make_search, data):
    with pytest.raises(ValueError, match="pass n_jobs=None with a pruner, got n_jobs=2"):
        make_search(pruner=Prunes(), n_jobs=2).fit(*data)


def test_a_failing_trial_stops_the_search_with_its_own_error(make_search, data):
    with pytest.raises(ZeroDivisionError, match="depth 4") as caught:
        make_search(12, FailsAt(random_state=0)).fit(*data)
    assert any("of OptunaSearch" in note and "'max_depth': 4" in note for note in caught.value.__notes__)


def test_a_failing_trial_stops_folds_beside_each_other(make_search, data):
    with pytest.raises(ValueError, match="'max_depth' parameter of DecisionTreeClassifier must") as caught:
        make_search(2, space={"max_depth": [-1]}, n_jobs=2, cv=2).fit(*data)
    assert any("in trial 0 of OptunaSearch" in note for note in caught.value.__notes__)


@pytest.mark.parametrize("routing", [False, True])
def test_a_failing_trial_stops_the_search_with_groups_too(make_search, data, routing):
    """Where OptunaSearchCV fails every trial in silence and refits the defaults."""
    with config_context(enable_metadata_routing=routing), pytest.raises(ValueError, match="'max_depth'"):
        make_search(2, TREE, {"max_depth": [-1]}, cv=GroupKFold(3)).fit(*data, groups=np.repeat(range(30), 3))


@pytest.mark.parametrize("error_score", [np.nan, -1.0])
def test_error_score_counts_failures_and_goes_on(make_search, data, error_score):
    whole = make_search(12).fit(*data)
    n_failed = (whole.cv_results_["param_max_depth"][:10] == 4).sum()
    assert n_failed > 0
    message = f"{3 * n_failed} of 30 fits failed, in {n_failed} of 10 trials; the first: ZeroDivisionError: depth 4 is"
    with pytest.warns(FitFailedWarning, match=message) as caught:
        search = make_search(10, FailsAt(random_state=0), error_score=error_score).fit(*data)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    results = search.cv_results_
    failed = results["param_max_depth"] == 4
    np.testing.assert_array_equal(results["state"] == "failed", failed)
    np.testing.assert_array_equal(results["mean_test_score"][failed], [error_score] * n_failed)
    assert np.isnan(results["mean_fit_time"][failed]).all()
    assert search.best_score_ == results["mean_test_score"][~failed].max()


def test_one_failing_fold(make_search, data):
    class FailsOnce(DecisionTreeClassifier):
        def fit(self, X, y, check_input=True):
            if self.max_depth == 3 and X[0, 0] == data[0][0, 0]:
                raise RuntimeError("first row")
            return super().fit(X, y)

    cv = KFold(3)
    with pytest.warns(FitFailedWarning, match="2 of 6 fits failed, in 1 of 2 trials"):
        search = make_search(
            2, FailsOnce(random_state=0), {"max_depth": IntDistribution(3, 4)}, cv=cv, error_score=0.0, random_state=1
        ).fit(*data)
    (row,) = np.flatnonzero(search.cv_results_["state"] == "failed")
    folds = [search.cv_results_[f"split{fold}_test_score"][row] for fold in range(3)]
    assert folds[0] > 0
    assert folds[1:] == [0, 0]
    assert search.cv_results_["mean_test_score"][row] == np.mean(folds)


@pytest.mark.parametrize("error_score", [np.nan, 0.5])
def test_if_all_trials_fail_so_does_the_search(make_search, data, error_score):
    search = make_search(3, FailsAt(), {"max_depth": [4]}, error_score=error_score)
    with pytest.raises(ValueError, match="9 of 9 fits failed, in 3 of 3 trials; the first: ZeroDivisionError"):
        search.fit(*data)
    assert not hasattr(search, "best_estimator_")


def test_scores_that_are_no_numbers_do_not_win(make_search, data):
    def deep_is_nothing(estimator, X, y):
        return float("nan") if estimator.max_depth > 3 else 0.1 * estimator.max_depth

    search = make_search(10, scoring=deep_is_nothing).fit(*data)
    assert (search.cv_results_["state"] == "failed").tolist() == (search.cv_results_["param_max_depth"] > 3).tolist()
    assert search.best_params_["max_depth"] <= 3
    with pytest.raises(ValueError, match="none of the 2 trials has a score"):
        make_search(2, space={"max_depth": [5]}, scoring=deep_is_nothing).fit(*data)
