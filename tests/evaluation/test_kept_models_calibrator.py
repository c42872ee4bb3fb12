"""Calibration on simulated scores with known probabilities."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, brier_score_loss, roc_auc_score

from seqaug_sklearn.evaluation import ProbabilityCalibrator, calibration_error, score_predictions


def too_sure(n, n_classes=2, factor=3.0, seed=0):
    """True probabilities, scores of a model whose log-odds are too large by a factor, and labels."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=1.2, size=(n, n_classes))
    truth = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    said = np.exp(factor * logits) / np.exp(factor * logits).sum(axis=1, keepdims=True)
    labels = (truth.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return truth, said, labels


@pytest.mark.parametrize("method", ["temperature", "isotonic"])
@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("factor", [3.0, 0.3])
def test_the_error_of_known_probabilities_is_more_than_halved(method, n_classes, factor):
    _, said, labels = too_sure(3000, n_classes, factor)
    truth, new, new_labels = too_sure(6000, n_classes, factor, seed=1)
    calibrated = ProbabilityCalibrator(method).fit(said, labels).transform(new)
    before, after = calibration_error(new, new_labels), calibration_error(calibrated, new_labels)
    assert after <= before / 2
    # against the truth, not only against labels
    assert np.abs(calibrated - truth).mean() <= np.abs(new - truth).mean() / 2


def test_the_temperature_is_the_factor():
    _, said, labels = too_sure(20_000)
    assert ProbabilityCalibrator("temperature").fit(said, labels).temperature_ == pytest.approx(3, rel=0.1)


def test_the_scale_equals_a_grid_search():
    _, said, labels = too_sure(300, factor=2.0)
    scales = np.exp(np.linspace(-2, 2, 801))
    wrong_minus_right = np.diff(np.log(said), axis=1)[:, 0] * np.where(labels == 0, 1, -1)
    losses = [np.log1p(np.exp(scale * wrong_minus_right)).mean() for scale in scales]
    best = 1 / scales[np.argmin(losses)]
    # Platt's targets move it by about one row
    assert ProbabilityCalibrator("temperature").fit(said, labels).temperature_ == pytest.approx(best, rel=0.05)


def test_decision_values_are_shifted_to_the_shares_of_the_classes():
    rng = np.random.default_rng(0)
    labels = (rng.random(4000) < 0.1).astype(int)
    value = rng.normal(size=4000) + 2 * labels
    model = ProbabilityCalibrator("temperature").fit(np.column_stack([-value, value]), labels)
    assert not model.scores_are_probabilities_
    probabilities = model.transform(np.column_stack([-value, value]))
    assert probabilities[:, 1].mean() == pytest.approx(0.1, abs=0.01)
    assert calibration_error(probabilities, labels) < 0.02
    steps = ProbabilityCalibrator("isotonic").fit(np.column_stack([-value, value]), labels)
    assert steps.transform(np.column_stack([-value, value]))[:, 1].mean() == pytest.approx(0.1, abs=0.01)


def test_rows_have_the_sum_one_and_the_order_of_classes_stays():
    _, said, labels = too_sure(200, 3)
    model = ProbabilityCalibrator().fit(said, labels)
    assert model.method_ == "temperature"
    calibrated = model.transform(said)
    np.testing.assert_allclose(calibrated.sum(axis=1), 1)
    assert (calibrated.argsort(axis=1) == said.argsort(axis=1)).all()
    steps = ProbabilityCalibrator("isotonic").fit(said, labels).transform(said)
    np.testing.assert_allclose(steps.sum(axis=1), 1)
    assert ProbabilityCalibrator(isotonic_rows=200).fit(said, labels).method_ == "isotonic"
    assert (ProbabilityCalibrator("none").fit(said, labels).transform(said) == said).all()


def test_scores_that_are_always_right_stay_below_one():
    said = np.array([[1.0, 0.0], [0.0, 1.0]] * 20)
    labels = [0, 1] * 20
    for method in ("temperature", "isotonic"):
        calibrated = ProbabilityCalibrator(method).fit(said, labels).transform(said)
        assert 0.9 < calibrated.max() < 1


def test_calibration_error_equals_a_plain_loop():
    _, said, labels = too_sure(997, 3)
    confidence, right = said.max(axis=1), said.argmax(axis=1) == labels
    order = np.argsort(confidence, kind="stable")
    expected = sum(
        abs(np.mean([confidence[i] for i in rows]) - np.mean([right[i] for i in rows])) * len(rows) / 997
        for rows in np.array_split(order, 10)
    )
    assert calibration_error(said, labels) == pytest.approx(expected)


def test_scores_of_predictions_equal_those_of_scikit_learn():
    _, said, labels = too_sure(200)
    names = np.array(["b", "a"])
    found = score_predictions(names[labels], names[said.argmax(axis=1)], said, classes=names)
    assert found["n"] == 200
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(labels, said.argmax(axis=1)))
    assert found["auroc"] == pytest.approx(roc_auc_score(labels, said[:, 1]))
    assert found["brier"] == pytest.approx(brier_score_loss(labels, said[:, 1]))
    assert found["calibration_error"] == calibration_error(said, labels)
    with pytest.raises(ValueError, match="y_true holds 'c', which is none of the classes b, a"):
        score_predictions(["c"], ["a"], classes=names)
    with pytest.raises(ValueError, match="one entry per row, got 0 and 0"):
        score_predictions([], [])


def test_bad_input():
    with pytest.raises(ValueError, match="y must hold columns of X, whole numbers from 0 to 1; got 0, 2"):
        ProbabilityCalibrator().fit([[0.5, 0.5], [0.1, 0.9]], [2, 0])
    with pytest.raises(ValueError, match="X has 3 columns, but fit saw 2 classes"):
        ProbabilityCalibrator().fit([[0.5, 0.5], [0.1, 0.9]], [1, 0]).transform([[0.2, 0.3, 0.5]])
