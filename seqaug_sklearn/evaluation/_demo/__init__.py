"""The demonstration: one story on simulated promoters in three acts."""

from seqaug_sklearn.evaluation._demo._story import Demo, run_demo

__all__ = ["Demo", "run_demo"]
