"""Cross-validation in which similar sequences never stand on both sides."""

import numbers
from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from sklearn.base import clone
from sklearn.model_selection import BaseCrossValidator, GroupKFold, StratifiedGroupKFold

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.model_selection._group_deals import deal_groups, in_one_group, sizes_of_groups
from seqaug_sklearn.similarity import KmerSimilarity, similarity_groups
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    Ways,
    check_generator,
    check_sequences,
    invalid_data,
    invalid_parameter,
    made_parents,
    order_of_content,
    read_target,
    strata_of,
    warn_of_shared_identifiers,
)
from seqaug_sklearn.utils._sklearn import GroupsConsumerMixin

__all__ = ["SimilarityGroupKFold", "check_groups", "merge_groups"]

_NOT_STRATIFIED = Message(Parameter("stratified", False))
_SHUFFLED = Message(Parameter("shuffle", True), " with a ", Parameter("random_state"))
_LARGER = Message("a larger ", Parameter("threshold"))


class SimilarityGroupKFold(GroupsConsumerMixin, BaseCrossValidator):
    """Split so that sequences at least as similar as `threshold` are never in training and test at once.

    The groups are the connected components of the graph "similarity >= threshold" (:func:`similarity_groups`); whole
    groups are dealt to the folds, with classes, numbers or labels balanced as far as the groups allow.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds. At least 2.
    threshold : float
        Smallest similarity that keeps two sequences together, in the unit of the metric; above 0. With the default
        measure, sequences of the identity p have a similarity of about ``p ** 12`` (0.28 at 90 %, 0.07 at 80 %).
    similarity : KmerSimilarity, default=None
        The measure. By default the containment of 12-mers of either strand (DNA, RNA) or of 5-mers (proteins).
    stratified : bool, default=True
        Balance the target over the folds: classes, fifths of numbers, or each of several labels, as in
        :func:`split_by_groups`; and make sure that each class or label can be trained and tested. Needs y.
    shuffle : bool, default=False
        Shuffle the groups before they are dealt.
    random_state : int, RandomState or None, default=None
        Seed of the shuffling.
    alphabet : {"dna", "rna", "protein"} or Alphabet, default=None
        Alphabet of the default measure (None: "dna"); an error beside `similarity`, which has its own.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What the target is; see :func:`~seqaug_sklearn.utils.read_target`.

    Attributes
    ----------
    groups_ : int64 ndarray of shape (n_samples,)
        Group of each row, set by :meth:`split`.

    See Also
    --------
    similarity_groups : The groups alone.
    read_groups : Groups made by other tools, for :class:`~sklearn.model_selection.GroupKFold`.
    WindowBlockKFold : Where each class has a single sequence.

    Notes
    -----
    Non-coding orthologs are less alike than genes: of 600-nt promoters, a threshold of 0.04 keeps 96 % of the
    orthogroups of *Arabidopsis lyrata* and *Capsella rubella* in one fold, 0.1 keeps 70 %. Too low a threshold joins
    everything into one group; the audit (:class:`LeakageGuard`) says what a split still shares.

    Examples
    --------
    >>> from seqaug_sklearn.model_selection import SimilarityGroupKFold
    >>> from seqaug_sklearn.similarity import KmerSimilarity
    >>> X = ["ACGTACGG", "TTGGACCA", "ACGTACGA", "TTGGACCC"]
    >>> similarity = KmerSimilarity(k=4, metric="containment")
    >>> cv = SimilarityGroupKFold(2, threshold=0.5, similarity=similarity, stratified=False)
    >>> [test.tolist() for _, test in cv.split(X)]
    [[0, 2], [1, 3]]
    """

    def __init__(
        self,
        n_splits=5,
        *,
        threshold,
        similarity=None,
        stratified=True,
        shuffle=False,
        random_state=None,
        alphabet=None,
        task="auto",
    ):
        self.n_splits = n_splits
        self.threshold = threshold
        self.similarity = similarity
        self.stratified = stratified
        self.shuffle = shuffle
        self.random_state = random_state
        self.alphabet = alphabet
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

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
            Classes, numbers or labels; needed when `stratified`.
        groups : array-like of shape (n_samples,) or (n_samples, 2), default=None
            Rows of one group (of a two-column array: of one value in column 0) stay together too, similar or not.

        Returns
        -------
        iterator of (train, test)
            Int ndarrays of row numbers.

        Raises
        ------
        InvalidParameterError
            For bad parameters, or where the groups allow no such split: the message gives the sizes of the groups and
            the smallest threshold that would work.
        DataFormatError
            For `groups` that do not fit the rows.
        """
        self._check_parameters()
        strata = self._strata(y)
        measure = self._measure()
        labels = similarity_groups(X, self.threshold, similarity=measure)
        own = check_groups(groups, len(labels))
        self.groups_ = labels if own is None else merge_groups(labels, own)
        problem = self._problem(self.groups_, strata)
        if problem:
            raise InvalidParameterError(Message(problem, "; ", self._way_out(X, measure, own, strata)))
        folds = self._folds(X, strata)
        if own is None:
            warn_of_shared_identifiers(check_sequences(X).identifiers, folds, made_parents(X))
        return iter(folds)

    def _check_parameters(self):
        if isinstance(self.n_splits, bool) or not isinstance(self.n_splits, numbers.Integral) or self.n_splits < 2:
            raise invalid_parameter("n_splits", f"must be an int of at least 2, got {self.n_splits!r}")

    def _measure(self):
        if self.similarity is not None:
            if self.alphabet is not None:
                raise invalid_parameter(
                    "alphabet",
                    "belongs to the default measure; ",
                    Parameter("similarity"),
                    " has its own: leave ",
                    Parameter("alphabet", None),
                )
            return clone(self.similarity)
        alphabet = get_alphabet("dna" if self.alphabet is None else self.alphabet)
        both_strands = alphabet.complement is not None
        return KmerSimilarity(
            k=12 if both_strands else 5, alphabet=alphabet, metric="containment", canonical=both_strands
        )

    def _strata(self, y):
        if not self.stratified:
            return None
        try:
            return strata_of(read_target(y, task=self.task))
        except DataFormatError as error:
            raise invalid_parameter(
                Parameter("stratified", True), f"needs a target: {error}; or pass ", Parameter("stratified", False)
            ) from None

    def _problem(self, labels, strata):
        """Say why the groups allow no split, or return None."""
        sizes = np.sort(np.bincount(labels))[::-1]
        told = ", ".join(map(str, sizes[:5])) + (", ..." if len(sizes) > 5 else "")
        if len(sizes) < self.n_splits:
            return Message(
                Parameter("n_splits", self.n_splits),
                " needs as many groups of similar sequences, but ",
                Parameter("threshold", self.threshold),
                f" makes {len(sizes)}, of {told} rows",
            )
        if strata is not None:
            rows_of = sizes_of_groups(np.unique(labels, return_inverse=True)[1], strata)
            single = in_one_group(rows_of, strata.needed)
            if len(single):
                more = f" (and {len(single) - 1} other {strata.words})" if len(single) > 1 else ""
                return Message(
                    f"all {rows_of[:, single[0]].sum()} rows of {strata.word} {strata.names[single[0]]!s}{more} are in "
                    f"one group of similar sequences, so the {strata.word} is never trained where it is tested; the "
                    f"groups hold {told} rows at ",
                    Parameter("threshold", self.threshold),
                )
        return None

    def _way_out(self, X, measure, own, strata):
        """Search the similarities for the smallest threshold without a problem."""
        rows = check_sequences(X).values
        # components at any threshold above the present one are those of the maximum spanning forest without its weaker
        # edges: one graph answers for every threshold
        weights, ends = _strongest_links(measure.set_params(output="similarity", threshold=self.threshold), rows)
        limit = _largest_threshold(measure.metric, weights, ends, rows)
        values = np.unique(weights[weights < limit])

        def works(value):
            labels = _components(ends[weights > value], len(rows))
            return self._problem(labels if own is None else merge_groups(labels, own), strata) is None

        if len(values) == 0 or not works(values[-1]):
            others = () if strata is None else (_NOT_STRATIFIED,)
            return Message(
                "no ",
                Parameter("threshold"),
                " would work on these rows: ",
                Ways("use fewer splits", *others, "leave such rows out"),
            )
        # a higher threshold only breaks groups up, so a bisection finds the first that works
        low, high = 0, len(values) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if works(values[middle]) else (middle + 1, high)
        # similar means at least the threshold, so it has to lie above the last link that must break
        smallest = min(_just_above(values[low]), limit)
        return Message("the smallest ", Parameter("threshold"), f" that would work is {smallest}")

    def _folds(self, X, strata):
        codes = None if strata is None else strata.codes
        # rows in an order of their own, so that that of the file decides nothing; equal sequences are in one group
        order = order_of_content((str(text).upper() for text in check_sequences(X).values), ties=codes)
        groups = _by_first_appearance(self.groups_[order])
        if strata is None or strata.kind == "classes":
            found = self._by_class(None if codes is None else codes[order], groups)
        else:
            found = self._by_strata(strata, order, groups)
        folds = [(np.sort(order[train]), np.sort(order[test])) for train, test in found]
        for number, (train, test) in enumerate(folds):
            if len(test) == 0:
                raise InvalidParameterError(
                    Message(
                        f"fold {number} would be empty: balancing the classes puts the {self.groups_.max() + 1} groups "
                        "into fewer folds; pass ",
                        Ways(_NOT_STRATIFIED, "fewer splits", _LARGER),
                    )
                )
            lost = [] if strata is None else strata.lost(train, test)
            if lost:
                raise InvalidParameterError(
                    Message(
                        f"fold {number} tests {strata.word} {lost[0]!s}, all groups of which fell into that fold; "
                        "pass ",
                        Ways(_SHUFFLED, "fewer splits", _LARGER),
                    )
                )
        return folds

    def _by_class(self, codes, groups):
        options = {"shuffle": self.shuffle, "random_state": self.random_state if self.shuffle else None}
        kind = GroupKFold if codes is None else StratifiedGroupKFold
        return kind(self.n_splits, **options).split(np.zeros(len(groups)), codes, groups)

    def _by_strata(self, strata, order, groups):
        """Bins of numbers, and labels of which a row may have several: scikit-learn balances neither over groups."""
        sizes = sizes_of_groups(groups, replace(strata, members=strata.members[order]))
        rng = check_generator(self.random_state if self.shuffle else 0)
        part = deal_groups(sizes, np.full(self.n_splits, 1 / self.n_splits), strata.needed, rng)
        if part is None:
            raise InvalidParameterError(
                Message(
                    f"the {len(sizes)} groups allow no folds in which every {strata.word} is trained and tested; pass ",
                    Ways(_NOT_STRATIFIED, "fewer splits", _LARGER),
                )
            )
        fold = part[groups]
        return [(np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in range(self.n_splits)]


def merge_groups(labels, others):
    """Join groups that have a row in common in either labelling; int64 ndarray, in the order of first appearance."""
    # a bipartite graph: labels on one side, the others behind them, and each row an edge
    labels, others = (np.unique(values, return_inverse=True)[1] for values in (labels, others))
    n = labels.max() + 1
    edges = np.unique(np.column_stack([labels, n + others]), axis=0)
    joined = _components(edges, n + others.max() + 1)[labels]
    return _by_first_appearance(joined)


def _by_first_appearance(labels):
    """Renumber groups by their first row."""
    _, first, labels = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[labels].astype(np.int64)


def _components(edges, n):
    graph = sparse.coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def _strongest_links(measure, rows):
    """Weights (n_edges,) and ends (n_edges, 2) of the maximum spanning forest of the similarity graph."""
    graph = sparse.coo_array(measure.fit_transform(rows))
    # each pair once, without the diagonal
    apart = graph.row < graph.col
    # SciPy before 1.15 takes 32-bit numbers of rows only
    ends, weights = np.column_stack([graph.row, graph.col])[apart].astype(np.int32), graph.data[apart]
    forest = sparse.coo_array(
        # the smallest of the negative weights are the largest
        minimum_spanning_tree(sparse.coo_array((-weights, (ends[:, 0], ends[:, 1])), shape=graph.shape).tocsr())
    )
    return -forest.data, np.column_stack([forest.row, forest.col])


def _largest_threshold(metric, weights, ends, rows):
    """Beyond this, a threshold would part identical rows."""
    if metric != "shared":
        return 1.0
    same = [rows[i].upper() == rows[j].upper() for i, j in ends]
    return float(weights[same].min(initial=np.inf))


def _just_above(value):
    """The next number of four significant digits."""
    # distance of two numbers of four digits at this magnitude; 1e-9 guards against 0.07 / 0.0001 = 699.9999
    step = 10.0 ** (int(np.floor(np.log10(value))) - 3)
    return float(f"{(np.floor(value / step + 1e-9) + 1) * step:.4g}")


def check_groups(groups, n_rows):
    """Return one label per row, that of the first of two columns; None stays None."""
    if groups is None:
        return None
    groups = groups.to_numpy() if hasattr(groups, "to_numpy") else np.asarray(groups)
    groups = groups[:, 0] if groups.ndim == 2 else groups
    if groups.shape != (n_rows,):
        raise invalid_data("groups", f"must have one entry per row of X: {n_rows}, got shape {groups.shape}")
    return groups
