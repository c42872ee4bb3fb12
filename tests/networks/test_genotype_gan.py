"""Generators and critics against plain layers, published parameter counts and hand-written padding."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from seqaug_sklearn.networks import HaplotypeCritic, HaplotypeGenerator, PGcGANCritic, PGcGANGenerator

PUBLISHED = (7160, 5)
LABELS = torch.tensor([0, 1, 2, 1, 0, 2])


def count(module):
    return sum(p.numel() for p in module.parameters())


def count_as_keras(norm):
    """Keras counts the running mean and variance too."""
    return sum(t.numel() for t in [*norm.parameters(), norm.running_mean, norm.running_var])


def test_published_generator_by_hand():
    with torch.device("meta"):
        generator = PGcGANGenerator(*PUBLISHED)
    assert count(generator.embedding) == 5 * 100
    assert count(generator.dense) == 100 * (1790 * 256) == 45_824_000
    assert [count(layer) for layer in generator.convolutions] == [
        7 * 256 * 256, 5 * 256 * 128, 5 * 128 * 4 + 4
    ] == [458_752, 163_840, 2_564]  # fmt: skip
    assert [count_as_keras(norm) for norm in generator.norms] == [4 * 256, 4 * 256, 4 * 128]
    assert [norm.eps for norm in generator.norms] == [2e-5] * 3
    trained = 500 + 45_824_000 + 458_752 + 163_840 + 2_564 + 2 * (256 + 256 + 128)
    assert count(generator) == trained == 46_450_936


def test_published_critic_by_hand():
    with torch.device("meta"):
        critic = PGcGANCritic(*PUBLISHED)
    assert count(critic.embedding) == 5 * 7160 * 4 == 143_200
    assert [count(layer) for layer in critic.convolutions] == [5 * 4 * 64 + 64, 7 * 64 * 128 + 128] == [1_344, 57_472]
    assert count(critic.hidden) == (1790 * 128) * 512 + 512 == 117_309_952
    assert count(critic.output) == 513
    assert count(critic) == 143_200 + 1_344 + 57_472 + 117_309_952 + 513 == 117_512_481
    assert critic.dropout.probability == 0.3


def test_mlp_by_hand():
    generator, critic = HaplotypeGenerator(742, 5), HaplotypeCritic(742, 5)
    assert count(generator) == (64 + 5) * 768 + 2 * 768 + 768 * 768 + 2 * 768 + 768 * 742 + 742
    assert count(critic) == 742 * 512 + 512 + 512 * 256 + 256 + 256 + 1 + 5 * 256


@pytest.mark.parametrize("n_variants", [1, 2, 3, 4, 5, 8, 13])
@pytest.mark.parametrize(
    ("make_generator", "make_critic"), [(HaplotypeGenerator, HaplotypeCritic), (PGcGANGenerator, PGcGANCritic)]
)
def test_any_number_of_variants(make_generator, make_critic, n_variants):
    generator, critic = make_generator(n_variants, 3), make_critic(n_variants, 3)
    out = generator(torch.randn(6, generator.noise_dim), LABELS)
    states = generator.states(out)
    assert states.shape == (6, n_variants)
    assert states.dtype == torch.int8
    assert out.shape == generator.encode(states).shape
    assert critic(out, LABELS).shape == (6,)
    assert critic.input_gradient(out, LABELS).shape == out.shape
    assert torch.equal(generator.states(generator.encode(states)), states)


def published_generator(generator, noise, labels):
    """The published order of layers, written out: upsampling comes before normalisation and activation."""

    def normalise(x, norm):
        if generator.training:
            mean, variance = x.mean(dim=(0, 2)), x.var(dim=(0, 2), unbiased=False)
        else:
            mean, variance = norm.running_mean, norm.running_var
        x = (x - mean[:, None]) / torch.sqrt(variance[:, None] + 2e-5)
        return nn.LeakyReLU(0.3)(x * norm.weight[:, None] + norm.bias[:, None])

    first, second, third = generator.convolutions
    x = (noise * generator.embedding.weight[labels]) @ generator.dense.weight.T
    x = normalise(x.view(len(noise), 256, -1), generator.norms[0])
    x = normalise(nn.Upsample(scale_factor=2)(functional.conv1d(x, first.weight, padding="same")), generator.norms[1])
    x = normalise(nn.Upsample(scale_factor=2)(functional.conv1d(x, second.weight, padding="same")), generator.norms[2])
    return functional.conv1d(x, third.weight, third.bias, padding="same").softmax(dim=1).transpose(1, 2)


@pytest.mark.parametrize("training", [True, False])
def test_generator_equals_the_published_order(training):
    torch.manual_seed(0)
    generator = PGcGANGenerator(12, 3)
    generator(torch.randn(6, 100), LABELS)  # running statistics that differ from the start
    generator.train(training)
    noise = torch.randn(6, 100)
    torch.testing.assert_close(
        generator(noise, LABELS), published_generator(generator, noise, LABELS), rtol=1e-4, atol=1e-6
    )


def test_generator_cuts_off_what_stands_over():
    torch.manual_seed(0)
    longer, shorter = PGcGANGenerator(12, 3).eval(), PGcGANGenerator(10, 3).eval()
    shorter.load_state_dict(longer.state_dict())
    noise = torch.randn(6, 100)
    torch.testing.assert_close(shorter(noise, LABELS), longer(noise, LABELS)[:, :10])


def published_critic(critic, x, labels):
    """Keras' layers in loops: "same" padding with stride 2 puts the odd zero at the right."""

    def activate(a):
        return np.where(a > 0, a, 0.3 * a)

    def convolve(a, layer):
        weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        length, width = len(a), weight.shape[2]
        steps = -(-length // 2)
        left = max((steps - 1) * 2 + width - length, 0) // 2
        out = np.tile(bias, (steps, 1))
        for i in range(steps):
            for tap in range(width):
                at = 2 * i + tap - left
                if 0 <= at < length:
                    out[i] += weight[:, :, tap] @ a[at]
        return out

    scores = []
    for row, label in zip(x.numpy(), labels, strict=True):
        a = activate(row * critic.embedding.weight[label].detach().numpy().reshape(row.shape))
        for layer in critic.convolutions:
            a = activate(convolve(a, layer))
        a = activate(critic.hidden.weight.detach().numpy() @ a.T.ravel() + critic.hidden.bias.detach().numpy())
        scores.append(critic.output.weight.detach().numpy()[0] @ a + critic.output.bias.item())
    return np.array(scores)


@pytest.mark.parametrize("n_variants", [8, 9, 11, 14])
def test_critic_equals_the_published_layers(n_variants):
    torch.manual_seed(0)
    critic = PGcGANCritic(n_variants, 3).eval()
    nn.init.normal_(critic.embedding.weight)
    for layer in [*critic.convolutions, critic.hidden, critic.output]:
        nn.init.normal_(layer.bias)
    x = torch.rand(6, n_variants, 4)
    np.testing.assert_allclose(critic(x, LABELS).detach(), published_critic(critic, x, LABELS), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("critic", "shape"),
    [(PGcGANCritic(12, 3, dropout=0.5), (6, 12, 4)), (HaplotypeCritic(12, 3, dropout=0.5), (6, 12))],
    ids=["pg_cgan", "mlp"],
)
def test_critic_drops_in_training_only(critic, shape):
    torch.manual_seed(0)
    x = torch.rand(shape)
    assert not torch.equal(critic(x, LABELS), critic(x, LABELS))
    assert torch.equal(critic.eval()(x, LABELS), critic(x, LABELS))


def test_weights_start_as_in_keras():
    torch.manual_seed(0)
    generator, critic = PGcGANGenerator(40, 3), PGcGANCritic(40, 3)
    for layer, fan in (
        (generator.convolutions[0], 7 * (256 + 256)),
        (critic.convolutions[1], 7 * (64 + 128)),
        (critic.hidden, 10 * 128 + 512),
    ):
        bound = np.sqrt(6 / fan)  # Glorot, uniform
        assert 0.99 * bound < layer.weight.abs().max().item() <= bound
    for embedding in (generator.embedding, critic.embedding):
        assert 0.048 < embedding.weight.abs().max().item() <= 0.05
    assert not critic.convolutions[0].bias.any()


def test_mlp_output_is_rounded_and_its_gradient_is_the_probability_s():
    torch.manual_seed(0)
    generator = HaplotypeGenerator(20, 3, units=(16,)).eval()
    noise = torch.randn(6, 64, requires_grad=True)
    out = generator(noise, LABELS)
    probability = torch.sigmoid(generator.layers(torch.cat([noise, torch.eye(3)[LABELS]], dim=1)))
    torch.testing.assert_close(out, (probability > 0.5).float(), rtol=0, atol=1e-6)
    weight = torch.randn(6, 20)
    got, expected = (torch.autograd.grad((weight * values).sum(), noise)[0] for values in (out, probability))
    torch.testing.assert_close(got, expected)


def test_projection_by_hand():
    torch.manual_seed(0)
    critic = HaplotypeCritic(9, 3, units=(8, 6))
    critic.center.copy_(torch.rand(9))
    x = torch.rand(6, 9)
    h = (x - critic.center).numpy()
    for layer in critic.hidden:
        h = h @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
        h = np.where(h > 0, h, 0.2 * h)
    v = critic.embedding.weight.detach().numpy()[LABELS]
    expected = h @ critic.output.weight.detach().numpy()[0] + critic.output.bias.item() + (v * h).sum(axis=1)
    np.testing.assert_allclose(critic(x, LABELS).detach(), expected, rtol=1e-5)


def critics():
    torch.manual_seed(0)
    pg_cgan = PGcGANCritic(11, 3, dropout=0.0)
    nn.init.normal_(pg_cgan.embedding.weight)
    mlp = HaplotypeCritic(11, 3, units=(16, 12, 8), dropout=0.3)
    mlp.dropout.eval()  # the written-out gradient is taken without it
    return [(mlp, (6, 11)), (pg_cgan, (6, 11, 4))]


@pytest.mark.parametrize(("critic", "shape"), critics(), ids=["mlp", "pg_cgan"])
def test_input_gradient_and_its_derivative_equal_autograd(critic, shape):
    x = torch.rand(shape, requires_grad=True)
    expected = torch.autograd.grad(critic(x, LABELS).sum(), x, create_graph=True)[0]
    got = critic.input_gradient(x.detach(), LABELS)
    torch.testing.assert_close(got, expected)
    parameters = list(critic.parameters())
    both = [
        torch.autograd.grad((g.flatten(1).norm(dim=1) ** 3).sum(), parameters, allow_unused=True)
        for g in (got, expected)
    ]
    n_used = 0
    for one, other in zip(*both, strict=True):
        zeros = [torch.zeros(1) if g is None else g for g in (one, other)]
        torch.testing.assert_close(*torch.broadcast_tensors(*zeros))
        n_used += bool(zeros[0].any())
    assert n_used >= 4


@pytest.mark.parametrize("make", [HaplotypeGenerator, PGcGANGenerator])
def test_label_matters(make):
    torch.manual_seed(0)
    generator = make(200, 2).eval()
    noise = torch.randn(50, generator.noise_dim)
    zeros, ones = (generator.states(generator(noise, torch.full((50,), label))) for label in (0, 1))
    assert not torch.equal(zeros, ones)
