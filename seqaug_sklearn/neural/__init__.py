"""Machinery of the neural estimators: packing, rows for early stopping, skorch nets, losses, augmentation, bases.

Nothing here is public; the estimators are in ``classification`` and ``regression``.
"""

from seqaug_sklearn.neural._bag_batches import BagData, make_batches
from seqaug_sklearn.neural._batch_augmentation import BatchAugmentation
from seqaug_sklearn.neural._checkpoint import TrainingCheckpoint
from seqaug_sklearn.neural._estimators import (
    FOR_POOLED_BAGS,
    ClassifierHead,
    CNNBiLSTMEstimator,
    MotifCNNEstimator,
    PromoterCNNEstimator,
    RegressorHead,
    ResidualMLPEstimator,
    with_shared_texts,
)
from seqaug_sklearn.neural._inner_leaks import warn_of_members, warn_of_relatives, warn_of_windows
from seqaug_sklearn.neural._kept_state import restored_modules
from seqaug_sklearn.neural._losses import MASKED_LOSSES, MaskedLoss, WeightedLoss
from seqaug_sklearn.neural._mapped_rows import mapped_data, value_range
from seqaug_sklearn.neural._net import (
    EpochMetrics,
    EpochProgress,
    KeepBest,
    Net,
    ReduceOnPlateau,
    WindowBatches,
    WindowData,
)
from seqaug_sklearn.neural._packing import hashed_rows, pack_windows, pad_windows
from seqaug_sklearn.neural._schedules import AverageWeights, OneCycle
from seqaug_sklearn.neural._target_scaler import TargetScaler
from seqaug_sklearn.neural._validation_split import (
    ValidationSplit,
    check_groups,
    split_pair_validation,
    split_validation,
)

__all__ = [
    "FOR_POOLED_BAGS",
    "MASKED_LOSSES",
    "AverageWeights",
    "BagData",
    "BatchAugmentation",
    "CNNBiLSTMEstimator",
    "ClassifierHead",
    "EpochMetrics",
    "EpochProgress",
    "KeepBest",
    "MaskedLoss",
    "MotifCNNEstimator",
    "Net",
    "OneCycle",
    "PromoterCNNEstimator",
    "ReduceOnPlateau",
    "RegressorHead",
    "ResidualMLPEstimator",
    "TargetScaler",
    "TrainingCheckpoint",
    "ValidationSplit",
    "WeightedLoss",
    "WindowBatches",
    "WindowData",
    "check_groups",
    "hashed_rows",
    "make_batches",
    "mapped_data",
    "pack_windows",
    "pad_windows",
    "restored_modules",
    "split_pair_validation",
    "split_validation",
    "value_range",
    "warn_of_members",
    "warn_of_relatives",
    "warn_of_windows",
    "with_shared_texts",
]
