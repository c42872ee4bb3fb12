"""Weighted metrics against scikit-learn's."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as reference

from seqaug_sklearn.evaluation._metrics import (
    BINARY_METRICS,
    LABEL_METRICS,
    METRICS,
    PROBABILITY_METRICS,
    FoldRows,
    leave_one_out,
    mean_over_folds,
    metrics_for,
    score_rows,
    squared_errors,
)

AVERAGED = {
    f"{name}_{average}": (function, average)
    for name, function in (
        ("precision", reference.precision_score),
        ("recall", reference.recall_score),
        ("f1", reference.f1_score),
    )
    for average in ("macro", "weighted")
} | {
    "precision": (reference.precision_score, "binary"),
    "recall": (reference.recall_score, "binary"),
    "f1": (reference.f1_score, "binary"),
}
ANY_CLASSES = [metric for metric in METRICS if metric not in BINARY_METRICS]


def make_rows(rng, n_classes, n_rows=80, true=None):
    true = rng.integers(n_classes, size=n_rows) if true is None else true
    scores = rng.dirichlet(np.ones(n_classes), size=len(true)).round(2)  # ties
    predicted = np.where(rng.random(len(true)) < 0.4, true, rng.integers(n_classes, size=len(true)))
    return FoldRows(true, predicted, scores, True, np.arange(len(true)), n_classes)


def expected(metric, rows, weights):
    """The same number from scikit-learn, rows weighted."""
    seen, present = rows.true, np.unique(rows.true)
    if metric in AVERAGED:
        function, average = AVERAGED[metric]
        return function(seen, rows.predicted, average=average, sample_weight=weights, zero_division=0)
    if metric == "accuracy":
        return reference.accuracy_score(seen, rows.predicted, sample_weight=weights)
    if metric == "balanced_accuracy":
        return reference.balanced_accuracy_score(seen, rows.predicted, sample_weight=weights)
    if metric == "mcc":
        return reference.matthews_corrcoef(seen, rows.predicted, sample_weight=weights)
    if metric == "neg_log_loss":
        scores = np.clip(rows.scores, np.finfo(float).eps, 1)
        return np.average(np.log(scores[np.arange(len(seen)), seen]), weights=weights)
    if metric == "neg_brier_score":
        # a row and a class after the other
        errors = [
            sum((rows.scores[i, c] - (seen[i] == c)) ** 2 for c in range(rows.n_classes)) for i in range(len(seen))
        ]
        return -np.average(errors, weights=weights) / 2
    function = {"auroc": reference.roc_auc_score, "auprc": reference.average_precision_score}[metric]
    classes = [1] if rows.n_classes == 2 else present
    return np.mean([function(seen == c, rows.scores[:, c], sample_weight=weights) for c in classes])


@pytest.mark.parametrize(("metric", "n_classes"), [(m, n) for n in (2, 5) for m in metrics_for(n)])
def test_plain_and_weighted_scores_equal_scikit_learn(metric, n_classes, rng):
    rows = make_rows(rng, n_classes)
    weights = rng.integers(1, 4, size=(3, 80))
    assert score_rows(rows, (metric,))[metric] == pytest.approx(expected(metric, rows, np.ones(80)))
    got = mean_over_folds(metric, [rows], weights)
    assert got == pytest.approx([expected(metric, rows, w) for w in weights])


@pytest.mark.parametrize("metric", ANY_CLASSES)
def test_weight_zero_leaves_rows_out(metric, rng):
    rows = make_rows(rng, 3)
    kept = np.arange(80) < 50
    part = FoldRows(rows.true[kept], rows.predicted[kept], rows.scores[kept], True, np.arange(50), 3)
    got = mean_over_folds(metric, [rows], kept[None].astype(float))
    assert got[0] == pytest.approx(score_rows(part, (metric,))[metric])


@pytest.mark.parametrize("metric", [m for m in LABEL_METRICS if m in ANY_CLASSES])
def test_absent_classes_give_no_warning_and_scikit_learns_value(metric, rng):
    rows = FoldRows(np.array([0, 0, 1, 1]), np.array([0, 3, 1, 3]), None, False, np.arange(4), 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of class 3, which is no true class
        value = expected(metric, rows, None)
    assert score_rows(rows, (metric,))[metric] == pytest.approx(value)


def test_rank_metrics_average_over_present_classes_only(rng):
    rows = make_rows(rng, 4, true=np.array([0, 1] * 20))
    values = score_rows(rows, ("auroc", "auprc"))
    assert values["auroc"] == pytest.approx(expected("auroc", rows, np.ones(40)))
    assert values["auprc"] == pytest.approx(expected("auprc", rows, np.ones(40)))


@pytest.mark.parametrize("metric", BINARY_METRICS)
def test_metrics_of_the_second_class(metric, rng):
    nothing_found = FoldRows(np.array([0, 1]), np.array([0, 0]), None, False, np.arange(2), 2)
    assert score_rows(nothing_found, (metric,))[metric] == 0
    assert np.isnan(mean_over_folds(metric, [nothing_found], np.zeros((1, 2)))[0])
    assert np.isnan(score_rows(make_rows(rng, 3), (metric,))[metric])
    assert metric in metrics_for(2)
    assert metric not in metrics_for(3)


def test_one_class_in_the_fold_has_no_auroc():
    rows = FoldRows(np.ones(3, int), np.ones(3, int), np.full((3, 2), 0.5), True, np.arange(3), 2)
    assert np.isnan(score_rows(rows, ("auroc",))["auroc"])


@pytest.mark.parametrize("metric", ["auroc", "auprc", *PROBABILITY_METRICS])
def test_without_scores_there_is_no_rank_metric(metric):
    rows = FoldRows(np.array([0, 1]), np.array([0, 1]), None, False, np.arange(2), 2)
    assert np.isnan(score_rows(rows, (metric,))[metric])


@pytest.mark.parametrize("metric", PROBABILITY_METRICS)
def test_decision_values_have_no_score_of_probabilities(metric):
    rows = FoldRows(np.array([0, 1]), np.array([0, 1]), np.array([[1.0, -1.0], [-1.0, 1.0]]), False, np.arange(2), 2)
    values = score_rows(rows, ("auroc", metric))
    assert values["auroc"] == 1
    assert np.isnan(values[metric])


def test_brier_score_of_two_classes_is_scikit_learns(rng):
    rows, weights = make_rows(rng, 2), rng.integers(1, 4, size=80)
    own = reference.brier_score_loss(rows.true, rows.scores[:, 1], sample_weight=weights)
    assert mean_over_folds("neg_brier_score", [rows], weights[None]) == pytest.approx([-own])


@pytest.mark.parametrize("n_classes", [2, 5])
def test_brier_score_lies_between_minus_one_and_zero(n_classes):
    codes = np.arange(n_classes)
    certain = np.eye(n_classes)
    assert squared_errors(certain, codes).tolist() == [0.0] * n_classes
    assert squared_errors(certain[::-1], codes).max() == 1
    even = squared_errors(np.full((n_classes, n_classes), 1 / n_classes), codes)
    assert even == pytest.approx((1 - 1 / n_classes) / 2)


@pytest.mark.parametrize("metric", PROBABILITY_METRICS)
def test_scores_of_probabilities_of_no_rows_are_undefined(metric, rng):
    assert np.isnan(mean_over_folds(metric, [make_rows(rng, 2)], np.zeros((1, 80)))[0])


def test_folds_count_by_their_share_of_weight():
    right = FoldRows(np.zeros(2, int), np.zeros(2, int), None, False, np.array([0, 0]), 2)
    wrong = FoldRows(np.zeros(4, int), np.ones(4, int), None, False, np.array([1, 1, 1, 1]), 2)
    weights = np.array([[1, 1], [2, 0], [0, 2], [3, 1], [0, 0]])
    got = mean_over_folds("accuracy", [right, wrong], weights)
    assert got[:4].tolist() == [0.5, 1.0, 0.0, 0.75]
    assert np.isnan(got[4])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("sides", [1, 2])
def test_scores_without_a_unit_are_those_of_its_weight_set_to_zero(metric, sides, rng):
    folds = []
    for _ in range(3):
        rows = make_rows(rng, 2, n_rows=20)
        units = rng.integers(0, 6, (20, sides))
        units[:, -1] = np.where(rng.random(20) < 0.3, -1, units[:, -1]) if sides == 2 else units[:, -1]
        folds.append(replace(rows, groups=units if sides == 2 else units[:, 0]))
    score, without, shares = leave_one_out(metric, folds, 7)
    weights = np.ones((8, 8))  # one column more, for -1
    weights[np.arange(7), np.arange(7)] = 0
    naive = mean_over_folds(metric, folds, weights)
    np.testing.assert_allclose([*without, score], naive)
    mine = [np.mean([(fold.groups.reshape(20, -1) == unit).any(axis=1).mean() for fold in folds]) for unit in range(7)]
    np.testing.assert_allclose(shares, mine)
    assert shares[6] == 0
    assert without[6] == score
