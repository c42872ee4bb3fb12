"""CovariateNetwork: the network of the sequence, corrected by numbers beside it."""

import torch

from seqaug_sklearn.networks import CovariateNetwork, MotifCNN


def make():
    torch.manual_seed(0)
    return CovariateNetwork(MotifCNN(4, 30, 2, n_filters=4, kernel_size=5), 3, 2, hidden_size=5).eval()


def test_it_begins_as_the_network_of_the_sequence():
    network, (x, covariates) = make(), (torch.rand(6, 30, 4), torch.randn(6, 3))
    assert torch.equal(network(x, covariates), network.network(x))
    torch.manual_seed(0)
    alone = MotifCNN(4, 30, 2, n_filters=4, kernel_size=5).state_dict()
    assert all(torch.equal(alone[name], value) for name, value in network.network.state_dict().items())


def test_formula_and_gradients():
    network, (x, covariates) = make(), (torch.rand(6, 30, 4), torch.randn(6, 3))
    torch.nn.init.normal_(network.correction[2].weight)
    outputs = network.network(x)
    weights = network.correction.state_dict()
    hidden = torch.hstack([outputs, covariates]) @ weights["0.weight"].T + weights["0.bias"]
    expected = outputs + hidden.clamp(min=0) @ weights["2.weight"].T + weights["2.bias"]
    torch.testing.assert_close(network(x, covariates), expected)
    network(x, covariates).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.correction.parameters())


def test_every_parameter_stands_in_the_table():
    network = make()
    assert sum(row[2] for row in network.layer_table()) == sum(p.numel() for p in network.parameters())
