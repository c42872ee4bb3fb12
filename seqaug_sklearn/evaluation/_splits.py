"""The folds of a comparison: the same for every estimator, with what they share written down."""

import copy
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, check_cv

from seqaug_sklearn.evaluation._inputs import Data, cold_splitter, parents_of
from seqaug_sklearn.exceptions import DataFormatError, LeakageWarning
from seqaug_sklearn.utils import is_text, warn
from seqaug_sklearn.utils._sklearn import GroupsConsumerMixin

__all__ = ["Split", "groups_for", "make_splits"]


@dataclass(frozen=True)
class Split:
    """One fold.

    Attributes
    ----------
    repeat, fold : int
        Place in the comparison.
    train, test : int ndarray
        Rows.
    facts : dict of str to float
        What the split alone decides: sizes, majority accuracy, rows of untrained classes, shared groups and rows.
    """

    repeat: int
    fold: int
    train: np.ndarray
    test: np.ndarray
    facts: dict[str, float]


def groups_for(splitter, data: Data) -> np.ndarray | None:
    """Groups as a splitter takes them: scikit-learn's take one column and flatten two without a word.

    Raises
    ------
    DataFormatError
        If one column would stand for both members of pairs.
    """
    groups = data.metadata.get("groups")
    if groups is None or not _is_from_sklearn(splitter):
        return groups
    if data.members is not None and isinstance(splitter, GroupsConsumerMixin):
        raise DataFormatError(
            f"groups names the members of pairs, and {type(splitter).__name__} sees one of the two; pass ColdPairKFold"
        )
    return parents_of(groups)


def make_splits(cv, data: Data, n_repeats: int, seed: int, *, at_least: int | None = None) -> list[Split]:
    """Draw all folds of all repeats.

    Parameters
    ----------
    cv : int or splitter
        As in ``compare``.
    data : Data
        Rows.
    n_repeats : int
        Repeats.
    seed : int
        Seed of the comparison.
    at_least : int, default=None
        Repeats that must be had; where a later one has a fold without training or test rows, it ends the list. None:
        all of them.

    Raises
    ------
    DataFormatError
        If a fold has no training or no test rows.
    """
    groups = data.metadata.get("groups")
    if isinstance(cv, (int, np.integer)) and not isinstance(cv, bool):
        if data.members is not None:
            raise DataFormatError(
                f"groups names the members of pairs, and cv={cv} does not say which of them must be new: pass "
                f"ColdPairKFold({cv}, unseen='one') (or 'first', 'second', 'both'), or StratifiedKFold({cv}) for new "
                "pairs of known members"
            )
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        cv = kind(int(cv), shuffle=True)
    splitter = check_cv(cv, data.y, classifier=True)
    # KFold and the like ignore groups, with a warning
    blind = _is_from_sklearn(splitter) and not isinstance(splitter, GroupsConsumerMixin)
    seen = None if blind else groups_for(splitter, data)  # blind ones warn where groups are given
    keys = _row_keys(data.X)
    splits: list[Split] = []
    for repeat in range(n_repeats):
        folds = _reseeded(splitter, repeat, seed).split(data.X, data.y, seen)
        try:
            splits += [_split(data, keys, repeat, fold, *rows) for fold, rows in enumerate(folds)]
        except DataFormatError:
            if at_least is None or repeat < at_least:
                raise
            break
    _warn_shared_groups(splits, groups)
    _warn_known_members(splits, data, cv)
    return splits


def _split(data, keys, repeat, fold, train, test):
    train, test = np.asarray(train), np.asarray(test)
    return Split(repeat, fold, train, test, _facts(data, keys, train, test, repeat, fold))


def _is_from_sklearn(splitter):
    return type(splitter).__module__.startswith("sklearn.")


def _reseeded(splitter, repeat, seed):
    """Copy with a seed of this repeat; wrapped splitters (attribute ``cv``) are reseeded too."""
    splitter = inner = copy.deepcopy(splitter)
    while inner is not None and not isinstance(inner, type):
        if (
            hasattr(inner, "random_state")
            and getattr(inner, "shuffle", True)
            # the first repeat is the split as the user made it
            and (repeat or inner.random_state is None)
        ):
            inner.random_state = int(np.random.SeedSequence([seed, repeat]).generate_state(1)[0] >> 1)
        inner = getattr(inner, "cv", None)
    return splitter


def _row_keys(X):
    """Integer per row, equal for equal rows; None where rows cannot be compared cheaply."""
    values = X.to_numpy() if hasattr(X, "iloc") else X
    values = values[:, 0] if hasattr(X, "iloc") and values.ndim == 2 and values.shape[1] == 1 else values
    if is_text(X) and getattr(values, "ndim", 1) == 1:
        return np.unique([str(getattr(v, "seq", v)).upper() for v in values], return_inverse=True)[1]
    if isinstance(values, np.ndarray) and values.dtype != object:
        rows = [row.tobytes() for row in values]
        # bytes as keys of a dict: rows of thousands of features need no sorting
        numbers = {row: i for i, row in enumerate(dict.fromkeys(rows))}
        return np.array([numbers[row] for row in rows])
    return None


def _facts(data, keys, train, test, repeat, fold):
    """What the split alone decides, whichever estimator is fitted."""
    if len(train) == 0 or len(test) == 0:
        raise DataFormatError(f"repeat {repeat}, fold {fold} has {len(train)} training and {len(test)} test rows")
    codes, groups = data.codes, data.metadata.get("groups")
    facts = {
        "n_train": len(train),
        "n_test": len(test),
        "majority_accuracy": float(np.mean(codes[test] == np.bincount(codes[train]).argmax())),
        "n_untrained_class": int((~np.isin(codes[test], codes[train])).sum()),
    }
    if data.members is not None:
        facts |= _known_members(data.members, train, test)
    elif groups is not None:
        parents = parents_of(groups)
        facts["n_shared_groups"] = len(np.intersect1d(parents[train], parents[test]))
    if keys is not None:
        facts |= _contradictions(keys, codes)
        facts["n_identical_rows"] = int(np.isin(keys[test], keys[train]).sum())
    return facts


def _warn_shared_groups(splits, groups):
    shared = sum(s.facts.get("n_shared_groups", 0) > 0 for s in splits)
    if shared and groups.ndim == 1:
        warn(
            f"in {shared} of {len(splits)} folds the same groups are in the training and the test rows; for an honest "
            "score use a splitter that keeps groups apart, for example StratifiedGroupKFold",
            LeakageWarning,
        )


def _known_members(members, train, test):
    """How many test members training knows, and how many test pairs it knows a side of, or both."""
    known = np.zeros(members.max() + 1, bool)
    known[members[train]] = True
    first, second = known[members[test]].T
    return {
        "n_shared_groups": int(known[np.unique(members[test])].sum()),
        "n_known_first": int(first.sum()),
        "n_known_second": int(second.sum()),
        "n_known_pairs": int((first & second).sum()),
    }


def _warn_known_members(splits, data, cv):
    """Warn of members of test pairs that training knows, unless a splitter of pairs says which may be."""
    if data.members is None or cold_splitter(cv) is not None:
        return
    names = ("n_known_first", "n_known_second", "n_known_pairs", "n_test")
    first, second, both, tested = (sum(s.facts[name] for s in splits) for name in names)
    if first or second:
        warn(
            f"training knows the first member of {first} of {tested} test pairs, the second of {second}, and both of "
            f"{both}, from other pairs; a model may score by knowing them. For new members use ColdPairKFold",
            LeakageWarning,
        )


def _contradictions(keys, codes):
    """Of all rows, how many are identical to one of another class, and the accuracy that they let any model reach."""
    # rows of each pair of key and class; whatever is answered for a key is right for one class at most
    pairs, counts = np.unique(keys * (codes.max() + 1) + codes, return_counts=True)
    key = pairs // (codes.max() + 1)
    if len(key) == len(np.unique(key)):
        return {}
    most = np.zeros(keys.max() + 1, int)
    np.maximum.at(most, key, counts)
    several = np.bincount(key, minlength=len(most)) > 1
    return {"n_contradicting_rows": int(several[keys].sum()), "accuracy_bound": float(most.sum() / len(keys))}
