"""What a split keeps even: the shares of classes, of bins of numbers, of labels that are there and not there."""

from dataclasses import dataclass

import numpy as np

from seqaug_sklearn.utils._bins import equal_count_bins
from seqaug_sklearn.utils._targets._target import Target

__all__ = ["Strata", "strata_of"]

_BINS = 5


@dataclass(frozen=True, eq=False)
class Strata:
    """Kinds of rows, each of which should have the same share in every part of a split.

    Attributes
    ----------
    kind : {"classes", "number", "labels"}
        What was predicted.
    names : tuple
        Class, number of the bin, or label and value (``"liver = 1"``) of each stratum.
    members : bool ndarray of shape (n_rows, n_strata)
        Which row belongs to which. A row of several labels is in several.
    needed : bool ndarray of shape (n_strata,)
        Which must be trained and tested: classes, and labels that are there and not there; no bin is one by itself.
    """

    kind: str
    names: tuple
    members: np.ndarray
    needed: np.ndarray

    @property
    def codes(self) -> np.ndarray:
        """Number of each row's combination of strata, int (n_rows,): of classes and bins, which of them it is."""
        return np.unique(~self.members, axis=0, return_inverse=True)[1].ravel()

    def lost(self, train, test) -> list:
        """Names of the needed strata that the test rows hold and the training rows do not.

        Parameters
        ----------
        train, test : int ndarray
            Row numbers.
        """
        trained, tested = self.members[train].any(axis=0), self.members[test].any(axis=0)
        return [self.names[i] for i in np.flatnonzero(self.needed & tested & ~trained)]

    @property
    def word(self) -> str:
        """What a stratum is called in a message: class or label."""
        return "label" if self.kind == "labels" else "class"

    @property
    def words(self) -> str:
        """The same for several."""
        return "labels" if self.kind == "labels" else "classes"


def strata_of(target: Target, n_bins: int = _BINS) -> Strata:
    """Return what a split of rows with this target keeps even.

    Numbers are cut into bins of equally many rows, several by the mean of their standardised values; rows without any
    are a bin of their own.

    Parameters
    ----------
    target : Target
        Target of every row.
    n_bins : int, default=5
        Bins of numbers.

    Returns
    -------
    Strata

    Examples
    --------
    >>> from seqaug_sklearn.utils import read_target, strata_of
    >>> strata_of(read_target([0.5, 7.25, 3.5, 1.75, 2.25, 9.5]), 2).codes.tolist()
    [0, 1, 1, 0, 0, 1]
    >>> strata_of(read_target([[0, 1], [1, float("nan")], [0, 0]])).names
    ('rows', 'y0 = 1', 'y1 = 1', 'y0 = 0', 'y1 = 0')
    """
    if target.kind == "classes":
        classes, codes = np.unique(target.values, return_inverse=True)
        return _of_codes("classes", classes.tolist(), codes, needed=True)
    if target.kind == "number":
        codes = _bins(target.columns, n_bins)
        return _of_codes("number", range(codes.max() + 1), codes, needed=False)
    there, absent = target.columns == 1, target.columns == 0
    # rows are counted too: those of which little is known must not gather in one part
    members = np.column_stack([np.ones(len(there), bool), there, absent])
    names = ("rows", *(f"{name} = {value}" for value in (1, 0) for name in target.names))
    return Strata("labels", names, members, np.arange(members.shape[1]) > 0)


def _of_codes(kind, names, codes, *, needed):
    members = codes.ravel()[:, None] == np.arange(len(names))
    return Strata(kind, tuple(names), members, np.full(len(names), needed))


def _bins(columns, n_bins):
    """Bin of the mean of each row's standardised values, int (n_rows,)."""
    measured = ~np.isnan(columns)
    scaled = (columns - np.nanmean(columns, axis=0)) / np.maximum(np.nanstd(columns, axis=0), 1e-300)
    any_measured = measured.any(axis=1)
    mean = np.nan_to_num(scaled).sum(axis=1) / np.maximum(measured.sum(axis=1), 1)
    codes = np.empty(len(columns), np.intp)
    codes[any_measured] = equal_count_bins(mean[any_measured], n_bins)
    codes[~any_measured] = codes[any_measured].max() + 1
    return codes
