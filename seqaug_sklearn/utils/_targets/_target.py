"""What a model is asked to predict: classes, numbers, or several labels at once."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils._targets._class_labels import (
    check_class_labels,
    check_not_missing,
    is_measurement,
    read_number,
)
from seqaug_sklearn.utils._targets._number_cells import (
    check_written_numbers,
    floats_of,
    holds_numbers,
    known_rows,
    place_of,
    plain_target,
)
from seqaug_sklearn.utils._words import Message, Parameter, invalid_data, invalid_parameter

__all__ = ["TARGET_WORDS", "TASKS", "Target", "check_known_classes", "n_targets", "read_target"]

TASKS = ("auto", "classes", "number", "labels")
"""What ``task=`` takes."""

TARGET_WORDS = {"classes": "class", "labels": "label", "number": "target"}
"""What one of the things that a model predicts is called, by kind."""


@dataclass(frozen=True, eq=False)
class Target:
    """Checked target of every row.

    Attributes
    ----------
    kind : {"classes", "number", "labels"}
        One class per row, one or several numbers per row, or several labels that are there or not.
    values : ndarray
        Classes: labels of any type, (n_rows,). Numbers: float64 (n_rows,), or (n_rows, n_targets) of several; NaN where
        not measured. Labels: float64 (n_rows, n_targets) of 0, 1 and NaN.
    names : tuple of str
        Names of the targets: of a Series or the columns of a frame, else ``y``, or ``y0``, ``y1``, ... of several.
    reading : Message
        One sentence that says how the target was read and, where that was a choice, how to choose otherwise.
    """

    kind: Literal["classes", "number", "labels"]
    values: np.ndarray
    names: tuple[str, ...]
    reading: Message

    @property
    def was_choice(self) -> bool:
        """Whether it could have been read otherwise, or is no class: how it was read is then to be said."""
        return self.kind != "classes" or "task=" in self.reading

    @property
    def columns(self) -> np.ndarray:
        """Values with one column per target, (n_rows, n_targets)."""
        return self.values if self.values.ndim == 2 else self.values[:, None]

    @property
    def measured(self) -> np.ndarray:
        """Which entries are known, bool (n_rows, n_targets)."""
        if self.kind == "classes":
            return np.ones((len(self.values), 1), bool)
        return ~np.isnan(self.columns)

    @property
    def known(self) -> np.ndarray:
        """Rows of which something is known, bool (n_rows,)."""
        return np.ones(len(self.values), bool) if self.kind == "classes" else known_rows(self.values)


def read_target(
    y, n_rows: int | None = None, *, task: str = "auto", name: str = "y", may_be_constant: bool = False
) -> Target:
    """Check a target and say whether it holds classes, numbers or labels.

    With ``task="auto"``, text is a class, and so are booleans; numbers with fractions are measurements. Whole numbers
    are classes where they are few, that is at most 20 different ones. They are measurements where each has fewer than
    10 rows on average or most have one or two, except codes of classes: numbered from 0 or 1 on nearly without gaps, of
    two rows or more each. Of 10 to 20 different ones, those are measurements of which nearly each row has its own, or
    of which one is below -1, or that are written with a decimal point and have fewer than 10 rows each. Numbers written
    as text are read alike. Two columns or more of 0, 1 and gaps are labels, other columns of numbers several
    measurements. A label may also be written yes or no, true or false, y or n.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_targets), or Target
        Target; one that was read before is returned as it is, with its names.
    n_rows : int, default=None
        Rows that need one; None: any number.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        How to read it.
    name : str, default="y"
        Name used in messages.
    may_be_constant : bool, default=False
        Whether numbers or labels that do not vary, or are nowhere known, will do: there is nothing to learn from them,
        but predictions may be compared with them.

    Returns
    -------
    Target

    Raises
    ------
    DataFormatError
        If y does not fit the task: another shape, text among numbers, infinity, two columns of one name, a target
        without a value or with the same one in all rows, other entries than 0, 1 and gaps among labels; or if most of
        it looks like numbers with thousands separators or units, and the task leaves open what it is. The message names
        the row.
    InvalidParameterError
        If the task is unknown.

    Examples
    --------
    >>> from seqaug_sklearn.utils import read_target
    >>> read_target([0.53, 1.27, 0.88]).kind
    'number'
    >>> read_target(["0,53", "1,27", "0,88"]).values.tolist()
    [0.53, 1.27, 0.88]
    >>> read_target([[0, 1], [1, float("nan")], [0, 0]]).kind
    'labels'
    >>> print(read_target([0, 1, 1, 0]).reading)
    y is read as classes: whole numbers with 2 different values; task='number' reads them as measurements.
    """
    if task not in TASKS:
        raise invalid_parameter("task", f"must be one of {', '.join(map(repr, TASKS))}, got {task!r}")
    if isinstance(y, Target):
        return y
    if n_targets(y) > 1 or task == "labels":
        target = _of_columns(y, n_rows, task, name)
    elif task == "number" or (task == "auto" and holds_numbers(y)):
        target = _of_number(y, n_rows, task, name)
    else:
        if task == "auto":
            check_written_numbers(y, name=name)
        return _of_classes(y, n_rows, name)
    if not may_be_constant:
        _check_varies(target.columns, name, target.names)
    return target


def _of_classes(y, n_rows, name):
    values = check_class_labels(y, n_rows, name=name)
    return Target("classes", values, (_name_of(y, name),), _say_classes(values, name))


def n_targets(y) -> int:
    """How many columns of targets y holds, by its shape; 1 where it holds none.

    Examples
    --------
    >>> n_targets([0, 1, 1]), n_targets([[0, 1], [1, 1]])
    (1, 2)
    """
    shape = getattr(y, "shape", None)
    if shape is None and isinstance(y, (list, tuple)) and len(y):
        lengths = {len(row) if isinstance(row, (list, tuple, np.ndarray)) else 0 for row in y}
        if len(lengths) > 1:
            raise DataFormatError("y should hold one target per row, or equally many for each row")
        shape = (len(y), lengths.pop() or 1)
    return shape[1] if shape is not None and len(shape) == 2 else 1


def check_known_classes(y, *, name: str = "y") -> None:
    """Raise where a class is missing; numbers, and several targets per row, may have gaps.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
        Target of any kind.
    name : str, default="y"
        Name used in messages.

    Raises
    ------
    DataFormatError
        If y is None, or holds classes of which one is missing; the message names the first row.

    Examples
    --------
    >>> check_known_classes([0.53, None, 1.27])
    >>> check_known_classes(["a", None])
    Traceback (most recent call last):
    ...
    seqaug_sklearn.exceptions.DataFormatError: y is missing for row 1 (1 of 2 rows); complete such rows or ...
    """
    if n_targets(y) == 1 and not holds_numbers(y):
        check_not_missing(y, name=name)


def _of_number(y, n_rows, task, name):
    given = plain_target(y)
    if given.ndim > 1 and given.shape[1] == 1:
        given = given[:, 0]
    if given.ndim != 1:
        raise invalid_data(name, f"should hold one number per row, got shape {given.shape}")
    _check_length(given, n_rows, name)
    check_written_numbers(y, name=name, may_be_names=task == "auto")
    values = floats_of(y, (_name_of(y, name),), name)[0][:, 0]
    says = _say_numbers(values[:, None], task, name, has_commas=any("," in str(cell) for cell in given.tolist()))
    return Target("number", values, (_name_of(y, name),), says)


def _of_columns(y, n_rows, task, name):
    if task == "classes":
        raise invalid_data(
            name, f"holds {n_targets(y)} columns, but classes need one label per row; choose one of the columns"
        )
    given = plain_target(y)
    if given.ndim != 2 or given.shape[1] < 2:
        raise invalid_data(
            name,
            f"should hold two labels or more per row, 0 or 1 each, got shape {given.shape}; one column of 0 and 1 is "
            "two classes",
        )
    _check_length(given, n_rows, name)
    columns = getattr(y, "columns", None)
    names = tuple(f"{name}{i}" if columns is None else str(columns[i]) for i in range(given.shape[1]))
    twice = sorted({one for one in names if names.count(one) > 1})
    if twice:
        raise invalid_data(name, f"has several columns named {twice[0]!r}; each target needs a name of its own")
    values, words = floats_of(y, names, name, answers=task != "number")
    are_labels = bool(np.isin(values[~np.isnan(values)], (0, 1)).all())
    if not are_labels and (task == "labels" or words):
        row, column = np.argwhere(~np.isnan(values) & ~np.isin(values, (0, 1)))[0].tolist()
        beside = f"{next(iter(words))!r} elsewhere says that these are labels, and " if words else ""
        raise invalid_data(
            name,
            f"holds {values[row, column]:g} for {names[column]!r} {place_of(y, row)}, but {beside}a label is 1 "
            "(there), 0 (not there) or missing",
        )
    if are_labels and task != "number":
        known = ~np.isnan(values)
        gaps = f", {1 - known.mean():.0%} of the entries not known" if not known.all() else ""
        told = [f"{word!r} as {value:g}" for word, value in sorted(words.items(), key=lambda one: -one[1])]
        written = f", {', '.join(told)}" if words else ""
        says = f" is read as {len(names)} labels that are there or not{written}{gaps}"
        choice = "labels" if words else task
        return Target("labels", values, names, _or_else(name, says, choice, "number", "reads them as measurements"))
    return Target("number", values, names, _say_numbers(values, task, name))


def _name_of(y, name):
    found = getattr(y, "name", None)
    if found is None and getattr(y, "columns", None) is not None and len(y.columns) == 1:
        found = y.columns[0]
    return name if found is None else str(found)


def _check_length(given, n_rows, name):
    if n_rows is not None and len(given) != n_rows:
        raise DataFormatError(f"X has {n_rows} rows but {name} has {len(given)} targets; each row needs one")


def _check_varies(values, name, names):
    for column, of in enumerate(names):
        known = values[~np.isnan(values[:, column]), column]
        told = f" for {of!r}" if len(names) > 1 else ""
        if not len(known):
            raise invalid_data(name, f"holds no value{told}; there is nothing to learn from")
        if len(known) > 1 and (known == known[0]).all():
            raise invalid_data(
                name, f"holds one value only{told} ({known[0]:g} in all rows); there is nothing to learn"
            )


def _say_classes(values, name):
    distinct = np.unique(values.astype(str) if values.dtype == object else values)
    if values.dtype.kind not in "iuf" and any(read_number(value) is None for value in distinct.tolist()):
        return Message(Parameter(name), f" is read as classes: {len(distinct)} different names.")
    if values.dtype.kind == "b":
        return Message(Parameter(name), " is read as classes: true or false.")
    fractions = (np.array([read_number(value) for value in distinct.tolist()], float) % 1).any()
    kind = "numbers" if fractions else "whole numbers"
    says = f" is read as classes: {kind} with {len(distinct)} different values"
    return _or_else(name, says, "auto", "number", "reads them as measurements")


def _say_numbers(values, task, name, *, has_commas=False):
    known = values[~np.isnan(values)]
    if not len(known):
        return Message(Parameter(name), " is read as numbers, none of which is known.")
    gaps = f", {len(values.ravel()) - len(known)} of them missing" if len(known) < values.size else ""
    many = f"{values.shape[1]} numbers per row" if values.shape[1] > 1 else "numbers"
    n = len(np.unique(known))
    values_of = f"{n} different values from {known.min():g} to {known.max():g}" if n > 1 else f"all {known.min():g}"
    says = f" is read as {many}: {values_of}{gaps}"
    says += ", the comma being the decimal point" if has_commas else ""
    # what may not be taken for names of classes is no choice either
    choice = task if values.shape[1] == 1 and not is_measurement(values) else "number"
    return _or_else(name, says, choice, "classes", "reads them as names of classes")


def _or_else(name, says, task, other, what):
    if task != "auto":
        return Message(Parameter(name), f"{says}.")
    return Message(Parameter(name), f"{says}; ", Parameter("task", other), f" {what}.")
