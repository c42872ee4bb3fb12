"""From the parameters of ``GenotypeGAN`` to networks and optimisers, and from a trained generator to individuals."""

from typing import Any

import numpy as np
import torch

from seqaug_sklearn.augmentation._genotypes._gan_training import GANTrainer
from seqaug_sklearn.augmentation._genotypes._haplotype_mosaic import HaplotypeMosaic
from seqaug_sklearn.genotypes import from_haplotypes, to_haplotypes
from seqaug_sklearn.networks import HaplotypeCritic, HaplotypeGenerator, PGcGANCritic, PGcGANGenerator
from seqaug_sklearn.utils import is_whole

__all__ = ["TrainingRows", "draw_haplotypes", "hold_out", "make_networks", "make_trainer", "resolve_settings"]

_DEFAULTS = {
    "mlp": {
        "loss": "wgan_gp",
        "noise_dim": 64,
        "generator_units": (768, 768),
        "critic_units": (512, 256),
        "dropout": 0.3,
        "lr": 5e-4,
        "batch_size": 128,
        "critic_steps": 2,
        "max_epochs": 50,
        "averaging": 0.99,
        "recombine": True,
    },
    "pg_cgan": {
        "loss": "wgan_clip",
        "noise_dim": 100,
        "dropout": 0.3,
        "lr": 5e-5,
        "batch_size": 64,
        "critic_steps": 4,
        "max_epochs": 50,
        "averaging": 0.0,
        "recombine": False,
    },
}
_PLAIN = (
    "architecture",
    "gradient_penalty",
    "clip",
    "clip_value",
    "validation_fraction",
    "patience",
)
_N_SCORES = 50
_MIN_STEPS = 1350  # of the generator of "mlp"
_BLOCK = 1 << 18  # alleles made at once


def resolve_settings(gan, n_individuals):
    """Return everything that the training depends on, besides data and seed, as a dict.

    Parameters
    ----------
    gan : GenotypeGAN
        Its parameters; None takes the architecture's default.
    n_individuals : int
        Individuals in the data.

    Raises
    ------
    ValueError
        If a parameter belongs to the other architecture, or clipping does not fit the loss.
    """
    defaults = dict(_DEFAULTS[gan.architecture])
    _check_architecture(gan, defaults)
    if gan.architecture == "mlp":
        steps = max(2 * n_individuals // (gan.batch_size or defaults["batch_size"]), 1)
        defaults["max_epochs"] = max(defaults["max_epochs"], -(-_MIN_STEPS // steps))
    settings: dict[str, Any] = {
        name: default if getattr(gan, name) is None else getattr(gan, name) for name, default in defaults.items()
    }
    settings |= {name: getattr(gan, name) for name in _PLAIN}
    settings["monitor_every"] = gan.monitor_every or -(-settings["max_epochs"] // _N_SCORES)
    _check_units(settings)
    _check_clip(settings)
    return settings


def hold_out(codes, fraction, rng):
    """Draw the held-out individuals: bool (n_individuals,).

    Populations where the share is below two individuals keep all, and two individuals of each stay for training.
    """
    held_out = np.zeros(len(codes), bool)
    for code in np.unique(codes):
        people = np.flatnonzero(codes == code)
        n = min(int((fraction or 0) * len(people)), len(people) - 2)
        if n >= 2:
            held_out[rng.permutation(people)[:n]] = True
    return held_out


def to_states(architecture, haplotypes):
    """Return the rows that the architecture makes: haplotypes, or phased states of individuals."""
    return haplotypes if architecture == "mlp" else from_haplotypes(haplotypes, "phased")


class TrainingRows:
    """The real rows of each epoch, as tensors: states and labels.

    Parameters
    ----------
    settings : dict
        Of :func:`resolve_settings`. With ``"recombine"``, each epoch has mosaics of the haplotypes in their place,
        drawn from seed and epoch alone, so that a resumed training sees the same.
    haplotypes : ndarray of int8 of shape (2 * n_individuals, n_variants)
        Training haplotypes, rows paired.
    codes : ndarray of int of shape (n_individuals,)
        Population of each individual.
    seed : int
        Seed of the mosaics.
    device : torch.device
        Where the tensors are.
    """

    def __init__(self, settings, haplotypes, codes, seed, device):
        self.architecture, self.codes, self.seed, self.device = settings["architecture"], codes, seed, device
        self.states = to_states(self.architecture, haplotypes)
        self.mosaic = None
        if settings["recombine"]:
            self.mosaic = HaplotypeMosaic(encoding="haplotype", random_state=seed)
            # what the mosaics give away is no matter: what the network gives away is measured on its own individuals
            self.mosaic._learn(haplotypes, np.repeat(codes, 2))

    def __call__(self, epoch):
        """Return the rows of an epoch, counted from 1."""
        states = self.states
        if self.mosaic is not None:
            rng = np.random.default_rng([self.seed, epoch])
            states = to_states(self.architecture, self.mosaic.sample(len(self.codes), self.codes, random_state=rng)[0])
        labels = np.repeat(self.codes, len(states) // len(self.codes))
        return tuple(torch.from_numpy(np.ascontiguousarray(a)).to(self.device) for a in (states, labels))


def make_trainer(settings, states, n_populations, device):
    """Build networks and optimisers for rows ``states``; inside the seed scope, because weights are drawn."""
    networks = make_networks(settings, states.shape[1], n_populations)
    if settings["architecture"] == "mlp":
        networks[1].center.copy_(torch.from_numpy(states.mean(axis=0, dtype=np.float32)))
    generator, critic = (network.to(device) for network in networks)
    clip = None if settings["loss"] == "wgan_gp" else settings["clip"]
    return GANTrainer(
        generator,
        critic,
        tuple(_optimizer(settings, network, device) for network in (generator, critic)),
        loss=settings["loss"],
        batch_size=settings["batch_size"],
        critic_steps=settings["critic_steps"],
        joint=settings["architecture"] == "pg_cgan",
        penalty=settings["gradient_penalty"],
        clipped={None: [], "all": critic.parameters(), "conv": _kernels(critic)}[clip],
        clip_value=settings["clip_value"],
        averaging=settings["averaging"],
    )


def make_networks(settings, n_variants, n_populations):
    """Build generator and critic, untrained."""
    make = _mlp if settings["architecture"] == "mlp" else _pg_cgan
    return make(settings, n_variants, n_populations)


@torch.no_grad()
def draw_haplotypes(generator, codes, rng):
    """Make one individual per entry of ``codes``: haplotypes int8 (2 * n, n_variants).

    The noise comes from ``rng``, so that torch's generators are left alone.
    """
    training, device = generator.training, next(generator.parameters()).device
    generator.eval()
    labels, parts = np.repeat(codes, generator.rows_per_person), []
    n_rows = int(np.clip(_BLOCK // generator.n_variants, 16, 4096))
    for start in range(0, len(labels), n_rows):
        block = torch.from_numpy(labels[start : start + n_rows]).to(device)
        noise = torch.from_numpy(rng.standard_normal((len(block), generator.noise_dim), dtype=np.float32)).to(device)
        parts.append(generator.states(generator(noise, block)).cpu().numpy())
    generator.train(training)
    states = np.concatenate(parts)
    return states if generator.rows_per_person == 2 else to_haplotypes(states, "phased")


def _check_architecture(gan, defaults):
    for other, values in _DEFAULTS.items():
        for name in sorted(values.keys() - defaults.keys()):
            if getattr(gan, name) is not None:
                raise ValueError(
                    f"{name}={getattr(gan, name)!r} belongs to architecture={other!r}; leave it out for "
                    f"architecture={gan.architecture!r}"
                )


def _check_units(settings):
    for name in ("generator_units", "critic_units"):
        units = settings.get(name, (1,))
        if not units or not all(is_whole(width) and width > 0 for width in units):
            raise ValueError(f"{name} must be one or more positive widths, for example (512, 256), got {units!r}")


def _check_clip(settings):
    if settings["loss"] == "wgan_gp":
        return
    if settings["clip"] == "conv" and settings["architecture"] != "pg_cgan":
        raise ValueError(
            "clip='conv' belongs to architecture='pg_cgan'; the critic of 'mlp' has no convolutions, use clip='all'"
        )
    if settings["clip"] is None and settings["loss"] == "wgan_clip":
        raise ValueError("clip=None leaves the critic of loss='wgan_clip' without a bound; use clip='all' or 'conv'")


def _mlp(settings, n_variants, n_populations):
    generator = HaplotypeGenerator(
        n_variants, n_populations, noise_dim=settings["noise_dim"], units=settings["generator_units"]
    )
    return generator, HaplotypeCritic(
        n_variants, n_populations, units=settings["critic_units"], dropout=settings["dropout"]
    )


def _pg_cgan(settings, n_variants, n_populations):
    generator = PGcGANGenerator(n_variants, n_populations, noise_dim=settings["noise_dim"])
    return generator, PGcGANCritic(n_variants, n_populations, dropout=settings["dropout"])


def _optimizer(settings, network, device):
    if settings["architecture"] == "mlp":
        fused = device.type in ("cpu", "cuda")
        return torch.optim.Adam(network.parameters(), lr=settings["lr"], betas=(0.0, 0.9), fused=fused)
    # Keras' constants, which the published rate goes with
    return torch.optim.RMSprop(network.parameters(), lr=settings["lr"], alpha=0.9, eps=1e-7)


def _kernels(critic):
    return [layer.weight for layer in getattr(critic, "convolutions", ())]
