"""Scores of several labels on weighted rows, for many weightings at once."""

from dataclasses import dataclass, replace

import numpy as np

from seqaug_sklearn.evaluation._metrics._names import PROBABILITY_METRICS, RANK_METRICS
from seqaug_sklearn.evaluation._metrics._weighted import areas, mean_of_defined, ratio

__all__ = ["LabelRows"]


@dataclass(frozen=True)
class LabelRows:
    """Test rows of one fold, of several labels.

    Every score is a mean over labels. Entries that are not known count for nothing, and a label with one value among
    the test rows has no area under a curve and no balanced accuracy: it is left out of those.

    Attributes
    ----------
    true : float ndarray of shape (n_rows, n_labels)
        1 (there), 0 (not there), NaN (not known).
    predicted : float ndarray of shape (n_rows, n_labels)
        Answers, 1 or 0.
    scores : float ndarray of shape (n_rows, n_labels) or None
        Probabilities or decision values that the label is there; None where the classifier has neither.
    probability : bool
        Whether scores are probabilities.
    groups : int ndarray of shape (n_rows,) or (n_rows, 2)
        Group index of each row: the column of its weight. Of pairs two such columns, whose weights are multiplied.
    """

    true: np.ndarray
    predicted: np.ndarray
    scores: np.ndarray | None
    probability: bool
    groups: np.ndarray

    def weighted(self, metric: str, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score of each weighting of the rows, and the share of the fold that counts; (n_weightings,) each."""
        sizes = weights.mean(axis=1)
        needs_scores = metric in (*RANK_METRICS, *PROBABILITY_METRICS)
        if needs_scores and (self.scores is None or (metric in PROBABILITY_METRICS and not self.probability)):
            return np.full(len(weights), np.nan), sizes
        scores = self.predicted if self.scores is None else self.scores
        values = [self._score(metric, scores, column, weights) for column in range(self.true.shape[1])]
        return mean_of_defined(np.array(values)), sizes

    def plain(self, metrics: tuple[str, ...]) -> dict[str, float]:
        """Scores with every row counted once."""
        weights = np.ones((1, len(self.true)))
        return {metric: float(self.weighted(metric, weights)[0][0]) for metric in metrics}

    def of_target(self, column: int) -> "LabelRows":
        """Return the same rows with one of the labels."""
        one = slice(column, column + 1)
        scores = None if self.scores is None else self.scores[:, one]
        return replace(self, true=self.true[:, one], predicted=self.predicted[:, one], scores=scores)

    def _score(self, metric, scores, column, weights):
        known = ~np.isnan(self.true[:, column])
        there, own = self.true[known, column] == 1, weights[:, known]
        if metric in RANK_METRICS:
            found = areas(scores[known, column], there, own) if known.any() else ([np.nan],) * 2
            # of one value only there is a precision, but nothing that could be ranked
            both = (own @ there > 0) & (own @ ~there > 0)
            return np.where(both, found[RANK_METRICS.index(metric)], np.nan)
        if metric == "neg_brier_score":
            errors = (scores[known, column] - there) ** 2
            return -ratio(own @ errors, own.sum(axis=1), empty=np.nan)
        right = (self.predicted[known, column] == 1) == there
        if metric == "accuracy":
            return ratio(own @ right, own.sum(axis=1), empty=np.nan)
        return (_share(own, right, there) + _share(own, right, ~there)) / 2


def _share(weights, right, among):
    """Weighted share of right answers among some rows; NaN where there are none."""
    return ratio(weights @ (right & among), weights @ among, empty=np.nan)
