"""What the models of a comparison are made of, and what their fits cost."""

from seqaug_sklearn.evaluation._model_parts._best_average import BestAverageClassifier
from seqaug_sklearn.evaluation._model_parts._costs import (
    NETWORKS,
    POOLED,
    REPEATS,
    TUNED,
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
from seqaug_sklearn.evaluation._model_parts._feature_classifiers import average_of_classifiers, tuned_classifier
from seqaug_sklearn.evaluation._model_parts._front_steps import behind, features_of, flat_one_hot
from seqaug_sklearn.evaluation._model_parts._networks import network
from seqaug_sklearn.evaluation._model_parts._number_models import regressor_of, regressor_of_windows
from seqaug_sklearn.evaluation._model_parts._per_target import PerTargetClassifier, PerTargetRegressor
from seqaug_sklearn.evaluation._model_parts._trivial_models import trivial_model
from seqaug_sklearn.evaluation._model_parts._tuned import TunedClassifier

__all__ = [
    "NETWORKS",
    "POOLED",
    "REPEATS",
    "TUNED",
    "BestAverageClassifier",
    "PerTargetClassifier",
    "PerTargetRegressor",
    "Size",
    "TunedClassifier",
    "average_of_classifiers",
    "bag_size",
    "behind",
    "features_of",
    "fit_seconds",
    "flat_one_hot",
    "grown",
    "network",
    "regressor_of",
    "regressor_of_windows",
    "repeats_by_size",
    "rounds_of",
    "trivial_model",
    "tuned_classifier",
    "usual_epochs",
    "whole_size",
    "windows_size",
]
