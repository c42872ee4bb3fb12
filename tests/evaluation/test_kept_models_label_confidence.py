"""Kept models of several labels: a probability and a threshold for each, entries that are not known left out."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from seqaug_sklearn.evaluation import AveragedClassifier, ModelSearch, PerTargetClassifier, SequenceModel, make_model
from seqaug_sklearn.evaluation._kept_models._label_confidence import best_threshold

# what all tests share is made once, by one worker
pytestmark = pytest.mark.xdist_group("kept_models_label_confidence")

MOTIFS = {"a": "TATA", "b": "AATT", "c": "TTTA"}


def planted(n=150, length=50, seed=0):
    """Sequences; each label says, with one in ten wrong, whether its motif is there. The last one is rare."""
    rng = np.random.default_rng(seed)
    rows = rng.choice(list("CG"), (n, length))
    there = rng.random((n, 3)) < (0.5, 0.5, 0.2)
    for row, wanted in zip(rows, there, strict=True):
        for place, motif in enumerate(MOTIFS.values()):
            if wanted[place]:
                start = place * 16 + rng.integers(0, 10)
                row[start : start + 4] = list(motif)
    y = np.where(rng.random((n, 3)) < 0.1, ~there, there).astype(float)
    return pd.Series(["".join(row) for row in rows]), pd.DataFrame(y, columns=list(MOTIFS)), there


def kmers(k, model=None):
    counts = CountVectorizer(analyzer="char", ngram_range=(k, k), lowercase=False)
    return make_pipeline(counts, MultiOutputClassifier(model or LogisticRegression(max_iter=500)))


@pytest.fixture(scope="module")
def gaps():
    X, y, _ = planted()
    y = y.mask(np.random.default_rng(1).random(y.shape) < 0.2)
    y.iloc[7] = np.nan
    return X, y


@pytest.fixture(scope="module")
def fitted(gaps):
    search = ModelSearch(["kmers", "composition"], cv=2)
    return SequenceModel(search, cv=3, random_state=0).fit(*gaps)


def test_labels_are_scored_on_held_out_rows(fitted, gaps):
    assert fitted.n_rows_ == gaps[1].notna().any(axis=1).sum() < 150
    scores = fitted.scores_
    assert set(scores) == {"the chosen model", "nearest-sequence lookup", "shares of the labels"}
    assert scores["the chosen model"]["auroc"]["mean"] > 0.8 > scores["shares of the labels"]["auroc"]["mean"]
    assert fitted.target_kind_ == "labels"
    assert is_classifier(fitted)
    assert [list(own) for own in fitted.classes_] == [[0, 1]] * 3


def test_new_rows_are_predicted_by_probability_and_threshold(fitted):
    X, y, _ = planted(300, seed=5)
    probabilities = fitted.predict_proba(X)
    assert probabilities.shape == (300, 3)
    assert min(roc_auc_score(y.iloc[:, i], probabilities[:, i]) for i in range(3)) > 0.75
    assert (fitted.predict(X) == (probabilities >= fitted.thresholds_)).all()
    tuned, half = (
        np.mean([balanced_accuracy_score(y.iloc[:, i], answers[:, i]) for i in range(3)])
        for answers in (fitted.predict(X), probabilities >= 0.5)
    )
    assert tuned > half - 0.02
    assert abs(probabilities[:, 2].mean() - y["c"].mean()) < 0.1
    assert fitted.score(X, y) == pytest.approx((fitted.predict(X) == y.to_numpy()).mean())


def test_the_report_has_columns_of_each_label(fitted, gaps):
    report = fitted.report(gaps[0][:4])
    names = [f"{what}_{label}" for label in "abc" for what in ("predicted", "p", "spread")]
    assert report.columns.tolist()[:9] == names
    assert set(report[["predicted_a", "predicted_b", "predicted_c"]].to_numpy().ravel()) <= {0, 1}
    about = fitted.about()
    assert set(about["thresholds"]) == set(about["calibration"]) == set("abc")
    assert "A label is said to be there from this probability on: a " in fitted.verdict()[-2]


def test_entries_that_are_not_known_change_nothing(gaps):
    X, y = gaps
    model = SequenceModel(make_model("kmers", task="labels"), cv=2, calibration="none").fit(X, y)
    known = ~y["b"].isna()
    alone = make_model("kmers").fit(X[known], y.loc[known, "b"].astype(int))
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], alone.predict_proba(X)[:, 1], atol=1e-6)


def test_decision_values_become_probabilities():
    X, y, _ = planted()
    counts = CountVectorizer(analyzer="char", ngram_range=(3, 3), lowercase=False)
    search = ModelSearch({"svm": PerTargetClassifier(make_pipeline(counts, LinearSVC()))}).fit(X, y)
    assert isinstance(search.best_estimator_, AveragedClassifier)
    probabilities = search.predict_proba(X)
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert (search.predict(X) == (probabilities >= 0.5)).all()


def test_averages_are_means_over_members_per_label():
    X, y, _ = planted()
    average = AveragedClassifier([("3", kmers(3)), ("2", kmers(2))], temperatures=[2.0, 1.0]).fit(X, y)
    parts = []
    for k, temperature in ((3, 2.0), (2, 1.0)):
        columns = [p[:, 1] for p in kmers(k).fit(X, y.astype(int)).predict_proba(X)]
        odds = (np.column_stack(columns) / (1 - np.column_stack(columns))) ** (1 / temperature)
        parts.append(odds / (1 + odds))
    np.testing.assert_allclose(average.predict_proba(X), np.mean(parts, axis=0), atol=1e-9)
    found = ModelSearch({"3": kmers(3), "2": kmers(2)}).fit(X, y)
    assert found.cv_results_["candidate"][2] in ("average of 3 and 2", "average of 2 and 3")


@pytest.mark.parametrize("seed", range(3))
def test_the_threshold_is_that_of_a_naive_search(seed):
    rng = np.random.default_rng(seed)
    truth = (rng.random(40) < 0.3).astype(int)
    probabilities = np.round(0.3 * truth + rng.random(40) * 0.6, 2)
    found = best_threshold(probabilities, truth)
    limits = np.unique(probabilities)
    best = max(balanced_accuracy_score(truth, probabilities >= limit) for limit in limits)
    assert balanced_accuracy_score(truth, probabilities >= found) == pytest.approx(best)
    assert best_threshold(probabilities, np.ones(40, int)) == 0.5


def test_a_label_with_few_rows_keeps_its_probabilities():
    X, y, _ = planted(40)
    y["c"] = (np.arange(40) < 3).astype(float)
    model = SequenceModel(kmers(2), cv=2).fit(X, y)
    assert model.calibration_["c"]["method"] == "none"
    assert model.thresholds_[2] == 0.5


def test_bad_input():
    X, y, _ = planted(20)
    with pytest.raises(ValueError, match=r"holds 0.5 for 'a' in row 0, but a label is 1 .* 0 .* or missing"):
        SequenceModel(kmers(2), task="labels").fit(X, y.replace(1.0, 0.5).replace(0.0, 0.5))
    with pytest.raises(ValueError, match="one value only for 'b'"):
        ModelSearch({"2": kmers(2)}, task="labels").fit(X, y.assign(b=1.0))
    with pytest.raises(ValueError, match="no candidate has a score by 'auroc'"):
        # it has neither probabilities nor decision values for several labels
        ModelSearch({"2": kmers(2, RidgeClassifier())}).fit(X, y)
    with pytest.raises(ValueError, match="one column of 0 and 1 is two classes"):
        SequenceModel(kmers(2), task="labels").fit(X, y["a"])
