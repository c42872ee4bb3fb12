"""Cross-validation of windows when each class has a single parent sequence: contiguous blocks and a purge."""

import itertools
import numbers
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import BaseCrossValidator

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import InvalidParameterError, LeakageWarning, SequenceError
from seqaug_sklearn.similarity import SubstringIndex
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    Ways,
    block_of_starts,
    check_text,
    codes_to_text,
    invalid_data,
    invalid_parameter,
    is_text,
    one_hot_to_codes,
    overlaps_any,
    warn,
)
from seqaug_sklearn.utils._sklearn import GroupsConsumerMixin

__all__ = ["WindowBlockKFold"]

_SKIP = Message(Parameter("on_empty", "skip"), " to leave such parents out of the test")


class WindowBlockKFold(GroupsConsumerMixin, BaseCrossValidator):
    """Hold out contiguous blocks of every sequence's windows and purge the training windows that share sequence.

    Windows of one sequence are near-copies of their neighbours, so a random split of windows tests what was trained.
    Where each class has several parents, split by parent instead: pass ``explode(...).groups`` to
    :class:`~sklearn.model_selection.GroupKFold`. This splitter is for one parent per class (a gene's upstream region, a
    protein), where every parent must be on both sides: fold *k* tests the *k*-th contiguous block of each parent's
    windows, and training windows go

    1. if they overlap a test window of the same parent by at least one residue;
    2. if they have ``shared`` consecutive symbols in common with a test window of *any* parent, on either strand
       (proteins: on the one strand there is). Neighbouring genes and inverted repeats share sequence. This needs X to
       be text or exactly one-hot; for other X only rule 1 applies, with a
       :class:`~seqaug_sklearn.exceptions.LeakageWarning`.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, and of blocks per parent. At least 2.
    window : int
        Length of the windows in residues.
    shared : int or None, default=20
        Consecutive symbols that a training window may not share with a test window, at most ``window``. None purges
        within the parent only.
    on_empty : {"error", "skip"}, default="error"
        What to do in a fold where the purge leaves a tested parent without training windows: raise, or leave its test
        windows out of that fold and count them (:meth:`report`). What they purged stays purged.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default="dna"
        Alphabet of X. Not looked at where ``shared`` is None.

    Attributes
    ----------
    skipped_ : list of int ndarray
        Parents skipped in each fold, set by :meth:`split`.

    See Also
    --------
    sklearn.model_selection.GroupKFold : Whole parents held out; use it where classes have several.
    sklearn.model_selection.StratifiedGroupKFold : The same, with the classes balanced over folds.

    Notes
    -----
    A parent with fewer distinct starts than ``n_splits`` has empty blocks: it is not tested in the last folds. Rows may
    come in any order. There is no randomness.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.model_selection import WindowBlockKFold
    >>> positions = np.column_stack([np.zeros(261, int), np.arange(261)])  # 300 residues, windows of 40
    >>> cv = WindowBlockKFold(window=40, shared=None)
    >>> for train, test in cv.split(np.zeros((261, 1)), groups=positions):
    ...     print(len(train), len(test))
    169 53
    131 52
    131 52
    131 52
    170 52
    """

    def __init__(self, n_splits=5, *, window, shared=20, on_empty="error", alphabet="dna"):
        self.n_splits = n_splits
        self.window = window
        self.shared = shared
        self.on_empty = on_empty
        self.alphabet = alphabet

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of folds; all arguments are ignored.

        Parameters
        ----------
        X, y, groups : object, default=None
            Ignored.

        Returns
        -------
        int
        """
        return self.n_splits

    def split(self, X, y=None, groups=None):
        """Give the training and test rows of each fold.

        All folds are worked out, and errors raised, before the first is given.

        Parameters
        ----------
        X : array-like of shape (n_windows, ...)
            Windows: text (n_windows,), one-hot (n_windows, window, n_symbols), or one-hot flattened to
            (n_windows, window * n_symbols). Anything else is only counted.
        y : object, default=None
            Ignored: every parent is tested in every fold, so classes, numbers and labels of parents stay even.
        groups : int array-like of shape (n_windows, 2)
            ``WindowSet.positions``: column 0 is the parent, column 1 the window's start in residues.

        Returns
        -------
        iterator of (train, test)
            Sorted int ndarrays of row numbers.

        Raises
        ------
        InvalidParameterError
            For bad parameters, a fold without test windows, or a tested parent without training windows
            (``on_empty="error"``).
        DataFormatError
            For bad positions.
        SequenceError
            If X is text or one-hot that does not fit ``window`` or ``alphabet``.
        """
        folds = self._folds(X, groups)
        self.skipped_ = [fold.skipped for fold in folds]
        return iter([(fold.train, fold.test) for fold in folds])

    def report(self, X, y=None, groups=None):
        """Count what each fold trains on, tests, purges and skips.

        Parameters
        ----------
        X, y, groups
            As in :meth:`split`.

        Returns
        -------
        pandas.DataFrame of shape (n_splits, 6)
            Indexed by fold: ``n_train``, ``n_test``, ``n_purged_overlap`` (windows purged by rule 1),
            ``n_purged_shared`` (by rule 2 alone), ``n_skipped_parents``, ``n_skipped_windows``. All but the parents are
            windows and add up to their number.
        """
        rows = [
            {
                "n_train": len(fold.train),
                "n_test": len(fold.test),
                "n_purged_overlap": fold.n_purged_overlap,
                "n_purged_shared": fold.n_purged_shared,
                "n_skipped_parents": len(fold.skipped),
                "n_skipped_windows": fold.n_skipped_windows,
            }
            for fold in self._folds(X, groups)
        ]
        return pd.DataFrame(rows, index=pd.RangeIndex(len(rows), name="fold"))

    def _folds(self, X, groups):
        self._check_parameters()
        positions = _check_positions(groups)
        if X is not None and len(X) != len(positions):
            raise invalid_data("groups", f"must have one row per window: X has {len(X)} rows, groups {len(positions)}")
        cut = _Cut(self, positions, self._index(X))
        return [cut.fold(k) for k in range(self.n_splits)]

    def _check_parameters(self):
        for name, lowest in (("n_splits", 2), ("window", 1)):
            _check_int(name, getattr(self, name), lowest)
        if self.shared is not None:
            _check_int("shared", self.shared, 1)
            if self.shared > self.window:
                raise invalid_parameter(
                    "shared",
                    "must be at most ",
                    Parameter("window", self.window),
                    f", got {self.shared}: no window can share more symbols than it has; pass a smaller number, or "
                    "None to purge within the parent only",
                )
        if self.on_empty not in ("error", "skip"):
            raise invalid_parameter("on_empty", f"must be 'error' or 'skip', got {self.on_empty!r}")

    def _index(self, X):
        """Index of the windows' substrings, or None where the purge stays within the parent."""
        if self.shared is None:
            return None
        text = _read_windows(X, self.window, get_alphabet(self.alphabet))
        if text is None:
            warn(
                "X is neither text nor one-hot, so only windows that overlap within their parent were purged: parents "
                "that share sequence may leak into each other. Split the windows as text (WindowSet.windows) and "
                "index X with the rows, put the encoding into a pipeline, or pass shared=None if no parents do",
                LeakageWarning,
            )
            return None
        return SubstringIndex(text, self.shared, alphabet=self.alphabet)


@dataclass(frozen=True)
class _Fold:
    train: np.ndarray
    test: np.ndarray
    skipped: np.ndarray
    n_purged_overlap: int
    n_purged_shared: int
    n_skipped_windows: int


class _Cut:
    """The blocks of all parents, and the fold that each of them gives."""

    def __init__(self, splitter, positions, index):
        self.splitter = splitter
        self.index = index
        # all (n_windows,): number of the parent, start in it in residues
        self.names, self.parents = np.unique(positions[:, 0], return_inverse=True)
        self.starts = positions[:, 1]
        # parents laid end to end, a window apart, so that one pass finds the overlaps of all
        self.line = self.parents * (self.starts.max() + splitter.window) + self.starts
        self.blocks = np.empty(len(positions), np.intp)
        order = np.argsort(self.parents, kind="stable")
        for rows in np.split(order, np.cumsum(np.bincount(self.parents))[:-1]):
            self.blocks[rows] = block_of_starts(self.starts[rows], splitter.n_splits)

    def fold(self, k):
        held = self.blocks == k
        if not held.any():
            raise invalid_parameter(
                "n_splits",
                f"must be at most {self.blocks.max() + 1} here, got {self.splitter.n_splits}: fold {k} has no test "
                "windows, because no parent has that many window starts",
            )
        # rule 1, overlap within the parent, then rule 2, sequence in common with any test window
        kept = ~held & ~overlaps_any(self.line, self.line[held], self.splitter.window)
        clean = self._purge_shared(kept, held)
        skipped = self._without_training(clean, held)
        if len(skipped) and self.splitter.on_empty == "error":
            raise InvalidParameterError(self._explain(k, skipped[0], kept, held))
        # a class that is tested and never trained measures nothing
        test = held & ~np.isin(self.parents, skipped)
        if not test.any():
            raise InvalidParameterError(
                Message(f"fold {k} has no test windows left: ", self._explain(k, skipped[0], kept, held))
            )
        return _Fold(
            np.flatnonzero(clean),
            np.flatnonzero(test),
            self.names[skipped],
            n_purged_overlap=int((~held & ~kept).sum()),
            n_purged_shared=int((kept & ~clean).sum()),
            n_skipped_windows=int((held & ~test).sum()),
        )

    def _purge_shared(self, kept, held):
        clean = kept.copy()
        if self.index is not None:
            rows = np.flatnonzero(kept)
            clean[rows[self.index.sharing(rows, np.flatnonzero(held))]] = False
        return clean

    def _without_training(self, train, held):
        """Numbers of the parents that are tested and not trained."""
        # each parent is a class here, so it needs windows on both sides
        trained, tested = (np.bincount(self.parents[rows], minlength=len(self.names)) > 0 for rows in (train, held))
        return np.flatnonzero(tested & ~trained)

    def _explain(self, k, parent, kept, held):
        window, n_splits = self.splitter.window, self.splitter.n_splits
        own = self.parents == parent
        head = f"parent {self.names[parent]} has no training windows left in fold {k}: "
        if not (kept & own).any():
            smallest, length = _smallest_length(window, n_splits), self.starts[own].max() + window
            return Message(
                f"{head}each of its other windows overlaps a test window. With ",
                Parameter("window", window),
                " and ",
                Parameter("n_splits", n_splits),
                f" a sequence needs at least {smallest} residues (a window at every position); its {own.sum()} windows "
                f"span {length}. Use ",
                Ways("longer sequences", "smaller windows", "more of them", "fewer splits", _SKIP),
            )
        return Message(
            f"{head}the {(kept & own).sum()} that do not overlap its test windows share {self.splitter.shared} "
            f"consecutive symbols with test windows of {self._name_sharers(kept & own, held)}. ",
            Ways(
                "Group parents that share sequence as one class",
                Message("pass ", _SKIP),
                Message("raise ", Parameter("shared")),
            ),
        )

    def _name_sharers(self, lost, held):
        rows = np.flatnonzero(held)
        sharers = np.unique(self.parents[rows[self.index.sharing(rows, np.flatnonzero(lost))]])
        more = f" and {len(sharers) - 3} others" if len(sharers) > 3 else ""
        names = ", ".join(map(str, self.names[sharers[:3]]))
        return f"{'parent' if len(sharers) == 1 else 'parents'} {names}{more}"


def _check_int(name, value, lowest):
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < lowest:
        raise invalid_parameter(name, f"must be an int of at least {lowest}, got {value!r}")


def _check_positions(groups):
    """Return the positions as an int ndarray (n_windows, 2)."""
    hint = "pass groups=window_set.positions (column 0 the parent's number, column 1 the window's start)"
    if groups is None:
        raise invalid_data("groups", f"is missing: the splitter needs to know where each window lies; {hint}")
    positions = groups.to_numpy() if hasattr(groups, "to_numpy") else np.asarray(groups)
    if positions.ndim != 2 or positions.shape[1] != 2 or len(positions) == 0:
        raise invalid_data("groups", f"must have shape (n_windows, 2), got {positions.shape}; {hint}")
    if positions.dtype.kind not in "iu":
        raise invalid_data("groups", f"must be integers, got dtype {positions.dtype}; {hint}")
    if positions.min() < 0:
        row = int(np.flatnonzero((positions < 0).any(axis=1))[0])
        raise invalid_data("groups", f"must not be negative, got {positions[row].tolist()} in row {row}; {hint}")
    return positions.astype(np.int64)


def _read_windows(X, window, alphabet):
    """Return the windows as text, or None where X is neither text nor one-hot."""
    if is_text(X):
        values, _ = check_text(X)
        if isinstance(values, np.ndarray) and values.ndim == 2:
            if values.shape[1] > 1:
                raise SequenceError(
                    f"X must hold one window per row (WindowSet.windows), got bags of shape {values.shape}"
                )
            values = values[:, 0]
        wrong = next((row for row, text in enumerate(values) if len(text) != window), None)
        if wrong is not None:
            raise SequenceError(f"window is {window}, but row {wrong} of X has {len(values[wrong])} symbols")
        return values
    codes = _read_one_hot(X, window, alphabet)
    return None if codes is None else codes_to_text(codes, alphabet, strip=False)


def _read_one_hot(X, window, alphabet):
    """Return the codes (n_windows, window) of one-hot windows, flat or not; None where X is something else."""
    X = None if X is None or hasattr(X, "toarray") else np.asarray(X)
    if X is None or X.dtype.kind not in "fiub":
        return None
    if X.ndim == 2 and X.shape[1] == window * len(alphabet):
        X = X.reshape(len(X), window, len(alphabet))
    codes = one_hot_to_codes(X) if X.ndim == 3 and 0 not in X.shape else None
    if codes is not None and X.shape[1:] != (window, len(alphabet)):
        raise SequenceError(
            f"X is one-hot of {X.shape[1]} positions and {X.shape[2]} symbols, but window={window} and "
            f"alphabet={alphabet.name!r} ({len(alphabet)} symbols); set window and alphabet to what X holds"
        )
    return codes


def _smallest_length(window, n_splits):
    """Shortest sequence, in residues, of which every fold trains a window, with windows at every position."""

    def works(n_windows):
        starts = np.arange(n_windows)
        blocks = block_of_starts(starts, n_splits)
        tests = (blocks == k for k in range(n_splits))
        return not any(test.any() and overlaps_any(starts[~test], starts[test], window).all() for test in tests)

    return next(n for n in itertools.count(window + 1) if works(n)) + window - 1
