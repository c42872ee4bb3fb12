"""A model to take home: scored on held-out rows, fitted on all, calibrated, and aware of what it was trained on."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.evaluation._augmentation import MODELS, make_model, tell_covariates
from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._kept_models._chosen_model import ChoosingEstimator
from seqaug_sklearn.evaluation._kept_models._class_confidence import ClassConfidence
from seqaug_sklearn.evaluation._kept_models._facts import facts_of, tell_domain, tell_leaks
from seqaug_sklearn.evaluation._kept_models._held_out import groups_of_split, leaked_share, scores_with_intervals
from seqaug_sklearn.evaluation._kept_models._label_confidence import LabelConfidence
from seqaug_sklearn.evaluation._kept_models._number_confidence import NumberConfidence, interval_around
from seqaug_sklearn.evaluation._kept_models._refit import fit_on_all, folds_of_smallest_class
from seqaug_sklearn.evaluation._kept_models._search import ModelSearch
from seqaug_sklearn.evaluation._kept_models._target_kinds import (
    TargetKindMixin,
    fit_values,
    has_probabilities,
    known_rows,
    target_of,
)
from seqaug_sklearn.evaluation._verdict import warnings_first
from seqaug_sklearn.similarity import ApplicabilityDomain, NearestSequenceRegressor, memoriser
from seqaug_sklearn.utils import TASKS, check_generator, check_sequences, draw_seed, is_covariate_frame, plain_container
from seqaug_sklearn.utils._sklearn import Integral, Interval, Real, StrOptions, fit_context

__all__ = ["SequenceModel"]

_MODEL = "the chosen model"
_LOOKUP = "nearest-sequence lookup"
_COMMONEST = {"classes": "commonest class", "number": "mean of the training rows", "labels": "shares of the labels"}
_CONFIDENCE: dict[str, Any] = {"classes": ClassConfidence, "number": NumberConfidence, "labels": LabelConfidence}


def _predicts_numbers(model):
    return model._kind() == "number"


class SequenceModel(TextInputMixin, MetaEstimatorMixin, TargetKindMixin, ClassifierMixin, BaseEstimator):
    """The model to keep, and how far it may be believed.

    Fitting it answers four questions at once. How good is the model? It is cross-validated with relatives kept
    together, beside a lookup of the nearest sequence and the commonest class; where it is a search, all choices are
    made anew in each training set, so that the score is no best of many. What do its probabilities mean? They are
    calibrated on the predictions of the held-out rows. Which model is it? It is fitted once more on all rows. And
    which new sequences is it for? Those that resemble the training sequences: see :meth:`report`.

    Where y holds numbers, the errors on held-out rows give an interval around each prediction instead of a probability
    (:meth:`predict_interval`). Of several labels each has a calibrated probability, and a threshold.

    Parameters
    ----------
    estimator : estimator, default=None
        Classifier of text, or regressor where y holds numbers. None: :class:`ModelSearch` with its defaults.
    task : {"auto", "classes", "number", "labels"}, default="auto"
        What y holds, see :func:`~seqaug_sklearn.utils.read_target`.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences.
    cv : int or splitter, default=5
        Folds of the score. A number keeps groups together and shares of classes, or quantiles of numbers, alike.
    calibration : {"auto", "temperature", "isotonic", "none"}, default="auto"
        Method of :class:`ProbabilityCalibrator`; numbers have no probabilities.
    coverage : float, default=0.9
        Share of new sequences whose number lies within its interval, see :class:`IntervalCalibrator`.
    sketch : int, default=None
        Keep one of so many k-mers of the training sequences, as hashes, instead of all: for models that are
        shared while the sequences must not be. Names are not kept either. See
        :class:`~seqaug_sklearn.similarity.ApplicabilityDomain`.
    n_jobs : int, default=None
        Fits at a time; no result depends on it.
    store : path, default=None
        Folder for finished folds; an interrupted `fit` continues from there. Needs a `random_state`.
    progress : bool, default=False
        Show bars.
    random_state : None, int, RandomState or Generator, default=0
        Seed of folds and models.

    Attributes
    ----------
    estimator_ : estimator
        Fitted on all rows; of a search what it chose.
    search_ : ModelSearch, AugmentationSearch or None
        The search on all rows, if there was one; it is not saved with the model.
    chosen_ : str
        Name of what was chosen.
    edits_ : str
        What the random edits do that it was chosen with, or from; empty where the search tried none.
    target_kind_ : {"classes", "number", "labels"}
        How y was read.
    target_names_ : tuple of str
        Names of the targets.
    reading_ : str
        How y was read, in a sentence.
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted; of several labels 0 and 1 for each. There are none of numbers.
    calibrator_ : ProbabilityCalibrator
        Learned from the held-out predictions of classes.
    calibrators_, thresholds_ : list of ProbabilityCalibrator, float64 ndarray of shape (n_labels,)
        Of several labels one each, and from which probability on the label is said to be there.
    intervals_ : IntervalCalibrator
        Of numbers, learned from the errors on held-out rows.
    coverage_ : dict of str to float
        Share of the held-out numbers within their intervals, by target; those of each fold come from the others.
    domain_ : ApplicabilityDomain
        Of the training sequences.
    scores_ : dict of str to dict
        Of the chosen model and both baselines: ``mean``, ``low``, ``high`` of accuracy, balanced accuracy, AUROC and
        AUPRC on held-out rows, with intervals of 95 %; of numbers ``spearman``, ``pearson``, ``r2``, ``rmse`` and
        ``mae``, with groups that can be ranked also ``spearman_within``.
    calibration_ : dict of str to float
        ``brier`` and ``calibration_error`` of the held-out probabilities, and the same with ``_before`` without
        calibration. Each fold is calibrated by the others. Of several labels a dict for each, with the
        ``balanced_accuracy`` of its threshold and that of a half.
    split_ : dict
        ``folds``, ``groups`` ("given", "relatives" or "none: no two rows are related"), ``n_groups``, and
        ``leaked_share``: the share of held-out rows that share sequence with a training row of their fold, because
        the groups that were given separate relatives.
    lengths_ : int64 ndarray of shape (3,)
        Shortest, median and longest training sequence, in residues.
    class_counts_ : dict of str to int or str
        Training sequences of each class; of numbers those of which each target was measured, of labels those that have
        each.
    shortcuts_ : list of str
        What :func:`~seqaug_sklearn.model_selection.audit_shortcuts` found; empty where it was not run.
    comparison_ : Comparison
        All of it; it is not saved with the model.
    n_rows_ : int
        Number of training rows.

    Raises
    ------
    DataFormatError
        If rows, labels and groups do not fit together.
    SequenceError
        If X is no text of the alphabet.

    See Also
    --------
    ModelSearch : Chooses the model.
    compare_augmentations : Whether augmentation helps.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_promoters
    >>> from seqaug_sklearn.evaluation import SequenceModel, make_model
    >>> data = make_promoters(40, length=80, n_families=10, n_orthologs=0, random_state=0)
    >>> model = SequenceModel(make_model("kmers"), cv=2).fit(data.sequences, data.y, groups=data.groups)
    >>> model.report(data.sequences[:2])["copy_of"].tolist()
    ['sim01', 'sim02']
    """

    _parameter_constraints = {
        "estimator": "no_validation",
        "task": [StrOptions(set(TASKS))],
        "alphabet": [StrOptions({"dna", "rna", "protein"})],
        "cv": ["cv_object"],
        "calibration": [StrOptions({"auto", "temperature", "isotonic", "none"})],
        "coverage": [Interval(Real, 0, 1, closed="neither")],
        "sketch": [Interval(Integral, 2, None, closed="left"), None],
        "n_jobs": [Integral, None],
        "store": "no_validation",
        "progress": ["boolean"],
        "random_state": ["random_state", np.random.Generator],
    }

    # groups reach `fit` where routing is on, without being asked for
    __metadata_request__fit = {"groups": True}

    _not_saved = ("comparison_", "search_", "estimator", "cv", "n_jobs", "store", "progress")
    """What a model folder leaves out: the data of all rows, and what only `fit` reads."""

    def __init__(
        self,
        estimator=None,
        *,
        task="auto",
        alphabet="dna",
        cv=5,
        calibration="auto",
        coverage=0.9,
        sketch=None,
        n_jobs=None,
        store=None,
        progress=False,
        random_state=0,
    ):
        self.estimator = estimator
        self.task = task
        self.alphabet = alphabet
        self.cv = cv
        self.calibration = calibration
        self.coverage = coverage
        self.sketch = sketch
        self.n_jobs = n_jobs
        self.store = store
        self.progress = progress
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, groups=None):
        """Score on held-out rows, calibrate, fit on all rows, and learn what these look like.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,), or DataFrame
            Sequences; a Series brings names into :meth:`report`. A DataFrame of one text column and numbers brings
            covariates, which models by key read too; what they reach alone is one more baseline.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Classes, numbers or labels; NaN where a number or label is not known.
        groups : array-like of shape (n_samples,), default=None
            What must stay on one side of a split. None: relatives, found by
            :func:`~seqaug_sklearn.model_selection.leakage_groups`.

        Returns
        -------
        self : object
        """
        X = plain_container(X)
        check_sequences(X)
        X, target, about = known_rows(X, target_of(X, y, self.task), groups=groups)
        self.target_kind_, self.target_names_, self.reading_ = target.kind, target.names, str(target.reading)
        sequences, y = check_sequences(X), fit_values(target)
        y = y.astype(str) if y.dtype == object else y
        seed = draw_seed(check_generator(self.random_state))
        groups, how = groups_of_split(X, about["groups"], self.alphabet)
        estimator = self._of_kind()
        self.comparison_ = compare(
            self._beside_baselines(estimator, X),
            X,
            y if target.kind == "classes" else target,
            cv=folds_of_smallest_class(self.cv, target, groups),
            groups=groups,
            task=target.kind,
            return_train_score=False,
            n_jobs=self.n_jobs,
            store=self.store,
            progress=self.progress,
            random_state=seed,
        )
        self.n_rows_ = len(y)
        self._set_classes()
        self._look_at_split(X, groups, how)
        self._describe_rows(sequences, target)
        confidence = _CONFIDENCE[self.target_kind_]
        self.scores_ = scores_with_intervals(self.comparison_, confidence.metrics)
        for name, value in confidence.learn(self.comparison_.rows[_MODEL], self).items():
            setattr(self, name, value)
        self.domain_ = ApplicabilityDomain(self.alphabet, sketch=self.sketch)
        self.domain_.fit(X if self.sketch is None else list(sequences.values), groups=groups)
        identifiers = sequences.identifiers
        estimator = self._with_own_fits(estimator)
        fitted = fit_on_all(estimator, X, y, seed=seed, groups=groups, identifiers=identifiers)
        self.search_ = fitted if isinstance(fitted, ChoosingEstimator) else None
        self.estimator_ = fitted if self.search_ is None else fitted.best_estimator_
        self.chosen_ = type(fitted).__name__ if self.search_ is None else fitted.best_name_
        self.edits_: str = getattr(self.search_, "edits_", "")
        # sentences may carry more than their text, which a model folder does not hold
        self._verdict = [str(line) for line in self._judge()]
        return self

    def verdict(self) -> list[str]:
        """What to believe of the score, warnings first, then what was chosen, its probabilities and its domain."""
        check_is_fitted(self)
        return list(self._verdict)

    def about(self) -> dict[str, Any]:
        """What is known of the model, as text and numbers: ``save_model(model, folder, about=model.about())``."""
        check_is_fitted(self)
        return facts_of(self, _CONFIDENCE[self.target_kind_], _MODEL)

    @available_if(has_probabilities)
    def predict_proba(self, X):
        """Calibrated probabilities.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_samples, n_classes)
            Of several labels (n_samples, n_labels): that each is there.
        """
        check_is_fitted(self)
        return _CONFIDENCE[self.target_kind_].probabilities(self, X)

    def predict(self, X):
        """Predict the most probable class of each sequence, its number, or which labels it has.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        predicted : ndarray of shape (n_samples,) or (n_samples, n_targets)
        """
        check_is_fitted(self)
        return _CONFIDENCE[self.target_kind_].predict(self, X)

    @available_if(_predicts_numbers)
    def predict_interval(self, X):
        """Intervals that hold the numbers of a share of `coverage` of new sequences.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        low, high : float64 ndarray of shape (n_samples,) or (n_samples, n_targets)
        """
        check_is_fitted(self)
        return interval_around(self, self.predict(X))

    def report(self, X):
        """Tabulate predictions, and whether they can be believed.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        pandas.DataFrame
            Indexed by the identifiers of X, or row numbers. Of classes ``predicted``, ``p_<class>`` per class, and
            ``spread`` (standard deviation of the probability of that class over the members of an average; NaN of a
            single model). Of numbers ``prediction``, ``low``, ``high`` (the interval) and ``spread`` (of the members'
            predictions). Of labels ``predicted_<label>``, ``p_<label>`` and ``spread_<label>``; of several numbers the
            name of the target stands behind, too. Then ``in_domain``, ``nearest``, ``kmer_share``, ``copy_of``,
            ``reason`` as in :meth:`ApplicabilityDomain.report`. A copy of a training sequence is no test of the model.
        """
        check_is_fitted(self)
        domain = self.domain_.report(X)
        table = _CONFIDENCE[self.target_kind_].table(self, X, domain.index)
        # by place: names may repeat
        return table.assign(**{column: domain[column].to_numpy() for column in domain})

    def _of_kind(self):
        """The estimator, a search of it for what y holds."""
        if self.estimator is None:
            return ModelSearch(alphabet=self.alphabet, task=self.target_kind_)
        if isinstance(self.estimator, ChoosingEstimator):
            return clone(self.estimator).set_params(task=self.target_kind_)
        return self.estimator

    def _set_classes(self):
        if self.target_kind_ == "classes":
            self.classes_: Any = self.comparison_.classes
        elif self.target_kind_ == "labels":
            self.classes_ = np.tile([0, 1], (len(self.target_names_), 1))

    def _look_at_split(self, X, groups, how):
        self.split_ = {"folds": len(self.comparison_.test_rows), "groups": how}
        self.split_["n_groups"] = self.n_rows_ if groups is None else len(np.unique(groups))
        # relatives that were kept together cannot leak
        folds = self.comparison_.test_rows if how == "given" else []
        self.split_["leaked_share"] = leaked_share(X, folds, self.alphabet)
        self.comparison_.unrelated = self.split_["leaked_share"] == 0

    def _describe_rows(self, sequences, target):
        lengths = sequences.lengths()
        self.lengths_ = np.array([lengths.min(), np.median(lengths), lengths.max()]).astype(np.int64)
        self.class_counts_ = _CONFIDENCE[self.target_kind_].counts(target)
        shortcuts = self.comparison_.shortcuts
        self.shortcuts_ = [] if shortcuts is None else [str(line) for line in shortcuts.verdict()]

    def _with_own_fits(self, estimator):
        """A search on all rows may use all jobs and the store, and neither changes what it finds."""
        if not isinstance(estimator, ChoosingEstimator):
            return estimator
        return clone(estimator).set_params(n_jobs=self.n_jobs, store=self.store, progress=self.progress)

    def _judge(self):
        comparison = self.comparison_
        beyond = tell_covariates(comparison, comparison.headline_metric(None), [_COMMONEST[self.target_kind_]])
        return [
            *warnings_first([*tell_leaks(self.split_), *comparison.verdict(), *beyond]),
            f"Chosen on all rows: {self.chosen_}.",
            *_CONFIDENCE[self.target_kind_].sentences(self),
            tell_domain(self.domain_),
        ]

    def _beside_baselines(self, estimator, X) -> dict[str, Any]:
        from sklearn.dummy import DummyClassifier

        kind = self.target_kind_
        if kind == "classes":
            lookup, commonest = memoriser(alphabet=self.alphabet), DummyClassifier(strategy="most_frequent")
        else:
            lookup = NearestSequenceRegressor(alphabet=self.alphabet)
            commonest = make_model("majority", alphabet=self.alphabet, task=kind)
        baselines = {_LOOKUP: lookup, _COMMONEST[kind]: commonest}
        if is_covariate_frame(X):
            baselines[MODELS["covariates"]] = make_model("covariates", task=kind)
        return {_MODEL: estimator, **baselines}
