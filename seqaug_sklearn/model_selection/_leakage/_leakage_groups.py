"""Groups that a split must not part, by the audit's own rules."""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from seqaug_sklearn.model_selection._leakage._audit import windows_of
from seqaug_sklearn.model_selection._leakage._leakage_report import tell_limits
from seqaug_sklearn.model_selection._leakage._most_shared import blocks_of_rows, kmers_that_count
from seqaug_sklearn.model_selection._leakage._shared_sequence import EvidenceFinder
from seqaug_sklearn.model_selection._similarity_group import check_groups, merge_groups
from seqaug_sklearn.similarity import USUAL_SHARE

__all__ = ["leakage_groups", "linked_rows"]


def leakage_groups(
    X,
    *,
    k: int | None = None,
    threshold: float = USUAL_SHARE,
    min_run: int | None = None,
    alphabet="dna",
    mask_low_complexity: bool = True,
    mask_tags: bool = True,
    homologs: bool | str = "auto",
    max_evalue: float = 1e-3,
    groups=None,
    return_limits: bool = False,
):
    """Label groups of sequences that must stay together so that :func:`audit_leakage` finds nothing.

    Two rows are linked if one would leak were the other trained, and a group is what is linked, directly or through
    others. So a split that keeps these groups together is clean by the audit with the same settings, which no group by
    similarity alone promises: a shared stretch of 30 residues is a leak, but hardly counts among the k-mers of 600.

    Within a group rows need not be alike. A domain, a repeat or a vector that many rows hold joins them all: look at
    the size of the largest group before you split.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,), or WindowSet
        Sequences.
    k, threshold, min_run, alphabet, mask_low_complexity, mask_tags, homologs, max_evalue
        As in :func:`audit_leakage`. Values of None are chosen for all rows together, as the audit of a split of them
        does.
    groups : array-like of shape (n_samples,) or (n_samples, 2), default=None
        Rows of one group (of a two-column array: of one value in column 0) stay together too, similar or not.

    return_limits : bool, default=False
        Whether to return what was not looked for, or cannot be seen, in the words of the audit.

    Returns
    -------
    groups : int64 ndarray of shape (n_samples,)
        Label of each sequence, 0, 1, ... in the order of first appearance.
    limits : str
        Only with ``return_limits=True``.

    Raises
    ------
    SequenceError
        As :func:`audit_leakage`.
    InvalidParameterError
        For bad parameters.

    See Also
    --------
    split_by_groups : Train and test rows, or folds, of whole groups.
    similarity_groups : Groups by one measure of similarity, at a threshold of your own.
    read_groups : Groups made by other tools.

    Notes
    -----
    What the audit does not see joins nothing, and ``return_limits=True`` says what that is: it is much less where
    parasail is installed (:func:`audit_leakage` gives figures). :func:`read_groups` takes the groups of tools that
    align (MMseqs2, CD-HIT).

    Examples
    --------
    >>> from seqaug_sklearn.model_selection import leakage_groups
    >>> X = ["ACGTTGCAGGATCCATTACGGCATCAAT", "TTTGACCCAGATAGACCAGATTTGGCAA", "CGTTGCAGGATCCATTACGGCATCAATG"]
    >>> leakage_groups(X).tolist()
    [0, 1, 0]
    """
    sequences = windows_of(X, "X")
    finder = EvidenceFinder(
        sequences.values,
        k=k,
        threshold=threshold,
        min_run=min_run,
        alphabet=alphabet,
        mask_low_complexity=mask_low_complexity,
        mask_tags=mask_tags,
        homologs=homologs,
        max_evalue=max_evalue,
        identifiers=sequences.identifiers,
    )
    labels, skipped = linked_rows(finder)
    own = check_groups(groups, len(labels))
    # without others the labels themselves: what comes back is numbered by first appearance
    merged = merge_groups(labels, labels if own is None else own)
    return (merged, tell_limits(finder.alphabet.name, skipped)) if return_limits else merged


def linked_rows(finder):
    """Label what the audit would link, of rows that a finder knows.

    Parameters
    ----------
    finder : EvidenceFinder
        The rows.

    Returns
    -------
    labels : int ndarray of shape (n_rows,)
        Equal for rows that are linked, directly or through others.
    skipped : str
        Why no homologs were looked for by alignment; empty where they were.
    """
    # equal rows and reverse complements first: rows shorter than k or a run hold nothing else to be known by
    labels = _linked_by_runs(finder, finder.mirrors)
    for rows, others in _linked_by_kmers(finder):
        labels = _joined(labels, rows, others)
    *homologs_of, skipped = finder.second_stage.links()
    return _joined(labels, *homologs_of), skipped


def _linked_by_runs(finder, labels):
    """Join rows that hold the same run, where that run counts."""
    runs = finder.runs.incidence().tocoo()
    counts = np.ones(runs.shape[1], bool)
    if finder.masks:
        # a run of low complexity counts where a row that is mostly that holds it
        low = np.zeros(runs.shape[1], bool)
        low[: len(finder.runs.low_complexity)] = finder.runs.low_complexity
        counts[low] = False
        counts[runs.col[finder.mostly_low[runs.row]]] = True
    kept = counts[runs.col]
    # nodes are the labels, and behind them the runs: each row ties its label to its runs
    return _joined(labels, runs.row[kept], len(labels) + runs.col[kept], n_more=runs.shape[1])


def _linked_by_kmers(finder):
    """Yield the rows, and the others that hold enough of their k-mers, block by block."""
    kmers = finder.kmers.astype(np.int64)
    everything = np.arange(kmers.shape[0])
    needed = finder.needed(everything)
    columns = (finder.weighted_kmers(everything) if finder.masks else kmers).T.tocsr()
    for start, stop in blocks_of_rows(kmers, np.diff(columns.indptr)):
        shared = (kmers[start:stop] @ columns).tocoo()
        rows, others, counted = start + shared.row, shared.col, shared.data
        if finder.masks:
            counted = kmers_that_count(counted, finder.mostly_low[rows] | finder.mostly_low[others])
        linked = counted >= np.minimum(needed[rows], needed[others])
        yield rows[linked], others[linked]


def _joined(labels, rows, others, n_more=0):
    """Labels after each row's is tied to the other row's, or to one of `n_more` nodes behind the rows."""
    n = len(labels)
    nodes = np.concatenate([labels, n + np.arange(n_more)])
    edges = (np.ones(len(rows), np.int8), (nodes[rows], nodes[others]))
    return connected_components(sparse.coo_array(edges, shape=(n + n_more, n + n_more)), directed=False)[1][labels]
