"""Synthetic genotypes beside real ones: fidelity, privacy, copies, and the report."""

from seqaug_sklearn.evaluation._genotypes._fidelity import GenotypeFidelity, genotype_fidelity
from seqaug_sklearn.evaluation._genotypes._generators import GenotypeComparison, compare_genotype_generators

__all__ = ["GenotypeComparison", "GenotypeFidelity", "compare_genotype_generators", "genotype_fidelity"]
