"""Normalisation and pooling against torch's own, with and without padding."""

import pytest
import torch
from torch import nn

from seqaug_sklearn.networks._position_pooling import POOLINGS, PositionNorm, PositionPooling


@pytest.fixture
def x():
    return torch.randn(6, 11, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 2.0, 0.1]) + 0.3


def padded(x, n):
    """The same rows with ``n`` positions of other numbers behind them, and what lies inside."""
    inside = torch.zeros(len(x), x.shape[1] + n, 1)
    inside[:, : x.shape[1]] = 1
    return torch.cat([x, torch.full((len(x), n, x.shape[2]), 7.0)], dim=1), inside


def test_norm_is_torchs_batch_normalisation(x):
    ours, theirs = PositionNorm(3), nn.BatchNorm1d(3)
    with torch.no_grad():
        for norm in (ours, theirs):
            norm.weight.copy_(torch.tensor([1.0, 0.5, 2.0]))
            norm.bias.copy_(torch.tensor([0.0, 1.0, -1.0]))
    first, second = (x.clone().requires_grad_() for _ in range(2))
    out, expected = ours(first), theirs(second.transpose(1, 2)).transpose(1, 2)
    torch.testing.assert_close(out, expected, atol=1e-5, rtol=1e-5)
    weights = torch.arange(x.numel()).reshape(x.shape).cos()
    (out * weights).sum().backward()
    (expected * weights).sum().backward()
    torch.testing.assert_close(first.grad, second.grad, atol=1e-4, rtol=1e-4)


def test_the_first_batches_count_in_full(x):
    norm = PositionNorm(3)
    norm(x)
    torch.testing.assert_close(norm.running_mean, x.mean((0, 1)))
    torch.testing.assert_close(norm.running_var, x.var((0, 1), unbiased=False))
    norm(x + 1)
    torch.testing.assert_close(norm.running_mean, x.mean((0, 1)) + 0.5)
    for _ in range(20):
        norm(x + 2)
    assert (norm.running_mean < x.mean((0, 1)) + 1.95).all()
    out = norm.eval()(x)
    torch.testing.assert_close(out, (x - norm.running_mean) / (norm.running_var + 1e-5).sqrt())


def test_padding_does_not_count_in_the_norm(x):
    longer, inside = padded(x, 4)
    one, other = PositionNorm(3), PositionNorm(3)
    torch.testing.assert_close(one(longer, inside)[:, : x.shape[1]], other(x), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(one.running_var, other.running_var)


def test_the_norm_is_exact_under_autocast(x):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        PositionNorm(3)(x)
        norm = PositionNorm(3)
        norm(x)
    torch.testing.assert_close(norm.running_var, x.var((0, 1), unbiased=False))


def test_poolings_by_hand(x):
    x = x.relu()
    pooling = PositionPooling(3, POOLINGS)
    largest, mean, log_sum_exp, attention = pooling(x)
    torch.testing.assert_close(largest, x.amax(1))
    torch.testing.assert_close(mean, x.mean(1))
    torch.testing.assert_close(log_sum_exp, x.exp().mean(1).log())
    shares = (x @ pooling.attention.weight[0] + pooling.attention.bias).exp()
    torch.testing.assert_close(attention, torch.einsum("np,npc->nc", shares / shares.sum(1, keepdim=True), x))


def test_padding_does_not_count_in_poolings(x):
    x = x.relu()
    pooling = PositionPooling(3, POOLINGS)
    longer, inside = padded(x, 4)
    for one, other in zip(pooling(longer * inside, inside), pooling(x), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("kinds", [(), ("max", "median")])
def test_unknown_poolings_are_refused(kinds):
    with pytest.raises(ValueError, match="pool must name at least one of"):
        PositionPooling(3, kinds)
