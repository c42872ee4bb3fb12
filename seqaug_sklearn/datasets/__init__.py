"""Data in: FASTA files, annotated genomes, genotypes and variants, and simulated data."""

from seqaug_sklearn.datasets._fasta import read_fasta, read_fasta_blocks, read_fasta_headers
from seqaug_sklearn.datasets._genomes import (
    PLASTOMES,
    RegionReport,
    feature_sequences,
    fetch_plastome,
    protein_sequences,
    read_annotation,
    read_genbank,
    region_report,
    upstream_regions,
)
from seqaug_sklearn.datasets._individuals import (
    PG_CGAN_SUPER_POPULATIONS,
    SUPER_POPULATIONS,
    read_genotypes,
    write_vcf,
)
from seqaug_sklearn.datasets._orthologs import read_orthologs
from seqaug_sklearn.datasets._read_pairs import read_pairs, write_pairs
from seqaug_sklearn.datasets._read_variants import read_variants
from seqaug_sklearn.datasets._simulated import (
    ActivityRule,
    ActivitySet,
    PairSet,
    PromoterSet,
    make_activity,
    make_genotypes,
    make_pairs,
    make_plastome,
    make_promoters,
)
from seqaug_sklearn.datasets._write_fasta import write_fasta
from seqaug_sklearn.genotypes import GenotypeSet

__all__ = [
    "PG_CGAN_SUPER_POPULATIONS",
    "PLASTOMES",
    "SUPER_POPULATIONS",
    "ActivityRule",
    "ActivitySet",
    "GenotypeSet",
    "PairSet",
    "PromoterSet",
    "RegionReport",
    "feature_sequences",
    "fetch_plastome",
    "make_activity",
    "make_genotypes",
    "make_pairs",
    "make_plastome",
    "make_promoters",
    "protein_sequences",
    "read_annotation",
    "read_fasta",
    "read_fasta_blocks",
    "read_fasta_headers",
    "read_genbank",
    "read_genotypes",
    "read_orthologs",
    "read_pairs",
    "read_variants",
    "region_report",
    "upstream_regions",
    "write_fasta",
    "write_pairs",
    "write_vcf",
]
