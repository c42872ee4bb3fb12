"""Figures of numbers and of several targets: predicted against true, residuals by similarity, scores by target."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, spearmanr
from sklearn.metrics import r2_score

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.model_selection import audit_leakage
from seqaug_sklearn.plotting import PredictedTrueDisplay, ResidualsBySimilarityDisplay, TargetScoresDisplay


@pytest.fixture
def numbers(rng):
    """Two targets with gaps, and predictions."""
    true = pd.DataFrame(rng.normal(size=(90, 2)), columns=["root", "leaf"])
    predicted = true.to_numpy() * 0.5 + rng.normal(size=(90, 2)) * 0.3
    return true.mask(rng.random((90, 2)) < 0.1), predicted


def comparison_of(true, predicted, *, n_repeats=2):
    """The part of a comparison that figures of numbers read: five folds, the later repeats with other predictions."""
    row = np.arange(len(true))
    parts = [
        pd.DataFrame({"repeat": repeat, "fold": row % 5, "row": row, "target": name, "y_true": true[name]}).assign(
            y_pred=predicted[:, place] + 100 * repeat
        )
        for repeat in range(n_repeats)
        for place, name in enumerate(true)
    ]
    table = pd.concat(parts, ignore_index=True)
    if len(true.columns) == 1:
        table = table.drop(columns="target")
    return SimpleNamespace(task="number", target_names=tuple(true), predictions=lambda _: table)


def test_predicted_against_true_is_scored_on_measured_rows(numbers, assert_on_page):
    true, predicted = numbers
    display = PredictedTrueDisplay.from_predictions(true, predicted)
    for place, (name, panel) in enumerate(zip(true, display.axes_, strict=True)):
        known = true[name].notna().to_numpy()
        y, answer = true.loc[known, name], predicted[known, place]
        scores = display.scores_[name]
        assert scores["spearman"] == pytest.approx(spearmanr(y, answer).statistic)
        assert scores["r2"] == pytest.approx(r2_score(y, answer))
        assert scores["n"] == known.sum() < 90
        shown = f"{name}\nSpearman {scores['spearman']:.2f}, R² {scores['r2']:.2f} ({known.sum()} rows)"
        assert panel.get_title(loc="left") == shown
        np.testing.assert_allclose(panel.collections[0].get_offsets(), np.column_stack([y, answer]))
        assert panel.get_xlim() == panel.get_ylim()
    assert_on_page(display.figure_)


def test_many_rows_are_a_density(rng):
    y = rng.normal(size=5000)
    display = PredictedTrueDisplay.from_predictions(y, y + 1)
    assert display.ax_.collections[0].get_array().sum() == 5000
    assert display.ax_.get_title(loc="left") == "Spearman 1.00, R² 0.00 (5,000 rows)".replace(
        "0.00", f"{display.scores_['']['r2']:.2f}"
    )


def test_equal_predictions_rank_nothing():
    display = PredictedTrueDisplay.from_predictions([1.0, 2.0, 3.0], [2.0, 2.0, 2.0])
    assert display.ax_.get_title(loc="left") == "all predictions equal, R² 0.00 (3 rows)"
    assert np.isnan(display.scores_[""]["spearman"])


@pytest.mark.parametrize("n_targets", [1, 2])
def test_of_a_comparison_the_first_repeat_is_drawn(numbers, n_targets):
    true, predicted = numbers[0].iloc[:, :n_targets], numbers[1][:, :n_targets]
    found = PredictedTrueDisplay.from_comparison(comparison_of(true, predicted), "network")
    direct = PredictedTrueDisplay.from_predictions(true, predicted)
    for name in true:
        assert found.scores_[name] == pytest.approx(direct.scores_[name])


def test_panels_stand_in_axes_of_the_users_own(numbers):
    true, predicted = numbers
    figure, axes = plt.subplots(1, 2)
    assert PredictedTrueDisplay.from_predictions(true, predicted, ax=axes).figure_ is figure
    assert len(PredictedTrueDisplay.from_predictions(true, predicted, ax=plt.subplots()[1]).axes_) == 2
    five = np.tile(predicted[:, :1], 5)
    display = PredictedTrueDisplay.from_predictions(five, five)
    assert [*display.scores_] == [f"target {i}" for i in range(1, 6)]
    assert len(display.figure_.axes) == 6


def test_medians_of_bins_and_their_intervals_are_those_of_a_plain_loop(rng):
    true, predicted, similarity = rng.normal(size=100), rng.normal(size=100), rng.random(100)
    display = ResidualsBySimilarityDisplay.from_predictions(true, predicted, similarity, n_bins=4)
    bins = display.bins_[""]
    for i, rows in enumerate(np.array_split(np.argsort(similarity), 4)):
        errors = np.sort(np.abs(true - predicted)[rows])
        assert bins.loc[i, ["similarity", "residual", "n"]].tolist() == pytest.approx(
            [np.median(similarity[rows]), np.median(errors), 25]
        )
        low, high = np.searchsorted(errors, bins.loc[i, ["low", "high"]].to_numpy(float))
        # the chance that the median lies outside, as the number of rows below it is binomial
        outside = binom.cdf(low, 25, 0.5) + binom.sf(high, 25, 0.5)
        assert low + high == 24
        assert outside <= 0.05 < binom.cdf(low + 1, 25, 0.5) + binom.sf(high - 1, 25, 0.5)
    assert display.ax_.get_ylim()[0] == 0


def test_few_rows_have_no_interval():
    display = ResidualsBySimilarityDisplay.from_predictions([1, 2, 3], [1, 1, 1], [0.1, 0.2, 0.3], n_bins=1)
    assert display.bins_[""][["low", "high"]].isna().all(axis=None)
    assert display.bins_[""]["residual"].tolist() == [1]


def test_similarity_is_that_to_the_rows_of_other_folds(numbers, random_dna, assert_on_page):
    true, predicted = numbers
    texts = random_dna(90, 60)
    texts[10:20] = texts[:10]  # rows 0 and 10 are in one fold, 1 and 17 are not
    texts[17] = texts[1]
    display = ResidualsBySimilarityDisplay.from_comparison(comparison_of(true, predicted), "network", texts)
    for name in true:
        known = true[name].notna().to_numpy()
        expected = np.zeros(90)
        for fold in range(5):
            tests = np.arange(90) % 5 == fold
            expected[tests] = audit_leakage(
                [text for text, test in zip(texts, tests, strict=True) if not test],
                [text for text, test in zip(texts, tests, strict=True) if test],
            ).kmer_share
        assert expected[1] == 1 > expected[0]
        np.testing.assert_allclose(display.residuals[name]["similarity"], expected[known])
        errors = np.abs(true[name].to_numpy() - predicted[:, list(true).index(name)])[known]
        np.testing.assert_allclose(display.residuals[name]["residual"], errors)
    assert_on_page(display.figure_)


@pytest.fixture
def target_scores():
    index = pd.MultiIndex.from_product([["network", "k-mers"], ["liver", "root", "leaf"]])
    mean = np.array([0.9, 0.7, 0.6, 0.8, 0.45, 0.6])
    return pd.DataFrame({"mean": mean, "low": mean - 0.1, "high": mean + 0.05}, index)


def test_bars_of_targets_begin_at_chance(target_scores, assert_on_page):
    comparison = SimpleNamespace(
        headline_metric=lambda metric: metric or "auroc",
        per_target=lambda _: target_scores,
        estimators=("network", "k-mers"),
    )
    display = TargetScoresDisplay.from_comparison(comparison)
    for model, bars in display.bars_.items():
        assert [bar.get_x() + bar.get_width() for bar in bars] == pytest.approx(target_scores.loc[model, "mean"])
        assert {bar.get_x() for bar in bars} == {0.5}
    assert [text.get_text() for text in display.ax_.get_yticklabels()] == ["liver", "root", "leaf"]
    assert display.ax_.get_xlabel() == "auroc (bars begin at chance, 0.5)"
    assert_on_page(display.figure_)
    one = TargetScoresDisplay.from_comparison(comparison, metric="auprc", names=["k-mers"])
    assert [*one.bars_] == ["k-mers"]
    assert (one.ax_.get_xlabel(), one.chance) == ("auprc", 0)
    assert not one.figure_.legends
    with pytest.raises(DataFormatError, match="no estimator 'tree' in this comparison; it has network, k-mers"):
        TargetScoresDisplay.from_comparison(comparison, names=["tree"])


def test_intervals_stand_on_their_bars(target_scores):
    display = TargetScoresDisplay(target_scores).plot()
    bars = [bar for bars in display.bars_.values() for bar in bars]
    drawn = np.concatenate([lines.get_segments() for lines in display.ax_.collections])
    np.testing.assert_allclose(drawn[:, :, 0], target_scores[["low", "high"]])
    np.testing.assert_allclose(drawn[:, 0, 1], [bar.get_y() + bar.get_height() / 2 for bar in bars])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: PredictedTrueDisplay.from_predictions([1, 2], [1, 2, 3]), "y_true has 2, y_pred has 3"),
        (lambda: PredictedTrueDisplay.from_predictions([1, 2], [1, np.inf]), "y_pred holds NaN or infinity in row 1"),
        (
            lambda: PredictedTrueDisplay.from_predictions(np.ones((2, 2)), np.ones((2, 1))),
            "y_pred should have one column for each of 2 targets, got 1",
        ),
        (lambda: PredictedTrueDisplay.from_predictions([1, np.nan], [1, 2]), "y_true has fewer than two known values"),
        (lambda: PredictedTrueDisplay.from_predictions(np.ones((2, 2, 2)), [1, 2]), r"got \(2, 2, 2\)"),
        (
            lambda: PredictedTrueDisplay.from_comparison(SimpleNamespace(task="classes"), "a"),
            "the comparison predicts classes",
        ),
        (
            lambda: ResidualsBySimilarityDisplay.from_predictions([1, 2], [1, 2], [0.1]),
            "similarity should hold one finite number for each of 2 rows",
        ),
        (
            lambda: ResidualsBySimilarityDisplay.from_predictions([1, 2], [1, 2], [0.1, 0.2], n_bins=0),
            "n_bins must be at least 1, got 0",
        ),
        (
            lambda: TargetScoresDisplay(pd.DataFrame({"mean": [1], "low": [0], "high": [1]})).plot(),
            "scores must have an index of model and target",
        ),
    ],
)
def test_bad_values(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_too_many_models_have_no_bars():
    index = pd.MultiIndex.from_product([list("abcdefghi"), ["x"]])
    with pytest.raises(DataFormatError, match="9 models are too many for bars side by side; choose up to 8"):
        TargetScoresDisplay(pd.DataFrame({"mean": 1.0, "low": 0.0, "high": 1.0}, index)).plot()
