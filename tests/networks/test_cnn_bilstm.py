"""The network against torch's own layers, and both of the paper's networks layer by layer."""

import numpy as np
import pytest
import torch
from torch import nn

from seqaug_sklearn.classification import PAPER_DNA, PAPER_PROTEIN
from seqaug_sklearn.networks import CNNBiLSTM, Dropout, LastStepLSTM

NETWORK_KEYS = (
    "conv_channels", "kernel_size", "pool", "hidden_size", "num_layers", "bidirectional", "dense_units",
    "lstm_dropout", "dropout",
)  # fmt: skip


def paper_network(preset, n_symbols, n_classes):
    return CNNBiLSTM(n_symbols, 40, n_classes, **{key: preset[key] for key in NETWORK_KEYS})


@pytest.mark.parametrize("num_layers", [1, 2, 3])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_last_step_equals_the_full_lstm(num_layers, bidirectional):
    torch.manual_seed(0)
    full = nn.LSTM(5, 7, num_layers, batch_first=True, bidirectional=bidirectional)
    fast = LastStepLSTM(5, 7, num_layers, bidirectional=bidirectional).load_lstm(full).eval()
    x = torch.randn(6, 11, 5, requires_grad=True)
    expected, got = full(x)[0][:, -1], fast(x)
    torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-6)
    for tensors in zip(torch.autograd.grad(expected.sum(), x), torch.autograd.grad(got.sum(), x), strict=True):
        torch.testing.assert_close(*tensors, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(fast(x, every_step=True), full(x)[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("num_layers", [0, 2])
def test_global_pooling_takes_the_largest_of_all_positions(num_layers):
    torch.manual_seed(0)
    network = CNNBiLSTM(4, 20, 3, pool="global", hidden_size=5, num_layers=num_layers, conv_channels=(6,)).eval()
    x = torch.randn(2, 20, 4)
    steps = network.convolutions(x.transpose(1, 2)).transpose(1, 2)
    assert steps.shape == (2, 20, 6)
    if num_layers:
        steps = network.recurrent(steps, every_step=True)
    torch.testing.assert_close(network(x), network.dense(steps.amax(1)))
    table = network.layer_table()
    assert sum(row[2] for row in table) == sum(p.numel() for p in network.parameters())
    assert ("Max-pool 20", (10 if num_layers else 6, 1), 0) in table


def test_paper_dna_network_equals_plain_torch_layers():
    """Conv 64, 128 (kernel 3), ReLU, one pool, 2 BiLSTM of 128, last step, dense 100, dropout, dense 80, output."""
    torch.manual_seed(1)
    conv = nn.Sequential(
        nn.Conv1d(4, 64, 3, padding=1), nn.ReLU(), nn.Conv1d(64, 128, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2)
    )
    lstm = nn.LSTM(128, 128, 2, batch_first=True, bidirectional=True, dropout=0.3)
    dense = nn.Sequential(
        nn.Linear(256, 100), nn.ReLU(), nn.Dropout(0.4), nn.Linear(100, 80), nn.ReLU(), nn.Linear(80, 113)
    )
    ours = paper_network(PAPER_DNA, 4, 113).eval()
    ours.convolutions.load_state_dict(conv.state_dict())
    ours.recurrent.load_lstm(lstm)
    ours.dense.load_state_dict(dense.state_dict())
    x = nn.functional.one_hot(torch.randint(0, 4, (8, 40)), 4).float()
    plain = nn.ModuleList([conv, lstm, dense]).eval()
    expected = plain[2](plain[1](plain[0](x.transpose(1, 2)).transpose(1, 2))[0][:, -1])
    torch.testing.assert_close(ours(x), expected, rtol=1e-4, atol=1e-6)


def lstm_parameters(inputs, hidden):
    return 4 * hidden * (inputs + hidden + 2)


@pytest.mark.parametrize(
    ("preset", "n_symbols", "n_classes", "expected"),
    [
        (
            PAPER_DNA,
            4,
            113,
            [64 * (4 * 3 + 1), 128 * (64 * 3 + 1), 2 * lstm_parameters(128, 128) + 2 * lstm_parameters(256, 128),
             100 * 257, 80 * 101, 113 * 81],
        ),
        (
            PAPER_PROTEIN,
            20,
            46,
            [64 * (20 * 3 + 1), 128 * (64 * 3 + 1), lstm_parameters(128, 64), 64 * 65, 46 * 65],
        ),
    ],
)  # fmt: skip
def test_parameter_counts_by_hand(preset, n_symbols, n_classes, expected):
    table = paper_network(preset, n_symbols, n_classes).layer_table()
    assert [count for _, _, count in table if count] == expected


def test_layer_table_gives_the_paper_shapes():
    shapes = {name: shape for name, shape, _ in paper_network(PAPER_DNA, 4, 113).layer_table()}
    assert shapes["Max-pool 2"] == (128, 20)
    assert shapes["LSTM × 2, bidirectional, last step"] == (256,)
    protein = [shape for name, shape, _ in paper_network(PAPER_PROTEIN, 20, 46).layer_table() if "pool" in name]
    assert protein == [(64, 20), (128, 10)]


@pytest.mark.parametrize("options", [{"conv_channels": ()}, {"num_layers": 0}, {"pool": None}, {"dense_units": ()}])
def test_baselines_run(options):
    assert CNNBiLSTM(4, 12, 3, **options)(torch.zeros(2, 12, 4)).shape == (2, 3)


def test_too_short_for_pooling():
    with pytest.raises(ValueError, match="is too much for such short windows, 2 pooling steps"):
        CNNBiLSTM(4, 3, 2, pool="each")


@pytest.mark.parametrize("probability", [0.0, 0.3, 0.4, 0.5])
def test_dropout_rate_scale_and_gradient(probability):
    torch.manual_seed(0)
    x = torch.ones(400_001, requires_grad=True)
    out = Dropout(probability)(x)
    dropped = (out == 0).float().mean().item()
    assert abs(dropped - probability) < 5 * np.sqrt(0.25 / x.numel())
    kept = out[out != 0]
    torch.testing.assert_close(kept, torch.full_like(kept, 1 / (1 - probability)), rtol=1e-4, atol=0)
    out.sum().backward()
    torch.testing.assert_close(x.grad, out.detach())


def test_dropout_repeats_with_the_seed_and_is_silent_in_evaluation():
    layer, x = Dropout(0.5), torch.ones(1000)
    torch.manual_seed(3)
    first = layer(x)
    torch.manual_seed(3)
    assert torch.equal(first, layer(x))
    assert not torch.equal(first, layer(x))
    assert torch.equal(layer.eval()(x), x)


def test_dropout_out_of_range():
    with pytest.raises(ValueError, match=r"must be in \[0, 1\)"):
        Dropout(1.0)
