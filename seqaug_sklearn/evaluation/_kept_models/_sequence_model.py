"""A model to take home: scored on held-out rows, fitted on all, calibrated, and aware of what it was trained on."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from seqaug_sklearn.base import TextInputMixin
from seqaug_sklearn.evaluation._compare import compare
from seqaug_sklearn.evaluation._kept_models._averaged import AveragedClassifier
from seqaug_sklearn.evaluation._kept_models._calibrator import ProbabilityCalibrator
from seqaug_sklearn.evaluation._kept_models._held_out import (
    crossed,
    groups_of_split,
    leaked_share,
    scores_of,
    scores_with_intervals,
    trained,
)
from seqaug_sklearn.evaluation._kept_models._prediction_scores import brier_score
from seqaug_sklearn.evaluation._kept_models._refit import class_scores, fit_on_all, folds_of_smallest_class
from seqaug_sklearn.evaluation._kept_models._search import ModelSearch
from seqaug_sklearn.evaluation._statistics import calibration_error
from seqaug_sklearn.evaluation._verdict import WARNING
from seqaug_sklearn.similarity import ApplicabilityDomain, memoriser
from seqaug_sklearn.utils import check_class_labels, check_generator, check_sequences, draw_seed
from seqaug_sklearn.utils._sklearn import Integral, Interval, StrOptions, fit_context

__all__ = ["SequenceModel"]

_MODEL = "the chosen model"
_LOOKUP = "nearest-sequence lookup"
_COMMONEST = "commonest class"
_LEAKS_MATTER = 0.01
_LIMITS = (
    "Probabilities assume that classes are as common among new sequences as among the training sequences.",
    "A score on copies of training sequences, or on their relatives, says nothing about new families.",
)


class SequenceModel(TextInputMixin, MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """The model to keep, and how far it may be believed.

    Fitting it answers four questions at once. How good is the model? It is cross-validated with relatives kept
    together, beside a lookup of the nearest sequence and the commonest class; where it is a search, all choices are
    made anew in each training set, so that the score is no best of many. What do its probabilities mean? They are
    calibrated on the predictions of the held-out rows. Which model is it? It is fitted once more on all rows. And
    which new sequences is it for? Those that resemble the training sequences: see :meth:`report`.

    Parameters
    ----------
    estimator : estimator, default=None
        Classifier of text. None: :class:`ModelSearch` with its defaults.
    alphabet : {"dna", "rna", "protein"}, default="dna"
        Alphabet of the sequences.
    cv : int or splitter, default=5
        Folds of the score. A number keeps groups together and shares of classes alike.
    calibration : {"auto", "temperature", "isotonic", "none"}, default="auto"
        Method of :class:`ProbabilityCalibrator`.
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
    search_ : ModelSearch or None
        The search on all rows, if there was one; it is not saved with the model.
    chosen_ : str
        Name of what was chosen.
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted.
    calibrator_ : ProbabilityCalibrator
        Learned from the held-out predictions.
    domain_ : ApplicabilityDomain
        Of the training sequences.
    scores_ : dict of str to dict
        Of the chosen model and both baselines: ``mean``, ``low``, ``high`` of accuracy, balanced accuracy, AUROC and
        AUPRC on held-out rows, with intervals of 95 %.
    calibration_ : dict of str to float
        ``brier`` and ``calibration_error`` of the held-out probabilities, and the same with ``_before`` without
        calibration. Each fold is calibrated by the others.
    split_ : dict
        ``folds``, ``groups`` ("given", "relatives" or "none: no two rows are related"), ``n_groups``, and
        ``leaked_share``: the share of held-out rows that share sequence with a training row of their fold, because
        the groups that were given separate relatives.
    lengths_ : int64 ndarray of shape (3,)
        Shortest, median and longest training sequence, in residues.
    class_counts_ : dict of str to int
        Training sequences of each class.
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
        "alphabet": [StrOptions({"dna", "rna", "protein"})],
        "cv": ["cv_object"],
        "calibration": [StrOptions({"auto", "temperature", "isotonic", "none"})],
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
        alphabet="dna",
        cv=5,
        calibration="auto",
        sketch=None,
        n_jobs=None,
        store=None,
        progress=False,
        random_state=0,
    ):
        self.estimator = estimator
        self.alphabet = alphabet
        self.cv = cv
        self.calibration = calibration
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
        X : array-like of str of shape (n_samples,)
            Sequences; a Series brings names into :meth:`report`.
        y : array-like of shape (n_samples,)
            Labels.
        groups : array-like of shape (n_samples,), default=None
            What must stay on one side of a split. None: relatives, found by
            :func:`~seqaug_sklearn.model_selection.leakage_groups`.

        Returns
        -------
        self : object
        """
        sequences = check_sequences(X)
        y = check_class_labels(y, len(sequences))
        y = y.astype(str) if y.dtype == object else y
        seed = draw_seed(check_generator(self.random_state))
        groups, how = groups_of_split(X, groups, self.alphabet)
        estimator = ModelSearch(alphabet=self.alphabet) if self.estimator is None else self.estimator
        self.comparison_ = compare(
            self._beside_baselines(estimator),
            X,
            y,
            cv=folds_of_smallest_class(self.cv, y, groups),
            groups=groups,
            return_train_score=False,
            n_jobs=self.n_jobs,
            store=self.store,
            progress=self.progress,
            random_state=seed,
        )
        self.classes_, self.n_rows_ = self.comparison_.classes, len(y)
        self.split_ = {"folds": len(self.comparison_.test_rows), "groups": how}
        self.split_["n_groups"] = len(y) if groups is None else len(np.unique(groups))
        # relatives that were kept together cannot leak
        folds = self.comparison_.test_rows if how == "given" else []
        self.split_["leaked_share"] = leaked_share(X, folds, self.alphabet)
        self.comparison_.unrelated = self.split_["leaked_share"] == 0
        self.scores_ = scores_with_intervals(self.comparison_)
        self._describe_rows(sequences, y)
        self._calibrate()
        self.domain_ = ApplicabilityDomain(self.alphabet, sketch=self.sketch)
        self.domain_.fit(X if self.sketch is None else list(sequences.values), groups=groups)
        identifiers = sequences.identifiers
        estimator = self._with_own_fits(estimator)
        fitted = fit_on_all(estimator, X, y, seed=seed, groups=groups, identifiers=identifiers)
        self.search_ = fitted if isinstance(fitted, ModelSearch) else None
        self.estimator_ = fitted if self.search_ is None else fitted.best_estimator_
        self.chosen_ = type(fitted).__name__ if self.search_ is None else fitted.best_name_
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
        own = self.scores_[_MODEL]
        return {
            "sequences": dict(self.class_counts_),
            "lengths": dict(zip(("shortest", "median", "longest"), self.lengths_.tolist(), strict=True)),
            "chosen": self.chosen_,
            "score": {
                metric: f"{found['mean']:.3f} (95 % interval {found['low']:.3f} to {found['high']:.3f})"
                for metric, found in own.items()
            },
            "baselines": {
                name: f"accuracy {found['accuracy']['mean']:.3f}"
                for name, found in self.scores_.items()
                if name != _MODEL
            },
            "split": {name: value for name, value in self.split_.items() if name != "leaked_share"},
            "leaks": f"{self.split_['leaked_share']:.1%} of held-out sequences share sequence with a training sequence",
            "limits": [self._tell_domain(), *_LIMITS],
            "verdict": self.verdict(),
            "shortcuts": list(self.shortcuts_) or "not looked for",
            "calibration": {k: v if isinstance(v, str) else round(v, 4) for k, v in self.calibration_.items()},
        }

    def predict_proba(self, X):
        """Calibrated probabilities.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        probabilities : float64 ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        return self.calibrator_.transform(class_scores(self.estimator_, X))

    def predict(self, X):
        """Predict the most probable class of each sequence; ndarray of shape (n_samples,)."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def report(self, X):
        """Tabulate predictions, and whether they can be believed.

        Parameters
        ----------
        X : array-like of str of shape (n_samples,)
            Sequences.

        Returns
        -------
        pandas.DataFrame
            Indexed by the identifiers of X, or row numbers: ``predicted``, ``p_<class>`` per class, ``spread``
            (standard deviation of the probability of that class over the members of an average; NaN of a single model),
            and ``in_domain``, ``nearest``, ``kmer_share``, ``copy_of``, ``reason`` as in
            :meth:`ApplicabilityDomain.report`. A copy of a training sequence is no test of the model.
        """
        probabilities = self.predict_proba(X)
        answers = probabilities.argmax(axis=1)
        domain = self.domain_.report(X)
        table = pd.DataFrame({"predicted": self.classes_[answers]}, index=domain.index)
        for i, label in enumerate(self.classes_):
            table[f"p_{label}"] = probabilities[:, i]
        table["spread"] = self._spread(X, answers)
        # by place: names may repeat
        return table.assign(**{column: domain[column].to_numpy() for column in domain})

    def _describe_rows(self, sequences, y):
        lengths = sequences.lengths()
        self.lengths_ = np.array([lengths.min(), np.median(lengths), lengths.max()]).astype(np.int64)
        labels, counts = np.unique(y, return_counts=True)
        self.class_counts_ = {str(label): int(count) for label, count in zip(labels, counts, strict=True)}
        shortcuts = self.comparison_.shortcuts
        self.shortcuts_ = [] if shortcuts is None else [str(line) for line in shortcuts.verdict()]

    def _with_own_fits(self, estimator):
        """A search on all rows may use all jobs and the store, and neither changes what it finds."""
        if not isinstance(estimator, ModelSearch):
            return estimator
        return clone(estimator).set_params(n_jobs=self.n_jobs, store=self.store, progress=self.progress)

    def _judge(self):
        calibration = self.calibration_
        return [
            *self._leaks(),
            *self.comparison_.verdict(),
            f"Chosen on all rows: {self.chosen_}.",
            f"Probabilities of held-out sequences are off by {calibration['calibration_error']:.3f} on average "
            f"({calibration['calibration_error_before']:.3f} before calibration).",
            self._tell_domain(),
        ]

    def _tell_domain(self):
        domain = self.domain_
        shortest, longest = domain.lengths_.tolist()
        lengths = f"about {shortest}" if shortest == longest else f"about {shortest} to {longest}"
        if domain.offset_ == 0:
            return (
                f"The model is for sequences of {lengths} residues with the composition of the training sequences. "
                "Whether they are related cannot be judged: too few k-mers are kept, or training sequences share none."
            )
        return (
            f"The model is for sequences of {lengths} residues that share at least {domain.offset_:.1%} of their "
            f"{domain.k_}-mers with a training sequence; its report marks all others."
        )

    def _leaks(self):
        if self.split_["leaked_share"] >= _LEAKS_MATTER:
            yield (
                f"{WARNING}{self.split_['leaked_share']:.1%} of the held-out sequences share sequence with a training "
                "sequence of their fold, because the groups that were given separate relatives. The score may be "
                "memorisation; leave the groups out, and relatives are kept together."
            )

    def _beside_baselines(self, estimator) -> dict[str, Any]:
        from sklearn.dummy import DummyClassifier

        return {
            _MODEL: estimator,
            _LOOKUP: memoriser(alphabet=self.alphabet),
            _COMMONEST: DummyClassifier(strategy="most_frequent"),
        }

    def _calibrate(self):
        """Learn the calibration from all held-out predictions; judge it with each fold calibrated by the others.

        Rows of a class that their training set lacks say nothing of probabilities. Where calibration makes held-out
        probabilities worse, as with few rows it may, "auto" leaves them as they are.
        """
        folds = self.comparison_.rows[_MODEL]
        known = [trained(rows) for rows in folds]
        scores = [scores_of(rows)[kept] for rows, kept in zip(folds, known, strict=True)]
        codes = [rows.true[kept] for rows, kept in zip(folds, known, strict=True)]
        truth, every = np.concatenate(codes), np.concatenate(scores)
        self.calibrator_ = ProbabilityCalibrator(self.calibration).fit(every, truth)
        before, after = (crossed(method, scores, codes) for method in ("none", self.calibrator_.method_))
        if self.calibration == "auto" and brier_score(after, truth) > brier_score(before, truth):
            self.calibrator_, after = ProbabilityCalibrator("none").fit(every, truth), before
        self.calibration_ = {"method": self.calibrator_.method_}
        for name, probabilities in (("", after), ("_before", before)):
            self.calibration_[f"brier{name}"] = brier_score(probabilities, truth)
            self.calibration_[f"calibration_error{name}"] = calibration_error(probabilities, truth)

    def _spread(self, X, answers):
        model = self.estimator_
        if not isinstance(model, AveragedClassifier) or len(model.estimators_) < 2:
            return np.full(len(answers), np.nan)
        of_members = model.member_probabilities(X)
        return of_members[:, np.arange(len(answers)), answers].std(axis=0)
