"""Models that are quick enough for dozens of fits, by kind of target, and what a report says of them."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

from seqaug_sklearn.base import read_answers
from seqaug_sklearn.evaluation._metrics import HEADLINES, PROBABILITY_METRICS, FoldRows
from seqaug_sklearn.evaluation._verdict_of_pairs import METRIC_NAMES

__all__ = ["CHANCE_OF", "MODEL_OF", "FilledRidge", "quick_model", "score_of_checks", "tell_model"]

MODEL_OF = {"classes": "naive Bayes", "number": "ridge regression", "labels": "ridge regression"}
"""What the checks are made with."""

CHANCE_OF = {
    "classes": "Chance is the best score without learning: the commonest training class, or classes drawn evenly. "
    "Accuracy by similarity is shown for bins of 10 test rows or more.",
    "number": "Chance is the best score without learning, that of one number for all rows: a correlation of 0. Errors "
    "by similarity are shown for bins of 10 test rows or more, in standard deviations of the target.",
    "labels": "Chance is the best score without learning, that of one probability for all rows: an AUROC of 0.5. "
    "Errors by similarity, the mean distance of scores from labels, are shown for bins of 10 test rows or more.",
}
"""What chance and the figure by similarity are."""

_OF_SEVERAL = {
    "number": " Of several targets each score is the mean over them.",
    "labels": " Labels are scored one by one, and each score is the mean over them.",
}


class FilledRidge(RegressorMixin, BaseEstimator):
    """Ridge regression on all targets in one go; what is not known is taken to be the mean of what is.

    Filling costs a model some of its score, and makes the two dozen fits of a check as quick as one.

    Parameters
    ----------
    alpha : float, default=1.0
        Penalty.
    """

    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def fit(self, X, y):
        """Fit to numbers or labels, NaN where not known."""
        columns = np.asarray(y, float).reshape(len(y), -1)
        known = ~np.isnan(columns)
        means = np.where(known, columns, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        self.ridge_ = Ridge(alpha=self.alpha).fit(X, np.where(known, columns, means))
        self._is_one_column = np.ndim(y) == 1
        return self

    def predict(self, X):
        """Predict numbers; of labels how surely each is there."""
        predicted = self.ridge_.predict(X).reshape(X.shape[0], -1)
        return predicted[:, 0] if self._is_one_column else predicted


def quick_model(kind: str, k: int) -> Pipeline:
    """Return a model of k-mers that takes text.

    Parameters
    ----------
    kind : {"classes", "number", "labels"}
        What is predicted.
    k : int
        Length of the k-mers.
    """
    about = {"analyzer": "char", "ngram_range": (k, k)}
    if kind == "classes":
        return make_pipeline(CountVectorizer(**about), MultinomialNB())
    return make_pipeline(TfidfVectorizer(**about, sublinear_tf=True), FilledRidge())


def score_of_checks(metric: str | None, kind: str, classes: Any = ()) -> tuple[Any, list[str]]:
    """Return what the checks are scored by where a comparison is judged by a metric.

    Parameters
    ----------
    metric : str or None
        What was asked for; None: nothing, so the usual score.
    kind : {"classes", "number", "labels"}
        What is predicted.
    classes : ndarray of shape (n_classes,)
        All classes, sorted; without meaning for others.

    Returns
    -------
    scoring : str, callable or None
        For ``sanity_checks``.
    sentences : list of str
        Why it is not that metric, where it is not.
    """
    if metric is None or metric in _KNOWN_SCORES[kind]:
        return metric, []
    if kind == "classes" and metric not in PROBABILITY_METRICS:
        return _scorer_of_classes(metric, np.asarray(classes)), []
    usual = METRIC_NAMES[HEADLINES[kind]]
    why = "the model of the checks gives no probabilities"
    if metric.startswith("neg_") or metric == "spearman_within":
        why = "they compare scores with chance and with the best value, which has to be 1"
        if metric == "spearman_within":
            why = "exchanging values between groups says nothing of the order within one"
    return None, [f"The checks are scored by {usual} and not by {METRIC_NAMES[metric]}, because {why}."]


_KNOWN_SCORES = {
    "classes": ("accuracy", "balanced_accuracy"),
    "number": ("spearman", "pearson", "r2"),
    "labels": ("auroc", "auprc"),
}
"""Metrics that ``sanity_checks`` knows by name, and that mean the same there."""


def _scorer_of_classes(metric, classes):
    def score(estimator, X, y) -> float:
        answers = read_answers(estimator, X, "classes", y_train=classes, classes=classes)
        rows = FoldRows(np.searchsorted(classes, y), *answers, np.zeros(len(y), int), len(classes))
        return rows.plain((metric,))[metric]

    score.__name__ = METRIC_NAMES[metric]
    return score


def tell_model(kind: str, k: int, *, several: bool = False) -> str:
    """Say what the checks are made with, and why."""
    told = (
        f"The checks need dozens of fits, so they are made with {MODEL_OF[kind]} on counts of {k}-mers, not with a "
        "network, and the scores here are its own. What they find is a property of the split: a leak that lets this "
        "model score on random sequences is open to every model."
    )
    return f"{told}{_OF_SEVERAL.get(kind, '') if several else ''}"
