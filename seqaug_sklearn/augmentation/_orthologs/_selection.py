"""Which orthologs may be used for which training rows, and why the others may not."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from seqaug_sklearn.alphabets import Alphabet
from seqaug_sklearn.similarity import (
    USUAL_SHARE,
    SecondStage,
    SubstringIndex,
    mark_low_complexity,
    mark_tags,
    usual_k,
    usual_run,
)
from seqaug_sklearn.utils import plain, text_to_codes, tidy_orthologs

__all__ = ["OrthologTable", "Selection", "label_codes", "select_orthologs", "similar_pairs"]

_BLOCK_ROWS = 512
_MAX_EVALUE = 1e-3
"""That of the audit."""


@functools.lru_cache(maxsize=4)
def similar_pairs(
    orthologs: tuple, rows: tuple, alphabet: Alphabet, threshold: float, min_run: int | None
) -> sparse.csr_array:
    """Compare every ortholog with every row; the same texts are compared once, whichever copies of them are asked for.

    Parameters
    ----------
    orthologs, rows : tuple of str of length n_orthologs, n_rows
        Upper-case sequences.
    alphabet : Alphabet
        Their alphabet.
    threshold : float
        Share of the row's distinct k-mers (12 residues; 5 without a second strand).
    min_run : int or None
        Consecutive symbols; None takes the audit's rule for the rows alone, whose run is never longer
        than the one of an audit of more rows. With the usual threshold homologs are aligned then, too, where parasail
        is installed and that takes three minutes at most.

    Returns
    -------
    CSR array of bool of shape (n_orthologs, n_rows)
        Not to be modified.
    """
    own_rule = min_run is not None or threshold != USUAL_SHARE
    n, texts = len(orthologs), [*orthologs, *rows]
    k = usual_k(alphabet, max(map(len, texts)))
    kmers = SubstringIndex(texts, k, alphabet).incidence()
    if min_run is None:
        codes = text_to_codes(["".join(rows)], alphabet)
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        min_run = usual_run(codes, lengths, len(np.unique(kmers[n:].indices)), alphabet)
    # as the audit has it: a share of the row's k-mers, but no fewer than a run has; 1e-9 against rounding up by an
    # error in the last bit
    needed = np.maximum(np.ceil(threshold * np.diff(kmers[n:].indptr) - 1e-9), max(min_run - k + 1, 1))
    runs = SubstringIndex(texts, min_run, alphabet).incidence()
    equal = _identity(texts, alphabet)
    # CSR (n_features, n_rows) of k-mers, runs and whole texts
    columns = [matrix[n:].T.tocsr() for matrix in (kmers, runs, equal)]
    blocks = []
    for start in range(0, n, _BLOCK_ROWS):
        part = slice(start, min(start + _BLOCK_ROWS, n))
        shared = (kmers[part] @ columns[0]).tocsr()
        shared.data = (shared.data >= needed[shared.indices]).astype(np.int32)
        blocks.append(shared + runs[part] @ columns[1] + equal[part] @ columns[2])
    similar = sparse.vstack(blocks, format="csr")
    if not own_rule:
        similar = similar + _homologs(texts, n, alphabet, min_run)
    similar = sparse.csr_array(similar).astype(bool)
    similar.eliminate_zeros()
    return similar


def _homologs(texts, n, alphabet, min_run):
    """CSR array of 0/1 (n_orthologs, n_rows): what the audit's second stage finds, where it can look."""
    texts = np.array(texts, dtype=object)
    hidden = mark_low_complexity(texts, alphabet)
    if alphabet.name == "protein":
        hidden = hidden | mark_tags(texts.tolist())
    stage = SecondStage(texts, alphabet, hidden, min_run=min_run, homologs="auto", max_evalue=_MAX_EVALUE)
    rows, others, _ = stage.related(np.arange(n, len(texts)), np.arange(n))
    ones = np.ones(len(rows), np.int32)
    return sparse.csr_array(sparse.coo_array((ones, (others, rows - n)), shape=(n, len(texts) - n)))


def _identity(texts, alphabet):
    """CSR array of 0/1 of shape (n_texts, n_distinct): texts that are equal, or each other's reverse complement."""
    if alphabet.complement is not None:
        texts = [min(text, text.translate(alphabet.complement_table)[::-1]) for text in texts]
    distinct, numbers = np.unique(np.array(texts, dtype=object), return_inverse=True)
    ones, starts = np.ones(len(texts), np.int32), np.arange(len(texts) + 1)
    return sparse.csr_array((ones, numbers, starts), shape=(len(texts), len(distinct)))


_STATES = ("usable", "held_out", "unknown", "shared", "near_held_out", "conflicts")
_USABLE, _HELD_OUT, _UNKNOWN, _SHARED, _NEAR, _CONFLICT = range(6)


@dataclass(frozen=True, eq=False)
class OrthologTable:
    """Orthologs as arrays: genes, distinct sequences, and the pairs of both.

    Attributes
    ----------
    genes : pandas.Index of shape (n_genes,)
        Identifiers, each once.
    names, sequences : object ndarray of shape (n_orthologs,)
        Distinct sequences in upper case, and the name of each. Equal sequences are one ortholog whatever their names:
        what is shared with a held-out gene must not come back under another name.
    gene, ortholog : int ndarray of shape (n_pairs,)
        The pairs, each once, in the order of the table.
    row_names : pandas.Index of shape (n_rows,)
        Name in each row of the table. An ortholog may be a gene of the data itself.
    row_labels : object ndarray of shape (n_rows,) or None
        Labels that the table brings, missing ones included.
    row_ortholog : int ndarray of shape (n_rows,)
        Ortholog in each row.
    extras : pandas.DataFrame of n_rows
        The other columns of the table, ``label`` among them.
    """

    genes: pd.Index
    names: np.ndarray
    sequences: np.ndarray
    gene: np.ndarray
    ortholog: np.ndarray
    row_names: pd.Index
    row_labels: Any
    row_ortholog: np.ndarray
    extras: pd.DataFrame

    @classmethod
    def from_any(cls, orthologs):
        """Read every form that :func:`~seqaug_sklearn.utils.tidy_orthologs` accepts."""
        frame = tidy_orthologs(orthologs)
        gene, genes = pd.factorize(frame["identifier"].to_numpy(dtype=object))
        upper = frame["sequence"].str.upper().to_numpy(dtype=object)
        ortholog, sequences = pd.factorize(upper)
        first = np.unique(ortholog, return_index=True)[1]
        # (gene, ortholog) as one number finds repeated pairs; sorted places keep the order of the table
        once = np.sort(np.unique(gene * len(sequences) + ortholog, return_index=True)[1])
        labels = frame["label"].to_numpy(dtype=object) if "label" in frame else None
        names = frame["ortholog"].to_numpy(dtype=object)
        return cls(
            pd.Index(genes, dtype=object),
            names[first],
            sequences,
            gene[once],
            ortholog[once],
            pd.Index(names, dtype=object),
            labels,
            ortholog,
            frame.drop(columns=["identifier", "ortholog", "species", "sequence"]),
        )

    def __len__(self):
        return len(self.sequences)


@dataclass(frozen=True, eq=False)
class Selection:
    """Usable pairs of training rows and orthologs.

    Attributes
    ----------
    identifiers : pandas.Index of shape (n_training,)
        Training rows, each once.
    parent, ortholog : int ndarray of shape (n_usable_pairs,)
        Position in ``identifiers`` (ascending) and in the table; within a parent in the order of the table.
    report : pandas.Series of int
        Counts, see :class:`~seqaug_sklearn.augmentation.OrthologAugmenter`.
    conflicting : int ndarray
        Orthologs with more than one label, dropped or not.
    unknown : pandas.Index
        Genes of the table that are neither among the training rows nor known; empty where nothing is known.
    """

    identifiers: pd.Index
    parent: np.ndarray
    ortholog: np.ndarray
    report: pd.Series
    conflicting: np.ndarray
    unknown: pd.Index


def select_orthologs(table, identifiers, y=None, *, held_out=None, similar=None, known=None, keep_conflicts=False):
    """Choose the orthologs of training rows.

    Parameters
    ----------
    table : OrthologTable
        All orthologs.
    identifiers : pandas.Index of shape (n_rows,)
        Training rows, repeats allowed.
    y : ndarray of shape (n_rows,) or (n_rows, n_labels), default=None
        Their classes, or several labels, NaN where not known; None looks for no conflicts.
    held_out : pandas.Index, default=None
        Identifiers that are held out; None: all but the training rows.
    similar : tuple (pandas.Index, CSR array of shape (n_orthologs, n_excluded)), default=None
        Identifiers of the excluded rows, and which orthologs are similar to them.
    known : pandas.Index, default=None
        Identifiers of the data besides the training rows; None: unknown genes cannot be distinguished from held-out
        ones.
    keep_conflicts : bool, default=False
        Whether orthologs with more than one label stay usable.

    Returns
    -------
    Selection
    """
    unique = identifiers.unique()
    parent_of_gene = unique.get_indexer(table.genes)
    # (n_pairs,): pairs whose gene is a training row
    served = (parent_of_gene >= 0)[table.gene]
    conflicts = np.zeros(len(table), bool)
    if y is not None:
        rows = parent_of_gene[table.gene[served]], served, unique.get_indexer(identifiers)
        # of several labels each for itself; an ortholog's own label is one class
        own = table.row_labels if y.ndim == 1 else None
        for labels in y.reshape(len(y), -1).T:
            conflicts |= _conflicts(table, *rows, labels, own)
    unknown = np.zeros(len(table.genes), bool) if known is None else (parent_of_gene < 0) & ~table.genes.isin(known)
    absent = ~_any(table.ortholog[served], len(table))
    # the first reason that holds: an ortholog without any training gene cannot leak or conflict
    state = np.select(
        [
            absent & ~_any(table.ortholog[~unknown[table.gene]], len(table)),
            absent,
            _shared(table, unique, held_out),
            _near_held_out(similar, unique, len(table)),
            conflicts & (not keep_conflicts),
        ],
        [_UNKNOWN, _HELD_OUT, _SHARED, _NEAR, _CONFLICT],
        _USABLE,
    )
    pairs = np.flatnonzero(served & (state == _USABLE)[table.ortholog])
    pairs = pairs[np.argsort(parent_of_gene[table.gene[pairs]], kind="stable")]
    parent = parent_of_gene[table.gene[pairs]]
    conflicting = np.flatnonzero(conflicts & np.isin(state, (_USABLE, _CONFLICT)))
    counts = dict(zip(_STATES, np.bincount(state, minlength=len(_STATES)).tolist(), strict=True))
    report = {"rows": len(unique), "rows_with_orthologs": len(np.unique(parent)), "genes": len(table.genes)}
    report |= {"unknown_genes": int(unknown.sum()), "orthologs": len(table), **counts, "conflicts": len(conflicting)}
    report = pd.Series(report, name="count")
    if known is None:
        report = report.drop(["unknown_genes", "unknown"]).rename({"held_out": "held_out_or_unknown"})
    return Selection(unique, parent, table.ortholog[pairs], report, conflicting, table.genes[unknown])


def _any(orthologs, n_orthologs):
    """Which orthologs occur: bool (n_orthologs,)."""
    return np.bincount(orthologs, minlength=n_orthologs) > 0


def _shared(table, training, held_out):
    """Whether an ortholog belongs to a held-out gene too, or is one itself: bool (n_orthologs,)."""
    if held_out is None:
        genes, names = (training.get_indexer(index) < 0 for index in (table.genes, table.row_names))
        names &= table.genes.get_indexer(table.row_names) >= 0
    else:
        genes, names = (held_out.unique().get_indexer(index) >= 0 for index in (table.genes, table.row_names))
    return _any(np.concatenate([table.ortholog[genes[table.gene]], table.row_ortholog[names]]), len(table))


def _near_held_out(similar, training, n_orthologs):
    if similar is None:
        return np.zeros(n_orthologs, bool)
    names, pairs = similar
    return pairs @ (training.get_indexer(names) < 0).astype(np.int32) > 0


def _conflicts(table, parents, served, row_parents, y, own_labels):
    """Whether an ortholog serves rows of several labels, or has itself another one: bool (n_orthologs,)."""
    codes, classes = pd.factorize(y)
    n_parents, none = row_parents.max() + 1, len(classes)
    # what is not known is neither the smallest nor the largest
    row_low, row_high = _extremes(row_parents, np.where(codes < 0, none, codes), codes, n_parents, none)
    # several labels means that the smallest and the largest label code differ
    low, high = _extremes(table.ortholog[served], row_low[parents], row_high[parents], len(table), none)
    if own_labels is not None:
        known = ~pd.isna(own_labels)
        own = label_codes(own_labels[known], classes)
        # a label that y does not hold is -1, below all others
        np.minimum.at(low, table.row_ortholog[known], own)
        np.maximum.at(high, table.row_ortholog[known], own)
    return low < high


def label_codes(labels, classes):
    """Place of each label among the classes, -1 for others; a file's 1 is a reader's "1" where no label is equal."""
    for form in (lambda values: values, _texts):
        own = pd.Index(form(classes), dtype=object).get_indexer(pd.Index(form(labels), dtype=object))
        if not len(own) or (own >= 0).any():
            return own
    raise ValueError(
        f"the labels of the orthologs (for example {plain(labels[0])!r}) and of y (for example {plain(classes[0])!r}) "
        "have nothing in common; translate them, or drop the column label"
    )


def _texts(labels):
    """Labels as text, whole numbers without a decimal point: one missing label makes floats of a column of numbers."""
    return [str(int(x)) if isinstance(x, float) and x.is_integer() else str(plain(x)) for x in labels]


def _extremes(places, least, most, size, none):
    low, high = np.full(size, none), np.full(size, -1)
    np.minimum.at(low, places, least)
    np.maximum.at(high, places, most)
    return low, high
