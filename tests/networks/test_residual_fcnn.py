"""ResidualFCNN: the published count of parameters, and the formula by hand."""

import pytest
import torch

from seqaug_sklearn.networks import ResidualFCNN
from seqaug_sklearn.published import DNA_BERT_PAIRS


def by_hand(weights, x, n_levels):
    """Evaluation mode, from the weights alone: the second level looks back to the input, later ones to the last sum."""

    def linear(name, x):
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def level(k, x):
        x, norm = linear(f"levels.{k}.0", x), f"levels.{k}.1"
        mean, var = weights[f"{norm}.running_mean"], weights[f"{norm}.running_var"]
        return ((x - mean) / (var + 1e-5).sqrt() * weights[f"{norm}.weight"] + weights[f"{norm}.bias"]).clamp(min=0)

    first = level(0, x)
    if n_levels == 1:
        return linear("output", first)
    second = level(1, first) + linear("shortcuts.0", x)
    if n_levels == 2:
        return linear("output", second)
    return linear("output", level(2, second) + linear("shortcuts.1", second))


@pytest.mark.parametrize("sizes", [(7,), (7, 5), (7, 5, 3)])
def test_formula(sizes):
    torch.manual_seed(0)
    network = ResidualFCNN(8, 3, hidden_sizes=sizes)
    network(torch.randn(64, 8))  # moves the running means
    x = torch.randn(10, 8)
    expected = by_hand(network.eval().state_dict(), x, len(sizes))
    torch.testing.assert_close(network(x), expected, rtol=1e-6, atol=1e-6)


def test_published_number_of_parameters():
    sizes = DNA_BERT_PAIRS["hidden_sizes"]
    network = ResidualFCNN(DNA_BERT_PAIRS["n_inputs"], 2, sizes, dropout=DNA_BERT_PAIRS["dropout"])
    assert sum(p.numel() for p in network.parameters()) == DNA_BERT_PAIRS["n_parameters"] == 5_511_682


def test_dropout_acts_in_training_only():
    torch.manual_seed(0)
    network, x = ResidualFCNN(8, 2, (16, 8)), torch.randn(16, 8)
    assert not torch.equal(network(x), network(x))
    network.eval()
    assert torch.equal(network(x), network(x))


def test_every_weight_gets_a_gradient():
    torch.manual_seed(0)
    network = ResidualFCNN(8, 2, (16, 8, 8), dropout=0.0)
    network(torch.randn(32, 8)).square().sum().backward()
    for name, p in network.named_parameters():
        # a bias before batch normalisation has a gradient of rounding only
        if not (name.startswith("levels") and name.endswith(".0.bias")):
            assert p.grad.abs().sum() > 0


def test_no_level_is_an_error():
    with pytest.raises(ValueError, match="hidden_sizes is empty"):
        ResidualFCNN(8, 2, ())
