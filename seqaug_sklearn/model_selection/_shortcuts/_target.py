"""What is predicted, as columns of numbers: classes one against the rest, numbers by rank, labels as they are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from seqaug_sklearn.utils import check_class_labels, check_not_missing, invalid_data, is_measurement, read_target

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
    given : ndarray
        The labels as they were given.
    others : str
        What rows without the class of a column are called.
    """

    kind: str
    columns: np.ndarray
    names: list[str]
    given: np.ndarray
    others: str = "the others"

    @property
    def is_number(self) -> bool:
        """Whether ranks are compared, instead of classes distinguished."""
        return self.kind in ("number", "numbers")

    @classmethod
    def read(cls, y, n_rows, task: str = "auto") -> "Target":
        """Read labels of any form; ``task`` as in :func:`~seqaug_sklearn.utils.read_target`."""
        if task in ("number", "labels"):
            return cls._as_told(read_target(y, n_rows, task=task))
        values = y.to_numpy() if hasattr(y, "to_numpy") else np.asarray(y)
        if task == "auto" and values.ndim == 2 and values.shape[1] > 1:
            return cls._of_several(y, values, n_rows)
        if task == "auto" and is_measurement(y):
            check_not_missing(y)
            numbers = np.array([float(str(value).replace(",", ".")) for value in values.reshape(-1).tolist()])
            if len(numbers) != n_rows:
                raise invalid_data("X", f"has {n_rows} rows but y has {len(numbers)} values; each row needs one")
            return cls._checked("number", numbers[:, None], ["y"], numbers)
        labels = check_class_labels(y, n_rows)
        classes, codes = np.unique(labels.astype(str), return_inverse=True)
        if len(classes) < 2:
            raise invalid_data("y", f"holds one class only ({str(classes[0])!r}); at least two are needed")
        columns = (codes[:, None] == np.arange(len(classes))).astype(float)
        if len(classes) == 2:
            return cls("classes", columns[:, 1:], [str(classes[1])], labels, str(classes[0]))
        return cls("classes", columns, list(map(str, classes)), labels)

    @classmethod
    def _as_told(cls, target):
        kind = "labels" if target.kind == "labels" else "number" + "s" * (target.columns.shape[1] > 1)
        return cls._checked(kind, target.columns, list(target.names), target.values)

    @classmethod
    def _of_several(cls, y, values, n_rows):
        if len(values) != n_rows:
            raise invalid_data("X", f"has {n_rows} rows but y has {len(values)}; each row needs one")
        try:
            columns = values.astype(float)
        except (TypeError, ValueError):
            raise invalid_data("y", "of several columns must hold numbers, or 0 and 1; NaN is not measured") from None
        names = [str(name) for name in getattr(y, "columns", range(columns.shape[1]))]
        is_label = np.isin(columns[~np.isnan(columns)], (0, 1)).all()
        return cls._checked("labels" if is_label else "numbers", columns, names, columns)

    @classmethod
    def _checked(cls, kind, columns, names, given):
        if np.isinf(columns).any():
            raise invalid_data("y", f"holds infinity in row {int(np.argmax(np.isinf(columns).any(axis=1)))}")
        varied = pd.DataFrame(columns).nunique().to_numpy() > 1
        if not varied.any():
            raise invalid_data("y", "holds one value only; at least two are needed")
        return cls(
            kind, columns[:, varied], [name for name, is_told in zip(names, varied, strict=True) if is_told], given
        )

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
