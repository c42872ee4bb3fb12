"""Losses against loops over entries; what is not known has no gradient at all."""

import math

import numpy as np
import pytest
import torch

from seqaug_sklearn.neural import MASKED_LOSSES, MaskedLoss, WeightedLoss

NAN = math.nan


def test_losses_of_classes_by_hand():
    logits, labels = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 0])
    p = np.exp([2, 0]) / (np.exp([2, 0]) + np.exp([0, 1]))
    weights = np.array([1.0, 3.0])
    target = labels, torch.tensor(weights)
    assert WeightedLoss()(logits, target) == pytest.approx((weights * -np.log(p)).sum() / 4, rel=1e-6)
    focal = weights * (1 - p) ** 2 * -np.log(p)
    assert WeightedLoss("focal")(logits, target) == pytest.approx(focal.sum() / 4, rel=1e-6)


def entry_loss(loss, output, value, *, smoothing=0.0, delta=1.0):
    """Loss of one entry, from its definition."""
    if loss == "squared_error":
        return (output - value) ** 2
    if loss == "huber":
        away = abs(output - value)
        return away**2 / 2 if away <= delta else delta * (away - delta / 2)
    if loss == "poisson":
        # minus the logarithm of Poisson's probability, without log(value!)
        return -(value * math.log(rate := math.exp(output)) - rate)
    p = 1 / (1 + math.exp(-output))
    share = 1 - smoothing / 2 if value == 1 else smoothing / 2
    found = -share * math.log(p) - (1 - share) * math.log(1 - p)
    return found * (1 - (p if value == 1 else 1 - p)) ** 2 if loss == "binary_focal" else found


def table(loss, rng, n_rows=7, n_targets=3):
    values = (
        rng.integers(0, 2, (n_rows, n_targets)) if loss.startswith("binary") else rng.poisson(2, (n_rows, n_targets))
    )
    values = values.astype(float)
    values[rng.random(values.shape) < 0.3] = NAN
    values[2] = NAN
    return values, rng.normal(0, 2, values.shape), rng.random(n_rows) * (np.arange(n_rows) != 4)


@pytest.mark.parametrize("of_entries", [False, True], ids=["rows", "entries"])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("loss", MASKED_LOSSES)
def test_mean_over_known_entries_by_a_loop(loss, smoothing, of_entries):
    rng = np.random.default_rng(0)
    values, outputs, weights = table(loss, rng)
    if of_entries:
        weights = weights[:, None] * rng.random(values.shape)
    total = sum_of_weights = 0.0
    for row, column in np.ndindex(*values.shape):
        if math.isnan(values[row, column]):
            continue
        weight = weights[row, column] if of_entries else weights[row]
        options = {"smoothing": smoothing, "delta": 0.7}
        total += weight * entry_loss(loss, outputs[row, column], values[row, column], **options)
        sum_of_weights += weight
    module = MaskedLoss(loss, label_smoothing=smoothing, delta=0.7)
    target = torch.tensor(values), torch.tensor(weights)
    assert module(torch.tensor(outputs), target).item() == pytest.approx(total / sum_of_weights, rel=1e-9)
    # validation losses are those of the labels themselves
    plain = MaskedLoss(loss, delta=0.7)(torch.tensor(outputs), target)
    assert module.eval()(torch.tensor(outputs), target) == plain


@pytest.mark.parametrize("loss", MASKED_LOSSES)
def test_masked_entries_have_no_gradient_and_change_nothing(loss):
    values, outputs, weights = table(loss, np.random.default_rng(1))
    masked = np.isnan(values) | (weights == 0)[:, None]
    target = torch.tensor(values, dtype=torch.float32), torch.tensor(weights, dtype=torch.float32)
    found = []
    for strange in (0.0, 1e30, NAN, -math.inf):  # what a network may say where no one looks
        given = torch.tensor(np.where(masked, strange, outputs), dtype=torch.float32, requires_grad=True)
        result = MaskedLoss(loss)(given, target)
        result.backward()
        gradient = given.grad.numpy()
        assert (gradient[masked] == 0).all()
        assert (gradient[~masked] != 0).all()
        found.append((result.item(), gradient.tobytes()))
    assert len(set(found)) == 1
    outputs = torch.tensor(outputs, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda o: MaskedLoss(loss)(o, (torch.tensor(values), torch.tensor(weights))), outputs
    )


@pytest.mark.parametrize("loss", MASKED_LOSSES)
@pytest.mark.parametrize("nothing", ["no value", "no weight", "no row"])
def test_a_batch_without_a_known_entry(loss, nothing):
    n_rows = 0 if nothing == "no row" else 2
    outputs = torch.ones(n_rows, 2, requires_grad=True)
    values = torch.full((n_rows, 2), NAN if nothing == "no value" else 1.0)
    weights = torch.full((n_rows,), 0.0 if nothing == "no weight" else 1.0)
    result = MaskedLoss(loss)(outputs, (values, weights))
    result.backward()
    assert result == 0
    assert (outputs.grad == 0).all()
