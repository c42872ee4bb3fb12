"""Sanity checks of numbers and labels: planted leaks, planted signals, chance, gaps, and words."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import GroupKFold, KFold
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import sanity_checks
from seqaug_sklearn.model_selection._chance_models import ConstantRegressor
from seqaug_sklearn.model_selection._target_scores import TargetScorer, scorer_for
from seqaug_sklearn.plotting import SanityDisplay
from seqaug_sklearn.similarity import NearestSequenceRegressor


def windows(seed=0, n=30, per=6):
    """Shifted windows of unrelated sequences, and a number of each sequence that has nothing to do with it."""
    rng = np.random.default_rng(seed)
    parents = ["".join(rng.choice(list("ACGT"), 90)) for _ in range(n)]
    X = np.array([parent[i : i + 60] for parent in parents for i in range(0, 5 * per, 5)])
    return X, np.repeat(rng.normal(size=n), per), np.repeat(np.arange(n), per)


def kmers(k=2):
    counts = CountVectorizer(analyzer="char", ngram_range=(k, k), lowercase=False)
    return make_pipeline(counts, Ridge(1.0))


def quick(model, X, y, cv, groups=None, n_permutations=4, **options):
    options = {"n_noise": 2, "random_state": 0, "shortcuts": False} | options
    return sanity_checks(model, X, y, cv, groups, n_permutations=n_permutations, **options)


def test_a_random_split_of_windows_is_memorised_and_groups_are_clean():
    X, y, groups = windows()
    leaky = quick(kmers(6), X, y, KFold(3, shuffle=True, random_state=0), groups)
    assert leaky.finding == "memorised"
    assert leaky.mean("true labels") > 0.8
    assert leaky.mean("noise sequences") > 0.5
    assert leaky.mean("memoriser") > 0.8
    assert "The Spearman correlation of " in leaky.summary()
    assert "is memorised" in leaky.summary()
    assert "Averaging the values of the most similar training rows scores" in leaky.summary()
    clean = quick(kmers(6), X, y, GroupKFold(3), groups)
    assert clean.finding == "clean"
    assert abs(clean.mean("true labels")) < 0.5
    assert (clean.mean("guessing"), clean.mean("guessing the median"), clean.chance) == (0, 0, 0)
    assert "class" not in clean.summary()
    assert set(clean.guesses()) == {"guessing", "guessing the median"}
    near = clean.by_similarity.set_index("low")
    assert near.loc[0, "n_rows"] == len(X)
    assert near.loc[0, "error"] > 0.5, "in standard deviations"
    assert clean.sections()[0].tables.keys() >= {"Error by similarity to the training rows"}
    display = SanityDisplay.from_report(clean)
    assert display.ax_.get_yticklabels()[0].get_text() == "true values"
    assert display.lines_["model"].get_ydata()[0] == near.loc[0, "error"]


def test_a_signal_is_found_and_values_are_moved_as_whole_groups():
    X, _, groups = windows(1)
    y = np.array([text.count("GC") + 0.5 * text.count("AA") for text in X], float)
    seen = []

    class Spy(Ridge):
        def fit(self, X, y):
            seen.append(np.array(y))
            return super().fit(X, y)

    model = make_pipeline(CountVectorizer(analyzer="char", ngram_range=(2, 2), lowercase=False), Spy(1e-3))
    report = quick(model, X, y, GroupKFold(3), groups, n_permutations=19)
    assert report.mean("true labels") > 0.95
    assert report.p_value == 0.05
    assert "the true values' score differs from theirs with two-sided p = 0.05." in report.summary()
    exchanged = report.scores[report.scores["check"] == "exchanged labels"]
    assert abs(exchanged["score"].mean()) < 0.25
    runs = {tuple(part) for part in np.split(y, 30)}
    train = next(iter(GroupKFold(3).split(X, y, groups)))[0]
    dealt = seen[3].reshape(-1, 6)
    assert len(dealt) == len(train) / 6
    assert all(tuple(part) in runs for part in dealt), "the values of a group stay together"


def test_scores_and_gaps_of_several_numbers():
    X, y, groups = windows(2)
    rng = np.random.default_rng(0)
    y = np.column_stack([y, [text.count("GC") for text in X]]) + rng.normal(size=(len(X), 2)) / 10
    y[rng.random(y.shape) < 0.2] = np.nan
    y[:4] = np.nan
    lookup = NearestSequenceRegressor(3)
    report = quick(lookup, X, pd.DataFrame(y, columns=["none", "count"]), GroupKFold(3), groups)
    expected = []
    for train, test in GroupKFold(3).split(X, y, groups):
        given = NearestSequenceRegressor(3).fit(X[train], y[train]).predict(X[test])
        known = ~np.isnan(y[test])
        expected.append(np.mean([spearmanr(y[test][k, j], given[k, j])[0] for j, k in enumerate(known.T)]))
    np.testing.assert_allclose(report.scores.loc[report.scores["check"] == "true labels", "score"], expected)
    assert report.by_similarity["n_rows"].sum() == len(X) - (np.isnan(y).all(axis=1)).sum()


def test_one_number_with_gaps_in_models_that_refuse_them():
    X, y, groups = windows(3)
    y[::7] = np.nan
    report = quick(kmers(), X, y, GroupKFold(3), groups, scoring="r2")
    assert np.isfinite(report.mean("true labels"))
    known = ~np.isnan(y)
    first, test = next(iter(GroupKFold(3).split(X, y, groups)))
    first, test = first[known[first]], test[known[test]]
    expected = r2_score(y[test], kmers().fit(X[first], y[first]).predict(X[test]))
    assert report.scores.iloc[0]["score"] == pytest.approx(expected)


def test_labels_are_judged_by_the_mean_area():
    X, _, groups = windows(4)
    y = pd.DataFrame({"gc": [t.count("GC") > 3 for t in X], "rare": groups < 4, "none": groups % 2}, dtype=float)
    y[np.random.default_rng(0).random(y.shape) < 0.2] = np.nan
    # rows of the rare label in every fold
    cv = [(np.flatnonzero(groups % 3 != k), np.flatnonzero(groups % 3 == k)) for k in range(3)]
    report = quick(NearestSequenceRegressor(3), X, y, cv, groups)
    assert report.kind == "labels"
    assert report.chance == 0.5
    train, test = cv[0]
    given = NearestSequenceRegressor(3).fit(X[train], y.iloc[train]).predict(X[test])
    areas = []
    for column, name in enumerate(y):
        known = y.iloc[test][name].notna().to_numpy()
        areas.append(roc_auc_score(y.iloc[test][name][known], given[known, column]))
    assert report.scores.iloc[0]["score"] == pytest.approx(np.mean(areas))
    assert "The AUROC of " in report.summary()
    assert len(report.scores[report.scores["check"] == "exchanged labels"]) == 12


def test_copies_without_groups_are_warned_of_and_int_stratifies():
    X, y, _ = windows(5, n=20, per=2)
    with pytest.warns(LeakageWarning, match="no groups were given, and .* test rows share sequence"):
        report = quick(kmers(), X, y, 3, n_permutations=1, n_noise=1)
    assert len(report.leakage) == 3


@pytest.mark.parametrize(
    ("name", "worst"),
    [("spearman", 0), ("pearson", 0), ("r2", 0), ("neg_rmse", -((2 / 3) ** 0.5)), ("neg_mae", -2 / 3)],
)
def test_constant_predictions_are_chance_and_constant_targets_no_score(name, worst):
    y = np.array([[1.0, 5], [2, 5], [3, 5], [np.nan, 5]])
    score = TargetScorer(name, "number")
    found = score(ConstantRegressor().fit(y, y), y, y)
    assert found == pytest.approx(worst)
    assert np.isnan(score(ConstantRegressor().fit(y, y), y, np.full((4, 2), 5.0)))


def test_bad_input():
    X, _, groups = windows(6, n=6)
    with pytest.raises(ValueError, match="y holds one value only"):
        quick(kmers(), X, np.full(len(X), 0.5), GroupKFold(3), groups)
    with pytest.raises(ValueError, match="scoring must be 'spearman', 'pearson', 'r2', 'neg_rmse', 'neg_mae', a name"):
        scorer_for(kmers(), "best", "number")
