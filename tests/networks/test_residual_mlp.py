"""ResidualMLP: its formula, its shapes, its gradients."""

import pytest
import torch

from seqaug_sklearn.networks import ResidualMLP


def by_hand(network, x):
    """The formula of the docstring in evaluation mode, from the weights alone."""
    weights = network.state_dict()
    number = 0
    while f"blocks.{number}.main.0.weight" in weights:
        block = {k.removeprefix(f"blocks.{number}."): v for k, v in weights.items()}

        def norm(x, layer, block=block):
            mean, var = block[f"main.{layer}.running_mean"], block[f"main.{layer}.running_var"]
            return (x - mean) / (var + 1e-5).sqrt() * block[f"main.{layer}.weight"] + block[f"main.{layer}.bias"]

        inner = norm(x @ block["main.0.weight"].T, 1).clamp(min=0)
        inner = norm(inner @ block["main.4.weight"].T, 5)
        shortcut = x @ block["shortcut.weight"].T if "shortcut.weight" in block else x
        x = (inner + shortcut).clamp(min=0)
        number += 1
    return number, x @ weights["output.weight"].T + weights["output.bias"]


@pytest.mark.parametrize("sizes", [(8,), (8, 8), (5, 8, 3)])
def test_formula(sizes):
    torch.manual_seed(0)
    network = ResidualMLP(8, 3, hidden_sizes=sizes)
    network(torch.randn(64, 8))  # moves the running means
    x = torch.randn(10, 8)
    number, expected = by_hand(network.eval(), x)
    assert number == len(sizes)
    torch.testing.assert_close(network(x), expected)


def test_equal_widths_have_no_shortcut_weights():
    names = ResidualMLP(6, 2, hidden_sizes=(6, 4)).state_dict()
    assert "blocks.0.shortcut.weight" not in names
    assert names["blocks.1.shortcut.weight"].shape == (4, 6)


def test_dropout_acts_in_training_only():
    torch.manual_seed(0)
    network, x = ResidualMLP(8, 2, dropout=0.5), torch.randn(16, 8)
    assert not torch.equal(network(x), network(x))
    network.eval()
    assert torch.equal(network(x), network(x))


def test_every_weight_gets_a_gradient():
    torch.manual_seed(0)
    network = ResidualMLP(8, 2, hidden_sizes=(16, 8))
    network(torch.randn(32, 8)).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


def test_no_block_is_an_error():
    with pytest.raises(ValueError, match="hidden_sizes is empty"):
        ResidualMLP(8, 2, hidden_sizes=())
