"""``compare_fixed_split``: a benchmark whose training and test rows are given, audited before it is scored."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import PredefinedSplit

from seqaug_sklearn.augmentation import WindowAugmenter
from seqaug_sklearn.encoding import OneHotEncoder
from seqaug_sklearn.evaluation._augmentation import (
    Plan,
    check_edits,
    check_models,
    look_for_contradictions,
    models_of_parents,
    tell_edits,
)
from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._fixed_split._result import LEAKS_MATTER, FixedSplitComparison
from seqaug_sklearn.evaluation._fixed_split._row_tests import TestRows, chance_of, scores_of, tests_of
from seqaug_sklearn.evaluation._metrics import metrics_for
from seqaug_sklearn.evaluation._running import FoldStore
from seqaug_sklearn.evaluation._shortcuts import look_for_shortcuts, tell_two_sets
from seqaug_sklearn.exceptions import DataFormatError, LeakageWarning
from seqaug_sklearn.model_selection import audit_leakage, leakage_groups
from seqaug_sklearn.utils import (
    check_class_labels,
    check_sequences,
    invalid_parameter,
    is_whole,
    phase,
    resolve_device,
)

__all__ = ["compare_fixed_split"]

_FEWEST = 20
"""Test rows that are left, below which no score of them says anything."""


def compare_fixed_split(
    X_train,
    y_train,
    X_test,
    y_test,
    *,
    alphabet: str = "dna",
    window: int = 40,
    edits=False,
    strand: str = "both",
    n_seeds: int = 1,
    models: Sequence[str] | str | None = None,
    metric: str | None = None,
    quick: bool = False,
    device: str = "auto",
    n_jobs: int | None = None,
    store: str | Path | FoldStore | None = None,
    progress: bool = False,
    random_state: int = 0,
) -> FixedSplitComparison:
    """Compare the usual classifiers with each augmentation and without, on a split that others have made.

    For published benchmarks, where only scores on the given test rows can be set beside those of others. Whether they
    mean anything is asked first: every test row is audited against the training rows, and where more than 1 % leak, the
    answer rests on those in which no relative was found. Both scores are given. How well one trivial feature
    (length, composition, a position) predicts the labels of all rows is said first, and whether one separates the test
    rows from the training rows. With data of your own use :func:`compare_augmentations`: one split says less than a
    cross-validation, because it cannot show what retraining would give.

    Parameters
    ----------
    X_train, X_test : array-like of str of shape (n_train,), (n_test,)
        Sequences; Series bring identifiers into the report.
    y_train, y_test : array-like of shape (n_train,), (n_test,)
        Labels.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences.
    window : int, default=40
        Window length in residues, at least 2.
    edits, strand, models, metric, quick, device, n_jobs, store, progress
        As in :func:`compare_augmentations`.
    n_seeds : int, default=1
        Times that every model is trained, with other seeds; scores are means over these. For networks, whose chance
        variation is part of any score.
    random_state : int, default=0
        Seed.

    Returns
    -------
    FixedSplitComparison

    Raises
    ------
    SequenceError, SequenceTypeError
        If a side is not text of the alphabet, or a sequence is shorter than the window.
    DataFormatError
        If labels do not fit, or the training rows are of one class.
    ValueError
        If edits do not fit the sequences.

    Notes
    -----
    Intervals draw test rows, and tests exchange the predictions of two models between them, relatives among the test
    rows together (:func:`~seqaug_sklearn.model_selection.leakage_groups`). Both take the fitted models as given, so a
    difference that is shown may still be the chance variation of one training.

    See Also
    --------
    compare_augmentations : Cross-validation of your own data.
    seqaug_sklearn.model_selection.audit_leakage : The audit alone.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.evaluation import compare_fixed_split
    >>> X, y = (part := make_promoters(60, length=80, n_orthologs=0, random_state=0)).sequences, part.y
    >>> result = compare_fixed_split(X[:36], y[:36], X[36:], y[36:], quick=True, models=["kmers"])
    >>> result.published.index.tolist()
    ['k-mer logistic regression, whole']
    """
    names = check_models(models)
    if strand not in ("both", "single"):
        raise invalid_parameter("strand", f"must be 'both' or 'single', got {strand!r}")
    for what, value, least in (("window", window, 2), ("n_seeds", n_seeds, 1)):
        if not is_whole(value) or value < least:
            raise DataFormatError(f"{what} must be an int of at least {least}, got {value!r}")
    resolve_device(device)
    X, y, n_train = _both_sides(X_train, y_train, X_test, y_test)
    OneHotEncoder(alphabet).fit(X)
    WindowAugmenter(window, overlap=(0, 0), min_shared=None).fit(X)
    known = metrics_for(len(np.unique(y)))
    if metric is not None and metric not in known:
        raise invalid_parameter("metric", f"must be one of {', '.join(known)}; got {metric!r}")
    # everything that makes scores worthless is found before any of them
    with phase("audit of leaks", enabled=progress):
        audit = audit_leakage(
            X.iloc[:n_train], X.iloc[n_train:], alphabet=alphabet, y_train=y[:n_train], y_test=y[n_train:]
        )
    contradictions = look_for_contradictions(X, y, alphabet)
    with phase("audit of shortcuts", enabled=progress):
        shortcuts, differs = _trivial_things(X, y, audit, alphabet, random_state)
    lengths = X.str.len()
    plan = Plan(
        alphabet,
        window,
        n_train,
        len(np.unique(y)),
        int(lengths.max()) - window + 1,
        quick,
        device,
        shortest=int(lengths.min()),
        edits=check_edits(edits, names, X, alphabet, strand=strand),
        strand=strand,
    )
    line = models_of_parents(names, plan)
    how = {"n_repeats": n_seeds, "n_jobs": n_jobs, "store": store, "progress": progress, "random_state": random_state}
    comparison = _fit(line, X, y, n_train, how)
    found = (audit, contradictions, shortcuts, differs)
    return _judged(comparison, line, found, plan, X, y, metric, n_seeds, random_state)


def _trivial_things(X, y, audit, alphabet, random_state):
    """How well one trivial feature predicts all labels, and the side of a row."""
    # relatives are no independent evidence; those that only an alignment finds hardly ever have one label
    groups = leakage_groups(X, alphabet=alphabet, homologs=False) if audit.leaked.any() else None
    n_train = len(audit.train_names)
    return (
        look_for_shortcuts(X, y, groups, alphabet, random_state),
        tell_two_sets(X.iloc[:n_train], X.iloc[n_train:], alphabet, random_state),
    )


def _both_sides(X_train, y_train, X_test, y_test):
    """Training rows, and test rows behind them, named for messages; and labels."""
    parts, labels = [], []
    for name, X, y in (("train", X_train, y_train), ("test", X_test, y_test)):
        sequences = check_sequences(X, name=f"X_{name}")
        names = range(len(sequences)) if sequences.identifiers is None else sequences.identifiers
        parts.append(pd.Series([str(text) for text in sequences.values], index=list(names), dtype=object))  # noqa: PD011
        labels.append(check_class_labels(y, len(sequences), name=f"y_{name}", subset=name == "test").astype(object))
    y = np.concatenate(labels)
    if len({type(label) for label in y}) > 1 or isinstance(y[0], str):
        y = y.astype(str)
    else:
        y = np.array(y.tolist())
    n_train = len(parts[0])
    if len(np.unique(y[:n_train])) < 2:
        raise DataFormatError(f"y_train holds one class only ({str(y[0])!r}); a comparison needs at least two")
    return pd.concat(parts), y, n_train


def _fit(line, X, y, n_train, how):
    cv = PredefinedSplit(np.where(np.arange(len(y)) < n_train, -1, 0))
    reference = line.partners or next(iter(line.models))
    with warnings.catch_warnings():
        # a number of iterations is the budget, as epochs are for the networks
        warnings.simplefilter("ignore", ConvergenceWarning)
        # the verdict begins with what leaks, and names may be those of both sides
        warnings.simplefilter("ignore", LeakageWarning)
        texts = X.reset_index(drop=True)
        return compare(
            line.models, texts, y, cv=cv, reference=reference, return_train_score=False, shortcuts=False, **how
        )


def _judged(comparison, line, found, plan, X, y, metric, n_seeds, seed):
    audit, contradictions, shortcuts, differs = found
    n_train = len(audit.train_names)
    y_train, y_test = y[:n_train], y[n_train:]
    counts = np.unique(y_train, return_counts=True)[1]
    metric = metric or ("balanced_accuracy" if counts.max() > 1.5 * counts.mean() else "accuracy")
    # relatives that only an alignment finds hardly ever give one answer
    groups = leakage_groups(X.iloc[n_train:], alphabet=plan.alphabet, homologs=False)
    left, clean = ~audit.leaked, None
    why_not = _why_not_cleaned(y_test[left], len(y_test))
    everything = TestRows(comparison.rows, np.ones(len(y_test), bool), groups, metric, seed)
    if audit.leaked.any() and not why_not:
        clean = TestRows(comparison.rows, left, groups, metric, seed)
    judged = clean if clean is not None and audit.leaked_share >= LEAKS_MATTER else everything
    prior = np.array([np.mean(y_train == name) for name in comparison.classes])
    return FixedSplitComparison(
        comparison=comparison,
        audit=audit,
        contradictions=contradictions,
        metric=metric,
        published=scores_of(everything),
        cleaned=None if clean is None else scores_of(clean),
        why_not_cleaned=why_not if audit.leaked.any() else "",
        tests=tests_of(judged, line.partners),
        treatments=line.treatments,
        memorisers=comparison.memorisers,
        chance=chance_of(judged, prior),
        n_seeds=n_seeds,
        n_groups=judged.n_units,
        untrained=int((~np.isin(y_test, y_train)).sum()),
        data=_data_table(y_train, y_test, left),
        notes=tell_edits(plan),
        quick=plan.quick,
        shortcuts=shortcuts,
        differs=differs,
    )


def _why_not_cleaned(labels, n_test):
    """Why the test rows that do not leak cannot be scored; empty where they can."""
    if not len(labels):
        return f"None of the {n_test} test rows is without a relative, so no valid score can be computed on this split."
    told = f"In only {len(labels)} of {n_test} test rows no relative was found"
    if len(labels) < _FEWEST:
        return f"{told}: too few to score models on, so no valid score can be computed on this split."
    if len(np.unique(labels)) < 2:
        return (
            f"{told}, and these are of one class ({str(labels[0])!r}), so no valid score can be computed on this split."
        )
    return ""


def _data_table(y_train, y_test, left):
    sides = {"training rows": y_train, "test rows": y_test, "cleaned test rows": y_test[left]}
    counts = {name: pd.Series(labels).value_counts() for name, labels in sides.items()}
    return pd.DataFrame(counts).fillna(0).astype(int).rename_axis("class").sort_index()
