"""Models that are quick enough for dozens of fits, by kind of target, and what a report says of them."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

__all__ = ["CHANCE_OF", "MODEL_OF", "FilledRidge", "quick_model", "tell_model"]

MODEL_OF = {"classes": "naive Bayes", "number": "ridge regression", "labels": "ridge regression"}
"""What the checks are made with."""

CHANCE_OF = {
    "classes": "Chance is the best score without learning: the commonest training class, or classes drawn evenly. "
    "Accuracy by similarity is shown for bins of 10 test rows or more.",
    "number": "Chance is the best score without learning, that of one number for all rows: a correlation of 0. Errors "
    "by similarity are shown for bins of 10 test rows or more, in standard deviations of the target.",
    "labels": "Chance is the best score without learning, that of one probability for all rows: a mean AUROC of 0.5. "
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


def tell_model(kind: str, k: int, *, several: bool = False) -> str:
    """Say what the checks are made with, and why."""
    told = (
        f"The checks need dozens of fits, so they are made with {MODEL_OF[kind]} on counts of {k}-mers, not with a "
        "network, and the scores here are its own. What they find is a property of the split: a leak that lets this "
        "model score on random sequences is open to every model."
    )
    return f"{told}{_OF_SEVERAL.get(kind, '') if several else ''}"
