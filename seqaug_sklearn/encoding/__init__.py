"""Encoding of text as numbers: one-hot arrays, other strands, windows, shuffled sequences; covariates and genotypes.

Classes are transformers for pipelines; functions do the same to arrays at hand.
"""

from seqaug_sklearn.encoding._covariates import CovariateEncoder, covariates_of
from seqaug_sklearn.encoding._encoder import OneHotEncoder
from seqaug_sklearn.encoding._genotypes import genotype_one_hot, recode_genotypes
from seqaug_sklearn.encoding._one_hot import decode, one_hot
from seqaug_sklearn.encoding._shuffle import dinucleotide_shuffle, kmer_shuffle
from seqaug_sklearn.encoding._strands import reverse_complement
from seqaug_sklearn.encoding._windows import sliding_windows

SequenceOneHotEncoder = OneHotEncoder
"""The same class, for files that also import scikit-learn's ``OneHotEncoder``."""

__all__ = [
    "CovariateEncoder",
    "OneHotEncoder",
    "SequenceOneHotEncoder",
    "covariates_of",
    "decode",
    "dinucleotide_shuffle",
    "genotype_one_hot",
    "kmer_shuffle",
    "one_hot",
    "recode_genotypes",
    "reverse_complement",
    "sliding_windows",
]
