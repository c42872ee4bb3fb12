"""The search for the model to keep: candidates on inner folds, the simpler of equally good ones, averages."""

import itertools
import math
from collections.abc import Mapping

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.evaluation._compare import plan_comparison
from seqaug_sklearn.evaluation._inputs import check_data
from seqaug_sklearn.evaluation._kept_models._averaged import AveragedClassifier
from seqaug_sklearn.evaluation._kept_models._candidates import Candidate, default_candidates
from seqaug_sklearn.evaluation._kept_models._inner_predictions import (
    average_of,
    averaged_result,
    calibrator_of,
    results_of,
    with_probabilities,
)
from seqaug_sklearn.evaluation._kept_models._refit import fewest_of_class, fit_on_all, folds_of_smallest_class
from seqaug_sklearn.evaluation._metrics import METRICS, metrics_for
from seqaug_sklearn.exceptions import DataFormatError, SeqAugWarning
from seqaug_sklearn.utils import check_class_labels, check_generator, draw_seed, invalid_parameter, resolve_device, warn
from seqaug_sklearn.utils import progress as progress_bar
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions, fit_context

__all__ = ["ModelSearch"]

_CHEAP_SECONDS = 2.0
"""Fits that take less are made on all inner folds, whatever the first fold says."""


class ModelSearch(TextInputMixin, MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Chooses the model for these sequences: which kind, with which augmentation and settings, or several averaged.

    A meta-estimator like :class:`~sklearn.model_selection.GridSearchCV`, over models of different kinds. All choices
    are made on folds of the rows that `fit` gets, so the score of ``cross_val_score(ModelSearch(), X, y,
    groups=groups)`` is that of the whole procedure on rows that had no part in a choice. ``best_score_`` is not: it is
    the largest of many.

    Cheap candidates are scored on all inner folds. Expensive ones are left out after a fold if they are in the
    worse half of all candidates so far, or behind another of their kind (successive halving). Averages of the best
    few of different kinds cost no further fit and are candidates too. Of all, the simplest is chosen that is not
    worse than the best by more than one standard error of the difference between both.

    Parameters
    ----------
    candidates : str, list of str or dict of str to estimator, default="default"
        Keys of :func:`make_model` with ``+ augmentation`` behind ("motif-cnn + edits"), or estimators by name, the
        simplest first. "default": k-mers, positional k-mers and SVM with two or three strengths of their
        penalty, and the motif CNN without and with random edits.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences, for candidates by key.
    cv : int or splitter, default=3
        Inner folds. A number keeps groups together and shares of classes alike.
    metric : str, default=None
        One of ``METRICS``. None: "auroc", for which no threshold has to be learned from few rows.
    rule : {"one_standard_error", "best"}, default="one_standard_error"
        "best" takes the largest mean, simple or not.
    ensemble : int, default=3
        Most members of an average; 1: no averages.
    strand : {"both", "single"}, default="both"
        Whether both strands mean the same, for candidates by key.
    max_seconds : float, default=None
        Most time of all fits together, estimated by the sizes of the data on one core of an ordinary machine; the
        most expensive candidates are left out until it suffices. No clock is read, so the choice is the same
        everywhere.
    device : str, default="auto"
        Where networks are trained.
    n_jobs : int, default=None
        Fits at a time; no result depends on it.
    store : path, default=None
        Folder for finished fits, which another `fit` on the same rows reads; no result depends on it.
    progress : bool, default=False
        Show a bar over the fits.
    random_state : None, int, RandomState or Generator, default=0
        Seed of folds and models.

    Attributes
    ----------
    best_estimator_ : estimator
        The choice, fitted on all rows.
    best_name_ : str
        Its name.
    best_score_ : float
        Its mean score on the inner folds: too high, as the best of many.
    best_index_ : int
        Its row of ``cv_results_``.
    cv_results_ : dict of str to list
        As in scikit-learn's searches, one entry per candidate: ``candidate``, ``mean_test_score``, ``std_test_score``,
        ``split0_test_score`` and so on (NaN where a fold was left out), ``n_folds``, ``mean_fit_time``,
        ``rank_test_score``, ``difference`` to the best mean and its ``standard_error``.
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted.
    metric_ : str
        What was judged by.
    left_out_ : list of str
        Candidates that ``max_seconds`` left no time for.

    Raises
    ------
    DataFormatError
        If rows, labels and groups do not fit together, or a fold lacks a class.

    See Also
    --------
    compare_augmentations : What each augmentation adds to each model, with intervals and tests.
    SequenceModel : The chosen model with calibrated probabilities and its applicability domain.

    References
    ----------
    L. Breiman et al. (1984), Classification and regression trees, section 3.4.3 (the one-standard-error rule); K.
    Jamieson and A. Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization, AISTATS
    (successive halving).

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.evaluation import ModelSearch
    >>> data = make_promoters(40, length=80, n_families=10, n_orthologs=0, random_state=0)
    >>> search = ModelSearch(["kmers", "composition"], cv=2).fit(data.sequences, data.y, groups=data.groups)
    >>> search.cv_results_["candidate"][:2]
    ['composition alone', 'k-mer logistic regression, C=1']
    """

    _parameter_constraints = {
        "candidates": [str, list, tuple, Mapping],
        "alphabet": [StrOptions({"dna", "rna", "protein"})],
        "cv": ["cv_object"],
        "metric": [StrOptions(set(METRICS)), None],
        "rule": [StrOptions({"one_standard_error", "best"})],
        "ensemble": [Interval(Integral, 1, None, closed="left")],
        "strand": [StrOptions({"both", "single"})],
        "max_seconds": [Interval(Real, 0, None, closed="neither"), None],
        "device": [str],
        "n_jobs": [Integral, None],
        "store": "no_validation",
        "progress": ["boolean"],
        "random_state": ["random_state", np.random.Generator],
    }

    # groups reach `fit` where routing is on, without being asked for
    __metadata_request__fit = {"groups": True, "identifiers": True}

    def __init__(
        self,
        candidates="default",
        *,
        alphabet="dna",
        cv=3,
        metric=None,
        rule="one_standard_error",
        ensemble=3,
        strand="both",
        max_seconds=None,
        device="auto",
        n_jobs=None,
        store=None,
        progress=False,
        random_state=0,
    ):
        self.candidates = candidates
        self.alphabet = alphabet
        self.cv = cv
        self.metric = metric
        self.rule = rule
        self.ensemble = ensemble
        self.strand = strand
        self.max_seconds = max_seconds
        self.device = device
        self.n_jobs = n_jobs
        self.store = store
        self.progress = progress
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None, identifiers=None):
        """Choose on inner folds, and fit the choice on all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            What the candidates take; text for those by key.
        y : array-like of shape (n_samples,)
            Labels.
        groups : array-like of shape (n_samples,), default=None
            What must stay on one side of an inner split.
        identifiers : array-like of shape (n_samples,), default=None
            Names of the rows, for candidates that look them up.

        Returns
        -------
        self : object
        """
        resolve_device(self.device)
        y = check_class_labels(y, X.shape[0] if hasattr(X, "shape") else len(X))
        self.metric_ = _check_metric(self.metric, len(np.unique(y)))
        seed = draw_seed(check_generator(self.random_state))
        candidates, self.left_out_ = self._affordable(X, y)
        if not self._can_split(y, groups):
            return self._fit_simplest(candidates, X, y, seed, groups=groups, identifiers=identifiers)
        planned = plan_comparison(
            {name: candidate.estimator for name, candidate in candidates.items()},
            X,
            y,
            cv=folds_of_smallest_class(self.cv, y, groups),
            groups=groups,
            scoring=[self.metric_],
            return_train_score=False,
            n_jobs=self.n_jobs,
            store=self.store,
            random_state=seed,
        )
        survivors = self._run(planned, candidates)
        averages = self._add_averages(planned, candidates, survivors)
        comparison = planned.collect(dict.fromkeys([*survivors, *averages], 1))
        means = comparison.folds.groupby("estimator")[self.metric_].mean()[comparison.estimators]
        tests = comparison.tests(reference=str(means.idxmax()), metric=self.metric_)
        self.best_name_ = self._choose(means, tests, candidates | averages)
        self.cv_results_ = results_of(planned, self.metric_, [*candidates, *averages], tests)
        self.best_index_ = self.cv_results_["candidate"].index(self.best_name_)
        self.best_score_ = float(means[self.best_name_])
        chosen = with_probabilities((candidates | averages)[self.best_name_], planned.fits)
        self.best_estimator_ = fit_on_all(chosen, X, y, seed=seed, groups=groups, identifiers=identifiers)
        self.classes_ = planned.fits.data.classes
        return self

    def expected(self, X, y) -> tuple[float, list[str]]:
        """What a fit on these rows would take, before it is made.

        Parameters
        ----------
        X, y : array-like
            As in :meth:`fit`.

        Returns
        -------
        seconds : float
            Of all fits together, on one core of an ordinary machine; good to a factor of two. Of estimators that were
            given by name nothing is known: their places.
        left_out : list of str
            Candidates that ``max_seconds`` leaves no time for.
        """
        resolve_device(self.device)
        candidates, left_out = self._affordable(X, y)
        return _seconds_of(candidates.values(), self._n_folds()), left_out

    def predict(self, X):
        """Predict the class of each row with the choice; ndarray of shape (n_samples,)."""
        check_is_fitted(self)
        return self.best_estimator_.predict(X)

    def predict_proba(self, X):
        """Probabilities by the choice; those of a model of decision values are calibrated on the inner folds.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        return self.best_estimator_.predict_proba(X)

    def _candidates(self, X, y):
        if isinstance(self.candidates, Mapping):
            given = [Candidate(name, model, float(i), name) for i, (name, model) in enumerate(self.candidates.items())]
        else:
            names = [self.candidates] if isinstance(self.candidates, str) else list(self.candidates)
            keys = None if names == ["default"] else names
            given = default_candidates(keys, X, y, alphabet=self.alphabet, strand=self.strand, device=self.device)
        if not given:
            raise DataFormatError("candidates is empty; give at least one model")
        return {candidate.name: candidate for candidate in given}

    def _can_split(self, y, groups):
        return not isinstance(self.cv, Integral) or fewest_of_class(y, groups)[0] != 1

    def _fit_simplest(self, candidates, X, y, seed, **metadata):
        """Where a class has one row or group there are no inner folds to choose on."""
        check_data(X, y, metadata["groups"], None)
        _, label = fewest_of_class(y, metadata["groups"])
        self.best_name_ = min(candidates, key=lambda name: candidates[name].seconds)
        warn(
            f"class {label!r} has one sequence or group in the training rows, so there are no inner folds to choose "
            f"on; the simplest candidate is taken: {self.best_name_}",
            SeqAugWarning,
        )
        names = list(candidates)
        empty = [float("nan")] * len(names)
        self.cv_results_ = {"candidate": names, "mean_test_score": empty, "n_folds": [0] * len(names)}
        self.best_index_, self.best_score_ = names.index(self.best_name_), float("nan")
        average = AveragedClassifier([(self.best_name_, candidates[self.best_name_].estimator)])
        self.best_estimator_ = fit_on_all(average, X, y, seed=seed, **metadata)
        self.classes_ = np.unique(y)
        return self

    def _affordable(self, X, y):
        """Candidates by name, and the names of those left out for lack of time."""
        candidates = self._candidates(X, y)
        left_out = _too_dear(candidates, self._n_folds(), self.max_seconds)
        return {name: c for name, c in candidates.items() if name not in left_out}, left_out

    def _n_folds(self):
        return self.cv if isinstance(self.cv, Integral) else self.cv.get_n_splits()

    def _run(self, planned, candidates):
        """Score fold by fold, leaving out expensive candidates that fall behind; return those with all folds."""
        left = list(candidates)
        n_folds = len(planned.fits.splits)
        with progress_bar(total=len(left) * n_folds, description="fits", enabled=self.progress, unit="fit") as bar:
            for fold in range(n_folds):
                planned.fits.run([(name, fold) for name in left], bar.update)
                if fold < n_folds - 1:
                    dropped = self._dropped(planned, candidates, left, fold)
                    left = [name for name in left if name not in dropped]
                    bar.update(len(dropped) * (n_folds - fold - 1))
        return left

    def _dropped(self, planned, candidates, left, fold):
        scores = {
            name: np.mean([planned.fits.results[name, i].measured[self.metric_] for i in range(fold + 1)])
            for name in left
        }
        ordered = sorted(left, key=lambda name: -scores[name])
        best_of_kind: dict[str, str] = {}
        for name in ordered:
            best_of_kind.setdefault(candidates[name].kind, name)
        kept = set(ordered[: math.ceil(len(left) / 2)]) & set(best_of_kind.values())
        return [name for name in left if candidates[name].seconds > _CHEAP_SECONDS and name not in kept]

    def _add_averages(self, planned, candidates, survivors):
        """Add averages of the best of different kinds, made of what their members answered on the inner folds."""
        fits, n_folds = planned.fits, len(planned.fits.splits)
        means = {
            name: np.mean([fits.results[name, i].measured[self.metric_] for i in range(n_folds)]) for name in survivors
        }
        best_of_kind: dict[str, str] = {}
        for name in sorted(survivors, key=lambda name: -means[name]):
            if all(fits.results[name, i].scores is not None for i in range(n_folds)):
                best_of_kind.setdefault(candidates[name].kind, name)
        members = list(best_of_kind.values())[: self.ensemble]
        calibrators = {name: calibrator_of(fits, name) for name in members}
        averages = {}
        for n in range(2, len(members) + 1):
            for chosen in itertools.combinations(members, n):
                average = average_of(chosen, candidates, calibrators)
                averages[average.name] = average
                fits.estimators[average.name] = average.estimator
                for i in range(n_folds):
                    fits.results[average.name, i] = averaged_result(fits, chosen, calibrators, i)
        return averages

    def _choose(self, means, tests, candidates):
        if self.rule == "best":
            return str(means.idxmax())
        # no difference is known of the reference itself
        behind = -tests["difference"].fillna(0.0)
        equal = behind <= tests["standard_error"].fillna(0.0)
        return min(means.index[equal.reindex(means.index).to_numpy()], key=lambda name: candidates[name].seconds)


def _check_metric(metric, n_classes):
    metric = "auroc" if metric is None else metric
    if metric not in metrics_for(n_classes):
        raise invalid_parameter("metric", f"{metric!r} is that of two classes, but y holds {n_classes}")
    return metric


def _too_dear(candidates, n_folds, max_seconds):
    """Names of the most expensive candidates, without which all fits take no more than this; one always stays."""
    if max_seconds is None:
        return []
    ordered = sorted(candidates.values(), key=lambda candidate: candidate.seconds)
    n_kept = len(ordered)
    while n_kept > 1 and _seconds_of(ordered[:n_kept], n_folds) > max_seconds:
        n_kept -= 1
    return [candidate.name for candidate in ordered[n_kept:]]


def _seconds_of(candidates, n_folds):
    """Time of a search: cheap candidates on all folds, of each expensive kind one beyond the first, and the refit."""
    seconds = 0.0
    of_kind: dict[str, float] = {}
    for candidate in candidates:
        is_cheap = candidate.seconds <= _CHEAP_SECONDS
        seconds += candidate.seconds * (n_folds if is_cheap else 1)
        if not is_cheap:
            of_kind[candidate.kind] = max(of_kind.get(candidate.kind, 0.0), candidate.seconds)
    seconds += (n_folds - 1) * sum(of_kind.values())
    # a fold leaves that share of the rows for training, and most models take time by rows
    return seconds * (n_folds - 1) / n_folds + max(candidate.seconds for candidate in candidates)
