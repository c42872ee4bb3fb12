"""Models to keep: the search for one, its calibration, and what is known of its limits."""

from seqaug_sklearn.evaluation._kept_models._averaged import AveragedClassifier, AveragedRegressor
from seqaug_sklearn.evaluation._kept_models._calibrator import ProbabilityCalibrator
from seqaug_sklearn.evaluation._kept_models._candidates import seconds_of_fit
from seqaug_sklearn.evaluation._kept_models._chosen_model import ChoosingEstimator
from seqaug_sklearn.evaluation._kept_models._inner_predictions import check_metric, mean_score
from seqaug_sklearn.evaluation._kept_models._interval_calibrator import IntervalCalibrator
from seqaug_sklearn.evaluation._kept_models._prediction_scores import score_predictions
from seqaug_sklearn.evaluation._kept_models._refit import fit_on_all, folds_of_smallest_class
from seqaug_sklearn.evaluation._kept_models._search import ModelSearch
from seqaug_sklearn.evaluation._kept_models._sequence_model import SequenceModel
from seqaug_sklearn.evaluation._kept_models._target_kinds import fit_values, known_rows, target_of

__all__ = [
    "AveragedClassifier",
    "AveragedRegressor",
    "ChoosingEstimator",
    "IntervalCalibrator",
    "ModelSearch",
    "ProbabilityCalibrator",
    "SequenceModel",
    "check_metric",
    "fit_on_all",
    "fit_values",
    "folds_of_smallest_class",
    "known_rows",
    "mean_score",
    "score_predictions",
    "seconds_of_fit",
    "target_of",
]
