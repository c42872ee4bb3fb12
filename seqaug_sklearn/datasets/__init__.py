"""Sequences in: FASTA and GenBank files, chloroplast genomes from NCBI, and simulated data."""

from seqaug_sklearn.datasets._fasta import read_fasta
from seqaug_sklearn.datasets._genbank import read_genbank
from seqaug_sklearn.datasets._make_plastome import make_plastome
from seqaug_sklearn.datasets._make_promoters import PromoterSet, make_promoters
from seqaug_sklearn.datasets._overlaps import RegionReport, region_report
from seqaug_sklearn.datasets._plastomes import PLASTOMES, fetch_plastome
from seqaug_sklearn.datasets._proteins import protein_sequences
from seqaug_sklearn.datasets._upstream import upstream_regions

__all__ = [
    "PLASTOMES",
    "PromoterSet",
    "RegionReport",
    "fetch_plastome",
    "make_plastome",
    "make_promoters",
    "protein_sequences",
    "read_fasta",
    "read_genbank",
    "region_report",
    "upstream_regions",
]
