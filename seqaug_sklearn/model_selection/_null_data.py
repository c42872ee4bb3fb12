"""Data without a signal: labels exchanged between whole sequences, and random sequences cut like the real ones."""

import numpy as np

from seqaug_sklearn.model_selection._exchanges import exchanges
from seqaug_sklearn.utils import infer_starts, text_to_codes

__all__ = ["exchange_labels", "exchange_values", "noise_like", "parents_of", "starts_of"]

_DRAWS = 20
"""Draws for each exchange that is wanted."""


def parents_of(texts, groups):
    """Number of each row's parent: column 0 of two-column groups, the group, or the text itself where None.

    Parameters
    ----------
    texts : list of str of length n_rows
        Rows.
    groups : ndarray of shape (n_rows,) or (n_rows, 2), or None
        Groups.

    Returns
    -------
    int ndarray of shape (n_rows,)
    """
    if groups is None:
        groups = np.array([text.upper() for text in texts])
    return np.unique(groups[:, 0] if groups.ndim == 2 else groups, return_inverse=True)[1]


def starts_of(texts, groups, parents, alphabet):
    """Start of each row in its parent, in residues; None where rows are whole sequences.

    Taken from column 1 of two-column groups. With other groups, and rows of one length, read off the rows: each is
    shifted against the row of the same parent before it until they agree.
    """
    if groups is None:
        return None
    if groups.ndim == 2:
        return groups[:, 1].astype(np.int64)
    if len(set(map(len, texts))) > 1:
        return None
    order = np.argsort(parents, kind="stable")
    starts = np.empty(len(texts), np.int64)
    # rows of one parent side by side; the distance inferred across two parents is undone by the first start of each
    starts[order] = infer_starts(text_to_codes([texts[i] for i in order], alphabet))
    first = np.full(parents.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, parents, starts)
    return starts - first[parents]


def exchange_labels(codes, parents, rng):
    """Deal the labels of whole parents anew; a parent with several classes is one unit per class.

    Parameters
    ----------
    codes, parents : int ndarray of shape (n_rows,)
        Class and parent of each row.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    int ndarray of shape (n_rows,), or None
        None where each class is one unit, so that an exchange would only rename the classes.
    """
    # windows of a parent keep one label: dealing labels to single windows would leave near-copies with different ones,
    # which no model could memorise
    units, unit = np.unique(np.column_stack([parents, codes]), axis=0, return_inverse=True)
    if len(units) == len(np.unique(codes)):
        return None
    return rng.permutation(units[:, 1])[unit.ravel()]


def exchange_values(columns, parents, n, rng, is_usable=None):
    """Deal numbers or labels of whole parents anew, as :func:`exchanges` does.

    Parameters
    ----------
    columns : float ndarray of shape (n_rows, n_targets)
        Targets.
    parents : int ndarray of shape (n_rows,)
        Parent of each row.
    n : int
        Exchanges.
    rng : numpy.random.Generator
        Source of randomness.
    is_usable : callable, default=None
        Whether an exchange can be fitted: a rare label may come to stand in no training row. Others are drawn again.

    Returns
    -------
    list of float ndarray of shape (n_rows, n_targets)
        Empty where all rows are one parent; fewer than `n` where most are unusable.
    """
    if parents.max() == 0:
        return []
    found: list = []
    for dealt in exchanges(columns, parents, _DRAWS * n, rng):
        if len(found) == n:
            break
        if is_usable is None or is_usable(dealt):
            found.append(dealt)
    return found


def noise_like(texts, parents, starts, alphabet, rng):
    """Random sequences with the lengths, the composition of all rows together, and the overlaps of the real ones.

    One random sequence is drawn per parent and cut at the same places. The composition is that of all rows, because
    one of each parent's own would still tell GC-rich classes from others.

    Parameters
    ----------
    texts : list of str of length n_rows
        Rows.
    parents : int ndarray of shape (n_rows,)
        Parent of each row.
    starts : int ndarray of shape (n_rows,) or None
        Start in the parent; None: each distinct row is a sequence of its own.
    alphabet : Alphabet
        Alphabet.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    list of str of length n_rows
    """
    if starts is None:
        parents, starts = parents_of(texts, None), np.zeros(len(texts), np.int64)
    ends = starts + np.fromiter(map(len, texts), np.int64, len(texts))
    spans = np.zeros(parents.max() + 1, np.int64)
    np.maximum.at(spans, parents, ends)
    counts = np.bincount(text_to_codes(["".join(texts)], alphabet)[0], minlength=len(alphabet) + 1)[: len(alphabet)]
    weights = counts / counts.sum() if counts.sum() else None
    # parents end to end in one random line: rows that overlapped still do, and share nothing with other parents
    line = "".join(rng.choice(list(alphabet.symbols), int(spans.sum()), p=weights))
    shift = (np.cumsum(spans) - spans)[parents]
    return [line[start:end] for start, end in zip((starts + shift).tolist(), (ends + shift).tolist(), strict=True)]
