"""Scores on weighted rows, for many weightings at once.

A score without one group, a bootstrap resample and the plain score differ only in how much each row counts, so every
score takes ``weights`` of shape (n_weightings, n_rows). Greater is better for all of them.
"""

from seqaug_sklearn.evaluation._metrics._class_rows import FoldRows, squared_errors
from seqaug_sklearn.evaluation._metrics._folds import (
    Rows,
    cut_rows,
    joined_rows,
    leave_one_out,
    mean_over_folds,
    pair_units,
    score_rows,
)
from seqaug_sklearn.evaluation._metrics._label_rows import LabelRows
from seqaug_sklearn.evaluation._metrics._names import (
    BINARY_METRICS,
    ERROR_METRICS,
    HEADLINES,
    LABEL_METRICS,
    METRICS,
    MULTILABEL_METRICS,
    NUMBER_METRICS,
    PROBABILITY_METRICS,
    RANK_METRICS,
    metrics_for,
    metrics_of,
)
from seqaug_sklearn.evaluation._metrics._number_rows import NumberRows, can_be_ranked

__all__ = [
    "BINARY_METRICS",
    "ERROR_METRICS",
    "HEADLINES",
    "LABEL_METRICS",
    "METRICS",
    "MULTILABEL_METRICS",
    "NUMBER_METRICS",
    "PROBABILITY_METRICS",
    "RANK_METRICS",
    "FoldRows",
    "LabelRows",
    "NumberRows",
    "Rows",
    "can_be_ranked",
    "cut_rows",
    "joined_rows",
    "leave_one_out",
    "mean_over_folds",
    "metrics_for",
    "metrics_of",
    "pair_units",
    "score_rows",
    "squared_errors",
]
