"""Genotypes of individuals: the arrays and their encodings, groups with labels, numbers that compare groups."""

from seqaug_sklearn.genotypes import _metrics as genotype_metrics
from seqaug_sklearn.genotypes._arrays import (
    check_genotypes,
    dosages,
    from_haplotypes,
    recode_genotypes,
    to_haplotypes,
    warn_of_encoding,
)
from seqaug_sklearn.genotypes._copies import MEMBERSHIP_LIMIT, many_copies_fault, membership_fault, most_exposed_fault

__all__ = [
    "MEMBERSHIP_LIMIT",
    "check_genotypes",
    "dosages",
    "from_haplotypes",
    "genotype_metrics",
    "many_copies_fault",
    "membership_fault",
    "most_exposed_fault",
    "recode_genotypes",
    "to_haplotypes",
    "warn_of_encoding",
]
