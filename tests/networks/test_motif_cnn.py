"""The motif network against loops over filters, strands and positions."""

import numpy as np
import pytest
import torch

from seqaug_sklearn.networks import MotifCNN

COMPLEMENT = [3, 2, 1, 0]
SMALL = {"n_filters": 5, "dropout": 0.0}


def one_hot(rng, n, length):
    return torch.eye(4)[torch.from_numpy(rng.integers(0, 4, (n, length)))]


def other_strand(x, lengths):
    turned = torch.zeros_like(x)
    for row, length in enumerate(lengths):
        turned[row, :length] = x[row, :length].flip(0)[:, COMPLEMENT]
    return turned


def trained(net, x):
    """The network with numbers in its running statistics and output, in evaluation mode."""
    with torch.no_grad():
        net.train()(x)
        net.norm.bias.copy_(torch.linspace(-0.5, 1, len(net.norm.bias)))
    return net.eval()


def naive_logits(net, x):
    """Filters, strands, positions and poolings (max, mean) one after the other, in float64."""
    filters = net.filters.detach().double().numpy()
    size, norm = filters.shape[1], net.norm
    scale = (norm.weight / torch.sqrt(norm.running_var + 1e-5)).detach().double().numpy()
    mean, bias = norm.running_mean.double().numpy(), norm.bias.detach().double().numpy()
    features = []
    for row in x.double().numpy():
        known = np.flatnonzero(row.any(axis=1))
        first, last = (known[0], known[-1]) if len(known) else (0, len(row) - 1)
        row = np.concatenate([np.zeros((size, 4)), row, np.zeros((size, 4))])
        largest, means = [], []
        for number, weights in enumerate(filters):
            turned = weights[::-1][:, COMPLEMENT]
            strands = [weights] if net.complement is None else [weights, turned]
            # the middle lies in the row; of an even filter each of both middles may
            starts = range(first - size // 2, last - size // 2 + 2 - size % 2)
            found = [max((row[size + s : 2 * size + s] * w).sum() for w in strands) for s in starts]
            found = np.maximum((np.array(found) - mean[number]) * scale[number] + bias[number], 0)
            largest.append(found.max())
            means.append(found.mean())
        features.append(largest + means)
    weight, bias = (p.detach().double().numpy() for p in (net.output.weight, net.output.bias))
    return np.array(features) @ weight.T + bias


@pytest.mark.parametrize("complement", [None, COMPLEMENT], ids=["single", "both"])
@pytest.mark.parametrize("size", [1, 6, 7])
def test_logits_by_hand(rng, complement, size):
    x = one_hot(rng, 7, 20)
    x[1, 12:], x[2, :3], x[3, 5], x[4, 4:], x[5] = 0, 0, 0, 0, 0
    net = trained(MotifCNN(4, 20, 3, kernel_size=size, complement=complement, **SMALL), x)
    np.testing.assert_allclose(net(x).detach(), naive_logits(net, x), atol=1e-5)
    # whole rows take the way without a mask
    np.testing.assert_allclose(net(x[:1]).detach(), naive_logits(net, x[:1]), atol=1e-5)


@pytest.mark.parametrize("spacing", [{}, {"spacing_filters": 4, "spacing_size": 3, "dilation": 2}])
@pytest.mark.parametrize("size", [6, 7])
def test_both_strands_give_the_same(rng, size, spacing):
    x, lengths = one_hot(rng, 6, 24), [24, 24, 20, 15, 9, 3]
    for row, length in enumerate(lengths):
        x[row, length:] = 0
    pool = ("max", "mean", "log_sum_exp", "attention")
    net = trained(MotifCNN(4, 24, 2, kernel_size=size, complement=COMPLEMENT, pool=pool, **SMALL, **spacing), x)
    torch.testing.assert_close(net(other_strand(x, lengths)), net(x), atol=1e-5, rtol=1e-5)
    net.complement = None
    assert (net(other_strand(x, lengths)) - net(x)).abs().max() > 1e-3


def test_padding_changes_nothing(rng):
    x = one_hot(rng, 4, 20)
    net = trained(MotifCNN(4, 20, 2, complement=COMPLEMENT, spacing_filters=4, **SMALL), x)
    longer = torch.nn.functional.pad(x, (0, 0, 0, 9))
    torch.testing.assert_close(net(longer), net(x), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("complement", [None, COMPLEMENT], ids=["single", "both"])
@pytest.mark.parametrize("size", [6, 7])
def test_stem_is_affine_and_head_is_the_rest(rng, complement, size):
    x, other = one_hot(rng, 4, 20), one_hot(rng, 4, 20)
    x[1, 12:] = 0
    other[1, 12:] = 0
    net = trained(MotifCNN(4, 20, 2, kernel_size=size, complement=complement, **SMALL), x)
    torch.testing.assert_close(net.head(net.stem(x)), net(x))
    between = torch.lerp(x, other, 0.3)
    torch.testing.assert_close(net.stem(between), torch.lerp(net.stem(x), net.stem(other), 0.3))


def test_spacing_sees_the_order_of_two_motifs():
    """Filters for AAAA and GGGG; the second layer tells AAAA.GGGG from GGGG.AAAA on one strand."""
    net = MotifCNN(4, 24, 2, n_filters=2, kernel_size=4, spacing_filters=1, spacing_size=3, dilation=3, dropout=0.0)
    texts = ["CTCTCTAAAATCGGGGCTCTCTCT", "CTCTCTGGGGTCAAAACTCTCTCT"]
    x = torch.stack([torch.eye(4)[["ACGT".index(symbol) for symbol in text]] for text in texts])
    with torch.no_grad():
        net.filters.copy_(torch.eye(4)[[0, 2]][:, None].expand(2, 4, 4))
        net.norm.bias.fill_(-3.5)
        # A to the left of the middle, G to the right
        net.spacing.weight.zero_()
        net.spacing.weight[0, 0, 0] = net.spacing.weight[0, 1, 2] = 1.0
    net.eval()
    inside = None
    found = net.relu(net.norm(net._strands(x)[0], inside))
    largest = net.spacing(found, inside)[0][:, 0]
    assert largest[0] > largest[1] + 0.4


def test_filters_start_from_motifs(rng):
    net = MotifCNN(4, 30, 2, n_filters=4, kernel_size=9)
    before, loudness = net.filters.detach().clone(), net.filters.detach().std()
    motifs = [np.eye(4)[[0, 1, 2, 3, 0]], np.concatenate([np.full((6, 4), 0.25), np.eye(4)[[2] * 8]])]
    assert net.start_from(motifs) is net
    filters = net.filters.detach()
    torch.testing.assert_close(filters[2:], before[2:])
    assert filters[0, 2:7].argmax(1).tolist() == [0, 1, 2, 3, 0]
    # the wide one is cut to its most informative stretch
    assert filters[1].argmax(1).tolist()[1:] == [2] * 8
    for kept in filters[:2]:
        assert 0.8 * loudness < kept.std() < 1.6 * loudness
    everything = MotifCNN(4, 30, 2, n_filters=2, kernel_size=9).start_from(motifs * 3)
    assert len(everything.filters) == 2


def test_bad_sizes_are_named():
    with pytest.raises(ValueError, match="spacing_size=4 must be odd"):
        MotifCNN(4, 20, 2, spacing_filters=2, spacing_size=4)
    with pytest.raises(ValueError, match="pool must name"):
        MotifCNN(4, 20, 2, pool=("sum",))


@pytest.mark.parametrize("size", [6, 7])
def test_layer_table_counts_all_parameters(size):
    net = MotifCNN(4, 20, 3, kernel_size=size, complement=COMPLEMENT, pool=("max", "attention"), spacing_filters=2)
    table = net.layer_table()
    assert sum(row[2] for row in table) == sum(p.numel() for p in net.parameters())
    assert table[0][1] == (20, 4)
    assert table[1][1] == tuple(net._strands(torch.zeros(1, 20, 4))[0].shape[1:])
    assert table[-1][1] == (3,)
