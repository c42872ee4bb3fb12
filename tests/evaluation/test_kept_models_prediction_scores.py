"""Scores of predictions made before: those of SciPy and scikit-learn, with gaps, targets, groups and intervals."""

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import average_precision_score, mean_absolute_error, r2_score, roc_auc_score

from seqaug_sklearn.evaluation import score_predictions
from seqaug_sklearn.evaluation._kept_models._prediction_scores import _interval_of_r2
from seqaug_sklearn.evaluation._metrics import NumberRows


def numbers(n=60, seed=0):
    rng = np.random.default_rng(seed)
    true = rng.normal(size=n)
    return true, 0.7 * true + 0.5 * rng.normal(size=n)


def test_numbers_are_scored_as_by_scipy_and_scikit_learn():
    true, predicted = numbers()
    found = score_predictions(true, predicted)
    expected = {
        "n": 60,
        "spearman": spearmanr(true, predicted).statistic,
        "pearson": pearsonr(true, predicted).statistic,
        "r2": r2_score(true, predicted),
        "rmse": np.sqrt(np.mean((true - predicted) ** 2)),
        "mae": mean_absolute_error(true, predicted),
    }
    assert list(found) == list(expected)
    assert found == pytest.approx(expected)
    as_text = score_predictions([f"{value:.17g}" for value in true], predicted, task="number")
    assert as_text == pytest.approx(expected)


def test_gaps_count_for_nothing_and_targets_are_averaged():
    true, predicted = (np.column_stack(columns) for columns in zip(numbers(), numbers(seed=1), strict=True))
    true[::4, 1] = np.nan
    found = score_predictions(true, predicted)
    known = ~np.isnan(true[:, 1])
    each = [spearmanr(true[:, 0], predicted[:, 0]).statistic, spearmanr(true[known, 1], predicted[known, 1]).statistic]
    assert [found["spearman_y_true0"], found["spearman_y_true1"]] == pytest.approx(each)
    assert found["spearman"] == pytest.approx(np.mean(each))
    changed = predicted.copy()
    changed[~known, 1] = 1e6
    assert score_predictions(true, changed) == found


def test_the_share_within_intervals_is_counted():
    true, predicted = numbers()
    inside = np.mean(np.abs(true - predicted) <= 0.5)
    found = score_predictions(true, predicted, intervals=(predicted - 0.5, predicted + 0.5))
    assert found["coverage"] == pytest.approx(inside)


def test_groups_widen_the_interval_of_a_score():
    true, predicted = numbers(30)
    true, predicted = np.repeat(true, 4), np.repeat(predicted, 4)
    rows, groups = (score_predictions(true, predicted, groups=g) for g in (np.arange(120), np.repeat(np.arange(30), 4)))
    widths = [found["spearman_high"] - found["spearman_low"] for found in (rows, groups)]
    assert widths[1] > 1.5 * widths[0]
    for found in (rows, groups):
        assert found["spearman_low"] < found["spearman"] < found["spearman_high"]
        assert 0 < found["rmse_low"] < found["rmse"] < found["rmse_high"]
    assert score_predictions(true, predicted, groups=np.arange(120)) == rows


def test_labels_are_scored_as_by_scikit_learn():
    rng = np.random.default_rng(0)
    true = (rng.random((80, 2)) < 0.4).astype(float)
    probabilities = np.clip(0.5 * true + rng.random((80, 2)) * 0.5, 0, 1)
    true[:10, 1] = np.nan
    found = score_predictions(true, probabilities >= 0.5, probabilities)
    known = ~np.isnan(true[:, 1])
    assert found["auroc_y_true0"] == pytest.approx(roc_auc_score(true[:, 0], probabilities[:, 0]))
    assert found["auprc_y_true1"] == pytest.approx(average_precision_score(true[known, 1], probabilities[known, 1]))
    assert found["auroc"] == pytest.approx((found["auroc_y_true0"] + found["auroc_y_true1"]) / 2)
    answers = score_predictions(true, probabilities >= 0.5)
    assert answers == {name: value for name, value in found.items() if name == "n" or "accuracy" in name}


def test_numbers_that_repeat_are_classes_unless_it_is_said():
    assert "accuracy" in score_predictions([0, 1, 1, 0], [0, 1, 0, 0])
    assert score_predictions([0, 1, 1, 0], [0, 1, 0, 0], task="number")["mae"] == 0.25


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([], []), {}, "one entry per row, got 0 and 0"),
        (([0.5, 1.25, 2.75], [[1.0, 2.0]] * 3), {}, r"y_pred has shape \(3, 2\), but y_true \(3, 1\)"),
        (([0.5, np.inf, 2.75], [1.0] * 3), {}, "infinity in row 1"),
        (([0.5, 1.25, 2.75], [1.0] * 3), {"groups": [1]}, "groups has 1 entries for 3 rows"),
        (([0.5, 1.25], [1.0] * 2, [[0.5], [0.5]]), {"task": "number"}, "probabilities must be None"),
        (([[0, 1], [1, 0]], [[0, 1], [1, 0]]), {"intervals": ([0], [1])}, "intervals must be None"),
    ],
)
def test_bad_input(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        score_predictions(*arguments, **options)


@pytest.mark.parametrize("tails", ["light", "heavy"])
def test_the_interval_of_r2_covers_and_stays_below_one(tails):
    """60 groups of 2 rows that share their signal; the true R² is that of very many rows."""

    def draw(n_groups, rng):
        signal = np.repeat(rng.normal(size=n_groups), 2) + 0.5 * rng.normal(size=2 * n_groups)
        error = rng.normal(size=2 * n_groups) if tails == "light" else rng.standard_t(4, size=2 * n_groups)
        return signal + 0.7 * error, signal

    def of(true, predicted):
        return 1 - np.mean((true - predicted) ** 2) / true.var()

    rng = np.random.default_rng(0)
    expected, covered, groups = of(*draw(400_000, rng)), 0, np.repeat(np.arange(60), 2)
    for _ in range(60):
        true, predicted = draw(60, rng)
        rows = NumberRows(true[:, None], predicted[:, None], groups)
        low, high = _interval_of_r2(rows, 60)
        assert low < of(true, predicted) < high < 1
        covered += low <= expected <= high
    # 57 are expected, and fewer than 51 in one of a hundred runs
    assert covered >= 51
