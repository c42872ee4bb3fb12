"""What the models of a comparison are made of, and what their fits cost."""

from seqaug_sklearn.evaluation._model_parts._costs import (
    NETWORKS,
    POOLED,
    REPEATS,
    Size,
    bag_size,
    fit_seconds,
    grown,
    repeats_by_size,
    rounds_of,
    usual_epochs,
    whole_size,
    windows_size,
)
from seqaug_sklearn.evaluation._model_parts._front_steps import behind, flat_one_hot, kmer_counts, positional_kmers
from seqaug_sklearn.evaluation._model_parts._networks import network
from seqaug_sklearn.evaluation._model_parts._number_models import regressor_of, regressor_of_windows
from seqaug_sklearn.evaluation._model_parts._per_target import PerTargetClassifier, PerTargetRegressor
from seqaug_sklearn.evaluation._model_parts._trivial_models import trivial_model

__all__ = [
    "NETWORKS",
    "POOLED",
    "REPEATS",
    "PerTargetClassifier",
    "PerTargetRegressor",
    "Size",
    "bag_size",
    "behind",
    "fit_seconds",
    "flat_one_hot",
    "grown",
    "kmer_counts",
    "network",
    "positional_kmers",
    "regressor_of",
    "regressor_of_windows",
    "repeats_by_size",
    "rounds_of",
    "trivial_model",
    "usual_epochs",
    "whole_size",
    "windows_size",
]
