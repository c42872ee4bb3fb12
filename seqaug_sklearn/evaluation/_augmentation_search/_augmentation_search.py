"""``AugmentationSearch``: which augmentation, how strong and how much of it, or none."""

from collections.abc import Mapping
from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
from sklearn.base import is_regressor
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.evaluation._augmentation import key_of, make_model
from seqaug_sklearn.evaluation._augmentation_search._decision import (
    Contest,
    contest,
    likeness,
    luck_margin,
    simplest_of_equals,
)
from seqaug_sklearn.evaluation._augmentation_search._halving import affordable, compare_on, halve
from seqaug_sklearn.evaluation._augmentation_search._policies import default_policies, own_policies
from seqaug_sklearn.evaluation._augmentation_search._recipes import network_within, recipes_of
from seqaug_sklearn.evaluation._augmentation_search._table import sentences, table_of
from seqaug_sklearn.evaluation._compare import plan_comparison
from seqaug_sklearn.evaluation._inputs import check_data
from seqaug_sklearn.evaluation._kept_models import (
    ChoosingEstimator,
    check_metric,
    fit_on_all,
    fit_values,
    folds_of_smallest_class,
    known_rows,
    seconds_of_fit,
    target_of,
)
from seqaug_sklearn.evaluation._metrics import METRICS, MULTILABEL_METRICS, NUMBER_METRICS
from seqaug_sklearn.utils import (
    TASKS,
    PortableState,
    check_generator,
    check_sequences,
    draw_seed,
    invalid_parameter,
    parse_time,
    resolve_device,
)
from seqaug_sklearn.utils import progress as progress_bar
from seqaug_sklearn.utils._sklearn import HasMethods, Integral, Interval, Real, StrOptions, fit_context, take_rows

__all__ = ["AugmentationSearch"]


def _best_can(name):
    """Whether the choice, or before `fit` the estimator, has the method ``name``."""

    def check(search):
        model = getattr(search, "best_estimator_", search.estimator)
        # models by key are made in `fit`
        return isinstance(model, str) or hasattr(model, name)

    return check


def _tell_edits(policy):
    from seqaug_sklearn.augmentation import RandomAugmentation, describe_edits

    return "; then ".join(describe_edits(one) for one in policy if isinstance(one, RandomAugmentation))


def _check_numbers(name, values):
    if values is None:
        return
    if not values or any(isinstance(n, bool) or not isinstance(n, Integral) or n < 1 for n in values):
        raise invalid_parameter(name, f"must hold whole numbers of at least 1, for example (1, 4), got {values!r}")


class AugmentationSearch(PortableState, ChoosingEstimator):
    """Chooses the augmentation for these sequences and this model: which edits, how strong, how many; or none.

    A meta-estimator: it predicts as `estimator` does, fitted on all rows with what was chosen. All choices are made on
    folds of the rows that `fit` gets, groups kept together and copies made of training rows only, so
    ``cross_val_score(AugmentationSearch(...), X, y, groups=groups)`` is the score of the whole procedure. The scores in
    ``results_`` are not: the best of many is too good.

    Candidates are dropped by successive halving: all are scored on two fifths of the folds, and the better half of them
    on all folds. Of these the simplest is taken that is not worse than the best by more than one standard error. It and
    the best candidate without augmentation are then compared on further folds that had no part in any of this, and an
    augmentation is chosen only if its gain there is larger than what the best of so many candidates gains by chance in
    one search of ten, and the model with it is better than a guess.

    "None" gets what the others get. A network is tried with the same numbers of epochs without augmentation, so the
    same numbers of steps. In front of another model edited copies make the training set larger, which alone changes
    how much a penalty counts; so plain copies are tried as well.

    Parameters
    ----------
    estimator : estimator or str
        Takes text, and trains without augmentation; a pipeline may stand in front. Networks of this package edit each
        batch anew (``augment=``); in front of others edited copies are added. Or the key of a model, see
        :func:`make_model`.
    policies : "default" or dict of str to str, augmenter or list of these, default="default"
        What to try, by name, the simplest first: edits in the words of
        :func:`~seqaug_sklearn.augmentation.make_edits`, :class:`~seqaug_sklearn.augmentation.RandomAugmentation`,
        :class:`~seqaug_sklearn.augmentation.OrthologAugmenter`, :class:`~seqaug_sklearn.augmentation.WindowAugmenter`
        for estimators of bags, or several behind each other. "default": the reverse complement where both strands mean
        the same; mutation (of proteins substitution by BLOSUM62), shift, and insertion with deletion, of two strengths
        each; the presets "gentle" and "evoaug"; orthologs where they are given; windows for networks that read bags.
    copies : sequence of int, default=None
        Numbers of edited copies of each row to try, for estimators in front of which copies are added. None: 1 and 4 of
        the default policies, and ``n_copies`` of others.
    epochs : sequence of int, default=None
        Numbers of epochs to try, for networks. None: the network's own number, and twice as many.
    orthologs : DataFrame, dict or OrthologAugmenter, default=None
        Orthologs for the default policies. X is then a Series whose index holds the identifiers.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What y holds, see :func:`~seqaug_sklearn.utils.read_target`.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences.
    strand : {"both", "single"}, default="both"
        Whether both strands mean the same: only then are reverse complements tried.
    aligned : bool, default=False
        Whether each position means the same in all sequences: the default policies then substitute only.
    coding : bool, default=False
        Whether the sequences are coding DNA or RNA in one reading frame: the default policies then change synonymous
        codons only.
    cv : int or splitter, default=5
        Inner folds. A number keeps groups together and shares of classes, or quantiles of numbers, alike.
    n_repeats : int, default=3
        Repeats of the folds for the last comparison. A splitter that does not shuffle gives the same folds again, with
        other seeds of the models.
    metric : str, default=None
        One of ``METRICS``, of numbers of ``NUMBER_METRICS``, of labels of ``MULTILABEL_METRICS``. None: "auroc", of
        numbers "spearman".
    alpha : float or None, default=0.1
        Share of searches that may choose an augmentation although none helps. None: a gain of one standard error
        suffices, as in the usual one-standard-error rule, and some augmentation is then chosen for nothing more often
        the more there are.
    max_fits : int, default=None
        Most fits; the last candidates are left out until they suffice. None: no limit.
    budget : str or float, default=None
        Time for all fits, such as "10m", or in minutes; the last candidates are left out until the fits take about
        that by their numbers of rows and epochs. What one takes is estimated from the sizes of the data for a model by
        key, so that the choice is the same everywhere. Of another estimator one fit is timed; ``n_fits_`` as `max_fits`
        gives the same fits again.
    device : str, default="auto"
        Where networks by key are trained.
    n_jobs : int, default=None
        Fits at a time; no result depends on it.
    store : path, default=None
        Folder for finished fits, from which an interrupted `fit` on the same rows goes on; no result depends on it.
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
    best_policy_ : str
        Its policy, "none" where no augmentation was chosen.
    edits_ : str
        What the random edits of the chosen policy do; empty where it has none.
    best_score_ : float
        Its mean score on the fresh folds, or on the others where it was not compared there.
    results_ : DataFrame
        A row per candidate, in the order of preference. Columns ``policy``, ``copies``, ``epochs``; ``score``, the mean
        over ``n_folds`` folds; ``difference`` to the best candidate without augmentation on the same folds, and its
        ``standard_error``; ``seconds`` of a fit; ``rung``, the last step that it reached (from 1); ``fresh_score``, the
        mean on the folds of the last comparison; and ``chosen``.
    contest_ : Contest or None
        The last comparison: ``challenger``, ``reference``, their scores, ``gain``, ``standard_error`` and ``margin``,
        the standard errors that the gain had to exceed; and ``above_chance``, whether the challenger itself is better
        than a guess. None where no folds could be made.
    n_fits_ : int
        Fits that were planned, without the last one on all rows.
    left_out_ : list of str
        Candidates that the budget did not pay for.
    policies_ : dict of str to list of augmenters
        What was tried.
    metric_ : str
        What was judged by.
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted; 0 and 1 for each of several labels. There are none of numbers.
    target_kind_ : {"classes", "number", "labels"}
        How y was read.
    target_names_ : tuple of str
        Names of the targets.

    Raises
    ------
    DataFormatError
        If rows, labels and groups do not fit together, or orthologs do not fit them.
    InvalidParameterError
        If policies, copies or epochs do not go with the estimator, or `max_fits` is too small.

    See Also
    --------
    ModelSearch : Chooses among models.
    compare_augmentations : What each augmentation adds to each model, with intervals and tests.

    Notes
    -----
    All candidates are scored on the same test rows: part of what one of them gains by chance it gains on fresh folds as
    well, and more repeats do not change that. So standard errors count test groups and not folds. The margin is
    simulated: differences that are correlated as those on the first folds, the largest taken, and drawn anew with the
    correlation over groups that the last two show between the folds of the choice and the fresh ones.
    Unlike :func:`group_t_test` standard errors do not count what other training sets would change, because the choice
    is made for these rows; whether a model is better than a guess is judged with it.
    ``examples/benchmarks/bench_augmentation_search.py`` prints how often the choice is right.

    References
    ----------
    L. Breiman et al. (1984), Classification and regression trees, section 3.4.3 (the one-standard-error rule); K.
    Jamieson and A. Talwalkar (2016), Non-stochastic best arm identification and hyperparameter optimization, AISTATS
    (successive halving); J. P. Romano and M. Wolf (2005), doi 10.1198/016214504000000539 (the largest of several
    statistics); H. Sun et al. (2024), arXiv 2403.00875 (automatic choice for proteins).

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.evaluation import AugmentationSearch
    >>> data = make_promoters(40, length=80, n_families=10, n_orthologs=0, random_state=0)
    >>> search = AugmentationSearch("kmers", {"mutation": "mutation(rate=0.3)"}, cv=2, n_repeats=1)
    >>> search.fit(data.sequences, data.y, groups=data.groups).best_name_
    'none'
    >>> search.results_.index.tolist()
    ['none', 'none, 1 copy as they are', 'mutation, 1 copy']
    """

    contest_: Contest | None

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"]), str],
        "policies": [StrOptions({"default"}), Mapping],
        "copies": [list, tuple, None],
        "epochs": [list, tuple, None],
        "orthologs": "no_validation",
        "task": [StrOptions(set(TASKS))],
        "alphabet": [StrOptions({"dna", "rna", "protein"})],
        "strand": [StrOptions({"both", "single"})],
        "aligned": ["boolean"],
        "coding": ["boolean"],
        "cv": ["cv_object"],
        "n_repeats": [Interval(Integral, 1, None, closed="left")],
        "metric": [StrOptions({*METRICS, *NUMBER_METRICS, *MULTILABEL_METRICS}), None],
        "alpha": [Interval(Real, 0, 1, closed="neither"), None],
        "max_fits": [Interval(Integral, 1, None, closed="left"), None],
        "budget": [str, Interval(Real, 0, None, closed="neither"), None],
        "device": [str],
        "n_jobs": [Integral, None],
        "store": "no_validation",
        "progress": ["boolean"],
        "random_state": ["random_state", np.random.Generator],
    }

    def __init__(
        self,
        estimator,
        policies="default",
        *,
        copies=None,
        epochs=None,
        orthologs=None,
        task="auto",
        alphabet="dna",
        strand="both",
        aligned=False,
        coding=False,
        cv=5,
        n_repeats=3,
        metric=None,
        alpha=0.1,
        max_fits=None,
        budget=None,
        device="auto",
        n_jobs=None,
        store=None,
        progress=False,
        random_state=0,
    ):
        self.estimator = estimator
        self.policies = policies
        self.copies = copies
        self.epochs = epochs
        self.orthologs = orthologs
        self.task = task
        self.alphabet = alphabet
        self.strand = strand
        self.aligned = aligned
        self.coding = coding
        self.cv = cv
        self.n_repeats = n_repeats
        self.metric = metric
        self.alpha = alpha
        self.max_fits = max_fits
        self.budget = budget
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
        X : array-like of str of shape (n_samples,)
            Sequences; with orthologs a Series whose index holds the identifiers.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Classes, numbers or labels; NaN where a number or label is not known.
        groups : array-like of shape (n_samples,), default=None
            What must stay on one side of an inner split.
        identifiers : array-like of shape (n_samples,), default=None
            Names of the rows, for networks that swap in orthologs. None: the index of X, if it has one.

        Returns
        -------
        self : object
        """
        target = target_of(X, y, self.task)
        self.target_kind_, self.target_names_ = target.kind, target.names
        check_data(X, fit_values(target), groups, None, task=target.kind)
        if identifiers is None:
            identifiers = check_sequences(X).identifiers
        elif not hasattr(X, "iloc"):
            # inner folds find orthologs by the index
            X = pd.Series(check_sequences(X).values, index=list(identifiers))
        X, target, about = known_rows(X, target, groups=groups, identifiers=identifiers)
        X, target, about = self._in_order(X, target, about)
        y, groups = fit_values(target), about["groups"]
        self.metric_ = check_metric(self.metric, target)
        seed = draw_seed(check_generator(self.random_state))
        recipes = self._recipes(X, y)
        if self._can_split(target, groups):
            planned = plan_comparison(
                {recipe.name: recipe.estimator for recipe in recipes},
                X,
                y,
                cv=folds_of_smallest_class(self.cv, target, groups),
                groups=groups,
                task=target.kind,
                scoring=[self.metric_],
                n_repeats=1 + self.n_repeats,
                return_train_score=False,
                n_jobs=self.n_jobs,
                store=self.store,
                random_state=seed,
                at_least=1,
            )
            self._choose(planned, recipes, seed, X, y)
        else:
            self._settle(recipes, recipes[0].name)
            self._warn_of_no_folds(target, groups)
        chosen = next(recipe for recipe in recipes if recipe.name == self.best_name_)
        self.best_policy_ = chosen.policy
        self.edits_ = _tell_edits(self.policies_.get(chosen.policy, ()))
        self.best_estimator_ = fit_on_all(chosen.estimator, X, y, seed=seed, **about)
        self._set_classes(target)
        return self

    def verdict(self) -> list[str]:
        """Whether an augmentation helps, in a sentence, and what was compared."""
        check_is_fitted(self)
        return sentences(self.contest_, self.results_, self.metric_, self.alpha, self.left_out_)

    @available_if(_best_can("predict_proba"))
    def predict_proba(self, X):
        """Probabilities by the choice, as its estimator gives them."""
        check_is_fitted(self)
        return self.best_estimator_.predict_proba(X)

    @available_if(_best_can("decision_function"))
    def decision_function(self, X):
        """Decision values by the choice."""
        check_is_fitted(self)
        return self.best_estimator_.decision_function(X)

    def _kind(self):
        if self.task == "auto" and not isinstance(self.estimator, str) and is_regressor(self.estimator):
            return "number"
        return super()._kind()

    def _in_order(self, X, target, about):
        """Rows in the order of their text: that of a file decides nothing. A splitter may know the places of rows."""
        if not isinstance(self.cv, Integral):
            return X, target, about
        order = np.argsort(np.asarray(check_sequences(X).values, dtype=str), kind="stable")
        about = {name: None if values is None else take_rows(values, order) for name, values in about.items()}
        return take_rows(X, order), replace(target, values=target.values[order]), about  # noqa: PD011

    def _recipes(self, X, y):
        _check_numbers("copies", self.copies)
        _check_numbers("epochs", self.epochs)
        resolve_device(self.device)
        estimator = self.estimator
        if isinstance(estimator, str):
            estimator = make_model(estimator, X=X, y=y, **self._of_key())
        prefix = network_within(estimator)
        suit = {name: getattr(self, name) for name in ("alphabet", "strand", "aligned", "coding")}
        copies = self.copies
        if not isinstance(self.policies, str):
            if self.orthologs is not None:
                raise invalid_parameter(
                    "orthologs", "must be None beside policies of your own; put an OrthologAugmenter among them"
                )
            self.policies_ = own_policies(self.policies, X, **suit)
        else:
            in_batches = prefix is not None
            reads_bags = in_batches and f"{prefix}bag_pooling" in estimator.get_params()
            given = {"orthologs": self.orthologs, "in_batches": in_batches, "reads_bags": reads_bags}
            self.policies_ = default_policies(X, y, **given, **suit)
            copies = (1, 4) if copies is None and not in_batches else copies
        return recipes_of(estimator, self.policies_, len(y), copies=copies, epochs=self.epochs, alphabet=self.alphabet)

    def _choose(self, planned, recipes, seed, X, y):
        splits = planned.fits.splits
        n_folds = sum(split.repeat == 0 for split in splits)
        # where later repeats have an empty fold there are fewer; of one there are no fresh folds
        n_repeats = planned.most_repeats - 1
        by_name = {recipe.name: recipe for recipe in recipes}
        most_cost = self._most_cost(planned, recipes[0], X, y)
        kept, plan = affordable(recipes, n_folds, n_repeats, most_fits=self.max_fits, most_cost=most_cost)
        self.n_fits_ = plan.n_fits
        self.left_out_ = [recipe.name for recipe in recipes if recipe not in kept]
        with progress_bar(total=plan.n_fits, description="fits", enabled=self.progress, unit="fit") as bar:
            rungs = halve(planned, {recipe.name: recipe for recipe in kept}, plan, self.metric_, bar.update)
            # on the last rung all that are left have all folds of one repeat
            plain, augmented = (
                [name for name in rungs[-1].estimators if by_name[name].is_none == is_none] for is_none in (True, False)
            )
            challenger = simplest_of_equals(rungs[-1], augmented, self.metric_)
            means = rungs[-1].folds.groupby("estimator")[self.metric_].mean()
            pair = [str(means.reindex(plain).fillna(-np.inf).idxmax()), challenger]
            fresh = slice(n_folds if n_repeats else 0, None)
            planned.fits.run([(name, i) for i in range(len(splits))[fresh] for name in pair], bar.update)
        others = [name for name in rungs[0].estimators if not by_name[name].is_none]
        on_fresh = compare_on(planned, pair, fresh)
        alike = likeness(rungs[-1], on_fresh, (challenger, pair[0]), self.metric_)
        margin = luck_margin(rungs[0], others, pair[0], self.metric_, self.alpha, seed, alike=alike)
        last = contest(on_fresh, challenger, pair[0], self.metric_, margin, self.alpha)
        self.contest_ = last
        best = challenger if last.is_won else simplest_of_equals(rungs[-1], plain, self.metric_, margin)
        self.best_name_ = best
        self.results_ = table_of(kept, rungs, pair[0], self.metric_, last, best)
        fresh_score = self.results_.loc[best, "fresh_score"]
        self.best_score_ = float(self.results_.loc[best, "score"] if np.isnan(fresh_score) else fresh_score)

    def _settle(self, recipes, name):
        """Where nothing could be compared."""
        self.best_name_, self.best_score_ = name, float("nan")
        self.contest_ = None
        self.n_fits_, self.left_out_ = 0, []
        self.results_ = table_of(recipes, [], name, self.metric_, None, name)

    def _most_cost(self, planned, first, X, y):
        """Time there is, in fits of the first candidate."""
        if self.budget is None:
            return None
        seconds = parse_time(str(self.budget))
        if not seconds:
            raise invalid_parameter("budget", f"must be a time such as '10m' or minutes, got {self.budget!r}")
        if isinstance(self.estimator, str):
            one = seconds_of_fit(key_of(self.estimator, self.target_kind_), X=X, y=y, **self._of_key())
        else:
            key = (first.name, 0)
            planned.fits.run([key])
            measured = planned.fits.results[key].measured
            one = max(measured["fit_seconds"] + measured["score_seconds"], 1e-3)
        return seconds * joblib.effective_n_jobs(self.n_jobs) / one

    def _of_key(self):
        return {"task": self.target_kind_, "alphabet": self.alphabet, "strand": self.strand, "device": self.device}
