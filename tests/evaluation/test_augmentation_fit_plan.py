"""A budget of time: how it is read, what it pays for, and that the plan and not the clock decides."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from seqaug_sklearn.evaluation import FitPlan, FoldStore, _sanity_section, compare_augmentations
from seqaug_sklearn.evaluation._augmentation import _probe
from seqaug_sklearn.evaluation._augmentation._fit_plan import check_budget, choose_repeats, read_plan
from seqaug_sklearn.evaluation._augmentation._models import Line
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

SMALL = {"window": 20, "n_splits": 2, "models": ["logistic", "svm", "majority"]}
SECONDS = {"commonest class": 0.01, "logistic regression, whole": 1.0, "logistic regression, windows": 2.0,
           "SVM, whole": 4.0, "SVM, windows": 50.0}  # fmt: skip


@pytest.fixture
def data(random_dna, monkeypatch):
    monkeypatch.setattr(_sanity_section, "shortest_audited", lambda alphabet: 1000)  # the audit alone
    return pd.Series(random_dna(24, 60)), np.repeat(["no", "yes"], 12)


@pytest.fixture
def clock(monkeypatch):
    """Seconds of a fit of each model, as far as the probe can see: a hundred times what the sizes tell."""
    seconds, add = dict(SECONDS), Line.add

    def add_with_seconds(self, key, name, model, size):
        add(self, key, name, model, size)
        self.seconds[name] = SECONDS[name] / 100

    monkeypatch.setattr(Line, "add", add_with_seconds)
    monkeypatch.setattr(_probe, "fit_time", lambda fits, key: seconds[key[0]])
    return seconds


def scores(result):
    return result.comparison.folds.drop(columns=["fit_seconds", "score_seconds"])


@pytest.mark.parametrize(
    ("budget", "seconds"),
    [(10, 600), (0.5, 30), ("2.5", 150), ("10m", 600), ("10 min".replace(" ", ""), 600), ("1h30m", 5400), ("90s", 90)],
)
def test_times_are_read(budget, seconds):
    assert check_budget(budget) == seconds


@pytest.mark.parametrize("budget", ["", "soon", "10x", "-5", 0, "0m", "m", "absent.json"])
def test_what_is_no_time_is_refused(budget):
    with pytest.raises(InvalidParameterError, match=r"budget must be"):
        check_budget(budget)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_chosen_fits_and_more_does_not(seed):
    """Against the rule itself: paid for, partners in, and no cheaper model left out or behind."""
    rng = np.random.default_rng(seed)
    names = list("abcdefgh")
    further = dict(zip(names, rng.uniform(0.1, 10, 8), strict=True))
    first = {name: seconds * rng.choice([0, 0.8, 1]) for name, seconds in further.items()}
    partners = {"b": "a", "c": "a", "e": "d"}
    time = rng.uniform(11, 200)
    repeats, is_too_small = choose_repeats(first, further, partners, time, 4)
    assert not is_too_small
    spent = sum(first[name] + (number - 1) * further[name] for name, number in repeats.items())
    assert spent <= time
    assert all(repeats[partner] >= repeats[name] for name, partner in partners.items() if name in repeats)
    assert max(repeats.values()) <= 4
    for name in names:  # what is left pays for no further repeat of any model and what it is compared with
        number = repeats.get(name, 0)
        lacking = [one for one in (name, partners.get(name)) if one is not None and repeats.get(one, 0) <= number]
        price = first if number == 0 else further
        assert number == 4 or sum(price[one] for one in lacking) > time - spent


def test_a_time_for_nothing_pays_for_the_cheapest_that_learns():
    repeats, is_too_small = choose_repeats({"zero": 0.1, "a, windows": 1, "a": 2, "b": 3},
                                           {"zero": 0.1, "a, windows": 1, "a": 2, "b": 3},
                                           {"a, windows": "a"}, 0.5, 10, ["zero"])  # fmt: skip
    assert is_too_small
    assert repeats == {"zero": 1, "a": 1}


def test_a_budget_is_turned_into_a_plan_once(data, clock, tmp_path):
    store = FoldStore(tmp_path / "folds")
    result = compare_augmentations(*data, budget="2m", store=store, n_repeats=2, **SMALL)
    plan = result.plan
    assert plan.probed == ["commonest class", "logistic regression, whole", "logistic regression, windows",
                           "SVM, whole", "SVM, windows"]  # fmt: skip
    assert {name: plan.seconds[name] for name in SECONDS} == SECONDS
    assert plan.left_out == ["SVM, windows"]  # two folds of 50 s, and 58 s are gone
    assert result.comparison.repeats == plan.repeats
    assert plan.repeats["commonest class"] == 2
    assert "SVM, windows" not in plan.repeats
    assert "Left out, because the budget of 2 min does not pay for them: SVM, windows." in result.verdict()
    page = result.to_html(tmp_path / "report").read_text()
    assert "Left out, because the budget of 2 min does not pay for them: SVM, windows." in page
    assert read_plan(tmp_path / "report" / "plan.json") == plan
    frame = pd.read_csv(tmp_path / "report" / "tables" / "plan_of_fits.csv", index_col="model")
    assert frame["repeats"].to_dict() == {name: plan.repeats.get(name, 0) for name in plan.seconds}
    # another machine, another day
    clock.update(dict.fromkeys(clock, 1e-3))
    for again in (plan, tmp_path / "report" / "plan.json"):
        repeated = compare_augmentations(*data, budget=again, n_repeats=2, **SMALL)
        pd.testing.assert_frame_equal(scores(repeated), scores(result))
        assert repeated.verdict() == result.verdict()
    quicker = compare_augmentations(*data, budget="2m", n_repeats=2, **SMALL)
    assert quicker.plan.left_out == []
    assert "The budget of 2 min pays for all models, with 2 repeats of each." in quicker.verdict()


def test_a_resumed_run_follows_the_stored_plan(data, clock, monkeypatch, tmp_path):
    fits, fit = [], LogisticRegression.fit

    def stop(self, X, y, sample_weight=None):
        fits.append(len(y))
        if len(fits) == 8:
            raise KeyboardInterrupt
        return fit(self, X, y, sample_weight)

    store = FoldStore(tmp_path / "folds")
    monkeypatch.setattr(LogisticRegression, "fit", stop)
    with pytest.raises(KeyboardInterrupt):
        compare_augmentations(*data, budget="2m", store=store, **SMALL)
    (path,) = (tmp_path / "folds").glob("*.plan.json")
    plan = read_plan(path)
    clock.update(dict.fromkeys(clock, 1e-3))
    monkeypatch.setattr(_probe.Probe, "plan", None)  # nothing is timed again
    resumed = compare_augmentations(*data, budget="2m", store=store, n_jobs=1, **SMALL)
    assert resumed.plan == plan
    store.clear()
    assert not (tmp_path / "folds").exists()
    monkeypatch.setattr(LogisticRegression, "fit", fit)
    again = compare_augmentations(*data, budget=plan, **SMALL)
    pd.testing.assert_frame_equal(scores(again), scores(resumed))


@pytest.mark.parametrize("budget", ["80s", "165s"])
def test_no_model_is_timed_that_could_not_be_fitted(data, clock, budget):
    """Neither two folds of it, nor one within half of the time, by its size and by how slow the others were."""
    clock["SVM, whole"] = 6.0
    plan = compare_augmentations(*data, budget=budget, **SMALL).plan
    assert "SVM, windows" not in plan.probed
    assert plan.seconds["SVM, windows"] == pytest.approx(75)
    assert set(plan.to_frame()["told by"]) == {"a timed fit", "its size"}


def test_a_budget_too_small_for_anything_says_so_first(data, clock):
    result = compare_augmentations(*data, budget="1s", **SMALL)
    assert result.plan.is_too_small
    assert list(result.comparison.estimators) == ["logistic regression, whole", "commonest class"]
    assert result.verdict()[0].startswith("Warning: the budget of 1 s is too small for a comparison: only the cheapest")
    assert result.headline()[0] == result.verdict()[0]


def test_the_first_page_comes_before_dear_models_are_timed(data, clock, monkeypatch):
    from seqaug_sklearn.evaluation._augmentation import _stages

    monkeypatch.setattr(_stages, "_WORTH_A_PAGE", 0.0)
    monkeypatch.setattr(_stages, "_FIRST_SECONDS", 0.0)
    told = []
    result = compare_augmentations(*data, budget="4m", on_stage=told.append, **SMALL)
    assert told[0].comparison.repeats == {"commonest class": 1}
    assert "To come: what the budget pays for." in told[0].in_progress
    assert told[-1] is result
    assert result.plan.repeats["SVM, windows"] >= 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}", "is no plan of fits"),
        ("[1]", "is no plan of fits"),
        ("not json", "is no plan of fits"),
        (json.dumps({"budget": -1, "repeats": {"a": 1}, "seconds": {}, "probed": [], "left_out": []}), "be positive"),
        (json.dumps({"budget": 1, "repeats": {"a": 1}, "seconds": {}, "probed": [], "left_out": []}), "holds 'a', and"),
        (
            json.dumps({"budget": 1, "repeats": {"SVM, whole": 11}, "seconds": {}, "probed": [], "left_out": []}),
            "holds 11 repeats, here are 10",
        ),
    ],
)
def test_other_files_are_no_plan(data, tmp_path, content, message):
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(DataFormatError, match=message):
        compare_augmentations(*data, budget=tmp_path / "plan.json", **SMALL)


def test_a_plan_says_what_it_holds():
    plan = FitPlan(600.0, {"a": 10, "b": 1}, {"a": 1.0, "b": 5.0, "c": 90.0}, ["a", "b"], ["c"])
    assert plan.summary().splitlines() == [
        "Plan of fits:",
        "- 10 repeats of a",
        "- 1 repeat of b",
        "Left out, because the budget of 10 min does not pay for them: c.",
    ]
