"""Targets among several that are the same in all training rows, as in a fold of a cross-validation they may be."""

import numpy as np

from seqaug_sklearn.exceptions import SeqAugWarning
from seqaug_sklearn.utils import Target, invalid_data, listed, n_targets, read_target, warn

__all__ = ["constants_of", "read_several", "warn_of_constants"]


def read_several(y, n_rows, task) -> Target:
    """Read numbers or labels, of which some may be constant where others vary.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
        Target.
    n_rows : int
        Rows that need one.
    task : {"number", "labels"}
        How to read it.

    Returns
    -------
    Target

    Raises
    ------
    DataFormatError
        As in :func:`~seqaug_sklearn.utils.read_target`; also if no target varies, or one is known in no row.
    """
    if n_targets(y) == 1:
        return read_target(y, n_rows, task=task)
    target = read_target(y, n_rows, task=task, may_be_constant=True)
    unknown = np.flatnonzero(~target.measured.any(axis=0))
    if len(unknown):
        raise invalid_data("y", f"holds no value for {target.names[unknown[0]]!r}; leave this target out")
    if not np.isnan(constants_of(target.columns)).any():
        raise invalid_data("y", f"holds one value only for each of {len(target.names)} targets; none can be learned")
    return target


def constants_of(columns):
    """Value of each target that two rows or more have, and all of them the same; NaN of any other."""
    known = [column[~np.isnan(column)] for column in columns.T]
    return np.array([one[0] if len(one) > 1 and (one == one[0]).all() else np.nan for one in known])


def warn_of_constants(constants, names):
    """Say once which targets are the same in all training rows."""
    told = [name for name, value in zip(names, constants, strict=True) if not np.isnan(value)]
    if told:
        warn(
            f"the same in all training rows: {listed(told)}; there is nothing to learn, and its value is predicted for "
            "every sequence",
            SeqAugWarning,
        )
