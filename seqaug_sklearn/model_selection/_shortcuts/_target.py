"""What is predicted, as columns of numbers: classes one against the rest, numbers by rank, labels as they are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from seqaug_sklearn.utils import invalid_data, read_target

__all__ = ["Target"]


@dataclass(frozen=True)
class Target:
    """A target.

    Attributes
    ----------
    kind : {"classes", "number", "numbers", "labels"}
        Classes, one measured number, several of them, or several yes-or-no labels.
    columns : ndarray of float of shape (n_rows, n_columns)
        Two classes: whether a row has the second; more: whether it has each. Numbers. Labels of 0 and 1. NaN: not
        measured.
    names : list of str
        Name of each column.
    others : str
        What rows without the class of a column are called.
    """

    kind: str
    columns: np.ndarray
    names: list[str]
    others: str = "the others"

    @property
    def is_number(self) -> bool:
        """Whether ranks are compared, instead of classes distinguished."""
        return self.kind in ("number", "numbers")

    @classmethod
    def read(cls, y, n_rows, task: str = "auto") -> "Target":
        """Read labels of any form; ``task`` as in :func:`~seqaug_sklearn.utils.read_target`."""
        target = read_target(y, n_rows, task=task, may_be_constant=True)
        if target.kind != "classes":
            several = target.kind == "number" and len(target.names) > 1
            kind = "numbers" if several else target.kind
            return cls._checked(kind, target.columns, list(target.names))
        labels = target.values  # noqa: PD011
        classes, codes = np.unique(labels.astype(str), return_inverse=True)
        if len(classes) < 2:
            raise invalid_data("y", f"holds one class only ({str(classes[0])!r}); at least two are needed")
        columns = (codes[:, None] == np.arange(len(classes))).astype(float)
        if len(classes) == 2:
            return cls("classes", columns[:, 1:], [str(classes[1])], str(classes[0]))
        return cls("classes", columns, list(map(str, classes)))

    @classmethod
    def _checked(cls, kind, columns, names):
        varied = pd.DataFrame(columns).nunique().to_numpy() > 1
        if not varied.any():
            raise invalid_data("y", "holds one value only; at least two are needed")
        return cls(kind, columns[:, varied], [name for name, is_told in zip(names, varied, strict=True) if is_told])

    def standardised(self) -> np.ndarray:
        """Columns with mean 0 and variance 1 over the rows that were measured; numbers by rank, others 0."""
        columns = rankdata(self.columns, axis=0, nan_policy="omit") if self.is_number else self.columns
        return standardise(columns)


def standardise(columns):
    """Mean 0 and variance 1 for each column of the last axis, over rows that are not NaN; NaN becomes 0."""
    n = np.maximum((~np.isnan(columns)).sum(axis=0), 1)
    centred = np.nan_to_num(columns - np.nansum(columns, axis=0) / n)
    scale = np.sqrt((centred**2).sum(axis=0) / n)
    return centred / np.where(scale > 0, scale, 1)
