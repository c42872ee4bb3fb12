"""The table of the DNA-BERT pair system."""

import numpy as np
import pytest
from sklearn import metrics as reference
from sklearn.model_selection import KFold
from sklearn.naive_bayes import GaussianNB

from seqaug_sklearn.evaluation import DNABERT_PAIRS_PUBLISHED, compare, pair_report
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError


def test_the_published_figures_agree_with_their_confusion_matrix():
    tn, fp, fn, tp = (
        DNABERT_PAIRS_PUBLISHED[name]
        for name in ("true_negatives", "false_positives", "false_negatives", "true_positives")
    )
    assert tn + fp + fn + tp == 1000
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    expected = {
        "accuracy": (tp + tn) / 1000,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
    }
    assert {k: DNABERT_PAIRS_PUBLISHED[k] for k in expected} == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("scoring", [None, "accuracy"])
def test_means_over_folds_and_counts_of_all(rng, scoring):
    X = rng.normal(size=(90, 3))
    y = np.where(X[:, 0] + rng.normal(size=90) > 0, "yes", "no")
    folds = list(KFold(3).split(X))
    report = pair_report(compare({"bayes": GaussianNB()}, X, y, cv=folds, scoring=scoring, random_state=0))
    assert report.index.tolist() == ["bayes", "published"]
    fitted = [(GaussianNB().fit(X[train], y[train]), test) for train, test in folds]
    for name, score in {"precision": reference.precision_score, "recall": reference.recall_score}.items():
        expected = np.mean([score(y[test], model.predict(X[test]), pos_label="yes") for model, test in fitted])
        assert report.loc["bayes", name] == pytest.approx(expected)
    areas = [reference.roc_auc_score(y[test] == "yes", model.predict_proba(X[test])[:, 1]) for model, test in fitted]
    assert report.loc["bayes", "auroc"] == pytest.approx(np.mean(areas))
    matrix = sum(reference.confusion_matrix(y[test], model.predict(X[test])) for model, test in fitted)
    counts = ["true_negatives", "false_positives", "false_negatives", "true_positives"]
    assert report.loc["bayes", counts].tolist() == matrix.ravel().tolist()
    assert report.loc["published"].to_dict() == DNABERT_PAIRS_PUBLISHED


def test_three_classes_are_refused(rng):
    comparison = compare({"bayes": GaussianNB()}, rng.normal(size=(30, 2)), np.arange(30) % 3, cv=2, random_state=0)
    with pytest.raises(DataFormatError, match="two classes, and this comparison has 3"):
        pair_report(comparison)


def test_the_positive_class_is_named_and_can_be_chosen(rng):
    X = rng.normal(size=(90, 3))
    y = np.where(X[:, 0] + rng.normal(size=90) > 0, "binds", "free")
    folds = list(KFold(3).split(X))
    comparison = compare({"bayes": GaussianNB()}, X, y, cv=folds, random_state=0)
    default, chosen = pair_report(comparison), pair_report(comparison, pos_label="binds")
    assert default.columns.name == "positive: free"
    assert "positive: binds" in str(chosen)
    fitted = [(GaussianNB().fit(X[train], y[train]), test) for train, test in folds]
    recall = [reference.recall_score(y[test], model.predict(X[test]), pos_label="binds") for model, test in fitted]
    area = [
        reference.average_precision_score(y[test] == "binds", model.predict_proba(X[test])[:, 0])
        for model, test in fitted
    ]
    assert chosen.loc["bayes", "recall"] == pytest.approx(np.mean(recall))
    assert chosen.loc["bayes", "auprc"] == pytest.approx(np.mean(area))
    assert chosen.loc["bayes", "auroc"] == pytest.approx(default.loc["bayes", "auroc"])
    assert chosen.loc["bayes", "true_positives"] == default.loc["bayes", "true_negatives"]
    with pytest.raises(InvalidParameterError, match=r"pos_label=1 is none of the classes \['binds', 'free'\]"):
        pair_report(comparison, pos_label=1)
