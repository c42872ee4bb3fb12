"""Figures of a comparison of models: scores, differences, two splits, curves."""

from seqaug_sklearn.plotting._comparison._binary_curves import BinaryCurvesDisplay
from seqaug_sklearn.plotting._comparison._confusion import confusion_figure
from seqaug_sklearn.plotting._comparison._differences import ScoreDifferencesDisplay
from seqaug_sklearn.plotting._comparison._dots import ScoreDotsDisplay
from seqaug_sklearn.plotting._comparison._reliability import ReliabilityDisplay
from seqaug_sklearn.plotting._comparison._two_splits import TwoSplitsDisplay

__all__ = [
    "BinaryCurvesDisplay",
    "ReliabilityDisplay",
    "ScoreDifferencesDisplay",
    "ScoreDotsDisplay",
    "TwoSplitsDisplay",
    "confusion_figure",
]
