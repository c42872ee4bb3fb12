"""Scores of numbers and of several labels, some not known: what is judged by where nothing else is asked for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import pearsonr, spearmanr
from sklearn.base import is_classifier
from sklearn.metrics import average_precision_score, check_scoring, mean_absolute_error, r2_score, roc_auc_score
from sklearn.metrics import root_mean_squared_error as rmse

from seqaug_sklearn.base import read_answers
from seqaug_sklearn.utils import invalid_parameter, read_target

__all__ = ["DEFAULT_SCORING", "TargetScorer", "named_scorer", "score_name", "scorer_for"]

DEFAULT_SCORING = {"classes": "accuracy", "number": "spearman", "labels": "auroc"}
"""What is judged by, for each kind of target."""


def _correlation(of):
    def correlate(true, predicted):
        # one prediction for all rows ranks none of them: that is chance, and no gap
        return float(of(true, predicted)[0]) if np.ptp(predicted) > 0 else 0.0

    return correlate


_SCORES: dict[str, dict[str, Callable]] = {
    "number": {
        "spearman": _correlation(spearmanr),
        "pearson": _correlation(pearsonr),
        "r2": r2_score,
        "neg_rmse": lambda true, predicted: -rmse(true, predicted),
        "neg_mae": lambda true, predicted: -mean_absolute_error(true, predicted),
    },
    "labels": {"auroc": roc_auc_score, "auprc": average_precision_score},
}
_WORDS = {
    "spearman": "Spearman correlation",
    "pearson": "Pearson correlation",
    "r2": "R²",
    "auroc": "AUROC",
    "auprc": "AUPRC",
}


@dataclass(frozen=True)
class TargetScorer:
    """Mean over targets, each scored on the rows where it is known; as scikit-learn's scorers are called.

    Attributes
    ----------
    name : str
        Key of the score.
    kind : {"number", "labels"}
        What is predicted.
    """

    name: str
    kind: str

    def __call__(self, estimator, X, y) -> float:
        """Score of a fitted estimator; NaN where the known values of no target vary."""
        target = read_target(y, task=self.kind, may_be_constant=True)
        answers = read_answers(estimator, X, self.kind, y_train=target.values, classes=np.zeros(0))
        given = answers.predicted if answers.scores is None else answers.scores
        of = _SCORES[self.kind][self.name]
        found = []
        for true, predicted, known in zip(target.columns.T, given.T, target.measured.T, strict=True):
            if known.any() and np.ptp(true[known]) > 0:
                found.append(of(true[known], predicted[known]))
        return float(np.mean(found)) if found else float("nan")


def scorer_for(estimator, scoring, kind: str):
    """Scorer of an estimator, for what ``scoring`` names.

    Parameters
    ----------
    estimator : estimator
        Unfitted.
    scoring : str, callable or None
        None: the default of the kind of target.
    kind : {"classes", "number", "labels"}
        What is predicted.
    """
    scoring = DEFAULT_SCORING[kind] if scoring is None else scoring
    if isinstance(scoring, str) and scoring in _SCORES.get(kind, {}):
        return TargetScorer(scoring, kind)
    try:
        return check_scoring(estimator, scoring)
    except ValueError as error:
        if kind == "classes":
            raise
        own = ", ".join(map(repr, _SCORES[kind]))
        raise invalid_parameter(
            "scoring", f"must be {own}, a name that scikit-learn knows, or a callable, got {scoring!r}"
        ) from error


def named_scorer(estimator, scoring):
    """Scorer as ``sklearn.metrics.check_scoring`` makes it, and by the names of scores that leave gaps out.

    Parameters
    ----------
    estimator : estimator
        Regressors take the names of numbers ("spearman", "pearson", ...), classifiers those of labels ("auroc", ...).
    scoring : str, callable or None
        None: the estimator's own ``score``.
    """
    kind = "labels" if is_classifier(estimator) else "number"
    if isinstance(scoring, str) and scoring in _SCORES[kind]:
        return TargetScorer(scoring, kind)
    return check_scoring(estimator, scoring)


def score_name(scoring, kind: str) -> str:
    """Name of a score for a sentence."""
    scoring = DEFAULT_SCORING[kind] if scoring is None else scoring
    if not isinstance(scoring, str):
        return getattr(scoring, "__name__", "score")
    return _WORDS.get(scoring, scoring) if kind != "classes" else scoring
