"""Annotated genomes: GenBank, GFF, GTF and BED files, and the regions, features and proteins in them."""

from seqaug_sklearn.datasets._genomes._feature_sequences import feature_sequences
from seqaug_sklearn.datasets._genomes._genbank import read_genbank
from seqaug_sklearn.datasets._genomes._plastomes import PLASTOMES, fetch_plastome
from seqaug_sklearn.datasets._genomes._proteins import protein_sequences
from seqaug_sklearn.datasets._genomes._read_annotation import read_annotation
from seqaug_sklearn.datasets._genomes._region_report import RegionReport, region_report
from seqaug_sklearn.datasets._genomes._upstream import upstream_regions

__all__ = [
    "PLASTOMES",
    "RegionReport",
    "feature_sequences",
    "fetch_plastome",
    "protein_sequences",
    "read_annotation",
    "read_genbank",
    "region_report",
    "upstream_regions",
]
