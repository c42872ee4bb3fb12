"""Simulated data: promoters, regulatory activity, pairs, genomes and genotypes."""

from seqaug_sklearn.datasets._simulated._activity_rule import ActivityRule
from seqaug_sklearn.datasets._simulated._activity_set import ActivitySet
from seqaug_sklearn.datasets._simulated._make_activity import make_activity
from seqaug_sklearn.datasets._simulated._make_genotypes import make_genotypes
from seqaug_sklearn.datasets._simulated._make_pairs import PairSet, make_pairs
from seqaug_sklearn.datasets._simulated._make_plastome import make_plastome
from seqaug_sklearn.datasets._simulated._make_promoters import PromoterSet, make_promoters

__all__ = [
    "ActivityRule",
    "ActivitySet",
    "PairSet",
    "PromoterSet",
    "make_activity",
    "make_genotypes",
    "make_pairs",
    "make_plastome",
    "make_promoters",
]
