"""Estimators with different numbers of repeats in one comparison."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import ShuffleSplit, StratifiedKFold
from sklearn.naive_bayes import GaussianNB

from seqaug_sklearn.evaluation import FoldStore, compare
from seqaug_sklearn.evaluation._running import tell_repeats
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError

MODELS = {"forest": RandomForestClassifier(3, max_depth=2), "bayes": GaussianNB(), "dummy": DummyClassifier()}
UNEQUAL = {"forest": 1, "bayes": 3, "dummy": 2}
OPTIONS = {"cv": StratifiedKFold(3, shuffle=True), "scoring": ["accuracy", "auroc"], "random_state": 5}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 15)
    return rng.normal(size=(30, 2)) + 0.7 * y[:, None], y


@pytest.fixture(scope="module")
def unequal(data):
    return compare(MODELS, *data, n_repeats=UNEQUAL, **OPTIONS)


@pytest.fixture(scope="module")
def equal(data):
    """By number of repeats, all estimators having that many."""
    return {n: compare(MODELS, *data, n_repeats=n, **OPTIONS) for n in (1, 2, 3)}


def without_seconds(folds):
    return folds.drop(columns=["fit_seconds", "score_seconds"]).reset_index(drop=True)


def test_each_estimator_has_the_repeats_it_would_have_among_equals(unequal, equal):
    assert unequal.repeats == UNEQUAL
    for name, n in UNEQUAL.items():
        own, other = unequal.folds, equal[n].folds
        pd.testing.assert_frame_equal(
            without_seconds(own[own["estimator"] == name]), without_seconds(other[other["estimator"] == name])
        )
        pd.testing.assert_frame_equal(unequal.predictions(name), equal[n].predictions(name))
        pd.testing.assert_frame_equal(unequal.confusion_matrix(name), equal[n].confusion_matrix(name))
        pd.testing.assert_series_equal(unequal.scores("accuracy").loc[name], equal[n].scores("accuracy").loc[name])


@pytest.mark.parametrize(("name", "reference", "shared"), [("bayes", "forest", 1), ("bayes", "dummy", 2)])
@pytest.mark.parametrize("metric", ["accuracy", "auroc"])
def test_pairs_are_tested_on_the_repeats_that_both_have(unequal, equal, name, reference, shared, metric):
    options = {"n_permutations": 100}
    found = unequal.tests({name: reference}, metric, **options).loc[name]
    expected = equal[shared].tests({name: reference}, metric, **options).loc[name]
    own = ["mean", "reference_mean", "chance", "p_chance", "p_chance_best"]
    pd.testing.assert_series_equal(found.drop(own), expected.drop(own))
    means = unequal.scores(metric)["mean"]
    assert (found["mean"], found["reference_mean"]) == (means[name], means[reference])
    of_all = equal[UNEQUAL[name]].tests({name: reference}, metric, **options).loc[name]
    assert found["p_chance"] == of_all["p_chance"]


def test_repeats_may_test_other_rows(data):
    """Folds that leave rows out: each estimator's intervals are those of the rows that its own repeats test."""
    options = OPTIONS | {"cv": ShuffleSplit(2, test_size=4)}
    found = compare(MODELS, *data, n_repeats=UNEQUAL, **options)
    tests = found.tests()
    assert tests["p_chance_best"].notna().all()
    alone = compare({"bayes": MODELS["bayes"]}, *data, n_repeats=3, **options)
    pd.testing.assert_series_equal(found.scores("accuracy").loc["bayes"], alone.scores("accuracy").loc["bayes"])


def test_tables_say_the_number_of_repeats(unequal, equal):
    assert unequal.settings["repeats"] == "3 of bayes; 2 of dummy; 1 of forest"
    assert unequal.settings["fits per estimator"] == "3 to 9"
    assert equal[2].settings["repeats"] == "2"
    scores = unequal.sections()[0].tables["Means over folds"]
    assert scores["repeats"].to_dict() == UNEQUAL
    assert tell_repeats(dict.fromkeys("abcd", 10) | {"e": 1}) == "10 of 4 models; 1 of e"


def test_hard_rows_hear_each_estimator_once(unequal):
    table = unequal.hardest(30).set_index("row")
    wrong = []
    for name in MODELS:
        rows = unequal.predictions(name)
        wrong.append((rows["y_true"] != rows["y_pred"]).groupby(rows["row"]).mean())
    expected = pd.concat(wrong, axis=1).mean(axis=1)
    np.testing.assert_allclose(table["misclassified"], expected[table.index])


def test_stored_repeats_are_read_by_whoever_wants_more_or_fewer(data, unequal, tmp_path, monkeypatch):
    """Neither jobs nor what was fitted before change a result."""
    store = FoldStore(tmp_path / "folds")
    first = compare(MODELS, *data, n_repeats=UNEQUAL, store=store, n_jobs=1, **OPTIONS)
    pd.testing.assert_frame_equal(without_seconds(first.folds), without_seconds(unequal.folds))
    assert len(store.finished()) == 3 * sum(UNEQUAL.values())
    fits, fit = [], GaussianNB.fit

    def counted(self, X, y, sample_weight=None):
        fits.append(len(X))
        return fit(self, X, y, sample_weight)

    monkeypatch.setattr(GaussianNB, "fit", counted)
    more = compare(MODELS, *data, n_repeats=UNEQUAL | {"bayes": 4, "forest": 2}, store=store, **OPTIONS)
    assert len(fits) == 3
    both = more.folds[more.folds["repeat"] < more.folds["estimator"].map(UNEQUAL)]
    pd.testing.assert_frame_equal(both.reset_index(drop=True), first.folds)


def test_parts_of_a_comparison_are_results(data, unequal, equal):
    from seqaug_sklearn.evaluation._compare import plan_comparison

    planned = plan_comparison(MODELS, *data, n_repeats=UNEQUAL, **OPTIONS)
    part = {"dummy": 1, "bayes": 2}
    planned.fits.run(planned.fits.keys(part))
    found = planned.collect(part)
    assert found.repeats == {"bayes": 2, "dummy": 1}
    assert found.partners == {}  # the reference of all is not there yet
    assert len(found.test_rows) == 6
    planned.fits.run(planned.fits.keys(planned.repeats))
    whole = planned.collect(planned.repeats)
    assert whole.partners == unequal.partners
    pd.testing.assert_frame_equal(without_seconds(whole.folds), without_seconds(unequal.folds))
    pd.testing.assert_frame_equal(found.predictions("bayes"), equal[2].predictions("bayes"))


@pytest.mark.parametrize(
    ("n_repeats", "message"),
    [
        ({"forest": 1, "bayes": 2}, "'dummy' is only in one of the two"),
        (UNEQUAL | {"svm": 1}, "'svm' is only in one of the two"),
        (UNEQUAL | {"bayes": 0}, "n_repeats must be an int of at least 1, got 0"),
        (True, "n_repeats must be an int of at least 1, got True"),
        ("auto", "n_repeats must be an int of at least 1, got 'auto'"),
    ],
)
def test_numbers_that_are_none_are_refused(data, n_repeats, message):
    with pytest.raises((DataFormatError, InvalidParameterError), match=message):
        compare(MODELS, *data, n_repeats=n_repeats, **OPTIONS)
