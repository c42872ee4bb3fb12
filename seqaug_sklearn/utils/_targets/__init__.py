"""What a model is to predict: classes, numbers, or several labels, read and checked."""

from seqaug_sklearn.utils._targets._class_labels import (
    check_class_labels,
    check_not_missing,
    if_measured,
    is_measurement,
    read_number,
)
from seqaug_sklearn.utils._targets._number_cells import holds_numbers, known_rows
from seqaug_sklearn.utils._targets._strata import Strata, strata_of
from seqaug_sklearn.utils._targets._target import (
    TARGET_WORDS,
    TASKS,
    Target,
    check_known_classes,
    n_targets,
    read_target,
)

__all__ = [
    "TARGET_WORDS",
    "TASKS",
    "Strata",
    "Target",
    "check_class_labels",
    "check_known_classes",
    "check_not_missing",
    "holds_numbers",
    "if_measured",
    "is_measurement",
    "known_rows",
    "n_targets",
    "read_number",
    "read_target",
    "strata_of",
]
