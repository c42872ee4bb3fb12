"""Homologs that shared k-mers do not see: seeds, stretches without gaps, alignments with expected numbers by chance."""

from seqaug_sklearn.similarity._homologs._alignment import Alignments
from seqaug_sklearn.similarity._homologs._search import HomologIndex, HomologPairs
from seqaug_sklearn.similarity._homologs._second_stage import SecondStage, check_homologs
from seqaug_sklearn.similarity._homologs._tags import mark_tags

__all__ = ["Alignments", "HomologIndex", "HomologPairs", "SecondStage", "check_homologs", "mark_tags"]
