"""Training of a generator against a critic: losses, one step, one epoch, and the state that goes on."""

import copy
import math
import time

import torch
from torch.nn import functional

from seqaug_sklearn.utils import progress

__all__ = ["GANTrainer", "TrainingRun", "critic_loss", "generator_loss", "gradient_penalty"]

_AVERAGING_WARM_UP = 10  # steps


class GANTrainer:
    """A generator and a critic with their optimisers.

    A step of the generator follows ``critic_steps`` steps of the critic. With ``joint=False`` each of these has real
    rows of its own. With ``joint=True`` the steps go as PG-cGAN's: all on the same real rows, generated rows come from
    the generator in inference mode, and then one pass with fresh noise trains both networks.

    Random numbers come from torch's generators, per step in this order: noise, then (in the critic) dropout for real
    and generated rows together, then the mixing of the gradient penalty.

    Parameters
    ----------
    generator, critic : torch.nn.Module
        As in ``seqaug_sklearn.networks``.
    optimizers : tuple of torch.optim.Optimizer
        Of the generator and of the critic.
    loss : {"wgan_gp", "wgan_clip", "hinge"}
        See :class:`~seqaug_sklearn.augmentation.GenotypeGAN`.
    batch_size, critic_steps : int
        Rows per step; steps of the critic before each step of the generator.
    joint : bool
        Whether the last step trains both.
    penalty : float
        Weight of the gradient penalty, for ``"wgan_gp"``.
    clipped : sequence of torch.nn.Parameter
        Parameters of the critic to be clipped after each of its steps.
    clip_value : float
        Largest absolute value of those.
    averaging : float
        Decay, per step of the generator, of the running average of its weights; 0 for none.
    """

    def __init__(
        self, generator, critic, optimizers, *, loss, batch_size, critic_steps, joint, penalty, clipped, clip_value,
        averaging,
    ):  # fmt: skip
        self.generator, self.critic = generator, critic
        self.generator_optimizer, self.critic_optimizer = optimizers
        self.loss, self.batch_size, self.critic_steps, self.joint = loss, batch_size, critic_steps, joint
        self.penalty, self.clipped, self.clip_value = penalty, list(clipped), clip_value
        self.averaging, self.n_steps = averaging, 0
        self.averaged = copy.deepcopy(generator) if averaging else generator
        self._clip()

    def train_epoch(self, states, labels):
        """Train once over the rows; a remainder smaller than a batch is left out.

        Parameters
        ----------
        states : int8 tensor of shape (n_rows, n_variants)
            What the generator makes: haplotypes or phased states.
        labels : int64 tensor of shape (n_rows,)
            Class codes.

        Returns
        -------
        losses : dict of str to float
            ``"critic_loss"`` and ``"generator_loss"``, means over the steps.
        """
        # each step of the critic has rows of its own; jointly trained networks see the same batch
        size = min(self.batch_size, len(states))
        n_steps = len(states) // size
        passes = 1 if self.joint else self.critic_steps
        rows = torch.stack([torch.randperm(len(states), device=states.device) for _ in range(passes)])
        totals = torch.zeros(2, device=states.device)
        for step in range(n_steps):
            batches = [
                (self.generator.encode(states[chosen]), labels[chosen])
                for chosen in rows[:, step * size : (step + 1) * size]
            ]
            totals += self.train_step(batches)
        means = (totals / n_steps).tolist()
        return {"critic_loss": means[0], "generator_loss": means[1]}

    def train_step(self, batches):
        """Train the critic on the real batches, then the generator; return both losses as a tensor (2,).

        Parameters
        ----------
        batches : list of (tensor, tensor)
            Rows as the critic sees them, and their labels: one per step of the critic, or a single one if ``joint``.
        """
        if self.joint:
            losses = self._joint_step(*batches[0])
        else:
            for real, labels in batches:
                loss = self._critic_step(real, labels)
            losses = torch.stack([loss, self._generator_step(batches[-1][1])])
        self._average()
        return losses

    def _joint_step(self, real, labels):
        # the critic alone first, against a generator whose normalisation and dropout stand still
        self.generator.eval()
        for _ in range(self.critic_steps):
            self._critic_step(real, labels)
        self.generator.train()
        fake = self.generator(self._noise(labels), labels)
        scores = self._scores(real, fake, labels)
        of_generator = generator_loss(self.loss, scores[1])
        of_critic = self._critic_loss(scores, real, fake.detach(), labels)
        # both gradients before either step: the same weights and the same individuals stand behind both
        gradients = _gradients(of_generator, self.generator, keep=True)
        _apply(self.critic_optimizer, self.critic, _gradients(of_critic, self.critic))
        _apply(self.generator_optimizer, self.generator, gradients)
        self._clip()
        return torch.stack([of_critic.detach(), of_generator.detach()])

    def _critic_step(self, real, labels):
        with torch.no_grad():
            fake = self.generator(self._noise(labels), labels)
        loss = self._critic_loss(self._scores(real, fake, labels), real, fake, labels)
        _apply(self.critic_optimizer, self.critic, _gradients(loss, self.critic))
        self._clip()
        return loss.detach()

    def _generator_step(self, labels):
        fake = self.generator(self._noise(labels), labels)
        loss = generator_loss(self.loss, self.critic(fake, labels))
        _apply(self.generator_optimizer, self.generator, _gradients(loss, self.generator))
        return loss.detach()

    def _scores(self, real, fake, labels):
        return self.critic(torch.cat([real, fake]), torch.cat([labels, labels])).chunk(2)

    def _critic_loss(self, scores, real, fake, labels):
        loss = critic_loss(self.loss, *scores)
        if self.loss == "wgan_gp":
            loss = loss + self.penalty * gradient_penalty(self.critic, real, fake, labels)
        return loss

    def _noise(self, labels):
        return torch.randn(len(labels), self.generator.noise_dim, device=labels.device)

    @torch.no_grad()
    def _clip(self):
        for parameter in self.clipped:
            parameter.clamp_(-self.clip_value, self.clip_value)

    @torch.no_grad()
    def _average(self):
        self.n_steps += 1
        if not self.averaging:
            return
        # the first weights are noise: the average starts short and grows to its full length
        decay = min(self.averaging, self.n_steps / (self.n_steps + _AVERAGING_WARM_UP))
        for old, new in zip(self.averaged.state_dict().values(), self.generator.state_dict().values(), strict=True):
            if old.is_floating_point():
                old.lerp_(new, 1 - decay)

    def state_dict(self):
        """Everything that training changes."""
        return {
            "generator": self.generator.state_dict(),
            "averaged": self.averaged.state_dict(),
            "critic": self.critic.state_dict(),
            "generator_optimizer": self.generator_optimizer.state_dict(),
            "critic_optimizer": self.critic_optimizer.state_dict(),
            "n_steps": self.n_steps,
        }

    def load_state_dict(self, state):
        """Take up a state of :meth:`state_dict`."""
        self.n_steps = state["n_steps"]
        for name in ("generator", "averaged", "critic", "generator_optimizer", "critic_optimizer"):
            getattr(self, name).load_state_dict(state[name])


def critic_loss(loss, real, fake):
    """Loss of the critic from its scores of real and of generated rows."""
    if loss == "hinge":
        return functional.relu(1 - real).mean() + functional.relu(1 + fake).mean()
    # minus the Wasserstein distance that the critic sees: E[D(real)] - E[D(fake)], to be made large
    return fake.mean() - real.mean()


def generator_loss(loss, fake):
    """Loss of the generator from the critic's scores of its rows."""
    if loss == "hinge":
        return functional.relu(1 - fake).mean()  # PG-cGAN's notebook; elsewhere it is -mean
    return -fake.mean()


def gradient_penalty(critic, real, fake, labels):
    """Mean squared distance of the critic's gradient norm from 1, between real and generated rows [1]_.

    Each pair of rows is mixed at a random point. The mean is differentiable in the critic's weights.

    References
    ----------
    .. [1] Gulrajani, I. et al., Improved training of Wasserstein GANs, NeurIPS 2017, arXiv 1704.00028, algorithm 1.
    """
    # x = e real + (1 - e) fake, e uniform for each row; the penalty is (|grad D(x)| - 1) ** 2
    share = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device)
    gradient = critic.input_gradient(torch.lerp(fake, real, share), labels)
    return ((gradient.flatten(1).norm(dim=1) - 1) ** 2).mean()


def _gradients(loss, network, *, keep=False):
    """Gradients of a loss in this network only: the generator's loss passes through the critic."""
    return torch.autograd.grad(loss, list(network.parameters()), retain_graph=keep)


def _apply(optimizer, network, gradients):
    for parameter, gradient in zip(network.parameters(), gradients, strict=True):
        parameter.grad = gradient
    optimizer.step()
    optimizer.zero_grad()


class TrainingRun:
    """Epochs until the last one or the early stop, with their history, the best weights and a checkpoint.

    Parameters
    ----------
    trainer : GANTrainer
        What is trained.
    score : callable or None
        Generator -> dict of float with ``"score"``, smaller is better.
    seed : int
        What the scope around it was seeded with; kept in the checkpoint.
    max_epochs, monitor_every, patience : int
        Epochs in all; epochs between scores; scores without improvement after which it stops (or None).
    checkpoint : Checkpoint or None
        Where the state is kept, every ``checkpoint_every`` epochs and at the end.
    checkpoint_every : int
        Epochs between.
    verbose : bool
        Whether progress is shown.
    """

    def __init__(
        self, trainer, score, *, seed, max_epochs, monitor_every, patience, checkpoint, checkpoint_every, verbose
    ):
        self.trainer, self.score, self.seed = trainer, score, seed
        self.max_epochs, self.monitor_every, self.patience = max_epochs, monitor_every, patience
        self.checkpoint, self.checkpoint_every, self.verbose = checkpoint, checkpoint_every, verbose
        self.history, self.best, self.best_score, self.best_epoch, self.n_stale = [], None, math.inf, None, 0

    def train(self, rows):
        """Train until the end; return self.

        Parameters
        ----------
        rows : callable
            Epoch, counted from 1 -> states and labels, as :meth:`GANTrainer.train_epoch` takes them.

        Raises
        ------
        ValueError
            If a loss is no longer a finite number.
        """
        with progress(total=self.max_epochs, description="GenotypeGAN", enabled=self.verbose, unit="epoch") as bar:
            bar.update(len(self.history))
            while not self._finished():
                self._train_epoch(rows)
                if self.checkpoint and (self._finished() or len(self.history) % self.checkpoint_every == 0):
                    self.checkpoint.save(self.state_dict())
                bar.set_postfix(best_score=self.best_score, refresh=False)
                bar.update()
        return self

    def weights(self):
        """State of the generator to keep: of the best epoch, or the last where nothing was scored."""
        return self.trainer.averaged.state_dict() if self.best is None else self.best

    def _finished(self):
        stale = self.patience is not None and self.n_stale >= self.patience
        return stale or len(self.history) >= self.max_epochs

    def _train_epoch(self, rows):
        began, epoch = time.perf_counter(), len(self.history) + 1
        row = {"epoch": epoch, **self.trainer.train_epoch(*rows(epoch))}
        if not all(map(math.isfinite, row.values())):
            raise ValueError(
                f"training diverged in epoch {epoch}: critic loss {row['critic_loss']}, generator loss "
                f"{row['generator_loss']}; lower lr, or use loss='wgan_gp'"
            )
        if self.score and (epoch % self.monitor_every == 0 or epoch == self.max_epochs):
            row |= self.score(self.trainer.averaged)
            self._keep(row["score"], epoch)
        self.history.append({**row, "seconds": time.perf_counter() - began})

    def _keep(self, score, epoch):
        if score < self.best_score:
            self.best = {name: value.detach().clone() for name, value in self.trainer.averaged.state_dict().items()}
            self.best_score, self.best_epoch, self.n_stale = score, epoch, 0
        else:
            self.n_stale += 1

    def state_dict(self):
        """Everything that the next epoch depends on, torch's generators included."""
        device = next(self.trainer.generator.parameters()).device
        return {
            "seed": self.seed,
            "monitor_every": self.monitor_every,
            "trainer": self.trainer.state_dict(),
            **{name: getattr(self, name) for name in ("history", "best", "best_score", "best_epoch", "n_stale")},
            "cpu_random": torch.get_rng_state(),
            "device_random": _device_random_state(device),
        }

    def load_state_dict(self, state):
        """Take up a state of :meth:`state_dict`; inside the seed scope, because it sets torch's generators."""
        device = next(self.trainer.generator.parameters()).device
        self.trainer.load_state_dict(state["trainer"])
        for name in ("history", "best", "best_score", "best_epoch", "n_stale"):
            setattr(self, name, state[name])
        torch.set_rng_state(state["cpu_random"].cpu())
        if device.type == "cuda":
            torch.cuda.set_rng_state(state["device_random"].cpu(), device)
        elif device.type == "mps":
            torch.mps.set_rng_state(state["device_random"].cpu())


def _device_random_state(device):
    if device.type == "cuda":
        return torch.cuda.get_rng_state(device)
    return torch.mps.get_rng_state() if device.type == "mps" else None
