"""Generators and critics of genotypes: dense networks on haplotypes, and PG-cGAN's convolutions on phased states.

All share one interface. An individual is ``generator.rows_per_person`` rows. ``generator(noise, labels)`` gives what
the critic sees, ``critic(x, labels)`` one score per row, ``critic.input_gradient(x, labels)`` the gradient of each
row's score with respect to the row. ``generator.encode`` turns allele codes into what the critic sees,
``generator.states`` what the generator gives into allele codes. Labels are int64 class codes of shape ``(n,)``.
"""

from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

from seqaug_sklearn.networks._dropout import Dropout

__all__ = ["HaplotypeCritic", "HaplotypeGenerator", "PGcGANCritic", "PGcGANGenerator"]

_MLP_SLOPE = 0.2
_PG_SLOPE = 0.3  # LeakyReLU's default in Keras
_PG_KERNELS = (5, 7)  # of the discriminator
_PG_STEPS = 4  # the generator upsamples twice by 2


class HaplotypeGenerator(nn.Module):
    """Dense generator of haplotypes: noise and label in, alleles out.

    Each hidden layer is linear, batch normalisation, LeakyReLU (slope 0.2). The output is rounded to 0 or 1, so that
    the critic cannot tell generated haplotypes by their fractions; gradients pass the rounding unchanged (straight
    through) and reach the allele probabilities before it.

    Parameters
    ----------
    n_variants, n_classes : int
        Variants of a haplotype and population labels.
    noise_dim : int, default=64
        Entries of the noise.
    units : sequence of int, default=(768, 768)
        Widths of the hidden layers.

    Examples
    --------
    >>> import torch
    >>> generator = HaplotypeGenerator(10, 2)
    >>> generator(torch.zeros(3, 64), torch.tensor([0, 1, 1])).shape
    torch.Size([3, 10])
    """

    rows_per_person = 2

    def __init__(self, n_variants, n_classes, *, noise_dim=64, units=(768, 768)):
        super().__init__()
        self.n_variants, self.n_classes, self.noise_dim = n_variants, n_classes, noise_dim
        self.layers, width = nn.Sequential(), noise_dim + n_classes
        for out in units:
            self.layers.extend([nn.Linear(width, out, bias=False), nn.BatchNorm1d(out), nn.LeakyReLU(_MLP_SLOPE)])
            width = out
        self.layers.append(nn.Linear(width, n_variants))

    def forward(self, noise, labels):
        """Map noise (n, noise_dim) to alleles 0 or 1, float (n, n_variants)."""
        one_hot = functional.one_hot(labels, self.n_classes).to(noise.dtype)
        p = torch.sigmoid(self.layers(torch.cat([noise, one_hot], dim=1)))
        return p + ((p > 0.5).to(p.dtype) - p).detach()

    @staticmethod
    def encode(states):
        """Alleles (n, n_variants) as the critic sees them."""
        return states.to(torch.get_default_dtype())

    @staticmethod
    def states(output):
        """Alleles as int8 (n, n_variants)."""
        return (output > 0.5).to(torch.int8)


class HaplotypeCritic(nn.Module):
    """Dense critic with projection: how real a haplotype looks, for its population.

    Two or more dense layers (LeakyReLU, slope 0.2) give features ``h``; the score is ``w . h + b + v(label) . h`` with
    a learned vector ``v`` per label [1]_.

    Parameters
    ----------
    n_variants, n_classes : int
        Variants of a haplotype and population labels.
    units : sequence of int, default=(512, 256)
        Widths of the hidden layers.
    dropout : float, default=0.0
        Dropout on the centred alleles in training: a critic that sees only some of a haplotype's alleles at a time
        memorises less of single haplotypes. The input gradient is taken without it.

    References
    ----------
    .. [1] Miyato, T. and Koyama, M., cGANs with projection discriminator, ICLR 2018, arXiv 1802.05637, equation 3.

    Examples
    --------
    >>> import torch
    >>> HaplotypeCritic(10, 2)(torch.zeros(3, 10), torch.tensor([0, 1, 1])).shape
    torch.Size([3])
    """

    def __init__(self, n_variants, n_classes, *, units=(512, 256), dropout=0.0):
        super().__init__()
        self.register_buffer("center", torch.zeros(n_variants))
        widths = [n_variants, *units]
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.dropout = Dropout(dropout)
        self.output = nn.Linear(widths[-1], 1)
        self.embedding = nn.Embedding(n_classes, widths[-1])

    def forward(self, x, labels):
        """Map haplotypes (n, n_variants) to scores (n,)."""
        h = self.dropout(x - self.center)
        for layer in self.hidden:
            h = functional.leaky_relu(layer(h), _MLP_SLOPE)
        return (h * self._direction(labels)).sum(dim=1) + self.output.bias

    def input_gradient(self, x, labels):
        """Gradient of each score with respect to its haplotype (n, n_variants), differentiable in the weights.

        Written out instead of differentiated twice: between its kinks the network is linear in x, so only the side of
        each kink is needed from the forward pass, and no gradient flows back through it.

        Parameters
        ----------
        x : float tensor of shape (n, n_variants)
            Haplotypes, or mixtures of them.
        labels : int64 tensor of shape (n,)
            Class codes.

        Returns
        -------
        float tensor of shape (n, n_variants)
        """
        slopes = []
        with torch.no_grad():
            h = x - self.center
            for layer in self.hidden:
                h = layer(h)
                slopes.append(torch.where(h > 0, 1.0, _MLP_SLOPE))
                h = h * slopes[-1]
        gradient = self._direction(labels)
        for layer, slope in zip(reversed(self.hidden), reversed(slopes), strict=True):
            gradient = (gradient * slope) @ layer.weight
        return gradient

    def _direction(self, labels):
        return self.output.weight + self.embedding(labels)


class PGcGANGenerator(nn.Module):
    """PG-cGAN's generator: noise times label embedding, a dense layer, three convolutions with two upsamplings.

    The published layers, for any number of variants: the dense layer gives a quarter of them, rounded up, and what
    stands over at the end is cut off.

    Parameters
    ----------
    n_variants, n_classes : int
        Variants (7,160 in the paper) and population labels (5).
    noise_dim : int, default=100
        Entries of the noise.

    References
    ----------
    Chen, J., Mowlaei, M. E. and Shi, X., Population-scale genomic data augmentation based on conditional generative
    adversarial networks, BCB 2020, doi 10.1145/3388440.3412475, Fig. 1.

    Examples
    --------
    >>> import torch
    >>> PGcGANGenerator(10, 2)(torch.zeros(3, 100), torch.tensor([0, 1, 1])).shape
    torch.Size([3, 10, 4])
    """

    rows_per_person = 1

    def __init__(self, n_variants, n_classes, *, noise_dim=100):
        super().__init__()
        self.n_variants, self.noise_dim = n_variants, noise_dim
        self.embedding = nn.Embedding(n_classes, noise_dim)
        self.dense = nn.Linear(noise_dim, 256 * -(-n_variants // _PG_STEPS), bias=False)
        self.convolutions = nn.ModuleList(
            [
                nn.Conv1d(256, 256, 7, padding=3, bias=False),
                nn.Conv1d(256, 128, 5, padding=2, bias=False),
                nn.Conv1d(128, 4, 5, padding=2),
            ]
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(width, eps=2e-5, momentum=0.1) for width in (256, 256, 128))
        _initialise_as_keras(self)

    def forward(self, noise, labels):
        """Map noise (n, noise_dim) to probabilities of the four phased states (n, n_variants, 4)."""
        x = self.dense(noise * self.embedding(labels)).unflatten(1, (256, -1))
        x = functional.leaky_relu(self.norms[0](x), _PG_SLOPE)
        for convolution, norm in zip(self.convolutions, self.norms[1:], strict=False):
            # published: upsample, normalise, activate; doubled entries have the same mean and variance, so this order
            # gives the same at half the work
            x = functional.leaky_relu(norm(convolution(x)), _PG_SLOPE)
            x = x.unsqueeze(3).expand(-1, -1, -1, 2).flatten(2)
        return torch.softmax(self.convolutions[2](x)[:, :, : self.n_variants], dim=1).transpose(1, 2)

    @staticmethod
    def encode(states):
        """Phased states (n, n_variants) as one-hot (n, n_variants, 4)."""
        return functional.one_hot(states.long(), 4).to(torch.get_default_dtype())

    @staticmethod
    def states(output):
        """Phased states 0 to 3 as int8 (n, n_variants)."""
        return output.argmax(dim=2).to(torch.int8)


class PGcGANCritic(nn.Module):
    """PG-cGAN's critic: genotype times label embedding, two convolutions, two dense layers, dropout.

    Parameters
    ----------
    n_variants, n_classes : int
        Variants (7,160 in the paper) and population labels (5).
    dropout : float, default=0.3
        Dropout on the input and after each convolution.

    References
    ----------
    As in :class:`PGcGANGenerator`.

    Examples
    --------
    >>> import torch
    >>> PGcGANCritic(10, 2)(torch.zeros(3, 10, 4), torch.tensor([0, 1, 1])).shape
    torch.Size([3])
    """

    def __init__(self, n_variants, n_classes, *, dropout=0.3):
        super().__init__()
        self.embedding = nn.Embedding(n_classes, 4 * n_variants)
        self.convolutions = nn.ModuleList(
            [nn.Conv1d(4, 64, _PG_KERNELS[0], stride=2), nn.Conv1d(64, 128, _PG_KERNELS[1], stride=2)]
        )
        self.dropout = Dropout(dropout)
        self.hidden = nn.Linear(128 * -(-n_variants // 4), 512)
        self.output = nn.Linear(512, 1)
        _initialise_as_keras(self)

    def forward(self, x, labels):
        """Map one-hot genotypes (n, n_variants, 4) to scores (n,)."""
        x = (x * self.embedding(labels).view_as(x)).transpose(1, 2)
        x = self.dropout(functional.leaky_relu(x, _PG_SLOPE))
        for convolution, kernel_size in zip(self.convolutions, _PG_KERNELS, strict=True):
            x = convolution(_pad_same(x, kernel_size))
            x = self.dropout(functional.leaky_relu(x, _PG_SLOPE))
        x = functional.leaky_relu(self.hidden(x.flatten(1)), _PG_SLOPE)
        return self.output(x)[:, 0]

    def input_gradient(self, x, labels):
        """Gradient of each score with respect to its genotype (n, n_variants, 4), differentiable in the weights."""
        x = x.detach().requires_grad_()
        return torch.autograd.grad(self(x, labels).sum(), x, create_graph=True)[0]


def _pad_same(x, kernel_size):
    """Pad (n, channels, length) for a stride of 2 as Keras does: the odd zero goes to the right."""
    length = x.shape[2]
    missing = max((-(-length // 2) - 1) * 2 + kernel_size - length, 0)
    return functional.pad(x, (missing // 2, missing - missing // 2))


def _initialise_as_keras(module):
    for part in module.modules():
        if isinstance(part, nn.Embedding):
            nn.init.uniform_(part.weight, -0.05, 0.05)
        elif isinstance(part, (nn.Linear, nn.Conv1d)):
            nn.init.xavier_uniform_(part.weight)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
