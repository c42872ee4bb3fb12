"""The search for the model to keep: candidates on inner folds, the simpler of equally good ones, averages."""

import itertools
import math
from collections.abc import Mapping

import numpy as np
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.evaluation._augmentation import known_motifs
from seqaug_sklearn.evaluation._compare import plan_comparison
from seqaug_sklearn.evaluation._inputs import check_data
from seqaug_sklearn.evaluation._kept_models._averaged import AveragedClassifier, AveragedRegressor
from seqaug_sklearn.evaluation._kept_models._candidates import (
    CHEAP_SECONDS,
    Candidate,
    default_candidates,
    seconds_of,
    too_dear,
    unused_edits,
)
from seqaug_sklearn.evaluation._kept_models._chosen_model import ChoosingEstimator
from seqaug_sklearn.evaluation._kept_models._inner_predictions import (
    average_of,
    averaged_result,
    calibrator_of,
    can_be_averaged,
    check_metric,
    mean_score,
    results_of,
    with_probabilities,
)
from seqaug_sklearn.evaluation._kept_models._refit import fit_on_all, folds_of_smallest_class, label_scores
from seqaug_sklearn.evaluation._kept_models._target_kinds import fit_values, has_probabilities, known_rows, target_of
from seqaug_sklearn.evaluation._metrics import METRICS, MULTILABEL_METRICS, NUMBER_METRICS
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import TASKS, check_generator, draw_seed, resolve_device
from seqaug_sklearn.utils import progress as progress_bar
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions, fit_context

__all__ = ["ModelSearch"]


class ModelSearch(ChoosingEstimator):
    """Chooses the model for these sequences: which kind, with which augmentation and settings, or several averaged.

    A meta-estimator like :class:`~sklearn.model_selection.GridSearchCV`, over models of different kinds. All choices
    are made on folds of the rows that `fit` gets, so the score of ``cross_val_score(ModelSearch(), X, y,
    groups=groups)`` is that of the whole procedure on rows that had no part in a choice. ``best_score_`` is not: it is
    the largest of many.

    Cheap candidates are scored on all inner folds. Expensive ones are left out after a fold if they are in the
    worse half of all candidates so far, or behind another of their kind (successive halving). Averages of the best
    few of different kinds cost no further fit and are candidates too. Of all, the simplest is chosen that is not
    worse than the best by more than one standard error of the difference between both.

    It is a classifier, or a regressor where y holds numbers: say ``task="number"`` where that must be known before
    `fit`, as in ``cross_val_score``.

    Parameters
    ----------
    candidates : str, list of str or dict of str to estimator, default="default"
        Keys of :func:`make_model` with ``+ augmentation`` behind ("motif-cnn + edits"), or estimators by name, the
        simplest first. "default": k-mers, positional k-mers and SVM with two or three strengths of their
        penalty, and the motif CNN without and with random edits; for numbers gradient boosting too. Motif occupancies
        and a language model where these are given.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What y holds, see :func:`~seqaug_sklearn.utils.read_target`.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences, for candidates by key.
    cv : int or splitter, default=3
        Inner folds. A number keeps groups together and shares of classes, or quantiles of numbers, alike.
    metric : str, default=None
        One of ``METRICS``, of numbers of ``NUMBER_METRICS``, of labels of ``MULTILABEL_METRICS``. None: "auroc", for
        which no threshold has to be learned from few rows; of numbers "spearman".
    rule : {"one_standard_error", "best"}, default="one_standard_error"
        "best" takes the largest mean, simple or not.
    ensemble : int, default=3
        Most members of an average; 1: no averages.
    strand : {"both", "single"}, default="both"
        Whether both strands mean the same, for candidates by key.
    edits : True, str or RandomAugmentation, default=True
        The random edits of candidates by key with ``+ edits``: the preset of :func:`make_model`, or as
        :func:`~seqaug_sklearn.augmentation.make_edits` reads them ("gentle", "mutation(rate=0.02),coding"), or your
        own.
    motifs, language_model : object, default=None
        Known motifs and a pre-trained model, for candidates by key, as :func:`make_model` takes them.
    max_seconds : float, default=None
        Most time of all fits together, estimated by the sizes of the data on one core of an ordinary machine; the
        most expensive candidates are left out until it suffices. No clock is read, so the choice is the same
        everywhere.
    device : str or torch.device, default="auto"
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
        Classes, sorted; 0 and 1 for each of several labels. There are none of numbers.
    target_kind_ : {"classes", "number", "labels"}
        How y was read.
    target_names_ : tuple of str
        Names of the targets.
    metric_ : str
        What was judged by.
    edits_ : str
        What the random edits of the candidates do; empty where none has any.
    left_out_ : list of str
        Candidates that ``max_seconds`` left no time for.

    Raises
    ------
    DataFormatError
        If rows, labels and groups do not fit together, a fold lacks a class, or no candidate has a score, or edits do
        not suit the sequences.
    InvalidParameterError
        If edits are given that no candidate has.

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
        "task": [StrOptions(set(TASKS))],
        "alphabet": [StrOptions({"dna", "rna", "protein"})],
        "cv": ["cv_object"],
        "metric": [StrOptions({*METRICS, *NUMBER_METRICS, *MULTILABEL_METRICS}), None],
        "rule": [StrOptions({"one_standard_error", "best"})],
        "ensemble": [Interval(Integral, 1, None, closed="left")],
        "strand": [StrOptions({"both", "single"})],
        "edits": "no_validation",  # read by make_model
        "motifs": "no_validation",
        "language_model": "no_validation",
        "max_seconds": [Interval(Real, 0, None, closed="neither"), None],
        "device": "no_validation",  # read by resolve_device: a name, or a torch.device
        "n_jobs": [Integral, None],
        "store": "no_validation",
        "progress": ["boolean"],
        "random_state": ["random_state", np.random.Generator],
    }

    def __init__(
        self,
        candidates="default",
        *,
        task="auto",
        alphabet="dna",
        cv=3,
        metric=None,
        rule="one_standard_error",
        ensemble=3,
        strand="both",
        edits=True,
        motifs=None,
        language_model=None,
        max_seconds=None,
        device="auto",
        n_jobs=None,
        store=None,
        progress=False,
        random_state=0,
    ):
        self.candidates = candidates
        self.task = task
        self.alphabet = alphabet
        self.cv = cv
        self.metric = metric
        self.rule = rule
        self.ensemble = ensemble
        self.strand = strand
        self.edits = edits
        self.motifs = motifs
        self.language_model = language_model
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
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Classes, numbers or labels; NaN where a number or label is not known.
        groups : array-like of shape (n_samples,), default=None
            What must stay on one side of an inner split.
        identifiers : array-like of shape (n_samples,), default=None
            Names of the rows, for candidates that look them up.

        Returns
        -------
        self : object
        """
        resolve_device(self.device)
        target = target_of(X, y, self.task)
        self.target_kind_, self.target_names_ = target.kind, target.names
        X, target, about = known_rows(X, target, groups=groups, identifiers=identifiers)
        y, groups = fit_values(target), about["groups"]
        self.metric_ = check_metric(self.metric, target)
        seed = draw_seed(check_generator(self.random_state))
        candidates, self.left_out_ = self._affordable(X, y)
        self.edits_ = _edits_of(candidates)
        if not self._can_split(target, groups):
            return self._fit_simplest(candidates, X, y, target, seed, about)
        planned = plan_comparison(
            {name: candidate.estimator for name, candidate in candidates.items()},
            X,
            y,
            cv=folds_of_smallest_class(self.cv, target, groups),
            groups=groups,
            task=target.kind,
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
        if means.isna().all():
            raise DataFormatError(f"no candidate has a score by {self.metric_!r}; choose another one with metric=")
        tests = comparison.tests(reference=str(means.idxmax()), metric=self.metric_)
        self.best_name_ = self._choose(means, tests, candidates | averages)
        self.cv_results_ = results_of(planned, self.metric_, [*candidates, *averages], tests)
        self.best_index_ = self.cv_results_["candidate"].index(self.best_name_)
        self.best_score_ = float(means[self.best_name_])
        chosen = with_probabilities((candidates | averages)[self.best_name_], planned.fits)
        self.best_estimator_ = fit_on_all(chosen, X, y, seed=seed, **about)
        self._set_classes(target)
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
        return seconds_of(candidates.values(), self._n_folds()), left_out

    def tell_edits(self, X, y) -> str:
        """Say what the random edits of the candidates do, before a fit on these rows is made.

        Parameters
        ----------
        X, y : array-like
            As in :meth:`fit`.

        Returns
        -------
        str
            Empty where no candidate has edits.
        """
        return _edits_of(self._affordable(X, y)[0])

    @available_if(has_probabilities)
    def predict_proba(self, X):
        """Probabilities by the choice; those of a model of decision values are calibrated on the inner folds.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_samples, n_classes)
            Of several labels (n_samples, n_labels): that each is there.
        """
        check_is_fitted(self)
        if self.target_kind_ == "labels":
            return label_scores(self.best_estimator_, X, len(self.target_names_))[0]
        return self.best_estimator_.predict_proba(X)

    def _candidates(self, X, y):
        if isinstance(self.candidates, Mapping):
            if self.edits is not True:
                raise unused_edits()
            given = [Candidate(name, model, float(i), name) for i, (name, model) in enumerate(self.candidates.items())]
        else:
            names = [self.candidates] if isinstance(self.candidates, str) else list(self.candidates)
            keys = None if names == ["default"] else names
            how = {"alphabet": self.alphabet, "strand": self.strand, "device": self.device, "edits": self.edits}
            how |= {"motifs": known_motifs(self.motifs, self.alphabet), "language_model": self.language_model}
            given = default_candidates(keys, X, y, task=target_of(X, y, self.task).kind, **how)
        if not given:
            raise DataFormatError("candidates is empty; give at least one model")
        return {candidate.name: candidate for candidate in given}

    def _fit_simplest(self, candidates, X, y, target, seed, about):
        check_data(X, y, about["groups"], None, task=target.kind)
        self.best_name_ = min(candidates, key=lambda name: candidates[name].seconds)
        self._warn_of_no_folds(target, about["groups"])
        names = list(candidates)
        empty = [float("nan")] * len(names)
        self.cv_results_ = {"candidate": names, "mean_test_score": empty, "n_folds": [0] * len(names)}
        self.best_index_, self.best_score_ = names.index(self.best_name_), float("nan")
        kind = AveragedRegressor if target.kind == "number" else AveragedClassifier
        average = kind([(self.best_name_, candidates[self.best_name_].estimator)])
        self.best_estimator_ = fit_on_all(average, X, y, seed=seed, **about)
        self._set_classes(target)
        return self

    def _affordable(self, X, y):
        """Candidates by name, and the names of those left out for lack of time."""
        candidates = self._candidates(X, y)
        left_out = too_dear(candidates, self._n_folds(), self.max_seconds)
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
        scores = {name: mean_score(planned.fits, name, self.metric_, fold + 1) for name in left}
        ordered = sorted(left, key=lambda name: -scores[name])
        best_of_kind: dict[str, str] = {}
        for name in ordered:
            best_of_kind.setdefault(candidates[name].kind, name)
        kept = set(ordered[: math.ceil(len(left) / 2)]) & set(best_of_kind.values())
        return [name for name in left if candidates[name].seconds > CHEAP_SECONDS and name not in kept]

    def _add_averages(self, planned, candidates, survivors):
        """Add averages of the best of different kinds, made of what their members answered on the inner folds."""
        fits, n_folds = planned.fits, len(planned.fits.splits)
        means = {name: mean_score(fits, name, self.metric_, n_folds) for name in survivors}
        best_of_kind: dict[str, str] = {}
        for name in sorted(survivors, key=lambda name: -means[name]):
            if can_be_averaged(fits, name):
                best_of_kind.setdefault(candidates[name].kind, name)
        members = list(best_of_kind.values())[: self.ensemble]
        calibrators = {name: calibrator_of(fits, name) for name in members}
        averages = {}
        for n in range(2, len(members) + 1):
            for chosen in itertools.combinations(members, n):
                average = average_of(chosen, candidates, calibrators, fits.data.task)
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


def _edits_of(candidates):
    """What the random edits of some candidates do; all have the same."""
    return next((candidate.edits for candidate in candidates.values() if candidate.edits), "")
