"""Compare estimators on the same folds, with groups kept apart and predictions kept for everything that follows."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from seqaug_sklearn.evaluation._comparison import Comparison
from seqaug_sklearn.evaluation._fold_store import FoldResult, FoldStore, digest, load_fold, save_fold
from seqaug_sklearn.evaluation._inputs import check_data, check_estimators, check_repeats, check_scoring
from seqaug_sklearn.evaluation._lineage_warnings import warn_of_lineage
from seqaug_sklearn.evaluation._memoriser import is_memoriser
from seqaug_sklearn.evaluation._metrics import FoldRows, pair_units, score_rows
from seqaug_sklearn.evaluation._splits import groups_for, make_splits
from seqaug_sklearn.exceptions import DataFormatError, SeqAugError, SeqAugWarning
from seqaug_sklearn.utils import (
    brief,
    check_generator,
    draw_seed,
    fit_target,
    progress,
    told_of_groups,
    warn,
    warn_of_unreached_groups,
)
from seqaug_sklearn.utils._sklearn import take_rows

__all__ = ["FoldError", "compare"]


class FoldError(SeqAugError, RuntimeError):
    """An estimator failed; the message names the estimator, the repeat and the fold."""


@dataclass(frozen=True)
class _Options:
    metrics: tuple[str, ...]
    scorers: dict[str, Any]
    pass_groups: bool
    return_train_score: bool
    keep: Callable[[Any], pd.DataFrame | None] | None


def compare(
    estimators: Mapping[str, Any],
    X,
    y,
    *,
    cv,
    groups=None,
    pairs: bool | None = None,
    scoring=None,
    n_repeats: int = 1,
    reference: str | Mapping[str, str] | None = None,
    sample_weight=None,
    pass_groups: bool = True,
    return_train_score: bool = True,
    keep: Callable[[Any], pd.DataFrame | None] | None = None,
    n_jobs: int | None = None,
    store: str | Path | FoldStore | None = None,
    progress: bool = False,
    random_state=None,
) -> Comparison:
    """Cross-validate several classifiers on the same folds and say which differences can be believed.

    A comparison is as honest as its split: give ``groups`` (parents of windows, families, genomes) and a splitter that
    keeps them apart. Groups on both sides of a split give a :class:`~seqaug_sklearn.exceptions.LeakageWarning`, unless
    ``groups`` are positions, as block splits need them; so do members of test pairs
    that training knows, unless `cv` is a ``ColdPairKFold``, which says which may be known. Without groups, the same
    warning tells where rows of one identifier, or rows that share sequence, are on both sides: copies that were made
    before the split, windows as rows, families. A third one names estimators whose early stopping the groups do not
    reach.

    Parameters
    ----------
    estimators : dict of str to estimator
        Classifiers by name. They are cloned; every parameter called ``random_state``, nested ones too, is set from
        ``random_state``, the repeat and the fold.
    X : array-like of shape (n_samples, ...), or WindowSet
        Whatever the estimators take: text, bags, one-hot, flat features. A
        :class:`~seqaug_sklearn.augmentation.WindowSet` brings its groups along.
    y : array-like of shape (n_samples,)
        Labels of any type.
    cv : int or splitter
        An int gives that many shuffled stratified folds, with groups kept apart where groups are given; with members
        of pairs it is an error, because it does not say which members must be new: pass ``ColdPairKFold``.
        scikit-learn's own group splitters see the parents of positions, other splitters see groups as given.
    groups : array-like of shape (n_samples,) or (n_samples, 2), default=None
        Parent of each row, parent and start, or both members of each pair. Intervals and permutation tests treat a
        parent as the unit, and of pairs both members (see Notes).
    pairs : bool, default=None
        Whether two columns of groups are members of pairs. None: they are if `cv` is a ``ColdPairKFold``, if column 1
        holds no whole numbers, or if both columns are whole numbers written as text; otherwise column 1 is a start.
    scoring : str, list of str, or dict of str to callable, default=None
        Names of :data:`METRICS` are computed from the kept predictions; other names and callables are scikit-learn
        scorers. By default all of METRICS: ``precision``, ``recall``, ``f1``, ``auroc`` and ``auprc`` are those of the
        second class; with more than two, the first three do not exist, and the others are means over the classes
        present in the test rows. Greater is better for all.
    n_repeats : int, default=1
        Repeats. Splitters that shuffle are reseeded (the first repeat keeps a seed of the splitter's own); with others
        the folds stay and only the estimators' seeds change.
    reference : str or dict of str to str, default=None
        What to compare with: one estimator for all (the first by default), or the partner of each estimator.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of training rows, for the estimators whose ``fit`` takes them. Scores are not weighted.
    pass_groups : bool, default=True
        Pass groups to estimators whose ``fit`` takes them (a pipeline's last step too), for early stopping on other
        parents. Behind a step that adds rows nothing is passed.
    return_train_score : bool, default=True
        Also compute the accuracy on the training rows.
    keep : callable, default=None
        Called with each fitted estimator; the DataFrame that it returns, for example the learning curve, is kept in
        ``Comparison.kept``. None: nothing to keep. With ``store`` it must be a function of a module.
    n_jobs : int, default=None
        Fits at a time.
    store : path or FoldStore, default=None
        Folder for finished folds. A second run with the same data, estimators, folds and seed reads them; a damaged one
        is computed again, with a warning. Needs ``random_state``.
    progress : bool, default=False
        Show a bar over all fits.
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
        If y, groups or sample_weight do not fit X, or y is not a classification target with two classes.

    Notes
    -----
    Pairs that share a member are no independent evidence, on either side. So their intervals draw the members of both
    sides: a pair counts as often as its first member was drawn, times that of its second (a member of one pair only
    adds nothing of its own). The two permutation tests are done for the members of either side, and the larger p-value
    counts. Which member stands first makes no difference.

    References
    ----------
    Nadeau and Bengio (2003), doi 10.1023/A:1024068626366, for the test on folds; Owen (2007), doi
    10.1214/07-AOAS122, for intervals of pairs.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from seqaug_sklearn.evaluation import compare
    >>> X, y = load_iris(return_X_y=True)
    >>> models = {"dummy": DummyClassifier(), "bayes": GaussianNB()}
    >>> comparison = compare(models, X, y, cv=5, scoring="accuracy", random_state=0)
    >>> comparison.summary("accuracy")["mean"].round(2).to_dict()
    {'dummy': 0.33, 'bayes': 0.95}
    """
    estimators, partners = check_estimators(estimators, reference)
    if hasattr(X, "windows") and hasattr(X, "positions"):
        X, groups = X.windows, X.groups if groups is None else groups
    data = check_data(X, y, groups, sample_weight, cv, pairs)
    check_repeats(n_repeats, store, random_state)
    options = _Options(*check_scoring(scoring, len(data.classes)), pass_groups, return_train_score, keep)
    seed = draw_seed(check_generator(random_state))
    splits = make_splits(cv, data, n_repeats, seed)
    _warn_of_relatives(estimators, data, splits, pass_groups)
    results = _run(estimators, data, splits, options, seed, n_jobs, store, progress)
    return _collect(estimators, partners, data, splits, results, options, seed, cv, n_repeats)


def _warn_of_relatives(estimators, data, splits, pass_groups):
    """Tell once what every fit would tell: related rows on both sides, and groups that do not reach early stopping."""
    if "groups" not in data.metadata:
        folds = [(split.train, split.test) for split in splits if split.repeat == 0]
        warn_of_lineage(data.X, data.metadata.get("identifiers"), folds)
    elif pass_groups:
        warn_of_unreached_groups(estimators, len(splits[0].train))


def _run(estimators, data, splits, options, seed, n_jobs, store, show):
    """Fit what the store does not hold; return {(name, index of split): FoldResult}."""
    paths = _store_paths(estimators, data, splits, options, seed, store)
    results = _read_store(paths, splits, len(data.classes))
    # fold by fold, so that an interrupted run has finished whole folds of all models
    todo = [(name, i) for i in range(len(splits)) for name in estimators if (name, i) not in results]
    jobs = (
        delayed(_fit_fold)((name, i), estimators[name], data, splits[i], options, seed, paths.get((name, i)))
        for name, i in todo
    )
    label = f"fits ({len(results)} read from the store)" if results else "fits"
    with progress(total=len(todo), description=label, enabled=show, unit="fit") as bar:
        for key, result in Parallel(n_jobs=n_jobs, return_as="generator_unordered")(jobs):
            results[key] = result
            bar.update()
    return results


def _store_paths(estimators, data, splits, options, seed, store):
    if store is None:
        return {}
    store = store if isinstance(store, FoldStore) else FoldStore(store)
    # everything that decides a result is in the name of its file, so what was computed from anything else is not found
    common = digest(data.X, data.y, data.metadata, options, seed)
    hashed = {name: digest(type(estimator), estimator.get_params()) for name, estimator in estimators.items()}
    folds = [digest(s.repeat, s.fold, s.train, s.test) for s in splits]
    keys = [(name, i) for name in estimators for i in range(len(folds))]
    paths = store.ask(f"{digest(common, hashed[name], folds[i])[:40]}.npz" for name, i in keys)
    return dict(zip(keys, paths, strict=True))


def _read_store(paths, splits, n_classes):
    """Return the finished folds; one that is damaged counts as missing."""
    results = {}
    for (name, i), path in paths.items():
        if path.exists():
            try:
                results[name, i] = load_fold(path, len(splits[i].test), n_classes)
            except DataFormatError as error:
                warn(f"{error}; it is computed again", SeqAugWarning)
    return results


def _fit_fold(key, estimator, data, split, options, seed, path):
    try:
        result = _score_fold(_seeded(estimator, seed, split), data, split, options)
    except Exception as error:
        raise FoldError(
            f"estimator {key[0]!r} failed in repeat {split.repeat}, fold {split.fold} "
            f"({len(split.train)} training rows): {type(error).__name__}: {error}"
        ) from error
    if path is not None:
        save_fold(path, result)
    return key, result


def _seeded(estimator, seed, split):
    estimator = clone(estimator)
    names = sorted(n for n in estimator.get_params() if n.rsplit("__", 1)[-1] == "random_state")
    # one seed for each random_state within the estimator, by repeat and fold: results do not depend on which fits ran
    # before, or in which process
    seeds = np.random.SeedSequence([seed, split.repeat, split.fold]).generate_state(max(len(names), 1)) >> 1
    return estimator.set_params(**dict(zip(names, map(int, seeds), strict=False))) if names else estimator


def _score_fold(estimator, data, split, options):
    X_test, y_train = take_rows(data.X, split.test), data.y[split.train]
    start = time.perf_counter()
    params = _fit_params(estimator, data, split.train, options.pass_groups)
    with told_of_groups():
        estimator.fit(take_rows(data.X, split.train), y_train, **params)
    fitted = time.perf_counter()
    predicted = _class_codes(estimator.predict(X_test), data.classes)
    scores, probability = _class_scores(estimator, X_test, y_train, data.classes)
    done = time.perf_counter()
    groups = np.zeros(len(split.test), int)  # plain scores need no groups
    rows = FoldRows(data.codes[split.test], predicted, scores, probability, groups, len(data.classes))
    values = score_rows(rows, options.metrics)
    values |= {name: float(scorer(estimator, X_test, data.y[split.test])) for name, scorer in options.scorers.items()}
    if options.return_train_score:
        values["train_accuracy"] = float(np.mean(estimator.predict(take_rows(data.X, split.train)) == y_train))
    values |= {"fit_seconds": fitted - start, "score_seconds": done - fitted}
    kept = None if options.keep is None else options.keep(estimator)
    return FoldResult(predicted, scores, probability, values, kept)


def _class_codes(predicted, classes):
    predicted = np.asarray(predicted).ravel()
    # clipped, a label above all known ones fails the comparison
    codes = np.minimum(np.searchsorted(classes, predicted), len(classes) - 1)
    strange = np.flatnonzero(classes[codes] != predicted)
    if len(strange):
        raise DataFormatError(f"predict returned {str(predicted[strange[0]])!r}, which is no label of y")
    return codes


def _class_scores(estimator, X, y_train, classes):
    """Scores over all classes, (n, n_classes), and whether they are probabilities; None where there are none."""
    method = next((m for m in ("predict_proba", "decision_function") if hasattr(estimator, m)), None)
    if method is None:
        return None, False
    scores = np.asarray(getattr(estimator, method)(X), float)
    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    own = getattr(estimator, "classes_", np.unique(y_train))
    if scores.shape[1] != len(own):  # one-against-one decision values rank no class
        return None, False
    probability = method == "predict_proba"
    # classes without training rows get probability 0, or a decision value below all others
    full = np.full((len(scores), len(classes)), 0.0 if probability else scores.min())
    full[:, _class_codes(own, classes)] = scores
    return full, probability


def _fit_params(estimator, data, rows, pass_groups):
    params = {}
    for name, values in data.metadata.items():
        target = None if name == "groups" and not pass_groups else fit_target(estimator, name)
        if target is not None:
            key, receiver = target
            if name == "groups" and hasattr(receiver, "cv"):
                values = groups_for(receiver.cv, data)
            params[key] = values[rows]
    return params


def _collect(estimators, partners, data, splits, results, options, seed, cv, n_repeats):
    labels, group_codes = data.named_groups()
    tested = np.unique(np.concatenate([split.test for split in splits]))
    # what bootstrap and permutation resample: groups, or the members of pairs
    units = group_codes if data.members is None else pair_units(data.members, tested)
    records, kept = [], {}
    rows: dict[str, list[FoldRows]] = {name: [] for name in estimators}
    for name in estimators:
        for i, split in enumerate(splits):
            result = results[name, i]
            place = {"estimator": name, "repeat": split.repeat, "fold": split.fold}
            records.append(place | split.facts | result.measured)
            if result.kept is not None:
                kept[name, split.repeat, split.fold] = result.kept
            rows[name].append(
                FoldRows(
                    data.codes[split.test],
                    result.predicted,
                    result.scores,
                    result.probability,
                    units[split.test],
                    len(data.classes),
                )
            )
    return Comparison(
        folds=pd.DataFrame(records),
        classes=data.classes,
        labels=data.codes,
        groups=group_codes,
        group_names=labels if "groups" in data.metadata else None,
        identifiers=data.metadata.get("identifiers"),
        rows=rows,
        test_rows=[split.test for split in splits],
        partners=partners,
        memorisers=tuple(name for name, estimator in estimators.items() if is_memoriser(estimator)),
        metrics=(*options.metrics, *options.scorers),
        seed=seed,
        kept=kept,
        settings=_settings(estimators, data, splits, seed, cv, n_repeats),
        positions=data.members is None and np.ndim(data.metadata.get("groups")) == 2,
    )


def _settings(estimators, data, splits, seed, cv, n_repeats):
    settings = {
        "rows": len(data.y),
        "classes": len(data.classes),
        "groups": _told_groups(data),
        "split": repr(cv),
        "repeats": n_repeats,
        "fits per estimator": len(splits),
        "seed of splits, fits and resamples": seed,
    }
    settings |= _left_out(splits, len(data.y))
    if "sample_weight" in data.metadata:
        without = [name for name, estimator in estimators.items() if fit_target(estimator, "sample_weight") is None]
        settings["fitted without sample_weight"] = ", ".join(without) or "none"
    return settings | {f"estimator {name}": " ".join(repr(brief(e)).split()) for name, e in estimators.items()}


def _told_groups(data):
    if "groups" not in data.metadata:
        return "none given: each row is its own"
    if data.members is None:
        return len(data.named_groups()[0])
    first, second = (len(np.unique(column)) for column in data.members.T)
    return f"members of pairs: {first} first, {second} second"


def _left_out(splits, n_rows):
    """Rows that the split costs: neither trained nor tested in a fold, or never tested."""
    dropped = [n_rows - len(split.train) - len(split.test) for split in splits]
    untested = n_rows - len(np.unique(np.concatenate([split.test for split in splits])))
    found = {}
    if any(n > 0 for n in dropped):
        found["rows neither trained nor tested in a fold"] = f"{max(min(dropped), 0)} to {max(dropped)}"
    if untested:
        found["rows that no fold tests"] = untested
    return found
