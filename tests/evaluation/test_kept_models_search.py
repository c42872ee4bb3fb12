"""The search chooses on inner folds only, and the score of the whole procedure is no best of many."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from seqaug_sklearn.augmentation import RandomAugmentation, RandomMutation, describe_edits, make_edits
from seqaug_sklearn.evaluation import AveragedClassifier, FoldStore, ModelSearch
from seqaug_sklearn.exceptions import InvalidParameterError


def planted(n=60, length=40, seed=0, motif="TATAAAGG"):
    """Random sequences; every second one holds a motif."""
    rng = np.random.default_rng(seed)
    rows = rng.choice(list("ACGT"), (n, length))
    for i in range(0, n, 2):
        start = rng.integers(0, length - len(motif))
        rows[i, start : start + len(motif)] = list(motif)
    return pd.Series(["".join(row) for row in rows]), np.array(["yes", "no"] * (n // 2))


def kmers(k, **settings):
    counts = CountVectorizer(analyzer="char", ngram_range=(k, k), lowercase=False)
    return make_pipeline(counts, LogisticRegression(max_iter=500, **settings))


CANDIDATES = {
    "nothing": DummyClassifier(),
    "letters": kmers(1),
    "4-mers": kmers(4),
    "svm": make_pipeline(CountVectorizer(analyzer="char", ngram_range=(4, 4), lowercase=False), SVC()),
}


@pytest.fixture(scope="module")
def found():
    X, y = planted()
    return ModelSearch(CANDIDATES, random_state=0).fit(X, y)


def test_the_model_that_sees_the_motif_is_found(found):
    assert found.best_name_ in ("4-mers", "svm", "average of 4-mers and svm")
    assert found.best_score_ > 0.9
    assert found.cv_results_["candidate"][found.best_index_] == found.best_name_
    X, y = planted(seed=1)
    assert found.score(X, y) > 0.8


def test_scores_of_candidates_equal_a_plain_cross_validation(found):
    X, y = planted()
    groups = np.arange(len(y))
    # the same folds: those of one candidate alone
    alone = ModelSearch({"4-mers": kmers(4)}, random_state=0).fit(X, y)
    row = found.cv_results_["candidate"].index("4-mers")
    for fold in range(3):
        name = f"split{fold}_test_score"
        assert found.cv_results_[name][row] == pytest.approx(alone.cv_results_[name][0])
    plain = cross_val_score(kmers(4), X, y, cv=StratifiedGroupKFold(3), groups=groups, scoring="roc_auc")
    assert found.cv_results_["mean_test_score"][row] == pytest.approx(plain.mean(), abs=0.1)


def test_averages_are_means_of_calibrated_probabilities(found):
    table = pd.DataFrame(found.cv_results_).set_index("candidate")
    assert {"average of 4-mers and svm"} <= set(table.index)
    X, y = planted()
    model = AveragedClassifier([("a", kmers(4)), ("b", kmers(2))], temperatures=[2.0, 1.0]).fit(X, y)
    parts = []
    for member, temperature in (("a", 2.0), ("b", 1.0)):
        fitted = clone(dict(model.estimators)[member]).fit(X, y)
        powers = fitted.predict_proba(X) ** (1 / temperature)
        parts.append(powers / powers.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(model.predict_proba(X), np.mean(parts, axis=0))


def test_of_equally_good_models_the_simpler_is_chosen():
    X, y = planted(seed=2)
    twins = {"simple": kmers(4), "not so simple": kmers(4, C=1.01)}
    assert ModelSearch(twins, ensemble=1).fit(X, y).best_name_ == "simple"
    assert ModelSearch(dict(reversed(twins.items())), ensemble=1).fit(X, y).best_name_ == "not so simple"


def test_dear_candidates_that_fall_behind_are_not_fitted_again(monkeypatch):
    monkeypatch.setattr("seqaug_sklearn.evaluation._kept_models._search.CHEAP_SECONDS", -1.0)
    X, y = planted()
    table = pd.DataFrame(ModelSearch(CANDIDATES).fit(X, y).cv_results_).set_index("candidate")
    assert table.loc["nothing", "n_folds"] == 1
    assert np.isnan(table.loc["nothing", "split1_test_score"])
    assert table.loc["4-mers", "n_folds"] == 3


def test_a_model_of_decision_values_gives_probabilities():
    X, y = planted()
    search = ModelSearch({"svm": CANDIDATES["svm"]}).fit(X, y)
    probabilities = search.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (search.predict(X) == search.classes_[probabilities.argmax(axis=1)]).all()


def test_labels_at_random_score_at_chance_in_nested_folds():
    rng = np.random.default_rng(0)
    scores = []
    few = {name: CANDIDATES[name] for name in ("letters", "4-mers")}
    for seed in range(5):
        X, _ = planted(40, seed=seed, motif="")
        y = rng.permutation(np.repeat(["a", "b"], 20))
        scores.append(cross_val_score(ModelSearch(few, cv=2), X, y, cv=3, scoring="roc_auc").mean())
    assert 0.35 < np.mean(scores) < 0.65


def test_a_store_does_not_matter(found, tmp_path):
    X, y = planted()
    again = ModelSearch(CANDIDATES, random_state=0, store=tmp_path).fit(X, y)
    assert again.best_name_ == found.best_name_
    assert again.cv_results_["mean_test_score"] == found.cv_results_["mean_test_score"]
    assert (again.predict_proba(X) == found.predict_proba(X)).all()
    n_files = len(list(tmp_path.rglob("*.npz")))
    resumed = ModelSearch(CANDIDATES, random_state=0, store=tmp_path).fit(X, y)
    assert len(list(tmp_path.rglob("*.npz"))) == n_files == 12
    assert resumed.cv_results_["mean_test_score"] == found.cv_results_["mean_test_score"]


@pytest.mark.slow
def test_dask_workers_choose_the_same(found):
    distributed = pytest.importorskip("distributed", reason="the extra 'scale' is not installed")
    X, y = planted()
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        elsewhere = ModelSearch(CANDIDATES, random_state=0, n_jobs=2).fit(X, y)
    assert elsewhere.cv_results_["mean_test_score"] == found.cv_results_["mean_test_score"]
    assert (elsewhere.predict_proba(X) == found.predict_proba(X)).all()


def test_groups_stay_together_and_reach_no_other_fold():
    X, y = planted(30)
    X, y = pd.concat([X, X], ignore_index=True), np.tile(y, 2)
    shuffled = np.random.default_rng(0).permutation(np.tile(np.repeat(["a", "b"], 15), 2)[:30])
    labels = np.tile(shuffled, 2)
    groups = np.tile(np.arange(30), 2)
    apart = ModelSearch({"6-mers": kmers(6, C=100.0)}).fit(X, labels, groups=groups)
    mixed = ModelSearch({"6-mers": kmers(6, C=100.0)}, cv=3)
    with pytest.warns(UserWarning, match="rows that share sequence|test rows|on both sides"):
        mixed.fit(X, labels)
    assert mixed.best_score_ > 0.9
    assert apart.best_score_ < 0.75


def test_time_is_bounded_by_size_without_a_clock():
    X, y = planted()
    search = ModelSearch(CANDIDATES, max_seconds=4.0).fit(X, y)
    # places 0, 1, 2, 3 stand for seconds here; 3 folds with two thirds of the rows and a refit: 0, 3, 8
    assert search.left_out_ == ["4-mers", "svm"]
    assert search.expected(X, y) == (3.0, ["4-mers", "svm"])


@pytest.mark.parametrize(
    ("edits", "strand", "meant"),
    [
        (True, "both", "evoaug"),
        (True, "single", "evoaug"),
        ("gentle", "both", "gentle"),
        ("mutation(rate=0.3),copies=2", "both", "mutation(rate=0.3),copies=2"),
        ("evoaug,coding", "both", "evoaug,coding"),
        (RandomAugmentation([RandomMutation(0.3)], n_copies=2), "both", "mutation(rate=0.3),copies=2"),
    ],
    ids=["usual", "one strand", "preset", "words", "coding", "own"],
)
def test_candidates_train_with_the_edits_that_are_asked_for(edits, strand, meant):
    X, y = planted(30)
    search = ModelSearch(["kmers + edits"], cv=2, edits=edits, strand=strand)
    expected = make_edits(meant, X, strand=strand, n_copies=4)
    assert describe_edits(expected) in search.tell_edits(X, y)
    search.fit(X, y)
    assert search.edits_ == search.tell_edits(X, y)
    made = search.best_estimator_[0]
    assert repr(made.transforms) == repr(expected.transforms)
    assert made.n_copies == expected.n_copies


def test_other_edits_are_another_run(tmp_path):
    X, y = planted(30)
    for number, edits in enumerate((True, "gentle", "mutation(rate=0.3)"), start=1):
        search = ModelSearch(["kmers + edits"], cv=2, edits=edits)
        stored = clone(search).set_params(store=tmp_path).fit(X, y)
        assert len(FoldStore(tmp_path).finished()) == 2 * 3 * number
        assert stored.cv_results_["mean_test_score"] == search.fit(X, y).cv_results_["mean_test_score"]


@pytest.mark.parametrize("candidates", [["kmers"], CANDIDATES, "positional-kmers"], ids=["key", "own", "one key"])
def test_edits_that_no_candidate_has_are_refused(candidates):
    X, y = planted(30)
    with pytest.raises(InvalidParameterError, match=r"edits must go with a model that has '\+ edits' behind it"):
        ModelSearch(candidates, edits="gentle").fit(X, y)
    assert ModelSearch(candidates).tell_edits(X, y) == ""


def test_bad_input():
    X, y = planted(20)
    with pytest.raises(ValueError, match="candidates is empty; give at least one model"):
        ModelSearch({}).fit(X, y)
    with pytest.raises(ValueError, match="metric 'f1' is that of two classes, but y holds 3"):
        ModelSearch(CANDIDATES, metric="f1").fit(X, [*y[:-2], "third", "third"])
    with pytest.raises(ValueError, match="temperatures has 1 entries for 2 estimators"):
        AveragedClassifier([("a", kmers(2)), ("b", kmers(3))], temperatures=[1.0]).fit(X, y)
    with pytest.raises(ValueError, match="estimators is empty"):
        AveragedClassifier([]).fit(X, y)
