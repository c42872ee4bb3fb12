"""Pooling of bags against loops over bags, windows and classes."""

import numpy as np
import pytest
import torch

from seqaug_sklearn.networks import BagNetwork, BagPooling, MotifCNN
from seqaug_sklearn.networks._bag_pooling import BAG_POOLINGS

COUNTS = [1, 4, 2, 7]
BAGS = torch.from_numpy(np.repeat(np.arange(len(COUNTS)), COUNTS))


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def naive_probabilities(kind, outputs, n_classes, offset):
    """Class probabilities of one bag from its windows' outputs."""
    z = outputs[:, :n_classes]
    if kind == "mean":
        return softmax(z).mean(axis=0)
    if kind == "max":
        return softmax(z.max(axis=0))
    if kind == "log_sum_exp":
        return softmax(np.log(np.exp(z).mean(axis=0)))
    if kind == "attention":
        return softmax(softmax(outputs[:, n_classes]) @ z)
    odds = softmax(z) / (1 - softmax(z)) * np.exp(offset)
    p = odds / (1 + odds)
    if n_classes == 2:
        positive = 1 - np.prod(1 - p[:, 1])
        return np.array([1 - positive, positive])
    some = 1 - np.prod(1 - p, axis=0)
    return some / (1 - some) / (some / (1 - some)).sum()


def outputs_of(pooling, scale=2.0):
    rng = np.random.default_rng(0)
    return rng.normal(size=(len(BAGS), pooling.n_outputs)) * scale


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("kind", BAG_POOLINGS)
def test_probabilities_by_hand(kind, n_classes):
    pooling = BagPooling(kind, n_classes, bag_size=3.0).double()
    outputs = outputs_of(pooling)
    assert outputs.shape[1] == n_classes + (kind == "attention")
    got = torch.softmax(pooling(torch.from_numpy(outputs), BAGS), dim=1).detach().numpy()
    expected = [
        naive_probabilities(kind, outputs[BAGS.numpy() == bag], n_classes, -np.log(3)) for bag in range(len(COUNTS))
    ]
    np.testing.assert_allclose(got, expected, rtol=1e-6)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("kind", BAG_POOLINGS)
def test_weights_sum_to_one_and_follow_the_windows(kind, n_classes):
    pooling = BagPooling(kind, n_classes, bag_size=3.0).double()
    outputs = torch.from_numpy(outputs_of(pooling))
    weights = pooling.weights(outputs, BAGS).detach().numpy()
    assert weights.shape == (len(BAGS), n_classes)
    for bag in range(len(COUNTS)):
        inside = BAGS.numpy() == bag
        np.testing.assert_allclose(weights[inside].sum(axis=0), 1)
        own = outputs.numpy()[inside]
        # noisy-or looks at the margin of the positive class, attention at its own output, the others at the class
        score = {"attention": own[:, [-1]], "mean": softmax(own)}.get(kind, own[:, :n_classes])
        if kind == "noisy_or":
            score = softmax(own[:, :n_classes])[:, 1 if n_classes == 2 else slice(None)].reshape(len(own), -1)
        np.testing.assert_array_equal(weights[inside].argmax(axis=0), np.broadcast_to(score.argmax(0), n_classes))
    if kind == "max":
        assert set(np.unique(weights)) == {0, 1}


def naive_label(kind, z, scores, offset):
    """Probability that a label is there in a bag, from the logits of its windows."""
    if kind == "mean":
        return np.mean(1 / (1 + np.exp(-z)))
    if kind == "noisy_or":
        return 1 - np.prod(1 - 1 / (1 + np.exp(-z - offset)))
    pooled = {"max": z.max(), "log_sum_exp": np.log(np.exp(z).mean()), "attention": softmax(scores) @ z}[kind]
    return 1 / (1 + np.exp(-pooled))


@pytest.mark.parametrize("kind", BAG_POOLINGS)
def test_labels_by_hand(kind):
    """Two labels, which occur together, and not two classes."""
    pooling = BagPooling(kind, 2, bag_size=3.0, outputs="labels").double()
    outputs = outputs_of(pooling)
    logits, weights = pooling(torch.from_numpy(outputs), BAGS), pooling.weights(torch.from_numpy(outputs), BAGS)
    found = torch.sigmoid(logits).detach().numpy()
    for bag in range(len(COUNTS)):
        own = outputs[BAGS.numpy() == bag]
        expected = [naive_label(kind, own[:, label], own[:, -1], -np.log(3)) for label in range(2)]
        np.testing.assert_allclose(found[bag], expected, rtol=1e-6)
        np.testing.assert_allclose(weights[bag == BAGS].sum(dim=0).detach(), 1)
    # of one window the label is what the window says
    if kind != "noisy_or":
        np.testing.assert_allclose(logits[0].detach(), outputs[0, :2])
    extreme = torch.full((len(BAGS), pooling.n_outputs), -300.0, dtype=torch.float64, requires_grad=True)
    pooling(extreme, BAGS).sum().backward()
    assert torch.isfinite(extreme.grad).all()


def test_the_first_of_equal_windows_decides():
    weights = BagPooling("max", 2).weights(torch.zeros(3, 2), torch.tensor([0, 0, 1]))
    assert weights[:, 0].tolist() == [1, 0, 1]


@pytest.mark.parametrize("kind", BAG_POOLINGS)
def test_gradients(kind):
    pooling = BagPooling(kind, 2, bag_size=3.0).double()
    outputs = torch.from_numpy(outputs_of(pooling)).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: pooling(x, BAGS), outputs)


@pytest.mark.parametrize("kind", BAG_POOLINGS)
def test_extreme_outputs_stay_finite(kind):
    pooling = BagPooling(kind, 2)
    for value in (-200.0, 0.0, 200.0):
        outputs = torch.zeros(len(BAGS), pooling.n_outputs)
        outputs[:, 1] = value
        outputs.requires_grad_()
        logits = pooling(outputs, BAGS)
        torch.nn.functional.cross_entropy(logits, torch.zeros(len(COUNTS), dtype=torch.int64)).backward()
        assert torch.isfinite(logits).all()
        assert torch.isfinite(outputs.grad).all()


def test_noisy_or_starts_in_doubt():
    """Forty windows that know nothing do not make a bag positive."""
    bags = torch.zeros(40, dtype=torch.int64)
    p = torch.softmax(BagPooling("noisy_or", 2, bag_size=40)(torch.zeros(40, 2), bags), dim=1)[0, 1]
    assert 0.5 < p < 0.7


def test_a_bag_network_pools_what_its_windows_say():
    pooling = BagPooling("log_sum_exp", 2)
    network = BagNetwork(MotifCNN(4, 20, 2, n_filters=3), pooling).eval()
    x = torch.eye(4)[torch.randint(0, 4, (len(BAGS), 20), generator=torch.Generator().manual_seed(0))]
    torch.testing.assert_close(network(x, BAGS), pooling(network(x), BAGS))
    table = network.layer_table()
    assert sum(row[2] for row in table) == sum(p.numel() for p in network.parameters())


def test_unknown_poolings_are_refused():
    with pytest.raises(ValueError, match="kind must be one of"):
        BagPooling("median", 2)


def test_numbers_are_pooled_each_for_itself():
    outputs, bags = torch.tensor([[1.0, -2.0], [3.0, 4.0], [5.0, 0.5]]), torch.tensor([0, 0, 1])
    mean = BagPooling("mean", 2, outputs="numbers")
    torch.testing.assert_close(mean(outputs, bags), torch.tensor([[2.0, 1.0], [5.0, 0.5]]))
    torch.testing.assert_close(mean.weights(outputs, bags), torch.tensor([[0.5] * 2, [0.5] * 2, [1.0] * 2]))
    with pytest.raises(ValueError, match=r"outputs must be .* 'numbers' without 'noisy_or', got 'numbers'"):
        BagPooling("noisy_or", 2, outputs="numbers")
