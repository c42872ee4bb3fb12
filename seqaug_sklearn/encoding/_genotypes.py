"""Encodings of genotypes."""

import numpy as np

from seqaug_sklearn.genotypes import recode_genotypes
from seqaug_sklearn.utils import require_memory

__all__ = ["genotype_one_hot", "recode_genotypes"]


def genotype_one_hot(G, *, source="phased", dtype=np.float32):
    """One-hot encode phased genotypes into the four channels of PG-cGAN.

    Parameters
    ----------
    G : array-like of int of shape (n_samples, n_variants), or (2 * n_samples, n_variants) for ``"haplotype"``
        Genotypes; -1 is missing.
    source : {"phased", "haplotype"}, default="phased"
        Encoding of G, see :func:`recode_genotypes`. Allele counts have no four states.
    dtype : dtype, default=numpy.float32
        Type of the result.

    Returns
    -------
    ndarray of shape (n_samples, n_variants, 4)
        Channels ``0|0``, ``0|1``, ``1|0``, ``1|1``; all zero where a genotype is missing. ``argmax(axis=2)`` gives the
        phased states of non-missing genotypes back.

    Raises
    ------
    DataFormatError
        If G is not in the source encoding, or holds allele counts.
    InsufficientMemoryError
        If the result is larger than the memory that is free.

    References
    ----------
    Chen et al., "Population-scale genomic data augmentation based on conditional generative adversarial networks",
    BCB 2020, doi 10.1145/3388440.3412475.

    Examples
    --------
    >>> from seqaug_sklearn.encoding import genotype_one_hot
    >>> genotype_one_hot([[0, 2, -1]], dtype=int).tolist()
    [[[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]]
    """
    n_individuals, n_variants = np.shape(G)[0] // (2 if source == "haplotype" else 1), np.shape(G)[-1]
    require_memory(
        float(n_individuals) * n_variants * 4 * np.dtype(dtype).itemsize,
        f"the four channels of {n_individuals} individuals at {n_variants} variants",
        "encode fewer individuals at a time, or pass dtype=numpy.uint8",
    )
    states = recode_genotypes(G, source=source, target="phased")
    return np.vstack([np.eye(4, dtype=dtype), np.zeros((1, 4), dtype)])[states]  # index -1 is the last
