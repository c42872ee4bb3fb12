"""Weighted scores of numbers and of several labels against scikit-learn and SciPy on repeated rows."""

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as reference

from seqaug_sklearn.evaluation import MULTILABEL_METRICS, NUMBER_METRICS
from seqaug_sklearn.evaluation._metrics import (
    LabelRows,
    NumberRows,
    can_be_ranked,
    leave_one_out,
    mean_over_folds,
    score_rows,
)


def within(true, predicted, groups):
    """Unweighted mean over groups of SciPy's Spearman."""
    found = []
    for group in np.unique(groups):
        own = groups == group
        if own.sum() >= 3 and np.ptp(true[own]) > 0:
            constant = np.ptp(predicted[own]) == 0
            found.append(0.0 if constant else stats.spearmanr(true[own], predicted[own]).statistic)
    return np.mean(found)


NAIVE = {
    "spearman": lambda true, predicted: stats.spearmanr(true, predicted).statistic,
    "pearson": lambda true, predicted: stats.pearsonr(true, predicted).statistic,
    "r2": reference.r2_score,
    "neg_rmse": lambda true, predicted: -reference.root_mean_squared_error(true, predicted),
    "neg_mae": lambda true, predicted: -reference.mean_absolute_error(true, predicted),
}
NAIVE_LABELS = {
    "auroc": reference.roc_auc_score,
    "auprc": reference.average_precision_score,
    "accuracy": lambda true, score: reference.accuracy_score(true, score >= 0.5),
    "balanced_accuracy": lambda true, score: reference.balanced_accuracy_score(true, score >= 0.5),
    "neg_brier_score": lambda true, score: -reference.brier_score_loss(true, score),
}


def make_numbers(rng, n_rows=40, n_targets=2, missing=0.2):
    true = rng.normal(size=(n_rows, n_targets)).round(1)  # with ties
    predicted = (true + rng.normal(size=true.shape)).round(1)
    true[rng.random(true.shape) < missing] = np.nan
    return true, predicted


def make_labels(rng, n_rows=40, n_labels=3, missing=0.2):
    true = (rng.random((n_rows, n_labels)) < 0.4).astype(float)
    scores = np.clip(0.3 * true + 0.7 * rng.random(true.shape), 0, 1).round(2)
    true[rng.random(true.shape) < missing] = np.nan
    return true, scores


def rows_of(true, predicted, parents=None):
    return NumberRows(true, predicted, np.arange(len(true)), parents)


def label_rows(true, scores):
    return LabelRows(true, (scores >= 0.5).astype(float), scores, True, np.arange(len(true)))


@pytest.mark.parametrize("metric", [*NAIVE])
def test_a_whole_weight_is_as_many_copies_of_the_row(metric):
    rng = np.random.default_rng(0)
    true, predicted = make_numbers(rng)
    weights = rng.integers(0, 4, size=(5, len(true)))
    found, shares = rows_of(true, predicted).weighted(metric, weights.astype(float))
    for value, copies in zip(found, weights, strict=True):
        columns = zip(np.repeat(true, copies, axis=0).T, np.repeat(predicted, copies, axis=0).T, strict=True)
        naive = [NAIVE[metric](t[~np.isnan(t)], p[~np.isnan(t)]) for t, p in columns]
        assert value == pytest.approx(np.mean(naive), abs=1e-10)
    np.testing.assert_allclose(shares, weights.mean(axis=1))


@pytest.mark.parametrize("metric", MULTILABEL_METRICS)
def test_of_labels_too(metric):
    rng = np.random.default_rng(1)
    true, scores = make_labels(rng)
    weights = rng.integers(0, 4, size=(5, len(true)))
    found, _ = label_rows(true, scores).weighted(metric, weights.astype(float))
    for value, copies in zip(found, weights, strict=True):
        columns = zip(np.repeat(true, copies, axis=0).T, np.repeat(scores, copies, axis=0).T, strict=True)
        naive = [NAIVE_LABELS[metric](t[~np.isnan(t)], s[~np.isnan(t)]) for t, s in columns]
        assert value == pytest.approx(np.mean(naive), abs=1e-10)


def test_ranks_within_groups_are_a_plain_mean_over_groups():
    rng = np.random.default_rng(2)
    true, predicted = make_numbers(rng, n_rows=60, n_targets=1, missing=0)
    parents = np.repeat(np.arange(6), [2, 3, 5, 20, 15, 15])
    true[parents == 2] = 1.0  # constant: cannot be ranked
    predicted[parents == 1] = 0.5  # constant prediction: chance
    rows = rows_of(true, predicted, parents)
    naive = within(true[:, 0], predicted[:, 0], parents)
    assert score_rows(rows, ("spearman_within",))["spearman_within"] == pytest.approx(naive)
    assert can_be_ranked(true, parents).tolist() == [1, 3, 4, 5]
    # without one group, and with one twice: each group counts once, however many rows it has
    of_groups = np.array(
        [within(true[parents == g, 0], predicted[parents == g, 0], parents[parents == g]) for g in (1, 3, 4, 5)]
    )
    weights = np.ones((2, 60))
    weights[0, parents == 3] = 0
    weights[1, parents == 4] = 2
    found, shares = rows.weighted("spearman_within", weights)
    assert found == pytest.approx([of_groups[[0, 2, 3]].mean(), of_groups[[0, 1, 2, 2, 3]].mean()])
    assert shares == pytest.approx([3 / 4, 5 / 4])


def test_rank_scores_see_the_order_only_and_no_score_sees_the_order_of_rows():
    rng = np.random.default_rng(3)
    true, predicted = make_numbers(rng)
    parents = rng.integers(5, size=len(true))
    plain = score_rows(rows_of(true, predicted, parents), NUMBER_METRICS)
    bent = score_rows(rows_of(true**3, np.exp(predicted), parents), NUMBER_METRICS)
    for metric in ("spearman", "spearman_within"):
        assert bent[metric] == pytest.approx(plain[metric], abs=1e-12)
    assert score_rows(rows_of(3 * true + 1, 0.2 * predicted, parents), ("pearson",))["pearson"] == pytest.approx(
        plain["pearson"]
    )
    order = rng.permutation(len(true))
    mixed = score_rows(rows_of(true[order], predicted[order], parents[order]), NUMBER_METRICS)
    assert mixed == pytest.approx(plain, abs=1e-12)


def test_what_is_not_known_counts_for_nothing():
    rng = np.random.default_rng(4)
    true, predicted = make_numbers(rng)
    parents = rng.integers(5, size=len(true))
    other = np.where(np.isnan(true), 1e6, predicted)
    assert score_rows(rows_of(true, other, parents), NUMBER_METRICS) == score_rows(
        rows_of(true, predicted, parents), NUMBER_METRICS
    )
    true, scores = make_labels(rng)
    other = np.where(np.isnan(true), 1 - scores, scores)
    assert score_rows(label_rows(true, other), MULTILABEL_METRICS) == score_rows(
        label_rows(true, scores), MULTILABEL_METRICS
    )


def test_one_prediction_for_all_rows_is_chance_and_one_true_value_says_nothing():
    true = np.arange(6.0)[:, None]
    parents = np.repeat([0, 1], 3)
    constant = score_rows(rows_of(true, np.full((6, 1), 0.1 + 0.2), parents), NUMBER_METRICS)
    assert [constant[m] for m in ("spearman", "pearson", "spearman_within")] == [0, 0, 0]
    nothing = score_rows(rows_of(np.ones((6, 1)), true, parents), NUMBER_METRICS)
    assert np.isnan([nothing[m] for m in ("spearman", "pearson", "r2", "spearman_within")]).all()
    unmeasured = score_rows(rows_of(np.full((6, 1), np.nan), true, parents), NUMBER_METRICS)
    assert np.isnan(list(unmeasured.values())).all()
    assert nothing["neg_mae"] == -np.abs(np.arange(6) - 1).mean()
    # a target of one value is left out of the mean over targets
    both = score_rows(rows_of(np.hstack([true, np.ones((6, 1))]), np.hstack([true, true]), parents), NUMBER_METRICS)
    assert both["spearman"] == pytest.approx(1)
    labels = np.column_stack([np.ones(6), np.repeat([0, 1], 3)])
    found = score_rows(label_rows(labels, labels * 0.9), MULTILABEL_METRICS)
    assert found["auroc"] == found["auprc"] == found["balanced_accuracy"] == 1


@pytest.mark.parametrize("metric", NUMBER_METRICS)
def test_leaving_a_group_out_is_its_weight_set_to_nothing(metric):
    rng = np.random.default_rng(5)
    n_groups, folds = 9, []
    for fold in range(3):
        true, predicted = make_numbers(rng, n_rows=30, missing=0)
        units = rng.integers(3, size=30) + 3 * fold
        folds.append(NumberRows(true, predicted, units, units))
    score, without, shares = leave_one_out(metric, folds, n_groups)
    weights = 1 - np.eye(n_groups)
    np.testing.assert_allclose(without, mean_over_folds(metric, folds, weights), atol=1e-12)
    assert score == pytest.approx(np.mean([score_rows(fold, (metric,))[metric] for fold in folds]))
    assert shares.sum() == pytest.approx(1)
    if metric == "spearman_within":
        np.testing.assert_allclose(shares, 1 / n_groups)
