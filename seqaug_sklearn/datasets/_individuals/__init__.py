"""Genotypes of individuals: VCF, BCF and PLINK files in, VCF files out."""

from seqaug_sklearn.datasets._individuals._genotype_labels import PG_CGAN_SUPER_POPULATIONS, SUPER_POPULATIONS
from seqaug_sklearn.datasets._individuals._read_genotypes import read_genotypes
from seqaug_sklearn.datasets._individuals._write_vcf import write_vcf

__all__ = ["PG_CGAN_SUPER_POPULATIONS", "SUPER_POPULATIONS", "read_genotypes", "write_vcf"]
