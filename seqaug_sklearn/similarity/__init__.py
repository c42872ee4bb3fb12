"""Similarity of sequences: shared k-mers, clusters, groups for splitting, shared substrings, aligned homologs."""

from seqaug_sklearn.similarity._applicability_domain import ApplicabilityDomain
from seqaug_sklearn.similarity._clustering import cluster_sequences
from seqaug_sklearn.similarity._default_thresholds import USUAL_SHARE, usual_k, usual_run
from seqaug_sklearn.similarity._groups import similarity_groups
from seqaug_sklearn.similarity._homologs import (
    Alignments,
    HomologIndex,
    HomologPairs,
    SecondStage,
    check_homologs,
    mark_tags,
)
from seqaug_sklearn.similarity._kmer_similarity import KmerSimilarity
from seqaug_sklearn.similarity._nearest_sequence import NearestSequenceClassifier, memoriser
from seqaug_sklearn.similarity._nearest_sequence_regressor import NearestSequenceRegressor
from seqaug_sklearn.similarity._relatives import Relatives, find_relatives
from seqaug_sklearn.similarity._sequence_clusters import SequenceClusters
from seqaug_sklearn.similarity._shared_runs import SharedRuns, longest_shared_substring
from seqaug_sklearn.similarity._substrings import SubstringIndex, mark_low_complexity, windows_sharing

__all__ = [
    "USUAL_SHARE",
    "Alignments",
    "ApplicabilityDomain",
    "HomologIndex",
    "HomologPairs",
    "KmerSimilarity",
    "NearestSequenceClassifier",
    "NearestSequenceRegressor",
    "Relatives",
    "SecondStage",
    "SequenceClusters",
    "SharedRuns",
    "SubstringIndex",
    "check_homologs",
    "cluster_sequences",
    "find_relatives",
    "longest_shared_substring",
    "mark_low_complexity",
    "mark_tags",
    "memoriser",
    "similarity_groups",
    "usual_k",
    "usual_run",
    "windows_sharing",
]
