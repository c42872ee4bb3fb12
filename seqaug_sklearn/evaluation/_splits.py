"""The folds of a comparison: the same for every estimator, with what they share written down."""

import copy
import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, check_cv

from seqaug_sklearn.evaluation._inputs import Data, cold_splitter, parents_of
from seqaug_sklearn.evaluation._metrics import LabelRows, NumberRows, can_be_ranked
from seqaug_sklearn.exceptions import DataFormatError, LeakageWarning
from seqaug_sklearn.utils import holds_numbers, is_text, split_covariates, strata_of, warn
from seqaug_sklearn.utils._sklearn import GroupsConsumerMixin

__all__ = ["Split", "groups_for", "make_splits", "middle_of"]

_BINS = 5
"""Quantile bins of which each fold has its share, fewer of few rows."""


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
    y = _seen_by(cv, data)
    splitter = check_cv(cv, y, classifier=True)
    # KFold and the like ignore groups, with a warning
    blind = _is_from_sklearn(splitter) and not isinstance(splitter, GroupsConsumerMixin)
    seen = None if blind else groups_for(splitter, data)  # blind ones warn where groups are given
    keys = _row_keys(data.X)
    splits: list[Split] = []
    for repeat in range(n_repeats):
        folds = _reseeded(splitter, repeat, seed).split(data.X, y, seen)
        try:
            splits += [_split(data, keys, repeat, fold, *rows) for fold, rows in enumerate(_drawn(folds, data))]
        except DataFormatError:
            if at_least is None or repeat < at_least:
                raise
            break
    _warn_shared_groups(splits, groups)
    _warn_known_members(splits, data, cv)
    return splits


def _drawn(folds, data):
    """Folds, without the warning that a bin has few rows: it names classes, and there are none."""
    if data.task == "classes":
        return folds
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")
        return list(folds)


def _seen_by(splitter, data):
    """The y that a splitter sees: scikit-learn's stratify by classes only, so numbers are cut into bins for them.

    Others read y for themselves, and might take whole numbers for as many classes.
    """
    if data.task == "classes":
        return data.y
    while hasattr(splitter, "cv"):
        splitter = splitter.cv
    alone = data.task == "number" and data.y.ndim == 1
    return _strata(data, splitter) if _is_from_sklearn(splitter) or (alone and not holds_numbers(data.y)) else data.y


def _split(data, keys, repeat, fold, train, test):
    train, test = np.asarray(train), np.asarray(test)
    if not data.known.all():
        train, test = (rows[data.known[rows]] for rows in (train, test))
    return Split(repeat, fold, train, test, _facts(data, keys, train, test, repeat, fold))


def _strata(data, splitter):
    """What balanced folds have shares of: bins of numbers, of a row per fold at least; the rarest label of a row."""
    n_splits = getattr(splitter, "n_splits", 2)
    if data.task == "number":
        codes = strata_of(data.target, int(np.clip(data.known.sum() // n_splits, 1, _BINS))).codes
    else:
        # the rarest label stands last, so that it is the one that is found
        order = np.argsort(-np.nansum(data.truth, axis=0), kind="stable")
        there = np.nan_to_num(data.truth[:, order]) == 1
        codes = np.where(there.any(axis=1), there.shape[1] - there[:, ::-1].argmax(axis=1), 0)
    # scikit-learn refuses to balance what is in no fold twice
    return codes if np.bincount(codes).max() >= n_splits else np.zeros_like(codes)


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
    text, covariates, _ = split_covariates(X)
    if covariates is not None:
        # one sequence may stand in several rows that differ in their covariates
        return np.unique(np.column_stack([_row_keys(text), covariates]), axis=0, return_inverse=True)[1].ravel()
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
    groups = data.metadata.get("groups")
    facts = {"n_train": len(train), "n_test": len(test), **_FACTS_OF[data.task](data, train, test)}
    if data.members is not None:
        facts |= _known_members(data.members, train, test)
    elif groups is not None:
        parents = parents_of(groups)
        facts["n_shared_groups"] = len(np.intersect1d(parents[train], parents[test]))
    if keys is not None:
        if data.task == "classes":
            facts |= _contradictions(keys, data.codes)
        facts["n_identical_rows"] = int(np.isin(keys[test], keys[train]).sum())
    return facts


def _facts_of_classes(data, train, test):
    codes = data.codes
    return {
        "majority_accuracy": float(np.mean(codes[test] == np.bincount(codes[train]).argmax())),
        "n_untrained_class": int((~np.isin(codes[test], codes[train])).sum()),
    }


def _facts_of_numbers(data, train, test):
    """Errors of always answering the mean or the median of the training rows, and targets that have no score."""
    values = data.truth
    mean, median = (middle_of(which, values[train]) for which in (np.mean, np.median))
    answers = [np.broadcast_to(answer, values[test].shape) for answer in (mean, median)]
    rows = [NumberRows(values[test], answer, np.zeros(len(test), int)) for answer in answers]
    facts = {
        "mean_rmse": -rows[0].plain(("neg_rmse",))["neg_rmse"],
        "median_mae": -rows[1].plain(("neg_mae",))["neg_mae"],
        "n_unscored_targets": _n_unscored(values[test]),
    }
    if data.parents is not None:
        parents = data.parents[test]
        facts["n_unranked_groups"] = len(np.unique(parents)) - len(can_be_ranked(values[test], parents))
    return facts


def _facts_of_labels(data, train, test):
    values = data.truth
    commonest = (middle_of(np.mean, values[train]) >= 0.5).astype(float)
    rows = LabelRows(
        values[test], np.broadcast_to(commonest, values[test].shape), None, False, np.zeros(len(test), int)
    )
    return {"majority_accuracy": rows.plain(("accuracy",))["accuracy"], "n_unscored_targets": _n_unscored(values[test])}


def middle_of(which, values: np.ndarray) -> np.ndarray:
    """Mean or median of each target's known values; NaN where there are none."""
    columns = [column[~np.isnan(column)] for column in values.T]
    return np.array([which(column) if len(column) else np.nan for column in columns])


def _n_unscored(values):
    """Targets that have fewer than two different values among the test rows."""
    return sum(len(np.unique(column[~np.isnan(column)])) < 2 for column in values.T)


_FACTS_OF = {"classes": _facts_of_classes, "number": _facts_of_numbers, "labels": _facts_of_labels}


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
