"""``compare_fixed_split``: a benchmark whose training and test rows are given, audited before it is scored."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

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
    count_classes,
    known_motifs,
    look_for_contradictions,
    models_of_parents,
    say_edits,
    table_of_targets,
    tell_edits,
    usual_metric,
    usual_window,
)
from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._fixed_split._result import LEAKS_MATTER, FixedSplitComparison
from seqaug_sklearn.evaluation._fixed_split._row_tests import (
    TestRows,
    chance_of,
    chance_of_targets,
    scores_of,
    tests_of,
)
from seqaug_sklearn.evaluation._metrics import metrics_for
from seqaug_sklearn.evaluation._running import FoldStore
from seqaug_sklearn.evaluation._shortcuts import look_for_shortcuts, tell_two_sets
from seqaug_sklearn.exceptions import DataFormatError, LeakageWarning
from seqaug_sklearn.model_selection import audit_leakage, leakage_groups
from seqaug_sklearn.utils import (
    Target,
    check_class_labels,
    check_sequences,
    counted,
    invalid_data,
    invalid_parameter,
    is_whole,
    phase,
    read_target,
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
    task: str = "auto",
    alphabet: str = "dna",
    window: int | None = None,
    edits=False,
    strand: str = "both",
    n_seeds: int = 1,
    models: Sequence[str] | str | None = None,
    motifs: Any = None,
    language_model: Any = None,
    metric: str | None = None,
    quick: bool = False,
    device: str = "auto",
    n_jobs: int | None = None,
    store: str | Path | FoldStore | None = None,
    progress: bool = False,
    random_state: int = 0,
) -> FixedSplitComparison:
    """Compare the usual models with each augmentation and without, on a split that others have made.

    They predict classes, numbers or several labels, as in :func:`compare_augmentations`.

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
    y_train, y_test : array-like of shape (n_train,), (n_test,), or (n_train, n_targets), (n_test, n_targets)
        Labels of any type, numbers, or several labels of 0 and 1. NaN is a number or label that is not known; rows of
        which nothing is known are left out.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What they are, read from the training rows; see :func:`~seqaug_sklearn.utils.read_target`.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences.
    window : int, default=None
        Window length in residues, at least 2. None: 40, or two thirds of the shortest sequence where that is shorter.
    edits, strand, models, motifs, language_model, metric, quick, device, n_jobs, store, progress
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
        If labels do not fit the sequences, the task or each other, or the training rows are of one class or number.
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
    if strand not in ("both", "single"):
        raise invalid_parameter("strand", f"must be 'both' or 'single', got {strand!r}")
    for what, value, least in (("window", window, 2), ("n_seeds", n_seeds, 1)):
        if value is not None and (not is_whole(value) or value < least):
            raise DataFormatError(f"{what} must be an int of at least {least}, got {value!r}")
    resolve_device(device)
    X, target, n_train, left_out = _both_sides(X_train, y_train, X_test, y_test, task)
    y, task = target.values, target.kind  # noqa: PD011
    names = check_models(models, task, motifs=motifs, language_model=language_model)
    OneHotEncoder(alphabet).fit(X)
    window, why = usual_window(X) if window is None else (window, [])
    WindowAugmenter(window, overlap=(0, 0), min_shared=None).fit(X)
    known = metrics_for(len(np.unique(y)), task=task)
    if metric is not None and metric not in known:
        raise invalid_parameter("metric", f"must be one of {', '.join(known)}; got {metric!r}")
    # everything that makes scores worthless is found before any of them
    with phase("audit of leaks", enabled=progress):
        audit = audit_leakage(
            X.iloc[:n_train], X.iloc[n_train:], alphabet=alphabet, y_train=y[:n_train], y_test=y[n_train:], task=task
        )
    contradictions = look_for_contradictions(X, y, alphabet, task)
    with phase("audit of shortcuts", enabled=progress):
        shortcuts, differs = _trivial_things(X, target, audit, alphabet, random_state)
    lengths = X.str.len()
    plan = Plan(
        alphabet,
        window,
        n_train,
        count_classes(target),
        int(lengths.max()) - window + 1,
        quick,
        device,
        shortest=int(lengths.min()),
        edits=check_edits(edits, names, X, alphabet, strand=strand),
        strand=strand,
        task=task,
        n_targets=target.columns.shape[1],
        motifs=known_motifs(motifs, alphabet),
        language_model=language_model,
    )
    if progress:
        say_edits(plan)
    line = models_of_parents(names, plan)
    how = {"n_repeats": n_seeds, "n_jobs": n_jobs, "store": store, "progress": progress, "random_state": random_state}
    comparison = _fit(line, X, target, n_train, how)
    found = (audit, contradictions, shortcuts, differs)
    result = _judged(comparison, line, found, plan, X, target, metric, n_seeds, random_state)
    return replace(result, notes=[*result.notes, *why, *left_out])


def _trivial_things(X, target, audit, alphabet, random_state):
    """How well one trivial feature predicts all labels, and the side of a row."""
    # relatives are no independent evidence; those that only an alignment finds hardly ever have one label
    groups = leakage_groups(X, alphabet=alphabet, homologs=False) if audit.leaked.any() else None
    n_train = len(audit.train_names)
    return (
        look_for_shortcuts(X, target.values, groups, alphabet, random_state, task=target.kind),
        tell_two_sets(X.iloc[:n_train], X.iloc[n_train:], alphabet, random_state),
    )


def _both_sides(X_train, y_train, X_test, y_test, task):
    """Training rows, and test rows behind them, named for messages; what they are; and what was left out."""
    sides = [_texts(X_train, "train"), _texts(X_test, "test")]
    n_train = len(sides[0])
    target = _read_sides(y_train, y_test, n_train, len(sides[1]), task)
    X, known = pd.concat(sides), target.known
    if known.all():
        return X, target, n_train, []
    told = f"{counted(int((~known).sum()), 'sequence')} of which nothing is known were left out."
    if not known[:n_train].any() or not known[n_train:].any():
        raise DataFormatError("nothing is known of the test rows, or of the training rows; a comparison needs both")
    return X[known], replace(target, values=target.values[known]), int(known[:n_train].sum()), [told]  # noqa: PD011


def _texts(X, side):
    sequences = check_sequences(X, name=f"X_{side}")
    names = range(len(sequences)) if sequences.identifiers is None else sequences.identifiers
    return pd.Series([str(text) for text in sequences.values], index=list(names), dtype=object)  # noqa: PD011


def _read_sides(y_train, y_test, n_train, n_test, task):
    """Targets of all rows, read as those of the training rows are."""
    train = read_target(y_train, n_train, task=task, name="y_train")
    if train.kind == "classes":
        tested = check_class_labels(y_test, n_test, name="y_test", subset=True)
        return replace(train, values=_joined_classes(train.values, tested))
    test = read_target(y_test, n_test, task=train.kind, name="y_test", may_be_constant=True)
    if test.columns.shape[1] != train.columns.shape[1]:
        raise invalid_data(
            "y_test", f"holds {test.columns.shape[1]} targets per row, but y_train holds {train.columns.shape[1]}"
        )
    return replace(train, values=np.concatenate([train.values, test.values]))  # noqa: PD011


def _joined_classes(trained, tested):
    y = np.concatenate([trained.astype(object), tested.astype(object)])
    if len({type(label) for label in y}) > 1 or isinstance(y[0], str):
        y = y.astype(str)
    else:
        y = np.array(y.tolist())
    if len(np.unique(y[: len(trained)])) < 2:
        raise DataFormatError(f"y_train holds one class only ({str(y[0])!r}); a comparison needs at least two")
    return y


def _fit(line, X, target, n_train, how):
    cv = PredefinedSplit(np.where(np.arange(len(X)) < n_train, -1, 0))
    y = target.values if target.values.ndim == 1 else pd.DataFrame(target.values, columns=target.names)  # noqa: PD011
    reference = line.partners or next(iter(line.models))
    with warnings.catch_warnings():
        # a number of iterations is the budget, as epochs are for the networks
        warnings.simplefilter("ignore", ConvergenceWarning)
        # the verdict begins with what leaks, and names may be those of both sides
        warnings.simplefilter("ignore", LeakageWarning)
        texts = X.reset_index(drop=True)
        return compare(
            line.models,
            texts,
            y,
            cv=cv,
            reference=reference,
            task=target.kind,
            return_train_score=False,
            shortcuts=False,
            **how,
        )


def _judged(comparison, line, found, plan, X, target, metric, n_seeds, seed):
    audit, contradictions, shortcuts, differs = found
    n_train = len(audit.train_names)
    trained, tested = (replace(target, values=target.values[rows]) for rows in (slice(n_train), slice(n_train, None)))  # noqa: PD011
    metric = metric or usual_metric(trained)
    # relatives that only an alignment finds hardly ever give one answer
    groups = leakage_groups(X.iloc[n_train:], alphabet=plan.alphabet, homologs=False)
    left, clean = ~audit.leaked, None
    why_not = _why_not_cleaned(replace(tested, values=tested.values[left]), len(X) - n_train)  # noqa: PD011
    everything = TestRows(comparison.rows, np.ones(len(X) - n_train, bool), groups, metric, seed)
    if audit.leaked.any() and not why_not:
        clean = TestRows(comparison.rows, left, groups, metric, seed)
    judged = clean if clean is not None and audit.leaked_share >= LEAKS_MATTER else everything
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
        chance=_chance(judged, trained, comparison.classes),
        n_seeds=n_seeds,
        n_groups=judged.n_units,
        untrained=_n_untrained(trained, tested),
        data=_data_table(trained, tested, left),
        notes=tell_edits(plan),
        quick=plan.quick,
        shortcuts=shortcuts,
        differs=differs,
        reading=target.reading if target.was_choice else "",
        per_target=_per_target(judged, target),
    )


def _chance(judged, trained, classes):
    if trained.kind != "classes":
        return chance_of_targets(judged, trained.columns, trained.kind)
    return chance_of(judged, np.array([np.mean(trained.values == name) for name in classes]))  # noqa: PD011


def _n_untrained(trained, tested):
    """Test rows of a class without training rows."""
    return int((~np.isin(tested.values, trained.values)).sum()) if tested.kind == "classes" else 0


def _per_target(judged, target):
    """Scores of each target or label by itself, on the rows that decide; None where there is one."""
    if target.columns.shape[1] < 2:
        return None
    parts = {name: scores_of(judged.of_target(place)) for place, name in enumerate(target.names)}
    return pd.concat(parts, names=["target"]).swaplevel().loc[list(judged.rows)]


def _why_not_cleaned(target: Target, n_test):
    """Why the test rows that do not leak cannot be scored; empty where they can."""
    labels = target.values  # noqa: PD011
    if not len(labels):
        return f"None of the {n_test} test rows is without a relative, so no valid score can be computed on this split."
    told = f"In only {len(labels)} of {n_test} test rows no relative was found"
    if len(labels) < _FEWEST:
        return f"{told}: too few to score models on, so no valid score can be computed on this split."
    if target.kind != "classes":
        varies = any(len(np.unique(column[~np.isnan(column)])) > 1 for column in target.columns.T)
        of = "" if varies else ", and these have one value"
    else:
        of = "" if len(np.unique(labels)) > 1 else f", and these are of one class ({str(labels[0])!r})"
    return f"{told}{of}, so no valid score can be computed on this split." if of else ""


def _data_table(trained, tested, left):
    sides = {
        "training rows": trained,
        "test rows": tested,
        "cleaned test rows": replace(tested, values=tested.values[left]),  # noqa: PD011
    }
    if tested.kind != "classes":
        return pd.concat({name: table_of_targets(side) for name, side in sides.items()}, names=["rows"])
    counts = {name: pd.Series(side.values).value_counts() for name, side in sides.items()}
    return pd.DataFrame(counts).fillna(0).astype(int).rename_axis("class").sort_index()
