"""New individuals from a generative adversarial network, for a chosen population."""

import copy
import os
from typing import ClassVar

import numpy as np
import pandas as pd
import torch

from seqaug_sklearn.augmentation._genotypes._base import GenotypeSampler
from seqaug_sklearn.augmentation._genotypes._gan_checkpoint import Checkpoint, check_continues, fingerprint
from seqaug_sklearn.augmentation._genotypes._gan_score import HeldOutScore
from seqaug_sklearn.augmentation._genotypes._gan_setup import (
    TrainingRows,
    draw_haplotypes,
    hold_out,
    make_networks,
    make_trainer,
    resolve_settings,
)
from seqaug_sklearn.augmentation._genotypes._gan_training import TrainingRun
from seqaug_sklearn.exceptions import DeviceError, NoValidationWarning
from seqaug_sklearn.genotypes import from_haplotypes, to_haplotypes
from seqaug_sklearn.neural import restored_modules
from seqaug_sklearn.published import PG_CGAN
from seqaug_sklearn.utils import draw_seed, resolve_device, torch_seed_scope, warn
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions

__all__ = ["PG_CGAN_PUBLISHED", "GenotypeGAN"]

PG_CGAN_PUBLISHED = {
    "architecture": "pg_cgan",
    "loss": "wgan_clip",
    # of the critic, the two convolution kernels only
    "clip": "conv",
    "clip_value": PG_CGAN["weight_clip"],
    "noise_dim": PG_CGAN["noise_size"],
    "dropout": PG_CGAN["dropout"],
    "lr": PG_CGAN["lr"],
    "batch_size": PG_CGAN["batch_size"],
    "critic_steps": PG_CGAN["critic_steps"],
    "max_epochs": PG_CGAN["max_epochs"],
    "averaging": 0.0,
    "recombine": False,
    # everyone is trained on, for a fixed number of epochs, and the last weights are kept
    "validation_fraction": PG_CGAN["validation_fraction"],
    "patience": None,
}
"""Keyword arguments of :class:`GenotypeGAN` for PG-cGAN and its training as its notebook has them."""

_SCORED_PEOPLE = 500
_CHANGEABLE = ("max_epochs", "monitor_every")  # in a resumed training; check_continues sees to the rest


class GenotypeGAN(GenotypeSampler):
    """Make new individuals with a conditional generative adversarial network.

    Train it on training individuals only, and measure what it makes with ``genotype_fidelity`` before it is shared:
    no generator is anonymous because it is a network. :class:`HaplotypeMosaic` needs no training and is the method to
    beat on a linked region.

    ``architecture="mlp"`` makes haplotypes: a dense generator of noise and population label against a dense critic with
    projection [1]_, a Wasserstein GAN with gradient penalty [2]_. An individual is two haplotypes drawn independently
    of each other, so Hardy-Weinberg proportions hold by construction. ``architecture="pg_cgan"`` has the networks of
    PG-cGAN [3]_, on phased genotypes of four states, generalised to any number of variants; with the other parameters'
    defaults all of the critic is clipped, and the weights of the best score are kept.
    ``GenotypeGAN(**PG_CGAN_PUBLISHED)`` is PG-cGAN as published.

    Parameters
    ----------
    architecture : {"mlp", "pg_cgan"}, default="mlp"
        Which networks. What is None below takes the architecture's own default.
    loss : {"wgan_gp", "wgan_clip", "hinge"} or None, default=None
        Difference of mean scores with gradient penalty (``"mlp"``) or with clipped weights (``"pg_cgan"``), or hinge on
        ±1 with clipped weights (PG-cGAN's other loss, for the generator ``mean(max(0, 1 - score))``).
    noise_dim : int or None, default=None
        Entries of the noise; 64 (``"mlp"``) or 100.
    generator_units, critic_units : tuple of int or None, default=None
        Widths of the hidden layers of ``"mlp"``: (768, 768) and (512, 256). PG-cGAN's layers are fixed.
    dropout : float or None, default=None
        Dropout in the critic: on its input, and for ``"pg_cgan"`` after each convolution. 0.3 for both.
    lr : float or None, default=None
        Learning rate of both networks; 5e-4 with Adam(0, 0.9) for ``"mlp"``, 5e-5 with RMSprop(0.9) for ``"pg_cgan"``.
    batch_size : int or None, default=None
        Rows per step: 128 haplotypes (``"mlp"``) or 64 individuals.
    critic_steps : int or None, default=None
        Steps of the critic before each of the generator: 2 for ``"mlp"``, each on rows of its own; 4 for ``"pg_cgan"``,
        on the same rows, and then a joint step of both.
    max_epochs : int or None, default=None
        Epochs at most; in one, every row is real once (``"mlp"``: ``critic_steps`` times). None: 50, and for ``"mlp"``
        as many as give 1,350 steps of the generator where individuals are few.
    gradient_penalty : float, default=10
        Weight of the penalty of ``"wgan_gp"``.
    clip : {"all", "conv"} or None, default="all"
        Which weights of the critic ``"wgan_clip"`` and ``"hinge"`` clip: all, or as published only the kernels of
        PG-cGAN's convolutions (the loss then grows without bound). None, for ``"hinge"`` only: nothing.
    clip_value : float, default=0.01
        Largest absolute value of clipped weights.
    averaging : float or None, default=None
        Decay per step of the running average of the generator's weights that is scored and kept; 0.99 for ``"mlp"``, 0
        for ``"pg_cgan"``: the weights themselves.
    recombine : bool or None, default=None
        Train on mosaics of the training haplotypes, new ones in every epoch (:class:`HaplotypeMosaic` with its
        defaults), in place of the haplotypes themselves, so that individuals are hardly memorised (where few
        share a piece, mosaics too are copies). None: True for ``"mlp"``, False for ``"pg_cgan"``.
    validation_fraction : float or None, default=0.1
        Share of each population's individuals held out for the score. Populations where that is fewer than two
        individuals have none. None: no score, all individuals are trained on, and the last weights are kept.
    monitor_every : int or None, default=None
        Epochs between scores; None gives about 50 scores.
    patience : int or None, default=15
        Stop after this many scores without improvement; None never stops. The weights of the best score are kept.
    checkpoint : str, path-like or None, default=None
        File in which the training is kept. Where it exists, ``fit`` continues from it and ends with the same weights as
        without the interruption; it must come from the same settings and data. A larger ``max_epochs`` is taken, and
        ends with the weights of one training of that length: ``monitor_every`` must be the same then. Delete the file
        for a new training.
    checkpoint_every : int, default=10
        Epochs between writing it; it is also written at the end.
    encoding : {"phased", "haplotype"}, default="phased"
        What the values of X mean, and of what is returned: 0 to 3 for ``0|0``, ``0|1``, ``1|0``, ``1|1``, or haplotypes
        of 0 and 1 with two neighbouring rows per individual. Allele counts (``"dosage"``) are refused: they do not say
        which chromosome carries an allele.
    sampling_strategy : float, str, dict or callable, default="auto"
        Which populations ``fit_resample`` fills up, as in imbalanced-learn; it counts individuals.
    device : str, default="auto"
        Where it trains and samples: "cpu", "cuda", "cuda:1", "mps", or the best that is there. The fitted networks stay
        on the CPU, and sampling uses the CPU where the device is not there.
    verbose : int, default=0
        Whether progress is shown.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness. The same seed gives the same individuals on one machine, device and number of threads.

    Attributes
    ----------
    generator_ : torch.nn.Module
        The kept generator, in evaluation mode.
    critic_ : torch.nn.Module
        The critic at the end of the training.
    history_ : DataFrame
        Per epoch: ``epoch``, ``critic_loss``, ``generator_loss``, ``seconds``, and where it was scored
        ``frequency_error``, ``ld_error``, ``pca_error`` and ``score``, else NaN (see Notes).
    n_epochs_ : int
        Epochs trained.
    best_epoch_ : int or None
        Epoch whose weights are kept; None where nothing was scored: the last.
    held_out_ : ndarray of int
        Individuals (numbers in X) held out for the score.
    populations_ : ndarray of shape (n_populations,)
        Sorted labels.
    population_counts_ : ndarray of int of shape (n_populations,)
        Individuals of each in training, held-out ones included.
    seed_ : int
        Seed that ``sample`` uses.
    sampling_strategy_ : dict
        New individuals per population of the last ``fit_resample``.
    sample_indices_ : ndarray of int of shape (n_samples_new,)
        Row of X behind each row of the last ``fit_resample``; -1 for new individuals.
    n_features_in_ : int
        Number of variants.
    feature_names_in_ : ndarray of str of shape (n_variants,)
        Names of the variants, where X was a DataFrame with such.

    See Also
    --------
    HaplotypeMosaic : Copies pieces of real haplotypes; no training.
    seqaug_sklearn.evaluation.genotype_fidelity : How real and how private the new individuals are.

    Notes
    -----
    The score is the distance of generated to held-out individuals as a multiple of the training individuals': the
    geometric mean of the ratios of three errors (allele frequency; mean r² by distance; quantiles on ten principal
    components). 1 is as good as real individuals, smaller is better.

    What ``"mlp"`` has beyond a plain WGAN-GP was chosen on 1000 Genomes, 742 variants in strong linkage: batch
    normalisation in the generator, output rounded to alleles with straight-through gradients (the critic otherwise
    learns fractions), averaged weights and two steps of the critic instead of five bring linkage closer in the same
    training time. Recombined haplotypes, and dropout, keep new individuals from coming nearer to training individuals
    than to others, which they otherwise do the longer it is trained. Training takes some 75 seconds of one processor
    there.

    References
    ----------
    .. [1] Miyato, T. and Koyama, M., cGANs with projection discriminator, ICLR 2018, arXiv 1802.05637.
    .. [2] Gulrajani, I. et al., Improved training of Wasserstein GANs, NeurIPS 2017, arXiv 1704.00028.
    .. [3] Chen, J., Mowlaei, M. E. and Shi, X., Population-scale genomic data augmentation based on conditional
       generative adversarial networks, BCB 2020, doi 10.1145/3388440.3412475, Fig. 1.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.augmentation import GenotypeGAN
    >>> rng = np.random.default_rng(0)
    >>> X = rng.integers(0, 4, (30, 8), dtype=np.int8)
    >>> y = np.repeat(["north", "south"], [20, 10])
    >>> gan = GenotypeGAN(generator_units=(8,), critic_units=(8,), max_epochs=2, validation_fraction=None)
    >>> individuals, populations = gan.fit(X, y).sample(3, "south")
    >>> individuals.shape, populations.tolist()
    ((3, 8), ['south', 'south', 'south'])
    """

    _parameter_constraints: ClassVar[dict] = {
        **GenotypeSampler._parameter_constraints,
        "architecture": [StrOptions({"mlp", "pg_cgan"})],
        "loss": [StrOptions({"wgan_gp", "wgan_clip", "hinge"}), None],
        "noise_dim": [Interval(Integral, 1, None, closed="left"), None],
        "generator_units": [tuple, list, None],
        "critic_units": [tuple, list, None],
        "dropout": [Interval(Real, 0, 1, closed="left"), None],
        "lr": [Interval(Real, 0, None, closed="neither"), None],
        "batch_size": [Interval(Integral, 2, None, closed="left"), None],
        "critic_steps": [Interval(Integral, 1, None, closed="left"), None],
        "max_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "gradient_penalty": [Interval(Real, 0, None, closed="left")],
        "clip": [StrOptions({"all", "conv"}), None],
        "clip_value": [Interval(Real, 0, None, closed="neither")],
        "averaging": [Interval(Real, 0, 1, closed="left"), None],
        "recombine": ["boolean", None],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "monitor_every": [Interval(Integral, 1, None, closed="left"), None],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "checkpoint": [str, os.PathLike, None],
        "checkpoint_every": [Interval(Integral, 1, None, closed="left")],
        "device": "no_validation",  # read by resolve_device: a name, or a torch.device
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        architecture="mlp",
        *,
        loss=None,
        noise_dim=None,
        generator_units=None,
        critic_units=None,
        dropout=None,
        lr=None,
        batch_size=None,
        critic_steps=None,
        max_epochs=None,
        gradient_penalty=10.0,
        clip="all",
        clip_value=0.01,
        averaging=None,
        recombine=None,
        validation_fraction=0.1,
        monitor_every=None,
        patience=15,
        checkpoint=None,
        checkpoint_every=10,
        encoding="phased",
        sampling_strategy="auto",
        device="auto",
        verbose=0,
        random_state=None,
    ):
        self.architecture = architecture
        self.loss = loss
        self.noise_dim = noise_dim
        self.generator_units = generator_units
        self.critic_units = critic_units
        self.dropout = dropout
        self.lr = lr
        self.batch_size = batch_size
        self.critic_steps = critic_steps
        self.max_epochs = max_epochs
        self.gradient_penalty = gradient_penalty
        self.clip = clip
        self.clip_value = clip_value
        self.averaging = averaging
        self.recombine = recombine
        self.validation_fraction = validation_fraction
        self.monitor_every = monitor_every
        self.patience = patience
        self.checkpoint = checkpoint
        self.checkpoint_every = checkpoint_every
        self.encoding = encoding
        self.sampling_strategy = sampling_strategy
        self.device = device
        self.verbose = verbose
        self.random_state = random_state

    def _fit(self, X, codes, rng):
        settings = resolve_settings(self, len(codes))
        device = resolve_device(self.device)
        haplotypes = to_haplotypes(X, self.encoding)
        seed = draw_seed(rng)
        checkpoint = self._open_checkpoint(settings, haplotypes, codes, seed, device)
        saved = None if checkpoint is None else checkpoint.load(device)
        if saved is not None:
            check_continues(self.checkpoint, saved, settings)
        seed = seed if saved is None else saved["seed"]
        held_out = hold_out(codes, self.validation_fraction, np.random.default_rng(seed))
        score = self._make_score(haplotypes, codes, held_out, seed)
        rows = TrainingRows(settings, haplotypes[np.repeat(~held_out, 2)], codes[~held_out], seed, device)
        with torch_seed_scope(seed, device):
            run = TrainingRun(
                make_trainer(settings, rows.states, len(self.populations_), device),
                score,
                seed=seed,
                max_epochs=settings["max_epochs"],
                monitor_every=settings["monitor_every"],
                patience=settings["patience"],
                checkpoint=checkpoint,
                checkpoint_every=self.checkpoint_every,
                verbose=bool(self.verbose),
            )
            if saved is not None:
                run.load_state_dict(saved)
            run.train(rows)
        self.held_out_ = np.flatnonzero(held_out)
        self._keep(run)

    def _sample(self, codes, rng):
        try:
            device = resolve_device(self.device)
        except DeviceError:  # trained elsewhere
            device = torch.device("cpu")
        generator = self.generator_ if device.type == "cpu" else copy.deepcopy(self.generator_).to(device)
        return from_haplotypes(draw_haplotypes(generator, codes, rng), self.encoding)

    def _open_checkpoint(self, settings, haplotypes, codes, seed, device):
        if self.checkpoint is None:
            return None
        identity = {
            **{name: fingerprint(value) for name, value in settings.items() if name not in _CHANGEABLE},
            "X": fingerprint(haplotypes),
            "y": fingerprint(codes) + fingerprint(self.populations_.tolist()),
            "device": device.type,
            "random_state": "None" if self.random_state is None else str(seed),
        }
        return Checkpoint(self.checkpoint, identity)

    def _make_score(self, haplotypes, codes, held_out, seed):
        """Return the score of a generator, or None where no one is held out."""
        if not held_out.any():
            if self.validation_fraction is not None:
                warn(
                    f"validation_fraction={self.validation_fraction} is fewer than two individuals in every "
                    "population, so the training has no score and no early stop; raise it, or pass "
                    "validation_fraction=None to say that this is meant",
                    NoValidationWarning,
                )
            return None
        rows = np.repeat(held_out, 2)
        distance = HeldOutScore(haplotypes[~rows], codes[~held_out], haplotypes[rows], codes[held_out])
        wanted = np.repeat(codes[held_out], -(-_SCORED_PEOPLE // held_out.sum()))

        def score(generator):
            # the same noise every time: differences are the generator's
            return distance(draw_haplotypes(generator, wanted, np.random.default_rng(seed)), wanted)

        return score

    def _to_kept(self):
        """What was learned, in plain form, for :func:`~seqaug_sklearn.persistence.save_model`."""
        own = vars(self).keys() - self.get_params(deep=False).keys() - {"generator_", "critic_"}
        kept = {name: getattr(self, name) for name in sorted(own)}
        return kept | {"networks_": [self.generator_.state_dict(), self.critic_.state_dict()]}

    def _from_kept(self, kept):
        """Become fitted by what :meth:`_to_kept` gave, with arrays for tensors."""
        states = kept.pop("networks_")
        self.__dict__.update(kept)
        settings = resolve_settings(self, len(self.populations_))

        def build():
            return make_networks(settings, self.n_features_in_, len(self.populations_))

        self.generator_, self.critic_ = restored_modules(build, states)

    def _keep(self, run):
        trainer = run.trainer
        trainer.averaged.load_state_dict(run.weights())
        self.generator_ = trainer.averaged.cpu().eval()
        self.critic_ = trainer.critic.cpu().eval()
        self.history_ = pd.DataFrame(run.history)
        self.n_epochs_, self.best_epoch_ = len(run.history), run.best_epoch
