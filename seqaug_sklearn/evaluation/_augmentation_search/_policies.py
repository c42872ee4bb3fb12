"""What a search for an augmentation tries by itself: edits of several kinds and strengths, orthologs, windows."""

from collections.abc import Mapping
from typing import Any

from seqaug_sklearn.evaluation._augmentation import check_orthologs
from seqaug_sklearn.evaluation._augmentation_search._recipes import NONE
from seqaug_sklearn.utils import check_sequences, invalid_parameter

__all__ = ["default_policies", "own_policies"]

_LONGEST_EDIT = 20
_MOST_WINDOWS = 16
_SMALLEST_WINDOW = 20
"""Residues below which a window holds no motif."""


def default_policies(
    X: Any, y: Any, *, orthologs: Any, in_batches: bool, reads_bags: bool, **suit: Any
) -> dict[str, list[Any]]:
    """Policies by name, the simplest first: single edits of two strengths, presets, orthologs, windows.

    Parameters
    ----------
    X, y : array-like
        Rows, whose lengths limit edits and windows.
    orthologs : DataFrame, dict, OrthologAugmenter or None
        Orthologs, if there are any.
    in_batches : bool
        Whether each batch is edited anew; else edited copies are added.
    reads_bags : bool
        Whether the estimator takes bags of windows.
    **suit
        ``alphabet``, ``strand``, ``aligned``, ``coding`` as of :func:`~seqaug_sklearn.augmentation.make_edits`.
    """
    shortest = max(int(check_sequences(X).lengths().min()), 1)
    words = _single_edits(shortest, in_batches, **suit) | {preset: preset for preset in ("gentle", "evoaug")}
    policies = own_policies(words, X, **suit)
    augmenter = check_orthologs(orthologs, X, y, suit["alphabet"])
    if augmenter is not None:
        policies["orthologs"] = [augmenter]
        policies["orthologs and evoaug"] = [augmenter, *policies["evoaug"]]
    if reads_bags:
        for window in sorted({shortest // 4, shortest // 2}):
            if window >= _SMALLEST_WINDOW:
                policies[f"windows of {window}"] = [_windows(window)]
    return policies


def _single_edits(shortest, in_batches, *, alphabet, strand, aligned, coding):
    """Edits in words by the name of their policy."""
    if coding:
        return {f"synonymous codons {rate:.0%}": f"synonymous(rate={rate})" for rate in (0.05, 0.2)}
    words = {}
    if strand == "both" and alphabet == "dna" and not aligned:
        # a copy is the other strand; within a batch either strand is as likely
        words["reverse complement"] = f"reverse_complement(probability={0.5 if in_batches else 1.0})"
    name = "substitution" if alphabet == "protein" else "mutation"
    words |= {f"{name} {rate:.0%}": f"{name}(rate={rate})" for rate in (0.02, 0.1)}
    if aligned:
        return words
    # an edit of a third of the sequence leaves little of it
    longest = max(1, min(_LONGEST_EDIT, shortest // 3))
    for most in sorted({longest, max(1, shortest // 2)}):
        words[f"shift to {most}"] = f"shift(max_length={most})"
    for most in sorted({max(1, longest // 4), longest}):
        words[f"insertion and deletion to {most}"] = f"insertion(max_length={most}),deletion(max_length={most})"
    return words


def own_policies(policies: Mapping[Any, Any], X: Any, **suit: Any) -> dict[str, list[Any]]:
    """Policies as lists of augmenters by name; edits in words are read.

    Parameters
    ----------
    policies : dict of str to str, augmenter or list of these
        As they were given.
    X : array-like of str of shape (n_samples,)
        Sequences.
    **suit
        As in :func:`default_policies`.
    """
    from seqaug_sklearn.augmentation import make_edits

    if not policies:
        raise invalid_parameter("policies", "must hold at least one augmenter, got an empty dict")
    found: dict[str, list[Any]] = {}
    for name, given in policies.items():
        augmenters = list(given) if isinstance(given, (list, tuple)) else [given]
        if not augmenters or name == NONE:
            raise invalid_parameter("policies", f"must hold an augmenter for {name!r}; {NONE!r} is tried by itself")
        found[str(name)] = [make_edits(one, X, **suit) if isinstance(one, str) else one for one in augmenters]
    return found


def _windows(window):
    from seqaug_sklearn.augmentation import WindowAugmenter

    rules = {"overlap": (0, min(_LONGEST_EDIT, window - 1)), "min_shared": None, "max_windows": _MOST_WINDOWS}
    return WindowAugmenter(window, **rules)
