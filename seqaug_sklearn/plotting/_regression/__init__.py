"""Figures of predicted numbers and of several targets: predicted against true, residuals, scores of each target."""

from seqaug_sklearn.plotting._regression._predicted_true import PredictedTrueDisplay
from seqaug_sklearn.plotting._regression._residuals import ResidualsBySimilarityDisplay
from seqaug_sklearn.plotting._regression._target_scores import TargetScoresDisplay

__all__ = ["PredictedTrueDisplay", "ResidualsBySimilarityDisplay", "TargetScoresDisplay"]
