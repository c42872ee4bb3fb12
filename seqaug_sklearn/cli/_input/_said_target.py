"""How a command reads labels, which it says."""

from typing import Any

from seqaug_sklearn.cli._run import say

__all__ = ["said_target"]


def said_target(
    labels: Any,
    *,
    task: str,
    column: str | None,
    source: str,
    may_be_constant: bool = False,
    always: bool = False,
) -> Any:
    """Read labels, and say how wherever that was a choice: of numbers, of several labels, and of classes like numbers.

    Parameters
    ----------
    labels : Series of str of shape (n_samples,) or DataFrame of str of shape (n_samples, n_targets)
        Labels, indexed by name; None where one is missing.
    task : {"auto", "classes", "number", "labels"}
        How to read them.
    column : str or None
        Where they are, for messages; None where a pattern found them.
    source : str
        Name of the file.
    may_be_constant : bool, default=False
        Whether labels that do not vary will do, with a warning.
    always : bool, default=False
        Whether names of classes are worth a sentence too.

    Returns
    -------
    Target

    Raises
    ------
    DataFormatError
        If they do not fit the task; the message names the row.
    """
    import warnings

    from seqaug_sklearn.exceptions import SeqAugWarning
    from seqaug_sklearn.utils import read_target

    name = f"the label pattern in {source}" if column is None else f"column {column!r} of {source}"
    if labels.ndim == 2:
        name = f"{source} (columns {', '.join(map(str, labels.columns))})"
    with warnings.catch_warnings():
        # of what may be either, the sentence says how it is read
        warnings.simplefilter("ignore", SeqAugWarning)
        target = read_target(labels, task=task, name=name, may_be_constant=may_be_constant)
    if target.was_choice or always:
        say(target.reading)
    if may_be_constant:
        _say_constant(target, name)
    return target


def _say_constant(target, name):
    import pandas as pd

    for of, values in zip(target.names, target.columns.T, strict=True):
        distinct = pd.unique(values[~pd.isna(values)])
        if len(distinct) < 2:
            which = f" for {of!r}" if len(target.names) > 1 else ""
            what = f"one value only{which} ({distinct[0]})" if len(distinct) else f"no value{which}"
            say(f"Warning: {name} holds {what}, so there is nothing to learn from it, and no share of it to keep.")
