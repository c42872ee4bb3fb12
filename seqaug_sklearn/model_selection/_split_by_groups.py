"""Training and test rows, or folds, made of whole groups."""

import numbers

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.model_selection._group_deals import deal_groups, in_one_group, sizes_of_groups
from seqaug_sklearn.model_selection._similarity_group import check_groups
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    Strata,
    Ways,
    check_generator,
    check_sequences,
    counted,
    if_measured,
    invalid_parameter,
    is_number,
    listed,
    read_target,
    strata_of,
)

__all__ = ["split_by_groups"]

_SMALLER = "make smaller groups"
_FEWER = Message("ask for fewer parts (", Parameter("n_splits"), ")")
_NO_LABELS = Message("split without labels (", Parameter("y", None), ")")


def split_by_groups(X, y=None, *, groups, test_size=None, n_splits=None, task="auto", random_state=None) -> np.ndarray:
    """Deal whole groups to training and test rows, or to folds, with each class's share kept as far as groups allow.

    As scikit-learn's ``StratifiedGroupKFold``, with three differences: there is one split into training and test rows,
    too; the order of the rows plays no part, so the same names (or sequences) go together however the file is sorted;
    and a class that would be tested but not trained is an error, not a fold.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences. The index of a Series, and the text, give the groups an order that the rows have no part in.
    y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
        Target: the shares of classes are kept; of numbers, those of their fifths (of several, of the fifths of the mean
        of the standardised numbers); of several labels, the shares of rows where each is there and not there. NaN: not
        measured. None: only the number of rows counts.
    groups : array-like of shape (n_samples,) or (n_samples, 2)
        Rows with the same value (of two columns: in the first) stay together. See :func:`leakage_groups`,
        :func:`read_groups`.
    test_size : float, default=None
        Share of rows to test on, above 0 and below 1. Either this or `n_splits`.
    n_splits : int, default=None
        Number of folds, at least 2.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What y holds; see :func:`~seqaug_sklearn.evaluation.compare`.
    random_state : int, RandomState, Generator or None, default=None
        Seed of the order in which groups are dealt.

    Returns
    -------
    test_fold : int ndarray of shape (n_samples,)
        For :class:`~sklearn.model_selection.PredefinedSplit`: the fold that tests each row. With `test_size` 0 for test
        rows and -1 for training rows.

    Raises
    ------
    InvalidParameterError
        For bad parameters, fewer groups than parts, or a class (or label) that is in one group only.
    DataFormatError
        If a class is missing, or y does not fit.

    See Also
    --------
    leakage_groups : Groups whose splits the audit finds clean.
    SimilarityGroupKFold : A splitter that makes its groups itself.

    Notes
    -----
    Groups are dealt the heaviest first, and those of rare classes and labels, each to the part where the sum over parts
    and classes of ``(rows - wanted)² / (share of the part * rows of the class²)`` grows least, in ten random orders of
    which the best is taken. At last a group is moved into a part without rows, and one of a class that a single part
    holds into another.

    Examples
    --------
    >>> from sklearn.model_selection import PredefinedSplit
    >>> from seqaug_sklearn.model_selection import split_by_groups
    >>> X = ["ACGT", "ACGA", "TTGG", "TTGC", "CCCA", "GATT"]
    >>> test_fold = split_by_groups(X, groups=[0, 0, 1, 1, 2, 3], test_size=1 / 3, random_state=0)
    >>> [(train.tolist(), test.tolist()) for train, test in PredefinedSplit(test_fold).split()]
    [([0, 1, 4, 5], [2, 3])]
    """
    shares = _shares(test_size, n_splits)
    rng = check_generator(random_state)
    sequences = check_sequences(X)
    own = check_groups(groups, len(sequences))
    strata = _strata(y, len(sequences), task)
    codes_of_groups = _in_an_order_of_their_own(sequences, strata.codes, own)
    sizes = sizes_of_groups(codes_of_groups, strata)
    _check_possible(sizes, shares, strata)
    part = deal_groups(sizes, shares, strata.needed, rng)
    if part is None:
        raise InvalidParameterError(
            Message(
                f"the {len(sizes)} groups allow no split in which every part holds rows and every {strata.word} is "
                "trained and tested: ",
                Ways(_SMALLER, _FEWER, _NO_LABELS),
            )
        )
    return part[codes_of_groups] if test_size is None else -part[codes_of_groups]


def _shares(test_size, n_splits):
    """Share of the rows of each part: of the folds, or of test and training rows."""
    if (test_size is None) == (n_splits is None):
        raise InvalidParameterError(
            Message(
                "pass either ", Parameter("test_size"), ", for one split, or ", Parameter("n_splits"), ", for folds"
            )
        )
    if test_size is None:
        if isinstance(n_splits, bool) or not isinstance(n_splits, numbers.Integral) or n_splits < 2:
            raise invalid_parameter("n_splits", f"must be an int of at least 2, got {n_splits!r}")
        return np.full(n_splits, 1 / n_splits)
    if isinstance(test_size, bool) or not is_number(test_size) or not 0 < test_size < 1:
        raise invalid_parameter("test_size", f"must be a share of the rows above 0 and below 1, got {test_size!r}")
    # part 0 is the test rows, part 1 the training rows
    return np.array([test_size, 1 - test_size], float)


def _strata(y, n_rows, task):
    """What is kept even; without y one stratum of all rows."""
    if y is None:
        return Strata("number", (0,), np.ones((n_rows, 1), bool), np.zeros(1, bool))
    # what does not vary has no shares to keep, and any split will do
    return strata_of(read_target(y, n_rows, task=task, may_be_constant=True))


def _in_an_order_of_their_own(sequences, codes, groups):
    """Number the groups by what they hold, not by where that stands."""
    names = sequences.identifiers
    if names is None or names.dtype.kind in "iu":  # row numbers that pandas gives are no names
        names = [""] * len(sequences)
    rows = zip(names, sequences.values, codes, strict=True)
    held: dict = {}
    for group, (name, text, code) in zip(pd.factorize(groups)[0], rows, strict=True):
        held.setdefault(group, []).append((str(name), str(text).upper(), int(code)))
    order = sorted(held, key=lambda group: sorted(held[group]))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    return rank[pd.factorize(groups)[0]]


def _check_possible(sizes, shares, strata):
    n_groups = len(sizes)
    if n_groups < len(shares):
        raise InvalidParameterError(
            Message(
                f"{counted(len(strata.members), 'row')} in {counted(n_groups, 'group')} cannot be dealt to "
                f"{len(shares)} parts that share no group: ",
                Ways(_SMALLER, _FEWER),
            )
        )
    single = in_one_group(sizes, strata.needed)
    if len(single):
        others = f" (the same holds for {listed(strata.names[i] for i in single[1:])})" if len(single) > 1 else ""
        rows = counted(int(sizes[:, single[0]].sum()), "row")
        raise InvalidParameterError(
            Message(
                f"{strata.word} {str(strata.names[single[0]])!r} ({rows}) is in one group only{others}, so it cannot "
                "be both trained and tested: ",
                Ways(_SMALLER, f"leave the {strata.word} out", _NO_LABELS),
                if_measured(strata.names if strata.kind == "classes" else ()),
            )
        )
