"""Which test rows have another target than the training row that they are a copy or close relative of."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.model_selection._replicates import ReplicateNoise
from seqaug_sklearn.utils import Parameter, check_class_labels, invalid_data, invalid_parameter, read_target

__all__ = ["BothTargets", "contradictions_of"]

_NAMED = 3


@dataclass(frozen=True, eq=False)
class BothTargets:
    """Targets of training and test rows.

    Attributes
    ----------
    kind : {"classes", "number", "labels"}
        What they are.
    names : tuple of str
        Names of the targets.
    train, test : ndarray of shape (n_train, n_targets), (n_test, n_targets)
        Classes as objects, else numbers; NaN where not known.
    """

    kind: str
    names: tuple[str, ...]
    train: np.ndarray
    test: np.ndarray

    @classmethod
    def read(cls, y_train, y_test, n_train, n_test, task="auto") -> "BothTargets | None":
        """Check both sides; None where there are no targets."""
        if y_train is None and y_test is None:
            return None
        if y_train is None or y_test is None:
            raise invalid_parameter("y_train", "and ", Parameter("y_test"), " belong together: pass both, or neither")
        train = read_target(y_train, n_train, task=task, name="y_train", may_be_constant=True)
        if train.kind == "classes":
            test = check_class_labels(y_test, n_test, name="y_test", subset=True).astype(object)[:, None]
            return cls("classes", train.names, train.columns.astype(object), test)
        tested = read_target(y_test, n_test, task=train.kind, name="y_test", may_be_constant=True)
        if tested.columns.shape[1] != train.columns.shape[1]:
            raise invalid_data(
                "y_test",
                f"holds {tested.columns.shape[1]} targets per row, but y_train holds {train.columns.shape[1]}",
            )
        return cls(train.kind, train.names, train.columns, tested.columns)

    def judge(self, train_copies, test_copies) -> "_Judge":
        """What tells whether two rows differ; numbers are judged by the noise of the copies."""
        limits = np.zeros(self.train.shape[1])
        if self.kind == "number":
            sets = np.unique(np.concatenate([train_copies, test_copies]), return_inverse=True)[1]
            limits = ReplicateNoise.of(sets, np.concatenate([self.train, self.test]), self.names).limits(2)
        return _Judge(self, limits)


@dataclass(frozen=True, eq=False)
class _Judge:
    targets: BothTargets
    limits: np.ndarray

    def differ(self, train, test):
        """Whether targets of training rows and test rows contradict each other, bool (n_rows, n_targets)."""
        first, second = self.targets.train[train], self.targets.test[test]
        if self.targets.kind == "classes":
            return first != second
        # a comparison with a gap is False
        return np.abs(first - second) > self.limits

    def label(self, values, differ):
        """Targets that differ in words of a table: the class, the number, or each by name."""
        if self.targets.kind == "classes":
            return values[0]
        if len(values) == 1:
            return float(values[0])
        odd = np.flatnonzero(differ)
        told = ", ".join(f"{self.targets.names[i]} = {values[i]:.3g}" for i in odd[:_NAMED])
        return f"{told}, ..." if len(odd) > _NAMED else told


def contradictions_of(report, targets: BothTargets, train_copies, test_copies) -> pd.DataFrame:
    """Copies and close relatives of training rows with another target; of numbers copies only.

    Parameters
    ----------
    report : LeakageReport
        The audit.
    targets : BothTargets
        Targets of both sides.
    train_copies, test_copies : int ndarray of shape (n_train,), (n_test,)
        Equal numbers for rows that are copies, on either strand.

    Returns
    -------
    pandas.DataFrame
        See :class:`LeakageReport`.
    """
    judge = targets.judge(train_copies, test_copies)
    nearest = report.nearest.copy()
    members = pd.Series(np.arange(len(train_copies))).groupby(train_copies).indices
    is_copy = np.isin(test_copies, train_copies)
    for row in np.flatnonzero(is_copy):
        # of several copies one that contradicts
        others = members[test_copies[row]]
        odd = others[judge.differ(others, row).any(axis=1)]
        nearest[row] = odd[0] if len(odd) else nearest[row]
    close = report.leaked & (report.grade == "high") & (nearest >= 0)
    if targets.kind == "number":
        # relatives may differ in numbers
        close &= is_copy
    rows = np.flatnonzero(close)
    differ = judge.differ(nearest[rows], rows)
    rows, differ = rows[differ.any(axis=1)], differ[differ.any(axis=1)]
    labels = {
        name: [judge.label(*row) for row in zip(values, differ, strict=True)]
        for name, values in (("label", targets.test[rows]), ("nearest_label", targets.train[nearest[rows]]))
    }
    dtype = float if targets.kind == "number" and len(targets.names) == 1 else object
    columns = {
        "nearest": report.train_names[nearest[rows]],
        "kind": report.kind[rows],
        "label": np.array(labels["label"], dtype),
        "nearest_label": np.array(labels["nearest_label"], dtype),
        "identity": report.identity[rows],
        "coverage": report.coverage[rows],
    }
    return pd.DataFrame(columns, index=report.test_names[rows])
