"""Scores of classes on weighted rows, for many weightings at once."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from seqaug_sklearn.evaluation._metrics._names import LABEL_METRICS, PROBABILITY_METRICS, RANK_METRICS
from seqaug_sklearn.evaluation._metrics._weighted import areas, mean_of_defined, ratio

__all__ = ["FoldRows", "squared_errors"]

FEW_CLASSES = 8
"""Up to this many classes dense products are faster than sparse ones."""


@dataclass(frozen=True)
class FoldRows:
    """Test rows of one fold, of classes.

    Attributes
    ----------
    true, predicted : int ndarray of shape (n_rows,)
        Class indices.
    scores : float ndarray of shape (n_rows, n_classes) or None
        Probabilities or decision values; None where the classifier has neither.
    probability : bool
        Whether scores are probabilities.
    groups : int ndarray of shape (n_rows,) or (n_rows, 2)
        Group index of each row: the column of its weight. Of pairs two such columns, whose weights are multiplied.
    n_classes : int
        Classes of the whole data.
    """

    true: np.ndarray
    predicted: np.ndarray
    scores: np.ndarray | None
    probability: bool
    groups: np.ndarray
    n_classes: int

    def weighted(self, metric: str, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score of each weighting of the rows, and the share of the fold that counts; (n_weightings,) each."""
        return _score(metric, self, weights), weights.mean(axis=1)

    def plain(self, metrics: tuple[str, ...]) -> dict[str, float]:
        """Scores with every row counted once."""
        weights = np.ones((1, len(self.true)))
        label = _label_scores(self, weights)
        return {m: float(label[m][0] if m in label else _score(m, self, weights)[0]) for m in metrics}


def squared_errors(probabilities: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Squared distance of each row's probabilities and its outcome, halved: between 0 and 1; their mean is Brier's.

    With two classes it is the squared error of the second class's probability.
    """
    truth = np.eye(probabilities.shape[1])[codes]
    return ((probabilities - truth) ** 2).sum(axis=1) / 2


def _score(metric, rows, weights):
    if metric == "accuracy":  # the one that is asked for most
        return ratio(weights @ (rows.true == rows.predicted), weights.sum(axis=1), empty=np.nan)
    if metric in LABEL_METRICS:
        return _label_scores(rows, weights)[metric]
    if rows.scores is None or (metric in PROBABILITY_METRICS and not rows.probability):
        return np.full(len(weights), np.nan)
    if metric in PROBABILITY_METRICS:
        of_rows = _log_of_true(rows) if metric == "neg_log_loss" else -squared_errors(rows.scores, rows.true)
        return ratio(weights @ of_rows, weights.sum(axis=1), empty=np.nan)
    return _rank_scores(rows, weights)[metric]


def _per_class(weights, labels, n_classes):
    """Weight of each class: (n_weightings, n_classes)."""
    n = len(labels)
    if n_classes <= FEW_CLASSES:
        return weights @ (labels[:, None] == np.arange(n_classes)).astype(float)
    # (n_classes, n_rows) of 0/1: a sparse product instead of a bincount for each weighting
    indicator = sparse.csr_array((np.ones(n), (labels, np.arange(n))), shape=(n_classes, n))
    return (indicator @ weights.T).T


def _label_scores(rows, weights):
    # row sums, column sums and the diagonal of the confusion matrix, each (n_weightings, n_classes): all label metrics
    # follow from these
    hit = rows.true == rows.predicted
    correct = _per_class(weights[:, hit], rows.true[hit], rows.n_classes)
    support = _per_class(weights, rows.true, rows.n_classes)
    guessed = _per_class(weights, rows.predicted, rows.n_classes)
    per_class = {
        "precision": ratio(correct, guessed),
        "recall": ratio(correct, support),
        "f1": ratio(2 * correct, support + guessed),
    }
    # scikit-learn's macro averages run over classes that occur or are predicted
    n, seen = support.sum(axis=1), (support + guessed > 0).sum(axis=1)
    scores = {
        "accuracy": ratio(correct.sum(axis=1), n, empty=np.nan),
        "balanced_accuracy": ratio(per_class["recall"].sum(axis=1), (support > 0).sum(axis=1), empty=np.nan),
        "mcc": np.where(n > 0, _matthews(correct, support, guessed), np.nan),
    }
    for name, values in per_class.items():
        scores[name] = np.where(n > 0, values[:, 1], np.nan) if rows.n_classes == 2 else np.full(len(n), np.nan)
        scores[f"{name}_macro"] = ratio(values.sum(axis=1), seen, empty=np.nan)
        scores[f"{name}_weighted"] = ratio((values * support).sum(axis=1), n, empty=np.nan)
    return scores


def _matthews(correct, support, guessed):
    # Matthews' correlation of many classes (Gorodkin 2004, doi 10.1016/j.compbiolchem.2004.09.006): the covariance of
    # true and predicted classes over their standard deviations
    n = support.sum(axis=1)
    covariance = correct.sum(axis=1) * n - (support * guessed).sum(axis=1)
    spread = (n**2 - (support**2).sum(axis=1)) * (n**2 - (guessed**2).sum(axis=1))
    return ratio(covariance, np.sqrt(np.maximum(spread, 0)))


def _rank_scores(rows, weights):
    """Binary: of the second class. Otherwise one against the rest, averaged over the classes with positive rows."""
    classes = [1] if rows.n_classes == 2 else np.unique(rows.true)
    curves = [areas(rows.scores[:, c], rows.true == c, weights) for c in classes]
    return {metric: mean_of_defined(np.array([of[i] for of in curves])) for i, metric in enumerate(RANK_METRICS)}


def _log_of_true(rows):
    """Logarithm of the probability of each row's class: (n_rows,)."""
    of_true = rows.scores[np.arange(len(rows.true)), rows.true]
    # as in scikit-learn, which clips by the same amount: a class without training rows gets probability 0
    return np.log(np.clip(of_true, np.finfo(float).eps, 1))
