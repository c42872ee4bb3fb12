"""Search for parameters with Optuna, trial by trial over scikit-learn's cross-validation."""

import contextlib
import functools
import os
import time

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import Bunch, indexable
from sklearn.utils.metadata_routing import get_routing_for_object, process_routing

from seqaug_sklearn.model_selection._leakage import splits_of
from seqaug_sklearn.model_selection._optuna._best_estimator import BestEstimatorMixin
from seqaug_sklearn.model_selection._optuna._space import SearchSpace
from seqaug_sklearn.model_selection._optuna._storage import StudyStore, describe, fixed_parameters
from seqaug_sklearn.model_selection._optuna._trials import (
    TrialRunner,
    all_folds,
    check_failures,
    cv_results,
    quiet,
    records_of,
)
from seqaug_sklearn.model_selection._target_scores import named_scorer
from seqaug_sklearn.utils import (
    Parameter,
    check_class_labels,
    check_generator,
    check_known_classes,
    data_digest,
    draw_seed,
    import_optional,
    invalid_parameter,
    is_whole,
    n_targets,
    read_target,
    strata_of,
    told_of_groups,
    warn_of_unreached_groups,
)
from seqaug_sklearn.utils._sklearn import HasMethods, Integral, Interval, Real, StrOptions, fit_context

__all__ = ["OptunaSearch"]


class OptunaSearch(BestEstimatorMixin, MetaEstimatorMixin, BaseEstimator):
    """Search for good parameters with Optuna, scored by scikit-learn's cross-validation.

    ``best_score_`` is too good: it was chosen for being high, the more so the more trials there are and the fewer rows.
    Report the score of the whole search in an outer :func:`~sklearn.model_selection.cross_validate` (Examples), and
    choose on its inner folds only. Both need folds that keep relatives together, or the search tunes for memory.

    Each trial draws parameters, fits a clone of the estimator on every fold and reports the mean score. Groups reach
    the splitter, and with ``sklearn.set_config(enable_metadata_routing=True)`` the estimator's ``fit`` too: the neural
    classifiers need that for an early stopping that respects the groups.

    Parameters
    ----------
    estimator : estimator
        Cloned for each fit. Give it a fixed `random_state`, or no search can be repeated.
    space : dict or callable
        Name of a parameter (``"step__name"`` in a pipeline) -> list of choices of any kind, or an Optuna distribution
        (``optuna.distributions.FloatDistribution(1e-5, 1e-1, log=True)``). Or a function of an ``optuna.trial.Trial``
        that returns a dict of parameters, for parameters that depend on others.
    cv : int, splitter or iterable of (train, test)
        The folds, split once for all trials. An int gives each fold its share of every class, of the fifths of numbers,
        or of each label.
    n_trials : int
        Trials in all, those that `storage` holds already included.
    scoring : str, callable, list, tuple, set, dict or None, default=None
        As in scikit-learn's searches; larger is better. Regressors take "spearman", "pearson", "r2", "neg_rmse" and
        "neg_mae" too, classifiers of several labels "auroc" and "auprc": means over targets, gaps left out. With
        several scores `refit` names the one to optimise.
    refit : bool or str, default=True
        Whether to fit ``best_estimator_`` on all rows at the end.
    storage : str, path or optuna.storages.BaseStorage, default=None
        Where finished trials are kept: the path of an SQLite file, a database URL (``"sqlite:///search.db"``) or a
        storage object, such as a ``JournalStorage`` for network drives. None keeps them in memory. See Notes.
    study_name : str, default=None
        Name in the storage. By default it is made from everything that defines the search, so that the same search
        finds its own trials and any other one starts anew (also each outer fold of a nested search); with a name, a
        stored study of another search is an error that says what differs.
    random_state : None, int, RandomState or Generator, default=None
        Seed of the sampler; the estimator's is not touched. None goes on with the seed of a stored study.
    sampler : callable, default=None
        Makes the sampler of each trial: called as ``sampler(seed=seed)``, so a class such as
        ``optuna.samplers.RandomSampler`` or a ``functools.partial`` of one will do. By default ``TPESampler`` with 10
        random trials first.
    pruner : optuna.pruners.BasePruner, default=None
        Asked between two folds, with the mean score so far, whether to give a trial up; never during a fit, where it
        would choose on the test fold's learning curve. None fits all folds.
    timeout : float, default=None
        Seconds after which no further trial starts.
    n_jobs : int, default=None
        Folds fitted at a time, by joblib. Trials follow each other, because each learns from those before. With a
        `pruner` the folds do too, and anything but None or 1 is an error.
    error_score : "raise" or float, default="raise"
        What a failing fit does: stop the search with its error, or count as this score, with a warning at the end.
    return_train_score : bool, default=False
        Whether ``cv_results_`` holds the scores on the training rows.
    verbose : int, default=0
        Above 0: a progress bar, and Optuna's own messages.

    Attributes
    ----------
    best_params_ : dict
        Parameters of the trial with the highest mean score; the first of equals.
    best_score_ : float
        Its mean score over the folds: optimistic, see above.
    best_index_ : int
        Its row in ``cv_results_``.
    best_estimator_ : estimator
        Fitted on all rows; with `refit` only.
    refit_time_ : float
        Seconds that took.
    cv_results_ : dict of str to ndarray of shape (n_trials,)
        As in :class:`~sklearn.model_selection.GridSearchCV`, one row per trial in their order, and `state`: "complete",
        "pruned" (NaN in folds that were not fitted, never the best) or "failed" (a fold failed, or no score).
    study_ : optuna.study.Study
        The trials as a study in memory, for Optuna's plots. It holds the index of choices that are no plain scalars
        (tuples, estimators); ``best_params_`` and ``cv_results_`` hold the choices themselves.
    scorer_ : callable or dict of callable
        The scorer, or scorers by name.
    multimetric_ : bool
        Whether there are several.
    n_splits_ : int
        Number of folds.

    Raises
    ------
    MissingDependencyError
        In `fit`, if Optuna is not installed.

    See Also
    --------
    SimilarityGroupKFold : Folds for the search on sequences.
    sanity_checks : Whether a score could come from memory or chance.

    Notes
    -----
    A search that is interrupted (or killed) and started again with the same `storage`, or with more `n_trials`, ends as
    if it had never stopped: the sampler is seeded anew for each trial from `random_state` and the number of finished
    trials, and the storage receives a trial when it is finished, so that the interrupted one is simply done again.
    This holds for samplers that look at nothing but the finished trials (checked: TPE, random, Gaussian processes,
    CMA-ES, NSGA-II; ``QMCSampler`` is refused with a storage), for estimators with a fixed seed, on one machine with
    one number of threads (floating-point sums), and for equal versions of the libraries.

    One search at a time can work on a study. A second process that adds to it is noticed, and the later one stops with
    an error.

    Examples
    --------
    >>> from optuna.distributions import FloatDistribution
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from sklearn.model_selection import GroupKFold, cross_validate
    >>> from sklearn.naive_bayes import MultinomialNB
    >>> from sklearn.pipeline import make_pipeline
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.model_selection import OptunaSearch
    >>> promoters = make_promoters(60, 100, n_families=12, random_state=0)
    >>> X, y, groups = promoters.sequences, promoters.y, promoters.groups
    >>> model = make_pipeline(CountVectorizer(analyzer="char"), MultinomialNB())
    >>> space = {
    ...     "countvectorizer__ngram_range": [(2, 2), (3, 3), (4, 4)],
    ...     "multinomialnb__alpha": FloatDistribution(0.01, 10, log=True),
    ... }
    >>> search = OptunaSearch(model, space, cv=GroupKFold(3), n_trials=4, random_state=0)
    >>> sorted(search.fit(X, y, groups=groups).best_params_)
    ['countvectorizer__ngram_range', 'multinomialnb__alpha']

    The score to report is that of the search as a whole, on outer folds that it never sees:

    >>> outer = cross_validate(search, X, y, groups=groups, cv=GroupKFold(3), params={"groups": groups})
    >>> bool(outer["test_score"].mean() < search.best_score_)
    True
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit"])],
        "space": [dict, callable],
        "cv": ["cv_object"],
        "n_trials": [Interval(Integral, 1, None, closed="left")],
        "scoring": [str, callable, list, tuple, set, dict, None],
        "refit": ["boolean", str],
        "storage": [str, os.PathLike, HasMethods(["create_new_study"]), None],
        "study_name": [str, None],
        "random_state": ["random_state", np.random.Generator],
        "sampler": [callable, None],
        "pruner": [HasMethods(["prune"]), None],
        "timeout": [Interval(Real, 0, None, closed="neither"), None],
        "n_jobs": [Integral, None],
        "error_score": [StrOptions({"raise"}), Real],
        "return_train_score": ["boolean"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator,
        space,
        *,
        cv,
        n_trials,
        scoring=None,
        refit=True,
        storage=None,
        study_name=None,
        random_state=None,
        sampler=None,
        pruner=None,
        timeout=None,
        n_jobs=None,
        error_score="raise",
        return_train_score=False,
        verbose=0,
    ):
        self.estimator = estimator
        self.space = space
        self.cv = cv
        self.n_trials = n_trials
        self.scoring = scoring
        self.refit = refit
        self.storage = storage
        self.study_name = study_name
        self.random_state = random_state
        self.sampler = sampler
        self.pruner = pruner
        self.timeout = timeout
        self.n_jobs = n_jobs
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None, **params):
        """Run the trials that are missing, then fit the best estimator on all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Whatever the estimator and the splitter take: text, bags, arrays, frames.
        y : array-like of shape (n_samples,), default=None
            Target.
        **params : dict
            `groups` for the splitter; the rest (`sample_weight`, `identifiers`) is cut to the training rows for the
            estimator's ``fit``. With metadata routing, each goes to whoever requests it: splitter, ``fit`` or scorer.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `space` names what the estimator does not have, if the stored study belongs to another search, if no
            trial has a score, or for lengths that differ.
        RuntimeError
            If another process adds to the study meanwhile.
        """
        import_optional("optuna", extra="tune", purpose="OptunaSearch")
        # a fit that fails must not leave the results of an earlier one
        self._forget()
        X, y = indexable(X, y)
        self._check_target(y)
        scorer, metrics = self._read_scoring()
        space = SearchSpace.read(self.space, self.estimator)
        self._check_pruner()
        routed = self._route(params)
        splits = self._split(X, y, routed)
        silence = self._warn_of_groups(params.get("groups"), len(splits[0][0]))
        evaluate = functools.partial(
            all_folds,
            X=X,
            y=y,
            splits=splits,
            n_jobs=self.n_jobs,
            scorer=scorer,
            metrics=metrics,
            params=self._fold_params(params, scorer),
            return_train_score=self.return_train_score,
            error_score=self.error_score,
        )
        with quiet(self.verbose), silence(), contextlib.ExitStack() as stack:
            seed, store = draw_seed(check_generator(self.random_state)), None
            if self.storage is not None:
                identity = self._identity(space, splits, {"X": X, "y": y, **params})
                store = stack.enter_context(StudyStore(self.storage, self._study_name(identity, seed)))
                # a search that resumes goes on with the seed of its study
                seed = store.claim(identity, seed, self.random_state is None)
            self.study_ = self._open_study(store)
            runner = TrialRunner(self.study_, store, space, evaluate, self.n_splits_, metrics[0], self.sampler, seed)
            runner.run_until(self.n_trials, timeout=self.timeout, verbose=self.verbose)
        self._conclude(space, metrics)
        if self.refit:
            with silence():
                self._refit(space, X, y, routed.estimator.fit)
        return self

    def _warn_of_groups(self, groups, n_rows):
        """Tell once, not in each trial, where groups stay with the splitter; what else fits say is theirs to say."""
        if groups is None:
            return contextlib.nullcontext
        warn_of_unreached_groups({type(self).__name__: self}, n_rows)
        return told_of_groups

    def _forget(self):
        for name in [name for name in vars(self) if name.endswith("_") and not name.startswith("_")]:
            delattr(self, name)

    def _check_target(self, y):
        """Name missing labels and measurements before any trial; several outputs are the estimator's own matter."""
        if y is None or np.asarray(y, dtype=object).ndim > 1:
            return
        if is_classifier(self.estimator):
            check_class_labels(y)
        else:
            check_known_classes(y)

    def _check_pruner(self):
        if self.pruner is not None and self.n_jobs not in (None, 1):
            raise invalid_parameter(
                "pruner",
                f"decides after each fold whether the next is fitted, so folds cannot run beside each other: "
                f"pass n_jobs=None with a pruner, got n_jobs={self.n_jobs}",
            )

    def _read_scoring(self):
        """Set the scorer; return what scikit-learn scores with, and the names of the scores, the objective first."""
        several = isinstance(self.scoring, (list, tuple, set, dict))
        if not several:
            if isinstance(self.refit, str):
                raise invalid_parameter(
                    Parameter("refit", self.refit), "names a score, but scoring is a single one; pass refit=True"
                )
            self.scorer_, self.multimetric_ = named_scorer(self.estimator, self.scoring), False
            return self.scorer_, ["score"]
        named = self.scoring if isinstance(self.scoring, dict) else {name: name for name in self.scoring}
        if not isinstance(self.refit, str) or self.refit not in named:
            raise invalid_parameter(
                "refit",
                f"must name the one to optimise, one of {sorted(named)}, got {self.refit!r}",
            )
        self.scorer_ = {name: named_scorer(self.estimator, value) for name, value in named.items()}
        self.multimetric_ = True
        return check_scoring(self.estimator, self.scorer_), sorted(named, key=lambda name: (name != self.refit, name))

    def _route(self, params):
        """Keyword arguments for each part, as scikit-learn's searches share them out."""
        if get_config()["enable_metadata_routing"]:
            return process_routing(self, "fit", **params)
        ours = {"groups": params.get("groups")}
        rest = {name: value for name, value in params.items() if name != "groups"}
        return Bunch(splitter=Bunch(split=ours), estimator=Bunch(fit=rest), scorer=Bunch(score={}))

    def _fold_params(self, params, scorer):
        """What ``cross_validate`` hands on; the groups of the splitter have done their work."""
        if not get_config()["enable_metadata_routing"]:
            return {name: value for name, value in params.items() if name != "groups"}
        names = set(get_routing_for_object(self.estimator).consumes("fit", params.keys()))
        names |= set(get_routing_for_object(scorer).consumes("score", params.keys()))
        return {name: value for name, value in params.items() if name in names}

    def _split(self, X, y, routed):
        try:
            splits = self._folds(X, y, routed.splitter.split)
        except ValueError as error:
            if "groups" not in str(error) or routed.splitter.split.get("groups") is not None:
                raise
            raise invalid_parameter(
                Parameter("cv", self.cv), "needs groups; pass them to fit(X, y, groups=...)"
            ) from error
        if not splits:
            raise invalid_parameter("cv", f"gave no folds: {self.cv!r}")
        self.n_splits_ = len(splits)
        return splits

    def _folds(self, X, y, params):
        if y is not None and (self.cv is None or is_whole(self.cv)):
            target = self._numbers_or_labels(y)
            if target is not None:
                return splits_of(self.cv, X, y, None, strata_of(target))
        cv = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        return [tuple(map(np.asarray, split)) for split in cv.split(X, y, **params)]

    def _numbers_or_labels(self, y):
        """Target of which scikit-learn would take folds in the order of the rows; None of classes."""
        if not is_classifier(self.estimator):
            return read_target(y, task="number", may_be_constant=True)
        return read_target(y, task="labels", may_be_constant=True) if n_targets(y) > 1 else None

    def _identity(self, space, splits, data):
        """All that decides about the trials, by aspect."""
        cls = type(self.estimator)
        drawn = space.describe()
        fixed = fixed_parameters(self.estimator, drawn)
        ours = ("scoring", "refit", "sampler", "pruner", "error_score", "return_train_score")
        return {
            "estimator": f"{cls.__module__}.{cls.__qualname__}",
            **{f"estimator.{name}": value for name, value in fixed.items()},
            **{f"space[{name!r}]" if name else "space": describe(value) for name, value in drawn.items()},
            **{f"data {name}": data_digest(value) for name, value in data.items() if value is not None},
            "cv": describe(self.cv),
            "folds": data_digest(splits),
            **{name: describe(getattr(self, name)) for name in ours if name != "refit" or self.multimetric_},
        }

    def _study_name(self, identity, seed):
        if self.study_name is not None:
            return self.study_name
        return f"{type(self.estimator).__name__}-{data_digest((identity, None if self.random_state is None else seed))}"

    def _open_study(self, store):
        """A study in memory with the finished trials so far."""
        optuna = import_optional("optuna", extra="tune", purpose="OptunaSearch")
        name = (self.study_name or "search") if store is None else store.name
        pruner = self.pruner or optuna.pruners.NopPruner()
        level = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.WARNING)  # "created in memory" misleads beside a storage
        try:
            study = optuna.create_study(direction="maximize", study_name=name, pruner=pruner)
        finally:
            # others in this process may have set it
            optuna.logging.set_verbosity(level)
        study.add_trials([] if store is None else store.finished()[: self.n_trials])
        return study

    def _conclude(self, space, metrics):
        """Set the table of the trials and the best of them."""
        trials = self.study_.trials
        folds = list(map(records_of, trials))
        params = list(map(space.replay, trials))
        self.cv_results_ = cv_results(params, folds, metrics, self.n_splits_, self.return_train_score)
        check_failures(folds)
        means = self.cv_results_[f"mean_test_{metrics[0]}"]
        if np.isnan(means).all():
            raise ValueError(f"none of the {len(trials)} trials has a score; cv_results_ and study_ say what happened")
        # failed trials have no mean
        self.best_index_ = int(np.nanargmax(means))
        self.best_score_ = float(means[self.best_index_])
        self.best_params_ = params[self.best_index_]

    def _refit(self, space, X, y, fit_params):
        self.best_estimator_ = space.configured(self.best_params_)
        start = time.perf_counter()
        self.best_estimator_.fit(X, *([] if y is None else [y]), **fit_params)
        self.refit_time_ = time.perf_counter() - start
        if hasattr(self.best_estimator_, "feature_names_in_"):
            self.feature_names_in_ = self.best_estimator_.feature_names_in_
