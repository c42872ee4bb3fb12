"""OptunaSearch: what can be drawn, and the seeds of the draws."""

import numpy as np
import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier


def test_choices_may_be_anything(make_search, valued):
    listed = [(64, 64), (64, 64, 32), None, "both", 3, np.float64(0.5)]
    search = make_search(40, valued(), {"value": listed}, sampler=optuna.samplers.RandomSampler)
    got = search.fit(np.zeros((9, 1)), [0, 1, 0] * 3).cv_results_["param_value"]
    assert {repr(value) for value in got} == {repr(value) for value in listed}
    assert all(any(value is choice for choice in listed) for value in got)


@pytest.mark.parametrize("listed", [[1, True], [0.0, False], [1, 2, 1]])
def test_equal_choices_are_kept_apart(make_search, listed, valued):
    search = make_search(30, valued(), {"value": listed}, sampler=optuna.samplers.RandomSampler)
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
    ids=lambda value: None if isinstance(value, set) else repr(value),
)
def test_forms_of_a_space(make_search, values, expected, valued):
    search = make_search(40, valued(), {"value": values}, sampler=optuna.samplers.RandomSampler)
    got = set(search.fit(np.zeros((9, 1)), [0, 1, 0] * 3).cv_results_["param_value"].tolist())
    assert got == expected
    assert {type(value) for value in got} == {type(value) for value in expected}


def depth_of_two_kinds(trial):
    kind = trial.suggest_categorical("kind", ["stump", "tree"])
    return {"max_depth": 1} if kind == "stump" else {"max_depth": trial.suggest_int("depth", 2, 6), "splitter": "best"}


def test_a_space_may_be_a_function(make_search, data):
    search = make_search(8, space=depth_of_two_kinds).fit(*data)
    for trial, params in zip(search.study_.trials, search.cv_results_["params"], strict=True):
        assert params == depth_of_two_kinds(optuna.trial.FixedTrial(trial.params))
    stumps = search.cv_results_["param_max_depth"] == 1
    assert 0 < stumps.sum() < 8
    np.testing.assert_array_equal(search.cv_results_["param_splitter"].mask, stumps)


def test_parts_of_a_pipeline_may_be_exchanged(make_search, data):
    space = {"logisticregression": [GaussianNB(), LogisticRegression()], "standardscaler": ["passthrough"]}
    search = make_search(6, make_pipeline(StandardScaler(), LogisticRegression()), space).fit(*data)
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
    ids=lambda value: None if callable(value) else str(value),
)
def test_a_wrong_space_is_refused_before_any_fit(make_search, space, error, message):
    estimator = Unfittable()
    with pytest.raises(error, match=message):
        make_search(estimator=estimator, space=space, error_score=np.nan).fit(np.zeros((9, 1)), [0, 1, 0] * 3)


class Unfittable(DecisionTreeClassifier):
    def fit(self, X, y, check_input=True):
        raise KeyboardInterrupt("must not be fitted")


Unfittable.__name__ = "DecisionTreeClassifier"


# seeds and samplers


def test_seeds(make_search, outcome, data):
    assert outcome(make_search().fit(*data)) == outcome(make_search().fit(*data))
    assert outcome(make_search().fit(*data))["params"] != outcome(make_search(random_state=1).fit(*data))["params"]
    generator, other = np.random.default_rng(3), np.random.default_rng(3)
    assert outcome(make_search(random_state=generator).fit(*data)) == outcome(
        make_search(random_state=other).fit(*data)
    )
    drawn = outcome(make_search(8, random_state=0).fit(*data))["param_min_impurity_decrease"]
    assert len(set(drawn)) == 8, "trials of one seed must differ"


def test_tpe_is_the_default_and_learns(make_search, valued):
    def peak(estimator, X, y):
        return -((estimator.value - 0.3) ** 2)

    space = {"value": FloatDistribution(0, 1)}
    found = {}
    for name, sampler in (("default", None), ("random", optuna.samplers.RandomSampler)):
        search = make_search(30, valued(), space, scoring=peak, sampler=sampler).fit(np.zeros((9, 1)), [0, 1, 0] * 3)
        found[name] = np.abs(search.cv_results_["param_value"].astype(float) - 0.3)
    assert found["default"][10:].mean() < found["random"][10:].mean() / 2
    np.testing.assert_array_equal(found["default"][:10] == found["random"][:10], True)


def test_sampler_is_made_anew_for_each_trial(make_search, data):
    seeds = []

    def sampler(seed):
        seeds.append(seed)
        return optuna.samplers.RandomSampler(seed=seed)

    make_search(3, sampler=sampler).fit(*data)
    assert len(set(seeds)) == 3
    longer, seeds = seeds, []
    make_search(2, sampler=sampler).fit(*data)
    assert seeds == longer[:2]
