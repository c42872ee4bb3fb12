"""Training and test rows, or folds, made of whole groups."""

import numbers

import numpy as np
import pandas as pd

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.model_selection._similarity_group import check_groups
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    Ways,
    check_class_labels,
    check_generator,
    check_not_missing,
    check_sequences,
    counted,
    invalid_parameter,
    is_measurement,
    is_number,
    listed,
)

__all__ = ["split_by_groups"]

_TRIES = 10
_BINS = 5
_SMALLER = "make smaller groups"
_FEWER = Message("ask for fewer parts (", Parameter("n_splits"), ")")
_NO_LABELS = Message("split without labels (", Parameter("y", None), ")")


def split_by_groups(X, y=None, *, groups, test_size=None, n_splits=None, random_state=None) -> np.ndarray:
    """Deal whole groups to training and test rows, or to folds, with each class's share kept as far as groups allow.

    As scikit-learn's ``StratifiedGroupKFold``, with three differences: there is one split into training and test rows,
    too; the order of the rows plays no part, so the same names (or sequences) go together however the file is sorted;
    and a class that would be tested but not trained is an error, not a fold.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences. The index of a Series, and the text, give the groups an order that the rows have no part in.
    y : array-like of shape (n_samples,), default=None
        Class labels, whose shares are kept. Of numbers that were measured the shares of their fifths are kept. None:
        only the number of rows counts.
    groups : array-like of shape (n_samples,) or (n_samples, 2)
        Rows with the same value (of two columns: in the first) stay together. See :func:`leakage_groups`,
        :func:`read_groups`.
    test_size : float, default=None
        Share of rows to test on, above 0 and below 1. Either this or `n_splits`.
    n_splits : int, default=None
        Number of folds, at least 2.
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
        For bad parameters, fewer groups than parts, or a class that is in one group only.
    DataFormatError
        If a label is missing.

    See Also
    --------
    leakage_groups : Groups whose splits the audit finds clean.
    SimilarityGroupKFold : A splitter that makes its groups itself.

    Notes
    -----
    Groups are dealt the heaviest first, each to the part where the sum over parts and classes of
    ``(rows - wanted)² / (share of the part * rows of the class²)`` grows least, in ten random orders of which the best
    is taken. At last a group is moved into a part without rows, and one of a class that a single part holds into
    another.

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
    classes, codes, are_classes = _classes(y, len(sequences))
    codes_of_groups = _in_an_order_of_their_own(sequences, codes, own)
    # (n_groups, n_classes): rows
    sizes = np.zeros((codes_of_groups.max() + 1, len(classes)), np.int64)
    np.add.at(sizes, (codes_of_groups, codes), 1)
    _check_possible(sizes, shares, classes if are_classes else None)
    part = _deal(sizes, shares, rng, are_classes)
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


def _classes(y, n_rows):
    """Names of the classes, the class of each row, and whether each must be trained and tested."""
    if y is None:
        return [None], np.zeros(n_rows, np.intp), False
    check_not_missing(y)
    if is_measurement(y):
        values = np.asarray(y, float).ravel()
        fifths = pd.qcut(values, min(_BINS, n_rows), labels=False, duplicates="drop")
        return list(range(_BINS)), fifths.astype(np.intp), False
    names, codes = np.unique(check_class_labels(y, n_rows), return_inverse=True)
    return list(names), codes, True


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


def _check_possible(sizes, shares, classes):
    n_groups, n_rows = len(sizes), int(sizes.sum())
    if n_groups < len(shares):
        raise InvalidParameterError(
            Message(
                f"{counted(n_rows, 'row')} in {counted(n_groups, 'group')} cannot be dealt to {len(shares)} parts that "
                "share no group: ",
                Ways(_SMALLER, _FEWER),
            )
        )
    if classes is None:
        return
    single = np.flatnonzero((sizes > 0).sum(axis=0) == 1)
    if len(single):
        others = f" (the same holds for {listed(classes[i] for i in single[1:])})" if len(single) > 1 else ""
        rows = counted(int(sizes[:, single[0]].sum()), "row")
        raise InvalidParameterError(
            Message(
                f"class {str(classes[single[0]])!r} ({rows}) is in one group only{others}, so it cannot be both "
                "trained and tested: ",
                Ways(_SMALLER, "leave the class out", _NO_LABELS),
            )
        )


def _deal(sizes, shares, rng, are_classes):
    """Part of each group: the best of some random orders."""
    # (n_parts, n_classes)
    wanted = shares[:, None] * sizes.sum(axis=0)
    weights = 1 / (shares[:, None] * np.maximum(sizes.sum(axis=0), 1) ** 2)
    # a group is as heavy as the share of the classes that it holds
    heaviness = (sizes / np.maximum(sizes.sum(axis=0), 1)).sum(axis=1)
    best, least = np.zeros(len(sizes), np.intp), (np.inf, np.inf)
    for _ in range(_TRIES):
        # a random factor between a half and one and a half: another order, still with the heavy ones in front
        order = np.argsort(-heaviness * rng.uniform(0.5, 1.5, len(sizes)), kind="stable")
        part = _greedy(sizes, order, wanted, weights)
        part = _repaired(part, sizes, wanted, weights, are_classes)
        load = _loads(part, sizes, len(shares))
        missing = _lacking(load, are_classes)
        cost = (missing, float((weights * (load - wanted) ** 2).sum()))
        if cost < least:
            best, least = part, cost
        if missing == 0 and np.abs(load - wanted).max() <= 1:
            break
    if least[0]:
        raise InvalidParameterError(
            Message(
                f"the {len(sizes)} groups allow no split in which every part holds rows and every class is trained "
                "and tested: ",
                Ways(_SMALLER, _FEWER, _NO_LABELS),
            )
        )
    return best


def _greedy(sizes, order, wanted, weights):
    part, load = np.empty(len(sizes), np.intp), np.zeros_like(wanted)
    for group in order:
        rows = sizes[group]
        # growth of the sum of squares: (load + rows - wanted)² - (load - wanted)²
        growth = (weights * rows * (2 * (load - wanted) + rows)).sum(axis=1)
        part[group] = growth.argmin()
        load[part[group]] += rows
    return part


def _loads(part, sizes, n_parts):
    load = np.zeros((n_parts, sizes.shape[1]))
    np.add.at(load, part, sizes)
    return load


def _repaired(part, sizes, wanted, weights, are_classes):
    """Move groups into parts without rows, and of classes that one part alone holds into another, the cheapest ones."""
    part = part.copy()
    # each move mends a part or a class, unless it cannot be mended
    for _ in range(sum(wanted.shape)):
        load = _loads(part, sizes, len(wanted))
        if not _lacking(load, are_classes):
            break
        empty, alone = np.flatnonzero(load.sum(axis=1) == 0), np.flatnonzero((load > 0).sum(axis=0) == 1)
        groups = np.arange(len(sizes)) if len(empty) else np.flatnonzero(sizes[:, alone[0]])
        moves = []
        for group in groups:
            for target in np.delete(np.arange(len(wanted)), part[group]):
                moved = load.copy()
                moved[part[group]] -= sizes[group]
                moved[target] += sizes[group]
                cost = float((weights * (moved - wanted) ** 2).sum())
                moves.append((_lacking(moved, are_classes), cost, int(group), int(target)))
        _, _, best, place = min(moves)
        part[best] = place
    return part


def _lacking(load, are_classes):
    """Number of parts without rows, and of classes that one part alone holds."""
    empty, alone = (load.sum(axis=1) == 0).sum(), ((load > 0).sum(axis=0) == 1).sum()
    return int(empty) + (int(alone) if are_classes else 0)
