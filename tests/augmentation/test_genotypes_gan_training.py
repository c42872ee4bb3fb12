"""The training of GenotypeGAN against naive steps, and its early stop."""

import copy
import math

import numpy as np
import pytest
import torch

from seqaug_sklearn.augmentation._genotypes._gan_training import (
    GANTrainer,
    TrainingRun,
    critic_loss,
    generator_loss,
    gradient_penalty,
)
from seqaug_sklearn.networks import HaplotypeCritic, HaplotypeGenerator, PGcGANCritic, PGcGANGenerator

N_VARIANTS, N_ROWS = 9, 12
LABELS = torch.arange(N_ROWS) % 3


@pytest.fixture(autouse=True)
def _double_precision():
    """Optimisers that divide by the gradient's size turn the rounding of a zero gradient into a full step."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def make_networks(architecture):
    torch.manual_seed(0)
    if architecture == "mlp":
        return HaplotypeGenerator(N_VARIANTS, 3, noise_dim=5, units=(8,)), HaplotypeCritic(
            N_VARIANTS, 3, units=(7, 6), dropout=0.3
        )
    return PGcGANGenerator(N_VARIANTS, 3, noise_dim=5), PGcGANCritic(N_VARIANTS, 3)


def make_trainer(architecture, **options):
    generator, critic = make_networks(architecture)
    if architecture == "mlp":
        optimizers = (torch.optim.Adam(net.parameters(), lr=1e-2, betas=(0.0, 0.9)) for net in (generator, critic))
    else:
        optimizers = (torch.optim.RMSprop(net.parameters(), lr=1e-3, alpha=0.9) for net in (generator, critic))
    settings = {
        "loss": "wgan_gp", "batch_size": N_ROWS, "critic_steps": 2, "joint": architecture == "pg_cgan", "penalty": 10.0,
        "clipped": [], "clip_value": 0.01, "averaging": 0.0, **options,
    }  # fmt: skip
    return GANTrainer(generator, critic, tuple(optimizers), **settings)


def real_rows(trainer, seed=1):
    top = 2 if isinstance(trainer.generator, HaplotypeGenerator) else 4
    torch.manual_seed(seed)
    return trainer.generator.encode(torch.randint(0, top, (N_ROWS, N_VARIANTS), dtype=torch.int8))


class NaiveRMS:
    """RMSprop and Adam without momentum, as published; Adam corrects the bias of the mean square."""

    def __init__(self, network, lr, decay, corrects, clipped=()):
        self.parameters, self.lr, self.decay, self.corrects = list(network.parameters()), lr, decay, corrects
        self.clipped = {id(p) for p in clipped}
        self.squares = [torch.zeros_like(p) for p in self.parameters]
        self.n_steps = 0

    @torch.no_grad()
    def step(self, gradients):
        self.n_steps += 1
        for p, square, gradient in zip(self.parameters, self.squares, gradients, strict=True):
            square.mul_(self.decay).add_(gradient**2 * (1 - self.decay))
            bias = 1 - self.decay**self.n_steps if self.corrects else 1.0
            p -= self.lr * gradient / (torch.sqrt(square / bias) + 1e-8)
            if id(p) in self.clipped:
                p.copy_(p.clip(-0.01, 0.01))


def naive_critic_loss(loss, critic, real, fake):
    scores = critic(torch.cat([real, fake]), torch.cat([LABELS, LABELS]))
    of_real, of_fake = scores[:N_ROWS], scores[N_ROWS:]
    if loss == "hinge":
        value = torch.clip(1 - of_real, min=0).mean() + torch.clip(1 + of_fake, min=0).mean()
    else:
        value = of_fake.mean() - of_real.mean()
    if loss == "wgan_gp":
        share = torch.rand(N_ROWS, *[1] * (real.dim() - 1))
        mixed = (share * real + (1 - share) * fake.detach()).requires_grad_()
        critic.train(isinstance(critic, PGcGANCritic))  # the dense critic's penalty is taken without dropout
        gradient = torch.autograd.grad(critic(mixed, LABELS).sum(), mixed, create_graph=True)[0]
        critic.train()
        value = value + 10.0 * ((gradient.flatten(1).pow(2).sum(dim=1).sqrt() - 1) ** 2).mean()
    return value, of_fake


def assert_same_networks(trainer, generator, critic):
    for ours, naive in ((trainer.generator, generator), (trainer.critic, critic)):
        for name, value in naive.state_dict().items():
            torch.testing.assert_close(ours.state_dict()[name], value, rtol=1e-6, atol=1e-8, msg=name)


@pytest.mark.parametrize("loss", ["wgan_gp", "hinge"])
def test_mlp_steps_equal_a_naive_implementation(loss):
    trainer = make_trainer("mlp", loss=loss)
    generator, critic = copy.deepcopy((trainer.generator, trainer.critic))
    batches = [(real_rows(trainer, seed), LABELS) for seed in (1, 2)]
    torch.manual_seed(5)
    for _ in range(2):
        losses = trainer.train_step(batches)

    torch.manual_seed(5)
    of_generator, of_critic = (NaiveRMS(net, 1e-2, 0.9, corrects=True) for net in (generator, critic))
    for _ in range(2):
        for real, labels in batches:
            fake = generator(torch.randn(N_ROWS, 5), labels).detach()
            last = naive_critic_loss(loss, critic, real, fake)[0]
            of_critic.step(torch.autograd.grad(last, of_critic.parameters))
        scores = critic(generator(torch.randn(N_ROWS, 5), LABELS), LABELS)
        goal = torch.clip(1 - scores, min=0).mean() if loss == "hinge" else -scores.mean()
        of_generator.step(torch.autograd.grad(goal, of_generator.parameters))
    assert_same_networks(trainer, generator, critic)
    torch.testing.assert_close(losses, torch.stack([last, goal]).detach(), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("clip", ["all", "conv"])
@pytest.mark.parametrize("loss", ["wgan_clip", "hinge", "wgan_gp"])
def test_pg_cgan_step_equals_a_naive_implementation(loss, clip):
    """Four steps of the critic on one batch, generator in inference mode; then one pass trains both."""
    trainer = make_trainer("pg_cgan", loss=loss, critic_steps=4)
    generator, critic = copy.deepcopy((trainer.generator, trainer.critic))
    for net in (trainer.critic, critic):
        clipped = {"all": list(net.parameters()), "conv": [layer.weight for layer in net.convolutions]}[clip]
        if net is trainer.critic:
            trainer.clipped = clipped
    real = real_rows(trainer)
    torch.manual_seed(5)
    losses = trainer.train_step([(real, LABELS)])

    torch.manual_seed(5)
    of_generator = NaiveRMS(generator, 1e-3, 0.9, corrects=False)
    of_critic = NaiveRMS(critic, 1e-3, 0.9, corrects=False, clipped=clipped)
    for _ in range(4):
        fake = generator.eval()(torch.randn(N_ROWS, 5), LABELS).detach()
        of_critic.step(torch.autograd.grad(naive_critic_loss(loss, critic, real, fake)[0], of_critic.parameters))
    fake = generator.train()(torch.randn(N_ROWS, 5), LABELS)
    last, scores = naive_critic_loss(loss, critic, real, fake)
    goal = torch.clip(1 - scores, min=0).mean() if loss == "hinge" else -scores.mean()
    gradients = torch.autograd.grad(goal, of_generator.parameters, retain_graph=True)
    of_critic.step(torch.autograd.grad(last, of_critic.parameters))
    of_generator.step(gradients)
    assert_same_networks(trainer, generator, critic)
    torch.testing.assert_close(losses, torch.stack([last, goal]).detach(), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("architecture", ["mlp", "pg_cgan"])
def test_gradient_penalty_equals_autograd_by_hand(architecture):
    trainer = make_trainer(architecture)
    critic = trainer.critic.eval()
    real = real_rows(trainer)
    fake = trainer.generator(torch.randn(N_ROWS, 5), LABELS).detach()
    torch.manual_seed(3)
    got = gradient_penalty(critic, real, fake, LABELS)
    torch.manual_seed(3)
    share = torch.rand(N_ROWS, *[1] * (real.dim() - 1)).numpy()
    terms = []
    for i in range(N_ROWS):
        row = torch.from_numpy(share[i] * real[i].numpy() + (1 - share[i]) * fake[i].numpy())[None].requires_grad_()
        score = critic(row, LABELS[i : i + 1])
        terms.append((np.linalg.norm(torch.autograd.grad(score, row)[0].numpy()) - 1) ** 2)
    assert got.item() == pytest.approx(np.mean(terms), rel=1e-9)


def test_losses_by_hand():
    real, fake = torch.tensor([2.0, 0.0]), torch.tensor([-3.0, 0.5])
    for loss in ("wgan_gp", "wgan_clip"):
        assert critic_loss(loss, real, fake).item() == -1.25 - 1.0
        assert generator_loss(loss, fake).item() == 1.25
    assert critic_loss("hinge", real, fake).item() == (0 + 1) / 2 + (0 + 1.5) / 2
    assert generator_loss("hinge", fake).item() == (4 + 0.5) / 2


def largest(tensors):
    return max(t.abs().max().item() for t in tensors)


def test_clip_of_all_weights():
    trainer = make_trainer("pg_cgan", loss="wgan_clip")
    trainer.clipped = list(trainer.critic.parameters())
    assert largest(trainer.clipped) > 0.01
    for _ in range(3):
        trainer.train_step([(real_rows(trainer), LABELS)])
        assert largest(trainer.critic.parameters()) == pytest.approx(0.01)


def test_clip_of_the_convolutions_kernels_only():
    trainer = make_trainer("pg_cgan", loss="wgan_clip")
    trainer.clipped = [layer.weight for layer in trainer.critic.convolutions]
    for _ in range(3):
        trainer.train_step([(real_rows(trainer), LABELS)])
    assert largest(trainer.clipped) == pytest.approx(0.01)
    for layer in (trainer.critic.embedding, trainer.critic.hidden, trainer.critic.output):
        assert layer.weight.abs().max().item() > 0.02


def test_weights_are_clipped_before_the_first_step():
    generator, critic = make_networks("pg_cgan")
    optimizers = [torch.optim.RMSprop(net.parameters()) for net in (generator, critic)]
    GANTrainer(
        generator, critic, optimizers, loss="wgan_clip", batch_size=2, critic_steps=1, joint=True, penalty=0.0,
        clipped=critic.parameters(), clip_value=0.01, averaging=0.0,
    )  # fmt: skip
    assert largest(critic.parameters()) == pytest.approx(0.01)


def test_running_average_by_hand():
    trainer = make_trainer("mlp", averaging=0.2)
    expected = {name: value.clone() for name, value in trainer.generator.state_dict().items()}
    for step in (1, 2, 3, 4):
        trainer.train_step([(real_rows(trainer), LABELS)])
        decay = min(0.2, step / (step + 10))
        for name, value in trainer.generator.state_dict().items():
            if value.is_floating_point():
                expected[name] = decay * expected[name] + (1 - decay) * value
    averaged = trainer.averaged.state_dict()
    for name in ("layers.0.weight", "layers.1.running_mean", "layers.3.bias"):
        torch.testing.assert_close(averaged[name], expected[name])
        assert not torch.equal(averaged[name], trainer.generator.state_dict()[name])


@pytest.mark.parametrize(("architecture", "n_passes"), [("mlp", 3), ("pg_cgan", 1)])
def test_an_epoch_shows_every_row(architecture, n_passes):
    trainer = make_trainer(architecture, batch_size=4, critic_steps=3)
    seen = []
    trainer.train_step = lambda batches: seen.append(batches) or torch.tensor([len(seen), 0.0])
    states = torch.eye(N_VARIANTS, dtype=torch.int8)[: N_VARIANTS - 1]  # 8 rows that differ
    losses = trainer.train_epoch(states, torch.arange(8))
    assert losses == {"critic_loss": 1.5, "generator_loss": 0.0}
    assert [len(batches) for batches in seen] == [n_passes] * 2
    for i in range(n_passes):
        labels = torch.cat([batches[i][1] for batches in seen])
        assert sorted(labels.tolist()) == list(range(8))
        rows = torch.cat([batches[i][0] for batches in seen])
        assert torch.equal(rows, trainer.generator.encode(states[labels]))
    orders = {tuple(torch.cat([batches[i][1] for batches in seen]).tolist()) for i in range(n_passes)}
    assert len(orders) == n_passes


class FakeTrainer:
    """Its generator's only weight is the number of epochs."""

    def __init__(self):
        self.generator = self.averaged = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.zeros_(self.generator.weight)

    @torch.no_grad()
    def train_epoch(self, *data):
        self.generator.weight += 1
        return {"critic_loss": 0.0, "generator_loss": 0.0}


def fake_run(scores, **options):
    def score(generator):
        return {"score": scores[int(generator.weight.item()) - 1]}

    settings = {
        "seed": 0, "max_epochs": len(scores), "monitor_every": 1, "patience": 2, "checkpoint": None,
        "checkpoint_every": 1, "verbose": False, **options,
    }  # fmt: skip
    return TrainingRun(FakeTrainer(), score, **settings).train(lambda epoch: ())


@pytest.mark.parametrize(
    ("scores", "options", "n_epochs", "best"),
    [
        ([5, 4, 3, 2, 1], {}, 5, 5),
        ([5, 3, 4, 4, 1], {}, 4, 2),
        ([5, 3, 4, 4, 1], {"patience": None}, 5, 5),
        ([5, 3, 4, 4, 1], {"patience": 3}, 5, 5),
        ([5, 3, 4, 4, 6], {"patience": None}, 5, 2),
        ([3, 3, 3, 3, 3], {}, 3, 1),
        ([1, 5, 9, 4, 9], {"monitor_every": 2}, 5, 4),
        ([5, 4, 3], {"monitor_every": 5}, 3, 3),
        ([math.nan, 2, 3], {}, 3, 2),
    ],
)
def test_early_stop_keeps_the_best_weights(scores, options, n_epochs, best):
    run = fake_run(scores, **options)
    assert len(run.history) == n_epochs
    assert run.best_epoch == best
    assert run.weights()["weight"].item() == best
    assert [row["epoch"] for row in run.history] == list(range(1, n_epochs + 1))


def test_without_a_score_the_last_weights_are_kept():
    run = fake_run([1, 2, 3])
    unscored = TrainingRun(
        FakeTrainer(), None, seed=0, max_epochs=4, monitor_every=1, patience=1, checkpoint=None, checkpoint_every=1,
        verbose=False,
    ).train(lambda epoch: ())  # fmt: skip
    assert run.weights()["weight"].item() == 1
    assert unscored.weights()["weight"].item() == 4
