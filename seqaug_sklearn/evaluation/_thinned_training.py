"""What a fit of the reproduction sees: random splits of windows, and training rows thinned out."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.model_selection import ShuffleSplit, StratifiedKFold
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import has_fit_parameter

from seqaug_sklearn.exceptions import DataFormatError, NoValidationWarning

__all__ = ["RandomWindows", "ThinnedTraining", "balanced_rows", "tile_rows"]


class RandomWindows:
    """The paper's splits of windows at random, which put near-copies of training windows into the test rows.

    Parameters
    ----------
    n_trials : int
        Trials, seeds ``random_state + i``.
    folds : int or None
        None: one random 80/20 split per trial (DNA). An int: that many stratified folds per trial (proteins).
    random_state : int, default=42
        Seed of the first trial; the paper's is 42.
    """

    def __init__(self, n_trials, folds=None, *, random_state=42):
        self.n_trials = n_trials
        self.folds = folds
        self.random_state = random_state

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of trials, times folds."""
        return self.n_trials * (self.folds or 1)

    def split(self, X, y, groups=None):
        """Give training and test rows of each trial."""
        for trial in range(self.n_trials):
            seed = self.random_state + trial
            if self.folds is None:
                yield from ShuffleSplit(1, test_size=0.2, random_state=seed).split(X)
            else:
                yield from StratifiedKFold(self.folds, shuffle=True, random_state=seed).split(X, y)

    def __repr__(self):
        kind = "80/20" if self.folds is None else f"{self.folds} stratified folds"
        return f"windows at random, {kind}, {self.n_trials} trials from seed {self.random_state}"


def tile_rows(positions, window: int) -> np.ndarray:
    """Rows of windows that do not overlap: in each parent, from the left, the next one that fits.

    Parameters
    ----------
    positions : int ndarray of shape (n_rows, 2)
        Parent and start.
    window : int
        Window length in residues.

    Returns
    -------
    rows : sorted int ndarray
        At least one per parent.
    """
    rows, parent, free = [], None, 0
    # greedy from the left, by parent and then by start
    for row in np.lexsort((positions[:, 1], positions[:, 0])):
        if positions[row, 0] != parent or positions[row, 1] >= free:
            rows.append(row)
            parent, free = positions[row, 0], positions[row, 1] + window
    return np.sort(rows)


def balanced_rows(y) -> np.ndarray:
    """As many rows of each class as the smallest has, spread evenly over its rows; sorted int ndarray."""
    codes = np.unique(y, return_inverse=True)[1]
    counts = np.bincount(codes)
    order = np.argsort(codes, kind="stable")
    chosen = [
        # evenly spread rather than the first ones, which would lie at one end of a sequence
        rows[np.linspace(0, len(rows) - 1, counts.min()).round().astype(int)]
        for rows in np.split(order, np.cumsum(counts)[:-1])
    ]
    return np.sort(np.concatenate(chosen))


def _has_proba(self):
    return hasattr(self.estimator, "predict_proba")


def _has_decision(self):
    return hasattr(self.estimator, "decision_function")


class ThinnedTraining(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Train a classifier on some of the rows it is given; the test rows stay what they are.

    Parameters
    ----------
    estimator : classifier
        Takes windows.
    rule : {"tiles", "balanced"}
        ``"tiles"``: :func:`tile_rows`, which needs groups of shape (n_rows, 2). ``"balanced"``: :func:`balanced_rows`;
        rows must come in the order of their windows.
    window : int, default=40
        Window length in residues.
    """

    def __init__(self, estimator, rule, *, window=40):
        self.estimator = estimator
        self.rule = rule
        self.window = window

    def fit(self, X, y, groups=None):
        """Fit on the rows that the rule leaves."""
        X, y = np.asarray(X), np.asarray(y)
        if self.rule == "tiles" and groups is None:
            raise DataFormatError("rule='tiles' needs groups=window_set.positions")
        rows = tile_rows(np.asarray(groups), self.window) if self.rule == "tiles" else balanced_rows(y)
        takes_groups = groups is not None and has_fit_parameter(self.estimator, "groups")
        params = {"groups": np.asarray(groups)[rows]} if takes_groups else {}
        with warnings.catch_warnings():
            # a sequence with one tile has none to spare for early stopping: that is the control's nature
            warnings.simplefilter("ignore", NoValidationWarning)
            self.estimator_ = clone(self.estimator).fit(X[rows], y[rows], **params)
        self.classes_ = self.estimator_.classes_
        self.n_rows_ = len(rows)
        return self

    def predict(self, X):
        """Predict labels."""
        return self.estimator_.predict(X)

    @available_if(_has_proba)
    def predict_proba(self, X):
        """Predict class probabilities."""
        return self.estimator_.predict_proba(X)

    @available_if(_has_decision)
    def decision_function(self, X):
        """Give decision values."""
        return self.estimator_.decision_function(X)
