"""The lookup baseline by long and by short k-mers: the one finds copies, the other families too."""

import numpy as np
import pandas as pd

from seqaug_sklearn.alphabets import get_alphabet
from seqaug_sklearn.evaluation._sanity_section import audited_text
from seqaug_sklearn.evaluation._verdict import WARNING
from seqaug_sklearn.similarity import memoriser, usual_k
from seqaug_sklearn.utils import check_sequences

__all__ = ["look_up", "tell_lookups"]

_MOST_ROWS = 5000
"""Nearly all pairs have short k-mers in common."""
_LEAST = 0.05
"""Difference between two lookups that is worth a word."""


def look_up(X, y, folds, groups, alphabet: str, strand: str) -> pd.DataFrame:
    """Accuracy of two lookups over all test rows of a split.

    Parameters
    ----------
    X : array-like of str of shape (n_samples,)
        Sequences.
    y : ndarray of shape (n_samples,)
        Labels.
    folds : list of (ndarray, ndarray)
        Training and test rows.
    groups : ndarray of shape (n_samples,) or None
        What is kept together, the units of the standard errors.
    alphabet : str
        Alphabet of the sequences.
    strand : {"both", "single"}
        Whether both strands mean the same.

    Returns
    -------
    DataFrame
        One row for each length of k-mers, the longer first: ``k, accuracy, commonest`` (accuracy of the commonest
        training class), ``difference`` from the longer one and its ``error``; empty where it is not done.
    """
    text = audited_text(check_sequences(X)).to_numpy()
    shortest = min(map(len, text))
    longest_k = usual_k(get_alphabet(alphabet), shortest)
    lengths = (longest_k, min(max(longest_k // 2, 3), longest_k))
    if len(text) > _MOST_ROWS or lengths[0] == lengths[1]:
        return pd.DataFrame()
    right = np.array([_right(text, y, folds, k, alphabet, strand) for k in lengths])
    test = np.concatenate([test for _, test in folds])
    units = test if groups is None else np.unique(groups, return_inverse=True)[1][test]
    rows = []
    for k, hits in zip(lengths, right, strict=True):
        gain = hits[0] - right[0][0]
        # rows of one unit are no independent evidence: their sums are
        sums = np.bincount(units, gain - gain.mean())
        error = float(np.sqrt((sums**2).sum()) / len(gain))
        rows.append({"k": k, "accuracy": hits[0].mean(), "commonest": hits[1].mean(), "difference": gain.mean()})
        rows[-1]["error"] = error
    return pd.DataFrame(rows)


def _right(text, y, folds, k, alphabet, strand):
    """Which test rows the lookup gets right, and which the commonest training class does, fold after fold."""
    model = memoriser(k, alphabet, canonical=False if strand == "single" else None)
    found = []
    for train, test in folds:
        names, counts = np.unique(y[train], return_counts=True)
        looked_up = model.fit(text[train], y[train]).predict(text[test]) == y[test]
        found.append([looked_up, y[test] == names[counts.argmax()]])
    return np.concatenate(found, axis=1).astype(float)


def tell_lookups(table: pd.DataFrame | None, best: str, accuracy: float, *, clean: bool = False) -> list[str]:
    """Say where the two disagree, first of all where the one by short k-mers is as good as the best model.

    Parameters
    ----------
    table : DataFrame or None
        What :func:`look_up` returned.
    best : str
        Name of the model with the highest accuracy.
    accuracy : float
        Its accuracy.
    clean : bool, default=False
        Whether an audit found no test row that shares sequence with a training row: what reveals the label is then as
        likely to be what is to be learned, and no warning.
    """
    if table is None or not len(table):
        return []
    long, short = table.iloc[0], table.iloc[1]
    if abs(short["difference"]) < max(_LEAST, 3 * short["error"]):
        return []
    told = (
        f"a lookup of the nearest training sequence by {short['k']:.0f}-mers, which finds families too, has an "
        f"accuracy of {short['accuracy']:.3f}, one by {long['k']:.0f}-mers, which finds copies, {long['accuracy']:.3f}"
    )
    if short["difference"] < 0:
        return [f"{_capital(told)}: near-copies reveal the label, more distant similarity does not."]
    meaning = (
        "relatives without long stretches in common, a common composition, or short motifs (which are what is to be "
        "learned) reveal the label"
    )
    if not clean and np.isfinite(accuracy) and short["accuracy"] >= accuracy and short["accuracy"] > short["commonest"]:
        return [f"{WARNING}{told}, and the best model, {best}, {accuracy:.3f}: {meaning}."]
    return [f"{_capital(told)}: {meaning}."]


def _capital(text):
    return text[0].upper() + text[1:]
