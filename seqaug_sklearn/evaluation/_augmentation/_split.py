"""Which split serves the sequences: whole parents held out, or blocks of windows where each class has one parent."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._inputs import check_data
from seqaug_sklearn.evaluation._splits import Split, make_splits
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import Message, check_generator, check_sequences, draw_seed, if_measured, known_rows

__all__ = ["SplitPlan", "draw_folds", "plan_split", "units_of"]


@dataclass(frozen=True)
class SplitPlan:
    """How the data is split, and why.

    Attributes
    ----------
    kind : {"parents", "blocks"}
        Whole parents held out, or contiguous blocks of windows of every parent.
    n_splits : int
        Folds.
    groups : ndarray of shape (n_samples,) or None
        What is kept together; None where each sequence is on its own.
    sentences : tuple of str
        What a reader must know.
    most_repeats : int or None
        Repeats that are possible, where they are limited.
    """

    kind: str
    n_splits: int
    groups: np.ndarray | None
    sentences: tuple[str, ...]
    most_repeats: int | None = None


def plan_split(X, y, groups, n_splits: int, task: str = "classes") -> SplitPlan:
    """Choose the split; no parent, group or copy of a sequence is ever on both sides.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
        Classes, numbers or labels.
    groups : array-like of shape (n_samples,) or None
        Groups to keep together.
    n_splits : int
        Folds wanted.
    task : {"classes", "number", "labels"}, default="classes"
        What y holds.

    Raises
    ------
    DataFormatError
        If some classes have one parent (or group) and others more, or there is one parent (or group) only.
    """
    if task == "classes" and groups is None and (pd.Series(y).value_counts() == 1).all():
        sentence = (
            "Each class has a single sequence, so whole sequences cannot be held out: every fold tests one contiguous "
            "block of each sequence's windows, and training windows that overlap it or share 20 symbols with it are "
            "purged. The comparison is between overlapping windows and non-overlapping tiles of the same stretch."
        )
        return SplitPlan("blocks", n_splits, None, (sentence,))
    given = groups is not None
    groups, sentences = _groups(X, y, groups, task)
    what = _unit(groups, given)
    # sequences or groups of each class: each fold needs one to test, and one to train
    units = units_of(y, groups, task)
    if task == "classes":
        _check_units(units, what)
    elif units.min() < 2:
        raise DataFormatError(f"all {len(y)} rows are one {what}, so they cannot be both trained and tested")
    fewest = int(units.min())
    if fewest < n_splits:
        who = f"class {str(units.idxmin())!r} has" if task == "classes" else "there are"
        sentences += (
            f"{fewest} folds instead of {n_splits}: {who} {fewest} {what}s, and each fold needs one to test.",
        )
    # not "no sequence is on both sides": relatives may be, which is for the audit to say
    kept = "Each sequence is on one side of a split; windows stay with their sequence."
    if groups is not None:
        kept = "No group is on both sides of a split; windows stay with their sequence."
    return SplitPlan("parents", min(n_splits, fewest), groups, (kept, *sentences))


def units_of(y, groups, task: str = "classes") -> pd.Series:
    """Sequences, or groups, of each class; of numbers and labels of all rows of which something is known."""
    units = pd.Series(np.arange(len(y)) if groups is None else groups)
    if task == "classes":
        return units.groupby(np.asarray(y)).nunique()
    return pd.Series({"all": units[known_rows(y)].nunique()})


def _unit(groups, given):
    """What a fold needs two of in each class."""
    if groups is None:
        return "sequence"
    return "group" if given else "distinct sequence"


def _groups(X, y, groups, task):
    """Given groups, or copies of the same sequence as groups where there are any."""
    if groups is not None:
        return np.asarray(groups).astype(str), ()
    sequences = check_sequences(X)
    copies = np.unique([str(sequence).upper() for sequence in sequences.values], return_inverse=True)[1]  # noqa: PD011
    n_copies = len(copies) - len(np.unique(copies))
    if n_copies and n_copies == len(copies) - 1:
        raise DataFormatError(told_of_copies(len(copies), y, task))
    if n_copies == 0:
        return None, ()
    return copies, (f"{n_copies} sequences are copies of others and were kept on the same side as these.",)


def told_of_copies(n_rows, y, task="classes"):
    """Say that all rows are one sequence, and what that means for their labels."""
    if task != "classes":
        told = f"all {n_rows} sequences are copies of one another (identical)"
        return f"{told}, so nothing in them can be learned; check the file and its labels"
    labels = [repr(label) for label in pd.unique(np.asarray(y)).tolist()]
    told = f"all {n_rows} sequences are copies of one another (identical)"
    if len(labels) > 1:
        named = ", ".join(labels[:3]) + (" ..." if len(labels) > 3 else "")
        told += f" with {len(labels)} different labels ({named}), which contradict each other"
    return f"{told}, so nothing in them can be learned; check the file and its labels"


def _check_units(units, what):
    alone = units.index[units < 2].tolist()
    if alone:
        shown = ", ".join(map(repr, alone[:5])) + (f" and {len(alone) - 5} more" if len(alone) > 5 else "")
        raise DataFormatError(
            Message(
                f"{len(alone)} of {len(units)} classes have a single {what} ({shown}), so they cannot be both trained "
                f"and tested; give each class at least two {what}s, merge classes, or leave these out",
                if_measured(units.index),
            )
        )


def draw_folds(
    X, y, split: SplitPlan, n_repeats: int, random_state: int, *, at_least: int | None = None, task: str = "classes"
) -> list[Split]:
    """Draw the folds that ``compare`` makes of whole sequences under this plan, before anything is fitted.

    Raises
    ------
    DataFormatError
        If a fold of the first repeats, ``at_least`` or all, has no training or no test rows.
    """
    data = check_data(X, y, split.groups, None, split.n_splits, task=task)
    seed = draw_seed(check_generator(random_state))
    return make_splits(split.n_splits, data, n_repeats, seed, at_least=at_least)
