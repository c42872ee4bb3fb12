"""Cross-validation of pairs in which members of a test pair are unseen in training."""

import numbers

import numpy as np
from sklearn.model_selection import BaseCrossValidator

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    Ways,
    check_generator,
    deal_linked_members,
    deal_members,
    invalid_data,
    invalid_parameter,
    made_parents,
    member_codes,
    order_of_content,
    read_target,
    strata_of,
    warn_of_shared_identifiers,
)
from seqaug_sklearn.utils._sklearn import GroupsConsumerMixin

__all__ = ["ColdPairKFold"]

_UNSEEN = ("one", "first", "second", "both")

_SHUFFLED = Message(Parameter("shuffle", True), " with another ", Parameter("random_state"))


class ColdPairKFold(GroupsConsumerMixin, BaseCrossValidator):
    """Split pairs so that one member of every test pair, or both, occur in no training pair.

    A random split of pairs tests members that were trained with other partners, and a model may score by knowing them
    alone. Which score matters depends on the use: new partners of known members (a random split), a new member, or two
    new ones.

    Members are what `groups` says. Give their names, or, where members have relatives, a group of relatives for each
    side: ``np.column_stack([similarity_groups(first, 0.3), similarity_groups(second, 0.3)])``. Names (text) that stand
    in both columns are one member; numbers count for each column on its own, unless `symmetric` says otherwise.

    The splitter sees the members; the estimator does not, unless scikit-learn's metadata routing is on
    (``sklearn.set_config(enable_metadata_routing=True)``, then ``params={"groups": members}``). A network that stops
    early needs them too: without, its validation pairs have members that training knows, and nothing says so.
    ``seqaug_sklearn.evaluation.compare`` hands them on without routing.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds. At least 2.
    unseen : {"one", "first", "second", "both"}, default="one"
        What is new in each test pair: one member, whichever it is; the first; the second; or both.
    symmetric : bool, default=None
        Whether a value in the first column and the same in the second are one member: True for pairs of one kind
        (proteins that bind proteins, orthologs), False for microRNA 3 and target 3. None: text is, numbers are not.
    shuffle : bool, default=False
        Deal the members in another order than the most frequent first.
    random_state : int, RandomState or None, default=None
        Seed of the shuffling.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What the target is; see :func:`~seqaug_sklearn.utils.read_target`.

    Attributes
    ----------
    n_dropped_ : list of int
        Pairs of each fold that are neither trained nor tested because they hold a member that must be unseen, set by
        :meth:`split`.
    n_untested_ : int
        Pairs that no fold tests; 0 except with ``unseen="both"``.

    See Also
    --------
    seqaug_sklearn.similarity.similarity_groups : Relatives as groups.
    SimilarityGroupKFold : The same question for single sequences.

    Notes
    -----
    Every fold holds out members of about equal weight, and no training pair has one that the fold tests. With "one"
    each pair is tested in the fold of one of its members; with "both", in the fold that holds out both, and not at all
    where its members fall into different folds. So "both" keeps members that are linked through pairs in one fold, and
    divides those that are too many for a fold so that few pairs are lost: none where the pairs fall into unlinked
    parts, but all except one in `n_splits` where every member is paired with every other. Where pairs are not tested,
    ``cross_val_predict`` refuses the split.

    The three settings are those of Park and Marcotte [1]_: C1 is a random split, C2 "one", C3 "both".

    References
    ----------
    .. [1] Y. Park and E. M. Marcotte, Flaws in evaluation schemes for pair-input computational predictions, Nature
       Methods 9 (2012), :doi:`10.1038/nmeth.2259`.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.model_selection import ColdPairKFold
    >>> members = np.array([["mir1", "a"], ["mir1", "b"], ["mir2", "b"], ["mir2", "c"], ["mir3", "d"], ["mir3", "e"]])
    >>> X = np.zeros((6, 1))
    >>> for train, test in ColdPairKFold(3, unseen="first").split(X, groups=members):
    ...     print(train, test)
    [0 1 4 5] [2 3]
    [2 3 4 5] [0 1]
    [0 1 2 3] [4 5]
    >>> for train, test in ColdPairKFold(2, unseen="both").split(X, groups=members):
    ...     print(train, test)
    [4 5] [0 1 2 3]
    [0 1 2 3] [4 5]
    """

    def __init__(self, n_splits=5, *, unseen="one", symmetric=None, shuffle=False, random_state=None, task="auto"):
        self.n_splits = n_splits
        self.unseen = unseen
        self.symmetric = symmetric
        self.shuffle = shuffle
        self.random_state = random_state
        self.task = task

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
        X : array-like of shape (n_samples, ...)
            Pairs; only counted.
        y : array-like of shape (n_samples,), default=None
            Class labels; each class that a fold tests must be trained there.
        groups : array-like of shape (n_samples, 2)
            Name, or group of relatives, of the first and the second member of each pair.

        Returns
        -------
        iterator of (train, test)
            Sorted int ndarrays of row numbers.

        Raises
        ------
        InvalidParameterError
            For bad parameters, or where the pairs allow no such split; the message says why.
        DataFormatError
            For groups that do not name both members of each pair.
        """
        self._check_parameters()
        if groups is None:
            raise invalid_data(
                "groups", "must be given: the names, or groups, of both members of each pair, shape (n, 2)"
            )
        members = self._members(groups, X.shape[0] if hasattr(X, "shape") else len(X))
        rng = check_generator(self.random_state) if self.shuffle else None
        # pairs in an order of their own, so that that of the rows decides nothing
        order = order_of_content("\0".join(map(str, pair)) for pair in _array(groups))
        members[order] = self._members(_array(groups)[order], len(order))
        held, tested_in_order = self._assign(members[order], rng)
        tested = np.empty_like(tested_in_order)
        tested[order] = tested_in_order
        folds = []
        for fold in range(self.n_splits):
            test = np.flatnonzero(tested == fold)
            # members that this fold tests and holds out; a pair with one of them may not be trained
            new = np.zeros(len(held), bool)
            new[members[test]] = held[members[test]] == fold
            # neither member is new
            train = np.flatnonzero(~new[members].any(axis=1))
            self._check_fold(fold, train, test, members, tested)
            folds.append((train, test))
        self._check_classes(folds, y)
        # no names: those of pairs are often those of a member
        warn_of_shared_identifiers(None, folds, made_parents(X))
        self.n_dropped_ = [len(members) - len(train) - len(test) for train, test in folds]
        self.n_untested_ = int((tested < 0).sum())
        return iter(folds)

    def _members(self, groups, n_rows):
        return member_codes(groups, n_rows, symmetric=self.symmetric)

    def _check_parameters(self):
        if isinstance(self.n_splits, bool) or not isinstance(self.n_splits, numbers.Integral) or self.n_splits < 2:
            raise invalid_parameter("n_splits", f"must be an int of at least 2, got {self.n_splits!r}")
        if self.unseen not in _UNSEEN:
            raise invalid_parameter("unseen", f"must be one of {', '.join(map(repr, _UNSEEN))}, got {self.unseen!r}")
        if self.symmetric not in (True, False, None):
            raise invalid_parameter("symmetric", f"must be True, False or None, got {self.symmetric!r}")
        if not self.shuffle and self.random_state is not None:
            raise invalid_parameter(
                Parameter("random_state", self.random_state),
                "has no effect without ",
                Parameter("shuffle", True),
                "; pass both or none",
            )

    def _assign(self, members, rng):
        """Fold that holds out each member (-1: none), and fold that tests each pair (-1: none)."""
        # a member weighs as many pairs as it would bring to its fold
        sides = {"first": members[:, 0], "second": members[:, 1]}
        counted = sides.get(self.unseen, members.ravel())
        pairs_of = np.bincount(counted, minlength=members.max() + 1)
        n_members = np.count_nonzero(pairs_of)
        if n_members < self.n_splits:
            which = f"{self.unseen} members" if self.unseen in sides else "members"
            raise invalid_parameter(
                Parameter("n_splits", self.n_splits),
                f"needs as many different {which}, but groups holds {n_members}; use fewer splits, or finer groups",
            )
        if self.unseen == "both":
            held = deal_linked_members(members, self.n_splits, rng)
            # a pair whose members fall into different folds would have one known member in either, so none tests it
            return held, np.where(held[members[:, 0]] == held[members[:, 1]], held[members[:, 0]], -1)
        held = deal_members(pairs_of, self.n_splits, rng)
        return held, held[sides[self.unseen]] if self.unseen in sides else _one_of_two(held[members], rng)

    def _check_fold(self, fold, train, test, members, tested):
        if len(train) and len(test):
            return
        if len(test):
            cause = "no training pair is left without a member that is held out with them"
        elif self.unseen == "both":
            across = np.mean(tested < 0)
            cause = f"no pair has both members held out: {across:.0%} of the pairs join members of different folds"
        else:
            cause = "none of the pairs falls to it"
        largest = np.bincount(members.ravel()).max()
        raise InvalidParameterError(
            Message(
                f"fold {fold} of ",
                Parameter("unseen", self.unseen),
                f" would have {len(train)} training and {len(test)} test pairs: {cause}. The most frequent member is "
                f"in {largest} of {len(members)} pairs; use fewer splits, finer groups, or another ",
                Parameter("unseen"),
            )
        )

    def _check_classes(self, folds, y):
        if y is None:
            return
        strata = strata_of(read_target(y, task=self.task))
        for fold, (train, test) in enumerate(folds):
            lost = strata.lost(train, test)
            if lost:
                raise InvalidParameterError(
                    Message(
                        f"fold {fold} of ",
                        Parameter("unseen", self.unseen),
                        f" tests {strata.word} {lost[0]!s}, of which its training pairs hold none; use ",
                        Ways("fewer splits", "finer groups", _SHUFFLED),
                    )
                )


def _array(groups):
    return groups.to_numpy(dtype=object) if hasattr(groups, "iloc") else np.array(groups, dtype=object)


def _one_of_two(folds, rng):
    """Choose for each pair one of the folds of its members, so that the folds stay equal in size."""
    tested, load = np.empty(len(folds), np.intp), np.zeros(folds.max() + 1, int)
    # to the lighter of both folds so far; a pair in the fold of one member is new by that member alone
    for row in range(len(folds)) if rng is None else rng.permutation(len(folds)):
        first, second = folds[row]
        tested[row] = first if load[first] <= load[second] else second
        load[tested[row]] += 1
    return tested
