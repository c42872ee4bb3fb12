"""A splitter that audits every split of another splitter."""

import numpy as np
from sklearn.model_selection import BaseCrossValidator, check_cv

from seqaug_sklearn.exceptions import LeakageError, LeakageWarning
from seqaug_sklearn.model_selection._group_deals import deal_groups
from seqaug_sklearn.model_selection._leakage._audit import report_on, row_names, windows_of
from seqaug_sklearn.model_selection._leakage._lineage import warn_of_lineage
from seqaug_sklearn.model_selection._leakage._shared_sequence import EvidenceFinder
from seqaug_sklearn.similarity import USUAL_SHARE
from seqaug_sklearn.utils import (
    check_generator,
    invalid_parameter,
    is_whole,
    made_positions,
    read_target,
    strata_of,
    warn,
)
from seqaug_sklearn.utils._sklearn import GroupsConsumerMixin

__all__ = ["LeakageGuard", "splits_of"]


class LeakageGuard(GroupsConsumerMixin, BaseCrossValidator):
    """Wrap a splitter and audit each of its splits for shared sequence before anything is trained.

    Pass it as ``cv`` wherever scikit-learn takes a splitter. It reads X as text, so encodings belong into the pipeline
    behind it. ``on_leak="purge"`` repairs a split by removing *training* rows only: the test rows, and so the score,
    keep their meaning.

    Parameters
    ----------
    cv : int, splitter or iterable of (train, test)
        The splitter; an int is made into ``StratifiedKFold``, folds with even shares of the fifths of numbers or of
        each label, or ``KFold`` without y. An iterator can be split only once: pass a list.
    on_leak : {"raise", "warn", "purge"}, default="raise"
        What to do when a test row leaks: raise a :class:`~seqaug_sklearn.exceptions.LeakageError`, warn and give the
        split as it is, or remove the training rows that make it leak.
    k, threshold, min_run, alphabet, mask_low_complexity, mask_tags, homologs, max_evalue
        As in :func:`audit_leakage`. Values of None are chosen once, for all rows together. Homologs are looked for in
        each split anew; ``homologs=False`` leaves them out where there are many splits of many rows.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What the target is; see :func:`~seqaug_sklearn.utils.read_target`.

    Attributes
    ----------
    reports_ : list of LeakageReport
        One per split, before any purge, set by :meth:`split`; row numbers are those of X.
    n_purged_ : list of int
        Training rows removed from each split.

    See Also
    --------
    audit_leakage : The audit of one split.
    SimilarityGroupKFold : Splits that keep similar sequences together in the first place.

    Examples
    --------
    >>> from sklearn.model_selection import KFold
    >>> from seqaug_sklearn.model_selection import LeakageGuard
    >>> X = ["ACGTTGCAGGATCCATTACGGCATC", "TTTGACCCAGATAGACCAGATTTGG"]
    >>> X += ["CGTTGCAGGATCCATTACGGCATCA", "GGGCATATCTCTGAGCGACGCTTTA"]
    >>> guard = LeakageGuard(KFold(2), on_leak="purge")
    >>> [(train.tolist(), test.tolist()) for train, test in guard.split(X)]
    [([3], [0, 1]), ([1], [2, 3])]
    >>> [report.kind.tolist() for report in guard.reports_]
    [['shifted copy', 'none'], ['shifted copy', 'none']]
    """

    def __init__(
        self,
        cv,
        *,
        on_leak="raise",
        k=None,
        threshold=USUAL_SHARE,
        min_run=None,
        alphabet="dna",
        mask_low_complexity=True,
        mask_tags=True,
        homologs="auto",
        max_evalue=1e-3,
        task="auto",
    ):
        self.cv = cv
        self.on_leak = on_leak
        self.k = k
        self.threshold = threshold
        self.min_run = min_run
        self.alphabet = alphabet
        self.mask_low_complexity = mask_low_complexity
        self.mask_tags = mask_tags
        self.homologs = homologs
        self.max_evalue = max_evalue
        self.task = task

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of splits of the wrapped splitter.

        Parameters
        ----------
        X, y, groups : object, default=None
            Passed on.

        Returns
        -------
        int
        """
        return check_cv(self.cv, y).get_n_splits(X, y, groups)

    def split(self, X, y=None, groups=None):
        """Give the training and test rows of each split of the wrapped splitter.

        All splits are audited before the first is given.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,), or WindowSet
            Sequences or windows.
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
            Target, passed on; a purge may not remove a class, or a label, from the training rows.
        groups : array-like, default=None
            Passed on.

        Returns
        -------
        iterator of (train, test)
            Int ndarrays of row numbers.

        Raises
        ------
        LeakageError
            If a split leaks (``on_leak="raise"``), or a purge leaves no training row, or none of a class or label.
        """
        if self.on_leak not in ("raise", "warn", "purge"):
            raise invalid_parameter("on_leak", f"must be 'raise', 'warn' or 'purge', got {self.on_leak!r}")
        sequences = windows_of(X, "X")
        finder = EvidenceFinder(
            sequences.values,
            k=self.k,
            threshold=self.threshold,
            min_run=self.min_run,
            alphabet=self.alphabet,
            mask_low_complexity=self.mask_low_complexity,
            mask_tags=self.mask_tags,
            homologs=self.homologs,
            max_evalue=self.max_evalue,
            identifiers=sequences.identifiers,
        )
        rows = X.windows if hasattr(X, "positions") else X
        strata = None if y is None else strata_of(read_target(y, task=self.task))
        splits = splits_of(self.cv, rows, y, groups, strata)
        purges = self.on_leak == "purge"
        found = [finder.find(train, test, every_guilty=purges) for train, test in splits]
        names = row_names(sequences)
        # one index over all rows serves every split
        self.reports_ = [
            report_on(finder, evidence, test, names[train], names[test])
            for evidence, (train, test) in zip(found, splits, strict=True)
        ]
        self.n_purged_ = [0] * len(splits)
        # one warning: what leaks is told by the audit
        if groups is None and (purges or not any(report.leaked.any() for report in self.reports_)):
            positions = made_positions(X)
            warn_of_lineage(splits, X, sequences.identifiers, positions, int(sequences.lengths().max()))
        return iter(self._judge(splits, found, strata))

    def _judge(self, splits, found, strata):
        leaking = [number for number, report in enumerate(self.reports_) if report.leaked.any()]
        if not leaking:
            return splits
        if self.on_leak == "purge":
            self.n_purged_ = [int(evidence.guilty.sum()) for evidence in found]
            return [
                (_purged(number, train, evidence.guilty, strata), test)
                for number, ((train, test), evidence) in enumerate(zip(splits, found, strict=True))
            ]
        worst = max(leaking, key=lambda number: self.reports_[number].leaked_share)
        message = (
            f"{len(leaking)} of {len(splits)} splits leak. Split {worst}: {self.reports_[worst].summary()} Split by "
            f"similarity (SimilarityGroupKFold), by parent (GroupKFold) or by blocks (WindowBlockKFold), or pass "
            f"on_leak='purge' to remove the training rows that leak"
        )
        if self.on_leak == "raise":
            raise LeakageError(message)
        warn(message, LeakageWarning)
        return splits


def _purged(number, train, guilty, strata):
    """Training rows without the guilty ones; an error where that ends the training."""
    kept = train[~guilty]
    if len(kept) == 0:
        raise LeakageError(
            f"split {number}: all {len(train)} training rows share sequence with test rows, so a purge leaves none; "
            f"use a split that keeps similar sequences together"
        )
    lost = [] if strata is None else strata.lost(kept, train)
    if lost:
        others = "" if len(lost) == 1 else f" and {len(lost) - 1} other {strata.words}"
        raise LeakageError(
            f"split {number}: a purge of {guilty.sum()} training rows removes every training row of {strata.word} "
            f"{lost[0]!r}{others}; use a split that keeps similar sequences together, or fewer splits"
        )
    return kept


def splits_of(cv, X, y, groups, strata):
    """All splits of what scikit-learn takes as `cv`, as a list of pairs of ndarrays; an int keeps strata even."""
    if hasattr(cv, "__iter__") and not hasattr(cv, "split"):
        cv = list(cv)
        odd = [split for split in cv if not hasattr(split, "__len__") or len(split) != 2]
        if odd:
            raise invalid_parameter(
                "cv", f"must be an int, a splitter or pairs of (train, test) rows, got {odd[0]!r} among them"
            )
    if strata is not None and strata.kind != "classes" and (cv is None or is_whole(cv)):
        return _even_folds(strata, check_cv(cv).get_n_splits())
    classifier = strata is not None and strata.kind == "classes"
    return [tuple(map(np.asarray, split)) for split in check_cv(cv, y, classifier=classifier).split(X, y, groups)]


def _even_folds(strata, n_splits):
    """Folds for numbers and labels, which scikit-learn takes in the order of the file."""
    n_rows = len(strata.members)
    if n_splits > n_rows:
        raise invalid_parameter("cv", f"must be at most the number of rows, {n_rows}, got {n_splits}")
    sizes = strata.members.astype(np.int64)
    fold = deal_groups(sizes, np.full(n_splits, 1 / n_splits), strata.needed, check_generator(0))
    if fold is None:
        raise invalid_parameter("cv", f"makes {n_splits} folds in which a label is not both trained and tested")
    return [(np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in range(n_splits)]
