"""Kept models of numbers: the right one is chosen, its intervals hold what they promise, gaps and bad input."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.dummy import DummyRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVR

from seqaug_sklearn.evaluation import AveragedRegressor, ModelSearch, SequenceModel, compare, make_model
from seqaug_sklearn.exceptions import SeqAugWarning

NOISE = 0.5


def planted(n=120, length=60, seed=0):
    """Sequences in groups of two; the number is how many times TATA is there, with noise."""
    rng = np.random.default_rng(seed)
    rows = rng.choice(list("CG"), (n, length))
    counts = rng.integers(0, 5, n)
    for row, count in zip(rows, counts, strict=True):
        for start in rng.choice(length // 6, count, replace=False) * 6:
            row[start : start + 4] = list("TATA")
    names = [f"s{i}" for i in range(n)]
    return (
        pd.Series(["".join(row) for row in rows], index=names),
        counts + NOISE * rng.normal(size=n),
        np.arange(n) // 2,
        counts,
    )


def kmers(k, model=None):
    counts = CountVectorizer(analyzer="char", ngram_range=(k, k), lowercase=False)
    return make_pipeline(counts, model or Ridge(tol=1e-12))


CANDIDATES = {"mean": DummyRegressor(), "4-mers": kmers(4), "svm": kmers(4, SVR())}


@pytest.fixture(scope="module")
def data():
    return planted()


@pytest.fixture(scope="module")
def fitted(data):
    X, y, groups, _ = data
    return SequenceModel(ModelSearch(CANDIDATES), cv=4, random_state=0).fit(X, y, groups=groups)


def test_the_chosen_model_is_near_the_best_there_can_be(fitted, data):
    _, y, _, counts = data
    best = spearmanr(counts, y).statistic
    found = fitted.scores_["the chosen model"]
    assert fitted.chosen_ != "mean"
    assert found["spearman"]["mean"] > best - 0.06
    assert found["rmse"]["low"] < found["rmse"]["mean"] < found["rmse"]["high"]
    # no model is off by less than the noise
    assert 0.9 * NOISE < found["rmse"]["mean"] < 1.6 * NOISE
    assert fitted.scores_["mean of the training rows"]["spearman"]["mean"] == 0
    assert set(fitted.scores_) == {"the chosen model", "nearest-sequence lookup", "mean of the training rows"}


def test_the_interval_holds_what_it_promises_on_new_rows():
    new, true, _, _ = planted(500, seed=99)
    shares, promised = [], []
    for seed in range(6):
        X, y, groups, _ = planted(seed=seed)
        model = SequenceModel(kmers(4), cv=5).fit(X, y, groups=groups)
        low, high = model.predict_interval(new)
        shares.append(np.mean((low <= true) & (true <= high)))
        promised.append(model.coverage_["y"])
    assert 0.85 < np.mean(shares) < 0.95
    assert 0.85 < np.mean(promised) < 0.95


def test_the_verdict_says_what_the_interval_is(fitted):
    told = fitted.verdict()[-2]
    width, held = fitted.intervals_.half_widths_[0], fitted.coverage_["y"]
    assert told == (
        f"The 90 % interval is the prediction ± {width:.3g}, and held {held:.1%} of the held-out values (each fold by "
        "the others)."
    )


def test_the_report_holds_prediction_interval_and_domain(fitted, data):
    X, *_ = data
    report = fitted.report(X[:5])
    usual = ["in_domain", "nearest", "kmer_share", "copy_of", "reason"]
    assert report.columns.tolist() == ["prediction", "low", "high", "spread", *usual]
    np.testing.assert_array_equal(report["prediction"], fitted.predict(X[:5]))
    np.testing.assert_allclose(report["high"] - report["low"], 2 * fitted.intervals_.half_widths_[0])
    assert report["copy_of"].tolist() == report.index.tolist() == ["s0", "s1", "s2", "s3", "s4"]
    assert not hasattr(fitted, "predict_proba")
    assert not hasattr(fitted, "classes_")


def test_what_is_known_is_plain_text_and_numbers(fitted):
    about = json.loads(json.dumps(fitted.about()))
    assert about["target"].startswith("y is read as numbers: 120 different values from ")
    assert about["sequences"] == {"y": 120}
    assert set(about["score"]) == {"spearman", "pearson", "r2", "rmse", "mae"}
    assert about["baselines"]["mean of the training rows"] == "Spearman correlation 0.000"
    assert "calibration" not in about
    assert about["intervals"] == [fitted.verdict()[-2]]


def test_the_order_of_the_rows_decides_no_prediction(data):
    X, y, groups, _ = data
    order = np.random.default_rng(0).permutation(len(y))
    model, again = (
        SequenceModel(kmers(4), cv=3).fit(X.iloc[rows], y[rows], groups=groups[rows])
        for rows in (np.arange(len(y)), order)
    )
    np.testing.assert_allclose(model.predict(X), again.predict(X))


def test_groups_stay_together():
    X, _, _, _ = planted(40, seed=3)
    y = np.random.default_rng(0).normal(size=40)
    X, y = pd.concat([X, X], ignore_index=True), np.tile(y, 2)
    groups = np.tile(np.arange(40), 2)
    memory = {"6-mers": kmers(6, Ridge(0.01))}
    assert ModelSearch(memory).fit(X, y, groups=groups).best_score_ < 0.4
    model = SequenceModel(memory["6-mers"], cv=4).fit(X, y, groups=groups)
    assert model.scores_["the chosen model"]["spearman"]["mean"] < 0.4
    # groups of copies: the interval is as wide as errors on others
    assert model.intervals_.n_groups_.tolist() == [40]
    assert model.intervals_.half_widths_[0] > 1


def test_averages_are_means_of_their_members(data):
    X, y, groups, _ = data
    search = ModelSearch(CANDIDATES).fit(X, y, groups=groups)
    assert search.metric_ == "spearman"
    # a mean ranks nothing, and so improves no average
    assert search.cv_results_["candidate"] == ["mean", "4-mers", "svm", "average of svm and 4-mers"]
    members = [("a", kmers(4)), ("b", kmers(2))]
    average = AveragedRegressor(members).fit(X, y)
    parts = [clone(model).fit(X, y).predict(X) for _, model in members]
    np.testing.assert_allclose(average.predict(X), np.mean(parts, axis=0))
    np.testing.assert_allclose(average.member_predictions(X), parts)
    assert average.score(X, y) == pytest.approx(r2_score(y, average.predict(X)))
    model = SequenceModel(average, cv=2).fit(X, y, groups=groups)
    np.testing.assert_allclose(model.report(X)["spread"], np.std(parts, axis=0), atol=1e-9)


def test_a_search_says_what_it_is(data):
    X, y, groups, _ = data
    search = ModelSearch({"4-mers": kmers(4)}, task="number")
    assert is_regressor(search)
    assert not hasattr(search, "predict_proba")
    assert cross_val_score(search, X, y, cv=2).mean() > 0.5  # R²
    assert is_classifier(ModelSearch())
    # until it is fitted it cannot know; a comparison, which reads y itself, takes it for what y holds
    compared = compare({"search": ModelSearch({"4-mers": kmers(4)})}, X, y, cv=2, groups=groups, random_state=0)
    assert compared.scores("spearman")["mean"].iloc[0] > 0.5
    found = ModelSearch({"4-mers": kmers(4)}).fit(X, y, groups=groups)
    assert is_regressor(found)
    assert found.score(X, y) == pytest.approx(r2_score(y, found.predict(X)))


def test_several_numbers_with_gaps(data):
    X, y, groups, _ = data
    both = pd.DataFrame({"a": y, "b": 3 * y + 1})
    both.loc[both.index % 5 == 0, "b"] = np.nan
    both.loc[[3, 4], :] = np.nan
    search = ModelSearch({"kmers": make_model("kmers", task="number"), "mean": make_model("majority", task="number")})
    model = SequenceModel(search, cv=3).fit(X, both, groups=groups)
    assert model.n_rows_ == 118
    assert model.target_names_ == ("a", "b")
    assert model.about()["sequences"] == {"a": 118, "b": 94}
    assert model.intervals_.half_widths_[1] == pytest.approx(3 * model.intervals_.half_widths_[0], rel=0.5)
    report = model.report(X[:3])
    assert report.columns[:8].tolist() == [
        f"{what}_{name}" for name in "ab" for what in ("prediction", "low", "high", "spread")
    ]
    assert model.predict(X).shape == (120, 2)
    # entries that are not known change nothing
    alone = make_model("kmers", task="number").fit(X[~both["b"].isna().to_numpy()], both["b"].dropna())
    np.testing.assert_allclose(model.search_.best_estimator_.predict(X)[:, 1], alone.predict(X), rtol=0.05, atol=0.5)


def test_twenty_fractions_are_no_classes():
    X, y, groups, _ = planted(20)
    model = SequenceModel(kmers(2), cv=2).fit(X, y.astype(str), groups=groups)
    assert model.target_kind_ == "number"


def test_one_group_leaves_nothing_to_choose_on():
    X, y, _, _ = planted(12)
    with pytest.warns(SeqAugWarning, match="the data has one sequence or group in the training rows"):
        found = ModelSearch({"mean": DummyRegressor(), "4-mers": kmers(4)}).fit(X, y, groups=["a"] * 12)
    assert found.best_name_ == "mean"
    with pytest.raises(ValueError, match="the data has one group only, which cannot be in training and test rows"):
        SequenceModel(kmers(4)).fit(X, y, groups=["a"] * 12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda y: np.full(len(y), 2.5), "one value only"),
        (lambda y: np.where(np.arange(len(y)) == 4, np.inf, y), "infinity"),
        (lambda y: ["high" if i == 4 else str(v) for i, v in enumerate(y)], "'high' in row 4, which is no number"),
        (lambda y: y[:-1], "X has 30 rows but y has 29 targets"),
        (lambda y: np.stack([y, y], axis=1)[None], "y should hold one number per row|shape"),
    ],
)
@pytest.mark.parametrize("model", [SequenceModel(kmers(2), task="number"), ModelSearch({"a": kmers(2)}, task="number")])
def test_bad_input(model, change, message):
    X, y, _, _ = planted(30)
    with pytest.raises(ValueError, match=message):
        clone(model).fit(X, change(y))


def test_wrong_metrics_and_kinds():
    X, y, _, _ = planted(30)
    with pytest.raises(ValueError, match=r"metric must be one of spearman, .* for this y, got 'auroc'"):
        ModelSearch(CANDIDATES, metric="auroc").fit(X, y)
    with pytest.raises(ValueError, match=r"is a regressor.* but y is read as classes"):
        ModelSearch(CANDIDATES).fit(X, ["a", "b"] * 15)
