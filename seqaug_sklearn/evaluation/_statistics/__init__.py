"""Statistics of a comparison: pure functions of scores, groups and a seed."""

from seqaug_sklearn.evaluation._statistics._calibration import calibration_error, check_columns
from seqaug_sklearn.evaluation._statistics._expected_power import detectable_difference, expected_power, tell_expected
from seqaug_sklearn.evaluation._statistics._group_t_test import (
    GroupTTest,
    detectable_shift,
    group_t_test,
    judge,
    pure_classes,
    t_interval,
    t_pvalue,
)
from seqaug_sklearn.evaluation._statistics._resampling import (
    bootstrap_interval,
    draw_group_weights,
    percentile_interval,
    permutation_test,
)
from seqaug_sklearn.evaluation._statistics._t_tests import TTest, corrected_t_test, holm, student_t_test

__all__ = [
    "GroupTTest",
    "TTest",
    "bootstrap_interval",
    "calibration_error",
    "check_columns",
    "corrected_t_test",
    "detectable_difference",
    "detectable_shift",
    "draw_group_weights",
    "expected_power",
    "group_t_test",
    "holm",
    "judge",
    "percentile_interval",
    "permutation_test",
    "pure_classes",
    "student_t_test",
    "t_interval",
    "t_pvalue",
    "tell_expected",
]
