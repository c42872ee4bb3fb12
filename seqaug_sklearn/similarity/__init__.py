"""Similarity of sequences without alignment: shared k-mers, groups of similar sequences, shared substrings."""

from seqaug_sklearn.similarity._groups import similarity_groups
from seqaug_sklearn.similarity._kmer_similarity import KmerSimilarity
from seqaug_sklearn.similarity._shared_runs import SharedRuns, longest_shared_substring
from seqaug_sklearn.similarity._substrings import SubstringIndex, windows_sharing

__all__ = [
    "KmerSimilarity",
    "SharedRuns",
    "SubstringIndex",
    "longest_shared_substring",
    "similarity_groups",
    "windows_sharing",
]
