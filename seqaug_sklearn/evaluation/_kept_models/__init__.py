"""Models to keep: the search for one, its calibration, and what is known of its limits."""

from seqaug_sklearn.evaluation._kept_models._averaged import AveragedClassifier, AveragedRegressor
from seqaug_sklearn.evaluation._kept_models._calibrator import ProbabilityCalibrator
from seqaug_sklearn.evaluation._kept_models._interval_calibrator import IntervalCalibrator
from seqaug_sklearn.evaluation._kept_models._prediction_scores import score_predictions
from seqaug_sklearn.evaluation._kept_models._search import ModelSearch
from seqaug_sklearn.evaluation._kept_models._sequence_model import SequenceModel

__all__ = [
    "AveragedClassifier",
    "AveragedRegressor",
    "IntervalCalibrator",
    "ModelSearch",
    "ProbabilityCalibrator",
    "SequenceModel",
    "score_predictions",
]
