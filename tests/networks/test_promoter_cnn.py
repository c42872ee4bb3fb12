"""DeepDifE's network against its own JSON and HDF5 files, computed layer by layer in NumPy."""

import json
import math

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from seqaug_sklearn.networks import PromoterCNN


def same_padding(length, kernel, stride):
    """Zeros left and right, as TensorFlow's documentation of padding="SAME" gives them."""
    rest = length % stride
    total = max(kernel - (rest if rest else stride), 0)
    return total // 2, total - total // 2


def convolve(x, config, kernel, bias):
    """Keras Conv2D on (n, rows, columns, channels), one output position after the other."""
    (height, width), (step, _) = config["kernel_size"], config["strides"]
    if config["padding"] == "same":
        x = np.pad(x, ((0, 0), same_padding(x.shape[1], height, step), (0, 0), (0, 0)))
    rows = range(0, x.shape[1] - height + 1, step)
    patches = [x[:, i : i + height, j : j + width] for i in rows for j in range(x.shape[2] - width + 1)]
    out = np.stack([np.tensordot(patch, kernel, ([1, 2, 3], [0, 1, 2])) for patch in patches], axis=1)
    return out.reshape(len(x), len(rows), -1, kernel.shape[3]) + bias


def keras_forward(layers, weights, x):
    """Output of a Keras Sequential, in float64; ``weights`` maps layer names to (kernel, bias)."""
    for layer in layers:
        kind, config = layer["class_name"], layer["config"]
        if kind == "Conv2D":
            x = convolve(x, config, *weights[config["name"]])
        elif kind == "MaxPooling2D":
            pool = config["pool_size"][0]
            x = x[:, : x.shape[1] // pool * pool]
            x = x.reshape(len(x), -1, pool, *x.shape[2:]).max(axis=2)
        elif kind == "Flatten":
            x = x.reshape(len(x), -1)
        elif kind == "Dense":
            kernel, bias = weights[config["name"]]
            x = x @ kernel + bias
        else:
            assert kind in ("InputLayer", "Dropout")
        activation = config.get("activation", "linear")
        x = {"relu": lambda x: np.maximum(x, 0), "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "linear": lambda x: x}[
            activation
        ](x)
    return x


@pytest.fixture
def published(real_data):
    """Layers of the published network, and its weights by layer name, read without the package."""
    layers = json.loads((real_data / "promoters/model_single.json").read_text())["config"]["layers"]
    weights = {}
    with h5py.File(real_data / "promoters/weights_single.h5") as file:
        for layer in layers:
            name = layer["config"]["name"]
            if layer["class_name"] in ("Conv2D", "Dense"):
                group = file[name][name]
                weights[name] = group["kernel:0"][()].astype(float), group["bias:0"][()].astype(float)
    return layers, weights


def load_published(real_data):
    with h5py.File(real_data / "promoters/weights_single.h5") as file:
        return PromoterCNN(4, 620, 2).load_keras(file).eval()


@pytest.mark.realdata
def test_published_weights_give_keras_outputs(real_data, published):
    table = pd.read_csv(real_data / "promoters/promoters.csv.gz")
    text = [*table["sequence"].iloc[::200], *table["sequence"][table["sequence"].str.contains("N")].iloc[:3]]
    x = np.zeros((len(text), 620, 4, 1))
    for row, sequence in enumerate(text):
        for position, symbol in enumerate(sequence):
            if symbol in "ACGT":
                x[row, position, "ACGT".index(symbol)] = 1
    assert (x[:, 600:] == 0).all()
    expected = keras_forward(*published, x)[:, 0]
    with torch.no_grad():
        logits = load_published(real_data)(torch.from_numpy(x[..., 0]).float())
    np.testing.assert_allclose(torch.softmax(logits, 1)[:, 1].numpy(), expected, atol=1e-5)
    assert expected.std() > 0.01


@pytest.mark.realdata
def test_every_layer_has_the_published_parameters(published):
    layers, weights = published
    ours = {name: count for name, _, count in PromoterCNN(4, 620, 2).layer_table() if count}
    assert list(ours.values()) == [kernel.size + bias.size for kernel, bias in weights.values()]
    dropouts = [layer["config"]["rate"] for layer in layers if layer["class_name"] == "Dropout"]
    names = [name for name, _, _ in PromoterCNN(4, 620, 2).layer_table() if name.startswith("Dropout")]
    assert names == [f"Dropout {rate:g}" for rate in dropouts]


def test_parameter_counts_by_hand():
    """model_single.json: 620 × 4, conv 64 (12 × 4), pool 6, conv 64 and 32 (6, stride 6, same), dense 256, 128, 1."""
    steps = math.ceil(math.ceil((620 - 12 + 1) // 6 / 6) / 6)
    by_hand = [64 * (12 * 4 + 1), 64 * (6 * 64 + 1), 32 * (6 * 64 + 1), 256 * (steps * 32 + 1), 128 * 257, 129]
    network = PromoterCNN(4, 620, 2)
    assert [count for _, _, count in network.layer_table() if count] == by_hand
    assert sum(p.numel() for p in network.parameters()) == sum(by_hand) == 97_953


def keras_config(name, **options):
    kind = "Conv2D" if "kernel_size" in options else "Dense"
    return {"class_name": kind, "config": {"name": name, "activation": "relu", **options}}


@pytest.mark.parametrize(
    ("length", "kernel_size", "pool_size", "n_symbols", "n_classes"),
    [(620, 24, 6, 4, 2), (600, 8, 6, 4, 3), (97, 5, 4, 20, 2), (40, 12, 6, 4, 4), (17, 12, 6, 4, 2), (30, 3, 1, 4, 2)],
)
def test_other_sizes_equal_keras_layer_by_layer(length, kernel_size, pool_size, n_symbols, n_classes):
    rng = np.random.default_rng(length)
    network = PromoterCNN(
        n_symbols, length, n_classes, conv_channels=(5, 7, 3), kernel_size=kernel_size, pool_size=pool_size,
        dense_units=(9,),
    ).eval()  # fmt: skip
    strided = {"kernel_size": (pool_size, 1), "strides": (pool_size, 1), "padding": "same"}
    layers = [
        keras_config("a", kernel_size=(kernel_size, n_symbols), strides=(1, 1), padding="valid"),
        {"class_name": "MaxPooling2D", "config": {"pool_size": (pool_size, 1)}},
        keras_config("b", **strided),
        keras_config("c", **strided),
        {"class_name": "Flatten", "config": {}},
        keras_config("d"),
        keras_config("e", activation="linear"),
    ]
    units = 1 if n_classes == 2 else n_classes
    steps = math.ceil(math.ceil((length - kernel_size + 1) // pool_size / pool_size) / pool_size)
    shapes = {"a": (kernel_size, n_symbols, 1, 5), "b": (pool_size, 1, 5, 7), "c": (pool_size, 1, 7, 3),
              "d": (steps * 3, 9), "e": (9, units)}  # fmt: skip
    # whole numbers survive float32
    weights = {name: (rng.integers(-9, 9, s), rng.integers(-9, 9, s[-1])) for name, s in shapes.items()}
    network.load_keras([array for pair in weights.values() for array in pair])
    x = np.eye(n_symbols)[rng.integers(n_symbols, size=(4, length))]
    expected = keras_forward(layers, weights, x[..., None])
    if n_classes == 2:
        expected = np.concatenate([np.zeros_like(expected), expected], axis=1)
    np.testing.assert_array_equal(network.double()(torch.from_numpy(x)).detach().numpy(), expected)
    assert len(np.unique(expected)) > 3


def test_weights_start_as_in_keras():
    """GlorotUniform: limit sqrt(6 / (fan_in + fan_out)), a fan being the kernel's area times the channels."""
    torch.manual_seed(0)
    layers = [m for m in PromoterCNN(4, 620, 2).modules() if isinstance(m, (nn.Conv1d, nn.Linear))]
    fans = [(12 * 4, 12 * 4 * 64), (6 * 64, 6 * 64), (6 * 64, 6 * 32), (96, 256), (256, 128), (128, 1)]
    for layer, (fan_in, fan_out) in zip(layers, fans, strict=True):
        limit = math.sqrt(6 / (fan_in + fan_out))
        assert 0.95 * limit < layer.weight.abs().max() <= limit
        assert layer.bias.abs().max() == 0


def test_two_classes_share_one_unit():
    logits = PromoterCNN(4, 40, 2)(torch.rand(5, 40, 4))
    assert logits.shape == (5, 2)
    assert (logits[:, 0] == 0).all()
    assert PromoterCNN(4, 40, 3).output.out_features == 3


@pytest.mark.parametrize("options", [{"conv_channels": (8,)}, {"conv_channels": [8, 4]}, {"dense_units": ()}])
def test_other_depths_run(options):
    assert PromoterCNN(4, 60, 3, **options)(torch.zeros(2, 60, 4)).shape == (2, 3)


def test_layer_table_leaves_mode_and_generator_alone():
    network = PromoterCNN(4, 620, 2).train()
    state = torch.get_rng_state()
    shapes = {name: shape for name, shape, _ in network.layer_table()}
    assert network.training
    assert torch.equal(state, torch.get_rng_state())
    assert shapes["Conv1d 64, kernel 6, stride 6"] == (64, 17)
    assert shapes["Conv1d 32, kernel 6, stride 6"] == (32, 3)
    assert shapes["Flatten"] == (96,)


@pytest.mark.parametrize("whole_model", [True, False])
@pytest.mark.parametrize("as_bytes", [True, False])
def test_hdf5_layouts(tmp_path, whole_model, as_bytes):
    """Weights alone or a whole model, and names as text or bytes, as different h5py versions write them."""
    network, text = PromoterCNN(4, 20, 2, conv_channels=(2,), dense_units=()), np.bytes_ if as_bytes else str
    rng = np.random.default_rng(0)
    weights = {"conv": (rng.random((12, 4, 1, 2)), rng.random(2)), "out": (rng.random((2, 1)), rng.random(1))}
    with h5py.File(tmp_path / "w.h5", "w") as file:
        root = file.create_group("model_weights") if whole_model else file
        root.attrs["layer_names"] = [text(name) for name in ("conv", "drop", "out")]
        root.create_group("drop").attrs["weight_names"] = np.zeros(0)
        for name, (kernel, bias) in weights.items():
            group = root.create_group(name)
            group.attrs["weight_names"] = [text(f"{name}/kernel:0"), text(f"{name}/bias:0")]
            group[f"{name}/kernel:0"], group[f"{name}/bias:0"] = kernel, bias
    with h5py.File(tmp_path / "w.h5") as file:
        network.load_keras(file)
    np.testing.assert_allclose(network.output.weight.detach(), weights["out"][0].T, rtol=1e-6)
    np.testing.assert_allclose(network.features[0].weight.detach()[1, 3], weights["conv"][0][:, 3, 0, 1], rtol=1e-6)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([np.zeros((12, 4, 1, 2)), np.zeros(2)], "holds 2 arrays, but this network has 4"),
        ([np.zeros((8, 4, 1, 2)), np.zeros(2), np.zeros((2, 1)), np.zeros(1)], r"layer 0 have the shapes \(2, 4, 8\)"),
        ([np.zeros((12, 4, 1, 2)), np.zeros(2), np.zeros((2, 1)), np.zeros(5)], "layer 1 have the shapes"),
    ],
)
def test_other_networks_weights_are_refused(weights, message):
    network = PromoterCNN(4, 20, 2, conv_channels=(2,), dense_units=())
    before = network.features[0].weight.clone()
    with pytest.raises(ValueError, match=message):
        network.load_keras(weights)
    assert torch.equal(network.features[0].weight, before)


@pytest.mark.parametrize(
    ("length", "options", "message"),
    [
        (16, {}, "rows of 16 residues are too short for kernel_size=12 and pool_size=6, which need 17"),
        (40, {"conv_channels": ()}, "conv_channels is empty"),
    ],
)
def test_bad_sizes(length, options, message):
    with pytest.raises(ValueError, match=message):
        PromoterCNN(4, length, 2, **options)


@pytest.mark.parametrize("n_outputs", [1, 2, 3])
def test_numbers_have_a_unit_each(n_outputs):
    network = PromoterCNN(4, 40, n_outputs, exclusive=False)
    outputs = network(torch.rand(5, 40, 4))
    assert outputs.shape == (5, n_outputs)
    assert (outputs.std(dim=0) > 0).all()
