"""Genotypes of individuals: the arrays and their encodings, sets with labels, numbers that compare groups.

They come in by one door (``check_genotypes``, ``read_individuals``, ``recode_genotypes`` and the class itself), which
checks every value once; all other functions trust what they are given.
"""

from seqaug_sklearn.genotypes import _metrics as genotype_metrics
from seqaug_sklearn.genotypes._arrays import dosages, from_haplotypes, minor_allele_frequencies, to_haplotypes
from seqaug_sklearn.genotypes._copies import (
    MEMBERSHIP_LIMIT,
    NEAR_COPY,
    many_copies_fault,
    membership_fault,
    most_exposed_fault,
)
from seqaug_sklearn.genotypes._genotype_set import GenotypeSet, sample_names, trusted_set
from seqaug_sklearn.genotypes._reading import (
    check_genotypes,
    is_genotype_set,
    read_individuals,
    recode_genotypes,
    warn_of_encoding,
)

__all__ = [
    "MEMBERSHIP_LIMIT",
    "NEAR_COPY",
    "GenotypeSet",
    "check_genotypes",
    "dosages",
    "from_haplotypes",
    "genotype_metrics",
    "is_genotype_set",
    "many_copies_fault",
    "membership_fault",
    "minor_allele_frequencies",
    "most_exposed_fault",
    "read_individuals",
    "recode_genotypes",
    "sample_names",
    "to_haplotypes",
    "trusted_set",
    "warn_of_encoding",
]
