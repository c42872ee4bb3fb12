"""Similarity of sequences without alignment: shared k-mers, groups of similar sequences, shared substrings."""

from seqaug_sklearn.similarity._kmer_similarity import KmerSimilarity

__all__ = ["KmerSimilarity"]
