"""The one-cycle rate against torch's, and averages of weights by hand."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from seqaug_sklearn.neural._schedules import AverageWeights, OneCycle


def adam(lr=0.1):
    return torch.optim.AdamW([torch.zeros(1, requires_grad=True)], lr=lr)


def test_one_cycle_is_torchs():
    ours, theirs = adam(), adam()
    net = SimpleNamespace(optimizer_=ours)
    schedule = torch.optim.lr_scheduler.OneCycleLR(theirs, 0.1, total_steps=20)
    cycle = OneCycle(20)
    cycle.on_train_begin(net)
    rates = []
    for step in range(20):
        ours.step()
        theirs.step()
        rates.append(ours.param_groups[0]["lr"])
        assert rates[-1] == theirs.param_groups[0]["lr"]
        assert ours.param_groups[0]["betas"] == theirs.param_groups[0]["betas"]
        cycle.on_batch_end(net, training=True)
        cycle.on_batch_end(net, training=False)  # validation batches are no steps
        if step < 19:
            schedule.step()
    assert max(rates) == pytest.approx(0.1)
    assert rates[-1] < 1e-5 < rates[0]
    cycle.on_train_end(net)
    assert cycle.schedule_ is None


def averaged(kind, epochs, values):
    """The weight that is kept when it takes these values, two batches an epoch."""
    module = nn.Linear(1, 1, bias=False)
    net = SimpleNamespace(module_=module, history=[])
    average = AverageWeights(kind, epochs)
    average.on_train_begin(net)
    for number, value in enumerate(values):
        nn.init.constant_(module.weight, value)
        average.on_batch_end(net, training=True)
        average.on_batch_end(net, training=False)
        if number % 2:
            net.history.append(number)
            average.on_epoch_end(net)
    average.on_train_end(net)
    assert average.mean_ is None
    return module.weight.item()


def test_swa_is_the_mean_of_the_last_quarter():
    # eight epochs: the ends of the last two
    assert averaged("swa", 8, range(16)) == pytest.approx((13 + 15) / 2)
    assert averaged("swa", 1, [3, 5]) == pytest.approx(5)


def test_ema_starts_as_a_plain_mean():
    assert averaged("ema", 2, [1, 2, 3, 6]) == pytest.approx(3)
    expected = 0.0
    for number in range(300):
        share = max(1 / (number + 1), 0.01)
        expected += share * (number - expected)
    assert averaged("ema", 150, range(300)) == pytest.approx(expected, rel=1e-4)


def test_nothing_taken_leaves_the_weights():
    module = nn.Linear(1, 1, bias=False)
    nn.init.constant_(module.weight, 4)
    average = AverageWeights("swa", 9)
    net = SimpleNamespace(module_=module, history=[])
    average.on_train_begin(net)
    average.on_train_end(net)
    assert module.weight.item() == 4
