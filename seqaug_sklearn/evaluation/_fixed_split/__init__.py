"""Data whose split is given, as published benchmarks have it: audited first, scored as published and cleaned."""

from seqaug_sklearn.evaluation._fixed_split._fixed_split import compare_fixed_split
from seqaug_sklearn.evaluation._fixed_split._result import FixedSplitComparison

__all__ = ["FixedSplitComparison", "compare_fixed_split"]
