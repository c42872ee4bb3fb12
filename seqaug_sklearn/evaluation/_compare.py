"""Compare estimators on the same folds, with groups kept apart and predictions kept for everything that follows."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._inputs import check_data, check_estimators, check_kinds, check_scoring
from seqaug_sklearn.evaluation._lineage_warnings import Finding, alphabet_of, warn_of_lineage
from seqaug_sklearn.evaluation._running import (
    FitOptions,
    Fits,
    FoldError,
    FoldStore,
    PlannedComparison,
    check_store,
    repeats_of,
)
from seqaug_sklearn.evaluation._shortcuts import look_in_rows
from seqaug_sklearn.evaluation._splits import make_splits
from seqaug_sklearn.exceptions import LeakageWarning
from seqaug_sklearn.model_selection import find_contradictions
from seqaug_sklearn.utils import (
    SHARED_IDENTIFIERS,
    check_generator,
    draw_seed,
    phase,
    split_covariates,
    warn_of_unreached_groups,
)
from seqaug_sklearn.utils import progress as progress_bar

__all__ = ["FoldError", "compare", "plan_comparison"]


def compare(
    estimators: Mapping[str, Any],
    X,
    y,
    *,
    cv,
    groups=None,
    pairs: bool | None = None,
    task: str = "auto",
    scoring=None,
    n_repeats: int | Mapping[str, int] = 1,
    reference: str | Mapping[str, str] | None = None,
    sample_weight=None,
    pass_groups: bool = True,
    return_train_score: bool = True,
    keep: Callable[[Any], pd.DataFrame | None] | None = None,
    shortcuts: bool = True,
    n_jobs: int | None = None,
    store: str | Path | FoldStore | None = None,
    progress: bool = False,
    random_state=None,
) -> Comparison:
    """Cross-validate several models on the same folds and say which differences can be believed.

    They may predict classes, numbers or several labels; how y was read stands in the report and in `settings`.

    A comparison is only as good as its split: give ``groups`` (parents of windows, families, genomes) and a splitter
    that keeps them apart. Groups on both sides of a split give a :class:`~seqaug_sklearn.exceptions.LeakageWarning`,
    unless ``groups`` are positions, as block splits need them; so do members of test pairs that training knows, unless
    `cv` is a ``ColdPairKFold``, which says which may be known. Without groups, the same warning says where rows of one
    identifier, or rows that share sequence, are on both sides: copies that were made before the split, windows as rows,
    families; the verdict then begins with it. A third one names estimators whose early stopping the groups do not
    reach.

    No split helps where one trivial feature separates the classes: their length, their composition, one position. So
    rows of text are audited first (:func:`~seqaug_sklearn.model_selection.audit_shortcuts`), and the verdict begins
    with what such a thing alone gives where that is most of what the best model has.

    Parameters
    ----------
    estimators : dict of str to estimator
        Classifiers by name, or regressors where y holds numbers. They are cloned; every parameter called
        ``random_state``, nested ones too, is set from ``random_state``, the repeat and the fold.
    X : array-like of shape (n_samples, ...), or WindowSet
        Whatever the estimators take: text, bags, one-hot, flat features. A
        :class:`~seqaug_sklearn.augmentation.WindowSet` brings its groups along.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Labels of any type, or numbers, or several labels of 0 and 1. NaN is a number or label that is not known: it
        counts for nothing, and rows without any are neither trained on nor tested.
    cv : int or splitter
        An int gives that many shuffled folds, stratified by class or by quantiles of the numbers, with groups kept
        apart where groups are given; with members
        of pairs it is an error, because it does not say which members must be new: pass ``ColdPairKFold``.
        scikit-learn's own group splitters see the parents of positions, other splitters see groups as given.
    groups : array-like of shape (n_samples,) or (n_samples, 2), default=None
        Parent of each row, parent and start, or both members of each pair. Intervals and tests treat a parent as the
        unit, and of pairs both members (see Notes).
    pairs : bool, default=None
        Whether two columns of groups are members of pairs. None: they are if `cv` is a ``ColdPairKFold``, if column 1
        holds no whole numbers, or if both columns are whole numbers written as text; otherwise column 1 is a start.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What y holds; see :func:`~seqaug_sklearn.utils.read_target`.
    scoring : str, list of str, or dict of str to callable, default=None
        Names of :data:`METRICS`, of numbers of :data:`NUMBER_METRICS`, of labels of :data:`MULTILABEL_METRICS` are
        computed from the kept predictions; other names and callables are scikit-learn scorers. By default all of those,
        greater is better for all.

        Of classes, ``precision``, ``recall``, ``f1``, ``auroc`` and ``auprc`` are those of the second class; with more
        than two, the first three do not exist, and the others are means over the classes present in the test rows. Of
        several numbers or labels a score is the mean over them (:meth:`Comparison.per_target` has each, which errors in
        different units need), those with one value among the test rows left out.

        ``spearman_within`` is the unweighted mean over groups of the Spearman correlation within each: whether the rows
        of one gene are put in their order, which is what choosing among them needs. Groups with fewer than three rows,
        or one value, are left out and counted. Where a model predicts one number for all rows, correlations are 0, as
        by chance, and not undefined.
    n_repeats : int or dict of str to int, default=1
        Repeats, of all estimators or of each. The same repeat has the same folds for all of them; two estimators are
        tested on the repeats that both have, and means and intervals are each one's own. Splitters that shuffle are
        reseeded (the first repeat keeps a seed of the splitter's own); with others the folds stay and only the
        estimators' seeds change.
    reference : str or dict of str to str, default=None
        What to compare with: one estimator for all (the first by default), or the partner of each estimator.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of training rows, for the estimators whose ``fit`` takes them. Scores are not weighted.
    pass_groups : bool, default=True
        Pass groups to estimators whose ``fit`` takes them (a pipeline's last step too), for early stopping on other
        parents. Behind a step that adds rows nothing is passed.
    return_train_score : bool, default=True
        Also compute the accuracy on the training rows, of numbers the Spearman correlation, of labels the AUROC.
    keep : callable, default=None
        Called with each fitted estimator; the DataFrame that it returns, for example the learning curve, is kept in
        ``Comparison.kept``. None: nothing to keep. With ``store`` it must be a function of a module.
    shortcuts : bool, default=True
        Whether rows of text are audited for how well one trivial feature predicts the classes. It takes half a second,
        and half a minute of very many rows; of fewer than 20, of bags and pairs, and where each class is one group,
        nothing can be said.
    n_jobs : int, default=None
        Fits at a time.
    store : path or FoldStore, default=None
        Folder for finished folds. A second run with the same data, estimators, folds and seed reads them; a damaged one
        is computed again, with a warning. Needs ``random_state``.
    progress : bool, default=False
        Show a bar for the audit and one over all fits, and with one fit at a time (`n_jobs` None or 1) one for the
        epochs of each network.
    random_state : None, int, RandomState or Generator, default=None
        Seed of splits, estimators, resamples and permutations.

    Returns
    -------
    Comparison

    Raises
    ------
    FoldError
        If an estimator fails in a fold.
    DataFormatError
        If y, groups or sample_weight do not fit X, y holds one class or number only, or an estimator is a classifier
        and y holds numbers, or a regressor and y holds classes.

    Notes
    -----
    Pairs that share a member are no independent evidence, on either side. So intervals and tests count what the
    members of both sides add (a member of one pair only adds nothing of its own). Which member stands first makes no
    difference.

    References
    ----------
    See :func:`~seqaug_sklearn.evaluation.group_t_test` for tests and intervals; Owen (2007), doi 10.1214/07-AOAS122,
    for those of pairs.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from seqaug_sklearn.evaluation import compare
    >>> X, y = load_iris(return_X_y=True)
    >>> models = {"dummy": DummyClassifier(), "bayes": GaussianNB()}
    >>> comparison = compare(models, X, y, cv=5, scoring="accuracy", random_state=0)
    >>> comparison.scores("accuracy")["mean"].round(2).to_dict()
    {'dummy': 0.33, 'bayes': 0.95}
    """
    planned = plan_comparison(
        estimators,
        X,
        y,
        cv=cv,
        groups=groups,
        pairs=pairs,
        task=task,
        scoring=scoring,
        n_repeats=n_repeats,
        reference=reference,
        sample_weight=sample_weight,
        pass_groups=pass_groups,
        return_train_score=return_train_score,
        keep=keep,
        shortcuts=shortcuts,
        n_jobs=n_jobs,
        store=store,
        progress=progress,
        random_state=random_state,
    )
    fits, keys = planned.fits, planned.fits.keys(planned.repeats)
    found = fits.look_up(keys)
    label = f"fits ({found} read from the store)" if found else "fits"
    with progress_bar(total=len(fits.missing(keys)), description=label, enabled=progress, unit="fit") as bar:
        fits.run(keys, bar.update)
    result = planned.collect(planned.repeats)
    result.contradictions = _look_at_copies(planned.fits.data)
    return result


def _look_at_copies(data):
    """What identical sequences say of numbers and labels: how noisy they are; of classes the folds say it."""
    if data.task == "classes" or data.texts is None:
        return None
    if split_covariates(data.X).numbers is not None:
        # rows of one sequence that differ in a covariate are no replicates
        return None
    alphabet = alphabet_of(data.texts)
    return None if alphabet is None else find_contradictions(data.texts, data.target, alphabet=alphabet)


def plan_comparison(
    estimators,
    X,
    y,
    *,
    cv,
    groups=None,
    pairs=None,
    task: str = "classes",
    scoring=None,
    n_repeats: int | Mapping[str, int] = 1,
    reference=None,
    sample_weight=None,
    pass_groups: bool = True,
    return_train_score: bool = True,
    keep=None,
    shortcuts: bool = False,
    n_jobs: int | None = None,
    store=None,
    progress: bool = False,
    random_state=None,
    at_least: int | None = None,
) -> PlannedComparison:
    """Check everything and draw the folds, as :func:`compare` does before it fits; its parameters.

    ``at_least`` says how many repeats must be had: where a later one has an empty fold, there are fewer than asked for.
    """
    estimators, partners = check_estimators(estimators, reference)
    if hasattr(X, "windows") and hasattr(X, "positions"):
        X, groups = X.windows, X.groups if groups is None else groups
    data = check_data(X, y, groups, sample_weight, cv, pairs, task=task)
    check_kinds(estimators, data)
    repeats = repeats_of(n_repeats, estimators)
    check_store(store, random_state)
    options = FitOptions(*check_scoring(scoring, data), pass_groups, return_train_score, keep)
    seed = draw_seed(check_generator(random_state))
    with warnings.catch_warnings():
        # told below, of any splitter
        warnings.filterwarnings("ignore", f".*{SHARED_IDENTIFIERS}", LeakageWarning)
        splits = make_splits(cv, data, max(repeats.values()), seed, at_least=at_least)
    lineage = _warn_of_relatives(estimators, data, splits, pass_groups)
    fits = Fits(estimators, data, splits, options, seed, n_jobs, store, show_epochs=progress)
    found = None
    if shortcuts:
        with phase("audit of shortcuts", enabled=progress):
            found = look_in_rows(data, seed)
    return PlannedComparison(fits, partners, cv, repeats, lineage, random_state, found)


def _warn_of_relatives(estimators, data, splits, pass_groups):
    """Tell once what every fit would tell: related rows on both sides, and groups that do not reach early stopping.

    Return what was said of related rows, for the verdict: a warning is not where the scores are read.
    """
    if "groups" not in data.metadata:
        folds = [(split.train, split.test) for split in splits if split.repeat == 0]
        return warn_of_lineage(data.X, data.metadata.get("identifiers"), folds)
    if pass_groups:
        warn_of_unreached_groups(estimators, len(splits[0].train))
    return Finding()
