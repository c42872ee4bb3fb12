"""From the comparison to a model: which is the best, and how it is fitted on all rows."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from seqaug_sklearn.evaluation import PerTargetRegressor, compare, compare_augmentations
from seqaug_sklearn.exceptions import DataFormatError, LeakageWarning
from seqaug_sklearn.features import KmerCounts
from seqaug_sklearn.similarity import NearestSequenceClassifier

TEXTS = ["".join(np.random.default_rng(i).choice(list("ACGT"), 30)) for i in range(20)]
KMERS = "k-mer logistic regression, whole"


@pytest.fixture
def blobs():
    rng = np.random.default_rng(0)
    y = np.tile(["no", "yes"], 40)
    return rng.normal(size=(80, 3)) + (y == "yes")[:, None] * 2, y


@pytest.fixture
def comparison(blobs):
    models = {
        "nothing": DummyClassifier(),
        "forest": RandomForestClassifier(30),
        "bayes": GaussianNB(),
        "nothing, too": make_pipeline(DummyClassifier(strategy="stratified")),
    }
    return compare(models, *blobs, cv=4, random_state=1)


def test_regressors_are_taken_home():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y, groups = X[:, 0] + 0.3 * rng.normal(size=60), np.arange(60) // 2
    models = {"mean": DummyRegressor(), "ridge": Ridge(), "mean, too": make_pipeline(DummyRegressor(strategy="median"))}
    found = compare(models, X, y, cv=3, groups=groups, random_state=0)
    assert found.best() == found.best(metric="neg_rmse") == "ridge"
    model = found.fit_best(X, y, groups=groups)
    np.testing.assert_allclose(model.predict(X), Ridge().fit(X, y).predict(X))
    alone = compare({"mean": PerTargetRegressor(DummyRegressor())}, TEXTS, y[:20], cv=3, random_state=0)
    with pytest.raises(DataFormatError, match="only baselines were compared"):
        alone.best()


def with_scores(comparison, **accuracy):
    """The comparison with these accuracies in every fold, and 1, 2, ... seconds of a fit in the order of the models."""
    folds = comparison.folds.copy()
    for second, name in enumerate(comparison.estimators):
        folds.loc[folds["estimator"] == name, "fit_seconds"] = second + 1.0
        folds.loc[folds["estimator"] == name, "accuracy"] = accuracy.get(name, 0.99)
    changed = dataclasses.replace(comparison, folds=folds, _found={})
    changed.scores = lambda metric: pd.DataFrame(
        {
            "mean": folds.groupby("estimator")[metric].mean().loc[comparison.estimators],
            "standard_error": 0.05,
        }
    )
    return changed


# which


def test_the_highest_mean_wins_and_baselines_never():
    rng = np.random.default_rng(0)
    y = np.tile([0, 1], 30)
    X = ["".join(rng.choice(list("ACGT"), 40)) for _ in y]
    models = {"lookup": NearestSequenceClassifier(k=4), "nothing": DummyClassifier()}
    only = compare(models, X, y, cv=3, random_state=0)
    with pytest.raises(DataFormatError, match=r"only baselines were compared \(lookup, nothing\).*among="):
        only.best()
    assert only.best(among=["lookup"]) == "lookup"


@pytest.mark.parametrize(
    ("accuracy", "options", "expected"),
    [
        ({"forest": 0.9, "bayes": 0.8}, {}, "forest"),
        ({"forest": 0.8, "bayes": 0.9}, {}, "bayes"),
        # within one standard error: the cheaper, which is the first here
        ({"forest": 0.86, "bayes": 0.9}, {}, "forest"),
        ({"forest": 0.86, "bayes": 0.9}, {"simplest": False}, "bayes"),
        ({"forest": 0.9, "bayes": 0.9}, {"simplest": False}, "forest"),
        ({"forest": 0.9, "bayes": 0.8}, {"among": ["bayes", "nothing"]}, "nothing"),
        ({"forest": np.nan, "bayes": 0.6}, {}, "bayes"),
    ],
)
def test_the_simplest_of_those_that_are_as_good(accuracy, options, expected, comparison):
    assert with_scores(comparison, **accuracy).best(**options) == expected


def test_a_model_without_augmentation_goes_before_a_cheaper_one_with_it(comparison):
    found = dataclasses.replace(with_scores(comparison, forest=0.9, bayes=0.9), partners={"forest": "bayes"}, _found={})
    found.scores = with_scores(comparison, forest=0.9, bayes=0.9).scores
    assert found.best() == "bayes"


def test_what_there_is_none_of_is_said(comparison, blobs):
    with pytest.raises(DataFormatError, match="among holds 'svm', and the models are nothing, forest"):
        comparison.best(among=["svm"])
    with pytest.raises(DataFormatError, match="among holds no name"):
        comparison.best(among=[])
    with pytest.raises(DataFormatError, match="metric 'r2' was not scored"):
        comparison.best(metric="r2")
    with pytest.raises(DataFormatError, match="no model 'svm' in this comparison"):
        comparison.refit("svm", *blobs)
    with pytest.raises(DataFormatError, match="no model has a score"):
        with_scores(comparison, forest=np.nan, bayes=np.nan).best()


# how it is fitted


def test_it_is_fitted_on_all_rows_and_the_comparison_keeps_its_own(comparison, blobs):
    X, y = blobs
    forest = comparison.refit("forest", X, y)
    assert forest.classes_.tolist() == ["no", "yes"]
    again = comparison.fit_best(X, y, among=["forest"])
    np.testing.assert_array_equal(forest.predict_proba(X), again.predict_proba(X))
    assert not hasattr(comparison.unfitted["forest"], "classes_")
    assert comparison.unfitted["forest"].random_state is None


class Spy(ClassifierMixin, BaseEstimator):
    """Keeps what its fit is given."""

    def __init__(self, validation_fraction=0.1):
        self.validation_fraction = validation_fraction

    def fit(self, X, y, groups=None, identifiers=None, sample_weight=None):
        self.given_ = {"groups": groups, "identifiers": identifiers, "sample_weight": sample_weight}
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(X.shape[0], self.classes_[0])


def test_groups_weights_and_identifiers_reach_the_fit(random_dna):
    X = pd.Series(random_dna(12, 20), index=[f"g{row}" for row in range(12)])
    y, groups = [0, 1] * 6, np.repeat([0, 1, 2, 3], 3)
    models = {"spy": Spy(), "behind": make_pipeline(KmerCounts(2), Spy())}
    result = compare(models, X, y, groups=groups, cv=StratifiedGroupKFold(2), random_state=0)
    for name in models:
        model = result.fit_best(X, y, groups=groups, sample_weight=np.arange(12), among=[name])
        given = (model if name == "spy" else model[-1]).given_
        np.testing.assert_array_equal(given["sample_weight"], np.arange(12))
        np.testing.assert_array_equal(given["groups"], groups)
        assert list(given["identifiers"]) == list(X.index)
    assert result.refit("spy", X, y).given_["groups"] is None


def test_groups_that_cannot_reach_early_stopping_are_told(random_dna):
    X, y, groups = random_dna(12, 20), [0, 1] * 6, np.repeat([0, 1, 2, 3], 3)
    hidden = make_imblearn_pipeline(KmerCounts(2), RandomOverSampler(), Spy())
    result = compare({"hidden": hidden}, X, y, cv=2, random_state=0)
    with pytest.warns(LeakageWarning, match="groups do not reach Spy in 'hidden'"):
        result.refit("hidden", X, y, groups=groups)


def test_labels_in_another_order_are_refused(comparison, blobs):
    X, y = pd.DataFrame(blobs[0]), pd.Series(blobs[1])
    with pytest.raises(ValueError, match="same index in another order"):
        comparison.refit("bayes", X, y.iloc[::-1])


# after compare_augmentations


@pytest.fixture
def promoters(random_dna):
    """40 sequences; class "yes" has a motif, somewhere."""
    rng = np.random.default_rng(0)
    X, y = random_dna(40, 60), np.tile(["no", "yes"], 20)
    for row in np.flatnonzero(y == "yes"):
        start = rng.integers(46)
        X[row] = f"{X[row][:start]}ACGTGGCACGTGGC{X[row][start + 14 :]}"
    return pd.Series(X, index=[f"p{row}" for row in range(40)]), y


def test_the_best_model_with_its_augmentation_is_fitted_and_resumed(promoters, tmp_path):
    X, y = promoters
    options = {
        "window": 20, "n_splits": 2, "n_repeats": 1, "models": ["kmers", "composition", "memoriser", "majority"],
        "edits": True, "orthologs": {name: [text[:50]] for name, text in X.items()}, "store": tmp_path / "store",
    }  # fmt: skip
    result = compare_augmentations(X, y, **options)
    assert [*result.comparison.unfitted] == result.comparison.estimators
    assert result.best() == KMERS
    model = result.fit_best(X, y)
    assert isinstance(model[-1], LogisticRegression)
    assert model.score(X, y) > 0.95
    resumed = compare_augmentations(X, y, **options).fit_best(X, y)
    np.testing.assert_array_equal(resumed.decision_function(X), model.decision_function(X))
    augmented = result.refit("k-mer logistic regression, orthologs + edits", X, y)
    assert [type(step).__name__ for step in augmented.named_steps.values()][:2] == [
        "OrthologAugmenter",
        "RandomAugmentation",
    ]
    assert result.best(among=["commonest class"]) == "commonest class"


def test_relatives_together_decide(promoters):
    X, y = promoters
    copies = pd.concat([X, X.str.slice(0, 58).add("AC").rename(index="{}x".format)])
    options = {"window": 20, "n_splits": 2, "n_repeats": 1, "models": ["kmers", "logistic"]}
    result = compare_augmentations(copies, [*y, *y], **options)
    assert result.together is not None
    model = result.fit_best(copies, [*y, *y], among=[KMERS])
    np.testing.assert_array_equal(
        model.decision_function(X), result.together.comparison.refit(KMERS, copies, [*y, *y]).decision_function(X)
    )


def test_blocks_of_windows_have_no_model_of_sequences(random_dna):
    X, y = random_dna(3, 120), ["a", "b", "c"]
    result = compare_augmentations(X, y, window=20, models=["logistic"], n_splits=2, quick=True)
    with pytest.raises(DataFormatError, match=r"each class has a single sequence.*refit"):
        result.fit_best(X, y)
